"""Document → figures, by label, never by position. What cannot be placed with certainty is kept as raw text, never guessed.

Each grid is walked from top to bottom: header rows open a table of the form and name its columns, label cells name the rows,
and the cell under both is the figure. A fragment without a header continues the table before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from extract.axes import PHYSICAL_READERS, Head, Line, Slot, assign, line, remembered
from extract.document import Cell, Document, Grid, Problem
from extract.form import LEGACY_EDITIONS, form
from extract.grid import transpose
from extract.headers import Header, read_header
from extract.label import column_labels, weaker
from extract.legacy import align_legacy
from extract.number import parse
from extract.pivot import pivot
from extract.report import ExtraCell, Figure, TableSeen
from extract.rows import RowLabel, mended, read_label
from extract.walks import Walk, of_one_report

MAX_ROWS = 2000
"""Rows of a grid; the whole form has some sixty, a workbook of several forms some hundreds."""
MOST_LEFT_OUT = 5
"""End rows of table 3 that a report may leave out where its total does not tell whether they were lost."""
MAX_ANSWER = 12
"""Characters of words in place of a figure; longer cells are labels and notes."""
LEAST_TELLING = 4
"""Rows of the requests table with a number in them that must be there before they can speak against its header."""


@dataclass(slots=True)
class Alignment:
    """What was found so far. `figures` by (table, row, column); a cell found twice with two values is unreadable."""

    figures: dict[tuple[str, str, str], Figure] = field(default_factory=dict)
    tables: list[TableSeen] = field(default_factory=list)
    extras: list[ExtraCell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def align(document: Document) -> Alignment:
    """All figures of the document's tables: of the form, and of the statistics tables before it."""
    found = Alignment(problems=[])
    open_walk: Walk | None = None
    walks: list[Walk] = []
    leftovers: list[Grid] = []
    for grid in document.grids():
        if len(grid.rows) > MAX_ROWS:
            found.problems.append(Problem("too_complex", f"a table of {len(grid.rows)} rows is none of the form's and was not searched"))
            continue
        grid, lines = _laid_out(grid)
        opened = list(_walk(grid, lines, open_walk))
        if not opened:
            turned = transpose(grid)
            opened = list(_walk(turned, _lines(turned), None))
        if not opened:
            leftovers.append(grid)
            continue
        walks += [walk for walk in opened if walk is not open_walk]
        open_walk = opened[-1]
    for walk in of_one_report(walks):
        _finish(walk, found)
    if not found.tables:
        _keep_legacy(leftovers, found)
    return found


def _lines(grid: Grid) -> list[Line]:
    return [line(row) for row in grid.rows]


def _laid_out(grid: Grid) -> tuple[Grid, list[Line]]:
    """A grid with its lines, as the form lays them out."""
    lines = _lines(grid)
    pivoted = pivot(grid, lines)
    return pivoted, lines if pivoted is grid else _lines(pivoted)


def _walk(grid: Grid, lines: Sequence[Line], carried: Walk | None) -> Iterator[Walk]:
    """The tables of the form in one grid, in order; `carried` is the table that a fragment without header may continue."""
    current: Walk | None = None
    skip = 0
    for r, one in enumerate(lines):
        if r < skip:
            continue
        header = read_header(lines, r, current.header.table if current else None)
        if header:
            skip = r + header.rows
            if current is None or header.table != current.header.table:
                current = Walk(header, grid)
                yield current
            current.header, current.grid = header, grid
            continue
        if current is None and carried is not None and _continues(grid, lines, carried):
            current = carried
            current.grid = grid
            yield current
        if current is not None:
            one, skip = _whole_row(lines, r, current.header)
            _read_row(current, one)


def _whole_row(lines: Sequence[Line], r: int, header: Header) -> tuple[Line, int]:
    """The row that begins there, with the lines below that are the rest of it, and where the next one begins."""
    one, end = lines[r], r + 1
    while end < len(lines) and (whole := mended(header, one, lines[end])) is not None:
        one, end = whole, end + 1
    return one, end


def _continues(grid: Grid, lines: Sequence[Line], carried: Walk) -> bool:
    """Whether a grid without header goes on with the table before it: as wide, and its first labelled row is one of that table's."""
    if not grid.rows or len(grid.rows[0]) != len(carried.grid.rows[0]):
        return False
    if carried.header.table == "challenges":
        return not carried.figures and all(slot.is_value for slot in lines[0].slots)
    labels = (read_label(carried.header, one.slots) for one in lines[:3])
    return any(label is not None and label.row is not None for label in labels)


