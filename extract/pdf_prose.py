"""Lines outside tables → paragraphs; page numbers and running headers apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from extract.pdf_text import Line

MARGIN = 0.1
"""The share of the page's height, at top and bottom, in which running lines stand."""
NARROW = 0.75
"""The share of the widest page's text below which a page's own lines do not tell where its margins are."""
RAGGED = 0.03
"""The share of its width by which the text of one page may reach farther than that of another."""
INDENT = 5.0
"""Sizes of its letters by which the first line of a paragraph may stand in; a line farther in is set at the right or in the middle."""
HEADING = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[）)]?[、.．]?\s*\S{1,38}\Z")
_HEADING_MARK = re.compile(r"[一二三四五六七八九十]{1,3}[、.．]")
_LIST_MARK = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[、.．](?!\d)|附件|附[:：]|注[:：])"
)
PAGE_NUMBER = re.compile(
    r"[-—–―~·\s第]*(?:\d{1,4}|[ivxIVX]{1,5})(?:\s*/\s*\d{1,4})?[-—–―~·\s页]*(?:[，,/]?\s*共\s*\d{1,4}\s*页)?\Z"
)  # fmt: skip
"""A page number alone on its line: - 3 -, 第3页 共5页, 3/5."""


class PageLines(NamedTuple):
    """One page's lines outside tables, and its size in points."""

    page: int
    width: float
    height: float
    lines: list[Line]


class Prose(NamedTuple):
    """A paragraph: text, page and vertical place of its first line, whether it looks like a heading, whether it may go on, its size."""

    text: str
    top: float
    page: int
    heading: bool
    begins: bool
    goes_on: bool
    size: float = 0.0
    """The height of its letters, in points; 0 where it is not known."""


class Span(NamedTuple):
    """Where the lines of a page begin and end, in points."""

    left: float
    right: float


