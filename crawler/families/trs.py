"""TRS WCM 拓尔思: static pages `index_k.html` (the follower's work); beside them JSON files and searches that some pages script."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from crawler.families import answers
from crawler.page import Page, join
from crawler.sheet import Ask, Progress, Source

SIZE = 15
_FILE = re.compile(
    r"""(?:getJSON\s*\(|url\s*[:=]|fetch\s*\(|ajax\s*\(|get\s*\(|load\s*\(|(?<!\w)\w{0,40}[uU]rl\s*=)\s*["']([^"'\s]+\.json)["']"""
)
_SEARCH = re.compile(r"""["']([^"'\s?]*/(?:was5?/web/search|fjdzapp/search|was\d*/search))(?:\?([^"'\s]*))?["']""")
_CHANNEL = re.compile(r"""\bchannelid\s*["']?\s*[:=]\s*["']?(\d+)""", re.I)
_SEARCH_ID = re.compile(r"""\bsearchId\s*["']?\s*[:=]\s*["']?(\d+)""")
_CLASS = re.compile(r"""classsql\s*["']?\s*[:=]\s*(?:["']{2}\s*\|\|\s*)?["']?(chnlid\s*(?:=|%3D)\s*\d+)""", re.I)
_POSTED = "fjdzapp"


def sources(page: Page) -> list[Source]:
    """What the page's script would ask for beside its static pages."""
    files = [_whole(page, url) for name in dict.fromkeys(_FILE.findall(page.text)) if (url := join(page.url, name))]
    return files + _searched(page)


def _whole(page: Page, url: str) -> Source:
    """A file that holds every row."""
    return Source(Ask(url, referer=page.url), answers.read, lambda _: None, "JSON file")


def _searched(page: Page) -> list[Source]:
    """The channel's rows from the search engine of the site (WAS), by the channel and class that the page names."""
    kind = _CLASS.search(page.text)
    channel = _CHANNEL.search(page.text) or _SEARCH_ID.search(page.text)
    if not (kind and channel):
        return []
    named = [join(page.url, path) for path, _ in _SEARCH.findall(page.text)]
    paths = named or [join(page.url, path) for path in ("/fjdzapp/search", "/was5/web/search")]
    clause = kind[1].replace("%3D", "=").replace("%3d", "=").replace(" ", "")
    return [_search(page, url, channel[1], clause) for url in dict.fromkeys(paths) if url]


def _search(page: Page, url: str, channel: str, clause: str) -> Source:
    fields = {"channelid": channel, "classsql": clause, "prepage": answers.value_in(page.text, "prepage") or str(SIZE)}

    def ask(number: int) -> Ask:
        asked = {**fields, "page": str(number)}
        if _POSTED in url:
            return Ask(url, asked, referer=page.url, number=number)
        return Ask(f"{url}?{urlencode(asked)}", referer=page.url, number=number)

    def following(progress: Progress) -> Ask:
        return ask(progress.number + 1)

    return Source(ask(1), answers.read, following, "search")
