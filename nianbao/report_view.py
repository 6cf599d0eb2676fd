"""A report as `nianbao read` shows it: one JSON object with stable keys, or tables for a person."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from extract.document import Problem
from extract.form import FORM_TABLES, form
from extract.report import Figure, Finding, Report
from nianbao import output
from nianbao.messages import say

STATES = {"dash": "—", "unreadable": "?"}


def table_code(word: str) -> str | None:
    """The form's table that a word means: its code, or its number as the rules write it (T2, 3); None where there is none."""
    numbered = {f"{number}": code for number, code in zip((2, 3, 4), FORM_TABLES, strict=True)}
    codes = {table.code for table in form().tables.values()}
    wanted = word.lower().removeprefix("t")
    return word if word in codes else numbered.get(wanted)


def as_json(report: Report, table: str | None = None) -> dict[str, Any]:
    """The object of `nianbao read --json`; numbers as text, so that none is rounded. `table` keeps the figures of one table."""
    figures = [figure for figure in report.figures if table in (None, figure.table_code)]
    return {
        "title": report.title,
        "agency": report.agency,
        "year": report.year,
        "edition": report.edition,
        "scope": report.scope,
        "published_on": _day(report.published_on),
        "signed_on": _day(report.signed_on),
        "index_number": report.index_number,
        "status": report.status,
        "reader": report.reader,
        "tables": [{"table_code": seen.table_code, "edition": seen.edition, "complete": seen.complete} for seen in report.tables],
        "figures": [_figure(figure) for figure in figures],
        "sections": [section._asdict() for section in report.sections],
        "claims": [{**claim._asdict(), "value": number(claim.value)} for claim in report.claims],
        "findings": [_finding(finding) for finding in report.findings],
        "extras": [
            {"table_code": e.table_code, "row_label": e.row_label, "column_label": e.column_label, "raw": e.raw} for e in report.extras
        ],
        "problems": [_problem(problem) for problem in report.problems],
    }


def number(value: Decimal | None) -> str | None:
    """A number as plain digits, without an exponent or zeros at its end."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_text(report: Report, table: str | None = None) -> Iterator[str]:
    """Lines for a person: what it is, its tables as the form prints them, what fails, what could not be read."""
    yield f"{report.title or '—'}"
    facts = (report.agency, report.year, report.edition, report.scope, report.status, report.published_on)
    yield "  ".join(str(fact) for fact in facts if fact is not None)
    for seen in report.tables:
        if table in (None, seen.table_code):
            yield ""
            yield from _table(report, seen.table_code, seen.edition)
    failed = [finding for finding in report.findings if finding.outcome == "fail"]
    passed = sum(finding.outcome == "pass" for finding in report.findings)
    yield ""
    yield say("{passed} rules pass, {failed} fail", passed=passed, failed=len(failed))
    for finding in failed:
        where = "/".join(part for part in (finding.row_code, finding.column_code) if part)
        yield f"  {finding.rule} {where}: {finding.message} ({finding.expected} ≠ {finding.actual})"
    for problem in report.problems:
        yield f"  {problem.code}: {problem.message}"


def _table(report: Report, code: str, edition: str) -> Iterator[str]:
    """One table: the form's columns, a line a printed row, its label at the end where it may be as long as it likes."""
    columns = [column.code for column in form().columns_of(code)]
    printed = {figure.column_code for figure in report.figures if figure.table_code == code}
    shown = [column for column in columns if column in printed]
    cells: dict[str, dict[str, str]] = {}
    for figure in report.figures:
        if figure.table_code == code:
            cells.setdefault(figure.row_code, {})[figure.column_code] = _cell(figure)
    names = [form().columns[code, column].label(edition) for column in shown]
    rows = [[*(row.get(column, "") for column in shown), _row_label(row_code, edition)] for row_code, row in cells.items()]
    yield f"{form().tables[code].zh} ({edition})"
    yield from output.right_aligned([[*names, ""], *rows])


def _row_label(code: str, edition: str) -> str:
    row = form().rows.get(code)
    return row.label(edition) if row else code


def _cell(figure: Figure) -> str:
    if figure.state == "number":
        return f"{number(figure.value)}"
    return "·" if figure.state == "blank" else f"{STATES[figure.state]}{figure.raw if figure.state == 'unreadable' else ''}"


def _figure(figure: Figure) -> dict[str, Any]:
    place = figure.place
    return {
        "table_code": figure.table_code,
        "row_code": figure.row_code,
        "column_code": figure.column_code,
        "value": number(figure.value),
        "unit": figure.unit,
        "state": figure.state,
        "raw": figure.raw,
        "page": place.page,
        "table_no": place.table_no,
        "row_no": place.row_no,
        "column_no": place.column_no,
        "x0": place.x0,
        "top": place.top,
        "x1": place.x1,
        "bottom": place.bottom,
        "part": figure.part,
        "reader": figure.reader,
        "confidence": figure.confidence,
        "note": figure.note,
        "repaired": figure.repaired,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {**finding._asdict(), "cells": [list(cell) for cell in finding.cells]}


def _problem(problem: Problem) -> dict[str, Any]:
    place = {key: value for key, value in problem.place._asdict().items() if value is not None} if problem.place else None
    return {"code": problem.code, "message": problem.message, "place": place}


def _day(value: object) -> str | None:
    return None if value is None else str(value)
