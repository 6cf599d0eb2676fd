"""Path objects of one PDF page → rules and painted areas, in the page's own coordinates (y up)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from ctypes import addressof, c_int
from itertools import islice, pairwise
from typing import NamedTuple

from extract import pdf_calls as pdfium
from extract.errors import TooComplex
from extract.pdf_objects import Point, Thing, bounding, bounds_of, clip_of, ink, matrix_of, overlap, pen_of, point_of
from extract.ruled import Box, Rule

THICKEST = 3.2
"""Points, on a page of common size; a painted strip thicker than this is an area, not a line."""
STRAIGHT = 0.6
"""Points by which the ends of a horizontal or vertical line may differ."""
STRIPES = 0.25
"""The share of a page's white lines over something dark from which all of them are taken for rules."""
MOST_SEGMENTS = 400_000
MOST_PAIRS = 4_000_000
_MOVE = 2

_ints = (c_int * 2)()
_i = [addressof(_ints), addressof(_ints) + 4]


class Area(NamedTuple):
    """A painted rectangle: where, when in the painting order, whether it is white, whether it hides what lies below."""

    box: Box
    order: int
    white: bool
    opaque: bool = True


class Shapes(NamedTuple):
    """What a page's paths draw. White lines are apart: they separate only where something dark lies below."""

    lines: list[Box]
    areas: list[Area]
    pale: list[Area]
    thickest: float


class _Paint(NamedTuple):
    """How a path is painted: its place in the order, ink of fill and stroke (see `ink`), clip, handle."""

    order: int
    filled: int
    stroked: int
    clip: Box | None
    handle: int


def shapes(objects: list[Thing], thickest: float = THICKEST) -> Shapes:
    """Lines and areas that the paths among these objects draw. TooComplex beyond 400,000 segments."""
    seen = Shapes([], [], [], thickest)
    budget = MOST_SEGMENTS
    for thing in objects:
        if thing.kind == pdfium.PATH:
            budget -= _take(thing, seen)
        elif thing.kind == pdfium.SHADING:
            seen.areas.append(Area(bounds_of(thing), thing.order, white=False, opaque=False))
        if budget < 0:
            raise TooComplex("a page draws too many lines")
    dark = [area for area in seen.areas if not area.white]
    if len(dark) * len(seen.pale) > MOST_PAIRS:
        raise TooComplex("a page draws too many white lines over areas")
    shown = [line for line in seen.pale if any(area.order < line.order and area.box.covers(line.box, 1.0) for area in dark)]
    # a white grid over every other row of a striped table rules the rows between as well
    seen.lines.extend(line.box for line in (seen.pale if len(shown) >= STRIPES * len(seen.pale) else shown))
    return seen


def _take(thing: Thing, seen: Shapes) -> int:
    """Enter one path into `seen`; the number of segments it has, or 1 where nobody needed to count them."""
    pdfium.draw_mode(thing.handle, _i[0], _i[1])
    fills, strokes = _ints
    filled = ink(thing.handle) if fills else 0
    stroked = ink(thing.handle, stroke=True) if strokes else 0
    if not (filled or stroked):
        return 1
    box, clip = bounds_of(thing), clip_of(thing)
    if clip is None and (filled == 2 or stroked == 2) and (box[2] - box[0] <= seen.thickest or box[3] - box[1] <= seen.thickest):
        seen.lines.append(box)
        return 1
    paint = _Paint(thing.order, filled, stroked, clip, thing.handle)
    count: int = pdfium.count_segments(thing.handle)
    pen = pen_of(thing) if stroked else 0.0
    if min(box.width, box.height) - 2 * pen <= seen.thickest and pen <= seen.thickest:
        _line(_narrowed(box, pen), paint, seen)
    elif count <= 5 and not stroked:
        _area(box, paint, seen)
    else:
        _pieces(list(_runs(thing, count)), paint, seen)
    return count


def _narrowed(box: Box, pen: float) -> Box:
    dx, dy = min(pen, box.width / 2), min(pen, box.height / 2)
    return Box(box.x0 + dx, box.top + dy, box.x1 - dx, box.bottom - dy)


