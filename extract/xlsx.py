"""XLSX worksheets by lxml. calamine is faster, but shows error values and unsaved formulas as blank and dies on a far corner cell."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from lxml import etree

from extract.cells import MAX_CELLS, Range, Sheet, Value, check, printed
from extract.errors import TooComplex, Unreadable
from extract.formats import Format, number_format, shown
from extract.markup import attribute, child, children, local, number
from extract.package import Package, open_package

_SPOT = re.compile(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})")


@dataclass(slots=True)
class Book:
    """What sheets share: strings, the format of each cell style, the day from which dates count."""

    strings: list[str] = field(default_factory=list)
    formats: list[Format] = field(default_factory=list)
    since_1904: bool = False


def read_sheets(content: bytes) -> list[Sheet]:
    """The worksheets of an XLSX. Raises Unreadable, Encrypted or TooComplex."""
    package = open_package(content)
    name = next((part for kind, part in package.relations("").values() if kind == "officeDocument"), "xl/workbook.xml")
    root = package.xml(name)
    if root is None or local(root) != "workbook":
        raise Unreadable("the package holds no workbook that can be read")
    relations = package.relations(name)
    book = _book(package, posixpath.dirname(name), root)
    sheets = []
    for element in children(root, "sheets"):
        kind, part = relations.get(attribute(element, "id") or "", ("", ""))
        sheet = Sheet(attribute(element, "name") or "", (attribute(element, "state") or "visible") != "visible")
        body = package.xml(part) if kind == "worksheet" else None
        if body is not None:
            _fill(sheet, body, book)
            sheets.append(sheet)
        check(sheets)
    return sheets


def _book(package: Package, folder: str, root: etree._Element) -> Book:
    properties = child(root, "workbookPr")
    strings = package.xml(posixpath.join(folder, "sharedStrings.xml"))
    return Book(
        [_string(item) for item in children(strings) if local(item) == "si"],
        _formats(package.xml(posixpath.join(folder, "styles.xml"))),
        (attribute(properties, "date1904") or "0") in ("1", "true"),
    )


def _string(item: etree._Element) -> str:
    """The text of a string, runs joined, phonetic guides left out."""
    texts = (each.text or "" for each in item.iter() if local(each) == "t" and local(_parent(each)) != "rPh")
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code.group(1), 16)), "".join(texts))


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    return element if parent is None else parent


def _formats(root: etree._Element | None) -> list[Format]:
    custom = {number(each, "numFmtId", -1): attribute(each, "formatCode") or "" for each in children(root, "numFmts")}
    return [number_format(number(each, "numFmtId", 0), custom) for each in children(root, "cellXfs")]


def _fill(sheet: Sheet, root: etree._Element, book: Book) -> None:
    for group in children(root, "cols"):
        if (attribute(group, "hidden") or "0") in ("1", "true"):
            sheet.hide_columns(max(1, number(group, "min", 1)) - 1, number(group, "max", 1) - 1)
    at = -1
    for row in children(root, "sheetData"):
        at = number(row, "r", at + 2) - 1
        if (attribute(row, "hidden") or "0") in ("1", "true"):
            sheet.hide_rows(at, at)
        _row(sheet, at, row, book)
    for merge in children(root, "mergeCells"):
        corner, _, opposite = (attribute(merge, "ref") or "").partition(":")
        start, end = spot(corner), spot(opposite or corner)
        if start and end:
            sheet.merged.append(Range(*start, *end))
    if len(sheet.merged) > MAX_CELLS // 10:
        raise TooComplex(f"a sheet with {len(sheet.merged)} merged ranges")


def _row(sheet: Sheet, at: int, row: etree._Element, book: Book) -> None:
    column = -1
    for cell in row:
        place = spot(cell.get("r") or "")
        column = place[1] if place else column + 1
        value = _value(cell, book)
        if value is not None:
            sheet.put(at, column, value)


def spot(reference: str) -> tuple[int, int] | None:
    """B3 → (2, 1); None for what is no reference."""
    match = _SPOT.fullmatch(reference)
    if not match:
        return None
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - 64
    return int(match.group(2)) - 1, column - 1


def _value(cell: etree._Element, book: Book) -> Value | None:
    kind = cell.get("t") or "n"
    if kind == "inlineStr":
        inline = child(cell, "is")
        return None if inline is None else Value(_string(inline))
    stored = child(cell, "v")
    text = stored.text if stored is not None and stored.text is not None else None
    if text is None:
        formula = child(cell, "f")
        unsaved = formula is not None and kind != "str"
        return Value("=" + ((formula.text or "") if formula is not None else ""), unreadable=True) if unsaved else None
    if kind == "s":
        return Value(book.strings[int(text)]) if text.isdigit() and int(text) < len(book.strings) else Value(text, unreadable=True)
    if kind == "b":
        return Value(printed(text.strip() == "1"))
    if kind == "n":
        return _number(text, number(cell, "s", 0), book)
    return Value(text, unreadable=kind == "e")


def _number(text: str, style: int, book: Book) -> Value:
    try:
        value = float(text)
    except ValueError:
        return Value(text, unreadable=True)
    return shown(value, book.formats[style] if style < len(book.formats) else Format(), book.since_1904)
