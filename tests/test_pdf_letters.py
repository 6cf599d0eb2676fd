"""Letters come out as people type them, and a letter whose meaning the file does not give is never a figure."""

from __future__ import annotations

import unicodedata

import pytest

from extract import pdf
from extract.document import Cell, Document
from extract.pdf_letters import LETTERS, plain
from tests.pdf_raw import page_pdf, ruled_page, type3_font


def read_table(rows: list[list[bytes]], letters: dict[int, str | None]) -> Document:
    """A ruled table in a font of our own, read."""
    return pdf.read(page_pdf(ruled_page(rows), b"/Font << /F 5 0 R >>", type3_font(letters)))


def cells(document: Document) -> list[Cell]:
    """The cells of the only table."""
    (grid,) = document.grids()
    return list(grid.cells())


def test_kangxi_and_supplement_radicals_become_ideographs() -> None:
    """⽐ ⺠ ⻚ are 比 民 页, as a reader types them."""
    rows = [[b"AB", b"C"], [b"C", b"1"]]
    document = read_table(rows, {0x31: "1", 0x41: "⽐", 0x42: "⺠", 0x43: "⻚"})
    assert [cell.text for cell in cells(document)] == ["比民", "页", "页", "1"]


@pytest.mark.parametrize(
    ("printed", "typed"), [("⼈⺠政府", "人民政府"), ("⻚⻅⻓", "页见长"), ("ﬁne", "fine"), ("（1）", "（1）"), ("豈", "豈")]
)
def test_plain_letters(printed: str, typed: str) -> None:
    """Compatibility forms go; full-width punctuation stays as printed."""
    assert plain(printed) == typed


def test_every_radical_has_its_letter() -> None:
    """No radical of either block is left over, but for components that are no letters."""
    left = [chr(code) for code in (*range(0x2E80, 0x2E9A), *range(0x2E9B, 0x2EF4), *range(0x2F00, 0x2FD6)) if code not in LETTERS]
    assert len(left) < 8
    assert all("RADICAL" in unicodedata.name(letter) for letter in left)


def test_a_digit_without_meaning_is_unreadable() -> None:
    """Codes that happen to be those of digits, in a font that does not say so, are no figures."""
    document = read_table([[b"AAAAAA", b"AAAAAA"], [b"AAAAAA", b"12"]], {0x31: None, 0x32: None, 0x41: "数"})
    last = cells(document)[-1]
    assert last.unreadable
    assert not any(character.isdecimal() for character in last.text)
    assert "unmapped_text" in {problem.code for problem in document.problems}


def test_a_page_of_letters_without_meaning_is_left_to_ocr() -> None:
    """A font without a map to letters makes the page a picture."""
    document = read_table([[b"AAAA", b"AAAA"], [b"AAAA", b"12"]], {0x31: None, 0x32: None, 0x41: None})
    assert "scanned_page" in {problem.code for problem in document.problems}
    assert not list(document.grids())


def test_a_page_of_accented_letters_alone_is_left_to_ocr() -> None:
    """They are the numbers of the glyphs of a font without a map, taken for letters: its digits mean nothing either."""
    document = read_table([[b"AAAA", b"AAAA"], [b"AAAA", b"12"]], {0x31: "1", 0x32: "2", 0x41: "Ñ"})
    assert "scanned_page" in {problem.code for problem in document.problems}
    assert not list(document.grids())


def test_a_minus_drawn_as_soft_hyphen_stays() -> None:
    """Fonts draw U+00AD as a hyphen: −18 must not become 18."""
    document = read_table([[b"A", b"A"], [b"A", b"-18"]], {0x2D: "\u00ad", 0x31: "1", 0x38: "8", 0x41: "数"})
    assert cells(document)[-1].text == "-18"
