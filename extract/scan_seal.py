"""Red seals over print: taken out by their colour; where they were, certainty is less."""

from __future__ import annotations

import cv2
import numpy as np

from extract.scan_ink import Image

REDDER = 35
"""Levels by which red exceeds green and blue in the ink of a seal; its edge on JPEG paper shows less."""
SMALLEST, LARGEST = 0.5, 2.6
"""Inches across. A red heading is flatter, a red background wider."""


def without_seals(picture: Image, dpi: float) -> tuple[Image, Image | None]:
    """The picture in grey without its seals, and a mask (255) of where they were; None where there is none.

    In the red channel the seal's ink is nearly as light as paper while black print below it stays dark.
    """
    if picture.ndim == 2:
        return picture, None
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    blue, green, red = cv2.split(picture)
    redness = cv2.subtract(red, cv2.max(blue, green))
    reddish = np.where(redness > REDDER, 255, 0).astype(np.uint8)
    if cv2.countNonZero(reddish) < (0.1 * dpi) ** 2:
        return grey, None
    mask = _stamps(reddish, dpi)
    if mask is None:
        return grey, None
    return np.where((mask > 0) & (redness > 8), red, grey).astype(np.uint8), mask


def _stamps(reddish: Image, dpi: float) -> Image | None:
    """Red blobs about as wide as high and of a seal's size."""
    reach = max(3, int(dpi / 12)) | 1
    blobs = cv2.morphologyEx(reddish, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(blobs, connectivity=8)
    mask = np.zeros_like(reddish)
    for k in range(1, count):
        x, y, width, height = (int(v) for v in stats[k, :4])
        if SMALLEST * dpi <= min(width, height) and max(width, height) <= LARGEST * dpi and max(width, height) <= 1.8 * min(width, height):
            part = labels[y : y + height, x : x + width] == k
            mask[y : y + height, x : x + width][part] = 255
    return cv2.dilate(mask, np.ones((5, 5), np.uint8)) if mask.any() else None
