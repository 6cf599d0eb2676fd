"""WARC files that other tools made: what is a document in them, what belongs together, and what is only referred to."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest

from crawler.capture import Capture
from nianbao.errors import Usage
from nianbao.given import Aside, documents

PAGE = "<html><body><div class='content'><h1>年度报告</h1><p>{said}</p><a href='/files/a.pdf'>附件：年度报告.pdf</a></div></body></html>"
ARTICLE, ATTACHMENT = "http://a.gov.cn/1.html", "http://a.gov.cn/files/a.pdf"


def record(kind: str, uri: str, block: bytes, date: str = "2021-02-01T00:00:00Z", **fields: str) -> bytes:
    """One record as it lies in a file, uncompressed; names in `fields` with _ for -."""
    head = {"WARC-Type": kind, "WARC-Target-URI": uri, "WARC-Date": date, "Content-Length": str(len(block))}
    head |= {name.replace("_", "-"): value for name, value in fields.items()}
    return "".join(["WARC/1.0\r\n", *(f"{name}: {value}\r\n" for name, value in head.items()), "\r\n"]).encode() + block + b"\r\n\r\n"


def http(body: bytes, media_type: str = "text/html; charset=utf-8") -> bytes:
    """An answer."""
    return f"HTTP/1.1 200 OK\r\nContent-Type: {media_type}\r\n\r\n".encode() + body


def page(said: str) -> bytes:
    """The article as answered, saying something."""
    return http(PAGE.format(said=said).encode())


@pytest.fixture
def aside(tmp_path: Path) -> Iterator[Aside]:
    """Room on the disk."""
    with Aside(tmp_path) as opened:
        yield opened


def given(aside: Aside, file: Path, *members: bytes) -> list[tuple[Capture, ...]]:
    """The documents in a WARC file of these records."""
    file.write_bytes(b"".join(map(gzip.compress, members)))
    return [one.captures() for one in documents([file], aside)]


def test_what_a_crawler_notes_for_itself_is_no_document(tmp_path: Path, aside: Aside) -> None:
    """Name lookups, robots, logs, the text and pictures that a browser took: none is a page of the portal, none stops the reading."""
    lookup = record("response", "dns:a.gov.cn", b"20210201\na.gov.cn.\t60\tIN\tA\t127.0.0.1\n", Content_Type="text/dns")
    log = record("resource", "metadata://gnu.org/software/wget/warc/wget.log", b"--2021-- saved", Content_Type="text/plain")
    text = record("resource", "urn:text:http://a.gov.cn/1.html", "年度报告".encode(), Content_Type="text/plain")
    info = record("warcinfo", "", b"software: x\r\n")
    found = given(aside, tmp_path / "x.warc.gz", info, lookup, record("response", f"<{ARTICLE}>", page("")), log, text)
    assert [capture.url for (capture,) in found] == [ARTICLE]


def test_a_part_belongs_to_its_page_wherever_it_stands_in_the_file(tmp_path: Path, aside: Aside) -> None:
    """The attachment before its page, and of two captures of it the one made nearest to the page's."""
    early = record("response", ATTACHMENT, http(b"%PDF-1.4 early", "application/pdf"), "2021-02-01T00:00:01Z")
    late = record("response", ATTACHMENT, http(b"%PDF-1.4 late", "application/pdf"), "2022-02-01T00:00:01Z")
    found = given(aside, tmp_path / "x.warc.gz", late, early, record("response", ARTICLE, page("x")))
    ((main, part),) = found
    assert (main.url, part.body) == (ARTICLE, b"%PDF-1.4 early")


def test_a_part_may_lie_in_another_file_of_the_same_crawl(tmp_path: Path, aside: Aside) -> None:
    """Crawlers begin a new file when one is full."""
    (tmp_path / "1.warc").write_bytes(record("response", ARTICLE, page("x")))
    (tmp_path / "2.warc").write_bytes(record("response", ATTACHMENT, http(b"%PDF-1.4", "application/pdf")))
    (one,) = documents([tmp_path / "2.warc", tmp_path / "1.warc"], aside)
    assert [capture.url for capture in one.captures()] == [ARTICLE, ATTACHMENT]


