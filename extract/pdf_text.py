"""Letters → lines → the text of a cell or the lines of a page."""

from __future__ import annotations

import re
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from extract.pdf_page import Glyph
from extract.ruled import Box

DOUBLED = 0.25
"""A letter closer to the same letter than this share of its size is that letter drawn again, for boldness."""
SPACE, LATIN_SPACE, CHASM = 0.35, 0.18, 1.1
"""Shares of the letters' size: a gap that reads as a space, also between Latin letters; one so wide that two numbers may stand there."""
STAIR = 0.2
"""The share of its size by which a letter may stand lower than the one before it on its line."""
TOUCHING = 0.05
"""The share of their size by which digits of one number may miss one another."""
LEADING = 1.8
"""The height of a line in sizes of its letters, at most, within one number that its cell broke."""
MARK = 0.75
"""The share of a figure's height below which a raised digit is the mark of a note."""
SUPERSCRIPTS = dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))
PADDING = 1.3
"""The part of a cell's width that margins may take on both sides together, in sizes of its letters."""
_NUMERIC = re.compile(r"[0-9.,%+\-]")


class Line(NamedTuple):
    """A line of text and the box around it."""

    text: str
    box: Box
    size: float
    """The height of its letters, in points."""


def rows(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Upright letters in lines from top to bottom, each from left to right, each letter once."""
    lines: list[list[Glyph]] = []
    first = last = 0.0
    # the lower edges of letters lie on one line; their upper edges, and so their middles, do not in every font
    for glyph in sorted(glyphs, key=lambda g: (g.bottom, g.x0)):
        height = glyph.bottom - glyph.top
        if lines and glyph.bottom - last <= STAIR * height and glyph.bottom - first <= 0.5 * height:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
            first = glyph.bottom
        last = glyph.bottom
    return [_once(sorted(line, key=lambda g: g.x0)) for line in lines]


def _once(line: list[Glyph]) -> list[Glyph]:
    kept = line[:1]
    for glyph in line[1:]:
        near = glyph[1] - DOUBLED * (glyph[3] - glyph[1])
        last = kept[-1]
        if not (last[1] > near and last[0] == glyph[0]) and not (len(kept) > 1 and kept[-2][1] > near and kept[-2][0] == glyph[0]):
            kept.append(glyph)
    return kept


def line_text(line: list[Glyph], in_cell: bool = False) -> str:
    """Letters of one line as a string, spaces where they stand apart; inside cells a chasm between digits is a line break."""
    gaps = [right[1] - left[3] for left, right in pairwise(line)]
    usual = max(0.0, sorted(gaps)[len(gaps) // 2]) if len(gaps) >= 6 else 0.0
    if gaps and max(gaps) <= LATIN_SPACE * (line[0][4] - line[0][2]) / 2:
        return "".join([glyph[0] for glyph in line])
    parts = [line[0].text]
    for (left, right), gap in zip(pairwise(line), gaps, strict=True):
        size = min(left.bottom - left.top, right.bottom - right.top)
        if in_cell and gap > CHASM * size and _NUMERIC.match(left.text) and _NUMERIC.match(right.text):
            parts.append("\n")
        elif gap - usual > (LATIN_SPACE if left.text.isascii() and right.text.isascii() else SPACE) * size:
            parts.append(" ")
        parts.append(right.text)
    return "".join(parts)


def runs_on(left: Glyph, right: Glyph) -> bool:
    """Whether two digits touch on one line, as those of one number do."""
    size = left[4] - left[2]
    touching = abs(right[1] - left[3]) <= TOUCHING * size and abs(right[4] - left[4]) <= TOUCHING * size
    return touching and left[0].isdecimal() and right[0].isdecimal()


def box_of(line: list[Glyph]) -> Box:
    """The box around letters."""
    return Box(min([g[1] for g in line]), min([g[2] for g in line]), max([g[3] for g in line]), max([g[4] for g in line]))


def lines_of(glyphs: list[Glyph]) -> list[Line]:
    """The lines of a page's text outside tables, turned letters after the upright ones."""
    found = []
    for group in _by_turn(glyphs):
        for row in rows(group):
            box = box_of(row)
            found.append(Line(line_text(row), box, median(g.bottom - g.top for g in row)))
    return found


def cell_text(glyphs: list[Glyph], width: float) -> str:
    """The text of a cell this wide. Lines that the cell's width broke are joined; numbers that stand apart keep a line break."""
    if not glyphs:
        return ""
    if _is_plain(glyphs):
        return "".join([glyph[0] for glyph in glyphs])
    texts = []
    for group in _by_turn(_with_marks(glyphs)):
        lines = rows(group)
        texts.append(_flow(lines, width if not group[0].turn else max(box_of(line).width for line in lines)))
    return "\n".join(texts)


def _with_marks(glyphs: list[Glyph]) -> list[Glyph]:
    """The letters with small raised digits as what they are, marks of notes: 12¹ is not 121."""
    digits = [g for g in glyphs if g[0] in SUPERSCRIPTS]
    tallest = max([g[4] - g[2] for g in digits], default=0.0)
    small = [g for g in digits if g[4] - g[2] < MARK * tallest]
    if not small:
        return glyphs
    full = [g for g in digits if g[4] - g[2] >= MARK * tallest]
    marks = {id(g): _mark(g, full) for g in small}
    return [marks.get(id(g), g) for g in glyphs]


def _mark(small: Glyph, full: list[Glyph]) -> Glyph:
    """A small digit raised over a full one on its left or another mark of it as a superscript on that one's line; else itself."""
    for big in full:
        size = big.bottom - big.top
        if 0 <= small.x0 - big.x0 < 3 * size and big.top - size / 2 < small.top and small.bottom < big.bottom - size / 10:
            return Glyph(SUPERSCRIPTS[small.text], small.x0, big.top, small.x1, big.bottom, small.turn)
    return small


def _is_plain(glyphs: list[Glyph]) -> bool:
    """Whether letters stand in one line in their order, close to one another: most cells do, and need no sorting."""
    _, _, top, right, bottom, turn = glyphs[0]
    slack = 0.2 * (bottom - top)
    for glyph in glyphs[1:]:
        gap = glyph[1] - right
        if not (-slack < gap < slack and -slack < glyph[4] - bottom < slack):
            return False
        right = glyph[3]
    return not turn


def _flow(lines: list[list[Glyph]], width: float) -> str:
    text = line_text(lines[0], in_cell=True)
    for above, below in pairwise(lines):
        text += _between(above, below, width) + line_text(below, in_cell=True)
    return text


def _between(above: list[Glyph], below: list[Glyph], width: float) -> str:
    """What stands for the end of a line: nothing where text goes on, a break between numbers, a space between Latin words."""
    last, first = above[-1], below[0]
    if _NUMERIC.match(last.text) and _NUMERIC.match(first.text):
        ink = last.x1 - above[0].x0
        size = last.bottom - last.top
        full = ink + (first.x1 - first.x0) > max(width - PADDING * size, width / 2)
        return "" if full and first.bottom - last.bottom <= LEADING * size else "\n"
    both_latin = last.text.isascii() and first.text.isascii() and last.text.isalnum() and first.text.isalnum()
    return " " if both_latin else ""


def _by_turn(glyphs: list[Glyph]) -> list[list[Glyph]]:
    """Letters by the direction of their writing, each group turned upright, the main one first."""
    if not any(glyph.turn for glyph in glyphs):
        return [glyphs] if glyphs else []
    groups = ([_upright(g) for g in glyphs if g.turn == turn] for turn in range(4))
    return [group for group in groups if group]


def _upright(g: Glyph) -> Glyph:
    """The letter in coordinates in which its writing runs to the right; its turn kept as a mark."""
    if g.turn == 1:
        return Glyph(g.text, -g.bottom, g.x0, -g.top, g.x1, 1)
    if g.turn == 2:
        return Glyph(g.text, -g.x1, -g.bottom, -g.x0, -g.top, 2)
    if g.turn == 3:
        return Glyph(g.text, g.top, -g.x1, g.bottom, -g.x0, 3)
    return g
