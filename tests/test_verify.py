"""`verify` names every difference between archive and database; `why` leads a figure back to archived bytes and forward again."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from crawler.capture import Capture
from store import warc_format
from store.archive import Archive
from store.crosscheck import settle
from store.errors import NoSuchFigure
from store.provenance import Part, Provenance
from store.publish import publish
from store.query import reading
from store.verify import Verified, never, verify
from store.warc import Archive as Warc
from store.warc_read import read_capture
from store.why import find_report, read_from, why
from tests.build import SHAWAN, report, source

PAGES = ("https://www.xjsw.gov.cn/2023.htm", "https://www.xjsw.gov.cn/2024.htm")


def exchange(url: str) -> Capture:
    """A page as fetched."""
    body = f"<html><title>{url}</title><table><tr><td>3</td></tr></table>{'报告' * 400}</html>".encode()
    return Capture(url, url, datetime(2025, 1, 23, tzinfo=UTC), 200, (("Content-Type", "text/html"),), body, body)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages in a WARC file, a report read from each, published."""
    made = tmp_path_factory.mktemp("archive")
    with Warc(made / "warc") as warc, Archive(made) as archive:
        run = archive.start_run()
        archive.add_site(SHAWAN)
        for year, url in zip((2023, 2024), PAGES, strict=True):
            capture = exchange(url)
            place = warc.add(capture, payload_digest=warc_format.digest(capture.raw_body))
            warc.commit()
            archive.add_capture(run, "shawan", capture, place.file, place.offset)
            part = Part(url, capture.sha256, "text/html", capture.fetched_at, place.file, place.offset)
            archive.load(report(year=year, cells={("requests.new", "total"): 3}), Provenance(run, "shawan", url, (part,), "1"))
        settle(archive.connection)
        publish(made, work=archive.connection)
    return made


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    """A copy of it to spoil."""
    return shutil.copytree(original, tmp_path / "archive")


def warc_file(folder: Path) -> Path:
    """The one WARC file."""
    (path,) = (folder / "warc").iterdir()
    return path


def edit(folder: Path, sql: str) -> None:
    """Changes the working database behind everybody's back."""
    with duckdb.connect(str(folder / "work.duckdb")) as connection:
        connection.execute(sql)


def kinds(found: Verified) -> set[str]:
    """The kinds of fault found."""
    return {fault.kind for fault in found.faults}


def test_a_sound_archive_has_no_fault(folder: Path) -> None:
    """And it is said what was compared."""
    found = verify(folder)
    assert found.faults == ()
    assert (found.files, found.captures, found.reports, found.figures) == (1, 2, 2, 400)


def test_a_flipped_byte_is_named_with_its_place(folder: Path) -> None:
    """Whichever byte of the archive it is."""
    path = warc_file(folder)
    whole = path.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 25)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        assert verify(folder).faults, f"byte {at}"


@pytest.mark.parametrize("lost", [1, 8, 200, 1500])
def test_a_truncated_file_is_named(folder: Path, lost: int) -> None:
    """Also where only the last byte is missing."""
    path = warc_file(folder)
    path.write_bytes(path.read_bytes()[:-lost])
    assert "record" in kinds(verify(folder))


def test_a_missing_file_is_named_with_what_it_held(folder: Path) -> None:
    """Rows without bytes."""
    warc_file(folder).unlink()
    (fault, *_) = (fault for fault in verify(folder).faults if fault.kind == "missing_file")
    assert "2 records" in fault.message


@pytest.mark.parametrize(
    ("sql", "kind", "said"),
    [
        ("UPDATE capture SET sha256 = repeat('0', 64) WHERE capture_id = 1", "digest", "has digest 000000000000"),
        ("UPDATE part SET warc_offset = 7 WHERE report_id = 1", "missing_record", "cannot be read back"),
        ("UPDATE figure SET value = NULL WHERE report_id = 1 AND row_code = 'requests.new'", "rows", "denies its number"),
        ("DELETE FROM figure WHERE report_id = 1 AND row_code = 'requests.new'", "rows", "200 cells and has 193"),
        ("INSERT INTO figure FROM figure WHERE report_id = 1 LIMIT 1", "rows", "two figures"),
        ("UPDATE report SET is_current = false", "rows", "no version is current"),
        ("DELETE FROM part WHERE report_id = 2", "rows", "no provenance"),
        ("DELETE FROM agency", "rows", "not held"),
        ("DELETE FROM report WHERE report_id = 2", "rows", "not held"),
        ("DELETE FROM capture WHERE capture_id = 2", "untold_record", "not in the database"),
        ("INSERT INTO run (run_id) VALUES (99)", "stale_database", "older than the last run"),
        ("UPDATE figure SET raw = 'x' WHERE report_id = 1", "stale_database", "differ from those"),
    ],
)
def test_a_row_that_denies_the_archive_is_named(folder: Path, sql: str, kind: str, said: str) -> None:
    """Digests, places, counts, provenance, currency, and what readers see."""
    edit(folder, sql)
    assert any(fault.kind == kind and said in fault.message for fault in verify(folder).faults)


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        (lambda folder: (folder / "nianbao.duckdb").unlink(), "missing_database"),
        (lambda folder: (folder / "work.duckdb").unlink(), "missing_database"),
        (lambda folder: (folder / "nianbao.duckdb").write_bytes(b"nothing" * 1000), "damaged_database"),
        (lambda folder: (folder / "work.duckdb").write_bytes(b"nothing" * 1000), "damaged_database"),
    ],
)
def test_a_database_that_is_missing_or_damaged_is_named(folder: Path, spoil: Callable[[Path], object], kind: str) -> None:
    """With what to do; the archive itself is still checked."""
    spoil(folder)
    found = verify(folder)
    assert kinds(found) == {kind}
    assert found.files == 1


