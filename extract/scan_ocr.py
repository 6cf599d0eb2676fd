"""Pictures of one line of text → readings, by the recognition model that ships inside the rapidocr wheel.

The model is run through onnxruntime directly: the certainty of a figure needs the whole probability lattice, of which
rapidocr's own interface returns only the best path.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships no types
from numpy.typing import NDArray

from extract.errors import MissingPart
from extract.scan_ink import Image

Lattice = NDArray[np.float32]

MODEL = "models/PP-OCRv6_rec_small.onnx"
HEIGHT = 48
NARROWEST = 64
"""Pixels. Below this the model reads lone digits badly; above it time is wasted (libraries.md: 320 is 3 × slower)."""
BUCKET = 32
PIXELS_A_RUN = 4 * 320
LINE = 3.6
"""Width in heights from which a crop is taken for a line of text and read squeezed first."""
SQUEEZE = 0.6
SURE, SUREST = 0.6, 0.95
"""What the least certain character of a squeezed line must have at least, and the mean of all."""
FINE = 30
"""Pixels of height from which a crop is fine enough to be squeezed."""
DENSE = 0.55
"""Characters for each square of a squeezed line, at least: the network drops what it does not make out, and is sure of the rest."""
BRACKETS = "()（）"
"""Narrow and wide ones are hard to tell apart, and mean the same."""
KEPT = 5
LEAST = 1e-5
"""Symbols less likely than this at a time step are not followed."""
BLOT = "□"
BEAM = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """What one crop says. `lattice` is time steps × classes, the blank in column 0."""

    text: str
    confidence: float
    """The least certain character's probability, 0 to 1; 0 for no text."""
    mean: float
    """The mean over its characters."""
    lattice: Lattice
    scores: tuple[float, ...] = ()
    """Each character's probability."""

    def guarded(self, least: float) -> str:
        """The text with every digit less certain than `least` blotted out: a year or a count is right or not there."""
        return "".join(BLOT if ch.isdecimal() and p < least else ch for ch, p in zip(self.text, self.scores, strict=True))


