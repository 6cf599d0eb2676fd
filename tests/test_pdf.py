"""PDF files become the paragraphs and tables that a person sees on their pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from extract import pdf, pdf_second
from extract.document import Document, Grid, Source
from extract.pdf_debug import draw_debug
from extract.read import read as read_report
from tests.corpus.generate.model import Specimen, retext, specimen
from tests.corpus.generate.pdf import STYLES, Style, draw
from tests.corpus.generate.pdf_layout import Measure
from tests.office import expected, read_slots

REAL = Path(__file__).parents[2] / "shared" / "data" / "real" / "reports" / "hongze-2024.pdf"
UNRULED = ("none", "level", "three", "outer")
RULED = [name for name, style in STYLES.items() if style.borders not in UNRULED]


@cache
def model(edition: str = "v2021", seed: int = 3) -> Specimen:
    """The specimen that most tests draw."""
    return specimen(seed, edition)


@cache
def document(style: str, edition: str = "v2021") -> Document:
    """The specimen drawn and read again."""
    return pdf.read(draw(model(edition), STYLES[style]))


@pytest.mark.parametrize("edition", ["v2019", "v2021"])
@pytest.mark.parametrize("style", RULED)
def test_every_cell_stands_in_its_slot(style: str, edition: str) -> None:
    """However the borders are drawn, the page turned, the tables broken: all texts stand where the form has them."""
    assert read_slots(document(style, edition)) == expected(model(edition))


def test_prose_comes_back_in_order_and_in_paragraphs() -> None:
    """Lines are joined to paragraphs, headings stand alone, page numbers and running headers are apart."""
    read = document("stroke")
    prose = [block for block in model().blocks if isinstance(block, str)]
    assert [paragraph.text for paragraph in read.paragraphs()] == prose
    headings = [paragraph.text for paragraph in read.paragraphs() if paragraph.heading]
    assert headings[0] == "一、总体情况"
    assert "二、主动公开政府信息情况" in headings
    assert read.meta["running_lines"].replace(" ", "").splitlines()[:2] == ["政府信息公开年报", "-1-"]


def test_tables_stand_between_the_paragraphs_around_them() -> None:
    """Reading order: heading, table, next heading."""
    blocks = document("rectfill").blocks
    grids = [i for i, block in enumerate(blocks) if isinstance(block, Grid)]
    assert [getattr(blocks[i - 1], "text", "") for i in grids] == [
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况",
    ]


def test_a_joined_table_keeps_the_page_of_each_cell() -> None:
    """Figures of one table that are printed on two pages say so, and their boxes lie on the page."""
    pages = set()
    for cell in [cell for grid in document("stroke").grids() for cell in grid.cells()]:
        assert cell.place.x0 is not None
        assert cell.place.bottom is not None
        assert 0 < cell.place.x0 < 595
        assert 0 < cell.place.bottom < 842
        pages.add(cell.place.page)
    assert len(pages) > 1


@pytest.mark.parametrize("style", ["rotate90", "rotate180", "rotate270"])
def test_places_are_those_of_the_page_as_displayed(style: str) -> None:
    """A rotated page that displays like an unrotated one gives the same places."""

    def places(name: str) -> list[tuple[float, ...]]:
        return [tuple(round(side or 0) for side in cell.place[4:]) for grid in document(name).grids() for cell in grid.cells()]

    assert places(style) == places("stroke")


def test_a_page_written_sideways_keeps_places_on_the_landscape_page() -> None:
    """Text turned on an unrotated page is read upright, but its boxes are where the page shows them."""
    upright, turned = document("stroke"), document("sideways")
    assert read_slots(upright) == read_slots(turned)
    for one, other in zip(next(upright.grids()).cells(), next(turned.grids()).cells(), strict=True):
        assert one.place.x0 is not None
        assert other.place.bottom == pytest.approx(595 - one.place.x0, abs=0.1)
        assert other.place.x0 == pytest.approx(one.place.top, abs=0.1)


def test_cropped_pages_are_measured_from_what_is_shown() -> None:
    """The crop box moves the origin: 20 points from the left, 10 from the top."""
    one, other = (next(document(name).grids()).rows[0][0] for name in ("stroke", "crop"))
    assert one is not None
    assert other is not None
    assert other.place.x0 == pytest.approx((one.place.x0 or 0) - 20, abs=0.1)
    assert other.place.top == pytest.approx((one.place.top or 0) - 10, abs=0.1)


@pytest.mark.parametrize("way", ["mode", "white", "clip", "off", "under"])
def test_digits_that_print_does_not_show_are_not_read(way: str) -> None:
    """Every cell holds a hidden 7 beside its figure; none is read, in whatever way it is hidden."""
    nothing = retext(model(), dict.fromkeys(model().expected, ""))
    read = pdf.read(draw(nothing, Style("rectfill", hidden=way)))
    assert read_slots(read) == expected(nothing)


def test_blank_cells_are_cells_without_text() -> None:
    """A figure left blank is a cell with "", not a missing cell."""
    blank = retext(model(), dict.fromkeys(list(model().expected)[:40], ""))
    assert read_slots(pdf.read(draw(blank))) == expected(blank)
    assert all(cell is not None for grid in pdf.read(draw(blank)).grids() for row in grid.rows for cell in row)


def test_numbers_wrapped_in_narrow_cells_are_joined_again() -> None:
    """Digits that a narrow column breaks into lines are one number."""
    long = retext(model(), {key: "1234567" for key in model().expected if key[0] == "challenges"})
    narrow = Style(measure=Measure(weights={15: (1,) * 15}, cell=10.5, pad=2.5))
    assert read_slots(pdf.read(draw(long, narrow)))[2][3] == ["1234567"] * 15


def test_two_numbers_in_one_wide_cell_are_not_joined() -> None:
    """Numbers under one another with room to spare keep a line break: nobody knows which is meant."""
    key = ("disclosure", "disclosure.fees", "amount")
    two = retext(model(), {key: "12\n34"})
    texts = [cell.text for cell in next(pdf.read(draw(two)).grids()).cells()]
    assert "12\n34" in texts
    assert "1234" not in texts


def test_the_second_reader_agrees() -> None:
    """pdfplumber's objects through the same form of Document give the same tables."""
    content = draw(model(), STYLES["rectfill"])
    second = pdf_second.read(content)
    assert second.reader == "pdfplumber"
    assert read_slots(second) == read_slots(pdf.read(content))
    assert [grid.number for grid in second.grids()] == [1, 2, 3]


