"""Which letters of a PDF page are seen in print: not those in invisible mode, white on white, clipped away, or painted over."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from ctypes import addressof, c_float
from typing import NamedTuple

from extract import pdf_calls as pdfium
from extract.pdf_objects import IDENTITY, Thing, bounds_of, clip_of, inks, matrix_of, overlap
from extract.pdf_shapes import Area
from extract.ruled import Box

ASKEW = 8.0
"""Degrees off the quarter turn from which a text is taken for a watermark."""
BAND = 24.0
"""Points; areas are looked up by horizontal bands of the page."""
TWIN = 0.3
"""The share of its size by which a text may be shifted from another show of it."""
FEW_WORDS = 3
"""Faint texts for each faint word from which those without letters are no part of a watermark."""
OVERLAY = 0.5
"""The share of the page from which a picture on top is taken to hide the text below it, not to stamp it."""


class Look(NamedTuple):
    """What one text object does to its letters: quarter turns (None: askew), whether all are hidden, the box that clips them,
    whether they are faint on white paper.
    """

    turn: int | None
    hidden: bool
    clip: Box | None = None
    faint: bool = False


PLAIN: dict[int | None, Look] = {turn: Look(turn, hidden=False) for turn in (0, 1, 2, 3, None)}


class Areas:
    """Painted areas, found by where they lie; those painted last come first."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self.bands: dict[int, list[Area]] = defaultdict(list)
        self.large: list[Area] = []
        for area in sorted(areas, key=lambda area: -area.order):
            first, last = int(area.box.top // BAND), int(area.box.bottom // BAND)
            if last - first > 40:
                self.large.append(area)
            else:
                for band in range(first, last + 1):
                    self.bands[band].append(area)

    def at(self, x: float, y: float) -> list[Area]:
        """The areas that hold a point, in painting order."""
        near = [*self.large, *self.bands.get(int(y // BAND), ())]
        return sorted([a for a in near if a.box.holds(x, y)], key=lambda a: a.order)

    def cover(self, x: float, y: float, order: int) -> bool:
        """Whether an opaque area painted after `order` holds the point."""
        for near in (self.bands.get(int(y // BAND), ()), self.large):
            for (x0, top, x1, bottom), painted, _, opaque in near:
                if painted <= order:
                    break
                if x0 < x < x1 and top < y < bottom and opaque:
                    return True
        return False


def veils(objects: list[Thing], page: Box) -> list[Area]:
    """Pictures so large that they hide what was painted before them."""
    least = OVERLAY * page.width * page.height
    boxes = [(bounds_of(thing), thing.order) for thing in objects if thing.kind == pdfium.IMAGE]
    return [Area(box, order, white=False) for box, order in boxes if box.width * box.height >= least]


def looks(objects: list[Thing], areas: list[Area]) -> dict[int, Look]:
    """How each text object of a page is seen, by its handle."""
    texts = [thing for thing in objects if thing.kind == pdfium.TEXT]
    plain = _plain([thing.handle for thing in texts])
    if all(plain) and not any(thing.matrix is not IDENTITY for thing in texts):
        return dict.fromkeys([thing.handle for thing in texts], PLAIN[0])
    ground = Areas([*areas, *(Area(bounds_of(t), t.order, False, False) for t in objects if t.kind == pdfium.IMAGE)])
    return {
        thing.handle: PLAIN[0] if simple and thing.matrix is IDENTITY else _look(thing, ground)
        for thing, simple in zip(texts, plain, strict=True)
    }


def revealed(objects: list[Thing], seen: dict[int, Look], owners: Iterable[int]) -> dict[int, Look]:
    """How text objects are seen once it is known which of them own characters.

    pdfium gives but the first of two shows of one text nearly in one place. Where that is a hidden one (the shadow of a heading, a
    layer below the print), its characters are those of the second, which is seen.
    """
    known = set(owners)
    dropped = [thing for thing in objects if thing.kind == pdfium.TEXT and thing.handle not in known and not seen[thing.handle].hidden]
    if not dropped:
        return seen
    shown = Areas(Area(bounds_of(thing), thing.order, white=False) for thing in dropped)
    looks = dict(seen)
    for thing in objects:
        if thing.kind == pdfium.TEXT and thing.handle in known and seen[thing.handle].hidden:
            box = bounds_of(thing)
            near = shown.at((box.x0 + box.x1) / 2, (box.top + box.bottom) / 2)
            if any(_is_twin(box, area.box) for area in near):
                looks[thing.handle] = PLAIN[seen[thing.handle].turn]
    return looks


def without_watermarks(seen: dict[int, Look], owners: Iterable[int], letters: Iterable[str]) -> dict[int, Look]:
    """How text objects are seen, faint words as askew ones are: a watermark. Faint figures may be figures, and stay where
    they are many more than the words.
    """
    faint = {handle for handle, look in seen.items() if look.faint}
    words = {owner for owner, letter in zip(owners, letters, strict=True) if letter.isalpha() and owner in faint} if faint else set()
    return seen | dict.fromkeys(faint if FEW_WORDS * len(words) >= len(faint) else words, PLAIN[None]) if words else seen


def _is_twin(one: Box, other: Box) -> bool:
    """Whether two boxes are of one size and lie nearly in one place."""
    size = max(min(one.width, one.height), 1.0)
    return all(abs(a - b) <= TWIN * size for a, b in zip(one, other, strict=True))


def _plain(handles: list[int]) -> list[bool]:
    """For each text object, whether it is simply dark, upright in its own space and not clipped: asked in bulk, for most are."""
    count = len(handles)
    matrices = (c_float * (6 * count))()
    first = addressof(matrices)
    list(map(pdfium.object_matrix, handles, range(first, first + 24 * count, 24)))
    modes = list(map(pdfium.text_mode, handles))
    clips = list(map(pdfium.count_clips, map(pdfium.clip_path, handles)))
    flat = matrices[:]
    return [
        not b and a > 0 and clip <= 0 and mode not in pdfium.INVISIBLE_MODES and ink == 3
        for a, b, clip, mode, ink in zip(flat[0::6], flat[1::6], clips, modes, inks(handles), strict=True)
    ]


def _look(thing: Thing, ground: Areas) -> Look:
    m = matrix_of(thing)
    turn = _quarters(m[0], m[1])
    shade = 0 if pdfium.text_mode(thing.handle) in pdfium.INVISIBLE_MODES else inks([thing.handle])[0]
    if shade == 0:
        return Look(turn, hidden=True)
    clip = clip_of(thing)
    if clip is None and shade == 3:
        return PLAIN[turn]
    box = bounds_of(thing)
    lost = shade < 3 and not _stands_out(box, thing.order, ground)
    if lost and shade == 1:
        return Look(turn, hidden=True)
    if clip is None or clip.covers(box, 1.0):
        return PLAIN[turn]._replace(faint=True) if lost else PLAIN[turn]
    seen = overlap(clip, box)
    return Look(turn, seen.width < 0 or seen.height < 0, clip, lost)


def _quarters(a: float, b: float) -> int | None:
    """Quarter turns, anticlockwise, of writing that runs along (a, b); None where it runs aslant."""
    if not b and a > 0:
        return 0
    degrees = math.degrees(math.atan2(b, a))
    turn = round(degrees / 90)
    return turn % 4 if abs(degrees - 90 * turn) <= ASKEW else None


def _stands_out(box: Box, order: int, ground: Areas) -> bool:
    """Whether white letters lie on something dark."""
    below = [area for area in ground.at((box.x0 + box.x1) / 2, (box.top + box.bottom) / 2) if area.order < order]
    return bool(below) and not below[-1].white
