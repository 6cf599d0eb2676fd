"""Pages and pictures that hold no text → the same blocks by OCR, asked only where a document needs it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.align import Alignment
from extract.document import Document, Problem, Source
from extract.errors import ReadError
from extract.kind import Kind, sniff
from extract.readers import NEEDS_OCR
from extract.scan import Picture, ScanDocument
from extract.scan import read as read_scan

SCANNED = "scanned_page"
NOT_LOOKED_AT = Document("none", (), problems=(NEEDS_OCR,))


def read_pictures(source: Source, document: Document, ocr: bool, part: int = 0) -> Document | None:
    """What OCR reads on the pages that the document's reader found to be pictures; None where there are none."""
    is_pdf = sniff(source.content) is Kind.pdf
    if is_pdf and not any(problem.code == SCANNED for problem in document.problems):
        return None
    try:
        if is_pdf and not ocr:  # nor are its pages drawn: a hostile one may take minutes
            return NOT_LOOKED_AT
        pictures = _of_pdf(source, part) if is_pdf else _of_package(source, part)
        if pictures and not ocr:
            return NOT_LOOKED_AT
        return read_scan(pictures) if pictures else None
    except ReadError as error:
        return Document("ocr", (), problems=(Problem(error.code, f"pages without text: {error}"),))


def _of_pdf(source: Source, part: int) -> list[Picture]:
    from extract.pdf_pictures import pictures  # rendering is needed for scans alone

    return [replace(picture, part=part) for picture in pictures(source.content)]


def _of_package(source: Source, part: int) -> list[Picture]:
    """The pictures inside an office file."""
    from extract.embedded import pictures  # only documents that lack a table need it

    return [Picture(found.content, page=n, part=part) for n, found in enumerate(pictures(source.content), 1)]


def read_parts(pictures: Sequence[tuple[int, Source]]) -> Document:
    """The pictures of an article, each a part, as pages of one document."""
    return read_scan([Picture(source.content, page=n, part=part) for n, (part, source) in enumerate(pictures, 1)])


def settle_candidates(document: Document, found: Alignment) -> Alignment:
    """Where OCR left several readings of a cell, the one that every sum allows; else it stays unread."""
    if not isinstance(document, ScanDocument) or not document.candidates:
        return found
    from extract.settle import settle  # only scans leave candidates

    return replace(found, figures=settle(found.figures, document.candidates, {t.table_code: t.edition for t in found.tables}))
