"""Which of several readings of a scanned figure is right: the one that every sum of the form allows, if there is exactly one.

    settle(alignment.figures, document.candidates, {"requests": "v2021"}) -> figures

A figure in doubt is settled only where sums that can be worked out confirm it: as many sums as figures in doubt must bind
them together, and no second choice may satisfy these sums as well. What stays ambiguous stays unreadable. For the sums, and
for them alone, a blank or a dash counts as nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from extract.check import equations
from extract.document import Place
from extract.form import form
from extract.number import parse
from extract.report import Figure

Cell = tuple[str, str, str]
"""(table code, row code, column code)"""
Key = tuple[str, str]
"""(row code, column code)"""
Options = Mapping[Key, Mapping[Decimal, str]]
"""For each figure in doubt the numbers that it may be, likeliest first, each as it would be printed."""
Candidates = Mapping[Place, tuple[tuple[str, float], ...]]

LIKELY = 0.05
"""A reading less probable than this is none."""
SETTLED = 0.9
"""The confidence of a figure that sums decided, at least."""
MOST_STEPS = 50_000


class Sum(NamedTuple):
    """A rule at one row or column: the signed cells add up to zero."""

    terms: tuple[tuple[Key, int], ...]

    def missing(self, values: Mapping[Key, Decimal]) -> list[Key]:
        """The cells that have no value yet."""
        return [key for key, _ in self.terms if key not in values]

    def holds(self, values: Mapping[Key, Decimal]) -> bool:
        """Whether the cells, all of them known, add up."""
        return sum((sign * values[key] for key, sign in self.terms), Decimal(0)) == 0


def settle(figures: Mapping[Cell, Figure], candidates: Candidates, editions: Mapping[str, str]) -> dict[Cell, Figure]:
    """The figures, those in doubt replaced where the sums leave one reading. `editions` by table code."""
    settled = dict(figures)
    for table, edition in editions.items():
        own = {cell[1:]: figure for cell, figure in figures.items() if cell[0] == table}
        sums = list(_sums(table, edition, own))
        values = {key: _value(figure) for key, figure in own.items() if figure.state != "unreadable"}
        for options in _doubts(own, values, candidates, sums):
            known = {key: value for key, value in values.items() if key not in options}
            for key, value in _solved(options, known, sums).items():
                values[key] = value
                settled[table, *key] = _settled(own[key], value, options[key][value])
    return settled


def _value(figure: Figure) -> Decimal:
    return figure.value if figure.value is not None else Decimal(0)


def _sums(table: str, edition: str, figures: Mapping[Key, Figure]) -> Iterator[Sum]:
    """The arithmetic of one table whose cells are all printed."""
    for rule in form().rules.values():
        if rule.table != table or rule.needs != "report" or rule.relation != "=" or rule.severity != "error":
            continue
        if edition not in rule.editions:
            continue
        for equation in equations(rule.id, edition):
            terms = (*equation.left, *((key, -sign) for key, sign in equation.right))
            if all(key in figures for key, _ in terms):
                yield Sum(terms)


def _doubts(figures: Mapping[Key, Figure], values: Mapping[Key, Decimal], candidates: Candidates, sums: Sequence[Sum]) -> Iterator[Options]:
    """First the unreadable figures; then, where a sum fails, those in it that may also be something else."""
    options = {key: _options(figure, candidates) for key, figure in figures.items()}
    yield {key: options[key] for key, figure in figures.items() if figure.state == "unreadable" and options[key]}
    failing = [s for s in sums if not s.missing(values) and not s.holds(values)]
    yield {key: options[key] for s in failing for key, _ in s.terms if len(options[key]) > 1}


def _options(figure: Figure, candidates: Candidates) -> dict[Decimal, str]:
    found: dict[Decimal, str] = {}
    for text, probability in candidates.get(figure.place, ()):
        number = parse(text)
        if probability >= LIKELY and number.state == "number" and number.value is not None:
            found.setdefault(number.value, text)
    return found


def _solved(options: Options, known: Mapping[Key, Decimal], sums: Sequence[Sum]) -> dict[Key, Decimal]:
    """The values of those figures that the sums bind to one choice."""
    solved: dict[Key, Decimal] = {}
    for keys, bound in _bound(options, known, sums):
        ways = _ways(keys, options, known, bound)
        if len(ways) == 1:
            solved |= ways[0]
    return solved


def _bound(options: Options, known: Mapping[Key, Decimal], sums: Sequence[Sum]) -> Iterator[tuple[list[Key], list[Sum]]]:
    """Figures in doubt in groups that share sums, where there are at least as many sums as figures."""
    usable = [s for s in sums if s.missing(known) and all(key in options for key in s.missing(known))]
    left = list(usable)
    while left:
        group, keys = [left.pop(0)], set[Key]()
        keys.update(group[0].missing(known))
        while near := [s for s in left if keys.intersection(s.missing(known))]:
            left = [s for s in left if s not in near]
            group += near
            keys.update(key for s in near for key in s.missing(known))
        if len(group) >= len(keys):
            yield sorted(keys), group


def _ways(keys: list[Key], options: Options, known: Mapping[Key, Decimal], sums: list[Sum]) -> list[dict[Key, Decimal]]:
    """At most two ways to choose that satisfy every sum; none where there are too many to try."""
    order = sorted(keys, key=lambda key: len(options[key]))
    values, ways, steps = dict(known), list[dict[Key, Decimal]](), 0

    def choose(i: int) -> None:
        nonlocal steps
        steps += 1
        if len(ways) > 1 or steps > MOST_STEPS:
            return
        if i == len(order):
            ways.append({key: values[key] for key in keys})
            return
        for value in options[order[i]]:
            values[order[i]] = value
            if all(s.missing(values) or s.holds(values) for s in sums):
                choose(i + 1)
            del values[order[i]]

    choose(0)
    return ways if steps <= MOST_STEPS else []


def _settled(figure: Figure, value: Decimal, text: str) -> Figure:
    if figure.state == "number" and figure.value == value:
        return figure
    number = parse(text)
    unit, note = number.unit or figure.unit, number.note or figure.note
    confidence = max(figure.confidence, SETTLED) if figure.raw == text else SETTLED
    return figure._replace(value=value, state="number", raw=text, unit=unit, note=note, confidence=confidence, repaired=True)
