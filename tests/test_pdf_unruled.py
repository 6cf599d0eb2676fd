"""Rows printed without rules between them: labels and figures that their cells broke over lines are put together, others are not."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extract import pdf
from extract.lost import grids

SIZE = 10.0
COLUMNS = [240 + 40 * n for n in range(7)]

Row = tuple[Sequence[str], Sequence[str]]
"""The lines of a label, and seven figures; a figure with a blank in it is broken there over two lines."""


def lines(rows: Sequence[Row], leading: float, padding: float) -> list[str]:
    """The paragraphs read from rows whose labels and figures are all centred in their cells."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1)
    canvas.setFont("STSong-Light", SIZE)
    top = 700.0
    for label, figures in rows:
        height = leading * max(len(label), *(len(figure.split()) for figure in figures)) + 2 * padding
        for x, cell in [(150.0, label), *zip(COLUMNS, [figure.split() for figure in figures], strict=True)]:
            for n, text in enumerate(cell):
                middle = top - height / 2 + leading * ((len(cell) - 1) / 2 - n)
                canvas.drawCentredString(x, middle - 0.38 * SIZE, text)
        top -= height
    canvas.save()
    return [paragraph.text.strip() for paragraph in pdf.read(buffer.getvalue()).paragraphs()]


def as_read(label: str, figures: Sequence[str]) -> str:
    """A rebuilt row."""
    return "\n\t".join([label, *figures])


FIGURES = [[str((3 * r + c) % 10) for c in range(7)] for r in range(4)]


def test_a_label_broken_over_centred_lines_names_its_row() -> None:
    """The last letter of the label stands alone in the middle, its figures between both lines."""
    labels = [["1.属于国家秘密"], ["2.其他法律行政法规禁止公", "开"], ["3.危及“三安全一稳定”"], ["4.保护第三方", "合法权益"]]
    read = lines(list(zip(labels, FIGURES, strict=True)), 18, 4)
    assert read == [as_read("".join(label), figures) for label, figures in zip(labels, FIGURES, strict=True)]


def test_labels_of_rows_that_stand_as_close_as_lines_stay_apart() -> None:
    """Without numbers and without space between rows, each label is level with its own figures."""
    labels = [["行政许可"], ["行政处罚"], ["行政强制"], ["其他事项"]]
    read = lines(list(zip(labels, FIGURES, strict=True)), 15, 0)
    assert read == [as_read("".join(label), figures) for label, figures in zip(labels, FIGURES, strict=True)]


def test_numbers_broken_over_two_lines_are_whole_again() -> None:
    """Level with the other figures are the two lines together; no figure beside them is longer than what their cells hold."""
    rows: list[Row] = [(["行政许可"], ["12", "0", "7359", "1031 2", "0", "2375 1", "8"]), (["行政处罚"], FIGURES[1])]
    assert lines(rows, 12, 6)[0] == as_read("行政许可", ["12", "0", "7359", "10312", "0", "23751", "8"])


def test_digits_over_one_another_are_no_number_where_a_longer_one_fits_its_cell() -> None:
    """A figure of six digits on one line says that the cells hold more than four."""
    rows: list[Row] = [(["行政许可"], ["12", "0", "735912", "1031 2", "0", "0", "8"]), (["行政处罚"], FIGURES[1])]
    assert not any("10312" in line for line in lines(rows, 12, 6))


def test_labels_level_with_figures_that_no_column_holds_stay_apart() -> None:
    """The second row stands aside of the columns of the first: its label is still its own, not the end of the one above."""
    read = rows_aside()
    assert not any("规章行政规范性文件" in line for line in read)


def rows_aside() -> list[str]:
    """The paragraphs of a header and two rows as close as lines, all in one column of labels; figures of the second row stand aside."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1)
    canvas.setFont("STSong-Light", SIZE)
    for y, label, xs, cells in (
        (700, "信息内容", (250, 330, 410), ("本年制发件数", "本年废止件数", "现行有效件数")),
        (686, "规章", (250, 330, 410), ("0", "2", "0")),
        (672, "行政规范性文件", (220, 300, 380), ("12", "0", "0")),
    ):
        canvas.drawString(100, y, label)
        for x, cell in zip(xs, cells, strict=True):
            canvas.drawString(x, y, cell)
    canvas.save()
    return [paragraph.text for paragraph in pdf.read(buffer.getvalue()).paragraphs()]


def placed(texts: Sequence[tuple[float, float, str]], pagesize: tuple[int, int] = (595, 842)) -> list[str]:
    """The paragraphs of a page with these texts: x, y, words."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=pagesize, invariant=1)
    canvas.setFont("STSong-Light", SIZE)
    for x, y, text in texts:
        canvas.drawString(x, y, text)
    canvas.save()
    return [paragraph.text.strip() for paragraph in pdf.read(buffer.getvalue()).paragraphs()]


