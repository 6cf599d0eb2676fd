"""Tables printed without vertical rules: rows put together again from where their words stand.

Figures that stand under one another make columns; a line of figures makes a row; the label whose lines stand beside it names it.
A row comes out as text, its label and then each cell on a line of its own behind a tab, as plain-text reports have them: what the
figures mean is left to the labels and sums of the form. Where a line of figures has no label the lines stay as they are.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from extract.pdf_page import Glyph
from extract.pdf_prose import PAGE_NUMBER
from extract.pdf_text import box_of, line_text, rows
from extract.ruled import Box
from extract.stitch import ENUMERATED

LEAST = 3
"""Figures in a line that make it a row of a table."""
APART, DIGITS_APART = 0.55, 0.3
"""The shares of the letters' size that part two words, and two numbers."""
CELLS_APART = 0.1
"""The same share for two numbers that stand in two columns known from other lines."""
STEP = 1.5
"""Lines of one cell are no farther apart than this many times their size."""
LABEL_STEP = 2.6
"""Lines of one label too; they may stand as far apart as rows do, so the figures beside them are asked."""
LEVEL = 0.3
"""The share of their size by which words on one line may differ in height."""
PITCH = 1.2
"""The share of the closest lines of a header by which other lines of one label may be apart."""
REACH = 9.0
"""Sizes of their letters between two rows of a table, at most."""
_FIGURE = re.compile(r"[+\-－]?\d[\d,，.]*\Z|[—–\-－/]{1,2}\Z")
_HEADING = re.compile(r"[一二三四五六七八九十]{1,3}、\S+\Z")


class Word(NamedTuple):
    """Letters that stand together on one line."""

    glyphs: list[Glyph]
    text: str
    box: Box

    @property
    def middle(self) -> float:
        """Where it stands on its line: half its size above its lower edge."""
        return self.box.bottom - self.glyphs[0].bottom / 2 + self.glyphs[0].top / 2

    @property
    def is_figure(self) -> bool:
        """Whether it is a number or a dash."""
        return bool(_FIGURE.match(self.text))


class Rebuilt(NamedTuple):
    """A row as text, and its top on the page."""

    text: str
    top: float


class Zone(NamedTuple):
    """Lines of figures under one another, and the x-ranges of their columns."""

    lines: list[list[Word]]
    columns: list[tuple[float, float]]


def rebuilt(glyphs: list[Glyph]) -> tuple[list[Rebuilt], list[Glyph]]:
    """The rows of figures among these letters, and the letters that belong to none."""
    upright = rows([glyph for glyph in glyphs if not glyph.turn])
    if not any(_is_parted(line) for line in upright):
        return [], glyphs
    lines = _mended([_words(line) for line in upright])
    found: list[Rebuilt] = []
    used: set[int] = set()
    top = 0.0
    for zone in _zones(lines):
        made = _read(zone, lines, top)
        for words, row in made:
            found.append(row)
            used.update(id(glyph) for word in words for glyph in word.glyphs)
        top = zone.lines[-1][0].middle
    for words, row in _waiting(lines, top):
        found.append(row)
        used.update(id(glyph) for word in words for glyph in word.glyphs)
    return found, [glyph for glyph in glyphs if id(glyph) not in used]


def _words(line: list[Glyph], apart: float = APART) -> list[Word]:
    groups = [[line[0]]]
    for left, right in pairwise(line):
        digits = left.text.isdecimal() and right.text.isdecimal()
        if right.x0 - left.x1 > (DIGITS_APART if digits else apart) * min(left.bottom - left.top, right.bottom - right.top):
            groups.append([])
        groups[-1].append(right)
    return [Word(group, line_text(group), box_of(group)) for group in groups]


def _is_parted(line: list[Glyph]) -> bool:
    """Whether at least three words stand in a line: only then can rows of figures or labels of columns be about."""
    gaps = 0
    for left, right in pairwise(line):
        if right[1] - left[3] > DIGITS_APART * (left[4] - left[2]):
            gaps += 1
    return gaps >= LEAST - 1


def words_of(glyphs: list[Glyph]) -> list[Word]:
    """The words among upright letters, line by line."""
    return [word for line in rows([glyph for glyph in glyphs if not glyph.turn]) for word in _words(line)]


