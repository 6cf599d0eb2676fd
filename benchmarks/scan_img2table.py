"""The peer of scan_vs_img2table: pictures named on the command line → JSON of rows, seconds and CPU seconds.

Run by the Python of an environment with benchmarks/scan_peers.txt.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import Any

import cv2
from img2table.document import Image as Page  # type: ignore[import-not-found,unused-ignore]
from img2table.ocr import TesseractOCR  # type: ignore[import-not-found,unused-ignore]


def cpu() -> float:
    """CPU seconds of this process and of the tesseracts that it started."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def rows(paths: list[str]) -> list[list[str]]:
    """The texts of every table, row by row; a cell that spans several columns once."""
    ocr = TesseractOCR(n_threads=1, lang="chi_sim")
    found = []
    for path in paths:
        try:
            tables = Page(path).extract_tables(ocr=ocr, implicit_rows=False, borderless_tables=False)
        except TypeError as error:  # img2table 2.0 fails on pages where tesseract gives a word without text; what it took counts
            print(f"{path}: {error}", file=sys.stderr)
            continue
        for table in tables:
            found += [_once(row) for row in table.content.values()]
    return found


def _once(row: list[Any]) -> list[str]:
    boxes = [(cell.bbox.x1, cell.bbox.y1, cell.bbox.x2, cell.bbox.y2) for cell in row]
    return [str(cell.value or "") for n, cell in enumerate(row) if boxes[n] not in boxes[:n]]


if __name__ == "__main__":
    cv2.setNumThreads(1)
    began, used = time.perf_counter(), cpu()
    read = rows(sys.argv[1:])
    print(json.dumps({"rows": read, "seconds": time.perf_counter() - began, "cpu": cpu() - used}))
