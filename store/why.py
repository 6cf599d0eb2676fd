"""One figure back to its cell, and one address forward to all that was read from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from store.errors import NoSuchFigure

SHOWN = 12


@dataclass(frozen=True, slots=True)
class Why:
    """Everything that is known of where a figure comes from. `warc_file` at `warc_offset` holds the bytes of `sha256`."""

    report_id: int
    agency: str
    year: int
    scope: str
    version: int
    reason: str
    is_current: bool
    title: str | None
    table_code: str
    edition: str | None
    row_code: str
    row_label: str | None
    column_code: str
    column_label: str | None
    value: Decimal | None
    unit: str | None
    state: str
    raw: str
    note: str | None
    page: int | None
    table_no: int | None
    row_no: int | None
    column_no: int | None
    x0: float | None
    top: float | None
    x1: float | None
    bottom: float | None
    reader: str
    reader_version: str
    confidence: float
    label_match: str
    repaired: bool
    url: str
    part_url: str
    """The page itself, or the attachment or picture that the cell stands in."""
    media_type: str | None
    sha256: str
    captured_at: datetime
    warc_file: str | None
    warc_offset: int | None
    gone_on: date | None
    corrected_by: str | None
    """Who corrected the cell by hand, and why."""


QUERY = """
    SELECT r.report_id, r.agency, r.year, r.scope, r.version, r.reason, r.is_current, r.title, f.table_code, t.edition, f.row_code,
        w.zh, f.column_code, c.zh, f.value, f.unit, f.state, f.raw, f.note, f.page, f.table_no, f.row_no, f.column_no, f.x0, f.top, f.x1,
        f.bottom, f.reader, r.reader_version, f.confidence, f.label_match, f.repaired, r.url, coalesce(p.url, r.url),
        coalesce(p.media_type, r.media_type), f.sha256, coalesce(p.captured_at, r.captured_at), coalesce(p.warc_file, r.warc_file),
        coalesce(p.warc_offset, r.warc_offset), r.gone_on, h.who || ': ' || h.reason
    FROM figure f
    JOIN report r USING (report_id)
    LEFT JOIN part p ON p.report_id = f.report_id AND p.sha256 = f.sha256
    LEFT JOIN report_table t ON t.report_id = f.report_id AND t.table_code = f.table_code
    LEFT JOIN form_row w ON w.code = f.row_code AND w.edition = t.edition
    LEFT JOIN form_column c ON c.table_code = f.table_code AND c.code = f.column_code AND c.edition = t.edition
    LEFT JOIN hand_correction h ON h.applied AND h.report_id = f.report_id AND h.row_code = f.row_code AND h.column_code = f.column_code
    WHERE f.report_id = $report AND f.row_code = $row AND f.column_code = $column
    ORDER BY p.part
