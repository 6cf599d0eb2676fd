"""The same figures in SQLite and in CSV with pandas: loaded, and asked the same questions. For `store_scale`.

Both get the reports and six columns of the figures, and no provenance, text or findings: enough for fourteen of the twenty questions and
for coverage. Both are asked once, with warm file caches.
"""

from __future__ import annotations

import csv
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from store.query import reading

ROWS = 1_000_000
REPORTS = (
    "SELECT report_id, agency_id, agency, level, province, scope, year, status, published_on::VARCHAR AS published_on, "
    "due_on::VARCHAR AS due_on, days_late, cells, blank_cells, unreadable_cells, t.edition FROM annual_report "
    "LEFT JOIN (FROM report_table WHERE table_code = 'disclosure') t USING (report_id)"
)
FIGURES = "SELECT report_id, row_code, column_code, value::DOUBLE AS value, state, raw FROM figure"
REFUSED = r"requests\.outcome\.(?:refused|unavailable|not_processed|other)(?:\.|$)"
GRANTED = ("requests.outcome.granted", "requests.outcome.granted_in_part", "requests.outcome.total")
MONEY = {"disclosure.licensing": "decisions", "disclosure.penalties": "decisions", "disclosure.fees": "amount"}

TABLES = """
    CREATE TABLE report (
        report_id INTEGER PRIMARY KEY, agency_id INTEGER, agency TEXT, level TEXT, province TEXT, scope TEXT, year INTEGER, status TEXT,
        published_on TEXT, due_on TEXT, days_late INTEGER, cells INTEGER, blank_cells INTEGER, unreadable_cells INTEGER, edition TEXT);
    CREATE TABLE figure (report_id INTEGER, row_code TEXT, column_code TEXT, value NUMERIC, state TEXT, raw TEXT);
"""
INDEXES = """
    CREATE INDEX by_row ON figure (row_code, column_code, report_id);
    CREATE INDEX by_series ON report (agency_id, scope, year);
    ANALYZE;
"""
SQL = {
    "q02_late_reports": "SELECT agency, level, scope, year, published_on, due_on, days_late FROM report "
    "WHERE year = (SELECT max(year) FROM report) AND (days_late > 0 OR days_late IS NULL) ORDER BY days_late DESC, agency, scope",
    "q03_new_requests_by_year": "SELECT agency, scope, year, value, CASE WHEN lag(year) OVER series = year - 1 "
    "THEN round(value / nullif(lag(value) OVER series, 0) - 1, 3) END FROM figure JOIN report USING (report_id) "
    "WHERE row_code = 'requests.new' AND column_code = 'total' "
    "WINDOW series AS (PARTITION BY agency_id, scope ORDER BY year) ORDER BY agency, scope, year",
    "q04_disclosure_rate": "SELECT agency, scope, year, granted, handled, round(1.0 * granted / nullif(handled, 0), 3) AS rate FROM ("
    "SELECT agency, scope, year, max(value) FILTER (WHERE row_code = 'requests.outcome.granted') "
    "+ max(value) FILTER (WHERE row_code = 'requests.outcome.granted_in_part') AS granted, "
    "max(value) FILTER (WHERE row_code = 'requests.outcome.total') AS handled FROM figure JOIN report USING (report_id) "
    f"WHERE column_code = 'total' AND row_code IN {GRANTED} GROUP BY report_id) "
    "WHERE handled IS NOT 0 ORDER BY rate IS NULL, rate, agency, scope, year",
    "q05_refusal_reasons": "SELECT year, row_code, sum(value), count(*) - count(value) FROM figure JOIN report USING (report_id) "
    "WHERE scope = 'own' AND column_code = 'total' AND (row_code GLOB 'requests.outcome.refused*' "
    "OR row_code GLOB 'requests.outcome.unavailable*' OR row_code GLOB 'requests.outcome.not_processed*' "
    "OR row_code GLOB 'requests.outcome.other*') GROUP BY year, row_code",
    "q06_who_asks": "SELECT year, column_code, sum(value), count(*) - count(value) FROM figure JOIN report USING (report_id) "
    "WHERE scope = 'own' AND row_code = 'requests.new' AND column_code <> 'total' GROUP BY year, column_code",
    "q07_correction_rate": "SELECT agency, scope, year, row_code, corrected, decided, round(1.0 * corrected / decided, 3) AS rate FROM ("
    "SELECT agency, scope, year, row_code, max(value) FILTER (WHERE column_code = 'corrected') AS corrected, "
    "max(value) FILTER (WHERE column_code = 'upheld') + max(value) FILTER (WHERE column_code = 'corrected') "
    "+ max(value) FILTER (WHERE column_code = 'other') AS decided FROM figure JOIN report USING (report_id) "
    "WHERE row_code GLOB 'challenges.*' GROUP BY report_id, row_code) "
    "WHERE decided IS NOT 0 ORDER BY rate DESC, agency, scope, year, row_code",
    "q08_challenges_per_100_requests": "SELECT agency, scope, year, challenges, value, round(100.0 * challenges / value, 1) AS per_100 "
    "FROM figure JOIN report USING (report_id) LEFT JOIN ("
    "SELECT report_id, CASE WHEN count(value) = count(*) THEN sum(value) END AS challenges FROM figure "
    "WHERE row_code GLOB 'challenges.*' AND column_code = 'total' GROUP BY report_id) USING (report_id) "
    "WHERE row_code = 'requests.outcome.total' AND column_code = 'total' AND value IS NOT 0 ORDER BY per_100 DESC, agency, scope, year",
    "q10_carry_over_break": "SELECT n.agency, n.scope, n.year, b.value, f.value FROM figure f JOIN report n USING (report_id) "
    "JOIN report o ON (o.agency_id, o.scope, o.year) = (n.agency_id, n.scope, n.year - 1) "
    "JOIN figure b ON b.report_id = o.report_id AND b.row_code = 'requests.carried_out' AND b.column_code = 'total' "
    "WHERE f.row_code = 'requests.carried_in' AND f.column_code = 'total' AND b.value IS NOT f.value "
    "ORDER BY n.agency, n.scope, n.year",
    "q11_townships_claiming_rules": "SELECT agency, level, year, scope, column_code, value, state "
    "FROM figure JOIN report USING (report_id) "
    "WHERE row_code = 'disclosure.rules' AND (level IN ('county', 'township') OR level IS NULL) AND (value > 0 OR state = 'unreadable') "
    "ORDER BY agency, year, scope, column_code",
    "q12_normative_stock_flow": "WITH stock AS (SELECT report_id, agency_id, agency, scope, year, "
    "max(value) FILTER (WHERE column_code = 'in_force') AS in_force, max(value) FILTER (WHERE column_code = 'issued') AS issued, "
    "max(value) FILTER (WHERE column_code = 'repealed') AS repealed FROM figure JOIN report USING (report_id) "
    "WHERE row_code = 'disclosure.normative_documents' AND edition = 'v2021' GROUP BY report_id) "
    "SELECT n.agency, n.scope, n.year, n.in_force, b.in_force + n.issued - n.repealed AS expected FROM stock n "
    "JOIN stock b ON (b.agency_id, b.scope, b.year) = (n.agency_id, n.scope, n.year - 1) "
    "WHERE n.in_force IS NOT b.in_force + n.issued - n.repealed ORDER BY n.agency, n.scope, n.year",
    "q16_never_asked": "SELECT agency, scope, min(year), max(year), count(*) FROM figure JOIN report USING (report_id) "
    "WHERE row_code = 'requests.new' AND column_code = 'total' GROUP BY agency_id, scope HAVING coalesce(max(value), 0) = 0",
    "q17_other_handling_share": "SELECT agency, scope, year, other, handled, round(1.0 * other / nullif(handled, 0), 3) AS share FROM ("
    "SELECT agency, scope, year, CASE WHEN count(*) = count(value) THEN sum(value) FILTER (WHERE row_code GLOB 'requests.outcome.other*') "
    "END AS other, max(value) FILTER (WHERE row_code = 'requests.outcome.total') AS handled FROM figure JOIN report USING (report_id) "
    "WHERE column_code = 'total' AND (row_code GLOB 'requests.outcome.other*' OR row_code = 'requests.outcome.total') GROUP BY report_id) "
    "WHERE handled IS NOT 0 ORDER BY share DESC, agency, scope, year",
    "q19_fees_and_penalties": "SELECT agency, scope, year, max(value) FILTER (WHERE row_code = 'disclosure.licensing') AS licences, "
    "max(value) FILTER (WHERE row_code = 'disclosure.penalties') AS penalties, max(value) FILTER (WHERE row_code = 'disclosure.fees') "
    "FROM figure JOIN report USING (report_id) WHERE (row_code, column_code) IN ("
    "VALUES ('disclosure.licensing', 'decisions'), ('disclosure.penalties', 'decisions'), ('disclosure.fees', 'amount')) "
    "GROUP BY report_id ORDER BY agency, scope, year",
    "q20_blank_cells": "SELECT agency, scope, year, blank_cells, unreadable_cells, cells, "
    "round(1.0 * (blank_cells + unreadable_cells) / nullif(cells, 0), 3) AS share FROM report "
    "WHERE blank_cells + unreadable_cells > 0 ORDER BY share DESC, agency, scope, year",
    "coverage": "SELECT province, year, count(*), sum(status = 'read') FROM report GROUP BY province, year",
}
"""What can be asked of these columns: the other questions want findings, text, claims, versions or the roster."""


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


