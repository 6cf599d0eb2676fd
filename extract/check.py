"""The form's rules put to one report → findings, three-valued: a rule with a missing operand is not assessable, never passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import NamedTuple

from extract.form import Rule, Term, form
from extract.report import Claim, Figure, Finding, Outcome, Scope, Section

Cell = tuple[str, str]
"""(row code, column code)"""


@dataclass(frozen=True)
class Evidence:
    """What the rules may look at. `editions` by table code; `figures` by (row, column)."""

    figures: Mapping[Cell, Figure]
    editions: Mapping[str, str]
    claims: Sequence[Claim] = ()
    sections: Sequence[Section] = ()
    year: int | None = None
    period_year: int | None = None
    published_on: date | None = None
    signed_on: date | None = None
    scope: Scope = "own"
    level: str | None = None
    """Of the agency: ministry, province, prefecture, county, township; None where the report alone does not tell."""

    @cached_property
    def numbers(self) -> Mapping[Cell, Decimal]:
        """The figures that are numbers."""
        return {cell: figure.value for cell, figure in self.figures.items() if figure.value is not None}

    @cached_property
    def words(self) -> Mapping[Cell, str]:
        """The same as a person writes them."""
        return {cell: plain(number) for cell, number in self.numbers.items()}

    @cached_property
    def rows(self) -> Set[str]:
        """The rows that are printed."""
        return {row for row, _ in self.figures}


def check(evidence: Evidence) -> tuple[Finding, ...]:
    """Every rule that one report can answer, at every row or column that it was put to."""
    return tuple(finding for rule in form().rules.values() if rule.needs == "report" for finding in assess(rule, evidence))


def assess(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """The findings of one rule."""
    if rule.check:
        return CHECKS[rule.check](rule, evidence)
    if rule.claims:
        return _claims(rule, evidence)
    edition = evidence.editions.get(rule.table or "")
    if edition is None or edition not in rule.editions:
        return iter(())
    put = (each for each in equations(rule.id, edition) if each.row is None or each.row in evidence.rows)
    return (_compare(rule, equation, evidence) for equation in put)


Terms = tuple[tuple[Cell, int], ...]
"""Cells with their signs."""


class Equation(NamedTuple):
    """A rule where an edition prints it: at a row or at a column, the sum of the left cells against that of the right ones."""

    row: str | None
    column: str | None
    left: Terms
    right: Terms
    cells: tuple[Cell, ...]
    holding: str
    """What is said where it holds, with a %s for each of the cells."""
    failing: str


@cache
def equations(rule_id: str, edition: str) -> tuple[Equation, ...]:
    """The rule spelled out."""
    return tuple(_spell(form().rules[rule_id], edition))


def _spell(rule: Rule, edition: str) -> Iterator[Equation]:
    f = form()
    right = rule.right or tuple(Term(code) for code in f.leaves_below(rule.leaves_below or "", edition))
    if rule.per == "column":
        for column in f.columns_of(rule.table or "", edition):
            yield _equation(rule, None, column.code, _by_column(rule.left, column.code), _by_column(right, column.code))
    else:
        for row in f.rows_of(rule.table or "", edition):
            if not rule.rows or row.code in rule.rows:
                yield _equation(rule, row.code, None, _by_row(rule.left, row.code), _by_row(right, row.code))


def _equation(rule: Rule, row: str | None, column: str | None, left: Terms, right: Terms) -> Equation:
    one, other, negated = _sum_text(left), _sum_text(right), "<" if rule.relation == ">=" else "≠"
    cells = tuple(cell for cell, _ in (*left, *right))
    return Equation(row, column, left, right, cells, f"{one} {rule.relation} {other}", f"{one} {negated} {other}")


def _sum_text(terms: Terms) -> str:
    return "".join(f" {'+' if sign > 0 else '-'} %s" for _, sign in terms).removeprefix(" + ").removeprefix(" ")


def _by_column(terms: Iterable[Term], column: str) -> Terms:
    return tuple(((term.code, column), term.sign) for term in terms)


def _by_row(terms: Iterable[Term], row: str) -> Terms:
    return tuple(((row, term.code), term.sign) for term in terms)


def broken(rule: Rule, edition: str, evidence: Evidence) -> Iterator[Equation]:
    """Where the numbers contradict a rule: what `assess` finds to fail, without words."""
    for equation in equations(rule.id, edition):
        actual, expected = total(equation.left, evidence.numbers), total(equation.right, evidence.numbers)
        if actual is not None and expected is not None and not _holds(rule, actual, expected):
            yield equation


def _holds(rule: Rule, actual: Decimal, expected: Decimal) -> bool:
    return actual >= expected if rule.relation == ">=" else actual == expected


def _compare(rule: Rule, equation: Equation, evidence: Evidence) -> Finding:
    row, column, left, right, cells, holding, failing = equation
    actual, expected = total(left, evidence.numbers), total(right, evidence.numbers)
    if actual is None or expected is None:
        missing = [f"{r} × {c}" for r, c in cells if (r, c) not in evidence.numbers]
        return finding(rule, "not_assessable", row, column, expected, actual, "no number in " + ", ".join(missing), cells)
    holds = _holds(rule, actual, expected)
    message = (holding if holds else failing) % tuple([evidence.words[cell] for cell in cells])
    return finding(rule, "pass" if holds else "fail", row, column, expected, actual, message, cells)


def total(terms: Terms, numbers: Mapping[Cell, Decimal]) -> Decimal | None:
    """The signed sum of the cells, or None where one has no number."""
    try:
        return sum([numbers[cell] if sign > 0 else -numbers[cell] for cell, sign in terms], Decimal(0))
    except KeyError:
        return None


def plain(value: Decimal | None) -> str:
    """A number as a person writes it, without exponent or trailing zeros."""
    if value is None:
        return ""
    text = str(value)
    if "E" in text:
        text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def finding(
    rule: Rule,
    outcome: Outcome,
    row: str | None,
    column: str | None,
    expected: Decimal | str | None,
    actual: Decimal | str | None,
    message: str,
    cells: tuple[Cell, ...] = (),
) -> Finding:
    """A finding of that rule; numbers are printed plainly."""
    meant = plain(expected) if isinstance(expected, Decimal) else expected
    said = plain(actual) if isinstance(actual, Decimal) else actual
    return Finding(rule.id, rule.severity, row, column, outcome, meant, said, message, cells)


def _claims(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Each exact number of the prose against its cells; one finding a claim code, the first claim that disagrees speaks."""
    for code, cells in rule.claims.items():
        stated = [claim for claim in evidence.claims if claim.code == code and not claim.approximate]
        table = form().rows[cells[0][0]].table
        if table not in evidence.editions:
            continue
        row = cells[0][0] if len(cells) == 1 else code.removeprefix("claim.")
        if not stated:
            yield finding(rule, "not_assessable", row, cells[0][1], None, None, "the prose states no such number", cells)
            continue
        outcomes = [_claim(rule, claim, cells, row, evidence) for claim in stated]
        yield next((o for o in outcomes if o.outcome == "fail"), outcomes[0])


