"""The store at scale against SQLite and CSV + pandas, on the same figures, in one run.

    python -m benchmarks.store_scale [--reports N] [--folder DIR]

Reports are made from the form: whole v2021 reports of townships and departments over six years, text and provenance included.
Load is timed from `Report` objects to committed rows; making the objects is not.
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas

from crawler.site import Site
from extract.document import Place
from extract.form import form
from extract.report import Figure, Finding, Report, Section, TableSeen
from store.archive import Archive
from store.coverage import counted
from store.crosscheck import settle
from store.loading import Item
from store.places import places
from store.provenance import Part, Provenance
from store.publish import PUBLISHED, publish
from store.query import ask, examples, reading

BATCH = 1_250
YEARS = range(2019, 2025)
TABLES = ("disclosure", "requests", "challenges")
NUMBERS = [Decimal(n) for n in (0, 0, 0, 0, 0, 0, 1, 2, 3, 5, 8, 13, 40, 117, 2048)]
ZERO = Decimal(0)
Timed = dict[str, float]


def reports(count: int) -> Iterator[Item]:
    """That many reports, year by year over the townships of the division list, with their provenance."""
    dice = random.Random(2024)
    cells = [(table, row.code, column.code, column.unit) for table in TABLES for row, column in form().cells(table, "v2021")]
    where = [Place(number, n, 1, None, None, None, None, None) for number in (1, 2, 3) for n in range(len(cells))]
    towns = [code for code in places().names if len(code) == 9]
    per_year = -(-count // len(YEARS))
    for n in range(count):
        code, year = towns[n % per_year % len(towns)], YEARS[n // per_year % len(YEARS)]
        yield one(dice, cells, where, places().title(code), code, year)


def one(dice: random.Random, cells: list[Any], where: list[Place], name: str, code: str, year: int) -> Item:
    """One report whose digits nobody has added up."""
    values = dice.choices(NUMBERS, k=len(cells))
    figures = tuple(
        Figure(table, row, column, value, unit, "number", str(value), place, "html")
        for (table, row, column, unit), value, place in zip(cells, values, where, strict=False)
    )
    text = f"{name}{year}年" + "".join(dice.choices("公开政府信息工作机制平台建设监督保障群众学习培训完善加强提高及时全面", k=300))
    url = f"https://www.{code[:6]}.gov.cn/{code}/{year}.htm"
    digest = f"{dice.getrandbits(256):064x}"
    part = Part(url, digest, "text/html", datetime(year + 1, 1, 25, tzinfo=UTC), "a.warc.gz", dice.getrandbits(30))
    columns = form().columns_of("requests", "v2021")
    report = Report(
        "read",
        "html 1",
        title=f"{name}{year}年政府信息公开工作年度报告",
        agency=name,
        year=year,
        edition="v2021",
        published_on=date(year + 1, 1, 20),
        signed_on=date(year + 1, 1, 18),
        figures=figures,
        tables=tuple(TableSeen(t, "v2021", True) for t in TABLES),
        sections=(Section("s1_overview", "一", "总体情况", text), Section("s5_problems", "五", "存在的问题", text[::-1])),
        findings=tuple(Finding("T3.balance", "error", None, c.code, "pass", "3", "3", "1 + 2 = 3 + 0") for c in columns),
    )
    return report, Provenance(1, f"s{code[:6]}", url, (part,), "1")


def batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    """`BATCH` at a time."""
    while batch := [item for _, item in zip(range(BATCH), items, strict=False)]:
        yield batch


def load(folder: Path, count: int) -> tuple[float, float, int]:
    """Seconds in `load_all`, seconds of processor time in it (over all cores), and figures loaded."""
    spent, worked, figures, known = 0.0, 0.0, 0, set[str]()
    with Archive(folder) as archive:
        archive.start_run()
        for batch in batches(reports(count)):
            for _, source in batch:
                if source.site_id not in known:
                    known.add(source.site_id)
                    archive._divisions[source.site_id] = source.site_id[1:]  # sites themselves are not what is measured
            began, busy = time.perf_counter(), time.process_time()
            archive.load_all(batch)
            spent += time.perf_counter() - began
            worked += time.process_time() - busy
            figures += sum(len(report.figures) for report, _ in batch)
        archive.add_site(Site("s", "s", "https://s/"))
    return spent, worked, figures


def timed(work: Callable[[], Any]) -> float:
    """Seconds that it takes, the better of two."""
    best = float("inf")
    for _ in range(2):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


def ours(folder: Path) -> Timed:
    """Every example question and coverage, against the published file, through the sandbox."""
    with reading(folder) as connection:
        found = {name: timed(lambda sql=one.sql: ask(connection, sql).arrow()) for name, one in examples().items()}  # type: ignore[misc]
        found["coverage"] = timed(lambda: counted(connection, "province"))
    return found


PEER_TABLES = """
CREATE TABLE report (report_id INTEGER PRIMARY KEY, agency TEXT, scope TEXT, year INTEGER, is_current INTEGER);
CREATE TABLE figure (report_id INTEGER, row_code TEXT, column_code TEXT, value NUMERIC, state TEXT, raw TEXT);
"""
PEER_QUESTIONS = {
    "q03_new_requests_by_year": "SELECT agency, scope, year, value FROM figure JOIN report USING (report_id) "
    "WHERE is_current AND row_code = 'requests.new' AND column_code = 'total' ORDER BY agency, scope, year",
    "q05_refusal_reasons": "SELECT year, row_code, sum(value), count(*) - count(value) FROM figure JOIN report USING (report_id) "
    "WHERE is_current AND column_code = 'total' AND row_code GLOB 'requests.outcome.*.*' GROUP BY year, row_code",
    "q06_who_asks": "SELECT year, column_code, sum(value) FROM figure JOIN report USING (report_id) "
    "WHERE is_current AND row_code = 'requests.new' AND column_code <> 'total' GROUP BY year, column_code",
}


def shared_rows(folder: Path) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What the peers are given: reports and the plainest figures."""
    with reading(folder) as connection:
        told = connection.execute("SELECT report_id, agency, scope, year, is_current::INTEGER FROM report").fetchall()
        cells = connection.execute("SELECT report_id, row_code, column_code, value::DOUBLE, state, raw FROM figure").fetchall()
    return told, cells


