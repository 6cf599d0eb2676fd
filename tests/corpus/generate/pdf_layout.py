"""Where a specimen's paragraphs and table cells stand on pages: lines wrapped to their cells, tables broken over pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.corpus.generate.model import Specimen, Table
from tests.corpus.generate.office import Placed, placed, width_of

WEIGHTS = {4: (30, 20, 20, 20), 10: (4, 9, 27, 8, 8, 8, 8, 8, 8, 8), 15: (6,) * 15}
"""Relative column widths by the number of columns."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Sizes in points."""

    width: float = 595.0
    height: float = 842.0
    margin: float = 72.0
    body: float = 12.0
    cell: float = 9.0
    pad: float = 4.0
    weights: dict[int, tuple[int, ...]] = field(default_factory=lambda: WEIGHTS)
    cut_rows: bool = False
    """Rows may be cut by the end of a page, between two lines of their text."""
    repeat_header: bool = False


@dataclass(slots=True)
class Patch:
    """One cell, or the part of it that lies on one page; `key` tells figures from labels."""

    x0: float
    top: float
    x1: float
    bottom: float
    lines: list[str]
    figure: bool
    opens: bool = True
    """Its upper side is its own, not cut by a page break."""
    closes: bool = True
    row: int = 0


@dataclass(slots=True)
class Sheet:
    """One page: lines of prose as (x, top, text), and each table's patches."""

    prose: list[tuple[float, float, str]] = field(default_factory=list)
    tables: list[list[Patch]] = field(default_factory=list)


def advance(character: str, size: float) -> float:
    """The width of a character: ideographs are square, the rest half as wide."""
    return size if ord(character) > 0x2000 else size * 0.5


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The text in lines no wider than `width`, broken anywhere."""
    lines, room = [""], width
    for character in text:
        step = advance(character, size)
        if character == "\n" or step > room + 0.01:
            lines.append("")
            room = width
        if character != "\n":
            lines[-1] += character
            room -= step
    return lines


class Layout:
    """Lays one specimen out."""

    def __init__(self, specimen: Specimen, measure: Measure) -> None:
        self.measure = measure
        self.sheets = [Sheet()]
        self.top = measure.margin
        self._waiting: dict[int, list[str]] = {}
        self._begun: set[int] = set()
        for block in specimen.blocks:
            if isinstance(block, str):
                self._paragraph(block, centred=block == specimen.title)
            else:
                self._table(block)
                self.top += measure.body

    @property
    def _end(self) -> float:
        return self.measure.height - self.measure.margin

    def _turn_page(self) -> None:
        self.sheets.append(Sheet())
        self.top = self.measure.margin

    def _paragraph(self, text: str, centred: bool) -> None:
        m = self.measure
        width = m.width - 2 * m.margin
        for line in wrapped(text if centred else "\u3000\u3000" + text, width, m.body):
            if self.top + 1.6 * m.body > self._end:
                self._turn_page()
            x = m.margin + ((width - sum(advance(c, m.body) for c in line)) / 2 if centred else 0)
            self.sheets[-1].prose.append((x, self.top, line))
            self.top += 1.6 * m.body

    def _table(self, table: Table) -> None:
        self._waiting, self._begun = {}, set()
        rows = placed(table)
        xs = self._columns(width_of(table))
        heights = self._heights(rows, xs)
        header = next((r for r, row in enumerate(rows) if any(p.box.key for p in row)), 0)
        start = 0
        while start < len(rows):
            start = self._fragment(rows, xs, heights, start, header)

    def _columns(self, count: int) -> list[float]:
        m = self.measure
        weights = m.weights.get(count, (1,) * count)
        xs = [m.margin]
        for weight in weights:
            xs.append(xs[-1] + weight / sum(weights) * (m.width - 2 * m.margin))
        return xs

    def _lines(self, cell: Placed, xs: list[float]) -> list[str]:
        m = self.measure
        return wrapped(cell.box.text, xs[cell.column + cell.box.colspan] - xs[cell.column] - 2 * m.pad, m.cell)

    def _heights(self, rows: list[list[Placed]], xs: list[float]) -> list[float]:
        m = self.measure
        need = [max([1, *(len(self._lines(p, xs)) for p in row if p.box.rowspan == 1)]) for row in rows]
        heights = [count * 1.3 * m.cell + 2 * m.pad for count in need]
        for cell in (p for row in rows for p in row if p.box.rowspan > 1):
            span = slice(cell.row, cell.row + cell.box.rowspan)
            lack = len(self._lines(cell, xs)) * 1.3 * m.cell + 2 * m.pad - sum(heights[span])
            if lack > 0:
                heights[cell.row + cell.box.rowspan - 1] += lack
        return heights

    def _fragment(self, rows: list[list[Placed]], xs: list[float], heights: list[float], start: int, header: int) -> int:
        """Draw rows from `start` as far as the page goes; the next row to draw, its height lessened where it was cut."""
        m = self.measure
        patches: list[Patch] = []
        if start and m.repeat_header and start > header:
            waiting, self._waiting = self._waiting, {}
            patches += self._patches(rows, xs, heights, 0, header, 0.0)
            self._waiting = waiting
        first, room, end = start, self._end - self.top, start
        while end < len(rows) and heights[end] <= room + 0.01:
            room -= heights[end]
            end += 1
        cut = 0.0
        step = 1.3 * m.cell
        if m.cut_rows and end < len(rows) and heights[end] > 2 * step + m.pad and room > step + m.pad:
            cut = m.pad + step * int((room - m.pad) // step)
        if end == first and not cut:
            self._turn_page()
            return start
        patches += self._patches(rows, xs, heights, first, end, cut)
        self.sheets[-1].tables.append(patches)
        if cut:
            heights[end] -= cut
            self._begun.add(end)
        if end < len(rows):
            self._turn_page()
        return end

    def _patches(self, rows: list[list[Placed]], xs: list[float], heights: list[float], first: int, end: int, cut: float) -> list[Patch]:
        ys = [self.top]
        for r in range(first, end):
            ys.append(ys[-1] + heights[r])
        if cut:
            ys.append(ys[-1] + cut)
        last = end + (1 if cut else 0)
        found = []
        for cell in (p for row in rows for p in row):
            below = cell.row + cell.box.rowspan
            if cell.row >= last or below <= first:
                continue
            top, bottom = ys[max(cell.row, first) - first], ys[min(below, last) - first]
            closes = below <= end or (below == last and not cut)
            patch = Patch(xs[cell.column], top, xs[cell.column + cell.box.colspan], bottom, [], cell.box.key is not None)
            patch.opens, patch.closes, patch.row = cell.row >= first and cell.row not in self._begun, closes, max(cell.row, first)
            patch.lines = self._take(cell, xs, bottom - top, closes)
            found.append(patch)
        self.top = ys[-1]
        return found

    def _take(self, cell: Placed, xs: list[float], height: float, closes: bool) -> list[str]:
        """The lines of a cell that this part of it shows; the rest waits for the next page."""
        lines = self._waiting.setdefault(id(cell.box), self._lines(cell, xs))
        fit = len(lines) if closes else max(0, int((height - self.measure.pad) / (1.3 * self.measure.cell) + 0.01))
        taken, self._waiting[id(cell.box)] = lines[:fit], lines[fit:]
        return taken


def laid_out(specimen: Specimen, measure: Measure) -> list[Sheet]:
    """The pages of a specimen."""
    return Layout(specimen, measure).sheets


def figures_of(sheets: list[Sheet]) -> Iterator[Patch]:
    """Every patch that holds a figure."""
    return (patch for sheet in sheets for table in sheet.tables for patch in table if patch.figure)
