"""What office files hold of other files: pictures for OCR, workbooks and documents with the table in them."""

from __future__ import annotations

import base64
import random
import struct
import zlib
from dataclasses import replace
from io import BytesIO

import olefile
import pytest

from extract import doc, word
from extract.doc_file import open_doc
from extract.embedded import pictures
from tests.corpus.generate import doc as drawn_doc
from tests.corpus.generate import docx, mht, xls, xlsx
from tests.corpus.generate.cfb import compound
from tests.corpus.generate.model import specimen
from tests.corpus.generate.office import OFFICE, RELATIONS, zipped
from tests.office import expected, prose, read_prose, read_slots

_SPACES = f'xmlns:w="{docx.TRANSITIONAL}" xmlns:r="{OFFICE}" xmlns:o="urn:schemas-microsoft-com:office:office"'


def png(shade: int) -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes([0, shade]))) + chunk(b"IEND", b"")


def _holding(body: str, kind: str, part: str, content: bytes) -> bytes:
    """A DOCX whose main part refers to one other part as rId9."""
    relation = f'<Relationship Id="rId9" Type="{OFFICE}/{kind}" Target="{part}"/>'
    relations = f'<Relationships xmlns="{RELATIONS}">{relation}</Relationships>'
    main = f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>"
    return docx.package(main, more={"word/_rels/document.xml.rels": relations, f"word/{part}": content})


_OBJECT = '<w:p><w:r><w:object><o:OLEObject Type="Embed" ProgID="Excel.Sheet.12" r:id="rId9"/></w:object></w:r></w:p>'
_CHUNK = '<w:p><w:r><w:t>前</w:t></w:r></w:p><w:altChunk r:id="rId9"/><w:p><w:r><w:t>后</w:t></w:r></w:p>'


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("draw", [xlsx.draw, xls.draw])
def test_an_embedded_workbook_is_read_where_it_stands(draw: object, wrapped: bool) -> None:
    """A table pasted as an Excel object, also inside an OLE wrapper, is a table of the document."""
    assert callable(draw)
    one = specimen(3)
    content = draw(one)
    if wrapped and content.startswith(b"PK"):
        content = compound({"Package": content})
    document = word.read_docx(_holding(_OBJECT, "package", "embeddings/a.bin", content))
    assert read_slots(document) == expected(one)
    assert [grid.number for grid in document.grids()] == [1, 2, 3]


@pytest.mark.parametrize("name", ["docx", "html", "mht", "text"])
def test_a_chunk_of_another_format_is_read_in_its_place(name: str) -> None:
    """altChunk parts of any format stand between the paragraphs around them."""
    one = specimen(3)
    content = {"docx": docx.draw(one), "html": mht.page(one, "utf-8").encode(), "mht": mht.draw(one), "text": "一、总体情况".encode()}[name]
    document = word.read_docx(_holding(_CHUNK, "aFChunk", f"chunk.{name}", content))
    text = read_prose(document)
    assert (text[0], text[-1]) == ("前", "后")
    assert text[1:-1] == (["一、总体情况"] if name == "text" else prose(one))
    assert read_slots(document) == ([] if name == "text" else expected(one))


def test_a_chunk_that_cannot_be_read_is_a_problem() -> None:
    """The rest of the document is read and the chunk is named."""
    document = word.read_docx(_holding(_CHUNK, "aFChunk", "chunk.bin", bytes(range(256)) * 4))
    assert read_prose(document) == ["前", "后"]
    assert [problem.code for problem in document.problems] == ["part_unreadable"]
    assert "chunk.bin" in document.problems[0].message


def _workbook_stream(content: bytes) -> bytes:
    with olefile.OleFileIO(BytesIO(content)) as ole:
        return ole.openstream("Workbook").read()


def test_a_workbook_embedded_in_a_doc_is_read_when_the_document_has_no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tables come behind the text; a damaged one is a problem."""
    one = specimen(3)
    writer = drawn_doc.Writer(drawn_doc.DIALECTS["plain"], random.Random(1))
    writer.write("一、总体情况")
    writer.end("\r")
    word_file = open_doc(compound(writer.streams()))
    held = replace(word_file, workbooks=(_workbook_stream(xls.draw(one)), b"\x09\x08junk"))
    monkeypatch.setattr(doc, "open_doc", lambda content: held)
    document = doc.read(b"")
    assert read_slots(document) == expected(one)
    assert read_prose(document)[0] == "一、总体情况"
    assert [problem.code for problem in document.problems] == ["part_unreadable"]


def _blip(content: bytes) -> bytes:
    return struct.pack("<HHI", 0x6E0 << 4, 0xF01E, 17 + len(content)) + bytes(16) + b"\xff" + content


def _packed(kind: str, one: bytes, two: bytes) -> bytes:
    """A file of that kind that shows the two pictures, stored the other way round where it can be."""
    if kind == "doc":
        return compound({"WordDocument": bytes(600), "Data": bytes(68) + _blip(one) + bytes(9) + _blip(two) + two[:9]})
    if kind == "rtf":
        first = b"{\\*\\shppict{\\pict\\pngblip " + one.hex().encode() + b"}}"
        return b"{\\rtf1" + first + b"{\\pict\\pngblip\n" + two.hex().encode() + b"}}"
    if kind == "odt":
        shown = '<a><draw:image xlink:href="Pictures/b.png"/><draw:image xlink:href="Pictures/a.png"/></a>'
        held: dict[str, bytes | str] = {"Pictures/a.png": two, "Pictures/b.png": one}
        return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": shown} | held)
    return zipped({"xl/workbook.xml": "<a/>", "xl/media/image10.png": two, "xl/media/image2.png": one, "xl/media/x.emf": b"x"})


@pytest.mark.parametrize("kind", ["doc", "rtf", "odt", "xlsx"])
def test_pictures_are_found_in_every_format(kind: str) -> None:
    """In the order of the document, each once, and only those that can be opened."""
    one, two = png(10), png(20)
    assert [picture.content for picture in pictures(_packed(kind, one, two))] == [one, two]


def test_the_picture_of_a_docx_is_found() -> None:
    """What a drawing refers to is handed over."""
    body = '<w:p><w:r><w:drawing r:embed="rId9"/></w:r></w:p>'
    assert [picture.content for picture in pictures(_holding(body, "image", "media/a.png", png(1)))] == [png(1)]


def test_a_page_hands_over_what_its_data_addresses_hold() -> None:
    """Sound base64 is a picture; a page without any gives nothing."""
    coded = base64.b64encode(png(2)).decode()
    text = f'<html><body><img src="data:image/png;base64,{coded}"><img src="data:image/png;base64,A"></body></html>'
    assert [picture.content for picture in pictures(text.encode())] == [png(2)]
    assert pictures(b"<html><body>x</body></html>") == ()
