"""Grey pages as ink on paper: even light, noise, skew, and what is dark enough to be printed."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
from cv2.typing import MatLike

Image: TypeAlias = MatLike

RULE, STRONG, WEAK = 0.16, 0.12, 0.055
"""How much darker than paper, of full scale: rules; ink that is surely print; ink that may be print."""
PAPER = 250
"""The grey level that even light gives to paper."""

Piece: TypeAlias = tuple[int, int, int, int]
"""x, y, width and height of a connected piece of ink."""


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
    flat = cv2.divide(grey, np.maximum(paper, 1), scale=PAPER)
    return Light(flat, noise_of(flat), dpi)


def noise_of(grey: Image) -> float:
    """The standard deviation of the paper's noise, in grey levels, from the median absolute Laplacian of a sample."""
    sample = grey[:: max(1, grey.shape[0] // 300)].astype(np.int16)
    second = sample[:, :-2] - 2 * sample[:, 1:-1] + sample[:, 2:]
    return float(np.median(np.abs(second)) / 0.6745 / 6**0.5)


def dark(light: Light, depth: float = RULE) -> Image:
    """255 where a pixel is darker than its surroundings by `depth` of full scale, and by what the noise may do."""
    reach = max(15, int(light.dpi / 5)) | 1
    least = max(depth * 255, min(3 * light.noise, 45) * depth / RULE)
    soft = cv2.GaussianBlur(light.grey, (3, 3), 0) if light.noise > 2 else light.grey
    return cv2.adaptiveThreshold(soft, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, reach, least)


def pieces_of(mask: Image) -> list[Piece]:
    """The boxes of a mask's connected pieces from top to bottom, also of those within a ring."""
    outlines, family = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [cv2.boundingRect(outline) for outline, kin in zip(outlines, family[0], strict=True) if kin[3] < 0] if outlines else []
    return sorted(((x, y, width, height) for x, y, width, height in boxes), key=lambda box: (box[1], box[0]))


def paper_of(piece: Image) -> int:
    """The grey of a small picture's paper: nine tenths of it are no lighter."""
    return int(np.searchsorted(np.bincount(piece.ravel(), minlength=256).cumsum(), 0.9 * piece.size)) if piece.size else 255
