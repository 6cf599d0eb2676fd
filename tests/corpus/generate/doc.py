"""Legacy DOC specimens, written by hand: text in pieces, paragraph and character property pages, row definitions.

Only what a reader of text and tables looks at is filled in; fonts, styles and sections are left empty.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.corpus.generate.cfb import compound
from tests.corpus.generate.model import Specimen, Table
from tests.corpus.generate.office import Part, stored_rows

_CELL_WIDTH = 900
_TEXT_AT = 2048
_IN_TABLE = struct.pack("<HB", 0x2416, 1)
_ROW_END = struct.pack("<HB", 0x2417, 1)
DELETED = struct.pack("<HB", 0x0800, 1)
"""What a tracked deletion puts on characters."""
_HIDDEN = struct.pack("<HB", 0x083C, 1)


_IN_LIST = struct.pack("<HHHB", 0x460B, 1, 0x260A, 0)
_STYLED = struct.pack("<H", 1)
"""The index of the second style, whose paragraphs are headings in the list."""


def _level() -> bytes:
    text = "\0、"
    return struct.pack("<iB", 1, 37) + bytes(23) + struct.pack("<H", len(text)) + text.encode("utf-16-le")


def _style(name: str, sti: int, packed: bytes) -> bytes:
    head = struct.pack("<HHHHH", sti, 1 | 0xFFF << 4, 2, 0, 0)
    body = head + struct.pack("<H", len(name)) + name.encode("utf-16-le") + bytes(2) + struct.pack("<HH", 2 + len(packed), 0) + packed
    return struct.pack("<H", len(body)) + body + bytes(len(body) % 2)


_LISTS = (
    (0xA2, struct.pack("<HHH", 18, 2, 10) + bytes(14) + _style("Normal", 0, b"") + _style("heading 1", 1, _IN_LIST)),
    (0x2E2, struct.pack("<hi", 1, 77) + bytes(22) + b"\1\0" + _level()),
    (0x2EA, struct.pack("<Ii", 1, 77) + bytes(12) + struct.pack("<I", 0xFFFFFFFF)),
)
"""The style sheet, the lists and their numbers, each with its place in the file information block."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a specimen is made to hold."""

    pieces: int = 1
    """How many pieces the text is cut into, stored in another order than read."""
    narrow: bool = False
    """Pieces without Chinese are stored one byte a character."""
    tracked: bool = False
    hidden: bool = False
    fields: bool = False
    nested: bool = False
    """Tables stand in the one cell of an outer table."""
    jitter: int = 0
    """Twips by which borders differ from row to row."""
    horizontal: int = 0
    """1 or 2: merged columns as marked cells instead of wide ones, the first of them marked so."""
    wps: bool = False
    numbered: bool = False
    """Section headings belong to a list, directly or through their style, and their numbers are not in the text."""


DIALECTS: dict[str, Dialect] = {
    "plain": Dialect(),
    "pieces": Dialect(pieces=9, narrow=True),
    "tracked": Dialect(tracked=True),
    "hidden": Dialect(hidden=True),
    "fields": Dialect(fields=True),
    "nested": Dialect(nested=True),
    "jitter": Dialect(jitter=60),
    "marked": Dialect(horizontal=1),
    "marked2": Dialect(horizontal=2),
    "wps": Dialect(wps=True),
    "numbered": Dialect(numbered=True),
}


