"""What word processors hold, a flow of paragraphs and tables, made into blocks.

Their readers say where each cell begins and ends in units of their own (grid columns, twips); here the edges of all rows become
one column grid, vertical merges are followed, and tables that only lay out other tables dissolve.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from extract.document import Block, Cell, Grid, Paragraph, Place
from extract.errors import TooComplex

MAX_SLOTS = 400_000
MAX_DEPTH = 16
_SNAP = 150
"""Twips: edges nearer than this (and than a third of the narrowest cell) are one border that a hand has dragged."""


_VOID = 30
"""Twips: what Word leaves of a cell merged away is narrower."""


@dataclass(slots=True)
class Line:
    """One paragraph."""

    text: str
    heading: bool = False
    page: int | None = None


@dataclass(slots=True)
class Box:
    """One cell from edge `left` to edge `right`. `continues`: it goes on with the cell above it."""

    left: int
    right: int
    content: list[Item] = field(default_factory=list)
    continues: bool = False

    def text(self) -> str:
        """Its own paragraphs, without those of nested tables."""
        return "\n".join(item.text for item in self.content if isinstance(item, Line)).strip(" \t\r\n")


@dataclass(slots=True)
class Table:
    """Rows of boxes. `measured`: edges are lengths in twips rather than numbers of grid columns."""

    rows: list[list[Box]]
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """Blocks of a document inside the document, made by its own reader."""

    blocks: tuple[Block, ...]


Item = Line | Table | Ready


def blocks(items: Iterable[Item], reader: str) -> tuple[Block, ...]:
    """Paragraphs that say something and grids numbered from 1, in reading order. Raises TooComplex."""
    found: list[Block] = []
    _collect(items, reader, found, 0)
    return tuple(found)


def _collect(items: Iterable[Item], reader: str, found: list[Block], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise TooComplex(f"tables are nested more than {MAX_DEPTH} deep")
    for item in items:
        if isinstance(item, Line):
            text = item.text.strip()
            if text:
                found.append(Paragraph(text, item.page, heading=item.heading))
        elif isinstance(item, Ready):
            found.extend(_renumbered(block, _next(found)) if isinstance(block, Grid) else block for block in item.blocks)
        elif is_layout(item):
            _collect((inner for row in item.rows for box in row for inner in box.content), reader, found, depth + 1)
        else:
            found.append(grid(item, reader, _next(found)))
            nested = (inner for row in item.rows for box in row for inner in box.content if isinstance(inner, Table))
            _collect(nested, reader, found, depth + 1)


def _next(found: Iterable[Block]) -> int:
    """The number of the next grid."""
    return 1 + sum(isinstance(block, Grid) for block in found)


def _renumbered(inner: Grid, number: int) -> Grid:
    """The grid under another number; a merged cell stays one object."""
    cells = {id(cell): cell._replace(place=cell.place._replace(table_no=number)) for cell in inner.cells()}
    rows = tuple(tuple(None if cell is None else cells[id(cell)] for cell in row) for row in inner.rows)
    return replace(inner, rows=rows, number=number)


def is_layout(table: Table) -> bool:
    """Whether it only arranges text or other tables: it has but one column, or holds a table and at most one row sets
    two texts of its own side by side."""
    if all(len(row) <= 1 for row in table.rows):
        return True
    boxes = [box for row in table.rows for box in row]
    if not any(isinstance(item, Table) for box in boxes for item in box.content):
        return False
    return sum(sum(1 for box in row if box.text()) > 1 for row in table.rows) <= 1


def grid(table: Table, reader: str, number: int) -> Grid:
    """The table as a rectangle of slots; a merged cell stands in each slot that it covers."""
    edges = _edges(table)
    columns = {edge: at for at, edge in enumerate(sorted(set(edges.values())))}
    width = max(1, len(columns) - 1)
    if width * len(table.rows) > MAX_SLOTS:
        raise TooComplex(f"a table of {len(table.rows)} × {width} slots, more than {MAX_SLOTS}")
    regions = _regions([[(columns[edges[box.left]], columns[edges[box.right]], box) for box in row] for row in table.rows])
    slots: list[list[Cell | None]] = [[None] * width for _ in table.rows]
    for region in regions:
        cell = Cell(region.text, Place(number, region.row, region.left), region.height, region.right - region.left)
        for row in slots[region.row : region.row + region.height]:
            row[region.left : region.right] = [cell] * cell.colspan
    return Grid(tuple(map(tuple, slots)), reader, number)


@dataclass(slots=True)
class _Region:
    row: int
    left: int
    right: int
    text: str
    height: int = 1


def _regions(rows: Sequence[Sequence[tuple[int, int, Box]]]) -> list[_Region]:
    """Printed cells with their extent. A continuation with nothing of its own width above it is a cell itself."""
    found: list[_Region] = []
    above: dict[tuple[int, int], _Region] = {}
    for at, row in enumerate(rows):
        current: dict[tuple[int, int], _Region] = {}
        for left, right, box in row:
            region = above.get((left, right)) if box.continues else None
            if region is None:
                region = _Region(at, left, right, box.text(), 0)
                found.append(region)
            if left < right:
                region.height += 1
                current[left, right] = region
        above = current
    return [region for region in found if region.height]


def _edges(table: Table) -> dict[int, int]:
    """Each edge → the border it belongs to."""
    lefts_rights = [(box.left, box.right) for row in table.rows for box in row]
    values = sorted({edge for pair in lefts_rights for edge in pair}) or [0]
    if not table.measured:
        return {value: value for value in values}
    widths = [right - left for left, right in lefts_rights if right - left > _VOID]
    reach = min(_SNAP, min(widths, default=0) // 3)
    snapped: dict[int, int] = {}
    border = values[0]
    for value in values:
        border = border if value - border <= reach else value
        snapped[value] = border
    kept = all(snapped[box.left] < snapped[box.right] for row in table.rows for box in row if box.right - box.left > _VOID or box.text())
    return snapped if kept else {value: value for value in values}
