"""Statistics tables before 2019, read under their own codes: 统计指标 | 单位 | 统计数, never into the form's tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.axes import Line, Slot, line
from extract.document import Cell, Grid
from extract.form import LEGACY_EDITIONS, form
from extract.label import Labels, normalise, row_labels
from extract.number import parse
from extract.report import ExtraCell, Figure

LEAST_ROWS = 5
"""Rows that must be known before a table is taken for a statistics table."""

_YEAR_HEAD = re.compile(r"\d{4}年度?|本年度?|本期|统计数|数量|数据|年度")
_CUMULATIVE_HEAD = re.compile(r"累计")
_UNIT_HEAD = re.compile(r"单位")


@dataclass(slots=True)
class Legacy:
    """A statistics table as read."""

    table: str
    edition: str
    figures: list[Figure] = field(default_factory=list)
    extras: list[ExtraCell] = field(default_factory=list)


def align_legacy(grid: Grid) -> Legacy | None:
    """The figures of a pre-2019 statistics table, or None where the grid is another table."""
    lines = [line(row) for row in grid.rows]
    rows = [one.slots for one in lines]
    table = _table(rows)
    if table is None:
        return None
    found = Legacy(table, LEGACY_EDITIONS[table])
    columns = _columns(rows, table)
    last = -1
    for one in lines:
        last = _read_row(found, one, columns, grid, last)
    return found if found.figures else None


def _table(rows: Sequence[Sequence[Slot]]) -> str | None:
    counts = {table: sum(_known(row_labels(table), row) for row in rows) for table in LEGACY_EDITIONS}
    best = max(counts, key=lambda table: counts[table])
    return best if counts[best] >= LEAST_ROWS else None


def _known(labels: Labels, row: Sequence[Slot]) -> bool:
    return any(slot.text and not slot.is_value and _plain(labels, slot.text) for slot in row)


def _plain(labels: Labels, text: str) -> tuple[str, ...]:
    """The codes of a label, also without 其中 before it."""
    found = labels.find(text) or labels.find(re.sub(r"^\s*其中\s*[:：]?", "", text))
    return tuple(match.code for match in found)


def _columns(rows: Sequence[Sequence[Slot]], table: str) -> dict[int, str]:
    """Grid column → column code, from the header; a table of one figure column needs no header."""
    for row in rows[:4]:
        named: dict[int, str] = {}
        for slot in row[1:]:
            key = normalise(slot.text)
            if _UNIT_HEAD.search(key) or not key:
                continue
            if _CUMULATIVE_HEAD.search(key) and table == "stat2008":
                named[slot.start] = "cumulative"
            elif _YEAR_HEAD.search(slot.text):
                named[slot.start] = "value"
        if named and len(set(named.values())) == len(named):
            return named
    return {}


def _read_row(found: Legacy, one: Line, columns: dict[int, str], grid: Grid, last: int) -> int:
    """Read one row after position `last` of the printed order; returns the new position."""
    row, cells = one.slots, one.cells
    words = [slot for slot in row if slot.text and not slot.is_value]
    codes = [code for slot in words for code in _plain(row_labels(found.table), slot.text)]
    order = list(form().rows)
    later = codes if len(codes) == 1 else [code for code in codes if order.index(code) > last]
    values = [slot for slot in row if slot.is_value and slot.start > (words[0].start if words else -1)]
    if not later:
        printed = [cells[slot.at] for slot in values if words and slot.text]
        found.extras += [ExtraCell(found.table, words[0].text, "", cell.text.strip(), cell.place) for cell in printed]
        return last
    code = min(later, key=order.index)
    if not form().rows[code].columns.get(found.edition):
        return order.index(code)
    if not columns and len(values) == 1:
        columns = {values[0].start: "value"}
    unit = next((slot.text for slot in words[1:] if len(slot.text) <= 3), form().rows[code].unit)
    for slot in row:
        if slot.start in columns and (slot.is_value or any(ch.isdigit() for ch in slot.text)):
            found.figures.append(_figure(found.table, code, columns[slot.start], cells[slot.at], unit, grid))
    return order.index(code)


def _figure(table: str, row: str, column: str, cell: Cell, unit: str | None, grid: Grid) -> Figure:
    number = parse(cell.text)
    unread = cell.unreadable or number.state == "unreadable"
    return Figure(
        table,
        row,
        column,
        None if unread else number.value,
        number.unit or unit,
        "unreadable" if unread else number.state,
        cell.text,
        cell.place,
        grid.reader,
        grid.part,
        cell.confidence,
        "exact",
        number.note,
        cell.repaired,
    )
