"""Header rows → the columns that they name. A header is recognised by its labels wherever it stands in a grid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from extract.axes import Head, Line, Slot, header_unit, merge_heads, remembered
from extract.form import FORM_TABLES, form
from extract.label import Labels, column_labels, row_labels

MANY_BLANKS = 5
"""Blank cells of a row that are those of figures."""
MAX_LABEL = 60
"""Characters; longer cells are prose."""


MAX_ROWS = 6
"""Rows of a header."""

Row = tuple[Slot, ...]
Named = tuple[str, str, str | None]
"""(code, strength, unit) of a label."""


@dataclass(frozen=True, slots=True, eq=False)
class Header:
    """The header of a table: its named columns, and how many rows it takes. The same rows give the same object.

    `ordered` is False where the columns do not stand in an order of the form: then sums must confirm each row. `voids` are the
    columns between the named ones that the header leaves blank: cells once merged, of which rows have blank ones too. `foreign`
    are those behind the named ones that it names otherwise (备注).
    """

    table: str
    heads: tuple[Head, ...]
    rows: int
    width: int
    """The grid column behind the last cell of the header's rows."""
    ordered: bool = True
    voids: frozenset[int] = frozenset()
    foreign: frozenset[int] = frozenset()

    @property
    def first(self) -> int:
        """The first grid column that holds figures."""
        return min(head.start for head in self.heads)

    @property
    def is_keyed(self) -> bool:
        """Whether a column alone names its figure (table 4: row and column stand in the header)."""
        return len(self.heads[0].key) == 2


def read_header(lines: Sequence[Line], r: int, current: str | None) -> Header | None:
    """The header that begins at row `r`, or None. `current` tells which table is open, for labels that two tables share."""
    if not _may_open(lines[r]):
        return None
    rows = lines[r : r + MAX_ROWS]
    read = _read if all(line.usual for line in rows) else _read.__wrapped__
    return read(tuple(line.slots for line in rows), current)


@remembered
def _may_open(row: Row) -> bool:
    """Whether a row holds a word of a header, and no prose."""
    return any(_is_header_word(slot.text) for slot in row) and all(len(slot.text) <= MAX_LABEL for slot in row[1:])


@lru_cache(maxsize=1024)
def _read(rows: tuple[Row, ...], current: str | None) -> Header | None:
    return _requests(rows) or _challenges(rows) or _disclosure(rows[0], current)


@lru_cache(maxsize=16384)
def _is_header_word(text: str) -> bool:
    """Whether a text can stand in a header of any table; figures and row labels, by far the most, cannot."""
    return bool(text) and any(labels.find(text) for labels in (*map(column_labels, FORM_TABLES), _challenge_groups()))


def _known(labels: Labels, row: Iterable[Slot]) -> int:
    return sum(bool(slot.text) and labels.surely(slot.text) is not None for slot in row)


def _block(rows: Sequence[Row], labels: Sequence[Labels], least: int) -> Sequence[Row]:
    """The run of header rows: rows that hold labels and no figure."""
    end = 0
    while end < len(rows) and sum(_known(known, rows[end]) for known in labels) >= least and not _holds_figures(rows[end], end > 0):
        end += 1
    return rows[:end]


def _holds_figures(row: Row, below: bool) -> bool:
    """Whether a row prints numbers or dashes, or is a row `below` others that leaves all cells behind its labels blank."""
    labels = sum(bool(slot.text) for slot in row)
    return _holds_value(row) or (below and len(row) - labels >= MANY_BLANKS and all(slot.is_blank for slot in row[labels:]))


def _holds_value(row: Row) -> bool:
    return any(slot.kind == "value" for slot in row)


def _width(block: Sequence[Row]) -> int:
    return max((row[-1].end for row in block), default=0)


def _lowest(block: Sequence[Row], column: int, labels: Labels) -> Named | None:
    """The (code, strength, unit) of the lowest label in a column of the header block."""
    for row in reversed(block):
        text = next((slot.text for slot in row if slot.start <= column < slot.end), "")
        found = labels.find(text) if len(text) <= MAX_LABEL else ()
        if len(found) == 1:
            return found[0].code, found[0].strength, header_unit(text)
    return None


def _requests(rows: Sequence[Row]) -> Header | None:
    labels = column_labels("requests")
    if _known(labels, rows[0]) < 2:
        return None
    block = _block(rows, [labels], 2)
    named = [(c, _lowest(block, c, labels)) for c in range(_width(block))]
    heads = merge_heads((c, (n[0],), n[1], n[2]) for c, n in named if n)
    codes = [head.key[0] for head in heads]
    if len(set(codes)) < 5 or len(codes) != len(set(codes)):
        return None
    canonical = [c.code for c in form().columns_of("requests")]
    total_first = ["total", *(c for c in canonical if c != "total")]
    ordered = any(_follows(heads, order) for order in (canonical, total_first)) and not _covered(block, labels, codes)
    return Header("requests", tuple(heads), len(block), _width(block), ordered, foreign=_foreign(block, heads, labels))


