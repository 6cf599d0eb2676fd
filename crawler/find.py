"""From a home page alone to the annual-report columns of a portal: ranked, bounded, and every step explained."""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from crawler import decode, families, find_hidden, find_judge, find_rank, links
from crawler.capture import Capture, Fetcher
from crawler.errors import BadRedirect, CrawlError, Gone, Refused
from crawler.events import Found, Step, Trouble
from crawler.find_judge import Judgement
from crawler.find_keep import Kept
from crawler.find_rank import KNOWN, Candidate
from crawler.listing import Column
from crawler.page import Page, parse
from crawler.parts import is_markup
from crawler.site import Site

HOME = "home page of the site"
"""Why the home page, and each shell before it, was asked for."""
_KNOWN_SCORE = 120.0
_HOME_SCORE = 110.0
_EVERY = 7
_BOUNDS: Mapping[str, int] = KNOWN["bounds"]


async def find(site: Site, fetcher: Fetcher, memory: Mapping[str, Any] | None = None, *, thorough: bool = False) -> Found:
    """The annual-report columns of a portal.

    `memory` is what `Found.memory()` of an earlier run gave: its columns are asked for again first, and only where one is
    lost, about every seventh night, or where `thorough` asks for it, is the portal searched from its home page. Never raises
    a `CrawlError`: what could not be had is among `problems`; a portal that cannot be reached has problems and no columns.
    """
    known = _known(site, memory or {})
    night = int((memory or {}).get("night", 0)) + 1
    thorough = thorough or _is_turn(site, night)
    search = _Search(fetcher, site, night=night)
    await search.run(known, _BOUNDS["floor_known"])
    if not known or search.lost or (thorough and not site.listings):
        await search.run([Candidate(site.home, _HOME_SCORE, HOME)])
        await search.last_resort()
    return search.found({links.page_key(candidate.url) for candidate in known})


def _is_turn(site: Site, night: int) -> bool:
    """Whether a site is searched anew although its columns are known; sites take turns, so that no night has them all."""
    return night > _EVERY and (night + crc32(site.id.encode())) % _EVERY == 0


def _known(site: Site, memory: Mapping[str, Any]) -> list[Candidate]:
    """Columns of the configuration and of memory, each once; only remembered ones have proved that they list reports."""
    configured = [_candidate(Column(url, family=site.family)) for url in site.listings]
    # pages beside the column first: what they offer, too, is the site's menu and no part of the column
    gates = sorted((_candidate(Column(**gate)) for gate in memory.get("gates", ())), key=lambda gate: gate.annual)
    own = memory.get("own_reports", {})
    proven = [replace(_candidate(Column(**column)), proven=True, menu=own.get(column["url"])) for column in memory.get("columns", ())]
    return list({links.page_key(candidate.url): candidate for candidate in (*gates, *configured, *proven)}.values())


def _candidate(column: Column) -> Candidate:
    return Candidate(
        column.url,
        _KNOWN_SCORE,
        "known column",
        column.name,
        annual=column.annual,
        year=column.year,
        agency=column.agency,
        depth=1,
        known=True,
        family=column.family,
    )


