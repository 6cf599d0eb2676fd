"""A long picture that a site serves in slices → whole again: what the cuts went through is read as it was drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import cv2
import numpy as np

from extract.scan import Picture
from extract.scan_ink import Image

TALL = 2
"""Rows of pixels beside a cut that must go on across it."""
DARKER = 30
"""Grey levels by which a line is darker than most of its row."""
FEWEST, WIDEST = 3, 0.02
"""Lines that must cross a cut, and how wide they are at most, of the picture's width: the sides of a table's cells."""
AGREE = 0.8
"""The part of what is dark on either side of a cut that goes on on the other."""
MOST_PIXELS = 40_000_000


class Slice(NamedTuple):
    """Where a picture begins in the whole, in pixels, and its number."""

    top: int
    number: int | None


class Whole(NamedTuple):
    """One or more pictures in one, from top to bottom, with the first as it was given."""

    image: Image
    slices: tuple[Slice, ...]
    first: Picture


def joined(pictures: Iterable[Whole]) -> Iterator[Whole]:
    """The pictures, each joined with the next where lines go on from one to the other. Those of known resolution are pages."""
    held: Whole | None = None
    for picture in pictures:
        if held is not None and held.first.dpi is None and picture.first.dpi is None and _goes_on(held.image, picture.image):
            held = _below(held, picture)
            continue
        if held is not None:
            yield held
        held = picture
    if held is not None:
        yield held


def _goes_on(above: Image, below: Image) -> bool:
    if above.shape[1] != below.shape[1] or above.size + below.size > MOST_PIXELS or min(len(above), len(below)) <= TALL:
        return False
    end, start = _lines(above[-TALL:]), _lines(below[:TALL])
    near = np.ones((1, 3), np.uint8)
    shared = min(cv2.countNonZero(cv2.min(one, cv2.dilate(other, near))) for one, other in ((end, start), (start, end)))
    most = max(cv2.countNonZero(end), cv2.countNonZero(start))
    return min(_runs(end), _runs(start)) >= FEWEST and shared >= AGREE * most


def _lines(rows: Image) -> Image:
    """1 where a column of these rows is dark and no wider a stretch is."""
    grey = rows if rows.ndim == 2 else cv2.cvtColor(rows, cv2.COLOR_BGR2GRAY)
    row = grey.max(0).astype(np.int16)
    dark = (row < np.median(row) - DARKER).astype(np.uint8)
    wide = cv2.morphologyEx(dark[None, :], cv2.MORPH_OPEN, np.ones((1, max(3, int(WIDEST * len(dark)))), np.uint8))
    return cv2.subtract(dark[None, :], wide)


def _runs(line: Image) -> int:
    return int(np.count_nonzero(np.diff(line[0].astype(np.int8), prepend=0) == 1))


def _below(above: Whole, below: Whole) -> Whole:
    images = [above.image, below.image]
    if above.image.ndim != below.image.ndim:
        images = [image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) for image in images]
    moved = (Slice(len(above.image) + top, number) for top, number in below.slices)
    return Whole(np.vstack(images), (*above.slices, *moved), above.first)