"""


def why(connection: duckdb.DuckDBPyConnection, report: str, row: str, column: str) -> Why:
    """Where a figure comes from. `report` is a report number, or agency and year ("金沟河镇 2024", with "aggregate" where meant);
    `row` and `column` are codes or labels of the form. Raises `NoSuchFigure` with what there is instead.
    """
    number = find_report(connection, report)
    printed = connection.execute(
        "SELECT DISTINCT f.row_code, w.zh, f.column_code, c.zh FROM figure f LEFT JOIN form_row w ON w.code = f.row_code "
        "LEFT JOIN form_column c ON c.table_code = f.table_code AND c.code = f.column_code WHERE f.report_id = ? ORDER BY ALL",
        [number],
    ).fetchall()
    row_code = _code(row, [(code, label) for code, label, _, _ in printed], "row")
    beside = [(code, label) for r, _, code, label in printed if r == row_code]
    column_code = _code(column, beside, f"column of {row_code}")
    found = connection.execute(QUERY, {"report": number, "row": row_code, "column": column_code}).fetchall()
    return Why(*found[0])


def find_report(connection: duckdb.DuckDBPyConnection, asked: str) -> int:
    """The number of a report version: itself, or the current one of an agency and year. Raises `NoSuchFigure`."""
    if asked.strip().isdigit() and not 2000 < int(asked) < 2100:
        rows = connection.execute("SELECT report_id, agency, year, scope FROM report WHERE report_id = ?", [int(asked)]).fetchall()
        return _single(rows, f"no report has the number {asked}")
    year = re.search(r"(?<!\d)(20\d\d)(?!\d)", asked)
    scope = "aggregate" if re.search(r"aggregate|汇总", asked) else None
    name = re.sub(r"(?<!\d)20\d\d(?!\d)年?|aggregate|汇总|own|\s", "", asked)
    rows = connection.execute(
        "SELECT report_id, full_name, year, scope, agency FROM report r JOIN agency a USING (agency_id) "
        "WHERE is_current AND ($year IS NULL OR year = $year) AND ($scope IS NULL OR scope = $scope) "
        "AND (contains(agency, $name) OR contains(full_name, $name) "
        "OR agency_id IN (SELECT agency_id FROM agency_name WHERE name = $name)) "
        "ORDER BY length(agency), agency, full_name, year DESC, scope",
        {"year": int(year[1]) if year else None, "scope": scope, "name": name},
    ).fetchall()
    exact = [row for row in rows if name in (row[1], row[4])]
    return _single(exact or rows, f"no current report is of {asked}")


def _single(rows: list[tuple[Any, ...]], nothing: str) -> int:
    if not rows:
        raise NoSuchFigure(nothing)
    if len(rows) > 1:
        shown = "; ".join(f"{number}: {agency} {year} {scope}" for number, agency, year, scope, *_ in rows[:SHOWN])
        raise NoSuchFigure(f"several reports fit, give the number of one: {shown}{' …' if len(rows) > SHOWN else ''}")
    return int(rows[0][0])


def _code(asked: str, known: list[tuple[str, str | None]], what: str) -> str:
    """The code that is meant by a code, the end of one, a label or part of one."""
    wanted = re.sub(r"\s", "", asked)
    tests = (
        lambda code, _: code == wanted,
        lambda _, label: label == wanted,
        lambda code, _: code.endswith("." + wanted),
        lambda _, label: wanted in label,
    )
    for test in tests:
        found = sorted({code for code, label in known if test(code, label or "")})
        if len(found) == 1:
            return found[0]
        if found:
            raise NoSuchFigure(f"{asked} may mean {', '.join(found[:SHOWN])}")
    there = ", ".join(sorted({code for code, _ in known})[: 4 * SHOWN])
    raise NoSuchFigure(f"the report prints no {what} called {asked}; it prints {there or 'none'}")


@dataclass(frozen=True, slots=True)
class ReadFrom:
    """One reading of an address, and the report version that it belongs to."""

    run_id: int | None
    url: str
    captured_at: datetime | None
    sha256: str | None
    reader: str | None
    reader_version: str | None
    status: str | None
    outcome: str
    report_id: int | None
    agency: str | None
    year: int | None
    scope: str | None
    figures: int


def read_from(connection: duckdb.DuckDBPyConnection, url: str) -> list[ReadFrom]:
    """The reverse: what was read from an address (a page, or a part of one), reading by reading. Raises `NoSuchFigure`."""
    rows = connection.execute(
        "SELECT g.run_id, g.url, g.captured_at, g.sha256, g.reader, g.reader_version, g.status, g.outcome, g.report_id, r.agency, r.year, "
        "r.scope, coalesce(r.cells, 0) FROM reading g LEFT JOIN report r USING (report_id) "
        "WHERE g.url = $url OR g.report_id IN (SELECT report_id FROM part WHERE url = $url) ORDER BY g.run_id, g.rowid",
        {"url": url},
    ).fetchall()
    if not rows:
        raise NoSuchFigure(f"nothing was read from {url}")
    return [ReadFrom(*row) for row in rows]
