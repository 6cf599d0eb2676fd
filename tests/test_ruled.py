"""Lines drawn on a page become the cells that a person sees between them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from extract.ruled import Box, Lattice, Reading, Rule, find, grid, without


def spans(lattice: Lattice) -> set[tuple[int, int, int, int]]:
    """Row, column, rowspan and colspan of every cell."""
    return {(cell.row, cell.column, cell.rowspan, cell.colspan) for cell in lattice.cells}


def lines_of(xs: list[float], ys: list[float]) -> tuple[list[Rule], list[Rule]]:
    """All borders of a plain table."""
    return [Rule(y, xs[0], xs[-1]) for y in ys], [Rule(x, ys[0], ys[-1]) for x in xs]


def test_a_plain_table_has_a_cell_in_every_slot() -> None:
    """Two columns and three rows are six cells, with the boxes between the lines."""
    horizontal, vertical = lines_of([0, 50, 120], [0, 20, 40, 60])
    (lattice,) = find(horizontal, vertical)
    assert len(lattice.cells) == 6
    assert lattice.cells[1].box == Box(50, 0, 120, 20)
    assert all(cell.closed for cell in lattice.cells)


def test_a_border_that_is_missing_inside_merges_its_cells() -> None:
    """A vertical line that starts below the first row leaves that row in one cell."""
    horizontal, vertical = lines_of([0, 50, 100], [0, 20, 40])
    vertical[1] = Rule(50, 20, 40)
    (lattice,) = find(horizontal, vertical)
    assert spans(lattice) == {(0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1)}


def test_a_cell_over_several_rows_is_one_cell() -> None:
    """A horizontal line that starts at the second column leaves the first column whole."""
    horizontal, vertical = lines_of([0, 50, 100], [0, 20, 40, 60])
    horizontal[1], horizontal[2] = Rule(20, 50, 100), Rule(40, 50, 100)
    (lattice,) = find(horizontal, vertical)
    assert (0, 0, 3, 1) in spans(lattice)
    assert len(lattice.cells) == 4


def test_sides_that_are_not_drawn_are_closed() -> None:
    """A table without left, right and bottom border has the same cells as one with them."""
    horizontal = [Rule(y, 0, 120) for y in (0, 20, 40)]
    vertical = [Rule(x, 0, 60) for x in (40, 80)]
    (lattice,) = find(horizontal, vertical)
    assert lattice.xs == (0, 40, 80, 120)
    assert lattice.ys == (0, 20, 40, 60)
    assert len(lattice.cells) == 9
    assert all(cell.closed for cell in lattice.cells)


def test_double_dashed_and_shortened_lines_are_single_borders() -> None:
    """Lines drawn twice, in dashes, or ending before the corner make the same table."""
    horizontal, vertical = lines_of([0, 50, 100], [0, 20, 40])
    horizontal += [Rule(rule.at + 1.2, rule.start, rule.end) for rule in horizontal]
    dashes = [Rule(rule.at, at, at + 3) for rule in vertical for at in range(2, 38, 5)]
    (lattice,) = find(horizontal, dashes)
    assert len(lattice.cells) == 4


def test_two_tables_on_a_page_stay_two() -> None:
    """Lines that never meet belong to different tables, the upper one first."""
    upper, lower = lines_of([0, 50, 100], [0, 20]), lines_of([0, 30, 100], [60, 80])
    first, second = find(lower[0] + upper[0], lower[1] + upper[1])
    assert (first.box.top, second.box.top) == (0, 60)
    assert second.xs == (0, 30, 100)


def test_borders_of_two_tables_that_nearly_align_stay_where_they_are() -> None:
    """A letter of one table is not to fall on the wrong side of the other's border."""
    horizontal, vertical = lines_of([0, 50, 100], [0, 20])
    below = lines_of([0, 52.5, 100], [40, 60])
    upper, lower = find([*horizontal, *below[0]], [*vertical, *below[1]])
    assert (upper.xs[1], lower.xs[1]) == (50, 52.5)


