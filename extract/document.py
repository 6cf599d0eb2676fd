"""What a reader makes of bytes: paragraphs and grids, in the order in which a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Place(NamedTuple):
    """Where a cell stands in the bytes it was read from.

    `page` and `table_no` count from 1, `row_no` and `column_no` from 0 inside the resolved grid.
    Coordinates are PDF points (pixels for pictures) from the top left corner of the page.
    """

    table_no: int | None = None
    row_no: int | None = None
    column_no: int | None = None
    page: int | None = None
    x0: float | None = None
    top: float | None = None
    x1: float | None = None
    bottom: float | None = None


class Cell(NamedTuple):
    """One printed cell: its text as printed, its place, and how many grid slots it covers."""

    text: str
    place: Place
    rowspan: int = 1
    colspan: int = 1
    confidence: float = 1.0
    repaired: bool = False
    """The text was split or joined by the arithmetic of the form, not by a printed border."""
    unreadable: bool = False
    """Something is printed here that the reader could not read; `text` is its best raw reading."""


Row = tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as a rectangle: a merged cell stands, as the same object, in every slot that it covers.

    Every row has the same length. `None` is a slot that no cell covers.
    """

    rows: tuple[Row, ...]
    reader: str
    number: int = 1
    part: int = 0
    """Which source it came from: 0 the document itself, n the n-th part."""

    def cells(self) -> Iterator[Cell]:
        """Each printed cell once, in reading order."""
        for r, row in enumerate(self.rows):
            for c, cell in enumerate(row):
                if cell is not None and cell.place.row_no == r and cell.place.column_no == c:
                    yield cell


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of text between two breaks, whitespace as printed but for the ends."""

    text: str
    page: int | None = None
    part: int = 0
    heading: bool = False


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read, or was read with less than certainty; never silent."""

    code: str
    message: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What a reader saw. Pure data, the same for every format.

    `meta` holds what the format states about itself, keys lower-cased: HTML meta names (`articletitle`, `pubdate`,
    `contentsource`, …), labelled lines of the page's index table (`索引号`, `发布机构`, …), document properties.
    """

    reader: str
    blocks: tuple[Block, ...]
    title: str | None = None
    meta: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def grids(self) -> Iterator[Grid]:
        """Its tables, in reading order."""
        return (block for block in self.blocks if isinstance(block, Grid))

    def paragraphs(self) -> Iterator[Paragraph]:
        """Its text outside tables, in reading order."""
        return (block for block in self.blocks if isinstance(block, Paragraph))


@dataclass(frozen=True, slots=True)
class Source:
    """Bytes to be read. `url` (or a file name) and `media_type` are what their giver said of them: hints, never trusted."""

    content: bytes
    url: str | None = None
    media_type: str | None = None
