"""XML Spreadsheet 2003, what many systems write under the name of an XLS."""

from __future__ import annotations

from lxml import etree

from extract import markup
from extract.cells import Range, Sheet, Value, printed
from extract.markup import attribute, child, children, local, number

_MAX_ROW, _MAX_COLUMN = 1 << 20, 1 << 14


def read_sheets(content: bytes) -> list[Sheet]:
    """The worksheets. Raises Unreadable or TooComplex."""
    root = markup.parse(content.lstrip(b"\xef\xbb\xbf \t\r\n"), "the XML spreadsheet")
    return [_sheet(each) for each in root if local(each) == "Worksheet"]


def _sheet(element: etree._Element) -> Sheet:
    visible = child(element, "WorksheetOptions", "Visible")
    sheet = Sheet(attribute(element, "Name") or "", visible is not None and (visible.text or "").strip() != "SheetVisible")
    row, column = -1, -1
    for each in children(element, "Table"):
        if local(each) == "Column":
            column = number(each, "Index", column + 2) - 1
            span = min(max(0, number(each, "Span", 0)), _MAX_COLUMN)
            if attribute(each, "Hidden") == "1":
                sheet.hide_columns(column, column + span)
            column += span
        elif local(each) == "Row":
            row = min(number(each, "Index", row + 2) - 1, _MAX_ROW)
            if attribute(each, "Hidden") == "1":
                sheet.hide_rows(row, row)
            _row(sheet, row, each)
            row += max(0, number(each, "Span", 0))
    return sheet


def _row(sheet: Sheet, row: int, element: etree._Element) -> None:
    column = -1
    for cell in element:
        if local(cell) != "Cell":
            continue
        column = min(number(cell, "Index", column + 2) - 1, _MAX_COLUMN)
        across = min(max(0, number(cell, "MergeAcross", 0)), _MAX_COLUMN)
        down = min(max(0, number(cell, "MergeDown", 0)), _MAX_ROW)
        if across or down:
            sheet.merged.append(Range(row, column, row + down, column + across))
        data = child(cell, "Data")
        if data is not None:
            sheet.put(row, column, _value(data))
        column += across


def _value(data: etree._Element) -> Value:
    text = "".join(str(piece) for piece in data.itertext())
    kind = attribute(data, "Type") or "String"
    if kind == "Number":
        try:
            return Value(printed(float(text)))
        except ValueError:
            return Value(text, unreadable=True)
    if kind == "DateTime":
        return Value(text.partition("T")[0] if text.endswith("T00:00:00.000") else text)
    if kind == "Boolean":
        return Value(printed(text.strip() == "1"))
    return Value(text, unreadable=kind == "Error")
