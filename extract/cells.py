"""A worksheet as its readers leave it: sparse cells and merged ranges, cut into paragraphs and grids."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from extract.document import Block, Grid, Paragraph
from extract.errors import TooComplex
from extract.grid import MAX_SLOTS, Span, expand

MAX_CELLS = 400_000
MAX_SHEETS = 256
MAX_COLUMNS = 16_384
_HEADING = re.compile(r"[一二三四五六七八九十]{1,2}[、.．，,：:\s].{0,36}(?:情况|事项|问题|报告)[：:]?")
_HEADING_NAMES = re.compile(r"第[一二三四五六]部分.{0,40}")


class Value(NamedTuple):
    """What a cell shows. `unreadable`: an error value, or a formula whose result was not saved."""

    text: str
    unreadable: bool = False


class Range(NamedTuple):
    """A merged range, ends included, counted from 0."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Sheet:
    """One worksheet. Rows and columns count from 0; hidden ones are left out of what is read."""

    name: str
    hidden: bool = False
    cells: dict[tuple[int, int], Value] = field(default_factory=dict)
    merged: list[Range] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)

    hidden_spans: int = 0

    def hide_rows(self, first: int, last: int) -> None:
        """Hides rows, ends included. Raises TooComplex beyond the limit."""
        self._count(last - first + 1)
        self.hidden_rows.update(range(first, last + 1))

    def hide_columns(self, first: int, last: int) -> None:
        """Hides columns, ends included; no sheet has more than 16,384. Raises TooComplex beyond the limit."""
        last = min(last, MAX_COLUMNS - 1)
        self._count(last - first + 1)
        self.hidden_columns.update(range(first, last + 1))

    def _count(self, size: int) -> None:
        self.hidden_spans += max(0, size)
        if self.hidden_spans > MAX_CELLS:
            raise TooComplex(f"a sheet that hides more than {MAX_CELLS} rows and columns")

    def put(self, row: int, column: int, value: Value) -> None:
        """Sets a cell. Raises TooComplex beyond the limit."""
        self.cells[row, column] = value
        if len(self.cells) > MAX_CELLS:
            raise TooComplex(f"a sheet of more than {MAX_CELLS} cells")


def check(sheets: Sequence[Sheet]) -> None:
    """Raises TooComplex where there are more sheets, or more cells on them together, than any report has."""
    if len(sheets) > MAX_SHEETS or sum(len(sheet.cells) for sheet in sheets) > MAX_CELLS:
        raise TooComplex(f"a workbook of more than {MAX_SHEETS} sheets or {MAX_CELLS} cells")


def printed(value: object) -> str:
    """A typed value as a person reads it: 3.0 → 3, 0.1 + 0.2 → 0.3, dates in ISO form."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _plain(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def _plain(value: float) -> str:
    """At most the fifteen digits that spreadsheets show, never an exponent."""
    if not math.isfinite(value):
        return str(value)
    text = format(Decimal(f"{value:.15g}"), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def day_text(serial: float, since_1904: bool, chinese: bool) -> str:
    """A date serial as a date, with its time of day where it has one."""
    try:
        moment = datetime(1904, 1, 1) if since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001 (printed dates have no zone)
        moment += timedelta(days=math.floor(serial), seconds=round(serial % 1 * 86400))
    except (OverflowError, ValueError):
        return _plain(serial)
    if serial < 1:
        return moment.time().isoformat()
    return f"{moment.year}年{moment.month}月{moment.day}日" if chinese and moment.time() == time() else printed(moment)


def blocks(sheets: Iterable[Sheet], reader: str) -> tuple[Block, ...]:
    """Paragraphs and grids of all sheets, the visible ones first. Raises TooComplex."""
    found: list[Block] = []
    for sheet in sorted(sheets, key=lambda each: each.hidden):
        visible = _visible(sheet)
        for segment in _segments(visible):
            if not any(line.texts for line in segment):
                continue
            number = 1 + sum(isinstance(block, Grid) for block in found)
            found.extend(_segment_blocks(visible, segment, reader, number))
    return tuple(found)


def _visible(sheet: Sheet) -> Sheet:
    """The sheet without its hidden rows and columns."""
    if not sheet.hidden_rows and not sheet.hidden_columns:
        return sheet
    rows, columns = sorted(sheet.hidden_rows), sorted(sheet.hidden_columns)

    def moved(at: int, hidden: Sequence[int]) -> int:
        return at - bisect_left(hidden, at)

    shown = Sheet(sheet.name, sheet.hidden)
    homes = {(each.top, each.left): each for each in sheet.merged}
    for (row, column), value in sheet.cells.items():
        home = homes.get((row, column))
        if home:
            row, column = _first_shown(home, sheet)
        if row not in sheet.hidden_rows and column not in sheet.hidden_columns:
            shown.cells[moved(row, rows), moved(column, columns)] = value
    for range_ in sheet.merged:
        top, bottom = moved(range_.top, rows), moved(range_.bottom + 1, rows) - 1
        left, right = moved(range_.left, columns), moved(range_.right + 1, columns) - 1
        if top <= bottom and left <= right:
            shown.merged.append(Range(top, left, bottom, right))
    return shown


def _first_shown(merged: Range, sheet: Sheet) -> tuple[int, int]:
    """Where a merged cell's text shows: the first row and column of its range that are not hidden."""
    row = next((at for at in range(merged.top, merged.bottom + 1) if at not in sheet.hidden_rows), merged.top)
    column = next((at for at in range(merged.left, merged.right + 1) if at not in sheet.hidden_columns), merged.left)
    return row, column


