"""One site, from its home page to its reports: find the columns, walk each to its end, fetch what they list."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from crawler import decode, families, find_judge, links
from crawler.capture import Capture, Fetcher
from crawler.errors import CrawlError, Gone
from crawler.events import Delivery, Event, Found, Part, PartLink, SiteEnd, Stage, Trouble
from crawler.find import HOME, find
from crawler.links import Twins
from crawler.listing import Link, Listing
from crawler.page import parse
from crawler.parts import file_name, parts_of
from crawler.site import Site
from crawler.site_state import Tally, site_state

_KEPT_BYTES = 8 << 20
_PARTS = 60
_WALLS_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What one crawl is to do. `due` says whether an address is due; empty `years` means all.

    `known_parts` gives the parts of a page that the archive holds, so that they are asked for again although the page itself
    is unchanged. `ever_delivered` and `in_season` are facts of the run that the site's end state depends on.
    """

    due: Callable[[str], bool] = lambda _: True
    years: Collection[int] = ()
    limit: int | None = None
    thorough: bool = False
    known_parts: Callable[[str], Sequence[PartLink]] | None = None
    ever_delivered: bool = False
    in_season: bool = False


async def crawl(site: Site, fetcher: Fetcher, memory: Mapping[str, Any] | None = None, plan: Plan | None = None) -> AsyncIterator[Event]:
    """Everything that a site has to give, as it comes: one `Found`, each `Listing`, each `Delivery`, each `Trouble`, one `SiteEnd`.

    Never raises for what a site does. `memory` is `Found.memory()` of the last run.
    """
    plan = plan or Plan()
    run = _Crawl(site, _Once(fetcher), plan)
    found = await find(site, run.fetcher, memory, thorough=plan.thorough)
    run.tally.columns = len(found.columns)
    run.homes |= {links.page_key(step.url) for step in found.trail if step.why == HOME}
    yield found
    for problem in found.problems:
        yield run.told(problem)
    listed: list[Link] = []
    async for walked in run.walk(found):
        if isinstance(walked, Listing):
            listed += walked.links
        yield walked
    async for event in run.deliver(links.join_twins(listed)):
        yield event
    yield run.end()


