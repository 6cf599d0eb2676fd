"""Workbooks: XLSX, XLS, and what they hide."""

from __future__ import annotations

import struct
from io import BytesIO

import openpyxl
import pytest
import xlwt

from extract import sheet
from extract.cells import printed
from extract.document import Cell, Document
from extract.errors import Encrypted, ReadError, TooComplex, Unreadable
from tests.corpus.generate import xls, xlsx
from tests.corpus.generate.model import specimen
from tests.office import expected, prose, read_prose, read_slots

_DRAWN = {f"xlsx {name}": draw for name, draw in xlsx.variants().items()} | {f"xls {name}": draw for name, draw in xls.variants().items()}


def _book(fill: dict[str, object], formats: dict[str, str] | None = None) -> bytes:
    book = openpyxl.Workbook()
    active = book.active
    assert active is not None
    for spot, value in fill.items():
        active[spot] = value
    for spot, style in (formats or {}).items():
        active[spot].number_format = style
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _cells(document: Document) -> list[Cell]:
    return [cell for grid in document.grids() for cell in grid.cells()]


@pytest.mark.parametrize("name", sorted(_DRAWN.keys() - {"xlsx unmerged"}))
@pytest.mark.parametrize(("seed", "edition"), [(3, "v2021"), (4, "v2019")])
def test_every_layout_gives_the_same_tables_and_text(name: str, seed: int, edition: str) -> None:
    """One sheet or many, blank rows or none, numbers or text, hidden columns, any corner: tables and text are the same."""
    one = specimen(seed, edition)
    document = sheet.read(_DRAWN[name](one))
    assert read_slots(document) == expected(one)
    assert read_prose(document) == prose(one)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (0.04, "0.04"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0.0000001"),
        (24252.311082, "24252.311082"),
        (-0.0, "-0"),
        (1e15, "1000000000000000"),
    ],
)
def test_numbers_are_printed_as_a_person_reads_them(value: float, text: str) -> None:
    """No trailing zeros, no binary noise, no exponents."""
    assert printed(value) == text


def test_dates_percentages_and_texts_keep_their_form() -> None:
    """What a number format makes of a number is what is read; digits stored as text stay text."""
    from datetime import date

    fill = {"A1": "甲", "B1": date(2025, 1, 2), "C1": 0.955, "D1": "007", "E1": 12, "F1": date(2025, 1, 22)}
    document = sheet.read(_book(fill, {"C1": "0.0%", "E1": '0"件"', "F1": 'yyyy"年"m"月"d"日"'}))
    assert [cell.text for cell in _cells(document)] == ["甲", "2025-01-02", "95.5%", "007", "12", "2025年1月22日"]


def test_errors_and_unsaved_formulas_are_unreadable_not_blank() -> None:
    """An error value, and a formula whose result was never saved, are openly unread."""
    first, error, formula, number = _cells(sheet.read(_book({"A1": "甲", "B1": "#N/A", "C1": "=1+1", "D1": 5})))
    assert (first.unreadable, error.unreadable, formula.unreadable, number.unreadable) == (False, True, True, False)
    assert formula.text == "=1+1"


def _old(fill: dict[tuple[int, int], tuple[object, str]]) -> bytes:
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    for (row, column), (value, style) in fill.items():
        page.write(row, column, value, xlwt.easyxf(num_format_str=style))
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def test_old_workbooks_show_numbers_by_their_formats() -> None:
    """Dates, percentages, plain and hundredth numbers of an XLS read like those of an XLSX."""
    from datetime import date

    values = [("甲", "General"), (date(2025, 1, 22), "yyyy-mm-dd"), (0.955, "0.0%"), (1234.56, "0.00"), (-7, "General"), (True, "General")]
    document = sheet.read(_old({(0, column): value for column, value in enumerate(values)}))
    assert [cell.text for cell in _cells(document)] == ["甲", "2025-01-22", "95.5%", "1234.56", "-7", "TRUE"]


