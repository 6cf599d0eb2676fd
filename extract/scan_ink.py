"""Grey pages as ink on paper: even light, noise, skew, and what is dark enough to be printed."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
from cv2.typing import MatLike

Image: TypeAlias = MatLike

RULE, STRONG, WEAK = 0.16, 0.12, 0.055
"""How much darker than paper, of full scale: rules; ink that is surely print; ink that may be print."""
WORK_WIDTH = 900
WIDEST_SKEW = 8.0


class Light(NamedTuple):
    """A page under even light: `grey` with paper near 255, the noise of its paper, and its resolution (dots an inch)."""

    grey: Image
    noise: float
    dpi: float


def even(grey: Image, dpi: float) -> Light:
    """Divide the page by its paper, so that gradients, shadows and grey cell backgrounds turn white."""
    reach = max(9, int(dpi / 7)) | 1
    soft = cv2.medianBlur(grey, 3)
    paper = cv2.morphologyEx(soft, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    paper = cv2.blur(paper, (reach, reach))
    flat = cv2.divide(grey, np.maximum(paper, 1), scale=250)
    return Light(flat, noise_of(flat), dpi)


def noise_of(grey: Image) -> float:
    """The standard deviation of the paper's noise, in grey levels, from the median absolute Laplacian of a sample."""
    sample = grey[:: max(1, grey.shape[0] // 1500)].astype(np.int16)
    second = sample[:, :-2] - 2 * sample[:, 1:-1] + sample[:, 2:]
    return float(np.median(np.abs(second)) / 0.6745 / 6**0.5)


def dark(light: Light, depth: float = RULE) -> Image:
    """255 where a pixel is darker than its surroundings by `depth` of full scale, and by what the noise may do."""
    reach = max(15, int(light.dpi / 5)) | 1
    least = max(depth * 255, min(3 * light.noise, 45) * depth / RULE)
    soft = cv2.GaussianBlur(light.grey, (3, 3), 0) if light.noise > 2 else light.grey
    return cv2.adaptiveThreshold(soft, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, reach, least)


def skew_of(ink: Image) -> float:
    """The angle in degrees by which the page must be turned (counter-clockwise positive) for its lines to lie level."""
    small = _shrunk(ink)
    angle, step = 0.0, 0.5
    span = WIDEST_SKEW
    while step >= 0.015:
        tries = np.arange(angle - span, angle + span + step / 2, step)
        angle = float(max(tries, key=lambda a: _crispness(small, float(a))))
        span, step = step, step / 5
    return angle


def _shrunk(ink: Image) -> Image:
    scale = WORK_WIDTH / max(ink.shape[1], 1)
    if scale >= 1:
        return ink
    tall = min(ink.shape[0], ink.shape[1] * 2)  # of a long strip its head tells enough
    return cv2.resize(ink[:tall], None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)


def _crispness(ink: Image, angle: float) -> float:
    """How sharply the row sums change when the page is sheared by `angle`: greatest where text and rules lie level."""
    height, width = ink.shape
    shear = np.tan(np.radians(angle))
    sheared = cv2.warpAffine(ink, np.array([[1, 0, 0], [-shear, 1, shear * width / 2]], np.float64), (width, height))
    profile = sheared.sum(1, dtype=np.float64)
    return float(np.square(np.diff(profile)).sum())


def turned(image: Image, angle: float, paper: int = 255) -> Image:
    """The page turned by `angle` degrees about its centre, same size."""
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    border = (paper,) * (image.shape[2] if image.ndim == 3 else 1)
    return cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=border)
