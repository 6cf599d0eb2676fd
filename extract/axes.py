"""The two axes of a printed table: which columns a header names, and which cell of a row stands under which of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, TypeVar, TypeVarTuple

from extract.document import Cell, Row
from extract.number import parse

PHYSICAL_READERS = frozenset({"pdf", "pdfplumber", "ocr", "xlsx", "xls", "ofd"})
"""Readers whose slots are places on paper: an absent cell there shifts no other."""

ROWS_KEPT = 4096
USUAL_CELLS, USUAL_TEXT = 24, 400
"""Cells of a row, and characters of each, that rows of the form do not exceed."""

_HEADER_UNIT = re.compile(r"单\s*位\s*[:：]?\s*(万元|亿元|元|件|条|项|个)|[（(]\s*(万元|亿元|元)\s*[）)]")


Kind = Literal["word", "value", "blank"]
Said = tuple[str, Kind]


class Slot(NamedTuple):
    """Where a cell of a row stands and what can be there: its number in the row, the columns [start, end), what it prints.

    All numbers are alike ("0"; "0.0" where more than digits is printed): where a cell belongs depends on words and layout alone.
    """

    at: int
    start: int
    end: int
    text: str
    kind: Kind

    @property
    def is_blank(self) -> bool:
        """Whether nothing is printed."""
        return self.kind == "blank"

    @property
    def is_value(self) -> bool:
        """Whether the text can stand in a figure cell: a number, a dash, nothing, or something unreadable."""
        return self.kind != "word"


class Line(NamedTuple):
    """The distinct cells of a row, left to right, and as many slots. `usual` where it is no larger than rows of the form are."""

    cells: tuple[Cell, ...]
    slots: tuple[Slot, ...]
    usual: bool


T = TypeVar("T")
More = TypeVarTuple("More")


def remembered(function: Callable[[tuple[Slot, ...], *More], T]) -> Callable[[Line, *More], T]:
    """A function of the slots of a row, to be asked with the line: what it said of usual rows is kept for the next report.

    Bounded in number and in size, so that memory stays flat over any number of documents.
    """
    kept: Callable[[tuple[Slot, ...], *More], T] = lru_cache(maxsize=ROWS_KEPT)(function)  # type: ignore[assignment]  # hashable all

    def answer(row: Line, *more: *More) -> T:
        return (kept if row.usual else function)(row.slots, *more)

    return answer


class Head(NamedTuple):
    """A named column: its key (column code, or row and column code), the columns it covers, and how it was recognised."""

    key: tuple[str, ...]
    start: int
    end: int
    strength: str
    unit: str | None = None


class Assigned(NamedTuple):
    """The slots of a row by head. `regular` is False where only the order of the slots speaks for the assignment."""

    slots: Mapping[Head, Slot]
    regular: bool
    ambiguous: frozenset[Head] = frozenset()


def line(row: Row) -> Line:
    """A row of a grid, each cell of it once."""
    cells: list[Cell] = []
    found: list[tuple[int, int, Said]] = []
    start, width = 0, len(row)
    while start < width:
        cell, end = row[start], start + 1
        while end < width and row[end] is cell:
            end += 1
        if cell is not None:
            found.append((start, end, _said(cell.text, cell.unreadable)))
            cells.append(cell)
        start = end
    usual = len(cells) <= USUAL_CELLS and max([len(cell.text) for cell in cells], default=0) <= USUAL_TEXT
    slots = _slots if usual else _slots.__wrapped__
    return Line(tuple(cells), slots(tuple(found)), usual)


@lru_cache(maxsize=ROWS_KEPT)
def _slots(found: tuple[tuple[int, int, Said], ...]) -> tuple[Slot, ...]:
    """The slots of a row from (start, end, what is said); rows that are alike share them."""
    return tuple(Slot(at, start, end, text, kind) for at, (start, end, (text, kind)) in enumerate(found))


@lru_cache(maxsize=16384)
def _said(text: str, unreadable: bool) -> Said:
    """The text and the kind of a slot."""
    number, plain = parse(text), text.strip()
    if number.state == "unreadable" and not unreadable:
        return plain, "word"
    if number.state == "blank" and not unreadable:
        return plain, "blank"
    if number.state == "number" and not number.unit and not number.note:
        return ("0" if plain.isdecimal() else "0.0"), "value"
    return plain, "value"


def header_unit(text: str) -> str | None:
    """The unit that a header prints: 采购总金额（万元）, 单位：万元."""
    found = _HEADER_UNIT.search(text)
    return (found[1] or found[2]) if found else None


def assign(heads: Sequence[Head], row: Sequence[Slot], label_end: int, width: int, physical: bool) -> Assigned | None:
    """Which slot of `row` stands under which head. None where it can't be told.

    `label_end` is where the row's own labels end, `width` where the header's rows end: slots beyond it, blank ones too, say that
    the row has a cell more than its header.
    """
    heads = sorted(heads, key=lambda h: h.start)
    right_edge = max(h.end for h in heads)
    values = [slot for slot in row if slot.start >= label_end and not (right_edge <= slot.start < width and slot.is_blank)]
    shifted = any((s.end <= heads[0].start and s.kind == "value") or s.start >= right_edge for s in values)
    if not shifted:
        inside = [slot for slot in values if slot.end > heads[0].start]
        if _one_to_one(heads, inside):
            return Assigned(dict(zip(heads, inside, strict=True)), True)
        overlapped = _by_overlap(heads, inside, physical)
        if overlapped:
            return overlapped
    return _by_order(heads, [slot for slot in values if slot.is_value])


def _one_to_one(heads: Sequence[Head], row: Sequence[Slot]) -> bool:
    return len(heads) == len(row) and all(s.start < h.end and h.start < s.end for h, s in zip(heads, row, strict=True))


def _by_overlap(heads: Sequence[Head], row: Sequence[Slot], physical: bool) -> Assigned | None:
    """Each head takes the one slot below it; a slot below several heads says nothing of any of them unless it is blank. Off paper, two
    slots below one head say that the row has a cell too many: then it isn't known which.
    """
    found: dict[Head, Slot] = {}
    ambiguous = set()
    crowded = False
    for head in heads:
        below = [s for s in row if s.start < head.end and head.start < s.end]
        printed = [s for s in below if not s.is_blank] or below[:1]
        if not printed:
            if not physical:
                return None
            continue
        found[head] = printed[0]
        shared = sum(h.start < printed[0].end and printed[0].start < h.end for h in heads) > 1
        several = len(printed if physical else below) > 1
        crowded = crowded or several
        if several or (shared and not printed[0].is_blank):
            ambiguous.add(head)
    return Assigned(found, True, frozenset(heads if crowded and not physical else ambiguous))


def _by_order(heads: Sequence[Head], values: Sequence[Slot]) -> Assigned | None:
    return Assigned(dict(zip(heads, values, strict=True)), False) if len(values) == len(heads) else None


def merge_heads(found: Iterable[tuple[int, tuple[str, ...], str, str | None]]) -> list[Head]:
    """Heads from (column, key, strength, unit) of single columns: neighbours of one key become one head."""
    heads: list[Head] = []
    for column, key, strength, unit in sorted(found):
        last = heads[-1] if heads else None
        if last and last.key == key and last.end == column:
            heads[-1] = last._replace(end=column + 1)
        else:
            heads.append(Head(key, column, column + 1, strength, unit))
    return heads
