"""Every archived document once more, with today's readers and no network: as new readings, never as corrections by the agency."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from crawler.frontier import Frontier
from crawler.ledger import Exchange, key_of
from crawler.parts import parts_of
from extract import VERSION
from extract.document import Source
from nianbao import lock, rebuilding
from nianbao.config import Config
from nianbao.deliveries import Held, Shelf
from nianbao.exits import Exit, worst
from nianbao.held import held_bytes, read_again, stated
from nianbao.ledger import Ledger
from nianbao.night import FRONTIER, WARC_FOLDER, keep_told, tell_missed
from nianbao.progress import Progress
from nianbao.reading import Limits, ReadingPool
from store.archive import Archive
from store.corrections import FILE as CORRECTIONS
from store.crosscheck import settle
from store.database import WORK
from store.errors import NoDatabase
from store.loading import Item
from store.provenance import Loaded, Part, Provenance
from store.publish import publish
from store.query import ask, reading
from store.warc_read import WarcError

MARK = "_reread"
TOGETHER, PATIENCE_S = 1_000, 30.0
"""Documents kept in one transaction, and how long the first of them waits for the others: what a stop may cost."""
AHEAD = 4
"""Documents under way for each reading process: the archive is read while they work."""

DOCUMENTS = """
    SELECT r.site_id, r.url, r.report_id, a.full_name, coalesce(l.year, p.year), coalesce(l.published_on, p.published_on)
    FROM (
        SELECT rowid AS seen, * FROM reading WHERE outcome <> 'gone'
        QUALIFY row_number() OVER (PARTITION BY site_id, url ORDER BY captured_at DESC, rowid DESC) = 1
    ) r
    LEFT JOIN link l ON (l.site_id, l.url) = (r.site_id, r.url)
    LEFT JOIN report p ON p.report_id = r.report_id
    LEFT JOIN agency a ON a.agency_id = coalesce(l.agency_id, p.agency_id)
    WHERE NOT EXISTS (FROM reading g WHERE g.url = r.url AND g.outcome = 'gone' AND g.rowid > r.seen AND p.url <> r.url)
    ORDER BY r.site_id, r.url
