"""Legacy DOC (Word 97–2003, WPS Writer): text by pieces, tables by paragraph and row properties."""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial

from extract import flow
from extract.doc_file import DAMAGE, PAPX_IN_DATA, Piece, WordFile, modifiers, open_doc
from extract.doc_lists import UNSTATED, Membership, membership, read_lists, read_styles
from extract.doc_row import RowShape, shape_row
from extract.document import Document
from extract.errors import Unreadable
from extract.flow import Item, Line
from extract.nest import Nest
from extract.numbering import Lists

_GONE = "\uffff"
"""Stands for a character that is not printed: deleted, hidden, field code."""

_MARKS = re.compile("[\r\x07\x0c]")
_FIELD = re.compile("[\x13\x14\x15]")
_SILENT = "".join(map(chr, (*range(9), 0x13, 0x14, 0x15, 0x1F)))
_PRINTED = str.maketrans({_GONE: "", "\x0b": "\n", "\x0e": "\n", "\x1e": "-"} | dict.fromkeys(_SILENT, ""))
_DELETED, _HIDDEN, _SYMBOL = 0x0800, 0x083C, 0x6A09
_BODY, _FOOTNOTES, _HEADERS, _MACROS, _COMMENTS, _ENDNOTES, _TEXT_BOXES = range(7)


def read(content: bytes) -> Document:
    """A binary Word file. Raises Unreadable, Encrypted or TooComplex."""
    word = open_doc(content)
    try:
        items = list(_items(word))
    except DAMAGE as error:
        raise Unreadable(f"damaged Word file: {error}") from error
    meta = {"title": word.title} if word.title else {}
    return Document("doc", flow.blocks(items, "doc"), word.title, meta)


def _items(word: WordFile) -> Iterator[Item]:
    text, deleted = _text(word)
    starts = [0]
    for size in word.stories:
        starts.append(starts[-1] + max(0, size))
    styles, lists = read_styles(word), read_lists(word)
    for story in (_BODY, _TEXT_BOXES, _FOOTNOTES, _ENDNOTES):
        if word.stories[story] > 0:
            yield from Story(word, text, deleted, styles, lists).items(starts[story], starts[story + 1])


def _text(word: WordFile) -> tuple[str, frozenset[int]]:
    """Every character of every story, unprinted ones replaced, and the positions of deleted cell marks."""
    pieces: list[str] = []
    deleted: set[int] = set()
    at = 0
    for piece in word.pieces:
        raw = word.main[piece.offset : piece.offset + (piece.end - piece.start) * piece.width]
        characters = list(raw.decode("cp1252" if piece.width == 1 else "utf-16-le", "surrogatepass" if piece.width == 2 else "replace"))
        if piece.width == 2 and len(characters) != len(raw) // 2:
            characters = [chr(unit) for unit in struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])]
        _erase(word, piece, characters, deleted)
        pieces.append("".join(characters))
        at = piece.end
    whole = "".join(pieces)
    if at != len(whole):
        raise Unreadable("damaged Word file: text is missing")
    return _without_codes(whole), frozenset(deleted)


