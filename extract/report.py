"""What is known of one report after reading: the types between a document and a database row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from extract.document import Place, Problem

State = Literal["number", "blank", "dash", "unreadable"]
Status = Literal["read", "partial", "unreadable", "not_a_report"]
Scope = Literal["own", "aggregate"]
Outcome = Literal["pass", "fail", "not_assessable"]
Severity = Literal["error", "warn", "info"]


class Figure(NamedTuple):
    """One printed cell of the form. `value` is a number only where `state` is "number"; a missing figure is never zero."""

    table_code: str
    row_code: str
    column_code: str
    value: Decimal | None
    unit: str | None
    state: State
    raw: str
    place: Place
    reader: str
    part: int = 0
    """0 the document itself, n its n-th part: whose bytes the cell stands in."""
    confidence: float = 1.0
    match: str = "exact"
    """How its row and column labels were recognised, the weaker of the two: exact, alias, bracket_stripped, fuzzy."""
    note: str | None = None
    """What else the cell says: 其中修订16件."""
    repaired: bool = False


class TableSeen(NamedTuple):
    """One table of the form as found in one report; its edition is found by its labels, never by the year."""

    table_code: str
    edition: str
    complete: bool
    page: int | None = None
    table_no: int | None = None
    part: int = 0


class ExtraCell(NamedTuple):
    """A cell of a form table whose row or column is not on the form: kept under its raw label, never dropped."""

    table_code: str
    row_label: str
    column_label: str
    raw: str
    place: Place


class Section(NamedTuple):
    """One headed part of the narrative. `code` is None for headings that the form does not know."""

    code: str | None
    number: str | None
    heading: str
    text: str


class Claim(NamedTuple):
    """One number stated in the narrative, with the sentence that states it."""

    code: str
    value: Decimal
    unit: str | None
    approximate: bool
    sentence: str
    section_ordinal: int | None


class Finding(NamedTuple):
    """The outcome of one rule at one row or column.

    `expected` and `actual` are the two operands as printed by the rule; `cells` are the (row, column) codes it read.
    """

    rule: str
    severity: Severity
    row_code: str | None
    column_code: str | None
    outcome: Outcome
    expected: str | None
    actual: str | None
    message: str
    cells: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """One document read: whose report it is, its figures, text and checks. Nothing here depends on where it was stored."""

    status: Status
    reader: str
    title: str | None = None
    agency: str | None = None
    year: int | None = None
    edition: str | None = None
    scope: Scope = "own"
    published_on: date | None = None
    signed_on: date | None = None
    index_number: str | None = None
    figures: tuple[Figure, ...] = ()
    tables: tuple[TableSeen, ...] = ()
    extras: tuple[ExtraCell, ...] = ()
    sections: tuple[Section, ...] = ()
    claims: tuple[Claim, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