"""


@dataclass(frozen=True, slots=True)
class Document:
    """One address to read again; `report_id` is the version last read there, None where none could be kept."""

    site_id: str
    url: str
    report_id: int | None = None
    agency: str | None = None
    year: int | None = None
    published: object = None
    bodies: tuple[Exchange, ...] = ()
    """Its bytes and those of its parts, where no row says which they are."""


@dataclass(slots=True)
class Reread:
    """What came of it. `changed` are the documents of which a figure differs from what was held; nothing is kept in a dry run."""

    documents: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    changed: list[Loaded] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    """Addresses whose bytes are no longer to be had from the archive, with the reason."""
    unreadable: int = 0
    resumed_after: str | None = None

    @property
    def code(self) -> Exit:
        """3 where something could not be read, else 0."""
        return worst([Exit.INCOMPLETE] if self.missing or self.unreadable else [])


def reread(config: Config, progress: Progress, *, where: str | None = None, workers: int = 0, dry_run: bool = False) -> Reread:
    """Read again, all or those whose row in `report` fits `where`; raises `Locked`, `StoreError`, OSError.

    Stopped in the middle, the next call with the same `where` and readers goes on after the last document kept.
    """
    folder, limits = config.archive.path, Limits(config.read.timeout_s, config.read.memory_mb)
    if not (folder / WORK).exists() and not any((folder / WARC_FOLDER).glob("*.warc.gz")):
        raise NoDatabase(f"nothing is archived in {folder} yet: run `nianbao run` first")
    with lock.held(folder), Frontier(folder / FRONTIER) as frontier:
        rebuilding.tell(folder / WARC_FOLDER, frontier)
        shelf = Shelf(folder / WARC_FOLDER, frontier)
        with Archive(folder, reread=lambda report_id: read_again(archive, shelf.folder, report_id, limits)) as archive:
            job = _Job(config, archive, frontier, shelf, progress, where, dry_run)
            return asyncio.run(job.run(workers or config.read.workers or os.cpu_count() or 1))


@dataclass
class _Job:
    config: Config
    archive: Archive
    frontier: Frontier
    shelf: Shelf
    progress: Progress
    where: str | None
    dry_run: bool
    told: Reread = field(default_factory=Reread)

    async def run(self, workers: int) -> Reread:
        for site in self.config.sites:
            self.archive.add_site(site)
        waiting = self._waiting()
        self.progress.event("stage", name="documents", total=len(waiting))
        run_id = 0 if self.dry_run else self._begin()
        limits = Limits(self.config.read.timeout_s, self.config.read.memory_mb)
        async with ReadingPool(workers, limits) as pool:
            await self._read_all(waiting, run_id, pool)
        if not self.dry_run:
            self._close(run_id)
        return self.told

    async def _read_all(self, waiting: Sequence[Document], run_id: int, pool: ReadingPool) -> None:
        """Many at a time, kept in their order."""
        rest = ((one, asyncio.create_task(self._read(one, run_id, pool))) for one in waiting)
        under_way = deque(islice(rest, AHEAD * pool.size))
        done: list[tuple[Document, Item | None]] = []
        since = time.monotonic()
        try:
            while under_way:
                one, task = under_way[0]
                done.append((one, await task))
                under_way.popleft()
                under_way.extend(islice(rest, 1))
                if len(done) >= TOGETHER or time.monotonic() - since >= PATIENCE_S or not under_way:
                    self._keep(done)
                    since, done = time.monotonic(), []
        finally:
            for _, task in under_way:
                task.cancel()
            await asyncio.gather(*(task for _, task in under_way), return_exceptions=True)

    def _keep(self, done: Sequence[tuple[Document, Item | None]]) -> None:
        """One transaction; from then on a stop costs none of them."""
        for loaded in self.archive.load_all([item for _, item in done if item is not None], dry_run=self.dry_run):
            self.told.outcomes[loaded.outcome] += 1
            if loaded.outcome in ("reread", "correction", "earlier", "new", "conflict"):
                self.told.changed.append(loaded)
        self.told.documents += len(done)
        if not self.dry_run:
            last = done[-1][0]
            self.frontier.learn(MARK, {"readers": VERSION, "where": self.where, "after": [last.site_id, last.url]})

    async def _read(self, one: Document, run_id: int, pool: ReadingPool) -> Item | None:
        try:
            parts, sources = _bytes(self.archive, self.shelf, one)
        except (WarcError, OSError, KeyError) as error:
            self._is_missing(one, run_id, str(error))
            return None
        report = await pool.read(sources[0], sources[1:])
        self.progress.event("step")
        self.told.unreadable += report.status in ("unreadable", "partial")
        if one.report_id is None and report.status == "not_a_report":
            return None
        agency, year = stated(self.shelf.folder, parts[0]) if None in (one.agency, one.year) else (None, None)
        hints = (one.agency or agency, one.year or year, one.published)
        return report, Provenance(run_id, one.site_id, one.url, parts, VERSION, *hints)  # type: ignore[arg-type]  # a row's values

    def _is_missing(self, one: Document, run_id: int, why: str) -> None:
        self.told.missing.append(f"{one.url}: {why}")
        if not self.dry_run:
            self.archive.add_problem(run_id, one.site_id, "read", one.url, "archive_damaged", why, one.report_id)

    def _waiting(self) -> list[Document]:
        rows = self.archive.connection.execute(DOCUMENTS).fetchall()
        found = [Document(*row) for row in rows] or _history(self.frontier, self.shelf)
        if self.where:
            chosen = _chosen(self.config.archive.path, self.where)
            found = [one for one in found if one.url in chosen]
        mark = self.frontier.recall(MARK)
        if self.dry_run or mark.get("readers") != VERSION or mark.get("where") != self.where or not mark.get("after"):
            return found
        self.told.resumed_after = mark["after"][1]
        return [one for one in found if [one.site_id, one.url] > mark["after"]]

    def _begin(self) -> int:
        ledger = Ledger(self.archive, self.archive.start_run())
        tell_missed(ledger, self.frontier, self.shelf)
        keep_told(ledger, self.frontier)
        return ledger.run_id

    def _close(self, run_id: int) -> None:
        settle(self.archive.connection, everything=True, corrections=self.config.archive.path / CORRECTIONS)
        self.archive.finish_run(run_id, self.told.code, {"reports_reread": self.told.outcomes["reread"]})
        publish(self.config.archive.path, keep=self.config.archive.snapshots, work=self.archive.connection)
        self.frontier.learn(MARK, {})


def _bytes(archive: Archive, shelf: Shelf, one: Document) -> tuple[tuple[Part, ...], list[Source]]:
    """The archived bytes of a document and its parts, and where they are from."""
    known = held_bytes(archive, shelf.folder, one.report_id) if one.report_id is not None else []
    held = known or _from_shelf(shelf, one)
    return tuple(part for part, _ in held), [source for _, source in held]


def _from_shelf(shelf: Shelf, one: Document) -> list[tuple[Part, Source]]:
    """The bodies that are named, else the page last archived at the address with what belongs to it."""
    if one.bodies:
        stored = [shelf.stored(exchange) for exchange in one.bodies]
        held = [Held(each.capture, each.warc_file, each.warc_offset) for each in stored]
    else:
        main = shelf.of_address(one.url)
        if main is None:
            raise KeyError(f"{one.url}: the archive holds no body of it")
        held = [main, *(part for link in parts_of(main.capture) if (part := shelf.of_address(link.url)))]
    return [(each.part(), each.source()) for each in held]


def _history(frontier: Frontier, shelf: Shelf) -> list[Document]:
    """For a database that is lost: every body that an address ever had, oldest first, but for pages that are parts of others."""
    bodies: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in frontier.exchanges():
        if exchange.method == "GET" and exchange.status == 200 and exchange.original is None and not exchange.url.endswith("/robots.txt"):
            bodies[key_of(exchange.url)].append(exchange)
    found: list[tuple[int, Document]] = []
    parts: set[str] = set()
    for url, history in bodies.items():
        for exchange, following in zip(history, [*history[1:], None], strict=True):
            belonging = [key_of(link.url) for link in parts_of(shelf.stored(exchange).capture)]
            parts.update(belonging)
            seen = [_as_of(bodies[part], following) for part in belonging if part in bodies]
            found.append((exchange.number, Document(exchange.site or "", url, bodies=(exchange, *seen))))
    return [one for _, one in sorted(found, key=lambda pair: pair[0]) if one.url not in parts]


def _as_of(history: Sequence[Exchange], following: Exchange | None) -> Exchange:
    """The body that a part had before its page was next another one."""
    before = [exchange for exchange in history if following is None or exchange.number < following.number]
    return (before or history)[-1]


def _chosen(folder: Path, where: str) -> set[str]:
    """The addresses of the reports that fit a condition, asked of the published database and in its sandbox."""
    with reading(folder) as connection:
        return {str(url) for (url,) in ask(connection, f"SELECT DISTINCT url FROM report WHERE ({where})").rows()}  # noqa: S608 - read-only
