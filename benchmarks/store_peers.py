"""The same figures in SQLite and in CSV with pandas: loaded, and asked the same questions. For `store_scale`.

Both get the six columns that the questions need and no provenance, text or findings; both are asked once, with warm file caches.
"""

from __future__ import annotations

import csv
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from store.query import reading

ROWS = 1_000_000
REPORTS = "SELECT report_id, agency, level, province, scope, year, status FROM annual_report"
FIGURES = "SELECT report_id, row_code, column_code, value::DOUBLE, state, raw FROM figure"
REFUSED = r"requests\.outcome\.(?:refused|unavailable|not_processed|other)(?:\.|$)"

TABLES = """
    CREATE TABLE report (report_id INTEGER PRIMARY KEY, agency TEXT, level TEXT, province TEXT, scope TEXT, year INTEGER, status TEXT);
    CREATE TABLE figure (report_id INTEGER, row_code TEXT, column_code TEXT, value NUMERIC, state TEXT, raw TEXT);
"""
SQL = {
    "q03_new_requests_by_year": "SELECT agency, scope, year, value, CASE WHEN lag(year) OVER series = year - 1 "
    "THEN round(value / nullif(lag(value) OVER series, 0) - 1, 3) END FROM figure JOIN report USING (report_id) "
    "WHERE row_code = 'requests.new' AND column_code = 'total' "
    "WINDOW series AS (PARTITION BY agency, scope ORDER BY year) ORDER BY agency, scope, year",
    "q05_refusal_reasons": "SELECT year, row_code, sum(value), count(*) - count(value) FROM figure JOIN report USING (report_id) "
    "WHERE scope = 'own' AND column_code = 'total' AND (row_code GLOB 'requests.outcome.refused*' "
    "OR row_code GLOB 'requests.outcome.unavailable*' OR row_code GLOB 'requests.outcome.not_processed*' "
    "OR row_code GLOB 'requests.outcome.other*') GROUP BY year, row_code",
    "q06_who_asks": "SELECT year, column_code, sum(value), count(*) - count(value) FROM figure JOIN report USING (report_id) "
    "WHERE scope = 'own' AND row_code = 'requests.new' AND column_code <> 'total' GROUP BY year, column_code",
    "q11_townships_claiming_rules": "SELECT agency, level, year, scope, column_code, value, state "
    "FROM figure JOIN report USING (report_id) "
    "WHERE row_code = 'disclosure.rules' AND (level IN ('county', 'township') OR level IS NULL) AND (value > 0 OR state = 'unreadable') "
    "ORDER BY agency, year, scope, column_code",
    "q16_never_asked": "SELECT agency, scope, min(year), max(year), count(*) FROM figure JOIN report USING (report_id) "
    "WHERE row_code = 'requests.new' AND column_code = 'total' GROUP BY agency, scope HAVING coalesce(max(value), 0) = 0",
    "coverage": "SELECT province, year, count(*), sum(status = 'read') FROM report GROUP BY province, year",
}


class Told(NamedTuple):
    """What a peer took: seconds to load, bytes on disk, seconds a question."""

    seconds: float
    size: int
    answers: dict[str, float]


def rows(folder: Path, query: str) -> Iterator[list[tuple[Any, ...]]]:
    """What is published, some rows at a time: getting them is not the peer's time."""
    with reading(folder) as connection:
        answer = connection.execute(query)
        while batch := answer.fetchmany(ROWS):
            yield batch


