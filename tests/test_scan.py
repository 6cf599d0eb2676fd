"""Scans and pictures: every figure right or openly unread, places in the picture as it was given, hostile files named."""

from __future__ import annotations

import struct
import zlib

import cv2
import numpy as np
import pytest
from cv2.typing import MatLike

from extract import scan
from extract.document import Cell, Grid, Paragraph, Source
from extract.errors import MissingPart, TooComplex, Unreadable
from extract.read import read
from extract.scan import Picture, ScanDocument
from extract.scan_alike import groups_of
from extract.scan_header import size_of
from extract.scan_level import skew_of
from extract.scan_picture import frames

DPI = 150
ROWS = (("241", "0", "14"), ("6", "88", "1106"), ("35", "720", "9"))
"""Digits drawn with OpenCV's own strokes: no font of this machine is needed."""


def table(rows: tuple[tuple[str, ...], ...] = ROWS, width: int = 1240, height: int = 900) -> MatLike:
    """A ruled table of figures on a white page at 150 dpi."""
    page = np.full((height, width), 255, np.uint8)
    left, top, step, tall = 120, 150, 240, 70
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            x, y = left + c * step, top + r * tall
            cv2.rectangle(page, (x, y), (x + step, y + tall), 0, 2)
            cv2.putText(page, text, (x + 90, y + 45), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2, cv2.LINE_AA)
    return page


def encoded(picture: MatLike, extension: str = ".png") -> bytes:
    """The picture as a file."""
    return cv2.imencode(extension, picture)[1].tobytes()


def texts(document: ScanDocument) -> list[list[str]]:
    """The texts of its first table; unread cells are "?"."""
    return [["?" if cell is None or cell.unreadable else cell.text for cell in row] for row in grid(document).rows]


def grid(document: ScanDocument) -> Grid:
    """Its first table."""
    return next(document.grids())


def cell(document: ScanDocument, row: int, column: int) -> Cell:
    """One cell of its first table."""
    found = grid(document).rows[row][column]
    assert found is not None
    return found


def test_a_clean_table_is_read_cell_by_cell() -> None:
    """Every figure stands in its row and column, with a confidence and the reader's name."""
    document = scan.read([Picture(table(), page=1, dpi=DPI)])
    assert texts(document) == [list(row) for row in ROWS]
    assert (document.reader, grid(document).reader) == ("ocr", "ocr")
    assert all(0.98 <= one.confidence <= 1.0 for one in grid(document).cells())


@pytest.mark.parametrize("extension", [".png", ".jpg", ".bmp", ".tiff", ".webp"])
def test_every_picture_format_reads_alike(extension: str) -> None:
    """The same page in another format gives the same figures."""
    assert texts(scan.read_image(encoded(table(), extension))) == [list(row) for row in ROWS]


def test_places_are_pixels_of_the_picture_as_given() -> None:
    """A skewed page's cells are placed on the skewed picture, not on the level one."""
    page = table()
    turn = cv2.getRotationMatrix2D((620, 450), 2.0, 1.0)
    skewed = cv2.warpAffine(page, turn, (1240, 900), borderValue=(255,))
    place = cell(scan.read([Picture(skewed, page=4, dpi=DPI)]), 0, 0).place
    corner = turn @ np.array([120, 150, 1.0])
    assert place.page == 4
    assert abs((place.x0 or 0) - corner[0]) < 8
    assert abs((place.top or 0) - (turn @ np.array([360, 150, 1.0]))[1]) < 8


def test_scale_makes_points_of_pixels() -> None:
    """With scale 72 / dpi the places are PDF points."""
    place = cell(scan.read([Picture(table(), dpi=DPI, scale=72 / DPI)]), 0, 0).place
    assert place.x0 == pytest.approx(120 * 72 / DPI, abs=2)
    assert place.bottom == pytest.approx(220 * 72 / DPI, abs=2)


def test_an_empty_cell_is_blank_and_a_stroke_is_a_dash() -> None:
    """What has no ink is blank with certainty; one flat stroke is a dash, never a one."""
    page = table((("241", "", "14"), ("6", "88", "")))
    cv2.line(page, (120 + 480 + 100, 150 + 70 + 35), (120 + 480 + 130, 150 + 70 + 35), 0, 2)
    document = scan.read([Picture(page, dpi=DPI)])
    assert texts(document)[0] == ["241", "", "14"]
    assert cell(document, 0, 1).confidence == 1.0
    assert texts(document)[1][2] in ("-", "—", "——")


def test_a_smeared_figure_is_unread_with_its_place() -> None:
    """A digit wiped until nobody can read it is no number and no blank."""
    page = table()
    page[160:215, 205:270] = cv2.blur(page[160:215, 205:270], (41, 31))
    smeared = cell(scan.read([Picture(page, dpi=DPI)]), 0, 0)
    assert smeared.unreadable
    assert smeared.place.x0 == pytest.approx(120, abs=4)


