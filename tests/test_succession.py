"""Renamed departments: one body with dated names where list, place, years and column decide; two bodies wherever one of them does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crawler.listing import Link, Listing
from store.archive import Archive
from store.corrections import FILE, Correction, append_correction
from store.crosscheck import settle
from store.publish import publish
from store.query import ask, reading
from store.succession import Body, decide, ended, renamings
from store.verify import verify
from tests.build import SHAWAN, report, source

PLACE = "654203"
OLD, NEW = "卫生和计划生育委员会", "卫生健康委员会"
MERGED_OLD, MERGED_NEW = "文化广播影视局", "文化体育广电和旅游局"
COLUMN = frozenset({"shawan https://a/wl/"})


def body(number: int, name: str, first: int, last: int, columns: frozenset[str] = frozenset(), division: str = PLACE) -> Body:
    """A department of 沙湾市 with the years that it told of."""
    return Body(number, f"沙湾市{name}", division, first, last, columns)


@pytest.mark.parametrize(
    ("bodies", "joined"),
    [
        ([body(1, OLD, 2015, 2017), body(2, NEW, 2018, 2024)], 1),
        ([body(1, OLD, 2015, 2016), body(2, NEW, 2019, 2024)], 1),
        ([body(1, OLD, 2015, 2018), body(2, NEW, 2018, 2024)], 0),
        ([body(1, NEW, 2015, 2017), body(2, OLD, 2018, 2024)], 0),
        ([body(1, OLD, 2015, 2017), body(2, NEW, 2018, 2024, division="654202")], 0),
        ([body(1, OLD, 2015, 2017), body(2, "卫生计生局", 2014, 2016), body(3, NEW, 2018, 2024)], 0),
        ([body(1, OLD, 2015, 2017), body(2, "教育局", 2018, 2024)], 0),
        ([body(1, MERGED_OLD, 2015, 2018), body(2, MERGED_NEW, 2019, 2024)], 0),
        ([body(1, MERGED_OLD, 2015, 2018, COLUMN), body(2, MERGED_NEW, 2019, 2024, COLUMN)], 1),
        ([body(1, MERGED_OLD, 2015, 2018, COLUMN), body(2, "旅游局", 2015, 2018), body(3, MERGED_NEW, 2019, 2024, COLUMN)], 1),
        ([body(1, MERGED_OLD, 2015, 2018, COLUMN), body(2, "教育局", 2019, 2024, COLUMN)], 0),
        ([body(1, OLD, 2014, 2017), body(2, NEW, 2018, 2024), body(3, "卫生局", 2009, 2012)], 1),
    ],
)
def test_a_renaming_needs_list_place_years_and_for_mergers_a_column(bodies: list[Body], joined: int) -> None:
    """One of them missing, or a second candidate, and the bodies stay apart."""
    assert len(decide(bodies)) == joined


@pytest.mark.parametrize(
    ("bodies", "names"),
    [
        ([body(1, MERGED_OLD, 2015, 2018), body(2, "旅游局", 2015, 2018), body(3, MERGED_NEW, 2019, 2024)], [MERGED_OLD, "旅游局"]),
        ([body(1, MERGED_OLD, 2015, 2018), body(3, MERGED_NEW, 2019, 2024, division="654202")], []),
        ([body(1, MERGED_OLD, 2015, 2018), body(3, MERGED_NEW, 2021, 2024)], []),
        ([body(1, MERGED_OLD, 2015, 2024), body(3, MERGED_NEW, 2019, 2024)], []),
        ([body(1, "教育局", 2015, 2018), body(3, MERGED_NEW, 2019, 2024)], []),
    ],
)
def test_an_office_ends_as_one_that_may_have_taken_over_is_first_heard(bodies: list[Body], names: list[str]) -> None:
    """Which of several offices it continues is not decided; that nothing more is to be expected of them is."""
    assert [old.name.removeprefix("沙湾市") for old, _, _ in ended(bodies, decide(bodies))] == names


def test_nothing_is_expected_of_an_office_that_ended(tmp_path: Path) -> None:
    """Its absence in the year after is no report that was not published; it stays a body of its own."""
    with Archive(tmp_path) as archive:
        archive.start_run()
        archive.add_site(SHAWAN)
        for name, years in ((MERGED_OLD, (2017, 2018)), ("旅游局", (2017, 2018)), (MERGED_NEW, (2019, 2020))):
            for year in (*years, years[-1] + 1):
                archive.add_roster(f"沙湾市{name}", year, "listed in the annual-report column", "shawan")
            for year in years:
                archive.load(report(f"沙湾市{name}", year), source(f"https://a/{name}{year}"))
        settle(archive.connection)
        publish(tmp_path, work=archive.connection)
    unread = "SELECT agency, year FROM coverage WHERE NOT found ORDER BY ALL"
    assert answer(tmp_path, unread) == [(f"沙湾市{MERGED_NEW}", 2021)]
    assert answer(tmp_path, "SELECT count(*) FROM agency WHERE kind = 'department'") == [(3,)]


def test_no_name_is_on_both_sides_of_one_entry() -> None:
    """A body would be its own successor."""
    names = f"{OLD} {NEW} {MERGED_OLD} {MERGED_NEW} 教育局 教育和体育局 自然资源局 国土资源局 农业局 农业农村局 政务服务管理局".split()
    assert not [(e.basis, n) for e in renamings() for n in names if e.before.fullmatch(n) and e.now.fullmatch(n)]


def listing(url: str, rows: list[tuple[str, int]]) -> Listing:
    """A column with one report a row."""
    links = tuple(Link(f"{url}{year}.htm", f"{name}{year}年年报", "report", "", year, name) for name, year in rows)
    return Listing(url, "static", links, 1, "end", complete=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two departments that were renamed: one by the list alone, one seen in a column of its own; corrections by hand on the older."""
    with Archive(tmp_path) as archive:
        run = archive.start_run()
        archive.add_site(SHAWAN)
        archive.add_listing(run, "shawan", listing("https://a/wl/", [(f"沙湾市{MERGED_OLD}", 2018), (f"沙湾市{MERGED_NEW}", 2019)]))
        carried = {("requests.carried_out", "total"): 2}
        archive.load(report(f"沙湾市{OLD}", 2018, edition="v2019", cells=carried), source("https://a/1"))
        archive.load(report(f"沙湾市{NEW}", 2019, edition="v2019", cells={("requests.carried_in", "total"): 2}), source("https://a/2"))
        archive.load(report(f"沙湾市{MERGED_OLD}", 2018, edition="v2019"), source("https://a/wl/2018.htm"))
        archive.load(report(f"沙湾市{MERGED_NEW}", 2019, edition="v2019"), source("https://a/wl/2019.htm"))
        append_correction(
            tmp_path / FILE, Correction(f"沙湾市{NEW}", 2018, "requests.new", "total", "0", "1", "seen on paper", "A. Reader")
        )
        settle(archive.connection, corrections=tmp_path / FILE)
        publish(tmp_path, work=archive.connection)
    return tmp_path


