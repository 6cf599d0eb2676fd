"""A picture of a page → a level grey sheet with its ink, its tables' lattices, and the way back to the picture."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from extract import scan_rules
from extract.ruled import Box, Lattice
from extract.scan_bend import Bend, bend_of, flat
from extract.scan_cell import crop, firm
from extract.scan_ink import Image, Light, dark, even
from extract.scan_level import level_way
from extract.scan_lines import lines_of
from extract.scan_ocr import Reading, Recogniser
from extract.scan_seal import without_seals

LEGIBLE = 0.65
"""Characters read for each square of the better half of a page's sample lines, from which it is taken to stand upright.

Upright pages show 0.8 to 1.15, those on their side up to 0.52: where a table's columns are taken for lines."""
CLEARER = 0.15
"""How much better another way must read: a page of figures alone reads badly each way."""
SAMPLE = 7
"""Lines looked at to tell which way up a page stands."""

GLANCE = 3
"""Where so many read well, the others are not looked at."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page, level. Boxes are in its pixels; `back` is the 3 × 3 projective matrix from them to the picture's."""

    light: Light
    ink: Image
    seals: Image | None
    lattices: tuple[Lattice, ...]
    back: NDArray[np.float64]
    bend: Bend | None = None
    """Where the level page was still bent: this way goes before `back`."""

    def origin(self, box: Box, scale: float = 1.0) -> Box:
        """The box in the picture's own coordinates, times `scale`: the upright rectangle around the turned one."""
        x, y = np.array([box.x0, box.x0, box.x1, box.x1]), np.array([box.top, box.bottom, box.top, box.bottom])
        x, y = self.bend.origin(x, y) if self.bend else (x, y)
        corners = np.stack([x, y, np.ones(4)], axis=1) @ self.back.T
        corners = corners[:, :2] / corners[:, 2:] * scale
        (x0, top), (x1, bottom) = corners.min(0), corners.max(0)
        return Box(float(x0), float(top), float(x1), float(bottom))


def upright(picture: Image, dpi: float, recogniser: Recogniser) -> Sheet:
    """The sheet the right way up: of the four ways to hold it, the first that reads well, else the best."""
    best, best_legibility = level(picture, dpi), -1.0
    for quarter in (0, 1, 3, 2):
        sheet = best if quarter == 0 else _quarter_turned(picture, dpi, quarter)
        legibility = _legibility(sheet, recogniser)
        if legibility > best_legibility + CLEARER:
            best, best_legibility = sheet, legibility
        if legibility >= LEGIBLE:
            break
    return best


def _quarter_turned(picture: Image, dpi: float, quarters: int) -> Sheet:
    """The sheet of the picture turned counter-clockwise by quarters of a full turn."""
    sheet = level(np.ascontiguousarray(np.rot90(picture, quarters)), dpi)
    height, width = picture.shape[:2]
    ways = {1: ((0, -1, width), (1, 0, 0)), 2: ((-1, 0, width), (0, -1, height)), 3: ((0, 1, 0), (-1, 0, height))}
    return replace(sheet, back=np.array([*ways[quarters], (0, 0, 1)], np.float64) @ sheet.back)


def _legibility(sheet: Sheet, recogniser: Recogniser) -> float:
    """How much of a few lines of the sheet reads as Chinese, 0 to about 1; 1 where nothing is printed."""
    page = Box(0, 0, sheet.ink.shape[1], sheet.ink.shape[0])
    lines = [box for box in lines_of(firm(sheet.ink), sheet.light.dpi) if 3 * box.height <= box.width <= 9 * box.height]
    if not lines:
        return 0.0 if sheet.ink.any() else 1.0
    sample = sorted(lines, key=lambda box: -box.width)[:SAMPLE]
    senses: list[float] = []
    for some in (sample[:GLANCE], sample[GLANCE:]):
        readings = recogniser.read_text([crop(sheet.light.grey, box, page, box.height) for box in some])
        senses += (_sense(r) * box.height / box.width for r, box in zip(readings, some, strict=True))
        if min(senses) >= LEGIBLE:
            break
    return float(np.mean(sorted(senses, reverse=True)[: len(senses) // 2 + 1]))


def _sense(reading: Reading) -> float:
    """How many of its characters are surely read; digits count little, for 0, 1, 6, 8 and 9 also read upside down."""
    sure = [ch for ch, p in zip(reading.text, reading.scores, strict=True) if p >= 0.9]
    return sum(1.0 if ch >= "\u4e00" else 0.2 for ch in sure)


def level(picture: Image, dpi: float) -> Sheet:
    """Lay a picture (grey, or blue-green-red) level and find its tables."""
    grey, seals = without_seals(picture, dpi)
    way = level_way(dark(even(grey, dpi)), dpi)
    back = np.eye(3) if way is None else np.linalg.inv(way).astype(np.float64)
    paper = _paper(grey)
    flat_grey = grey if way is None else _warped(grey, way, paper)
    light = even(flat_grey, dpi)
    bend = bend_of(dark(light), dpi)
    if bend is not None:
        light = even(flat(grey, back, bend, paper), dpi)
    if seals is not None:
        seals = flat(seals, back, bend, 0) if bend is not None else seals if way is None else _warped(seals, way, 0)
    rules = scan_rules.find(light)
    return Sheet(light, scan_rules.print_of(light, rules), seals, tuple(scan_rules.lattices(rules, dpi, light.grey.shape[0])), back, bend)


def _warped(image: Image, way: NDArray[np.float64], paper: int) -> Image:
    height, width = image.shape[:2]
    return cv2.warpPerspective(image, way, (width, height), flags=cv2.INTER_CUBIC, borderValue=float(paper))


def _paper(grey: Image) -> int:
    return int(np.percentile(grey[::8, ::8], 80))
