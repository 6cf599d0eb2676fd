"""lonsun 龙讯: columns of an organ (`/public/column/<organ>?type=3`), listed by a label that answers with HTML."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.families import answers
from crawler.page import Page, join
from crawler.sheet import Ask, Progress, Source

SIZE = 100
"""Rows asked for at once; the label's own default is small."""
_LABEL = re.compile(r"[\"']([^\"'\s]*/site/label/8888\?[^\"'\s]*)", re.I)
_ORGAN = re.compile(r"/public/column/(\d+)")
_DEFAULTS = {
    "IsAjax": "1",
    "dataType": "html",
    "labelName": "publicInfoList",
    "siteId": "",
    "organId": "",
    "type": "3",
    "catId": "",
    "file": "/xxgk/publicInfoList_newest2020",
    "isDate": "true",
    "dateFormat": "yyyy-MM-dd",
    "length": "80",
}


def sources(page: Page) -> list[Source]:
    """The label that the page itself calls; else the one that its organ, type and site make."""
    called = _LABEL.search(page.text)
    organ = _ORGAN.search(page.url)
    if not called and not organ and "publicInfoList" not in page.text:
        return []
    query = dict(parse_qsl(urlsplit(unescape(called[1])).query, keep_blank_values=True)) if called else {}
    settings = {**_DEFAULTS, **_told(page), **{key: value for key, value in query.items() if value}}
    settings.update(organId=settings["organId"] or (organ[1] if organ else ""))
    endpoint = join(page.url, urlsplit(called[1]).path if called else "/site/label/8888") or page.url
    settings.pop("pageIndex", None), settings.pop("pageSize", None)

    def ask(number: int) -> Ask:
        return Ask(f"{endpoint}?{urlencode({**settings, 'pageSize': SIZE, 'pageIndex': number})}", referer=page.url, number=number)

    def following(progress: Progress) -> Ask:
        return ask(progress.number + 1)

    return [Source(ask(1), answers.read, following, "label 8888")]


def _told(page: Page) -> dict[str, str]:
    """What the page's address and scripts tell of the list."""
    query = dict(parse_qsl(urlsplit(page.url).query))
    told = {name: value for name in ("siteId", "organId", "catId", "file") if (value := answers.value_in(page.text, name))}
    if kind := query.get("type") or query.get("publicType"):
        told["type"] = kind
    if "catId" in query:
        told["catId"] = query["catId"]
    if not told.get("file", "/").startswith("/"):
        del told["file"]
    return told
