"""Publishing: a whole database at every moment, readers never locked out, snapshots by date, everything explained."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from crawler.listing import Link, Listing
from extract.report import Finding, Report
from store import publish as publishing
from store.archive import Archive
from store.crosscheck import settle
from store.errors import CannotWrite, NoDatabase
from store.publish import NEXT, PUBLISHED, is_stale, publish, published
from store.query import reading
from tests.build import SHAWAN, report, source

NEW = ("requests.new", "total")
COLUMN = "https://www.xjsw.gov.cn/nb/"
PUBLISHER = """
import sys, pathlib
from store.publish import publish
print('ready', flush=True)
while True:
    publish(pathlib.Path(sys.argv[1]), keep=0)
    print('done', flush=True)
"""


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Two reports of one town, 2023 and 2024, not yet published."""
    with Archive(tmp_path) as opened:
        opened.start_run(datetime(2025, 3, 1, tzinfo=UTC))
        opened.add_site(SHAWAN)
        opened.load(report(year=2023, cells={NEW: 2}), source("https://a/2023"))
        opened.load(report(year=2024, cells={NEW: 3, ("requests.carried_in", "total"): None}), source("https://a/2024"))
        yield opened


def ask(folder: Path, sql: str, as_of: date | None = None) -> list[tuple[Any, ...]]:
    """Rows of what is published."""
    with reading(folder, as_of) as connection:
        return connection.execute(sql).fetchall()


def test_published_tables_are_those_of_the_working_database(archive: Archive, tmp_path: Path) -> None:
    """Row for row, table by table; and the counts are told."""
    made = publish(tmp_path, work=archive.connection)
    assert (made.reports, made.figures) == (2, 400)
    for table in ("report", "figure", "section", "finding", "agency", "roster", "problem", "run", "site"):
        held = archive.connection.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
        assert ask(tmp_path, f"SELECT * FROM {table} ORDER BY ALL") == held


def test_every_table_view_and_column_says_what_it_means(archive: Archive, tmp_path: Path) -> None:
    """COMMENTs in the database itself, English and Chinese views alike."""
    publish(tmp_path, work=archive.connection)
    for kind, name in (("tables", "table_name"), ("views", "view_name"), ("columns", "table_name || '.' || column_name")):
        assert ask(tmp_path, f"SELECT {name} FROM duckdb_{kind}() WHERE NOT internal AND comment IS NULL") == []


def test_the_views_of_the_interface_are_there_in_both_languages(archive: Archive, tmp_path: Path) -> None:
    """The names are fixed; a Chinese view has a column for each English one."""
    publish(tmp_path, work=archive.connection)
    twins = {
        "disclosure": "主动公开",
        "requests": "依申请公开",
        "challenges": "复议诉讼",
        "annual_report": "年报",
        "failed_check": "勾稽问题",
        "coverage": "覆盖情况",
        "correction": "更正",
    }
    for english, chinese in twins.items():
        counts = [ask(tmp_path, f'SELECT count(*) FROM (DESCRIBE "{name}")') for name in (english, chinese)]
        assert counts[0] == counts[1]
        assert ask(tmp_path, f'SELECT count(*) FROM "{english}"') == ask(tmp_path, f'SELECT count(*) FROM "{chinese}"')


def test_the_form_views_are_wide_and_keep_null_apart_from_zero(archive: Archive, tmp_path: Path) -> None:
    """One row a report and form row, one column a form column."""
    publish(tmp_path, work=archive.connection)
    wide = "SELECT total, natural_person FROM requests WHERE year = 2024 AND row_code = "
    assert ask(tmp_path, wide + "'requests.new'") == [(3, 0)]
    assert ask(tmp_path, wide + "'requests.carried_in'") == [(None, 0)]
    assert ask(tmp_path, "SELECT 总计 FROM 依申请公开 WHERE 年度 = 2023 AND 项目代码 = 'requests.new' AND 口径 = '本机关'") == [(2,)]
    assert ask(tmp_path, "SELECT count(*) FROM requests WHERE year = 2024") == [(25,)]
    assert ask(tmp_path, "SELECT count(*) FROM challenges WHERE year = 2024") == [(3,)]


def test_the_form_is_there_as_dictionary_tables(archive: Archive, tmp_path: Path) -> None:
    """Rows and columns edition by edition, in printed order, with labels in both languages."""
    publish(tmp_path, work=archive.connection)
    assert ask(tmp_path, "SELECT zh FROM form_row WHERE code = 'disclosure.normative_documents' ORDER BY edition") == [
        ("规范性文件",),
        ("行政规范性文件",),
    ]
    assert ask(tmp_path, "SELECT count(*) FROM form_column WHERE table_code = 'requests' AND edition = 'v2021'") == [(7,)]
    assert ask(tmp_path, "SELECT count(*) > 20 FROM form_rule") == [(True,)]


