"""One run over the configured sites: lock, order, time budget, publishing, summary and exit code."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crawler.crawl import Plan
from crawler.errors import CrawlError
from crawler.events import SiteEnd
from crawler.frontier import Frontier
from crawler.links import page_key
from crawler.site import Site
from extract.report import Report
from nianbao import lock, summary
from nianbao.config import Config
from nianbao.deliveries import Shelf
from nianbao.exits import Exit, worst
from nianbao.held import read_again
from nianbao.ledger import Ledger
from nianbao.pipeline import follow
from nianbao.progress import Progress
from nianbao.reading import Limits, ReadingPool
from nianbao.record import Recorder, Stored
from nianbao.schedule import in_season, is_due
from nianbao.summary import RunSummary
from store.archive import Archive
from store.attention import attend
from store.corrections import FILE as CORRECTIONS
from store.crosscheck import settle
from store.database import scalar
from store.publish import publish

WARC_FOLDER = "warc"
FRONTIER = "frontier.sqlite"
_TOLD = "_run"
_RECHECK_DAYS = 30
"""With `--due`, how long a report of an earlier year may wait to be asked for again; this year's is asked for each time."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do; the flags of `nianbao run`."""

    sites: tuple[str, ...] = ()
    year: int | None = None
    limit: int | None = None
    due: bool = False
    retry: bool = False
    max_time_s: float | None = None
    command: tuple[str, ...] = ()


def run(config: Config, options: Options, progress: Progress) -> RunSummary:
    """The whole job. Raises `Locked`, `StoreError`, OSError; KeyboardInterrupt leaves a state that the next run goes on from."""
    with lock.held(config.archive.path):
        return asyncio.run(_run(config, options, progress))


async def _run(config: Config, options: Options, progress: Progress) -> RunSummary:
    started = datetime.now(UTC)
    folder = config.archive.path
    # Names that take long to resolve shall not keep the names of other hosts, or documents, from their turn.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(config.crawl.max_hosts + 8, "aside"))
    (folder / WARC_FOLDER).mkdir(parents=True, exist_ok=True)
    again = _Again(folder / WARC_FOLDER, Limits(config.read.timeout_s, config.read.memory_mb))
    with Archive(folder, reread=again) as archive, Frontier(folder / FRONTIER) as frontier:
        again.archive = archive
        ledger = Ledger(archive, archive.start_run(started))
        for site in config.sites:
            archive.add_site(site)
        sites = chosen(config, options, frontier)
        progress.event("sites", total=len(sites))
        await _crawl(config, options, sites, frontier, ledger, progress)
        code = _close(ledger, sites)
        archive.finish_run(ledger.run_id, code, ledger.store_counts())
        _publish(config, archive, progress)
    return _summary(config, options, ledger, started, code)


@dataclass
class _Again:
    """What today's readers make of a held version: told from a correction where the page and the readers have both changed."""

    folder: Path
    limits: Limits
    archive: Archive | None = None

    def __call__(self, report_id: int) -> Report | None:
        return read_again(self.archive, self.folder, report_id, self.limits) if self.archive else None


def chosen(config: Config, options: Options, frontier: Frontier) -> list[Site]:
    """The sites that this run takes: asked for, due, or failed last time; those never walked and longest waiting first, failing last."""
    sites = [site for site in config.sites if not options.sites or site.id in options.sites]
    last = summary.latest(config.archive.path)
    failed = set(last.failed_sites()) if last else set()
    if options.retry:
        return [site for site in sites if site.id in failed]
    seen = {site.id: _last_walked(frontier, site) for site in sites}
    if options.due:
        now = datetime.now(UTC)
        sites = [s for s in sites if is_due(s, seen[s.id], now, config.season, config.schedule.timezone)]
    long_ago = datetime.min.replace(tzinfo=UTC)
    return sorted(sites, key=lambda site: (site.id in failed, seen[site.id] or long_ago))


def _last_walked(frontier: Frontier, site: Site) -> datetime | None:
    walked = frontier.recall(site.id).get("walked")
    return datetime.fromisoformat(walked) if walked else None


async def _crawl(config: Config, options: Options, sites: Sequence[Site], frontier: Frontier, ledger: Ledger, progress: Progress) -> None:
    """Every site, `max_hosts` at a time, until all are done or the time is up."""
    shelf = Shelf(config.archive.path / WARC_FOLDER, frontier)
    limits = Limits(config.read.timeout_s, config.read.memory_mb)
    deadline = time.monotonic() + options.max_time_s if options.max_time_s else None
    turns = asyncio.Semaphore(config.crawl.max_hosts)

    def heard(stored: Stored) -> None:
        ledger.captured(stored)
        progress.event("page", url=stored.capture.url, bytes=len(stored.capture.raw_body))

    async with (
        Recorder(config.crawl, config.archive.path / WARC_FOLDER, frontier, listener=heard) as recorder,
        ReadingPool(config.read.workers or os.cpu_count() or 1, limits) as pool,
    ):
        tell_missed(ledger, frontier, shelf)

        async def one(site: Site) -> None:
            async with turns:
                end = await _one(site, _plan(config, options, site, frontier, shelf), recorder, shelf, pool, ledger, progress, deadline)
            await _look_for_gone(site, end, recorder, ledger)
            outcome = ledger.end(site, end)
            frontier.learn(site.id, frontier.recall(site.id) | _lesson(site, end, outcome.state, frontier))
            progress.event("site", site_id=site.id, state=outcome.state)

        async with asyncio.TaskGroup() as tasks:
            for site in sites:
                tasks.create_task(one(site))
    keep_told(ledger, frontier)


