"""The sums of the form decide between readings of a scanned figure, or leave it unread."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from extract.document import Place
from extract.report import Figure
from extract.settle import Candidates, Cell, settle
from tests.corpus.generate.model import figures as made

EDITIONS = {"disclosure": "v2021", "requests": "v2021", "challenges": "v2021"}


def report(seed: int = 5) -> dict[Cell, Figure]:
    """Every cell of a coherent report, as a reader hands it on."""
    found: dict[Cell, Figure] = {}
    for n, (key, text) in enumerate(sorted(made(random.Random(seed), "v2021").items())):
        found[key] = Figure(*key, Decimal(text), None, "number", text, Place(1, n, 0), "ocr", confidence=0.99)
    return found


def doubted(figures: dict[Cell, Figure], cell: Cell, readings: tuple[str, ...]) -> tuple[dict[Cell, Figure], Candidates]:
    """The report with one figure unread, and what it may be."""
    figure = figures[cell]._replace(value=None, state="unreadable", raw=readings[0], confidence=0.6)
    share = 1 / len(readings)
    return figures | {cell: figure}, {figure.place: tuple((text, share) for text in readings)}


BOUND = [
    ("requests", "requests.outcome.granted", "natural_person"),
    ("requests", "requests.new", "total"),
    ("challenges", "challenges.review", "corrected"),
]


@pytest.mark.parametrize("cell", BOUND)
def test_the_reading_that_the_sums_allow_is_taken(cell: Cell) -> None:
    """Of a wrong likelier and the right reading the sums choose the right one, and the figure says that it was repaired."""
    whole = report()
    right = whole[cell].raw
    figures, candidates = doubted(whole, cell, (right + "0" if right != "0" else "8", right))
    settled = settle(figures, candidates, EDITIONS)[cell]
    assert (settled.state, settled.value, settled.repaired) == ("number", whole[cell].value, True)
    assert settled.confidence == 0.9


@pytest.mark.parametrize("cell", BOUND)
def test_no_reading_is_taken_that_the_sums_refuse(cell: Cell) -> None:
    """Where the right reading is not among the candidates the figure stays unread."""
    whole = report()
    value = int(whole[cell].raw)
    figures, candidates = doubted(whole, cell, (str(value + 1), str(value + 7)))
    assert settle(figures, candidates, EDITIONS) == figures


def test_a_figure_in_no_sum_stays_unread() -> None:
    """Table 2 has no arithmetic: nothing decides."""
    figures, candidates = doubted(report(), ("disclosure", "disclosure.licensing", "decisions"), ("6", "8"))
    assert settle(figures, candidates, EDITIONS) == figures


def test_an_ambiguous_choice_stays_unread() -> None:
    """Two doubtful figures that only one sum binds, and that could be exchanged, are both left."""
    whole = report()
    first, second = ("challenges", "challenges.review", "upheld"), ("challenges", "challenges.review", "corrected")
    figures, one = doubted(whole, first, ("3", "8"))
    figures, other = doubted(figures, second, ("8", "3"))
    assert settle(figures, {**one, **other}, EDITIONS) == figures


def test_an_error_of_the_agency_is_not_corrected() -> None:
    """A sum that fails among figures read with certainty, without other readings, is printed so and kept so."""
    whole = report()
    cell = ("requests", "requests.outcome.total", "natural_person")
    wrong = whole | {cell: whole[cell]._replace(value=Decimal(99999), raw="99999")}
    assert settle(wrong, {}, EDITIONS) == wrong


def test_a_certain_looking_misreading_is_put_right_where_another_reading_satisfies_all_sums() -> None:
    """A figure that breaks its sums and may also be the number that mends them all becomes that number, marked repaired."""
    whole = report()
    cell = ("requests", "requests.outcome.granted", "natural_person")
    misread = whole[cell]._replace(value=Decimal(777777), raw="777777")
    settled = settle(whole | {cell: misread}, {misread.place: (("777777", 0.9), (whole[cell].raw, 0.1))}, EDITIONS)[cell]
    assert (settled.value, settled.repaired) == (whole[cell].value, True)


@pytest.mark.parametrize("seed", range(12))
def test_many_doubts_at_once_are_never_settled_wrongly(seed: int) -> None:
    """Whatever is settled is what was printed; most is settled."""
    rng = random.Random(seed)
    whole = report(seed)
    cells = rng.sample([cell for cell in whole if cell[0] == "requests"], 12)
    figures, candidates = dict(whole), dict[Place, tuple[tuple[str, float], ...]]()
    for cell in cells:
        right = int(whole[cell].raw)
        readings = [str(right), str(right + rng.choice((3, 5))), str(max(0, right - 1) or right + 2)]
        rng.shuffle(readings)
        figures, more = doubted(figures, cell, tuple(readings))
        candidates |= more
    settled = settle(figures, candidates, EDITIONS)
    decided = [cell for cell in cells if settled[cell].state == "number"]
    assert all(settled[cell].value == whole[cell].value for cell in decided)
    assert len(decided) >= 8
