"""HTML → Document, by lexbor. Block ends become line breaks, tables grids; what a page hides is read only when it shows nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from extract.boxes import CELL
from extract.boxes import find as find_boxes
from extract.charset import utf8
from extract.document import Block, Document, Grid, Paragraph, Problem
from extract.errors import TooComplex, Unreadable
from extract.grid import Span, expand
from extract.hidden import drop_hidden

MAX_DEPTH = 2000
MAX_TABLES = 3000
_BREAK = "\x1e"
_EDGE = _BREAK + " \t\r\n\f"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset(
    ("p", "div", "li", "section", "article", "dd", "dt", "tr", "title", "hr", "blockquote", "pre", "center", "table", *_HEADINGS)
)
_DROPPED = ["script", "style", "noscript", "template", "svg", "select", "head", "iframe", "object"]
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_INTEGER = re.compile(r"\s*\+?(\d+)")
_WRITTEN = re.compile(r"document\s*\.\s*write(?:ln)?\s*\(\s*(['\"])(.*?)(?<!\\)\1\s*\)", re.DOTALL)
_ASSIGNED = re.compile(r"[=:]\s*(['\"])(\s*(?:<|\\u003c)[a-z](?:\\.|(?!\1)[^\\])*)\1\s*[;,}\])]", re.DOTALL | re.IGNORECASE)
"""Markup kept as a string in a variable, or in the data from which a program fills the page."""
_FEW_WORDS = 300
FILLED_BY = "filled_by"
"""The key of `meta` under which a page says that a program writes all of it."""
_SCRIPT = re.compile(r"<script\b[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_GAP = r"[\s\u00ad\u200b-\u200f\u2060\ufeff]*"
_HAS_TABLE = re.compile("|".join(_GAP.join(word) for word in ("自然人", "结果维持", "結果維持", "信息内容", "统计指标", "指标名称")))
_PRINTED_APART = tuple(re.compile(_GAP.join(word)) for word in ("科研机构", "尚未审结", "处理决定数量"))
"""Words of the tables alone: a page that shows one outside of tables prints tables by other means."""
_NESTED_FORMS = 12
"""Cells without a nested table that make an outer table one of data, not of layout."""


def read(content: bytes, media_type: str | None = None) -> Document:
    """The document of an HTML page, in reading order. Raises `Unreadable`, `TooComplex`.

    Hidden copies, comments and scripts are looked at only where the page shows no table.
    """
    page = utf8(content, media_type)
    shown = _parse(page)
    if _prints_otherwise(shown):
        return _without_later_copies(_parse(page, boxes=True))
    if _has_form(shown):
        return shown
    hidden = _parse(page, keep_hidden=True)
    if _has_form(hidden):
        return _note(hidden, "hidden_content", "the tables stand in an element that the page hides")
    return _buried(page.decode(), shown)


def _buried(text: str, shown: Document) -> Document:
    """Tables inside comments or scripts, added behind what the page shows.

    A page that shows nothing of its own is filled by its program: that is how a visitor sees it, and no problem.
    """
    for code, part in (("table_in_script", _scripts(text)), ("table_in_comment", "".join(_COMMENT.findall(text)))):
        if "<t" in part.lower():
            found = _parse(part.encode(errors="ignore"))
            if _has_form(found):
                filled = _is_bare(shown)
                blocks = (*shown.blocks, *(found.blocks if filled else found.grids()))
                together = Document("html", blocks, shown.title, shown.meta, shown.problems)
                if filled and code == "table_in_script":
                    return replace(together, meta={**shown.meta, FILLED_BY: "script"})
                return _note(together, code, "the tables were found where a browser shows them only through a program, or not at all")
    return shown


def _is_bare(document: Document) -> bool:
    """Whether a page shows too little to be a report: the whole of it is written by a program."""
    return sum(len(block.text) for block in document.paragraphs()) < _FEW_WORDS


def _scripts(text: str) -> str:
    written = []
    for script in _SCRIPT.findall(text):
        written += [_unescape_script(body) for _, body in _WRITTEN.findall(script)]
        written += [_unescape_script(body) for _, body in _ASSIGNED.findall(script)]
    return "".join(written)


def _unescape_script(text: str) -> str:
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text)
    return re.sub(r"\\(.)", lambda m: {"n": "\n", "t": "\t", "r": ""}.get(m[1], m[1]), text, flags=re.DOTALL)


def _note(document: Document, code: str, message: str) -> Document:
    return Document(document.reader, document.blocks, document.title, document.meta, (*document.problems, Problem(code, message)))


def _has_form(document: Document) -> bool:
    return any(_HAS_TABLE.search(cell.text) for grid in document.grids() for cell in grid.cells())


def _prints_otherwise(document: Document) -> bool:
    text = "\n".join(block.text for block in document.paragraphs())
    return any(word.search(text) for word in _PRINTED_APART)


def _without_later_copies(document: Document) -> Document:
    """Without the tables of which the page has printed the first copy as lines: those further down are another report's."""
    blocks: list[Block] = []
    lines: list[str] = []
    printed: set[re.Pattern[str]] = set()
    for block in document.blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        else:
            printed |= {word for word in _PRINTED_APART if word.search("\n".join(lines))}
            lines.clear()
            if any(word.search(cell.text) for word in printed for cell in block.cells()):
                continue
        blocks.append(block)
    return replace(document, blocks=tuple(blocks))


