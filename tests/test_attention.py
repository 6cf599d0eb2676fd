"""What differs from the nights before becomes a problem, is seen again as the same one, and is resolved when it is over."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.listing import Listing
from crawler.site import Site
from store.archive import Archive
from store.attention import Attention, attend, year_due

NOW = datetime(2026, 4, 10, 3, 0, tzinfo=UTC)
SITE = Site("a", "甲县人民政府", "http://www.a.gov.cn/")
COLUMN = "http://www.a.gov.cn/nb/"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive that knows one site."""
    with Archive(tmp_path) as made:
        made.add_site(SITE)
        yield made


def night(archive: Archive, rows: int = 50, family: str = "trs", *, complete: bool = True) -> list[Attention]:
    """A run in which the one column shows so many rows; what it gives attention to."""
    run = archive.start_run(NOW)
    archive.add_listing(run, "a", Listing(COLUMN, family, (), 3, "total_reached", distinct_found=rows, complete=complete))
    archive.add_site_run(run, "a", "unchanged", requests=3)
    found = attend(archive.connection, run, NOW)
    archive.finish_run(run, 0)
    return found


def problems(archive: Archive) -> list[tuple[Any, ...]]:
    """Code and whether it is over, oldest first."""
    return archive.connection.execute("SELECT code, resolved_at IS NOT NULL FROM problem ORDER BY first_seen, code").fetchall()


def reading(archive: Archive, run: int, status: str, count: int) -> None:
    """So many documents read with that status in a run."""
    for number in range(count):
        archive.connection.execute(
            "INSERT INTO reading VALUES (?, 'a', ?, 'x', now()::TIMESTAMP, 'html', '1', ?, 'new', NULL)",
            [run, f"http://x/{run}/{number}", status],
        )


def report(archive: Archive, number: int, year: int, *, fails: int = 0, current: bool = True) -> None:
    """A report of the site, with so many failed sums."""
    archive.connection.execute(
        "INSERT INTO report (report_id, site_id, url, agency, year, is_current, run_id) VALUES (?, 'a', ?, '甲县', ?, ?, 1)",
        [number, f"http://www.a.gov.cn/{number}", year, current],
    )
    for _ in range(fails):
        archive.connection.execute(
            "INSERT INTO finding (report_id, rule, severity, outcome) VALUES (?, 'T3.balance', 'error', 'fail')", [number]
        )


def test_nights_that_are_alike_ask_for_nobody(archive: Archive) -> None:
    """The first night has nothing to compare with, the second nothing to tell."""
    assert night(archive) == []
    assert night(archive) == []
    assert problems(archive) == []


def test_a_collapsed_listing_is_a_violation_for_as_long_as_it_lasts(archive: Archive) -> None:
    """Half of the rows are gone: every night says so, as one problem; with the rows back it is over."""
    night(archive)
    for _ in range(2):
        (one,) = night(archive, 20)
        assert (one.code, one.weight, one.url) == ("collapsed", "violation", COLUMN)
        assert one.message == "the listing shows 20 rows, it had 50"
    assert problems(archive) == [("collapsed", False)]
    assert night(archive) == []
    assert problems(archive) == [("collapsed", True)]


def test_a_listing_a_little_shorter_is_a_notice_told_once(archive: Archive) -> None:
    """A few rows fewer may be right: a problem to look at, but no alarm on the nights after."""
    night(archive)
    assert [(one.code, one.weight) for one in night(archive, 48)] == [("shorter", "notice")]
    assert night(archive, 48) == []
    assert problems(archive) == [("shorter", False)]


def test_an_incomplete_walk_is_no_measure(archive: Archive) -> None:
    """What a listing once showed by mistake, without its proven end, is not held against it."""
    night(archive, 500, complete=False)
    assert night(archive, 50) == []


def test_a_changed_family_is_told_once(archive: Archive) -> None:
    """A portal that was rebuilt is walked another way: somebody should look."""
    night(archive, family="trs")
    (one,) = night(archive, family="ucap")
    assert (one.code, one.message) == ("family_changed", "the column was walked as ucap, before as trs")
    assert night(archive, family="ucap") == []


def test_a_site_that_published_last_year_and_is_quiet_after_the_last_day(archive: Archive) -> None:
    """In April every report is due: none for 2025 is told where there were some for 2024."""
    report(archive, 1, 2024)
    assert [(one.code, one.weight) for one in night(archive)] == [("quiet", "notice")]
    report(archive, 2, 2025)
    assert night(archive) == []
    assert problems(archive) == [("quiet", True)]


@pytest.mark.parametrize(("today", "year"), [(date(2026, 3, 31), 2024), (date(2026, 4, 1), 2025), (date(2026, 12, 31), 2025)])
def test_reports_of_a_year_are_due_by_the_end_of_march(today: date, year: int) -> None:
    """Until then nobody is late."""
    assert year_due(today) == year


def test_readability_that_falls_is_told(archive: Archive) -> None:
    """Nine of ten documents were read whole, now half of them: a new kind of document, or a reader that fails."""
    night(archive)
    reading(archive, 1, "read", 9)
    reading(archive, 1, "partial", 1)
    run = archive.start_run(NOW)
    reading(archive, run, "read", 3)
    reading(archive, run, "unreadable", 3)
    (one,) = attend(archive.connection, run, NOW)
    assert (one.code, one.weight) == ("less_readable", "notice")
    assert one.message == "50 % of the documents were read whole, before it were 90 %"


def test_a_sum_that_newly_fails_is_told_once_and_resolved_with_its_correction(archive: Archive) -> None:
    """A failed check is the report's, not ours: a notice with the report's address; corrected, it is over."""
    report(archive, 1, 2025, fails=2)
    (one,) = night(archive)
    assert (one.code, one.weight, one.message) == ("failed_check", "notice", "甲县 2025: 2 sums fail: T3.balance")
    assert night(archive) == []
    archive.connection.execute("UPDATE report SET is_current = false WHERE report_id = 1")
    report(archive, 2, 2025)
    assert night(archive) == []
    assert problems(archive) == [("failed_check", True)]
