"""Runs, sites, listings, captures and problems as a run writes them; errors of the disk in words."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.capture import Capture
from crawler.listing import Link, Listing
from crawler.site import Site
from store import database
from store.archive import Archive, Stored
from store.errors import ArchiveLocked, ArchiveTooNew, CannotWrite, named
from store.publish import publish
from tests.build import SHAWAN, report, source

WRITER = """
import sys, pathlib
from store.archive import Archive
archive = Archive(pathlib.Path(sys.argv[1]))
print('open', flush=True)
sys.stdin.read()
"""
COLUMN = "https://www.xjsw.gov.cn/nb/"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive with the portal of 沙湾市 and run 1."""
    with Archive(tmp_path) as opened:
        opened.start_run()
        opened.add_site(SHAWAN)
        yield opened


def ask(archive: Archive, sql: str) -> list[tuple[Any, ...]]:
    """Rows of the working database."""
    return archive.connection.execute(sql).fetchall()


def capture(url: str, status: int = 200) -> Capture:
    """An exchange with that address."""
    return Capture(url, url, datetime(2025, 1, 23, tzinfo=UTC), status, (("Content-Type", "text/html"),), b"x", b"x")


def listing(*links: Link, complete: bool = True) -> Listing:
    """The annual-report column as walked once."""
    return Listing(COLUMN, "trs", links, 2, "total_reached", len(links), 1, len(links), complete)


def link(url: str, agency: str | None, year: int | None, kind: Any = "report") -> Link:
    """One row of the column."""
    return Link(url, f"{agency}{year}", kind, "title", year, agency, date(2025, 1, 22))


def test_runs_are_numbered_upwards_also_over_restarts(tmp_path: Path) -> None:
    """`run_id` is an integer that grows; a run keeps its counts and exit code."""
    with Archive(tmp_path) as archive:
        assert archive.start_run() == 1
        archive.finish_run(1, 3, {"captures": 7, "reports_new": 2})
    with Archive(tmp_path) as archive:
        assert archive.start_run() == 2
        assert ask(archive, "SELECT exit_code, captures, finished_at IS NOT NULL FROM run ORDER BY run_id") == [
            (3, 7, True),
            (None, None, False),
        ]


def test_a_count_that_runs_do_not_have_is_an_error(archive: Archive) -> None:
    """A misspelt count must not vanish."""
    with pytest.raises(ValueError, match="pages"):
        archive.finish_run(1, 0, {"pages": 1})


def test_a_record_has_one_capture_row_however_often_it_is_told(archive: Archive) -> None:
    """After a kill the run tells of the same records again."""
    one, two, three = (Stored(capture(f"https://{name}/"), "a.warc.gz", n * 900) for n, name in enumerate("abc"))
    assert archive.add_captures(1, "shawan", [one, two]) == [1, 2]
    assert archive.add_captures(1, "shawan", [two, three]) == [2, 3]
    assert ask(archive, "SELECT count(*), any_value(fetched_at)::VARCHAR FROM capture") == [(3, "2025-01-23 00:00:00")]


def test_a_listing_keeps_its_totals_and_its_links(archive: Archive) -> None:
    """Agencies that links name become known; decoys are kept and marked; seen again, the first run stays."""
    archive.add_listing(1, "shawan", listing(link("https://a/", "金沟河镇", 2024), link("https://b/", None, None, "decoy")))
    second = archive.start_run()
    archive.add_listing(second, "shawan", listing(link("https://a/", "金沟河镇", 2024)))
    assert ask(
        archive, "SELECT url, link.kind, a.name, first_run, last_run FROM link LEFT JOIN agency a USING (agency_id) ORDER BY url"
    ) == [
        ("https://a/", "report", "沙湾市金沟河镇人民政府", 1, 2),
        ("https://b/", "decoy", None, 1, 1),
    ]
    assert ask(archive, "SELECT run_id, declared_total, distinct_found, complete FROM listing ORDER BY run_id") == [
        (1, 2, 2, True),
        (2, 1, 1, True),
    ]


def test_the_roster_keeps_the_first_reason(archive: Archive) -> None:
    """One row an agency and year."""
    one, other = archive.add_roster("教育局", 2024, "listed", "shawan"), archive.add_roster("沙湾市教育局", 2024, "again", "shawan")
    assert one == other
    assert ask(archive, "SELECT year, reason FROM roster") == [(2024, "listed")]


