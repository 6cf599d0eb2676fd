"""How a page that lies level on the whole is still bent: paper arched beside a spine, a photo whose corner hangs.

The long rules of its tables should be straight. One smooth surface is fitted to how far they are from it, down and across.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.scan_ink import Image, pieces_of

Points = NDArray[np.float64]

LONG, LEAST = 0.14, 1.0
"""Inches: pieces of a rule, and what a rule must be long to be believed."""
STEP = 0.1
"""Inches between the points taken from a rule."""
FEWEST = 3
"""Rules from which a surface is fitted."""
POWERS = tuple((along, across) for along in (1, 2, 3) for across in (0, 1, 2))
STIFF = 0.02
"""How much the surface resists: where few rules tell, it stays flat."""
STRAIGHT, WIDEST = 0.8, 0.2
"""Pixels below which a page is straight, and inches beyond which something else than rules was fitted."""
GRID = 8
"""Pixels between the places for which the way back is worked out; those between lie evenly between them."""
STRAY = 2.5
"""Pixels from the surface beyond which a point is none of a rule's."""


class Surface(NamedTuple):
    """How far the print lies below (or right of) where it belongs: a polynomial within a range, constant beyond."""

    powers: Points
    low: Points
    high: Points

    def at(self, along: Points, across: Points) -> Points:
        """The distance in pixels at places along the rules and across them."""
        away: Points = _basis(self._inside(0, along), self._inside(1, across)) @ self.powers
        return away

    def _inside(self, axis: int, places: Points) -> Points:
        low, high = self.low[axis], self.high[axis]
        inside: Points = 2 * (np.clip(places, low, high) - low) / max(high - low, 1.0) - 1
        return inside


class Bend(NamedTuple):
    """The way from the straight page back to the bent one."""

    down: Surface | None
    right: Surface | None

    def origin(self, x: Points, y: Points) -> tuple[Points, Points]:
        """Where the places of the straight page are on the bent one."""
        right = self.right.at(y, x) if self.right else 0.0
        down = self.down.at(x, y) if self.down else 0.0
        return x + right, y + down


def bend_of(ink: Image, dpi: float) -> Bend | None:
    """How the page is bent, by the ink of its rules; None where it is straight or nothing tells."""
    down, right = _surface(ink, dpi), _surface(np.ascontiguousarray(ink.T), dpi)
    return Bend(down, right) if down or right else None


def _surface(ink: Image, dpi: float) -> Surface | None:
    curves = list(_curves(ink, dpi))
    if len(curves) < FEWEST:
        return None
    points = np.vstack(curves)
    owner = np.repeat(np.arange(len(curves)), [len(curve) for curve in curves])
    surface = Surface(np.zeros(len(POWERS)), points.min(0), points.max(0))
    kept = np.ones(len(points), bool)
    for _ in range(4):
        level = _means(points[:, 1] - surface.at(points[:, 0], points[:, 1]), owner, kept)[owner]
        surface = surface._replace(powers=_fitted(surface, points, owner, level, kept))
        off = points[:, 1] - surface.at(points[:, 0], level)
        off -= _means(off, owner, kept)[owner]
        kept = np.abs(off) <= STRAY
    reach = np.abs(surface.at(points[:, 0], points[:, 1])[kept]).max(initial=0.0)
    return surface if STRAIGHT <= reach <= WIDEST * dpi else None


def _curves(ink: Image, dpi: float) -> Iterator[Points]:
    """Points in the middle of each long level stroke, however it winds."""
    long, step = max(8, int(LONG * dpi)), max(2, int(STEP * dpi))
    strokes = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    joined = cv2.dilate(strokes, np.ones((3, 7), np.uint8))
    for x, y, width, height in pieces_of(joined):
        if width < LEAST * dpi or height > WIDEST * dpi + 0.02 * width:
            continue
        drawn = strokes[y : y + height, x : x + width] > 0
        tall = drawn.sum(0)
        usual = max(1.0, float(np.median(tall[tall > 0]))) if tall.any() else 0.0
        columns = np.flatnonzero((tall > 0) & (tall <= usual + 2))[::step]
        if len(columns) >= 4:
            middles = (drawn[:, columns] * np.arange(height)[:, None]).sum(0) / tall[columns]
            yield np.stack([x + columns, y + middles], axis=1).astype(np.float64)


def _means(values: Points, owner: NDArray[np.intp], kept: NDArray[np.bool_]) -> Points:
    """The mean of each curve's kept values."""
    many = np.bincount(owner[kept], minlength=owner.max() + 1)
    return np.bincount(owner[kept], values[kept], minlength=owner.max() + 1) / np.maximum(many, 1)


def _fitted(surface: Surface, points: Points, owner: NDArray[np.intp], level: Points, kept: NDArray[np.bool_]) -> Points:
    """The powers with which each curve, less its own mean, is level."""
    basis = _basis(surface._inside(0, points[:, 0]), surface._inside(1, level))
    centred = np.stack([column - _means(column, owner, kept)[owner] for column in basis.T], axis=1)[kept]
    wanted = (points[:, 1] - _means(points[:, 1], owner, kept)[owner])[kept]
    stiff = STIFF * len(wanted) ** 0.5 * np.eye(len(POWERS))
    solution: Points = np.linalg.lstsq(np.vstack([centred, stiff]), np.concatenate([wanted, np.zeros(len(POWERS))]), rcond=None)[0]
    return solution


def _basis(along: Points, across: Points) -> Points:
    return np.stack([along**a * across**b for a, b in POWERS], axis=-1)


def flat(picture: Image, back: NDArray[np.float64], bend: Bend, paper: int) -> Image:
    """The picture laid level and straight at one go. `back` leads from the level page to the picture."""
    height, width = picture.shape[:2]
    x, y = np.meshgrid(np.arange(0.0, width + GRID, GRID), np.arange(0.0, height + GRID, GRID))
    x, y = bend.origin(x, y)
    across, down, depth = (row[0] * x + row[1] * y + row[2] for row in back)
    finer = np.array([[GRID, 0, 0], [0, GRID, 0]], np.float64)
    maps = [cv2.warpAffine((side / depth).astype(np.float32), finer, (width, height)) for side in (across, down)]
    straight: Image = cv2.remap(picture, maps[0], maps[1], cv2.INTER_CUBIC, borderValue=float(paper))
    return straight
