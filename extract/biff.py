"""The record stream of a binary workbook (Excel 95 to 2003, ET of WPS): records, strings that run over several of them, sheets."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from extract.codepages import codec
from extract.errors import Encrypted, TooComplex, Unreadable
from extract.formats import Format, number_format

BOF, EOF, CONTINUE = 0x0809, 0x000A, 0x003C
_LOCKED, _SHEET, _STRINGS, _FORMAT, _STYLE, _SINCE_1904, _CODE_PAGE = 0x002F, 0x0085, 0x00FC, 0x041E, 0x00E0, 0x0022, 0x0042
_EXCEL_97, _EXCEL_95 = 0x0600, 0x0500
_MAX_STRINGS = 1_000_000


class Record(NamedTuple):
    """One record: its code, its body, and the bodies of the records that continue it."""

    code: int
    body: bytes
    more: list[bytes]


class Place(NamedTuple):
    """A worksheet: its name, whether it is hidden, and where in the stream it begins."""

    name: str
    hidden: bool
    offset: int


@dataclass(slots=True)
class Book:
    """What the sheets of a workbook share."""

    wide: bool
    """Strings are Unicode (Excel 97 and later) rather than bytes of a code page."""
    encoding: str = "cp1252"
    since_1904: bool = False
    sheets: list[Place] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    formats: list[Format] = field(default_factory=list)


def records(stream: bytes, at: int) -> Iterator[Record]:
    """The records from there on, continuations joined to what they continue; ends where the stream is damaged."""
    pending: Record | None = None
    while at + 4 <= len(stream):
        code, size = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + size]
        at += 4 + size
        if code == CONTINUE and pending is not None:
            pending.more.append(body)
            continue
        if pending is not None:
            yield pending
        pending = Record(code, body, [])
    if pending is not None:
        yield pending


def read_book(stream: bytes) -> Book:
    """The part before the sheets. Raises Unreadable, Encrypted or TooComplex."""
    if len(stream) < 8 or struct.unpack_from("<H", stream)[0] != BOF:
        raise Unreadable("the workbook is damaged, or older than Excel 95")
    version = struct.unpack_from("<H", stream, 4)[0]
    if version not in (_EXCEL_97, _EXCEL_95):
        raise Unreadable(f"a workbook of an unknown version ({version:#x})")
    book = Book(wide=version == _EXCEL_97)
    custom: dict[int, str] = {}
    styles: list[int] = []
    for record in records(stream, 0):
        if record.code == EOF:
            break
        _take(book, record, custom, styles)
    book.formats = [number_format(style, custom) for style in styles]
    return book


def _take(book: Book, record: Record, custom: dict[int, str], styles: list[int]) -> None:
    """Enters one record of the shared part."""
    code, body = record.code, record.body
    if code == _LOCKED:
        raise Encrypted("the workbook is locked with a password")
    if code == _CODE_PAGE and len(body) >= 2:
        book.encoding = codec(struct.unpack_from("<H", body)[0])
    elif code == _SINCE_1904:
        book.since_1904 = body[:1] == b"\x01"
    elif code == _SHEET and len(body) >= 8 and not body[5]:
        name = text(book, body[6:], 1) if book.wide else body[7 : 7 + body[6]].decode(book.encoding, "replace")
        book.sheets.append(Place(name, bool(body[4] & 3), struct.unpack_from("<I", body)[0]))
    elif code == _FORMAT and len(body) > 4:
        known = struct.unpack_from("<H", body)[0]
        custom[known] = text(book, body[2:], 2 if book.wide else 1)
    elif code == _STYLE and len(body) >= 4:
        styles.append(struct.unpack_from("<H", body, 2)[0])
    elif code == _STRINGS and len(body) >= 8:
        book.strings = list(_Strings([body, *record.more]).read())


def text(book: Book, body: bytes, width: int) -> str:
    """A string behind its length of `width` bytes."""
    if len(body) < width + 1:
        return ""
    count = body[0] if width == 1 else struct.unpack_from("<H", body)[0]
    if not book.wide:
        return body[width : width + count].decode(book.encoding, "replace")
    raw = body[width + 1 :]
    return raw[: 2 * count].decode("utf-16-le", "replace") if body[width] & 1 else raw[:count].decode("latin-1")


class _Strings:
    """The shared strings, which run over continuation records: where one breaks inside a string, the next says anew how it is stored."""

    def __init__(self, chunks: list[bytes]) -> None:
        self.chunks = chunks
        self.chunk = 0
        self.at = 8

    def read(self) -> Iterator[str]:
        count = struct.unpack_from("<I", self.chunks[0], 4)[0]
        if count > _MAX_STRINGS:
            raise TooComplex(f"a workbook with {count} strings")
        for _ in range(count):
            head = self._take(3)
            if len(head) < 3:
                return
            size, flags = struct.unpack("<HB", head)
            runs = struct.unpack("<H", self._take(2).ljust(2, b"\0"))[0] if flags & 8 else 0
            extra = struct.unpack("<I", self._take(4).ljust(4, b"\0"))[0] if flags & 4 else 0
            yield self._characters(size, bool(flags & 1))
            self._take(4 * runs + extra)

    def _take(self, size: int) -> bytes:
        """That many bytes, fewer at the end."""
        taken = b""
        while len(taken) < size and self._room(advance=True):
            piece = self.chunks[self.chunk][self.at : self.at + size - len(taken)]
            taken += piece
            self.at += len(piece)
        return taken

    def _room(self, advance: bool) -> int:
        """How many bytes are left of this record, or of the next where this one is used up."""
        while self.chunk < len(self.chunks):
            room = len(self.chunks[self.chunk]) - self.at
            if room or not advance:
                return room
            self.chunk, self.at = self.chunk + 1, 0
        return 0

    def _characters(self, count: int, wide: bool) -> str:
        found = ""
        while True:
            width = 2 if wide else 1
            size = min((count - len(found)) * width, self._room(advance=False) // width * width)
            found += self._take(size).decode("utf-16-le" if wide else "latin-1", "replace")
            if len(found) >= count:
                return found
            flag = self._take(1)
            if not flag:
                return found
            wide = bool(flag[0] & 1)
