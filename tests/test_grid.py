"""Merged cells become a rectangle as the HTML standard's table algorithm says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.document import Grid
from extract.errors import TooComplex
from extract.grid import Span, expand, transpose

spans = st.builds(Span, st.sampled_from("abc"), st.integers(0, 4), st.integers(1, 4))
tables = st.lists(st.lists(spans, max_size=5), max_size=6)


def texts(grid: Grid) -> list[list[str | None]]:
    """What stands in every slot."""
    return [[None if cell is None else cell.text for cell in row] for row in grid.rows]


def test_a_merged_cell_stands_in_every_slot_that_it_covers() -> None:
    """Rowspan and colspan push later cells aside."""
    grid = expand([[Span("a", 2), Span("b", 1, 2)], [Span("c"), Span("d")]], "html")
    assert texts(grid) == [["a", "b", "b"], ["a", "c", "d"]]
    assert grid.rows[0][0] is grid.rows[1][0]


def test_a_span_beyond_the_table_ends_with_it() -> None:
    """Rows that do not exist and columns in which no cell begins are not made."""
    assert texts(expand([[Span("a", 9), Span("b", 1, 9)], [Span("c")]], "html")) == [["a", "b"], ["a", "c"]]


def test_rowspan_zero_reaches_the_end_of_its_group() -> None:
    """tbody ends it; a plain rowspan does not cross it either."""
    grid = expand([[Span("a", 0), Span("b")], [Span("c")], [Span("d"), Span("e")]], "html", groups=[0, 2])
    assert texts(grid) == [["a", "b"], ["a", "c"], ["d", "e"]]


def test_a_table_of_too_many_cells_is_refused() -> None:
    """A few characters of HTML can ask for millions of slots."""
    with pytest.raises(TooComplex):
        expand([[Span("a", 60000, 1000)] for _ in range(60000)], "html")


@given(tables)
def test_every_grid_is_a_rectangle_of_whole_cells(rows: list[list[Span]]) -> None:
    """All rows are as long; every cell's own slot holds it; each slot lies within its cell's spans."""
    grid = expand(rows, "html")
    assert len({len(row) for row in grid.rows}) <= 1
    for r, row in enumerate(grid.rows):
        for c, cell in enumerate(row):
            if cell is not None:
                top, left = cell.place.row_no, cell.place.column_no
                assert top is not None
                assert left is not None
                assert top <= r < top + cell.rowspan
                assert left <= c < left + cell.colspan


@given(tables)
def test_transposing_twice_changes_nothing(rows: list[list[Span]]) -> None:
    """A grid turned on its side and back is the grid."""
    grid = expand(rows, "html")
    if grid.rows and grid.rows[0]:
        assert transpose(transpose(grid)).rows == grid.rows


@given(st.lists(st.lists(st.sampled_from("xyz"), min_size=3, max_size=3), min_size=1, max_size=5))
def test_a_table_without_merged_cells_is_itself(rows: list[list[str]]) -> None:
    """Nothing moves where nothing spans."""
    assert texts(expand([[Span(text) for text in row] for row in rows], "html")) == rows