@dataclass
class _Search:
    """One search: what waits to be looked at, what has been seen, and what came of it."""

    fetcher: Fetcher
    site: Site
    night: int = 1
    queue: list[tuple[float, int, int, Candidate]] = field(default_factory=list)
    order: count[int] = field(default_factory=count)
    seen: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    kept: Kept = field(default_factory=Kept)
    lost: list[Candidate] = field(default_factory=list)
    unheard: list[Candidate] = field(default_factory=list)
    trail: list[Step] = field(default_factory=list)
    problems: list[Trouble] = field(default_factory=list)
    aside: list[Trouble] = field(default_factory=list)
    """What stood in the way beside the columns: of interest only where none was found."""
    home: Page | None = None
    menu: frozenset[str] = frozenset()
    """Everything that the home page links to."""
    common: set[str] = field(default_factory=set)
    """Page keys of everything that pages beside the annual-report columns link to."""

    async def run(self, starts: Iterable[Candidate], floor: float = 0.0) -> None:
        """Look at the most promising page first until nothing promises enough, or the bound is reached."""
        for start in starts:
            self.push(start)
        while self.queue and self.queue[0][3].score >= max(floor, _BOUNDS["floor_found" if self.kept.proven else "floor"]):
            candidate = heapq.heappop(self.queue)[3]
            if self.is_seen(candidate):
                continue
            if len(self.asked) >= _BOUNDS["requests"]:
                self.trouble(candidate.url, "find_bounded", f"the search was stopped after {len(self.asked)} requests")
                return
            await self.visit(candidate)

    def push(self, candidate: Candidate) -> None:
        """Put an address in the queue, unless it is seen or too deep."""
        if candidate.depth <= _BOUNDS["depth"] and not self.is_seen(candidate):
            heapq.heappush(self.queue, (-candidate.score, candidate.depth, next(self.order), candidate))

    def is_seen(self, candidate: Candidate) -> bool:
        """Whether a page was looked at; a shell may send on to its own index page, which has the same key."""
        return candidate.url in self.asked or (candidate.hops == 0 and links.page_key(candidate.url) in self.seen)

    async def visit(self, candidate: Candidate) -> None:
        """Ask for one page, say what it is, and put what it offers in the queue."""
        self.seen[links.page_key(candidate.url)] = candidate.url
        self.asked.add(candidate.url)
        capture = await self.ask(candidate)
        if capture is None:
            return
        if capture.status == 304:
            self.kept.unchanged(candidate)
            self.note(candidate, "a report itself, unchanged")
            return
        if not is_markup(capture):
            self.note(candidate, self.kept.file(candidate))
            return
        page = parse(capture.final_url, decode.text(capture))
        key = links.page_key(page.url)
        if key != links.page_key(candidate.url) and key in self.seen:
            self.note(candidate, f"the same page as {self.seen[key]}", lost=candidate.known)
            return
        self.seen[key] = candidate.url
        if targets := find_judge.onward(page) if candidate.hops < _BOUNDS["hops"] else ():
            self.note(candidate, f"a shell that sends on to {' '.join(targets)}")
            for target in targets:
                self.push(_hop(candidate, page, target))
            return
        for offer in self.look(page, candidate, capture.fetched_at.year):
            self.push(offer)

    async def ask(self, candidate: Candidate) -> Capture | None:
        """The page at an address, or None and a note why not."""
        try:
            return await self.fetcher.get(candidate.url, referer=candidate.via, conditional=candidate.menu is not None)
        except CrawlError as error:
            gone = isinstance(error, Gone | BadRedirect)
            self.note(candidate, f"{error.code}: {error.message}", lost=candidate.known and gone)
            if candidate.known and not gone:
                self.unheard.append(candidate)
            trouble = Trouble("find", candidate.url, error.code, error.message)
            if isinstance(error, Refused) or not (candidate.known or candidate.annual or candidate.depth == 0):
                self.aside += [] if gone else [trouble]
            elif not candidate.guess:
                self.problems.append(trouble)
            return None

    def look(self, page: Page, at: Candidate, year: int) -> list[Candidate]:
        """Judge a page; what it offers, in the order of the page."""
        if at.depth == 0 and (self.home is None or len(page.links) > len(self.home.links)):
            self.home, self.menu = page, frozenset(link.url for link in page.links)
        family = families.recognise(page) if self.site.family == "auto" else self.site.family
        ways = {source.name for source in families.sources_of(family, page)} - {"pages", "script file"}
        judgement = find_judge.judge(page, at, ways)
        if not ways and find_judge.needs_browser(page):
            self.trouble(at.url, "needs_browser", "the page is filled by a program in a browser only")
        if at.known and (judgement.signature or ways):
            self.compare(page, at, family)
        if not judgement.annual:
            self.common |= {links.page_key(link.url) for link in page.links}
            self.passing(page, at, judgement, family)
            offers = self.offers(page, at, judgement, year)
            return [*(offers or find_hidden.doors(page, at)), *find_rank.endpoints(page, at, year)]
        at = replace(at, annual=True, year=at.year or links.year_of_address(page.url))
        return self.annual(page, at, judgement, family, self.offers(page, at, judgement, year))

    def offers(self, page: Page, at: Candidate, judgement: Judgement, year: int) -> list[Candidate]:
        """What a page offers, but for its own report rows and years in which no report can be."""
        told = {links.page_key(row.url) for row in judgement.reports}
        years = range(KNOWN["years"]["first"], year + 1)
        offered = find_rank.candidates(page, at, told if judgement.annual else (), self.common)
        fresh = (offer for offer in offered if links.page_key(offer.url) not in told and (offer.year is None or offer.year in years))
        return [self.weighed(offer) for offer in fresh]

    def weighed(self, offer: Candidate) -> Candidate:
        """A body that the home page offers too stands in the site's menu, not in a list of those who disclose; towns do both."""
        common = offer.why == find_rank.BODY and offer.url in self.menu and not find_judge.is_town(offer.name)
        return replace(offer, score=KNOWN["child"]["menu"]) if common else offer

    def annual(self, page: Page, at: Candidate, judgement: Judgement, family: str, offers: list[Candidate]) -> list[Candidate]:
        """Keep an annual-report column for what it is; what it offers, frames that may hold its rows among it."""
        if "annual reports" in judgement.ways:
            offers = [offer for offer in offers if urlsplit(offer.url).path != urlsplit(page.url).path]
        holders = [replace(_hop(at, page, url), why="frame of " + at.why) for url in (*find_judge.frames(page), *find_hidden.loaded(page))]
        parts = [offer for offer in offers if offer.annual and offer.score >= KNOWN["child"]["organ"] - at.depth]
        role = find_judge.role_of(judgement, page, at, leads_on=bool(parts or holders))
        if role == "asked" and parts:
            self.kept.leading.add(page.url)
        self.note(at, self.kept.annual(page, at, judgement, family, role), lost=role == "lost")
        return offers + holders

    def passing(self, page: Page, at: Candidate, judgement: Judgement, family: str) -> None:
        """Take note of a page that is no annual-report column but may name reports."""
        if at.known and not at.proven:
            self.kept.parents[at.url] = self.kept.parents.get(at.url, 0) + 1
        if judgement.reports and at.proven:
            self.kept.in_passing(page.url, at, family)
        elif judgement.reports:
            self.kept.passing.append((len(judgement.reports), at, page.url))
        self.note(at, f"{len(page.anchors)} links, {len(judgement.reports)} named as reports", lost=at.proven and not judgement.reports)

    def compare(self, page: Page, at: Candidate, family: str) -> None:
        """Tell where a known column has moved to, or what it runs on now."""
        if links.page_key(page.url) != links.page_key(at.url):
            self.trouble(at.url, "column_moved", f"the known column redirects to {page.url}")
        if at.proven and at.family not in ("auto", "generic", family):
            self.trouble(at.url, "family_changed", f"was {at.family}, is now {family}")

    async def last_resort(self) -> None:
        """With no column of reports found: menus in scripts, nameless columns, reports named in passing, the site's own search."""
        if not self.kept.proven and self.home is not None:
            await self.run([offer async for offer in self.from_scripts(self.home)])
        budget = min(len(self.asked) + _BOUNDS["browsed"], _BOUNDS["requests"])
        while self.queue and not self.kept.proven and len(self.asked) < budget:
            candidate = heapq.heappop(self.queue)[3]
            if not self.is_seen(candidate):
                await self.visit(candidate)
        self.fall_back()
        for url in find_judge.search_forms(self.home) if self.home else ():
            if not self.kept.proven:
                await self.visit(Candidate(url, 0.0, "search of the site", "search", self.home.url if self.home else None, depth=1))
                self.fall_back()

    async def from_scripts(self, page: Page) -> AsyncIterator[Candidate]:
        """What a page would offer if the scripts and fragments that it loads stood in it."""
        at = Candidate(page.url, _HOME_SCORE, HOME)
        for url in find_hidden.loaded(page):
            yield replace(_hop(at, page, url), why="fragment of the home page", guess=True)
        for url in find_hidden.menu_scripts(page):
            capture = await self.ask(Candidate(url, _HOME_SCORE, "script of the home page", via=page.url, guess=True, depth=1))
            if capture is not None:
                self.note(replace(at, url=url, why="script of the home page"), "read for links that it writes")
                for offer in find_rank.candidates(find_hidden.with_script(page, decode.text(capture)), at):
                    yield offer

    def fall_back(self) -> None:
        """With nothing better, keep the pages that name most reports in passing."""
        if not self.kept.proven:
            for reports, at, url in sorted(self.kept.passing, key=lambda found: -found[0])[:3]:
                self.kept.in_passing(url, at, self.site.family)
                self.note(at, f"kept for want of an annual-report column: names {reports} reports")

    def trouble(self, url: str, code: str, message: str) -> None:
        """Something to be told."""
        self.problems.append(Trouble("find", url, code, message))

    def note(self, at: Candidate, outcome: str, *, lost: bool = False) -> None:
        """Write down what a page proved to be."""
        self.trail.append(Step(at.url, at.why, at.score, outcome, at.via))
        if lost:
            self.lost.append(at)

    def found(self, known: set[str]) -> Found:
        """Everything that the search brought; a known column that is gone is told as moved where others took its place."""
        self.kept.drop_previews()
        new = [column.url for key, column in self.kept.columns.items() if key not in known]
        for at in (at for at in self.lost if at.proven or at.url in self.site.listings):
            code, message = ("column_moved", f"now {new[0]}") if new else ("column_lost", "and no other was found")
            self.trouble(at.url, code, f"the known column is gone, {message}")
        return Found(
            columns=tuple(self.kept.columns.values()),
            trail=tuple(self.trail),
            family=next((name for name, _ in self.kept.families.most_common(1)), None),
            problems=(*self.problems, *(() if self.kept.proven else self.aside)),
            gates=tuple(self.kept.leading_on(_BOUNDS["parents"])),
            own_reports=self.kept.own_reports(),
            leading=frozenset(self.kept.leading),
            barren=frozenset(self.kept.barren),
            unheard=tuple(at.column(at.url, at.family) for at in self.unheard),
            requests=len(self.asked),
            night=self.night,
        )


def _hop(at: Candidate, page: Page, target: str) -> Candidate:
    """The same errand one hop on, where a shell or a frame sends it."""
    return replace(at, url=target, score=at.score + 1, via=page.url, hops=at.hops + 1)
