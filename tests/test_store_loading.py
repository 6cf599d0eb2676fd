"""Versions: what a reading is to those already held, and that exactly one stands for an agency, year and scope."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.document import Problem
from extract.report import Finding, Report
from store.archive import Archive
from store.publish import publish
from store.query import reading
from tests.build import SHAWAN, report, source

PAGE = "https://www.xjsw.gov.cn/1.htm"
NEW, TOTAL = ("requests.new", "total"), ("requests.outcome.total", "total")


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


def current(archive: Archive) -> list[tuple[Any, ...]]:
    """(agency, year, scope, version, url) of every current version."""
    return ask(archive, "SELECT agency, year, scope, version, url FROM report WHERE is_current ORDER BY ALL")


def test_the_first_reading_is_a_new_report_with_all_its_cells(archive: Archive) -> None:
    """Figures, sections, tables and provenance land together, under the agency's full name."""
    loaded = archive.load(report(cells={NEW: 1}), source(PAGE))
    assert (loaded.outcome, loaded.agency, loaded.year, loaded.scope) == ("new", "沙湾市金沟河镇人民政府", 2024, "own")
    assert ask(archive, "SELECT count(*), count(value), sum(value) FROM figure") == [(200, 200, Decimal(1))]
    ((division, reason, sha, warc),) = ask(archive, "SELECT division_code, reason, sha256, warc_file FROM report")
    assert (division, reason, sha, warc) == ("654203108", "first", source(PAGE).parts[0].sha256, "a.warc.gz")


def test_blank_dash_and_unreadable_are_null_and_told_apart(archive: Archive) -> None:
    """NULL is not zero: the state says why there is no number, the raw text what was printed."""
    archive.load(report(cells={NEW: None, TOTAL: "—", ("requests.carried_in", "total"): "?"}), source(PAGE))
    rows = ask(archive, "SELECT value, state, raw FROM figure WHERE state <> 'number' ORDER BY state")
    assert rows == [(None, "blank", ""), (None, "dash", "—"), (None, "unreadable", "?")]
    assert ask(archive, "SELECT cells, blank_cells, unreadable_cells FROM report") == [(200, 2, 1)]


def test_another_page_with_the_same_figures_is_no_new_version(archive: Archive) -> None:
    """Counters and tokens change pages every day; the report has not changed."""
    archive.load(report(), source(PAGE, "visitors: 10"))
    assert archive.load(report(), source(PAGE, "visitors: 11")).outcome == "unchanged"
    assert ask(archive, "SELECT count(*) FROM report") == [(1,)]


@pytest.mark.parametrize(
    "changed",
    [
        report(cells={NEW: 2}),
        report(cells={NEW: None}),
        report(problems_text="改了一个字的问题部分"),
        report(published_on=date(2025, 1, 30)),
        report(signed_on=date(2025, 1, 10)),
    ],
)
def test_changed_figures_text_or_dates_are_a_correction(archive: Archive, changed: Report) -> None:
    """A new version; the old one keeps its figures and is no longer current."""
    archive.load(report(cells={NEW: 1}), source(PAGE, "a"))
    assert archive.load(changed, source(PAGE, "b")).outcome == "correction"
    assert ask(archive, "SELECT version, reason, is_current FROM report ORDER BY version") == [
        (1, "first", False),
        (2, "correction", True),
    ]
    assert ask(archive, "SELECT count(*) FROM figure") == [(400,)]


def test_a_correction_names_the_cells_that_changed(archive: Archive) -> None:
    """Old and new number of every cell that differs, none of those that do not."""
    archive.load(report(cells={NEW: 1}), source(PAGE, "a"))
    ((_, row, column, old, new, *_),) = archive.load(report(cells={NEW: 3}), source(PAGE, "b")).changes
    assert (row, column, old, new) == (*NEW, Decimal(1), Decimal(3))


def captured(month: int) -> datetime:
    """A moment in 2025."""
    return datetime(2025, month, 1, tzinfo=UTC)


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_captures_that_come_late_take_their_place_in_time(tmp_path: Path, order: tuple[int, ...]) -> None:
    """In whatever order the captures of an address arrive: the last captured is current, and each but the first corrects the one before."""
    with Archive(tmp_path) as archive:
        archive.start_run()
        archive.add_site(SHAWAN)
        for month in order:
            archive.load(report(cells={NEW: month}), source(PAGE, str(month), at=captured(month)))
        publish(tmp_path, keep=0, work=archive.connection)
        assert ask(archive, "SELECT captured_at FROM report WHERE is_current") == [(datetime(2025, 3, 1),)]  # noqa: DTZ001 - as stored
    with reading(tmp_path) as published:
        steps = published.execute("SELECT old_value, new_value FROM correction ORDER BY ALL").fetchall()
    assert steps == [(Decimal(1), Decimal(2)), (Decimal(2), Decimal(3))]


