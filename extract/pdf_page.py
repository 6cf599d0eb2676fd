"""One PDF page through pdfium: its letters, rules, painted areas and pictures, turned so that its text stands upright."""

from __future__ import annotations

from collections import Counter
from ctypes import addressof, c_double, c_float
from dataclasses import dataclass, field
from itertools import repeat
from statistics import median
from typing import NamedTuple

from extract import pdf_calls as pdfium
from extract.errors import TooComplex
from extract.pdf_letters import LETTERS, UNREADABLE
from extract.pdf_objects import Matrix, bounds_of, moved, things
from extract.pdf_shapes import Area, rules, shapes
from extract.pdf_visible import PLAIN, Areas, Look, looks, veils
from extract.ruled import Box, Rule

MOST_LETTERS = 200_000
GIANT, FLAT = 2.5, 0.6
"""Shares of the usual height of letters: above the first a box is a mistake of pdfium's, below the second it is that of the ink."""
ABOVE = 0.88
"""The share of a letter's height that stands above its line."""
_DIGITS = frozenset(map(ord, "0123456789.,+-%"))


class Glyph(NamedTuple):
    """One printed letter; `turn` is the quarter turns (0–3, anticlockwise) of its writing against the page's main one."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    turn: int = 0


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
    areas: list[Area] = field(default_factory=list)
    pictures: list[Box] = field(default_factory=list)
    paths: int = 0
    unmapped: int = 0

    def displayed(self, box: Box) -> Box:
        """A box of this page as the page is displayed, before its text was turned upright."""
        return moved(box, _unturned(self.turn, self.width, self.height)) if self.turn else box


def read_page(handle: int, number: int) -> Page:
    """Everything printed on a page. TooComplex where that is more than any report holds."""
    objects = things(handle)
    drawn = shapes(objects)
    outline = _outline(handle)
    seen = looks(objects, drawn.areas)
    rotation = pdfium.page_rotation(handle)
    writing = _main_writing(seen, rotation)
    frame, width, height = _frame(outline, writing)
    page = Page(number, width, height, (writing - rotation) % 4)
    page.horizontal, page.vertical = rules([moved(box, frame) for box in drawn.lines])
    page.areas = [area._replace(box=moved(area.box, frame)) for area in drawn.areas]
    page.pictures = [moved(bounds_of(thing), frame) for thing in objects if thing.kind == pdfium.IMAGE]
    page.paths = sum(thing.kind == pdfium.PATH for thing in objects)
    covers = [area for area in drawn.areas if area.opaque] + veils(objects, outline)
    orders = {thing.handle: thing.order for thing in objects if thing.kind == pdfium.TEXT} if covers else {}
    _letters(handle, page, _Print(seen, orders, Areas(covers), frame, writing))
    return page


class _Print(NamedTuple):
    """How a page's letters are printed: looks and painting order by text object, what may cover them, frame, main writing."""

    seen: dict[int, Look]
    orders: dict[int, int]
    covers: Areas
    frame: Matrix
    writing: int


def _outline(handle: int) -> Box:
    """What of the page is displayed, in its own space (y up)."""
    corners = (c_float * 4)()
    pdfium.page_box(handle, addressof(corners))
    left, top, right, bottom = corners
    return Box(left, bottom, right, top)


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


def _letters(handle: int, page: Page, how: _Print) -> None:
    """Sort the page's characters into printed, hidden and askew ones."""
    text = pdfium.load_text(handle)
    if not text:
        return
    try:
        count = pdfium.count_characters(text)
        if count > MOST_LETTERS:
            raise TooComplex(f"a page holds {count} characters")
        codes = list(map(pdfium.character, repeat(text), range(count)))
        boxes = (c_float * (4 * count))()
        start = addressof(boxes)
        list(map(pdfium.character_box, repeat(text), range(count), range(start, start + 16 * count, 16)))
        points = (c_double * (2 * count))()
        first = addressof(points)
        list(
            map(
                pdfium.character_origin,
                repeat(text),
                range(count),
                range(first, first + 16 * count, 16),
                range(first + 8, first + 16 * count + 8, 16),
            )
        )
        owners = _owners(text, count, how)
        unmapped = _unmapped(text, codes)
        flat = boxes[:]
        usual = _usual_height(codes, flat, how.writing)
        _mend_giants(text, flat, how.writing, usual)
    finally:
        pdfium.close_text(text)
    page.unmapped = len(unmapped)
    letters = [LETTERS.get(code, chr(code)) for code in codes]
    for i in unmapped:
        letters[i] = UNREADABLE
    placed = _on_lines(_placed(letters, flat, how.frame), points[:], how.frame, usual)
    if owners is None:
        printed = [glyph for glyph in placed if glyph[0]]
        page.glyphs = [g for g in printed if 0 <= g[1] + g[3] <= 2 * page.width and 0 <= g[2] + g[4] <= 2 * page.height]
        page.hidden = [glyph for glyph in printed if not _on(page, glyph)] if len(page.glyphs) < len(printed) else []
        return
    for i, glyph in enumerate(placed):
        if glyph[0]:
            _sort_in(page, glyph, owners[i], how, flat[4 * i : 4 * i + 4])


