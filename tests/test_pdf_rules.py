"""Rules that are hard to see: alone at a side, white on colour, drawn as areas between outlines."""

from __future__ import annotations

import io
from collections.abc import Callable

from reportlab.lib.colors import Color, black, white
from reportlab.pdfgen.canvas import Canvas

from extract import pdf
from tests.office import Slots, read_slots

WORDS = [["one", "1", "2"], ["two", "3", "4"], ["three", "5", "6"]]
XS, YS = (100, 200, 300, 400), (640, 670, 700, 730)


def table(paint: Callable[[Canvas], None], words: list[list[str]] | None = None, dx: int = 0) -> list[Slots]:
    """The tables read from a page on which `paint` drew rules, with words in three rows and columns."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1)
    paint(canvas)
    canvas.setFillColor(black)
    for r, row in enumerate(words or WORDS):
        for c, word in enumerate(row):
            canvas.drawString(XS[c] + 10 + dx, YS[3 - r] - 20, word)
    canvas.save()
    return read_slots(pdf.read(buffer.getvalue()))


def test_a_side_line_that_meets_no_other_belongs_to_the_table_beside_it() -> None:
    """A column merged over the whole page is bounded by one line alone: it is a column all the same."""

    def paint(canvas: Canvas) -> None:
        canvas.grid(list(XS), list(YS))
        canvas.line(60, YS[0], 60, YS[-1])
        canvas.drawString(70, 690, "all")

    assert table(paint) == [[["all", *row] for row in WORDS]]


def test_a_line_of_another_height_is_no_side() -> None:
    """A longer line at the margin is not the side of a table."""

    def paint(canvas: Canvas) -> None:
        canvas.grid(list(XS), list(YS))
        canvas.line(60, 100, 60, 800)

    assert table(paint) == [WORDS]


def test_white_rules_on_striped_rows_rule_the_white_rows_too() -> None:
    """Every other row is coloured; the white grid shows only there, but it is one grid."""

    def paint(canvas: Canvas) -> None:
        canvas.setFillColor(Color(0.8, 0.85, 1.0))
        for row in (0, 2):
            canvas.rect(100, YS[row], 300, 30, stroke=0, fill=1)
        canvas.setStrokeColor(white)
        canvas.grid(list(XS), list(YS))

    assert table(paint) == [WORDS]


def test_white_rules_on_white_are_nothing() -> None:
    """What nobody sees divides no text: figures in a row are found by where they stand, words are prose."""

    def paint(canvas: Canvas) -> None:
        canvas.setStrokeColor(white)
        canvas.grid(list(XS), list(YS))

    assert table(paint) == []


def test_shading_behind_cells_is_no_border() -> None:
    """Coloured boxes larger than cells, and boxes inside cells, leave the grid as its lines draw it."""

    def paint(canvas: Canvas) -> None:
        canvas.setFillColor(Color(0.9, 0.9, 0.9))
        canvas.rect(80, 620, 350, 130, stroke=0, fill=1)
        canvas.rect(205, 675, 80, 20, stroke=0, fill=1)
        canvas.grid(list(XS), list(YS))

    assert table(paint) == [WORDS]


def test_a_frame_around_the_page_is_no_table() -> None:
    """A border around everything neither swallows the table nor becomes one."""

    def paint(canvas: Canvas) -> None:
        canvas.rect(20, 20, 555, 802)
        canvas.grid(list(XS), list(YS))

    assert table(paint) == [WORDS]


def test_a_rule_clipped_away_is_no_rule() -> None:
    """A line outside its clip is not printed and divides nothing."""

    def paint(canvas: Canvas) -> None:
        canvas.grid(list(XS), list(YS))
        canvas.saveState()
        clip = canvas.beginPath()
        clip.rect(10, 10, 20, 20)
        canvas.clipPath(clip, stroke=0)
        canvas.line(100, 685, 400, 685)
        canvas.restoreState()

    assert table(paint) == [WORDS]


def test_a_line_painted_over_letters_hides_nothing() -> None:
    """A figure struck through is still printed."""

    def paint(canvas: Canvas) -> None:
        canvas.grid(list(XS), list(YS))
        canvas.line(205, 714, 230, 714)

    assert table(paint) == [WORDS]