def test_two_current_versions_of_one_report_are_named(folder: Path) -> None:
    """What must never be true is asked of every table."""
    edit(folder, "UPDATE report SET year = 2024")
    assert any("several versions are current" in fault.message for fault in verify(folder).faults)
    assert len(never()) > 10


def test_why_leads_from_a_figure_to_the_bytes_it_was_read_from(folder: Path) -> None:
    """URL, capture, record, digest, place in the page, raw text, reader; and the record holds those bytes."""
    with reading(folder) as connection:
        found = why(connection, "沙湾市金沟河镇 2024", "requests.new", "total")
    assert (found.year, found.value, found.raw, found.url) == (2024, 3, "3", PAGES[1])
    assert (found.row_label, found.column_label, found.edition) == ("一、本年新收政府信息公开申请数量", "总计", "v2021")
    assert (found.table_no, found.row_no, found.reader, found.reader_version) == (2, 6, "html", "1")
    assert found.warc_file is not None
    assert found.warc_offset is not None
    capture = read_capture(folder / "warc" / found.warc_file, found.warc_offset)
    assert (capture.sha256, capture.url) == (found.sha256, PAGES[1])


@pytest.mark.parametrize(
    ("asked", "row", "column"),
    [
        ("2", "requests.new", "total"),
        ("金沟河镇 2024", "new", "总计"),
        ("沙湾市金沟河镇人民政府 2024 own", "本年新收", "总计"),
        ("2024 金沟河", "一、本年新收政府信息公开申请数量", "total"),
    ],
)
def test_reports_rows_and_columns_may_be_called_by_label(folder: Path, asked: str, row: str, column: str) -> None:
    """As a person would name them."""
    with reading(folder) as connection:
        found = why(connection, asked, row, column)
    assert (found.report_id, found.row_code, found.column_code) == (2, "requests.new", "total")


@pytest.mark.parametrize(
    ("asked", "row", "column", "said"),
    [
        ("99", "requests.new", "total", "no report has the number 99"),
        ("教育局 2024", "requests.new", "total", "no current report"),
        ("金沟河镇", "requests.new", "total", "several reports fit"),
        ("2", "requests.nothing", "total", "prints no row called requests.nothing"),
        ("2", "requests.new", "issued", "prints no column of requests.new called issued"),
        ("2", "其他", "总计", "may mean"),
    ],
)
def test_what_is_not_held_is_told_with_what_there_is(folder: Path, asked: str, row: str, column: str, said: str) -> None:
    """Never the wrong figure for a vague question."""
    with reading(folder) as connection, pytest.raises(NoSuchFigure, match=said):
        why(connection, asked, row, column)


def test_an_address_leads_forward_to_all_that_was_read_from_it(folder: Path) -> None:
    """Reading by reading, with what became of each."""
    with Archive(folder) as archive:
        run = archive.start_run()
        archive.load(report(year=2024, cells={("requests.new", "total"): 4}), source(PAGES[1], "edited", run_id=run))
        publish(folder, work=archive.connection)
    with reading(folder) as connection:
        assert [(found.run_id, found.outcome, found.report_id) for found in read_from(connection, PAGES[1])] == [
            (1, "new", 2),
            (2, "correction", 3),
        ]
        assert find_report(connection, "金沟河镇 2024") == 3
        with pytest.raises(NoSuchFigure, match="nothing was read"):
            read_from(connection, "https://elsewhere/")


def test_an_archive_that_may_only_be_read_is_verified_as_it_is(original: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup on a medium that cannot be written: nothing in it is touched."""
    before = {path: path.stat().st_mtime_ns for path in original.rglob("*")}
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert verify(original).faults == ()
    assert {path: path.stat().st_mtime_ns for path in original.rglob("*")} == before
