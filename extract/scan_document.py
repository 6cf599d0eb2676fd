"""Pages of pictures, one after another → one ScanDocument: sheets made level and read, tables joined over page ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import NamedTuple

import cv2
import numpy as np

from extract import ruled, scan_prose, scan_table
from extract.document import Block, Cell, Grid, Paragraph, Place, Problem
from extract.ruled import Box, Lattice, Ruled
from extract.scan import READER, Candidates, Picture, ScanDocument
from extract.scan_ink import Image, dark, even, pieces_of
from extract.scan_ocr import Recogniser, recogniser
from extract.scan_picture import frames, plain
from extract.scan_sheet import Sheet, upright
from extract.scan_slices import Slice, Whole, joined
from extract.scan_table import Seen
from extract.stitch import Seam, stitched

A4_WIDTH = 8.27
"""Inches: what an unlabelled picture is taken to be as wide as."""
FINEST, COARSEST = 310.0, 140.0
"""Dots an inch: finer pictures are reduced (nothing is gained), coarser ones enlarged (rules one pixel thick are lost)."""
CHARACTER, SMALLER = 0.13, 0.7
"""Inches that a character of a table is usually high, and how much smaller the characters of a screenshot are at least."""
SAMPLE = 1500
"""Rows of pixels from which that is judged."""
LEAST = 24
"""Pixels. Smaller pictures are icons and hold nothing."""
STRETCH = 0.06
"""How much wider than another the page of one document may be: photographs."""
POINTS = 72.0
Key = tuple[float, ...]
"""The ordinal of a page and a box on it, in points."""


class Page(NamedTuple):
    """One page before it is read: its pixels, resolution, the factor from its pixels to the unit of places, its part.

    `slices` are the pictures that it was given in: where each begins, in that unit, and its number.
    """

    image: Image
    slices: tuple[Slice, ...]
    dpi: float
    scale: float
    part: int

    @property
    def number(self) -> int | None:
        """The number of its first picture."""
        return self.slices[0].number

    def placed(self, box: Box) -> tuple[int | None, Box]:
        """The number of the picture that the middle of a box is in, and the box there."""
        top, number = next(piece for piece in reversed(self.slices) if piece.top <= (box.top + box.bottom) / 2 or piece.top == 0)
        return number, Box(box.x0, box.top - top, box.x1, box.bottom - top)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page read: what is on it from top to bottom, boxes in points of the level sheet."""

    page: Page
    sheet: Sheet | None
    blocks: tuple[Block, ...] = ()
    candidates: tuple[tuple[Box, Candidates], ...] = ()
    problems: tuple[Problem, ...] = ()

    def displayed(self, place: Place, number: int) -> Place:
        """The place in the picture as it was given."""
        box = Box(*((side or 0.0) * self.page.dpi / POINTS for side in place[4:]))
        page, origin = self.page.placed(self.sheet.origin(box, self.page.scale) if self.sheet else box)
        return Place(number, place.row_no, place.column_no, page, *(round(side, 2) for side in origin))


def read(pictures: Sequence[Picture]) -> ScanDocument:
    """See `extract.scan.read`."""
    reader = recogniser()
    leaves = [_leaf(page, ordinal, reader) for ordinal, page in enumerate(_pages(pictures), 1)]
    blocks: list[Block] = []
    candidates: dict[Place, Candidates] = {}
    options: dict[Key, Candidates] = {(ordinal, *box): choice for ordinal, leaf in enumerate(leaves, 1) for box, choice in leaf.candidates}
    for block in stitched([block for leaf in leaves for block in leaf.blocks], seam=Seam(stretch=STRETCH)):
        if isinstance(block, Paragraph):
            blocks.append(replace(block, page=leaves[(block.page or 1) - 1].page.number))
            continue
        number = 1 + sum(isinstance(b, Grid) for b in blocks)
        grid, moved = _displayed(block, number, leaves)
        candidates |= {moved[key]: options[key] for key in moved if key in options}
        blocks.append(grid)
    problems = tuple(problem for leaf in leaves for problem in leaf.problems)
    return ScanDocument(READER, tuple(blocks), problems=problems, candidates=candidates)


def _pages(pictures: Sequence[Picture]) -> Iterator[Page]:
    for whole in joined(raw for picture in pictures for raw in _raw(picture)):
        yield _fitted(whole)


def _raw(picture: Picture) -> Iterator[Whole]:
    images = frames(picture.image) if isinstance(picture.image, bytes) else [plain(picture.image)]
    for i, image in enumerate(images):
        number = picture.page if len(images) == 1 else (picture.page or 1) + i
        yield Whole(image, (Slice(0, number),), picture)


