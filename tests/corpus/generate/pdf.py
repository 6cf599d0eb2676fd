"""PDF specimens by ReportLab: the ways in which producers draw tables, and what makes such files hard to read."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from reportlab.lib.colors import Color, black, white
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from tests.corpus.generate.model import Specimen
from tests.corpus.generate.pdf_layout import Measure, Patch, Sheet, advance, laid_out

FONT = "STSong-Light"
_GREY, _BLUE = Color(0.9, 0.9, 0.9), Color(0.78, 0.85, 0.95)
NARROW = {4: (30, 20, 20, 20), 10: (6, 12, 30, 4, 4, 4, 4, 4, 4, 4), 15: (6,) * 15}


@dataclass(frozen=True, slots=True)
class Style:
    """How a specimen is drawn. `borders` is one of the keys of BORDERS; each flag says what else is done."""

    borders: str = "stroke"
    measure: Measure = field(default_factory=Measure)
    shade: bool = False
    """Grey and white boxes behind every cell."""
    open_sides: bool = False
    open_breaks: bool = False
    """No rule where a page ends in the middle of a table or a row."""
    bold: bool = False
    """Every text drawn twice."""
    pieces: bool = False
    """Every character drawn by itself."""
    hidden: str = ""
    """Wrong digits that print does not show: "mode", "white", "clip", "off", "under"."""
    watermark: float | None = None
    """Large grey words across the page, turned by so many degrees."""
    rotate: int = 0
    """/Rotate of the page, whose content is drawn to stand upright under it."""
    sideways: bool = False
    """The whole page written turned, with no /Rotate."""
    two_up: bool = False
    scale: float = 1.0
    crop: bool = False
    form: bool = False
    """The page's content inside a scaled form XObject."""
    running: bool = True
    vertical: bool = False
    """Tall labels written in a vertical font."""


def draw(specimen: Specimen, style: Style | None = None) -> bytes:
    """The specimen as PDF bytes, always the same for the same arguments."""
    return _Drawing(style or Style()).pages(laid_out(specimen, (style or Style()).measure))


def _stroke(canvas: Canvas, lines: list[tuple[float, float, float, float]]) -> None:
    canvas.setLineWidth(0.5)
    for x0, y0, x1, y1 in lines:
        canvas.line(x0, y0, x1, y1)


def _fill(canvas: Canvas, lines: list[tuple[float, float, float, float]]) -> None:
    canvas.setFillColor(black)
    for x0, y0, x1, y1 in lines:
        canvas.rect(min(x0, x1), min(y0, y1), max(abs(x1 - x0), 0.48), max(abs(y1 - y0), 0.48), stroke=0, fill=1)


def _gap(canvas: Canvas, lines: list[tuple[float, float, float, float]]) -> None:
    shorter = []
    for x0, y0, x1, y1 in lines:
        dx, dy = (1.5 if x1 > x0 else 0), (1.5 if y1 > y0 else 0)
        shorter.append((x0 + dx, y0 + dy, x1 - dx, y1 - dy))
    _stroke(canvas, shorter)


def _double(canvas: Canvas, lines: list[tuple[float, float, float, float]]) -> None:
    _stroke(canvas, lines)
    _stroke(canvas, [(x0 + (1.2 if x0 == x1 else 0), y0 + (1.2 if y0 == y1 else 0), x1 + (1.2 if x0 == x1 else 0),
                      y1 + (1.2 if y0 == y1 else 0)) for x0, y0, x1, y1 in lines])  # fmt: skip


def _dashed(canvas: Canvas, lines: list[tuple[float, float, float, float]]) -> None:
    canvas.setDash(3, 2)
    _stroke(canvas, lines)
    canvas.setDash()


