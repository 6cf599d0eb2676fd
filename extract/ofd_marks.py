"""Single objects of an OFD page: text codes → letters, paths → lines, pictures → boxes, moved to points of the page."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from lxml import etree

from extract.errors import TooComplex
from extract.pdf_letters import LETTERS
from extract.pdf_page import Glyph, Page
from extract.pdf_shapes import STRAIGHT, THICKEST
from extract.ruled import Box

Matrix = tuple[float, float, float, float, float, float]
Point = tuple[float, float]
MAX_LETTERS = 200_000
_ASCENT, _DESCENT = 0.86, 0.14
"""Shares of a letter's size above and below its base line."""

_OPERANDS = {"M": 2, "S": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}


def numbers(text: str | None) -> list[float]:
    """The numbers of a list; it ends at the first that is none."""
    found = []
    for word in (text or "").split():
        try:
            value = float(word)
        except ValueError:
            break
        if not math.isfinite(value) or abs(value) > 1e9:
            break
        found.append(value)
    return found


def boundary(text: str | None) -> Box | None:
    """A box written as x, y, width, height; None where it is not."""
    values = numbers(text)
    if len(values) != 4:
        return None
    x, y, width, height = values
    return Box(x, y, x + width, y + height)


def times(inner: Matrix, outer: Matrix) -> Matrix:
    """First the inner, then the outer."""
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def point(matrix: Matrix, x: float, y: float) -> Point:
    """A point moved."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def moved(element: etree._Element, frame: Matrix) -> Matrix:
    """From an object's own space, through its CTM and the corner of its boundary, to the page."""
    box = boundary(element.get("Boundary"))
    corner: Matrix = (1, 0, 0, 1, box.x0, box.top) if box else (1, 0, 0, 1, 0, 0)
    values = numbers(element.get("CTM"))
    own: Matrix = (values[0], values[1], values[2], values[3], values[4], values[5]) if len(values) == 6 else (1, 0, 0, 1, 0, 0)
    return times(times(own, corner), frame)


def marks(element: etree._Element, name: str, page: Page, lines: list[Box], frame: Matrix) -> None:
    """Enters one text, path or picture into the page and its lines."""
    if name == "TextObject":
        _text(element, page, moved(element, frame))
    elif name == "PathObject":
        lines.extend(_lines(element, moved(element, frame)))
    elif name == "ImageObject":
        box = boundary(element.get("Boundary"))
        if box:
            page.pictures.append(_box([point(frame, box.x0, box.top), point(frame, box.x1, box.bottom)]))


def _box(points: list[Point]) -> Box:
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def deltas(text: str | None, count: int) -> list[float]:
    """The steps between letters: numbers, and `g n d` for n steps of d; the last one goes on for what is not stated."""
    found: list[float] = []
    words = iter((text or "").split())
    for word in words:
        if word == "g":
            times_, step = numbers(next(words, "")), numbers(next(words, ""))
            if times_ and step:
                found += step * max(0, min(int(times_[0]), count - len(found)))
        else:
            found += numbers(word)
        if len(found) >= count:
            break
    return found[:count]


def _text(element: etree._Element, page: Page, matrix: Matrix) -> None:
    size = next(iter(numbers(element.get("Size"))), 0.0)
    scale = next(iter(numbers(element.get("HScale"))), 1.0) or 1.0
    direction = int(next(iter(numbers(element.get("CharDirection"))), 0))
    downwards = int(next(iter(numbers(element.get("ReadDirection"))), 0)) in (90, 270)
    x = y = 0.0
    for code in element.iterchildren("{*}TextCode"):
        x = next(iter(numbers(code.get("X"))), x)
        y = next(iter(numbers(code.get("Y"))), y)
        text = _stated("".join(str(piece) for piece in code.itertext()))
        across, down = (deltas(code.get(name), len(text) - 1) for name in ("DeltaX", "DeltaY"))
        for at, letter in enumerate(text):
            wide = size * scale * (1.0 if unicodedata.east_asian_width(letter) in "WFA" else 0.5)
            step = across[at] if at < len(across) else (0.0 if downwards or down else wide)
            fall = down[at] if at < len(down) else (size if downwards and not across else 0.0)
            nearest = abs(step) if step and abs(step) < wide else wide
            _letter(page, letter, matrix, direction, (x, y - _ASCENT * size, x + nearest, y + _DESCENT * size))
            x, y = x + step, y + fall
    if len(page.glyphs) > MAX_LETTERS:
        raise TooComplex(f"a page holds more than {MAX_LETTERS} letters")


def _stated(text: str) -> str:
    """The codes of a text without the line ends of its XML."""
    return text.replace("\n", "").replace("\r", "") if text.strip() else text


def _letter(page: Page, letter: str, matrix: Matrix, direction: int, own: tuple[float, float, float, float]) -> None:
    shown = LETTERS.get(ord(letter), letter)
    if not shown:
        return
    x0, top, x1, bottom = own
    box = _box([point(matrix, x, y) for x in (x0, x1) for y in (top, bottom)])
    angle = math.degrees(math.atan2(-matrix[1], matrix[0])) - direction
    turn = round(angle / 90) % 4
    if abs(angle - 90 * round(angle / 90)) > 5:
        page.askew.append(Glyph(shown, *box))
        return
    x, y = (box.x0 + box.x1) / 2, (box.top + box.bottom) / 2
    on_page = 0 <= x <= page.width and 0 <= y <= page.height
    (page.glyphs if on_page else page.hidden).append(Glyph(shown, *box, turn))


def _lines(element: etree._Element, matrix: Matrix) -> Iterator[Box]:
    """The straight level and upright lines of a path as flat boxes: strokes, and areas thin enough to be lines."""
    data = next((str(each.text or "") for each in element.iterchildren("{*}AbbreviatedData")), "")
    stroked = (element.get("Stroke") or "true").lower() != "false"
    filled = (element.get("Fill") or "false").lower() == "true"
    for run in _runs(data, matrix):
        box = _box(run)
        if min(box.width, box.height) <= THICKEST:
            if (stroked or filled) and max(box.width, box.height) > 0:
                yield box
        elif stroked:
            for (ax, ay), (bx, by) in pairwise(run):
                if abs(ax - bx) <= STRAIGHT or abs(ay - by) <= STRAIGHT:
                    yield _box([(ax, ay), (bx, by)])


def _runs(data: str, matrix: Matrix) -> Iterator[list[Point]]:
    """Connected points of a path on the page; a curve counts by its end."""
    words = data.split()
    run: list[Point] = []
    at = 0
    while at < len(words):
        command = words[at].upper()
        count = _OPERANDS.get(command)
        at += 1
        if count is None:
            continue
        values = numbers(" ".join(words[at : at + count]))
        at += len(values)
        if command in ("M", "S") and run:
            yield run
            run = []
        if command == "C" and run:
            run.append(run[0])
        elif len(values) == count >= 2:
            run.append(point(matrix, values[-2], values[-1]))
    if run:
        yield run
