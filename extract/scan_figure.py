"""Is it a figure, and which one? Two looks of the recogniser and the shapes of the ink must agree, else it stays unread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from extract.ruled import Box
from extract.scan_cell import Line, Spot
from extract.scan_ink import Image
from extract.scan_ocr import Lattice, Reading, spellings

DIGITS = "0123456789"
SYMBOLS = ("", *DIGITS, ".", ",", "-", "+", "/", "�")
"""What a figure is spelled with; � stands for every other character, so that its probability is not lost."""
LOOKALIKES = {
    "0": "OoＯｏ〇○０",
    "1": "lI|｜１",
    **{digit: chr(ord(digit) + 0xFEE0) for digit in "23456789"},
    ".": "．。·",
    ",": "，、",
    "-": "—–－─一",
    "+": "＋",
    "/": "／",
}
CERTAIN = 0.98
"""The default certainty: a figure below it is unreadable.

Calibrated on 84 made-up reports (random coherent figures of 1 to 6 digits, decimals, dashes) in 12 pairs of fonts: song, hei and kai
for labels; their own, Times-, Arial-, Courier- and DejaVu-like ones for digits. Printed by a browser, scanned with skew, noise, blur,
gradient and JPEG 50 to 80. Of 9,700 figures at 200 and 300 dpi none was misread at any certainty. The surest misreading of the 3,600
at 150 dpi under a photograph's blur had 0.958 ("156" as "136", digits 11 pixels high), of 1,800 under a worse blur 0.920.
"""
STRETCHES = (1.4, 0.8)
"""The second and third look are at pictures this much wider: other time steps of the network see each digit."""
UPRIGHT, SLANTED = -0.13, -0.24
"""Lean (pixels right per pixel down) down to which a lone stroke is the digit 1, and from which it is a slash."""


BOX, CORNER = 0.6, 0.1
"""The least part of a line's height that a box for a missing glyph has, and the part of its own height that is looked at in its corners."""


class Guess(NamedTuple):
    """What a figure may say: its likeliest spellings with their probabilities, best first."""

    spellings: tuple[tuple[str, float], ...]

    @property
    def text(self) -> str:
        """The likeliest."""
        return self.spellings[0][0] if self.spellings else ""

    @property
    def confidence(self) -> float:
        """Its probability."""
        return self.spellings[0][1] if self.spellings else 0.0


def is_figure(text: str) -> bool:
    """Whether a first reading has nothing but digits, marks of numbers, and what is easily taken for them."""
    return bool(text) and all(ch in _like_figures() for ch in text)


@lru_cache(maxsize=1)
def _like_figures() -> frozenset[str]:
    return frozenset("".join(SYMBOLS[1:-1]) + "".join(LOOKALIKES.values()) + " ")


@lru_cache(maxsize=1)
def _classes(alphabet: tuple[str, ...]) -> tuple[list[int], ...]:
    """For each symbol but the last the classes of the model that spell it; spaces count as the blank."""
    index = {character: k for k, character in enumerate(alphabet)}
    blanks = [0, *(index[ch] for ch in (" ",) if ch in index)]
    return blanks, *([index[ch] for ch in symbol + LOOKALIKES.get(symbol, "") if ch in index] for symbol in SYMBOLS[1:-1])


class Spelling:
    """Readings spelled as figures, each but once: what stands for lines that look the same is one reading."""

    def __init__(self, alphabet: tuple[str, ...]) -> None:
        self._alphabet = alphabet
        self._known: dict[int, tuple[Reading, Guess]] = {}

    def of(self, reading: Reading) -> Guess:
        """The reading as a figure."""
        if id(reading) not in self._known:
            self._known[id(reading)] = reading, guess(reading.lattice, self._alphabet)
        return self._known[id(reading)][1]


def guess(lattice: Lattice, alphabet: tuple[str, ...]) -> Guess:
    """The lattice read as a figure."""
    known = np.stack([lattice[:, classes].sum(1) for classes in _classes(alphabet)], axis=1)
    others = np.clip(1.0 - known.sum(1, keepdims=True), 0.0, None)
    return Guess(tuple(pair for pair in spellings(np.hstack([known, others]), SYMBOLS)[:5] if pair[1] >= 1e-4))


def dash_in(line: Line, cell: Box, height: float) -> str | None:
    """A dash where all the ink of a line is one flat stroke amid the cell, else None. `height` is that of the table's print."""
    solid = [spot for spot in line.spots if spot.area >= 4]
    if not solid:
        return None
    width, tall = line.box.width, line.box.height
    filled = sum(spot.area for spot in solid) / max(1.0, width * tall)
    flat = tall <= max(3.0, 0.42 * height) and width >= 1.3 * tall and width >= 0.2 * height
    free = min(line.box.top - cell.top, cell.bottom - line.box.bottom) >= 0.25 * height
    if not (flat and free) or filled < 0.45 or width > 3 * height:
        return None
    return "-" if width < 0.62 * height else "—" if width < 1.5 * height else "——"


def lean(ink: Image, line: Line) -> float | None:
    """How far a lone upright stroke drifts right per pixel down, negative for a slash; None for other shapes."""
    if line.box.width > 1.1 * line.box.height:
        return None
    x0, y0, x1, y1 = (round(v) for v in line.box)
    rows, columns = np.nonzero(ink[y0:y1, x0:x1])
    if len(rows) < 4 or np.ptp(rows) == 0:
        return None
    rows = rows - rows.mean()
    return float((rows * columns).sum() / np.square(rows).sum())


def glyphs(line: Line) -> tuple[int, int]:
    """The least and the most characters that the ink of a line can hold.

    Pieces above one another are one glyph; a glyph much wider than it is high may be several that touch.
    """
    groups: list[tuple[int, int]] = []
    for spot in sorted(line.spots):
        if groups and _same_glyph(groups[-1], spot):
            groups[-1] = (groups[-1][0], max(groups[-1][1], spot.x + spot.width))
        else:
            groups.append((spot.x, spot.x + spot.width))
    narrow = 0.36 * line.box.height
    most = sum(max(1, round((end - start) / narrow)) for start, end in groups)
    return len(groups), most


def _same_glyph(group: tuple[int, int], spot: Spot) -> bool:
    overlap = min(group[1], spot.x + spot.width) - max(group[0], spot.x)
    return overlap >= 0.5 * min(spot.width, group[1] - group[0])


def agreed(guesses: Sequence[Guess], line: Line) -> tuple[str, float]:
    """The text that all looks see and its certainty: the second greatest, halved where the ink holds another number of glyphs."""
    text = guesses[0].text
    if any(guess.text != text for guess in guesses):
        return text, 0.0
    least, most = glyphs(line)
    certainty = sorted(guess.confidence for guess in guesses)[-2]
    return text, certainty if least <= len(text) <= most else certainty / 2


def is_box(ink: Image, line: Line) -> bool:
    """Whether a piece of a line's ink fills all four corners of the room that it takes: what is printed for a glyph that a font lacks.

    Digits are round or open at one corner at least.
    """
    x0, y0 = line.box.x0 - min(spot.x for spot in line.spots), line.box.top - min(spot.y for spot in line.spots)
    for spot in line.spots:
        if spot.height < BOX * line.box.height or not 0.5 <= spot.width / spot.height <= 1.3:
            continue
        x, y, k = round(x0) + spot.x, round(y0) + spot.y, max(2, round(CORNER * spot.height))
        piece = ink[y : y + spot.height, x : x + spot.width] > 0
        if min(piece[rows, columns].mean() for rows in (slice(k), slice(-k, None)) for columns in (slice(k), slice(-k, None))) >= 0.75:
            return True
    return False
