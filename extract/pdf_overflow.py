"""Letters that stand below the last line of a table because the page ended inside their cell: browsers cut the borders first."""

from __future__ import annotations

from extract.pdf_page import Glyph, Page
from extract.pdf_prose import MARGIN, is_heading
from extract.pdf_text import line_text, rows
from extract.ruled import Lattice, Rule, Ruled

LEADING = 2.5
"""Sizes of its letters from one line of a cell to the next, at most."""


def taken_in(lattice: Lattice, letters: list[list[Glyph]], outside: list[Glyph], page: Page, corner: float) -> list[list[Glyph]] | None:
    """The letters of the lattice's cells with the lines below it that go on in cells without a lower border; None where there are none.

    Such lines follow one another closely, stand wholly under such cells, and are the last of the page's text.
    """
    bottom = lattice.box.bottom
    lowest = [rule for rule in page.horizontal if abs(rule.at - bottom) <= 2 * corner]
    open_cells = [i for i, cell in enumerate(lattice.cells) if cell.box.bottom >= bottom - corner and not _is_closed(cell, lowest, corner)]
    below = rows([glyph for glyph in outside if glyph.bottom > bottom and not glyph.turn]) if open_cells else []
    found = [list(own) for own in letters]
    last = max((glyph.bottom for i in open_cells for glyph in letters[i]), default=bottom)
    for number, line in enumerate(below):
        owners = [next((i for i in open_cells if lattice.cells[i].box.x0 <= g.x0 and g.x1 <= lattice.cells[i].box.x1), None) for g in line]
        if None in owners or line[0].bottom - last > LEADING * (line[0].bottom - line[0].top) or is_heading(line_text(line)):
            return found if number and line[0].top > (1 - MARGIN) * page.height else None
        for glyph, owner in zip(line, owners, strict=True):
            found[owner or 0].append(glyph)
        last = line[0].bottom
    return found if below else None


def _is_closed(cell: Ruled, rules: list[Rule], corner: float) -> bool:
    """Whether one of these rules is drawn below most of a cell."""
    box = cell.box
    near = [rule for rule in rules if abs(rule.at - box.bottom) <= corner]
    return sum(max(0.0, min(rule.end, box.x1) - max(rule.start, box.x0)) for rule in near) >= box.width / 2
