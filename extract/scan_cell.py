"""What is printed in one cell of a scanned table: where its ink is, in which lines, and of which shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.ruled import Box
from extract.scan_ink import Image, paper_of

MARGIN = 0.22
"""Of a line's height: the paper left around it for the recogniser."""
FIRM, FAINT = 255, 128
FAINTEST = 6
"""Grey levels by which a trace must be darker than paper."""
INSET = 2
"""Pixels inside a cell's box that may still belong to its rules."""


class Spot(NamedTuple):
    """A connected piece of ink, in pixels of its cell."""

    x: int
    y: int
    width: int
    height: int
    area: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of print in a cell: its spots from left to right, and its box in pixels of the page."""

    spots: tuple[Spot, ...]
    box: Box


class Printed(NamedTuple):
    """The ink of a cell."""

    lines: tuple[Line, ...]
    doubtful: bool = False
    """Some ink is too faint or too small to be print and too much to be the paper's grain."""
    cut: bool = False
    """Some ink runs into the border of the cell."""


def printed(ink: Image, box: Box, dpi: float, character: float) -> Printed:
    """The lines of print inside a cell's box. `ink` is the page's without its rules, `character` the height of its characters."""
    x0, y0, x1, y1 = round(box.x0) + INSET, round(box.top) + INSET, round(box.x1) - INSET, round(box.bottom) - INSET
    inside = ink[max(0, y0) : y1, max(0, x0) : x1]
    if x1 - x0 < 3 or y1 - y0 < 3 or not inside.any():
        return Printed(())
    spots = _spots(inside == FIRM)
    faint = [spot for spot in _spots(inside == FAINT) if _is_print(spot, dpi)]
    solid = [spot for spot in spots if _is_print(spot, dpi)] + faint
    small = [spot for spot in spots if not _is_print(spot, dpi) and spot.area >= 3]
    doubtful = bool(faint) or (not solid and any(spot.area >= (dpi / 75) ** 2 for spot in small))
    cut = any(_touches(spot, inside.shape) for spot in solid)
    lines = tuple(Line(tuple(sorted(line)), _box(line, x0, y0)) for line in _lines(solid, small, character))
    return Printed(lines, doubtful, cut)


def firm(ink: Image) -> Image:
    """255 where ink is surely print, 0 elsewhere."""
    return np.where(ink == FIRM, 255, 0).astype(np.uint8)


def _spots(mask: NDArray[np.bool_]) -> list[Spot]:
    stats = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)[2]
    return [Spot(*row) for row in stats[1:].tolist()]


def _touches(spot: Spot, shape: tuple[int, ...]) -> bool:
    return not (spot.x and spot.y and spot.x + spot.width < shape[1] and spot.y + spot.height < shape[0])


def _is_print(spot: Spot, dpi: float) -> bool:
    """Large enough for a digit (4 points tall) or for the shortest dash (2 points long), not a lone dot."""
    flat = spot.width >= 1.3 * spot.height and spot.width >= dpi / 38
    return (flat or spot.height >= dpi / 20) and spot.area >= (dpi / 75) ** 2 * 1.5


def _box(spots: list[Spot], x0: int, y0: int) -> Box:
    return Box(
        x0 + min(s.x for s in spots),
        y0 + min(s.y for s in spots),
        x0 + max(s.x + s.width for s in spots),
        y0 + max(s.y + s.height for s in spots),
    )


def _lines(solid: list[Spot], small: list[Spot], character: float) -> list[list[Spot]]:
    """Spots in lines from top to bottom: bands of rows without ink between them; dots join the nearest band."""
    bands: list[list[Spot]] = []
    ends: list[int] = []
    for spot in sorted(solid, key=lambda s: s.y):
        if bands and spot.y < ends[-1]:
            bands[-1].append(spot)
            ends[-1] = max(ends[-1], spot.y + spot.height)
        else:
            bands.append([spot])
            ends.append(spot.y + spot.height)
    bands = _rejoined(bands, character)
    for spot in small:
        for band in bands:
            top, bottom = _reach(band)
            slack = max(2, (bottom - top) // 5)
            if top - slack <= spot.y and spot.y + spot.height <= bottom + slack:
                band.append(spot)
                break
    return bands


def _rejoined(bands: list[list[Spot]], character: float) -> list[list[Spot]]:
    """Bands that together are no higher than a character are parts of one line: the strokes of 二, the halves of 总."""
    joined: list[list[Spot]] = []
    for band in bands:
        if joined:
            top, bottom = _reach(joined[-1])
            low, high = _reach(band)
            if high - top <= 1.2 * character and low - bottom <= 0.45 * character:
                joined[-1] = joined[-1] + band
                continue
        joined.append(band)
    return joined


def _reach(band: list[Spot]) -> tuple[int, int]:
    return min(s.y for s in band), max(s.y + s.height for s in band)


def has_traces(grey: Image, box: Box, height: float) -> bool:
    """Whether a cell without ink holds something too faint to be ink: a patch as large as a dash or a digit's stroke, darker than
    the paper's grain makes any patch of that size.
    """
    edge = INSET + 2
    inside = grey[round(box.top) + edge : round(box.bottom) - edge, round(box.x0) + edge : round(box.x1) - edge]
    long, thin = max(3, int(0.5 * height)), max(2, int(0.12 * height))
    if min(inside.shape) < long + 2:
        return False
    for patch in ((long, thin), (thin, long)):
        means = cv2.blur(inside, patch)[thin:-thin, thin:-thin].astype(np.float32)
        paper = float(np.median(means))
        grain = float(np.median(np.abs(means - paper))) / 0.6745
        if paper - float(means.min()) > max(FAINTEST, 6 * grain):
            return True
    return False


def crop(grey: Image, line: Box, within: Box, height: float) -> Image:
    """The picture of one line with paper around it; never narrower than the recogniser likes, never flatter than `height`."""
    tall = max(line.height, height)
    margin = MARGIN * tall
    middle = (line.top + line.bottom) / 2
    wanted = Box(line.x0 - margin, middle - tall / 2 - margin, line.x1 + margin, middle + tall / 2 + margin)
    x0, y0 = max(round(wanted.x0), int(within.x0) + 1, 0), max(round(wanted.top), int(within.top) + 1, 0)
    x1, y1 = min(round(wanted.x1), int(within.x1), grey.shape[1]), min(round(wanted.bottom), int(within.bottom), grey.shape[0])
    piece = grey[y0:y1, x0:x1]
    paper = paper_of(piece)
    above, below = max(0, y0 - round(wanted.top)), max(0, round(wanted.bottom) - y1)
    before, after = max(0, x0 - round(wanted.x0)), max(0, round(wanted.x1) - x1)
    return cv2.copyMakeBorder(piece, above, below, before, after, cv2.BORDER_CONSTANT, value=float(paper))


def widened(piece: Image, much: float) -> Image:
    """The picture stretched from side to side."""
    return cv2.resize(piece, None, fx=much, fy=1.0, interpolation=cv2.INTER_CUBIC)