def _covered(block: Sequence[Row], labels: Labels, codes: Sequence[str]) -> bool:
    """Whether the header prints a column that other labels below it hide: then it is shifted."""
    return any(code not in codes for row in block for slot in row if (code := labels.surely(slot.text)) is not None)


def _follows(heads: Sequence[Head], order: Sequence[str]) -> bool:
    """Whether columns stand in an order of the form, with as many unnamed columns between two of them as it has there."""
    places = [order.index(head.key[-1]) for head in heads]
    return all(place - last == 1 + head.start - before.end for (before, last), (head, place) in pairwise(zip(heads, places, strict=True)))


def _challenges(rows: Sequence[Row]) -> Header | None:
    outcomes, groups = column_labels("challenges"), _challenge_groups()
    if _known(groups, rows[0]) + _known(outcomes, rows[0]) < 1 or any(slot.text.isdecimal() for slot in rows[0]):
        return None
    block = _block(rows, [outcomes, groups], 1)
    width = _width(block)
    named = [(c, _lowest(block, c, outcomes), _lowest(block, c, groups)) for c in range(width)]
    if len({n[0] for _, n, _ in named if n}) < 4:
        return None
    if not any(group for _, _, group in named):
        heads, voids = _spread(merge_heads((c, (n[0],), n[1], n[2]) for c, n, _ in named if n), block)
        return Header("challenges", tuple(heads), len(block), width, len(heads) == 5, voids)
    heads = merge_heads((c, (g[0], n[0]), n[1], n[2]) for c, n, g in named if n and g)
    if heads and _in_order(heads) and sum(n is not None for _, n, _ in named) == sum(head.end - head.start for head in heads):
        return Header("challenges", tuple(heads), len(block), width)
    carried, voids = _spread(merge_heads(_carried(named)), block)
    if len(carried) in (5, 10, 15) and _in_order(carried):
        return Header("challenges", tuple(carried), len(block), width, True, voids)
    return Header("challenges", tuple(heads), len(block), width, False) if heads else None


def _carried(named: Iterable[tuple[int, Named | None, Named | None]]) -> Iterator[tuple[int, tuple[str, ...], str, str | None]]:
    """The columns of table 4 where the cells of its groups are not merged: each group goes on to the next."""
    group: Named | None = None
    for column, outcome, own in named:
        group = own or group
        if outcome and group:
            yield column, (group[0], outcome[0]), outcome[1], outcome[2]


def _spread(heads: Sequence[Head], block: Sequence[Row]) -> tuple[list[Head], frozenset[int]]:
    """The heads with the blank columns behind each that no other has, and those columns."""
    printed = {c for row in block for slot in row if not slot.is_blank for c in range(slot.start, slot.end)}
    wider = [a._replace(end=b.start) if printed.isdisjoint(range(a.end, b.start)) else a for a, b in pairwise(heads)]
    return [*wider, *heads[-1:]], frozenset(c for a, b in zip(heads, wider, strict=False) for c in range(a.end, b.end))


def _foreign(block: Sequence[Row], heads: Sequence[Head], labels: Labels) -> frozenset[int]:
    """The columns behind the last named one over which the header prints a word that no column of the table has."""
    behind = (slot for row in block for slot in row if slot.start >= heads[-1].end and slot.kind == "word" and not labels.find(slot.text))
    return frozenset(c for slot in behind for c in range(slot.start, slot.end))


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


def _disclosure(row: Row, current: str | None) -> Header | None:
    labels = column_labels("disclosure")
    if current not in (None, "disclosure") and _known(labels, row) < 2 and not _starts_block(row):
        return None
    named = [(slot, labels.find(slot.text)) for slot in row]
    sure = [slot for slot, found in named if len(found) == 1 and found[0].strength != "fuzzy"]
    if not sure or _holds_value(row):
        return None
    heads = _joined(
        Head((found[0].code,), slot.start, slot.end, found[0].strength, header_unit(slot.text)) for slot, found in named if len(found) == 1
    )
    keys = [head.key for head in heads]
    if heads[0].start == 0 and len(sure) < 2:
        return None
    heads, voids = _spread(heads, [row])
    ordered = heads[0].start > 0 and len(keys) == len(set(keys)) and all(a.end == b.start for a, b in pairwise(heads))
    return Header("disclosure", tuple(heads), 1, row[-1].end, ordered, voids, _foreign([row], heads, labels))


def _joined(heads: Iterable[Head]) -> list[Head]:
    """Heads in order; neighbours of one key, a label printed in each cell that it spans, are one."""
    joined: list[Head] = []
    for head in heads:
        if joined and joined[-1].key == head.key and joined[-1].end == head.start:
            joined[-1] = joined[-1]._replace(end=head.end)
        else:
            joined.append(head)
    return joined


def _starts_block(row: Sequence[Slot]) -> bool:
    return bool(row) and "信息内容" in row[0].text