def test_an_older_capture_says_what_was_corrected_since(archive: Archive) -> None:
    """What an old WARC file brings: an earlier version, with the way from it to the one held; the same figures are nothing new."""
    archive.load(report(cells={NEW: 3}), source(PAGE, "now", at=captured(6)))
    old = archive.load(report(cells={NEW: 1}), source(PAGE, "held", at=captured(2)))
    ((*_, before, after, _, _),) = old.changes
    assert (old.outcome, before, after) == ("earlier", Decimal(1), Decimal(3))
    assert archive.load(report(cells={NEW: 3}), source(PAGE, "held too", at=captured(5))).outcome == "unchanged"


def test_a_capture_between_two_that_agree_is_told_and_not_believed(archive: Archive) -> None:
    """The page said 3 before and after: what it said in between is no correction that stands."""
    for month in (1, 6):
        archive.load(report(cells={NEW: 3}), source(PAGE, str(month), at=captured(month)))
    assert archive.load(report(cells={NEW: 1}), source(PAGE, "3", at=captured(3))).outcome == "rejected"
    assert ask(archive, "SELECT code FROM problem") == [("seen_in_passing",)]


def test_the_same_bytes_read_otherwise_are_a_reread(archive: Archive) -> None:
    """Our readers changed, not the agency."""
    archive.load(report(cells={NEW: 1}), source(PAGE, "a"))
    assert archive.load(report(cells={NEW: 2}), source(PAGE, "a", reader_version="2")).outcome == "reread"
    assert ask(archive, "SELECT reason FROM report WHERE is_current") == [("reread",)]


@pytest.mark.parametrize(
    ("today", "outcome"), [(report(cells={NEW: 2}), "reread"), (report(cells={NEW: 1}), "correction"), (None, "correction")]
)
def test_where_bytes_and_readers_both_changed_the_old_bytes_decide(tmp_path: Path, today: Report | None, outcome: str) -> None:
    """Read again with today's readers, the old page says whether the agency or our reading changed."""
    with Archive(tmp_path, reread=lambda _: today) as archive:
        archive.start_run()
        archive.add_site(SHAWAN)
        archive.load(report(cells={NEW: 1}), source(PAGE, "a"))
        assert archive.load(report(cells={NEW: 2}), source(PAGE, "b", reader_version="2")).outcome == outcome


def test_the_same_report_at_another_address_is_one_report(archive: Archive) -> None:
    """Also in another format: figures that agree make no second version."""
    archive.load(report(), source(PAGE))
    copy = report("金沟河镇人民政府", reader="pdf", problems_text="同一报告的PDF文本，分行不同")
    assert archive.load(copy, source("https://www.xjsw.gov.cn/1.pdf")).outcome == "unchanged"
    assert len(current(archive)) == 1


