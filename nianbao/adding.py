"""Documents and WARC files that somebody holds already → captures with their origin stated, and the reports in them."""

from __future__ import annotations

import asyncio
import hashlib
import mimetypes
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from crawler.capture import Capture
from crawler.frontier import Frontier
from crawler.ledger import Archived, key_of
from crawler.parts import parts_of
from extract import VERSION
from extract.document import Source
from extract.kind import Kind, sniff
from nianbao import lock, on_disk
from nianbao.config import Config
from nianbao.deliveries import Held
from nianbao.errors import Usage
from nianbao.exits import Exit, worst
from nianbao.held import AGENCY, YEAR
from nianbao.ledger import Ledger
from nianbao.messages import say
from nianbao.night import FRONTIER, WARC_FOLDER
from nianbao.progress import Progress
from nianbao.reading import Limits, Worker
from nianbao.record import Recorder
from store import archive as store_archive
from store import warc, warc_format
from store.archive import Archive
from store.corrections import FILE as CORRECTIONS
from store.crosscheck import settle
from store.provenance import Loaded, Provenance
from store.publish import publish
from store.warc_read import Record, WarcError, foreign_records, to_capture

ELSEWHERE = "added"
"""The site of documents whose address belongs to no configured portal."""
DOCUMENTS = frozenset(Kind) - {Kind.png, Kind.jpeg, Kind.gif, Kind.bmp, Kind.tiff, Kind.webp}


@dataclass(frozen=True, slots=True)
class Claim:
    """What the giver says of the documents: used where they do not say it themselves. `url`: where it was published."""

    agency: str | None = None
    year: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """One document with its parts, as captures that were not made by us."""

    captures: tuple[Capture, ...]
    about: dict[str, str]
    in_passing: bool = False
    """Nobody said that it is a report: it was found among others."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of each document, in the order of the files, and the exit code that follows."""

    loaded: tuple[Loaded, ...]
    captures: int
    code: Exit


def add(config: Config, files: tuple[Path, ...], claim: Claim, progress: Progress) -> Added:
    """Archive, read and load. Raises `Usage` before anything is kept where a file cannot be read, `Locked`, `StoreError`, OSError.

    Of a WARC file, pages that are no reports are archived and not spoken of.
    """
    given = [one for file in files for one in documents(file, claim)]
    folder = config.archive.path
    with lock.held(folder), Frontier(folder / FRONTIER) as frontier, Archive(folder) as archive:
        asyncio.run(_settle(config, frontier))
        for site in config.sites:
            archive.add_site(site)
        ledger = Ledger(archive, archive.start_run())
        progress.event("stage", name="documents", total=len(given))
        loaded = _take_all(given, config, claim, frontier, ledger, progress)
        settle(archive.connection, corrections=folder / CORRECTIONS)
        code = worst([*ledger.codes, *(Exit.INCOMPLETE for one in loaded if one.outcome == "rejected")])
        archive.finish_run(ledger.run_id, code, {"captures": sum(len(one.captures) for one in given)})
        publish(folder, keep=config.archive.snapshots, work=archive.connection)
    return Added(loaded, sum(len(one.captures) for one in given), code)


def documents(file: Path, claim: Claim) -> list[Given]:
    """The documents in a file: itself, or for a WARC file every document in it that is no part of another."""
    source, parts = on_disk.load(file)
    if not _is_warc(source.content):
        return [_document(file, source, parts, claim)]
    try:
        captures = [_foreign(record, file) for record in foreign_records(file) if record.type in ("response", "resource")]
    except WarcError as error:
        raise Usage(say("{path}: {error}; mend it first, nothing was added", path=file, error=error)) from error
    return list(_of_warc([capture for capture in captures if capture.status == 200 and capture.body], {"warc": file.name, **_said(claim)}))


async def _settle(config: Config, frontier: Frontier) -> None:
    """What a killed run archived and told nobody of is told before anything is put behind it."""
    async with Recorder(config.crawl, config.archive.path / WARC_FOLDER, frontier):
        return


