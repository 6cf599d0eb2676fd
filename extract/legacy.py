"""Statistics tables before 2019, read under their own codes: 统计指标 | 单位 | 统计数, never into the form's tables.

They are printed whole, in pieces, or as several label-and-figure pairs side by side; a pair is a band of columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from extract.axes import Line, Slot, line
from extract.document import Cell, Grid, Problem
from extract.form import LEGACY_EDITIONS, form
from extract.label import Labels, Match, row_labels
from extract.number import UNITS, parse
from extract.report import ExtraCell, Figure

LEAST_ROWS = 5
"""Rows that must be known before tables are taken for a statistics table."""
LEAST_OF_PIECE = 2
"""Rows that a piece of one must hold."""

_HEAD = r"(?:统计数据?|数量|数据|数值|指标值|数)"
_VALUE_HEAD = re.compile(rf"(?:本年度?|本期|当年)?{_HEAD}|本年度?|本期(?:实际)?|当年|年度|(?P<year>20\d\d)年?度?{_HEAD}?")
_CUMULATIVE_HEAD = re.compile(rf"(?:历年|本年)?累计{_HEAD}?")
_NOTE = re.compile(r"[(\[].*[)\]]$")
_AMONG = re.compile(r"^\s*其中\s*[:：]?\s*")
_OTHERWISE = re.compile(r"累计|历年|上一?年|去年|同期|同比|增长|[率比例]$")
"""Words of a label that is like one of the table and means another figure."""

Key = tuple[str, str]


@dataclass(slots=True)
class Legacy:
    """A statistics table as read."""

    table: str
    first: Grid
    figures: dict[Key, Figure] = field(default_factory=dict)
    extras: list[ExtraCell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Band(NamedTuple):
    """Lines of a grid cut to one band of columns, and which grid columns hold what; `other` are columns of further numbers."""

    lines: Sequence[Line]
    columns: Mapping[int, str]
    other: frozenset[int]


def align_legacy(grids: Sequence[Grid]) -> Legacy | None:
    """The pre-2019 statistics table that stands in these grids, or None."""
    pieces = [(grid, [line(row) for row in grid.rows]) for grid in grids]
    table = max(LEGACY_EDITIONS, key=lambda table: sum(_known(table, lines) for _, lines in pieces))
    pieces = [(grid, lines) for grid, lines in pieces if _known(table, lines) >= LEAST_OF_PIECE]
    if sum(_known(table, lines) for _, lines in pieces) < LEAST_ROWS:
        return None
    found = Legacy(table, pieces[0][0])
    last, columns = "", dict[int, str]()
    for grid, lines in pieces:
        figures: dict[Key, Figure] = {}
        for band in _bands(table, lines, columns):
            columns = dict(band.columns)
            for one in band.lines:
                last = _read_row(found, figures, band, one, grid, last)
        _join(found, figures)
    return found if found.figures else None


def _known(table: str, lines: Iterable[Line]) -> int:
    return sum(any(_matches(row_labels(table), slot) for slot in one.slots) for one in lines)


def _matches(labels: Labels, slot: Slot) -> tuple[Match, ...]:
    """The rows that a label can mean, also with 其中 before it."""
    if slot.kind != "word":
        return ()
    found = labels.find(slot.text) or labels.find(_AMONG.sub("", slot.text))
    return () if found and found[0].strength == "fuzzy" and _OTHERWISE.search(slot.text) else found


def _bands(table: str, lines: Sequence[Line], carried: Mapping[int, str]) -> Iterator[Band]:
    starts = [0, *_cuts(table, lines), len(lines) and max(one.slots[-1].end for one in lines if one.slots)]
    for start, end in pairwise(starts):
        cut = [one._replace(slots=tuple(slot for slot in one.slots if start <= slot.start < end)) for one in lines]
        cut = [one for one in cut if one.slots]
        columns, other = _columns(table, cut, carried if len(starts) == 2 else {})
        yield Band(cut, columns, other)


def _cuts(table: str, lines: Sequence[Line]) -> list[int]:
    """The columns in which, behind a label and its figure, further labels begin."""
    counts: dict[int, int] = {}
    for one in lines:
        labelled = parted = False
        for slot in one.slots:
            known = bool(_matches(row_labels(table), slot))
            if known and parted:
                counts[slot.start] = counts.get(slot.start, 0) + 1
            labelled = labelled or known
            parted = (parted and not known) or (labelled and (_is_unit(slot) or _is_number(slot)))
    return sorted(start for start, count in counts.items() if count >= LEAST_OF_PIECE)


def _is_unit(slot: Slot) -> bool:
    return slot.text in UNITS


def _is_number(slot: Slot) -> bool:
    return slot.is_value and any(ch.isdigit() for ch in slot.text)


def _columns(table: str, lines: Sequence[Line], carried: Mapping[int, str]) -> tuple[Mapping[int, str], frozenset[int]]:
    """Grid column → column code by the header above the first row, by that of the piece before, or because only one holds numbers."""
    labels = row_labels(table)
    first = next((r for r, one in enumerate(lines) if any(_matches(labels, slot) for slot in one.slots)), 0)
    for one in reversed(lines[:first]):
        named = _named(table, one.slots[1:])
        if named:
            units = (slot for slot in one.slots[1:] if "单位" in _plain(slot.text))
            return named, frozenset(c for slot in units for c in range(slot.start, slot.end))
    numbers = {slot.start for one in lines for slot in _behind_label(labels, one) if _is_number(slot)}
    if len(numbers) == 1:
        return dict.fromkeys(numbers, "value"), frozenset()
    return (carried if numbers <= carried.keys() else {}), frozenset(numbers)


def _named(table: str, slots: Sequence[Slot]) -> dict[int, str]:
    """The figure columns that a header row names; of several years the last, which is the report's."""
    values = [(slot.start, found["year"]) for slot in slots if (found := _VALUE_HEAD.fullmatch(_plain(slot.text)))]
    if len(values) != 1 and len({year for _, year in values if year}) != len(values):
        return {}
    named = {max(values, key=lambda value: value[1] or "")[0]: "value"} if values else {}
    if table == "stat2008":
        named |= {slot.start: "cumulative" for slot in slots if _CUMULATIVE_HEAD.fullmatch(_plain(slot.text))}
    return named


