"""The archive: WARC 1.1 that other tools read, in which every exchange is found again byte for byte."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawler.capture import Capture
from store import warc_format
from store.warc import Archive, Place, Reference, WarcError, read_capture, records
from store.warc_check import verify_file
from store.warc_read import foreign_records, to_capture
from tests.archived import MOMENT, captured

PAGE = b"<html><body>" + "<p>政府信息公开工作年度报告</p>".encode() * 200 + b"</body></html>"
NOISE = random.Random(7).randbytes(20_000)


def add(archive: Archive, capture: Capture, **changes: Any) -> Place:
    """Gather an exchange as the recorder does."""
    return archive.add(capture, payload_digest=warc_format.digest(capture.raw_body), **changes)


def written(folder: Path, *captures: Capture, **changes: Any) -> list[Place]:
    """Captures in a fresh archive."""
    with Archive(folder) as archive:
        return [add(archive, capture, **changes) for capture in captures]


def varied() -> Iterator[Capture]:
    """Exchanges of all sorts."""
    packed = gzip.compress(PAGE)
    yield captured(body=PAGE, remote_address="127.0.0.1", reason="")
    yield captured(raw_body=packed, body=PAGE, headers=(("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))))
    yield captured(body=PAGE, headers=(("Transfer-Encoding", "chunked"), ("transfer-encoding", "chunked"), ("X-GBK", "\xb9\xab")))
    hops = ("http://a.gov.cn/1", "http://b.gov.cn/2")
    yield captured("http://a.gov.cn/中 文", PAGE, final_url="http://a.gov.cn/%E4%B8%AD?a=%B9%AB", redirects=hops)
    yield captured(body=b"", status=302, reason="Found", headers=(("Location", "/x"),))
    yield captured(body=b'{"total":1}', method="POST", request_body=b"page=1", request_headers=(("Host", "a"), ("Content-Length", "6")))
    yield captured(body=NOISE, headers=(("Content-Type", "application/pdf"),), truncated="disconnect", http_version="HTTP/1.0")
    yield captured(body=b"", status=404, reason="Not Found", headers=())


def test_what_is_written_is_read_back_the_same(tmp_path: Path) -> None:
    """Headers in their order and bytes, the body as sent and as meant, the request, the way there."""
    captures = list(varied())
    for capture, place in zip(captures, written(tmp_path, *captures), strict=True):
        assert read_capture(tmp_path / place.file, place.offset) == Capture(**{**vars_of(capture), "headers": renamed(capture)})


def vars_of(capture: Capture) -> dict[str, Any]:
    """The fields of a capture."""
    return {name: getattr(capture, name) for name in capture.__dataclass_fields__}


def renamed(capture: Capture) -> tuple[tuple[str, str], ...]:
    """Its headers as they are read back: Transfer-Encoding comes back in its usual spelling."""
    return tuple(("Transfer-Encoding" if name.lower() == "transfer-encoding" else name, value) for name, value in capture.headers)


SPECIAL = ("transfer-encoding", "x-orig-transfer-encoding", "content-encoding")
HEADER_NAMES = st.from_regex(r"[A-Za-z][A-Za-z-]{0,20}", fullmatch=True).filter(lambda name: name.lower() not in SPECIAL)
HEADER_VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0xFF, blacklist_characters="\x7f\x85\xa0\xad"), max_size=40)


@given(headers=st.lists(st.tuples(HEADER_NAMES, HEADER_VALUES), max_size=6), body=st.binary(max_size=3000), status=st.integers(100, 599))
def test_any_exchange_is_read_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, headers: list[tuple[str, str]], body: bytes, status: int
) -> None:
    """Whatever the headers, the status and the bytes."""
    folder = tmp_path_factory.mktemp("warc")
    capture = captured(body=body, status=status, headers=tuple(headers))
    (place,) = written(folder, capture)
    assert read_capture(folder / place.file, place.offset) == capture
    assert verify_file(folder / place.file) == []


def test_warcio_reads_every_record_and_its_digests(tmp_path: Path) -> None:
    """The reference tool finds warcinfo first, answers joined to requests, and no bad digest."""
    written(tmp_path, *varied())
    (path,) = tmp_path.iterdir()
    with path.open("rb") as stream:
        found = [
            (record.rec_type, dict(record.rec_headers.headers), record.content_stream().read())
            for record in ArchiveIterator(stream, check_digests="raise")
        ]
    kinds = [kind for kind, _, _ in found]
    assert kinds == ["warcinfo"] + ["response", "request"] * 8
    for (_, answer, _), (_, request, _) in zip(found[1::2], found[2::2], strict=True):
        assert request["WARC-Concurrent-To"] == answer["WARC-Record-ID"]
        assert answer["WARC-Warcinfo-ID"] == found[0][1]["WARC-Record-ID"]
        assert answer["WARC-Block-Digest"].startswith("sha256:")
    assert [body for kind, _, body in found if kind == "response"] == [capture.body for capture in varied()]
    assert subprocess.run([sys.executable, "-m", "warcio.cli", "check", path], check=False).returncode == 0
    assert [answer.get("WARC-Truncated") for _, answer, _ in found[1::2]] == [None] * 6 + ["disconnect", None]


def test_fastwarc_reads_every_record_and_its_digests(tmp_path: Path) -> None:
    """So does the fast one."""
    written(tmp_path, *varied())
    (path,) = tmp_path.iterdir()
    with path.open("rb") as stream:
        found = [(record.headers["WARC-Type"], record.verify_block_digest()) for record in FastIterator(stream, parse_http=False)]
    assert len(found) == 17
    assert all(sound for _, sound in found)


def test_gzip_passes_every_byte(tmp_path: Path) -> None:
    """One member a record, each whole."""
    written(tmp_path, *varied())
    (path,) = tmp_path.iterdir()
    assert subprocess.run(["gzip", "-t", path], check=False).returncode == 0
    assert gzip.decompress(path.read_bytes()).count(b"WARC/1.1\r\n") == 17
    for record in records(path):
        assert gzip.decompress(path.read_bytes()[record.offset : record.end]).startswith(b"WARC/1.1\r\n")


def test_packed_payloads_are_stored_and_pages_are_compressed(tmp_path: Path) -> None:
    """A PDF costs no more than its bytes, a page a fraction of them."""
    pdf, page = written(tmp_path, captured(body=NOISE), captured(body=PAGE))
    assert len(NOISE) < pdf.end - pdf.offset < len(NOISE) + 1500
    assert page.end - page.offset < len(PAGE) / 4


def test_a_body_met_again_is_a_revisit_that_leads_to_the_first(tmp_path: Path) -> None:
    """By address and date for replay tools, by file and offset for us; the body comes back from there."""
    first = captured("http://a.gov.cn/1", PAGE)
    with Archive(tmp_path) as archive:
        place = add(archive, first)
        reference = Reference(first.final_url, first.fetched_at, place.file, place.offset)
        again = captured("http://b.gov.cn/copy", PAGE, fetched_at=MOMENT + timedelta(days=1), headers=(("X", "other"),))
        second = add(archive, again, original=reference)
    assert read_capture(tmp_path / second.file, second.offset) == again
    revisit = next(record for record in records(tmp_path / second.file) if record.type == "revisit")
    assert revisit.fields["warc-profile"].endswith("/warc/1.1/revisit/identical-payload-digest")
    assert revisit.fields["warc-refers-to-target-uri"] == "http://a.gov.cn/1"
    assert revisit.fields["warc-refers-to-date"] == "2026-01-20T03:04:05.678901Z"
    assert PAGE not in revisit.block
    assert verify_file(tmp_path / second.file) == []
    with (tmp_path / second.file).open("rb") as stream:
        assert [record.rec_type for record in ArchiveIterator(stream, check_digests="raise")].count("revisit") == 1


def test_a_revisit_whose_original_has_changed_is_unresolved(tmp_path: Path) -> None:
    """Never another body in its place."""
    with Archive(tmp_path) as archive:
        place = add(archive, captured(body=b"other"))
        wrong = Reference("http://a.gov.cn/1", MOMENT, place.file, place.offset)
        second = add(archive, captured(body=PAGE), original=wrong)
    with pytest.raises(WarcError, match="another payload"):
        read_capture(tmp_path / second.file, second.offset)


def test_a_304_is_a_revisit_of_the_page_it_confirms(tmp_path: Path) -> None:
    """Replay tools show the page, for the revisit has no block of its own; the header of the 304 lies beside it."""
    with Archive(tmp_path) as archive:
        place = add(archive, captured(body=PAGE))
        unchanged = captured(body=b"", status=304, reason="Not Modified", headers=(("ETag", "e"),))
        second = add(archive, unchanged, original=Reference("http://a.gov.cn/1", MOMENT, place.file, place.offset))
    assert read_capture(tmp_path / second.file, second.offset) == unchanged
    revisit, head, request = list(records(tmp_path / second.file))[3:]
    assert revisit.fields["warc-profile"].endswith("/revisit/server-not-modified")
    assert (revisit.block, head.type, request.type) == (b"", "metadata", "request")
    assert head.block.startswith(b"HTTP/1.1 304 Not Modified\r\nETag: e\r\n")
    assert head.belongs_to(revisit)
    assert verify_file(tmp_path / second.file) == []


def test_a_held_document_states_its_origin(tmp_path: Path) -> None:
    """A resource record with the bytes, a metadata record with where they come from."""
    pdf = (("Content-Type", "application/pdf"),)
    held = captured("http://a.gov.cn/old.pdf", b"%PDF-1.4", origin="held: old.pdf", request_headers=(), reason="", headers=pdf)
    with Archive(tmp_path) as archive:
        place = archive.add_document(held, about={"agency": "沙湾市金沟河镇人民政府", "year": "2019"})
    assert read_capture(tmp_path / place.file, place.offset) == held
    _, document, about = records(tmp_path / place.file)
    assert (document.type, about.type) == ("resource", "metadata")
    assert about.fields["warc-concurrent-to"] == document.id
    assert "origin: held: old.pdf\r\n" in about.block.decode()
    assert "agency: 沙湾市金沟河镇人民政府\r\n" in about.block.decode()
    assert verify_file(tmp_path / place.file) == []


def test_files_roll_over_and_each_opens_with_its_warcinfo(tmp_path: Path) -> None:
    """Names sort in the order of writing."""
    with Archive(tmp_path, max_bytes=30_000) as archive:
        places = []
        for number in range(6):
            places.append(add(archive, captured(f"http://a.gov.cn/{number}", NOISE + bytes([number]))))
            archive.commit()
    files = sorted(path.name for path in tmp_path.iterdir())
    assert len(files) == 4
    assert [place.file for place in places] == [files[0]] * 2 + [files[1]] * 2 + [files[2]] * 2
    for name in files:
        assert next(records(tmp_path / name)).type == "warcinfo"
        assert next(records(tmp_path / name)).fields["warc-filename"] == name


def test_the_newest_file_is_known_by_its_number(tmp_path: Path) -> None:
    """Not by the time in its name: clocks go back. Files of other names are left alone."""
    (tmp_path / "nianbao-held.warc.gz").write_bytes(b"not ours")
    written(tmp_path, captured())
    (first,) = tmp_path.glob("nianbao-2*")
    later = first.rename(tmp_path / "nianbao-20990101000000-00001.warc.gz")
    (tmp_path / "nianbao-20260101000000-00002.warc.gz").write_bytes(later.read_bytes())
    with Archive(tmp_path) as archive:
        assert archive.name == "nianbao-20260101000000-00002.warc.gz"


def test_foreign_files_are_read_whatever_their_packing(tmp_path: Path) -> None:
    """Ours, plain ones, and whole files in a single member; chunks and folded lines as other tools leave them."""
    written(tmp_path / "ours", *varied())
    (ours,) = (tmp_path / "ours").iterdir()
    plain, single = tmp_path / "plain.warc", tmp_path / "single.warc.gz"
    plain.write_bytes(gzip.decompress(ours.read_bytes()))
    single.write_bytes(gzip.compress(plain.read_bytes()))
    expected = [record.block for record in records(ours)]
    for path in (ours, plain, single):
        assert [record.block for record in foreign_records(path)] == expected
    old = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: <http://a.gov.cn/>\r\nWARC-Date: 2015-01-02T03:04:05Z\r\n"
        b"Content-Type: application/http\r\nContent-Length: 55\r\n\r\nHTTP/1.1 200 OK\nX: a\n b\nTransfer-Encoding: gone\n\n<html>\r\n\r\n"
    )
    plain.write_bytes(old)
    (record,) = foreign_records(plain)
    capture = to_capture(record)
    assert (capture.final_url, capture.body, capture.header("x"), capture.fetched_at.year) == ("http://a.gov.cn/", b"<html>", "a b", 2015)


def test_a_foreign_answer_in_chunks_is_joined(tmp_path: Path) -> None:
    """Other tools keep the chunks as they came; some keep the header alone."""
    for body in (b"3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n", b"abcdefg"):
        block = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body
        head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.gov.cn/\r\nContent-Length: {len(block)}\r\n\r\n"
        path = tmp_path / "x.warc"
        path.write_bytes(head.encode() + block + b"\r\n\r\n")
        (record,) = foreign_records(path)
        assert to_capture(record).body == b"abcdefg"


SHORT = b"WARC/1.1\r\nContent-Length: 50\r\n\r\nshort"
NEGATIVE = b"WARC/1.1\r\nContent-Length: -1\r\n\r\n"


@pytest.mark.parametrize("junk", [b"", b"not a warc", SHORT, gzip.compress(b"x" * 100), gzip.compress(SHORT)[:-9], NEGATIVE])
def test_what_is_no_warc_is_said_to_be_none(tmp_path: Path, junk: bytes) -> None:
    """An empty file has no records; anything else is an error that says where."""
    path = tmp_path / "x.warc"
    path.write_bytes(junk)
    if junk:
        with pytest.raises(WarcError):
            list(foreign_records(path))
    else:
        assert list(foreign_records(path)) == []


def test_no_record_lies_where_none_begins(tmp_path: Path) -> None:
    """A wrong offset is an error, not some other record."""
    (place,) = written(tmp_path, captured(body=PAGE))
    for offset in (place.offset + 1, place.end, place.end + 1000):
        with pytest.raises(WarcError):
            read_capture(tmp_path / place.file, offset)
