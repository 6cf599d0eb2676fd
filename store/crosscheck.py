"""The rules that one report cannot answer: across years, across agencies, and where the agency's level must be known.

Evaluated before publishing, for the agencies whose reports changed since the last time, and those around them. Each finding is
pass, fail or not_assessable, with both operands; rules and their terms come from the form.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb

from extract.form import FORM_TABLES, Rule, form
from store.copying import SECTION, compare
from store.corrections import apply_corrections, read_corrections
from store.database import Row, insert, scalar, transaction
from store.succession import settle_successions
from store.views import deadline_macro

HERE = ("COPIES", "ROLLUP", "M.copying", "M.deadline", "T2.rules_level")
"""Rules that are put here beside those of needs = "years"."""


PORTION = 20_000
"""Reports that the rules are put to at a time: what they need of memory does not grow with the archive."""
TERMS = """
    CREATE OR REPLACE TEMP TABLE term (
        rule VARCHAR, table_code VARCHAR, edition VARCHAR, relation VARCHAR, severity VARCHAR, at_row VARCHAR, at_column VARCHAR,
        is_left BOOLEAN, sign INTEGER, previous BOOLEAN, row_code VARCHAR, column_code VARCHAR, label VARCHAR);
    CREATE OR REPLACE TEMP TABLE severity (rule VARCHAR, severity VARCHAR)
"""


def settle(connection: duckdb.DuckDBPyConnection, *, everything: bool = False, corrections: Path | None = None) -> int:
    """Brings hand corrections, the roster and all findings across reports up to date; returns how many reports were looked at.

    `corrections` is the corrections.toml of the archive. Raises `BadCorrections`, with nothing changed.
    """
    decided = read_corrections(corrections) if corrections else []
    with transaction(connection):
        _prepare(connection)
        settle_successions(connection)
        apply_corrections(connection, decided)
        connection.execute(_script("roster"))
        _choose(connection, everything)
        looked_at = int(scalar(connection, "SELECT count(*) FROM chosen"))
        for begun in range(0, looked_at, PORTION):
            connection.execute(f"CREATE OR REPLACE TEMP TABLE portion AS FROM chosen ORDER BY report_id LIMIT {PORTION} OFFSET {begun}")
            connection.execute(_script("crosscheck"))
        _copying(connection)
        connection.execute("DELETE FROM archive WHERE key = 'settled_run'")
        connection.execute("INSERT INTO archive SELECT 'settled_run', coalesce(max(run_id), 0)::VARCHAR FROM run")
    return looked_at


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """The form's rules as temporary tables."""
    connection.execute(TERMS)
    insert(connection, "term", list(terms()))
    insert(connection, "severity", [*((r.id, r.severity) for r in form().rules.values()), ("COPIES", "warn")])
    connection.execute(deadline_macro(form()).replace("CREATE MACRO", "CREATE OR REPLACE TEMP MACRO"))


def _script(name: str) -> str:
    text = files("store").joinpath(f"rules/{name}.sql").read_text("utf-8")
    return text.replace("$tables", str(FORM_TABLES)).replace("$here", str((*HERE, *(r.id for r in _across_years()))))


def _across_years() -> list[Rule]:
    return [rule for rule in form().rules.values() if rule.needs == "years"]


def _choose(connection: duckdb.DuckDBPyConnection, everything: bool) -> None:
    """`chosen`: the current, readable reports whose findings may have changed: of agencies with news, their siblings and parents."""
    since = 0 if everything else int(scalar(connection, "SELECT coalesce(max(value::INTEGER), 0) FROM archive WHERE key = 'settled_run'"))
    connection.execute(_script("chosen").replace("$since", str(since)))


def terms() -> Iterator[Row]:
    """Every operand of the rules across years, at every row or column that an edition prints it for."""
    for rule in _across_years():
        for edition in rule.editions:
            for row, column in _places(rule, edition):
                for is_left, side in ((True, rule.left), (False, rule.right)):
                    for term in side:
                        cell = (row, term.code) if row else (term.code, column)
                        head = (rule.id, rule.table, edition, rule.relation, rule.severity, row, column)
                        yield (*head, is_left, term.sign, term.previous, *cell, term.code)


def _places(rule: Rule, edition: str) -> Iterator[tuple[str | None, str | None]]:
    table = rule.table or ""
    if rule.per == "column":
        yield from ((None, column.code) for column in form().columns_of(table, edition))
        return
    own = {term.code for term in (*rule.left, *rule.right)}
    for row in form().rows_of(table, edition):
        if (not rule.rows or row.code in rule.rows) and own <= set(row.columns[edition]):
            yield row.code, None


TEXTS = """
    SELECT coalesce(a.parent_id, -l.line_id) AS family, r.report_id, l.line_id, a.parent_id, r.year, r.scope, s.text
    FROM chosen c JOIN report r USING (report_id) JOIN line l ON l.agency_id = r.agency_id JOIN agency a ON a.agency_id = r.agency_id
    LEFT JOIN section s ON s.report_id = r.report_id AND s.code = ? ORDER BY ALL
"""
"""Only members of one family, under one government, are compared: its texts alone need memory at a time. A line stays under one."""


def _copying(connection: duckdb.DuckDBPyConnection) -> None:
    rule, findings, pairs = form().rules["M.copying"], list[Row](), list[Row]()
    for _, family in groupby(_streamed(connection.execute(TEXTS, [SECTION])), key=itemgetter(0)):
        found, alike = compare((row[1:] for row in family), rule)
        findings += found
        pairs += alike
    connection.execute("DELETE FROM similarity WHERE report_id IN (SELECT report_id FROM chosen)")
    insert(connection, "similarity", sorted(pairs))
    insert(connection, "finding", sorted(findings, key=itemgetter(0)))


def _streamed(answer: duckdb.DuckDBPyConnection) -> Iterator[Any]:
    while rows := answer.fetchmany(1_000):
        yield from rows
