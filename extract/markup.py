"""XML from strangers: parsed without entities, without a network, within limits."""

from __future__ import annotations

import re
from collections.abc import Iterable

from lxml import etree

from extract.errors import TooComplex, Unreadable

MAX_XML_BYTES = 16 << 20
"""The largest part that is parsed; a tree of small elements takes thirty times the memory of its text."""

_BINARY = re.compile(rb"<(\w+:)?(binData|binary-data)\b[^>]*>[^<]*</")
"""Pictures in Base64, which single-file formats hold."""


def parse(content: bytes, name: str = "XML") -> etree._Element:
    """The root element of one XML document. Raises Unreadable (not well-formed, or with a DTD) or TooComplex."""
    if len(content) > MAX_XML_BYTES:
        content = _BINARY.sub(rb"<\1\2></", content)
    if len(content) > MAX_XML_BYTES:
        raise TooComplex(f"{name} has {len(content)} bytes, more than {MAX_XML_BYTES} are not parsed")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        kind = TooComplex if any(word in str(error) for word in ("depth", "huge", "amplification")) else Unreadable
        raise kind(f"{name} is not well-formed: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(f"{name} declares a document type; office files never do")
    return root


_MAX_NAMES = 4096


class _Locals(dict[object, str]):
    """Qualified name → local name; comments and entities, whose tag is no string, have none."""

    def __missing__(self, tag: object) -> str:
        if len(self) > _MAX_NAMES:
            self.clear()
        name = self[tag] = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        return name


_locals = _Locals()


def local(element: etree._Element) -> str:
    """The element's name without its namespace, so that every dialect of a vocabulary reads the same."""
    return _locals[element.tag]


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first child with that local name, or the one at the end of the path of names."""
    for name in path:
        element = _child(element, name) if element is not None else None
    return element


def _child(element: etree._Element, name: str) -> etree._Element | None:
    for each in element:  # faster than lxml's own search: what is asked for, properties, mostly stands first
        if _locals[each.tag] == name:
            return each
    return None


def children(element: etree._Element | None, *path: str) -> Iterable[etree._Element]:
    """The children of the element at the end of the path, none where it does not exist."""
    found = child(element, *path) if path else element
    return () if found is None else found


def named(element: etree._Element | None) -> dict[str, etree._Element]:
    """The children by local name, for a look at several of them."""
    return {} if element is None else {_locals[each.tag]: each for each in element}


def attribute(element: etree._Element | None, name: str) -> str | None:
    """The value of the attribute with that local name, in any namespace."""
    if element is not None:
        for key, value in element.items():
            if key == name or _locals[key] == name:
                return str(value)
    return None


def number(element: etree._Element | None, name: str, default: int) -> int:
    """An integer attribute; the default where it is absent or is none."""
    if element is None:
        return default
    value = attribute(element, name)
    try:
        return default if value is None else int(value)
    except ValueError:
        return default
