"""The tables found in a document, in order → those of one report: pieces of a table joined, copies compared, another report's told.

Pages set last year's report, or another body's, below the first. What the first does not hold is never taken from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from extract.document import Grid, Problem
from extract.form import FORM_TABLES, form
from extract.headers import Header
from extract.report import ExtraCell, Figure


@dataclass(slots=True)
class Walk:
    """One table of the form, or a piece of one, while its grid and the fragments that continue it are walked."""

    header: Header
    grid: Grid
    figures: dict[tuple[str, str], Figure] = field(default_factory=dict)
    extras: list[ExtraCell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    missing: int = 0


def of_one_report(walks: Iterable[Walk]) -> list[Walk]:
    """The tables of the first report, each once, with what its later pieces and copies add."""
    kept: dict[str, Walk] = {}
    for run in _runs([walk for walk in walks if walk.figures]):
        other = any(_is_other(kept[walk.header.table], walk) for walk in run if walk.header.table in kept)
        for walk in run:
            first = kept.get(walk.header.table)
            if first is not None:
                _join(first, walk, other)
            elif not other:
                kept[walk.header.table] = walk
    return list(kept.values())


def _runs(walks: Sequence[Walk]) -> Iterator[list[Walk]]:
    """Tables that follow each other as in the form: one report prints them once, in that order, some of them in pieces."""
    run: list[Walk] = []
    for walk in walks:
        if run and (_place(walk) < _place(run[-1]) or (_place(walk) == _place(run[-1]) and walk.figures.keys() & run[-1].figures.keys())):
            yield run
            run = []
        run.append(walk)
    if run:
        yield run


def _place(walk: Walk) -> int:
    return FORM_TABLES.index(walk.header.table)


def _differing(first: Walk, second: Walk) -> list[tuple[str, str]]:
    shared = first.figures.keys() & second.figures.keys()
    return [key for key in second.figures if key in shared and _said(first.figures[key]) != _said(second.figures[key])]


def _said(figure: Figure) -> object:
    return figure.value if figure.value is not None else figure.state


def _is_other(first: Walk, second: Walk) -> bool:
    """Whether a table printed again is another report's: most of what either says, zeros apart, the other says otherwise."""
    shared = first.figures.keys() & second.figures.keys()
    telling = [key for key in shared if first.figures[key].value or second.figures[key].value]
    return 2 * len(_differing(first, second)) > len(telling)


def _join(first: Walk, second: Walk, other: bool) -> None:
    """The same figures are a copy or a piece, which may hold more; others are told, and the first table stands."""
    differing = _differing(first, second)
    if differing:
        name = form().tables[first.header.table].zh
        place = second.figures[differing[0]].place
        first.problems.append(Problem("table_repeated", f"{name}: printed again with {len(differing)} other figures", place))
    elif not other:
        first.figures |= {key: figure for key, figure in second.figures.items() if key not in first.figures}
        first.extras += second.extras
        first.problems += second.problems
        first.missing += second.missing
