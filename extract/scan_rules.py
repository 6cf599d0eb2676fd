"""Ruled lines of a level page: long thin strokes that end at a crossing; strokes of characters do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np

from extract import ruled
from extract.ruled import Lattice, Rule
from extract.scan_ink import PAPER, RULE, STRONG, WEAK, Image, Light, dark, pieces_of

SHORTEST_LEVEL = 0.35
SHORTEST_UPRIGHT = 0.13
"""Inches. Rows are lower than columns are wide; what is shorter still is more often a stroke of a character."""
LONG = 0.45
"""Inches from which an upright is too long to be a stroke of a character."""
FAINT_RULE = 0.09
"""How much darker than paper a rule must be: less than print, for nothing else is as long and as thin."""
CLEAN = 1.0
"""The noise, in grey levels, of a page that was never on paper."""
FRAME = 0.6
"""Of a page's height: a single box that is higher holds the page, not a text."""
SEAM = 2.0
"""Pixels beside a rule that its blur darkens."""
THINNEST = 20
"""A strip of cells thinner than this part of an inch is the inside of a double rule."""


class Stroke(NamedTuple):
    """A rule and how thick it is drawn, in pixels."""

    rule: Rule
    thickness: float


class Rules(NamedTuple):
    """The rules of one page that take part in a table."""

    level: tuple[Stroke, ...]
    upright: tuple[Stroke, ...]

    def erased(self, ink: Image) -> Image:
        """The ink without the rules and their blurred seams."""
        bare = ink.copy()
        for strokes, columns in ((self.level, False), (self.upright, True)):
            for (at, start, end), thickness in strokes:
                near, far = int(at - thickness / 2 - SEAM), round(at + thickness / 2 + SEAM)
                across, along = slice(max(0, near), far), slice(max(0, int(start - SEAM)), int(end + SEAM) + 1)
                bare[(along, across) if columns else (across, along)] = 0
        return bare


def find(light: Light) -> Rules:
    """The rules of a level page: strokes as dark as print, and fainter ones with small gaps and steps bridged."""
    level: list[Stroke] = []
    upright: list[Stroke] = []
    inks = [(_drawn(light, depth), rough) for depth, rough in ((RULE, False), (FAINT_RULE, True))]
    for ink, rough in inks:
        strokes = _strokes(ink, light.dpi, SHORTEST_LEVEL, rough)
        level += [
            stroke for stroke in strokes if not rough or stroke.rule.end - stroke.rule.start > 1.5 * light.dpi or _is_alone(ink, stroke)
        ]
    for ink, rough in inks:
        sides = _strokes(np.ascontiguousarray(ink.T), light.dpi, SHORTEST_UPRIGHT, rough)
        near = [stroke for stroke in sides if _meets(stroke.rule, level, reach_of(light.dpi))]
        upright += [stroke for stroke in near if _is_bare(ink, stroke, level, light.dpi)]
    return _crossing(level, upright, light)


def _drawn(light: Light, depth: float) -> Image:
    """What is dark enough to be a rule; on a clean page also where dense print beside it darkens its surroundings."""
    ink = dark(light, depth)
    return ink if light.noise > CLEAN else cv2.max(ink, np.where(light.grey < PAPER - depth * 255, 255, 0).astype(np.uint8))


def lattices(rules: Rules, dpi: float, height: float) -> list[Lattice]:
    """The tables that these rules draw on a page, without the thin strips that double rules leave and without the paper's edge."""
    level, upright = [stroke.rule for stroke in rules.level], [stroke.rule for stroke in rules.upright]
    found = [_sturdy(lattice, dpi / THINNEST) for lattice in ruled.find(level, upright, reach_of(dpi))]
    return [lattice for lattice in found if len(lattice.cells) > 1 or not _is_frame(lattice, found, height)]


def _is_frame(lattice: Lattice, others: list[Lattice], height: float) -> bool:
    """Whether one box goes around a table or most of the page: where photographed paper ends, or a line around the page."""
    return lattice.box.height > FRAME * height or any(lattice.box.covers(other.box, 0.0) for other in others if other is not lattice)


def _sturdy(lattice: Lattice, least: float) -> Lattice:
    rows = [i for i, (a, b) in enumerate(pairwise(lattice.ys)) if b - a < least]
    columns = [i for i, (a, b) in enumerate(pairwise(lattice.xs)) if b - a < least]
    full = len(rows) == len(lattice.ys) - 1 or len(columns) == len(lattice.xs) - 1
    return lattice if full else ruled.without(lattice, rows, columns)


def reach_of(dpi: float) -> float:
    """How far apart, in pixels, two rules may end and still meet."""
    return max(3.0, dpi / 28)


