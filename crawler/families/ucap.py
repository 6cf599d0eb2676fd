"""UCAP 开普: a JSON search by channel id first; Jiangxi's `/queryList`; rows inline in `listData`; static pages, often capped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

from crawler import loose, records
from crawler.declared import as_count
from crawler.families import answers
from crawler.page import Page, join
from crawler.sheet import Ask, Reply, Sheet, Source, with_total

SIZE = 15
_SEARCH = re.compile(r"[\"']([^\"'\s?]*/common/search/)([\w-]*)")
_SCRIPTED_ID = re.compile(r"""\bchannelId\s*["']?\s*[:=]\s*["']([\w-]{6,64})["']""")


def sources(page: Page) -> list[Source]:
    """By what the page offers, what tells the true total first."""
    return [*_searches(page), *_queries(page), *_inline(page)]


def _searches(page: Page) -> Iterator[Source]:
    """`/common/search/<channel>?_isAgg=true&_isJson=true&…&page=N`."""
    named = _SEARCH.search(page.text)
    scripted = _SCRIPTED_ID.search(page.text)
    channel = (named[2] if named and named[2] else None) or page.meta.get("channelid") or (scripted[1] if scripted else None)
    url = join(page.url, f"{named[1] if named else '/common/search/'}{channel}") if channel else None
    if url is None:
        return

    def ask(number: int) -> Ask:
        query = {"_isAgg": "true", "_isJson": "true", "_pageSize": SIZE, "_template": "index", "page": number}
        return Ask(f"{url}?{urlencode(query)}", referer=page.url, number=number)

    yield _numbered(ask, "search")


def _queries(page: Page) -> Iterator[Source]:
    """`POST /queryList` with the parameters that the page's script hands to its list."""
    given = [*loose.assigned(page.text, r"(?:var\s+)?(?:params?|data)"), *_handed(page.text)]
    for value in given:
        params = {key.removesuffix("[]"): held for key, held in value.items()} if isinstance(value, dict) else {}
        if "channelCode" in params or "webSiteCode" in params:
            yield _query(page, params)


def _handed(text: str) -> Iterator[loose.Value]:
    """What calls hand over: `$.post("/queryList", {current: 1, …})`."""
    return (argument for arguments in loose.called(text, r"(?:\$|jQuery)\.(?:post|get|ajax|getJSON)") for argument in arguments)


def _query(page: Page, params: dict[str, Any]) -> Source:
    named = re.search(r"[\"']([^\"'\s?]*/queryList)", page.text)
    url = join(page.url, named[1] if named else "/queryList") or page.url
    size = as_count(params.get("perPage")) or SIZE
    lists = [(f"{key}[]", str(item)) for key in ("webSiteCode", "channelCode") for item in _items(params.get(key))]

    def ask(number: int) -> Ask:
        fields = [("current", str(number)), ("unitid", str(params.get("unitid", ""))), *lists, ("perPage", str(size))]
        form = dict(fields)
        if len(form) == len(fields):
            return Ask(url, form, referer=page.url, number=number)
        return Ask(url, urlencode(fields).encode(), "application/x-www-form-urlencoded; charset=UTF-8", page.url, number)

    return _numbered(ask, "queryList", _article_count(page))


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else [value] if value else []


def _numbered(ask: Callable[[int], Ask], name: str, total: int | None = None) -> Source:
    def read(reply: Reply) -> Sheet:
        return with_total(answers.read(reply), total)

    return Source(ask(1), read, lambda progress: ask(progress.number + 1), name)


def _inline(page: Page) -> Iterator[Source]:
    """All or the first rows, written into the page as `listData = {articleList: […]}`."""
    for value in loose.assigned(page.text, "listData"):
        sheet = with_total(records.sheet_of(page.url, value), _article_count(page))
        if sheet.rows:
            yield Source(sheet, answers.read, lambda _: None, "inline")


def _article_count(page: Page) -> int | None:
    """The number of articles of the page's own channel, as its script states it."""
    for name in ("channelsTagSelf", "channelInfo", "channel"):
        for value in loose.assigned(page.text, name):
            if isinstance(value, dict) and (count := as_count(value.get("articleCount"))) is not None:
                return count
    found = re.findall(r"\barticleCount[\"']?\s*[:=]\s*[\"']?(\d+)", page.text)
    return int(found[0]) if len(set(found)) == 1 else None