def _mended(lines: list[list[Word]]) -> list[list[Word]]:
    """The lines with figures put together that their cells broke over two lines, one above and one below that of the others."""
    kept = [list(line) for line in lines]
    for number, line in enumerate(lines):
        figures = [word for word in line if word.is_figure]
        if len(figures) < LEAST or number in (0, len(lines) - 1):
            continue
        pairs = [(a, b) for a in lines[number - 1] for b in lines[number + 1] if _is_broken(a, b, figures)]
        longest = max(len(word.text) for word in figures)
        if not pairs or len({len(above.text) for above, _ in pairs}) > 1 or len(pairs[0][0].text) < longest:
            continue
        for above, below in pairs:
            kept[number - 1].remove(above)
            kept[number + 1].remove(below)
            box = Box(min(above.box.x0, below.box.x0), figures[0].box.top, max(above.box.x1, below.box.x1), figures[0].box.bottom)
            kept[number].append(Word([*above.glyphs, *below.glyphs], above.text + below.text, box))
        kept[number].sort(key=lambda word: word.box.x0)
    return [line for line in kept if line]


def _is_broken(above: Word, below: Word, beside: list[Word]) -> bool:
    """Whether two runs of digits are one number: centred in one column where no other figure stands, level with the others together."""
    size = above.box.height
    if not (above.text.isdecimal() and below.text.isdecimal()) or not 0 < below.middle - above.middle <= STEP * size:
        return False
    level = abs((above.middle + below.middle) / 2 - beside[0].middle) <= LEVEL * size
    centred = abs(above.box.x0 + above.box.x1 - below.box.x0 - below.box.x1) <= size
    return level and centred and not any(word.box.x0 < above.box.x1 and word.box.x1 > above.box.x0 for word in beside)


def _zones(lines: list[list[Word]]) -> list[Zone]:
    """Lines of at least three figures, those together whose figures stand under one another."""
    zones: list[Zone] = []
    for line in lines:
        figures = [word for word in line if word.is_figure]
        if len(figures) < LEAST:
            continue
        zone = zones[-1] if zones else None
        near = zone is not None and figures[0].middle - zone.lines[-1][0].middle <= REACH * figures[0].box.height
        columns = _with(zone.columns, figures) if zone is not None and near else None
        if zone is not None and columns is not None:
            zones[-1] = Zone([*zone.lines, figures], columns)
        else:
            zones.append(Zone([figures], [(word.box.x0, word.box.x1) for word in figures]))
    return zones


def _with(columns: list[tuple[float, float]], figures: list[Word]) -> list[tuple[float, float]] | None:
    """The columns widened by a line of figures; None where they do not stand under one another."""
    wider = list(columns)
    hit: set[int] = set()
    for word in figures:
        touching = [i for i, (x0, x1) in enumerate(columns) if word.box.x0 < x1 and word.box.x1 > x0]
        if len(touching) != 1 or touching[0] in hit:
            return None
        i = touching[0]
        hit.add(i)
        wider[i] = min(wider[i][0], word.box.x0), max(wider[i][1], word.box.x1)
    return wider


def _read(zone: Zone, lines: list[list[Word]], above: float) -> list[tuple[list[Word], Rebuilt]]:
    """The rows of a zone with the words they are made of; nothing where a row has no label of its own."""
    lines = [_split(line, zone.columns) for line in lines]
    left = zone.columns[0][0]
    first, last = zone.lines[0][0].middle, zone.lines[-1][-1].middle
    reach = REACH * zone.lines[0][0].box.height
    inside = _figures(zone, lines, first, last)
    labels = [word for line in lines for word in line if word.box.x1 <= left and first - reach <= word.middle <= last + reach]
    beside = (next((word.middle for word in line if word.is_figure and word.box.x1 > left), None) for line in lines)
    blocks = _blocks(labels, [middle for middle in beside if middle is not None])
    made: list[tuple[list[Word], Rebuilt]] = []
    chosen = [_label(blocks, figures[0]) for figures in inside]
    if len(inside) > 1 and (None in chosen or len(set(map(id, chosen))) < len(chosen)):
        return []
    for figures, label in zip(inside, chosen, strict=True):
        cells = "\n\t".join(_cells(figures, zone.columns))
        text = "".join(word.text for word in label or ())
        made.append(([*figures, *(label or ())], Rebuilt(f"{text}\n\t{cells}\n", figures[0].box.top)))
    return [*_header(zone, lines, above), *made]


