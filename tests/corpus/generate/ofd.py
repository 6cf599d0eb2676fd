"""OFD specimens: pages of text codes and paths, tables cut by page ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from tests.corpus.generate.model import Specimen, Table
from tests.corpus.generate.office import Placed, placed, width_of, zipped

_SPACE = "http://www.ofdspec.org/2016"
_WIDTH, _HEIGHT, _MARGIN = 210.0, 297.0, 18.0
_SIZE, _LEADING, _PAD = 3.5, 4.6, 1.0


Flowing = dict[tuple[int, int], list[str]]
"""Lines of a cell that did not fit on its page, by the cell's first slot."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How letters are placed and borders drawn."""

    borders: str = "stroke"
    """stroke: one line a side; cell: a rectangle a cell; fill: thin filled rectangles; path: all lines of a table in one path."""
    steps: str = "grouped"
    """grouped: `g n d`; plain: one step a letter; none: no steps, one code a letter."""
    scaled: bool = False
    """Letters of size 1 blown up by a matrix."""
    template: bool = False
    """Running lines in a template page."""
    blocks: bool = False
    """Objects inside page blocks and composite objects."""
    prefix: str = "ofd:"


DIALECTS: dict[str, Dialect] = {
    "plain": Dialect(),
    "cell": Dialect(borders="cell"),
    "fill": Dialect(borders="fill"),
    "path": Dialect(borders="path", prefix=""),
    "steps": Dialect(steps="plain"),
    "letters": Dialect(steps="none"),
    "scaled": Dialect(scaled=True),
    "template": Dialect(template=True),
    "blocks": Dialect(blocks=True),
}


@dataclass(slots=True)
class Pages:
    """Pages being filled from top to bottom, in millimetres."""

    dialect: Dialect
    pages: list[list[str]] = field(default_factory=lambda: [[]])
    y: float = _MARGIN

    def room(self, height: float) -> None:
        """Begins a page where less than this is left."""
        if self.y + height > _HEIGHT - _MARGIN:
            self.pages.append([])
            self.y = _MARGIN

    def text(self, x: float, y: float, text: str) -> None:
        """One line of text whose top left corner stands there."""
        if not text:
            return
        steps = [_SIZE if ord(letter) > 0x2E80 else _SIZE / 2 for letter in text]
        scale = _SIZE if self.dialect.scaled else 1.0
        box = f'Boundary="{x:g} {y:g} {sum(steps):g} {_SIZE:g}" Font="1" Size="{_SIZE / scale:g}"'
        matrix = f' CTM="{scale:g} 0 0 {scale:g} 0 0"' if self.dialect.scaled else ""
        codes = self._codes(text, [step / scale for step in steps], 0.86 * _SIZE / scale)
        self.pages[-1].append(f"<ofd:TextObject {box}{matrix}>{codes}</ofd:TextObject>")

    def _codes(self, text: str, steps: list[float], base: float) -> str:
        if self.dialect.steps == "none":
            places = [sum(steps[:at]) for at in range(len(text))]
            return "".join(f'<ofd:TextCode X="{x:.3f}" Y="{base:g}">{escape(c)}</ofd:TextCode>' for x, c in zip(places, text, strict=True))
        same = len(set(steps[:-1])) == 1 and self.dialect.steps == "grouped"
        delta = f"g {len(steps) - 1} {steps[0]:g}" if same else " ".join(f"{step:g}" for step in steps[:-1])
        return f'<ofd:TextCode X="0" Y="{base:g}" DeltaX="{delta}">{escape(text)}</ofd:TextCode>'

    def path(self, x: float, y: float, width: float, height: float, data: str, filled: bool = False) -> None:
        """One path in a box."""
        paint = 'Fill="true" Stroke="false"' if filled else 'LineWidth="0.25"'
        box = f'Boundary="{x:g} {y:g} {width:g} {height:g}"'
        self.pages[-1].append(f"<ofd:PathObject {box} {paint}><ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>")

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """The four borders of a cell."""
        if self.dialect.borders == "cell":
            self.path(x, y, width, height, f"M 0 0 L {width:g} 0 L {width:g} {height:g} L 0 {height:g} C")
        elif self.dialect.borders == "fill":
            for left, top, w, h in ((x, y, width, 0.2), (x, y + height, width, 0.2), (x, y, 0.2, height), (x + width, y, 0.2, height)):
                self.path(left, top, w, h, f"M 0 0 L {w:g} 0 L {w:g} {h:g} L 0 {h:g} C", filled=True)
        elif self.dialect.borders == "path":
            sides = f"M 0 0 L {width:g} 0 M 0 {height:g} L {width:g} {height:g} M 0 0 L 0 {height:g} M {width:g} 0 L {width:g} {height:g}"
            self.path(x, y, width, height, sides)
        else:
            for left, top, w, h in ((x, y, width, 0.0), (x, y + height, width, 0.0), (x, y, 0.0, height), (x + width, y, 0.0, height)):
                self.path(left, top, w, h, f"M 0 0 L {w:g} {h:g}")

    def paragraph(self, text: str) -> None:
        """A paragraph with an indented first line."""
        for line in wrapped("\u3000\u3000" + text, _WIDTH - 2 * _MARGIN):
            self.room(_LEADING)
            indent = _SIZE * (len(line) - len(line.lstrip("\u3000")))
            self.text(_MARGIN + indent, self.y, line.strip("\u3000"))
            self.y += _LEADING * 1.15
        self.y += 1.5

    def table(self, table: Table) -> None:
        """A table, cut between rows where the page ends; a cell that reaches over the cut is drawn on both pages."""
        columns = width_of(table)
        step = (_WIDTH - 2 * _MARGIN) / columns
        rows = placed(table)
        heights = _heights(table, step)
        start = 0
        flowing: dict[tuple[int, int], list[str]] = {}
        while start < len(rows):
            self.room(heights[start])
            end, used = start, 0.0
            while end < len(rows) and self.y + used + heights[end] <= _HEIGHT - _MARGIN:
                used += heights[end]
                end += 1
            self._piece([cell for line in rows for cell in line], (start, max(end, start + 1)), heights, step, flowing)
            start = max(end, start + 1)
        self.y += 3.0

    def _piece(self, cells: list[Placed], span: tuple[int, int], heights: list[float], step: float, flowing: Flowing) -> None:
        """The rows of one page; text that a cut cell has no room for flows on to the next page."""
        start, end = span
        tops = [self.y + sum(heights[start:at]) for at in range(start, end + 1)]
        for row, column, box in cells:
            first, last = max(row, start), min(row + box.rowspan, end)
            if first < last:
                x, y, height = _MARGIN + column * step, tops[first - start], tops[last - start] - tops[first - start]
                self.frame(x, y, box.colspan * step, height)
                lines = flowing.pop((row, column), None) or (wrapped(box.text, box.colspan * step - 2 * _PAD) if row >= start else [])
                room = int((height - 2 * _PAD + 0.01) / _LEADING) if row + box.rowspan > end else len(lines)
                flowing[row, column] = lines[room:]
                for at, line in enumerate(lines[:room]):
                    self.text(x + _PAD, y + _PAD + at * _LEADING, line)
        self.y = tops[-1]


