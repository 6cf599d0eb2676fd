"""A document and its parts → one Document with every table of the form that stands anywhere in them.

Each further source (pages that are pictures, attachments, pictures, running text) is asked only while a table is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from extract.align import Alignment, align
from extract.bundle import members
from extract.document import Cell, Document, Grid, Problem, Source
from extract.ending import find_ending, lines_of
from extract.errors import ReadError
from extract.form import FIRST_YEAR_OF_FORM, FORM_TABLES, LEGACY_EDITIONS
from extract.identity import identify
from extract.kind import Kind, sniff
from extract.lost import grids as lost_grids
from extract.narrative import opens
from extract.readers import BUNDLES, NEEDS_OCR, try_document
from extract.scanned import read_parts, read_pictures, settle_candidates


def unbundle(source: Source, parts: Sequence[Source]) -> tuple[Source, Sequence[Source], tuple[Problem, ...]]:
    """A bundle becomes its first member that holds a table of the form, the other members its parts."""
    if sniff(source.content) is Kind.mht:
        from extract.mht import read as read_mht  # rarely met

        page, pictures = read_mht(source.content)
        return page, (*parts, *pictures), ()
    if sniff(source.content) not in BUNDLES:
        return source, parts, ()
    held = members(source.content)
    main = next((n for n, member in enumerate(held) if _has_form(member)), 0)
    others = [member for n, member in enumerate(held) if n != main]
    more = [member.url or "?" for member in others if _has_form(member)]
    problems = (Problem("several_reports", f"the bundle also holds {', '.join(more)}: add them one by one"),) if more else ()
    return held[main], (*parts, *others), problems


def _has_form(source: Source) -> bool:
    document = try_document(source, 0, ocr=False)
    return isinstance(document, Document) and bool(align(document).tables)


def _missing(found: Alignment) -> list[str]:
    """The tables of the form that were not found whole; none where a statistics table before 2019 stands in their place."""
    whole = {table.table_code for table in found.tables if table.complete}
    return [] if whole & set(LEGACY_EDITIONS) else [table for table in FORM_TABLES if table not in whole]


def _aligned(document: Document) -> Alignment:
    """The figures of a document. A report of a year in which the form binds prints no statistics table of before, only one like it."""
    found = align(document)
    if any(table.table_code in LEGACY_EDITIONS for table in found.tables):
        text = lines_of(document)
        year = identify(document, text, find_ending(text)).year
        return Alignment(problems=found.problems) if year is not None and year > FIRST_YEAR_OF_FORM else found
    return found


def assemble(document: Document, source: Source, parts: Sequence[Source], ocr: bool) -> tuple[Document, Alignment]:
    """The document with what its own pages, its parts and its running text add, each asked only while a table is missing."""
    found = _aligned(document)
    if _missing(found):
        document, found = _add_pictures(document, found, source, ocr)
    if _missing(found) and parts:
        document, found = _add_parts(document, found, parts, ocr)
    absent = [table for table in (*FORM_TABLES, *LEGACY_EDITIONS) if table not in {t.table_code for t in found.tables}]
    if _missing(found):
        lost = _lost(document, absent)
        if lost:
            document = replace(document, blocks=(*document.blocks, *lost))
            found = _aligned(document)
    return document, settle_candidates(document, found)


def _add_pictures(document: Document, found: Alignment, source: Source, ocr: bool) -> tuple[Document, Alignment]:
    """What OCR reads on the document's own pages and pictures without text."""
    pictures = read_pictures(source, document, ocr)
    if pictures is None:
        return document, found
    joined = _join(document, pictures)
    return joined, _aligned(joined)


def _complete(document: Document, pictures: Document | None) -> Document:
    return document if pictures is None else _join(document, pictures)


def _join(document: Document, other: Document) -> Document:
    """The blocks of both. Tables are numbered on; the narrative of the second counts where the first has hardly any."""
    count = sum(1 for _ in document.grids())
    tells = _narrative(other) > _narrative(document)
    blocks = [_renumber(b, count) if isinstance(b, Grid) else b for b in other.blocks if isinstance(b, Grid) or tells]
    reader = other.reader if count == 0 and blocks else document.reader
    return replace(
        document,
        reader=reader,
        blocks=(*document.blocks, *blocks),
        title=document.title or other.title,
        meta={**other.meta, **document.meta},
        problems=(*document.problems, *other.problems),
    )


def _narrative(document: Document) -> tuple[int, int]:
    """How much a document tells: sections of the form that it heads, then characters (menus and footers have those too)."""
    lines = [paragraph.text for paragraph in document.paragraphs()]
    return len({code for line in lines if (code := opens(line))}), sum(map(len, lines))


def _renumber(grid: Grid, offset: int) -> Grid:
    """The grid counted on behind the tables of another document; one cell object stays one."""
    if not offset:
        return grid
    moved: dict[int, Cell] = {}
    rows = []
    for row in grid.rows:
        line = []
        for cell in row:
            if cell is not None and id(cell) not in moved:
                moved[id(cell)] = cell._replace(place=cell.place._replace(table_no=grid.number + offset))
            line.append(None if cell is None else moved[id(cell)])
        rows.append(tuple(line))
    return replace(grid, rows=tuple(rows), number=grid.number + offset)


def _add_parts(document: Document, found: Alignment, parts: Sequence[Source], ocr: bool) -> tuple[Document, Alignment]:
    """Attachments in order until no table is missing, then pictures together: they are pages of one report."""
    pictures: list[tuple[int, Source]] = []
    for number, source in enumerate(parts, 1):
        if sniff(source.content).is_picture:
            pictures.append((number, source))
            continue
        document, found = _add_part(document, found, number, source, ocr)
        if not _missing(found):
            return document, found
    if pictures:
        document, found = _added(document, found, _pictures(pictures) if ocr else NEEDS_OCR)
    return document, found


def _pictures(pictures: Sequence[tuple[int, Source]]) -> Document | Problem:
    try:
        return read_parts(pictures)
    except ReadError as error:
        return Problem(f"part_{error.code}", f"{len(pictures)} pictures: {error}")


def _add_part(document: Document, found: Alignment, number: int, source: Source, ocr: bool) -> tuple[Document, Alignment]:
    if sniff(source.content) in BUNDLES:
        for member in _members(source):
            document, found = _added(document, found, member if isinstance(member, Problem) else try_document(member, number, ocr))
        return document, found
    part = try_document(source, number, ocr)
    if isinstance(part, Document):
        part = _complete(part, read_pictures(source, part, ocr, number))
    return _added(document, found, part)


def _members(source: Source) -> Sequence[Source | Problem]:
    try:
        return members(source.content)
    except ReadError as error:
        return [Problem(f"part_{error.code}", f"{source.url or 'bundle'}: {error}")]


def _added(document: Document, found: Alignment, part: Document | Problem) -> tuple[Document, Alignment]:
    """The document with a part, where the part holds a table that was missing (or, tables apart, nearly all of the text)."""
    if isinstance(part, Problem):
        return replace(document, problems=(*document.problems, part)), found
    own = align(part)
    useful = {t.table_code for t in own.tables} & ({*_missing(found), *LEGACY_EDITIONS})
    if not useful:
        return document, found
    joined = _join(document, part)
    return joined, _aligned(joined)


def _lost(document: Document, wanted: Sequence[str]) -> list[Grid]:
    """Missing tables rebuilt from running text, numbered on."""
    text = "\n".join(paragraph.text for paragraph in document.paragraphs())
    count = sum(1 for _ in document.grids())
    return [_renumber(grid, count) for grid in lost_grids(text, wanted, document.reader)]
