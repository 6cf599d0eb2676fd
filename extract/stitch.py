"""Tables that go on over a page break, made one again.

    blocks = stitched(blocks, torn={4})        # a reader's blocks in reading order; block 4 ends without a bottom border

Fragments are joined when nothing but a continuation mark stands between them, they lie on successive pages, and their column
borders agree: on a common grid of x, never by counting columns. At the seam a repeated header goes, a row cut in two is put
together, and a merged cell that the break cut goes on below it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from extract.document import Block, Cell, Grid, Paragraph, Place, Row

AGREE = 0.7
"""The share of the inner column borders of the fragment with fewer that the other must have too."""
ENUMERATED = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|[㈠-㈩⒈-⒛①-⑳]|\d{1,2}[、.．](?!\d)|第.{1,8}(?:条|项))"
)
"""How a numbered label starts: it cannot be the rest of the label above."""
_NUMERIC = re.compile(r"[\s\d.,+\-—–－%％/／]*\Z")
_BETWEEN = re.compile(r"[（(]?(?:续表?|接上[页表]|上接.{0,6}|下转.{0,6}|单位[:：].{1,4}|\s*[一二三四五六七八九十\d]{0,2}){1,2}[）)]?\Z")
_OPENING, _CLOSING = "（(《“【[", "）)》”】]"


class Seam(NamedTuple):
    """Lengths that decide at a seam, in the unit of the cells' places: slack of borders, width of a digit."""

    slack: float = 4.0
    digit: float = 5.0
    stretch: float = 0.0
    """The share by which a page may be wider than the one before: photographs were taken from here and there."""


def stitched(blocks: Sequence[Block], torn: Collection[int] = (), seam: Seam | None = None) -> list[Block]:
    """The blocks with fragments of one table joined. `torn` holds indexes of grids whose last row has no bottom border."""
    seam = seam or Seam()
    result: list[Block] = []
    last: int | None = None
    cut = False
    for index, block in enumerate(blocks):
        if isinstance(block, Paragraph):
            result.append(block)
            last = last if _BETWEEN.match(block.text.strip()) else None
            continue
        above = result[last] if last is not None else None
        whole = _joined(above, block, seam, cut) if isinstance(above, Grid) and fits(above, block, seam) else None
        if whole is not None and last is not None:
            result[last] = whole
        else:
            result.append(block)
            last = len(result) - 1
        cut = index in torn
    return result


def fits(above: Grid, below: Grid, seam: Seam | None = None) -> bool:
    """Whether the second grid can be the first one going on: the next page, the same outline, the same column borders."""
    seam = seam or Seam()
    slack = seam.slack
    if _pages(below)[0] != _pages(above)[1] + 1:
        return False
    xs, others = borders(above, slack), borders(below, slack)
    if len(xs) < 2 or len(others) < 2 or abs((xs[-1] - xs[0]) - (others[-1] - others[0])) > 2 * slack + seam.stretch * (xs[-1] - xs[0]):
        return False
    onto = _onto(xs, others, seam)
    inner, outer = sorted((xs[1:-1], [onto.at(x) for x in others[1:-1]]), key=len)
    agreeing = sum(_near(outer, x, slack) for x in inner)
    return agreeing >= AGREE * len(inner)


class _Onto(NamedTuple):
    """The way from the x of one page to that of another."""

    factor: float = 1.0
    shift: float = 0.0

    def at(self, x: float) -> float:
        return self.factor * x + self.shift


def _onto(xs: list[float], others: list[float], seam: Seam) -> _Onto:
    """The way that lays the left sides on each other, and where pages may be stretched the right sides too."""
    factor = (xs[-1] - xs[0]) / (others[-1] - others[0]) if seam.stretch and others[-1] > others[0] else 1.0
    return _Onto(factor, xs[0] - factor * others[0])


def _pages(grid: Grid) -> tuple[int, int]:
    pages = [cell.place.page or 0 for cell in grid.cells()]
    return (min(pages), max(pages)) if pages else (-9, -9)


