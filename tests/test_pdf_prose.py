"""Lines outside tables become the paragraphs that a reader sees, and nothing is joined that stands apart."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extract import pdf

LEFT, RIGHT = 72.0, 520.0
LONG = "本年度共主动公开政府信息若干条，其中规范性文件若干件，政策解读若干篇，均在规定期限内"
NAME, DAY, FOOTER = "临江县教育局", "2025年1月22日", "主办：临江县人民政府办公室　网站标识码：6542230001"

Row = tuple[str, str, float]
"""Where a line stands (left, right, centre), its text, its size."""


def pages(*sheets: Sequence[Row]) -> list[str]:
    """The paragraphs read from pages of these lines."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(595, 842), invariant=1)
    for sheet in sheets:
        for n, (where, text, size) in enumerate(sheet):
            canvas.setFont("STSong-Light", size)
            y = 700 - 24 * n
            draw = {"left": canvas.drawString, "right": canvas.drawRightString, "centre": canvas.drawCentredString}[where]
            draw({"left": LEFT, "right": RIGHT, "centre": (LEFT + RIGHT) / 2}[where], y, text)
        canvas.showPage()
    canvas.save()
    return [paragraph.text for paragraph in pdf.read(buffer.getvalue()).paragraphs()]


BODY: list[Row] = [("left", "　　" + LONG[:35], 12), ("left", LONG[35:] + "。", 12)]


def test_name_and_date_at_the_right_stay_two_lines_however_wide_they_are() -> None:
    """The name is shorter than the date, and both end at the margin: neither is the rest of the other."""
    assert pages([*BODY, ("right", NAME, 12), ("right", DAY, 12)])[-2:] == [NAME, DAY]


def test_a_signature_alone_on_its_page_is_measured_by_the_margins_of_the_others() -> None:
    """Its own lines do not tell where the page begins."""
    assert pages(BODY, [("right", NAME, 12), ("right", DAY, 12)])[-2:] == [NAME, DAY]


@pytest.mark.parametrize("size", [12, 9])
def test_a_footer_on_the_next_page_is_no_part_of_the_date(size: float) -> None:
    """What ends at the right margin after starting there does not go on over the page, whatever stands at its head."""
    assert pages([*BODY, ("right", NAME, 12), ("right", DAY, 12)], [("centre", FOOTER, size)])[-2:] == [DAY, FOOTER.replace("\u3000", " ")]


def test_a_footer_as_wide_as_the_page_below_the_date_is_no_part_of_it() -> None:
    """It starts at the left margin as the second line of a paragraph does."""
    footer = (FOOTER * 2)[:37].replace("\u3000", "，")
    assert pages([*BODY, ("right", NAME, 12), ("right", DAY, 12), ("left", footer, 12)])[-2:] == [DAY, footer]


def test_a_sentence_cut_by_the_page_is_still_joined() -> None:
    """The first line of a paragraph, indented by two letters, goes on at the head of the next page."""
    cut = pages([*BODY, ("left", "　　" + LONG[:35], 12)], [("left", LONG[35:] + "。", 12), *BODY])
    assert cut[1] == LONG + "。"