def _line(box: Box, paint: _Paint, seen: Shapes) -> None:
    if paint.clip is not None:
        cut = overlap(box, paint.clip)
        if cut.width < -1 or cut.height < -1:
            return
        box = Box(cut.x0, cut.top, max(cut.x0, cut.x1), max(cut.top, cut.bottom))
    if max(paint.filled, paint.stroked) == 1:
        seen.pale.append(Area(box, paint.order, white=True))
    else:
        seen.lines.append(box)


def _area(box: Box, paint: _Paint, seen: Shapes) -> None:
    box = box if paint.clip is None else overlap(box, paint.clip)
    if box.width > 0 and box.height > 0:
        seen.areas.append(Area(box, paint.order, paint.filled == 1, not pdfium.is_transparent(paint.handle)))


def _runs(thing: Thing, count: int) -> Iterator[list[Point]]:
    """Each run of connected points of a path, in the path's own space moved to the page."""
    m = matrix_of(thing)
    points: list[Point] = []
    for k in range(count):
        segment = pdfium.get_segment(thing.handle, k)
        if pdfium.segment_type(segment) == _MOVE and points:
            yield points
            points = []
        x, y = point_of(segment)
        points.append((m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]))
        if pdfium.segment_closes(segment) and points[0] != points[-1]:
            points.append(points[0])
    if points:
        yield points


def _pieces(runs: list[list[Point]], paint: _Paint, seen: Shapes) -> None:
    """A path of several strokes or areas: its strokes, the thin ones of its areas, and frames between two outlines, are lines."""
    if paint.stroked:
        stroke = paint._replace(filled=0)
        for edge in (edge for run in runs for edge in _edges(run)):
            _line(edge, stroke, seen)
    if not paint.filled:
        return
    fill, thick = paint._replace(stroked=0), []
    for run in runs:
        box = bounding(run, (1, 0, 0, 1, 0, 0))
        if min(box.width, box.height) <= seen.thickest:
            _line(box, fill, seen)
        else:
            thick.append((run, box))
    outlines = [list(_edges([*run, run[0]])) for run, _ in thick]
    beside = _Beside([edge for outline in outlines for edge in outline], seen.thickest)
    for (_, box), outline in zip(thick, outlines, strict=True):
        frame = [edge for edge in outline if beside.has(edge)] if len(thick) > 1 or len(outline) > 4 else []
        for edge in frame:
            _line(edge, fill, seen)
        if not frame:
            _area(box, fill, seen)


def _edges(run: list[Point]) -> Iterator[Box]:
    """The horizontal and vertical ones of the lines between successive points, as flat boxes."""
    for (x0, y0), (x1, y1) in pairwise(run):
        if abs(x0 - x1) <= STRAIGHT or abs(y0 - y1) <= STRAIGHT:
            yield Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


class _Beside:
    """Edges, to be asked which run close beside another: the two sides of a border drawn as the area between two outlines."""

    def __init__(self, edges: list[Box], thickest: float) -> None:
        self.thickest = thickest
        self.level = sorted((edge.top, edge.x0, edge.x1) for edge in edges if edge.width > edge.height)
        self.upright = sorted((edge.x0, edge.top, edge.bottom) for edge in edges if edge.height >= edge.width)

    def has(self, edge: Box) -> bool:
        """Whether another edge runs along most of this one, no farther than a line is thick."""
        flat = edge.width > edge.height
        at, start, end = (edge.top, edge.x0, edge.x1) if flat else (edge.x0, edge.top, edge.bottom)
        others = self.level if flat else self.upright
        for place, first, last in islice(others, bisect_left(others, (at - self.thickest,)), bisect_left(others, (at + self.thickest,))):
            if abs(place - at) > 0.05 and min(end, last) - max(start, first) >= 0.6 * (end - start) > 0:
                return True
        return False


def rules(lines: list[Box], thickest: float = THICKEST) -> tuple[list[Rule], list[Rule]]:
    """Horizontal and vertical rules; a dot counts both ways, for dotted borders are rows and columns of dots."""
    horizontal, vertical = [], []
    for box in lines:
        dot = box.width <= thickest and box.height <= thickest
        if box.width >= box.height or dot:
            horizontal.append(Rule((box.top + box.bottom) / 2, box.x0, box.x1))
        if box.height > box.width or dot:
            vertical.append(Rule((box.x0 + box.x1) / 2, box.top, box.bottom))
    return horizontal, vertical