def borders(grid: Grid, slack: float) -> list[float]:
    """The x of every column border of a grid, those closer than `slack` made one."""
    return _thinned((x for cell in grid.cells() for x in (cell.place.x0, cell.place.x1) if x is not None), slack)


def _thinned(places: Iterable[float], slack: float) -> list[float]:
    kept: list[float] = []
    for x in sorted(places):
        if not kept or x - kept[-1] > slack:
            kept.append(x)
    return kept


def _near(places: list[float], x: float, slack: float) -> bool:
    i = bisect_left(places, x - slack)
    return i < len(places) and places[i] <= x + slack


class _Piece(NamedTuple):
    """A cell on the common grid: first and last column border, first row and row after the last."""

    cell: Cell
    left: int
    right: int
    top: int
    below: int


def _joined(above: Grid, below: Grid, seam: Seam, torn: bool) -> Grid | None:
    """Both fragments on their common column borders, the seam closed; None where a printed cell would have no place there."""
    xs, others = borders(above, seam.slack), borders(below, seam.slack)
    onto = _onto(xs, others, seam)
    common = _thinned([*xs, *(onto.at(x) for x in others)], seam.slack)
    upper = _pieces(above, common, _Onto())
    height = len(above.rows)
    lower = _pieces(below, common, onto)
    skip = _repeated(upper, lower)
    down = height - skip
    lower = [_Piece(cell, left, right, top + down, below + down) for cell, left, right, top, below in lower if top >= skip]
    if not lower:
        return above
    pieces = _close(upper, lower, height, seam, torn and not skip)
    return _laid(pieces, len(common) - 1, above)


def _pieces(grid: Grid, common: list[float], onto: _Onto) -> list[_Piece]:
    found = []
    for cell in grid.cells():
        place = cell.place
        left, right = (_index(common, onto.at(x or 0.0)) for x in (place.x0, place.x1))
        top = place.row_no or 0
        if left < right or cell.text.strip():
            found.append(_Piece(cell, left, right, top, top + cell.rowspan))
    return found


def _index(places: list[float], x: float) -> int:
    i = bisect_left(places, x)
    if i == len(places) or (i and x - places[i - 1] <= places[i] - x):
        return i - 1
    return i


def _repeated(upper: list[_Piece], lower: list[_Piece]) -> int:
    """How many rows at the top of the lower fragment print the upper one's header again."""
    count, last = 0, max(piece.below for piece in lower)
    while count < last and _same_row(upper, lower, count):
        count += 1
    rows = [piece for piece in lower if piece.top < count]
    if not any(_words(piece.cell.text) for piece in rows):
        return 0
    while count and any(piece.top < count < piece.below for piece in lower):
        count -= 1
    return count


def _same_row(upper: list[_Piece], lower: list[_Piece], row: int) -> bool:
    first, second = ([(p.left, p.right, _squeezed(p.cell.text)) for p in pieces if p.top == row] for pieces in (upper, lower))
    return bool(second) and first == second and any(text for *_, text in second)


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _words(text: str) -> bool:
    """Whether the text says more than a number or a dash."""
    return bool(text.strip()) and not _NUMERIC.match(text)


def _close(upper: list[_Piece], lower: list[_Piece], height: int, seam: Seam, torn: bool) -> list[_Piece]:
    """The pieces of both fragments with cells that the break cut put together."""
    ending = {(p.left, p.right): p for p in upper if p.below == height}
    starting = sorted((p for p in lower if p.top == height), key=lambda p: p.left)
    last = sorted(ending.values(), key=lambda p: p.left)
    label = _label(last)
    more = max(p.below for p in lower) > height + 1
    sliver = _is_empty(last, height - 1, height) or (more and _is_empty(starting, height, height + 1))
    if sliver or _is_cut_header(last, starting) or (label and _is_cut(label, starting, torn)):
        return _merge_rows(upper, lower, height, seam)
    kept, gone = list(upper), set()
    header = _in_header(ending, starting)
    for piece in starting:
        above = ending.get((piece.left, piece.right))
        leading = all(other in gone for other in starting if other.left < piece.left)
        if above is not None and (header or (leading and _goes_on(above, piece, starting))):
            kept[kept.index(above)] = _grown(above, piece)
            gone.add(piece)
    return kept + [piece for piece in lower if piece not in gone]


