"""Looking at one address without storing anything: what the crawler sees there, and the document that stands there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from crawler import families
from crawler.capture import Capture
from crawler.client import Client, SiteClient
from crawler.errors import CrawlError
from crawler.events import Found, Trouble
from crawler.find import find
from crawler.listing import Listing
from crawler.parts import parts_of
from crawler.settings import CrawlSettings
from crawler.site import Site
from extract.document import Problem, Source
from nianbao import config

MAX_PARTS = 60
UNREACHED = ("unreachable", "refused", "robots", "blocked")
"""What a page was not had by: such a site was not seen at all."""

BY_HAND = "looked at by hand; no contact configured"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the crawler sees of a site: the way to its columns, and each column walked to its end."""

    found: Found
    listings: tuple[Listing, ...]
    problems: tuple[Trouble, ...]
    requests: int

    @property
    def reached(self) -> bool:
        """Whether any page was had."""
        return any(not step.outcome.startswith(UNREACHED) for step in self.found.trail)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document as fetched, with the parts that could be had; those that could not are problems."""

    source: Source
    parts: tuple[Source, ...]
    problems: tuple[Problem, ...]


def settings_for(file: Path, *, given: bool) -> CrawlSettings:
    """The crawl settings of a configuration, or the defaults where none was asked for and none is there."""
    return config.load(file).crawl if given or file.exists() else CrawlSettings(contact=BY_HAND)


async def look(url: str, settings: CrawlSettings, site: Site | None = None) -> Seen:
    """Find the columns from an address and walk them; no report is fetched. The host that was named may be asked."""
    async with _asking(url, settings, site) as (fetcher, home):
        found = await find(home, fetcher)
        listings, problems = [], list(found.problems)
        for column in found.columns:
            try:
                listings.append(await families.walk(column.url, fetcher, column.family, column))
            except CrawlError as error:
                problems.append(Trouble("walk", error.url, error.code, error.message))
        return Seen(found, tuple(listings), tuple(problems), fetcher.requests)


async def fetch(url: str, settings: CrawlSettings) -> Fetched:
    """One document and its parts. Raises `CrawlError` where the document itself cannot be had."""
    async with _asking(url, settings, None) as (fetcher, _):
        capture = await fetcher.get(url)
        parts: list[Source] = []
        problems: list[Problem] = []
        for link in parts_of(capture)[:MAX_PARTS]:
            try:
                parts.append(_source(await fetcher.get(link.url, referer=capture.final_url)))
            except CrawlError as error:
                problems.append(Problem(error.code, str(error)))
        return Fetched(_source(capture), tuple(parts), tuple(problems))


@asynccontextmanager
async def _asking(url: str, settings: CrawlSettings, site: Site | None) -> AsyncIterator[tuple[SiteClient, Site]]:
    host = urlsplit(url).hostname or ""
    home = replace(site, home=url) if site else Site("looked-at", host, url, allow_hosts=(host,))
    async with Client(settings) as client:
        yield client.at(home), home


def _source(capture: Capture) -> Source:
    return Source(capture.body, capture.final_url, capture.media_type)
