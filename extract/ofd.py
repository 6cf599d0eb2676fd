"""OFD (GB/T 33190): a ZIP of XML pages → letters and lines in points → the same blocks as a PDF's.

read(content) -> Document        pictures(content) -> the pictures of its pages, for OCR where a page has no text
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from extract.document import Document, Problem, Source
from extract.errors import Encrypted, TooComplex, Unreadable
from extract.markup import attribute, child, children, local
from extract.ofd_marks import Matrix, boundary, marks, moved
from extract.package import Package, open_package
from extract.pdf import compose
from extract.pdf_page import Page
from extract.pdf_shapes import rules
from extract.ruled import Box

MAX_PAGES = 2000
MAX_OBJECTS = 400_000
_MAX_DEPTH = 16
_POINTS = 72 / 25.4
_A4 = Box(0, 0, 210, 297)


@dataclass(slots=True)
class Book:
    """One document of an OFD file: where its pages, templates and resources are."""

    package: Package
    folder: str
    area: Box
    pages: list[str]
    templates: dict[str, str] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)
    """Resource id → the picture's part."""
    composites: dict[str, etree._Element] = field(default_factory=dict)
    objects: int = 0


def read(content: bytes) -> Document:
    """Paragraphs and tables in reading order. Raises Unreadable, Encrypted or TooComplex."""
    package = open_package(content)
    books, meta = _books(package)
    pages = [page for book in books for page in _pages(book)]
    for at, page in enumerate(pages, 1):
        page.number = at
    blocks, running = compose(pages, "ofd")
    if running:
        meta["running_lines"] = "\n".join(running)
    problems = [
        Problem("scanned_page", f"page {page.number} is a picture, not text") for page in pages if page.pictures and not page.glyphs
    ]
    return Document("ofd", tuple(blocks), meta.get("title"), meta, tuple(problems))


def pictures(content: bytes) -> tuple[Source, ...]:
    """The pictures that the pages show, each once, in the order of the pages."""
    package = open_package(content)
    found: dict[str, Source] = {}
    for book in _books(package)[0]:
        for part in book.pages:
            for drawn in _drawn(book, part):
                for element in drawn.iter("{*}ImageObject"):
                    name = book.pictures.get(attribute(element, "ResourceID") or "")
                    if name and name not in found:
                        found[name] = Source(package.part(name) or b"", name)
    return tuple(source for source in found.values() if source.content)


def _resolved(base: str, path: str) -> str:
    """A location as a part name: absolute ones from the root, others from the folder of the part that states them."""
    return posixpath.normpath(posixpath.join("/", base, path)).lstrip("/")


def _books(package: Package) -> tuple[list[Book], dict[str, str]]:
    root = package.xml("OFD.xml")
    if root is None:
        raise Unreadable("the package holds no OFD document")
    if child(root, "Encryptions") is not None or "Encryptions.xml" in package:
        raise Encrypted("the OFD file is locked")
    books: list[Book] = []
    meta: dict[str, str] = {}
    for body in root.iterchildren("{*}DocBody"):
        for each in children(body, "DocInfo"):
            if each.text and each.text.strip():
                meta.setdefault(local(each).lower(), each.text.strip())
        where = child(body, "DocRoot")
        if where is not None and where.text:
            books.append(_book(package, _resolved("", where.text.strip())))
    if not books:
        raise Unreadable("the OFD file names no document")
    return books, meta


def _book(package: Package, name: str) -> Book:
    root = package.xml(name)
    if root is None:
        raise Unreadable(f"the OFD file lacks {name}")
    folder = posixpath.dirname(name)
    common = child(root, "CommonData")
    pages = [_resolved(folder, attribute(page, "BaseLoc") or "") for page in children(root, "Pages")]
    if len(pages) > MAX_PAGES:
        raise TooComplex(f"an OFD file of {len(pages)} pages")
    book = Book(package, folder, _box(child(common, "PageArea"), _A4), pages)
    for each in children(common):
        if local(each) == "TemplatePage":
            book.templates[attribute(each, "ID") or ""] = _resolved(folder, attribute(each, "BaseLoc") or "")
        elif local(each) in ("PublicRes", "DocumentRes") and each.text:
            _resources(book, _resolved(folder, each.text.strip()))
    return book


def _resources(book: Book, name: str) -> None:
    root = book.package.xml(name)
    if root is None:
        return
    base = _resolved(posixpath.dirname(name), attribute(root, "BaseLoc") or "")
    for media in root.iter("{*}MultiMedia"):
        where = child(media, "MediaFile")
        if where is not None and where.text:
            book.pictures[attribute(media, "ID") or ""] = _resolved(base, where.text.strip())
    for unit in root.iter("{*}CompositeGraphicUnit"):
        content = child(unit, "Content")
        if content is not None:
            book.composites[attribute(unit, "ID") or ""] = content


def _box(area: etree._Element | None, other: Box) -> Box:
    """What of a page is shown, as a box from its top left corner."""
    for name in ("CropBox", "PhysicalBox", "ApplicationBox"):
        stated = child(area, name)
        if stated is not None and stated.text:
            numbers = boundary(stated.text)
            if numbers and numbers.width > 0 and numbers.height > 0:
                return numbers
    return other


def _drawn(book: Book, name: str) -> Iterator[etree._Element]:
    """What is drawn on a page: the contents of its templates, then its own."""
    root = book.package.xml(name)
    if root is None:
        raise Unreadable(f"the OFD file lacks {name}")
    for use in root.iterchildren("{*}Template"):
        part = book.templates.get(attribute(use, "TemplateID") or "")
        template = book.package.xml(part) if part else None
        yield from () if template is None else template.iterchildren("{*}Content")
    yield from root.iterchildren("{*}Content")


def _pages(book: Book) -> Iterator[Page]:
    for name in book.pages:
        root = book.package.xml(name)
        area = _box(child(root, "Area"), book.area)
        page = Page(0, area.width * _POINTS, area.height * _POINTS, 0)
        lines: list[Box] = []
        frame = (_POINTS, 0.0, 0.0, _POINTS, -area.x0 * _POINTS, -area.top * _POINTS)
        for content in _drawn(book, name):
            _draw(book, content, page, lines, frame, 0)
        page.horizontal, page.vertical = rules(lines)
        yield page


def _draw(book: Book, parent: etree._Element, page: Page, lines: list[Box], frame: Matrix, depth: int) -> None:
    """Everything below an element, layers, blocks and composite objects looked through."""
    if depth > _MAX_DEPTH:
        raise TooComplex(f"page objects are nested more than {_MAX_DEPTH} deep")
    for element in parent:
        name = local(element)
        book.objects += 1
        if book.objects > MAX_OBJECTS:
            raise TooComplex(f"an OFD file of more than {MAX_OBJECTS} objects")
        if (element.get("Visible") or "true").lower() in ("false", "0"):
            continue
        if name in ("Layer", "PageBlock"):
            _draw(book, element, page, lines, frame, depth + 1)
        elif name == "CompositeObject":
            unit = book.composites.get(attribute(element, "ResourceID") or "")
            if unit is not None:
                _draw(book, unit, page, lines, moved(element, frame), depth + 1)
        elif element.get("Alpha") != "0":
            marks(element, name, page, lines, frame)