def _is_empty(row: list[_Piece], top: int, below: int) -> bool:
    """Whether the cells that stand in this row alone hold nothing: the sliver of a row that the break cut."""
    own = [piece for piece in row if piece.top == top and piece.below == below]
    return bool(own) and not any(piece.cell.text.strip() for piece in own)


def _is_cut_header(last: list[_Piece], starting: list[_Piece]) -> bool:
    """Whether words stand below words with nothing below the first: the rest of a header row, for no other row lacks its label."""
    if not starting or [(p.left, p.right) for p in last] != [(p.left, p.right) for p in starting] or starting[0].cell.text.strip():
        return False
    words = [_words(p.cell.text) for p in starting]
    blank = [not p.cell.text.strip() for p in starting]
    return any(words) and all(w or b for w, b in zip(words, blank, strict=True)) and all(_words(p.cell.text) for p in last)


def _in_header(ending: dict[tuple[int, int], _Piece], starting: list[_Piece]) -> bool:
    """Whether the break goes through a header: words only, some cells divided below it, so the others go on."""
    cells = [*ending.values(), *starting]
    if any(p.cell.text.strip() and not _words(p.cell.text) for p in cells):
        return False
    below = {(p.left, p.right) for p in starting}
    divided = [
        p for p in ending.values() if (p.left, p.right) not in below and any(p.left <= q.left and q.right <= p.right for q in starting)
    ]
    return bool(divided) and any(p.cell.text.strip() for p in starting)


def _label(row: list[_Piece]) -> _Piece | None:
    """The cell that names a row: the last of its leading cells with words; None where words fill the row to its end."""
    label = None
    for piece in row:
        if not _words(piece.cell.text):
            return label
        label = piece
    return None


def _is_cut(label: _Piece, starting: list[_Piece], torn: bool) -> bool:
    """Whether the first row below the break is the rest of the row above it."""
    below = next((p for p in starting if (p.left, p.right) == (label.left, label.right)), None)
    if below is None or below.below - below.top > 1 or label.below - label.top > 1:
        return False
    if not below.cell.text.strip():
        return any(p.cell.text.strip() for p in starting if p.left >= label.right) and not any(
            _words(p.cell.text) for p in starting if p.left >= label.right
        )
    return _runs_on(label.cell.text, below.cell.text, torn)


def _runs_on(above: str, below: str, torn: bool = False) -> bool:
    """Whether words below a break are the rest of the words above it."""
    if not _words(above) or not _words(below) or ENUMERATED.match(below):
        return False
    return torn or _open_brackets(above) > 0 or bool(ENUMERATED.match(above))


def _open_brackets(text: str) -> int:
    return sum(text.count(mark) for mark in _OPENING) - sum(text.count(mark) for mark in _CLOSING)


def _goes_on(above: _Piece, below: _Piece, starting: list[_Piece]) -> bool:
    """Whether a cell at the head of the lower fragment is the lower part of a merged cell of words. A figure never is."""
    text, rest = above.cell.text, below.cell.text
    beside = [p.cell.text for p in starting if p.left >= below.right and p.cell.text.strip()]
    merged = max(above.below - above.top, below.below - below.top) > 1
    if not beside or not _words(text):
        return False
    if not rest.strip():
        return merged or (below is starting[0] and any(map(_words, beside)))
    return any(map(_words, beside)) and ((merged and _squeezed(text) == _squeezed(rest)) or _runs_on(text, rest))


def _grown(above: _Piece, below: _Piece) -> _Piece:
    text = above.cell.text
    if _squeezed(text) != _squeezed(below.cell.text):
        text += below.cell.text.lstrip()
    return above._replace(cell=above.cell._replace(text=text), below=below.below)