def _take_all(
    given: Sequence[Given], config: Config, claim: Claim, frontier: Frontier, ledger: Ledger, progress: Progress
) -> tuple[Loaded, ...]:
    limits, worker = Limits(config.read.timeout_s, config.read.memory_mb), Worker()
    loaded: list[Loaded] = []
    try:
        for one in given:
            where, sources = _kept(one, config, claim, frontier, ledger)
            report = worker.read(sources[0], sources[1:], limits)
            if not (one.in_passing and report.status == "not_a_report"):
                loaded.append(ledger.load(report, where))
            progress.event("step")
    finally:
        worker.close()
    return tuple(loaded)


def _kept(one: Given, config: Config, claim: Claim, frontier: Frontier, ledger: Ledger) -> tuple[Provenance, list[Source]]:
    """Archive a document and its parts; where they now are, and their bytes."""
    main = one.captures[0]
    site_id = _site_of(config, main.final_url)
    places = _archive(one, config.archive.path / WARC_FOLDER, site_id, frontier)
    rows = [store_archive.Stored(capture, place.file, place.offset) for capture, place in zip(one.captures, places, strict=True)]
    ledger.archive.add_captures(ledger.run_id, site_id, rows)
    parts = tuple(Held(row.capture, row.warc_file, row.warc_offset).part() for row in rows)
    where = Provenance(ledger.run_id, site_id, main.url, parts, VERSION, claim.agency, claim.year)
    return where, [Source(capture.body, capture.final_url, capture.media_type) for capture in one.captures]


def _archive(one: Given, folder: Path, site_id: str, frontier: Frontier) -> list[warc.Place]:
    with warc.Archive(folder, known_until=frontier.archived_until) as archive:
        places = [archive.add_document(capture, about=one.about, site=site_id) for capture in one.captures]
        archive.commit()
    frontier.tell(
        Archived(capture, site_id, place.file, place.offset, place.end, warc_format.digest(capture.raw_body))
        for capture, place in zip(one.captures, places, strict=True)
    )
    return places


def _site_of(config: Config, url: str) -> str:
    host = urlsplit(url).hostname
    return next((site.id for site in config.sites if host and urlsplit(site.home).hostname == host), ELSEWHERE)


def _document(file: Path, source: Source, parts: tuple[Source, ...], claim: Claim) -> Given:
    """The file and its parts. Without an address a document is known by its digest: two files of one name stay two."""
    held_since = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    captures = tuple(_held(part, file, held_since, claim.url if part is source else None) for part in (source, *parts))
    return Given(captures, {"file": file.name, **_said(claim)})


def _said(claim: Claim) -> dict[str, str]:
    """What is archived beside the document, so that it is read alike when the database is made again."""
    return {name: str(value) for name, value in ((AGENCY, claim.agency), (YEAR, claim.year)) if value}


def _held(source: Source, file: Path, since: datetime, url: str | None) -> Capture:
    address = url or f"urn:sha256:{hashlib.sha256(source.content).hexdigest()}"
    media_type = source.media_type or mimetypes.guess_type(source.url or "")[0] or "application/octet-stream"
    headers = (("Content-Type", media_type),)
    return Capture(address, address, since, 200, headers, source.content, source.content, origin=f"file {file.name}")


def _foreign(record: Record, file: Path) -> Capture:
    return replace(to_capture(record), origin=f"WARC {file.name}")


def _of_warc(captures: list[Capture], about: dict[str, str]) -> Iterator[Given]:
    """Each capture that may be a document, with those of its parts that the file holds too; the later of two at one address."""
    held = {key_of(capture.url): capture for capture in captures}
    parts = {key: [key_of(link.url) for link in parts_of(capture)] for key, capture in held.items()}
    belonging = {part for names in parts.values() for part in names}
    for key, capture in held.items():
        if key not in belonging and sniff(capture.body) in DOCUMENTS:
            yield Given((capture, *(held[part] for part in parts[key] if part in held)), about, in_passing=True)


def _is_warc(content: bytes) -> bool:
    if content.startswith(b"WARC/"):
        return True
    return content.startswith(b"\x1f\x8b") and _unpacked_head(content).startswith(b"WARC/")


def _unpacked_head(content: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(content, 16)
    except zlib.error:
        return b""
