"""Numbers of which a part is not where it belongs: run on into the next cell, clipped away, beyond the side of the page."""

from __future__ import annotations

import io
from collections.abc import Callable

from reportlab.pdfgen.canvas import Canvas

from extract import pdf
from extract.document import Cell
from extract.pdf_second import read as second_read

XS, YS = [100, 150, 200, 250], [640, 670, 700, 730]
WORDS = {(0, 0): "one", (0, 1): "1", (0, 2): "2", (1, 0): "two", (2, 0): "three", (2, 1): "5", (2, 2): "6"}


def page(paint: Callable[[Canvas], None], width: int = 595) -> bytes:
    """A ruled table with the words of WORDS, and what `paint` draws."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(width, 842), invariant=1)
    canvas.grid(XS, YS)
    for (r, c), word in WORDS.items():
        canvas.drawString(XS[c] + 5, YS[2 - r] + 10, word)
    paint(canvas)
    canvas.save()
    return buffer.getvalue()


def running_on(column: int) -> Callable[[Canvas], None]:
    """A number longer than its cell in the second row."""
    return lambda canvas: canvas.drawString(XS[column] + 5, YS[1] + 10, "12345678")


def cells(content: bytes) -> dict[tuple[int | None, int | None], Cell]:
    """The cells of the one table, by row and column."""
    (table,) = pdf.read(content).grids()
    return {(cell.place.row_no, cell.place.column_no): cell for cell in table.cells()}


def unreadable(content: bytes) -> set[tuple[int | None, int | None]]:
    """Which cells are openly unread."""
    return {place for place, cell in cells(content).items() if cell.unreadable}


def test_a_number_that_runs_on_into_the_next_cell_leaves_both_unread() -> None:
    """Where the border falls between its digits is chance, and so would be what each cell is said to hold."""
    content = page(running_on(1))
    assert unreadable(content) == {(1, 1), (1, 2)}


def test_a_number_that_runs_on_beyond_the_table_is_unread() -> None:
    """Its last digits belong to it though they stand outside."""
    assert unreadable(page(running_on(2))) == {(1, 2)}


def test_the_second_reader_leaves_them_unread_too() -> None:
    """Else its reading would stand in the place of the first's."""
    for column, torn in ((1, {(1, 1), (1, 2)}), (2, {(1, 2)})):
        (table,) = second_read(page(running_on(column))).grids()
        assert {(cell.place.row_no, cell.place.column_no) for cell in table.cells() if cell.unreadable} == torn


def test_numbers_side_by_side_are_read() -> None:
    """Full cells, a line between them."""
    content = page(lambda canvas: canvas.drawRightString(XS[2] - 1, YS[1] + 10, "123456"))
    assert cells(content)[1, 1].text == "123456"
    assert not unreadable(content)


def test_a_number_clipped_in_its_middle_is_unread() -> None:
    """What is seen of it is not the number."""

    def paint(canvas: Canvas) -> None:
        clip = canvas.beginPath()
        clip.rect(XS[1], 0, 20, 842)
        canvas.clipPath(clip, stroke=0)
        canvas.drawString(XS[1] + 5, YS[1] + 10, "1234")

    assert unreadable(page(paint)) == {(1, 1)}


def test_a_table_that_goes_on_beyond_the_page_has_no_blank_cells_there() -> None:
    """Nothing is seen in its last column, but nobody sees either that nothing was printed."""
    read = cells(page(lambda canvas: None, width=230))
    assert read[1, 1].text == ""
    assert (1, 2) not in read
