"""Which text objects of a PDF page are seen in print: not those in invisible mode, white on white, clipped away, or painted over."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import NamedTuple

from extract import pdf_calls as pdfium
from extract.pdf_objects import Thing, bounds_of, clip_of, ink, matrix_of, overlap
from extract.pdf_shapes import Area
from extract.ruled import Box

ASKEW = 8.0
"""Degrees off the quarter turn from which a text is taken for a watermark."""
BAND = 24.0
"""Points; areas are looked up by horizontal bands of the page."""
OVERLAY = 0.5
"""The share of the page from which a picture on top is taken to hide the text below it, not to stamp it."""


class Look(NamedTuple):
    """What one text object does to its letters.

    `turn` counts quarter turns (None: askew). Letters outside `clip` or inside one of `covers` are not seen.
    """

    turn: int | None
    hidden: bool
    clip: Box | None = None
    covers: tuple[Box, ...] = ()

    @property
    def partly(self) -> bool:
        """Whether some letters may be hidden and others not."""
        return self.clip is not None or bool(self.covers)


PLAIN: dict[int | None, Look] = {turn: Look(turn, hidden=False) for turn in (0, 1, 2, 3, None)}


class _Areas:
    """Painted areas, found by where they lie."""

    def __init__(self, areas: list[Area]) -> None:
        self.bands: dict[int, list[Area]] = defaultdict(list)
        self.large: list[Area] = []
        for area in areas:
            first, last = int(area.box.top // BAND), int(area.box.bottom // BAND)
            if last - first > 40:
                self.large.append(area)
            else:
                for band in range(first, last + 1):
                    self.bands[band].append(area)

    def at(self, x: float, y: float) -> list[Area]:
        """The areas that hold a point, in painting order."""
        near = [*self.large, *self.bands.get(int(y // BAND), ())]
        return sorted((a for a in near if a.box.x0 <= x <= a.box.x1 and a.box.top <= y <= a.box.bottom), key=lambda a: a.order)

    def over(self, box: Box, order: int) -> tuple[Box, ...]:
        """The opaque areas painted after `order` that lie over part of the box."""
        near = [*self.large, *self.bands.get(int((box.top + box.bottom) / 2 // BAND), ())]
        middle = (box.top + box.bottom) / 2
        return tuple(
            a.box for a in near
            if a.order > order and a.opaque and a.box.x0 < box.x1 and a.box.x1 > box.x0 and a.box.top < middle < a.box.bottom
        )  # fmt: skip


def looks(objects: list[Thing], areas: list[Area], page: Box) -> dict[int, Look]:
    """How each text object of a page is seen, by its handle."""
    pictures = [(bounds_of(thing), thing.order) for thing in objects if thing.kind == pdfium.IMAGE]
    size = page.width * page.height
    veils = [Area(box, order, white=False) for box, order in pictures if box.width * box.height >= OVERLAY * size]
    ground = [Area(box, order, white=False, opaque=False) for box, order in pictures]
    lying = _Areas([*areas, *veils, *ground])
    return {thing.handle: _look(thing, lying, bool(areas or veils)) for thing in objects if thing.kind == pdfium.TEXT}


def _look(thing: Thing, areas: _Areas, painted: bool) -> Look:
    m = matrix_of(thing)
    turn = _quarters(m[0], m[1])
    shade = 0 if pdfium.text_mode(thing.handle) in pdfium.INVISIBLE_MODES else ink(thing.handle)
    clip = clip_of(thing)
    if clip is None and shade == 2 and not painted:
        return PLAIN[turn]
    if shade == 0:
        return Look(turn, hidden=True)
    box = bounds_of(thing)
    if shade == 1 and not _stands_out(box, thing.order, areas):
        return Look(turn, hidden=True)
    if clip is not None:
        seen = overlap(clip, box)
        if seen.width < 0 or seen.height < 0:
            return Look(turn, hidden=True)
        clip = None if clip.covers(box, 1.0) else clip
    return Look(turn, False, clip, areas.over(box, thing.order) if painted else ())


def _quarters(a: float, b: float) -> int | None:
    """Quarter turns, anticlockwise, of writing that runs along (a, b); None where it runs aslant."""
    if not b and a > 0:
        return 0
    degrees = math.degrees(math.atan2(b, a))
    turn = round(degrees / 90)
    return turn % 4 if abs(degrees - 90 * turn) <= ASKEW else None


def _stands_out(box: Box, order: int, areas: _Areas) -> bool:
    """Whether white letters lie on something dark."""
    below = [area for area in areas.at((box.x0 + box.x1) / 2, (box.top + box.bottom) / 2) if area.order < order]
    return bool(below) and not below[-1].white