def _merge_rows(upper: list[_Piece], lower: list[_Piece], height: int, seam: Seam) -> list[_Piece]:
    """The last row above and the first row below as one row."""
    starting = {(p.left, p.right): p for p in lower if p.top == height}
    merged, whole = [], []
    for piece in upper:
        rest = starting.pop((piece.left, piece.right), None) if piece.below == height else None
        if rest is not None:
            merged.append(_mended(piece, rest, seam))
        else:
            whole.append(piece)
    left_over = [p._replace(top=height - 1, below=p.below - 1) for p in starting.values()]
    kept = [p for p in whole if not _gives_way(p, left_over)]
    left_over = [p for p in left_over if not _gives_way(p, kept)]
    return [*merged, *kept, *left_over, *(p._replace(top=p.top - 1, below=p.below - 1) for p in lower if p.top > height)]


def _gives_way(piece: _Piece, others: list[_Piece]) -> bool:
    """Whether a cell of one row is the empty strip that a page break left of other cells."""
    if piece.cell.text.strip() or piece.below - piece.top > 1:
        return False
    return any(p.left < piece.right and piece.left < p.right and p.top <= piece.top < p.below for p in others)


def _mended(above: _Piece, below: _Piece, seam: Seam) -> _Piece:
    """Both parts of a cut cell. Two numbers are one only where the first fills the width of the cell; else it is unreadable."""
    first, rest = above.cell, below.cell
    span = above.below + below.below - below.top - 1
    if not rest.text.strip():
        return above._replace(below=span)
    if not first.text.strip():
        return above._replace(cell=rest, below=span)
    text, sure = first.text + rest.text, True
    if _NUMERIC.match(first.text) and _NUMERIC.match(rest.text):
        width = (first.place.x1 or 0.0) - (first.place.x0 or 0.0)
        sure = (len(first.text.strip()) + 1) * seam.digit + 3 * seam.digit >= width
        text = text if sure else f"{first.text}\n{rest.text}"
    confidence = min(first.confidence, rest.confidence)
    cell = first._replace(text=text, confidence=confidence, unreadable=first.unreadable or rest.unreadable or not sure)
    return above._replace(cell=cell, below=span)


def _laid(pieces: list[_Piece], width: int, like: Grid) -> Grid | None:
    """The pieces as a grid. Of two that claim a slot the first keeps it, and the second what is left to it: None where print is lost."""
    height = max(piece.below for piece in pieces)
    slots: list[list[Cell | None]] = [[None] * width for _ in range(height)]
    for piece in sorted(pieces, key=lambda p: (p.top, p.left)):
        free = _free(piece, slots)
        if free is None:
            if piece.cell.text.strip():
                return None
            continue
        text, place, _, _, confidence, repaired, unreadable = free.cell
        here = Place(place[0], free.top, free.left, *place[3:])
        cell = Cell(text, here, free.below - free.top, free.right - free.left, confidence, repaired, unreadable)
        for r in range(free.top, free.below):
            slots[r][free.left : free.right] = [cell] * (free.right - free.left)
    rows: tuple[Row, ...] = tuple(tuple(row) for row in slots)
    return replace(like, rows=rows)


def _free(piece: _Piece, slots: list[list[Cell | None]]) -> _Piece | None:
    """The piece cut to slots that are free; unreadable where text had to move, None where nothing is left."""
    area = [(r, c) for r in range(piece.top, piece.below) for c in range(piece.left, piece.right)]
    first = next(((r, c) for r, c in area if slots[r][c] is None), None)
    if first == (piece.top, piece.left) and all(slots[r][c] is None for r, c in area):
        return piece
    if first is None:
        return None
    row, left = first
    right = left + 1
    while right < piece.right and slots[row][right] is None:
        right += 1
    below = row + 1
    while below < piece.below and not any(slots[below][left:right]):
        below += 1
    cell = piece.cell._replace(unreadable=piece.cell.unreadable or bool(piece.cell.text.strip()))
    return _Piece(cell, left, right, row, below)
