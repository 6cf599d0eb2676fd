"""Ruled lines → the cells between them → a Grid; shared by the readers of PDF pages and of scanned pictures.

    lattices = find(horizontal, vertical, tolerance=3.0)        # lines of one page, any unit, y downwards
    for lattice in lattices:
        table = grid(lattice, lambda cell: Reading(text_inside(cell.box)), page=1, reader="scan")

Lines may be double, dashed, short of their corners, or missing at the sides of a table: what lies between is found all the same.
A `Lattice` knows geometry only; `grid` asks the caller for the text of each cell, by its box.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import NamedTuple

from extract.document import Cell, Grid, Place, Row

COVERED = 0.6
"""The share of a cell's side that must be drawn for the side to count as a border."""


class Rule(NamedTuple):
    """A straight line: `at` its y where it is horizontal, its x where it is vertical; from `start` to `end` along the other axis."""

    at: float
    start: float
    end: float


class Box(NamedTuple):
    """A rectangle; y grows downwards."""

    x0: float
    top: float
    x1: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Whether the point lies inside."""
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom

    def covers(self, other: Box, slack: float = 0.0) -> bool:
        """Whether the other box lies inside, give or take `slack`."""
        inside = self.x0 - slack <= other.x0 and self.top - slack <= other.top
        return inside and other.x1 <= self.x1 + slack and other.bottom <= self.bottom + slack

    @property
    def width(self) -> float:
        """x1 − x0."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Bottom − top."""
        return self.bottom - self.top


class Ruled(NamedTuple):
    """One cell of a lattice: its first slot, its span in slots, its box, and whether its outer sides are all drawn."""

    row: int
    column: int
    rowspan: int
    colspan: int
    box: Box
    closed: bool = True


class Lattice(NamedTuple):
    """A table's skeleton: column borders `xs` (n + 1), row borders `ys` (m + 1), and the cells that tile the m × n slots."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[Ruled, ...]

    @property
    def box(self) -> Box:
        """Its outline."""
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])

    def owners(self) -> list[list[int]]:
        """For each slot, row by row, the index of the cell that covers it."""
        owner = [[-1] * (len(self.xs) - 1) for _ in range(len(self.ys) - 1)]
        for index, cell in enumerate(self.cells):
            for r in range(cell.row, cell.row + cell.rowspan):
                owner[r][cell.column : cell.column + cell.colspan] = [index] * cell.colspan
        return owner


class Reading(NamedTuple):
    """What a caller read inside a cell."""

    text: str
    confidence: float = 1.0
    unreadable: bool = False


def find(horizontal: Iterable[Rule], vertical: Iterable[Rule], tolerance: float = 3.0) -> list[Lattice]:
    """The tables that these lines draw, from top to bottom. `tolerance` is the largest gap at a corner, in the lines' unit."""
    rows, columns = joined(horizontal, tolerance), joined(vertical, tolerance)
    found = [_lattice(h, v, tolerance) for h, v in _components(rows, columns, tolerance)]
    return sorted((x for x in found if x.cells), key=lambda x: (x.box.top, x.box.x0))


def joined(rules: Iterable[Rule], tolerance: float) -> list[Rule]:
    """Rules at nearly the same place made one; pieces that touch, overlap or leave a gap of at most `tolerance` joined."""
    merged: list[Rule] = []
    for group in _clusters(sorted(rules), tolerance):
        group.sort(key=itemgetter(1))
        first, last, length, moment = group[0][1], group[0][2], 0.0, 0.0
        for at, start, end in group:
            if start > last + tolerance:
                merged.append(Rule(moment / length if length else group[0][0], first, last))
                first, last, length, moment = start, end, 0.0, 0.0
            elif end > last:
                last = end
            length += end - start
            moment += at * (end - start)
        merged.append(Rule(moment / length if length else group[0][0], first, last))
    return [rule for rule in merged if rule.end - rule.start >= 2 * tolerance]


