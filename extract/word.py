"""DOCX → Document, and the pictures and documents that it embeds."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import cache
from io import BytesIO

import olefile
from lxml import etree

from extract import flow, markup, numbering
from extract.document import Block, Document, Problem, Source
from extract.docx import RUN_MARKS, Story, Styles
from extract.errors import Unreadable
from extract.flow import Item, Line
from extract.kind import OLE_DAMAGE, Kind, sniff
from extract.markup import child, children, local
from extract.package import Package, open_package

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".webp")
_DEPTH = 2
_CHUNK, _OBJECTS = "aFChunk", ("package", "oleObject")
_TABLES = frozenset((Kind.xlsx, Kind.xls, Kind.ods, Kind.docx, Kind.doc, Kind.wps))


def read_docx(content: bytes) -> Document:
    """A DOCX, transitional or strict. Raises Unreadable, Encrypted or TooComplex."""
    return _read(content, 0)


def _read(content: bytes, depth: int) -> Document:
    package = open_package(content)
    name = _main_part(package)
    body = child(package.xml(name), "body")
    if body is None:
        raise Unreadable("the package holds no Word document")
    folder = posixpath.dirname(name)
    styles = Styles(lambda: package.xml(posixpath.join(folder, "styles.xml")))
    lists = cache(lambda: numbering.read(package.xml(posixpath.join(folder, "numbering.xml"))))
    problems: list[Problem] = []
    chunks = _chunks(package, name, depth, problems)
    items = finish(Story(styles, lists, embedded=chunks), body)
    items += _notes(package, folder, styles)
    meta = properties(package.xml("docProps/core.xml"))
    return Document("docx", flow.blocks(items, "docx"), meta.get("title"), meta, tuple(problems))


def finish(story: Story, body: etree._Element) -> list[Item]:
    """The items of a body, with the text of a last paragraph whose mark is deleted."""
    story.marked = next(body.iter(*RUN_MARKS), None) is not None
    items = story.items(body)
    return [*items, Line(story.pending)] if story.pending else items


def _main_part(package: Package) -> str:
    return next((part for kind, part in package.relations("").values() if kind == "officeDocument"), "word/document.xml")


def _notes(package: Package, folder: str, styles: Styles) -> list[Item]:
    """Footnotes and endnotes, after the text."""
    items: list[Item] = []
    for name in ("footnotes", "endnotes"):
        for note in children(package.xml(posixpath.join(folder, f"{name}.xml"))):
            if local(note) in ("footnote", "endnote") and markup.attribute(note, "type") in (None, "normal"):
                items += Story(styles, numbering.Lists).items(note)
    return items


def properties(root: etree._Element | None) -> Mapping[str, str]:
    """The properties that a package states of itself, by local name."""
    return {local(each): each.text.strip() for each in children(root) if each.text and each.text.strip()}


def _chunks(package: Package, name: str, depth: int, problems: list[Problem]) -> dict[str, tuple[Block, ...]]:
    """The documents that stand in the text as chunks of another format, and the workbooks embedded as objects, read."""
    found: dict[str, tuple[Block, ...]] = {}
    for relation, (kind, part) in package.relations(name).items():
        if kind == _CHUNK and depth < _DEPTH:
            found[relation] = _chunk(package.part(part) or b"", part, depth, problems)
        elif kind in _OBJECTS and depth < _DEPTH:
            held = _packed(package.part(part) or b"")
            found[relation] = _chunk(held, part, depth, problems) if sniff(held) in _TABLES else ()
    return found


def _packed(content: bytes) -> bytes:
    """An embedded object's file: itself, or the package that its OLE wrapper holds."""
    if sniff(content) is not Kind.ole:
        return content
    try:
        with olefile.OleFileIO(BytesIO(content)) as ole:
            return ole.openstream("Package").read() if ole.exists("Package") else content
    except OLE_DAMAGE:
        return content


def _chunk(content: bytes, part: str, depth: int, problems: list[Problem]) -> tuple[Block, ...]:
    from extract.mht import read as read_mht  # chunks are rare: their readers are loaded when one is met
    from extract.readers import try_document

    kind = sniff(content)
    if kind is Kind.docx:
        return _read(content, depth + 1).blocks
    source = read_mht(content)[0] if kind is Kind.mht else Source(content, part)
    document = try_document(source, 0, ocr=False)
    if isinstance(document, Problem):
        problems.append(Problem(document.code, f"the chunk {part}: {document.message}"))
        return ()
    return document.blocks


def pictures(content: bytes) -> tuple[Source, ...]:
    """The pictures of a DOCX in the order of the text, each once. Raises Unreadable, Encrypted or TooComplex."""
    package = open_package(content)
    name = _main_part(package)
    relations = package.relations(name)
    root = package.xml(name)
    shown = (relations.get(str(value), ("", ""))[1] for element in (() if root is None else root.iter()) for value in element.values())
    parts = dict.fromkeys(part for part in shown if part.lower().endswith(_PICTURES))
    return tuple(Source(held, part) for part in parts if (held := package.part(part)))
