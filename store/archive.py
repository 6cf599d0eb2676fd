"""The archive as a run writes it: runs, sites, listings, captures, problems, and reports with all their versions.

    with Archive(path) as archive:
        run = archive.start_run()
        archive.add_site(site)
        loaded = archive.load(report, provenance)
        archive.finish_run(run, 0, {"captures": 12})

One process at a time; every call is a transaction of its own and is on disk when it returns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, Self

import pyarrow as pa

from crawler.capture import Capture
from crawler.listing import Link, Listing
from crawler.site import Site
from extract.report import Report
from store.agencies import Agencies
from store.database import WORK, Row, insert, open_work, registered, scalar, transaction
from store.errors import writing
from store.identity import site_division
from store.loading import Item, Loading, Reread
from store.problems import Sighting, record, settle, settle_site
from store.provenance import Loaded, Provenance
from store.rows import utc

SiteState = Literal[
    "new", "unchanged", "empty_expected", "empty_suspicious", "partial", "blocked", "robots", "unreachable", "never_delivered"
]
LOOKED: tuple[SiteState, ...] = ("new", "unchanged", "empty_expected", "empty_suspicious", "partial")
"""States of a site that was reached: what it was blamed for before and is not now is over."""
COUNTS = (
    *("sites", "listings", "requests", "bytes", "links", "captures"),
    *("reports_new", "reports_corrected", "reports_reread", "reports_unchanged", "reports_rejected", "problems"),
)


class Stored(NamedTuple):
    """A capture and the WARC record that holds it; `sound` where it is what was asked for, whole and no wall."""

    capture: Capture
    warc_file: str
    warc_offset: int
    sound: bool = True

    @property
    def delivers(self) -> bool:
        """Whether with it the address was fetched: a page or a confirmation of one, no redirect and nothing broken."""
        return self.sound and (200 <= self.capture.status < 300 or self.capture.status == 304)


class Archive:
    """The working database of one archive folder. Raises `StoreError`s; `ArchiveLocked` where another process has it open."""

    def __init__(self, path: Path, *, reread: Reread | None = None) -> None:
        self.path = path
        self.connection = open_work(path)
        self._open = True
        self._reread = reread
        self._agencies = Agencies(self.connection)
        rows = self.connection.execute("SELECT site_id, division_code, name FROM site").fetchall()
        self._divisions = {site_id: site_division(code, name) for site_id, code, name in rows}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Writes everything into the database file itself and lets go of it; a second time does nothing."""
        if self._open:
            self._open = False
            with writing(self.path / WORK):
                self.connection.execute("CHECKPOINT")
                self.connection.close()

    # runs and sites

    def start_run(self, started_at: datetime | None = None) -> int:
        """A new run's number: greater than every one before."""
        with writing(self.path / WORK):
            return int(
                scalar(
                    self.connection,
                    "INSERT INTO run (run_id, started_at) SELECT coalesce(max(run_id), 0) + 1, ? FROM run RETURNING run_id",
                    [utc(started_at or datetime.now(UTC))],
                )
            )

    def finish_run(self, run_id: int, exit_code: int, counts: Mapping[str, int] | None = None) -> None:
        """Closes a run with its exit code and counts; the keys of `counts` are `COUNTS`."""
        given = dict(counts or {})
        unknown = set(given) - set(COUNTS)
        if unknown:
            raise ValueError(f"no such count of a run: {', '.join(sorted(unknown))}")
        sets = "".join(f", {name} = ${name}" for name in given)
        with writing(self.path / WORK):
            self.connection.execute(
                f"UPDATE run SET finished_at = $now, exit_code = $code{sets} WHERE run_id = $run",
                {"now": utc(datetime.now(UTC)), "code": exit_code, "run": run_id, **given},
            )

    def add_site(self, site: Site) -> None:
        """Makes a configured portal known, or brings what is known of it up to date."""
        self._divisions[site.id] = site_division(site.division, site.name)
        family = None if site.family == "auto" else site.family
        with writing(self.path / WORK), transaction(self.connection):
            self.connection.execute("DELETE FROM site WHERE site_id = ?", [site.id])
            insert(self.connection, "site", [(site.id, site.name, site.home, self._divisions[site.id], family)])

    def set_family(self, site_id: str, family: str) -> None:
        """Records the CMS family by which a portal was walked."""
        with writing(self.path / WORK):
            self.connection.execute("UPDATE site SET family = ? WHERE site_id = ?", [family, site_id])

    def add_site_run(
        self, run_id: int, site_id: str, state: SiteState, *, requests: int = 0, size: int = 0, reports_new: int = 0, message: str = ""
    ) -> None:
        """What became of a site in a run. Problems of finding and listing that it no longer has are resolved."""
        with writing(self.path / WORK), transaction(self.connection):
            insert(self.connection, "site_run", [(run_id, site_id, state, requests, size, reports_new, message)])
            if state in LOOKED:
                settle_site(self.connection, site_id, run_id, ("find", "list", "site"))

    def add_listing(self, run_id: int, site_id: str, listing: Listing) -> None:
        """A column as walked in this run, with its links; agencies that they name become known."""
        row = (
            *(run_id, site_id, listing.url, listing.family, listing.declared_total, listing.declared_pages, listing.distinct_found),
            *(listing.requests, listing.stop_reason, listing.complete, listing.message),
        )
        with writing(self.path / WORK), transaction(self.connection):
            self.connection.execute("DELETE FROM listing WHERE run_id = ? AND site_id = ? AND url = ?", [run_id, site_id, listing.url])
            insert(self.connection, "listing", [row])
            self._add_links([self._link(run_id, site_id, listing.url, link) for link in listing.links])
            self._agencies.flush()

    def _link(self, run_id: int, site_id: str, listing_url: str, link: Link) -> Row:
        whose = self._agencies.id_of(link.agency, link.year, site_id, self._divisions.get(site_id)) if link.agency else None
        told = (link.title, link.kind, link.why, whose, link.year, link.published)
        return (site_id, link.url, link.listing_url or listing_url, *told, run_id, run_id)

    def _add_links(self, rows: Sequence[Row]) -> None:
        """The latest word on each address; `first_run` stays."""
        distinct = list({(row[0], row[1]): row for row in rows}.values())
        if not distinct:
            return
        self.connection.execute("CREATE TEMP TABLE IF NOT EXISTS fresh_link AS FROM link LIMIT 0; DELETE FROM fresh_link")
        insert(self.connection, "fresh_link", distinct)
        self.connection.execute(
            "UPDATE fresh_link f SET first_run = k.first_run FROM link k WHERE (k.site_id, k.url) = (f.site_id, f.url);"
            "DELETE FROM link k USING fresh_link f WHERE (k.site_id, k.url) = (f.site_id, f.url);"
            "INSERT INTO link FROM fresh_link"
        )

    def add_roster(self, agency: str, year: int, reason: str, site_id: str | None = None) -> int:
        """An agency that is expected to publish for a year; returns its key. Said twice, the first reason stays."""
        with writing(self.path / WORK), transaction(self.connection):
            agency_id = self._agencies.id_of(agency, year, site_id, self._divisions.get(site_id) if site_id else None)
            self._agencies.flush()
            self.connection.execute(
                "INSERT INTO roster SELECT $agency, $year, $reason "
                "WHERE NOT EXISTS (FROM roster WHERE agency_id = $agency AND year = $year)",
                {"agency": agency_id, "year": year, "reason": reason},
            )
        return agency_id

    # captures and problems

    def add_captures(self, run_id: int, site_id: str | None, stored: Iterable[Stored]) -> list[int]:
        """Rows for captures that are in the archive; a record that has one keeps it. Resolves fetch problems of what they deliver."""
        batch = list(stored)
        if not batch:
            return []
        with writing(self.path / WORK), transaction(self.connection):
            records = pa.table({"warc_file": [s.warc_file for s in batch], "warc_offset": [s.warc_offset for s in batch]})
            with registered(self.connection, "given", records):
                held = self.connection.execute(
                    "SELECT warc_file, warc_offset, capture_id FROM capture SEMI JOIN given USING (warc_file, warc_offset)"
                ).fetchall()
            known = {(warc_file, offset): capture_id for warc_file, offset, capture_id in held}
            number = int(scalar(self.connection, "SELECT coalesce(max(capture_id), 0) FROM capture"))
            fresh: list[Row] = []
            for one in batch:
                if (one.warc_file, one.warc_offset) not in known:
                    number += 1
                    known[one.warc_file, one.warc_offset] = number
                    fresh.append(_capture(number, run_id, site_id, one))
            insert(self.connection, "capture", fresh)
            settle(self.connection, [s.capture.url for s in batch if s.delivers], ("fetch",))
        return [known[s.warc_file, s.warc_offset] for s in batch]

    def add_capture(self, run_id: int, site_id: str | None, capture: Capture, warc_file: str, warc_offset: int) -> int:
        """`add_captures` of one."""
        return self.add_captures(run_id, site_id, [Stored(capture, warc_file, warc_offset)])[0]

    def add_problem(
        self, run_id: int, site_id: str | None, stage: str, url: str | None, code: str, message: str, report_id: int | None = None
    ) -> None:
        """Something that could not be done; the same site, stage, address and code again is the same problem, seen again.

        Stages: find, list, site, fetch, read, load, check, publish.
        """
        with writing(self.path / WORK), transaction(self.connection):
            record(self.connection, [Sighting(run_id, site_id, stage, url, code, message, report_id)])

    # reports

    def load(self, report: Report, provenance: Provenance) -> Loaded:
        """Keeps one report as a new version, or finds that nothing changed. One transaction."""
        return self.load_all([(report, provenance)])[0]

    def load_all(self, items: Iterable[Item], *, dry_run: bool = False) -> list[Loaded]:
        """Many reports in one transaction: all or none. With `dry_run` everything is decided and nothing kept."""
        with writing(self.path / WORK):
            return Loading(self.connection, self._agencies, self._divisions, self._reread).load(items, dry_run=dry_run)

    def mark_gone(self, url: str, on: date, run_id: int | None = None) -> list[int]:
        """The document at this address is no longer there. Its report stays current, with `gone_on`, unless another address lives.

        Returns the versions marked.
        """
        with writing(self.path / WORK), transaction(self.connection):
            return Loading(self.connection, self._agencies, self._divisions).gone(url, on, run_id)

    def withdraw(self, report_id: int, who: str, reason: str, on: date) -> int:
        """Keeps a report, all its versions, out of what is published, and records why. Returns how many versions that hides."""
        key = "(agency_id, year, scope) IN (SELECT (agency_id, year, scope) FROM report WHERE report_id = $id)"
        with writing(self.path / WORK), transaction(self.connection):
            self.connection.execute(
                "INSERT INTO withdrawal SELECT agency_id, agency, year, scope, url, $on, $who, $why FROM report WHERE report_id = $id",
                {"id": report_id, "on": on, "who": who, "why": reason},
            )
            return int(scalar(self.connection, f"SELECT count(*) FROM report WHERE {key}", {"id": report_id}))


def _capture(number: int, run_id: int, site_id: str | None, stored: Stored) -> Row:
    capture = stored.capture
    return (
        *(number, run_id, site_id, capture.url, capture.final_url, utc(capture.fetched_at), capture.status, capture.media_type),
        *(capture.sha256, len(capture.body), capture.truncated, capture.origin, stored.warc_file, stored.warc_offset),
    )
