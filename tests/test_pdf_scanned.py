"""Pages that are pictures are said to be pictures, rendered for OCR, and hidden text over them is not believed."""

from __future__ import annotations

import io
from functools import cache

import pytest
from PIL import Image, ImageChops

from extract import pdf
from extract.document import Source
from extract.pdf_pictures import pictures
from extract.read import read
from tests.corpus.generate.model import specimen
from tests.corpus.generate.pdf import draw
from tests.corpus.generate.pdf_scan import scanned, with_picture

LINES = ["Annual report on open government information", "printed as text, with the table pasted below", "as a picture of its own"]


@cache
def printed() -> bytes:
    """The report that is scanned."""
    return draw(specimen(3))


def codes(content: bytes) -> list[str]:
    """The codes of the problems of a document."""
    return [problem.code for problem in pdf.read(content).problems]


@pytest.mark.parametrize("strips", [1, 5])
def test_every_scanned_page_is_named(strips: int) -> None:
    """A page without text, in one picture or in strips, is one problem with its page and place."""
    document = pdf.read(scanned(printed(), 72, strips=strips))
    assert document.blocks == ()
    assert [problem.code for problem in document.problems] == ["scanned_page"] * 3
    assert [problem.place.page for problem in document.problems if problem.place] == [1, 2, 3]


def test_scanned_pages_are_rendered_at_the_resolution_asked_for() -> None:
    """One picture a page, as large as the page at 200 dpi, with the scale that makes points of its pixels."""
    found = pictures(scanned(printed(), 72), 200)
    assert [picture.page for picture in found] == [1, 2, 3]
    assert isinstance(found[0].image, bytes)
    image = Image.open(io.BytesIO(found[0].image))
    assert image.width == pytest.approx(595 * 200 / 72, abs=2)
    assert found[0].scale * image.width == pytest.approx(595, abs=1)


def test_without_ocr_no_page_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """A spoilt page took pdfium half a minute to draw, for a picture that nobody was to look at."""
    monkeypatch.setattr("extract.pdf_pictures.pictures", None)
    report = read(Source(scanned(printed(), 72)), ocr=False)
    assert (report.status, "needs_ocr" in {problem.code for problem in report.problems}) == ("unreadable", True)


def test_a_hidden_text_layer_is_not_believed() -> None:
    """Invisible text over a scan is no text: the page is a picture all the same, and the layer is named."""
    content = scanned(printed(), 72, layer="9 9 9 9 9 9 9")
    assert pdf.read(content).blocks == ()
    assert codes(content) == ["scanned_page", "hidden_text"] * 3
    assert len(pictures(content)) == 3


def test_a_picture_on_a_page_of_text_is_named_with_its_place() -> None:
    """The words are read as text; the pasted table is a problem with its box."""
    document = pdf.read(with_picture(printed(), 1, LINES))
    assert "pasted below" in "".join(paragraph.text for paragraph in document.paragraphs())
    (problem,) = document.problems
    assert problem.code == "scanned_page"
    assert problem.place is not None
    assert (problem.place.x0, problem.place.x1) == (0, 595)


def test_what_is_text_already_is_white_in_the_picture() -> None:
    """OCR sees the pasted table only: where the words stand the picture is blank."""
    (picture,) = pictures(with_picture(printed(), 1, LINES), 100)
    assert isinstance(picture.image, bytes)
    image = Image.open(io.BytesIO(picture.image)).convert("L")
    words = image.crop((0, 0, image.width, 100 * 130 // 72))
    assert ImageChops.invert(words).getbbox() is None
    assert ImageChops.invert(image).getbbox() is not None


def test_a_page_of_text_is_no_picture() -> None:
    """Printed pages have nothing for OCR."""
    assert pictures(printed()) == []
    assert codes(printed()) == []