def test_the_second_reader_reads_bold_digits_once() -> None:
    """Text drawn twice for boldness is not doubled."""
    assert read_slots(pdf_second.read(draw(model(), STYLES["bold"]))) == expected(model())


def test_pictures_of_what_was_seen_are_drawn(tmp_path: Path) -> None:
    """One PNG a page, in a directory made for them."""
    written = draw_debug(draw(model(), STYLES["shade"]), tmp_path / "seen")
    assert len(written) == 4 or len(written) == 3
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in written)


@pytest.mark.skipif(not REAL.exists(), reason="the real reports are not part of the repository")
def test_a_real_report_by_wps_has_its_three_tables() -> None:
    """14 × 4, 26 × 10 (one row 其他处理) and 4 × 15, a label in vertical writing included."""
    read = pdf.read(REAL.read_bytes())
    assert [(len(grid.rows), len(grid.rows[0])) for grid in read.grids()] == [(14, 4), (26, 10), (4, 15)]
    assert read_slots(read)[1][5][0] == "三、本年度办理结果"
    assert read_slots(read)[2][3] == ["1", "1", "0", "0", "2", "1", "0", "0", "0", "1", "2", "0", "1", "0", "3"]


@pytest.mark.parametrize("edition", ["v2019", "v2021"])
@pytest.mark.parametrize("style", ["none", "level", "three", "outer"])
def test_tables_without_vertical_rules_are_read_row_by_row(style: str, edition: str) -> None:
    """Every figure of a table without rules between its columns is right, and the document says how it was read."""
    content = draw(model(edition), STYLES[style])
    assert "borderless_table" in {problem.code for problem in pdf.read(content).problems}
    figures = {(f.table_code, f.row_code, f.column_code): f.raw for f in read_report(Source(content)).figures}
    assert {key: figures.get(key) for key in model(edition).expected} == model(edition).expected


