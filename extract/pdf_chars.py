"""The characters of a PDF page: asked of pdfium in bulk, set on their lines, sorted into printed, hidden and askew ones."""

from __future__ import annotations

from collections.abc import Iterable
from ctypes import addressof, c_double, c_float, c_uint16
from itertools import compress, repeat
from statistics import median
from typing import NamedTuple

from extract import pdf_calls as pdfium
from extract.errors import TooComplex
from extract.pdf_letters import LETTERS, UNREADABLE
from extract.pdf_objects import Matrix, Thing
from extract.pdf_visible import PLAIN, Areas, Look, revealed, without_watermarks

MOST_LETTERS = 200_000
GIANT, FLAT = 2.5, 0.35
"""Shares of the usual height of letters: above the first a box is a mistake of pdfium's, below the second it is that of the ink."""
ABOVE = 0.88
"""The share of a letter's height that stands above its line."""
GARBLED, FEWEST = 0.2, 8
"""The share of accented letters, and their number, from which a page without ideographs is not text."""
_SURROGATES = frozenset(range(0xD800, 0xE000))
_DIGITS = frozenset(map(ord, "0123456789.,+-%"))


class Glyph(NamedTuple):
    """One printed letter; `turn` is the quarter turns (0–3, anticlockwise) of its writing against the page's main one."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    turn: int = 0


class Print(NamedTuple):
    """How a page's letters are printed: looks and painting order by text object, what may cover them, main writing, frame, size,
    and the page's objects.
    """

    seen: dict[int, Look]
    orders: dict[int, int]
    covers: Areas
    writing: int
    frame: Matrix
    width: float
    height: float
    objects: list[Thing]


class Characters(NamedTuple):
    """A page's letters: printed, hidden, askew; and how many have no meaning."""

    printed: list[Glyph]
    hidden: list[Glyph]
    askew: list[Glyph]
    unmapped: int


class _Raw(NamedTuple):
    """What pdfium says of each character; `boxes` are left, top, right, bottom in the page's own space, `lines` the heights of
    the lines that they stand on, on the upright page.
    """

    codes: list[int]
    boxes: list[float]
    lines: list[float]
    owners: list[int] | None
    unmapped: frozenset[int]
    usual: float


def characters(page: int, how: Print) -> Characters:
    """The letters of a page. TooComplex beyond 200,000."""
    text = pdfium.load_text(page)
    if not text:
        return Characters([], [], [], 0)
    try:
        raw = _ask(text, how)
    finally:
        pdfium.close_text(text)
    letters = [LETTERS.get(code, chr(code)) for code in raw.codes]
    for i in raw.unmapped:
        letters[i] = UNREADABLE
    found = Characters([], [], [], len(raw.unmapped))
    placed = zip(letters, *_sides(raw, how.frame), repeat(0))
    if raw.owners is None:
        _keep(_glyphs(compress(placed, letters)), how, found)
    else:
        if any(look.hidden for look in how.seen.values()):
            how = how._replace(seen=revealed(how.objects, how.seen, raw.owners))
        how = how._replace(seen=without_watermarks(how.seen, raw.owners, letters))
        _sort(_glyphs(placed), raw, raw.owners, how, found)
    return found


def _glyphs(sides: Iterable[tuple[str, float, float, float, float, int]]) -> list[Glyph]:
    """Letters of the same fields, made without a call into Python for each."""
    return list(map(tuple.__new__, repeat(Glyph), sides))


def _ask(text: int, how: Print) -> _Raw:
    count = pdfium.count_characters(text)
    if count > MOST_LETTERS:
        raise TooComplex(f"a page holds {count} characters")
    codes = _codes(text, count)
    boxes = (c_float * (4 * count))()
    start = addressof(boxes)
    list(map(pdfium.character_box, repeat(text), range(count), range(start, start + 16 * count, 16)))
    plain = PLAIN[how.writing]
    simple = not how.orders and all(look is plain for look in how.seen.values())
    owners = None if simple else list(map(pdfium.character_object, repeat(text), range(count)))
    flat = boxes[:]
    lines = _lines(text, flat, how)
    usual = _mend_giants(text, codes, flat, how.writing)
    return _Raw(codes, flat, lines, owners, _unmapped(text, codes), usual)