def _clusters(rules: Sequence[Rule], tolerance: float) -> list[list[Rule]]:
    """Sorted rules in groups no wider than `tolerance`."""
    groups: list[list[Rule]] = []
    least = float("-inf")
    for rule in rules:
        if groups and rule[0] - least <= tolerance:
            groups[-1].append(rule)
        else:
            groups.append([rule])
            least = rule[0]
    return groups


def _components(rows: list[Rule], columns: list[Rule], tolerance: float) -> list[tuple[list[Rule], list[Rule]]]:
    """Horizontal and vertical rules grouped by what they cross, directly or by way of others."""
    leader = list(range(len(rows) + len(columns)))

    def root(i: int) -> int:
        while leader[i] != i:
            leader[i] = leader[leader[i]]
            i = leader[i]
        return i

    heights = [rule.at for rule in rows]
    for c, column in enumerate(columns):
        first, last = bisect_left(heights, column.start - tolerance), bisect_right(heights, column.end + tolerance)
        for r in range(first, last):
            if rows[r].start - tolerance <= column.at <= rows[r].end + tolerance:
                leader[root(r)] = root(len(rows) + c)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for r, rule in enumerate(rows):
        groups.setdefault(root(r), ([], []))[0].append(rule)
    for c, rule in enumerate(columns):
        groups.setdefault(root(len(rows) + c), ([], []))[1].append(rule)
    return [(h, v) for h, v in groups.values() if h and v]


def _lattice(rows: list[Rule], columns: list[Rule], tolerance: float) -> Lattice:
    """The cells between rules that cross one another; sides that are not drawn are closed where the other rules end."""
    xs = _borders(columns, [rule.start for rule in rows], [rule.end for rule in rows], tolerance)
    ys = _borders(rows, [rule.start for rule in columns], [rule.end for rule in columns], tolerance)
    upright = _drawn(columns, xs, ys)
    level = _drawn(rows, ys, xs)
    open_sides = [2 * sum(side) <= len(side) for side in (upright[0], upright[-1])]
    # a table drawn with but one of its sides was cut at the other: its blank cells there prove nothing
    for side, is_open in ((upright[0], all(open_sides)), (upright[-1], all(open_sides)), (level[0], True), (level[-1], True)):
        if is_open and 2 * sum(side) <= len(side):
            side[:] = [True] * len(side)
    return Lattice(tuple(xs), tuple(ys), tuple(_cells(xs, ys, upright, level)))


def _borders(rules: list[Rule], starts: list[float], ends: list[float], tolerance: float) -> list[float]:
    """Where rules stand, plus the extreme ends of the crossing ones where no rule stands there."""
    places = [group[0].at for group in _clusters(sorted(rules), tolerance)]
    if min(starts) < places[0] - 2 * tolerance:
        places.insert(0, min(starts))
    if max(ends) > places[-1] + 2 * tolerance:
        places.append(max(ends))
    return places


def _drawn(rules: list[Rule], places: list[float], marks: list[float]) -> list[list[bool]]:
    """drawn[i][j]: whether the border at places[i] is drawn between marks[j] and marks[j + 1]."""
    length = [[0.0] * (len(marks) - 1) for _ in places]
    for rule in rules:
        i = _nearest(places, rule.at)
        for j in range(max(0, bisect_right(marks, rule.start) - 1), len(marks) - 1):
            if marks[j] >= rule.end:
                break
            length[i][j] += min(rule.end, marks[j + 1]) - max(rule.start, marks[j])
    return [[part >= COVERED * (marks[j + 1] - marks[j]) for j, part in enumerate(line)] for line in length]


def _nearest(places: list[float], at: float) -> int:
    right = bisect_left(places, at)
    if right == len(places) or (right and at - places[right - 1] <= places[right] - at):
        return right - 1
    return right