def _placed(letters: list[str], flat: list[float], frame: Matrix) -> list[Glyph]:
    """The letters on the upright page; `flat` holds left, top, right, bottom of each in the page's own space (y up)."""
    a, b, c, d, e, f = frame
    lefts, tops, rights, bottoms = flat[0::4], flat[1::4], flat[2::4], flat[3::4]
    if a == 1 and d == -1:
        return list(map(Glyph, letters, [x + e for x in lefts], [f - y for y in tops], [x + e for x in rights], [f - y for y in bottoms]))
    boxes = (
        (a * x0 + c * y0 + e, b * x0 + d * y0 + f, a * x1 + c * y1 + e, b * x1 + d * y1 + f)
        for x0, y0, x1, y1 in zip(lefts, tops, rights, bottoms, strict=True)
    )
    return [
        Glyph(letter, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)) for letter, (x0, y0, x1, y1) in zip(letters, boxes, strict=True)
    ]


def _on(page: Page, glyph: Glyph) -> bool:
    return 0 <= glyph.x0 + glyph.x1 <= 2 * page.width and 0 <= glyph.top + glyph.bottom <= 2 * page.height


def _usual_height(codes: list[int], flat: list[float], writing: int) -> float:
    """The median height of the page's letters; `flat` as in `_placed`."""
    upper, lower = (flat[1::4], flat[3::4]) if writing % 2 == 0 else (flat[2::4], flat[0::4])
    heights = [abs(top - bottom) for code, top, bottom in zip(codes, upper, lower, strict=True) if code > 0x20]
    return median(heights) if heights else 0.0


def _mend_giants(text: int, flat: list[float], writing: int, usual: float) -> None:
    """Put the box of the ink for letters of unlikely height: pdfium mistakes the size of letters in vertical writing."""
    upper, lower = (flat[1::4], flat[3::4]) if writing % 2 == 0 else (flat[2::4], flat[0::4])
    ink = (c_double * 4)()
    left, right, bottom, top = (addressof(ink) + 8 * i for i in range(4))
    for i, height in enumerate(map(float.__sub__, upper, lower)):
        if height > GIANT * usual:
            pdfium.character_ink(text, i, left, right, bottom, top)
            flat[4 * i : 4 * i + 4] = ink[0], ink[3], ink[1], ink[2]


def _on_lines(glyphs: list[Glyph], points: list[float], frame: Matrix, usual: float) -> list[Glyph]:
    """The letters with boxes of one height on one line: fonts without metrics give 一 the box of its ink alone.

    `points` holds the origin of each letter in the page's own space. Vertical writing has its origins above: those boxes stay.
    """
    _, b, _, d, _, f = frame
    lines = [b * x + d * y + f for x, y in zip(points[0::2], points[1::2], strict=True)]
    flat = FLAT * usual
    return [
        Glyph(glyph[0], glyph[1], line - ABOVE * height, glyph[3], line + (1 - ABOVE) * height)
        if 2 * line >= glyph[2] + glyph[4] and (height := h if (h := glyph[4] - glyph[2]) >= flat else usual)
        else glyph
        for glyph, line in zip(glyphs, lines, strict=True)
    ]


def _owners(text: int, count: int, how: _Print) -> list[int] | None:
    """The handle of each character's text object; None where all look plain and nothing can cover them."""
    plain = PLAIN[how.writing]
    if not how.orders and all(look is plain for look in how.seen.values()):
        return None
    return list(map(pdfium.character_object, repeat(text), range(count)))


def _unmapped(text: int, codes: list[int]) -> frozenset[int]:
    """Characters for which the document gives no meaning. Digits are asked one by one; others only where a digit fails."""
    failing = [i for i, code in enumerate(codes) if code in _DIGITS and pdfium.character_unmapped(text, i)]
    if failing or not all(codes):
        failing = [i for i, code in enumerate(codes) if pdfium.character_unmapped(text, i)]
    return frozenset(failing)


def _sort_in(page: Page, glyph: Glyph, owner: int, how: _Print, own: list[float]) -> None:
    """Put a letter where its look says; `own` is its left, top, right, bottom in the page's own space."""
    turn, hidden, clip = how.seen.get(owner, PLAIN[how.writing])
    if turn is None:
        page.askew.append(glyph)
        return
    if turn != how.writing:
        glyph = _placed([glyph.text], own, how.frame)[0]._replace(turn=(turn - how.writing) % 4)
    x, y = (own[0] + own[2]) / 2, (own[1] + own[3]) / 2
    cut = clip is not None and not clip.holds(x, y)
    covered = bool(how.orders) and how.covers.cover(x, y, how.orders.get(owner, MOST_LETTERS))
    (page.hidden if hidden or cut or covered or not _on(page, glyph) else page.glyphs).append(glyph)