def _dotted(canvas: Canvas, lines: list[tuple[float, float, float, float]]) -> None:
    canvas.setFillColor(black)
    for x0, y0, x1, y1 in lines:
        for k in range(int(max(abs(x1 - x0), abs(y1 - y0)) // 1.5) + 1):
            x, y = (min(x0, x1) + 1.5 * k, y0) if y0 == y1 else (x0, min(y0, y1) + 1.5 * k)
            canvas.rect(x, y, 0.5, 0.5, stroke=0, fill=1)


def _one_path(canvas: Canvas, lines: list[tuple[float, float, float, float]]) -> None:
    path = canvas.beginPath()
    for x0, y0, x1, y1 in lines:
        path.moveTo(x0, y0)
        path.lineTo(x1, y1)
    canvas.setLineWidth(0.5)
    canvas.drawPath(path)


def _nothing(_canvas: Canvas, _lines: list[tuple[float, float, float, float]]) -> None:
    """No rules at all."""


BORDERS: dict[str, Callable[[Canvas, list[tuple[float, float, float, float]]], None]] = {
    "stroke": _stroke,
    "rectfill": _fill,
    "gap": _gap,
    "double": _double,
    "dashed": _dashed,
    "dotted": _dotted,
    "path": _one_path,
    "none": _nothing,
    "cellrect": _stroke,
    "frame": _stroke,
    "level": _stroke,
    "three": _stroke,
    "outer": _stroke,
    "partial": _stroke,
    "pairs": _stroke,
}


class _Drawing:
    """Draws sheets in one style."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.measure = style.measure
        self.buffer = io.BytesIO()
        width, height = self.measure.width, self.measure.height
        # ReportLab exchanges the sides of a rotated page itself
        self.size = (height, width) if style.sideways or style.two_up else (width * style.scale, height * style.scale)
        self.canvas = Canvas(self.buffer, pagesize=self.size, invariant=1)
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))

    def pages(self, sheets: list[Sheet]) -> bytes:
        """The whole document."""
        per_page = 2 if self.style.two_up else 1
        for first in range(0, len(sheets), per_page):
            for k, sheet in enumerate(sheets[first : first + per_page]):
                self.canvas.saveState()
                if self.style.two_up:
                    self.canvas.translate(k * self.size[0] / 2, 0)
                    self.canvas.scale(self.size[0] / 2 / self.measure.width, self.size[1] / self.measure.height)
                if self.style.scale != 1:
                    self.canvas.scale(self.style.scale, self.style.scale)
                self._turned()
                self._content(sheet, first + k + 1)
                self.canvas.restoreState()
            if self.style.crop:
                self.canvas.setCropBox((20, 30, self.size[0] - 20, self.size[1] - 10))
            if self.style.rotate:
                self.canvas.setPageRotation(self.style.rotate)
            self.canvas.showPage()
        self.canvas.save()
        return self.buffer.getvalue()

    def _turned(self) -> None:
        width, height = self.measure.width, self.measure.height
        if self.style.rotate == 90 or self.style.sideways:
            self.canvas.transform(0, 1, -1, 0, height, 0)
        elif self.style.rotate == 180:
            self.canvas.transform(-1, 0, 0, -1, width, height)
        elif self.style.rotate == 270:
            self.canvas.transform(0, -1, 1, 0, 0, width)

    def _content(self, sheet: Sheet, number: int) -> None:
        if self.style.form:
            self.canvas.saveState()
            self.canvas.beginForm(f"page{number}", 0, 0, 2 * self.measure.width, 2 * self.measure.height)
            self.canvas.scale(2, 2)
            self._sheet(sheet, number)
            self.canvas.endForm()
            self.canvas.scale(0.5, 0.5)
            self.canvas.doForm(f"page{number}")
            self.canvas.restoreState()
        else:
            self._sheet(sheet, number)

    def _sheet(self, sheet: Sheet, number: int) -> None:
        for x, top, text in sheet.prose:
            self._text(x, top, text, self.measure.body)
        for table in sheet.tables:
            self._table(table)
        if self.style.running:
            self._text(self.measure.width / 2 - 12, self.measure.height - 46, f"- {number} -", 10)
            self._text(self.measure.margin, 40, "政府信息公开年报", 8)
        if self.style.watermark is not None:
            self.canvas.saveState()
            self.canvas.setFillColor(_GREY)
            self.canvas.translate(self.measure.width / 2, self.measure.height / 2)
            self.canvas.rotate(self.style.watermark)
            self.canvas.setFont(FONT, 60)
            self.canvas.drawCentredString(0, 0, "内部资料2024")
            self.canvas.restoreState()

    def _table(self, table: list[Patch]) -> None:
        if self.style.shade:
            for k, patch in enumerate(table):
                self.canvas.setFillColor(_BLUE if not patch.figure else (_GREY if k % 2 else white))
                self._rect(patch, stroke=0, fill=1)
        self.canvas.setFillColor(black)
        if self.style.borders == "cellrect":
            self.canvas.setLineWidth(0.5)
            for patch in table:
                self._rect(patch, stroke=1, fill=0)
        elif self.style.borders == "frame":
            self._frames(table)
        else:
            BORDERS[self.style.borders](self.canvas, self._lines(table))
        self.canvas.setFillColor(black)
        for patch in table:
            self._cell(patch)

    def _rect(self, patch: Patch, stroke: int, fill: int) -> None:
        self.canvas.rect(patch.x0, self._y(patch.bottom), patch.x1 - patch.x0, patch.bottom - patch.top, stroke=stroke, fill=fill)

    def _frames(self, table: list[Patch]) -> None:
        """Each border as the area between two outlines, as browsers print them."""
        for patch in table:
            path = self.canvas.beginPath()
            for d in (0.0, 0.75):
                path.rect(patch.x0 + d, self._y(patch.bottom) + d, patch.x1 - patch.x0 - 2 * d, patch.bottom - patch.top - 2 * d)
            self.canvas.drawPath(path, stroke=0, fill=1, fillMode=0)

    def _y(self, top: float) -> float:
        return self.measure.height - top

    def _lines(self, table: list[Patch]) -> list[tuple[float, float, float, float]]:
        """Left, right, upper and lower side of every patch, each once; some left out as the style says."""
        left, right = min(p.x0 for p in table), max(p.x1 for p in table)
        top, bottom = min(p.top for p in table), max(p.bottom for p in table)
        lines: dict[tuple[float, float, float, float], None] = {}
        values = [p for p in table if p.figure]
        for p in table:
            for x in (p.x0, p.x1):
                if self.style.borders == "partial" and p in values and min(v.x0 for v in values) < x < right:
                    continue
                if self.style.borders == "pairs" and x in self._dropped(values):
                    continue
                if not (self.style.open_sides and x in (left, right)) and self._stands(x, left, right):
                    lines[x, self._y(p.bottom), x, self._y(p.top)] = None
            for y, own in ((p.top, p.opens), (p.bottom, p.closes)):
                if (own or not self.style.open_breaks) and self._lies(y, top, bottom, table):
                    lines[p.x0, self._y(y), p.x1, self._y(y)] = None
        return list(lines)

    @staticmethod
    def _dropped(values: list[Patch]) -> set[float]:
        """A border in the middle of every five columns of figures, in tables with many."""
        inner = sorted({v.x0 for v in values})[1:]
        return set(inner[1::5]) if len(inner) > 4 else set()

    def _stands(self, x: float, left: float, right: float) -> bool:
        return self.style.borders not in ("level", "three") and (self.style.borders != "outer" or x in (left, right))

    def _lies(self, y: float, top: float, bottom: float, table: list[Patch]) -> bool:
        if self.style.borders != "three":
            return True
        head = min((p.top for p in table if p.figure), default=top)
        return y in (top, bottom, head)

    def _cell(self, patch: Patch) -> None:
        m = self.measure
        step = 1.3 * m.cell
        if self.style.vertical and patch.bottom - patch.top > 6 * (patch.x1 - patch.x0) and len(patch.lines) > 3:
            self._upright(patch)
            return
        top = patch.top + max(m.pad, (patch.bottom - patch.top - step * len(patch.lines)) / 2)
        for k, line in enumerate(patch.lines):
            wide = sum(advance(c, m.cell) for c in line)
            x = (patch.x0 + patch.x1 - wide) / 2 if patch.figure else patch.x0 + m.pad
            self._text(x, top + k * step, line, m.cell)
        if self.style.hidden and patch.figure:
            self._conceal(patch)

    def _upright(self, patch: Patch) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont(FONT, isVertical=True))
        text = self.canvas.beginText((patch.x0 + patch.x1) / 2, self._y(patch.top + 6))
        text.setFont(FONT + "vert" if FONT + "vert" in pdfmetrics.getRegisteredFontNames() else FONT, self.measure.cell)
        text.textOut("".join(patch.lines))
        self.canvas.drawText(text)

    def _text(self, x: float, top: float, text: str, size: float) -> None:
        baseline = self._y(top) - 0.88 * size
        self.canvas.setFont(FONT, size)
        for shift in (0.0, 0.25) if self.style.bold else (0.0,):
            if self.style.pieces:
                place = x + shift
                for character in text:
                    self.canvas.drawString(place, baseline, character)
                    place += advance(character, size)
            else:
                self.canvas.drawString(x + shift, baseline, text)

    def _conceal(self, patch: Patch) -> None:
        """Print 7 in the cell so that nobody sees it."""
        canvas, way = self.canvas, self.style.hidden
        x, y = patch.x1 - 6, self._y(patch.bottom) + 4
        canvas.saveState()
        if way == "under":
            canvas.drawString(x, y, "7")
            canvas.setFillColor(white)
            canvas.rect(x - 0.5, y - 2, 5.8, 9, stroke=0, fill=1)
        elif way == "clip":
            clip = canvas.beginPath()
            clip.rect(x + 40, y + 300, 5, 5)
            canvas.clipPath(clip, stroke=0)
            canvas.drawString(x, y, "7")
        elif way == "mode":
            canvas.drawString(x, y, "7", mode=3)
        elif way == "off":
            canvas.drawString(x + 2000, y, "7")
        else:
            canvas.setFillColor(white)
            canvas.drawString(x, y, "7")
        canvas.restoreState()


_BASE = Measure()
_CUT = replace(_BASE, cut_rows=True)

STYLES: dict[str, Style] = {
    **{name: Style(name) for name in ("stroke", "rectfill", "cellrect", "gap", "double", "dashed", "dotted", "path", "frame")},
    "shade": Style("rectfill", shade=True),
    "header": Style(measure=replace(_BASE, repeat_header=True)),
    "cut": Style(measure=_CUT),
    "open": Style(open_sides=True),
    "torn": Style(measure=_CUT, open_breaks=True),
    "narrow": Style(measure=replace(_CUT, weights=NARROW, cell=10.5, pad=2.5)),
    "bold": Style(bold=True),
    "pieces": Style(pieces=True),
    **{f"hidden-{way}": Style("rectfill", hidden=way) for way in ("mode", "white", "clip", "off", "under")},
    "watermark": Style(watermark=45.0),
    "stamped": Style(watermark=0.0),
    **{f"rotate{turn}": Style(rotate=turn) for turn in (90, 180, 270)},
    "sideways": Style(sideways=True),
    "twoup": Style(two_up=True),
    "crop": Style(crop=True),
    "form": Style(form=True),
    "large": Style("rectfill", scale=3.5),
    "small": Style("rectfill", scale=0.5),
    "none": Style("none"),
    "level": Style("level"),
    "three": Style("three"),
    "outer": Style("outer"),
    "partial": Style("partial"),
    "pairs": Style("pairs"),
}


def variants() -> dict[str, Callable[[Specimen], bytes]]:
    """Each style as a way to write a specimen."""
    return {name: (lambda specimen, style=style: draw(specimen, style)) for name, style in STYLES.items()}
