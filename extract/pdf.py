"""PDF with text → Document, by pdfium's letters and lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median
from typing import NamedTuple

import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no types

from extract.document import Block, Cell, Document, Grid, Paragraph, Place, Problem
from extract.errors import Encrypted, TooComplex, Unreadable
from extract.pdf_calls import address
from extract.pdf_fonts import use_boxes
from extract.pdf_halves import halves
from extract.pdf_layers import shown
from extract.pdf_page import Page, read_page
from extract.pdf_prose import PageLines, Prose, across_pages, paragraphs, spans, without_running
from extract.pdf_rows import Rebuilt, rebuilt
from extract.pdf_scanned import SHARE as MEANINGLESS
from extract.pdf_scanned import problems
from extract.pdf_tables import Ruling, as_grid, is_torn, rulings
from extract.pdf_text import lines_of
from extract.ruled import Box
from extract.stitch import Seam, stitched

READER = "pdf"
MOST_PAGES = 2_000
DIGITS = frozenset("0123456789")

use_boxes()


class Sheet(NamedTuple):
    """One logical page: half a physical one where two are printed side by side."""

    page: Page
    tables: list[Ruling]
    rows: list[Rebuilt]
    lines: PageLines


def read(content: bytes) -> Document:
    """The document's paragraphs and tables in reading order. Raises Unreadable, Encrypted or TooComplex."""
    with opened(content) as pdf:
        pages = [page for _, page in each_page(pdf)]
        meta = {key.lower(): value for key, value in pdf.get_metadata_dict(skip_empty=True).items()}
    blocks, running = compose(pages)
    if running:
        meta["running_lines"] = "\n".join(running)
    seen = [problem for page in pages for problem in problems(page)]
    return Document(READER, tuple(blocks), meta.get("title"), meta, (*seen, *_borderless(blocks)))


def _borderless(blocks: list[Block]) -> Iterator[Problem]:
    """The pages with tables that were read without rules."""
    for page in sorted({block.page or 0 for block in blocks if isinstance(block, Paragraph) and "\n\t" in block.text}):
        yield Problem("borderless_table", "rows without rules between their cells, read from where the words stand", Place(page=page))


def compose(pages: list[Page], reader: str = READER) -> tuple[list[Block], list[str]]:
    """The blocks of a document of these pages, tables joined over pages, and the running lines left out."""
    return _blocks([_sheet(half) for page in pages for half in halves(page)], reader)


@contextmanager
def opened(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """The document opened with no password and closed again, hidden layers taken out; errors of pdfium as ReadErrors."""
    try:
        pdf = pypdfium2.PdfDocument(shown(content))
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise Encrypted("this PDF needs a password") from error
        raise Unreadable(f"pdfium cannot open this PDF: {error}") from error
    try:
        yield pdf
    finally:
        pdf.close()


def each_page(pdf: pypdfium2.PdfDocument) -> Iterator[tuple[pypdfium2.PdfPage, Page]]:
    """Every page, open while it is looked at, and what it holds. Raises Unreadable or TooComplex."""
    count = len(pdf)
    if count > MOST_PAGES:
        raise TooComplex(f"a PDF of {count} pages")
    if not count:
        raise Unreadable("this PDF has no pages")
    for index in range(count):
        try:
            page = pdf[index]
        except pypdfium2.PdfiumError as error:
            raise Unreadable(f"page {index + 1} of this PDF is damaged") from error
        page = _flattened(pdf, page, index)
        try:
            yield page, read_page(address(page.raw), index + 1)
        finally:
            page.close()


def _flattened(pdf: pypdfium2.PdfDocument, page: pypdfium2.PdfPage, index: int) -> pypdfium2.PdfPage:
    """The page with filled-in form fields and notes made part of its print."""
    raw = pypdfium2.raw
    if not raw.FPDFPage_GetAnnotCount(page.raw) or raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY) != raw.FLATTEN_SUCCESS:
        return page
    page.close()
    return pdf[index]


def _sheet(page: Page) -> Sheet:
    tables, outside = rulings(page) if page.unmapped <= MEANINGLESS * len(page.glyphs) else ([], [])
    rows, outside = rebuilt(outside)
    return Sheet(page, tables, rows, PageLines(page.number, page.width, page.height, lines_of(outside)))