def _split(line: list[Word], columns: list[tuple[float, float]]) -> list[Word]:
    """The line with words parted where they go from one column to the next, or from a label that touches the first column."""
    parts: list[Word] = []
    for word in line:
        places = [_column(glyph, columns) for glyph in word.glyphs]
        cuts = [0, *(i for i in range(1, len(places)) if _is_cut(word.glyphs[i - 1 : i + 1], *places[i - 1 : i + 1])), len(places)]
        groups = [word.glyphs[i:j] for i, j in pairwise(cuts)]
        parts += [Word(group, line_text(group), box_of(group)) for group in groups] if len(groups) > 1 else [word]
    return parts


def _column(glyph: Glyph, columns: list[tuple[float, float]]) -> int | None:
    middle = (glyph.x0 + glyph.x1) / 2
    return next((i for i, (x0, x1) in enumerate(columns) if x0 <= middle <= x1), None)


def _is_cut(pair: list[Glyph], before: int | None, after: int | None) -> bool:
    """Whether two letters beside one another, in these columns, are of two cells."""
    left, right = pair
    if not right.text.isascii() or after is None:
        return False
    apart = right.x0 - left.x1 > CELLS_APART * (left.bottom - left.top)
    return before != after and apart if before is not None else after == 0 and not left.text.isascii()


def _figures(zone: Zone, lines: list[list[Word]], first: float, last: float) -> list[list[Word]]:
    """The lines of figures between the first and the last of a zone, those with fewer figures too: their other cells are blank.

    None at all where a line holds something else among its figures: what it says cannot be known.
    """
    found = []
    for line in lines:
        figures = [word for word in line if word.is_figure and word.box.x1 > zone.columns[0][0]]
        if not figures or not first <= figures[0].middle <= last:
            continue
        strange = any(not word.is_figure and word.box.x1 > zone.columns[0][0] for word in line)
        if strange or _with(zone.columns, figures) is None:
            return []
        found.append(figures)
    return found


def _blocks(words: Sequence[Word], figures: Sequence[float] = ()) -> list[list[Word]]:
    """Label words with the lines of one cell together: under one another, close, and not begun by a number of their own.

    `figures` are the heights of the lines of figures: labels level with two of them are two, and only lines level with none may
    stand as far apart as rows do.
    """
    blocks: list[list[Word]] = []
    for word in sorted(words, key=lambda word: word.middle):
        own = _level(word, figures)
        for block in reversed(blocks):
            below = block[-1]
            levels = {level for level in (own, *(_level(other, figures) for other in block)) if level is not None}
            step = (STEP if levels else LABEL_STEP if figures else STEP) * word.box.height
            over = min(word.box.x1, below.box.x1) - max(word.box.x0, below.box.x0)
            if over > 0 and 0 < word.middle - below.middle <= step and len(levels) < 2 and not ENUMERATED.match(word.text):
                block.append(word)
                break
        else:
            blocks.append([word])
    return blocks


def _level(word: Word, figures: Sequence[float]) -> float | None:
    """The line of figures that stands at the height of a word."""
    return next((at for at in figures if abs(at - word.middle) <= LEVEL * word.box.height), None)


def _label(blocks: list[list[Word]], figure: Word) -> list[Word] | None:
    """The rightmost block beside a figure: the innermost label of its row."""
    slack = 0.6 * figure.box.height
    beside = [block for block in blocks if block[0].middle - slack <= figure.middle <= block[-1].middle + slack]
    return max(beside, key=lambda block: block[0].box.x0, default=None)


def _cells(figures: list[Word], columns: list[tuple[float, float]]) -> list[str]:
    cells = [""] * len(columns)
    ends = [x1 for _, x1 in columns]
    for word in figures:
        cells[min(bisect_left(ends, (word.box.x0 + word.box.x1) / 2), len(cells) - 1)] = word.text
    return cells


