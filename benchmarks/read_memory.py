"""Memory of one process that reads document after document: what is remembered of labels and rows must not grow with their number.

    python -m benchmarks.read_memory [--documents 10000]

Documents are made up, no two alike: another body, year and other figures each, in eleven formats, some with careless tables, some with
bytes damaged at random. The table gives the resident memory and the CPU a document, at ten points on the way.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks import html_vs_peers
from extract.document import Source
from extract.read import read
from tests.corpus.generate import doc, docx, html, ofd, pdf, rtf, xls, xlsx
from tests.corpus.generate import odt as open_document
from tests.corpus.generate.model import Specimen, specimen
from tests.damage import damaged
from tests.fuzz import mutate

NUMERALS = str.maketrans("0123456789", "零一二三四五六七八九")
POINTS = 10


def careless(one: Specimen) -> bytes:
    """A page whose tables have a cell or a span out of place."""
    rng = random.Random(one.slug)
    return html.page(replace(one, blocks=tuple(b if isinstance(b, str) else damaged(b, rng) for b in one.blocks))).encode()


def broken(one: Specimen) -> bytes:
    """A page damaged in its bytes."""
    content = html.page(one).encode()
    return mutate(content, random.Random(one.slug), [content])


DRAWN: tuple[Callable[[Specimen], bytes], ...] = (
    *[lambda one: html_vs_peers.page(one).encode()] * 6,
    *[lambda one: html.page(one).encode()] * 4,
    *(docx.draw, docx.draw, docx.draw, doc.draw, xlsx.draw, xls.draw, rtf.draw, open_document.draw, open_document.draw_sheet),
    *(careless, careless, broken),
)
SELDOM = (pdf.draw, ofd.draw)
"""One document in forty each: slower to make and to read than all others."""


def document(number: int) -> bytes:
    """The document of that number."""
    one = specimen(number, "v2019" if number % 3 == 0 else "v2021")
    name = f"示范县第{str(number).translate(NUMERALS)}乡人民政府"
    blocks = tuple(b.replace(one.agency, name) if isinstance(b, str) else b for b in one.blocks)
    draw = SELDOM[number // 20 % 2] if number % 20 == 0 else DRAWN[number % len(DRAWN)]
    return draw(replace(one, blocks=blocks, agency=name))


def resident_mb() -> float:
    """The resident memory of this process; of Linux alone."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def main() -> None:
    html_vs_peers.as_reading_process()
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--documents", type=int, default=10_000)
    count = options.parse_args().documents
    print("| documents | resident MB | read | CPU ms a document |\n|---|---|---|---|")
    whole, used = 0, 0
    for number in range(1, count + 1):
        content = document(number)
        began = time.process_time_ns()
        whole += read(Source(content), ocr=False).status == "read"
        used += time.process_time_ns() - began
        if number * POINTS % count == 0:
            print(f"| {number:,} | {resident_mb():.0f} | {whole:,} | {used / 1e6 / number:.1f} |", flush=True)


if __name__ == "__main__":
    main()
