"""OpenDocument text and spreadsheets, as a package and as one flat file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from extract import flow
from extract.cells import Range, Sheet, Value, printed
from extract.document import Document
from extract.errors import Encrypted, TooComplex, Unreadable
from extract.flow import MAX_DEPTH, Box, Item, Line, Table
from extract.markup import attribute, child, local, number, parse
from extract.numbering import Lists
from extract.odt_lists import read_lists
from extract.package import open_package

MAX_REPEAT = 16384
_MAX_BOXES = 400_000
_SKIPPED = frozenset(
    ["tracked-changes", "annotation", "annotation-end", "ruby-text", "sequence-decls", "forms", "bookmark", "note-citation"]
)
_PARAGRAPHS = frozenset(["p", "h"])


@dataclass(slots=True)
class Content:
    """The parts of an OpenDocument file that matter here."""

    body: etree._Element
    hidden: set[str] = field(default_factory=set)
    """Styles whose text, rows, columns or tables do not show."""
    title: str | None = None
    lists: Lists = field(default_factory=Lists)


def open_odf(content: bytes) -> Content:
    """Raises Unreadable, Encrypted or TooComplex."""
    if content.startswith(b"PK"):
        package = open_package(content)
        manifest = package.part("META-INF/manifest.xml") or b""
        if b"encryption-data" in manifest:
            raise Encrypted("the document is locked with a password")
        roots = [root for name in ("content.xml", "styles.xml", "meta.xml") if (root := package.xml(name)) is not None]
    else:
        roots = [parse(content, "the flat file")]
    body = next((found for root in roots if (found := child(root, "body")) is not None), None)
    if body is None or not len(body):
        raise Unreadable("the OpenDocument file has no body")
    hidden = {name for root in roots for name in _hidden_styles(root)}
    return Content(body[0], hidden, next((title for root in roots if (title := _title(root))), None), read_lists(roots))


def _title(root: etree._Element) -> str | None:
    element = child(root, "meta", "title")
    return (element.text or "").strip() or None if element is not None else None


def _hidden_styles(root: etree._Element) -> Iterator[str]:
    for group in root:
        if local(group) in ("automatic-styles", "styles"):
            for style in group:
                shows = [attribute(each, "display") for each in style if local(each) in ("text-properties", "table-properties")]
                if "none" in shows or "false" in shows:
                    yield attribute(style, "name") or ""


@dataclass(slots=True)
class Text:
    """A text body on its way from elements to items."""

    hidden: set[str]
    lists: Lists = field(default_factory=Lists)
    boxes: int = 0
    tables: int = 0

    def items(self, parent: etree._Element) -> list[Item]:
        """The paragraphs and tables below an element: sections, lists and frames looked through."""
        return self._items(parent)

    def _items(self, elements: Iterable[etree._Element]) -> list[Item]:
        found: list[Item] = []
        for element in elements:
            name = local(element)
            if name in _PARAGRAPHS:
                aside: list[Item] = []
                found.append(Line("".join(self._text(element, aside)), name == "h"))
                found.extend(aside)
            elif name == "table":
                if (attribute(element, "style-name") or "") not in self.hidden:
                    found.append(self.table(element))
            elif name == "list":
                found.extend(self._list(element, "", 0))
            elif name not in _SKIPPED and (attribute(element, "display") or "") not in ("none", "true-hidden"):
                found.extend(self.items(element))
        return found

    def _list(self, element: etree._Element, style: str, level: int) -> list[Item]:
        """A list with its labels; one that does not say that it continues counts anew."""
        style = attribute(element, "style-name") or style
        if level == 0 and attribute(element, "continue-numbering") != "true" and attribute(element, "continue-list") is None:
            self.lists.counters.pop(style, None)
        return [item for entry in element for item in self._entry(entry, style, level)]

    def _entry(self, entry: etree._Element, style: str, level: int) -> list[Item]:
        """One entry of a list: its first paragraph carries the label, lists inside it go a level deeper."""
        if attribute(entry, "start-value") is not None:
            self.lists.restarts[style, level] = number(entry, "start-value", 1)
        found: list[Item] = []
        for element in entry:
            if local(element) == "list":
                found.extend(self._list(element, style, level + 1))
                continue
            found.extend(self._items([element]))
            if element is entry[0] and found and isinstance(found[0], Line) and local(entry) == "list-item" and found[0].text.strip():
                found[0].text = self.lists.label(style, level) + found[0].text
        return found

    def _text(self, parent: etree._Element, aside: list[Item]) -> Iterator[str]:
        yield parent.text or ""
        for element in parent:
            name = local(element)
            if name == "s":
                yield " " * min(number(element, "c", 1), 1000)
            elif name in ("tab", "line-break"):
                yield "\t" if name == "tab" else "\n"
            elif name == "note":
                aside.extend(item for body in element.iterchildren("{*}note-body") for item in self.items(body))
            elif name in ("frame", "custom-shape", "rect", "text-box", "g"):
                aside.extend(self.items(element))
            elif name not in _SKIPPED and not self._is_hidden(element, name):
                yield from self._text(element, aside)
            yield element.tail or ""

    def _is_hidden(self, element: etree._Element, name: str) -> bool:
        if name == "hidden-text":
            return (attribute(element, "is-hidden") or "true") == "true"
        return name == "span" and (attribute(element, "style-name") or "") in self.hidden

    def table(self, element: etree._Element) -> Table:
        """A table, or a table standing as rows and columns within a cell."""
        self.tables += 1
        if self.tables > MAX_DEPTH:
            raise TooComplex(f"tables are nested more than {MAX_DEPTH} deep")
        rows: list[list[Box]] = []
        reaching: dict[int, tuple[int, int]] = {}
        for row, repeated in _rows(element):
            for _ in range(repeated):
                rows.append(self._row(row, reaching))
        self.tables -= 1
        while rows and not any(box.content and _says(box) for box in rows[-1]) and len(rows) > 1000:
            rows.pop()
        return Table(rows)

    def _row(self, row: etree._Element, reaching: dict[int, tuple[int, int]]) -> list[Box]:
        """The row's boxes; `reaching` maps a first column to the rows that its cell still reaches into, and its width."""
        boxes: list[Box] = []
        at = 0
        for cell in row:
            name = local(cell)
            if name not in ("table-cell", "covered-table-cell"):
                continue
            content = self.items(cell) if name == "table-cell" else []
            for _ in range(min(number(cell, "number-columns-repeated", 1), MAX_REPEAT)):
                left, width = reaching.get(at, (0, 0))
                if name == "covered-table-cell":
                    if left:
                        boxes.append(Box(at, at + width, [], continues=True))
                        reaching[at] = (left - 1, width)
                else:
                    width = max(1, number(cell, "number-columns-spanned", 1))
                    for covered in range(at + 1, min(at + width, at + MAX_REPEAT)):
                        reaching.pop(covered, None)
                    reaching[at] = (max(1, number(cell, "number-rows-spanned", 1)) - 1, width)
                    boxes.append(Box(at, at + width, content))
                at += 1
        self.boxes += len(boxes)
        if self.boxes > _MAX_BOXES:
            raise TooComplex(f"tables of more than {_MAX_BOXES} cells")
        return boxes