def test_a_blank_figure_in_a_table_without_rules_stays_blank() -> None:
    """Where nothing is printed in a column nothing moves in from its neighbour."""
    row = [key for key in model().expected if key[1] == "requests.outcome.granted"]
    blank = retext(model(), {row[2]: "", row[4]: ""})
    figures = {(f.table_code, f.row_code, f.column_code): f for f in read_report(Source(draw(blank, STYLES["none"]))).figures}
    assert [figures[key].raw for key in row] == [blank.expected[key] for key in row]
    assert figures[row[2]].state == "blank"


def test_figures_side_by_side_that_no_row_explains_stay_as_they_are() -> None:
    """Three numbers in a line of prose make no table row."""
    read = pdf.read(draw(replace(model(), blocks=("一、总体情况", "其中    12    34    56    件"))))
    assert not any("\t" in paragraph.text for paragraph in read.paragraphs())


def test_figures_typed_into_form_fields_are_read() -> None:
    """What is filled in is printed, and so it is read, in its cell."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842))
    canvas.grid([50, 250, 450], [700, 730, 760])
    canvas.drawString(60, 740, "item")
    canvas.drawString(260, 740, "count")
    canvas.drawString(60, 710, "rules")
    canvas.acroForm.textfield(name="count", x=260, y=702, width=100, height=26, value="417", borderWidth=0)
    canvas.save()
    assert read_slots(pdf.read(buffer.getvalue())) == [[["item", "count"], ["rules", "417"]]]


def drawn(paint: Callable[[Canvas], None]) -> bytes:
    """A page with a ruled table of two rows and two columns, and what `paint` adds."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1)
    canvas.grid([50, 250, 450], [640, 730, 760])
    canvas.drawString(60, 740, "item")
    canvas.drawString(260, 740, "count")
    canvas.drawString(60, 690, "rules")
    paint(canvas)
    canvas.save()
    return buffer.getvalue()


def last_cell(content: bytes) -> str:
    """The text of the last cell of the only table."""
    (grid,) = pdf.read(content).grids()
    return [cell.text for cell in grid.cells()][-1]


def test_the_mark_of_a_note_is_no_digit() -> None:
    """12 with a small raised 1 is 12¹, never 121."""

    def paint(canvas: Canvas) -> None:
        canvas.drawString(260, 690, "12")
        canvas.setFont("Helvetica", 7)
        canvas.drawString(260 + 13.4, 695, "1")

    assert last_cell(drawn(paint)) == "12¹"


def test_words_written_upwards_in_a_cell_are_read_in_their_direction() -> None:
    """A label turned by a quarter comes out in its order."""

    def paint(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(300, 660)
        canvas.rotate(90)
        canvas.drawString(0, 0, "upwards")
        canvas.restoreState()

    assert last_cell(drawn(paint)) == "upwards"


def test_numbers_in_two_directions_are_not_joined() -> None:
    """An upright and a turned number in one cell are two."""

    def paint(canvas: Canvas) -> None:
        canvas.drawString(260, 690, "12")
        canvas.saveState()
        canvas.translate(400, 660)
        canvas.rotate(90)
        canvas.drawString(0, 0, "34")
        canvas.restoreState()

    assert last_cell(drawn(paint)) == "12\n34"
