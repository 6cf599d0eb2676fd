"""Documents and WARC files that somebody holds already → captures with their origin stated, and the reports in them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from crawler.capture import Capture
from crawler.frontier import Frontier
from crawler.ledger import Archived
from extract import VERSION
from extract.document import Source
from nianbao import lock
from nianbao.config import Config
from nianbao.deliveries import Held
from nianbao.exits import Exit, worst
from nianbao.given import Aside, Given, documents
from nianbao.held import AGENCY, YEAR
from nianbao.ledger import Ledger
from nianbao.night import FRONTIER, WARC_FOLDER
from nianbao.progress import Progress
from nianbao.reading import Limits, Worker
from nianbao.record import Recorder
from store import warc, warc_format
from store.archive import Archive, Stored
from store.corrections import FILE as CORRECTIONS
from store.crosscheck import settle
from store.provenance import Loaded, Provenance
from store.publish import publish

ELSEWHERE = "added"
"""The site of documents whose address belongs to no configured portal."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the giver says of the documents: used where they do not say it themselves. `url`: where it was published."""

    agency: str | None = None
    year: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What became of each document: single ones as given, then those of WARC files, the oldest first; and the exit code that follows."""

    loaded: tuple[Loaded, ...]
    captures: int
    unresolved: int
    """Records of WARC files whose bytes are in a file that was not given."""
    code: Exit


def add(config: Config, files: tuple[Path, ...], claim: Claim, progress: Progress) -> Added:
    """Archive, read and load. Raises `Usage` before anything is kept where a file cannot be read, `Locked`, `StoreError`, OSError.

    Of a WARC file, pages that are no reports are archived and not spoken of.
    """
    folder = config.archive.path
    with lock.held(folder), Aside(folder) as aside:
        given = documents(files, aside, claim.url)
        with Frontier(folder / FRONTIER) as frontier, Archive(folder) as archive:
            asyncio.run(_settle(config, frontier))
            for site in config.sites:
                archive.add_site(site)
            taking = _Taking(config, claim, frontier, Ledger(archive, archive.start_run()))
            progress.event("stage", name="documents", total=len(given))
            taking.all(given, progress)
            settle(archive.connection, corrections=folder / CORRECTIONS)
            code = taking.code(len(aside.unresolved))
            archive.finish_run(taking.ledger.run_id, code, {"captures": taking.captures})
            publish(folder, keep=config.archive.snapshots, work=archive.connection)
    return Added(tuple(taking.loaded), taking.captures, len(aside.unresolved), code)


async def _settle(config: Config, frontier: Frontier) -> None:
    """What a killed run archived and told nobody of is told before anything is put behind it."""
    async with Recorder(config.crawl, config.archive.path / WARC_FOLDER, frontier):
        return


@dataclass
class _Taking:
    config: Config
    claim: Claim
    frontier: Frontier
    ledger: Ledger
    loaded: list[Loaded] = field(default_factory=list)
    captures: int = 0

    def all(self, given: Iterable[Given], progress: Progress) -> None:
        limits, worker = Limits(self.config.read.timeout_s, self.config.read.memory_mb), Worker()
        try:
            for one in given:
                self._take(one, worker, limits)
                progress.event("step")
        finally:
            worker.close()

    def code(self, unresolved: int) -> Exit:
        incomplete = unresolved or any(one.outcome == "rejected" for one in self.loaded)
        return worst([*self.ledger.codes, *([Exit.INCOMPLETE] if incomplete else [])])

    def _take(self, one: Given, worker: Worker, limits: Limits) -> None:
        captures = one.captures()
        where = self._kept(one, captures)
        if one.in_passing and self.ledger.has_read(where):
            return
        sources = [Source(capture.body, capture.final_url, capture.media_type) for capture in captures]
        report = worker.read(sources[0], sources[1:], limits)
        if not (one.in_passing and report.status == "not_a_report"):
            self.loaded.append(self.ledger.load(report, where))

    def _kept(self, one: Given, captures: Sequence[Capture]) -> Provenance:
        """Archive a document and its parts; where they now are."""
        site_id = _site_of(self.config, captures[0].final_url)
        rows = self._archive(captures, site_id, {"warc" if one.in_passing else "file": one.file, **_said(self.claim)})
        self.ledger.archive.add_captures(self.ledger.run_id, site_id, rows)
        self.captures += len(rows)
        parts = tuple(Held(row.capture, row.warc_file, row.warc_offset).part() for row in rows)
        return Provenance(self.ledger.run_id, site_id, captures[0].url, parts, VERSION, self.claim.agency, self.claim.year)

    def _archive(self, captures: Sequence[Capture], site_id: str, about: dict[str, str]) -> list[Stored]:
        folder = self.config.archive.path / WARC_FOLDER
        with warc.Archive(folder, known_until=self.frontier.archived_until) as archive:
            places = [archive.add_document(capture, about=about, site=site_id) for capture in captures]
            archive.commit()
        self.frontier.tell(
            Archived(capture, site_id, place.file, place.offset, place.end, warc_format.digest(capture.raw_body))
            for capture, place in zip(captures, places, strict=True)
        )
        return [Stored(capture, place.file, place.offset) for capture, place in zip(captures, places, strict=True)]


def _site_of(config: Config, url: str) -> str:
    host = urlsplit(url).hostname
    return next((site.id for site in config.sites if host and urlsplit(site.home).hostname == host), ELSEWHERE)


def _said(claim: Claim) -> dict[str, str]:
    """What is archived beside the document, so that it is read alike when the database is made again."""
    return {name: str(value) for name, value in ((AGENCY, claim.agency), (YEAR, claim.year)) if value}