@dataclass(slots=True)
class Writer:
    """Collects characters with their properties, then lays out the streams."""

    dialect: Dialect
    rng: random.Random
    text: list[str] = field(default_factory=list)
    paragraphs: list[tuple[int, bytes]] = field(default_factory=list)
    """Where each paragraph ends, and its modifiers."""
    characters: list[tuple[int, int, bytes]] = field(default_factory=list)
    at: int = 0

    def write(self, text: str, look: bytes = b"") -> None:
        """Characters with modifiers of their own."""
        if look and text:
            self.characters.append((self.at, self.at + len(text), look))
        self.text.append(text)
        self.at += len(text)

    def end(self, mark: str, properties: bytes = b"") -> None:
        """Ends a paragraph with its mark."""
        self.write(mark)
        self.paragraphs.append((self.at, properties))

    def paragraph(self, text: str) -> None:
        """A paragraph of the body; a section heading gives its number to a list where the dialect says so."""
        if self.dialect.numbered and text[1:2] == "、" and text[0] in "一二三四五六":
            self.write(text[2:])
            self.end("\r", _IN_LIST if text[0] in "一三五" else _STYLED)
        else:
            self.write(text)
            self.end("\r")

    def figure(self, text: str) -> None:
        """A figure, with what the dialect does to it."""
        wrong = str(self.rng.randint(1, 9999))
        if self.dialect.tracked and self.rng.random() < 0.4:
            self.write(wrong, DELETED)
        if self.dialect.hidden and self.rng.random() < 0.4:
            self.write(wrong, _HIDDEN)
        if self.dialect.fields and self.rng.random() < 0.4:
            self.write(f"\x13 =SUM(\x13 REF {wrong} \x14{wrong}\x15) \x14{text}\x15")
        else:
            self.write(text)

    def table(self, table: Table) -> None:
        """One table, inside the cell of another where the dialect nests."""
        depth = 2 if self.dialect.nested else 1
        for line in stored_rows(table):
            for part in line:
                for at in range(part.box.colspan if self.dialect.horizontal else 1):
                    if not part.continues and at == 0:
                        self.figure(part.box.text) if part.box.key else self.write(part.box.text.replace("\n", "\x0b"))
                    self.end("\x07" if depth == 1 else "\r", _cell_properties(depth))
            self.end("\x07" if depth == 1 else "\r", _row_properties(depth, self.definition(line)))
        if self.dialect.tracked:
            self.write("废弃行", DELETED)
            self.end("\x07", _cell_properties(depth))
            self.characters.append((self.at, self.at + 1, DELETED))
            self.end("\x07", _row_properties(depth, _defined([0, 900], [0])))
        if depth == 2:
            self.end("\x07", _cell_properties(1))
            self.end("\x07", _row_properties(1, _defined([0, 14000], [0])))

    def definition(self, line: list[Part]) -> bytes:
        """The row's definition: borders, and the merge bits of each cell."""
        edges, bits = [], []
        for part in line:
            vertical = 0x20 if part.continues else (0x60 if part.box.rowspan > 1 else 0)
            steps = part.box.colspan if self.dialect.horizontal else 1
            for at in range(steps):
                edges.append((part.column + at) * _CELL_WIDTH)
                other = 3 - self.dialect.horizontal
                bits.append(vertical | ((self.dialect.horizontal if at == 0 else other) if steps > 1 else 0))
        last = line[-1]
        edges.append((last.column + last.box.colspan) * _CELL_WIDTH)
        if self.dialect.jitter:
            edges = [edge + self.rng.randint(0, self.dialect.jitter) for edge in edges]
        return _defined(edges, bits)

    def streams(self) -> dict[str, bytes]:
        """WordDocument and 1Table."""
        text = "".join(self.text)
        cuts = sorted({0, len(text), *(self.rng.randrange(1, len(text)) for _ in range(self.dialect.pieces - 1))})
        order = list(range(len(cuts) - 1))
        self.rng.shuffle(order)
        body, places = bytearray(), {}
        for index in order:
            piece = text[cuts[index] : cuts[index + 1]]
            narrow = self.dialect.narrow and piece.isascii()
            body += bytes(len(body) % 2)
            places[index] = (_TEXT_AT + len(body), narrow)
            body += piece.encode("cp1252" if narrow else "utf-16-le")
        table = _clx(cuts, places)
        spots = _Spots(cuts, places)
        pages = bytearray(body.ljust(-(-len(body) // 512) * 512, b"\0"))
        page_of = (_TEXT_AT + len(pages)) // 512
        styled = [(start, end, look if look[:2] == _STYLED else bytes(2) + look) for start, end, look in _intervals(self.paragraphs)]
        paragraph_runs = spots.split(styled)
        papx, pages_papx = _plc(paragraph_runs, page_of, papx=True)
        chpx, pages_chpx = _plc(spots.split(self.characters), page_of + len(pages_papx) // 512, papx=False)
        fib = bytearray(_TEXT_AT)
        struct.pack_into("<HHHHHH", fib, 0, 0xA5EC, 0xC1, 0, 0, 0, 0x1200)
        struct.pack_into("<H", fib, 32, 14)
        struct.pack_into("<H", fib, 62, 22)
        struct.pack_into("<i", fib, 0x4C, len(text))
        struct.pack_into("<H", fib, 152, 93)
        struct.pack_into("<II", fib, 0x1A2, 0, len(table))
        struct.pack_into("<II", fib, 0x102, len(table), len(papx))
        struct.pack_into("<II", fib, 0xFA, len(table) + len(papx), len(chpx))
        table += papx + chpx
        for where, structure in _LISTS if self.dialect.numbered else ():
            struct.pack_into("<II", fib, where, len(table), len(structure))
            table += structure
        return {"WordDocument": bytes(fib) + bytes(pages) + pages_papx + pages_chpx, "1Table": table}


def _cell_properties(depth: int) -> bytes:
    nested = struct.pack("<HiHB", 0x6649, depth, 0x244B, 1) if depth > 1 else b""
    return _IN_TABLE + nested


def _row_properties(depth: int, definition: bytes) -> bytes:
    nested = struct.pack("<HiHBHB", 0x6649, depth, 0x244B, 1, 0x244C, 1) if depth > 1 else _ROW_END
    return _IN_TABLE + nested + definition


def _defined(edges: list[int], bits: list[int]) -> bytes:
    cells = b"".join(struct.pack("<HH", bit, 0) + bytes(16) for bit in bits)
    body = bytes([len(bits)]) + struct.pack(f"<{len(edges)}h", *edges) + cells
    return struct.pack("<HH", 0xD608, len(body) + 1) + body


def _clx(cuts: list[int], places: dict[int, tuple[int, bool]]) -> bytes:
    plc = struct.pack(f"<{len(cuts)}i", *cuts)
    for index in range(len(cuts) - 1):
        at, narrow = places[index]
        plc += struct.pack("<HIH", 0, at * 2 | 0x40000000 if narrow else at, 0)
    return b"\x02" + struct.pack("<I", len(plc)) + plc


def _intervals(paragraphs: Iterable[tuple[int, bytes]]) -> Iterable[tuple[int, int, bytes]]:
    start = 0
    for end, properties in paragraphs:
        yield start, end, properties
        start = end


@dataclass(slots=True)
class _Spots:
    """Character positions → byte offsets, piece by piece."""

    cuts: list[int]
    places: dict[int, tuple[int, bool]]

    def split(self, runs: Iterable[tuple[int, int, bytes]]) -> list[tuple[int, int, bytes]]:
        """Runs of characters as runs of bytes, cut where a piece ends."""
        found = []
        for start, end, look in runs:
            for index in range(len(self.cuts) - 1):
                first, last = max(start, self.cuts[index]), min(end, self.cuts[index + 1])
                if first < last:
                    at, narrow = self.places[index]
                    size = 1 if narrow else 2
                    found.append((at + (first - self.cuts[index]) * size, at + (last - self.cuts[index]) * size, look))
        return sorted(found)


def _plc(runs: list[tuple[int, int, bytes]], page: int, papx: bool) -> tuple[bytes, bytes]:
    """The index of the property pages, and the pages; gaps between runs become runs without properties."""
    filled: list[tuple[int, int, bytes]] = []
    at = runs[0][0] if runs else 0
    for start, end, look in runs:
        if start > at:
            filled.append((at, start, b"" if not papx else bytes(2)))
        filled.append((start, end, look))
        at = end
    bounds, pages = [], b""
    while filled:
        count, content = _page(filled, papx)
        bounds.append(filled[0][0])
        pages += content
        last = filled[count - 1][1]
        filled = filled[count:]
    if not bounds:
        return b"", b""
    index = struct.pack(f"<{len(bounds) + 1}I", *bounds, last)
    return index + struct.pack(f"<{len(bounds)}I", *range(page, page + len(bounds))), pages


def _page(runs: list[tuple[int, int, bytes]], papx: bool) -> tuple[int, bytes]:
    """As many runs as fit one page, equal properties stored once, from the end of the page downwards."""
    stride = 13 if papx else 1
    page = bytearray(512)
    free, offsets, known = 511, [], {}
    for _, _, look in runs:
        stored = _stored(look, papx)
        place = known.get(stored)
        floor = 4 * (len(offsets) + 2) + stride * (len(offsets) + 1)
        if place is None:
            place = (free - len(stored)) // 2 * 2 if stored else 0
        if (stored and place < floor) or floor > free or len(offsets) == 100:
            break
        if stored and stored not in known:
            page[place : place + len(stored)] = stored
            known[stored] = free = place
        offsets.append(place // 2)
    count = len(offsets)
    struct.pack_into(f"<{count + 1}I", page, 0, *(run[0] for run in runs[:count]), runs[count - 1][1])
    for at, offset in enumerate(offsets):
        page[4 * (count + 1) + stride * at] = offset
    page[511] = count
    return count, bytes(page)


def _stored(look: bytes, papx: bool) -> bytes:
    if not papx:
        return bytes([len(look)]) + look if look else b""
    if len(look) % 2:
        return bytes([(len(look) + 1) // 2]) + look
    return bytes([0, len(look) // 2]) + look


def draw(specimen: Specimen, dialect: Dialect = DIALECTS["plain"]) -> bytes:
    """The specimen as a DOC."""
    writer = Writer(dialect, random.Random(specimen.year))
    for block in specimen.blocks:
        if isinstance(block, str):
            writer.paragraph(block)
        else:
            writer.table(block)
    streams = writer.streams()
    if dialect.wps:
        streams["WpsCustomData"] = b"<wps/>"
    return compound(streams)


def variants() -> dict[str, Callable[[Specimen], bytes]]:
    """Every dialect by name."""

    def drawer(dialect: Dialect) -> Callable[[Specimen], bytes]:
        return lambda specimen: draw(specimen, dialect)

    return {name: drawer(dialect) for name, dialect in DIALECTS.items()}
