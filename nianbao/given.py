"""Files that somebody holds → the documents in them, each with its parts, read from the disk when its turn comes."""

from __future__ import annotations

import hashlib
import mimetypes
import pickle
import re
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO
from zipfile import BadZipFile, ZipFile, is_zipfile

from crawler.capture import Capture
from crawler.ledger import key_of
from crawler.parts import parts_of
from extract.document import Source
from extract.kind import Kind, sniff
from nianbao import on_disk
from nianbao.errors import Usage
from nianbao.messages import say
from store.warc_read import Record, WarcError, foreign_records, split_http, to_capture

DOCUMENTS = frozenset(Kind) - {Kind.png, Kind.jpeg, Kind.gif, Kind.bmp, Kind.tiff, Kind.webp}
NAMES = ("warc-record-id", "warc-payload-digest")
"""What a later record may refer to this one by."""
_IN_WACZ = re.compile(r"archive/[^/]+\.warc(?:\.gz)?")
ADDRESSED = ("http://", "https://", "urn:sha256:")
"""Addresses of what was published; a WARC file also holds name lookups, logs and pictures of its own making."""


@dataclass(frozen=True, slots=True)
class Given:
    """One document with its parts, as captures that were not made by us; `captures` reads them: the document first."""

    captures: Callable[[], tuple[Capture, ...]]
    file: str
    """The name of the file that holds it."""
    in_passing: bool = False
    """Nobody said that it is a report: it was found among others."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is kept in memory of one capture in a WARC file; `place` is where it was put aside."""

    key: str
    fetched_at: datetime
    place: int
    parts: tuple[str, ...]
    is_document: bool
    file: str


