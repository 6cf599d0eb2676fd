"""The cells of one sheet's tables, read: ink first, then shapes, then the recogniser, and a second look for figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product
from statistics import median

import cv2

from extract import number
from extract.ruled import Box, Ruled
from extract.scan_alike import groups_of, read_alike
from extract.scan_cell import Line, Printed, crop, firm, has_traces, printed, widened
from extract.scan_figure import CERTAIN, SLANTED, STRETCHES, UPRIGHT, Guess, Spelling, agreed, dash_in, is_box, is_figure, lean
from extract.scan_ink import Image
from extract.scan_lines import character_height
from extract.scan_ocr import Reading, Recogniser
from extract.scan_sheet import Sheet

STAMPED = 0.985
"""Certainty kept where a seal lay over the ink."""
LEGIBLE = 0.6
"""Mean certainty below which a text that is no figure is not a reading but noise."""
UNSEEN = 0.05
"""Candidates less likely than this are not offered."""

Look = Callable[[Sequence[Image]], list[Reading]]
Grouping = Callable[[Sequence[Image]], list[list[int]]]


@dataclass(slots=True)
class Seen:
    """One cell on its way from ink to text."""

    ruled: Ruled
    ink: Printed
    text: str = ""
    confidence: float = 1.0
    unreadable: bool = False
    candidates: tuple[tuple[str, float], ...] = ()
    looks: list[list[Reading]] = field(default_factory=list)
    """What each look made of its lines."""
    alike: bool = False
    """Some of its lines were not read themselves, but others that look the same."""


def read(sheet: Sheet, recogniser: Recogniser) -> list[list[Seen]]:
    """The cells of each lattice of the sheet, in the lattice's order."""
    ink, dpi = sheet.ink, sheet.light.dpi
    sized = [(lattice, character_height(firm(_inside(ink, lattice.box)), dpi)) for lattice in sheet.lattices]
    tables = [[Seen(ruled, printed(ink, ruled.box, dpi, character)) for ruled in lattice.cells] for lattice, character in sized]
    cells = [cell for table in tables for cell in table]
    height = print_height(cells)
    open_cells = [cell for cell in cells if not _by_shape(cell, sheet.light.grey, height)]
    _look(open_cells, sheet, height, recogniser, groups_of)
    _look([cell for cell in open_cells if cell.unreadable and cell.alike], sheet, height, recogniser, _singly)
    for cell in cells:
        _stamped(cell, sheet.seals)
    return tables


def _inside(ink: Image, box: Box) -> Image:
    return ink[max(0, int(box.top)) : int(box.bottom) + 1, max(0, int(box.x0)) : int(box.x1) + 1]


def print_height(cells: Sequence[Seen]) -> float:
    """The usual height of a line of print, in pixels."""
    return median([line.box.height for cell in cells for line in cell.ink.lines] or [20.0])


def _by_shape(cell: Seen, grey: Image, height: float) -> bool:
    """Settle what needs no recogniser: blank cells and dashes."""
    if not cell.ink.lines:
        cell.unreadable = cell.ink.doubtful or has_traces(grey, cell.ruled.box, height)
        cell.confidence = 0.5 if cell.unreadable else 1.0
        return True
    dash = dash_in(cell.ink.lines[0], cell.ruled.box, height) if len(cell.ink.lines) == 1 else None
    if dash is None:
        return False
    cell.text, cell.confidence = dash, 0.99
    return True


def _look(cells: Sequence[Seen], sheet: Sheet, height: float, recogniser: Recogniser, grouped: Grouping) -> None:
    """Read cells once, and those with numbers again at other widths: the third time where the second left a doubt."""
    crops = {id(cell): [crop(sheet.light.grey, line.box, cell.ruled.box, height) for line in cell.ink.lines] for cell in cells}

    def look(some: Sequence[Seen], turn: int, read: Look) -> None:
        lines = [crops[id(cell)] for cell in some]
        groups = grouped([line for one in lines for line in one])
        readings = read_alike([line for one in lines for line in one], groups, read, turn)
        shared = {i for group in groups if len(group) > 1 for i in group}
        at = 0
        for cell, one in zip(some, lines, strict=True):
            cell.looks = [*cell.looks[:turn], readings[at : at + len(one)]]
            cell.alike = cell.alike or not shared.isdisjoint(range(at, at + len(one)))
            at += len(one)

    look(cells, 0, recogniser.read_text)
    for cell in cells:
        _take(cell)
    spelling = Spelling(recogniser.alphabet)
    again = [cell for cell in cells if _is_number(cell)]
    for turn, stretch in enumerate(STRETCHES, 1):
        look(again, turn, lambda lines, stretch=stretch: recogniser.read([widened(line, stretch) for line in lines]))  # type: ignore[misc]
        for cell in again:
            _judge(cell, sheet, spelling)
        again = [cell for cell in again if _is_bare(cell) and 0.0 < cell.confidence < CERTAIN]


