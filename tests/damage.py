"""Tables as careless editors leave them: a span one too small or too large, a cell too many or too few, two columns exchanged.

python -m tests.damage --count 2400          read that many damaged reports; exit 1 where a figure is wrong, invented or a misplaced blank
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial

from extract.document import Source
from extract.number import parse
from extract.read import read
from extract.report import Report
from nianbao.demo.typeset import Box, Table
from tests.corpus.generate.html import page
from tests.corpus.generate.model import Specimen, retext, specimen

Place = tuple[int, int]


def _places(table: Table, wanted: Callable[[Box], bool]) -> list[Place]:
    return [(r, c) for r, row in enumerate(table) for c, box in enumerate(row) if wanted(box)]


def _change(table: Table, place: Place, change: Callable[[Box], list[Box]]) -> Table:
    r, c = place
    row = table[r]
    return [*table[:r], [*row[:c], *change(row[c]), *row[c + 1 :]], *table[r + 1 :]]


def narrower(table: Table, rng: random.Random) -> Table:
    """A colspan one too small."""
    places = _places(table, lambda box: box.colspan > 1)
    return _change(table, rng.choice(places), lambda box: [replace(box, colspan=box.colspan - 1)]) if places else table


def wider(table: Table, rng: random.Random) -> Table:
    """A colspan one too large, on a label."""
    return _change(table, rng.choice(_places(table, lambda box: box.key is None)), lambda box: [replace(box, colspan=box.colspan + 1)])


def shorter(table: Table, rng: random.Random) -> Table:
    """A rowspan one too small."""
    places = _places(table, lambda box: box.rowspan > 1)
    return _change(table, rng.choice(places), lambda box: [replace(box, rowspan=box.rowspan - 1)]) if places else table


def taller(table: Table, rng: random.Random) -> Table:
    """A rowspan one too large."""
    places = _places(table, lambda box: box.rowspan > 1)
    return _change(table, rng.choice(places), lambda box: [replace(box, rowspan=box.rowspan + 1)]) if places else table


def unspanned(table: Table, rng: random.Random) -> Table:
    """A label without its spans."""
    places = _places(table, lambda box: box.key is None and box.rowspan * box.colspan > 1)
    return _change(table, rng.choice(places), lambda box: [replace(box, rowspan=1, colspan=1)]) if places else table


def lost_label(table: Table, rng: random.Random) -> Table:
    """A label cell left out."""
    return _change(table, rng.choice(_places(table, lambda box: box.key is None)), lambda _: [])


def lost_figure(table: Table, rng: random.Random) -> Table:
    """A figure cell left out: it is not printed at all."""
    return _change(table, rng.choice(_places(table, lambda box: box.key is not None)), lambda _: [])


def extra_blank(table: Table, rng: random.Random) -> Table:
    """A blank cell too many."""
    place = rng.choice(_places(table, lambda _: True))
    return _change(table, place, lambda box: [Box(""), box] if rng.random() < 0.5 else [box, Box("")])


def empty_label(table: Table, rng: random.Random) -> Table:
    """A label left empty."""
    return _change(table, rng.choice(_places(table, lambda box: box.key is None)), lambda box: [replace(box, text="")])


def odd_label(table: Table, rng: random.Random) -> Table:
    """A label cut, doubled or misspelt."""

    def spoil(box: Box) -> list[Box]:
        at = rng.randrange(len(box.text) + 1)
        return [replace(box, text=rng.choice((box.text[:at], box.text * 2, box.text[:at] + "某" + box.text[at + 1 :], box.text[at:])))]

    return _change(table, rng.choice(_places(table, lambda box: box.key is None)), spoil)


def swapped_headers(table: Table, rng: random.Random) -> Table:
    """Two header cells of one row exchanged, the figures not: a lie that only the sums can tell."""
    rows = [r for r, row in enumerate(table) if len(row) > 2 and not any(box.key for box in row)]
    r = rng.choice(rows)
    a, b = rng.sample(range(len(table[r])), 2)
    row = list(table[r])
    row[a], row[b] = row[b], row[a]
    return [*table[:r], row, *table[r + 1 :]]


HONEST = (narrower, wider, shorter, taller, unspanned, lost_label, extra_blank, empty_label, odd_label)
"""Damage after which every printed figure still is what its own row says; a cell left out is not printed."""
UNPRINTED = (*HONEST, lost_figure)
"""The same, and figures that are printed nowhere."""
Kinds = tuple[Callable[[Table, random.Random], Table], ...]


def damaged(table: Table, rng: random.Random, kinds: Kinds = HONEST) -> Table:
    """One or two kinds of damage."""
    for _ in range(rng.randint(1, 2)):
        table = rng.choice(kinds)(table, rng)
    return table


def wrong(model: Specimen, report: Report) -> list[tuple[str, str]]:
    """Figures that do not say what is printed: (what they are, which cell and what was read)."""
    found = []
    for figure in report.figures:
        printed = model.expected.get((figure.table_code, figure.row_code, figure.column_code))
        if figure.match == "extra" or figure.state == "unreadable":
            continue
        if printed is None or (figure.state, figure.value) != parse(printed)[:2][::-1]:
            kind = "invented" if printed is None else "misplaced blank" if figure.value is None else "wrong"
            found.append((kind, f"{figure.row_code} × {figure.column_code}: {printed} read as {figure.raw}"))
    return found


def _one(seed: int, kinds: Kinds = HONEST) -> tuple[Counter[str], list[str]]:
    """The counts of one damaged report, a third of them with blanks or dashes for zeros, and what is not as printed."""
    rng = random.Random(seed)
    model = specimen(seed, rng.choice(("v2021", "v2019")))
    zero = rng.choice(("0", "0", "0", "0", "", "—"))
    model = retext(model, {key: zero for key, text in model.expected.items() if text == "0"})
    blocks = tuple(block if isinstance(block, str) else damaged(block, rng, kinds) for block in model.blocks)
    report = read(Source(page(replace(model, blocks=blocks)).encode()))
    faults = wrong(model, report)
    read_well = sum(f.state != "unreadable" and f.match != "extra" for f in report.figures) - len(faults)
    counts = Counter(reports=1, cells=len(model.expected), right=read_well) + Counter(kind for kind, _ in faults)
    return counts, [f"seed {seed}: {kind}: {what}" for kind, what in faults]


def main() -> int:
    """Print the counts and every figure that is not as printed."""
    parser = argparse.ArgumentParser(description="Reports damaged at random: what is read of them is as printed, or nothing.")
    parser.add_argument("--count", type=int, default=2400)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--unprinted", action="store_true", help="leave figure cells out as well")
    options = parser.parse_args()
    one = partial(_one, kinds=UNPRINTED if options.unprinted else HONEST)
    total: Counter[str] = Counter({"wrong": 0, "invented": 0, "misplaced blank": 0})
    faults: list[str] = []
    with ProcessPoolExecutor(2) as pool:
        for counts, found in pool.map(one, range(options.first, options.first + options.count), chunksize=20):
            total.update(counts)
            faults += found
    print(*faults, sep="\n", end="\n" if faults else "")
    print(", ".join(f"{name} {count:,}" for name, count in total.items()))
    return int(bool(faults))


if __name__ == "__main__":
    raise SystemExit(main())