def _erase(word: WordFile, piece: Piece, characters: list[str], deleted: set[int]) -> None:
    """Replaces characters that are deleted, hidden or symbols; cell marks stay, since they carry the structure."""
    runs = word.characters
    end = piece.offset + len(characters) * piece.width
    whole = _look(piece.modifiers)
    index = max(0, bisect_right(runs.starts, piece.offset) - 1)
    while index < len(runs.starts) and runs.starts[index] < end:
        look = _look(runs.modifiers[index]) or whole
        if look is not None:
            first = max(0, (runs.starts[index] - piece.offset) // piece.width)
            last = min(len(characters), (runs.ends[index] - piece.offset) // piece.width)
            for position in range(first, last):
                if characters[position] != "\x07":
                    characters[position] = look
                elif look == _GONE:
                    deleted.add(piece.start + position)
        index += 1


@lru_cache(maxsize=4096)
def _look(packed: bytes) -> str | None:
    """What is printed instead of a run's characters: nothing where deleted or hidden, the symbol of a symbol run."""
    look: str | None = None
    for code, operand in modifiers(packed):
        if code in (_DELETED, _HIDDEN) and operand:
            look = _GONE if operand[0] & 1 else look
        elif code == _SYMBOL and len(operand) == 4 and look is None:
            look = chr(operand[2] | operand[3] << 8)
    return look


def _without_codes(text: str) -> str:
    """The text with the code of each field blanked, its result kept."""
    if "\x13" not in text:
        return text
    characters = list(text)
    begun: list[int] = []
    for match in _FIELD.finditer(text):
        mark, at = match.group(), match.start()
        if mark == "\x13":
            begun.append(at)
        elif begun:
            start = begun.pop()
            if text[start] == "\x13":
                characters[start:at] = [each if each == "\x07" else _GONE for each in characters[start:at]]
            if mark == "\x14":
                begun.append(at)
    return "".join(characters)


@dataclass(slots=True)
class Props:
    """What a paragraph's modifiers say: its depth in tables, whether its mark ends a cell or a row, the row's shape, its list."""

    depth: int = 0
    ends_cell: bool = False
    ends_row: bool = False
    member: Membership = UNSTATED
    row: RowShape | None = None


@dataclass(slots=True)
class Story:
    """One story of a Word file on its way from characters to items."""

    word: WordFile
    text: str
    deleted: frozenset[int]
    styles: Sequence[Membership]
    lists: Lists
    nest: Nest = field(default_factory=lambda: Nest(partial(shape_row, shape=None)))
    seen: dict[tuple[bytes, bytes], Props] = field(default_factory=dict)

    def items(self, start: int, end: int) -> list[Item]:
        """The paragraphs and tables between two characters."""
        bounds = [piece.start for piece in self.word.pieces]
        for match in _MARKS.finditer(self.text, start, min(end, len(self.text))):
            at = match.start()
            piece = self.word.pieces[bisect_right(bounds, at) - 1]
            packed = self.word.paragraphs.at(piece.offset + (at - piece.start) * piece.width)
            key = (packed, piece.modifiers)
            if key not in self.seen:
                self.seen[key] = self._props(packed, piece.modifiers)
            self._paragraph(self.text[start:at].translate(_PRINTED), match.group(), at, self.seen[key])
            start = at + 1
        if start < min(end, len(self.text)):
            self._paragraph(self.text[start:end].translate(_PRINTED), "\r", end, Props())
        self.nest.close(0)
        return self.nest.body

    def _paragraph(self, text: str, mark: str, at: int, props: Props) -> None:
        if props.ends_row:
            self.nest.end_row(props.depth, partial(shape_row, shape=props.row), at in self.deleted)
            return
        self.nest.line(props.depth, Line(self._label(props.member, text) + text, bool(props.member.heading)))
        if props.ends_cell or (props.depth == 1 and mark == "\x07"):
            self.nest.end_cell(props.depth)

    def _label(self, member: Membership, text: str) -> str:
        """What Word prints before a paragraph of a list."""
        return self.lists.label(str(member.list_id), member.level or 0) if member.list_id and text.strip() else ""

    def _props(self, *groups: bytes) -> Props:
        packed = groups[0][2:] + groups[1]
        style = struct.unpack_from("<H", groups[0])[0] if len(groups[0]) >= 2 else 0
        props = Props(member=membership(packed).over(self.styles[style] if style < len(self.styles) else UNSTATED))
        inside, row_end, depth = False, False, 0
        for code, operand in self._modifiers(packed, 0):
            value = operand[0] if operand else 0
            if code == 0x2416:
                inside = bool(value)
            elif code == 0x6649 and len(operand) == 4:
                depth = max(0, struct.unpack("<i", operand)[0])
            elif code in (0x2417, 0x244C):
                row_end = row_end or bool(value)
            elif code == 0x244B:
                props.ends_cell = bool(value)
            elif code >> 10 & 7 == 5:
                props.row = RowShape() if props.row is None else props.row
                props.row.apply(code, operand)
        props.depth = min(max(depth, 1), flow.MAX_DEPTH + 2) if inside or depth else 0
        props.ends_row = row_end and props.depth > 0
        return props

    def _modifiers(self, packed: bytes, depth: int) -> Iterator[tuple[int, bytes]]:
        """Modifiers with those that stand in the Data stream in their place."""
        for code, operand in modifiers(packed):
            if code in PAPX_IN_DATA and len(operand) == 4 and depth < 4:
                start = struct.unpack("<I", operand)[0]
                size = struct.unpack_from("<H", self.word.data, start)[0] if start + 2 <= len(self.word.data) else 0
                yield from self._modifiers(self.word.data[start + 2 : start + 2 + size], depth + 1)
            else:
                yield code, operand