def _singly(crops: Sequence[Image]) -> list[list[int]]:
    return [[i] for i in range(len(crops))]


def _take(cell: Seen) -> None:
    """The first look's text."""
    (readings,) = cell.looks
    cell.text = "".join(reading.text for reading in readings)
    cell.confidence = min(reading.confidence for reading in readings)
    characters = max(1, sum(len(reading.text) for reading in readings))
    cell.unreadable = sum(reading.mean * len(reading.text) for reading in readings) / characters < LEGIBLE


def _is_number(cell: Seen) -> bool:
    """A figure, or a figure with its unit or a note."""
    return _is_bare(cell) or number.parse(cell.text).state == "number"


def _is_bare(cell: Seen) -> bool:
    return all(is_figure(reading.text) for reading in cell.looks[0])


def _judge(cell: Seen, sheet: Sheet, spelling: Spelling) -> None:
    """How sure the looks at a number are together."""
    if _is_bare(cell):
        _settle(cell, [[spelling.of(reading) for reading in look] for look in cell.looks])
        _check_stroke(cell, sheet.ink)
        if any(is_box(sheet.ink, line) for line in cell.ink.lines):
            cell.confidence = 0.0
    elif len({tuple(reading.text for reading in look) for look in cell.looks}) > 1:
        cell.confidence = 0.0
    if cell.ink.cut or cell.ink.doubtful or not _wrapped_soundly(cell, sheet.light.dpi):
        cell.confidence /= 2
    cell.unreadable = cell.confidence < CERTAIN


def _settle(cell: Seen, looks: list[list[Guess]]) -> None:
    """Take the figure that all looks agree on, line by line; keep what else it could be."""
    lines = list(zip(*looks, strict=True))
    parts = [agreed(guesses, line) for guesses, line in zip(lines, cell.ink.lines, strict=True)]
    cell.text = "".join(text for text, _ in parts)
    cell.confidence = min(certainty for _, certainty in parts)
    cell.candidates = _candidates([_mixed(guesses) for guesses in lines])


def _mixed(guesses: Sequence[Guess]) -> list[tuple[str, float]]:
    """The spellings of all looks with their mean probability."""
    mean: dict[str, float] = {}
    for text, p in (pair for guess in guesses for pair in guess.spellings):
        mean[text] = mean.get(text, 0.0) + p / len(guesses)
    return sorted(mean.items(), key=lambda pair: -pair[1])[:4]


def _candidates(lines: list[list[tuple[str, float]]]) -> tuple[tuple[str, float], ...]:
    found = []
    for parts in product(*lines):
        p = 1.0
        for _, part in parts:
            p *= part
        found.append(("".join(text for text, _ in parts), p))
    return tuple(sorted((pair for pair in found if pair[1] >= UNSEEN and "�" not in pair[0]), key=lambda pair: -pair[1])[:5])


def _check_stroke(cell: Seen, ink: Image) -> None:
    """A lone stroke is a one where it stands upright and a slash where it leans; in between nobody can say."""
    if cell.text not in ("1", "/", "7"):
        return
    drift = lean(ink, cell.ink.lines[0])
    if drift is not None and drift <= SLANTED and cell.text != "7":
        cell.text, cell.confidence = "/", 0.985
    elif cell.text == "/" or (cell.text == "1" and (drift is None or drift < UPRIGHT)):
        cell.confidence = min(cell.confidence, 0.5)


def _wrapped_soundly(cell: Seen, dpi: float) -> bool:
    """Whether a figure on several lines was wrapped for want of room: no further digit would have fitted on its first line."""
    lines: tuple[Line, ...] = cell.ink.lines
    if len(lines) < 2 or not _is_bare(cell):
        return True
    digit = lines[0].box.width / max(1, len(cell.looks[0][0].text))
    return all(line.box.width + digit + 0.2 * dpi >= cell.ruled.box.width for line in lines[:-1])


def _stamped(cell: Seen, seals: Image | None) -> None:
    if seals is None or not cell.ink.lines or not _overlaps(seals, [line.box for line in cell.ink.lines]):
        return
    cell.confidence *= STAMPED
    cell.unreadable = cell.unreadable or (_is_number(cell) and cell.confidence < CERTAIN)


def _overlaps(mask: Image, boxes: Sequence[Box]) -> bool:
    return any(cv2.countNonZero(mask[int(b.top) : int(b.bottom) + 1, int(b.x0) : int(b.x1) + 1]) for b in boxes)
