"""How a page must be bent to lie level: turned, and for a photo taken from aside, stretched back to a rectangle."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.scan_ink import Image

WORK_WIDTH = 900
WIDEST_SKEW = 8.0
LEAST_SKEW = 0.03
"""Degrees. Less is less than a pixel over the width of a page."""
ASIDE = 0.15
"""Degrees by which the skews of a page's parts differ when it was photographed from aside."""
WIDEST_ASIDE = 3.0
PART_WIDTH = 500
NARROWER = 4
"""How much more is shrunk across than down before it is sheared up and down: as sharp, in fewer columns."""
LONG = 0.14
"""Inches: strokes of characters are shorter."""
TELLING = 0.15
"""Of a part's length: what its strongest row of ink must hold for its skew to be believed."""
CRISPER = 1.1
"""How much sharper a part must be at its own skew than at the page's to be believed."""

Way = NDArray[np.float64]


def level_way(ink: Image, dpi: float) -> Way | None:
    """The 3 × 3 matrix that lays the page level; None where it is level already."""
    angle = skew_of(ink)
    parts = _parts(ink, angle, dpi)
    if max(parts) - min(parts) >= ASIDE:
        return _rectified(ink.shape, parts)
    if abs(angle) < LEAST_SKEW:
        return None
    height, width = ink.shape
    return np.vstack([cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0), (0.0, 0.0, 1.0)])


def _parts(ink: Image, angle: float, dpi: float) -> tuple[float, float, float, float]:
    """The skew of the upper and the lower half by their level strokes, of the left and the right half by their uprights."""
    long = int(LONG * dpi)
    level = _shrunk(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, long), np.uint8)), PART_WIDTH, 1.5)
    upright = _shrunk(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8)), PART_WIDTH, 1.5)
    height, width = level.shape
    upper, lower = (_part_skew(part, angle) for part in (level[: height // 2], level[height // 2 :]))
    sides = (np.ascontiguousarray(part.T) for part in (upright[:, : width // 2], upright[:, width // 2 :]))
    left, right = (-_part_skew(part, -angle) for part in sides)
    return upper, lower, left, right


def _part_skew(part: Image, around: float) -> float:
    """The skew of a part; that of the whole where the part has no stroke long enough to tell."""
    part = _narrowed(part)
    found = _best(part, around, WIDEST_ASIDE)
    profile = _profile(part, found)
    if profile.max() < 255 * TELLING * part.shape[1]:
        return around
    return found if _crispness(part, found) > CRISPER * _crispness(part, around) else around


def _rectified(shape: tuple[int, ...], parts: tuple[float, float, float, float]) -> Way:
    """The way that makes a rectangle of the quadrangle whose sides have these skews."""
    height, width = shape[:2]
    upper, lower, left, right = (float(np.tan(np.radians(part))) for part in parts)
    rows = [(upper, height / 4), (lower, 3 * height / 4)]
    columns = [(-left, width / 4), (-right, 3 * width / 4)]
    corners = [_meeting(row, column, width / 2, height / 2) for row in rows for column in columns]
    goals = [(x, y) for y in (height / 4, 3 * height / 4) for x in (width / 4, 3 * width / 4)]
    way: Way = cv2.getPerspectiveTransform(np.array(corners, np.float32), np.array(goals, np.float32)).astype(np.float64)
    return way


def _meeting(row: tuple[float, float], column: tuple[float, float], x0: float, y0: float) -> tuple[float, float]:
    """Where y = row[1] + row[0] · (x − x0) meets x = column[1] + column[0] · (y − y0)."""
    x = (column[1] + column[0] * (row[1] - row[0] * x0 - y0)) / (1 - column[0] * row[0])
    return x, row[1] + row[0] * (x - x0)


def skew_of(ink: Image) -> float:
    """The angle in degrees by which a page must be turned (counter-clockwise positive) for its lines to lie level."""
    return _best(_narrowed(_shrunk(ink, WORK_WIDTH, 2.0)), 0.0, WIDEST_SKEW)


def _best(small: Image, around: float, span: float) -> float:
    angle, step = around, 0.5
    while step >= 0.015:
        tries = np.arange(angle - span, angle + span + step / 2, step)
        sharpness = [_crispness(small, float(a)) for a in tries]
        level = [float(a) for a, sharp in zip(tries, sharpness, strict=True) if sharp == max(sharpness)]
        angle = level[len(level) // 2]
        span, step = step, step / 5
    return angle


def _shrunk(ink: Image, goal: int, tallness: float) -> Image:
    """The page in little, a bit soft: whole pixels are moved, so that no angle is favoured by needing no interpolation."""
    scale = min(1.0, goal / max(ink.shape[1], 1))
    tall = int(min(ink.shape[0], ink.shape[1] * tallness))  # of a long strip its head tells enough
    small = cv2.resize(ink[:tall], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(small, (3, 3), 0)


def _narrowed(small: Image) -> Image:
    return cv2.resize(small, None, fx=1 / NARROWER, fy=1.0, interpolation=cv2.INTER_AREA)


def _crispness(ink: Image, angle: float) -> float:
    """How sharply the row sums change when the page is sheared by `angle`: greatest where text and rules lie level."""
    return float(np.square(np.diff(_profile(ink, angle))).sum())


def _profile(ink: Image, angle: float) -> NDArray[np.float64]:
    height, width = ink.shape
    shear = NARROWER * np.tan(np.radians(angle))
    way = np.array([[1, 0, 0], [-shear, 1, shear * width / 2]], np.float64)
    sums: NDArray[np.float64] = cv2.warpAffine(ink, way, (width, height), flags=cv2.INTER_NEAREST).sum(1, dtype=np.float64)
    return sums