def test_strings_that_run_over_many_records_are_whole() -> None:
    """Shared strings longer than a record, wide and narrow by turns, come back letter by letter."""
    texts = [("政府信息公开" * 900), "a" * 9000, "公" * 8223, "b", "开" + "c" * 20000]
    document = sheet.read(_old({(row, column): (text, "General") for row, text in enumerate(texts) for column in (0, 1)}))
    assert [cell.text for cell in _cells(document)] == [text for text in texts for _ in range(2)]


def test_a_locked_old_workbook_says_so() -> None:
    """A FILEPASS record of any kind means a password."""
    whole = bytearray(_old({(0, 0): ("甲", "General")}))
    at = whole.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    size = struct.unpack_from("<H", whole, at + 2)[0]
    struct.pack_into("<HH", whole, at + 4 + size, 0x2F, 6)
    with pytest.raises(Encrypted):
        sheet.read(bytes(whole))


def test_error_values_of_old_workbooks_are_unreadable_not_blank() -> None:
    """#DIV/0! is no blank cell."""
    book = xlwt.Workbook()
    page = book.add_sheet("a")
    page.write(0, 0, "甲")
    page.row(0).set_cell_error(1, "#DIV/0!")
    target = BytesIO()
    book.save(target)
    _, error = _cells(sheet.read(target.getvalue()))
    assert (error.text, error.unreadable) == ("#DIV/0!", True)


def test_a_hidden_sheet_comes_last() -> None:
    """What a person sees first is read first."""
    hidden, shown = (xlsx.Sheet(xlsx.DIALECTS["plain"], []) for _ in range(2))
    strings: list[str] = []
    for page, text in ((hidden, "旧"), (shown, "新")):
        page.strings = strings
        page.put(0, 0, xlsx.Box(text))
        page.put(0, 1, xlsx.Box("1"))
    document = sheet.read(xlsx.workbook([hidden.xml(), shown.xml()], strings, ["hidden", "visible"]))
    assert [cell.text for cell in _cells(document)] == ["新", "1", "旧", "1"]


def test_a_hidden_row_inside_a_merged_cell_leaves_the_rest_in_place() -> None:
    """Rows that are not shown are not read, and the cells around them stay aligned."""
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row, values in enumerate((("类", "项", "数"), ("甲", "一", 1), (None, "二", 2), (None, "三", 3)), 1):
        for column, value in enumerate(values, 1):
            page.cell(row, column, value)
    page.merge_cells("A2:A4")
    page.row_dimensions[2].hidden = True
    target = BytesIO()
    book.save(target)
    assert read_slots(sheet.read(target.getvalue())) == [[["类", "项", "数"], ["甲", "二", "2"], ["甲", "三", "3"]]]


def test_a_cell_in_the_farthest_corner_is_bounded() -> None:
    """XFD1048576 makes calamine ask for 512 GiB; here it is one cell more."""
    document = sheet.read(_book({"A1": "甲", "B1": 1, "XFD1048576": 2}))
    assert [cell.text for cell in _cells(document)][:2] == ["甲", "1"]


def test_an_empty_workbook_has_no_blocks() -> None:
    """Empty sheets, and sheets of formatted blanks, say nothing."""
    assert sheet.read(_book({})).blocks == ()


def test_too_many_cells_are_refused() -> None:
    """A row over the whole width of a sheet, thirty times, is more than a table."""
    rows = "".join(f'<row r="{r}">' + f'<c r="A{r}"><v>1</v></c><c r="XFD{r}"><v>1</v></c></row>' for r in range(1, 40))
    page = f'<worksheet xmlns="{xlsx.MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    with pytest.raises(TooComplex):
        sheet.read(xlsx.workbook([page], []))


@pytest.mark.parametrize("draw", [xlsx.draw, xls.draw])
def test_a_workbook_cut_anywhere_is_an_error_or_whole(draw: object) -> None:
    """Truncation never gives half a table in silence."""
    assert callable(draw)
    one = specimen(5)
    whole = draw(one)
    for size in range(1, len(whole) - 600, max(1, len(whole) // 40)):
        try:
            document = sheet.read(whole[:size])
        except ReadError:
            continue
        assert read_slots(document) == expected(one)


def test_other_bytes_are_unreadable() -> None:
    """A page under the name of a workbook is named for what it is."""
    with pytest.raises(Unreadable, match="html"):
        sheet.read(b"<html><body>404</body></html>")