def _codes(text: int, count: int) -> list[int]:
    """The code points of all characters; asked at one go where each is one unit of UTF-16."""
    units = (c_uint16 * (count + 1))()
    if pdfium.characters(text, 0, count, addressof(units)) == count + 1:
        codes = units[:count]
        if _SURROGATES.isdisjoint(codes):
            return codes
    return list(map(pdfium.character, repeat(text), range(count)))


def _lines(text: int, flat: list[float], how: Print) -> list[float]:
    """The height on the upright page of the line that each letter stands on; letters of one height and font share theirs."""
    _, b, _, d, _, f = how.frame
    x, y = c_double(), c_double()
    at = addressof(x), addressof(y)
    first = how.writing % 2
    heights = list(zip(flat[1 - first :: 4], flat[3 - first :: 4], strict=True))
    known: dict[tuple[float, float], float] = {}
    for i, height in enumerate(heights):
        if height not in known:
            pdfium.character_origin(text, i, *at)
            known[height] = b * x.value + d * y.value + f
    return [known[height] for height in heights]


def _mend_giants(text: int, codes: list[int], flat: list[float], writing: int) -> float:
    """The usual height of the page's letters; those far higher get the box of their ink, for pdfium mistakes vertical writing."""
    upper, lower = (flat[1::4], flat[3::4]) if writing % 2 == 0 else (flat[2::4], flat[0::4])
    heights = [abs(above - below) for above, below in zip(upper, lower, strict=True)]
    known = [height for height, code in zip(heights, codes, strict=True) if code > 0x20]
    usual = median(known) if known else 0.0
    if known and max(known) > GIANT * usual:
        ink = (c_double * 4)()
        left, right, bottom, top = (addressof(ink) + 8 * i for i in range(4))
        for i in (i for i, height in enumerate(heights) if height > GIANT * usual):
            pdfium.character_ink(text, i, left, right, bottom, top)
            flat[4 * i : 4 * i + 4] = ink[0], ink[3], ink[1], ink[2]
    return usual


def _unmapped(text: int, codes: list[int]) -> frozenset[int]:
    """Characters for which the document gives no meaning. Digits are asked one by one; others only where a digit fails."""
    failing = [i for i, code in enumerate(codes) if code in _DIGITS and pdfium.character_unmapped(text, i)]
    if failing or not all(codes):
        failing = [i for i, code in enumerate(codes) if pdfium.character_unmapped(text, i)]
    return frozenset(range(len(codes)) if not failing and _is_garbled(codes) else failing)


def _is_garbled(codes: list[int]) -> bool:
    """Whether a page is full of accented letters and has no ideograph: the numbers of glyphs that pdfium took for letters."""
    accented = sum([0x80 <= code < 0x250 for code in codes])
    if accented < FEWEST or any(0x3400 <= code < 0xA000 for code in codes):
        return False
    return accented > GARBLED * sum([code > 0x20 and code not in _DIGITS for code in codes])


def _sides(raw: _Raw, frame: Matrix) -> tuple[list[float], list[float], list[float], list[float]]:
    """x0, top, x1, bottom of every letter on the upright page, all of one height on one line.

    Fonts without metrics give 一 the box of its ink alone; vertical writing has its origins above its letters: those boxes stay.
    """
    x0, top, x1, bottom = _moved(raw.boxes, frame)
    lines = raw.lines
    flat, usual = FLAT * raw.usual, raw.usual
    heights = [h if (h := below - above) >= flat else usual for above, below in zip(top, bottom, strict=True)]
    rest = 1 - ABOVE
    above_line = [line - ABOVE * height for line, height in zip(lines, heights, strict=True)]
    below_line = [line + rest * height for line, height in zip(lines, heights, strict=True)]
    for i in [i for i, line in enumerate(lines) if 2 * line < top[i] + bottom[i]]:
        above_line[i], below_line[i] = top[i], bottom[i]
    return x0, above_line, x1, below_line


