"""Scanned, photographed and screenshot reports, read whole: no figure wrong, and of the clean ones nearly all read."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract.document import Source
from extract.number import parse
from extract.read import read
from tests.corpus.generate.model import specimen

SCANS = Path(__file__).parent / "corpus" / "scans"
SEED = 11
"""The report that all of them show, see tests/corpus/generate/scan.py."""


@pytest.mark.parametrize(("name", "least"), [("fax.tiff", 198), ("screenshot.png", 198), ("photo150.pdf", 150), ("seal.pdf", 170)])
def test_no_figure_of_a_picture_is_wrong(name: str, least: int) -> None:
    """Each figure that is read is the printed one; the others say that they are unread; agency and year are recognised."""
    model = specimen(SEED)
    report = read(Source((SCANS / name).read_bytes()))
    figures = {(f.table_code, f.row_code, f.column_code): f for f in report.figures if f.state == "number"}
    wrong = {
        key: (figures[key].raw, text) for key, text in model.expected.items() if key in figures and figures[key].value != parse(text).value
    }
    assert wrong == {}
    assert sum(key in figures for key in model.expected) >= least
    assert (report.agency, report.year) == (model.agency, model.year)