class Target(NamedTuple):
    """A figure of the form that a row holds: the number of its cell in the row, and all that the cell itself does not tell."""

    at: int
    table: str
    key: tuple[str, str]
    unit: str | None
    match: str
    is_ambiguous: bool


class Placed(NamedTuple):
    """What a row holds: its label, and its figures, None where no cell can be told to stand under a column."""

    label: RowLabel
    targets: tuple[Target, ...] | None
    regular: bool


@remembered
def _place(row: tuple[Slot, ...], header: Header, physical: bool) -> Placed | None:
    """The figures of a row under a header; None where it holds no label."""
    label = read_label(header, row)
    if label is None:
        return None
    own = tuple(slot for slot in row if not _is_stranger(slot, header, row)) if header.voids or header.foreign else row
    assigned = assign(header.heads, own, label.end, header.width, physical)
    if assigned is None:
        return Placed(label, None, False)
    targets = (_target(header, label, head, slot.at, head in assigned.ambiguous) for head, slot in assigned.slots.items())
    return Placed(label, tuple(targets), assigned.regular)


def _is_stranger(slot: Slot, header: Header, row: tuple[Slot, ...]) -> bool:
    """Whether a cell is what is left of a merged one, or, in a column that the form does not have, words or a rate: no figure, and
    not like one of the row.
    """
    columns = range(slot.start, slot.end)
    if header.foreign.issuperset(columns) and (slot.text.endswith(("%", "％")) or not any(ch.isdigit() for ch in slot.text)):
        return slot.kind == "word" or all(slot.text != other.text for other in row if other is not slot)
    return slot.is_blank and header.voids.issuperset(columns)


def _target(header: Header, label: RowLabel, head: Head, at: int, ambiguous: bool) -> Target:
    key = (head.key[0], head.key[1]) if header.is_keyed else (label.code, head.key[0])
    unit = head.unit or _unit(label, form().columns[header.table, key[1]].unit)
    return Target(at, header.table, key, unit, weaker(label.strength, head.strength), ambiguous)


def _unit(label: RowLabel, column_unit: str | None) -> str | None:
    if column_unit and column_unit.startswith("unstated"):
        return None
    return column_unit or (label.row.unit if label.row else None)


def _read_row(walk: Walk, one: Line) -> None:
    placed = _place(one, walk.header, walk.grid.reader in PHYSICAL_READERS)
    if placed is None:
        return
    label, targets, regular = placed
    if targets is None:
        _keep_raw(walk, label, one)
        return
    cells = [one.cells[target.at] for target in targets]
    if not any(_is_figure_text(cell) or _is_answer(label, cell) for cell in cells):
        return
    again = walk.header.is_keyed and any(target.key in walk.figures for target in targets)
    unknown = label.row is None and not walk.header.is_keyed
    if (again or unknown) and _says_nothing(cells):
        return
    figures = [_figure(walk.grid, target, cell, regular) for target, cell in zip(targets, cells, strict=True)]
    walk.missing += len(walk.header.heads) - len(figures)
    if _hold_label(walk.header.table, cells) or not _is_sure(walk.header, regular, figures, _is_uniform(label, one)):
        figures = [_unread(figure) for figure in figures]
        walk.problems.append(Problem("shifted_row", f"{label.text}: cells do not stand under the columns", figures[0].place))
    for target, figure in zip(targets, figures, strict=True):
        _put(walk, target.key, figure)


def _hold_label(table: str, cells: Iterable[Cell]) -> bool:
    """Whether the name of a column stands where a figure belongs: it reaches too far down, and the row has slid."""
    return any(column_labels(table).surely(cell.text) for cell in cells)


def _says_nothing(cells: Iterable[Cell]) -> bool:
    """Whether a row that the form does not have (a title, or a second one of table 4) holds no figure: only blank cells or words."""
    states = [parse(cell.text).state for cell in cells]
    return "number" not in states and "dash" not in states


def _is_figure_text(cell: Cell) -> bool:
    return cell.unreadable or parse(cell.text).state != "unreadable" or any(ch.isdigit() for ch in cell.text)


