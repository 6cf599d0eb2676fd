"""Bytes of a picture file → arrays of grey or blue-green-red pixels, upright as their EXIF says, on white."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.errors import Unreadable
from extract.scan_header import size_of
from extract.scan_ink import Image

COLOURED = 24
"""Levels between channels that make a picture coloured; JPEG noise stays below."""


def frames(content: bytes) -> list[Image]:
    """The pictures of a file: one, or the pages of a TIFF; of an animation the first.

    Raises Unreadable for damaged files, TooComplex for huge ones.
    """
    size = size_of(content)
    data = np.frombuffer(content, np.uint8)
    try:
        if size.frames > 1:
            whole, pictures = cv2.imdecodemulti(data, cv2.IMREAD_UNCHANGED)
            if not whole or len(pictures) != size.frames:
                raise Unreadable(f"only {len(pictures)} of {size.frames} pages of the picture can be decoded")
            return [plain(picture) for picture in pictures]
        picture = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
        if picture is not None and _may_be_turned(content) and (picture.ndim == 2 or picture.shape[2] == 3):
            picture = cv2.imdecode(data, cv2.IMREAD_ANYCOLOR)  # this flag, unlike UNCHANGED, turns the picture as EXIF says
    except cv2.error as error:
        raise Unreadable(f"the picture cannot be decoded: {error}") from error
    if picture is None:
        raise Unreadable("the picture is damaged")
    return [plain(picture)]


def _may_be_turned(content: bytes) -> bool:
    """Whether the file may say which way up its picture is held. Decoding again, to obey it, takes as long as decoding."""
    return content[:2] in (b"II", b"MM") or any(word in content for word in (b"Exif\0", b"eXIf", b"EXIF"))


def plain(picture: NDArray[np.generic]) -> Image:
    """8 bits a channel, without transparency (on white), one channel where there is no colour."""
    eight = _eight_bits(picture)
    if eight.ndim == 3 and eight.shape[2] == 1:
        eight = eight[:, :, 0]
    if eight.ndim == 3 and eight.shape[2] == 2:
        eight = _on_white(eight[:, :, :1], eight[:, :, 1:])[:, :, 0]
    if eight.ndim == 3 and eight.shape[2] == 4:
        eight = _on_white(eight[:, :, :3], eight[:, :, 3:])
    if eight.ndim == 2:
        return np.ascontiguousarray(eight)
    return np.ascontiguousarray(eight) if _is_coloured(eight) else cv2.cvtColor(eight, cv2.COLOR_BGR2GRAY)


def _eight_bits(picture: NDArray[np.generic]) -> Image:
    if picture.dtype == np.uint8:
        return picture.astype(np.uint8, copy=False)
    if picture.dtype == np.uint16:
        return (picture.astype(np.uint16, copy=False) >> 8).astype(np.uint8)
    if picture.dtype == np.bool_:
        return picture.astype(np.uint8) * 255
    raise Unreadable(f"a picture of {picture.dtype} pixels")


def _on_white(colours: Image, alpha: Image) -> Image:
    if alpha.min() == 255:
        return colours
    share = alpha.astype(np.uint16)
    return ((colours * share + 255 * (255 - share)) // 255).astype(np.uint8)


def _is_coloured(picture: Image) -> bool:
    sample = np.ascontiguousarray(picture[:: max(1, picture.shape[0] // 800), :: max(1, picture.shape[1] // 800)])
    blue, green, red = cv2.split(sample)
    spread = cv2.subtract(cv2.max(cv2.max(blue, green), red), cv2.min(cv2.min(blue, green), red))
    return bool((spread > COLOURED).mean() > 0.0005)