def _added(cells: Iterable[Cell]) -> Terms:
    return tuple((cell, 1) for cell in cells)


def _claim(rule: Rule, claim: Claim, cells: tuple[Cell, ...], row: str, evidence: Evidence) -> Finding:
    table_value = total(_added(cells), evidence.numbers)
    values = [table_value]
    for words, wider in rule.also.items():
        if words in claim.sentence:
            values.append(total(_added(wider), evidence.numbers))
    if table_value is None:
        return finding(rule, "not_assessable", row, cells[0][1], None, claim.value, "no number in the table", cells)
    outcome: Outcome = "pass" if claim.value in values else "fail"
    return finding(rule, outcome, row, cells[0][1], table_value, claim.value, claim.sentence, cells)


def _non_negative(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """One finding a row of figures; each cell that is negative or, being a count, not whole fails by itself."""
    rows: dict[str, list[Cell]] = {}
    known_rows, known_columns, words = form().rows, form().columns, evidence.words
    for cell, figure in evidence.figures.items():
        if cell[0] in known_rows and (figure.table_code, cell[1]) in known_columns:
            rows.setdefault(cell[0], []).append(cell)
    for row, cells in rows.items():
        numbers = [cell for cell in cells if cell in words]
        wrong = [cell for cell in numbers if not (words[cell].isdecimal() or _in_domain(evidence.figures[cell]))]
        for cell in wrong:
            figure = evidence.figures[cell]
            yield finding(rule, "fail", row, cell[1], "0", figure.value, f"{figure.raw} is no count or amount", (cell,))
        if not wrong:
            outcome: Outcome = "pass" if len(numbers) == len(cells) else "not_assessable"
            yield finding(rule, outcome, row, None, "0", None, f"{len(numbers)} of {len(cells)} cells hold numbers", tuple(cells))


def _in_domain(figure: Figure) -> bool:
    value = figure.value or Decimal(0)
    whole = value == value.to_integral_value()
    if whole and value >= 0:
        return True
    column = form().columns[figure.table_code, figure.column_code]
    return whole if column.type == "signed" else value >= 0 and column.type.startswith("decimal")


def _rules_level(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    row = form().rows["disclosure.rules"]
    for column in form().columns_of("disclosure"):
        figure = evidence.figures.get((row.code, column.code))
        if figure is None:
            continue
        cell = ((row.code, column.code),)
        allowed = evidence.level in row.only_levels
        if not figure.value or allowed:
            outcome: Outcome = "not_assessable" if figure.state == "unreadable" and not allowed else "pass"
        else:
            outcome = "not_assessable" if evidence.level is None else "fail"
        message = f"level {evidence.level or 'not known from the report alone'}"
        yield finding(rule, outcome, row.code, column.code, None if allowed else "0", figure.value, message, cell)


def _process_fee(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """Section six must state what was collected, if only that nothing was."""
    if evidence.editions.get("requests") not in rule.editions:
        return
    ordinals = {n for n, section in enumerate(evidence.sections) if section.code == "s6_other"}
    if not ordinals:
        yield finding(rule, "not_assessable", None, None, "stated", None, "section six was not found")
        return
    stated = [claim for claim in evidence.claims if claim.code == "claim.process_fee"]
    mentioned = any("信息处理费" in evidence.sections[n].text for n in ordinals)
    outcome: Outcome = "pass" if stated or mentioned else "fail"
    actual = plain(stated[0].value) if stated else ("mentioned" if mentioned else "not stated")
    yield finding(rule, outcome, None, None, "stated", actual, stated[0].sentence if stated else "section six on 信息处理费")


def _year(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    """The year of the title against the period's, the publication's and the signature's."""
    if evidence.year is None:
        yield finding(rule, "not_assessable", None, None, None, None, "no year was found")
        return
    others = {
        "period": evidence.period_year,
        "publication - 1": evidence.published_on.year - 1 if evidence.published_on else None,
        "signature - 1": evidence.signed_on.year - 1 if evidence.signed_on else None,
    }
    known = {name: year for name, year in others.items() if year is not None}
    if not known:
        yield finding(rule, "not_assessable", None, None, str(evidence.year), None, "neither period nor dates were found")
        return
    wrong = {name: year for name, year in known.items() if year != evidence.year}
    said = ", ".join(f"{name} {year}" for name, year in (wrong or known).items())
    year = next(iter((wrong or known).values()))
    yield finding(rule, "fail" if wrong else "pass", None, None, str(evidence.year), str(year), said)


def _deadline(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    published = evidence.published_on
    level = "own" if evidence.scope == "own" else evidence.level
    if published is None or evidence.year is None or level is None or level not in rule.dates:
        yield finding(rule, "not_assessable", None, None, None, str(published) if published else None, "date, year or level not known")
        return
    due = date.fromisoformat(f"{evidence.year + 1}-{rule.dates[level]}")
    outcome: Outcome = "pass" if published <= due else "fail"
    days = (published - due).days
    yield finding(rule, outcome, None, None, str(due), str(published), f"{days} days late" if days > 0 else f"{-days} days before")


def _overview_length(rule: Rule, evidence: Evidence) -> Iterator[Finding]:
    if evidence.editions.get("requests") not in rule.editions:
        return
    parts = [section for section in evidence.sections if section.code == "s1_overview"]
    if not parts:
        yield finding(rule, "not_assessable", None, None, str(rule.limit), None, "section one was not found")
        return
    length = sum(len("".join(section.text.split())) for section in parts)
    yield finding(rule, "pass" if length <= (rule.limit or 0) else "fail", None, None, str(rule.limit), str(length), f"{length} characters")


CHECKS: Mapping[str, Callable[[Rule, Evidence], Iterator[Finding]]] = {
    "non_negative": _non_negative,
    "rules_level": _rules_level,
    "process_fee": _process_fee,
    "year": _year,
    "deadline": _deadline,
    "overview_length": _overview_length,
}
