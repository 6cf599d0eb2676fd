"""A five-page 200 dpi scan: cells right and seconds, ours against img2table with tesseract, in one run on one core.

python -m benchmarks.scan_vs_img2table [--runs 3]

The peer is measured where it is installed (`pip install img2table pytesseract`, tesseract with chi_sim); else it is said to be missing.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import time
from collections.abc import Callable, Iterable
from importlib.util import find_spec

from PIL import Image

from extract.number import parse
from extract.scan import Picture
from extract.scan import read as read_scan
from tests.corpus.generate import scan
from tests.corpus.generate.model import Specimen, specimen
from tests.corpus.generate.pdf_layout import Measure, laid_out

DPI = 200
PAGES = 5
Rows = list[list[str]]


def pages(model: Specimen) -> list[Image.Image]:
    """The specimen on five worn pages."""
    measure = Measure(height=560.0)
    sheets = laid_out(model, measure)[:PAGES]
    look = scan.LOOKS["scan200"]
    return [Image.fromarray(scan.worn(scan.page(sheet, measure, look), look, n)) for n, sheet in enumerate(sheets)]


def ours(images: list[Image.Image]) -> Rows:
    """Rows of texts; an unread cell is "?"."""
    import numpy as np

    document = read_scan([Picture(np.asarray(image), n, DPI) for n, image in enumerate(images, 1)])
    return [["" if c is None else "?" if c.unreadable else c.text for c in row] for grid in document.grids() for row in grid.rows]


def peer(images: list[Image.Image]) -> Rows:
    """The same by img2table with tesseract."""
    import io

    from img2table.document import Image as Page
    from img2table.ocr import TesseractOCR

    ocr = TesseractOCR(n_threads=1, lang="chi_sim")
    rows: Rows = []
    for image in images:
        file = io.BytesIO()
        image.save(file, "PNG")
        for table in Page(file).extract_tables(ocr=ocr, implicit_rows=False, borderless_tables=False):
            rows += [[str(cell.value or "") for cell in row] for row in table.content.values()]
    return rows


def right(model: Specimen, rows: Iterable[list[str]]) -> tuple[int, int]:
    """Figures right and figures there are: a printed row is right as far as the row with the same label agrees, cell by cell."""
    wanted = _rows(block for block in model.blocks if not isinstance(block, str))
    found: dict[str, list[str]] = {}
    for row in rows:
        label = next((_squeezed(text) for text in reversed(row) if re.search(r"[一-鿿]", text)), "")
        found.setdefault(label, [text for text in row if not re.search(r"[一-鿿]", text)])
    good = total = 0
    for label, texts in wanted:
        total += len(texts)
        got = [parse(text).value for text in found.get(_squeezed(label), [])]
        good += sum(parse(text).value == value for text, value in zip(texts, got, strict=False))
    return good, total


def _rows(tables: Iterable[list[list[object]]]) -> list[tuple[str, list[str]]]:
    result = []
    for table in tables:
        for row in table:
            labels = [box.text for box in row if box.key is None]  # type: ignore[attr-defined]  # boxes of the model
            figures = [box.text for box in row if box.key is not None]  # type: ignore[attr-defined]  # boxes of the model
            if figures and labels:
                result.append((labels[-1], figures))
    return result


def _squeezed(text: str) -> str:
    return re.sub(r"[\s（）()、,，.．;；:：]", "", text)


def timed(name: str, read: Callable[[list[Image.Image]], Rows], images: list[Image.Image], model: Specimen, runs: int) -> float:
    """Print one line; the median seconds."""
    seconds, rows = [], Rows()
    for _ in range(runs):
        start = time.perf_counter()
        rows = read(images)
        seconds.append(time.perf_counter() - start)
    good, total = right(model, rows)
    print(f"{name:24} {statistics.median(seconds):6.2f} s  {good} of {total} figures in labelled rows right")
    return statistics.median(seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    os.environ["OMP_THREAD_LIMIT"] = "1"
    model = specimen(11)
    images = pages(model)
    ours(images[-1:])  # the model is loaded
    mine = timed("nianbao", ours, images, model, runs)
    if find_spec("img2table") is None or shutil.which("tesseract") is None:
        print("img2table + tesseract    not installed: pip install img2table, tesseract with chi_sim")
        return
    theirs = timed("img2table + tesseract", peer, images, model, runs)
    print(f"{theirs / mine:.1f} × as fast")


if __name__ == "__main__":
    main()
