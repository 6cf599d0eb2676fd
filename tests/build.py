"""Reports and provenances for the tests of the store, made by hand or from the form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from crawler.site import Site
from extract.document import Place
from extract.form import form
from extract.report import Figure, Finding, Report, Section, TableSeen
from store.provenance import Part, Provenance

SHAWAN = Site("shawan", "沙湾市人民政府", "https://www.xjsw.gov.cn/", division="654203")
Cells = Mapping[tuple[str, str], int | str | None]


def figures(cells: Cells, edition: str = "v2021") -> tuple[Figure, ...]:
    """Every cell of the three tables in that edition: 0, or what `cells` says for its (row, column); None is blank, "—" a dash."""
    found = []
    for number, table in enumerate(("disclosure", "requests", "challenges"), 1):
        for n, (row, column) in enumerate(form().cells(table, edition)):
            found.append(_figure(table, row.code, column.code, column.unit, cells.get((row.code, column.code), 0), Place(number, n, 1)))
    return tuple(found)


def _figure(table: str, row: str, column: str, unit: str | None, said: int | str | None, place: Place) -> Figure:
    if said is None:
        return Figure(table, row, column, None, unit, "blank", "", place, "html")
    if said in ("—", "/"):
        return Figure(table, row, column, None, unit, "dash", str(said), place, "html")
    if said == "?":
        return Figure(table, row, column, None, unit, "unreadable", "?", place, "html")
    return Figure(table, row, column, Decimal(str(said)), unit, "number", str(said), place, "html")


def report(agency: str | None = "沙湾市金沟河镇", year: int | None = 2024, cells: Cells | None = None, **given: Any) -> Report:
    """A whole v2021 report of zeros with these cells, published on 22 January of the next year."""
    edition = given.pop("edition", "v2021")
    problems_text = given.pop(
        "problems_text", f"{agency}在{year}年的工作中仍存在公开内容不够全面的问题，下一步将加强学习，健全机制，努力改进。"
    )
    base = Report(
        status="read",
        reader="html",
        title=f"{agency}{year}年政府信息公开工作年度报告",
        agency=agency,
        year=year,
        edition=edition,
        published_on=date((year or 2024) + 1, 1, 22),
        signed_on=date((year or 2024) + 1, 1, 20),
        figures=figures(cells or {}, edition),
        tables=tuple(TableSeen(t, edition, True) for t in ("disclosure", "requests", "challenges")),
        sections=(
            Section("s1_overview", "一", "总体情况", f"{agency}{year}年认真贯彻落实条例。"),
            Section("s5_problems", "五", "存在的主要问题及改进情况", problems_text),
        ),
        findings=(Finding("T3.balance", "error", None, "total", "pass", "0", "0", "一＋二＝三＋四", (("requests.new", "total"),)),),
    )
    return replace(base, **given)


def part(url: str, content: str = "", at: datetime | None = None, warc_offset: int = 0) -> Part:
    """A capture of that address whose bytes are `content`."""
    when = at or datetime(2025, 1, 23, 2, 15, tzinfo=UTC)
    return Part(url, sha256((content or url).encode()).hexdigest(), "text/html; charset=utf-8", when, "a.warc.gz", warc_offset)


def source(url: str = "https://www.xjsw.gov.cn/1.htm", content: str = "", **given: Any) -> Provenance:
    """The provenance of a page of one part, read in run 1 on the portal of 沙湾市 unless `given` says otherwise."""
    at = given.pop("at", None)
    base = Provenance(1, "shawan", url, (part(url, content, at),), "1")
    return replace(base, **given)
