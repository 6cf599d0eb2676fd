"""How the addresses of a listing's pages are made, worked out from those that a page offers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler.declared import Made
from crawler.page import join

PAGE_FIELDS = "page|pageno|pagenum|pageindex|p|pn|currpage|cur_page|curpage|currentpage|current|pagenumber|pg|index"
"""Names, in lower case, under which a query carries the number of a page."""
_DIGITS = re.compile(r"\d+")
_FIELD = re.compile(rf"[?&;](?:{PAGE_FIELDS})=(\d+)", re.I)
_FORMER = re.compile(r"hrefFormer\s*[=:]\s*[\"']([^\"']+)[\"']")
_LATTER = re.compile(r"hrefLatter\s*[=:]\s*[\"']([^\"']+)[\"']")
_GOES = re.compile(
    r"(?:location(?:\.href)?\s*=|href\s*=|location\.(?:replace|assign)\s*\()\s*[\"']([^\"'<>]{0,200}(?:[?&]\w+=|[_/-]))[\"']\s*\+\s*"
    r"(?:\w+\.)?(?:curr|current|page|pageNo|pageNum|pageIndex|num|index|n|p|i|pno)\b(?:\s*\+\s*[\"']([^\"'<>]{0,200})[\"'])?",
    re.I,
)
_FIRST = re.compile(r"(?<!/)/[^/]+/(?:(?:[a-z]+-)?index[-_])?(1)\.\w+$", re.I)
"""A first page that is numbered itself, in a folder of its own: `…/nb/1.html`, `column-index-1.shtml`."""
_IN_NAME = re.compile(r"(?:_|-|/|list|page|index|p)(\d{1,5})(?:\.\w+|/)?$", re.I)


class Turns(NamedTuple):
    """Page n (from 1) is at `before` + (n × `step` + `offset`) + `after`; the first page is wherever it was found."""

    before: str
    step: int
    offset: int
    after: str

    def url(self, number: int) -> str | None:
        """The address of a page; `None` before the first and past the last of addresses that count down."""
        value = number * self.step + self.offset
        return f"{self.before}{value}{self.after}" if value >= 0 and (self.step > 0 or value > 0) else None

    def shifted(self, by: int) -> Turns:
        """The same with every number moved, for sites whose second page is numbered otherwise than usual."""
        return self._replace(offset=self.offset + by)


def of_call(base: str, made: Made) -> Turns | None:
    """The turns that a `createPageHTML` tells."""
    marker = 90909
    url = join(base, f"{made.stem}_{marker}.{made.ext}")
    if url is None or str(marker) not in url:
        return None
    before, _, after = url.partition(str(marker))
    return Turns(before, 1, made.second - 2, after)


def of_script(base: str, text: str) -> Turns | None:
    """The turns of a pager that a script draws: `hrefFormer`/`hrefLatter`, or `location = '…page=' + n`."""
    if (stem := _FORMER.search(text)) and (end := _LATTER.search(text)):
        return of_call(base, Made(stem[1], end[1].lstrip("."), 2))
    for found in _GOES.finditer(text):
        if url := join(base, f"{found[1]}90909{found[2] or ''}"):
            before, _, after = url.partition("90909")
            return Turns(before, 1, 0, after)
    return None


def guessed(url: str, ext: str = "html") -> Turns | None:
    """What most systems would do with the address of a first page: its page field, `index_1.html`, or `?page=2`.

    `ext` is what the addresses of the site's pages end in, for folders, whose own address does not tell.
    """
    if found := _FIELD.search(url):
        return Turns(url[: found.start(1)], 1, 0, url[found.end(1) :])
    parts = urlsplit(url)
    if parts.query:
        return Turns(f"{url}&page=", 1, 0, "")
    if found := _FIRST.search(url.partition("#")[0]):
        return Turns(url[: found.start(1)], 1, 0, found[0][found.end(1) - found.start() :])
    stem, dot, own = parts.path.rpartition("/")[2].rpartition(".")
    if parts.path.endswith("/"):
        return of_call(url, Made("index", ext, 1))
    return of_call(url, Made(stem, own, 1)) if dot else Turns(f"{url}?page=", 1, 0, "")


def of_links(numbered: Mapping[int, str], pages: int | None = None) -> Turns | None:
    """The turns behind addresses of known page numbers: two of them tell; one does where its number can mean only one thing."""
    pairs = sorted(numbered.items())
    for (low, first), (high, second) in pairwise(pairs):
        if found := _between(low, first, high, second):
            return found
    return next((found for number, url in pairs if number > 1 and (found := of_one(number, url, pages))), None)


def of_one(number: int, url: str, pages: int | None = None) -> Turns | None:
    """The turns of one address: its query's page field, else the number that ends its path, counting up or (with `pages`) down."""
    found = _FIELD.search(url) or _IN_NAME.search(urlsplit(url)._replace(query="", fragment="").geturl())
    if not found:
        return None
    value = int(found[1])
    before, after = url[: found.start(1)], url[found.end(1) :]
    if value in (number, number - 1):
        return Turns(before, 1, value - number, after)
    if pages and value == pages - number + 1:
        return Turns(before, -1, pages + 1, after)
    return None


def _between(low: int, first: str, high: int, second: str) -> Turns | None:
    one, two = _DIGITS.findall(first), _DIGITS.findall(second)
    if _DIGITS.sub("#", first) != _DIGITS.sub("#", second) or len(one) != len(two):
        return None
    differing = [at for at, (left, right) in enumerate(zip(one, two, strict=True)) if left != right]
    if len(differing) != 1:
        return None
    place = list(_DIGITS.finditer(first))[differing[0]]
    step, rest = divmod(int(two[differing[0]]) - int(one[differing[0]]), high - low)
    if rest or not step:
        return None
    return Turns(first[: place.start()], step, int(one[differing[0]]) - step * low, first[place.end() :])
