"""How large a picture says it is, from its first bytes: asked before anything is decoded, for a few kilobytes can claim gigapixels."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import NamedTuple

from extract.errors import TooComplex, Unreadable

MOST_PIXELS = 200_000_000
MOST_FRAMES = 200


class Size(NamedTuple):
    """Width and height in pixels of the largest frame, how many frames there are, and the dots an inch it claims (0: none)."""

    width: int
    height: int
    frames: int = 1
    dpi: float = 0.0


def size_of(content: bytes) -> Size:
    """The size a picture claims.

    Raises Unreadable for what is no picture of a known format or has no size, TooComplex beyond 200 million pixels.
    """
    for signature, measure in _FORMATS:
        if content.startswith(signature):
            try:
                size = measure(content)
            except (struct.error, IndexError, ValueError) as error:
                raise Unreadable(f"the picture's header is damaged: {error}") from error
            return _checked(size)
    raise Unreadable("not a picture of a known format")


def _checked(size: Size) -> Size:
    if size.width < 1 or size.height < 1:
        raise Unreadable(f"a picture of {size.width} × {size.height} pixels")
    if size.width * size.height * size.frames > MOST_PIXELS:
        raise TooComplex(f"a picture of {size.width} × {size.height} pixels × {size.frames}, more than {MOST_PIXELS:,}")
    if size.frames > MOST_FRAMES:
        raise TooComplex(f"a picture of {size.frames} frames, more than {MOST_FRAMES}")
    return size


def _png(content: bytes) -> Size:
    width, height = struct.unpack_from(">II", content, 16)
    at = content.find(b"pHYs", 0, 4096)
    dpi = struct.unpack_from(">I", content, at + 4)[0] * 0.0254 if at > 0 else 0.0
    return Size(width, height, dpi=dpi)


def _gif(content: bytes) -> Size:
    return Size(*struct.unpack_from("<HH", content, 6))


def _bmp(content: bytes) -> Size:
    width, height = struct.unpack_from("<ii", content, 18)
    return Size(abs(width), abs(height), dpi=struct.unpack_from("<i", content, 38)[0] * 0.0254)


def _jpeg(content: bytes) -> Size:
    at, dpi = 2, 0.0
    while True:
        while content[at] != 0xFF:
            at += 1
        while content[at] == 0xFF:
            at += 1
        marker, length = content[at], struct.unpack_from(">H", content, at + 1)[0]
        if marker == 0xE0 and content[at + 3 : at + 7] == b"JFIF":
            unit, across = struct.unpack_from(">BH", content, at + 10)
            dpi = across * {1: 1.0, 2: 2.54}.get(unit, 0.0)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", content, at + 4)
            return Size(width, height, dpi=dpi)
        at += 1 + length


def _webp(content: bytes) -> Size:
    chunk = content[12:16]
    if chunk == b"VP8X":
        width, height = (1 + int.from_bytes(content[i : i + 3], "little") for i in (24, 27))
        return Size(width, height)
    if chunk == b"VP8L":
        bits = struct.unpack_from("<I", content, 21)[0]
        return Size((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    width, height = struct.unpack_from("<HH", content, 26)
    return Size(width & 0x3FFF, height & 0x3FFF)


def _tiff(content: bytes) -> Size:
    pages = list(_directories(content, "<" if content[:2] == b"II" else ">"))
    if not pages:
        raise ValueError("no pages")
    largest = max(pages, key=lambda page: page.width * page.height)
    return largest._replace(frames=len(pages))


def _directories(content: bytes, order: str) -> Iterator[Size]:
    at = struct.unpack_from(order + "I", content, 4)[0]
    seen: set[int] = set()
    while at and at not in seen and len(seen) <= MOST_FRAMES:
        seen.add(at)
        count = struct.unpack_from(order + "H", content, at)[0]
        tags: dict[int, int] = {}
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, _, value = struct.unpack_from(order + "HHII", content, entry)
            short = struct.unpack_from(order + "H", content, entry + 8)[0]
            tags[tag] = short if kind == 3 else value
        yield Size(tags.get(256, 0), tags.get(257, 0), dpi=_resolution(content, tags, order))
        at = struct.unpack_from(order + "I", content, at + 2 + 12 * count)[0]


def _resolution(content: bytes, tags: dict[int, int], order: str) -> float:
    at = tags.get(282, 0)
    if not at or at + 8 > len(content):
        return 0.0
    above, below = struct.unpack_from(order + "II", content, at)
    return above / below * {2: 1.0, 3: 2.54}.get(tags.get(296, 2), 0.0) if below else 0.0


_FORMATS: tuple[tuple[bytes, Callable[[bytes], Size]], ...] = (
    (b"\x89PNG\r\n\x1a\n", _png),
    (b"\xff\xd8\xff", _jpeg),
    (b"GIF8", _gif),
    (b"BM", _bmp),
    (b"RIFF", _webp),
    (b"II*\0", _tiff),
    (b"MM\0*", _tiff),
)
