"""The rules that one report answers, put again to a report as it now stands in the database."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import duckdb

from extract.check import Evidence, assess
from extract.document import Place
from extract.form import Rule, form
from extract.report import Claim, Figure, Finding, State
from store.database import Row, insert


def decided_by_figures(rule: Rule) -> bool:
    """Rules that look at figures and claims alone: what a corrected cell can change."""
    return rule.needs == "report" and bool(rule.relation or rule.claims or rule.check == "non_negative")


@cache
def _sums() -> frozenset[str]:
    return frozenset(rule.id for rule in form().rules.values() if decided_by_figures(rule) and not rule.claims)


def words(rule: str, outcome: str, message: str) -> str | None:
    """What is kept of a finding's message: nothing where a sum holds, since `expected` and `actual` say it. They are most of all."""
    return None if outcome == "pass" and rule in _sums() else message


def recheck(connection: duckdb.DuckDBPyConnection, report_id: int) -> None:
    """Inside the caller's transaction: replaces the findings of the rules that figures decide."""
    rules = [rule for rule in form().rules.values() if decided_by_figures(rule)]
    evidence = _evidence(connection, report_id)
    found = [finding for rule in rules for finding in assess(rule, evidence)]
    connection.execute(
        "DELETE FROM finding WHERE report_id = $report AND list_contains($rules, rule)",
        {"report": report_id, "rules": [rule.id for rule in rules]},
    )
    insert(connection, "finding", [_row(report_id, f) for f in found])


def _row(report_id: int, finding: Finding) -> Row:
    rule, severity, row, column, outcome, expected, actual, message, _ = finding
    return report_id, None, rule, severity, row, column, outcome, expected, actual, words(rule, outcome, message)


def _evidence(connection: duckdb.DuckDBPyConnection, report_id: int) -> Evidence:
    figures = connection.execute(
        "SELECT table_code, row_code, column_code, value, unit, state, raw, reader FROM figure "
        "WHERE report_id = ? AND coalesce(label_match, '') <> 'extra' ORDER BY table_no, row_no, column_no",
        [report_id],
    ).fetchall()
    editions = connection.execute("SELECT table_code, edition FROM report_table WHERE report_id = ?", [report_id]).fetchall()
    claims = connection.execute(
        "SELECT code, value, unit, approximate, sentence, section_ordinal FROM claim WHERE report_id = ?", [report_id]
    ).fetchall()
    return Evidence(
        {(f[1], f[2]): _figure(*f) for f in figures},
        dict(editions),
        [Claim(code, _plain(value) or Decimal(0), *rest) for code, value, *rest in claims],
    )


def _plain(value: Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(format(value.normalize(), "f"))


def _figure(table: str, row: str, column: str, value: Decimal | None, unit: str | None, state: State, raw: str, reader: str) -> Figure:
    return Figure(table, row, column, _plain(value), unit, state, raw, Place(), reader)
