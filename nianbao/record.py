"""A fetcher that archives: nothing is returned before it is on disk, and the frontier is told only after that.

One thread writes. While it syncs one group of exchanges the next gathers, so that many sites share each sync.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from crawler.capture import Capture
from crawler.client import Client, CrawlSettings, SiteClient
from crawler.frontier import Frontier
from crawler.ledger import Archived, Exchange, is_shareable
from crawler.site import Site
from store import warc_format
from store.warc import MAX_BYTES, Archive, Place, Reference
from store.warc_read import read_capture, read_unit, refers_to

_GROUP = 256
_GROUP_BYTES = 32 * 1024 * 1024
_LINGER_S = 0.004


@dataclass(frozen=True, slots=True)
class Stored:
    """An archived exchange: its number in the ledger, its record, and the record that holds its body.

    The two records differ for revisits: a body archived before, or the page that a 304 confirms.
    """

    capture: Capture
    site: str | None
    number: int
    warc_file: str
    warc_offset: int
    body_file: str
    body_offset: int
    sound: bool = True


Listener = Callable[[Stored], None]


@dataclass(frozen=True, slots=True)
class _Job:
    capture: Capture
    site: str | None
    sound: bool
    done: asyncio.Future[None]


class Recorder:
    """A `Fetcher` and async context manager. `listener` hears of each exchange, in the order of the archive, on the event loop.

    On entering, exchanges that a killed run archived without telling anyone are told to frontier and listener. Raises OSError
    where the archive cannot be written, whatever was asked for.
    """

    def __init__(
        self,
        settings: CrawlSettings,
        folder: Path,
        frontier: Frontier,
        *,
        listener: Listener | None = None,
        max_warc_bytes: int = MAX_BYTES,
    ) -> None:
        self.frontier = frontier
        self.client = Client(settings, frontier=frontier, record=self._record)
        self._listener = listener
        self._folder = folder
        self._archive = Archive(
            folder, software=f"nianbao/{version('nianbao')}", max_bytes=max_warc_bytes, known_until=frontier.archived_until
        )
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="archive", daemon=True)

    async def __aenter__(self) -> Recorder:
        self._loop = asyncio.get_running_loop()
        self._tell_untold()
        self._writer.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.client.__aexit__(*exc)
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        self._archive.close()

    async def get(self, url: str, *, referer: str | None = None, conditional: bool = False) -> Capture:
        """See `Fetcher`."""
        return await self.client.get(url, referer=referer, conditional=conditional)

    async def post(
        self, url: str, data: Mapping[str, str] | bytes, *, referer: str | None = None, media_type: str | None = None
    ) -> Capture:
        """See `Fetcher`."""
        return await self.client.post(url, data, referer=referer, media_type=media_type)

    def at(self, site: Site) -> SiteClient:
        """The same on behalf of one site; what it fetches is entered under the site's id."""
        return self.client.at(site)

    def stored(self, capture: Capture) -> Stored:
        """Where a capture that came from here is archived. Raises KeyError for any other."""
        exchange = self.frontier.find(capture)
        if exchange is None:
            raise KeyError(capture.final_url)
        body = (self.frontier.exchange(exchange.original) if exchange.original is not None else None) or exchange
        place = (exchange.warc_file, exchange.warc_offset, body.warc_file, body.warc_offset)
        return Stored(capture, exchange.site, exchange.number, *place)

    async def _record(self, capture: Capture, site: str | None, sound: bool) -> None:
        """Return once the exchange is archived and told. Raises what the writer met."""
        done: asyncio.Future[None] = self._loop.create_future()
        self._jobs.put(_Job(capture, site, sound, done))
        await done

    def _deliver(self, group: list[_Job], results: list[Stored] | BaseException) -> None:
        """Tell the listener, whoever may have given up waiting meanwhile, then those who wait."""
        if isinstance(results, BaseException):
            for job in group:
                _settle(job, results)
            return
        for job, stored in zip(group, results, strict=True):
            try:
                if self._listener is not None:
                    self._listener(stored)
            except Exception as error:  # noqa: BLE001 - raised again in the task that waits for this exchange
                _settle(job, error)
            else:
                _settle(job, None)

    def _tell_untold(self) -> None:
        for place in self._archive.untold:
            archived, original = _from_archive(self._folder, place)
            (number,) = self.frontier.tell([archived])
            if self._listener is not None:
                self._listener(_stored(archived, original, number))

    # -- on the writing thread --------------------------------------------------------------------------------------------

    def _write(self) -> None:
        while (job := self._jobs.get()) is not None:
            group = [job]
            last = self._gather(group)
            self._finish(group)
            if last:
                return

    def _gather(self, group: list[_Job]) -> bool:
        """Take what else waits, for a few milliseconds or until the group is full; whether the end was reached."""
        deadline = time.monotonic() + _LINGER_S
        size = len(group[0].capture.raw_body)
        while len(group) < _GROUP and size < _GROUP_BYTES:
            try:
                job = self._jobs.get(timeout=max(deadline - time.monotonic(), 0))
            except queue.Empty:
                return False
            if job is None:
                return True
            group.append(job)
            size += len(job.capture.raw_body)
        return False

    def _finish(self, group: list[_Job]) -> None:
        try:
            results: list[Stored] | BaseException = self._archive_group(group)
        except Exception as error:  # noqa: BLE001 - raised again on the event loop, to everyone who waits
            results = error
        self._loop.call_soon_threadsafe(self._deliver, group, results)

    def _archive_group(self, group: list[_Job]) -> list[Stored]:
        fresh: dict[str, Reference] = {}
        try:
            entries = [self._add(job, fresh) for job in group]
            self._archive.commit()
        except BaseException:
            self._archive.abandon()
            raise
        numbers = self.frontier.tell(archived for archived, _ in entries)
        return [_stored(*entry, number) for entry, number in zip(entries, numbers, strict=True)]

    def _add(self, job: _Job, fresh: dict[str, Reference]) -> tuple[Archived, Reference | None]:
        capture = job.capture
        digest = warc_format.digest(capture.raw_body)
        original = self._original(capture, digest, fresh)
        place = self._archive.add(capture, site=job.site, sound=job.sound, payload_digest=digest, original=original)
        if original is None and is_shareable(capture):
            fresh[digest] = Reference(capture.final_url, capture.fetched_at, place.file, place.offset)
        return Archived(capture, job.site, place.file, place.offset, place.end, digest, original is not None, job.sound), original

    def _original(self, capture: Capture, digest: str, fresh: dict[str, Reference]) -> Reference | None:
        """The record that holds the body of this exchange already."""
        if capture.status == 304:
            return _reference(self.frontier.body_of(capture.final_url))
        if not is_shareable(capture):
            return None
        return fresh.get(digest) or _reference(self.frontier.original(digest))


def _reference(exchange: Exchange | None) -> Reference | None:
    if exchange is None:
        return None
    return Reference(exchange.final_url, exchange.fetched_at, exchange.warc_file, exchange.warc_offset)


def _settle(job: _Job, error: BaseException | None) -> None:
    if job.done.cancelled():
        return
    if error is not None:
        job.done.set_exception(error)
    else:
        job.done.set_result(None)


def _stored(archived: Archived, original: Reference | None, number: int) -> Stored:
    place = (archived.warc_file, archived.warc_offset)
    body = place if original is None else (original.file, original.offset)
    return Stored(archived.capture, archived.site, number, *place, *body, archived.sound)


def _from_archive(folder: Path, place: Place) -> tuple[Archived, Reference | None]:
    """What was archived but told to nobody."""
    capture = read_capture(folder / place.file, place.offset)
    record = read_unit(folder / place.file, place.offset).record
    fields, original = record.fields, refers_to(record)
    sound = fields.get("nianbao-sound") != "no"
    digest = fields.get("warc-payload-digest", "")
    site = fields.get("nianbao-site")
    return Archived(capture, site, place.file, place.offset, place.end, digest, original is not None, sound), original
