"""Where a report ends: at its signature, and before what a page sets behind it (share bars, related articles, footers)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise

from extract.dates import dates, is_only_date, years
from extract.document import Document, Grid
from extract.names import is_name, is_title, knowledge
from extract.narrative import opens

_LAST_SECTIONS = ("s5_problems", "s6_other")
_SIGNATURE_ROWS = 3
_LONG = 60
"""Characters that make a line prose, behind which the menus at the head of a page are over."""
_AROUND = re.compile(r"^(?:报告|发布|填报|公开)?(?:单位|机关|机构|日期|时间)(?:名称)?[:：]|[（(](?:盖章|公章|印章|章)[）)]$")
"""What stands around the name and the date of a signature."""
_TOGETHER = re.compile(r"(\D{4,40}?)[,，]?\s*((?:20|二).{6,14}日)")


@dataclass(frozen=True, slots=True)
class Ending:
    """The lines of a report, without what follows it on its page; `body` also without its signature."""

    lines: Sequence[str]
    body: Sequence[str]
    signer: str | None
    signed_on: date | None


def lines_of(document: Document) -> list[str]:
    """The paragraphs of a document in order, and the cells of a table that holds nothing but a signature."""
    lines: list[str] = []
    for block in document.blocks:
        lines += _signed_cells(block) if isinstance(block, Grid) else [block.text]
    return lines


def _signed_cells(grid: Grid) -> list[str]:
    if len(grid.rows) > _SIGNATURE_ROWS:
        return []
    texts = [text for cell in grid.cells() if (text := cell.text.strip())]
    lines = [line for text in texts for line in text.split("\n")]
    return lines if any(map(is_only_date, lines)) and all(is_only_date(line) or is_name(_bare(line)) for line in lines) else []


def find_ending(text: Sequence[str]) -> Ending:
    """The ending of the (first) report in these paragraphs."""
    start = _start(text)
    end = next((i for i in range(start, len(text)) if _is_furniture(text[i]) or _is_next(text[i])), len(text))
    lines = [part for i, line in enumerate(text[:end]) for part in (_parted(line) if i >= start else [line.strip()])]
    at, signer, signed_on = _signature(lines)
    body = lines[:at] if at >= start else lines
    while len(body) > start and is_name(_bare(body[-1])):
        body = body[:-1]
    return Ending(lines, body, signer, signed_on)


def _start(text: Sequence[str]) -> int:
    """The first line behind the heading of the last section, or behind the first line of prose."""
    headed = [i for i, line in enumerate(text) if ("事项" in line or "改进" in line) and opens(line) in _LAST_SECTIONS]
    for one, other in pairwise(headed):
        if any("。" in line for line in text[:one]) and any(map(_is_next, text[one:other])):
            return one + 1  # the next report on the page begins in between
    if headed:
        return headed[-1] + 1
    told = next((i for i, line in enumerate(text) if len(line) >= _LONG and "。" in line), None)
    return told if told is not None else next((i for i, line in enumerate(text) if _is_furniture(line, "behind")), len(text))


def _is_next(line: str) -> bool:
    """Whether a line is the title of another report."""
    return is_title(line) and bool(years(line)) and line.rstrip().endswith(("报告", "年报"))


def _is_furniture(line: str, sort: str = "all") -> bool:
    return bool(_furniture(sort).search("".join(line.split())))


@cache
def _furniture(sort: str) -> re.Pattern[str]:
    words = knowledge()["furniture"]
    begins = "|".join(words["behind"] if sort == "behind" else [*words["begins"], *words["behind"]])
    holds = "" if sort == "behind" else "|" + "|".join(words["holds"])
    return re.compile(rf"^[【\[（(|·>]*(?:{begins}){holds}", re.IGNORECASE)


def _parted(line: str) -> list[str]:
    """A last sentence with a body's name or a date run on behind it, apart."""
    head, mark, tail = line.rstrip().rpartition("。")
    if mark and (is_name(_bare(tail)) or _TOGETHER.fullmatch(tail.strip()) or is_only_date(_bare(tail))):
        return [head.strip() + mark, tail.strip()]
    return [line.strip()]


def _bare(line: str) -> str:
    """A line of a signature without blanks, label and the note that a seal stands there."""
    return _AROUND.sub("", "".join(line.split()))


def _signature(lines: Sequence[str]) -> tuple[int, str | None, date | None]:
    """The last name-and-date block: the first of its lines, the body's name beside a line that is only a date, the date."""
    for i in range(len(lines) - 1, 2, -1):
        if is_only_date(_bare(lines[i])) and (found := dates(lines[i])):
            near = [j for j in (i - 1, i - 2, i + 1) if 0 <= j < len(lines) and is_name(_bare(lines[j]))]
            if near:
                return min(near[0], i), _bare(lines[near[0]]), found[0]
        together = _TOGETHER.fullmatch(lines[i])
        if together and is_name(name := _bare(together[1])) and (found := dates(together[2])):
            return i, name, found[0]
    tail = [i for i in range(max(6, len(lines) - 12), len(lines)) if is_only_date(_bare(lines[i])) and dates(lines[i])]
    return (tail[-1], None, dates(lines[tail[-1]])[0]) if tail else (len(lines), None, None)
