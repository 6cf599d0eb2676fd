"""Binary workbooks (XLS, and ET of WPS) by calamine; what it does not tell is read off the records: error values and hidden rows."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

import olefile
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetVisibleEnum

from extract.cells import MAX_CELLS, Range, Sheet, Value, printed
from extract.errors import Encrypted, TooComplex, Unreadable
from extract.kind import OLE_DAMAGE

_BOF, _EOF, _FORMULA, _ERROR, _ROW, _COLUMNS, _LOCKED = 0x0809, 0x000A, 0x0006, 0x0205, 0x0208, 0x007D, 0x002F
_CELLS = frozenset((0x0006, 0x00FD, 0x0203, 0x027E, 0x0204, 0x0205, 0x00D6))
_MANY = 0x00BD
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
_AREA = 4_000_000
"""The most slots between the first and the last cell of a sheet: calamine keeps each of them."""


@dataclass(slots=True)
class _Notes:
    """What the records of one sheet say beyond calamine."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    rows: int = 0
    columns: int = 0


def read_sheets(content: bytes) -> list[Sheet]:
    """The worksheets of an XLS or ET. Raises Unreadable, Encrypted or TooComplex."""
    notes = _notes(content)
    if any(each.rows * each.columns > _AREA for each in notes):
        raise TooComplex(f"a sheet with cells more than {_AREA} slots apart")
    try:
        with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
            return [_sheet(book, at, notes) for at in range(len(book.sheet_names)) if "WorkSheet" in str(book.sheets_metadata[at].typ)]
    except PasswordError as error:
        raise Encrypted("the workbook is locked with a password") from error
    except (CalamineError, OSError, ValueError) as error:
        raise Unreadable(f"damaged workbook: {error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable(f"damaged workbook: {error}") from error


def _sheet(book: CalamineWorkbook, at: int, notes: list[_Notes]) -> Sheet:
    about = book.sheets_metadata[at]
    sheet = Sheet(about.name, about.visible != SheetVisibleEnum.Visible)
    table = book.get_sheet_by_index(at)
    _fill(sheet, table)
    if at < len(notes):
        sheet.hidden_rows, sheet.hidden_columns = notes[at].hidden_rows, notes[at].hidden_columns
        for place, text in notes[at].errors.items():
            sheet.put(*place, Value(text, unreadable=True))
    return sheet


def _fill(sheet: Sheet, table: CalamineSheet) -> None:
    if table.start is None:
        return
    if table.height * table.width > _AREA:
        raise TooComplex(f"a sheet of {table.height} × {table.width} cells")
    top, left = table.start
    for r, row in enumerate(table.to_python(skip_empty_area=True)):
        for c, value in enumerate(row):
            if value != "":
                sheet.put(top + r, left + c, Value(printed(value)))
    sheet.merged = [Range(*first, *last) for first, last in table.merged_cell_ranges or ()]
    if len(sheet.merged) > MAX_CELLS // 10:
        raise TooComplex(f"a sheet with {len(sheet.merged)} merged ranges")


def _stream(content: bytes) -> bytes:
    if not content.startswith(b"\xd0\xcf\x11\xe0"):
        return content
    try:
        with olefile.OleFileIO(BytesIO(content)) as ole:
            name = next((each for each in ("Workbook", "Book") if ole.exists(each)), None)
            if ole.exists("EncryptedPackage"):
                raise Encrypted("the workbook is locked with a password")
            if name is None:
                raise Unreadable("an OLE file without a workbook")
            return ole.openstream(name).read()
    except OLE_DAMAGE as error:
        raise Unreadable(f"damaged workbook: {error}") from error


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        code, size = struct.unpack_from("<HH", stream, at)
        yield code, stream[at + 4 : at + 4 + size]
        at += 4 + size


def _notes(content: bytes) -> list[_Notes]:
    """One for each substream of cells, in the order of the sheets in the stream."""
    found: list[_Notes] = []
    depth = 0
    for code, body in _records(_stream(content)):
        if code == _BOF and len(body) >= 4:
            depth += 1
            if depth == 1 and struct.unpack_from("<H", body, 2)[0] == 0x0010:
                found.append(_Notes())
        elif code == _EOF:
            depth = max(0, depth - 1)
        elif code == _LOCKED and not found and body[:2] != b"\0\0":
            raise Encrypted("the workbook is locked with a password")
        elif found and depth == 1:
            _note(found[-1], code, body)
    return found


def _note(notes: _Notes, code: int, body: bytes) -> None:
    if code in _CELLS and len(body) >= 6:
        row, column = struct.unpack_from("<HH", body)
        notes.rows, notes.columns = max(notes.rows, row + 1), max(notes.columns, column + 1)
        if code == _ERROR and len(body) >= 8 and body[7]:
            notes.errors[row, column] = _ERRORS.get(body[6], "#ERROR")
        elif code == _FORMULA and len(body) >= 14 and body[6] == 2 and body[12:14] == b"\xff\xff":
            notes.errors[row, column] = _ERRORS.get(body[8], "#ERROR")
    elif code == _MANY and len(body) >= 6:
        notes.rows = max(notes.rows, struct.unpack_from("<H", body)[0] + 1)
        notes.columns = max(notes.columns, struct.unpack_from("<H", body, len(body) - 2)[0] + 1)
    elif code == _ROW and len(body) >= 14 and body[12] & 0x20:
        notes.hidden_rows.add(struct.unpack_from("<H", body)[0])
    elif code == _COLUMNS and len(body) >= 10 and body[8] & 1:
        first, last = struct.unpack_from("<HH", body)
        notes.hidden_columns.update(range(first, min(last, 255) + 1))
