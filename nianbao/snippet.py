"""What the archived bytes say around a cell: the rows of its table as they are printed, read again from the archive."""

from __future__ import annotations

from pathlib import Path

from extract.document import Grid, Source
from extract.errors import ReadError
from extract.readers import open_document
from store.warc_read import read_capture
from store.why import Why

AROUND = 1
"""Rows shown above and below."""


def around(folder: Path, found: Why) -> list[list[str]]:
    """The texts of the cell's row and its neighbours, the cell itself in brackets. Empty where the bytes cannot be read as a grid:
    a scan, a figure from running text. Raises OSError and `WarcError` where they are not to be had.
    """
    if found.warc_file is None or found.warc_offset is None or found.table_no is None or found.row_no is None:
        return []
    capture = read_capture(folder / found.warc_file, found.warc_offset)
    try:
        document = open_document(Source(capture.body, capture.final_url, capture.media_type))
    except ReadError:
        return []
    grid = next((grid for grid in document.grids() if grid.number == found.table_no and _says(grid, found)), None)
    return _rows(grid, found.row_no, found.column_no) if grid else []


def _says(grid: Grid, found: Why) -> bool:
    """Whether the cell is there and says what was read: a figure that was repaired or stitched may stand in another grid."""
    if found.row_no is None or found.column_no is None or found.row_no >= len(grid.rows):
        return False
    row = grid.rows[found.row_no]
    cell = row[found.column_no] if found.column_no < len(row) else None
    return cell is not None and found.raw.strip() in cell.text


def _rows(grid: Grid, row_no: int, column_no: int | None) -> list[list[str]]:
    shown = []
    for number in range(max(0, row_no - AROUND), min(len(grid.rows), row_no + AROUND + 1)):
        texts, last = [], None
        for at, cell in enumerate(grid.rows[number]):
            if cell is None or cell is last:
                continue
            text = " ".join(cell.text.split())
            texts.append(f"[{text}]" if (number, at) == (row_no, column_no) else text)
            last = cell
        shown.append(texts)
    return shown