def _header(zone: Zone, lines: list[list[Word]], above: float) -> list[tuple[list[Word], Rebuilt]]:
    """The labels over the columns, each put together from its lines; nothing where a column has none."""
    top, size = zone.lines[0][0].middle, zone.lines[0][0].box.height
    parts: list[list[Word]] = [[]]
    for line in lines:
        if max(above, top - 2 * REACH * size) < line[0].middle < top - 1:
            if any(word.is_figure for word in line):
                parts = [[]]
            elif len(line) == 1 and _HEADING.match(line[0].text):
                parts.append([])  # the heading of a section, or the label of the first row
            else:
                parts[-1] += [part for word in line for part in _words(word.glyphs, DIGITS_APART)]
    labels = next((found for found in (_over(words, zone.columns) for words in parts[::-1]) if any(found)), [])
    if not labels or not all(labels):
        return []
    text = " ".join("".join(word.text for word in label) for label in labels)
    return [([word for label in labels for word in label], Rebuilt(text, zone.lines[0][0].box.top - 1))]


def _over(words: list[Word], columns: list[tuple[float, float]]) -> list[list[Word]]:
    """The lowest words over each column that stand close under one another; words over several columns are labels of a higher level."""
    centres = [(x0 + x1) / 2 for x0, x1 in columns]
    middles = [(a + b) / 2 for a, b in pairwise(centres)]
    edges = [2 * centres[0] - middles[0], *middles, 2 * centres[-1] - middles[-1]]
    strips = [[w for w in words if a <= (w.box.x0 + w.box.x1) / 2 < b] for a, b in pairwise(edges)]
    lowest = [max(strip, key=lambda word: word.middle).box for strip in strips if strip]

    def is_wide(word: Word) -> bool:
        return sum(word.box.x0 < box.x1 and word.box.x1 > box.x0 and word.box != box for box in lowest) > 1

    own = [sorted([w for w in strip if not is_wide(w)], key=lambda word: (word.middle, word.box.x0)) for strip in strips]
    pitch = min((gap for strip in own for gap in _gaps(strip)), default=0.0)
    return [_stack(strip, PITCH * pitch) for strip in own]


def _gaps(words: list[Word]) -> Iterator[float]:
    """The distances between words on different lines, where they are near enough to be of one cell."""
    for upper, lower in pairwise(words):
        if LEVEL * lower.box.height < lower.middle - upper.middle <= LABEL_STEP * lower.box.height:
            yield lower.middle - upper.middle


def _waiting(lines: list[list[Word]], above: float) -> list[tuple[list[Word], Rebuilt]]:
    """Labels of columns at the end of a page, whose figures stand on the next: the upper levels, then the lowest from left to right."""
    tail: list[Word] = []
    most = 0
    for line in lines:
        if line[0].middle > above + 1 and not PAGE_NUMBER.match(line[0].text):
            starts = len(line) == 1 and (_HEADING.match(line[0].text) or line[0].text.endswith("。"))
            tail, most = ([], 0) if starts else ([*tail, *line], max(most, len(line)))
    if most < LEAST:
        return []
    blocks = _blocks(tail)
    lowest = [block for block in blocks if not any(_under(block[-1], other[0]) for other in blocks)]
    upper = [block for block in blocks if block not in lowest]
    ordered = [*sorted(upper, key=lambda block: block[0].middle), *sorted(lowest, key=lambda block: block[0].box.x0)]
    text = " ".join("".join(word.text for word in block) for block in ordered)
    return [(tail, Rebuilt(text, tail[0].box.top))]


def _under(word: Word, other: Word) -> bool:
    over = min(word.box.x1, other.box.x1) - max(word.box.x0, other.box.x0)
    return over > 0 and other.middle > word.middle


def has_rows(glyphs: list[Glyph]) -> bool:
    """Whether a line of these letters holds a figure apart from another word, or three words: cells without a rule between them."""
    lines = (_words(line) for line in rows(glyphs))
    return any(len(line) >= LEAST or (len(line) > 1 and any(word.is_figure for word in line)) for line in lines)


def _stack(words: list[Word], step: float) -> list[Word]:
    """The lowest words, of these from top to bottom, that stand no farther under one another than `step`."""
    stack = words[-1:]
    for word in words[-2::-1]:
        if stack[0].middle - word.middle > max(step, LEVEL * word.box.height):
            break
        stack.insert(0, word)
    return stack