def test_copies_that_disagree_are_both_kept_and_told(archive: Archive) -> None:
    """One is current, whatever came first; the other stays beside it, and the difference is a problem."""
    first, second = (report(cells={NEW: 1}), source(PAGE)), (report(cells={NEW: 2}), source("https://a.example/2.htm"))
    archive.load(*first)
    loaded = archive.load(*second)
    assert loaded.outcome == "conflict"
    assert [change[:3] for change in loaded.changes] == [("requests", *NEW)]
    assert len(current(archive)) == 1
    archive.load(second[0], source("https://a.example/2.htm", "another visitor"))
    archive.load(first[0], source(PAGE, "another visitor"))
    open_problems = ask(archive, "SELECT count(*) FROM problem WHERE code = 'copies_disagree' AND resolved_at IS NULL")
    assert open_problems == [(1,)]
    archive.load(first[0], source("https://a.example/2.htm", "mended"))
    archive.load(first[0], source(PAGE, "yet another visitor"))
    assert ask(archive, "SELECT count(*) FROM problem WHERE resolved_at IS NULL") == [(0,)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_which_copy_is_current_does_not_depend_on_the_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    """Read beats partial, later publication beats earlier, then the smallest address."""
    copies = [
        (report(cells={NEW: "?"}, status="partial"), source("https://a.example/")),
        (report(cells={NEW: 2}), source("https://b.example/")),
        (report(cells={NEW: 3}), source("https://c.example/")),
    ]
    with Archive(tmp_path) as archive:
        archive.start_run()
        archive.add_site(SHAWAN)
        for n in order:
            archive.load(*copies[n])
        assert [row[-1] for row in current(archive)] == ["https://b.example/"]


def test_own_and_aggregate_are_two_series(archive: Archive) -> None:
    """A government publishes both under almost the same title; neither replaces the other."""
    archive.load(report("沙湾市人民政府"), source(PAGE))
    assert archive.load(report("沙湾市人民政府", scope="aggregate", cells={NEW: 9}), source(PAGE + "2")).outcome == "new"
    assert [row[2] for row in current(archive)] == ["aggregate", "own"]


def test_a_report_that_is_not_one_leaves_a_problem_and_no_row(archive: Archive) -> None:
    """A template, a decoy: told, never current, never among the reports."""
    loaded = archive.load(report(status="not_a_report"), source(PAGE))
    assert (loaded.outcome, ask(archive, "SELECT count(*) FROM report")) == ("rejected", [(0,)])
    assert ask(archive, "SELECT stage, code, url FROM problem") == [("load", "not_a_report", PAGE)]


@pytest.mark.parametrize(("given_report", "code"), [(report(agency=None), "agency_unknown"), (report(year=None), "year_unknown")])
def test_a_report_of_nobody_or_no_year_is_a_problem_not_lost(archive: Archive, given_report: Report, code: str) -> None:
    """What cannot be placed is told with its address."""
    assert archive.load(given_report, source(PAGE)).outcome == "rejected"
    assert ask(archive, "SELECT code, url FROM problem") == [(code, PAGE)]


def test_the_listing_says_whose_and_which_year_where_the_document_does_not(archive: Archive) -> None:
    """Hints of the listing serve where the report is silent, never over what it says."""
    loaded = archive.load(report(agency=None, year=None), source(PAGE, agency="金沟河镇", year=2022))
    assert (loaded.agency, loaded.year) == ("沙湾市金沟河镇人民政府", 2022)
    assert archive.load(report(), source(PAGE + "2", agency="教育局", year=2020)).agency == "沙湾市金沟河镇人民政府"


def test_an_unreadable_document_is_a_row_that_coverage_can_see(archive: Archive) -> None:
    """Found but not read is not the same as not published."""
    loaded = archive.load(Report("unreadable", "pdf"), source(PAGE, agency="金沟河镇", year=2024))
    assert (loaded.outcome, ask(archive, "SELECT status, is_current FROM report")) == ("new", [("unreadable", True)])


def test_a_readable_copy_takes_the_place_of_an_unreadable_one(archive: Archive) -> None:
    """And an unreadable one never that of one that was read, at the same address or another."""
    archive.load(Report("unreadable", "pdf"), source(PAGE + ".pdf", agency="金沟河镇", year=2024))
    archive.load(report(), source(PAGE))
    assert [row[-1] for row in current(archive)] == [PAGE]
    assert archive.load(Report("unreadable", "html"), source(PAGE, "broken", agency="金沟河镇", year=2024)).outcome == "rejected"
    assert [row[-1] for row in current(archive)] == [PAGE]
    assert ("no_longer_readable",) in ask(archive, "SELECT code FROM problem")


def test_a_deleted_report_stays_current_with_the_day_it_was_gone(archive: Archive) -> None:
    """Deletion hides nothing; coming back clears the mark, a capture from before does not."""
    archive.load(report(), source(PAGE))
    assert archive.mark_gone(PAGE, date(2025, 6, 1)) == [1]
    archive.load(report(), source(PAGE, "held", at=datetime(2025, 5, 1, tzinfo=UTC)))
    assert ask(archive, "SELECT is_current, gone_on FROM report") == [(True, date(2025, 6, 1))]
    archive.load(report(), source(PAGE, "again", at=datetime(2025, 7, 1, tzinfo=UTC)))
    assert ask(archive, "SELECT is_current, gone_on FROM report") == [(True, None)]


def test_a_report_with_a_living_copy_has_moved_there(archive: Archive) -> None:
    """One of its addresses vanished; the report has not, and its address is one where it can be seen. With the last one it is gone."""
    archive.load(report(), source(PAGE))
    archive.load(report(cells={NEW: 1}), source(PAGE, "changed"))
    archive.load(report(cells={NEW: 1}), source("https://b.example/"))
    assert archive.mark_gone(PAGE, date(2025, 6, 1)) == []
    assert ask(archive, "SELECT url, gone_on, is_current, version FROM report ORDER BY version") == [
        ("https://b.example/", None, False, 1),
        ("https://b.example/", None, True, 2),
    ]
    assert ask(archive, "SELECT DISTINCT url FROM part") == [(PAGE,)]
    assert archive.load(report(cells={NEW: 2}), source("https://b.example/", "again")).outcome == "correction"
    assert archive.mark_gone("https://b.example/", date(2025, 6, 2)) == [3]


def test_an_unreadable_copy_is_no_place_to_move_to(archive: Archive) -> None:
    """The readable page is gone; the scan that is left cannot be read: the report is marked gone, at the address where it was read."""
    archive.load(report(), source(PAGE))
    archive.load(report(status="unreadable", figures=()), source("https://b.example/"))
    assert archive.mark_gone(PAGE, date(2025, 6, 1)) == [1]
    assert ask(archive, "SELECT url, gone_on FROM report") == [(PAGE, date(2025, 6, 1))]


def test_a_report_that_moved_and_changed_is_a_correction(archive: Archive) -> None:
    """Gone from its old address, other figures at a new one: the same series goes on."""
    archive.load(report(cells={NEW: 1}), source(PAGE))
    archive.mark_gone(PAGE, date(2025, 6, 1))
    assert archive.load(report(cells={NEW: 2}), source("https://new.example/")).outcome == "correction"
    assert [row[-1] for row in current(archive)] == ["https://new.example/"]


def test_an_address_that_goes_on_to_the_next_year_keeps_the_last(archive: Archive) -> None:
    """A column that is itself the report: the old year's report is no longer there, and still held."""
    archive.load(report(year=2023), source(PAGE, "a"))
    archive.load(report(year=2024), source(PAGE, "b", at=datetime(2025, 2, 1, tzinfo=UTC)))
    assert ask(archive, "SELECT year, is_current, gone_on FROM report ORDER BY year") == [
        (2023, True, date(2025, 2, 1)),
        (2024, True, None),
    ]


@pytest.mark.parametrize("order", [(2022, 2023, 2024), (2024, 2023, 2022), (2024, 2022, 2023)])
def test_an_address_that_shows_the_newest_year_keeps_each_in_its_time(tmp_path: Path, order: tuple[int, ...]) -> None:
    """Whenever the captures arrive: the last year's report stands there, of each other the day is known by which it was gone."""
    with Archive(tmp_path) as archive:
        archive.start_run()
        archive.add_site(SHAWAN)
        for year in order:
            archive.load(report(year=year), source(PAGE, str(year), at=datetime(year + 1, 2, 1, tzinfo=UTC)))
        gone = ask(archive, "SELECT year, gone_on FROM report WHERE is_current ORDER BY year")
    assert gone == [(2022, date(2024, 2, 1)), (2023, date(2025, 2, 1)), (2024, None)]


def test_bytes_that_readers_gave_to_the_wrong_year_are_moved(archive: Archive) -> None:
    """The same bytes, today read as another year: the misread version stands for nothing any more."""
    archive.load(report(year=2023), source(PAGE, "a"))
    archive.load(report(year=2024), source(PAGE, "a", reader_version="2"))
    assert [row[1] for row in current(archive)] == [2024]
    assert ask(archive, "SELECT retired FROM report WHERE year = 2023") == [(True,)]


def test_figures_of_an_attachment_point_at_its_bytes(archive: Archive) -> None:
    """`sha256` of a figure is that of the part the cell stands in; the report's is that of the page."""
    page, attached = source(PAGE).parts[0], source("https://x.example/a.pdf").parts[0]
    figures = tuple(figure._replace(part=1) for figure in report().figures)
    archive.load(report(figures=figures), source(PAGE, parts=(page, attached)))
    assert ask(archive, "SELECT DISTINCT sha256 FROM figure") == [(attached.sha256,)]
    assert ask(archive, "SELECT sha256 FROM report") == [(page.sha256,)]


def test_only_a_sum_that_holds_goes_without_words(archive: Archive) -> None:
    """Both operands say it: a sum that fails, and a pass of any other rule, keep their words."""
    told = [("T3.balance", "pass", "0 = 0"), ("T3.balance", "fail", "1 ≠ 0"), ("X.new", "pass", "收到申请0件。")]
    findings = tuple(Finding(rule, "error", None, None, outcome, "0", "0", message) for rule, outcome, message in told)
    archive.load(report(findings=findings), source(PAGE))
    rows = ask(archive, "SELECT rule, outcome, expected, actual, message FROM finding")
    assert rows == [(rule, outcome, "0", "0", None if (rule, outcome) == ("T3.balance", "pass") else said) for rule, outcome, said in told]


def test_a_cell_read_twice_differently_is_unreadable(archive: Archive) -> None:
    """Two numbers for one cell are none; and it is told."""
    twice = report(cells={NEW: 1}).figures + tuple(f for f in report(cells={NEW: 2}).figures if f[1:3] == NEW)
    archive.load(report(figures=twice), source(PAGE))
    where = "row_code = 'requests.new' AND column_code = 'total'"
    assert ask(archive, f"SELECT value, state FROM figure WHERE {where}") == [(None, "unreadable")]
    assert ask(archive, "SELECT code FROM problem") == [("duplicate_cell",)]


@pytest.mark.parametrize("huge", ["1000000000000000000", "0.0000001", "NaN"])
def test_a_number_that_the_table_cannot_hold_is_unreadable_never_rounded(archive: Archive, huge: str) -> None:
    """DECIMAL(24, 6): what does not fit is kept as text."""
    archive.load(report(cells={NEW: huge}), source(PAGE))
    assert ask(archive, "SELECT value, raw FROM figure WHERE state = 'unreadable'") == [(None, huge)]


def test_problems_of_reading_are_resolved_when_they_are_gone(archive: Archive) -> None:
    """Seen again they are the same problem; read again without them they are over."""
    trouble = report(problems=(Problem("cell_unreadable", "requests.new × total"),))
    archive.load(trouble, source(PAGE, "a"))
    archive.load(trouble, source(PAGE, "b"))
    assert ask(archive, "SELECT count(*), count(resolved_at) FROM problem") == [(1, 0)]
    archive.load(report(), source(PAGE, "c"))
    assert ask(archive, "SELECT count(*), count(resolved_at) FROM problem") == [(1, 1)]


def test_a_batch_that_fails_leaves_nothing(archive: Archive) -> None:
    """All or none: no report is half-loaded, no agency of it is known."""
    broken = report("沙湾市教育局", sections=(report().sections[0]._replace(text=b"not text"),))  # type: ignore[arg-type]
    with pytest.raises((TypeError, ValueError)):
        archive.load_all([(report(), source(PAGE)), (broken, source(PAGE + "2"))])
    assert ask(archive, "SELECT (SELECT count(*) FROM report), (SELECT count(*) FROM figure), (SELECT count(*) FROM agency)") == [(0, 0, 0)]
    assert archive.load(report(), source(PAGE)).outcome == "new"


def test_a_dry_run_decides_and_keeps_nothing(archive: Archive) -> None:
    """`reread --dry-run` lists what would change."""
    archive.load(report(cells={NEW: 1}), source(PAGE, "a"))
    (loaded,) = archive.load_all([(report("教育局"), source(PAGE + "2"))], dry_run=True)
    assert loaded.outcome == "new"
    (loaded,) = archive.load_all([(report(cells={NEW: 5}), source(PAGE, "a", reader_version="2"))], dry_run=True)
    assert (loaded.outcome, len(loaded.changes)) == ("reread", 1)
    assert ask(archive, "SELECT count(*) FROM report") == [(1,)]
    assert ask(archive, "SELECT count(*) FROM agency WHERE name LIKE '%教育局'") == [(0,)]


READINGS = st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.sampled_from(["read", "partial", "unreadable"]))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.sampled_from(["read", "partial", "unreadable"])), max_size=8))
def test_exactly_one_version_is_current_whatever_comes(
    tmp_path_factory: pytest.TempPathFactory, readings: list[tuple[str, int, str]]
) -> None:
    """For every agency, year and scope, across addresses, statuses and changes; versions count from 1 without gaps."""
    with Archive(tmp_path_factory.mktemp("archive")) as archive:
        archive.start_run()
        archive.add_site(SHAWAN)
        for n, (url, value, status) in enumerate(readings):
            archive.load(report(cells={NEW: value}, status=status), source(f"https://{url}.example/", str(n)))
        counts = ask(archive, "SELECT count(*) FILTER (is_current), count(*), max(version) FROM report GROUP BY agency_id, year, scope")
        assert all(one == 1 and held == last for one, held, last in counts)
        assert bool(counts) == bool(readings)


def test_a_second_writer_is_told_to_wait(archive: Archive) -> None:
    """Within one process DuckDB itself refuses; the message names the file."""
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(archive.path / "work.duckdb"), config={"threads": 1}).execute("SELECT 1")
