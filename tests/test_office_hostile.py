"""Office files made to exhaust their reader: each ends at a limit, quickly and by name."""

from __future__ import annotations

import random
import struct
import time
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest

from extract import doc, odt, rtf, sheet, word, wordml
from extract.numbering import chinese, roman, spelled
from tests.corpus.generate import doc as drawn
from tests.corpus.generate import docx, xlsx
from tests.corpus.generate.cfb import compound
from tests.corpus.generate.office import zipped
from tests.office import survives

_SECONDS = 8.0
"""Of processor time, on the slowest machine that runs these tests."""


def _streams(*paragraphs: str) -> dict[str, bytes]:
    writer = drawn.Writer(drawn.DIALECTS["plain"], random.Random(1))
    for text in paragraphs:
        writer.write(text)
        writer.end("\r")
    return writer.streams()


def _pointing(streams: dict[str, bytes], where: int, structure: bytes) -> bytes:
    """The file with one entry of its information block pointing to another structure."""
    main, table = bytearray(streams["WordDocument"]), streams["1Table"]
    struct.pack_into("<II", main, where, len(table), len(structure))
    return compound({"WordDocument": bytes(main), "1Table": table + structure})


def _many_pages() -> bytes:
    """A million entries that all point to one page of properties."""
    count = 200_000
    return _pointing(_streams("年报"), 0x102, struct.pack(f"<{count + 1}I", *range(count + 1)) + struct.pack("<I", 5) * count)


def _many_pieces() -> bytes:
    """Fifty thousand pieces, each the whole text again."""
    count = 50_000
    plc = struct.pack(f"<{count + 1}i", *range(0, 200 * (count + 1), 200)) + struct.pack("<HIH", 0, 2048, 0) * count
    return _pointing(_streams("年报" * 200), 0x1A2, b"\x02" + struct.pack("<I", len(plc)) + plc)


def _circular_styles() -> bytes:
    """Sixty thousand styles, each based on the next."""
    count = 60_000
    styles = b"".join(
        struct.pack("<HHHHHHHH", 18, 0, 1 | (at + 1) % 4000 << 4, 1, 0, 0, 0, 0) + struct.pack("<HH", 0, 0) for at in range(count)
    )
    return _pointing(_streams("年报"), 0xA2, struct.pack("<HHH", 18, count, 10) + bytes(14) + styles)


def _merges() -> bytes:
    """Fifty thousand merged ranges of a hundred thousand rows each."""
    cells = "".join(f'<row r="{r}"><c r="A{r}"><v>1</v></c><c r="B{r}"><v>1</v></c></row>' for r in range(1, 1000))
    merges = "".join(f'<mergeCell ref="A{r}:B{100_000 + r}"/>' for r in range(1, 50_000))
    page = f'<worksheet xmlns="{xlsx.MAIN}"><sheetData>{cells}</sheetData><mergeCells>{merges}</mergeCells></worksheet>'
    return xlsx.workbook([page], [])


def _hidden_columns() -> bytes:
    """Every column hidden, a hundred thousand times."""
    columns = '<col min="1" max="16384" hidden="1"/>' * 100_000
    return xlsx.workbook([f'<worksheet xmlns="{xlsx.MAIN}"><cols>{columns}</cols><sheetData/></worksheet>'], [])


def _one_sheet_many_times() -> bytes:
    """A workbook that lists the same sheet a thousand times."""
    rows = "".join(f'<row r="{r}"><c r="A{r}"><v>1</v></c><c r="B{r}"><v>1</v></c></row>' for r in range(1, 3000))
    page = f'<worksheet xmlns="{xlsx.MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    book = xlsx.workbook([page], [])
    listed = "".join(f'<sheet name="{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, 1001))
    names = {"xl/workbook.xml": f'<workbook xmlns="{xlsx.MAIN}" xmlns:r="{docx.OFFICE}"><sheets>{listed}</sheets></workbook>'}
    with zipfile.ZipFile(BytesIO(book)) as archive:
        parts: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
    return zipped(parts | names)


def _grid_spans() -> bytes:
    """Cells that claim to be two thousand million columns wide."""
    cell = '<w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr><w:p/></w:tc><w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc>'
    table = f"<w:tbl>{f'<w:tr>{cell}</w:tr>' * 2000}</w:tbl>"
    return docx.package(f'<w:document xmlns:w="{docx.TRANSITIONAL}"><w:body>{table}</w:body></w:document>')


_HOSTILE: dict[str, tuple[Callable[[bytes], object], Callable[[], bytes]]] = {
    "property pages": (doc.read, _many_pages),
    "pieces": (doc.read, _many_pieces),
    "styles": (doc.read, _circular_styles),
    "merges": (sheet.read, _merges),
    "hidden columns": (sheet.read, _hidden_columns),
    "one sheet": (sheet.read, _one_sheet_many_times),
    "grid spans": (word.read_docx, _grid_spans),
    "rtf words": (rtf.read, lambda: b"{\\rtf1 " + b"\\b " * 5_000_000),
    "odt depth": (odt.read, lambda: zipped({"content.xml": "<a>" * 9000})),
    "entities": (
        wordml.read,
        lambda: (
            b"<!DOCTYPE a [<!ENTITY a 'x'>]><w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'>&a;</w:wordDocument>"
        ),
    ),
}


@pytest.mark.parametrize("name", sorted(_HOSTILE))
def test_what_is_made_to_exhaust_ends_at_a_limit(name: str) -> None:
    """A clear error, or a document, within seconds."""
    read, make = _HOSTILE[name]
    content = make()
    start = time.process_time()
    assert survives(read, content)
    assert time.process_time() - start < _SECONDS


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (3, "chineseCounting", "三"), (10, "chineseCountingThousand", "十"), (21, "japaneseCounting", "二十一"),
        (105, "chineseCounting", "一百零五"), (110, "chineseCounting", "一百一十"), (4, "decimalEnclosedCircle", "④"),
        (2, "ideographTraditional", "乙"), (7, "decimalZero", "07"),
        (28, "upperLetter", "BB"), (14, "lowerRoman", "xiv"), (12, "decimalFullWidth", "１２"), (5, "bullet", ""), (9, "unheardOf", "9"),
        (2_000_000_000, "upperRoman", "2000000000"), (3, "ideographEnclosedCircle", "㈢"),
    ],
)  # fmt: skip
def test_counters_are_spelled_as_word_prints_them(value: int, style: str, text: str) -> None:
    """Each number format of lists, and numbers beyond any of them."""
    assert spelled(value, style) == text


def test_spelled_numbers_are_unlike_each_other() -> None:
    """No two counters of a list look the same."""
    assert len({chinese(value) for value in range(1000)}) == 1000
    assert len({roman(value) for value in range(1, 500)}) == 499