def test_a_table_with_but_one_of_its_sides_was_cut_at_the_other() -> None:
    """What the cells there held is not known, even where nothing stands in them."""
    horizontal, vertical = lines_of([0, 50, 100], [0, 20, 40])
    (lattice,) = find(horizontal, vertical[:2])
    assert [cell.closed for cell in lattice.cells] == [True, False, True, False]


def test_lines_that_cross_nothing_are_no_table() -> None:
    """An underline and a separator draw no cells."""
    assert find([Rule(100, 0, 80), Rule(300, 0, 400)], []) == []


def test_thin_strips_are_swallowed_by_their_neighbours() -> None:
    """The gap between two outlines goes, and with it the cells inside it; the cells beside it widen."""
    horizontal, vertical = lines_of([0, 50, 55, 100], [0, 20, 40])
    (lattice,) = find(horizontal, vertical)
    squeezed = without(lattice, columns=[1])
    assert len(squeezed.xs) == 3
    assert spans(squeezed) == {(0, 0, 1, 1), (0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 1, 1)}


def test_a_grid_keeps_the_place_of_each_cell_and_asks_for_its_text() -> None:
    """The caller's reading lands in the cell, with row, column, page and box."""
    horizontal, vertical = lines_of([0, 50, 100], [0, 20, 40])
    (lattice,) = find(horizontal, vertical)
    made = grid(lattice, lambda cell: Reading(f"{cell.row}{cell.column}", 0.5), 7, "test")
    cell = made.rows[1][1]
    assert cell is not None
    assert (cell.text, cell.confidence) == ("11", 0.5)
    assert cell.place[1:] == (1, 1, 7, 50, 20, 100, 40)


def test_an_open_corner_without_text_is_no_cell() -> None:
    """Where the last row is shorter than the others, the slots beside it hold nothing."""
    horizontal = [Rule(0, 0, 150), Rule(20, 0, 150), Rule(40, 0, 150), Rule(60, 0, 50)]
    vertical = [Rule(0, 0, 60), Rule(50, 0, 60), Rule(100, 0, 40), Rule(150, 0, 40)]
    (lattice,) = find(horizontal, vertical)
    made = grid(lattice, lambda cell: Reading("x" if cell.column == 0 else ""), 1, "test")
    assert made.rows[2][0] is not None
    assert made.rows[2][2] is None


@st.composite
def tilings(draw: st.DrawFn) -> tuple[list[float], list[float], set[tuple[int, int, int, int]]]:
    """Borders, and a random division of their slots into rectangles."""
    widths = draw(st.lists(st.integers(15, 80), min_size=1, max_size=6))
    heights = draw(st.lists(st.integers(15, 80), min_size=1, max_size=6))
    xs, ys = [10.0], [10.0]
    for width in widths:
        xs.append(xs[-1] + width)
    for height in heights:
        ys.append(ys[-1] + height)
    taken: set[tuple[int, int]] = set()
    cells = set()
    for r in range(len(heights)):
        for c in range(len(widths)):
            if (r, c) in taken:
                continue
            free = next((k for k in range(c, len(widths)) if (r, k) in taken), len(widths)) - c
            colspan, rowspan = draw(st.integers(1, free)), draw(st.integers(1, len(heights) - r))
            taken |= {(r + y, c + x) for y in range(rowspan) for x in range(colspan)}
            cells.add((r, c, rowspan, colspan))
    return xs, ys, cells


@given(tilings())
@settings(max_examples=200, deadline=None)
def test_every_tiling_is_found_again_from_its_borders(tiling: tuple[list[float], list[float], set[tuple[int, int, int, int]]]) -> None:
    """Whatever cells are merged, cells drawn by their four sides are found with the boxes that they were drawn with."""
    xs, ys, cells = tiling
    horizontal = [Rule(ys[k], xs[c], xs[c + w]) for r, c, h, w in cells for k in (r, r + h)]
    vertical = [Rule(xs[k], ys[r], ys[r + h]) for r, c, h, w in cells for k in (c, c + w)]
    found = find(horizontal, vertical)
    boxes = {cell.box for lattice in found for cell in lattice.cells}
    assert boxes == {Box(xs[c], ys[r], xs[c + w], ys[r + h]) for r, c, h, w in cells}
