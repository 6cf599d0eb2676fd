"""A text that is shown twice in one place is read where either show is seen, and not where neither is."""

from __future__ import annotations

import pytest

from extract import pdf
from tests.pdf_raw import page_pdf

RESOURCES = b"/Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> /ExtGState << /Clear << /ca 0 >> /Solid << /ca 1 >> >>"


def shows(*states: bytes, shift: float = 0.75) -> list[str]:
    """The paragraphs of a page that shows 12 once in each graphics state, each time a little further."""
    texts = [b"%s BT /F 12 Tf %.2f 700 Td (12) Tj ET" % (state, 72 + shift * n) for n, state in enumerate(states)]
    return [
        paragraph.text
        for paragraph in pdf.read(
            page_pdf(b"\n".join([*texts, b"/Solid gs 0 Tr BT /F 12 Tf 72 600 Td (end) Tj ET"]), RESOURCES)
        ).paragraphs()
    ]


@pytest.mark.parametrize("hidden", [b"/Clear gs", b"/Solid gs 3 Tr"])
def test_print_over_its_own_shadow_is_read(hidden: bytes) -> None:
    """Browsers draw the shadow of a text as a clear show of it, before the text itself."""
    assert "".join(shows(hidden, b"/Solid gs 0 Tr")) == "12end"
    assert "".join(shows(b"/Solid gs 0 Tr", hidden)).replace(" ", "") == "12end"


def test_two_shows_that_are_both_hidden_are_not_read() -> None:
    """Neither is seen."""
    assert "".join(shows(b"/Clear gs", b"/Clear gs")) == "end"


def test_a_hidden_text_elsewhere_is_not_read_for_its_twin() -> None:
    """Far apart they are two texts."""
    assert "".join(shows(b"/Clear gs", b"/Solid gs", shift=100)).replace(" ", "") == "12end"


@pytest.mark.parametrize(("colour", "printed"), [(b"0.8 g", False), (b"0 g /Light gs", False), (b"0.6 g", True)])
def test_faint_words_are_a_watermark_although_they_stand_upright(colour: bytes, printed: bool) -> None:
    """Pale grey, or black that is nearly clear, is no part of what the page says; a middling grey is."""
    assert ("draft" in faintly(b"draft", colour)) is printed


def test_faint_figures_are_read() -> None:
    """Some print their zeros in grey."""
    assert "12" in faintly(b"12", b"0.8 g")


def test_faint_figures_between_faint_words_are_of_the_watermark() -> None:
    """Its text may come in pieces of several fonts."""
    assert "2023" not in faintly(b"draft) Tj 9 0 Td (2023", b"0.8 g")


def faintly(text: bytes, colour: bytes) -> str:
    """The text of a page that shows one text in black and another in this colour."""
    content = b"BT /F 12 Tf 72 700 Td (end) Tj ET %s BT /F 12 Tf 72 600 Td (%s) Tj ET" % (colour, text)
    resources = RESOURCES.replace(b"/Clear", b"/Light << /ca 0.1 >> /Clear")
    return " ".join(paragraph.text for paragraph in pdf.read(page_pdf(content, resources)).paragraphs())