class Aside:
    """Records of WARC files put aside on the disk: a file of any size is gone through once, and parts may come in any order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file: IO[bytes] = TemporaryFile(dir=folder)  # noqa: SIM115 - closed with this
        self._places: dict[str, int] = {}
        self.unresolved: list[tuple[Record, str]] = []
        """Records that say no more than "as in another file", which was not given yet, and the names of their files."""

    def __enter__(self) -> Aside:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def put(self, record: Record, file: str) -> int | None:
        """Where it now is; None where its body is in a file that was not given."""
        original = self._original(record) if record.type == "revisit" else None
        if record.type == "revisit" and original is None:
            if "not-modified" not in record.fields.get("warc-profile", ""):
                self.unresolved.append((record, file))
            return None
        place = self._file.seek(0, 2)
        pickle.dump((record, original, f"WARC {file}"), self._file)
        self._places.update({record.fields[name]: place for name in NAMES if record.fields.get(name)})
        return place

    def get(self, place: int) -> Capture:
        """The capture in the record put there. Raises `WarcError` where it holds none."""
        record, original, origin = self._at(place)
        payload = None if original is None else split_http(original)[2]
        return replace(to_capture(record, payload=payload, head=original), origin=origin)

    def _original(self, revisit: Record) -> Record | None:
        named = (revisit.fields.get(name, "") for name in ("warc-refers-to", "warc-payload-digest"))
        place = next((self._places[name] for name in named if name in self._places), None)
        if place is None:
            return None
        record, original, _ = self._at(place)
        return original or record

    def _at(self, place: int) -> tuple[Record, Record | None, str]:
        self._file.seek(place)
        found: tuple[Record, Record | None, str] = pickle.load(self._file)  # noqa: S301 - a file without a name, of our own making
        return found


def documents(files: Iterable[Path], aside: Aside, url: str | None = None) -> list[Given]:
    """What is in the files: each document by itself; of all WARC files together every one that is no part of another, the oldest first.

    `url` is the address of a single document. Raises `Usage` where a file cannot be read, before any of them is used.
    """
    found: list[Given] = []
    seen: list[_Seen] = []
    for file in files:
        if _holds_captures(file):
            seen.extend(_seen(file, aside))
        else:
            on_disk.load(file)
            found.append(Given(partial(_document, file, url), file.name))
    waiting, aside.unresolved = aside.unresolved, []
    for record, name in waiting:
        seen.extend(_put(record, name, aside))
    return [*found, *_captured(sorted(seen, key=lambda one: one.fetched_at), aside)]


def _document(file: Path, url: str | None) -> tuple[Capture, ...]:
    """The file and its parts. Without an address a document is known by its digest: two files of one name stay two."""
    source, parts = on_disk.load(file)
    held_since = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    return tuple(_held(part, file, held_since, url if part is source else None) for part in (source, *parts))


def _held(source: Source, file: Path, since: datetime, url: str | None) -> Capture:
    address = url or f"urn:sha256:{hashlib.sha256(source.content).hexdigest()}"
    media_type = source.media_type or mimetypes.guess_type(source.url or "")[0] or "application/octet-stream"
    headers = (("Content-Type", media_type),)
    return Capture(address, address, since, 200, headers, source.content, source.content, origin=f"file {file.name}")


def _captured(seen: Sequence[_Seen], aside: Aside) -> Iterator[Given]:
    held: dict[str, list[_Seen]] = defaultdict(list)
    for one in seen:
        held[one.key].append(one)
    belonging = {part for one in seen for part in one.parts}
    for one in seen:
        if one.is_document and one.key not in belonging:
            parts = (_nearest(held[part], one).place for part in one.parts if part in held)
            yield Given(partial(_captures, aside, (one.place, *parts)), one.file, in_passing=True)


def _seen(file: Path, aside: Aside) -> Iterator[_Seen]:
    try:
        for warc in _warc_files(file, aside):
            for record in foreign_records(warc):
                yield from _put(record, file.name, aside)
    except (WarcError, BadZipFile) as error:
        raise _broken(file.name, error) from error


def _put(record: Record, file: str, aside: Aside) -> Iterator[_Seen]:
    """Put a record aside; what is told of it, where it is an answer that holds something."""
    if not record.opens or not record.uri.startswith(ADDRESSED) or (place := aside.put(record, file)) is None:
        return
    try:
        capture = aside.get(place)
    except WarcError as error:
        raise _broken(file, error) from error
    if capture.status == 200 and capture.body:
        parts = tuple(key_of(link.url) for link in parts_of(capture))
        yield _Seen(key_of(capture.url), capture.fetched_at, place, parts, sniff(capture.body) in DOCUMENTS, file)


def _broken(file: str, error: Exception) -> Usage:
    return Usage(say("{path}: {error}; mend it first, nothing was added", path=file, error=error))


def _warc_files(file: Path, aside: Aside) -> Iterator[Path]:
    """The file itself, or those in a WACZ, one after the other on the disk."""
    if not is_zipfile(file):
        yield file
        return
    with ZipFile(file) as archive, TemporaryDirectory(dir=aside.folder) as folder:
        for name in filter(_IN_WACZ.fullmatch, archive.namelist()):
            yield Path(archive.extract(name, folder))


def _nearest(captures: Sequence[_Seen], to: _Seen) -> _Seen:
    return min(captures, key=lambda one: abs(one.fetched_at - to.fetched_at))


def _captures(aside: Aside, places: Sequence[int]) -> tuple[Capture, ...]:
    return tuple(map(aside.get, places))


def _holds_captures(file: Path) -> bool:
    """Whether it is a WARC file or a WACZ, a ZIP of these."""
    try:
        with file.open("rb") as opened:
            head = opened.read(4096)
        if is_zipfile(file):
            return _is_wacz(file)
    except OSError as error:
        raise Usage(f"{file}: {say('cannot be read: {error}', error=error.strerror)}") from error
    return (_unpacked_head(head) if head.startswith(b"\x1f\x8b") else head).startswith(b"WARC/")


def _is_wacz(file: Path) -> bool:
    try:
        with ZipFile(file) as archive:
            return any(map(_IN_WACZ.fullmatch, archive.namelist()))
    except BadZipFile:
        return False


def _unpacked_head(content: bytes) -> bytes:
    try:
        return zlib.decompressobj(31).decompress(content, 16)
    except zlib.error:
        return b""
