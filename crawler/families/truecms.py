"""TrueCMS: a copy of hanweb's jpage whose proxy answers JSONP; on some hosts it is dead and only the first rows stand in the page."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from crawler import loose
from crawler.declared import as_count
from crawler.families import answers
from crawler.page import Page, join
from crawler.rows import fragment_rows
from crawler.sheet import Ask, Progress, Sheet, Source

_PROXY = "/TrueCMS/messageController/getMessage.do"
_UUID = re.compile(r"columnId[\"']?\s*[:=]\s*[\"']?([0-9a-fA-F-]{32,36})", re.I)


def sources(page: Page) -> list[Source]:
    """The proxy first; the rows that the page already holds otherwise."""
    column = _UUID.search(page.text)
    size = answers.count_in(page.text, "perPage", "perpage") or 20
    found = [_proxied(page, column[1], asked) for asked in dict.fromkeys((size, 10))] if column else []
    held = page.tree.css_first("#initData")
    rows = fragment_rows(page.url, (held.text() or "") if "<a" in (held.text() or "") else held.html or "") if held else ()
    return [*found, Source(Sheet(rows, _total(page)), answers.read, lambda _: None, "initData")] if rows else found


def _proxied(page: Page, column: str, size: int) -> Source:
    """The list by groups of a size: each host has its own limit, above which it answers nothing or 404."""
    proxy = join(page.url, answers.value_in(page.text, "proxyUrl") or _PROXY) or page.url

    def ask(start: int, number: int) -> Ask:
        query = {"startrecord": start, "endrecord": start + size - 1, "perpage": size, "columnId": column, "callback": "jsonp"}
        return Ask(f"{proxy}?{urlencode(query)}", referer=page.url, number=number)

    def following(progress: Progress) -> Ask:
        return ask(progress.received + 1, progress.number + 1)

    return Source(ask(1, 1), answers.read, following, "getMessage")


def _total(page: Page) -> int | None:
    configs = [value for name in ("totalRecord", "totalrecord", "total") for value in [answers.value_in(page.text, name)] if value]
    return next((count for value in configs if (count := as_count(loose.parse(value) or value)) is not None), None)