def _moved(flat: list[float], frame: Matrix) -> tuple[list[float], list[float], list[float], list[float]]:
    """x0, top, x1, bottom of boxes in the page's own space, on the upright page."""
    a, b, c, d, e, f = frame
    lefts, tops, rights, bottoms = flat[0::4], flat[1::4], flat[2::4], flat[3::4]
    if a == 1 and d == -1:
        return [x + e for x in lefts], [f - y for y in tops], [x + e for x in rights], [f - y for y in bottoms]
    one = [(a * x + c * y + e, b * x + d * y + f) for x, y in zip(lefts, tops, strict=True)]
    two = [(a * x + c * y + e, b * x + d * y + f) for x, y in zip(rights, bottoms, strict=True)]
    pairs = list(zip(one, two, strict=True))
    return (
        [min(p[0], q[0]) for p, q in pairs],
        [min(p[1], q[1]) for p, q in pairs],
        [max(p[0], q[0]) for p, q in pairs],
        [max(p[1], q[1]) for p, q in pairs],
    )


def _keep(placed: list[Glyph], how: Print, found: Characters) -> None:
    """Letters that are all plain: hidden only where they stand off the page."""
    right, below = 2 * how.width, 2 * how.height
    found.printed.extend([g for g in placed if 0 <= g[1] + g[3] <= right and 0 <= g[2] + g[4] <= below])
    if len(found.printed) < len(placed):
        found.hidden.extend([g for g in placed if not (0 <= g[1] + g[3] <= right and 0 <= g[2] + g[4] <= below)])


def _sort(placed: list[Glyph], raw: _Raw, owners: list[int], how: Print, found: Characters) -> None:
    """Each letter where the look of its text object says."""
    plain, orders, cover = PLAIN[how.writing], how.orders, how.covers.cover
    right, below, flat = 2 * how.width, 2 * how.height, raw.boxes
    for i, glyph in enumerate(placed):
        if not glyph[0]:
            continue
        owner = owners[i]
        turn, hidden, clip, _ = how.seen.get(owner, plain)
        if turn is None:
            found.askew.append(glyph)
            continue
        k = 4 * i
        if turn != how.writing:
            glyph = _turned(glyph, flat[k : k + 4], how, turn)
        x, y = (flat[k] + flat[k + 2]) / 2, (flat[k + 1] + flat[k + 3]) / 2
        seen = not hidden and 0 <= glyph[1] + glyph[3] <= right and 0 <= glyph[2] + glyph[4] <= below
        seen = seen and (clip is None or clip.holds(x, y)) and not (orders and cover(x, y, orders.get(owner, MOST_LETTERS)))
        if i and not seen and owners[i - 1] == owner and _is_number(placed[i - 1 : i + 1]) and placed[i - 1] in found.printed[-1:]:
            found.printed.append(found.printed.pop()._replace(text=UNREADABLE))
        (found.printed if seen else found.hidden).append(glyph)


def _is_number(glyphs: list[Glyph]) -> bool:
    """Whether these letters are all digits: where the last is clipped away, so is part of a number."""
    return all(glyph.text.isdecimal() for glyph in glyphs)


def _turned(glyph: Glyph, own: list[float], how: Print, turn: int) -> Glyph:
    """A letter written in another direction than most: its own box, not one set on a line of the main writing."""
    (x0,), (top,), (x1,), (bottom,) = _moved(own, how.frame)
    return Glyph(glyph.text, x0, top, x1, bottom, (turn - how.writing) % 4)
