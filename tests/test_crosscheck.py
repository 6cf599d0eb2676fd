"""Rules across reports: years, agencies, copies, levels, deadlines, copied text; three-valued, with both operands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.form import form
from store.archive import Archive
from store.copying import jaccard, shingles
from store.crosscheck import settle, terms
from tests.build import SHAWAN, Cells, report, source

TOWN, CITY, OFFICE = "金沟河镇", "沙湾市人民政府", "沙湾市人民政府办公室"
LONG = "一是主动公开不够及时，公开内容不够全面；二是工作人员业务水平有待提高，培训力度不够；三是公开渠道单一，群众知晓率不高，需要改进。"
OTHER = "我镇今年发现政务栏目更新迟缓，村级信息收集困难，干部对条例理解不深，将安排专人每周检查，并邀请法律顾问授课答疑，逐条整改落实到位。"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive with the portal of 沙湾市 and run 1."""
    with Archive(tmp_path) as opened:
        opened.start_run()
        opened.add_site(SHAWAN)
        yield opened


def load(archive: Archive, agency: str = TOWN, year: int = 2024, cells: Cells | None = None, **given: Any) -> None:
    """One report at an address of its own."""
    loaded = archive.load(report(agency, year, cells, **given), source(f"https://a/{agency}/{year}/{given.get('scope', 'own')}"))
    assert loaded.outcome == "new"


def findings(archive: Archive, rule: str, year: int = 2024) -> list[tuple[Any, ...]]:
    """(row, column, outcome, expected, actual) of a rule at the reports of that year, after settling."""
    settle(archive.connection)
    return archive.connection.execute(
        "SELECT row_code, column_code, outcome, f.expected, f.actual FROM finding f JOIN report r USING (report_id) "
        "WHERE rule = ? AND year = ? ORDER BY ALL",
        [rule, year],
    ).fetchall()


def message(archive: Archive, rule: str, outcome: str) -> str:
    """What the last such finding says."""
    rows = archive.connection.execute(
        "SELECT message FROM finding WHERE rule = ? AND outcome = ? ORDER BY report_id DESC, column_code DESC", [rule, outcome]
    ).fetchall()
    return str(rows[0][0])


def test_every_rule_across_years_has_terms() -> None:
    """A rule that the form gains is evaluated without touching this code."""
    assert {row[0] for row in terms()} == {rule.id for rule in form().rules.values() if rule.needs == "years"}


def test_carried_in_equals_last_years_carried_out_column_by_column(archive: Archive) -> None:
    """Pass where it does, fail where it does not, with both figures."""
    load(archive, year=2023, cells={("requests.carried_out", "total"): 2, ("requests.carried_out", "natural_person"): 2})
    load(archive, cells={("requests.carried_in", "total"): 3, ("requests.carried_in", "natural_person"): 2})
    found = findings(archive, "T3.carry")
    assert (None, "natural_person", "pass", "2", "2") in found
    assert (None, "total", "fail", "2", "3") in found
    assert len(found) == 7
    assert message(archive, "T3.carry", "fail") == "requests.carried_in 3 ≠ requests.carried_out of 2023 2"


def test_without_last_years_report_nothing_is_assessable_and_nothing_passes(archive: Archive) -> None:
    """A missing operand is named."""
    load(archive)
    assert {row[2] for row in findings(archive, "T3.carry")} == {"not_assessable"}
    assert message(archive, "T3.carry", "not_assessable") == "no readable report on 2023 is held"


@pytest.mark.parametrize("printed", [None, "—", "?"])
def test_a_cell_without_a_number_is_not_assessable(archive: Archive, printed: str | None) -> None:
    """Blank, dash and unreadable are no zeros."""
    load(archive, year=2023, cells={("requests.carried_out", "total"): printed})
    load(archive)
    assert (None, "total", "not_assessable", None, None) in findings(archive, "T3.carry")
    assert "requests.carried_out of 2023 (no number)" in message(archive, "T3.carry", "not_assessable")