def _columns(folder: Path, query: str) -> list[str]:
    with reading(folder) as connection:
        return [name for name, *_ in connection.execute(f"DESCRIBE {query}").fetchall()]


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
            for table, query, width in (("report", REPORTS, 15), ("figure", FIGURES, 6)):
                into = f"INSERT INTO {table} VALUES ({', '.join('?' * width)})"
                for batch in rows(folder, query):
                    spent += seconds(lambda into=into, batch=batch: connection.executemany(into, batch))  # type: ignore[misc]
            spent += seconds(lambda: connection.executescript(INDEXES))
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


def _wide(frame: pd.DataFrame, by: str, *more: str) -> pd.DataFrame:
    """One row a report (and what more), one column a row or column of the form."""
    names = ["report_id", "agency_id", "agency", "scope", "year", *more]
    return frame.set_index([*names, by]).value.unstack().reset_index()


def _series(frame: pd.DataFrame) -> pd.DataFrame:
    """Each report beside the one of the year before."""
    return frame.merge(frame.assign(year=frame.year + 1), on=["agency_id", "scope", "year"], suffixes=("", "_before"))


def _rated(frame: pd.DataFrame, part: Sequence[str], whole: Sequence[str]) -> pd.DataFrame:
    """Sorted by the share of some columns in others; unknown where one has no number."""
    shared = frame.assign(part=frame[list(part)].sum(axis=1, skipna=False), whole=frame[list(whole)].sum(axis=1, skipna=False))
    return shared[shared.whole != 0].assign(rate=shared.part / shared.whole).sort_values(["rate", "agency", "scope", "year"])


