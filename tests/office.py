"""What the tests of office readers share: the specimen's tables against the grids that a reader made."""

from __future__ import annotations

from collections.abc import Callable

from extract.document import Document, Grid
from extract.errors import ReadError
from tests.corpus.generate.model import Specimen
from tests.corpus.generate.office import placed, width_of

Slots = list[list[str]]


def slots_of(grid: Grid) -> Slots:
    """The texts of a grid, slot by slot, line ends left out."""
    return [["" if cell is None else "".join(cell.text.split()) for cell in row] for row in grid.rows]


def expected(specimen: Specimen) -> list[Slots]:
    """The tables of a specimen, slot by slot."""
    found = []
    for table in specimen.blocks:
        if not isinstance(table, str):
            slots = [[""] * width_of(table) for _ in table]
            for row, column, box in (each for line in placed(table) for each in line):
                for y in range(row, row + box.rowspan):
                    slots[y][column : column + box.colspan] = ["".join(box.text.split())] * box.colspan
            found.append(slots)
    return found


def read_slots(document: Document) -> list[Slots]:
    """The grids of a document, slot by slot."""
    return [slots_of(grid) for grid in document.grids()]


def prose(specimen: Specimen) -> list[str]:
    """The specimen's paragraphs."""
    return [block for block in specimen.blocks if isinstance(block, str)]


def read_prose(document: Document) -> list[str]:
    """The document's paragraphs."""
    return [paragraph.text for paragraph in document.paragraphs()]


def survives(read: Callable[[bytes], object], content: bytes) -> bool:
    """Whether the reader gives something or a reading error: whatever else it raises goes through."""
    try:
        return read(content) is not None
    except ReadError:
        return True
