"""Word documents as one XML file: WordprocessingML 2003, and the flat form of DOCX."""

from __future__ import annotations

from functools import cache

from lxml import etree

from extract import flow, markup, numbering
from extract.document import Document
from extract.docx import Story, Styles
from extract.errors import Unreadable
from extract.markup import attribute, child, children, local
from extract.word import finish, properties


def read(content: bytes) -> Document:
    """Raises Unreadable or TooComplex."""
    root = markup.parse(content.lstrip(b"\xef\xbb\xbf \t\r\n"), "the Word file")
    parts = _parts(root) if local(root) == "package" else {}
    document = parts.get("/word/document.xml", root)
    body = child(document, "body")
    if body is None:
        raise Unreadable("the XML file holds no Word document")
    styles = Styles(lambda: parts.get("/word/styles.xml", child(root, "styles")))
    lists = cache(lambda: numbering.read(parts.get("/word/numbering.xml")))
    meta = properties(parts.get("/docProps/core.xml", child(root, "DocumentProperties")))
    title = meta.get("title") or meta.get("Title")
    return Document("wordml", flow.blocks(finish(Story(styles, lists), body), "wordml"), title, {"title": title} if title else {})


def _parts(root: etree._Element) -> dict[str, etree._Element]:
    """The XML parts of a flat package by name."""
    found = {}
    for part in root:
        held = next(iter(children(part, "xmlData")), None)
        if held is not None:
            found[attribute(part, "name") or ""] = held
    return found
