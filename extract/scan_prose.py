"""Text outside tables: ink in lines, lines read whole, lines joined to paragraphs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import cv2
import numpy as np

from extract.ruled import Box
from extract.scan_cell import crop, firm, widened
from extract.scan_figure import CERTAIN, STRETCHES, is_figure
from extract.scan_ink import Image
from extract.scan_lines import lines_of
from extract.scan_ocr import Reading, Recogniser
from extract.scan_sheet import Sheet

LEGIBLE = 0.55
"""Mean certainty below which a line is called unread."""
DIGIT = 0.8
"""Certainty below which a digit of the prose is blotted out."""
IMPOSSIBLE = 2.0
_FOLIO = re.compile(r"[-—–·\s第]*\d{1,3}[-—–·\s页]*(?:[/共]\s*\d{1,3}\s*页?)?")
_HEADED = re.compile(r"[一二三四五六七八九十]{1,3}、.{2,30}")


@dataclass(frozen=True, slots=True)
class Text:
    """A line or paragraph of print with its box on the sheet; `certainty` is the mean over its characters."""

    text: str
    box: Box
    certainty: float
    size: float
    """The height of its lines."""
    heading: bool = False


def read(sheet: Sheet, recogniser: Recogniser) -> list[Text]:
    """The paragraphs of a sheet from top to bottom, folios left out; unread lines stay single, with their low certainty."""
    boxes = lines_of(_outside(sheet), sheet.light.dpi)
    page = Box(0, 0, sheet.ink.shape[1], sheet.ink.shape[0])
    crops = [crop(sheet.light.grey, box, page, box.height) for box in boxes]
    readings = recogniser.read_text(crops)
    least = _asked(crops, readings, recogniser)
    lines = [
        Text(r.guarded(sure).strip(), box, r.mean, box.height)
        for box, r, sure in zip(boxes, readings, least, strict=True)
        if r.text.strip()
    ]
    return list(_paragraphs([line for line in lines if not _is_folio(line, page)]))


def _asked(crops: Sequence[Image], readings: Sequence[Reading], recogniser: Recogniser) -> list[float]:
    """How certain the digits of each line must be. A lone figure may be a table's: no digit will do where another look sees another."""
    least = [DIGIT] * len(crops)
    alone = [i for i, reading in enumerate(readings) if is_figure(reading.text)]
    for i, second in zip(alone, recogniser.read([widened(crops[i], STRETCHES[0]) for i in alone]), strict=True):
        least[i] = CERTAIN if second.text == readings[i].text and second.confidence >= CERTAIN else IMPOSSIBLE
    return least


def _outside(sheet: Sheet) -> Image:
    """The ink without tables and without long rules (underlines, letterheads)."""
    ink = firm(sheet.ink)
    for lattice in sheet.lattices:
        box = lattice.box
        ink[max(0, int(box.top) - 3) : int(box.bottom) + 4, max(0, int(box.x0) - 3) : int(box.x1) + 4] = 0
    long = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, int(0.7 * sheet.light.dpi)), np.uint8))
    return cv2.subtract(ink, cv2.dilate(long, np.ones((5, 1), np.uint8)))


def _is_folio(line: Text, page: Box) -> bool:
    edge = line.box.bottom < 0.08 * page.height or line.box.top > 0.9 * page.height
    return edge and bool(_FOLIO.fullmatch(line.text))


def _paragraphs(lines: Sequence[Text]) -> Iterator[Text]:
    if not lines:
        return
    body = median(line.box.height for line in lines)
    left, right = min(line.box.x0 for line in lines), max(line.box.x1 for line in lines)
    pitch = median([b.box.top - a.box.top for a, b in pairwise(lines) if b.box.top > a.box.bottom - body / 2] or [2 * body])
    current = lines[0]
    for line in lines[1:]:
        if _goes_on(current, line, body, left, right, pitch):
            current = _joined(current, line)
        else:
            yield _marked(current, body)
            current = line
    yield _marked(current, body)


def _goes_on(above: Text, line: Text, body: float, left: float, right: float, pitch: float) -> bool:
    """Whether a line goes on with the paragraph above: the line before is full, this one starts at the margin, both alike.

    Two figures never make one.
    """
    alike = abs(above.size - line.size) <= 0.3 * body
    near = line.box.top - above.box.bottom <= max(pitch, 1.2 * body)
    large = min(above.size, line.size) >= 1.25 * body
    centred = large and abs(above.box.x0 + above.box.x1 - line.box.x0 - line.box.x1) <= 2 * body
    full = above.box.x1 >= right - 2.2 * body and line.box.x0 <= left + 1.2 * body
    legible = min(above.certainty, line.certainty) >= LEGIBLE
    figures = is_figure(above.text) or is_figure(line.text)
    return legible and alike and near and (full or centred) and not figures


def _joined(above: Text, line: Text) -> Text:
    """The paragraph grown by a line. Its right end is that of its last line."""
    box = Box(min(above.box.x0, line.box.x0), above.box.top, line.box.x1, line.box.bottom)
    certainty = (above.certainty * len(above.text) + line.certainty * len(line.text)) / len(above.text + line.text)
    return Text(above.text + line.text, box, certainty, line.size)


def _marked(text: Text, body: float) -> Text:
    large = text.size >= 1.2 * body and len(text.text) <= 60
    return replace(text, heading=large or bool(_HEADED.fullmatch(text.text)))
