"""The two axes of a printed table: which columns a header names, and which cell of a row stands under which of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from extract.document import Cell, Row
from extract.number import parse

PHYSICAL_READERS = frozenset({"pdf", "pdfplumber", "ocr", "xlsx", "xls", "ofd"})
"""Readers whose slots are places on paper: an absent cell there shifts no other."""

_HEADER_UNIT = re.compile(r"单\s*位\s*[:：]?\s*(万元|亿元|元|件|条|项|个)|[（(]\s*(万元|亿元|元)\s*[）)]")


class Slot(NamedTuple):
    """A distinct cell of a row with the columns [start, end) that it covers there."""

    cell: Cell
    start: int
    end: int
    text: str
    """What the cell prints, ends stripped."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing is printed."""
        return parse(self.cell.text).state == "blank" and not self.cell.unreadable

    @property
    def is_value(self) -> bool:
        """Whether the text can stand in a figure cell: a number, a dash, nothing, or something unreadable."""
        return self.cell.unreadable or parse(self.cell.text).state != "unreadable"


class Head(NamedTuple):
    """A named column: its key (column code, or row and column code), the columns it covers, and how it was recognised."""

    key: tuple[str, ...]
    start: int
    end: int
    strength: str
    unit: str | None = None


class Assigned(NamedTuple):
    """The cells of a row by head. `regular` is False where only the order of the cells speaks for the assignment."""

    cells: Mapping[Head, Cell | None]
    regular: bool
    ambiguous: frozenset[Head] = frozenset()


def slots(row: Row) -> list[Slot]:
    """The distinct cells of a row, left to right."""
    found, start, width = [], 0, len(row)
    while start < width:
        cell, end = row[start], start + 1
        while end < width and row[end] is cell:
            end += 1
        if cell is not None:
            found.append(Slot(cell, start, end, cell.text.strip()))
        start = end
    return found


def header_unit(text: str) -> str | None:
    """The unit that a header prints: 采购总金额（万元）, 单位：万元."""
    found = _HEADER_UNIT.search(text)
    return (found[1] or found[2]) if found else None


def assign(heads: Sequence[Head], row: Sequence[Slot], label_end: int, width: int, physical: bool) -> Assigned | None:
    """Which cell of `row` stands under which head. None where it can't be told.

    `label_end` is where the row's own labels end, `width` where the header's rows end: cells beyond it, blank ones too, say that
    the row has a cell more than its header.
    """
    heads = sorted(heads, key=lambda h: h.start)
    right_edge = max(h.end for h in heads)
    values = [slot for slot in row if slot.start >= label_end and not (right_edge <= slot.start < width and slot.is_blank)]
    shifted = any(s.end <= heads[0].start and not s.is_blank and s.is_value for s in values) or any(s.start >= right_edge for s in values)
    if not shifted:
        inside = [slot for slot in values if slot.end > heads[0].start]
        if _one_to_one(heads, inside):
            return Assigned({h: s.cell for h, s in zip(heads, inside, strict=True)}, True)
        overlapped = _by_overlap(heads, inside, physical)
        if overlapped:
            return overlapped
    return _by_order(heads, [slot for slot in values if slot.is_value])


def _one_to_one(heads: Sequence[Head], row: Sequence[Slot]) -> bool:
    return len(heads) == len(row) and all(s.start < h.end and h.start < s.end for h, s in zip(heads, row, strict=True))


def _by_overlap(heads: Sequence[Head], row: Sequence[Slot], physical: bool) -> Assigned | None:
    """Each head takes the one cell below it; a cell below several heads says nothing of any of them unless it is blank."""
    cells: dict[Head, Cell | None] = {}
    ambiguous = set()
    for head in heads:
        below = [s for s in row if s.start < head.end and head.start < s.end]
        printed = [s for s in below if not s.is_blank] or below[:1]
        if not printed:
            if not physical:
                return None
            continue
        cells[head] = printed[0].cell
        shared = sum(h.start < printed[0].end and printed[0].start < h.end for h in heads) > 1
        if len(printed) > 1 or (shared and not printed[0].is_blank):
            ambiguous.add(head)
    return Assigned(cells, True, frozenset(ambiguous))


def _by_order(heads: Sequence[Head], values: Sequence[Slot]) -> Assigned | None:
    if len(values) != len(heads):
        return None
    return Assigned({h: s.cell for h, s in zip(heads, values, strict=True)}, False)


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