@dataclass(slots=True)
class _Line:
    """One used row: its texts by column, and the last column that each covers."""

    row: int
    texts: dict[int, str]
    ends: dict[int, int]
    joined: bool
    """A merged cell from the row above reaches into it."""

    def alone(self) -> str | None:
        """The row's only text."""
        return next(iter(self.texts.values())) if len(self.texts) == 1 else None


def _lines(sheet: Sheet) -> list[_Line]:
    lines: dict[int, _Line] = {}
    homes = {(each.top, each.left): each for each in sheet.merged}
    reached: set[int] = set()
    steps = 0
    for (row, column), value in sorted(sheet.cells.items()):
        if not value.text.strip() and not value.unreadable:
            continue
        line = lines.setdefault(row, _Line(row, {}, {}, False))
        line.texts[column] = value.text.strip()
        home = homes.get((row, column))
        line.ends[column] = home.right if home else column
        if home and home.bottom > home.top:
            steps += home.bottom - home.top
            if steps > 2 * MAX_SLOTS:
                raise TooComplex("merged cells that reach over more rows than any table has")
            reached.update(range(home.top + 1, home.bottom + 1))
    for row in reached:
        lines.setdefault(row, _Line(row, {}, {}, True)).joined = True
    return sorted(lines.values(), key=lambda line: line.row)


def _segments(sheet: Sheet) -> Iterator[list[_Line]]:
    """Runs of rows between blank rows, cut again before each section heading."""
    segment: list[_Line] = []
    for line in _lines(sheet):
        cut = bool(segment) and line.row > segment[-1].row + 1
        if segment and (cut or _is_heading(line)):
            yield segment
            segment = []
        segment.append(line)
    yield segment


def _is_heading(line: _Line) -> bool:
    text = line.alone()
    return bool(text and not line.joined and (_HEADING.fullmatch(text) or _HEADING_NAMES.fullmatch(text)))


def _segment_blocks(sheet: Sheet, lines: list[_Line], reader: str, number: int) -> Iterator[Block]:
    """Leading and trailing rows with one text each are paragraphs, what lies between is a grid."""
    first = next((at for at, line in enumerate(lines) if len(line.texts) > 1 or line.joined or _opens_table(lines, at)), len(lines))
    last = next((at for at in range(len(lines), first, -1) if not _is_closing(lines, at - 1, first)), first)
    for line in lines[:first]:
        yield from _paragraphs(line)
    if any(line.texts for line in lines[first:last]):
        yield _grid(sheet, lines[first:last], reader, number)
    for line in lines[last:]:
        yield from _paragraphs(line)


def _paragraphs(line: _Line) -> Iterator[Paragraph]:
    for text in line.texts.values():
        for part in text.splitlines():
            if part.strip():
                yield Paragraph(part.strip(), heading=_is_heading(line))


def _opens_table(lines: list[_Line], at: int) -> bool:
    """A short text over exactly the columns of the row below it is that table's first row, unless it is the sheet's title."""
    line = lines[at]
    text = line.alone() or ""
    if at + 1 >= len(lines) or len(lines[at + 1].texts) < 2 or _is_heading(line) or len(text) > 20:
        return False
    (column, end), following = next(iter(line.ends.items())), lines[at + 1]
    spans = end > column and column == min(following.texts) and end == max(following.ends.values())
    return spans and (at > 0 or text.startswith("第"))


def _is_closing(lines: list[_Line], at: int, first: int) -> bool:
    """A lone text below a table that reaches over all its columns, or is too long for a label."""
    line = lines[at]
    text = line.alone()
    if text is None or line.joined:
        return False
    width = max((end for other in lines[first:at] for end in other.ends.values()), default=0)
    left = min((column for other in lines[first:at] for column in other.texts), default=0)
    column, end = next(iter(line.ends.items()))
    return len(text) > 60 or (column <= left and end >= width > left)


def _grid(sheet: Sheet, lines: list[_Line], reader: str, number: int) -> Grid:
    top, bottom = lines[0].row, lines[-1].row
    left = min(column for line in lines for column in line.texts)
    right = max(end for line in lines for end in line.ends.values())
    if (bottom - top + 1) * (right - left + 1) > MAX_SLOTS:
        raise TooComplex(f"a table of {bottom - top + 1} × {right - left + 1} cells")
    spans: dict[tuple[int, int], Range] = {}
    covered: set[tuple[int, int]] = set()
    area = 0
    for each in sheet.merged:
        if top <= each.top <= bottom and left <= each.left <= right:
            cut = Range(each.top, each.left, min(each.bottom, bottom), min(each.right, right))
            spans[each.top, each.left] = cut
            area += (cut.bottom - cut.top + 1) * (cut.right - cut.left + 1)
            if area > 2 * MAX_SLOTS:
                raise TooComplex("merged cells that lie over each other")
            covered.update((r, c) for r in range(cut.top, cut.bottom + 1) for c in range(cut.left, cut.right + 1))
    rows = []
    for r in range(top, bottom + 1):
        at = ((r, c) for c in range(left, right + 1))
        rows.append([_span(sheet, spot, spans.get(spot)) for spot in at if spot in spans or spot not in covered])
    return expand(rows, reader, number)


def _span(sheet: Sheet, spot: tuple[int, int], merged: Range | None) -> Span:
    value = sheet.cells.get(spot, Value(""))
    height, width = (merged.bottom - merged.top + 1, merged.right - merged.left + 1) if merged else (1, 1)
    return Span(value.text.strip(" \t\r\n"), height, width, unreadable=value.unreadable)