def test_a_red_seal_does_not_hide_or_change_figures() -> None:
    """Figures below a seal are right or unread; those beside it are right."""
    page = cv2.cvtColor(table(), cv2.COLOR_GRAY2BGR)
    layer = np.zeros(page.shape[:2], np.uint8)
    cv2.circle(layer, (480, 255), 110, 255, 6)
    share = (layer / 255.0 * 0.85)[..., None]
    page = (page * (1 - share) + np.minimum(page, np.array([60, 50, 205])) * share).astype(np.uint8)
    found = texts(scan.read([Picture(page, dpi=DPI)]))
    assert [row[2] for row in found] == [row[2] for row in ROWS]
    assert all(got in ("?", want) for got_row, row in zip(found, ROWS, strict=True) for got, want in zip(got_row, row, strict=True))


def test_figures_in_doubt_come_with_what_they_may_be() -> None:
    """Candidates are kept under the cell's place, likeliest first, for the sums to decide."""
    document = scan.read([Picture(table(), dpi=DPI)])
    options = document.candidates[cell(document, 1, 2).place]
    assert options[0][0] == "1106"
    assert [p for _, p in options] == sorted((p for _, p in options), reverse=True)


def test_pages_of_a_tiff_are_pages_of_one_document() -> None:
    """A table that goes on over a page's end is one table."""
    whole, pages = cv2.imencodemulti(".tiff", [table(), table((("7", "8", "91"),))])
    document = scan.read_image(pages.tobytes())
    assert whole
    assert texts(document) == [*(list(row) for row in ROWS), ["7", "8", "91"]]


@pytest.mark.parametrize("odd", ["alpha", "sixteen", "colour"])
def test_odd_pixels_are_made_plain(odd: str) -> None:
    """Transparency lies on white, 16 bits become 8, colour without colours is grey."""
    grey = table()
    made = {
        "alpha": np.dstack([np.zeros((*grey.shape, 3), np.uint8), 255 - grey]),
        "sixteen": grey.astype(np.uint16) * 257,
        "colour": np.dstack([grey, grey, grey]),
    }[odd]
    assert np.array_equal(frames(encoded(made))[0], grey)


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be huge."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def test_a_decompression_bomb_is_refused_by_its_header() -> None:
    """Nothing is decoded of a picture that claims gigapixels."""
    with pytest.raises(TooComplex, match="pixels"):
        scan.read_image(bomb(100_000, 100_000))


@pytest.mark.parametrize(
    "content", [b"", b"not a picture", b"\xff\xd8\xff", b"RIFF1234WEBP", b"II*\0\x08\0\0\0", encoded(table())[:200], bomb(0, 5)]
)
def test_damaged_pictures_are_unreadable(content: bytes) -> None:
    """Truncated, empty and foreign bytes raise Unreadable, no other error."""
    with pytest.raises(Unreadable):
        scan.read_image(content)


def test_a_tiny_picture_is_a_problem_not_a_document() -> None:
    """An icon of one pixel holds nothing, and the document says so."""
    document = scan.read_image(encoded(np.full((1, 1), 255, np.uint8)))
    assert document.blocks == ()
    assert [problem.code for problem in document.problems] == ["tiny_picture"]


def test_a_blank_page_has_nothing_on_it() -> None:
    """White paper gives no table, no text, no problem."""
    document = scan.read([Picture(np.full((800, 600), 255, np.uint8), dpi=DPI)])
    assert (document.blocks, document.problems) == ((), ())


def test_without_the_extra_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing package is a MissingPart that names the extra."""
    monkeypatch.setitem(__import__("sys").modules, "extract.scan_document", None)
    monkeypatch.delattr("extract.scan_document", raising=False)
    with pytest.raises(MissingPart, match=r"nianbao\[ocr\]"):
        scan.read([Picture(table())])


def test_a_picture_that_nobody_looked_at_is_not_said_to_be_no_report() -> None:
    """Without OCR nothing is known of it; the problem says what is needed."""
    report = read(Source(encoded(table()), "a.png"), ocr=False)
    assert (report.status, [problem.code for problem in report.problems]) == ("unreadable", ["needs_ocr"])


@pytest.mark.parametrize("angle", [-5.0, -0.4, 0.0, 0.7, 3.0])
def test_skew_is_found_to_a_twentieth_of_a_degree(angle: float) -> None:
    """The skew of a page of rules and digits."""
    turned = cv2.warpAffine(255 - table(), cv2.getRotationMatrix2D((620, 450), angle, 1.0), (1240, 900))
    assert skew_of(turned) == pytest.approx(-angle, abs=0.05)


def test_sizes_are_told_without_decoding() -> None:
    """Every format's header gives the size that decoding gives."""
    page = table()
    assert {size_of(encoded(page, e))[:2] for e in (".png", ".jpg", ".bmp", ".tiff", ".webp")} == {(1240, 900)}