def test_the_stock_follows_from_the_flow(archive: Archive) -> None:
    """现行有效 = last year's + 制发 − 废止, for each row of the block."""
    row = "disclosure.normative_documents"
    load(archive, year=2023, cells={(row, "in_force"): 5})
    load(archive, cells={(row, "in_force"): 7, (row, "issued"): 3, (row, "repealed"): 1, ("disclosure.rules", "in_force"): 1})
    assert findings(archive, "T2.stock_flow") == [(row, None, "pass", "7", "7"), ("disclosure.rules", None, "fail", "0", "1")]


def test_rules_of_an_edition_are_put_to_that_edition_alone(archive: Archive) -> None:
    """v2019 items and published totals to v2019 tables, stock and flow to v2021 ones."""
    load(
        archive,
        year=2019,
        edition="v2019",
        cells={("disclosure.licensing", "items_prev_year"): 10, ("disclosure.licensing", "items_change"): -2},
    )
    load(archive, year=2020, edition="v2019", cells={("disclosure.licensing", "items_prev_year"): 8})
    assert ("disclosure.licensing", None, "pass", "8", "8") in findings(archive, "T2.v2019_items", 2020)
    assert len(findings(archive, "T2.v2019_published", 2020)) == 2
    assert findings(archive, "T2.stock_flow", 2020) == []


def test_pending_cases_are_concluded_later(archive: Archive) -> None:
    """Concluded cases are at least last year's pending."""
    load(archive, year=2023, cells={("challenges.review", "pending"): 2})
    load(archive, cells={("challenges.review", "upheld"): 1})
    assert ("challenges.review", None, "fail", "2", "1") in findings(archive, "T4.pending_flow")


def test_a_correction_is_judged_anew(archive: Archive) -> None:
    """Findings speak of the current versions; last year's correction changes this year's finding."""
    load(archive, year=2023, cells={("requests.carried_out", "total"): 2})
    load(archive, cells={("requests.carried_in", "total"): 3})
    assert (None, "total", "fail", "2", "3") in findings(archive, "T3.carry")
    changed = report(TOWN, 2023, {("requests.carried_out", "total"): 3})
    archive.load(changed, source(f"https://a/{TOWN}/2023/own", "edited"))
    assert (None, "total", "pass", "3", "3") in findings(archive, "T3.carry")


def test_settling_twice_says_the_same(archive: Archive) -> None:
    """No finding is doubled."""
    load(archive, year=2023)
    load(archive)
    load(archive, CITY, scope="aggregate")
    settle(archive.connection)
    before = archive.connection.execute("SELECT * FROM finding ORDER BY ALL").fetchall()
    settle(archive.connection)
    settle(archive.connection, everything=True)
    assert archive.connection.execute("SELECT * FROM finding ORDER BY ALL").fetchall() == before


def test_an_aggregate_is_the_sum_of_its_members_cell_by_cell(archive: Archive) -> None:
    """Own report (of the office), departments, townships; vertical bodies apart; both sums told."""
    load(archive, TOWN, cells={("requests.new", "total"): 1})
    load(archive, "教育局", cells={("requests.new", "total"): 2})
    load(archive, OFFICE, cells={("requests.new", "total"): 4})
    load(archive, "国家税务总局沙湾市税务局", cells={("requests.new", "total"): 100})
    load(archive, CITY, scope="aggregate", cells={("requests.new", "total"): 7, ("requests.carried_in", "total"): 1})
    found = findings(archive, "ROLLUP")
    assert ("requests.new", "total", "pass", "7", "7") in found
    assert ("requests.carried_in", "total", "fail", "0", "1") in found
    assert len(found) == 200


def test_an_aggregate_with_missing_members_is_not_assessable_and_names_them(archive: Archive) -> None:
    """Nobody knows what they would have added."""
    load(archive, TOWN)
    load(archive, CITY, scope="aggregate")
    archive.add_roster("财政局", 2024, "listed", "shawan")
    assert findings(archive, "ROLLUP") == [(None, None, "not_assessable", None, None)]
    assert "沙湾市财政局" in message(archive, "ROLLUP", "not_assessable")
    assert "沙湾市人民政府" in message(archive, "ROLLUP", "not_assessable")