def _parse(page: bytes, keep_hidden: bool = False, boxes: bool = False) -> Document:
    try:
        tree = LexborHTMLParser(page.replace(_BREAK.encode(), b" "))
    except SelectolaxError as error:
        raise TooComplex("the page is too large for its parser") from error
    if tree.body is None:
        raise Unreadable("the page is empty")
    meta, title, styled = _meta(tree), _title(tree), tree.css_first("style") is not None
    tree.strip_tags(_DROPPED, recursive=True)
    if not keep_hidden:
        drop_hidden(tree, page.decode() if styled else "")
    for node in tree.css("sup"):
        if (mark := node.text(deep=True)).strip().isdecimal():
            node.replace_with(mark.translate(_SUPERSCRIPTS))
    problems: list[Problem] = []
    grids = _grids(tree, problems)
    if boxes:
        grids = _with_boxes(tree, grids)
    return Document("html", tuple(_blocks(tree, grids)), title, meta, tuple(problems))


def _with_boxes(tree: LexborHTMLParser, grids: list[tuple[LexborNode, Grid | None]]) -> list[tuple[LexborNode, Grid | None]]:
    """The tables, with those laid out in boxes between them; the lines of one whose cells make no rectangle go into the text."""
    count = len(grids)
    for found in find_boxes(tree, _cell_text):
        if found.rows:
            grids.append((found.first, expand(found.rows, "html", len(grids) + 1)))
        else:
            found.first.insert_before(_BREAK + _BREAK.join(found.lines) + _BREAK)
        for node in found.others if found.rows else [found.first, *found.others]:
            node.decompose()
    order = {node.mem_id: at for at, node in enumerate(tree.css("*"))}
    return _first_copies(sorted(grids, key=lambda each: order[each[0].mem_id]), count)


def _first_copies(grids: list[tuple[LexborNode, Grid | None]], count: int) -> list[tuple[LexborNode, Grid | None]]:
    """Without the tables (those numbered to `count`) of which a first copy stands in boxes before them: they are another report's."""
    boxed: set[re.Pattern[str]] = set()
    kept: list[tuple[LexborNode, Grid | None]] = []
    for node, grid in grids:
        words = {word for word in _PRINTED_APART if grid is not None and any(word.search(cell.text) for cell in grid.cells())}
        if grid is not None and grid.number > count:
            boxed |= words
        kept.append((node, None if grid is not None and grid.number <= count and words & boxed else grid))
    return kept


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        name = attributes.get("name") or attributes.get("property")
        value = (attributes.get("content") or "").strip()
        if name and value:
            found.setdefault(name.strip().lower(), value)
    code = next((node.attributes["sitecode"] for node in tree.css("script") if "sitecode" in node.attributes), None)
    if code is not None:
        found.setdefault("siteidcode", code.strip())
    return found


def _title(tree: LexborHTMLParser) -> str | None:
    for selector in ("h1", "title"):
        for node in tree.css(selector):
            text = " ".join(node.text(deep=True).split())
            if text:
                return text
    return None


