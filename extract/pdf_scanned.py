"""Which parts of a PDF page can only be read as pictures: scans, tables pasted as pictures, text drawn as outlines or without meaning."""

from __future__ import annotations

from extract.document import Place, Problem
from extract.pdf_page import Page
from extract.ruled import Box

CODE = "scanned_page"
FEW = 20
"""Letters up to which a page counts as one without text: a page number and a running header."""
SHARE = 0.3
"""The share of a page without text that pictures must cover, or of its letters that have no meaning."""
WIDE, TALL = 0.4, 56.0
"""A picture beside text may hold a table where it is this share of the page wide and so many points high."""
OUTLINES = 250
"""Painted paths from which a page without letters is taken for text drawn as outlines."""
TOUCH = 4.0
"""Points between strips of one picture."""


def picture_boxes(page: Page) -> list[Box]:
    """What of the page must be read as a picture, in points of the upright page; the whole page where it holds no text."""
    whole = Box(0.0, 0.0, page.width, page.height)
    if page.unmapped > SHARE * (len(page.glyphs) + 1):
        return [whole]
    boxes = [box for box in _merged(page.pictures) if box.width > 0 and box.height > 0]
    if len(page.glyphs) <= FEW:
        area = sum(box.width * box.height for box in boxes)
        scanned = area >= SHARE * page.width * page.height or page.paths >= OUTLINES
        return [whole] if scanned else []
    return [box for box in boxes if box.width >= WIDE * page.width and box.height >= TALL * page.unit and not _written(page, box)]


def _merged(pictures: list[Box]) -> list[Box]:
    """Pictures that touch or overlap made one: scanners and printers cut pages into strips."""
    boxes = list(pictures[:400])
    merged = True
    while merged:
        merged = False
        kept: list[Box] = []
        for box in sorted(boxes):
            for i, other in enumerate(kept):
                if _touching(box, other):
                    kept[i] = Box(min(box.x0, other.x0), min(box.top, other.top), max(box.x1, other.x1), max(box.bottom, other.bottom))
                    merged = True
                    break
            else:
                kept.append(box)
        boxes = kept
    return boxes


def _touching(a: Box, b: Box) -> bool:
    beside = a.x0 <= b.x1 + TOUCH and b.x0 <= a.x1 + TOUCH
    return beside and a.top <= b.bottom + TOUCH and b.top <= a.bottom + TOUCH


def _written(page: Page, box: Box) -> bool:
    """Whether visible text stands on the picture: then it is a background."""
    return sum(box.holds((g.x0 + g.x1) / 2, (g.top + g.bottom) / 2) for g in page.glyphs) > FEW


def problems(page: Page) -> list[Problem]:
    """What must be said of this page: parts without text, text that print does not show, letters without meaning."""
    found = []
    for box in picture_boxes(page):
        place = Place(None, None, None, page.number, *(round(side, 2) for side in page.displayed(box)))
        found.append(Problem(CODE, "printed here is a picture, not text", place))
    whole = Place(page=page.number)
    if len(page.hidden) > len(page.glyphs):
        found.append(Problem("hidden_text", f"{len(page.hidden)} letters of this page are not printed and were not read", whole))
    if page.unmapped:
        found.append(Problem("unmapped_text", f"the file gives no meaning for {page.unmapped} letters of this page", whole))
    return found
