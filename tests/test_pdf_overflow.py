"""Text of a cell that the end of a page cut stays in its cell where the borders end before it; other text never enters a table."""

from __future__ import annotations

import io
from collections.abc import Sequence

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extract import pdf

XS = (72.0, 120.0, 300.0, 400.0)


def read(lines: Sequence[str], more: Sequence[str] = (), closed: bool = False) -> tuple[list[list[str]], list[str]]:
    """The cells and the paragraphs of a page: a row, whose first cell is open below unless `closed`, and lines going down from it."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1)
    canvas.setFont("STSong-Light", 10)
    for y, start in ((140, XS[0]), (104, XS[0] if closed else XS[1])):
        canvas.line(start, y, XS[-1], y)
    for x in XS:
        canvas.line(x, 140, x, 104)
    for n, line in enumerate([*lines, *more]):
        canvas.drawString(XS[0] + 4, 126 - 14 * n, line)
    canvas.drawString(XS[1] + 4, 118, "（一）予以公开")
    canvas.drawString(XS[2] + 4, 118, "12")
    canvas.save()
    found = pdf.read(buffer.getvalue())
    return [["" if cell is None else cell.text for cell in row] for grid in found.grids() for row in grid.rows], [
        p.text for p in found.paragraphs()
    ]


LABEL = ["三、本", "年度办", "理结果"]


def test_lines_below_the_borders_belong_to_the_cell_that_is_open_there() -> None:
    """The label goes on beneath the last rule, narrower than its column."""
    assert read(LABEL)[0] == [["三、本年度办理结果", "（一）予以公开", "12"]]


def test_lines_below_a_closed_cell_are_text() -> None:
    """The rule is there: what stands beneath it is no part of the table."""
    cells, prose = read(LABEL, closed=True)
    assert cells == [["三、本年度办", "（一）予以公开", "12"]]
    assert prose == ["理结果"]


def test_lines_that_reach_beyond_the_cell_are_text() -> None:
    """A paragraph below a table without a lower border, though its first line is narrow."""
    cells, prose = read(LABEL, ["以上数据截至年底，由本机关办公室统计"])
    assert cells == [["三、本年度办", "（一）予以公开", "12"]]
    assert "".join(prose).startswith("理结果")