def _fitted(whole: Whole) -> Page:
    """The page at a resolution that the reader is good at."""
    image, slices, picture = whole
    dpi = picture.dpi or _likely_dpi(image)
    factor = FINEST / dpi if dpi > FINEST * 1.1 else 2.0 if dpi < COARSEST and image.size < 40_000_000 else 1.0
    if factor != 1.0:
        how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        image = cv2.resize(image, None, fx=factor, fy=factor, interpolation=how)
    return Page(image, slices, dpi * factor, picture.scale / factor, picture.part)


def _likely_dpi(image: Image) -> float:
    """By the width of a page of paper; by the height of its characters where these are much smaller than on paper: a wide screenshot."""
    height, width = image.shape[:2]
    across: int = height if 1.3 <= width / height <= 1.5 else width  # a landscape page
    by_width = min(600.0, max(60.0, across / A4_WIDTH))
    by_height = _middling(image, by_width) / CHARACTER if min(height, width) >= LEAST else 0.0
    return max(60.0, by_height) if 0.0 < by_height < SMALLER * by_width else by_width


def _middling(image: Image, dpi: float) -> float:
    """The usual height of what is printed amid the picture, in pixels; 0 where nothing is."""
    start = max(0, (image.shape[0] - SAMPLE) // 2)
    piece = image[start : start + SAMPLE]
    grey = piece if piece.ndim == 2 else cv2.cvtColor(piece, cv2.COLOR_BGR2GRAY)
    tall = [high for _, _, wide, high in pieces_of(dark(even(grey, dpi))) if 7 <= high <= dpi / 2 and wide <= 2 * high]
    return float(np.percentile(tall, 85)) if len(tall) >= 50 else 0.0


def _leaf(page: Page, ordinal: int, reader: Recogniser) -> Leaf:
    height, width = page.image.shape[:2]
    if min(height, width) < LEAST:
        return Leaf(page, None, problems=(Problem("tiny_picture", f"a picture of {width} × {height} pixels holds nothing to read"),))
    sheet = upright(page.image, page.dpi, reader)
    unit = POINTS / page.dpi
    placed: list[tuple[float, Block]] = []
    candidates: list[tuple[Box, Candidates]] = []
    for lattice, cells in zip(sheet.lattices, scan_table.read(sheet, reader), strict=True):
        placed += [(lattice.box.top, block) for block in _table(lattice, cells, ordinal, page.part, unit)]
        candidates += [(_scaled(cell.ruled.box, unit), cell.candidates) for cell in cells if cell.candidates]
    texts = scan_prose.read(sheet, reader)
    tops = accumulate((text.box.top for text in texts), max)  # those beside one another stay in their order
    placed += [
        (top, Paragraph(text.text, ordinal, page.part, text.heading))
        for top, text in zip(tops, texts, strict=True)
        if text.certainty >= scan_prose.LEGIBLE
    ]
    blocks = tuple(block for _, block in sorted(placed, key=lambda pair: pair[0]))
    return Leaf(page, sheet, blocks, tuple(candidates), tuple(_unread(texts, sheet, page)))


def _unread(texts: Sequence[scan_prose.Text], sheet: Sheet, page: Page) -> Iterator[Problem]:
    for text in texts:
        if text.certainty < scan_prose.LEGIBLE:
            number, box = page.placed(sheet.origin(text.box, page.scale))
            place = Place(None, None, None, number, *box)
            yield Problem("unread_text", f"a line could not be read with certainty: {text.text}", place)


def _table(lattice: Lattice, cells: list[Seen], ordinal: int, part: int, unit: float) -> list[Block]:
    """The lattice's cells as a grid; what has but one column is text in a box."""
    if len(lattice.xs) == 2:
        return [Paragraph(cell.text, ordinal, part) for cell in cells if cell.text]
    seen = {(cell.ruled.row, cell.ruled.column): cell for cell in cells}

    def reading(place: Ruled) -> ruled.Reading:
        cell = seen[place.row, place.column]
        return ruled.Reading(cell.text, round(cell.confidence, 4), cell.unreadable)

    scaled = lattice._replace(cells=tuple(cell._replace(box=_scaled(cell.box, unit)) for cell in lattice.cells))
    return [replace(ruled.grid(scaled, reading, ordinal, READER), part=part)]


def _scaled(box: Box, unit: float) -> Box:
    return Box(*(round(side * unit, 2) for side in box))


def _displayed(grid: Grid, number: int, leaves: Sequence[Leaf]) -> tuple[Grid, dict[Key, Place]]:
    """The grid with its number and with places in the pictures as given; and where each box of the sheets went."""
    moved: dict[int, Cell] = {}
    places: dict[Key, Place] = {}
    for cell in grid.cells():
        ordinal = cell.place.page or 1
        place = leaves[ordinal - 1].displayed(cell.place, number)
        moved[id(cell)] = cell._replace(place=place)
        places[(ordinal, *(side or 0.0 for side in cell.place[4:]))] = place
    rows = tuple(tuple(None if cell is None else moved[id(cell)] for cell in row) for row in grid.rows)
    return replace(grid, rows=rows, number=number), places