def sqlite(folder: Path, told: list[tuple[Any, ...]], cells: list[tuple[Any, ...]]) -> tuple[float, int, Timed]:
    """Seconds to load, bytes, seconds a question. With the index that the questions want."""
    path = folder / "peer.sqlite"
    began = time.perf_counter()
    with sqlite3.connect(path) as connection:
        connection.executescript(PEER_TABLES)
        connection.executemany("INSERT INTO report VALUES (?, ?, ?, ?, ?)", told)
        connection.executemany("INSERT INTO figure VALUES (?, ?, ?, ?, ?, ?)", cells)
        connection.execute("CREATE INDEX by_row ON figure (row_code, column_code)")
    spent = time.perf_counter() - began
    asked = {name: timed(lambda sql=sql: connection.execute(sql).fetchall()) for name, sql in PEER_QUESTIONS.items()}  # type: ignore[misc]
    connection.close()
    return spent, path.stat().st_size, asked


def pandas_csv(folder: Path, told: list[tuple[Any, ...]], cells: list[tuple[Any, ...]]) -> tuple[float, int, Timed]:
    """Seconds to write the CSV, bytes, seconds a question: reading the file is part of asking."""
    paths = [folder / "report.csv", folder / "figure.csv"]
    heads = ("report_id,agency,scope,year,is_current", "report_id,row_code,column_code,value,state,raw")
    began = time.perf_counter()
    for path, head, rows in zip(paths, heads, (told, cells), strict=True):
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(head + "\n")
            csv.writer(file).writerows(rows)
    spent = time.perf_counter() - began

    def read() -> pandas.DataFrame:
        return pandas.read_csv(paths[1]).merge(pandas.read_csv(paths[0]), on="report_id").query("is_current == 1")

    def new() -> pandas.DataFrame:
        return read().query("row_code == 'requests.new' and column_code == 'total'").sort_values(["agency", "scope", "year"])

    def refused() -> pandas.DataFrame:
        frame = read().query("column_code == 'total'")
        return frame[frame.row_code.str.match(r"requests\.outcome\..*\.")].groupby(["year", "row_code"]).value.agg(["sum", "count"])

    def asking() -> pandas.DataFrame:
        return read().query("row_code == 'requests.new' and column_code != 'total'").groupby(["year", "column_code"]).value.sum()

    asked = {name: timed(work) for name, work in zip(PEER_QUESTIONS, (new, refused, asking), strict=True)}
    return spent, sum(path.stat().st_size for path in paths), asked


def main() -> None:
    """Measure and print, one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=20_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="nianbao-scale-"))
    try:
        spent, worked, figures = load(folder, options.reports)
        print(f"{options.reports:,} reports, {figures:,} figures")
        print(f"load            {spent:8.1f} s  {figures / spent:12,.0f} figures/s; {worked:.1f} s of processor time over all cores")
        with Archive(folder) as archive:
            print(f"rules           {timed_once(lambda: settle(archive.connection)):8.1f} s")
            print(f"publish         {timed_once(lambda: publish(folder, keep=0, work=archive.connection)):8.1f} s")
        size = (folder / PUBLISHED).stat().st_size
        print(f"database        {size / 1e6:8.1f} MB {size / figures:12.1f} bytes a figure, text, findings and provenance included")
        answers = ours(folder)
        for name, seconds in answers.items():
            print(f"  {name:34s} {seconds:7.3f} s")
        print(f"memory          {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB at most")
        if not options.no_peers:
            compare(folder, figures, answers)
    finally:
        if options.folder is None:
            shutil.rmtree(folder)


def timed_once(work: Callable[[], Any]) -> float:
    """Seconds that it takes, done once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def compare(folder: Path, figures: int, answers: Timed) -> None:
    """The peers, on the same figures."""
    told, cells = shared_rows(folder)
    for name, peer in (("SQLite", sqlite), ("CSV + pandas", pandas_csv)):
        spent, size, asked = peer(folder, told, cells)
        print(f"{name}: load {spent:.1f} s, {figures / spent:,.0f} figures/s, {size / figures:.1f} bytes a figure (six columns of them)")
        for question, seconds in asked.items():
            print(f"  {question:34s} {seconds:7.3f} s  {seconds / answers[question]:6.1f} x ours")


if __name__ == "__main__":
    main()
