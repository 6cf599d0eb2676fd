"""The tables of one upright PDF page: ruled cells with the letters inside them, and the letters that stand outside."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from extract.document import Grid
from extract.errors import TooComplex
from extract.pdf_gaps import missing
from extract.pdf_letters import UNREADABLE
from extract.pdf_overflow import taken_in
from extract.pdf_page import Glyph, Page
from extract.pdf_prose import is_heading
from extract.pdf_rows import has_rows
from extract.pdf_text import cell_text, line_text, rows, runs_on
from extract.ruled import Box, Lattice, Reading, Rule, Ruled, find, grid, joined, without

CORNER = 3.0
"""Points by which lines may miss their corner."""
THIN = 6.0
"""Points; an empty strip of slots thinner than this is the gap of a double border."""
OVERSIZE = 2.0
"""Times the usual height of a table's letters from which letters across its rules are a watermark."""
WIDEST = 0.3
"""The share of the page's width that columns merged over the whole page may take at one side of a table."""
FRAME = 0.5
"""The share of a page that a single cell must cover to be its frame."""
TALLEST_ROW = 48.0
"""Points; two lattices farther apart are two tables."""
MOST_SLOTS = 200_000


class Ruling(NamedTuple):
    """A lattice with the letters of each of its cells, in the order of its cells."""

    lattice: Lattice
    letters: list[list[Glyph]]


def rulings(page: Page) -> tuple[list[Ruling], list[Glyph]]:
    """The page's tables from top to bottom, and the letters outside them. TooComplex beyond 200,000 slots."""
    lattices = find(page.horizontal, page.vertical, CORNER * page.unit)
    level, upright = list(_bridges(lattices, page)), list(_missing_sides(lattices, page))
    found, outside = _filled(page, level, upright) if level or upright else _shared(page, lattices)
    gaps = [rule for ruling in found if _has_chasm(ruling) for rule in missing(*ruling)]
    found, outside = _filled(page, level, [*upright, *gaps]) if gaps else (found, outside)
    return _with_overflow(found, outside, page)


def _with_overflow(found: list[Ruling], outside: list[Glyph], page: Page) -> tuple[list[Ruling], list[Glyph]]:
    """The tables with what the lowest of them prints below its last line, and the letters outside."""
    lowest = max(found, key=lambda ruling: ruling.lattice.box.bottom, default=None)
    letters = taken_in(*lowest, outside, page, CORNER * page.unit) if lowest is not None and outside else None
    if lowest is None or letters is None:
        return found, outside
    inside = {id(glyph) for own in letters for glyph in own}
    whole = Ruling(lowest.lattice, letters)
    return [whole if ruling is lowest else ruling for ruling in found], [glyph for glyph in outside if id(glyph) not in inside]


def _filled(page: Page, level: list[Rule], upright: list[Rule]) -> tuple[list[Ruling], list[Glyph]]:
    """The tables with these rules added to those of the page."""
    return _shared(page, find([*page.horizontal, *level], [*page.vertical, *upright], CORNER * page.unit))


def _bridges(lattices: list[Lattice], page: Page) -> Iterator[Rule]:
    """Rules that join a table to lone side lines as high as itself: columns merged over the whole page have no rule of their own."""
    slack = 2 * CORNER * page.unit
    uprights = joined(page.vertical, CORNER * page.unit) if lattices else []
    for box in (lattice.box for lattice in lattices):
        sides = [rule for rule in uprights if abs(rule.start - box.top) <= slack and abs(rule.end - box.bottom) <= slack]
        left = sorted([rule.at for rule in sides if box.x0 - WIDEST * page.width <= rule.at < box.x0 - slack], reverse=True)
        right = sorted(rule.at for rule in sides if box.x1 + slack < rule.at <= box.x1 + WIDEST * page.width)
        for near, far in (*pairwise([box.x0, *left]), *pairwise([box.x1, *right])):
            yield from (Rule(y, min(near, far), max(near, far)) for y in (box.top, box.bottom))


