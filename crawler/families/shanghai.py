"""Shanghai's JSON interfaces: Putuo's `/front/api/data/affair`, whose counts stop at 10000, and the policy library's `/gwk/policy/page`."""

from __future__ import annotations

import json
import re
from typing import Any

from crawler import loose, records
from crawler.families import answers
from crawler.page import Page, join
from crawler.sheet import Ask, Progress, Reply, Sheet, Source

SIZE = 15
_AFFAIR = re.compile(r"[\"']([^\"'\s]*/front/api/data/\w+)[\"']")
_POLICY = re.compile(r"[\"']([^\"'\s]*/gwk/policy/page)[\"']")
_CHANNELS = re.compile(r"[\"']?channelList[\"']?\s*[:=]\s*(\[[^\]]*\])")
_SITES = re.compile(r"[\"']?siteIdList[\"']?\s*[:=]\s*(\[[^\]]*\])")
_NUMBERS = ("pageNo", "pageNum", "page")
_DETAIL = "/zhengce/detail?businessId={businessid}&siteId={siteid}"


def sources(page: Page) -> list[Source]:
    """The interfaces that the page's scripts name."""
    found = []
    if affair := _AFFAIR.search(page.text):
        body = {
            "channelList": _list(_CHANNELS, page, "channelId"),
            "pageSize": SIZE,
            "orderFields": ["display_date"],
            "orderTypes": ["desc"],
            "docFlag": "1",
        }
        found.append(_posted(page, affair[1], body, ("pageNo",)))
    if policy := _POLICY.search(page.text):
        found.append(_posted(page, policy[1], {"siteIdList": _list(_SITES, page, "siteId"), "pageSize": SIZE}, _NUMBERS, _DETAIL))
    return found


def _list(pattern: re.Pattern[str], page: Page, single: str) -> list[str]:
    found = pattern.search(page.text)
    listed = loose.parse(found[1]) if found else None
    if isinstance(listed, list) and listed:
        return [str(value) for value in listed]
    value = answers.value_in(page.text, single)
    return [value] if value else []


def _posted(page: Page, path: str, body: dict[str, Any], numbers: tuple[str, ...], pattern: str | None = None) -> Source:
    url = join(page.url, path) or page.url

    def ask(number: int) -> Ask:
        asked = {**body, **dict.fromkeys(numbers, number)}
        return Ask(url, json.dumps(asked).encode(), "application/json; charset=utf-8", page.url, number)

    def read(reply: Reply) -> Sheet:
        return answers.by_rows(records.sheet_of(reply.url, loose.parse(reply.text), pattern=pattern))

    def following(progress: Progress) -> Ask:
        return ask(progress.number + 1)

    return Source(ask(1), read, following, "JSON")