def _says(box: Box) -> bool:
    return bool(box.text()) or any(isinstance(item, Table) for item in box.content)


def _rows(table: etree._Element) -> Iterator[tuple[etree._Element, int]]:
    """Each row with how often it is repeated, header and group wrappers looked through."""
    for element in table:
        name = local(element)
        if name == "table-row":
            yield element, min(number(element, "number-rows-repeated", 1), MAX_REPEAT)
        elif name in ("table-header-rows", "table-rows", "table-row-group"):
            yield from _rows(element)


def read(content: bytes) -> Document:
    """An ODT, as a package or flat. Raises Unreadable, Encrypted or TooComplex."""
    odf = open_odf(content)
    meta = {"title": odf.title} if odf.title else {}
    return Document("odt", flow.blocks(Text(odf.hidden, odf.lists).items(odf.body), "odt"), odf.title, meta)


def read_sheets(content: bytes) -> list[Sheet]:
    """The worksheets of an ODS. Raises Unreadable, Encrypted or TooComplex."""
    odf = open_odf(content)
    return [_sheet(element, odf.hidden) for element in odf.body if local(element) == "table"]


def _sheet(element: etree._Element, hidden: set[str]) -> Sheet:
    sheet = Sheet(attribute(element, "name") or "", (attribute(element, "style-name") or "") in hidden)
    at = 0
    for column in element.iter("{*}table-column"):
        repeated = number(column, "number-columns-repeated", 1)
        if (attribute(column, "visibility") or "visible") != "visible":
            sheet.hide_columns(at, at + repeated - 1)
        at += repeated
    at = 0
    for row in element.iter("{*}table-row"):
        repeated = number(row, "number-rows-repeated", 1)
        if (attribute(row, "visibility") or "visible") != "visible":
            sheet.hide_rows(at, min(at + repeated, at + MAX_REPEAT) - 1)
        _fill(sheet, at, row, repeated)
        at += repeated
    return sheet


def _fill(sheet: Sheet, at: int, row: etree._Element, repeated: int) -> None:
    column = 0
    for cell in row:
        if local(cell) not in ("table-cell", "covered-table-cell"):
            continue
        times = number(cell, "number-columns-repeated", 1)
        value = _value(cell)
        if value is not None:
            for y in range(at, at + min(repeated, MAX_REPEAT)):
                for x in range(column, column + min(times, MAX_REPEAT)):
                    sheet.put(y, x, value)
        width, height = number(cell, "number-columns-spanned", 1), number(cell, "number-rows-spanned", 1)
        if local(cell) == "table-cell" and (width > 1 or height > 1):
            sheet.merged.append(Range(at, column, at + max(1, height) - 1, column + max(1, width) - 1))
        column += times


def _value(cell: etree._Element) -> Value | None:
    """What the cell prints: its own paragraphs, else its value."""
    lines = ["".join(Text(set())._text(each, [])) for each in cell if local(each) == "p"]
    stored = attribute(cell, "value")
    if attribute(cell, "value-type") == "float" and stored is not None:
        try:
            return Value(printed(float(stored)))
        except ValueError:
            return Value(stored, unreadable=True)
    text = "\n".join(lines)
    return Value(text, unreadable=text.startswith(("#", "Err:"))) if text.strip() else None
