"""Binary workbooks → worksheets, record by record: error values stay errors, hidden rows stay hidden, a far corner costs nothing."""

from __future__ import annotations

import struct
from collections.abc import Callable
from io import BytesIO

import olefile

from extract.biff import BOF, EOF, Book, Place, Record, read_book, records, text
from extract.cells import MAX_CELLS, Range, Sheet, Value, check, printed
from extract.errors import Encrypted, TooComplex, Unreadable
from extract.formats import Format, shown
from extract.kind import OLE_DAMAGE

_STRING_RESULT = 0x0207
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def read_sheets(content: bytes) -> list[Sheet]:
    """The worksheets of an XLS or ET. Raises Unreadable, Encrypted or TooComplex."""
    stream = _stream(content)
    try:
        book = read_book(stream)
        sheets: list[Sheet] = []
        for place in book.sheets:
            sheets.append(_sheet(book, place, stream))
            check(sheets)
    except (struct.error, IndexError, OverflowError, LookupError) as error:
        raise Unreadable(f"damaged workbook: {error}") from error
    return sheets


def _stream(content: bytes) -> bytes:
    if not content.startswith(b"\xd0\xcf\x11\xe0"):
        return content
    try:
        with olefile.OleFileIO(BytesIO(content)) as ole:
            if ole.exists("EncryptedPackage"):
                raise Encrypted("the workbook is locked with a password")
            name = next((each for each in ("Workbook", "Book") if ole.exists(each)), None)
            if name is None:
                raise Unreadable("an OLE file without a workbook")
            return ole.openstream(name).read()
    except OLE_DAMAGE as error:
        raise Unreadable(f"damaged workbook: {error}") from error


def _sheet(book: Book, place: Place, stream: bytes) -> Sheet:
    """One worksheet; charts embedded in it are passed over."""
    sheet = Sheet(place.name, place.hidden)
    depth = 0
    waiting: tuple[int, int] | None = None
    for record in records(stream, place.offset):
        if record.code == BOF:
            depth += 1
        elif record.code == EOF:
            depth -= 1
            if depth <= 0:
                return sheet
        elif depth == 1 and record.code == _STRING_RESULT and waiting:
            sheet.put(*waiting, Value(text(book, record.body + b"".join(record.more), 2)))
        elif depth == 1 and record.code in _READERS:
            waiting = _READERS[record.code](sheet, book, record)
    raise Unreadable(f"the sheet {place.name} is cut short")


def _spot(body: bytes) -> tuple[int, int]:
    row, column = struct.unpack_from("<HH", body)
    return row, column


def _number(sheet: Sheet, book: Book, spot: tuple[int, int], style: int, value: float) -> None:
    how = book.formats[style] if style < len(book.formats) else Format()
    sheet.put(*spot, shown(value, how, book.since_1904))


def _label(sheet: Sheet, book: Book, record: Record) -> None:
    sheet.put(*_spot(record.body), Value(text(book, record.body[6:] + b"".join(record.more), 2)))


def _shared(sheet: Sheet, book: Book, record: Record) -> None:
    index = struct.unpack_from("<I", record.body, 6)[0]
    known = index < len(book.strings)
    sheet.put(*_spot(record.body), Value(book.strings[index] if known else f"#{index}", unreadable=not known))


def _double(sheet: Sheet, book: Book, record: Record) -> None:
    style, value = struct.unpack_from("<Hd", record.body, 4)
    _number(sheet, book, _spot(record.body), style, value)


def _packed(raw: int) -> float:
    """A number in thirty bits: an integer or the upper part of a double, perhaps in hundredths."""
    value = float(raw >> 2) if raw & 2 else struct.unpack("<d", struct.pack("<Q", (raw & 0xFFFFFFFC) << 32))[0]
    return value / 100 if raw & 1 else value


def _compact(sheet: Sheet, book: Book, record: Record) -> None:
    style, raw = struct.unpack_from("<Hi", record.body, 4)
    _number(sheet, book, _spot(record.body), style, _packed(raw))


def _several(sheet: Sheet, book: Book, record: Record) -> None:
    row, first = _spot(record.body)
    for at in range((len(record.body) - 6) // 6):
        style, raw = struct.unpack_from("<Hi", record.body, 4 + 6 * at)
        _number(sheet, book, (row, first + at), style, _packed(raw))


def _formula(sheet: Sheet, book: Book, record: Record) -> tuple[int, int] | None:
    """Enters a formula's saved result; returns its place where that is a text, which follows in a record of its own."""
    spot, body = _spot(record.body), record.body
    if body[12:14] != b"\xff\xff":
        style, value = struct.unpack_from("<Hd", body, 4)
        _number(sheet, book, spot, style, value)
    elif body[6] == 0:
        return spot
    elif body[6] in (1, 2):
        _truth(sheet, spot, body[8], error=body[6] == 2)
    return None


def _truth(sheet: Sheet, spot: tuple[int, int], value: int, error: bool) -> None:
    sheet.put(*spot, Value(_ERRORS.get(value, "#ERROR"), unreadable=True) if error else Value(printed(bool(value))))


def _truth_or_error(sheet: Sheet, _: Book, record: Record) -> None:
    _truth(sheet, _spot(record.body), record.body[6], error=bool(record.body[7]))


def _merged(sheet: Sheet, _: Book, record: Record) -> None:
    for at in range(struct.unpack_from("<H", record.body)[0]):
        top, bottom, left, right = struct.unpack_from("<4H", record.body, 2 + 8 * at)
        sheet.merged.append(Range(top, left, bottom, right))
    if len(sheet.merged) > MAX_CELLS // 10:
        raise TooComplex(f"a sheet with {len(sheet.merged)} merged ranges")


def _row(sheet: Sheet, _: Book, record: Record) -> None:
    if record.body[12] & 0x20:
        row = struct.unpack_from("<H", record.body)[0]
        sheet.hide_rows(row, row)


def _columns(sheet: Sheet, _: Book, record: Record) -> None:
    if record.body[8] & 1:
        sheet.hide_columns(*_spot(record.body))


_READERS: dict[int, Callable[[Sheet, Book, Record], tuple[int, int] | None]] = {
    0x00FD: _shared,
    0x0204: _label,
    0x00D6: _label,
    0x0203: _double,
    0x027E: _compact,
    0x00BD: _several,
    0x0006: _formula,
    0x0205: _truth_or_error,
    0x00E5: _merged,
    0x0208: _row,
    0x007D: _columns,
}
"""What each record of a sheet says; others say nothing of cells."""