def seconds(work: Callable[[], object]) -> float:
    """How long it takes, once."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def sqlite(folder: Path) -> Told:
    """With the index that the questions want, in one transaction."""
    path = folder / "peer.sqlite"
    try:
        with closing(sqlite3.connect(path)) as connection:
            spent = seconds(lambda: connection.executescript(TABLES))
            for table, query, width in (("report", REPORTS, 7), ("figure", FIGURES, 6)):
                into = f"INSERT INTO {table} VALUES ({', '.join('?' * width)})"
                for batch in rows(folder, query):
                    spent += seconds(lambda into=into, batch=batch: connection.executemany(into, batch))  # type: ignore[misc]
            spent += seconds(lambda: connection.execute("CREATE INDEX by_row ON figure (row_code, column_code)"))
            spent += seconds(connection.commit)
            answers = {name: seconds(lambda sql=sql: connection.execute(sql).fetchall()) for name, sql in SQL.items()}  # type: ignore[misc]
        return Told(spent, path.stat().st_size, answers)
    finally:
        path.unlink(missing_ok=True)


def _new(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame.row_code == "requests.new") & (frame.column_code == "total")]


def _refused(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame.column_code == "total") & (frame.scope == "own") & frame.row_code.str.match(REFUSED)]


def _asking(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[(frame.row_code == "requests.new") & (frame.column_code != "total") & (frame.scope == "own")]


def _claiming(frame: pd.DataFrame) -> pd.DataFrame:
    low = frame.level.isna() | frame.level.isin(["county", "township"])
    return frame[(frame.row_code == "disclosure.rules") & low & ((frame.value > 0) | (frame.state == "unreadable"))]


FILTERS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], Callable[[pd.DataFrame], object]]] = {
    "q03_new_requests_by_year": (
        _new,
        lambda f: f.sort_values(["agency", "scope", "year"]).groupby(["agency", "scope"]).value.pct_change(),
    ),
    "q05_refusal_reasons": (_refused, lambda f: f.groupby(["year", "row_code"]).value.agg(["sum", "count", "size"])),
    "q06_who_asks": (_asking, lambda f: f.groupby(["year", "column_code"]).value.agg(["sum", "count", "size"])),
    "q11_townships_claiming_rules": (_claiming, lambda f: f.sort_values(["agency", "year", "scope", "column_code"])),
    "q16_never_asked": (_new, lambda f: f.groupby(["agency", "scope"]).agg({"value": "max", "year": ["min", "max", "size"]})),
}
"""What a question wants of a piece of the file, and what it makes of the pieces."""


def pandas_csv(folder: Path) -> Told:
    """Each question reads the file, a million rows at a time: it fits into no memory. The reading is timed once and counted for each."""
    told, cells = folder / "report.csv", folder / "figure.csv"
    try:
        spent = _write(folder, told, "report_id,agency,level,province,scope,year,status", REPORTS)
        spent += _write(folder, cells, "report_id,row_code,column_code,value,state,raw", FIGURES)
        size = told.stat().st_size + cells.stat().st_size
        known = pd.read_csv(told)
        answers = {"coverage": seconds(lambda: pd.read_csv(told).groupby(["province", "year"]).status.agg(["size", "first"]))}
        return Told(spent, size, answers | _asked(cells, known))
    finally:
        told.unlink(missing_ok=True)
        cells.unlink(missing_ok=True)


def _write(folder: Path, path: Path, head: str, query: str) -> float:
    spent = 0.0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(head + "\n")
        for batch in rows(folder, query):
            spent += seconds(lambda batch=batch: csv.writer(file).writerows(batch))  # type: ignore[misc]
    return spent


def _asked(cells: Path, known: pd.DataFrame) -> dict[str, float]:
    took, pieces, common = dict.fromkeys(FILTERS, 0.0), {name: list[pd.DataFrame]() for name in FILTERS}, 0.0
    began = time.perf_counter()
    for piece in pd.read_csv(cells, chunksize=ROWS, usecols=["report_id", "row_code", "column_code", "value", "state"]):
        joined = piece.merge(known, on="report_id")
        common += time.perf_counter() - began
        for name, (wanted, _) in FILTERS.items():
            took[name] += seconds(lambda name=name, wanted=wanted, joined=joined: pieces[name].append(wanted(joined)))  # type: ignore[misc]
        began = time.perf_counter()
    for name, (_, made) in FILTERS.items():
        took[name] += common + seconds(lambda name=name, made=made: made(pd.concat(pieces[name])))  # type: ignore[misc]
    return took
