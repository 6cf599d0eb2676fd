"""Damaged, endless and lying PDF files end in a ReadError or in what is sound of them, soon."""

from __future__ import annotations

import io
import random
import time
from functools import cache

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from extract import pdf, pdf_second
from extract.document import Document
from extract.errors import Encrypted, ReadError, TooComplex, Unreadable
from extract.pdf_pictures import pictures
from tests.corpus.generate.model import specimen
from tests.corpus.generate.pdf import STYLES, draw
from tests.office import expected, read_slots
from tests.pdf_raw import page_pdf, raw_pdf, stream

SEED = 20250122


@cache
def sound(style: str = "stroke") -> bytes:
    """A good file to spoil."""
    return draw(specimen(3), STYLES[style])


def tables_or_refusal(content: bytes) -> int | str:
    """How many tables a file holds, or why it was refused as too complex."""
    try:
        return len(list(pdf.read(content).grids()))
    except TooComplex as error:
        return str(error)


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"\x00" * 4096, b"<html><body>404</body></html>", bytes(range(256)) * 40]
)
def test_what_is_no_pdf_is_unreadable(content: bytes) -> None:
    """Empty files, bare headers and other kinds of file are named as unreadable."""
    with pytest.raises(Unreadable):
        pdf.read(content)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_file_gives_a_read_error_or_its_first_pages(share: float) -> None:
    """A file cut short never raises anything but a ReadError."""
    content = sound()[: int(len(sound()) * share)]
    try:
        document = pdf.read(content)
    except ReadError:
        return
    assert isinstance(document, Document)


def test_a_broken_cross_reference_table_is_rebuilt() -> None:
    """Wrong offsets do not hide the tables."""
    content = sound().replace(b"startxref\n", b"startxref\n9")
    assert read_slots(pdf.read(content)) == expected(specimen(3))


@pytest.mark.parametrize("password", ["secret", ""])
def test_a_password_is_named_and_an_empty_one_is_none(password: str) -> None:
    """A file locked with a password raises Encrypted; one with rights but no password is read."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption(password, ownerPassword="owner", canPrint=0, strength=128))
    canvas.drawString(100, 700, "annual report 2024")
    canvas.save()
    if password:
        with pytest.raises(Encrypted):
            pdf.read(buffer.getvalue())
        with pytest.raises(Encrypted):
            pdf_second.read(buffer.getvalue())
    else:
        assert [paragraph.text for paragraph in pdf.read(buffer.getvalue()).paragraphs()] == ["annual report 2024"]


def test_a_page_tree_that_loops_ends() -> None:
    """A page tree whose kid is the tree itself is no endless document."""
    looped = raw_pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000 >>"])
    start = time.perf_counter()
    with pytest.raises(ReadError):
        pdf.read(looped)
    assert time.perf_counter() - start < 5


def test_a_form_that_contains_itself_ends() -> None:
    """A form XObject drawn inside itself is not followed for ever."""
    form = stream(b"/X Do 0 0 m 100 100 l S", b"/Type /XObject /Subtype /Form /BBox [0 0 600 900] /Resources << /XObject << /X 5 0 R >> >>")
    content = page_pdf(b"/X Do", b"/XObject << /X 5 0 R >>", [form])
    assert tables_or_refusal(content) in (0, "forms nested too deeply, or with too many objects")


def test_ten_thousand_pages_are_too_many() -> None:
    """A document of ten thousand pages is refused before its pages are read."""
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 10_003))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count 10000 /MediaBox [0 0 595 842] >>" % kids]
    with pytest.raises(TooComplex):
        pdf.read(raw_pdf(objects + [b"<< /Type /Page /Parent 2 0 R >>"] * 10_000))


def test_a_hundred_thousand_lines_are_too_many() -> None:
    """A page that paints more than any table is refused, within seconds."""
    content = b"\n".join(b"%d %d m %d %d l S" % (k % 500, k % 800, k % 500 + 40, k % 800) for k in range(100_000))
    start = time.perf_counter()
    with pytest.raises(TooComplex):
        pdf.read(page_pdf(content))
    assert time.perf_counter() - start < 10


def test_a_fine_mesh_of_lines_is_bounded() -> None:
    """Thousands of lines across one another are read or refused, within seconds."""
    lines = [b"%.1f 0 m %.1f 842 l S 0 %.1f m 595 %.1f l S" % (k * 0.3, k * 0.3, k * 0.4, k * 0.4) for k in range(1900)]
    start = time.perf_counter()
    assert tables_or_refusal(page_pdf(b"\n".join(lines))) in (0, "a page draws more cells than any report has")
    assert time.perf_counter() - start < 10


def test_a_huge_page_is_rendered_small() -> None:
    """A scan on a page of 200 inches does not become a picture of gigapixels."""
    image = stream(b"\x00" * 100, b"/Type /XObject /Subtype /Image /Width 10 /Height 10 /BitsPerComponent 8 /ColorSpace /DeviceGray")
    content = page_pdf(b"q 14400 0 0 14400 0 0 cm /I Do Q", b"/XObject << /I 5 0 R >>", [image], b"/CropBox [0 0 14400 14400]")
    content = content.replace(b"/MediaBox [0 0 595 842]", b"/MediaBox [0 0 14400 14400]")
    (picture,) = pictures(content)
    assert picture.dpi is not None
    assert picture.dpi < 40


def spoilt(rng: random.Random, content: bytes) -> bytes:
    """The content with bytes changed, cut out, put in or copied."""
    data = bytearray(content)
    at = rng.randrange(len(data))
    way = rng.randrange(5)
    if way == 0:
        return bytes(data[:at])
    if way == 1:
        for _ in range(rng.randint(1, 40)):
            data[rng.randrange(len(data))] = rng.randrange(256)
    elif way == 2:
        del data[at : at + rng.randint(1, 2000)]
    elif way == 3:
        data[at:at] = rng.randbytes(rng.randint(1, 300))
    else:
        other = rng.randrange(len(data))
        data[at:at] = data[other : other + rng.randint(1, 3000)]
    return bytes(data)


@pytest.mark.parametrize("style", ["stroke", "form", "shade"])
def test_spoilt_files_raise_nothing_but_read_errors(style: str) -> None:
    """Sixty mutations of each file: a Document or a ReadError, and no cell outside its grid."""
    rng = random.Random(f"{SEED}{style}")
    for _ in range(60):
        try:
            document = pdf.read(spoilt(rng, sound(style)))
        except ReadError:
            continue
        for grid in document.grids():
            assert all(len(row) == len(grid.rows[0]) for row in grid.rows)
            covered = {id(cell) for row in grid.rows for cell in row if cell is not None}
            assert covered == {id(cell) for cell in grid.cells()}


def test_the_second_reader_fails_as_cleanly() -> None:
    """Whatever pdfminer makes of spoilt files is a ReadError too."""
    rng = random.Random(SEED)
    outcomes: set[type] = set()
    for _ in range(15):
        try:
            outcomes.add(type(pdf_second.read(spoilt(rng, sound()))))
        except ReadError as error:
            outcomes.add(type(error))
    assert outcomes <= {Document, Unreadable, Encrypted, TooComplex}
