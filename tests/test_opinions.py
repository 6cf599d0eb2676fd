"""Two readers of one document: agreement stands, a disagreement needs the sums, and without them nothing is believed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from extract import office_program
from extract.align import Alignment, align
from extract.html import read
from extract.opinions import reconcile
from tests.corpus.generate import doc
from tests.corpus.generate.html import page
from tests.corpus.generate.model import specimen

CELL = ("requests", "requests.outcome.granted", "natural_person")
NO_SUM = ("disclosure", "disclosure.penalties", "decisions")


def reading(seed: int = 2) -> Alignment:
    """A report as one reader sees it."""
    return align(read(page(specimen(seed)).encode()))


def changed(found: Alignment, key: tuple[str, str, str], value: str | None) -> Alignment:
    """The same with one figure read differently, or not at all."""
    figure = found.figures[key]
    other = figure._replace(value=None, state="unreadable") if value is None else figure._replace(value=Decimal(value), raw=value)
    return replace(found, figures={**found.figures, key: other})


def test_two_readers_that_agree_change_nothing() -> None:
    """No problem is told, no figure touched."""
    settled = reconcile(reading(), reading())
    assert (settled.figures, settled.problems) == (reading().figures, [])


def test_a_disagreement_is_decided_by_the_sums() -> None:
    """Whichever of the two misreads: the figure that keeps row and column sums whole stands."""
    right = reading()
    wrong = changed(right, CELL, "987654")
    for first, second in ((wrong, right), (right, wrong)):
        assert reconcile(first, second).figures[CELL].value == right.figures[CELL].value


def test_a_disagreement_that_no_sum_speaks_of_is_unreadable() -> None:
    """Penalties stand in no sum: two numbers are no number."""
    right = reading()
    settled = reconcile(right, changed(right, NO_SUM, "987654"))
    assert (settled.figures[NO_SUM].state, settled.figures[NO_SUM].value) == ("unreadable", None)
    assert [problem.code for problem in settled.problems] == ["second_reader"]


def test_what_the_first_leaves_open_the_second_may_read() -> None:
    """Marked as repaired, where no sum speaks against it."""
    right = reading()
    settled = reconcile(changed(right, CELL, None), right)
    assert (settled.figures[CELL].value, settled.figures[CELL].repaired) == (right.figures[CELL].value, True)


@pytest.mark.skipif(not office_program.is_present(), reason="LibreOffice is not installed")
def test_libreoffice_reads_a_binary_word_file_as_a_second_opinion() -> None:
    """Its conversion holds tables of the form, none of whose figures contradicts the document."""
    model = specimen(3)
    found = align(office_program.read(doc.draw(model)))
    assert len(found.figures) > 150
    assert all(str(figure.value) == model.expected[key] for key, figure in found.figures.items() if figure.state == "number")