def test_an_arched_page_is_laid_straight() -> None:
    """Rules that bow by ten pixels are found, each figure stands in its cell, and places lie on the bowed picture."""
    page = table()
    x, y = np.meshgrid(np.arange(1240, dtype=np.float32), np.arange(900, dtype=np.float32))
    bowed = cv2.remap(page, x, y - 10 * np.sin(np.pi * (x - 120) / 720).astype(np.float32), cv2.INTER_CUBIC, borderValue=(255,))
    document = scan.read([Picture(bowed, dpi=DPI)])
    assert texts(document) == [list(row) for row in ROWS]
    assert cell(document, 0, 1).place.top == pytest.approx(158, abs=4)


def test_a_dark_table_top_around_the_paper_is_no_table() -> None:
    """A photograph shows where the paper ends: the tables on it and their figures are found all the same."""
    framed = cv2.copyMakeBorder(table(), 60, 60, 60, 60, cv2.BORDER_CONSTANT, value=(40,))
    assert texts(scan.read([Picture(framed, dpi=DPI)])) == [list(row) for row in ROWS]


def test_figures_that_look_alike_are_told_apart_by_one_stroke() -> None:
    """Zeros are one group; an eight among them is none of it, in faint noise as a scanner makes it."""
    rng = np.random.default_rng(1)
    drawn = []
    for text in ("0", "0", "8", "0", "6", "9"):
        piece = np.full((40, 34), 250, np.uint8)
        cv2.putText(piece, text, (8, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 20, 2, cv2.LINE_AA)
        drawn.append(np.clip(piece + rng.normal(0, 4, piece.shape), 0, 255).astype(np.uint8))
    assert groups_of(drawn) == [[0, 1, 3], [2], [4], [5]]


def test_a_box_for_a_missing_glyph_is_no_nought() -> None:
    """What a font without the digit prints in its place is unread."""
    page = table((("241", "", "14"), ("6", "88", "1106")))
    cv2.rectangle(page, (120 + 240 + 100, 175), (120 + 240 + 114, 195), 0, 2)
    found = texts(scan.read([Picture(page, dpi=DPI)]))
    assert found == [["241", "?", "14"], ["6", "88", "1106"]]


def test_small_print_on_a_wide_screenshot_is_read() -> None:
    """A picture's width says nothing of its print's size: rows low and pale-ruled for so wide a page are rows."""
    page = np.full((700, 2560), 255, np.uint8)
    rows = [[str(7 * r + 131 * c) for c in range(6)] for r in range(12)]
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            x, y = 900 + 110 * c, 100 + 24 * r
            cv2.rectangle(page, (x, y), (x + 110, y + 24), 150, 1)
            cv2.putText(page, text, (x + 40, y + 18), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 0, 1, cv2.LINE_AA)
    found = texts(scan.read([Picture(page)]))
    assert len(found) == 12
    assert sum(got == want for got_row, row in zip(found, rows, strict=True) for got, want in zip(got_row, row, strict=True)) >= 68
    assert all(got in ("?", want) for got_row, row in zip(found, rows, strict=True) for got, want in zip(got_row, row, strict=True))


def test_print_side_by_side_is_read_from_left_to_right() -> None:
    """Figures of one row are in their order though one stands a pixel higher than its neighbours."""
    page = np.full((500, 1240), 255, np.uint8)
    for x, y, text in ((150, 201, "241"), (500, 200, "35"), (850, 199, "88"), (150, 301, "6")):
        cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 0, 2, cv2.LINE_AA)
    document = scan.read([Picture(page, dpi=DPI)])
    assert [block.text for block in document.blocks if isinstance(block, Paragraph)] == ["241", "35", "88", "6"]


def test_a_row_cut_by_two_slices_of_a_picture_is_read_whole() -> None:
    """Where lines go on from one picture to the next both are one; places are in the picture that a cell is in."""
    page = table()
    cut = 150 + 70 + 35
    document = scan.read([Picture(page[:cut], page=1), Picture(page[cut:], page=2)])
    assert texts(document) == [list(row) for row in ROWS]
    place = cell(document, 2, 0).place
    assert place.page == 2
    assert place.top == pytest.approx(150 + 140 - cut, abs=3)


def test_pages_of_paper_are_not_joined_as_slices() -> None:
    """Two pages whose tables do not reach their edges stay two pages."""
    document = scan.read([Picture(table(), page=1), Picture(table((("7", "8", "91"),)), page=2)])
    assert {one.place.page for one in grid(document).cells()} == {1, 2}
