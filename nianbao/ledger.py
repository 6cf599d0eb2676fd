"""The account of one run: what was seen and kept goes to the database, what went wrong to the problems, sums to the summary."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crawler.events import Found, SiteEnd, SiteState, Trouble
from crawler.listing import Link, Listing
from crawler.site import Site
from extract.report import Report
from nianbao.exits import Exit
from nianbao.record import Stored
from nianbao.summary import ProblemNote, SiteOutcome
from store import archive as store_archive
from store.archive import Archive
from store.attention import Attention
from store.database import scalar
from store.provenance import Loaded, Provenance

GROUP = 100
"""Captures told to the database at once."""
STAGES = {"find": "find", "walk": "list", "fetch": "fetch", "parts": "fetch", "site": "site"}
KEPT = frozenset({"new", "correction", "reread", "conflict"})
SEEN_BEFORE = """
    SELECT count(*) FROM problem
    WHERE site_id IS NOT DISTINCT FROM ? AND stage = ? AND url IS NOT DISTINCT FROM ? AND code = ? AND first_seen < last_seen
"""
CURRENT = "SELECT DISTINCT url FROM report WHERE site_id = ? AND is_current AND gone_on IS NULL ORDER BY url"
READ_BEFORE = """
    SELECT count(*) FROM (FROM reading WHERE site_id = $site AND url = $url QUALIFY row_number() OVER (ORDER BY rowid DESC) = 1) last
    WHERE reader_version = $reader AND sha256 = $sha256 AND outcome <> 'gone'
      AND (report_id IS NULL OR (SELECT list(sha256 ORDER BY part) FROM part WHERE part.report_id = last.report_id) = $parts)
