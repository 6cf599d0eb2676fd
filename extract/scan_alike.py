"""Lines of print that look the same: one is read for all, at each look another.

Most figures of a report are 0, and a page prints each in the same type. Lines are alike only where no patch of them differs by more
than the grain of the paper makes it differ; one stroke more, less or elsewhere tells them apart (see ALIKE).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.scan_ink import Image, paper_of
from extract.scan_ocr import Reading

ALIKE = 0.14
"""Of the contrast of print: how much two lines may differ in any patch of nine pixels.

Measured on random figures in ten fonts: scans at 200 and 300 dpi show the same figure at 0.05 to 0.13, two figures never below 0.46
(6 and 8, narrow type). Under a photograph's blur two figures come down to 0.24, and most of the same are told apart too: read singly.
"""
GRAIN = 12
"""Grey levels that the paper itself may be darker than its lightest parts."""
SLACK = 2
"""Pixels by which the crops of two lines of the same print may differ in size."""


class _Shape(NamedTuple):
    """A crop with its ink in the middle. `ink` is 0 for paper."""

    ink: NDArray[np.float32]
    centre: tuple[float, float]


def groups_of(crops: Sequence[Image]) -> list[list[int]]:
    """Indexes of the crops, those alike together; each is compared with the first of its group."""
    groups: list[list[int]] = []
    shapes: list[_Shape | None] = []
    by_size: dict[tuple[int, int], list[int]] = {}
    for i, crop in enumerate(crops):
        shape = _shape(crop)
        home = next((g for g in _near(by_size, crop) if _alike(shapes[g], shape, crops[groups[g][0]].shape)), None)
        if home is None:
            by_size.setdefault((crop.shape[0], crop.shape[1]), []).append(len(groups))
            groups.append([i])
            shapes.append(shape)
        else:
            groups[home].append(i)
    return groups


def _near(by_size: dict[tuple[int, int], list[int]], crop: Image) -> list[int]:
    tall, wide = crop.shape[:2]
    around = range(-SLACK, SLACK + 1)
    return [group for dy in around for dx in around for group in by_size.get((tall + dy, wide + dx), ())]


def _shape(crop: Image) -> _Shape | None:
    ink = np.clip(np.float32(paper_of(crop) - GRAIN) - crop.astype(np.float32), 0, None)
    moments = cv2.moments(ink)
    if not moments["m00"]:
        return None
    return _Shape(ink, (moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]))


def _alike(one: _Shape | None, other: _Shape | None, size: tuple[int, ...]) -> bool:
    if one is None or other is None:
        return False
    a, b = (cv2.blur(cv2.getRectSubPix(shape.ink, (size[1] + SLACK, size[0] + SLACK), shape.centre), (3, 3)) for shape in (one, other))
    contrast = max(float(a.max()), float(b.max()))
    return float(cv2.absdiff(a, b).max()) <= ALIKE * contrast


def read_alike(
    crops: Sequence[Image], groups: Sequence[Sequence[int]], read: Callable[[Sequence[Image]], list[Reading]], turn: int
) -> list[Reading]:
    """The crops read: one of each group for all of it, at each turn another."""
    chosen = [group[turn % len(group)] for group in groups]
    readings = {i: reading for group, reading in zip(groups, read([crops[i] for i in chosen]), strict=True) for i in group}
    return [readings[i] for i in range(len(crops))]
