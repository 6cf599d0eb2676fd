"""Every case of the corpus is read as its expectation says; accuracy never falls below the pinned floors."""

from __future__ import annotations

import json
import tomllib

import pytest

from extract.report import Report
from tests import accuracy
from tests.accuracy import Case, cases, said, same, score
from tests.corpus.build import cases as made_cases


def written(report: Report) -> str:
    """An expectation as the readers see it, to be reviewed by a person."""
    head = {name: getattr(report, name) for name in ("status", *accuracy.HEAD)}
    figures = {f"{f.row_code} × {f.column_code}": said(f) for f in report.figures}
    return json.dumps(head | {"figures": figures}, ensure_ascii=False, indent=0, default=str) + "\n"


@pytest.mark.parametrize("case", [c for c in cases() if not c.about.get("made")], ids=lambda case: case.folder.name)
def test_a_case_kept_by_hand_is_read_as_reviewed(case: Case) -> None:
    """A missing expectation is written from what was read, then the test fails until a person has looked at it."""
    path = case.folder / "expected.json"
    report = case.read()
    if not path.exists():
        path.write_text(written(report), encoding="utf-8")
        pytest.fail(f"{path} was written from what was read: review it against the document, then run again")
    expected = json.loads(path.read_text("utf-8"))
    counts = score(report, expected)
    assert (counts["right"], counts["invented"], counts["identified"]) == (counts["cells"], 0, 1), [p.message for p in report.problems]


def test_accuracy_reaches_the_pinned_floors_on_the_pinned_corpus() -> None:
    """Cells right, documents perfect, reports identified: none falls; wrong and invented figures: none more than pinned."""
    totals, imperfect = accuracy.measured()
    floors = tomllib.loads(accuracy.FLOORS.read_text("utf-8"))
    assert list(accuracy.failures(totals, floors, accuracy.fingerprint())) == [], imperfect


def test_no_figure_of_the_corpus_is_wrong_or_invented() -> None:
    """The pinned ceilings are zero for every format: a wrong number is worse than none."""
    floors = tomllib.loads(accuracy.FLOORS.read_text("utf-8"))
    assert {(floor["wrong"], floor["invented"]) for floor in floors["format"].values()} == {(0, 0)}


def test_a_lower_floor_is_refused() -> None:
    """Updating with worse counts writes nothing and says which floor would fall."""
    floors = {"corpus": "x", "format": {"html": {"cells": 10, "right": 10, "perfect": 1, "identified": 1, "wrong": 0, "invented": 0}}}
    worse = {"html": dict.fromkeys(accuracy.COUNTED, 0) | {"right": 9, "perfect": 1, "identified": 1, "wrong": 1}}
    before = accuracy.FLOORS.read_bytes()
    assert accuracy.update(worse, floors, "x", allowed=False) == [
        "html: right 9 is below the floor of 10",
        "html: wrong 1 is above the ceiling of 0",
    ]
    assert accuracy.FLOORS.read_bytes() == before


def test_a_changed_corpus_is_noticed() -> None:
    """Floors hold for one corpus only."""
    assert list(accuracy.failures({}, {"corpus": "pinned", "format": {}}, "other")) == [
        "the corpus is not the pinned one: review the change, then run with --update"
    ]


def test_the_generator_makes_the_committed_documents_again() -> None:
    """Made-up cases are deterministic: a sample drawn again has the same bytes."""
    wanted = {"html-word-v2021", "text-cells-v2019", "docx-plain-v2021", "xlsx-plain-v2019", "rtf-plain-v2021"}
    drawn = {slug: (extension, content) for slug, _, extension, _, content in made_cases() if slug in wanted}
    assert set(drawn) == wanted
    for slug, (extension, content) in drawn.items():
        assert (accuracy.CASES / slug / f"source.{extension}").read_bytes() == content, slug


def test_numbers_are_compared_as_numbers() -> None:
    """1.50 is 1.5; blank is not zero."""
    assert same("1.50", "1.5")
    assert not same("", "0")
    assert not same("-", "")