def test_a_problem_seen_again_is_the_same_problem(archive: Archive) -> None:
    """`last_seen` and the message move on, `first_seen` stays."""
    archive.add_problem(1, "shawan", "fetch", "https://a/", "unreachable", "time-out")
    archive.add_problem(2, "shawan", "fetch", "https://a/", "unreachable", "reset")
    assert ask(archive, "SELECT run_id, message, first_seen < last_seen, resolved_at FROM problem") == [(2, "reset", True, None)]


def test_a_fetch_problem_is_resolved_by_the_next_good_answer(archive: Archive) -> None:
    """Of that address alone, and not by an error page."""
    for url in ("https://a/", "https://b/", "https://c/"):
        archive.add_problem(1, "shawan", "fetch", url, "unreachable", "time-out")
    archive.add_capture(2, "shawan", capture("https://a/"), "a.warc.gz", 0)
    archive.add_capture(2, "shawan", capture("https://b/", 503), "a.warc.gz", 900)
    assert ask(archive, "SELECT url FROM problem WHERE resolved_at IS NULL ORDER BY url") == [("https://b/",), ("https://c/",)]


@pytest.mark.parametrize(("state", "still_open"), [("unchanged", 0), ("blocked", 1)])
def test_a_sites_problems_are_resolved_only_where_it_was_reached(archive: Archive, state: Any, still_open: int) -> None:
    """A wall does not mend a listing."""
    archive.add_problem(1, "shawan", "list", COLUMN, "listing_short", "12 of 20")
    archive.add_site_run(2, "shawan", state)
    assert ask(archive, "SELECT count(*) FROM problem WHERE resolved_at IS NULL") == [(still_open,)]


def test_names_are_kept_with_their_years(archive: Archive) -> None:
    """An agency renamed is one agency with dated names."""
    archive.load(report("沙湾县金沟河镇", 2019), source("https://a/"))
    archive.load(report("沙湾市金沟河镇", 2022), source("https://b/"))
    archive.load(report("沙湾市金沟河镇", 2023), source("https://c/"))
    assert ask(archive, "SELECT name, first_year, last_year FROM agency_name ORDER BY first_year") == [
        ("沙湾县金沟河镇", 2019, 2019),
        ("沙湾市金沟河镇", 2022, 2023),
    ]
    assert ask(archive, "SELECT count(DISTINCT agency_id) FROM report") == [(1,)]


def test_a_body_is_called_as_it_prints_itself_and_its_reports_with_it(archive: Archive) -> None:
    """Once the prefecture was printed before the district it stands in the name, also of reports held before; the key stays."""
    archive.add_site(Site("jinchuan", "金川区人民政府", "https://jc.example/", division="620302"))
    archive.load(report("金川区教育局"), source("https://jc.example/1", site_id="jinchuan"))
    names = "SELECT r.agency, a.name, a.full_name, a.agency_id FROM report r JOIN agency a USING (agency_id) ORDER BY year"
    ((*before, key),) = ask(archive, names)
    assert before == ["金川区教育局", "金川区教育局", "金昌市金川区教育局"]
    archive.load(report("金昌市金川区教育局", 2023), source("https://jc.example/2", site_id="jinchuan"))
    assert ask(archive, names) == [("金昌市金川区教育局", "金昌市金川区教育局", "金昌市金川区教育局", key)] * 2


def test_a_body_without_a_place_says_why(archive: Archive) -> None:
    """Its reports are kept; between which places nobody can choose stands beside its name."""
    archive.load(report("鼓楼区教育局"), source("https://nowhere.example/1", site_id="added"))
    archive.load(report("南京市鼓楼区教育局"), source("https://nowhere.example/2", site_id="added"))
    placed = dict(ask(archive, "SELECT full_name, (division_code, unplaced) FROM agency"))
    assert placed["南京市鼓楼区教育局"] == ("320106", None)
    division, why = placed["鼓楼区教育局"]
    assert division is None
    assert "南京市鼓楼区" in why


def test_agencies_without_a_place_are_kept_apart_by_portal(archive: Archive) -> None:
    """某某局 of one unknown portal is not that of another."""
    archive.add_site(replace(SHAWAN, id="other", name="某某网", division=None))
    archive.add_site(replace(SHAWAN, id="third", name="某某站", division=None))
    archive.load(report("某某局"), source("https://a/", site_id="other"))
    archive.load(report("某某局"), source("https://b/", site_id="third"))
    assert ask(archive, "SELECT count(*) FROM agency WHERE name = '某某局'") == [(2,)]


