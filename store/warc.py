"""The archive: append-only WARC 1.1 files, each record a gzip member, synced before anyone is told of a place in them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crawler.capture import Capture
from store import warc_format as form
from store.warc_read import Record, Reference, WarcError, read_capture, read_record, read_unit, records

__all__ = ["Archive", "Place", "Reference", "WarcError", "read_capture", "read_unit", "records"]

MAX_BYTES = 1 << 30
_ANSWER = "application/http;msgtype=response"
_REQUEST = "application/http;msgtype=request"
_NAME = re.compile(r"nianbao-\d+-\d+\.warc\.gz$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record lies: file name, offset, and the end of all that belongs to it."""

    file: str
    offset: int
    end: int


class Archive:
    """Writes records. Not for several threads or processes at once.

    Records are gathered by `add` and `add_document`, and written and synced by `commit`; only then do their places hold.
    On opening, the newest file is looked through from `known_until` on: a torn tail is cut, and whole answers that nobody was told
    of are in `untold`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        software: str = "nianbao",
        max_bytes: int = MAX_BYTES,
        known_until: Callable[[str], int] = lambda _: 0,
    ) -> None:
        self._folder = folder
        self._software = software
        self._max_bytes = max_bytes
        self._pending: list[bytes] = []
        self.untold: list[Place] = []
        self._end = 0
        self.cut_bytes = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._open_newest(known_until)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Commit what is gathered and close the file."""
        try:
            self.commit()
        finally:
            os.close(self._file)

    def add(
        self, capture: Capture, *, site: str | None = None, sound: bool = True, payload_digest: str, original: Reference | None = None
    ) -> Place:
        """Gather one exchange: its response (a revisit where `original` holds the body or the answer is a 304) and its request."""
        answer_id = form.record_id()
        confirms = capture.status == 304 and original is not None
        head = form.response_head(capture)
        block = (b"",) if confirms else (head, b"" if original else capture.raw_body)
        fields = [("WARC-Type", "revisit" if original else "response"), ("WARC-Record-ID", answer_id), *self._about(capture)]
        fields += [("WARC-Payload-Digest", payload_digest)] if capture.status != 304 else []
        fields += [*_refers_to(capture, original), *_notes(capture, site, sound)]
        start = self._put(fields, _ANSWER, block, form.level_for(block[-1]))
        if confirms:
            # Replay tools take header and body from the page that a revisit without a block refers to; the 304's own is kept beside it.
            self._put(self._joined("metadata", capture, answer_id), _ANSWER, (head,), form.HTML_LEVEL)
        self._put(
            self._joined("request", capture, answer_id), _REQUEST, (form.request_head(capture), capture.request_body), form.HTML_LEVEL
        )
        return Place(self.name, start, self._end)

    def add_document(self, capture: Capture, *, about: dict[str, str], site: str | None = None) -> Place:
        """Gather a document that was not fetched by us, and a metadata record that states its origin. `about` says more of it."""
        document_id = form.record_id()
        fields = [("WARC-Type", "resource"), ("WARC-Record-ID", document_id), *self._about(capture)]
        fields += [("WARC-Payload-Digest", form.digest(capture.raw_body)), *_notes(capture, site, sound=True)]
        media_type = capture.media_type or "application/octet-stream"
        start = self._put(fields, media_type, (capture.raw_body,), form.level_for(capture.raw_body))
        stated = {"origin": capture.origin, "added": form.date(datetime.now(UTC)), **about}
        lines = "".join(f"{name}: {' '.join((value or '').split())}\r\n" for name, value in stated.items()).encode()
        self._put(self._joined("metadata", capture, document_id), form.FIELDS, (lines,), form.HTML_LEVEL)
        return Place(self.name, start, self._end)

    def commit(self) -> None:
        """Write and sync what was gathered. On failure the file is as before, and OSError is raised."""
        if not self._pending:
            return
        data = b"".join(self._pending)
        try:
            _write_all(self._file, data)
            os.fdatasync(self._file)
        except OSError:
            self.abandon()
            os.ftruncate(self._file, self._end)
            raise
        self._pending.clear()
        if self._end >= self._max_bytes:
            os.close(self._file)
            self._open_new()

    def abandon(self) -> None:
        """Forget what was gathered since the last commit."""
        self._end -= sum(map(len, self._pending))
        self._pending.clear()

    # -- records ----------------------------------------------------------------------------------------------------------

    def _about(self, capture: Capture) -> list[tuple[str, str]]:
        address = [("WARC-IP-Address", capture.remote_address)] if capture.remote_address else []
        return [
            ("WARC-Date", form.date(capture.fetched_at)),
            ("WARC-Target-URI", capture.final_url),
            ("WARC-Warcinfo-ID", self._info_id),
            *address,
        ]

    def _joined(self, kind: str, capture: Capture, record_id: str) -> list[tuple[str, str]]:
        """The fields of a record that belongs to another. Replay tools index what has an address, so what only describes has none."""
        described = [("WARC-Date", form.date(capture.fetched_at)), ("WARC-Warcinfo-ID", self._info_id), ("WARC-Refers-To", record_id)]
        about = described if kind == "metadata" else self._about(capture)
        return [("WARC-Type", kind), ("WARC-Record-ID", form.record_id()), *about, ("WARC-Concurrent-To", record_id)]

    def _put(self, fields: list[tuple[str, str]], media_type: str, block: tuple[bytes, ...], level: int) -> int:
        """Gather one record; its offset."""
        length = sum(map(len, block))
        whole = [*fields, ("WARC-Block-Digest", form.digest(*block)), ("Content-Type", media_type), ("Content-Length", str(length))]
        member = form.pack((form.head(whole), *block, b"\r\n\r\n"), level)
        start, self._end = self._end, self._end + len(member)
        self._pending.append(member)
        return start

    # -- files ------------------------------------------------------------------------------------------------------------

    def _open_newest(self, known_until: Callable[[str], int]) -> None:
        files = sorted(self._files(), key=_serial)
        newest = files.pop() if files else None
        for path in files:
            # A run may have been killed after it began the next file and before it told of the last answers in this one.
            self._gather(path, known_until(path.name))
        end = None if newest is None else self._mend(newest, known_until(newest.name))
        if newest is None or end is None or end >= self._max_bytes:
            self._open_new()
            return
        self.name = newest.name
        self._file = os.open(newest, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        self._end = end
        if end == 0:
            self._begin()
        else:
            with newest.open("rb") as file:
                self._info_id = read_record(file, 0).id

    def _files(self) -> list[Path]:
        """The files of this archive, and none that merely lie beside them."""
        return [path for path in self._folder.iterdir() if _NAME.match(path.name)]

    def _gather(self, path: Path, known: int) -> int:
        """Note the untold answers of a file behind what is known of it; where its whole records end."""
        end = known
        for opener, place in _units(path, known):
            end = place.end
            if opener.opens:
                self.untold.append(place)
        return end

    def _mend(self, path: Path, known: int) -> int | None:
        """Cut a torn tail and gather untold answers; the end of the file then, None where it is damaged before its tail."""
        size = path.stat().st_size
        if size < known:
            return None
        end = self._gather(path, known)
        if end < size and known == 0 and _has_member(path, end + 1):
            return None  # nobody vouches for the end, and sound records follow: this is damage, not a torn tail
        if end < size:
            _truncate(path, end)
            self.cut_bytes = size - end
        return end

    def _open_new(self) -> None:
        now = datetime.now(UTC).strftime("%Y%m%d%H%M%S")
        serial = 1 + max(map(_serial, self._files()), default=0)
        self.name = f"nianbao-{now}-{serial:05}.warc.gz"
        self._file = os.open(self._folder / self.name, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        self._end = 0
        self._begin()

    def _begin(self) -> None:
        """Write the warcinfo record that every file opens with, and make the file's name durable."""
        self._info_id = form.record_id()
        about = f"software: {self._software}\r\nformat: WARC File Format 1.1\r\nconformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
        fields = [("WARC-Type", "warcinfo"), ("WARC-Record-ID", self._info_id), ("WARC-Date", form.date(datetime.now(UTC)))]
        fields += [("WARC-Filename", self.name)]
        self._put(fields, form.FIELDS, (about.encode(),), form.HTML_LEVEL)
        self.commit()
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _serial(path: Path) -> int:
    """The number in a file's name: clocks may go back, numbers do not."""
    return int(path.name.split("-")[2].partition(".")[0])


def _refers_to(capture: Capture, original: Reference | None) -> list[tuple[str, str]]:
    """How a revisit names the record that holds its body; replay tools go by address and date, we by file and offset."""
    if original is None:
        return []
    return [
        ("WARC-Profile", form.NOT_MODIFIED if capture.status == 304 else form.IDENTICAL),
        ("WARC-Refers-To-Target-URI", original.uri),
        ("WARC-Refers-To-Date", form.date(original.fetched_at)),
        ("WARC-Refers-To-Filename", original.file),
        ("WARC-Refers-To-File-Offset", str(original.offset)),
    ]


def _notes(capture: Capture, site: str | None, sound: bool) -> list[tuple[str, str]]:
    """What the standard has no field for."""
    notes = {
        "WARC-Truncated": capture.truncated,
        "Nianbao-Requested-URI": capture.url if capture.url != capture.final_url else None,
        "Nianbao-Redirects": " ".join(capture.redirects),
        "Nianbao-Site": site,
        "Nianbao-Sound": None if sound else "no",
        "Nianbao-Origin": capture.origin if capture.origin != "fetch" else None,
    }
    return [(name, value) for name, value in notes.items() if value]


def _units(path: Path, offset: int) -> Iterator[tuple[Record, Place]]:
    """Whole units from an offset up to the first damage or the end: a record with those that belong to it, or a record alone.

    An answer whose request, or a document whose origin, is missing at the very end is no whole unit.
    """
    opener: Record | None = None
    try:
        for record in records(path, offset):
            if record.opens:
                opener = record
            elif opener is None or record.closes(opener):
                start = opener or record
                yield start, Place(path.name, start.offset, record.end)
                opener = None
    except WarcError:
        return  # from here on the file is torn; the caller cuts it


def _has_member(path: Path, offset: int) -> bool:
    """Whether a readable record begins anywhere after an offset: then the damage before it is no torn tail."""
    data = path.read_bytes()
    with path.open("rb") as file:
        while (offset := data.find(form.MAGIC, offset)) >= 0:
            try:
                read_record(file, offset)
            except WarcError:
                offset += 1
                continue
            return True
    return False


def _truncate(path: Path, end: int) -> None:
    with path.open("r+b") as file:
        file.truncate(end)
        os.fsync(file.fileno())


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
