"""Merged cells resolved to a rectangle, by the table algorithm of the HTML standard (forming a table, 4.9.12.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from extract.document import Cell, Grid, Place
from extract.errors import TooComplex

MAX_COLSPAN = 1000
MAX_ROWSPAN = 65534
MAX_SLOTS = 400_000


class Span(NamedTuple):
    """A cell as the source writes it, before its slots are known. `rowspan` 0 reaches the end of its group of rows."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    confidence: float = 1.0
    unreadable: bool = False


def expand(rows: Sequence[Sequence[Span]], reader: str, number: int = 1, page: int | None = None, groups: Iterable[int] = ()) -> Grid:
    """The grid of those rows. `groups` are the row indexes at which a new group of rows begins: no rowspan crosses one.

    Spans beyond the table are cut at its end; a later cell wins a slot claimed twice, as browsers paint it.
    Raises `TooComplex` beyond `MAX_SLOTS`.
    """
    ends = _group_ends(len(rows), groups)
    slots: list[dict[int, Cell]] = [{} for _ in rows]
    filled = 0
    for r, row in enumerate(rows):
        c = 0
        line = slots[r]
        for span in row:
            while c in line:
                c += 1
            text, height, width, confidence, unreadable = span
            if height == 1 and width == 1:
                filled += 1
                line[c] = Cell(text, _place(number, r, c, page), 1, 1, confidence, False, unreadable)
            else:
                height = min(height or MAX_ROWSPAN, MAX_ROWSPAN, ends[r] - r)
                width = max(1, min(width, MAX_COLSPAN))
                filled += height * width
                if filled > MAX_SLOTS:
                    raise TooComplex(f"a table of more than {MAX_SLOTS} cells")
                cell = Cell(text, _place(number, r, c, page), height, width, confidence, False, unreadable)
                for y in range(r, r + height):
                    slots[y].update(dict.fromkeys(range(c, c + width), cell))
            c += width
        if filled > MAX_SLOTS:
            raise TooComplex(f"a table of more than {MAX_SLOTS} cells")
    return Grid(_rectangle(slots), reader, number)


def _group_ends(count: int, groups: Iterable[int]) -> list[int]:
    starts = sorted({0, *groups, count})
    ends = []
    for start, end in pairwise(starts):
        ends += [end] * (end - start)
    return ends


@lru_cache(maxsize=16384)
def _place(number: int, r: int, c: int, page: int | None) -> Place:
    """A place in a table; those of one document are those of the next."""
    return Place(number, r, c, page)


def _rectangle(slots: list[dict[int, Cell]]) -> tuple[tuple[Cell | None, ...], ...]:
    """Rows of one length, without the columns at the right in which no cell begins."""
    width = 1 + max((max(line) for line in slots if line), default=-1)
    while width and not any(_begins(line.get(width - 1), r, width - 1) for r, line in enumerate(slots)):
        width -= 1
    return tuple(tuple(map(line.get, range(width))) for line in slots)


def _begins(cell: Cell | None, r: int, c: int) -> bool:
    return cell is not None and cell.place.row_no == r and cell.place.column_no == c


def transpose(grid: Grid) -> Grid:
    """The grid with rows and columns exchanged; every cell keeps its place in the source."""
    width = len(grid.rows[0]) if grid.rows else 0
    return Grid(tuple(tuple(row[c] for row in grid.rows) for c in range(width)), grid.reader, grid.number, grid.part)
