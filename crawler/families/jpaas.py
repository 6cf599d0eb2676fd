"""hanweb's new platform (jpaas): the list is a unit of the page, built by an endpoint; its page number goes inside `paramJson`."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler import loose
from crawler.declared import as_count
from crawler.families import answers
from crawler.page import Page, join
from crawler.sheet import Ask, Progress, Reply, Sheet, Source

_ENDPOINT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
_FIELDS = ("webId", "pageId", "parseType", "pageType", "tagId", "tplSetId")
_ADDRESS = re.compile(r"[\w:/.-]{0,200}/api-gateway/jpaas-publish-server/front/page/build/unit\?([^\"'<>\s]+)")
_COUNTS = re.compile(
    r"<[^<>]{0,300}\bcount=[\"']?(\d+)[^<>]{0,300}\brows=[\"']?(\d+)|<[^<>]{0,300}\brows=[\"']?(\d+)[^<>]{0,300}\bcount=[\"']?(\d+)", re.I
)
_LISTS = re.compile(r"list|列表|分页|内容|当前栏目", re.I)
MOST_UNITS = 4
"""Units of one page that are tried as its list."""


def sources(page: Page) -> list[Source]:
    """The units of a page that may be its list, those named as lists first."""
    units = [unit for unit in _units(page) if unit.get("pageId") or unit.get("webId")]
    units.sort(key=lambda unit: not _LISTS.search(unit.get("tagId", "")))
    return [_source(page, unit) for unit in units[:MOST_UNITS]]


def _units(page: Page) -> list[dict[str, str]]:
    found = []
    for node in page.tree.css("[querydata]"):
        value = loose.parse(node.attributes.get("querydata") or "")
        if isinstance(value, dict):
            unit = {key: str(held) for key, held in value.items() if isinstance(held, str | int)}
            found.append({**unit, "url": node.attributes.get("url") or _ENDPOINT})
    found += [dict(parse_qsl(query.replace("&amp;", "&"), keep_blank_values=True)) for query in _ADDRESS.findall(page.text)]
    if not found:
        found = [{field: value for field in _FIELDS if (value := answers.value_in(page.text, field))}]
    return [dict(pairs) for pairs in dict.fromkeys(tuple(sorted(unit.items())) for unit in found)]


def _source(page: Page, unit: dict[str, str]) -> Source:
    endpoint = join(page.url, unit.get("url") or _ENDPOINT) or page.url
    endpoint = urlsplit(endpoint)._replace(query="").geturl()
    defaults = {"parseType": "bulidstatic", "pageType": "column"}
    given = {key: value for key, value in unit.items() if key not in ("url", "paramJson")}
    counts = _counts(page.text)
    size = (counts[1] if counts else None) or 15

    def ask(number: int) -> Ask:
        page_of = json.dumps({"pageNo": number, "pageSize": str(size)}, separators=(",", ":"))
        return Ask(f"{endpoint}?{urlencode({**defaults, **given, 'paramJson': page_of})}", referer=page.url, number=number)

    def read(reply: Reply) -> Sheet:
        sheet = answers.read(reply)
        said = _counts(reply.text.replace('\\"', '"')) or counts
        total = said[0] if said else sheet.total
        return Sheet(sheet.rows, total)

    def following(progress: Progress) -> Ask:
        return ask(progress.number + 1)

    return Source(ask(1), read, following, "unit")


def _counts(text: str) -> tuple[int, int] | None:
    """The declared rows and the rows a page, as attributes."""
    found = _COUNTS.search(text)
    if not found:
        return None
    total, rows = (found[1], found[2]) if found[1] else (found[4], found[3])
    return as_count(total) or 0, as_count(rows) or 0