def without_running(pages: list[PageLines]) -> tuple[list[PageLines], list[str]]:
    """The pages without page numbers and lines repeated at the edge of most pages, and those lines, each once."""
    repeated = Counter(key for page in pages for key in {_key(line, page) for line in page.lines if _at_edge(line, page)})
    threshold = max(2, (len(pages) + 1) // 2)
    kept: list[PageLines] = []
    dropped: list[str] = []
    for page in pages:
        running = [line for line in page.lines if _runs(line, page, repeated, threshold)]
        gone = set(map(id, running))
        kept.append(page._replace(lines=[line for line in page.lines if id(line) not in gone]))
        dropped.extend(line.text for line in running)
    return kept, list(dict.fromkeys(dropped))


def _at_edge(line: Line, page: PageLines) -> bool:
    return line.box.bottom < MARGIN * page.height or line.box.top > (1 - MARGIN) * page.height


def _key(line: Line, page: PageLines) -> tuple[str, int]:
    """Alike for the same running line on different pages, whatever the page number in it."""
    return re.sub(r"\d+", "0", line.text), round(line.box.top / page.height * 50)


def _runs(line: Line, page: PageLines, repeated: Counter[tuple[str, int]], threshold: int) -> bool:
    if not _at_edge(line, page):
        return False
    return bool(PAGE_NUMBER.match(line.text)) or (len(line.text) > 1 and repeated[_key(line, page)] >= threshold)


def spans(pages: list[PageLines]) -> list[Span]:
    """The margins of each page's text. A page with little more than a signature has those of the widest page that holds its lines."""
    own = [_span(page.lines) for page in pages]
    widest = max((right - left for left, right in own), default=0.0)
    return [span if span.right - span.left >= NARROW * widest else _around(span, own, RAGGED * widest) for span in own]


def _span(lines: list[Line]) -> Span:
    return Span(min((line.box.x0 for line in lines), default=0.0), max((line.box.x1 for line in lines), default=0.0))


def _around(span: Span, others: list[Span], slack: float) -> Span:
    holding = [other for other in others if other.left <= span.left + slack and other.right >= span.right - slack]
    left, right = max(holding, key=lambda other: other.right - other.left)
    return Span(min(left, span.left), max(right, span.right))


def paragraphs(page: PageLines, breaks: Iterable[float] = (), span: Span | None = None) -> list[Prose]:
    """The page's lines joined into paragraphs between the margins `span`; none runs across the heights in `breaks` (tables)."""
    lines = page.lines
    span = span or _span(lines)
    stops = sorted(breaks)
    usual = _leading(lines)
    found: list[list[Line]] = []
    for line in lines:
        if found and not _starts(found[-1], line, span, usual, stops):
            found[-1].append(line)
        else:
            found.append([line])
    return [_prose(group, page.page, span) for group in found]


def _leading(lines: list[Line]) -> float:
    steps = [b.box.top - a.box.top for a, b in pairwise(lines) if b.box.top > a.box.top]
    return median(steps) if steps else 0.0


def _starts(group: list[Line], line: Line, span: Span, usual: float, stops: list[float]) -> bool:
    """Whether a new paragraph starts with this line."""
    last = group[-1]
    if any(last.box.top < stop <= line.box.top for stop in stops):
        return True
    step = line.box.top - last.box.top
    if abs(line.size - last.size) > 0.2 * max(line.size, last.size) or (usual and step > 1.6 * usual):
        return True
    if not _reaches(last, span):
        return not (_centred(last, span) and _centred(line, span) and not _LIST_MARK.match(line.text))
    return line.box.x0 > span.left + 1.2 * line.size or bool(_HEADING_MARK.match(line.text)) or _is_set_in(last, span)


def _reaches(line: Line, span: Span) -> bool:
    """Whether a line goes on to the right margin."""
    return line.box.x1 >= span.right - 2.2 * line.size


def _is_set_in(line: Line, span: Span) -> bool:
    """Whether a line stands farther in than any indent: a name or a date at the right, which no line continues."""
    return line.box.x0 > span.left + INDENT * line.size


def _centred(line: Line, span: Span) -> bool:
    inset = line.box.x0 - span.left
    return inset > 2.5 * line.size and abs(inset - (span.right - line.box.x1)) < 1.5 * line.size


def _prose(group: list[Line], page: int, span: Span) -> Prose:
    text = group[0].text
    for line in group[1:]:
        text += _join(text, line.text) + line.text
    text = text.strip()
    first, last = group[0], group[-1]
    begins = first.box.x0 > span.left + 1.2 * first.size or bool(_LIST_MARK.match(text))
    goes_on = _reaches(last, span) and not _is_set_in(last, span) and not text.endswith(("。", "！", "？", "：", ":"))
    return Prose(text, first.box.top, page, is_heading(text), begins, goes_on, first.size)


def _join(above: str, below: str) -> str:
    latin = above[-1:].isascii() and below[:1].isascii() and above[-1:].isalpha() and below[:1].isalpha()
    return " " if latin else ""


def is_heading(text: str) -> bool:
    """Whether a paragraph is a numbered heading standing alone: 一、总体情况."""
    return len(text) <= 40 and bool(HEADING.match(text)) and bool(_HEADING_MARK.match(text.lstrip("（("))) and text[-1] not in "。；;，,"


def across_pages(found: list[Prose]) -> list[Prose]:
    """Successive paragraphs with a page break in the middle of a sentence joined."""
    joined: list[Prose] = []
    for prose in found:
        if joined and _continues(joined[-1], prose):
            last = joined[-1]
            joined[-1] = last._replace(text=last.text + _join(last.text, prose.text) + prose.text, goes_on=prose.goes_on, page=prose.page)
        else:
            joined.append(prose)
    return joined


def _continues(last: Prose, prose: Prose) -> bool:
    """Whether a paragraph is the rest of one that the page before ends with."""
    alike = abs(last.size - prose.size) <= 0.2 * max(last.size, prose.size)
    return alike and last.page != prose.page and last.goes_on and not prose.begins and not last.heading
