"""What bytes are is told by the bytes."""

from __future__ import annotations

import gzip
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.kind import Kind, sniff
from tests.corpus.generate import docx, xls, xlsx
from tests.corpus.generate.model import specimen
from tests.corpus.generate.office import zipped

_HTML = "<html><head><title>年报</title></head><body><table><tr><td>一</td></tr></table></body></html>"
_PROSE = "一、总体情况\n2024年，主动公开政府信息40余条。\n"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", Kind.empty),
        (b" \r\n\t", Kind.empty),
        (b"\xef\xbb\xbf", Kind.empty),
        (b"\0" * 900, Kind.empty),
        (_HTML.encode(), Kind.html),
        (_HTML.encode("gb18030"), Kind.html),
        (_HTML.encode("utf-16"), Kind.html),
        (_HTML.encode("utf-16-le"), Kind.html),
        (b"\xef\xbb\xbf\r\n" + _HTML.encode(), Kind.html),
        (b"2024-01-02 03:04:05 GET http://x 200\nfetched\n\n" + _HTML.encode(), Kind.html),
        (b"<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", Kind.html),
        (b"<html xmlns:w='urn:schemas-microsoft-com:office:word'><body><p class=MsoNormal>a</p></body></html>", Kind.html),
        (_PROSE.encode(), Kind.text),
        (_PROSE.encode("gb18030"), Kind.text),
        (_PROSE.encode("utf-16"), Kind.text),
        (_PROSE.encode("utf-16-le"), Kind.text),
        (_PROSE.encode("utf-16-be"), Kind.text),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", Kind.pdf),
        (b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.4\n1 0 obj <</Type/Catalog>> endobj", Kind.pdf),
        (b"\0\x01junk\xff%PDF-1.4\n1 0 obj \xff\xfe\0", Kind.pdf),
        (b"{\\rtf1\\ansi x}", Kind.rtf),
        (b"\r\n{\\rtf1\\ansi x}", Kind.rtf),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=x\r\n\r\n--x", Kind.mht),
        (b"From: <Saved by Blink>\r\nSubject: a\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n", Kind.mht),
        (b"<?xml version='1.0'?><w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'/>", Kind.wordml),
        (b"<?xml version='1.0'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'/>", Kind.sheetml),
        (b"<?xml version='1.0'?><datastore><a/></datastore>", Kind.xml),
        (gzip.compress(b"x", mtime=0), Kind.gzip),
        (b"Rar!\x1a\x07\x00", Kind.rar),
        (b"Rar!\x1a\x07\x01\x00", Kind.rar),
        (b"7z\xbc\xaf\x27\x1c\0\4", Kind.sevenzip),
        (b"\x89PNG\r\n\x1a\n\0\0", Kind.png),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind.jpeg),
        (b"GIF89a\1\0", Kind.gif),
        (b"RIFF\x10\0\0\0WEBPVP8 ", Kind.webp),
        (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0" + bytes(40), Kind.bmp),
        (b"II*\0\x08\0\0\0", Kind.tiff),
        (bytes(range(256)) * 4, Kind.unknown),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Kind.ole),
    ],
)
def test_bytes_are_told_apart(content: bytes, kind: Kind) -> None:
    """Each kind is recognised from its bytes, behind byte order marks, blank lines, log lines and junk."""
    assert sniff(content) == kind


def test_packages_are_told_by_their_parts() -> None:
    """A DOCX, an XLSX, an OFD, an ODT and a plain ZIP are all ZIP files and are told apart."""
    one = specimen(1)
    assert sniff(docx.draw(one)) == Kind.docx
    assert sniff(xlsx.draw(one)) == Kind.xlsx
    assert sniff(xls.draw(one)) == Kind.xls
    assert sniff(zipped({"OFD.xml": "<a/>", "Doc_0/Document.xml": "<a/>"})) == Kind.ofd
    assert sniff(zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"})) == Kind.odt
    assert sniff(zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"})) == Kind.ods
    assert sniff(zipped({"a.docx": docx.draw(one)})) == Kind.zip


def test_a_package_behind_a_prefix_is_recognised() -> None:
    """Bytes before the first local header, as self-extracting archives have, do not hide a package."""
    assert sniff(b"MZ\0\1\xff" + docx.draw(specimen(1))) == Kind.docx


def test_a_damaged_package_is_told_by_what_is_left_of_it() -> None:
    """A DOCX cut short keeps its kind, so that the error speaks of a damaged Word file and not of unknown bytes."""
    assert sniff(docx.draw(specimen(1))[:-200]) in (Kind.docx, Kind.zip)


@given(st.binary(max_size=4000))
def test_sniffing_never_fails(content: bytes) -> None:
    """Any bytes have a kind."""
    assert isinstance(sniff(content), Kind)


def test_sniffing_mutated_documents_never_fails() -> None:
    """Documents with bytes changed at random have a kind."""
    rng = random.Random(7)
    whole = docx.draw(specimen(2))
    for _ in range(200):
        broken = bytearray(whole)
        for _ in range(20):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        assert isinstance(sniff(bytes(broken)), Kind)