@dataclass
class _Crawl:
    """What one crawl has counted so far."""

    site: Site
    fetcher: _Once
    plan: Plan
    tally: Tally = field(init=False)
    parts: int = 0
    homes: set[str] = field(default_factory=set)
    """Page keys of the home page and of the shells before it."""

    def __post_init__(self) -> None:
        self.homes.add(links.page_key(self.site.home))
        self.tally = Tally(ever_delivered=self.plan.ever_delivered, in_season=self.plan.in_season, min_reports=self.site.expect.min_reports)

    async def walk(self, found: Found) -> AsyncIterator[Listing | Trouble]:
        """Every column to its end; a listing that falls short is told twice, as it is and as a problem."""
        for listing in _own_listings(found):
            yield self.counted(listing)
        for column in found.columns:
            if column.url in found.own_reports:
                continue
            try:
                listing = await families.walk(column.url, self.fetcher, column.family, column)
            except CrawlError as error:
                yield self.failed("walk", column.url, error)
                continue
            if column.url in found.leading and _is_bare(listing):
                continue
            yield self.counted(listing)
            if not listing.complete:
                self.tally.incomplete += 1
                yield self.told(Trouble("walk", column.url, *_shortfall(listing)))

    async def deliver(self, listed: Sequence[Twins]) -> AsyncIterator[Delivery | Trouble]:
        """Fetch each report that is wanted and due; a wall that answers several times in a row ends it."""
        wanted = [twins for twins in listed if twins.link.kind == "report" and self.wants(twins.link)]
        self.tally.reports = sum(twins.link.kind == "report" for twins in listed)
        self.tally.wanted = len(wanted)
        due = [twins for twins in wanted if self.plan.due(twins.link.url)]
        self.tally.waiting = len(wanted) - len(due)
        self.fetcher.keep_only({url for twins in due for url in (twins.link.url, *twins.also_at)})
        walls = 0
        for done, twins in enumerate(due[: self.plan.limit]):
            events = [event async for event in self.fetch(twins)]
            for event in events:
                yield event
            walls = walls + 1 if any(isinstance(event, Trouble) and event.code == "blocked" for event in events) else 0
            if walls >= _WALLS_IN_A_ROW:
                left = len(due) - done - 1
                yield self.told(Trouble("fetch", twins.link.url, "blocked", f"gave up at a wall with {left} reports left"))
                return

    def wants(self, link: Link) -> bool:
        """Whether a link is of a year that was asked for, or may be."""
        return not self.plan.years or link.year is None or link.year in self.plan.years

    async def fetch(self, twins: Twins) -> AsyncIterator[Delivery | Trouble]:
        """One report with its parts, or what stood in the way."""
        link = twins.link
        capture = await self.first_of(twins)
        if isinstance(capture, CrawlError):
            yield self.failed("fetch", link.url, capture)
            return
        parts: list[Part] = []
        if capture.status == 304:
            self.tally.unchanged += 1
            wanted = tuple(self.plan.known_parts(link.url)) if self.plan.known_parts else ()
        else:
            self.tally.fetched += 1
            wanted = parts_of(capture)
        async for part in self.gather(wanted, capture):
            if isinstance(part, Trouble):
                yield part
            else:
                parts.append(part)
        self.parts += len(parts)
        yield Delivery(link, capture, tuple(parts), twins.also_at)

    async def first_of(self, twins: Twins) -> Capture | CrawlError:
        """The report at its plainest address; where that is dead, at another that its site gives it."""
        failures = []
        for url in (twins.link.url, *twins.also_at):
            try:
                return await self.through_shells(await self.fetcher.get(url, referer=twins.link.listing_url, conditional=True))
            except CrawlError as error:
                failures.append(error)
                if not isinstance(error, Gone):
                    break
        return failures[0]

    async def through_shells(self, capture: Capture) -> Capture:
        """The page behind a page that only sends on."""
        if capture.status == 304 or len(capture.body) > 64 << 10 or b"<" not in capture.body[:1024]:
            return capture
        page = parse(capture.final_url, decode.text(capture))
        redirects = [link.url for link in page.of("redirect")]
        targets = [url for url in find_judge.onward(page) if url in redirects]
        if targets and links.page_key(targets[0]) in self.homes:
            raise Gone(capture.url, "the page sends on to the home page")
        return await self.fetcher.get(targets[0], referer=capture.final_url) if targets else capture

    async def gather(self, wanted: Iterable[PartLink], article: Capture) -> AsyncIterator[Part | Trouble]:
        """The parts of an article, those of its further pages and frames included, each once and in order."""
        queue, seen = list(wanted), {links.page_key(article.final_url)}
        while queue:
            link = queue.pop(0)
            if links.page_key(link.url) in seen:
                continue
            if len(seen) > _PARTS:
                yield self.told(Trouble("parts", link.url, "too_many_parts", f"an article with more than {_PARTS} parts"))
                return
            seen.add(links.page_key(link.url))
            try:
                capture = await self.fetcher.get(link.url, referer=article.final_url, conditional=True)
            except CrawlError as error:
                yield self.failed("parts", link.url, error)
                continue
            yield Part(link.kind, link.name or file_name(capture), link.url, capture)
            if link.kind in ("article_page", "frame") and capture.status != 304:
                queue += [inner for inner in parts_of(capture) if inner.kind != "frame"]

    def counted(self, listing: Listing) -> Listing:
        """The same listing, its rows counted."""
        self.tally.rows += listing.distinct_found or len(listing.links)
        return listing

    def failed(self, stage: Stage, url: str, error: CrawlError) -> Trouble:
        """An error as a problem."""
        return self.told(Trouble(stage, url, error.code, error.message))

    def told(self, trouble: Trouble) -> Trouble:
        """The same problem, counted by its code."""
        self.tally.codes[trouble.code] += 1
        return trouble

    def end(self) -> SiteEnd:
        """The last word."""
        state, message = site_state(self.tally)
        tally = self.tally
        counts = {
            "requests": self.fetcher.requests,
            "bytes": self.fetcher.bytes,
            "columns": tally.columns,
            "rows": tally.rows,
            "reports": tally.reports,
            "fetched": tally.fetched,
            "unchanged": tally.unchanged,
            "waiting": tally.waiting,
            "parts": self.parts,
            "incomplete": tally.incomplete,
            "problems": sum(tally.codes.values()),
        }
        return SiteEnd(self.site.id, state, counts, message)


