"""The label cells of a row → the row of the form that they name, seen inside the rows that they stand under."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from extract.axes import Line, Slot, remembered
from extract.form import Row, form
from extract.headers import Header
from extract.label import Labels, normalise, row_labels
from extract.stitch import ENUMERATED


class RowLabel(NamedTuple):
    """A row as named. `row` is None for a row that the form does not have: `code` then carries its raw label.

    `end` is the first grid column after its label cells.
    """

    code: str
    text: str
    end: int
    strength: str
    row: Row | None


def read_label(header: Header, row: Sequence[Slot]) -> RowLabel | None:
    """The label of a data row; None where the row holds no label and so no figure."""
    cells = _label_cells(header, row)
    end = cells[-1].end if cells else 0
    if header.is_keyed:
        return RowLabel("", "".join(slot.text for slot in cells), min(end, header.first), "exact", None)
    if not cells:
        return None
    labels = row_labels(header.table)
    parent = _parent(labels, cells[:-1])
    for text in _readings(labels, cells):
        found = [match for match in labels.find(text) if _fits(match.code, match.strength, parent)]
        if len(found) == 1:
            return RowLabel(found[0].code, cells[-1].text, end, found[0].strength, form().rows[found[0].code])
    raw = "".join(cells[-1].text.split())
    return RowLabel(f"{parent or header.table}.{raw}", raw, end, "extra", None)


def mended(header: Header, upper: Line, lower: Line) -> Line | None:
    """Both lines as one where a break set one row in two: only together their labels name it, and the figures stand in one of them."""
    rest = _rest(lower, header)
    above = _label_cells(header, upper.slots) if rest is not None else []
    if rest is None or not above or (above[-1].start, above[-1].end) != (rest.start, rest.end):
        return None
    label, joined = above[-1], above[-1].text + rest.text
    if not row_labels(header.table).surely(joined):
        return None
    if _is_bare(lower, rest.end, upper):
        return _relabelled(upper, label, joined)
    return _relabelled(lower, rest, joined) if _is_bare(upper, label.end, lower) else None


@remembered
def _rest(row: tuple[Slot, ...], header: Header) -> Slot | None:
    """The innermost label of a row where it begins no row and names none: what may be left of the label above it."""
    cells = [] if header.is_keyed else _label_cells(header, row)
    if not cells or ENUMERATED.match(cells[-1].text) or row_labels(header.table).surely(cells[-1].text):
        return None
    return cells[-1]


def _is_bare(row: Line, start: int, other: Line) -> bool:
    """Whether nothing is printed from that column on but cells that span the other row too."""
    shared = set(map(id, other.cells))
    return all(slot.is_blank or id(row.cells[slot.at]) in shared for slot in row.slots if slot.start >= start)


def _relabelled(row: Line, label: Slot, text: str) -> Line:
    cells, slots = list(row.cells), list(row.slots)
    cells[label.at] = cells[label.at]._replace(text=text)
    slots[label.at] = label._replace(text=text)
    return row._replace(cells=tuple(cells), slots=tuple(slots))


def _label_cells(header: Header, row: Sequence[Slot]) -> list[Slot]:
    """Cells with words left of the figures, and any further right whose words surely name a row (a shifted row)."""
    labels = row_labels(header.table)
    cells = [slot for slot in row if slot.text and not slot.is_value and slot.start < header.first]
    if header.is_keyed:
        return cells
    return cells + [slot for slot in row if slot.start >= header.first and not slot.is_value and labels.surely(slot.text)]


def _parent(labels: Labels, cells: Sequence[Slot]) -> str | None:
    for slot in reversed(cells):
        code = labels.surely(slot.text)
        if code is not None:
            return code
    return None


def _readings(labels: Labels, cells: Sequence[Slot]) -> Iterator[str]:
    """Ways to read the label: the innermost cell; it without the group printed before it in one cell; with cells before it."""
    last = cells[-1].text
    yield last
    yield from _without_group(labels, last)
    for start in range(len(cells) - 2, -1, -1):
        yield "".join(slot.text for slot in cells[start:])


def _without_group(labels: Labels, text: str) -> Iterator[str]:
    key = normalise(text)
    return (key[len(group) :] for group in _groups(labels) if key.startswith(group) and len(key) > len(group))


@cache
def _groups(labels: Labels) -> tuple[str, ...]:
    """The labels of rows that only hold other rows together."""
    return tuple(label for label, codes in labels.exact.items() if any("group" in form().rows[c].kinds.values() for c in codes))


def _fits(code: str, strength: str, parent: str | None) -> bool:
    """A label guessed at must stand under its own parent where one is printed."""
    own = form().rows[code].parent
    return strength != "fuzzy" or parent is None or parent == own or (own or "").startswith(parent + ".")
