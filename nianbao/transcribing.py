"""Cells that no reader could read, with the picture of each, for a person; and what the person read, as corrections."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from extract.errors import ReadError
from extract.kind import Kind, sniff
from extract.pdf_pictures import page_images
from nianbao.errors import Usage
from nianbao.messages import say
from store.corrections import Correction, Unread, append_correction, read_corrections
from store.errors import writing
from store.warc_read import WarcError, read_capture

SHEET = "cells.csv"
COLUMNS = ("agency", "year", "scope", "row", "label", "column", "old", "new", "reason", "picture", "url")
ASKED = ("agency", "year", "scope", "row", "column", "old", "new", "reason")
DPI = 200.0
MARGIN = 0.6
"""Of a cell's height, shown around it, so that its neighbours tell where one is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One cell on the sheet, and its picture, where it has one."""

    cell: Unread
    picture: Path | None


def write_sheet(cells: list[Unread], warc: Path, folder: Path) -> list[Asked]:
    """Put the sheet and a picture of each cell into a folder. The person fills in the columns `new` and `reason`."""
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        asked = [Asked(cell, _picture(cell, warc, folder / f"{number:05}.png")) for number, cell in enumerate(cells, 1)]
        with (folder / SHEET).open("w", encoding="utf-8-sig", newline="") as file:
            out = csv.writer(file)
            out.writerow(COLUMNS)
            out.writerows(_line(one) for one in asked)
    return asked


def take_sheet(sheet: Path, who: str, corrections: Path) -> list[Correction]:
    """Add the readings on a filled sheet to the corrections; cells left empty are passed over, those there already too.

    Raises `Usage`, with nothing added, where a line cannot be used.
    """
    held = {replace(one, who="", reason="") for one in read_corrections(corrections)}
    given = [_correction(sheet, number, line, who) for number, line in _filled(sheet)]
    taken = [one for one in given if replace(one, who="", reason="") not in held]
    for one in taken:
        append_correction(corrections, one)
    return taken


def _line(asked: Asked) -> list[object]:
    cell, picture = asked.cell, asked.picture.name if asked.picture else ""
    known = (cell.agency, cell.year, cell.scope, cell.row_code, cell.row_label, cell.column_code, cell.raw)
    return [*known, "", "", picture, cell.url]


def _filled(sheet: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = sheet.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Usage(f"{sheet}: {say('cannot be read: {error}', error=error)}") from error
    lines = csv.DictReader(io.StringIO(text, newline=""))
    missing = [name for name in ASKED if name not in (lines.fieldnames or ())]
    if missing:
        raise Usage(
            say("{path}: the columns {names} are missing; fill in the sheet that --sheet writes", path=sheet, names=", ".join(missing))
        )
    return ((number, line) for number, line in enumerate(lines, 2) if (line["new"] or "").strip() or (line["reason"] or "").strip())


def _correction(sheet: Path, number: int, line: dict[str, str], who: str) -> Correction:
    new, reason = line["new"].strip(), line["reason"].strip() or say("read from the picture by a person")
    if not line["year"].isdigit():
        raise Usage(say("{path}:{line}: {year} is no year", path=sheet, line=number, year=line["year"]))
    made = Correction(line["agency"], int(line["year"]), line["row"], line["column"], line["old"], new, reason, who, line["scope"])
    try:
        made.cell()
    except ArithmeticError as error:
        raise Usage(say("{path}:{line}: {new} is neither a number nor a dash", path=sheet, line=number, new=new)) from error
    return made


def _picture(cell: Unread, warc: Path, target: Path) -> Path | None:
    """Cut the cell out of its page and keep it as PNG; None where the document has no picture of it."""
    if cell.warc_file is None or cell.warc_offset is None or None in (cell.x0, cell.top, cell.x1, cell.bottom):
        return None
    try:
        content = read_capture(warc / cell.warc_file, cell.warc_offset).body
        page, scale = _page(content, cell.page or 1)
    except (OSError, WarcError, ReadError, IndexError):
        return None
    x0, top, x1, bottom = (float(side or 0) * scale for side in (cell.x0, cell.top, cell.x1, cell.bottom))
    margin = (bottom - top) * MARGIN
    page.crop((int(x0 - margin), int(top - margin), int(x1 + margin), int(bottom + margin))).save(target)
    return target


def _page(content: bytes, number: int) -> tuple[Image.Image, float]:
    """One page as a picture, and how many of its pixels are one unit of the cell's place."""
    if sniff(content) is not Kind.pdf:
        return Image.open(io.BytesIO(content)).convert("RGB"), 1.0
    for page, image in page_images(content, DPI):
        if page.number == number:
            return image, DPI / 72
    raise IndexError(number)
