"""Path objects of one PDF page → rules and painted areas, in the page's own coordinates (y up)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from ctypes import addressof, c_float, c_int
from itertools import compress, islice, pairwise, repeat
from typing import NamedTuple

from extract import pdf_calls as pdfium
from extract.errors import TooComplex
from extract.pdf_objects import Point, Thing, all_bounds, bounding, bounds_of, clip_of, inks, matrix_of, overlap, pen_of
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
    """How a path is painted: its place in the order, ink of fill and stroke (see `inks`), clip, handle, the box around it."""

    order: int
    filled: int
    stroked: int
    clip: Box | None
    handle: int
    box: Box


def shapes(objects: list[Thing], thickest: float = THICKEST) -> Shapes:
    """Lines and areas that the paths among these objects draw. TooComplex beyond 400,000 segments."""
    seen = Shapes([], [], [], thickest)
    budget = MOST_SEGMENTS
    for thing, paint in _painted([thing for thing in objects if thing.kind == pdfium.PATH], seen):
        budget -= _take(thing, paint, seen)
        if budget < 0:
            raise TooComplex("a page draws too many lines")
    seen.areas.extend(Area(bounds_of(t), t.order, white=False, opaque=False) for t in objects if t.kind == pdfium.SHADING)
    dark = [area for area in seen.areas if not area.white]
    if len(dark) * len(seen.pale) > MOST_PAIRS:
        raise TooComplex("a page draws too many white lines over areas")
    shown = [line for line in seen.pale if any(area.order < line.order and area.box.covers(line.box, 1.0) for area in dark)]
    # a white grid over every other row of a striped table rules the rows between as well
    seen.lines.extend(line.box for line in (seen.pale if len(shown) >= STRIPES * len(seen.pale) else shown))
    return seen


def _painted(paths: list[Thing], seen: Shapes) -> Iterator[tuple[Thing, _Paint]]:
    """The paths that put ink on the page, and how; but those that are plainly lines, as nearly all are, go into `seen` at once."""
    handles = [path.handle for path in paths]
    modes = (c_int * (2 * len(paths)))()
    start, end = addressof(modes), addressof(modes) + 8 * len(paths)
    list(map(pdfium.draw_mode, handles, range(start, end, 8), range(start + 4, end + 4, 8)))
    clips = list(map(pdfium.count_clips, map(pdfium.clip_path, handles)))
    filled, stroked = _inks(handles, modes[0::2], stroke=False), _inks(handles, modes[1::2], stroke=True)
    for path, fill, stroke, clipped, box in zip(paths, filled, stroked, clips, all_bounds(paths), strict=True):
        if clipped <= 0 and (fill > 1 or stroke > 1) and (box[2] - box[0] <= seen.thickest or box[3] - box[1] <= seen.thickest):
            seen.lines.append(box)
        elif fill or stroke:
            yield path, _Paint(path.order, fill, stroke, clip_of(path) if clipped > 0 else None, path.handle, box)


def _inks(handles: list[int], asked: list[int], stroke: bool) -> list[int]:
    """The ink of each path that its mode of drawing asks for; 0 for the others."""
    found = iter(inks(list(compress(handles, asked)), stroke))
    return [next(found) if ask else 0 for ask in asked]


def _take(thing: Thing, paint: _Paint, seen: Shapes) -> int:
    """Enter one path into `seen`; the number of segments it has."""
    _, _, stroked, _, handle, box = paint
    count: int = pdfium.count_segments(handle)
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
    segments = list(map(pdfium.get_segment, repeat(thing.handle), range(count)))
    places = (c_float * (2 * count))()
    start, end = addressof(places), addressof(places) + 8 * count
    list(map(pdfium.segment_point, segments, range(start, end, 8), range(start + 4, end + 4, 8)))
    closing = map(pdfium.segment_closes, segments)
    points: list[Point] = []
    for kind, closes, x, y in zip(map(pdfium.segment_type, segments), closing, places[0::2], places[1::2], strict=True):
        if kind == _MOVE and points:
            yield points
            points = []
        points.append((m[0] * x + m[2] * y + m[4], m[1] * x + m[3] * y + m[5]))
        if closes and points[0] != points[-1]:
            points.append(points[0])
    if points:
        yield points


def _pieces(runs: list[list[Point]], paint: _Paint, seen: Shapes) -> None:
    """A path of several strokes or areas: its strokes, the thin ones of its areas, and frames between two outlines, are lines."""
    if paint.stroked:
        stroke = paint._replace(filled=0) if paint.filled else paint
        for edge in (edge for run in runs for edge in _edges(run)):
            _line(edge, stroke, seen)
    if not paint.filled:
        return
    fill, thick = paint._replace(stroked=0) if paint.stroked else paint, []
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
            left, right = (x0, x1) if x0 <= x1 else (x1, x0)
            yield Box(left, y0, right, y1) if y0 <= y1 else Box(left, y1, right, y0)


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
    for x0, top, x1, bottom in lines:
        width, height = x1 - x0, bottom - top
        dot = width <= thickest and height <= thickest
        if width >= height or dot:
            horizontal.append(Rule((top + bottom) / 2, x0, x1))
        if height > width or dot:
            vertical.append(Rule((x0 + x1) / 2, top, bottom))
    return horizontal, vertical