def test_another_process_that_writes_is_told_apart_from_a_fault(tmp_path: Path) -> None:
    """`ArchiveLocked`, which the command line turns into exit 75."""
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    with pytest.raises(ArchiveLocked, match="another process"):
        Archive(tmp_path)
    child.communicate("", timeout=20)


def test_a_newer_archive_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """Never written to by a program that does not know it."""
    with Archive(tmp_path) as archive:
        archive.connection.execute("UPDATE archive SET value = '999' WHERE key = 'schema_version'")
    with pytest.raises(ArchiveTooNew, match="install the newer"):
        Archive(tmp_path)


def test_an_older_archive_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Schema files that it has not seen are applied in order, once; its rows stay."""
    with Archive(tmp_path) as archive:
        archive.start_run()
    later = tmp_path / "9998_more.sql"
    later.write_text("CREATE TABLE more (id INTEGER); INSERT INTO more VALUES (7)", encoding="utf-8")
    steps = [*database.migrations(), (9998, later)]
    monkeypatch.setattr(database, "migrations", lambda: steps)
    for _ in range(2):
        with Archive(tmp_path) as archive:
            assert ask(archive, "SELECT (SELECT count(*) FROM more), (SELECT count(*) FROM run)") == [(1, 1)]
            assert database.schema_version(archive.connection) == 9998


def test_an_archive_of_the_first_schema_opens_loads_and_publishes(tmp_path: Path) -> None:
    """Every schema ever released is brought up to today's, with what it holds."""
    with Archive(tmp_path) as archive:
        archive.start_run()
        archive.add_site(SHAWAN)
        archive.load(report(year=2023), source("https://a/"))
        archive.connection.execute(
            "DROP TABLE division_former; DROP TABLE agency_succession; ALTER TABLE agency DROP COLUMN full_name;"
            "ALTER TABLE agency DROP COLUMN unplaced;"
            "UPDATE archive SET value = '1' WHERE key = 'schema_version'"
        )
    with Archive(tmp_path) as archive:
        archive.load(report(year=2024), source("https://b/"))
        assert publish(tmp_path, work=archive.connection).reports == 2
        assert database.schema_version(archive.connection) == database.migrations()[-1][0] > 1


def test_a_migration_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The archive is as before, and opens with the program that wrote it."""
    Archive(tmp_path).close()
    later = tmp_path / "9998_bad.sql"
    later.write_text("CREATE TABLE more (id INTEGER); SELECT nonsense FROM nowhere", encoding="utf-8")
    steps = [*database.migrations(), (9998, later)]
    with monkeypatch.context() as patched:
        patched.setattr(database, "migrations", lambda: steps)
        with pytest.raises(Exception, match="nowhere"):
            Archive(tmp_path)
    with Archive(tmp_path) as archive:
        assert ask(archive, "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'more'") == [(0,)]


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (OSError(28, "No space left on device"), CannotWrite, "free some space"),
        (OSError(13, "Permission denied"), CannotWrite, "writable"),
        (OSError(30, "Read-only file system"), CannotWrite, "writable"),
        (OSError("IO Error: Could not set lock on file"), ArchiveLocked, "another process"),
    ],
)
def test_errors_of_the_disk_say_what_to_do(error: OSError, kind: type[Exception], said: str) -> None:
    """Disk full, no permission, locked: each named, with its remedy."""
    found = named(error, Path("var/work.duckdb"))
    assert isinstance(found, kind)
    assert said in str(found)


def test_other_errors_keep_their_own_name() -> None:
    """A bug is not dressed up as a full disk."""
    assert named(ValueError("no such column"), Path("var")) is None


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    """Before anything is fetched."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(CannotWrite):
        Archive(closed / "var")


@pytest.mark.parametrize(("status", "sound", "resolved"), [(200, True, True), (304, True, True), (200, False, False), (302, True, False)])
def test_only_what_was_fetched_whole_resolves_a_fetch_problem(archive: Archive, status: int, sound: bool, resolved: bool) -> None:
    """A body that breaks off, a wall at 200 and a redirect that leads nowhere are no answers to the question."""
    url = "https://www.xjsw.gov.cn/nb/1.html"
    archive.add_problem(1, "shawan", "fetch", url, "unreachable", "the body breaks off")
    capture = Capture(url, url, datetime(2025, 1, 23, tzinfo=UTC), status, (), b"", b"")
    archive.add_captures(1, "shawan", [Stored(capture, "a.warc.gz", 0, sound)])
    assert ask(archive, "SELECT resolved_at IS NOT NULL FROM problem") == [(resolved,)]
