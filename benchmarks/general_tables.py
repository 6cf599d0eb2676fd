"""Tables that have nothing to do with the form, as a check that the PDF reader fits tables and not one form.

    .venv/bin/python benchmarks/general_tables.py [--documents 40]

Draws made-up tables (prices, timetables, results; merged headers, groups, words and numbers, several rules) and prints, as the
ICDAR 2013 competition does, precision and recall of neighbouring cell pairs, for our reader and for pdfplumber's defaults.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pdfplumber

sys.path.insert(0, str(Path(__file__).parents[1]))
from extract.pdf import read
from tests.corpus.generate.model import Box, Table, specimen
from tests.corpus.generate.pdf import Style, draw
from tests.corpus.generate.pdf_layout import Measure
from tests.office import Slots, expected, slots_of

WORDS = (
    "North",
    "South",
    "Total",
    "Revenue",
    "Cost",
    "Share",
    "地区",
    "产值",
    "人口",
    "增长率",
    "备注",
    "Quarter",
    "上半年",
    "下半年",
    "Item",
    "合计",
)
BORDERS = ("stroke", "rectfill", "cellrect", "gap", "double", "frame")
Pair = tuple[str, str, str]


def table(rng: random.Random) -> Table:
    """Two to eight columns, three to thirty rows; sometimes a header over two columns, or a group over several rows."""
    width, height = rng.randint(2, 8), rng.randint(3, 30)
    rows: Table = []
    if width > 3 and rng.random() < 0.5:
        rows.append([Box(rng.choice(WORDS), 2, 1), Box(rng.choice(WORDS), 1, 2), Box(rng.choice(WORDS), 1, width - 3)])
        rows.append([Box(f"{rng.choice(WORDS)}{k}") for k in range(width - 1)])
    else:
        rows.append([Box(f"{rng.choice(WORDS)}{k}") for k in range(width)])
    group = 0
    for r in range(height):
        row = []
        if group == 0:
            group = min(rng.choice((1, 1, 1, 3)), height - r)
            row.append(Box(f"{rng.choice(WORDS)} {r}", rowspan=group))
        group -= 1
        rows.append([*row, *(Box(value(rng)) for _ in range(width - 1))])
    return rows


def value(rng: random.Random) -> str:
    kinds: tuple[Callable[[], str], ...] = (
        lambda: str(rng.randint(0, 99999)),
        lambda: f"{rng.randint(0, 999)}.{rng.randint(0, 99):02}",
        lambda: rng.choice(("-", "")),
        lambda: rng.choice(WORDS),
    )
    return rng.choice(kinds)()


def document(seed: int) -> tuple[list[Slots], bytes]:
    rng = random.Random(seed)
    blocks: list[str | Table] = []
    for k in range(rng.randint(1, 4)):
        blocks += [f"Table {k + 1}. {rng.choice(WORDS)} by {rng.choice(WORDS)}", table(rng)]
    model = replace(specimen(1), blocks=tuple(blocks))
    measure = Measure(cell=rng.choice((8.0, 9.0, 10.5)), repeat_header=rng.random() < 0.3, cut_rows=rng.random() < 0.3)
    style = Style(rng.choice(BORDERS), measure, shade=rng.random() < 0.2, rotate=rng.choice((0, 0, 0, 90)))
    return expected(model), draw(model, style)


def pairs(slots: Slots) -> Counter[Pair]:
    """Neighbouring texts, to the right and below, blank cells skipped, a merged cell once."""
    found: Counter[Pair] = Counter()
    for way, lines in (("right", slots), ("below", list(zip(*slots, strict=True)) if slots else [])):
        for line in lines:
            texts = [text for k, text in enumerate(line) if text and (k == 0 or text != line[k - 1])]
            found.update((a, b, way) for a, b in pairwise(texts))
    return found


def ours(content: bytes) -> list[Slots]:
    return [slots_of(grid) for grid in read(content).grids()]


def plumber(content: bytes) -> list[Slots]:
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        tables = [found for page in pdf.pages for found in page.extract_tables()]
    return [[["".join((text or "").split()) for text in row] for row in rows] for rows in tables]


def total(tables: Iterable[Slots]) -> Counter[Pair]:
    return sum((pairs(slots) for slots in tables), Counter())


def measure(tool: Callable[[bytes], list[Slots]], documents: list[tuple[list[Slots], bytes]]) -> tuple[float, float, int]:
    """Recall, precision, and how many documents have every pair and no other."""
    right = wanted = given = perfect = 0
    for truth, content in documents:
        want, got = total(truth), total(tool(content))
        right += sum((want & got).values())
        wanted += sum(want.values())
        given += sum(got.values())
        perfect += want == got
    return right / wanted, right / max(given, 1), perfect


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=40)
    documents = [document(seed) for seed in range(parser.parse_args().documents)]
    for name, tool in (("nianbao", ours), ("pdfplumber", plumber)):
        recall, precision, perfect = measure(tool, documents)
        print(f"{name:11} recall {recall:.4f}   precision {precision:.4f}   documents perfect {perfect}/{len(documents)}")


if __name__ == "__main__":
    main()
