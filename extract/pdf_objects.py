"""The objects that a PDF page paints: their order, matrices, boxes, clips and colours. Coordinates are the page's own (y up)."""

from __future__ import annotations

from ctypes import addressof, c_float, c_uint
from itertools import repeat
from typing import NamedTuple

from extract import pdf_calls as pdfium
from extract.errors import TooComplex
from extract.ruled import Box

MOST_OBJECTS = 60_000
DEEPEST_FORM = 12
PALE = 245
"""A colour whose channels all reach this is taken for white."""
FAINT = 190
"""One that on white paper looks like a grey of at least this is faint."""

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)

_floats = (c_float * 6)()
_f = [addressof(_floats) + 4 * i for i in range(6)]


class Thing(NamedTuple):
    """One object of a page, also from inside a form XObject: handle, type, place in the painting order, matrix of its form."""

    handle: int
    kind: int
    order: int
    matrix: Matrix


def times(m: Matrix, n: Matrix) -> Matrix:
    """First m, then n."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )


def bounding(points: list[Point], m: Matrix) -> Box:
    """The box around points moved by a matrix."""
    xs = [m[0] * x + m[2] * y + m[4] for x, y in points]
    ys = [m[1] * x + m[3] * y + m[5] for x, y in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def moved(box: Box, m: Matrix) -> Box:
    """A box moved by a matrix; the box around it where the matrix turns it askew."""
    a, b, c, d, e, f = m
    if not (b or c):
        left, top, right, bottom = a * box[0] + e, d * box[1] + f, a * box[2] + e, d * box[3] + f
        if left > right:
            left, right = right, left
        return Box(left, top, right, bottom) if top <= bottom else Box(left, bottom, right, top)
    return bounding([(box.x0, box.top), (box.x1, box.bottom), (box.x0, box.bottom), (box.x1, box.top)], m)


def matrix_of(thing: Thing) -> Matrix:
    """From an object's own space to the page."""
    if not pdfium.object_matrix(thing.handle, _f[0]):
        return thing.matrix
    a, b, c, d, e, f = _floats
    own: Matrix = (a, b, c, d, e, f)
    if thing.matrix is IDENTITY:
        return own
    return thing.matrix if own == IDENTITY else times(own, thing.matrix)


def things(page: int) -> list[Thing]:
    """Every object of a page in painting order, form XObjects entered. TooComplex beyond 60,000."""
    count = pdfium.count_objects(page)
    if count > MOST_OBJECTS:
        raise TooComplex(f"a page paints {count} objects")
    handles = list(map(pdfium.get_object, repeat(page), range(count)))
    kinds = list(map(pdfium.object_type, handles))
    if pdfium.FORM not in kinds:
        return list(map(tuple.__new__, repeat(Thing), zip(handles, kinds, range(count), repeat(IDENTITY))))
    found: list[Thing] = []
    for handle in handles:
        _enter(handle, IDENTITY, 0, found)
    return found


def _enter(handle: int, matrix: Matrix, depth: int, found: list[Thing]) -> None:
    kind = pdfium.object_type(handle)
    thing = Thing(handle, kind, len(found), matrix)
    if kind != pdfium.FORM:
        found.append(thing)
        return
    count = pdfium.count_form_objects(handle)
    if depth >= DEEPEST_FORM or len(found) + count > MOST_OBJECTS:
        raise TooComplex("forms nested too deeply, or with too many objects")
    inner = matrix_of(thing)
    for i in range(count):
        _enter(pdfium.get_form_object(handle, i), inner, depth + 1, found)


def clip_of(thing: Thing) -> Box | None:
    """The box outside which the object paints nothing; None where it is not clipped."""
    path = pdfium.clip_path(thing.handle)
    count = pdfium.count_clips(path) if path else 0
    clip: Box | None = None
    for i in range(count):
        points = _clip_points(path, i)
        if points:
            box = bounding(points, thing.matrix)
            clip = box if clip is None else overlap(clip, box)
    return clip


def _clip_points(path: int, index: int) -> list[Point]:
    """Corners enough to know the box: a rectangle's diagonal, else every point."""
    count = pdfium.count_clip_segments(path, index)
    if count in (4, 5):
        diagonal = [point_of(pdfium.get_clip_segment(path, index, k)) for k in (0, 2)]
        if diagonal[0][0] != diagonal[1][0] and diagonal[0][1] != diagonal[1][1]:
            return diagonal
    return [point_of(pdfium.get_clip_segment(path, index, k)) for k in range(min(count, 400))]


def overlap(a: Box, b: Box) -> Box:
    """What two boxes share; of negative width or height where they share nothing."""
    return Box(max(a.x0, b.x0), max(a.top, b.top), min(a.x1, b.x1), min(a.bottom, b.bottom))


def point_of(segment: int) -> Point:
    """The end point of a path segment, in the path's own space."""
    pdfium.segment_point(segment, _f[0], _f[1])
    return _floats[0], _floats[1]


def bounds_of(thing: Thing) -> Box:
    """The box around an object; pdfium widens a stroked path by its pen on every side."""
    return all_bounds([thing])[0]


def all_bounds(objects: list[Thing]) -> list[Box]:
    """The boxes around objects, asked in bulk."""
    count = len(objects)
    sides = (c_float * (4 * count))()
    start = addressof(sides)
    places = [range(start + 4 * k, start + 16 * count + 4 * k, 16) for k in range(4)]
    list(map(pdfium.object_bounds, [thing[0] for thing in objects], *places))
    flat = sides[:]
    boxes = list(map(tuple.__new__, repeat(Box), zip(flat[0::4], flat[1::4], flat[2::4], flat[3::4], strict=True)))
    return [box if thing[3] is IDENTITY else moved(box, thing[3]) for box, thing in zip(boxes, objects, strict=True)]


def pen_of(thing: Thing) -> float:
    """The width of a path's stroke, in points."""
    pdfium.stroke_width(thing.handle, _f[0])
    width: float = _floats[0]
    m = matrix_of(thing)
    scale: float = abs(m[0] * m[3] - m[1] * m[2]) ** 0.5
    return width * scale


def inks(handles: list[int], stroke: bool = False) -> list[int]:
    """How dark objects are painted, asked in bulk: 0 not at all, 1 white, 2 faint, 3 dark."""
    count = len(handles)
    channels = (c_uint * (4 * count))()
    start = addressof(channels)
    places = [range(start + 4 * k, start + 16 * count + 4 * k, 16) for k in range(4)]
    known = list(map(pdfium.stroke_color if stroke else pdfium.fill_color, handles, *places))
    flat = channels[:]
    shades = zip(known, flat[3::4], map(min, flat[0::4], flat[1::4], flat[2::4]), strict=True)
    return [3 if not seen else _ink(alpha, palest) for seen, alpha, palest in shades]


def _ink(alpha: int, palest: int) -> int:
    if not alpha or palest >= PALE:
        return int(alpha > 0)
    return 2 if (255 - palest) * alpha <= 255 * (255 - FAINT) else 3
