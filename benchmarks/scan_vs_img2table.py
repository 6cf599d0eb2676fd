"""A five-page 200 dpi scan: figures right, seconds and CPU seconds, ours against img2table with tesseract, one thread each.

python -m benchmarks.scan_vs_img2table [--runs 3] [--peer .venv-scan-peers/bin/python]

The peer is measured where it is installed (benchmarks/scan_peers.txt); else it is said to be missing.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import cv2
from PIL import Image

from extract.number import parse
from extract.scan import Picture
from extract.scan import read as read_scan
from tests.corpus.generate import scan
from tests.corpus.generate.model import Specimen, specimen
from tests.corpus.generate.pdf_layout import Measure, laid_out

ROOT = Path(__file__).resolve().parents[1]
DPI = 200
MEASURE = Measure(body=16.0, cell=10.5)
"""Body in 三号 and tables in 五号, as official documents have them."""
PROSE = "坚持以公开为常态、不公开为例外，围绕重点领域持续做好政策发布、解读和回应，健全保密审查与发布审核机制，方便群众查询和监督。"
ADDED = 16
"""Times that PROSE is added: the report then fills five pages."""
Rows = list[list[str]]


class Outcome(NamedTuple):
    """What one reading of the scan gave and cost."""

    rows: Rows
    seconds: float
    cpu: float


def pages(model: Specimen) -> list[Image.Image]:
    """The specimen on five worn pages."""
    head, *rest = model.blocks
    longer = replace(model, blocks=(head, *[PROSE] * ADDED, *rest))
    look = scan.LOOKS["scan200"]
    return [Image.fromarray(scan.worn(scan.page(sheet, MEASURE, look), look, n)) for n, sheet in enumerate(laid_out(longer, MEASURE))]


def ours(paths: Sequence[Path]) -> Outcome:
    """Rows of texts; an unread cell is "?"."""
    began, used = time.perf_counter(), time.process_time()
    document = read_scan([Picture(path.read_bytes(), n, DPI) for n, path in enumerate(paths, 1)])
    seconds, cpu = time.perf_counter() - began, time.process_time() - used
    rows = [[*{id(c): "?" if c.unreadable else c.text for c in row if c}.values()] for grid in document.grids() for row in grid.rows]
    return Outcome(rows, seconds, cpu)


def peer(python: Path, paths: Sequence[Path]) -> Outcome:
    """The same by img2table with tesseract."""
    command = [str(python), str(ROOT / "benchmarks/scan_img2table.py"), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, check=True, env=os.environ | {"OMP_THREAD_LIMIT": "1"})
    return Outcome(**json.loads(done.stdout.splitlines()[-1]))


def right(model: Specimen, rows: Rows) -> tuple[int, int]:
    """Figures right and figures there are: printed rows and read rows laid side by side as well as they go."""
    wanted = [texts for block in model.blocks if not isinstance(block, str) for texts in _figures(block)]
    found = [[text for text in row if not re.search(r"[一-鿿]", text)] for row in rows]
    best = [0] * (len(found) + 1)
    for texts in wanted:
        line = [0]
        for n, row in enumerate(found):
            line.append(max(line[n], best[n + 1], best[n] + _agreeing(texts, row)))
        best = line
    return best[-1], sum(map(len, wanted))


def _figures(table: Iterable[Iterable[Any]]) -> list[list[str]]:
    rows = ([box.text for box in row if box.key is not None] for row in table)
    return [row for row in rows if row]


def _agreeing(texts: list[str], row: list[str]) -> int:
    """How many agree, both counted from the left or both from the right."""
    return max(sum(parse(a).value == parse(b).value for a, b in zip(texts[::way], row[::way], strict=False)) for way in (1, -1))


def timed(name: str, read: Callable[[], Outcome], model: Specimen, runs: int) -> Outcome:
    """Print one line; the medians."""
    outcomes = [read() for _ in range(runs)]
    seconds, cpu = (statistics.median(values) for values in zip(*(outcome[1:] for outcome in outcomes), strict=True))
    good, total = right(model, outcomes[0].rows)
    print(f"{name:24} {seconds:6.2f} s, {cpu:6.2f} s of CPU, {good} of {total} figures right")
    return Outcome([], seconds, cpu)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peer", type=Path, default=ROOT / ".venv-scan-peers/bin/python")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    model = specimen(11)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{n}.png" for n in range(len(pages(model)))]
        for path, image in zip(paths, pages(model), strict=True):
            image.save(path)
        print(f"{len(paths)} pages at {DPI} dpi")
        ours(paths[-1:])  # the model is loaded
        mine = timed("nianbao", lambda: ours(paths), model, options.runs)
        if not options.peer.exists() or shutil.which("tesseract") is None:
            print(f"img2table + tesseract    not at {options.peer}: see benchmarks/scan_peers.txt")
            return
        theirs = timed("img2table + tesseract", lambda: peer(options.peer, paths), model, options.runs)
    print(f"{theirs.seconds / mine.seconds:.2f} × as fast, {theirs.cpu / mine.cpu:.2f} × by CPU")


if __name__ == "__main__":
    main()