def row(y: float, label: str, figures: Sequence[str], xs: Sequence[float]) -> list[tuple[float, float, str]]:
    """A label at the left, and figures at xs."""
    return [(60.0, y, label), *((x, y, figure) for x, figure in zip(xs, figures, strict=True))]


def test_labels_over_several_columns_are_not_those_of_the_column_below_them() -> None:
    """The lowest labels name the columns, of two lines or one; those over them stay lines of their own."""
    xs = [200.0, 260.0, 320.0, 380.0]
    lower = [(190.0, 700.0, "结果"), (190.0, 688.0, "维持"), (250.0, 694.0, "结果纠正"), (310.0, 694.0, "尚未审结"), (370.0, 694.0, "总计")]
    read = placed([(240.0, 707.0, "未经复议直接起诉"), *lower, *row(660, "行政诉讼", "1203", xs)])
    assert "结果维持 结果纠正 尚未审结 总计" in read
    assert "未经复议直接起诉" in read


def test_the_label_of_the_first_row_is_not_taken_for_a_heading() -> None:
    """Though it has a number and a line to itself."""
    xs = [200.0, 260.0, 320.0]
    header = [(190.0, 700.0, "自然人"), (250.0, 706.0, "商业"), (250.0, 694.0, "企业"), (310.0, 700.0, "总计")]
    label = [(60.0, 676.0, "一、本年新收政府"), (60.0, 660.0, "信息公开申请数量")]
    read = placed([*header, *label, *((x, 668.0, str(n)) for n, x in enumerate(xs)), *row(640, "二、上年结转数量", "304", xs)])
    assert "自然人 商业企业 总计" in read


def test_a_figure_that_touches_its_label_is_parted_from_it() -> None:
    """Where the column of figures begins, a cell begins."""
    xs = [200.0, 260.0, 320.0]
    label = "一二三四五六七八九十一二三四"
    read = placed([*row(700, "行政许可", "123", xs), *row(680, label, "456", xs), *row(660, "行政强制", "789", xs)])
    assert as_read(label, "456") in read


def test_table_four_in_three_rows_is_read() -> None:
    """One header for all of them, the upper level of two labels on a line between."""
    xs = [250.0, 320.0, 390.0, 460.0, 530.0]
    header = [(x - 15, 720.0, word) for x, word in zip(xs, ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计"), strict=True)]
    rows = [row(700, "行政复议", "12306", xs), row(680, "未经复议直接起诉", "10001", xs), row(660, "复议后起诉", "00202", xs)]
    texts = placed([*header, *(text for one in rows for text in one), (20.0, 670.0, "行政诉讼")])
    (grid,) = grids("\n\n".join(texts), ["challenges"])
    assert [[cell.text for cell in line if cell][1:] for line in grid.rows[1:]] == [list("12306"), list("10001"), list("00202")]


def test_two_figures_nearly_touching_are_parted_where_other_rows_have_two_columns() -> None:
    """Cells without padding may stand that close."""
    xs = [200.0, 260.0, 280.0]
    read = placed(
        [
            *row(700, "行政许可", "123", xs),
            *row(680, "行政处罚", ["4", "456", "6"], [200.0, 262.0, 279.0]),
            *row(660, "行政强制", "789", xs),
        ]
    )
    assert as_read("行政处罚", ["4", "456", "6"]) in read


def test_a_wide_page_whose_right_half_holds_figures_alone_is_one_page() -> None:
    """Two pages side by side each have labels of their own."""
    xs = [300.0, 480.0, 560.0, 640.0, 720.0]
    read = placed([t for n in range(6) for t in row(500 - 20 * n, "行政许可项目" + "一二三四五六"[n], "12345", xs)], (842, 595))
    assert as_read("行政许可项目三", "12345") in read
