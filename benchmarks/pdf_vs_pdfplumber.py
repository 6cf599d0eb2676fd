"""PDF: our reader against pdfplumber's `extract_tables` with its defaults, on the same made-up reports.

    .venv/bin/python benchmarks/pdf_vs_pdfplumber.py [--rounds 3]

Prints milliseconds of CPU a page and, of all value cells, how many are right: *values* after aligning rows by their label,
*strict* in exactly their row and column once fragments are concatenated in the tool's own order.
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pdfplumber

sys.path.insert(0, str(Path(__file__).parents[1]))
from extract.pdf import read
from tests.corpus.generate.model import Specimen, specimen
from tests.corpus.generate.pdf import STYLES, draw
from tests.office import expected, read_slots

STYLE_NAMES = ("stroke", "rectfill", "cellrect", "gap", "shade", "header", "cut", "torn", "open", "narrow", "bold", "path", "frame")
Rows = list[list[str]]


class Result(NamedTuple):
    seconds: float
    pages: int
    cells: int
    values: int
    strict: int


def ours(content: bytes) -> list[Rows]:
    return read_slots(read(content))


def plumber(content: bytes) -> list[Rows]:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        tables = [table for page in pdf.pages for table in page.extract_tables()]
    return [[["".join((text or "").split()) for text in row] for row in table] for table in tables]


def wanted(model: Specimen) -> tuple[list[Rows], list[tuple[int, int, str, tuple[str, ...]]]]:
    """The tables in full, and each row of figures as (table, row, its last label, its values)."""
    tables = expected(model)
    rows = []
    for t, table in enumerate(tables):
        for r, row in enumerate(table):
            labels = 0 if t == 2 else (1 if t == 0 else 3)
            values = tuple(row[labels:])
            if all(value.lstrip("+-").replace(".", "").isdigit() for value in values):
                rows.append((t, r, row[labels - 1] if labels else "", values))
    return tables, rows


def score(found: list[Rows], model: Specimen) -> tuple[int, int, int]:
    """Cells wanted, cells right by label, cells right by position."""
    tables, rows = wanted(model)
    got = [row for table in found for row in table]
    by_label = [("".join(dict.fromkeys(row)), row) for row in got]
    flat: Rows = [row for table in tables for row in table]
    cells = values = strict = 0
    for t, r, label, figures in rows:
        cells += len(figures)
        place = sum(len(table) for table in tables[:t]) + r
        if place < len(got) and len(got[place]) == len(flat[place]):
            strict += sum(a == b for a, b in zip(got[place][-len(figures) :], figures, strict=True))
        values += max((_agreeing(row, figures) for text, row in by_label if (label and label in text) or not label), default=0)
    return cells, values, strict


def _agreeing(row: list[str], figures: tuple[str, ...]) -> int:
    """How many of the figures the row holds, as a multiset: merged cells may be repeated or left out."""
    return sum((Counter(text for text in row) & Counter(figures)).values())


def measure(tool: Callable[[bytes], list[Rows]], documents: list[tuple[Specimen, bytes]], pages: int, rounds: int) -> Result:
    best = float("inf")
    found: list[list[Rows]] = []
    for _ in range(rounds):
        start = time.process_time()
        found = [tool(content) for _, content in documents]
        best = min(best, time.process_time() - start)
    totals = [score(tables, model) for tables, (model, _) in zip(found, documents, strict=True)]
    cells, values, strict = (sum(part) for part in zip(*totals, strict=True))
    return Result(best, pages, cells, values, strict)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    documents = [(model, draw(model, STYLES[name])) for model in (specimen(11),) for name in STYLE_NAMES]
    pages = 0
    for _, content in documents:
        with pdfplumber.open(io.BytesIO(content)) as pdf:
            pages += len(pdf.pages)
    print(f"{len(documents)} documents, {pages} pages, best of {rounds}")
    results = {"nianbao": measure(ours, documents, pages, rounds), "pdfplumber": measure(plumber, documents, pages, rounds)}
    for name, r in results.items():
        print(f"{name:11} {1000 * r.seconds / r.pages:7.2f} ms/page   values {r.values}/{r.cells}   strict {r.strict}/{r.cells}")
    print(f"ratio {results['pdfplumber'].seconds / results['nianbao'].seconds:.1f}")


if __name__ == "__main__":
    main()
