"""Legacy DOC (Word 97–2003, WPS Writer): text by pieces, tables by paragraph and row properties."""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from extract import cells, flow
from extract.doc_file import DAMAGE, PAPX_IN_DATA, WordFile, modifiers, open_doc
from extract.doc_lists import UNSTATED, Membership, membership, read_lists, read_styles
from extract.doc_row import RowShape, shape_row
from extract.doc_text import GONE, HIDDEN, Printed, printed
from extract.document import Document, Grid, Problem
from extract.errors import ReadError, Unreadable
from extract.flow import Item, Line, Ready
from extract.nest import Nest
from extract.numbering import Lists
from extract.xls import read_sheets

_MARKS = re.compile("[\r\x07\x0c]")
_SILENT = "".join(map(chr, (*range(9), 0x13, 0x14, 0x15, 0x1F)))
_PRINTED = str.maketrans({GONE: "", HIDDEN: "", "\x0b": "\n", "\x0e": "\n", "\x1e": "-"} | dict.fromkeys(_SILENT, ""))
_BODY, _FOOTNOTES, _HEADERS, _MACROS, _COMMENTS, _ENDNOTES, _TEXT_BOXES = range(7)


def read(content: bytes) -> Document:
    """A binary Word file. Raises Unreadable, Encrypted or TooComplex."""
    word = open_doc(content)
    try:
        items = list(_items(word))
    except DAMAGE as error:
        raise Unreadable(f"damaged Word file: {error}") from error
    blocks = flow.blocks(items, "doc")
    problems: list[Problem] = []
    if word.workbooks and not any(isinstance(block, Grid) for block in blocks):
        blocks = flow.blocks([*items, *_workbooks(word, problems)], "doc")
    meta = {"title": word.title} if word.title else {}
    return Document("doc", blocks, word.title, meta, tuple(problems))


def _workbooks(word: WordFile, problems: list[Problem]) -> Iterator[Item]:
    """The tables of embedded workbooks, behind the text of a document that has none of its own."""
    for stream in word.workbooks:
        try:
            yield Ready(cells.blocks(read_sheets(stream), "xls"))
        except ReadError as error:
            problems.append(Problem(f"part_{error.code}", f"a workbook embedded in the document: {error}"))


def _items(word: WordFile) -> Iterator[Item]:
    styles, lists = read_styles(word), read_lists(word)
    text = printed(word, styles)
    starts = [0]
    for size in word.stories:
        starts.append(starts[-1] + max(0, size))
    for story in (_BODY, _TEXT_BOXES, _FOOTNOTES, _ENDNOTES):
        if word.stories[story] > 0:
            yield from Story(word, text, styles, lists).items(starts[story], starts[story + 1])


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
    printed: Printed
    styles: Sequence[Membership]
    lists: Lists
    nest: Nest = field(default_factory=lambda: Nest(partial(shape_row, shape=None)))
    pending: tuple[str, Props] | None = None
    seen: dict[tuple[bytes, bytes], Props] = field(default_factory=dict)

    def items(self, start: int, end: int) -> list[Item]:
        """The paragraphs and tables between two characters."""
        bounds = [piece.start for piece in self.word.pieces]
        text = self.printed.text
        for match in _MARKS.finditer(text, start, min(end, len(text))):
            at = match.start()
            piece = self.word.pieces[bisect_right(bounds, at) - 1]
            packed = self.word.paragraphs.at(piece.offset + (at - piece.start) * piece.width)
            key = (packed, piece.modifiers)
            if key not in self.seen:
                self.seen[key] = self._props(packed, piece.modifiers)
            self._paragraph(text[start:at].translate(_PRINTED), match.group(), at, self.seen[key])
            start = at + 1
        if start < min(end, len(text)):
            self._paragraph(text[start:end].translate(_PRINTED), "\r", end, Props())
        self._joined(-1)
        self.nest.close(0)
        return self.nest.body

    def _paragraph(self, text: str, mark: str, at: int, props: Props) -> None:
        text = self._joined(props.depth) + text
        if props.ends_row:
            gone = at in self.printed.deleted or (at in self.printed.hidden and self.nest.is_blank(props.depth))
            self.nest.end_row(props.depth, partial(shape_row, shape=props.row), gone)
            return
        ends_cell = props.ends_cell or (props.depth == 1 and mark == "\x07")
        if mark == "\r" and at in self.printed.deleted and not ends_cell:
            self.pending = (text, props)
            return
        self.nest.line(props.depth, self._line(text, props))
        if ends_cell:
            self.nest.end_cell(props.depth)

    def _joined(self, depth: int) -> str:
        """The text of a paragraph whose mark is deleted, for the next one at its depth; where there is none it stands alone."""
        if self.pending is None:
            return ""
        (text, props), self.pending = self.pending, None
        if props.depth == depth:
            return text
        self.nest.line(props.depth, self._line(text, props))
        return ""

    def _line(self, text: str, props: Props) -> Line:
        return Line(self._label(props.member, text) + text, bool(props.member.heading))

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
