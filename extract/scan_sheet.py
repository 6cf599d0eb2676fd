"""A picture of a page → a level grey sheet with its ink, its tables' lattices, and the way back to the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from extract import scan_rules
from extract.ruled import Box, Lattice
from extract.scan_cell import crop, firm
from extract.scan_ink import Image, Light, dark, even, skew_of, turned
from extract.scan_lines import lines_of
from extract.scan_ocr import Reading, Recogniser
from extract.scan_seal import without_seals

LEAST_SKEW = 0.03
"""Degrees. Less is less than a pixel over the width of a page."""


LEGIBLE = 0.4
"""Characters read for each square of a page's sample lines, from which it is taken to stand upright."""
SAMPLE = 4
"""Lines looked at to tell which way up a page stands."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, level. Boxes are in its pixels; `back` is the 2 × 3 affine matrix from them to the picture's."""

    light: Light
    ink: Image
    seals: Image | None
    lattices: tuple[Lattice, ...]
    back: NDArray[np.float64]

    def origin(self, box: Box, scale: float = 1.0) -> Box:
        """The box in the picture's own coordinates, times `scale`: the upright rectangle around the turned one."""
        corners = np.array([[x, y, 1.0] for x in (box.x0, box.x1) for y in (box.top, box.bottom)]) @ self.back.T * scale
        (x0, top), (x1, bottom) = corners.min(0), corners.max(0)
        return Box(float(x0), float(top), float(x1), float(bottom))


def upright(picture: Image, dpi: float, recogniser: Recogniser) -> Sheet:
    """The sheet the right way up: of the four ways to hold it, the first that reads well, else the best."""
    best, best_legibility = level(picture, dpi), -1.0
    for quarter in (0, 1, 3, 2):
        sheet = best if quarter == 0 else _quarter_turned(picture, dpi, quarter)
        legibility = _legibility(sheet, recogniser)
        if legibility > best_legibility:
            best, best_legibility = sheet, legibility
        if legibility >= LEGIBLE:
            break
    return best


def _quarter_turned(picture: Image, dpi: float, quarters: int) -> Sheet:
    """The sheet of the picture turned counter-clockwise by quarters of a full turn."""
    sheet = level(np.ascontiguousarray(np.rot90(picture, quarters)), dpi)
    height, width = picture.shape[:2]
    ways = {1: ((0, -1, width), (1, 0, 0)), 2: ((-1, 0, width), (0, -1, height)), 3: ((0, 1, 0), (-1, 0, height))}
    way = np.array([*ways[quarters], (0, 0, 1)], np.float64)
    return replace(sheet, back=(way @ np.vstack([sheet.back, (0, 0, 1)]))[:2])


def _legibility(sheet: Sheet, recogniser: Recogniser) -> float:
    """How much of a few lines of the sheet reads as Chinese, 0 to about 1; 1 where nothing is printed."""
    page = Box(0, 0, sheet.ink.shape[1], sheet.ink.shape[0])
    lines = [box for box in lines_of(firm(sheet.ink), sheet.light.dpi) if 2.5 * box.height <= box.width <= 14 * box.height]
    if not lines:
        return 0.0 if sheet.ink.any() else 1.0
    sample = sorted(lines, key=lambda box: -box.width)[:SAMPLE]
    readings = recogniser.read([crop(sheet.light.grey, box, page, box.height) for box in sample])
    return sum(map(_sense, readings)) / sum(box.width / box.height for box in sample)


def _sense(reading: Reading) -> float:
    """How many of its characters are surely read; digits count little, for 0, 1, 6, 8 and 9 also read upside down."""
    sure = [ch for ch, p in zip(reading.text, reading.scores, strict=True) if p >= 0.9]
    return sum(1.0 if ch >= "\u4e00" else 0.2 for ch in sure)


def level(picture: Image, dpi: float) -> Sheet:
    """Lay a picture (grey, or blue-green-red) level and find its tables."""
    grey, seals = without_seals(picture, dpi)
    light = even(grey, dpi)
    angle = skew_of(dark(light))
    back = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    if abs(angle) >= LEAST_SKEW:
        back = cv2.invertAffineTransform(cv2.getRotationMatrix2D((grey.shape[1] / 2, grey.shape[0] / 2), angle, 1.0))
        grey = turned(grey, angle, _paper(grey))
        seals = None if seals is None else turned(seals, angle, 0)
        light = even(grey, dpi)
    rules = scan_rules.find(dark(light), dpi)
    return Sheet(light, scan_rules.print_of(light, rules), seals, tuple(scan_rules.lattices(rules, dpi)), back)


def _paper(grey: Image) -> int:
    return int(np.percentile(grey[::8, ::8], 80))
