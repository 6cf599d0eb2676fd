"""A second, independent reader where the first leaves a cell unread or breaks a rule; the sums decide between the two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from extract import office_program
from extract.align import Alignment, align
from extract.check import Equation, Evidence, broken
from extract.document import Document, Problem, Source
from extract.errors import ReadError
from extract.form import FORM_TABLES, form
from extract.kind import Kind, sniff
from extract.report import Figure

SUMS = ("T3.balance", "T3.outcome_total", "T3.row_total", "T4.total")
READ_TWICE = frozenset((Kind.pdf, Kind.doc, Kind.wps))
"""Kinds that a second reader may open."""
Key = tuple[str, str, str]


def second_opinion(source: Source, first: Alignment) -> Alignment:
    """The alignment with every doubtful cell settled by a second reader (pdfplumber for PDF, LibreOffice for binary Word where it
    is present): agreement stands, disagreement needs the sums.
    """
    kind = sniff(source.content)
    reader = _second_reader(kind) if kind in READ_TWICE and first.tables and _is_doubtful(first) else None
    if reader is None:
        return first
    try:
        second = align(reader(source.content))
    except ReadError as error:
        first.problems.append(Problem("second_reader", f"the second reader failed: {error}"))
        return first
    return reconcile(first, second)


def _second_reader(kind: Kind) -> Callable[[bytes], Document] | None:
    if kind is Kind.pdf:
        from extract.pdf_second import read as read_pdf  # slow to import, rarely needed

        return read_pdf
    return office_program.read if office_program.is_present() else None


def _is_doubtful(found: Alignment) -> bool:
    incomplete = not all(table.complete for table in found.tables) or len(found.tables) < len(FORM_TABLES)
    return incomplete or any(f.state == "unreadable" for f in found.figures.values()) or any(_broken(found))


def _broken(found: Alignment) -> Iterator[Equation]:
    """The sums that do not add up."""
    editions = {table.table_code: table.edition for table in found.tables}
    evidence = Evidence({key[1:]: figure for key, figure in found.figures.items() if figure.match != "extra"}, editions)
    for rule in (form().rules[name] for name in SUMS):
        edition = editions.get(rule.table or "")
        if edition in rule.editions:
            yield from broken(rule, edition, evidence)


def reconcile(first: Alignment, second: Alignment) -> Alignment:
    """Both readings as one. A cell that they read differently is the one that breaks fewer sums, else unreadable."""
    figures = dict(first.figures)
    for key, other in second.figures.items():
        own = figures.get(key)
        if own is None or own.state == "unreadable":
            if other.state != "unreadable" and _breaks(second, key, other) == 0 and key[0] in FORM_TABLES:
                figures[key] = other._replace(repaired=True)
        elif (own.state, own.value) != (other.state, other.value) and other.state != "unreadable":
            figures[key] = _decide(first, key, own, other)
    problems = [*first.problems]
    changed = [k for k, f in figures.items() if first.figures.get(k) != f]
    if changed:
        problems.append(Problem("second_reader", f"{len(changed)} cells were settled or given up after a second reading"))
    whole = {t.table_code for t in second.tables if t.complete and all(key in figures for key in second.figures if key[0] == t.table_code)}
    tables = [t._replace(complete=t.complete or t.table_code in whole) for t in first.tables]
    tables += [t for t in second.tables if t.table_code not in {own.table_code for own in first.tables}]
    names = tuple(form().tables[code].zh for code in whole)
    problems = [p for p in problems if p.code != "table_incomplete" or not p.message.startswith(names)]
    return replace(first, figures=figures, problems=problems, tables=tables)


def _decide(found: Alignment, key: Key, own: Figure, other: Figure) -> Figure:
    mine, theirs = _breaks(found, key, own), _breaks(found, key, other)
    if mine == theirs:
        return own._replace(value=None, state="unreadable", raw=f"{own.raw} | {other.raw}")
    return own if mine < theirs else other._replace(repaired=True)


def _breaks(found: Alignment, key: Key, figure: Figure) -> int:
    """How many sums with that cell fail when it holds that figure."""
    trial: Mapping[Key, Figure] = {**found.figures, key: figure}
    cell = (key[1], key[2])
    return sum(cell in equation.cells for equation in _broken(replace(found, figures=dict(trial))))
