"""Table 2 in long form, one figure a row (规章 | 本年制发件数 | 3), turned to the form's own: a header and a row of figures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import NamedTuple

from extract.axes import Line
from extract.document import Cell, Grid
from extract.label import column_labels, row_labels

LEAST = 3
"""Rows with one figure behind the name of a column that make a table long."""


class _Long(NamedTuple):
    """One figure with its two labels."""

    row: Cell
    column: Cell
    value: Cell


def pivot(grid: Grid, lines: Sequence[Line]) -> Grid:
    """The grid as the form has it where every figure has a row, and its column's name beside it; else the grid itself."""
    long: list[_Long] = []
    for line in lines:
        one = _long(line, long[-1].row if long else None)
        if one is not None:
            long.append(one)
        elif _has_figure(line):
            return grid
    if len(long) < LEAST:
        return grid
    rows = list(_rows(long))
    width = max(map(len, rows))
    return replace(grid, rows=tuple((*row, *[None] * (width - len(row))) for row in rows))


def _long(line: Line, above: Cell | None) -> _Long | None:
    """The figure of a line; its row's name, printed once, may stand in a line `above` over blank cells."""
    row, cells = line.slots, line.cells
    if len(row) < 3 or not row[-1].is_value or row[-2].is_value or len(column_labels("disclosure").find(row[-2].text)) != 1:
        return None
    named = [slot for slot in row[:-2] if row_labels("disclosure").surely(slot.text) is not None]
    if above is not None and not named and any(slot.is_blank and slot.start == above.place.column_no for slot in row[:-2]):
        return _Long(above, cells[-2], cells[-1])
    return _Long(cells[named[0].at], cells[-2], cells[-1]) if len(named) == 1 else None


def _has_figure(line: Line) -> bool:
    return any(slot.is_value and not slot.is_blank for slot in line.slots)


def _rows(long: Sequence[_Long]) -> Iterator[list[Cell | None]]:
    for _, same in groupby(long, key=lambda line: id(line.row)):
        group = list(same)
        yield [group[0].row._replace(text=""), *(line.column for line in group)]
        yield [group[0].row, *(line.value for line in group)]