def _totals(pattern: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    return lambda f: f[(f.column_code == "total") & f.row_code.str.match(pattern)]


def _per_100(frame: pd.DataFrame) -> pd.DataFrame:
    wide = _wide(frame, "row_code")
    return _rated(wide, [name for name in wide if name.startswith("challenges.")], [HANDLED])


def _others(frame: pd.DataFrame) -> pd.DataFrame:
    wide = _wide(frame, "row_code")
    return _rated(wide, [name for name in wide if name.startswith("requests.outcome.other")], [HANDLED])


def _broken_carry(frame: pd.DataFrame) -> pd.DataFrame:
    both = _series(_wide(frame, "row_code"))
    return both[both["requests.carried_in"] != both["requests.carried_out_before"]].sort_values(["agency", "scope", "year"])


def _broken_stock(frame: pd.DataFrame) -> pd.DataFrame:
    both = _series(_wide(frame, "column_code"))
    return both[both.in_force != both.in_force_before + both.issued - both.repealed].sort_values(["agency", "scope", "year"])


def _claiming(frame: pd.DataFrame) -> pd.DataFrame:
    low = frame.level.isna() | frame.level.isin(["county", "township"])
    return frame[(frame.row_code == "disclosure.rules") & low & ((frame.value > 0) | (frame.state == "unreadable"))]


HANDLED = "requests.outcome.total"
FILTERS: dict[str, tuple[Callable[[pd.DataFrame], pd.DataFrame], Callable[[pd.DataFrame], object]]] = {
    "q03_new_requests_by_year": (
        _new,
        lambda f: f.sort_values(["agency", "scope", "year"]).groupby(["agency_id", "scope"]).value.pct_change(),
    ),
    "q04_disclosure_rate": (
        lambda f: f[(f.column_code == "total") & f.row_code.isin(GRANTED)],
        lambda f: _rated(_wide(f, "row_code"), GRANTED[:2], [HANDLED]),
    ),
    "q05_refusal_reasons": (_refused, lambda f: f.groupby(["year", "row_code"]).value.agg(["sum", "count", "size"])),
    "q06_who_asks": (_asking, lambda f: f.groupby(["year", "column_code"]).value.agg(["sum", "count", "size"])),
    "q07_correction_rate": (
        lambda f: f[f.row_code.str.startswith("challenges.")],
        lambda f: _rated(_wide(f, "column_code", "row_code"), ["corrected"], ["upheld", "corrected", "other"]),
    ),
    "q08_challenges_per_100_requests": (_totals(r"challenges\.|requests\.outcome\.total$"), _per_100),
    "q10_carry_over_break": (_totals(r"requests\.carried_(?:in|out)$"), _broken_carry),
    "q11_townships_claiming_rules": (_claiming, lambda f: f.sort_values(["agency", "year", "scope", "column_code"])),
    "q12_normative_stock_flow": (
        lambda f: f[(f.row_code == "disclosure.normative_documents") & (f.edition == "v2021")],
        _broken_stock,
    ),
    "q16_never_asked": (_new, lambda f: f.groupby(["agency_id", "scope"]).agg({"value": "max", "year": ["min", "max", "size"]})),
    "q17_other_handling_share": (_totals(r"requests\.outcome\.(?:other|total$)"), _others),
    "q19_fees_and_penalties": (
        lambda f: f[f.column_code == f.row_code.map(MONEY)],
        lambda f: _wide(f, "row_code").sort_values(["agency", "scope", "year"]),
    ),
}
"""What a question wants of a piece of the file, and what it makes of the pieces."""


def _late(reports: pd.DataFrame) -> pd.DataFrame:
    late = (reports.days_late > 0) | reports.days_late.isna()
    return reports[(reports.year == reports.year.max()) & late].sort_values(["days_late", "agency", "scope"])


def _blank(reports: pd.DataFrame) -> pd.DataFrame:
    without = reports.blank_cells + reports.unreadable_cells
    return reports.assign(share=without / reports.cells)[without > 0].sort_values(["share", "agency", "scope", "year"])


OF_REPORTS: dict[str, Callable[[pd.DataFrame], object]] = {
    "q02_late_reports": _late,
    "q20_blank_cells": _blank,
    "coverage": lambda f: f.groupby(["province", "year"]).status.agg(["size", "first"]),
}
"""Questions that the file of the reports answers alone."""


def pandas_csv(folder: Path) -> Told:
    """Each question reads the file, a million rows at a time: it fits into no memory. The reading is timed once and counted for each."""
    told, cells = folder / "report.csv", folder / "figure.csv"
    try:
        spent = _write(folder, told, REPORTS)
        spent += _write(folder, cells, FIGURES)
        size = told.stat().st_size + cells.stat().st_size
        known = pd.read_csv(told)
        answers = {name: seconds(lambda made=made: made(pd.read_csv(told))) for name, made in OF_REPORTS.items()}  # type: ignore[misc]
        return Told(spent, size, answers | _asked(cells, known))
    finally:
        told.unlink(missing_ok=True)
        cells.unlink(missing_ok=True)


def _write(folder: Path, path: Path, query: str) -> float:
    spent = 0.0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(_columns(folder, query)) + "\n")
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
