"""A PDF as it is shown: layers that are switched off are no part of what is read."""

from __future__ import annotations

import re
import zlib

_WORD = b"/OCProperties"
_OBJECT_STREAM = re.compile(rb"/ObjStm.{0,400}?stream\r?\n", re.DOTALL)


def shown(content: bytes) -> bytes:
    """The same bytes where the file has no layers, else without what hidden ones paint. Raises Unreadable where that cannot be done."""
    if not _has_layers(content):
        return content
    from extract.pdf_hidden import without_hidden  # slow to import, rarely needed

    return without_hidden(content)


def _has_layers(content: bytes) -> bool:
    """Whether the file, or one of its packed objects, speaks of layers."""
    return _WORD in content or any(_WORD in _unpacked(content, found.end()) for found in _OBJECT_STREAM.finditer(content))


def _unpacked(content: bytes, start: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(content[start : content.find(b"endstream", start)])
    except zlib.error:
        return b""