def _is_answer(label: RowLabel, cell: Cell) -> bool:
    """Whether words stand where a figure of a row of the form belongs (五, 暂无, 见附件): printed, and not read."""
    text = "".join(cell.text.split())
    return label.row is not None and label.strength != "fuzzy" and "group" not in label.row.kinds.values() and 0 < len(text) <= MAX_ANSWER


def _figure(grid: Grid, target: Target, cell: Cell, regular: bool) -> Figure:
    _, table, (row, column), unit, match, is_ambiguous = target
    text, place, _, _, confidence, repaired, unreadable = cell
    value, state, own_unit, note = parse(text)
    if unreadable or is_ambiguous:
        value, state = None, "unreadable"
    unit = own_unit or unit
    return Figure(
        table, row, column, value, unit, state, text, place, grid.reader, grid.part, confidence, match, note, repaired or not regular
    )


def _unread(figure: Figure) -> Figure:
    return figure._replace(value=None, state="unreadable")


def _is_sure(header: Header, regular: bool, figures: Sequence[Figure], uniform: bool) -> bool:
    """Whether it is known which figure is which: by the layout, by the sums, or because all cells of the row say the same."""
    if header.ordered and regular and len(figures) == len(header.heads):
        return True
    if len({(figure.state, figure.value) for figure in figures}) == 1 and figures[0].state != "unreadable":
        return uniform and len(figures) == len(header.heads)
    return header.ordered and (regular or _sums_hold(figures))


def _is_uniform(label: RowLabel, one: Line) -> bool:
    """Whether every cell behind the label says the same, those under no column too."""
    return len({parse(one.cells[slot.at].text)[:2] for slot in one.slots if slot.start >= label.end}) == 1


def _sums_hold(figures: Sequence[Figure]) -> bool:
    """Whether the row's own arithmetic confirms an assignment that the layout does not: every total it prints, from all its parts."""
    if any(figure.value is None for figure in figures) or figures[0].table_code == "disclosure":
        return False
    rows: dict[str, dict[str, Decimal]] = {}
    for figure in figures:
        rows.setdefault(figure.row_code, {})[figure.column_code] = figure.value or Decimal(0)
    columns = set(_columns(figures[0].table_code))
    return all(row.keys() == columns and row.pop("total") == sum(row.values()) for row in rows.values())


def _put(walk: Walk, key: tuple[str, str], figure: Figure) -> None:
    """Keep the figure; a second cell for the same figure must say the same, else neither is believed."""
    before = walk.figures.setdefault(key, figure)
    if before is not figure and (before.state, before.value) != (figure.state, figure.value):
        walk.figures[key] = before._replace(value=None, state="unreadable", raw=f"{before.raw} | {figure.raw}")
        walk.problems.append(Problem("contradicting_cells", f"{key[0]} × {key[1]}: {before.raw!r} and {figure.raw!r}", figure.place))


def _keep_raw(walk: Walk, label: RowLabel, one: Line) -> None:
    """A row whose cells cannot be placed: its figures are unread where the row is known, raw text is kept in any case."""
    cells = [one.cells[slot.at] for slot in one.slots if slot.start >= label.end and not slot.is_blank]
    if not any(map(_is_figure_text, cells)):
        return
    raw = " | ".join(cell.text.strip() for cell in cells)
    walk.problems.append(Problem("unplaced_row", f"{label.text}: {raw}", cells[0].place))
    if label.row is None or walk.header.is_keyed:
        walk.extras += [ExtraCell(walk.header.table, label.text, "", cell.text, cell.place) for cell in cells]
        return
    unread = cells[0]._replace(text=raw, unreadable=True)
    for head in walk.header.heads:
        target = _target(walk.header, label, head, 0, False)
        _put(walk, target.key, _figure(walk.grid, target, unread, True))


@cache
def _columns(table: str) -> tuple[str, ...]:
    return tuple(column.code for column in form().columns_of(table))


def _doubt_columns(walk: Walk) -> None:
    """Rows that mostly do not add up say that the columns are not what their header says: then none of them is believed."""
    if walk.header.table != "requests":
        return
    rows: dict[str, dict[str, Figure]] = {}
    for (row, column), figure in walk.figures.items():
        rows.setdefault(row, {})[column] = figure
    telling = [sums for row in rows.values() if len(row) == len(_columns("requests")) and (sums := _row_sums(row)) is not None]
    holding = sum(parts == total for parts, total in telling)
    if len(telling) >= LEAST_TELLING and 2 * holding < len(telling):
        walk.figures = {key: _unread(figure) for key, figure in walk.figures.items()}
        walk.problems.append(
            Problem("doubtful_columns", f"{len(telling) - holding} of {len(telling)} rows do not add up: header and figures disagree")
        )