"""


@dataclass
class Ledger:
    """One run's account. `codes` are what the run's exit status is made of."""

    archive: Archive
    run_id: int
    counts: Counter[str] = field(default_factory=Counter)
    codes: set[Exit] = field(default_factory=set)
    problems: list[ProblemNote] = field(default_factory=list)
    sites: list[SiteOutcome] = field(default_factory=list)
    by_site: dict[str, Counter[str]] = field(default_factory=dict)
    links: dict[str, list[Link]] = field(default_factory=dict)
    told: int = 0
    """The exchange up to which the database knows the archive."""
    _captures: list[Stored] = field(default_factory=list)

    def captured(self, stored: Stored) -> None:
        """An exchange is archived; the database hears of it with others."""
        self._captures.append(stored)
        self.counts["captures"] += 1
        self.counts["bytes"] += len(stored.capture.raw_body)
        if stored.site is not None:
            self.by_site.setdefault(stored.site, Counter()).update(requests=1, bytes=len(stored.capture.raw_body))
        if len(self._captures) >= GROUP:
            self.flush_captures()

    def flush_captures(self) -> None:
        """Tell the database of what is archived so far."""
        waiting, self._captures = self._captures, []
        for site_id in {stored.site for stored in waiting}:
            rows = [store_archive.Stored(s.capture, s.warc_file, s.warc_offset, s.sound) for s in waiting if s.site == site_id]
            self.archive.add_captures(self.run_id, site_id, rows)
        self.told = max([self.told, *(stored.number for stored in waiting)])

    def found(self, site: Site, found: Found) -> None:
        """The columns of a site; its family is kept."""
        if found.family:
            self.archive.set_family(site.id, found.family)

    def listing(self, site: Site, listing: Listing) -> None:
        """A column as walked; one that falls short of what it declares violates an expectation."""
        self.archive.add_listing(self.run_id, site.id, listing)
        self.links.setdefault(site.id, []).extend(listing.links)
        self.counts["listings"] += 1
        self.counts["links"] += len(listing.links)
        if not listing.complete:
            self.codes.add(Exit.INCOMPLETE if listing.stop_reason in ("blocked", "error") and not _is_short(listing) else Exit.VIOLATED)

    def trouble(self, site: Site, trouble: Trouble) -> None:
        """Something could not be done: a problem, and for a known report that is gone, its mark."""
        self.problem(site.id, STAGES[trouble.stage], trouble.url, trouble.code, trouble.message)
        if trouble.code == "gone" and trouble.stage == "fetch":
            self.archive.mark_gone(trouble.url, datetime.now(UTC).date(), self.run_id)

    def problem(self, site_id: str | None, stage: str, url: str | None, code: str, message: str) -> None:
        """A problem row, a line of the summary, and an exit code that says so. What was fetched before it does not resolve it."""
        self.flush_captures()
        self.archive.add_problem(self.run_id, site_id, stage, url, code, message)
        self._note(site_id, stage, url, code, message)
        self.codes.add(Exit.INCOMPLETE)

    def attention(self, one: Attention) -> None:
        """Something that went well by itself and is not as it was the nights before; it is a problem row already."""
        self.problems.append(ProblemNote(one.site_id, one.stage, one.code, one.message, one.url))
        self.counts["problems"] += 1
        self.counts["failed_checks_new"] += one.code == "failed_check"
        if one.weight == "violation":
            self.codes.add(Exit.VIOLATED)

    def _note(self, site_id: str | None, stage: str, url: str | None, code: str, message: str) -> None:
        self.counts["problems"] += 1
        before = scalar(self.archive.connection, SEEN_BEFORE, [site_id, stage, url, code])
        self.problems.append(ProblemNote(site_id, stage, code, message, url, new=not before))

    def has_read(self, where: Provenance) -> bool:
        """Whether the same bytes, page and parts, were last read at this address by the same readers."""
        digests = [part.sha256 for part in where.parts]
        facts = {"site": where.site_id, "url": where.url, "reader": where.reader_version, "sha256": digests[0], "parts": digests}
        return bool(scalar(self.archive.connection, READ_BEFORE, facts))

    def load(self, report: Report, where: Provenance) -> Loaded:
        """Keep a report; what its reading left open is told."""
        loaded = self.archive.load(report, where)
        counted = self.by_site.setdefault(where.site_id, Counter())
        name = {
            "new": "new",
            "earlier": "new",
            "conflict": "new",
            "correction": "corrected",
            "reread": "reread",
            "unchanged": "unchanged",
        }.get(loaded.outcome, "rejected")
        self.counts[f"reports_{name}"] += 1
        counted[name] += 1
        if report.status in ("unreadable", "partial") or (loaded.outcome == "rejected" and report.status != "not_a_report"):
            self.codes.add(Exit.INCOMPLETE)
            self.counts["reports_unreadable"] += report.status == "unreadable"
            for problem in report.problems[:5]:
                self._note(where.site_id, "read", where.url, problem.code, problem.message)
        return loaded

    def end(self, site: Site, end: SiteEnd) -> SiteOutcome:
        """The state in which a site ends, corrected by what its documents proved to be."""
        counted = self.by_site.get(site.id, Counter())
        state, message = _judged(end, counted)
        requests, size = (end.counts.get(name, counted[name]) for name in ("requests", "bytes"))
        self.archive.add_site_run(self.run_id, site.id, state, requests=requests, size=size, reports_new=counted["new"], message=message)
        if state in ("empty_suspicious", "never_delivered"):
            self.problem(site.id, "site", site.home, state, message)
            self.codes.add(Exit.VIOLATED)
        elif state not in ("new", "unchanged", "empty_expected"):
            self.codes.add(Exit.INCOMPLETE)
        outcome = SiteOutcome(site.id, state, requests, size, counted["new"], message)
        self.sites.append(outcome)
        self.counts["requests"] += requests
        self.counts["sites"] += 1
        return outcome

    def roster(self) -> None:
        """The bodies that a site's columns list are those that must publish: from the first year listed of them to the one after the
        last, in which their absence is told; a body that stays away longer may be no more.
        """
        for site_id, links in self.links.items():
            listed: dict[str, set[int]] = {}
            for link in links:
                if link.kind == "report" and link.agency and link.year:
                    listed.setdefault(link.agency, set()).add(link.year)
            newest = max((max(years) for years in listed.values()), default=0)
            for agency, years in listed.items():
                for year in range(min(years), min(max(years) + 1, newest) + 1):
                    self.archive.add_roster(agency, year, "listed in the annual-report column", site_id)

    def current_addresses(self, site_id: str) -> list[str]:
        """Where the current reports of a site were found."""
        return [str(url) for (url,) in self.archive.connection.execute(CURRENT, [site_id]).fetchall()]

    def store_counts(self) -> dict[str, int]:
        """The counts that the `run` row keeps."""
        return {name: self.counts[name] for name in store_archive.COUNTS}


def _is_short(listing: Listing) -> bool:
    return listing.declared_total is not None and listing.distinct_found < listing.declared_total


def _judged(end: SiteEnd, counted: Counter[str]) -> tuple[SiteState, str]:
    """`new` only where something new was kept; pages that were all no reports are suspicious, however well they were fetched."""
    if end.state != "new":
        return end.state, end.message
    if counted["new"] or counted["corrected"]:
        return "new", f"{counted['new']} new, {counted['corrected']} corrected"
    if counted["rejected"] and not (counted["unchanged"] or counted["reread"] or end.counts.get("unchanged", 0)):
        return "empty_suspicious", f"{counted['rejected']} pages were fetched, none of them is a report"
    return "unchanged", "every report is as it was"