def test_a_correction_lists_what_changed_from_which_capture_to_which(archive: Archive, tmp_path: Path) -> None:
    """Only corrections by the agency, figure by figure; not rereads."""
    archive.load(report(year=2024, cells={NEW: 4}), source("https://a/2024", "edited"))
    archive.load(report(year=2024, cells={NEW: 5}), source("https://a/2024", "edited", reader_version="2"))
    publish(tmp_path, work=archive.connection)
    rows = ask(
        tmp_path, "SELECT row_code, column_code, old_value, new_value, old_state, from_version, to_version FROM correction ORDER BY 1"
    )
    assert rows == [
        ("requests.carried_in", "total", None, 0, "blank", 1, 2),
        ("requests.new", "total", 3, 4, "number", 1, 2),
    ]
    assert ask(tmp_path, "SELECT count(*) FROM 更正 WHERE 原摘要 <> 新摘要") == [(2,)]


def _finding(outcome: Any, severity: Any = "error") -> Report:
    return report(findings=(Finding("T3.balance", severity, None, "total", outcome, "1", "2", "1 ≠ 2"),))


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (_finding("pass"), "sound"),
        (_finding("fail", "warn"), "sound"),
        (_finding("fail"), "unsound"),
        (report(status="partial"), "partial"),
        (report(status="unreadable"), "unreadable"),
    ],
)
def test_coverage_tells_how_well_a_report_was_read(tmp_path: Path, found: Report, state: str) -> None:
    """Found apart from read, read apart from sound."""
    with Archive(tmp_path) as archive:
        archive.start_run()
        archive.add_site(SHAWAN)
        archive.load(found, source("https://a/"))
        publish(tmp_path, work=archive.connection)
    ((told, published_, found_, read, sound),) = ask(tmp_path, "SELECT state, published, found, read, sound FROM coverage")
    assert (told, published_, found_) == (state, True, True)
    assert (read, sound) == (state != "unreadable", state == "sound")


@pytest.mark.parametrize(
    ("site_state", "complete", "day", "state", "is_published"),
    [
        ("unchanged", True, date(2025, 3, 1), "not_published", False),
        ("unchanged", True, date(2025, 1, 15), "not_due", None),
        ("partial", False, date(2025, 3, 1), "not_looked_at", None),
        ("blocked", False, date(2025, 3, 1), "not_reachable", None),
        ("unreachable", False, date(2025, 3, 1), "not_reachable", None),
        (None, None, date(2025, 3, 1), "not_looked_at", None),
    ],
)
def test_not_published_is_said_only_where_it_was_seen(
    tmp_path: Path, site_state: Any, complete: bool | None, day: date, state: str, is_published: bool | None
) -> None:
    """A wall, an unfinished walk or no visit never reads as "not published"."""
    with Archive(tmp_path) as archive:
        run = archive.start_run(datetime(day.year, day.month, day.day, tzinfo=UTC))
        archive.add_site(SHAWAN)
        archive.add_roster("教育局", 2024, "published a report on 2023", "shawan")
        if complete is not None:
            archive.add_listing(run, "shawan", Listing(COLUMN, "trs", (), 1, "total_reached", complete=complete))
        if site_state:
            archive.add_site_run(run, "shawan", site_state, message="HTTP 412")
        publish(tmp_path, work=archive.connection)
    assert ask(tmp_path, "SELECT state, published, found FROM coverage") == [(state, is_published, False)]


def test_a_link_that_could_not_be_fetched_is_published_and_says_why(tmp_path: Path) -> None:
    """The listing shows it: that it exists is known, what it says is not."""
    with Archive(tmp_path) as archive:
        run = archive.start_run()
        archive.add_site(SHAWAN)
        link = Link("https://a/", "教育局2024", "report", "title", 2024, "教育局")
        archive.add_listing(run, "shawan", Listing(COLUMN, "trs", (link,), 1, "total_reached", complete=True))
        archive.add_site_run(run, "shawan", "partial")
        archive.add_problem(run, "shawan", "fetch", "https://a/", "blocked", "a wall: 412")
        publish(tmp_path, work=archive.connection)
    assert ask(tmp_path, "SELECT state, published, read, message FROM coverage") == [("not_fetched", True, False, "a wall: 412")]


def test_the_year_after_is_expected_of_who_published_before(archive: Archive, tmp_path: Path) -> None:
    """Once the portal shows reports of a year, those who published the year before and have not are missing."""
    archive.load(report("教育局", 2023), source("https://a/edu2023"))
    settle(archive.connection)
    publish(tmp_path, work=archive.connection)
    assert ask(tmp_path, "SELECT agency, year, reason FROM coverage WHERE expected AND NOT found") == [
        ("沙湾市教育局", 2024, "published a report on 2023")
    ]


def test_days_late_go_by_level_and_scope(tmp_path: Path) -> None:
    """Own reports by 31 January, a county's aggregate by 20 February; reports on 2018 by 31 March."""
    with Archive(tmp_path) as archive:
        archive.start_run()
        archive.add_site(SHAWAN)
        archive.load(report(published_on=date(2025, 2, 3)), source("https://a/"))
        archive.load(report("沙湾市人民政府", scope="aggregate", published_on=date(2025, 2, 20)), source("https://b/"))
        archive.load(report("教育局", 2018, published_on=date(2019, 4, 2)), source("https://c/"))
        publish(tmp_path, work=archive.connection)
    assert ask(tmp_path, "SELECT due_on::VARCHAR, days_late FROM annual_report ORDER BY url") == [
        ("2025-01-31", 3),
        ("2025-02-20", 0),
        ("2019-03-31", 2),
    ]


