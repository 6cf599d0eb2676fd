"""Pictures of what the PDF reader saw: rules, cells and letters drawn over each page."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

from extract.pdf_halves import halves
from extract.pdf_page import Glyph, Page
from extract.pdf_pictures import page_images
from extract.pdf_scanned import picture_boxes
from extract.pdf_tables import rulings
from extract.ruled import Box

DPI = 110.0
RULE, CELL, LETTER, OUTSIDE, HIDDEN, PICTURE = "red", "blue", "green", "gray", "orange", "magenta"


def draw_debug(content: bytes, directory: Path) -> list[Path]:
    """One PNG a page: rules red, cells blue, letters in cells green, other letters grey, hidden ones orange, pictures magenta.

    The directory is made where it is missing. Raises Unreadable, Encrypted or TooComplex.
    """
    directory.mkdir(parents=True, exist_ok=True)
    written = []
    for page, image in page_images(content, DPI):
        path = directory / f"page-{page.number:03}.png"
        _drawn(page, image).save(path)
        written.append(path)
    return written


def _drawn(page: Page, image: Image.Image) -> Image.Image:
    drawing = ImageDraw.Draw(image)
    scale = image.width / (page.height if page.turn % 2 else page.width)

    def outline(box: Box, colour: str, width: int = 1) -> None:
        x0, top, x1, bottom = (side * scale for side in page.displayed(box))
        drawing.rectangle((x0, top, max(x0, x1), max(top, bottom)), outline=colour, width=width)

    for half in halves(page):
        tables, outside = rulings(half)
        for box, colour in (*((_box(g), OUTSIDE) for g in outside), *((_box(g), HIDDEN) for g in half.hidden)):
            outline(box, colour)
        for table in tables:
            for cell, letters in zip(table.lattice.cells, table.letters, strict=True):
                outline(Box(cell.box.x0 + 1, cell.box.top + 1, cell.box.x1 - 1, cell.box.bottom - 1), CELL)
                for glyph in letters:
                    outline(_box(glyph), LETTER)
    for rule in page.horizontal:
        outline(Box(rule.start, rule.at, rule.end, rule.at), RULE, 2)
    for rule in page.vertical:
        outline(Box(rule.at, rule.start, rule.at, rule.end), RULE, 2)
    for box in picture_boxes(page):
        outline(box, PICTURE, 3)
    return image


def _box(glyph: Glyph) -> Box:
    return Box(glyph.x0, glyph.top, glyph.x1, glyph.bottom)