def wrapped(text: str, width: float) -> list[str]:
    """The text in lines no wider than that; a number is never broken."""
    lines = [""]
    for letter in text:
        size = sum(_SIZE if ord(each) > 0x2E80 else _SIZE / 2 for each in lines[-1] + letter)
        if letter == "\n" or (size > width and not letter.isdigit()):
            lines.append("")
        if letter != "\n":
            lines[-1] += letter
    return lines


def _heights(table: Table, step: float) -> list[float]:
    heights = [_LEADING + 2 * _PAD] * len(table)
    for row, _, box in sorted((cell for line in placed(table) for cell in line), key=lambda cell: cell.box.rowspan):
        needed = len(wrapped(box.text, box.colspan * step - 2 * _PAD)) * _LEADING + 2 * _PAD
        last = min(row + box.rowspan, len(table)) - 1
        heights[last] += max(0.0, needed - sum(heights[row : last + 1]))
    return heights


def _page(objects: list[str], template: bool, blocks: bool) -> str:
    use = '<ofd:Template TemplateID="2" ZOrder="Background"/>' if template else ""
    body = "".join(objects)
    if blocks:
        body = f"<ofd:PageBlock><ofd:PageBlock>{body}</ofd:PageBlock></ofd:PageBlock>"
    return f"<ofd:Page {_xmlns()}>{use}<ofd:Content><ofd:Layer>{body}</ofd:Layer></ofd:Content></ofd:Page>"


def _xmlns() -> str:
    return f'xmlns:ofd="{_SPACE}"'


def package(
    pages: list[str], title: str = "", template: str = "", more: dict[str, bytes | str] | None = None, prefix: str = "ofd:"
) -> bytes:
    """An OFD of these page parts."""
    listed = "".join(f'<ofd:Page ID="{n + 10}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages)))
    templates = '<ofd:TemplatePage ID="2" BaseLoc="Tpls/Tpl_0/Content.xml"/>' if template else ""
    area = f"<ofd:PageArea><ofd:PhysicalBox>0 0 {_WIDTH:g} {_HEIGHT:g}</ofd:PhysicalBox></ofd:PageArea>"
    resources = "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>" if more else ""
    common = f"<ofd:CommonData><ofd:MaxUnitID>99</ofd:MaxUnitID>{area}{resources}{templates}</ofd:CommonData>"
    body = f"<ofd:DocInfo><ofd:Title>{escape(title)}</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
    parts: dict[str, bytes | str] = {
        "OFD.xml": f'<ofd:OFD {_xmlns()} Version="1.0"><ofd:DocBody>{body}</ofd:DocBody></ofd:OFD>',
        "Doc_0/Document.xml": f"<ofd:Document {_xmlns()}>{common}<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    if template:
        parts["Doc_0/Tpls/Tpl_0/Content.xml"] = template
    parts |= {f"Doc_0/Pages/Page_{n}/Content.xml": page for n, page in enumerate(pages)} | (more or {})
    if not prefix:
        parts = {name: _unprefixed(part) for name, part in parts.items()}
    return zipped(parts)


def _unprefixed(part: bytes | str) -> bytes | str:
    """The part with its namespace as the default one."""
    return part.replace("xmlns:ofd=", "xmlns=").replace("ofd:", "") if isinstance(part, str) else part


def draw(specimen: Specimen, dialect: Dialect = DIALECTS["plain"]) -> bytes:
    """The specimen as an OFD."""
    pages = Pages(dialect)
    for block in specimen.blocks:
        if isinstance(block, str):
            pages.paragraph(block)
        else:
            pages.table(block)
    running = Pages(dialect)
    running.text(_MARGIN, 8.0, "政府信息公开年度报告")
    template = _page(running.pages[0], template=False, blocks=False) if dialect.template else ""
    drawn = [_page(page, dialect.template, dialect.blocks) for page in pages.pages]
    return package(drawn, specimen.title, template, prefix=dialect.prefix)


def variants() -> dict[str, Callable[[Specimen], bytes]]:
    """Every dialect by name."""

    def drawer(dialect: Dialect) -> Callable[[Specimen], bytes]:
        return lambda specimen: draw(specimen, dialect)

    return {name: drawer(dialect) for name, dialect in DIALECTS.items()}
