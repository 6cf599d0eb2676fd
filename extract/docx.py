"""Word's XML: DOCX in both its namespaces, its one-file form, and WordprocessingML 2003. Read by local names.

What is read is what a reader of the printed page sees: insertions kept, deletions and hidden text dropped, results of fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import NamedTuple

from lxml import etree

from extract.document import Block
from extract.errors import TooComplex
from extract.flow import MAX_DEPTH, Box, Item, Line, Ready, Table
from extract.markup import attribute, child, children, local, named, number
from extract.numbering import Lists

_NARROWEST = 100
"""Twips: no printed cell is narrower."""

_OFF = {"0", "false", "off", "none"}
_DROPPED = frozenset(
    [
        "del",
        "moveFrom",
        "delText",
        "instrText",
        "delInstrText",
        "rPr",
        "pPr",
        "rt",
        "binData",
        "footnote",
        "endnote",
        "docPr",
        "lastRenderedPageBreak",
    ]
)
RUN_MARKS = ("{*}vanish", "{*}rStyle", "{*}del", "{*}moveFrom")
"""Properties of a run that may hide it."""
_ONE = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_TABLE_PARTS = frozenset(("tr", "tc"))


def flag(properties: etree._Element | None, name: str) -> bool | None:
    """An on/off property: True, False, or None where it is not stated."""
    element = child(properties, name)
    if element is None:
        return None
    return _is_on(element)


def _is_on(element: etree._Element) -> bool:
    return (attribute(element, "val") or "1").lower() not in _OFF


class Style(NamedTuple):
    """What a paragraph or character style decides, inheritance followed."""

    hidden: bool = False
    heading: bool = False
    member: tuple[str, int] | None = None
    """The list that its paragraphs belong to, and the level."""


class Styles:
    """The styles of a document by id, looked at when first asked for: the part is large and most of it never used."""

    def __init__(self, load: Callable[[], etree._Element | None]) -> None:
        self._load = load
        self._elements: dict[str, etree._Element] | None = None
        self._known: dict[str, Style] = {"": Style()}

    def __getitem__(self, name: str) -> Style:
        if name not in self._known:
            self._known[name] = self._read(name)
        return self._known[name]

    def _read(self, name: str) -> Style:
        if self._elements is None:
            self._elements = {attribute(each, "styleId") or "": each for each in children(self._load()) if local(each) == "style"}
        if name not in self._elements:
            return Style()
        chain = list(_ancestry(self._elements[name], self._elements))
        return Style(
            next((state for each in chain if (state := flag(child(each, "rPr"), "vanish")) is not None), False),
            any(_is_heading(child(each, "pPr")) or _named_heading(each) for each in chain),
            next((ids for each in chain if (ids := _membership(child(each, "pPr", "numPr")))), None),
        )


def _ancestry(element: etree._Element, elements: dict[str, etree._Element]) -> Iterator[etree._Element]:
    seen: set[str] = set()
    at: etree._Element | None = element
    while at is not None and (name := attribute(at, "styleId") or "") not in seen:
        seen.add(name)
        yield at
        at = elements.get(attribute(child(at, "basedOn"), "val") or "")


def _is_heading(properties: etree._Element | None) -> bool:
    return number(child(properties, "outlineLvl"), "val", 9) < 9


def _named_heading(style: etree._Element) -> bool:
    name = (attribute(child(style, "name"), "val") or "").lower()
    return name.startswith(("heading", "标题")) or name == "title"


def _membership(element: etree._Element | None) -> tuple[str, int] | None:
    """(list id, level) of a numPr."""
    if element is None:
        return None
    name = attribute(child(element, "numId"), "val")
    return None if name is None else (name, number(child(element, "ilvl"), "val", 0))


@dataclass(slots=True)
class Story:
    """One story (body, text box, footnotes) on its way from elements to items."""

    styles: Styles
    lists: Callable[[], Lists]
    fields: list[bool] = field(default_factory=list)
    """Open fields, innermost last: True while their code rather than their result goes by."""
    embedded: Mapping[str, tuple[Block, ...]] = field(default_factory=dict)
    """Documents inside this one (chunks, embedded workbooks), read, by relation id."""
    pending: str = ""
    """Text of paragraphs whose mark was deleted: it runs on into the next."""
    depth: int = 0
    marked: bool = True
    """Whether runs may be hidden or deleted by properties of their own: most documents have none that are."""
    veiled: bool = False
    """The style of the paragraph at hand hides its text; a character style that hides as well shows it again."""

    def items(self, parent: etree._Element) -> list[Item]:
        """The paragraphs and tables below an element, wrappers of any name looked through."""
        found: list[Item] = []
        for element in parent:
            name = local(element)
            if name == "p":
                found.extend(self.paragraph(element))
            elif name == "tbl":
                found.append(self.table(element))
            elif name == "AlternateContent":
                found.extend(self.items(_alternative(element)))
            elif name == "altChunk":
                found.append(Ready(self.embedded.get(attribute(element, "id") or "", ())))
            elif not _is_gone(element, name) and len(element) and not name.endswith("Pr"):
                found.extend(self.items(element))
        return found

    def paragraph(self, element: etree._Element) -> list[Item]:
        """The paragraph, and after it the text boxes anchored in it."""
        properties = named(child(element, "pPr"))
        style = (attribute(properties.get("pStyle"), "val") or "") if properties else ""
        look = self.styles[style]
        self.veiled = look.hidden
        text: list[str] = []
        boxes: list[Item] = []
        self._run(element, text, boxes)
        line = self.pending + "".join(text)
        if "rPr" in properties and _mark_gone(properties["rPr"]):
            self.pending = line
            return boxes
        self.pending = ""
        heading = look.heading or number(properties.get("outlineLvl"), "val", 9) < 9
        return [Line(self._label(properties, look.member, line) + line, heading), *boxes]

    def _label(self, properties: Mapping[str, etree._Element], member: tuple[str, int] | None, line: str) -> str:
        if not line.strip():
            return ""
        stated = child(properties.get("listPr"), "t")
        if stated is not None:
            return attribute(stated, "val") or ""
        member = _membership(properties.get("numPr")) or member
        return self.lists().label(*member) if member else ""

    def _run(self, parent: etree._Element, text: list[str], boxes: list[Item]) -> None:
        for element in parent:
            name = local(element)
            if name == "r":
                if not (self._is_hidden(element) if self.marked else self.veiled):
                    self._run(element, text, boxes)
            elif name == "t":
                if not any(self.fields):
                    text.append(element.text or "")
            elif name in _ONE:
                if not any(self.fields):
                    text.append(_ONE[name])
            elif name == "fldChar":
                self._field(attribute(element, "fldCharType") or "")
            elif name == "sym":
                text.append(symbol(attribute(element, "char") or "", attribute(element, "font") or ""))
            elif name == "AlternateContent":
                self._run(_alternative(element), text, boxes)
            elif name == "txbxContent":
                boxes.extend(self._inside(element))
            elif name == "OLEObject":
                boxes.append(Ready(self.embedded.get(attribute(element, "id") or "", ())))
            elif name not in _DROPPED and len(element) and not _is_gone(element, name):
                self._run(element, text, boxes)

    def _inside(self, element: etree._Element) -> list[Item]:
        """A story of its own within this one: its fields and deleted marks are not ours."""
        inner = Story(self.styles, self.lists, embedded=self.embedded, depth=self.depth + 1, marked=self.marked)
        if inner.depth > MAX_DEPTH:
            raise TooComplex(f"text boxes are nested more than {MAX_DEPTH} deep")
        return inner.items(element)

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self.fields.append(True)
        elif kind == "separate" and self.fields:
            self.fields[-1] = False
        elif kind == "end" and self.fields:
            self.fields.pop()

    def _is_hidden(self, run: etree._Element) -> bool:
        properties = named(child(run, "rPr"))
        if "del" in properties or "moveFrom" in properties:
            return True
        if "vanish" in properties:
            return _is_on(properties["vanish"])
        return self.veiled != ("rStyle" in properties and self.styles[attribute(properties["rStyle"], "val") or ""].hidden)

    def table(self, element: etree._Element) -> Table:
        """A table with its rows' cells on the table's grid columns."""
        rows = (row for row in _parts(element, "tr") if not _row_gone(row))
        table = Table([boxes for row in rows if (boxes := self._row(row))])
        return measured(table, [number(column, "w", 0) for column in children(element, "tblGrid")])

    def _row(self, row: etree._Element) -> list[Box]:
        at = number(child(row, "trPr", "gridBefore"), "val", 0)
        boxes: list[Box] = []
        for cell in _parts(row, "tc"):
            properties = named(child(cell, "tcPr"))
            if "cellDel" in properties:
                continue
            width = max(1, number(properties.get("gridSpan"), "val", 1))
            content = self._inside(cell)
            if boxes and _continues(properties, "hMerge", "hmerge"):
                boxes[-1].right += width
            else:
                boxes.append(Box(at, at + width, content, _continues(properties, "vMerge", "vmerge")))
            at += width
        return boxes


def measured(table: Table, widths: list[int]) -> Table:
    """The table with its edges in twips, so that columns that only a dragged border made are told from real ones.

    It stays as it is where the grid's widths cannot be those of its cells.
    """
    edges = [0, *accumulate(widths)]
    boxes = [box for row in table.rows for box in row]
    if not boxes or any(box.right >= len(edges) or edges[box.right] - edges[box.left] < _NARROWEST for box in boxes):
        return table
    for box in boxes:
        box.left, box.right = edges[box.left], edges[box.right]
    return Table(table.rows, measured=True)


def _continues(properties: Mapping[str, etree._Element], *names: str) -> bool:
    """Whether a merge property (spelled differently in 2003) says that this cell goes on with the one before it."""
    for name in names:
        if name in properties:
            return (attribute(properties[name], "val") or "continue") == "continue"
    return False


def _parts(parent: etree._Element, wanted: str) -> Iterator[etree._Element]:
    """Rows of a table or cells of a row, wrappers (content controls, insertions, custom XML) looked through."""
    for element in parent:
        name = local(element)
        if name == wanted:
            yield element
        elif name not in _TABLE_PARTS and not name.endswith("Pr") and not _is_gone(element, name):
            yield from _parts(element, wanted)


def _row_gone(row: etree._Element) -> bool:
    properties = child(row, "trPr")
    return child(properties, "del") is not None or bool(flag(properties, "hidden"))


def _is_gone(element: etree._Element, name: str) -> bool:
    """Deleted with tracking: w:del and w:moveFrom, or an aml:annotation of that type in the XML of 2003."""
    if name in ("del", "moveFrom"):
        return True
    return name == "annotation" and (attribute(element, "type") or "").endswith(("Deletion", "Comment"))


def _mark_gone(properties: etree._Element) -> bool:
    """Whether the paragraph's own mark is deleted."""
    return any(_is_gone(each, local(each)) for each in properties.iterchildren("{*}del", "{*}moveFrom", "{*}annotation"))


def _alternative(element: etree._Element) -> etree._Element:
    """The branch of an mc:AlternateContent that Word shows: the choice, or the fallback where it holds no text box."""
    choice = child(element, "Choice")
    fallback = child(element, "Fallback")
    branch = choice if choice is not None else fallback
    return element if branch is None else branch


def symbol(code: str, font: str) -> str:
    """A w:sym: Symbol and text fonts keep ASCII in the private area's low byte; pictures of other fonts stay private characters."""
    try:
        value = int(code, 16)
    except ValueError:
        return "\ufffd"
    pictures = font.lower().startswith(("wingdings", "webdings", "marlett"))
    if 0xF020 <= value <= 0xF03F and not pictures:
        return chr(value - 0xF000)
    return chr(value) if 0 < value < 0xD800 or 0xE000 <= value < 0x110000 else "\ufffd"
