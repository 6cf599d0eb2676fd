"""PDF: our reader against pdfplumber's `extract_tables` with its defaults, page by page, on the same reports.

    .venv/bin/python benchmarks/pdf_vs_pdfplumber.py [--rounds 3] [--real FOLDER]

For each layout and in total, milliseconds of CPU a page: of pdfplumber, of our reader (bytes to Document), and of the whole of
`extract.read` (figures, identity, prose and rules too, where pdfplumber has only found its tables). The tools take turns in one
process; the best of the rounds counts. Of all value cells, how many are right: *values* after aligning rows by their label,
*strict* in exactly their row and column once fragments are concatenated in the tool's own order. Real reports, which nobody has
typed in, are timed only.
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
from extract import read as whole
from extract.document import Source
from extract.pdf import read
from tests.corpus.generate.model import Specimen, specimen
from tests.corpus.generate.pdf import STYLES, draw
from tests.office import expected, read_slots

STYLE_NAMES = ("stroke", "rectfill", "cellrect", "gap", "shade", "header", "cut", "torn", "open", "narrow", "bold", "path", "frame")
Rows = list[list[str]]


class Tally(NamedTuple):
    """Seconds of CPU by tool, and of the value cells wanted how many each tool has right, by label and by place."""

    pages: int
    seconds: dict[str, float]
    cells: int
    right: dict[str, tuple[int, int]]

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        seconds = {name: self.seconds.get(name, 0.0) + spent for name, spent in other.seconds.items()}
        right = {name: (self.right.get(name, (0, 0))[0] + a, self.right.get(name, (0, 0))[1] + b) for name, (a, b) in other.right.items()}
        return Tally(self.pages + other.pages, seconds, self.cells + other.cells, right)

    def line(self, name: str) -> str:
        """One line of the report."""
        peer, alone, all_of_it = (self.seconds[tool] for tool in TOOLS)
        times = "".join(f"{1000 * spent / self.pages:9.2f}" for spent in (peer, alone, all_of_it))
        rights = "".join(f"   {tool} {values}, {strict} of {self.cells}" for tool, (values, strict) in self.right.items())
        return f"{name:14}{times}   {peer / alone:5.1f} x {peer / all_of_it:5.1f} x{rights}"


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


def report(content: bytes) -> None:
    whole.read(Source(content))


TOOLS: dict[str, Callable[[bytes], list[Rows] | None]] = {"pdfplumber": plumber, "nianbao": ours, "whole": report}


def measure(content: bytes, rounds: int, model: Specimen | None) -> Tally:
    seconds = dict.fromkeys(TOOLS, float("inf"))
    found: dict[str, list[Rows]] = {}
    for _ in range(rounds):
        for name, tool in TOOLS.items():
            start = time.process_time()
            tables = tool(content)
            seconds[name] = min(seconds[name], time.process_time() - start)
            if tables is not None:
                found[name] = tables
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        pages = len(pdf.pages)
    if model is None:
        return Tally(pages, seconds, 0, {})
    scores = {name: score(tables, model) for name, tables in found.items()}
    return Tally(pages, seconds, next(iter(scores.values()))[0], {name: (values, strict) for name, (_, values, strict) in scores.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--real", type=Path, help="a folder of PDF files, timed as well")
    given = parser.parse_args()
    print(f"{'ms/page':14}{'plumber':>9}{'reader':>9}{'whole':>9}   reader   whole   right by label, by place")
    total = Tally(0, {}, 0, {})
    for name in STYLE_NAMES:
        model = specimen(11)
        tally = measure(draw(model, STYLES[name]), given.rounds, model)
        total = total.plus(tally)
        print(tally.line(name), flush=True)
    print(total.line("all of these"))
    for path in sorted(given.real.rglob("*.pdf")) if given.real else ():
        print(measure(path.read_bytes(), given.rounds, None).line(path.stem[:13]))


if __name__ == "__main__":
    main()
