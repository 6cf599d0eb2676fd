"""A small archive whose answers are known: one county, three years, one flaw of every kind that the questions ask for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from extract.report import Claim, Finding
from store.archive import Archive
from store.crosscheck import settle
from store.loading import Item
from store.publish import publish
from tests.build import SHAWAN, Cells, report, source

TOWN, EDUCATION, FINANCE, OFFICE, CITY = "金沟河镇", "教育局", "财政局", "沙湾市人民政府办公室", "沙湾市人民政府"
HANDLED = "requests.outcome.total"
NORMATIVE = "disclosure.normative_documents"

TOWN_2022: Cells = {
    ("requests.new", "total"): 4,
    ("requests.new", "natural_person"): 4,
    ("requests.outcome.granted", "total"): 3,
    (HANDLED, "total"): 3,
    ("requests.carried_out", "total"): 1,
    (NORMATIVE, "in_force"): 5,
}
TOWN_2023: Cells = {
    ("requests.new", "total"): 2,
    ("requests.new", "org_business"): 2,
    ("requests.carried_in", "total"): 2,
    ("requests.outcome.granted", "total"): 1,
    ("requests.outcome.granted_in_part", "total"): 1,
    ("requests.outcome.refused.state_secret", "total"): 1,
    ("requests.outcome.other.rest", "total"): 1,
    (HANDLED, "total"): 4,
    (NORMATIVE, "issued"): 2,
    (NORMATIVE, "in_force"): 9,
}
TOWN_2024: Cells = {
    ("requests.new", "total"): 1,
    ("requests.new", "natural_person"): 1,
    ("requests.carried_in", "total"): None,
    (HANDLED, "total"): None,
    ("disclosure.rules", "in_force"): 6,
    (NORMATIVE, "in_force"): 9,
}
OFFICE_2024: Cells = {
    ("requests.new", "total"): 2,
    (HANDLED, "total"): 2,
    ("challenges.review", "upheld"): 1,
    ("challenges.review", "corrected"): 1,
    ("challenges.review", "total"): 2,
}
EDUCATION_2024: Cells = {
    ("disclosure.licensing", "decisions"): 10,
    ("disclosure.penalties", "decisions"): 3,
    ("disclosure.fees", "amount"): "1.5",
}
COPIED = (
    "存在的问题：一是主动公开的深度和广度有待提高；二是业务人员更换频繁，培训不足。"
    "改进措施：加强学习，完善制度，按时更新，接受监督，把工作做细做实。"
)
PROSE = "本年度共收到政府信息公开申请1件。"


def first_night() -> list[Item]:
    """What the first run loads."""
    said = Claim("claim.requests_received", Decimal(1), "件", False, PROSE, 1)
    broken = Finding("T3.balance", "error", None, "natural_person", "fail", "2", "1", "1 ≠ 2")
    return [
        (report(TOWN, 2022, TOWN_2022), source("https://a/town2022")),
        (report(TOWN, 2023, TOWN_2023), source("https://a/town2023")),
        (report(TOWN, 2024, TOWN_2024, claims=(said,)), source("https://a/town2024")),
        (report(EDUCATION, 2023, problems_text=COPIED), source("https://a/edu2023")),
        (report(EDUCATION, 2024, EDUCATION_2024, problems_text=COPIED, published_on=date(2025, 2, 10)), source("https://a/edu2024")),
        (report(FINANCE, 2023), source("https://a/fin2023")),
        (report(OFFICE, 2024, OFFICE_2024, findings=(broken,)), source("https://a/office2024")),
        (report(CITY, 2024, {("requests.new", "total"): 9}, scope="aggregate"), source("https://a/city2024")),
    ]


def build(folder: Path) -> None:
    """Two nights: the reports, then a correction of the town's 2024; published."""
    with Archive(folder) as archive:
        run = archive.start_run(datetime(2025, 3, 1, tzinfo=UTC))
        archive.add_site(SHAWAN)
        archive.load_all(first_night())
        archive.add_site_run(run, "shawan", "new", reports_new=8)
        settle(archive.connection)
        archive.finish_run(run, 0, {"reports_new": 8})
        second = archive.start_run(datetime(2025, 3, 2, tzinfo=UTC))
        said = Claim("claim.requests_received", Decimal(1), "件", False, PROSE, 1)
        cells = {**TOWN_2024, ("requests.new", "total"): 3}
        at = datetime(2025, 3, 2, 3, tzinfo=UTC)
        archive.load(report(TOWN, 2024, cells, claims=(said,)), source("https://a/town2024", "edited", at=at, run_id=second))
        settle(archive.connection)
        archive.finish_run(second, 0, {"reports_corrected": 1})
        publish(folder, work=archive.connection, now=datetime(2025, 3, 2, 4, tzinfo=UTC))
