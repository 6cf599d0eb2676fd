"""Word processor files of every kind → Document."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from lxml import etree

from extract import flow, markup, numbering
from extract.document import Document, Source
from extract.docx import Story, Styles, read_styles
from extract.errors import Unreadable
from extract.flow import Item, Line
from extract.markup import child, children, local
from extract.package import Package, open_package

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".webp")


def read_docx(content: bytes) -> Document:
    """A DOCX, transitional or strict. Raises Unreadable, Encrypted or TooComplex."""
    package = open_package(content)
    name = _main_part(package)
    root = package.xml(name)
    body = child(root, "body")
    if body is None:
        raise Unreadable("the package holds no Word document")
    folder = posixpath.dirname(name)
    styles = read_styles(package.xml(posixpath.join(folder, "styles.xml")))
    story = Story(styles, numbering.read(package.xml(posixpath.join(folder, "numbering.xml"))))
    items = _finish(story, body)
    items += _notes(package, folder, styles)
    meta = _properties(package.xml("docProps/core.xml"))
    return Document("docx", flow.blocks(items, "docx"), meta.get("title"), meta)


def _finish(story: Story, body: etree._Element) -> list[Item]:
    items = story.items(body)
    return [*items, Line(story.pending)] if story.pending else items


def _main_part(package: Package) -> str:
    return next((part for kind, part in package.relations("").values() if kind == "officeDocument"), "word/document.xml")


def _notes(package: Package, folder: str, styles: Styles) -> list[Item]:
    """Footnotes and endnotes, after the text."""
    items: list[Item] = []
    for name in ("footnotes", "endnotes"):
        root = package.xml(posixpath.join(folder, f"{name}.xml"))
        for note in children(root):
            if local(note) in ("footnote", "endnote") and markup.attribute(note, "type") in (None, "normal"):
                items += Story(styles, numbering.Lists()).items(note)
    return items


def _properties(root: etree._Element | None) -> Mapping[str, str]:
    return {local(each): each.text.strip() for each in children(root) if each.text and each.text.strip()}


def pictures(content: bytes) -> tuple[Source, ...]:
    """The pictures of a DOCX in the order of the text, for OCR when the tables are pictures."""
    package = open_package(content)
    name = _main_part(package)
    relations = package.relations(name)
    found: dict[str, Source] = {}
    root = package.xml(name)
    for element in () if root is None else root.iter():
        for key, value in element.items():
            _, part = relations.get(str(value), ("", ""))
            if part.lower().endswith(_PICTURES) and part not in found and str(key).startswith("{"):
                found[part] = Source(package.part(part) or b"", part)
    return tuple(found.values())
