"""Content codings undone under a limit: a few hundred bytes may unpack to gigabytes."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Literal

Fault = Literal["too_large", "incomplete", "unknown_coding"]
KEPT_OF_TOO_LARGE = 1024 * 1024
"""Bytes that are kept of a body which is too large, as sent and unpacked."""

_GZIP = {"gzip", "x-gzip"}
_FOREIGN = {"br", "zstd", "compress", "x-compress", "dcb", "dcz"}
_MAX_CODINGS = 4


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What came out, up to the limit, and what was wrong with it."""

    body: bytes
    fault: Fault | None = None
    message: str = ""


def unpack(raw: bytes, codings: str | None, limit: int, media_type: str | None = None) -> Unpacked:
    """Undo the codings of a Content-Encoding header, at most `limit` bytes at every stage.

    gzip (any number of members) and deflate (with or without zlib's header) are undone. A header that names gzip over bytes that
    are none is a common lie and the bytes are taken as they are; so are codings that do not exist ("utf-8", "none"). Text that
    starts with gzip's mark is gzip, whatever the header leaves out.
    """
    if not codings and raw[:3] == b"\x1f\x8b\x08" and (media_type or "").strip().lower().startswith("text/"):
        return _inflate(raw, 31, limit)
    names = [name.strip().lower() for name in (codings or "").split(",") if name.strip()]
    if len(names) > _MAX_CODINGS:
        return Unpacked(b"", "unknown_coding", f"{len(names)} content codings on top of each other")
    result = Unpacked(raw)
    for name in reversed(names):
        result = _undo(name, result.body, limit)
        if result.fault is not None:
            return result
    return result


def _undo(name: str, data: bytes, limit: int) -> Unpacked:
    if name in _FOREIGN:
        return Unpacked(b"", "unknown_coding", f"content coding {name}, which was not asked for")
    if name in _GZIP:
        return _inflate(data, 31, limit) if data[:2] == b"\x1f\x8b" else Unpacked(data)
    if name == "deflate" and data:
        return _inflate(data, 15 if _has_zlib_header(data) else -15, limit)
    return Unpacked(data)


def _has_zlib_header(data: bytes) -> bool:
    return len(data) >= 2 and data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0


def _inflate(data: bytes, wbits: int, limit: int) -> Unpacked:
    pieces: list[bytes] = []
    room = limit
    while True:
        stream = zlib.decompressobj(wbits)
        try:
            piece = stream.decompress(data, room + 1)
        except zlib.error as error:
            return Unpacked(b"".join(pieces), "incomplete", f"damaged content coding: {error}")
        pieces.append(piece)
        room -= len(piece)
        if room < 0:
            return Unpacked(b"".join(pieces)[:limit], "too_large", f"more than {limit} bytes unpacked")
        if not stream.eof:
            return Unpacked(b"".join(pieces), "incomplete", "the content coding breaks off")
        data = stream.unused_data
        if wbits != 31 or data[:2] != b"\x1f\x8b":
            return Unpacked(b"".join(pieces))
