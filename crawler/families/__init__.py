"""CMS families: which one a portal runs on, and how each lists its articles. One module per way of listing, never one per site."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import NamedTuple
from urllib.parse import urlsplit

from crawler import decode, links
from crawler.capture import Fetcher
from crawler.families import endpoint, ewb, gkmlpt, hanweb, jpaas, lonsun, scripted, shanghai, static, trs, truecms, ucap
from crawler.listing import Column, Link, Listing
from crawler.page import Page, parse
from crawler.pager import Walked, check, follow
from crawler.proof import ROW_CAPS
from crawler.rows import Row, seen_rows
from crawler.sheet import Sheet, Source

GENERIC = "generic"
THRESHOLD = 2
MOST_FRAMES = 2
_NO_LIST = re.compile(r"visit_?count|login|tree\.jsp|share|footer|header|top\.|search", re.I)
_WAYS: Mapping[str, Callable[[Page], list[Source]]] = {
    "trs": trs.sources,
    "ucap": ucap.sources,
    "hanweb": hanweb.sources,
    "jpaas": jpaas.sources,
    "gkmlpt": gkmlpt.sources,
    "lonsun": lonsun.sources,
    "truecms": truecms.sources,
    "ewb": ewb.sources,
    "shanghai": shanghai.sources,
}
"""Families that list otherwise than by pages of HTML, or not by those alone."""
_PAGES_FIRST = frozenset(("trs",))
"""Those whose pages of HTML are the rule and anything else the exception."""


class Mark(NamedTuple):
    """One sign of a family: where it is looked for, what, and what it weighs."""

    place: str
    pattern: re.Pattern[str]
    weight: int


@cache
def marks() -> dict[str, tuple[Mark, ...]]:
    """The signs of each family, as families.toml states them."""
    known = tomllib.loads(resources.files("crawler.families").joinpath("families.toml").read_text("utf-8"))
    places = ("url", "link", "text")
    return {
        family["name"]: tuple(
            Mark(place, re.compile(mark[place], re.I), mark["weight"]) for mark in family["mark"] for place in places if place in mark
        )
        for family in known["family"]
    }


def names() -> tuple[str, ...]:
    """Every family by name, the generic one last."""
    return (*marks(), GENERIC)


def recognise(page: Page) -> str:
    """The family of the portal that a page belongs to; "generic" where nothing speaks for any."""
    scores = {name: sum(_weight(page, mark) for mark in signs) for name, signs in marks().items()}
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= THRESHOLD else GENERIC


def _weight(page: Page, mark: Mark) -> int:
    if mark.place == "url":
        return mark.weight if mark.pattern.search(page.url) else 0
    if mark.place == "text":
        return mark.weight if mark.pattern.search(page.text) else 0
    return mark.weight if any(mark.pattern.search(link.url.partition("?")[0]) for link in page.links) else 0


async def walk(url: str, fetcher: Fetcher, family: str = "auto", column: Column | None = None) -> Listing:
    """Every row of the listing at an address, and whether that is all of it.

    Raises a `CrawlError` only where the first page cannot be had; whatever comes after stands in the listing's `stop_reason`.
    """
    capture = await fetcher.get(url)
    check(capture)
    page = parse(capture.final_url, decode.text(capture))
    if "#" in url:
        page = replace(page, url=page.url + "#" + url.partition("#")[2])
    name = recognise(page) if family not in names() else family
    ways = [endpoint.source_of(page)] if endpoint.is_data(page.text) else sources_of(name, page)
    walked, requests = await _best(ways, fetcher)
    return _listing(url, name, walked, requests + 1, column)


def sources_of(name: str, page: Page) -> list[Source]:
    """The ways to enumerate a listing, the best first.

    A first page that holds all that it declares is enough; one without any row is looked at with the eyes of every family.
    """
    pages = static.source_of(page)
    first = pages.first
    if isinstance(first, Sheet) and first.total not in (None, *ROW_CAPS) and len(seen_rows(page)) == first.total:
        return [pages]
    ways = _WAYS[name](page) if name in _WAYS else []
    ways = [pages, *ways] if name in _PAGES_FIRST else [*ways, pages]
    if isinstance(first, Sheet) and first.rows:
        return ways
    others = [source for other, made in _WAYS.items() if other != name for source in made(page)]
    return [*ways, *others, *scripted.sources(page), *(static.source_at(url, page.url) for url in _inside(page))]


def _inside(page: Page) -> list[str]:
    """Where a page without rows of its own leads by itself: a frame that holds the list, a redirection by script."""
    host = urlsplit(page.url).netloc
    led = (link.url for link in page.of("redirect", "frame") if urlsplit(link.url).netloc == host and link.url != page.url)
    return list(dict.fromkeys(url for url in led if not _NO_LIST.search(url)))[:MOST_FRAMES]


async def _best(ways: Iterable[Source], fetcher: Fetcher) -> tuple[Walked, int]:
    """Walk by one way after another until one proves complete; else what all of them found together."""
    tried: list[Walked] = []
    for source in ways:
        walked = _own(await follow(source, fetcher), source.keep)
        tried.append(walked)
        if walked.complete:
            break
    requests = sum(walked.requests for walked in tried)
    return (tried[-1] if tried[-1].complete else _together(tried)), requests


def _own(walked: Walked, keep: str) -> Walked:
    """The walk with the column's own rows only, where others stand between them; a total of all is then no total of these."""
    progress = walked.progress
    own = {key: row for key, row in progress.rows.items() if keep in row.url}
    if not keep or not own or len(own) == len(progress.rows):
        return walked
    return replace(walked, progress=replace(progress, rows=own, total=None))


def _together(tried: list[Walked]) -> Walked:
    """The walk that came farthest, with the rows of the others and the highest total that any of them told."""
    best = max(tried, key=lambda walked: len(walked.progress.rows))
    blocked = next((walked for walked in tried if walked.reason == "blocked"), None)
    for walked in tried:
        for key, row in walked.progress.rows.items():
            if row.url not in {held.url for held in best.progress.rows.values()}:
                best.progress.rows[key] = row
    best.progress.total = max((walked.progress.total for walked in tried if walked.progress.total is not None), default=None)
    notes = dict.fromkeys(walked.message for walked in tried if walked.message)
    return replace(best, reason=blocked.reason if blocked else best.reason, message="; ".join(notes))


def _link(row: Row, column: Column) -> Link:
    """A row with what its words, its heading and its column tell."""
    return links.link(row.title, row.url, column, published=row.published, heading=row.heading)


def _among(found: list[Link]) -> tuple[Link, ...]:
    """The rows of a list; where most are reports, those whose words say nothing are asked for, too: their pages decide."""
    reports = sum(link.kind == "report" for link in found)
    doubtful = {link.url for link in found if link.why == links.UNNAMED} if 2 * reports > len(found) else set()
    why = "among reports in the annual-report column"
    return tuple(replace(link, kind="report", why=why) if link.url in doubtful else link for link in found)


def _listing(url: str, family: str, walked: Walked, requests: int, column: Column | None) -> Listing:
    progress = walked.progress
    column = column or Column(url, annual=False)
    rows = {row.url: row for row in reversed(progress.rows.values())}
    found = _among([_link(row, column) for row in reversed(rows.values())])
    return Listing(
        url=url,
        family=family,
        links=found,
        requests=requests,
        stop_reason=walked.reason,
        declared_total=progress.total,
        declared_pages=progress.pages,
        distinct_found=len(found),
        complete=walked.complete,
        message=walked.message,
    )