def _shared(page: Page, lattices: list[Lattice]) -> tuple[list[Ruling], list[Glyph]]:
    """Those of the lattices that are tables, with their letters, and the letters outside."""
    if sum((len(x.xs) - 1) * (len(x.ys) - 1) for x in lattices) > MOST_SLOTS:
        raise TooComplex("a page draws more cells than any report has")
    lattices = _without_frames(lattices, page)
    inside, outside = _share(lattices, page.glyphs)
    found = []
    for lattice, letters in zip(lattices, inside, strict=True):
        if len(lattice.xs) == 2 and has_rows(letters):
            outside.extend(letters)
        elif letters:
            fitting, large = _fitting(lattice, letters)
            page.askew.extend(large)
            found.append(_settled(lattice, fitting, THIN * page.unit))
    return [ruling for ruling in found if ruling.lattice.cells], outside


def _fitting(lattice: Lattice, glyphs: list[Glyph]) -> tuple[list[Glyph], list[Glyph]]:
    """The letters without those of a watermark: far larger than the others, and across the rules."""
    usual = sorted([g[4] - g[2] for g in glyphs])[len(glyphs) // 2]
    large = [g for g in glyphs if g[4] - g[2] > OVERSIZE * usual]
    if not large:
        return glyphs, large
    crossing = {id(g) for g in large if any(g.x0 < x < g.x1 for x in lattice.xs) or any(g.top < y < g.bottom for y in lattice.ys)}
    return [g for g in glyphs if id(g) not in crossing], [g for g in large if id(g) in crossing]


def _has_chasm(ruling: Ruling) -> bool:
    """Whether a cell may hold two figures side by side: digits farther apart than digits of one number are."""
    for letters in ruling.letters:
        for left, right in pairwise(letters):
            if left[0].isdecimal() and right[0].isdecimal() and right[1] - left[3] > 0.5 * (left[4] - left[2]):
                return True
    return False


def _missing_sides(lattices: list[Lattice], page: Page) -> Iterator[Rule]:
    """Sides for tables that have none, where a row over their whole width parts them from the rest of the table or its outer rule."""
    bands = [lattice.box for lattice in lattices]
    lone = [Box(rule.start, rule.at, rule.end, rule.at) for rule in joined(page.horizontal, CORNER * page.unit)]
    bands += [line for line in lone if not any(box.covers(line, CORNER * page.unit) for box in bands)] if bands else []
    for above, below in pairwise(sorted(bands, key=lambda box: box.top)):
        edges = ((above.x0, below.x0), (above.x1, below.x1))
        if not 0 < below.top - above.bottom <= TALLEST_ROW * page.unit or any(abs(a - b) > CORNER * page.unit for a, b in edges):
            continue
        if not _has_sides(above, below, page) and _is_row(Box(above.x0, above.bottom, above.x1, below.top), page):
            yield from (Rule(x, above.top, below.bottom) for x, _ in edges)


def _has_sides(above: Box, below: Box, page: Page) -> bool:
    """Whether a line is drawn at the left or right of these boxes."""
    near = [rule for rule in page.vertical if rule.end > above.top and rule.start < below.bottom]
    return any(abs(rule.at - x) <= CORNER * page.unit for rule in near for x in (above.x0, above.x1))


def _is_row(gap: Box, page: Page) -> bool:
    """Whether one line stands here that is no heading."""
    lines = rows([g for g in page.glyphs if gap.holds((g.x0 + g.x1) / 2, (g.top + g.bottom) / 2)])
    return len(lines) == 1 and not is_heading(line_text(lines[0]))


def _without_frames(lattices: list[Lattice], page: Page) -> list[Lattice]:
    """Lattices that are tables: not a frame around the page or around other tables, nor a line with a bar."""
    area = page.width * page.height
    kept = []
    for lattice in lattices:
        box = lattice.box
        holds = any(other is not lattice and box.covers(other.box, CORNER * page.unit) for other in lattices)
        framing = len(lattice.cells) <= 2 and (holds or box.width * box.height >= FRAME * area)
        if lattice.cells and not framing:
            kept.append(lattice)
    return kept


def _share(lattices: Sequence[Lattice], glyphs: list[Glyph]) -> tuple[list[list[Glyph]], list[Glyph]]:
    """Each letter to the smallest lattice that holds its centre, or to none; a number that runs on beyond one is unreadable."""
    inside: list[list[Glyph]] = [[] for _ in lattices]
    outside: list[Glyph] = []
    order = sorted(range(len(lattices)), key=lambda i: lattices[i].box.width * lattices[i].box.height)
    boxes = [(i, *lattices[i].box) for i in order]
    last: list[Glyph] = []
    for glyph in glyphs:
        _, left, upper, right, lower, _ = glyph
        x, y = (left + right) / 2, (upper + lower) / 2
        for i, x0, top, x1, bottom in boxes:
            if x0 <= x <= x1 and top <= y <= bottom:
                last = inside[i]
                last.append(glyph)
                break
        else:
            outside.append(glyph)
            if last and runs_on(last[-1], glyph):
                last.append(last.pop()._replace(text=UNREADABLE))
    return inside, outside


def _settled(lattice: Lattice, glyphs: list[Glyph], thin: float) -> Ruling:
    """A lattice without the thin strips between double borders, its letters shared out to its cells by their centres.

    A number that runs on into the next cell leaves both unreadable.
    """
    rows, columns = set(_thin(lattice.ys, thin)), set(_thin(lattice.xs, thin))
    if rows or columns:
        at = {(bisect_right(lattice.ys, (g.top + g.bottom) / 2) - 1, bisect_right(lattice.xs, (g.x0 + g.x1) / 2) - 1) for g in glyphs}
        rows -= {r for r, _ in at}
        columns -= {c for _, c in at}
        if len(rows) < len(lattice.ys) - 1 and len(columns) < len(lattice.xs) - 1:
            lattice = without(lattice, rows, columns)
    letters: list[list[Glyph]] = [[] for _ in lattice.cells]
    owners = lattice.owners()
    xs, ys = lattice.xs, lattice.ys
    right, below = len(xs) - 1, len(ys) - 1
    last = owner = 0
    for glyph in glyphs:
        _, x0, top, x1, bottom, _ = glyph
        r = bisect_right(ys, (top + bottom) / 2, 1, below) - 1
        c = bisect_right(xs, (x0 + x1) / 2, 1, right) - 1
        last, owner = owner, owners[r][c]
        if owner != last and letters[last] and runs_on(letters[last][-1], glyph):
            letters[last].append(letters[last].pop()._replace(text=UNREADABLE))
            glyph = glyph._replace(text=UNREADABLE)
        letters[owner].append(glyph)
    return Ruling(lattice, letters)


def _thin(places: tuple[float, ...], thin: float) -> list[int]:
    return [i for i in range(len(places) - 1) if places[i + 1] - places[i] < thin]


def is_torn(ruling: Ruling, page: Page) -> bool:
    """Whether no rule is drawn below the last row: the page ended in the middle of it."""
    box = ruling.lattice.box
    slack = CORNER * page.unit
    near = [rule for rule in page.horizontal if abs(rule[0] - box.bottom) <= slack]
    drawn = sum(min(rule.end, box.x1) - max(rule.start, box.x0) for rule in near if rule.end > box.x0 and rule.start < box.x1)
    return drawn < box.width / 2


def as_grid(ruling: Ruling, sheet: int, reader: str) -> Grid:
    """A ruling as a Grid whose places lie on `sheet`, in points of the upright page."""
    letters = {(cell.row, cell.column): glyphs for cell, glyphs in zip(ruling.lattice.cells, ruling.letters, strict=True)}

    def read(cell: Ruled) -> Reading:
        text = cell_text(letters[cell.row, cell.column], cell.box.width)
        return Reading(text, 1.0, UNREADABLE in text)

    return grid(ruling.lattice, read, sheet, reader)


def covered(ruling: Ruling, box: Box) -> bool:
    """Whether the middle of a box lies on this table."""
    return ruling.lattice.box.holds((box.x0 + box.x1) / 2, (box.top + box.bottom) / 2)