class Recogniser:
    """The recognition network with its alphabet, on one thread."""

    def __init__(self, model: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        characters = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.alphabet: tuple[str, ...] = ("", *characters, " ")

    def read(self, crops: Sequence[Image]) -> list[Reading]:
        """Read grey crops, dark text on light ground, one line each; the order is kept."""
        readings: list[Reading | None] = [None] * len(crops)
        for width, members in _batches(crops):
            block = np.stack([_tensor(crops[i], width) for i in members])
            lattices = self._session.run(None, {self._input: block})[0]
            for i, lattice in zip(members, lattices, strict=True):
                readings[i] = self._greedy(lattice[: math.ceil(_width(crops[i]) / 8) + 1])
        return [reading for reading in readings if reading is not None]

    def read_text(self, crops: Sequence[Image]) -> list[Reading]:
        """Read crops that are text more often than figures: long ones at less width, and again in full where anything is in doubt.

        What holds a figure is always read in full: squeezed, two digits alike run into one.
        """
        long = {i for i, crop in enumerate(crops) if crop.shape[0] >= FINE and crop.shape[1] >= LINE * crop.shape[0]}
        readings = self.read([_squeezed(crop) if i in long else crop for i, crop in enumerate(crops)])
        again = [i for i in long if not _is_plain(readings[i], crops[i].shape)]
        for i, reading in zip(again, self.read([crops[i] for i in again]), strict=True):
            readings[i] = reading
        return readings

    def _greedy(self, lattice: Lattice) -> Reading:
        best = lattice.argmax(1)
        peaks = lattice[np.arange(len(best)), best]
        characters: list[str] = []
        scores: list[float] = []
        for t, k in enumerate(best):
            if k and t and k == best[t - 1]:
                scores[-1] = max(scores[-1], float(peaks[t]))
            elif k:
                characters.append(self.alphabet[k])
                scores.append(float(peaks[t]))
        mean = sum(scores) / len(scores) if scores else 0.0
        return Reading("".join(characters), min(scores, default=0.0), mean, lattice, tuple(scores))


@lru_cache(maxsize=1)
def recogniser() -> Recogniser:
    """The one recogniser of this process. Raises MissingPart where the model is not installed."""
    found = importlib.util.find_spec("rapidocr")
    folder = Path(found.origin).parent if found and found.origin else None
    if folder is None or not (folder / MODEL).exists():
        raise MissingPart("reading pictures needs the OCR model: pip install 'nianbao[ocr]'")
    return Recogniser(folder / MODEL)


def _squeezed(crop: Image) -> Image:
    return cv2.resize(crop, None, fx=SQUEEZE, fy=1.0, interpolation=cv2.INTER_AREA)


def _is_plain(reading: Reading, shape: tuple[int, ...]) -> bool:
    """Whether a squeezed line is read surely and is text: no digit but an ordinal at its head (3.其他)."""
    dense = len(reading.text) * shape[0] >= DENSE * shape[1]
    figures = any(ch.isdecimal() or ch in "〇○" for ch in reading.text[1:])
    scores = [p for ch, p in zip(reading.text, reading.scores, strict=True) if ch not in BRACKETS] or [0.0]
    return dense and not figures and min(scores) >= SURE and sum(scores) / len(scores) >= SUREST


def _width(crop: Image) -> int:
    height, width = crop.shape[:2]
    return max(1, math.ceil(HEIGHT * int(width) / int(height)))


def _batches(crops: Sequence[Image]) -> Iterator[tuple[int, list[int]]]:
    """Crops of like width together, so that little is padded and memory stays flat."""
    groups: dict[int, list[int]] = {}
    for i, crop in enumerate(crops):
        width = max(NARROWEST, BUCKET * math.ceil(_width(crop) / BUCKET))
        groups.setdefault(width, []).append(i)
    for width, members in sorted(groups.items()):
        size = max(1, PIXELS_A_RUN // width)
        for start in range(0, len(members), size):
            yield width, members[start : start + size]


def _tensor(crop: Image, width: int) -> NDArray[np.float32]:
    inner = min(width, _width(crop))
    shrinking = crop.shape[0] > HEIGHT
    resized = cv2.resize(crop, (inner, HEIGHT), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC)
    tensor = np.zeros((3, HEIGHT, width), np.float32)
    tensor[:, :, :inner] = resized.astype(np.float32) / 127.5 - 1.0
    return tensor


def spellings(lattice: Lattice, symbols: Sequence[str]) -> list[tuple[str, float]]:
    """The likeliest texts of a lattice whose columns spell `symbols` ("" the blank), best first, with CTC probability.

    A prefix beam search: unlike the best path it adds up all the ways to write a text, so that a digit that may be one
    or two ("1" and "11") costs certainty.
    """
    beams: dict[str, tuple[float, float]] = {"": (1.0, 0.0)}
    for step in lattice:
        beams = _advance(beams, step, symbols)
    ranked = sorted(((text, sum(p)) for text, p in beams.items()), key=lambda pair: -pair[1])
    return [(text, min(1.0, p)) for text, p in ranked]


def _advance(beams: dict[str, tuple[float, float]], step: NDArray[np.float32], symbols: Sequence[str]) -> dict[str, tuple[float, float]]:
    nexts: dict[str, tuple[float, float]] = {}

    def add(text: str, blank: float, inked: float) -> None:
        old = nexts.get(text, (0.0, 0.0))
        nexts[text] = (old[0] + blank, old[1] + inked)

    likely = [int(k) for k in np.argsort(step)[-KEPT:] if step[k] >= LEAST]
    for text, (blank, inked) in beams.items():
        add(text, (blank + inked) * float(step[0]), 0.0)
        for k in likely:
            symbol, p = symbols[k], float(step[k])
            if not symbol:
                continue
            if text and text[-1] == symbol:
                add(text, 0.0, inked * p)
                add(text + symbol, 0.0, blank * p)
            else:
                add(text + symbol, 0.0, (blank + inked) * p)
    best = sorted(nexts.items(), key=lambda pair: -sum(pair[1]))[:BEAM]
    return dict(best)