def answer(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask what is published there."""
    with reading(folder) as connection:
        return ask(connection, query).rows()


def test_readers_see_one_body_with_dated_names(folder: Path) -> None:
    """Reports, roster and links are its; the names that it had stand in agency_name, why it is one in agency_succession."""
    departments = "SELECT name FROM agency WHERE kind = 'department' ORDER BY name"
    assert answer(folder, departments) == [(f"沙湾市{NEW}",), (f"沙湾市{MERGED_NEW}",)]
    assert answer(folder, "SELECT DISTINCT agency FROM report ORDER BY agency") == answer(folder, departments)
    named = "SELECT n.name, first_year, last_year FROM agency_name n JOIN agency a USING (agency_id) WHERE a.name LIKE '%卫生%'"
    assert sorted(answer(folder, named)) == [(f"沙湾市{NEW}", 2019, 2019), (f"沙湾市{OLD}", 2018, 2018)]
    assert answer(folder, "SELECT former_name, last_year, first_year FROM agency_succession ORDER BY ALL") == [
        (f"沙湾市{OLD}", 2018, 2019),
        (f"沙湾市{MERGED_OLD}", 2018, 2019),
    ]
    assert answer(folder, "SELECT count(*) FROM coverage WHERE state = 'not_published'") == [(0,)]
    assert answer(folder, "SELECT agency_id, year FROM roster GROUP BY ALL HAVING count(*) > 1") == []
    assert {fault.kind for fault in verify(folder).faults} == {"missing_file"}


def test_rules_across_years_follow_the_body_over_its_names(folder: Path) -> None:
    """What the new name carries in is what the old one carried out; its corrections are found under the name of today."""
    carry = "SELECT outcome FROM finding WHERE rule = 'T3.carry' AND column_code = 'total' AND outcome <> 'not_assessable'"
    assert answer(folder, carry) == [("pass",), ("pass",)]
    assert answer(folder, "SELECT applied FROM hand_correction") == [(True,)]


def test_what_comes_to_light_later_undoes_a_renaming(folder: Path) -> None:
    """A report of the old name on a later year: they were two bodies after all."""
    with Archive(folder) as archive:
        archive.start_run()
        archive.load(report(f"沙湾市{OLD}", 2020), source("https://a/3"))
        settle(archive.connection)
        publish(folder, work=archive.connection)
    assert answer(folder, "SELECT name FROM agency WHERE name LIKE '%卫生%' ORDER BY name") == [(f"沙湾市{NEW}",), (f"沙湾市{OLD}",)]
    assert answer(folder, "SELECT year FROM report WHERE agency LIKE '%计划生育%' ORDER BY year") == [(2018,), (2020,)]