def test_a_wacz_is_opened(tmp_path: Path, aside: Aside) -> None:
    """What a browser's archive keeps beside its WARC files is left alone; any other ZIP is a document."""
    wacz, other = tmp_path / "x.wacz", tmp_path / "x.zip"
    with ZipFile(wacz, "w") as made:
        made.writestr("archive/data.warc.gz", gzip.compress(record("response", ARTICLE, page("x"))))
        made.writestr("indexes/index.cdx", "")
    with ZipFile(other, "w") as made:
        made.writestr("report.html", PAGE)
    (first,), (captured,) = (one.captures() for one in documents([wacz, other], aside))
    assert (first.origin, captured.url, captured.origin) == ("file x.zip", ARTICLE, "WARC x.wacz")


def test_every_capture_of_an_address_comes_the_oldest_first(tmp_path: Path, aside: Aside) -> None:
    """A correction is seen only where both are read."""
    later, sooner = (record("response", ARTICLE, page(str(year)), f"{year}-02-01T00:00:00Z") for year in (2022, 2021))
    found = given(aside, tmp_path / "x.warc.gz", later, sooner)
    assert [capture.fetched_at.year for (capture,) in found] == [2021, 2022]


@pytest.mark.parametrize("block", [b"", page("")[: page("").index(b"\r\n\r\n") + 4]])
def test_a_body_stored_once_is_found_again(tmp_path: Path, aside: Aside, block: bytes) -> None:
    """A revisit with or without a header of its own takes the body of the record that it refers to."""
    first = record("response", ARTICLE, page("x"), WARC_Payload_Digest="sha1:ABC")
    again = record("revisit", ARTICLE, block, "2022-02-01T00:00:00Z", WARC_Payload_Digest="sha1:ABC")
    ((one,), (other,)) = given(aside, tmp_path / "x.warc.gz", first, again)
    assert (one.body, one.status) == (other.body, other.status)
    assert (other.fetched_at.year, aside.unresolved) == (2022, [])


def test_a_body_may_be_in_a_file_that_comes_later(tmp_path: Path, aside: Aside) -> None:
    """In whatever order files are given."""
    (tmp_path / "1.warc").write_bytes(record("response", ARTICLE, page("x"), WARC_Payload_Digest="sha1:ABC"))
    (tmp_path / "2.warc").write_bytes(record("revisit", ARTICLE, b"", "2022-02-01T00:00:00Z", WARC_Payload_Digest="sha1:ABC"))
    (one,), (other,) = (one.captures() for one in documents([tmp_path / "2.warc", tmp_path / "1.warc"], aside))
    assert one.body == other.body
    assert aside.unresolved == []


def test_a_body_in_a_file_that_is_not_here_is_counted(tmp_path: Path, aside: Aside) -> None:
    """It is not passed over in silence; an answer of "not modified" asks for nothing."""
    absent = record("revisit", ARTICLE, b"", WARC_Payload_Digest="sha1:ABC", WARC_Profile="http://x/revisit/identical-payload-digest")
    same = record("revisit", ARTICLE, b"", WARC_Profile="http://netpreserve.org/warc/1.1/revisit/server-not-modified")
    assert given(aside, tmp_path / "x.warc.gz", absent, same) == []
    assert len(aside.unresolved) == 1


def test_an_answer_that_is_none_is_named_with_its_file(tmp_path: Path, aside: Aside) -> None:
    """Also where its body came from a later file."""
    for name, block in (("x", b"no answer at all"), ("y", b"")):
        (tmp_path / f"{name}.warc").write_bytes(record("response" if block else "revisit", ARTICLE, block, WARC_Payload_Digest="sha1:ABC"))
    (tmp_path / "z.warc").write_bytes(record("resource", ARTICLE, b"not an answer", WARC_Payload_Digest="sha1:ABC"))
    for files in (["x"], ["y", "z"]):
        with pytest.raises(Usage, match=rf"{files[0]}\.warc"):
            documents([tmp_path / f"{name}.warc" for name in files], aside)


def test_a_file_that_cannot_be_read_stops_everything(tmp_path: Path, aside: Aside) -> None:
    """Before any of the others is used."""
    good, bad = tmp_path / "a.warc", tmp_path / "b.warc"
    good.write_bytes(record("response", ARTICLE, page("")))
    bad.write_bytes(record("response", ARTICLE, page(""))[:-60])
    with pytest.raises(Usage, match=r"b\.warc"):
        documents([good, bad], aside)
