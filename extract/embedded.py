"""The pictures that an office file or a page carries inside itself, in its order, for OCR when its tables are pictures."""

from __future__ import annotations

import binascii
import posixpath
import re
import struct
from collections.abc import Callable, Iterator
from io import BytesIO
from urllib.parse import unquote_to_bytes

import olefile

from extract.document import Source
from extract.errors import Unreadable
from extract.kind import OLE_DAMAGE, Kind, sniff
from extract.package import open_package

MOST = 200
"""Pictures of one file that are handed over."""

_READABLE = frozenset((Kind.png, Kind.jpeg, Kind.gif, Kind.bmp, Kind.tiff, Kind.webp))
_BLIP = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|BM")
_BLIP_TYPES = frozenset((0xF01D, 0xF01E, 0xF01F, 0xF029, 0xF02A))
_BLIP_HEADS = (25, 41)
"""Bytes from a blip record's start to its picture: header, one or two digests, a tag."""

_RTF_PICTURE = re.compile(rb"\\(?:png|jpeg)blip\b[^{}]*?((?:[0-9a-fA-F]{2}\s*){64,})")
_DATA_PICTURE = re.compile(rb"""src\s*=\s*["']data:image/[\w.+-]+;base64,([^"']+)["']""", re.IGNORECASE)
_ODF_PICTURE = re.compile(rb"""<draw:image\b[^>]*?xlink:href=["']([^"']+)""")


def pictures(content: bytes) -> tuple[Source, ...]:
    """Each picture once, those that OCR can open. Raises Unreadable, Encrypted or TooComplex."""
    finder = _FINDERS.get(sniff(content))
    found: dict[bytes, Source] = {}
    for picture in finder(content) if finder else ():
        if len(found) < MOST and sniff(picture.content) in _READABLE:
            found.setdefault(picture.content, picture)
    return tuple(found.values())


def _of_docx(content: bytes) -> tuple[Source, ...]:
    from extract.word import pictures as of_docx  # each reader is loaded when its kind is met

    return of_docx(content)


def _of_ofd(content: bytes) -> tuple[Source, ...]:
    from extract.ofd import pictures as of_ofd

    return of_ofd(content)


def _of_doc(content: bytes) -> Iterator[Source]:
    """Blips in the streams of a binary Word file: where the bytes of a picture follow a blip's header."""
    try:
        with olefile.OleFileIO(BytesIO(content)) as ole:
            streams = [ole.openstream(name).read() for name in ("Data", "WordDocument") if ole.exists(name)]
    except OLE_DAMAGE as error:
        raise Unreadable(f"damaged Word file: {error}") from error
    for stream in streams:
        for match in _BLIP.finditer(stream):
            end = next((end for head in _BLIP_HEADS if (end := _blip_end(stream, match.start() - head)) > match.start()), 0)
            if end:
                yield Source(stream[match.start() : end])


def _blip_end(stream: bytes, start: int) -> int:
    """Where the blip record that begins there ends; 0 where none begins."""
    if start < 0:
        return 0
    kind, size = struct.unpack_from("<HI", stream, start + 2)
    return start + 8 + size if kind in _BLIP_TYPES and start + 8 + size <= len(stream) else 0


def _of_rtf(content: bytes) -> Iterator[Source]:
    for match in _RTF_PICTURE.finditer(content):
        digits = b"".join(match.group(1).split())
        yield Source(bytes.fromhex(digits.decode("ascii")))


def _of_odf(content: bytes) -> Iterator[Source]:
    if not content.startswith(b"PK"):
        return
    package = open_package(content)
    for name in dict.fromkeys(_ODF_PICTURE.findall(package.part("content.xml") or b"")):
        part = posixpath.normpath(name.decode("utf-8", "replace")).lstrip("/")
        if held := package.part(part):
            yield Source(held, part)


def _of_xlsx(content: bytes) -> Iterator[Source]:
    package = open_package(content)
    for name in sorted((each for each in package.names() if "/media/" in each.lower()), key=lambda each: (len(each), each)):
        yield Source(package.part(name) or b"", name)


def _of_html(content: bytes) -> Iterator[Source]:
    """Pictures as `data:` addresses; such as are no sound base64 are no pictures."""
    for match in _DATA_PICTURE.finditer(content):
        try:
            yield Source(binascii.a2b_base64(unquote_to_bytes(match[1])))
        except binascii.Error:
            continue


_FINDERS: dict[Kind, Callable[[bytes], Iterator[Source] | tuple[Source, ...]]] = {
    Kind.docx: _of_docx,
    Kind.ofd: _of_ofd,
    Kind.doc: _of_doc,
    Kind.wps: _of_doc,
    Kind.rtf: _of_rtf,
    Kind.odt: _of_odf,
    Kind.ods: _of_odf,
    Kind.xlsx: _of_xlsx,
    Kind.html: _of_html,
}