def _row_sums(row: Mapping[str, Figure]) -> tuple[Decimal, Decimal] | None:
    """The sum of a row's parts, blanks as zero, and its total; None where it tells nothing: no total, no part, or something unread."""
    parts = [figure.value for column, figure in row.items() if column != "total"]
    total = row["total"].value
    if (
        total is None
        or any(f.state == "unreadable" for f in row.values())
        or not any(v is not None for v in parts)
        or not any((total, *parts))
    ):
        return None
    return sum((value for value in parts if value is not None), Decimal(0)), total


def _finish(walk: Walk, found: Alignment) -> None:
    table = walk.header.table
    _doubt_columns(walk)
    edition = _edition(table, walk.figures)
    figures = walk.figures
    found.figures |= _settle_codes(table, edition, figures)
    found.extras += walk.extras
    found.problems += walk.problems
    first = next(iter(figures.values()))
    complete = walk.missing == 0 and _ends(table, figures)
    if not complete:
        found.problems.append(Problem("table_incomplete", f"{form().tables[table].zh}: cells of the table are missing", first.place))
    found.tables.append(TableSeen(table, edition, complete, first.place.page, first.place.table_no, first.part))


def _settle_codes(table: str, edition: str, figures: Mapping[tuple[str, str], Figure]) -> dict[tuple[str, str, str], Figure]:
    """A row that this edition prints without figures (a group with its own sum) is kept, but not under the form's code."""
    printed, rows = _printed(table, edition), form().rows
    return {
        (table, *key): figure if key in printed or key[0] not in rows else figure._replace(match="extra") for key, figure in figures.items()
    }


@cache
def _printed(table: str, edition: str) -> frozenset[tuple[str, str]]:
    """The cells that an edition prints."""
    return frozenset((row.code, column.code) for row, column in form().cells(table, edition))


def _edition(table: str, figures: dict[tuple[str, str], Figure]) -> str:
    """The edition whose own cells (those that no other edition prints) were found most; by labels, never by the year."""
    if table == "requests" and any(row.startswith("requests.outcome.other.") for row, _ in figures):
        return "v2021"
    new, old = _printed(table, "v2021"), _printed(table, "v2019")
    votes = {"v2021": len(figures.keys() & (new - old)), "v2019": len(figures.keys() & (old - new))}
    return max(votes, key=lambda e: votes[e])


def _ends(table: str, figures: dict[tuple[str, str], Figure]) -> bool:
    """Whether the table reaches its end: rows not printed are not missing, a table cut short is."""
    rows = {row for row, _ in figures}
    if table == "requests":
        return "requests.carried_out" in rows and "requests.new" in rows and _rows_left_out_are_zero(figures, rows)
    if table == "challenges":
        return len(figures) >= 15
    return "disclosure.fees" in rows and not rows.isdisjoint(("disclosure.rules", "disclosure.normative_documents"))


def _rows_left_out_are_zero(figures: Mapping[tuple[str, str], Figure], rows: Set[str]) -> bool:
    """Whether the total says that the end rows which are not there were not printed, rather than lost."""
    edition = "v2021" if any(row.startswith("requests.outcome.other.") for row in rows) else "v2019"
    leaves = form().leaves_below("requests.outcome", edition)
    missing = [leaf for leaf in leaves if leaf not in rows]
    if not missing:
        return True
    values = [f.value for leaf in leaves if (f := figures.get((leaf, "total"))) is not None]
    total = figures.get(("requests.outcome.total", "total"))
    if total is None or total.value is None or None in values:
        return len(missing) <= MOST_LEFT_OUT
    return sum(value for value in values if value is not None) == total.value


def _keep_legacy(grids: Sequence[Grid], found: Alignment) -> None:
    """The statistics table of a report before the form; beside tables of the form, one like it is none of its tables."""
    legacy = align_legacy(grids)
    if legacy is None:
        return
    found.figures |= {(legacy.table, *key): figure for key, figure in legacy.figures.items()}
    found.extras += legacy.extras
    found.problems += legacy.problems
    edition = LEGACY_EDITIONS[legacy.table]
    found.tables.append(TableSeen(legacy.table, edition, True, None, legacy.first.number, legacy.first.part))
