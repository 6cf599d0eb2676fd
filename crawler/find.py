"""From a home page alone to the annual-report columns of a portal: ranked, bounded, and every step explained."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from crawler import decode, families, find_judge, find_rank, links
from crawler.capture import Capture, Fetcher
from crawler.errors import BadRedirect, CrawlError, Gone
from crawler.events import Found, Step, Trouble
from crawler.find_judge import Judgement
from crawler.find_rank import KNOWN, Candidate
from crawler.listing import Column
from crawler.page import Page, parse
from crawler.site import Site

_KNOWN_SCORE = 120.0
_HOME_SCORE = 110.0


async def find(site: Site, fetcher: Fetcher, memory: Mapping[str, Any] | None = None, *, thorough: bool = False) -> Found:
    """The annual-report columns of a portal.

    `memory` is what `Found.memory()` of an earlier run gave: its columns are asked for again first, and only where one is
    lost, or where `thorough` asks for it, is the portal searched from its home page. Never raises: what could not be had is
    among `problems`; a portal that cannot be reached at all has problems and no columns.
    """
    known = _known(site, memory)
    search = _Search(fetcher, site)
    await search.run(known, KNOWN["bounds"]["floor_known"])
    if not known or search.lost or (thorough and not site.listings):
        await search.run([Candidate(site.home, _HOME_SCORE, "home page of the site")])
        await search.last_resort()
    return search.found({links.page_key(candidate.url) for candidate in known})


def _known(site: Site, memory: Mapping[str, Any] | None) -> list[Candidate]:
    own = (memory or {}).get("own_reports", {})
    remembered = [Column(**column) for kind in ("columns", "gates") for column in (memory or {}).get(kind, ())]
    configured = [Column(url, family=site.family) for url in site.listings]
    return [
        Candidate(
            c.url,
            _KNOWN_SCORE,
            "known column",
            c.name,
            None,
            c.annual,
            c.year,
            c.agency,
            1,
            known=True,
            family=c.family,
            menu=own.get(c.url),
        )
        for c in {links.page_key(column.url): column for column in (*remembered, *configured)}.values()
    ]


@dataclass
class _Search:
    """One search: what waits to be looked at, what has been seen, and what came of it."""

    fetcher: Fetcher
    site: Site
    queue: list[tuple[float, int, int, Candidate]] = field(default_factory=list)
    order: count[int] = field(default_factory=count)
    seen: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    columns: dict[str, Column] = field(default_factory=dict)
    gates: dict[str, Column] = field(default_factory=dict)
    reports: dict[str, str] = field(default_factory=dict)
    signatures: dict[frozenset[str], str] = field(default_factory=dict)
    loose: list[tuple[int, Candidate, str]] = field(default_factory=list)
    lost: list[Candidate] = field(default_factory=list)
    unheard: list[Candidate] = field(default_factory=list)
    trail: list[Step] = field(default_factory=list)
    problems: list[Trouble] = field(default_factory=list)
    families: Counter[str] = field(default_factory=Counter)
    home: Page | None = None
    requests: int = 0
    proven: bool = False
    """A column is found that does list reports."""

    async def run(self, starts: Iterable[Candidate], floor: float = 0.0) -> None:
        """Look at the most promising page first until nothing promises enough, or the bound is reached."""
        for start in starts:
            self.push(start)
        while self.queue and self.queue[0][3].score >= max(floor, self.floor):
            candidate = heapq.heappop(self.queue)[3]
            if self.is_seen(candidate):
                continue
            if self.requests >= KNOWN["bounds"]["requests"]:
                self.problems.append(Trouble("find", candidate.url, "find_bounded", f"search stopped after {self.requests} requests"))
                return
            await self.visit(candidate)

    @property
    def floor(self) -> float:
        """The score below which nothing is followed any more."""
        return float(KNOWN["bounds"]["floor_found" if self.proven else "floor"])

    def push(self, candidate: Candidate) -> None:
        """Put an address in the queue, unless it is seen or too deep."""
        if candidate.depth <= KNOWN["bounds"]["depth"] and not self.is_seen(candidate):
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
            self.reports[candidate.url] = candidate.menu or candidate.url
            self.columns[links.page_key(candidate.url)] = candidate.column(candidate.url, candidate.family)
            self.proven = True
            self.note(candidate, "a report itself, unchanged")
            return
        page = parse(capture.final_url, decode.text(capture))
        key = links.page_key(page.url)
        if key != links.page_key(candidate.url) and key in self.seen:
            self.note(candidate, f"the same page as {self.seen[key]}", lost=candidate.known)
            return
        self.seen[key] = candidate.url
        if targets := find_judge.onward(page) if candidate.hops < KNOWN["bounds"]["hops"] else ():
            self.note(candidate, f"a shell that sends on to {' '.join(targets)}")
            for target in targets:
                self.push(replace(candidate, url=target, score=candidate.score + 1, via=page.url, hops=candidate.hops + 1))
            return
        self.look(page, candidate, capture)

    async def ask(self, candidate: Candidate) -> Capture | None:
        """The page at an address, or None and a note why not."""
        self.requests += 1
        try:
            return await self.fetcher.get(candidate.url, referer=candidate.via, conditional=candidate.menu is not None)
        except CrawlError as error:
            gone = isinstance(error, Gone | BadRedirect)
            self.note(candidate, f"{error.code}: {error.message}", lost=candidate.known and gone)
            if candidate.known and not gone:
                self.unheard.append(candidate)
            if (candidate.known or candidate.annual or candidate.depth == 0) and not candidate.guess:
                self.problems.append(Trouble("find", candidate.url, error.code, error.message))
            return None

    def look(self, page: Page, candidate: Candidate, capture: Capture) -> None:
        """Judge a page and queue what it offers."""
        if candidate.depth == 0:
            self.home = self.home or page
        family = families.recognise(page) if self.site.family == "auto" else self.site.family
        ways = {source.name for source in families.sources_of(family, page)} - {"pages"}
        judgement = find_judge.judge(page, candidate, ways)
        if find_judge.needs_browser(page):
            self.problems.append(Trouble("find", candidate.url, "needs_browser", "the page is filled by a program in a browser only"))
        if candidate.known and links.page_key(page.url) != links.page_key(candidate.url):
            self.problems.append(Trouble("find", candidate.url, "column_moved", f"the known column redirects to {page.url}"))
        if judgement.annual:
            candidate = replace(candidate, annual=True, year=candidate.year or links.year_of_address(page.url))
        told = {links.page_key(row.url) for row in judgement.reports}
        offered = find_rank.candidates(page, candidate, told if judgement.annual else ())
        years = range(KNOWN["years"]["first"], capture.fetched_at.year + 1)
        offers = [o for o in offered if links.page_key(o.url) not in told and (o.year is None or o.year in years)]
        if judgement.annual:
            offers += self.annual(page, candidate, judgement, family, offers)
        else:
            offers += find_rank.endpoints(page, candidate, capture.fetched_at.year)
            self.passing(page, candidate, judgement)
        for offer in offers:
            self.push(offer)

    def annual(self, page: Page, at: Candidate, judgement: Judgement, family: str, offers: list[Candidate]) -> list[Candidate]:
        """Keep an annual-report column, or what only leads to one; gives the frames that may hold its rows."""
        if "annual reports" in judgement.ways:
            offers[:] = [offer for offer in offers if urlsplit(offer.url).path != urlsplit(page.url).path]
        children = [offer for offer in offers if offer.annual and offer.score >= KNOWN["child"]["organ"] - at.depth]
        holders = [
            replace(at, url=url, score=at.score + 1, via=page.url, hops=at.hops + 1, why="frame of " + at.why)
            for url in find_judge.frames(page)
        ]
        column = replace(at, name=at.name or next(find_judge.names(page), "")).column(page.url, self.family_of(at, family))
        if judgement.is_report and not judgement.reports:
            if self.keep(column, at, judgement, "a report itself"):
                self.reports[page.url] = at.menu or at.via or page.url
        elif judgement.reports:
            self.keep(column, at, judgement, f"a column of {family} with {len(judgement.reports)} reports on its first page")
        elif judgement.ways and not judgement.rows:
            self.keep(column, at, judgement, f"a column of {family} whose rows are asked for by {', '.join(sorted(judgement.ways))}")
        elif not judgement.rows and not children and find_judge.holds_report(page):
            if self.keep(column, at, judgement, "a report itself, in a document, pictures or an older wording"):
                self.reports[page.url] = at.menu or at.via or page.url
                self.proven = True
        elif children or holders:
            self.gates[links.page_key(page.url)] = column
            self.note(at, f"leads to {len(children)} parts of the annual-report column")
        elif judgement.rows or not at.known:
            self.keep(column, at, judgement, f"named as an annual-report column, {len(judgement.rows)} rows but no report among them")
        else:
            self.note(at, "no column of reports any more", lost=True)
        return holders

    def family_of(self, at: Candidate, family: str) -> str:
        """The family to walk a column with; a change since the last run is noted."""
        self.families[family] += 1
        if at.known and at.family not in ("auto", "generic", family) and self.site.family == "auto":
            self.problems.append(Trouble("find", at.url, "family_changed", f"was {at.family}, is now {family}"))
        return self.site.family if self.site.family != "auto" else family

    def keep(self, column: Column, at: Candidate, judgement: Judgement, outcome: str) -> bool:
        """Keep a column, unless the same rows are already had from another address."""
        twin = self.signatures.get(judgement.signature) if judgement.signature else None
        if twin is not None:
            self.note(at, f"the same column as {twin}")
            return False
        if judgement.signature:
            self.signatures[judgement.signature] = column.url
        self.proven = self.proven or bool(judgement.signature or judgement.ways)
        self.columns[links.page_key(column.url)] = column
        self.note(at, outcome)
        return True

    def passing(self, page: Page, at: Candidate, judgement: Judgement) -> None:
        """Remember a page that is no annual-report column but names reports: better than nothing."""
        if judgement.reports:
            self.loose.append((len(judgement.reports), at, page.url))
        self.note(at, f"{len(page.anchors)} links, {len(judgement.reports)} named as reports")

    async def last_resort(self) -> None:
        """With no column found: pages that mention reports in passing, then the site's own search."""
        if self.home is None:
            return
        await self.browse()
        if self.proven:
            return
        for reports, at, url in sorted(self.loose, key=lambda found: -found[0])[:3]:
            self.columns[links.page_key(url)] = Column(url, at.name, annual=False, family=self.site.family)
            self.note(at, f"kept for want of an annual-report column: names {reports} reports")
        for url in find_judge.search_forms(self.home):
            if not self.proven:
                await self.visit(Candidate(url, 0.0, "search of the site", "search", self.home.url, depth=1))
                self.columns |= {links.page_key(u): Column(u, "search", annual=False) for _, _, u in self.loose}

    async def browse(self) -> None:
        """Look at what the pages of disclosure offer under names that say nothing."""
        budget = min(self.requests + KNOWN["bounds"]["browsed"], KNOWN["bounds"]["requests"])
        while self.queue and not self.proven and self.requests < budget:
            candidate = heapq.heappop(self.queue)[3]
            if not self.is_seen(candidate):
                await self.visit(candidate)

    def note(self, at: Candidate, outcome: str, *, lost: bool = False) -> None:
        """Write down what a page proved to be."""
        self.trail.append(Step(at.url, at.why, at.score, outcome, at.via))
        if lost:
            self.lost.append(at)

    def found(self, known: set[str]) -> Found:
        """Everything that the search brought; a known column that is gone is told as moved where others took its place."""
        new = [column.url for key, column in self.columns.items() if key not in known]
        for at in self.lost:
            code, message = ("column_moved", f"now {new[0]}") if new else ("column_lost", "and no other was found")
            self.problems.append(Trouble("find", at.url, code, f"the known column is gone, {message}"))
        return Found(
            columns=tuple(self.columns.values()),
            trail=tuple(self.trail),
            family=next((name for name, _ in self.families.most_common(1)), None),
            problems=tuple(problem for problem in self.problems if not (self.proven and problem.code == "refused")),
            gates=tuple(self.gates.values()),
            own_reports={url: menu if links.page_key(menu) in self.gates else url for url, menu in self.reports.items()},
            unheard=tuple(at.column(at.url, at.family) for at in self.unheard),
            requests=self.requests,
        )
