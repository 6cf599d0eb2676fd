"""RTF: text in its code pages, tables by row definitions, deleted and hidden text left out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from extract import flow
from extract.codepages import codec
from extract.doc_row import RowShape, shape_row
from extract.document import Document
from extract.errors import TooComplex, Unreadable
from extract.flow import Item, Line
from extract.nest import Nest
from extract.rtf_words import ASIAN, CHARSETS, LOUD, PRINTED, QUIET_LOUD, SEALED, SILENT, SYMBOLS

_TOKEN = re.compile(rb"\\([A-Za-z]{1,32})(-?[0-9]{1,10})? ?|\\'([0-9A-Fa-f]{2})|\\(.)|([{}])|[\r\n]+|([^\\{}\r\n]+)|(\\)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f]")
_MAX_GROUPS = 2000
_MAX_TOKENS = 2_000_000


@dataclass(slots=True)
class State:
    """What a group inherits and restores: whether text shows, the font, how many stand-ins follow a \\u, where tables are."""

    silent: bool = False
    sealed: bool = False
    heading: bool = False
    hidden: bool = False
    deleted: bool = False
    title: bool = False
    fonts: bool = False
    label: bool = False
    starred: bool = False
    font: int = -1
    skip: int = 1
    in_table: bool = False
    depth: int = 0
    story: Story | None = None


@dataclass(slots=True)
class Story:
    """The body, a text box or a footnote under construction."""

    nest: Nest = field(default_factory=lambda: Nest(partial(shape_row, shape=None)))
    line: list[str] = field(default_factory=list)

    def items(self) -> list[Item]:
        """Everything written so far."""
        self.nest.close(0)
        last = [Line(join(self.line))] if self.line else []
        return [*self.nest.body, *last]


def join(texts: list[str]) -> str:
    """The texts as one, with surrogate halves written one by one paired again."""
    return "".join(texts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


@dataclass(slots=True)
class Row:
    """A row definition under construction."""

    left: int = 0
    edges: list[int] = field(default_factory=list)
    bits: list[int] = field(default_factory=list)
    bit: int = 0

    def cell(self, right: int) -> None:
        """The cell just described ends there."""
        self.edges.append(right)
        self.bits.append(self.bit)
        self.bit = 0

    def shape(self) -> RowShape | None:
        """The definition as the binary format has it."""
        return RowShape([min(self.left, self.edges[0] - 1), *self.edges], list(self.bits)) if self.edges else None


_MERGES = {"clmgf": 1, "clmrg": 2, "clvmgf": 0x60, "clvmrg": 0x20}


@dataclass(slots=True)
class Reader:
    """One RTF file on its way from tokens to items."""

    content: bytes
    state: State = field(default_factory=State)
    stack: list[State] = field(default_factory=list)
    pages: dict[int, str] = field(default_factory=dict)
    """Font number → its encoding."""
    page: str = "cp1252"
    pending: bytearray = field(default_factory=bytearray)
    """Bytes of a code page, not decoded yet."""
    stand_ins: int = 0
    row: Row = field(default_factory=Row)
    title: list[str] = field(default_factory=list)
    asides: list[Story] = field(default_factory=list)
    defining: int = -1

    def items(self) -> list[Item]:
        """Everything that the file prints: the body, then text boxes and notes."""
        body = Story()
        self.state.story = body
        at = count = 0
        while match := _TOKEN.match(self.content, at):
            at = match.end() + self._token(match)
            count += 1
            if count > _MAX_TOKENS:
                raise TooComplex(f"an RTF file of more than {_MAX_TOKENS} words")
        self._flush()
        return [*body.items(), *(item for aside in self.asides for item in aside.items())]

    def _token(self, match: re.Match[bytes]) -> int:
        """Acts on one token; returns how many bytes of binary data follow it."""
        word, parameter, code, symbol, brace, text, _ = match.groups()
        if code or text:
            self._bytes(bytes([int(code, 16)]) if code else text, literal=bool(text))
        elif brace:
            self._flush()
            self._open() if brace == b"{" else self._close()
        elif symbol is not None:
            self._symbol(symbol)
        elif word:
            self._flush()
            name, value = word.decode(), int(parameter) if parameter else None
            if name == "bin":
                return max(0, value or 0)
            self._word(name, value)
        return 0

    def _open(self) -> None:
        if len(self.stack) >= _MAX_GROUPS:
            raise TooComplex(f"groups are nested more than {_MAX_GROUPS} deep")
        self.stack.append(self.state)
        self.state = replace(self.state, starred=False)
        self.stand_ins = 0

    def _close(self) -> None:
        if self.stack:
            if self.state.label and not self.stack[-1].label and self.state.story and self.state.story.line[-1:] == ["\t"]:
                self.state.story.line.pop()
            self.state = self.stack.pop()
        self.stand_ins = 0

    def _symbol(self, symbol: bytes) -> None:
        if symbol == b"*":
            self.state.starred = True
        elif symbol in SYMBOLS:
            self._flush()
            self._write(SYMBOLS[symbol])
        elif symbol in b"\r\n":
            self._word("par", None)

    def _bytes(self, raw: bytes, literal: bool) -> None:
        if self.state.fonts and literal:
            return
        while self.stand_ins and raw:
            raw, self.stand_ins = raw[1:], self.stand_ins - 1
        self.pending += raw

    def _flush(self) -> None:
        """Decodes what has gathered; a lone lead byte waits for its second byte only until the next control word."""
        if self.pending:
            raw, self.pending = bytes(self.pending), bytearray()
            self._write(self._decoded(raw))

    def _decoded(self, raw: bytes) -> str:
        if raw.isascii():
            return raw.decode("ascii")
        encoding = self.pages.get(self.state.font, self.page)
        if encoding == "cp1252" and self.page in ASIAN:
            try:
                return raw.decode(self.page)
            except UnicodeDecodeError:
                pass
        return raw.decode(encoding, "replace")

    def _write(self, text: str) -> None:
        state = self.state
        text = _CONTROL.sub("", text)
        if state.title:
            self.title.append(text)
        elif not (state.silent or state.hidden or state.deleted) and state.story:
            state.story.line.append(text)

    def _word(self, name: str, value: int | None) -> None:
        if name == "u":
            if value is not None:
                self.stand_ins = self.state.skip
                self._write(chr(value & 0xFFFF))
            return
        if name in PRINTED:
            self._write(PRINTED[name])
        elif name in SEALED or name in SILENT or name in LOUD or self.state.starred or name in ("footnote", "annotation"):
            self._destination(name)
        elif action := _ACTIONS.get(name):
            action(self, value)

    def _destination(self, name: str) -> None:
        state = self.state
        starred, state.starred = state.starred, False
        state.fonts = name == "fonttbl" or (state.fonts and not starred)
        state.label = state.label or name in ("listtext", "pntext")
        state.title = name == "title"
        state.sealed = state.sealed or name in SEALED
        if state.sealed:
            state.silent = True
        elif name in LOUD and name not in QUIET_LOUD:
            state.silent = False
        elif name in SILENT or (starred and name not in LOUD):
            state.silent = True
        if name in ("shptxt", "dptxbxtext", "footnote") and not state.sealed:
            self.asides.append(Story())
            state.story, state.in_table, state.depth, state.silent = self.asides[-1], False, 0, False

    def _break(self, _: int | None) -> None:
        if self.state.silent or self.state.story is None or (self.state.deleted and not self.state.in_table):
            return
        story = self.state.story
        story.nest.line(self._depth(), Line(join(story.line), self.state.heading))
        story.line = []

    def _depth(self) -> int:
        return max(self.state.depth, 1) if self.state.in_table else 0

    def _end_cell(self, depth: int) -> None:
        if self.state.story and not self.state.silent:
            story = self.state.story
            story.nest.line(depth, Line(join(story.line)))
            story.line = []
            story.nest.end_cell(depth)

    def _end_row(self, depth: int) -> None:
        if self.state.story:
            self.state.story.nest.end_row(depth, partial(shape_row, shape=self.row.shape()))


def _set(**values: object) -> Callable[[Reader, int | None], None]:
    def action(reader: Reader, _: int | None) -> None:
        reader.state = replace(reader.state, **values)  # type: ignore[arg-type]  # names and types are those of the table below

    return action


def _toggle(name: str) -> Callable[[Reader, int | None], None]:
    return lambda reader, value: setattr(reader.state, name, value != 0)


def _font(reader: Reader, value: int | None) -> None:
    reader.state.font = value or 0
    reader.defining = value or 0


def _charset(reader: Reader, value: int | None) -> None:
    if reader.state.fonts and value is not None:
        reader.pages[reader.defining] = CHARSETS.get(value, "cp1252")


def _font_page(reader: Reader, value: int | None) -> None:
    if reader.state.fonts and value is not None:
        reader.pages[reader.defining] = codec(value)


def _page(reader: Reader, value: int | None) -> None:
    reader.page = codec(value or 0)


def _skip(reader: Reader, value: int | None) -> None:
    reader.state.skip = max(0, 1 if value is None else value)


def _depth(reader: Reader, value: int | None) -> None:
    reader.state.depth = min(max(0, value or 0), flow.MAX_DEPTH + 2)
    reader.state.in_table = reader.state.in_table or bool(value)


def _row(reader: Reader, _: int | None) -> None:
    reader.row = Row()


def _left(reader: Reader, value: int | None) -> None:
    reader.row.left = value or 0


def _edge(reader: Reader, value: int | None) -> None:
    reader.row.cell(value or 0)


def _merge(bit: int) -> Callable[[Reader, int | None], None]:
    def action(reader: Reader, _: int | None) -> None:
        reader.row.bit |= bit

    return action


_ACTIONS: dict[str, Callable[[Reader, int | None], None]] = {
    "par": Reader._break,
    "sect": Reader._break,
    "page": Reader._break,
    "column": Reader._break,
    "cell": lambda reader, _: reader._end_cell(1),
    "nestcell": lambda reader, _: reader._end_cell(max(2, reader.state.depth)),
    "row": lambda reader, _: reader._end_row(1),
    "nestrow": lambda reader, _: reader._end_row(max(2, reader.state.depth)),
    "pard": _set(in_table=False, depth=0, heading=False),
    "outlinelevel": _set(heading=True),
    "plain": _set(hidden=False, deleted=False),
    "intbl": _set(in_table=True),
    "v": _toggle("hidden"),
    "deleted": _toggle("deleted"),
    "f": _font,
    "deff": lambda reader, value: setattr(reader.state, "font", value or 0),
    "fcharset": _charset,
    "cpg": _font_page,
    "ansicpg": _page,
    "mac": lambda reader, _: _page(reader, 10000),
    "uc": _skip,
    "itap": _depth,
    "trowd": _row,
    "trleft": _left,
    "cellx": _edge,
    **{name: _merge(bit) for name, bit in _MERGES.items()},
}


def read(content: bytes) -> Document:
    """An RTF file. Raises Unreadable or TooComplex."""
    start = content.find(b"{\\rtf")
    if start < 0:
        raise Unreadable("not an RTF file")
    reader = Reader(content[start:])
    items = reader.items()
    title = join(reader.title).strip() or None
    return Document("rtf", flow.blocks(items, "rtf"), title, {"title": title} if title else {})
