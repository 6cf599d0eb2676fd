"""Epoint 新点: lists by a REST call that needs the site's own id, told by `/js/webBuilderCommon.js`; Suzhou's interface beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from crawler import loose
from crawler.families import answers
from crawler.page import Page, join
from crawler.sheet import Ask, Progress, Reply, Sheet, Source

_COMMON = "/js/webBuilderCommon.js"
_LOAD = re.compile(r"[\"']([^\"'\s]{0,200}/loadData(?:\?[^\"'\s]{0,300})?)[\"']")
_REST = re.compile(r"[\"']([^\"'\s]{0,200}/rest/[^\"'\s]{0,80}/getgovinfolist)[\"']", re.I)
_MARKS = re.compile(r"webBuilderCommon|siteGuid|EWB-FRONT|EWB_\w")
SIZE = 15


def sources(page: Page) -> list[Source]:
    """Whichever of the two interfaces the page speaks of."""
    found = []
    if load := _LOAD.search(page.text):
        found.append(_numbered(page, load[1]))
    if _REST.search(page.text) or _MARKS.search(page.text) or "govInfoPub" in page.url:
        found += [_rest(page, as_json=False), _rest(page, as_json=True)]
    return found


def _numbered(page: Page, path: str) -> Source:
    """`loadData?pageSize=15` with `pageIndex` from 0."""
    url = join(page.url, path if "?" in path else f"{path}?pageSize={SIZE}") or page.url
    told = {name: value for name in ("channelId", "categorynum", "categoryNum", "deptcode") if (value := answers.value_in(page.text, name))}

    def ask(number: int) -> Ask:
        return Ask(url, {**told, "pageIndex": str(number - 1)}, referer=page.url, number=number)

    def read(reply: Reply) -> Sheet:
        return _stepping(answers.read(reply), ask(reply.ask.number + 1))

    return Source(ask(1), read, lambda progress: ask(progress.number + 1), "loadData", from_zero=True)


def _stepping(sheet: Sheet, following: Ask | None) -> Sheet:
    """An answer that names its successor, so that one repeated page ends nothing."""
    return replace(sheet, onward=following) if sheet.rows and sheet.total is None else sheet


def _rest(page: Page, *, as_json: bool) -> Source:
    """`getgovinfolist`, its fields as a form (each alone and all in `params`) or as a JSON body."""
    inline = _site(page.text)
    named = _REST.search(page.text)
    fields = {
        "deptcode": _told(page, "deptcode", "deptCode") or "",
        "categorynum": _told(page, "categorynum", "categoryNum", "CategoryNum") or "",
        "siteGuid": inline.get("siteGuid", ""),
    }
    held = dict(fields)
    bare = join(page.url, named[1]) if named else None
    where = {"url": _endpoint(page, inline) if named is None or named[1].startswith("/rest/") else bare}

    def ask(number: int) -> Ask | None:
        url = where["url"]
        if url is None:
            return None
        filled = {**held, "pageIndex": str(number - 1), "pageSize": str(SIZE)}
        if as_json:
            asked = {**held, "pageIndex": number - 1, "pageSize": SIZE}
            body = json.dumps({**asked, "params": asked}).encode()
            return Ask(url, body, "application/json; charset=utf-8", page.url, number)
        return Ask(url, {**filled, "params": json.dumps(filled, ensure_ascii=False)}, None, page.url, number)

    def read(reply: Reply) -> Sheet:
        if reply.ask.form is None:
            site = _site(reply.text)
            held["siteGuid"] = site.get("siteGuid", "")
            where["url"] = where["url"] or _endpoint(page, site) or bare
            return Sheet(prelude=True)
        return _stepping(answers.read(reply), ask(reply.ask.number + 1))

    def following(progress: Progress) -> Ask | None:
        return ask(1 if progress.sheet.prelude and not progress.counts else progress.number + 1)

    start = ask(1) if held["siteGuid"] and where["url"] else None
    return Source(start or Ask(_script(page), referer=page.url, number=0), read, following, "getgovinfolist", from_zero=True)


def _site(text: str) -> Mapping[str, str]:
    for value in loose.assigned(text, "siteInfo"):
        if isinstance(value, dict):
            return {key: str(held) for key, held in value.items() if isinstance(held, str | int)}
    return {name: value for name in ("projectName", "siteGuid") if (value := answers.value_in(text, name))}


def _endpoint(page: Page, site: Mapping[str, str]) -> str | None:
    project = site.get("projectName", "").strip("/")
    return join(page.url, f"/{project}/rest/lightfrontaction/getgovinfolist") if project else None


def _script(page: Page) -> str:
    sources = [node.attributes.get("src") or "" for node in page.tree.css("script[src]")]
    named = next((source for source in sources if "webBuilderCommon" in source), _COMMON)
    return join(page.url, named) or page.url


def _told(page: Page, *names: str) -> str | None:
    query = urlsplit(page.url).query
    return answers.value_in(page.text, *names) or answers.value_in(f"?{query}", *names)
