"""Where a report ends: at its signature, and before what a page sets behind it (share bars, related articles, footers)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from extract.dates import dates, is_only_date
from extract.names import is_name, knowledge
from extract.narrative import opens

_LAST_SECTIONS = ("s5_problems", "s6_other")
_LONG = 60
"""Characters that make a line prose, behind which the menus at the head of a page are over."""
_SEALED = re.compile(r"[（(](?:盖章|公章|印章|章)[）)]$")
_TOGETHER = re.compile(r"(\D{4,40}?)[,，]?\s*((?:20|二).{6,14}日)")


@dataclass(frozen=True, slots=True)
class Ending:
    """The lines of a report, without what follows it on its page; `body` also without its signature."""

    lines: Sequence[str]
    body: Sequence[str]
    signer: str | None
    signed_on: date | None


def find_ending(text: Sequence[str]) -> Ending:
    """The ending of the report in these paragraphs."""
    start = _start(text)
    end = next((i for i in range(start, len(text)) if _is_furniture(text[i])), len(text))
    lines = [line.strip() for line in text[:end]]
    at, signer, signed_on = _signature(lines)
    body = lines[:at] if at > start else lines
    while len(body) > start and is_name(_bare(body[-1])):
        body = body[:-1]
    return Ending(lines, body, signer, signed_on)


def _start(text: Sequence[str]) -> int:
    """The first line behind the heading of the last section, or behind the first line of prose."""
    headed = [i for i, line in enumerate(text) if ("事项" in line or "改进" in line) and opens(line) in _LAST_SECTIONS]
    if headed:
        return headed[-1] + 1
    return next((i for i, line in enumerate(text) if len(line) >= _LONG and "。" in line), len(text))


def _is_furniture(line: str) -> bool:
    return bool(_furniture().search("".join(line.split())))


@cache
def _furniture() -> re.Pattern[str]:
    words = knowledge()["furniture"]
    return re.compile(rf"^[【\[（(|·>]*(?:{'|'.join(words['begins'])})|{'|'.join(words['holds'])}", re.IGNORECASE)


def _bare(line: str) -> str:
    """A line of a signature without blanks and the note that a seal stands there."""
    return _SEALED.sub("", "".join(line.split()))


def _signature(lines: Sequence[str]) -> tuple[int, str | None, date | None]:
    """The last name-and-date block: the first of its lines, the body's name beside a line that is only a date, the date."""
    for i in range(len(lines) - 1, 2, -1):
        if is_only_date(lines[i]) and (found := dates(lines[i])):
            near = [j for j in (i - 1, i - 2, i + 1) if 0 <= j < len(lines) and is_name(_bare(lines[j]))]
            if near:
                return min(near[0], i), _bare(lines[near[0]]), found[0]
        together = _TOGETHER.fullmatch(lines[i])
        if together and is_name(name := _bare(together[1])) and (found := dates(together[2])):
            return i, name, found[0]
    tail = [i for i in range(max(6, len(lines) - 12), len(lines)) if is_only_date(lines[i]) and dates(lines[i])]
    return (tail[-1], None, dates(lines[tail[-1]])[0]) if tail else (len(lines), None, None)
