"""No bytes make a reader crash, hang or raise: a seeded sample here, 100,000 in `make soak`."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.document import Source
from extract.kind import sniff
from extract.read import read
from tests import fuzz


@pytest.mark.parametrize("seed", [910, 911])
def test_mutated_documents_end_as_reports_in_time(seed: int) -> None:
    """A sample of the corpus, mutated: no process dies, none runs out of its time."""
    assert fuzz.batch(seed, 60).died is None


@pytest.mark.soak
def test_a_hundred_thousand_mutated_documents_end_as_reports_in_time() -> None:
    """All formats, two processes."""
    assert [batch.died for batch in fuzz.run(100_000, 2) if batch.died] == []


@given(st.binary(max_size=2000))
@settings(max_examples=200, deadline=None)
def test_random_bytes_are_unreadable_or_not_a_report(content: bytes) -> None:
    """Whatever they are taken for, nothing is invented."""
    report = read(Source(content), ocr=False)
    assert report.status in ("unreadable", "not_a_report")
    assert report.figures == ()
    assert report.problems


@given(st.sampled_from(fuzz.TOKENS), st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_a_signature_with_anything_behind_it_is_no_trap(token: bytes, text: str) -> None:
    """A file of the wrong kind under any name."""
    content = token + text.encode("utf-8", "replace")
    sniff(content)
    assert read(Source(content), ocr=False).figures == ()


def test_mutation_is_deterministic() -> None:
    """The same seed gives the same inputs, so that what a run finds can be found again."""
    one, two = (list(fuzz.inputs(5, 3)) for _ in range(2))
    assert one == two
    assert fuzz.mutate(b"abc" * 50, random.Random(1), [b"x" * 99]) == fuzz.mutate(b"abc" * 50, random.Random(1), [b"x" * 99])
