"""Tables that a page lays out with divs or lists instead of table elements: runs of boxes in boxes, as rows of cells.

Asked only where a page shows no table of the form otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from extract.grid import Span

CELL = "\ue01d"
"""Stands between the cells of a row that is given as a line."""
MAX_CELL = 120
_ROWS = ("div", "ul", "ol", "dl", "li", "section")
_CELLS = ("div", "span", "li", "p", "dd", "dt", "label", "b", "strong")
_INSIDE = ("span", "p", "br", "b", "strong", "font", "a", "i", "em", "sup", "u")
_GAP = r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*"
_FORM = re.compile("|".join(_GAP.join(word) for word in ("自然人", "结果维持", "信息内容")))
_COLUMNS = re.compile(r"grid-template-columns\s*:\s*repeat\(\s*(\d{1,3})")
_SPAN = re.compile(r"grid-(column|row)\s*:\s*(?:auto\s*/\s*)?span\s+(\d{1,3})")

ReadCell = Callable[[LexborNode], str]


class Boxes(NamedTuple):
    """A table of boxes. `first` is the node it stands at, `others` go with it; `rows` where its cells make a rectangle, else `lines`."""

    first: LexborNode
    others: Sequence[LexborNode]
    rows: Sequence[Sequence[Span]]
    lines: Sequence[str]


def find(tree: LexborHTMLParser, read_cell: ReadCell) -> list[Boxes]:
    """The tables of the form that stand in boxes, in order."""
    if tree.body is None or not _FORM.search(tree.body.text(deep=True)):
        return []
    return list(_search(tree.body, read_cell))


def _search(node: LexborNode, read_cell: ReadCell) -> Iterator[Boxes]:
    flat = _flat(node, read_cell)
    if flat is not None:
        yield flat
        return
    for run in _runs(node):
        if isinstance(run, list):
            yield _boxes(run, read_cell)
        elif run.tag != "table" and _FORM.search(run.text(deep=True)):
            yield from _search(run, read_cell)


def _elements(node: LexborNode) -> list[LexborNode]:
    return [child for child in node.iter() if child.tag and not child.tag.startswith("-")]


def _runs(node: LexborNode) -> Iterator[list[LexborNode] | LexborNode]:
    """The children of a node: those that are rows of one table of the form together, others alone."""
    waiting: list[LexborNode] = []
    for child in [*_elements(node), None]:
        if child is not None and _is_row(child):
            waiting.append(child)
            continue
        if len(waiting) > 1 and any(_FORM.search(row.text(deep=True)) for row in waiting):
            yield waiting
        else:
            yield from waiting
        waiting = []
        if child is not None:
            yield child


def _is_row(node: LexborNode) -> bool:
    """Whether an element holds nothing but cells: short boxes side by side, without text of its own, no rows in turn."""
    if node.tag not in _ROWS or (node.text(deep=False) or "").strip():
        return False
    cells = _elements(node)
    return bool(cells) and all(_is_cell(cell) for cell in cells)


def _is_cell(node: LexborNode) -> bool:
    if node.tag not in _CELLS or node.css_first("table") is not None or len(node.text(deep=True).strip()) > MAX_CELL:
        return False
    inside = _elements(node)
    if len(inside) == 1 and inside[0].tag == "div":
        return _is_cell(inside[0])
    return all(child.tag in _INSIDE for child in inside)


def _boxes(rows: Sequence[LexborNode], read_cell: ReadCell) -> Boxes:
    texts = [[read_cell(cell) for cell in _elements(row)] for row in rows]
    even = len({len(row) for row in texts}) == 1 and len(texts[0]) > 1
    spans = [[Span(text) for text in row] for row in texts] if even else []
    return Boxes(rows[0], rows[1:], spans, [] if even else list(map(_line, texts)))


def _line(texts: Sequence[str]) -> str:
    """A row as a line; where it has no label, its first cell stands behind a mark too."""
    lead = "" if any("\u4e00" <= ch <= "\u9fff" for ch in "".join(texts)) else CELL
    return lead + CELL.join(" ".join(text.split()) for text in texts)


def _flat(node: LexborNode, read_cell: ReadCell) -> Boxes | None:
    """A CSS grid: its cells one after the other, with the columns and rows that each spans."""
    columns = _COLUMNS.search(node.attributes.get("style") or "")
    cells = _elements(node)
    if columns is None or not cells or not all(map(_is_cell, cells)):
        return None
    rows = _placed([_spanned(cell, read_cell) for cell in cells], int(columns[1]))
    return Boxes(cells[0], cells[1:], rows, []) if rows else None


def _spanned(cell: LexborNode, read_cell: ReadCell) -> Span:
    spans = dict(_SPAN.findall(cell.attributes.get("style") or ""))
    return Span(read_cell(cell), int(spans.get("row", 1)), int(spans.get("column", 1)))


def _placed(spans: Sequence[Span], width: int) -> list[list[Span]]:
    """The cells by the row in which each begins, as browsers place them; none where one is wider than the grid."""
    rows: list[list[Span]] = [[]]
    taken: set[tuple[int, int]] = set()
    r = c = 0
    for span in spans:
        if not 1 <= span.colspan <= width or not span.rowspan:
            return []
        while c + span.colspan > width or any((r, x) in taken for x in range(c, c + span.colspan)):
            c += 1
            if c >= width:
                r, c = r + 1, 0
                rows.append([])
        taken.update((y, x) for y in range(r, r + span.rowspan) for x in range(c, c + span.colspan))
        rows[r].append(span)
    return rows
