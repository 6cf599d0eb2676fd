"""Vertical rules that a ruled table lacks between its figures, put where the figures say that they belong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from extract.pdf_page import Glyph
from extract.pdf_rows import Word, words_of
from extract.ruled import Lattice, Rule, Ruled

LEAST_ROWS = 2
"""Rows in which words must stand on both sides of a new border."""


class _Filled(NamedTuple):
    """A cell with its words."""

    cell: Ruled
    words: list[Word]

    @property
    def figures(self) -> list[Word]:
        """Its words if all are figures on one line; none otherwise."""
        level = bool(self.words) and max(w.middle for w in self.words) - min(w.middle for w in self.words) < self.words[0].box.height / 2
        return self.words if level and all(word.is_figure for word in self.words) else []


def missing(lattice: Lattice, letters: list[list[Glyph]]) -> list[Rule]:
    """The rules to add. A cell is divided at a border that other rows have, or where several rows of figures agree on a new one."""
    filled = [_Filled(cell, words_of(glyphs)) for cell, glyphs in zip(lattice.cells, letters, strict=True)]
    return [*_at_known_borders(lattice, filled), *_at_new_borders(filled)]


def _at_known_borders(lattice: Lattice, filled: list[_Filled]) -> Iterator[Rule]:
    """Borders of other rows, for a cell over several columns with a figure in each of at least two."""
    for item in filled:
        cell = item.cell
        borders = lattice.xs[cell.column + 1 : cell.column + cell.colspan]
        inner = [x for x in borders if not any(word.box.x0 < x < word.box.x1 for word in item.words)]
        if cell.rowspan > 1 or len(item.figures) < 2:
            continue
        columns = [sum(word.box.x0 > x for x in inner) for word in item.figures]
        if len(set(columns)) == len(columns):
            yield from (Rule(x, cell.box.top, cell.box.bottom) for x in inner)


def _at_new_borders(filled: list[_Filled]) -> Iterator[Rule]:
    """New borders, for single columns in which several rows have equally many figures side by side."""
    columns: dict[int, list[_Filled]] = {}
    for item in filled:
        if item.cell.colspan == 1 and item.words:
            columns.setdefault(item.cell.column, []).append(item)
    for items in columns.values():
        several = [item.figures for item in items if len(item.figures) > 1]
        count = len(several[0]) if several else 0
        if not several or any(len(figures) != count for figures in several):
            continue
        for k in range(count - 1):
            left, right = max(figures[k].box.x1 for figures in several), min(figures[k + 1].box.x0 for figures in several)
            if left < right and sum(_parted(item, (left + right) / 2) for item in items) >= LEAST_ROWS:
                yield from _divide(items, (left + right) / 2)


def _parted(item: _Filled, x: float) -> bool:
    """Whether words stand on both sides of x, and none across it."""
    return any(word.box.x1 < x for word in item.words) and any(word.box.x0 > x for word in item.words) and not _crossed(item, x)


def _crossed(item: _Filled, x: float) -> bool:
    return any(word.box.x0 < x < word.box.x1 for word in item.words)


def _divide(items: list[_Filled], x: float) -> Iterator[Rule]:
    """The border through every cell of a column with words on both sides of it or figures on one, if it crosses none."""
    for item in items:
        if _parted(item, x) or (not _crossed(item, x) and all(word.is_figure for word in item.words)):
            yield Rule(x, item.cell.box.top, item.cell.box.bottom)
