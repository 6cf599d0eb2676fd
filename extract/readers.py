"""Which reader opens which kind of bytes. Readers are imported when first needed: most runs meet few kinds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

from extract.document import Document, Problem, Source
from extract.errors import Encrypted, ReadError, Unreadable
from extract.kind import Kind, sniff

_READERS: dict[Kind, str] = {
    Kind.pdf: "extract.pdf:read",
    Kind.docx: "extract.word:read_docx",
    Kind.doc: "extract.doc:read",
    Kind.wps: "extract.doc:read",
    Kind.rtf: "extract.rtf:read",
    Kind.wordml: "extract.wordml:read",
    Kind.odt: "extract.odt:read",
    Kind.xlsx: "extract.sheet:read",
    Kind.xls: "extract.sheet:read",
    Kind.ods: "extract.sheet:read",
    Kind.sheetml: "extract.sheet:read",
    Kind.ofd: "extract.ofd:read",
}
NEEDS_OCR = Problem("needs_ocr", "pictures hold what is to be read")
BUNDLES = frozenset({Kind.zip, Kind.rar, Kind.sevenzip, Kind.gzip})


def open_document(source: Source, ocr: bool = True) -> Document:
    """The document in these bytes. Raises `ReadError`s; a bundle is the caller's to open."""
    kind = sniff(source.content)
    if kind is Kind.empty:
        raise Unreadable("the file is empty")
    if kind is Kind.locked:
        raise Encrypted("this Office file needs a password")
    if kind in (Kind.html, Kind.text):
        return _markup(kind, source)
    if kind.is_picture and not ocr:
        return Document("none", (), problems=(NEEDS_OCR,))
    if kind.is_picture:
        return _reader("extract.scan:read_image")(source.content)
    if kind not in _READERS:
        raise Unreadable(f"these bytes are of no kind that can be read ({kind})")
    return _reader(_READERS[kind])(source.content)


def _markup(kind: Kind, source: Source) -> Document:
    name = "extract.html:read" if kind is Kind.html else "extract.text:read"
    module, function = name.split(":")
    document: Document = getattr(import_module(module), function)(source.content, source.media_type)
    return document


def _reader(name: str) -> Callable[[bytes], Document]:
    module, function = name.split(":")
    found: Callable[[bytes], Document] = getattr(import_module(module), function)
    return found


def try_document(source: Source, part: int, ocr: bool = True) -> Document | Problem:
    """The document of a part with its blocks marked as that part's, or what is wrong with it."""
    try:
        return mark(open_document(source, ocr), part)
    except ReadError as error:
        return Problem(f"part_{error.code}", f"part {part} ({source.url or 'no name'}): {error}")


def mark(document: Document, part: int) -> Document:
    """The document with every block said to stand in the n-th part."""
    return replace(document, blocks=tuple(replace(block, part=part) for block in document.blocks)) if part else document
