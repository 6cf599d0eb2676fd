"""Header rows → the columns that they name. A header is recognised by its labels wherever it stands in a grid."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from extract.axes import Head, Slot, header_unit, merge_heads, slots
from extract.document import Grid
from extract.form import FORM_TABLES, form
from extract.label import Labels, column_labels, row_labels

MANY_BLANKS = 5
"""Blank cells of a row that are those of figures."""
MAX_LABEL = 60
"""Characters; longer cells are prose."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a table: its named columns, and the first grid row after it.

    `ordered` is False where the columns do not stand in an order of the form: then sums must confirm each row.
    """

    table: str
    heads: tuple[Head, ...]
    end: int
    width: int
    """The grid column behind the last cell of the header's rows."""
    ordered: bool = True

    @property
    def first(self) -> int:
        """The first grid column that holds figures."""
        return min(head.start for head in self.heads)

    @property
    def is_keyed(self) -> bool:
        """Whether a column alone names its figure (table 4: row and column stand in the header)."""
        return len(self.heads[0].key) == 2


def read_header(grid: Grid, r: int, current: Header | None) -> Header | None:
    """The header that begins at row `r`, or None. `current` tells which table is open, for labels that two tables share."""
    row = slots(grid.rows[r])
    if not any(_is_header_word(slot.text) for slot in row) or any(len(slot.text) > MAX_LABEL for slot in row[1:]):
        return None
    return _requests(grid, r, row) or _challenges(grid, r, row) or _disclosure(row, r, current)


@lru_cache(maxsize=16384)
def _is_header_word(text: str) -> bool:
    """Whether a text can stand in a header of any table; figures and row labels, by far the most, cannot."""
    return bool(text) and any(labels.find(text) for labels in (*map(column_labels, FORM_TABLES), _challenge_groups()))


def _known(labels: Labels, row: Iterable[Slot]) -> int:
    return sum(bool(slot.text) and labels.surely(slot.text) is not None for slot in row)


def _block(grid: Grid, r: int, labels: Sequence[Labels], least: int) -> int:
    """The end of the run of header rows from `r`: rows that hold labels and no figure."""
    end = r
    while end < len(grid.rows) and end < r + 6:
        row = slots(grid.rows[end])
        if sum(_known(known, row) for known in labels) < least or _holds_figures(row):
            break
        end += 1
    return end


def _holds_figures(row: Sequence[Slot]) -> bool:
    """Whether a row prints numbers or dashes, or leaves the cells of several figures blank."""
    blank = sum(slot.is_blank for slot in row)
    return blank >= MANY_BLANKS or any(slot.is_value and not slot.is_blank for slot in row)


def _width(grid: Grid, r: int, end: int) -> int:
    return max(c + 1 for row in grid.rows[r:end] for c, cell in enumerate(row) if cell is not None)


def _lowest(grid: Grid, r: int, end: int, column: int, labels: Labels) -> tuple[str, str, str | None] | None:
    """The (code, strength, unit) of the lowest label in a column of the header block."""
    for y in range(end - 1, r - 1, -1):
        cell = grid.rows[y][column]
        found = labels.find(cell.text) if cell is not None and len(cell.text) <= MAX_LABEL else ()
        if len(found) == 1:
            return found[0].code, found[0].strength, header_unit(cell.text) if cell else None
    return None


def _requests(grid: Grid, r: int, row: Sequence[Slot]) -> Header | None:
    labels = column_labels("requests")
    if _known(labels, row) < 2:
        return None
    end = _block(grid, r, [labels], 2)
    named = [(c, _lowest(grid, r, end, c, labels)) for c in range(len(grid.rows[0]))]
    heads = merge_heads((c, (n[0],), n[1], n[2]) for c, n in named if n)
    codes = [head.key[0] for head in heads]
    if len(set(codes)) < 5 or len(codes) != len(set(codes)):
        return None
    canonical = [c.code for c in form().columns_of("requests")]
    total_first = ["total", *(c for c in canonical if c != "total")]
    return Header("requests", tuple(heads), end, _width(grid, r, end), any(_follows(heads, order) for order in (canonical, total_first)))


def _follows(heads: Sequence[Head], order: Sequence[str]) -> bool:
    """Whether columns stand in an order of the form, with as many unnamed columns between two of them as it has there."""
    places = [order.index(head.key[-1]) for head in heads]
    return all(place - last == 1 + head.start - before.end for (before, last), (head, place) in pairwise(zip(heads, places, strict=True)))


def _challenges(grid: Grid, r: int, row: Sequence[Slot]) -> Header | None:
    outcomes, groups = column_labels("challenges"), _challenge_groups()
    if _known(groups, row) + _known(outcomes, row) < 1 or any(slot.text.isdecimal() for slot in row):
        return None
    end = _block(grid, r, [outcomes, groups], 1)
    columns = range(len(grid.rows[0]))
    named = [(c, _lowest(grid, r, end, c, outcomes), _lowest(grid, r, end, c, groups)) for c in columns]
    if len({n[0] for _, n, _ in named if n}) < 4:
        return None
    if not any(group for _, _, group in named):
        heads = merge_heads((c, (n[0],), n[1], n[2]) for c, n, _ in named if n)
        return Header("challenges", tuple(heads), end, _width(grid, r, end), len(heads) == 5)
    heads = merge_heads((c, (g[0], n[0]), n[1], n[2]) for c, n, g in named if n and g)
    ordered = _in_order(heads) and sum(n is not None for _, n, _ in named) == sum(head.end - head.start for head in heads)
    return Header("challenges", tuple(heads), end, _width(grid, r, end), ordered) if heads else None


def _challenge_groups() -> Labels:
    return row_labels("challenges")


def _in_order(heads: Sequence[Head]) -> bool:
    """Whether the groups that are there (all three, or those of a piece of the table) list their five outcomes in the order of the
    form, side by side.
    """
    outcomes = [c.code for c in form().columns_of("challenges")]
    order = [row.code for row in form().rows_of("challenges")]
    groups = [heads[i : i + 5] for i in range(0, len(heads), 5)]
    whole = all([head.key[1] for head in group] == outcomes and len({head.key[0] for head in group}) == 1 for group in groups)
    places = [order.index(group[0].key[0]) for group in groups]
    return whole and all(b - a == 1 for a, b in pairwise(places)) and all(a.end == b.start for a, b in pairwise(heads))


def _disclosure(row: Sequence[Slot], r: int, current: Header | None) -> Header | None:
    labels = column_labels("disclosure")
    if current is not None and current.table != "disclosure" and _known(labels, row) < 2 and not _starts_block(row):
        return None
    named = [(slot, labels.find(slot.text)) for slot in row]
    sure = [slot for slot, found in named if len(found) == 1 and found[0].strength != "fuzzy"]
    if not sure or any(slot.is_value and not slot.is_blank for slot in row):
        return None
    heads = tuple(
        Head((found[0].code,), slot.start, slot.end, found[0].strength, header_unit(slot.text)) for slot, found in named if len(found) == 1
    )
    keys = [head.key for head in heads]
    if len(keys) != len(set(keys)) or heads[0].start == 0:
        return None
    return Header("disclosure", heads, r + 1, row[-1].end, all(a.end == b.start for a, b in pairwise(heads)))


def _starts_block(row: Sequence[Slot]) -> bool:
    return bool(row) and "信息内容" in row[0].text
