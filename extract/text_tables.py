"""Plain text → the tables that its lines draw: cells between tabs or bars, and boxes of line characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from extract.document import Grid
from extract.grid import Span, expand
from extract.ruled import Box, Lattice, Rule, find

LEAST_CELLS = 3
"""Cells of the longest row of a table."""
MAX_LETTERS = 100_000
"""Letters of a table in boxes; one beyond is read by its bars alone."""
_BARS = re.compile(r"[|｜│┃┆┇┊┋║¦]")
_UPRIGHT = re.compile(r"[|｜¦│┃┆┇┊┋┌-╋║-╬╎╏╭-╰]|\+(?=[-=]{2})|(?<=[-=]{2})\+")
"""Bars, and the corners and crosses of boxes."""
_BORDER = re.compile(r"[\s|｜+:=\-─-╿]{3,}")
"""A line that holds no text: the border of a box, or what parts the header from the rows."""
_UNIT = 10.0
"""A column or a line of letters, in the unit of ruled lines."""
_SLACK = 6.0
_WIDTHS = {"W": 2, "F": 2, "H": 1, "Na": 1, "N": 1}


class Letter(NamedTuple):
    """A letter at its place: the column and line of its middle."""

    x: float
    y: float
    text: str


Page = Sequence[Sequence[Letter]]
"""The letters of each line."""


def grids(text: str, reader: str = "text") -> list[Grid]:
    """The tables drawn in the text, numbered in reading order. Raises TooComplex."""
    found: list[Grid] = []
    told = (line for line in text.split("\n") if line.strip())
    for kind, run in groupby(told, key=_kind):
        lines = list(run)
        tables = (_boxed(lines) or [_delimited(lines)]) if kind == "bars" else [_delimited(lines)] if kind else []
        found += [expand(rows, reader, len(found) + 1 + at) for at, rows in enumerate(filter(None, tables))]
    return found


def _kind(line: str) -> str:
    """What cuts a line into cells: bars, tabs, or nothing."""
    if len(_UPRIGHT.findall(line)) > 1 or _BORDER.fullmatch(line.strip()):
        return "bars"
    return "tabs" if "\t" in line.strip() else ""


def _delimited(lines: Sequence[str]) -> list[list[Span]]:
    rows = [list(map(Span, _cells(line))) for line in lines if not _BORDER.fullmatch(line.strip())]
    return rows if max(map(len, rows), default=0) >= LEAST_CELLS else []


def _cells(line: str) -> list[str]:
    if _kind(line) == "tabs":
        return [cell.strip() for cell in line.split("\t")]
    cells = [cell.strip() for cell in _BARS.split(line.strip())]
    return cells[not cells[0] : len(cells) - (not cells[-1])]


def _boxed(lines: Sequence[str]) -> list[list[list[Span]]]:
    """The tables whose borders are drawn all around; none where bars stand beside the borders."""
    if sum(map(len, lines)) > MAX_LETTERS:
        return []
    for ambiguous in (1, 2):
        page = [list(_placed(line, y, ambiguous)) for y, line in enumerate(lines)]
        letters = [letter for line in page for letter in line]
        lattices = find(*_rules(letters), _SLACK)
        if lattices and all(_is_on_border(letter, lattices) for letter in letters if _arms(letter.text) == "ud"):
            return [_rows(lattice, page) for lattice in lattices]
    return []


def _placed(line: str, y: int, ambiguous: int) -> Iterator[Letter]:
    """The letters of a line where a terminal sets them; it sets those of ambiguous width in one column or two."""
    at = 0
    for text in line:
        width = _WIDTHS.get(unicodedata.east_asian_width(text), ambiguous)
        yield Letter((at + width / 2) * _UNIT, y * _UNIT, text)
        at += width


@lru_cache(maxsize=512)
def _arms(text: str) -> str:
    """The sides to which a letter draws a line: some of l, r, u, d."""
    if text in "+-=|":
        return {"+": "lrud", "-": "lr", "=": "lr", "|": "ud"}[text]
    name = unicodedata.name(text, "")
    words = name.split() if name.startswith("BOX DRAWINGS") else []
    sides = {"HORIZONTAL": "lr", "VERTICAL": "ud", "LEFT": "l", "RIGHT": "r", "UP": "u", "DOWN": "d"}
    return "".join(arm for word in words for arm in sides.get(word, ""))


def _rules(letters: Sequence[Letter]) -> tuple[list[Rule], list[Rule]]:
    """Level and upright lines: letters in a row, or one above the other, that reach for each other."""
    level = _linked([(letter.y, letter.x, _arms(letter.text)) for letter in letters], "r", "l", 2 * _UNIT)
    upright = _linked(sorted((letter.x, letter.y, _arms(letter.text)) for letter in letters), "d", "u", _UNIT)
    return level, upright


def _linked(letters: Sequence[tuple[float, float, str]], out: str, back: str, step: float) -> list[Rule]:
    """Rules through letters given as (line, place on it, arms), in order."""
    rules: list[Rule] = []
    before: tuple[float, float, str] | None = None
    for line, place, arms in letters:
        if before and before[0] == line and place - before[1] <= step and out in before[2] and back in arms:
            rules[-1] = rules[-1]._replace(end=place)
        elif arms:
            rules.append(Rule(line, place, place))
        before = (line, place, arms)
    return [rule for rule in rules if rule.end > rule.start]


def _is_on_border(letter: Letter, lattices: Sequence[Lattice]) -> bool:
    inside = [lattice for lattice in lattices if lattice.box.holds(letter.x, letter.y)]
    return bool(inside) and any(abs(letter.x - x) < _SLACK for x in inside[0].xs)


def _rows(lattice: Lattice, page: Page) -> list[list[Span]]:
    rows: list[list[Span]] = [[] for _ in lattice.ys[1:]]
    for cell in sorted(lattice.cells, key=lambda cell: (cell.row, cell.column)):
        rows[cell.row].append(Span(_inside(cell.box, page), cell.rowspan, cell.colspan))
    return rows


def _inside(box: Box, page: Page) -> str:
    """The lines of a cell."""
    held = page[int(box.top / _UNIT) + 1 : int(box.bottom / _UNIT)]
    lines = ("".join(letter.text for letter in line if box.x0 < letter.x < box.x1).strip() for line in held)
    return "\n".join(line for line in lines if line)
