"""RTF specimens in the ways of Word, WPS and LibreOffice."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.corpus.generate.model import Specimen, Table
from tests.corpus.generate.office import Part, stored_rows

_WIDTH = 900


@dataclass(frozen=True, slots=True)
class Dialect:
    """How text is encoded and what else stands in the file."""

    text: str = "unicode"
    """unicode: \\uN with a stand-in; bytes: \\'xx in GBK; doubled: \\uN with both GBK bytes as stand-ins; raw: GBK bytes as they are."""
    late: bool = False
    """Row definitions after the cells, as Word repeats them."""
    tracked: bool = False
    hidden: bool = False
    fields: bool = False
    nested: bool = False
    listed: bool = False
    """Headings numbered by lists, their labels in \\listtext."""
    horizontal: bool = False
    chaff: bool = False
    """Headers, footers, pictures, binary data and unknown destinations that hold other figures."""


DIALECTS: dict[str, Dialect] = {
    "plain": Dialect(),
    "bytes": Dialect(text="bytes"),
    "doubled": Dialect(text="doubled"),
    "raw": Dialect(text="raw"),
    "late": Dialect(late=True),
    "tracked": Dialect(tracked=True),
    "hidden": Dialect(hidden=True),
    "fields": Dialect(fields=True),
    "nested": Dialect(nested=True),
    "listed": Dialect(listed=True),
    "merged": Dialect(horizontal=True),
    "chaff": Dialect(chaff=True, text="bytes"),
}


class Writer:
    """Writes one specimen in one dialect."""

    def __init__(self, dialect: Dialect, seed: int) -> None:
        self.dialect = dialect
        self.rng = random.Random(seed)

    def text(self, text: str) -> bytes:
        """Text in the dialect's encoding."""
        return b"".join(self._letter(letter) for letter in text)

    def _letter(self, letter: str) -> bytes:
        if letter == "\n":
            return b"\\line "
        if ord(letter) < 0x80:
            return (b"\\" if letter in "\\{}" else b"") + letter.encode()
        raw = letter.encode("gb18030")
        escaped = b"".join(b"\\'%02x" % byte for byte in raw)
        code = ord(letter) if ord(letter) < 0x8000 else ord(letter) - 0x10000
        if self.dialect.text == "raw":
            return raw
        if self.dialect.text == "bytes":
            return escaped
        return b"\\uc%d\\u%d" % (len(raw), code) + escaped if self.dialect.text == "doubled" else b"\\u%d?" % code

    def figure(self, text: str) -> bytes:
        """A figure, with what the dialect does to it."""
        wrong = str(self.rng.randint(1, 9999)).encode()
        inner = self.text(text)
        if self.dialect.tracked and self.rng.random() < 0.4:
            return b"{\\deleted\\revauthdel1 " + wrong + b"}{\\revised\\revauth1 " + inner + b"}"
        if self.dialect.hidden and self.rng.random() < 0.4:
            return b"{\\v " + wrong + b"}\\v " + wrong + b"\\v0 " + inner
        if self.dialect.fields and self.rng.random() < 0.4:
            return b"{\\field{\\*\\fldinst { =SUM(" + wrong + b") }}{\\fldrslt {" + inner + b"}}}"
        return inner

    def paragraph(self, text: str) -> bytes:
        """One paragraph; section headings get their number as a list label where the dialect says so."""
        if self.dialect.listed and text[1:2] == "、" and text[0] in "一二三四五六":
            return b"\\pard{\\listtext\\pard\\plain " + self.text(text[:2]) + b"\\tab}\\ls1\\ilvl0 " + self.text(text[2:]) + b"\\par\n"
        return b"\\pard\\plain\\f0 " + self.text(text) + b"\\par\n"

    def definition(self, line: list[Part]) -> bytes:
        """\\trowd to the last \\cellx."""
        cells = [b"\\trowd\\trgaph108\\trleft0"]
        for part in line:
            down = b"\\clvmrg" if part.continues else (b"\\clvmgf" if part.box.rowspan > 1 else b"")
            if self.dialect.horizontal and part.box.colspan > 1:
                for at in range(part.box.colspan):
                    across = b"\\clmrg" if at else b"\\clmgf"
                    cells.append(down + across + b"\\clbrdrt\\brdrs\\cellx%d" % ((part.column + at + 1) * _WIDTH))
            else:
                cells.append(down + b"\\clbrdrt\\brdrs\\cellx%d" % ((part.column + part.box.colspan) * _WIDTH))
        return b"".join(cells) + b"\n"

    def table(self, table: Table) -> bytes:
        """One table, as the one cell of another where the dialect nests."""
        depth = 2 if self.dialect.nested else 1
        cell_end, row_end = (b"\\nestcell", b"\\nestrow") if depth == 2 else (b"\\cell", b"\\row")
        start = b"\\pard\\intbl\\itap2 " if depth == 2 else b"\\pard\\intbl "
        rows = []
        for line in stored_rows(table):
            cells = b""
            for part in line:
                inner = b"" if part.continues else (self.figure(part.box.text) if part.box.key else self.text(part.box.text))
                cells += start + inner + cell_end + b"\n"
                if self.dialect.horizontal:
                    cells += (start + cell_end) * (part.box.colspan - 1)
            defined = self.definition(line)
            if depth == 2:
                rows.append(cells + b"{\\*\\nesttableprops" + defined + row_end + b"}{\\nonesttables\\par}\n")
            else:
                rows.append(cells + b"{" + defined + row_end + b"}\n" if self.dialect.late else defined + cells + row_end + b"\n")
        body = b"".join(rows)
        if depth == 2:
            return b"\\trowd\\cellx14000 \\pard\\intbl " + body + b"\\pard\\intbl \\cell\\row\n"
        return body


_CHAFF = (
    b"{\\header\\pard 77\\par}{\\footer\\pard\\plain 88\\par}{\\*\\generator x 99;}{\\pict\\pngblip\\bin6 }{}{}}}"
    b"{\\*\\pgdsctbl{\\pgdsc0 12}}{\\object\\objemb{\\*\\objdata 0105}{\\result {}}}{\\xe 55}\n"
)


def draw(specimen: Specimen, dialect: Dialect = DIALECTS["plain"]) -> bytes:
    """The specimen as RTF."""
    writer = Writer(dialect, specimen.year)
    fonts = b"{\\fonttbl{\\f0\\fnil\\fcharset134 \\'cb\\'ce\\'cc\\'e5;}{\\f1\\froman\\fcharset0 Times New Roman;}}"
    head = b"{\\rtf1\\ansi\\ansicpg936\\deff0\\uc1" + fonts + b"{\\colortbl;\\red0\\green0\\blue0;}"
    head += b"{\\info{\\title " + writer.text(specimen.title) + b"}{\\author x}}\n"
    body = [writer.paragraph(block) if isinstance(block, str) else writer.table(block) for block in specimen.blocks]
    return head + (_CHAFF if dialect.chaff else b"") + b"".join(body) + b"}"


def variants() -> dict[str, Callable[[Specimen], bytes]]:
    """Every dialect by name."""

    def drawer(dialect: Dialect) -> Callable[[Specimen], bytes]:
        return lambda specimen: draw(specimen, dialect)

    return {name: drawer(dialect) for name, dialect in DIALECTS.items()}