def test_readers_keep_the_answers_they_opened(archive: Archive, tmp_path: Path) -> None:
    """A run that publishes neither waits for readers nor disturbs them; who opens later sees the new."""
    publish(tmp_path, work=archive.connection)
    with reading(tmp_path) as early:
        archive.load(report("教育局"), source("https://a/edu"))
        publish(tmp_path, work=archive.connection)
        assert early.execute("SELECT count(*) FROM report").fetchall() == [(2,)]
        assert ask(tmp_path, "SELECT count(*) FROM report") == [(3,)]


def test_a_publisher_killed_at_any_moment_leaves_a_whole_database(archive: Archive, tmp_path: Path) -> None:
    """Twelve kill -9 at random moments: what is published always opens and answers, and the next publish works."""
    publish(tmp_path, keep=0, work=archive.connection)
    archive.close()
    dice = random.Random(5)
    for _ in range(12):
        child = subprocess.Popen([sys.executable, "-c", PUBLISHER, str(tmp_path)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(dice.uniform(0, 0.9))
        os.kill(child.pid, signal.SIGKILL)
        child.communicate()
        assert ask(tmp_path, "SELECT count(*), sum(value) FROM figure") == [(400, 5)]
    assert publish(tmp_path, keep=0).figures == 400
    assert not (tmp_path / NEXT).exists()


def test_a_publish_that_fails_leaves_the_old_database(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Disk full half-way: told in words, and readers go on."""
    publish(tmp_path, work=archive.connection)
    before = (tmp_path / PUBLISHED).read_bytes()

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publishing, "_sync", full)
    with pytest.raises(CannotWrite, match="disk is full"):
        publish(tmp_path, work=archive.connection)
    assert (tmp_path / PUBLISHED).read_bytes() == before
    assert not list(tmp_path.glob("nianbao.next*"))


def test_snapshots_are_kept_by_day_and_asked_by_date(archive: Archive, tmp_path: Path) -> None:
    """`--as-of` a day answers from the last snapshot on or before it; the oldest go."""
    for day in (1, 2, 3):
        publish(tmp_path, keep=2, now=datetime(2025, 3, day, tzinfo=UTC), work=archive.connection)
        archive.load(report("教育局", 2015 + day), source(f"https://a/edu{day}"))
    assert [path.stem[-10:] for path in sorted((tmp_path / "snapshots").iterdir())] == ["2025-03-02", "2025-03-03"]
    assert ask(tmp_path, "SELECT count(*) FROM report", date(2025, 3, 2)) == [(3,)]
    assert ask(tmp_path, "SELECT count(*) FROM report", date(2025, 12, 31)) == [(4,)]
    with pytest.raises(NoDatabase, match="oldest is of 2025-03-02"):
        published(tmp_path, date(2025, 3, 1))


def test_an_archive_that_never_published_says_so(tmp_path: Path) -> None:
    """Not an empty answer."""
    with pytest.raises(NoDatabase, match="nianbao run"):
        published(tmp_path)


def test_what_is_published_lags_behind_until_published_again(archive: Archive, tmp_path: Path) -> None:
    """`is_stale` tells; `verify` names it."""
    publish(tmp_path, work=archive.connection)
    assert not is_stale(tmp_path, archive.connection)
    archive.start_run()
    assert is_stale(tmp_path, archive.connection)


def test_withdrawn_reports_are_not_published_and_the_withdrawal_is(archive: Archive, tmp_path: Path) -> None:
    """Hidden with their figures and text; recorded with who, when and why."""
    assert archive.withdraw(2, "the editor", "personal data", date(2025, 4, 1)) == 1
    publish(tmp_path, work=archive.connection)
    assert ask(tmp_path, "SELECT year FROM report") == [(2023,)]
    assert ask(tmp_path, "SELECT count(*) FROM figure") == [(200,)]
    assert ask(tmp_path, "SELECT url, who, reason FROM withdrawal") == [("https://a/2024", "the editor", "personal data")]


def test_the_file_is_of_a_format_that_older_duckdb_reads(archive: Archive, tmp_path: Path) -> None:
    """Storage version 64: DuckDB 1.1 to 2.0."""
    publish(tmp_path, work=archive.connection)
    head = (tmp_path / PUBLISHED).read_bytes()[:20]
    assert head[8:12] == b"DUCK"
    assert int.from_bytes(head[12:20], "little") == 64


def test_what_is_published_cannot_be_written(archive: Archive, tmp_path: Path) -> None:
    """Readers open it read-only."""
    publish(tmp_path, work=archive.connection)
    with reading(tmp_path) as connection, pytest.raises(duckdb.Error, match="read-only"):
        connection.execute("DELETE FROM report")
