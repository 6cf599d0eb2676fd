"""The binary Word format (MS-DOC): streams, pieces of text, and the property modifiers of paragraphs and characters."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import NamedTuple

import olefile

from extract.codepages import codec
from extract.errors import Encrypted, TooComplex, Unreadable
from extract.kind import OLE_DAMAGE

DAMAGE = OLE_DAMAGE
"""What olefile and struct raise on broken files."""

_MOST_OBJECTS = 50
_SUMMARY, _MOST_PROPERTIES = "\x05SummaryInformation", 200
_CODE_PAGE, _TITLE, _WIDE = 1, 2, 31
MAX_CHARACTERS = 4_000_000
_PAGE = 512
_FIB_STORIES = 0x4C
_PLC_CHARACTERS, _PLC_PARAGRAPHS, _CLX = 0xFA, 0x102, 0x1A2
_WORD_97 = 0xC1
_WIDTHS = (1, 1, 2, 4, 2, 2, 0, 3)
_TDEF = 0xD608
_LONG_SPRMS = frozenset((_TDEF, 0xD606))
PAPX_IN_DATA = frozenset((0x6645, 0x6646, 0x646B))
"""sprmPHugePapx (two numbers) and sprmPTableProps: their modifiers stand in the Data stream."""

_SHORT_SPRMS = {0x18: 0x2416, 0x19: 0x2417, 0x41: 0x0800, 0x5C: 0x083C, 0x4B: 0x0855}
"""Index of a modifier squeezed into a piece descriptor (Prm0) → the modifier: in-table, row end, deleted, hidden, special."""


class Piece(NamedTuple):
    """Characters `start` … `end` of the document stand at byte `offset`, one or two bytes each."""

    start: int
    end: int
    offset: int
    width: int
    modifiers: bytes


class Runs(NamedTuple):
    """Property runs in file order: byte offsets where they start and end, and their modifiers."""

    starts: list[int]
    ends: list[int]
    modifiers: list[bytes]

    def at(self, offset: int) -> bytes:
        """The modifiers in force at a byte of the main stream."""
        index = bisect_right(self.starts, offset) - 1
        return self.modifiers[index] if index >= 0 and offset < self.ends[index] else b""


@dataclass(frozen=True, slots=True)
class WordFile:
    """The parts of one binary Word file. `stories` are the character counts of its eight stories, the body first."""

    main: bytes
    table: bytes
    data: bytes
    stories: tuple[int, ...]
    pieces: tuple[Piece, ...]
    paragraphs: Runs
    characters: Runs
    title: str | None
    workbooks: tuple[bytes, ...] = ()
    """The record streams of workbooks embedded as objects."""

    def located(self, fib_offset: int) -> bytes:
        """The structure of the table stream that this entry of the file information block points to, with what follows it."""
        start, size = struct.unpack_from("<II", self.main, fib_offset)
        return self.table[start:] if size else b""


def open_doc(content: bytes) -> WordFile:
    """Raises Encrypted, or Unreadable for damage and for Word 6, 95 and older."""
    try:
        return _open(content)
    except DAMAGE as error:
        raise Unreadable(f"damaged Word file: {error}") from error


def _open(content: bytes) -> WordFile:
    with olefile.OleFileIO(BytesIO(content)) as ole:
        if ole.exists("EncryptedPackage") or ole.exists("EncryptionInfo"):
            raise Encrypted("the document is locked with a password")
        if not ole.exists("WordDocument"):
            raise Unreadable("an OLE file without a Word document")
        main = ole.openstream("WordDocument").read()
        version, flags = struct.unpack_from("<H", main, 2)[0], struct.unpack_from("<H", main, 10)[0]
        if flags & 0x0100:
            raise Encrypted("the document is locked with a password")
        if version < _WORD_97:
            raise Unreadable(f"a Word 6/95 file (version {version}); saved again by a newer program it can be read")
        table = ole.openstream("1Table" if (flags & 0x0200 and ole.exists("1Table")) or not ole.exists("0Table") else "0Table").read()
        data = ole.openstream("Data").read() if ole.exists("Data") else b""
        title = _title(ole.openstream(_SUMMARY).read()) if ole.exists(_SUMMARY) else None
        objects = [path for path in ole.listdir() if len(path) == 3 and path[0] == "ObjectPool" and path[2].lower() in ("workbook", "book")]
        workbooks = tuple(ole.openstream(path).read() for path in objects[:_MOST_OBJECTS])
    return WordFile(
        main,
        table,
        data,
        struct.unpack_from("<8i", main, _FIB_STORIES),
        _pieces(main, table),
        _runs(main, table, _PLC_PARAGRAPHS, _paragraph_page),
        _runs(main, table, _PLC_CHARACTERS, _character_page),
        title,
        workbooks,
    )


def _title(properties: bytes) -> str | None:
    """The title among the summary properties; olefile would read all of them, however many they claim to be."""
    try:
        section = properties[struct.unpack_from("<I", properties, 44)[0] :]
        count = min(struct.unpack_from("<I", section, 4)[0], _MOST_PROPERTIES)
        places = dict(struct.iter_unpack("<II", section[8 : 8 + 8 * count]))
        if _TITLE not in places:
            return None
        kind, size = struct.unpack_from("<II", section, places[_TITLE])
        raw = section[places[_TITLE] + 8 :][: size * 2 if kind == _WIDE else size]
        page = struct.unpack_from("<h", section, places[_CODE_PAGE] + 4)[0] if _CODE_PAGE in places else 1252
    except struct.error:
        return None
    text = raw.decode("utf-16-le" if kind == _WIDE else codec(page), "replace")
    return text.partition("\0")[0].strip() or None


def _pieces(main: bytes, table: bytes) -> tuple[Piece, ...]:
    start, size = struct.unpack_from("<II", main, _CLX)
    clx = table[start : start + size]
    groups: list[bytes] = []
    at = 0
    while at < len(clx) and clx[at] == 1:
        length = struct.unpack_from("<h", clx, at + 1)[0]
        groups.append(clx[at + 3 : at + 3 + max(0, length)])
        at += 3 + max(0, length)
    if at >= len(clx) or clx[at] != 2:
        raise Unreadable("damaged Word file: no piece table")
    body = clx[at + 5 : at + 5 + struct.unpack_from("<I", clx, at + 1)[0]]
    count = (len(body) - 4) // 12
    bounds = struct.unpack_from(f"<{count + 1}i", body)
    if any(start > end for start, end in pairwise(bounds)):
        raise Unreadable("damaged Word file: pieces of text in disorder")
    if bounds[-1] > MAX_CHARACTERS:
        raise TooComplex(f"a Word file of {bounds[-1]} characters")
    found = []
    for index in range(count):
        offset, prm = struct.unpack_from("<IH", body, 4 * (count + 1) + 8 * index + 2)
        narrow = bool(offset & 0x40000000)
        offset &= 0x3FFFFFFF
        found.append(Piece(bounds[index], bounds[index + 1], offset // 2 if narrow else offset, 1 if narrow else 2, _prm(prm, groups)))
    return tuple(found)


def _prm(prm: int, groups: list[bytes]) -> bytes:
    if prm & 1:
        return groups[prm >> 1] if prm >> 1 < len(groups) else b""
    code = _SHORT_SPRMS.get(prm >> 1 & 0x7F)
    return b"" if code is None else struct.pack("<HB", code, prm >> 8)


def _runs(main: bytes, table: bytes, fib_offset: int, read: _PageReader) -> Runs:
    start, size = struct.unpack_from("<II", main, fib_offset)
    count = max(0, (size - 4) // 8)
    if count > len(main) // _PAGE + 1:
        raise Unreadable("damaged Word file: more pages of properties than the file has room for")
    numbers = struct.unpack_from(f"<{count}I", table, start + 4 * (count + 1)) if count else ()
    found: list[tuple[int, int, bytes]] = []
    for number in numbers:
        page = main[(number & 0x3FFFFF) * _PAGE :][:_PAGE]
        if len(page) == _PAGE:
            found.extend(read(page))
    found.sort(key=lambda run: run[0])
    return Runs([run[0] for run in found], [run[1] for run in found], [run[2] for run in found])


class _PageReader:
    """Reads one 512-byte page of property runs. Entries are `stride` bytes long and begin with a word offset."""

    def __init__(self, stride: int, paragraphs: bool) -> None:
        self.stride = stride
        self.paragraphs = paragraphs

    def __call__(self, page: bytes) -> Iterator[tuple[int, int, bytes]]:
        count = page[-1]
        bounds = struct.unpack_from(f"<{count + 1}I", page)
        for index in range(count):
            at = page[4 * (count + 1) + self.stride * index] * 2
            yield bounds[index], bounds[index + 1], self._modifiers(page, at) if at else b""

    def _modifiers(self, page: bytes, at: int) -> bytes:
        if not self.paragraphs:
            return page[at + 1 : at + 1 + page[at]]
        if page[at]:
            return page[at + 1 : at + 2 * page[at]]
        return page[at + 2 : at + 2 + 2 * page[at + 1]]


_paragraph_page = _PageReader(13, paragraphs=True)
_character_page = _PageReader(1, paragraphs=False)


def modifiers(packed: bytes) -> Iterator[tuple[int, bytes]]:
    """The property modifiers of a grpprl as (code, operand); ends where it is damaged."""
    at = 0
    while at + 2 < len(packed):
        code = packed[at] | packed[at + 1] << 8
        at += 2
        size = _WIDTHS[code >> 13]
        if not size:
            if code in _LONG_SPRMS:
                size = (packed[at] | packed[at + 1] << 8) - 1 if at + 1 < len(packed) else 0
                at += 2
            elif code == 0xC615 and packed[at] == 255:
                size = _tab_changes(packed, at + 1)
                at += 1
            else:
                size = packed[at]
                at += 1
        if size < 0:
            return
        yield code, packed[at : at + size]
        at += size


def _tab_changes(packed: bytes, at: int) -> int:
    """The length of an sprmPChgTabs operand too long for its length byte."""
    deleted = packed[at] if at < len(packed) else 0
    after = at + 1 + 4 * deleted
    return 2 + 4 * deleted + 3 * (packed[after] if after < len(packed) else 0)
