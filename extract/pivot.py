"""Table 2 in long form, one figure a row (规章 | 本年制发件数 | 3), turned to the form's own: a header and a row of figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from extract.axes import Slot, slots
from extract.document import Cell, Grid
from extract.label import column_labels, row_labels

LEAST = 3
"""Rows with one figure behind the name of a column that make a table long."""


class _Line(NamedTuple):
    """One figure with its two labels."""

    row: Cell
    column: Cell
    value: Cell


def pivot(grid: Grid) -> Grid:
    """The grid as the form has it where every figure has a row, and its column's name beside it; else the grid itself."""
    found = [slots(row) for row in grid.rows]
    lines = [line for row in found if (line := _line(row)) is not None]
    if len(lines) < LEAST or any(_line(row) is None and _has_figure(row) for row in found):
        return grid
    rows = list(_rows(lines))
    width = max(map(len, rows))
    return replace(grid, rows=tuple((*row, *[None] * (width - len(row))) for row in rows))


def _line(row: Sequence[Slot]) -> _Line | None:
    if len(row) < 3 or not row[-1].is_value or row[-2].is_value or column_labels("disclosure").surely(row[-2].text) is None:
        return None
    named = [slot for slot in row[:-2] if row_labels("disclosure").surely(slot.text) is not None]
    return _Line(named[0].cell, row[-2].cell, row[-1].cell) if len(named) == 1 else None


def _has_figure(row: Sequence[Slot]) -> bool:
    return any(slot.is_value and not slot.is_blank for slot in row)


def _rows(lines: Sequence[_Line]) -> Iterator[list[Cell | None]]:
    for _, same in groupby(lines, key=lambda line: id(line.row)):
        group = list(same)
        yield [group[0].row._replace(text=""), *(line.column for line in group)]
        yield [group[0].row, *(line.value for line in group)]