def _grids(tree: LexborHTMLParser, problems: list[Problem]) -> list[tuple[LexborNode, Grid | None]]:
    """The data tables with their nodes, in document order; a table beyond the limits is told, the others are read."""
    found: list[tuple[LexborNode, Grid | None]] = []
    tables = tree.css("table")
    if len(tables) > MAX_TABLES:
        raise TooComplex(f"more than {MAX_TABLES} tables")
    number = 0
    covered = 0
    for table in tables:
        if covered:
            covered -= 1
            continue
        nested = len(table.css("table")) - 1
        if nested and not _is_data(table):
            continue
        covered = nested
        number += 1
        try:
            found.append((table, _grid(table, number)))
        except TooComplex as error:
            problems.append(Problem(error.code, str(error)))
            found.append((table, None))
    return found


def _is_data(table: LexborNode) -> bool:
    """Whether a table with tables inside is one of data whose cells hold small tables, rather than of layout."""
    rows = [row for row in table.css("tr") if _owner(row) == table.mem_id]
    cells = [cell for row in rows for cell in _cells(row)]
    plain = sum(cell.css_first("table") is None for cell in cells)
    return len(rows) > 3 and plain >= _NESTED_FORMS


def _owner(node: LexborNode) -> int | None:
    """The identity of the table that a node stands in."""
    parent = node.parent
    while parent is not None and parent.tag != "table":
        parent = parent.parent
    return None if parent is None else parent.mem_id


def _grid(table: LexborNode, number: int) -> Grid:
    rows: list[list[Span]] = []
    groups: list[int] = []
    section: int | None = None
    nested = len(table.css("table")) > 1
    for row in table.css("tr"):
        if nested and _owner(row) != table.mem_id:
            continue
        parent = row.parent.mem_id if row.parent is not None else None
        if parent != section:
            groups.append(len(rows))
            section = parent
        rows.append([_span(cell) for cell in _cells(row)])
    return expand(rows, "html", number, groups=groups)


def _cells(row: LexborNode) -> Iterator[LexborNode]:
    return (node for node in row.iter() if node.tag in ("td", "th"))


def _span(cell: LexborNode) -> Span:
    attributes = cell.attrs
    rowspan, colspan = attributes.get("rowspan"), attributes.get("colspan")
    return Span(_cell_text(cell), 1 if rowspan is None else _integer(rowspan, 0), 1 if colspan is None else _integer(colspan, 1))


@lru_cache(maxsize=1024)
def _integer(text: str, least: int) -> int:
    """A span as HTML reads it: leading digits count, anything else is 1."""
    found = _INTEGER.match(text)
    return max(least, int(found[1][:6])) if found else 1


def _cell_text(cell: LexborNode) -> str:
    """The lines of a cell. Most cells hold one piece of text, which needs no search for the blocks that part it."""
    text = cell.text(separator=_BREAK).strip(_EDGE)
    if _BREAK in text:
        _mark_blocks(cell)
        text = cell.text().strip(_EDGE)
    if _BREAK not in text:
        return text.replace("\n", " ")
    lines = (line.replace("\n", " ").strip() for line in text.split(_BREAK))
    return "\n".join(line for line in lines if line)


def _mark_blocks(tree: LexborHTMLParser | LexborNode) -> None:
    """A break before and behind every block inside."""
    for node in tree.css("*"):
        tag = node.tag
        if tag in _BLOCKS:
            node.insert_before(_BREAK)
            node.insert_after(_BREAK)
        elif tag == "br":
            node.insert_before(_BREAK)


def _blocks(tree: LexborHTMLParser, grids: list[tuple[LexborNode, Grid | None]]) -> Iterator[Block]:
    """Paragraphs and grids in order: each table leaves a mark in the text where it stood."""
    mark = "\x1f"
    for node, _ in grids:
        node.replace_with(f"{_BREAK}{mark}{_BREAK}")
    _mark_blocks(tree)
    body = tree.body
    waiting = iter(grids)
    for line in (body.text(deep=True) if body is not None else "").split(_BREAK):
        if mark in line:
            grid = next(waiting, (None, None))[1]
            if grid is not None:
                yield grid
        else:
            text = " ".join(line.split())
            if text:
                yield Paragraph(text.replace(CELL, "\t") + "\n" if CELL in text else text)