def _strokes(ink: Image, dpi: float, least: float, rough: bool) -> list[Stroke]:
    """Level strokes at least `least` inches long and about 1/22 inch thick at most, drawn through or in dots."""
    length, gap, thickest = max(12, int(least * dpi)), max(3, int(dpi / 30)) | 1, max(4, int(dpi / 22))
    even = cv2.morphologyEx(cv2.dilate(ink, np.ones((3, 1), np.uint8)), cv2.MORPH_CLOSE, np.ones((1, 3), np.uint8)) if rough else ink
    solid = cv2.morphologyEx(even, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    flat = cv2.subtract(ink, cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((thickest + 1, 1), np.uint8)))
    dotted = cv2.morphologyEx(flat, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    dotted = cv2.morphologyEx(dotted, cv2.MORPH_OPEN, np.ones((1, length * 2), np.uint8))
    found = list(_thin(solid, thickest))
    return found + [stroke for stroke in _thin(dotted, thickest) if _is_dotted(ink, stroke, dpi) and _is_alone(ink, stroke)]


def _thin(mask: Image, thickest: int) -> Iterator[Stroke]:
    for x, y, width, height in pieces_of(mask):
        area = cv2.countNonZero(mask[y : y + height, x : x + width])
        if area <= thickest * width and height <= thickest + 0.01 * width:
            yield Stroke(Rule(y + height / 2, float(x), float(x + width)), area / width)


def _is_dotted(ink: Image, stroke: Stroke, dpi: float) -> bool:
    """Whether a stroke has a gap every quarter of an inch or more often: strokes of characters and rules between them do not.

    Where another rule crosses is no gap.
    """
    (at, start, end), thickness = stroke
    half = thickness / 2 + 1
    drawn = ink[max(0, int(at - half)) : int(at + half) + 1, int(start) : int(end)].max(0) > 0
    return int(np.count_nonzero(drawn[:-1] & ~drawn[1:])) >= max(4, (end - start) / (0.25 * dpi))


def _crossing(level: list[Stroke], upright: list[Stroke], light: Light) -> Rules:
    """Drop strokes that meet too few others, until nothing changes."""
    reach = reach_of(light.dpi)
    while True:
        kept_level = [stroke for stroke in level if _meets(stroke.rule, upright, reach) >= 2]
        kept_upright = [stroke for stroke in upright if _meets(stroke.rule, kept_level, reach) >= 1]
        kept_upright = _touching(kept_upright, kept_level, light)
        if len(kept_level) == len(level) and len(kept_upright) == len(upright):
            return Rules(tuple(level), tuple(upright))
        level, upright = kept_level, kept_upright


def _is_alone(ink: Image, stroke: Stroke) -> bool:
    """Whether a stroke has paper above and below; what has not is a line of text whose strokes were bridged."""
    (at, start, end), thickness = stroke
    half = thickness / 2 + 2
    above = ink[max(0, int(at - half) - 2) : max(1, int(at - half)), int(start) : int(end)]
    below = ink[int(at + half) + 1 : int(at + half) + 3, int(start) : int(end)]
    return all(side.size == 0 or np.count_nonzero(side.max(0)) < 0.2 * side.shape[1] for side in (above, below))


def _is_bare(ink: Image, upright: Stroke, level: list[Stroke], dpi: float) -> bool:
    """Whether nothing but level rules branches off an upright; of a short one with branches, a character is made."""
    (at, start, end), thickness = upright
    if end - start > LONG * dpi:
        return True
    reach, half = max(3, round(dpi / 45)), thickness / 2 + 1
    band = ink[round(start) : round(end), max(0, round(at - half) - reach) : round(at + half) + reach] > 0
    branches = np.logical_or(np.all(band[:, :reach], axis=1), np.all(band[:, -reach:], axis=1))
    seam = max(2.0, dpi / 75)
    for (y, left, right), thick in level:
        if left - reach <= at <= right + reach:
            branches[max(0, round(y - start - thick / 2 - seam)) : max(0, round(y - start + thick / 2 + seam))] = False
    return not np.any(branches[2:-2])


def _meets(rule: Rule, others: list[Stroke], reach: float) -> int:
    return sum(
        rule.start - reach <= other.at <= rule.end + reach and other.start - reach <= rule.at <= other.end + reach for other, _ in others
    )


def _touching(upright: list[Stroke], level: list[Stroke], light: Light) -> list[Stroke]:
    """Without the short uprights that stop short of a level rule, where the others do not: strokes of 申, 十, 本 in low rows.

    Where a page ends in a row, several of them stop at the same height.
    """
    dpi, edges = light.dpi, (0.0, float(light.grey.shape[0]))
    gaps = [_gaps(stroke.rule, level, edges) for stroke in upright]
    near = max(1.5, dpi / 90)
    ends = [gap for pair in gaps for gap in pair]
    if not ends or float(np.median(ends)) > near:
        return upright
    kept = [s for s, pair in zip(upright, gaps, strict=True) if s.rule.end - s.rule.start > LONG * dpi or max(pair) <= near]
    torn = [s for s, pair in zip(upright, gaps, strict=True) if s not in kept and min(pair) <= near < max(pair)]
    return kept + [s for s in torn if sum(abs(s.rule.start - t.rule.start) + abs(s.rule.end - t.rule.end) <= 2 * near for t in torn) >= 4]


def _gaps(rule: Rule, level: list[Stroke], edges: Sequence[float]) -> tuple[float, float]:
    """How far above and below an upright its nearest level rule is, or the picture's edge."""
    across = [(edge, 0.0) for edge in edges] + [
        (other.at, thickness / 2) for other, thickness in level if other.start - 3 <= rule.at <= other.end + 3
    ]

    def nearest(end: float) -> float:
        return min((max(0.0, abs(end - at) - half) for at, half in across), default=99.0)

    return nearest(rule.start), nearest(rule.end)


def print_of(light: Light, rules: Rules) -> Image:
    """The ink of characters without the rules: 255 where it is surely print or hangs together with such, 128 where it is fainter."""
    weak, strong = rules.erased(dark(light, WEAK)), dark(light, STRONG)
    count, labels = cv2.connectedComponents(weak, connectivity=8, ltype=cv2.CV_32S)
    levels = np.full(count, 128, np.uint8)
    levels[labels[strong > 0]] = 255
    levels[0] = 0
    marked: Image = levels[labels]
    return marked