def _plain(text: str) -> str:
    return _NOTE.sub("", "".join(unicodedata.normalize("NFKC", text).split()))


def _behind_label(labels: Labels, one: Line) -> Sequence[Slot]:
    at = next((i for i, slot in enumerate(one.slots) if _matches(labels, slot)), len(one.slots))
    return one.slots[at + 1 :]


def _read_row(found: Legacy, figures: dict[Key, Figure], band: Band, one: Line, grid: Grid, last: str) -> str:
    """Read one row behind the row `last`; returns the row it is, or `last` where it is none."""
    labels = row_labels(found.table)
    edge = min(band.columns, default=one.slots[-1].end)
    words = [slot for slot in one.slots if slot.kind == "word" and slot.start < edge and not _is_unit(slot)]
    if not words:
        return last
    label = words[-1]
    near = {last, *(match.code for slot in words[:-1] for match in _matches(labels, slot))}
    match = _row(_matches(labels, label), near)
    numbers = [slot for slot in one.slots if slot.start > label.start and _is_number(slot)]
    if match is None:
        cells = (one.cells[slot.at] for slot in numbers)
        found.extras += [ExtraCell(found.table, label.text, "", cell.text.strip(), cell.place) for cell in cells]
        return last
    row = form().rows[match.code]
    if row.columns.get(LEGACY_EDITIONS[found.table]):
        unit = next((slot.text for slot in one.slots if slot.start > label.start and _is_unit(slot)), row.unit)
        for column, cell in _cells(band, one, label, numbers):
            _put(found, figures, _figure(found.table, match, column, cell, unit, grid))
    return match.code


def _row(matches: Sequence[Match], near: Iterable[str]) -> Match | None:
    """The row that a label means; one that several share (被依法纠错数) is a part of the row before it, or stands beside it."""
    if len(matches) > 1:
        parents = {*near, *(code.rpartition(".")[0] for code in near)}
        matches = [match for match in matches if match.code.rpartition(".")[0] in parents]
    return matches[0] if len(matches) == 1 else None


def _cells(band: Band, one: Line, label: Slot, numbers: Sequence[Slot]) -> Iterator[tuple[str, Cell]]:
    """The figures of a row by column; unread where its numbers do not stand under the columns."""
    strays = [slot for slot in numbers if band.other.intersection(range(slot.start, slot.end))]
    if strays:
        yield "value", one.cells[strays[0].at]._replace(text=" | ".join(slot.text for slot in strays), unreadable=True)
        return
    for column, code in band.columns.items():
        slot = next((slot for slot in one.slots if slot.start <= column < slot.end and slot.start > label.start), None)
        if slot is not None:
            yield code, one.cells[slot.at]


def _figure(table: str, match: Match, column: str, cell: Cell, unit: str | None, grid: Grid) -> Figure:
    number = parse(cell.text)
    unread = cell.unreadable or number.state == "unreadable"
    return Figure(
        table,
        match.code,
        column,
        None if unread else number.value,
        number.unit or unit,
        "unreadable" if unread else number.state,
        cell.text,
        cell.place,
        grid.reader,
        grid.part,
        cell.confidence,
        match.strength,
        number.note,
        cell.repaired,
    )


def _put(found: Legacy, figures: dict[Key, Figure], figure: Figure) -> None:
    """Keep a figure; where a second cell says otherwise, neither is believed."""
    key = (figure.row_code, figure.column_code)
    before = figures.setdefault(key, figure)
    if (before.state, before.value) != (figure.state, figure.value):
        figures[key] = before._replace(value=None, state="unreadable", raw=f"{before.raw} | {figure.raw}")
        found.problems.append(Problem("contradicting_cells", f"{' × '.join(key)}: {before.raw!r} and {figure.raw!r}", figure.place))


def _join(found: Legacy, figures: Mapping[Key, Figure]) -> None:
    """Add the figures of a further piece, unless it is another table of the same kind: then the first stands."""
    shared = found.figures.keys() & figures.keys()
    differing = [key for key in shared if found.figures[key].value != figures[key].value]
    telling = [key for key in shared if found.figures[key].value or figures[key].value]
    if differing and 2 * len(differing) > len(telling):
        message = f"{form().tables[found.table].zh}: printed again with {len(differing)} other figures"
        found.problems.append(Problem("table_repeated", message, figures[differing[0]].place))
        return
    for figure in figures.values():
        _put(found, found.figures, figure)
