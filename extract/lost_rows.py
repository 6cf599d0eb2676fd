"""Running text cut into rows: where the form's labels stand, and the pieces between them. Shared by the tables of `lost`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from extract.form import form
from extract.label import normalise, strip_brackets
from extract.number import parse

GAP = r"[\s、，,（()）：:；;“”\"'·.|│┃]*"
PIECES = re.compile(r"[\s|│┃┆┊]+")


class Piece(NamedTuple):
    """One cell of a rebuilt row."""

    text: str
    repaired: bool = False
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row as found: its label as printed and the text between it and the next label."""

    code: str
    label: str
    rest: str


@cache
def label_patterns(table: str) -> tuple[tuple[str, re.Pattern[str], bool], ...]:
    """(code, pattern, is short) of every row in printed order; characters may stand apart."""
    found = []
    for row in form().rows.values():
        if row.table == table:
            texts = {normalise(t) for t in (row.zh, row.zh_v2019 or "", *row.aliases) if t}
            texts |= {strip_brackets(t) for t in texts}
            loose = sorted((GAP.join(map(re.escape, t)) for t in texts if t), key=len, reverse=True)
            found.append((row.code, re.compile("|".join(loose)), max(map(len, texts)) < 4))
    return tuple(found)


def cut(text: str, marks: Sequence[tuple[int, int, str]]) -> list[Line]:
    """The text between labels: marks are (start, end, code), in order."""
    ends = [start for start, _, _ in marks[1:]] + [len(text)] * bool(marks)
    return [Line(code, " ".join(text[s:e].split()), text[e:end]) for (s, e, code), end in zip(marks, ends, strict=True)]


def plain(texts: Sequence[str]) -> list[Piece]:
    """Cells as printed."""
    return [Piece(text) for text in texts]


def readable(cell: str) -> bool:
    """Whether it is a figure, a dash or blank."""
    return parse(cell).state != "unreadable"
