"""What a PDF says does not hang on the fonts of the machine that reads it."""

from __future__ import annotations

import io
import re

import pypdfium2.raw as raw  # type: ignore[import-untyped]  # pypdfium2 ships no types
import pytest
from PIL import ImageFont

from extract import pdf
from extract.pdf_fonts import ADVANCE, HIGH, SLIM, box_font, installed_fonts, use_boxes
from tests.corpus.generate.model import specimen
from tests.corpus.generate.pdf import STYLES, draw
from tests.office import expected, read_slots

TO_UNICODE = (
    b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /x def "
    b"1 begincodespacerange <0000><FFFF> endcodespacerange 1 beginbfrange <0000><FFFF><0000> endbfrange endcmap end end"
)


def by_number(content: bytes) -> bytes:
    """The document with its font, which it does not carry, naming glyphs by number alone; pdfium finds the objects without the index."""
    content = content.replace(b"/Encoding /UniGB-UCS2-H", b"/Encoding /Identity-H /ToUnicode 99 0 R").replace(b"(GB1)", b"(Identity)")
    content = re.sub(rb"/W \[.*?\]\s*>>", b"/W [ 32 126 462 ] >>", content, count=1, flags=re.DOTALL)
    before, after = content.split(b"xref\n", 1)
    added = b"99 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (len(TO_UNICODE), TO_UNICODE)
    return before + added + after.replace(b"startxref", b"")


@pytest.mark.parametrize("style", ["stroke", "narrow", "cut"])
def test_a_machine_without_fonts_reads_every_cell(style: str) -> None:
    """What pdfium would see where nothing is installed, but for the boxes: labels lost letters, and their rows their names."""
    model = specimen(3, "v2021")
    content = draw(model, STYLES[style])
    raw.FPDF_SetSystemFontInfo(None)
    try:
        without = read_slots(pdf.read(content))
    finally:
        use_boxes()
    assert read_slots(pdf.read(content)) == expected(model) != without


@pytest.mark.parametrize("style", ["stroke", "cut", "bold"])
def test_glyphs_of_a_font_that_is_not_there_are_measured_by_their_number(style: str) -> None:
    """Distillers leave out fonts that every Chinese Windows has, and name their glyphs all the same."""
    model = specimen(3, "v2021")
    assert read_slots(pdf.read(by_number(draw(model, STYLES[style])))) == expected(model)


def test_pages_are_rendered_with_the_fonts_of_the_machine_and_read_with_boxes_again() -> None:
    """Nothing of the fonts installed is left behind once they were used."""
    content = draw(specimen(3), STYLES["pairs"])
    before = pdf.read(content)
    with installed_fonts(), pdf.opened(content) as opened:
        opened[0].render().close()
    assert pdf.read(content) == before


@pytest.mark.parametrize(("letter", "box"), [("8", SLIM), ("国", HIGH), ("。", HIGH), ("𠀀", HIGH)])
def test_every_letter_has_its_box(letter: str, box: tuple[int, int, int, int]) -> None:
    """As FreeType sees it, from the baseline."""
    font = ImageFont.truetype(io.BytesIO(box_font()), 1000, layout_engine=ImageFont.Layout.BASIC)
    _, bottom, right, top = box
    _, above, end, below = font.getbbox(letter, anchor="ls")
    assert (above, below, end) == (-top, -bottom, max(right, ADVANCE))
