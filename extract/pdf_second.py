"""PDF → Document by pdfplumber: the second, independent reader. Its parser and its table finder share nothing with the first's."""

from __future__ import annotations

import io
import logging
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import count, pairwise
from typing import Any

import pdfplumber

from extract.document import Block, Document, Grid, Paragraph
from extract.errors import Encrypted, ReadError, TooComplex, Unreadable
from extract.pdf_layers import shown
from extract.pdf_letters import UNREADABLE, plain
from extract.pdf_page import Glyph
from extract.pdf_prose import PageLines, paragraphs, spans, without_running
from extract.pdf_text import cell_text, lines_of, runs_on
from extract.ruled import Box, Lattice, Reading, Ruled, grid
from extract.stitch import stitched

READER = "pdfplumber"
MOST_PAGES = 200
SNAP = 3.0

logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every oddity of every font

_Placed = list[tuple[float, Grid]]


def read(content: bytes) -> Document:
    """The document as pdfplumber sees it. Raises Unreadable, Encrypted or TooComplex."""
    try:
        with pdfplumber.open(io.BytesIO(shown(content))) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                raise TooComplex(f"a PDF of {len(pdf.pages)} pages is too long for the second reader")
            pages = [_page(page, number) for number, page in enumerate(pdf.pages, 1)]
    except ReadError:
        raise
    except Exception as error:  # pdfminer raises whatever a damaged file makes of it
        if "Password" in f"{type(error).__name__} {error!r}":
            raise Encrypted("this PDF needs a password") from error
        raise Unreadable(f"pdfplumber cannot read this PDF: {type(error).__name__}") from error
    return Document(READER, tuple(_blocks(pages)))


def _page(page: Any, number: int) -> tuple[PageLines, _Placed]:  # noqa: ANN401  # pdfplumber's Page
    """Lines outside tables, and each table with its top."""
    glyphs = [glyph for glyph in map(_glyph, page.dedupe_chars().chars) if glyph.text]
    tables, grids = page.find_tables(), []
    outside = glyphs
    joined = [pair for pair in pairwise(glyphs) if runs_on(*pair)]
    for table in tables:
        box = Box(*table.bbox)
        inside = [glyph for glyph in outside if box.holds((glyph.x0 + glyph.x1) / 2, (glyph.top + glyph.bottom) / 2)]
        outside = [glyph for glyph in outside if glyph not in inside]
        grids.append((box.top, _grid(_lattice(table.cells), inside, joined, number)))
    page.close()
    return PageLines(number, float(page.width), float(page.height), lines_of(outside)), grids


def _glyph(char: Mapping[str, Any]) -> Glyph:
    """A character of pdfplumber; nothing for spaces and for letters written aslant."""
    a, b = char["matrix"][:2]
    text = plain(char["text"]).strip() if abs(b) <= abs(a) * 0.14 else ""
    return Glyph(UNREADABLE if "(cid:" in text else text, char["x0"], char["top"], char["x1"], char["bottom"])


def _lattice(cells: Iterable[tuple[float, float, float, float]]) -> Lattice:
    boxes = [Box(*cell) for cell in cells]
    xs = _places(x for box in boxes for x in (box.x0, box.x1))
    ys = _places(y for box in boxes for y in (box.top, box.bottom))
    ruled = []
    for box in sorted(boxes, key=lambda box: (box.top, box.x0)):
        left, right, top, below = _at(xs, box.x0), _at(xs, box.x1), _at(ys, box.top), _at(ys, box.bottom)
        if left < right and top < below:
            ruled.append(Ruled(top, left, below - top, right - left, box))
    return Lattice(tuple(xs), tuple(ys), tuple(ruled))


def _places(values: Iterable[float]) -> list[float]:
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > SNAP:
            kept.append(value)
    return kept


def _at(places: list[float], value: float) -> int:
    return max(0, bisect_left(places, value + 0.01) - 1)


def _grid(lattice: Lattice, glyphs: list[Glyph], joined: list[tuple[Glyph, Glyph]], number: int) -> Grid:
    def read_cell(cell: Ruled) -> Reading:
        def holds(g: Glyph) -> bool:
            return cell.box.holds((g.x0 + g.x1) / 2, (g.top + g.bottom) / 2)

        text = cell_text([g for g in glyphs if holds(g)], cell.box.width)
        return Reading(text, 1.0, UNREADABLE in text or any(holds(left) != holds(right) for left, right in joined))

    return grid(lattice, read_cell, number, READER)


def _blocks(pages: list[tuple[PageLines, _Placed]]) -> list[Block]:
    lines, _ = without_running([page for page, _ in pages])
    blocks: list[Block] = []
    for page, span, (_, grids) in zip(lines, spans(lines), pages, strict=True):
        placed: list[tuple[float, Block]] = list(grids)
        for prose in paragraphs(page, [top for top, _ in grids], span):
            placed.append((prose.top, Paragraph(prose.text, prose.page, heading=prose.heading)))
        blocks.extend(block for _, block in sorted(placed, key=lambda pair: pair[0]))
    numbers = count(1)
    return [_numbered(block, numbers) for block in stitched(blocks)]


def _numbered(block: Block, numbers: Iterator[int]) -> Block:
    if isinstance(block, Paragraph):
        return block
    number = next(numbers)
    moved = {id(cell): cell._replace(place=cell.place._replace(table_no=number)) for cell in block.cells()}
    rows = tuple(tuple(None if cell is None else moved[id(cell)] for cell in row) for row in block.rows)
    return replace(block, rows=rows, number=number)