def _cells(xs: list[float], ys: list[float], upright: list[list[bool]], level: list[list[bool]]) -> Iterable[Ruled]:
    """Rectangles of slots with no border inside, first to last; `upright[i][row]` and `level[j][column]` say what is drawn."""
    width, height = len(xs) - 1, len(ys) - 1
    taken = [[False] * width for _ in range(height)]
    for r in range(height):
        for c in range(width):
            if taken[r][c]:
                continue
            right = c + 1
            while right < width and not upright[right][r] and not taken[r][right]:
                right += 1
            below = r + 1
            while below < height and _open_below(below, c, right, upright, level) and not any(taken[below][c:right]):
                below += 1
            for row in taken[r:below]:
                row[c:right] = [True] * (right - c)
            closed = all(upright[c][r:below]) and all(upright[right][r:below]) and all(level[r][c:right]) and all(level[below][c:right])
            yield Ruled(r, c, below - r, right - c, Box(xs[c], ys[r], xs[right], ys[below]), closed)


def _open_below(row: int, left: int, right: int, upright: list[list[bool]], level: list[list[bool]]) -> bool:
    """Whether the slots left…right of this row belong to the cell above: no border between, none inside."""
    return not any(level[row][left:right]) and not any(upright[i][row] for i in range(left + 1, right))


def without(lattice: Lattice, rows: Iterable[int] = (), columns: Iterable[int] = ()) -> Lattice:
    """The same lattice with these strips of slots swallowed by their neighbours; at least one of each must stay.

    Double borders and gaps between cells leave strips too thin to hold anything; a cell that lies wholly inside one vanishes.
    """
    keep_x, new_x = _squeeze(len(lattice.xs) - 1, set(columns))
    keep_y, new_y = _squeeze(len(lattice.ys) - 1, set(rows))
    xs, ys = tuple(lattice.xs[i] for i in keep_x), tuple(lattice.ys[i] for i in keep_y)
    cells = []
    for cell in lattice.cells:
        left, right = new_x[cell.column], new_x[cell.column + cell.colspan]
        top, below = new_y[cell.row], new_y[cell.row + cell.rowspan]
        if left < right and top < below:
            cells.append(cell._replace(row=top, column=left, rowspan=below - top, colspan=right - left))
    return Lattice(xs, ys, tuple(cells))


def _squeeze(slots: int, thin: set[int]) -> tuple[list[int], list[int]]:
    """Which of the slots + 1 borders stay, and for each old border the index of its successor among them."""
    new = [0]
    for slot in range(slots):
        new.append(new[-1] + (slot not in thin))
    keep = [new.index(k) for k in range(new[-1])]
    return [*keep, slots], new


def grid(lattice: Lattice, read: Callable[[Ruled], Reading], page: int | None, reader: str, number: int = 1) -> Grid:
    """The lattice with the text that `read` gives for each cell. A cell that is not closed and holds nothing is no cell (None)."""
    width, height = len(lattice.xs) - 1, len(lattice.ys) - 1
    slots: list[list[Cell | None]] = [[None] * width for _ in range(height)]
    for ruled in lattice.cells:
        reading = read(ruled)
        if not (ruled.closed or reading.text or reading.unreadable or _framed(ruled, width, height)):
            continue
        x0, top, x1, bottom = ruled.box
        place = Place(number, ruled.row, ruled.column, page, round(x0, 2), round(top, 2), round(x1, 2), round(bottom, 2))
        cell = Cell(reading.text, place, ruled.rowspan, ruled.colspan, reading.confidence, False, reading.unreadable)
        for r in range(ruled.row, ruled.row + ruled.rowspan):
            slots[r][ruled.column : ruled.column + ruled.colspan] = [cell] * ruled.colspan
    rows: tuple[Row, ...] = tuple(tuple(row) for row in slots)
    return Grid(rows, reader, number)


def _framed(ruled: Ruled, width: int, height: int) -> bool:
    """Whether the cell lies inside the table, away from its outline."""
    inside = ruled.row > 0 and ruled.column > 0
    return inside and ruled.row + ruled.rowspan < height and ruled.column + ruled.colspan < width