def test_a_member_that_prints_no_number_makes_its_cell_not_assessable(archive: Archive) -> None:
    """The other cells are still judged."""
    load(archive, TOWN, cells={("requests.new", "total"): None})
    load(archive, CITY)
    load(archive, CITY, scope="aggregate")
    found = findings(archive, "ROLLUP")
    assert ("requests.new", "total", "not_assessable", None, "0") in found
    assert ("requests.carried_in", "total", "pass", "0", "0") in found


def test_an_aggregate_of_nobody_known_is_not_assessable(archive: Archive) -> None:
    """An empty roster proves nothing."""
    load(archive, CITY, scope="aggregate")
    assert findings(archive, "ROLLUP") == [(None, None, "not_assessable", None, None)]


@pytest.mark.parametrize(
    ("agency", "site", "value", "outcome"),
    [
        (TOWN, "shawan", 6, "fail"),
        (TOWN, "shawan", 0, "pass"),
        (TOWN, "shawan", None, "pass"),
        (TOWN, "shawan", "?", "not_assessable"),
        ("塔城地区行政公署", "shawan", 6, "pass"),
        ("某某局", "nowhere", 6, "not_assessable"),
    ],
)
def test_rules_are_made_by_prefectures_and_above_only(archive: Archive, agency: str, site: str, value: Any, outcome: str) -> None:
    """规章 of a county or township are suspect; of a body of unknown level, not to be judged."""
    archive.load(report(agency, 2024, {("disclosure.rules", "issued"): value}), source("https://a/", site_id=site))
    found = {row[1]: row[2] for row in findings(archive, "T2.rules_level")}
    assert found["issued"] == outcome


@pytest.mark.parametrize(
    ("agency", "scope", "day", "outcome"),
    [
        (TOWN, "own", date(2025, 1, 31), "pass"),
        (TOWN, "own", date(2025, 2, 1), "fail"),
        (CITY, "aggregate", date(2025, 2, 20), "pass"),
        (CITY, "aggregate", date(2025, 2, 21), "fail"),
        ("塔城地区行政公署", "aggregate", date(2025, 3, 10), "pass"),
        ("新疆维吾尔自治区人民政府", "aggregate", date(2025, 3, 31), "pass"),
        (TOWN, "own", None, "not_assessable"),
    ],
)
def test_deadlines_go_by_level_and_scope(archive: Archive, agency: str, scope: Any, day: date | None, outcome: str) -> None:
    """31 January, 20 February, 10 March, 31 March."""
    load(archive, agency, scope=scope, published_on=day, signed_on=day)
    assert [row[2] for row in findings(archive, "M.deadline")] == [outcome]


def test_copies_that_disagree_are_a_finding_at_each_cell(archive: Archive) -> None:
    """With both figures and the other version; copies that agree pass."""
    load(archive, cells={("requests.new", "total"): 1})
    archive.load(report(TOWN, 2024, {("requests.new", "total"): 2}), source("https://z/copy"))
    assert findings(archive, "COPIES") == [("requests.new", "total", "fail", "2", "1")]


def test_a_section_copied_from_last_year_or_a_neighbour_is_told(archive: Archive) -> None:
    """Near-identical fails with the measure; another text passes; a short one is not judged."""
    load(archive, year=2023, problems_text=LONG)
    load(archive, problems_text=LONG.replace("改进。", "改善。"))
    load(archive, "教育局", problems_text=OTHER)
    load(archive, "财政局", problems_text="无。")
    outcomes = sorted(row[2] for row in findings(archive, "M.copying"))
    assert outcomes == ["fail", "not_assessable", "pass"]
    ((relation, alike),) = archive.connection.execute("SELECT relation, similarity FROM similarity").fetchall()
    assert relation == "last_year"
    assert 0.8 < alike < 1
    assert "last year" in message(archive, "M.copying", "fail")


@given(st.text(alphabet="公开政府信息年度报告，。0123", max_size=80), st.text(alphabet="公开政府信息年度报告，。0123", max_size=80))
def test_similarity_is_a_measure(one: str, other: str) -> None:
    """Between 0 and 1, the same both ways, 1 for the same letters whatever the digits and punctuation."""
    first, second = shingles(one), shingles(other)
    assert jaccard(first, second) == jaccard(second, first)
    assert 0 <= jaccard(first, second) <= 1
    if first:
        assert jaccard(first, shingles(f"2024{one}。")) == 1
