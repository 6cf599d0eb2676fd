"""Guangdong's 政府信息公开目录平台: rows by JSON, 100 a page, page 0 the same as page 1; the column is a node of a tree in the page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler import links, loose, records
from crawler.families import answers, static
from crawler.page import Page, join
from crawler.sheet import Ask, Progress, Reply, Sheet, Source

_ANNUAL = re.compile(r"年报|年度报告")
_SID = re.compile(r"""\bSID\s*["']?\s*[:=]\s*["']?(\d+)""")
_DEPTH = 12


def sources(page: Page) -> list[Source]:
    """The column that the address names, else the annual-report nodes of the tree, else everything."""
    config = next((value for value in loose.assigned(page.text, r"(?:window\.)?_CONFIG") if isinstance(value, dict)), {})
    sid = _SID.search(page.text)
    number = str(config.get("SID") or config.get("SITE_ID") or (sid[1] if sid else ""))
    if not number:
        return []
    named = re.search(r"#(\d+)|/gkmlpt/(?:index|policy)/?(\d+)|[?&]cat(?:egory)?=(\d+)", page.url)
    nodes = list(_annual(config.get("TREE"), 0))
    if named:
        return [_source(page, number, next(group for group in named.groups() if group))]
    left = [str(node["jump_url"]) for node in nodes if node.get("jump_url")]
    ways = [static.source_at(url, page.url) for target in left if (url := join(page.url, target)) and not _same_page(url, page.url)]
    ways += [_source(page, number, str(node["id"])) for node in nodes if not node.get("jump_url") and node.get("id") is not None]
    return ways or [_source(page, number, "0")]


def _annual(value: loose.Value, depth: int) -> Iterator[dict[str, Any]]:
    """The topmost nodes that are named as annual reports."""
    for node in value if isinstance(value, list) else [value]:
        if not isinstance(node, dict) or depth > _DEPTH:
            continue
        if _ANNUAL.search(str(node.get("name", ""))):
            yield node
        else:
            yield from _annual(node.get("children"), depth + 1)


def _source(page: Page, sid: str, category: str) -> Source:
    address = urlsplit(page.url)
    within = address.path.partition("/gkmlpt")[0] if "/gkmlpt" in address.path else ""
    base = f"{address.scheme}://{address.netloc}{within}/gkmlpt/api/all/{category}"

    def ask(number: int) -> Ask:
        return Ask(f"{base}?page={number}&sid={sid}", referer=page.url.partition("#")[0], number=number)

    def read(reply: Reply) -> Sheet:
        return answers.by_rows(records.sheet_of(reply.url, loose.parse(reply.text), by_id=True))

    def following(progress: Progress) -> Ask:
        return ask(progress.number + 1)

    return Source(ask(1), read, following, f"category {category}")


def _same_page(one: str, other: str) -> bool:
    return links.page_key(one) == links.page_key(other.partition("#")[0])
