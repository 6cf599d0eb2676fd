"""One PDF page through pdfium: its letters, rules, painted areas and pictures, turned so that its text stands upright."""

from __future__ import annotations

from collections import Counter
from ctypes import addressof, c_float
from dataclasses import dataclass, field

from extract import pdf_calls as pdfium
from extract.pdf_chars import Glyph, Print, characters
from extract.pdf_objects import Matrix, bounds_of, moved, overlap, things
from extract.pdf_shapes import THICKEST, rules, shapes
from extract.pdf_visible import Areas, Look, looks, veils
from extract.ruled import Box, Rule

__all__ = ["Glyph", "Page", "read_page"]

OUTSIDE = 3.0
"""Points by which a line at the edge of a page may stick out."""


@dataclass(slots=True)
class Page:
    """A page in points from its top left corner, once its main text stands upright.

    `hidden` are letters that no reader of the print sees: invisible mode, white, clipped away, covered, off the page.
    `askew` are letters written aslant (watermarks). `paths` counts painted paths, `unmapped` letters without a meaning.
    """

    number: int
    width: float
    height: float
    turn: int
    glyphs: list[Glyph] = field(default_factory=list)
    hidden: list[Glyph] = field(default_factory=list)
    askew: list[Glyph] = field(default_factory=list)
    horizontal: list[Rule] = field(default_factory=list)
    vertical: list[Rule] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    paths: int = 0
    unmapped: int = 0

    @property
    def unit(self) -> float:
        """How large this page is against one of common size: lengths that count as small on paper grow and shrink with it."""
        return unit_of(self.width, self.height)

    def displayed(self, box: Box) -> Box:
        """A box of this page as the page is displayed, before its text was turned upright."""
        return moved(box, _unturned(self.turn, self.width, self.height)) if self.turn else box


def unit_of(width: float, height: float) -> float:
    """The shorter side against that of A4, within reason."""
    return min(max(min(width, height) / 595, 0.4), 8.0)


def read_page(handle: int, number: int) -> Page:
    """Everything printed on a page. TooComplex where that is more than any report holds."""
    objects = things(handle)
    outline = _outline(handle)
    thickest = THICKEST * unit_of(outline.width, outline.height)
    drawn = shapes(objects, thickest)
    seen = looks(objects, drawn.areas)
    rotation = pdfium.page_rotation(handle)
    writing = _main_writing(seen, rotation)
    frame, width, height = _frame(outline, writing)
    page = Page(number, width, height, (writing - rotation) % 4)
    page.horizontal, page.vertical = rules(_on_paper([moved(box, frame) for box in drawn.lines], width, height), thickest)
    page.pictures = [moved(bounds_of(thing), frame) for thing in objects if thing.kind == pdfium.IMAGE]
    page.paths = sum(thing.kind == pdfium.PATH for thing in objects)
    covers = [area for area in drawn.areas if area.opaque] + veils(objects, outline)
    orders = {thing.handle: thing.order for thing in objects if thing.kind == pdfium.TEXT} if covers else {}
    found = characters(handle, Print(seen, orders, Areas(covers), writing, frame, width, height, objects))
    page.glyphs, page.hidden, page.askew, page.unmapped = found
    return page


def _outline(handle: int) -> Box:
    """What of the page is displayed, in its own space (y up)."""
    corners = (c_float * 4)()
    pdfium.page_box(handle, addressof(corners))
    left, top, right, bottom = corners
    return Box(left, bottom, right, top)


def _on_paper(lines: list[Box], width: float, height: float) -> list[Box]:
    """The lines as far as they lie on the page: a table that goes on beyond its side is one without a rule there."""
    right, below = width + OUTSIDE, height + OUTSIDE
    on_page = [x0 >= -OUTSIDE and top >= -OUTSIDE and x1 <= right and bottom <= below for x0, top, x1, bottom in lines]
    if all(on_page):
        return lines
    paper = Box(0.0, 0.0, width, height)
    cut = [line if inside else overlap(line, paper) for line, inside in zip(lines, on_page, strict=True)]
    return [line for line in cut if line.x0 <= line.x1 and line.top <= line.bottom]


def _main_writing(seen: dict[int, Look], rotation: int) -> int:
    """The quarter turns of most of the page's text, in the page's own space; its rotation where there is none."""
    turns = Counter(look.turn for look in seen.values() if look.turn is not None and not look.hidden)
    return max(turns, key=lambda turn: (turns[turn], turn == rotation)) if turns else rotation


def _frame(outline: Box, writing: int) -> tuple[Matrix, float, float]:
    """From the page's own space to points from the top left corner of the upright page; its width and height."""
    left, bottom, right, top = outline
    matrices: tuple[Matrix, ...] = (
        (1, 0, 0, -1, -left, top),
        (0, 1, 1, 0, -bottom, -left),
        (-1, 0, 0, 1, right, -bottom),
        (0, -1, -1, 0, top, right),
    )
    width, height = (outline.height, outline.width) if writing % 2 else (outline.width, outline.height)
    return matrices[writing], width, height


def _unturned(turn: int, width: float, height: float) -> Matrix:
    """From the upright page (of this width and height) to the page as displayed, which shows the text turned anticlockwise."""
    return ((1, 0, 0, 1, 0, 0), (0, -1, 1, 0, 0, width), (-1, 0, 0, -1, width, height), (0, 1, -1, 0, height, 0))[turn]