def _blocks(sheets: list[Sheet], reader: str) -> tuple[list[Block], list[str]]:
    """Paragraphs and whole tables in reading order, and the running lines left out."""
    lines, running = without_running([sheet.lines for sheet in sheets])
    flow: list[Prose | Grid] = []
    torn: set[int] = set()
    closing = any(not is_torn(table, sheet.page) for sheet in sheets for table in sheet.tables)
    for number, (sheet, rest, span) in enumerate(zip(sheets, lines, spans(lines), strict=True), 1):
        grids = [as_grid(table, number, reader) for table in sheet.tables]
        torn |= {id(made) for made, table in zip(grids, sheet.tables, strict=True) if closing and is_torn(table, sheet.page)}
        stops = [table.lattice.box.top for table in sheet.tables]
        prose = [item._replace(page=number) for item in paragraphs(rest, [*stops, *(row.top for row in sheet.rows)], span)]
        prose += [Prose(row.text, row.top, number, heading=False, begins=True, goes_on=False) for row in sheet.rows]
        placed: list[tuple[float, Prose | Grid]] = [(item.top, item) for item in prose]
        placed += zip(stops, grids, strict=True)
        flow.extend(item for _, item in sorted(placed, key=lambda pair: pair[0]))
    pages = [sheet.page for sheet in sheets]
    unit = max((page.unit for page in pages), default=1.0)
    blocks = [_paragraph(item, pages) if isinstance(item, Prose) else item for item in _sentences(flow)]
    joined = stitched(blocks, {i for i, block in enumerate(blocks) if id(block) in torn}, Seam(4.0 * unit, _digit(sheets) or 5.0 * unit))
    return _numbered(joined, pages), running


def _digit(sheets: list[Sheet]) -> float:
    """The usual width of a digit in the document's tables; 0 where they have none."""
    widths = [
        glyph.x1 - glyph.x0
        for sheet in sheets
        for table in sheet.tables
        for letters in table.letters
        for glyph in letters
        if glyph.text in DIGITS
    ]
    return median(widths) if widths else 0.0


def _sentences(flow: list[Prose | Grid]) -> Iterator[Prose | Grid]:
    """The flow with sentences that a page break cut joined; a table between keeps them apart."""
    run: list[Prose] = []
    for item in flow:
        if isinstance(item, Prose):
            run.append(item)
            continue
        yield from across_pages(run)
        run = []
        yield item
    yield from across_pages(run)


def _paragraph(prose: Prose, pages: list[Page]) -> Paragraph:
    return Paragraph(prose.text, pages[prose.page - 1].number, heading=prose.heading)


def _numbered(blocks: list[Block], pages: list[Page]) -> list[Block]:
    """Tables numbered from 1, their places as the pages are displayed; what has but one column is text in a box."""
    result: list[Block] = []
    number = 0
    for block in blocks:
        if isinstance(block, Paragraph):
            result.append(block)
        elif len({cell.place.column_no for cell in block.cells()}) < 2:
            result.extend(
                Paragraph(cell.text, pages[(cell.place.page or 1) - 1].number) for cell in block.cells() if cell.text.strip()
            )  # fmt: skip
        else:
            number += 1
            result.append(_displayed(block, number, pages))
    return result


def _displayed(grid: Grid, number: int, pages: list[Page]) -> Grid:
    moved: dict[int, Cell] = {}
    for cell in grid.cells():
        text, (_, row, column, sheet, *sides), rowspan, colspan, confidence, repaired, unreadable = cell
        page = pages[(sheet or 1) - 1]
        if page.turn:
            sides = [round(side, 2) for side in page.displayed(Box(*(side or 0.0 for side in sides)))]
        place = Place(number, row, column, page.number, *sides)
        moved[id(cell)] = Cell(text, place, rowspan, colspan, confidence, repaired, unreadable)
    rows = tuple(tuple([None if cell is None else moved[id(cell)] for cell in row]) for row in grid.rows)
    return replace(grid, rows=rows, number=number)