class _Once:
    """A fetcher that asks for no page twice in one crawl: what finding has looked at, walking need not ask for again.

    It keeps the youngest captures up to some megabytes; an older page may have to be asked for a second time, as is one to forget.
    """

    def __init__(self, inner: Fetcher) -> None:
        self.inner = inner
        self.requests = 0
        self.bytes = 0
        self.kept: OrderedDict[str, Capture] = OrderedDict()
        self.weight = 0
        self.keeping = True

    async def get(self, url: str, *, referer: str | None = None, conditional: bool = False) -> Capture:
        """See `Fetcher`."""
        if url in self.kept:
            return self.kept[url]
        self.requests += 1
        capture = self._count(await self.inner.get(url, referer=referer, conditional=conditional))
        if self.keeping and capture.truncated is None:
            self._keep(url, capture)
        return capture

    async def post(
        self, url: str, data: Mapping[str, str] | bytes, *, referer: str | None = None, media_type: str | None = None
    ) -> Capture:
        """See `Fetcher`."""
        self.requests += 1
        return self._count(await self.inner.post(url, data, referer=referer, media_type=media_type))

    def forget(self, urls: Collection[str]) -> None:
        """Ask anew for these pages: what they list has changed."""
        for url in urls:
            if (capture := self.kept.pop(url, None)) is not None:
                self.weight -= _weight(capture)

    def keep_only(self, urls: Collection[str]) -> None:
        """Forget all pages but these, and keep no more: from here on each page is asked for once anyway."""
        self.keeping = False
        self.kept = OrderedDict((url, capture) for url, capture in self.kept.items() if url in urls)

    def _count(self, capture: Capture) -> Capture:
        self.bytes += len(capture.raw_body)
        return capture

    def _keep(self, url: str, capture: Capture) -> None:
        self.kept[url] = capture
        self.weight += _weight(capture)
        while self.weight > _KEPT_BYTES:
            self.weight -= _weight(self.kept.popitem(last=False)[1])


def _weight(capture: Capture) -> int:
    return len(capture.body) + len(capture.raw_body)


def _own_listings(found: Found) -> list[Listing]:
    """Columns that are themselves the report, as listings: those of one menu together, others each alone."""
    groups: dict[str, list[Link]] = {}
    for column in found.columns:
        if column.url in found.own_reports:
            at = found.own_reports[column.url]
            own = Link(column.url, column.name, "report", "the column is itself a report", column.year, column.agency, None, at)
            groups.setdefault(at, []).append(own)
    return [
        Listing(url, found.family or "generic", tuple(rows), len(rows), "last_page", distinct_found=len(rows), complete=True)
        for url, rows in groups.items()
    ]


def _is_bare(listing: Listing) -> bool:
    """Whether a listing holds nothing, declares nothing, and nothing stood in the way of asking."""
    return not (listing.distinct_found or listing.declared_total) and listing.stop_reason not in ("blocked", "error")


def _shortfall(listing: Listing) -> tuple[str, str]:
    """The code and message of a listing that is not complete."""
    code = {"blocked": "blocked", "error": "walk_error", "cap_suspected": "cap_suspected"}.get(listing.stop_reason, "incomplete")
    declared = listing.declared_total if listing.declared_total is not None else "an unknown number of"
    return code, f"{listing.distinct_found} of {declared} rows, stopped by {listing.stop_reason}. {listing.message}".strip()