def tell_missed(ledger: Ledger, frontier: Frontier, shelf: Shelf) -> None:
    """Captures that are archived but not in the database, after a kill for example; one that it was told of keeps its row."""
    knows_any = scalar(ledger.archive.connection, "SELECT count(*) FROM capture")
    ledger.told = int(frontier.recall(_TOLD).get("exchange", 0)) if knows_any else 0
    for exchange in frontier.exchanges(ledger.told):
        ledger.captured(shelf.stored(exchange))


def keep_told(ledger: Ledger, frontier: Frontier) -> None:
    """Tell the database of all captures so far, and the frontier that it was told."""
    ledger.flush_captures()
    frontier.learn(_TOLD, {"exchange": ledger.told})
    ledger.flush_captures()


async def _one(
    site: Site,
    plan: Plan,
    recorder: Recorder,
    shelf: Shelf,
    pool: ReadingPool,
    ledger: Ledger,
    progress: Progress,
    deadline: float | None,
) -> SiteEnd:
    if deadline is not None and time.monotonic() >= deadline:
        return SiteEnd(site.id, "partial", {}, "the time budget of the run was used up before its turn")
    try:
        async with asyncio.timeout_at(None if deadline is None else asyncio.get_running_loop().time() + deadline - time.monotonic()):
            return await follow(site, plan, recorder, shelf, pool, ledger, progress)
    except TimeoutError:
        return SiteEnd(site.id, "partial", {}, "the time budget of the run was used up")


def _plan(config: Config, options: Options, site: Site, frontier: Frontier, shelf: Shelf) -> Plan:
    season = in_season(datetime.now(UTC), config.season)
    return Plan(
        due=frontier.is_due if options.due else lambda _: True,
        years=(options.year,) if options.year else (),
        limit=options.limit,
        known_parts=shelf.known_parts,
        ever_delivered=bool(frontier.recall(site.id).get("delivered")),
        in_season=season,
    )


def _lesson(site: Site, end: SiteEnd, state: str, frontier: Frontier) -> dict[str, object]:
    """What the next run is to know of a site: when it was walked, and whether it ever had reports."""
    had = sum(end.counts.get(count, 0) for count in ("fetched", "unchanged", "waiting"))
    delivered = state in ("new", "unchanged") or had > 0 or bool(frontier.recall(site.id).get("delivered"))
    walked = datetime.now(UTC).isoformat() if end.counts else None
    return {"delivered": delivered, **({"walked": walked} if walked else {})}


async def _look_for_gone(site: Site, end: SiteEnd, recorder: Recorder, ledger: Ledger) -> None:
    """Reports that a complete listing no longer shows are asked for once more: the answer says whether they are gone."""
    if end.state not in ("new", "unchanged"):
        return
    listed = {page_key(link.url) for link in ledger.links.get(site.id, [])}
    for url in ledger.current_addresses(site.id):
        if page_key(url) in listed:
            continue
        try:
            await recorder.at(site).get(url, conditional=True)
        except CrawlError as error:
            if error.code == "gone":
                # a report that another address still has is moved, not gone
                if ledger.archive.mark_gone(url, datetime.now(UTC).date(), ledger.run_id):
                    ledger.problem(
                        site.id, "fetch", url, "gone", "the report is no longer listed and no longer there; it stays in the archive"
                    )
            else:
                ledger.problem(site.id, "fetch", url, error.code, error.message)


def _close(ledger: Ledger, sites: Sequence[Site]) -> int:
    """Rosters, the rules across reports, and the exit code."""
    ledger.roster()
    settle(ledger.archive.connection, corrections=ledger.archive.path / CORRECTIONS)
    for one in attend(ledger.archive.connection, ledger.run_id, datetime.now(UTC)):
        ledger.attention(one)
    if sites and not ledger.counts["captures"]:
        ledger.codes.add(Exit.NOTHING)
    if sites and all(outcome.state in ("unreachable", "blocked", "robots") for outcome in ledger.sites):
        ledger.codes.add(Exit.NOTHING)
    return int(worst(ledger.codes))


def _publish(config: Config, archive: Archive, progress: Progress) -> None:
    progress.event("stage", name="publish", total=1)
    publish(config.archive.path, keep=config.archive.snapshots, work=archive.connection)
    progress.event("step")


def _summary(config: Config, options: Options, ledger: Ledger, started: datetime, code: int) -> RunSummary:
    made = RunSummary(
        run_id=ledger.run_id,
        started_at=started,
        finished_at=datetime.now(UTC),
        exit_code=code,
        sites=tuple(ledger.sites),
        problems=tuple(ledger.problems),
        requests=ledger.counts["requests"],
        bytes=ledger.counts["bytes"],
        captures=ledger.counts["captures"],
        reports_new=ledger.counts["reports_new"],
        reports_corrected=ledger.counts["reports_corrected"],
        reports_unreadable=ledger.counts["reports_unreadable"],
        failed_checks_new=ledger.counts["failed_checks_new"],
        command=options.command,
    )
    summary.write(made, config.archive.path)
    return made
