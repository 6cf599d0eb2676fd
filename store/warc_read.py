"""Reading records back: ours by their places, and those of foreign WARC files in passing."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from crawler.capture import Capture, Truncated
from crawler.unpack import KEPT_OF_TOO_LARGE, unpack
from store import warc_format as form

_UNPACKED_LIMIT = 1 << 30
_HEAD_LIMIT = 1 << 20
_LINE_END = re.compile(rb"\r?\n\r?\n")
Headers = tuple[tuple[str, str], ...]


class WarcError(Exception):
    """A WARC file is not what it should be at an offset; `code` names the fault."""

    def __init__(self, code: str, offset: int, message: str) -> None:
        super().__init__(f"at byte {offset}: {message}")
        self.code = code
        self.offset = offset
        self.message = message


@dataclass(frozen=True)
class Record:
    """One record: its header (names in lower case), its block, and where it lies."""

    fields: Mapping[str, str]
    block: bytes
    offset: int
    end: int

    @property
    def type(self) -> str:
        """WARC-Type."""
        return self.fields.get("warc-type", "")

    @property
    def id(self) -> str:
        """WARC-Record-ID."""
        return self.fields.get("warc-record-id", "")

    @property
    def uri(self) -> str:
        """WARC-Target-URI, without the angle brackets of WARC 1.0."""
        return self.fields.get("warc-target-uri", "").strip("<>")

    @property
    def opens(self) -> bool:
        """Whether other records of ours belong to this one and follow it."""
        return self.type in ("response", "revisit", "resource")

    def belongs_to(self, opener: Record) -> bool:
        """Whether this was written together with that."""
        return bool(opener.id) and self.fields.get("warc-concurrent-to") == opener.id

    def closes(self, opener: Record) -> bool:
        """Whether this is the last that belongs to that: an answer's request, a document's origin."""
        return self.belongs_to(opener) and (self.type == "request" or opener.type == "resource")


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier record that holds a payload which is not stored again."""

    uri: str
    fetched_at: datetime
    file: str
    offset: int


@dataclass(frozen=True)
class Unit:
    """An answer or document, and by type the records that belong to it: its request, or what is said of it."""

    record: Record
    companions: Mapping[str, Record]


def records(path: Path, offset: int = 0) -> Iterator[Record]:
    """The records of a file of ours from an offset on. Raises `WarcError` at the first that is damaged."""
    size = path.stat().st_size
    with path.open("rb") as file:
        while offset < size:
            record = read_record(file, offset)
            yield record
            offset = record.end


def read_record(file: BinaryIO, offset: int) -> Record:
    """The record at an offset. Raises `WarcError` where there is none, or it is damaged."""
    file.seek(offset)
    head = file.read(form.HEADER_BYTES)
    stated = form.lengths(head)
    if stated is None:
        short = len(head) < form.HEADER_BYTES
        raise WarcError("truncated" if short else "no_record", offset, "the file ends in a record" if short else "no record begins here")
    total, length, check = stated
    data = file.read(max(total - form.HEADER_BYTES, 0))
    if len(data) < total - form.HEADER_BYTES:
        raise WarcError("truncated", offset, "the file ends in a record")
    return parse_record(_unpack_member(data, length, check, offset), offset, offset + total)


def _unpack_member(data: bytes, length: int, check: int, offset: int) -> bytes:
    deflated, tail = data[:-8], data[-8:]
    if zlib.crc32(deflated) != check:
        raise WarcError("damaged", offset, "the compressed bytes have changed")
    try:
        unpacked = zlib.decompressobj(-15).decompress(deflated, length + 1)
    except zlib.error as error:
        raise WarcError("damaged", offset, f"cannot be unpacked: {error}") from error
    if tail != form.tail(unpacked) or len(unpacked) != length:
        raise WarcError("damaged", offset, "the unpacked bytes are not those that were stored")
    return unpacked


def parse_record(data: bytes, offset: int, end: int) -> Record:
    """A record from its unpacked bytes. Raises `WarcError` where they are none."""
    found = _LINE_END.search(data, 0, _HEAD_LIMIT)
    if not data.startswith(b"WARC/1.") or found is None:
        raise WarcError("no_record", offset, "not a WARC record")
    fields = parse_fields(data[: found.start()])
    length = fields.get("content-length", "")
    if not length.isdigit() or len(data) < found.end() + int(length):
        raise WarcError("bad_length", offset, f"Content-Length {length or 'is missing'} does not fit the record")
    return Record(fields, data[found.end() : found.end() + int(length)], offset, end)


def parse_fields(head: bytes) -> dict[str, str]:
    """The named fields below a record's first line; a repeated name keeps its first value, folded lines are joined."""
    fields: dict[str, str] = {}
    for line in re.sub(r"\r?\n[ \t]+", " ", head.decode("utf-8", "replace")).splitlines()[1:]:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip().lower(), value.strip())
    return fields


def read_capture(path: Path, offset: int) -> Capture:
    """The capture whose response, revisit or resource record lies at an offset.

    The body of a revisit of an identical payload comes from the record it refers to, in the same folder. A 304 has none.
    Raises `WarcError` where the record is damaged or holds no capture, OSError where the file cannot be read.
    """
    unit = read_unit(path, offset)
    record = unit.record
    held = record.type == "revisit" and record.fields.get("warc-profile") == form.IDENTICAL
    payload = _original_payload(path.parent, record) if held else None
    return to_capture(record, unit.companions.get("request"), payload=payload, head=unit.companions.get("metadata"))


def read_unit(path: Path, offset: int) -> Unit:
    """The record at an offset and those that belong to it. Raises `WarcError` where the first is damaged."""
    with path.open("rb") as file:
        record = read_record(file, offset)
        return Unit(record, {companion.type: companion for companion in _companions(file, record)})


def _companions(file: BinaryIO, record: Record) -> Iterator[Record]:
    end = record.end
    try:
        while (following := read_record(file, end)).belongs_to(record):
            yield following
            if following.closes(record):
                return
            end = following.end
    except WarcError:
        return  # the file ends here, or is damaged behind what was asked for


def refers_to(record: Record) -> Reference | None:
    """The record that a revisit of ours refers to; None for all other records."""
    fields = record.fields
    name, offset = fields.get("warc-refers-to-filename"), fields.get("warc-refers-to-file-offset", "")
    if record.type != "revisit" or not name or not offset.isdigit():
        return None
    moment = form.parse_date(fields.get("warc-refers-to-date", ""))
    return Reference(fields.get("warc-refers-to-target-uri", ""), moment, Path(name).name, int(offset))


def _original_payload(folder: Path, record: Record) -> bytes:
    reference = refers_to(record)
    if reference is None:
        raise WarcError("unresolved", record.offset, "a revisit that names no record of ours")
    with (folder / reference.file).open("rb") as file:
        payload = split_http(read_record(file, reference.offset))[2]
    if form.digest(payload) != record.fields.get("warc-payload-digest"):
        raise WarcError("unresolved", record.offset, f"{reference.file} at {reference.offset} holds another payload")
    return payload


def split_http(record: Record) -> tuple[str, Headers, bytes]:
    """First line, headers and payload of an HTTP block. Header values are latin-1, byte for byte."""
    found = _LINE_END.search(record.block, 0, _HEAD_LIMIT)
    if found is None:
        raise WarcError("no_http", record.offset, "its block is no HTTP message")
    first, *lines = re.sub(r"\r?\n[ \t]+", " ", record.block[: found.start()].decode("latin-1")).split("\n")
    pairs = (line.rstrip("\r").partition(":") for line in lines)
    return first.rstrip("\r"), tuple((name.strip(), value.strip()) for name, _, value in pairs), record.block[found.end() :]


def to_capture(record: Record, request: Record | None = None, *, payload: bytes | None = None, head: Record | None = None) -> Capture:
    """A capture from a response, revisit or resource record, and its request where there is one.

    `payload` is that of the record that a revisit refers to, `head` the record with the header of a 304.
    """
    fields = record.fields
    version, status, reason, headers, raw = _answer_of(record, head)
    raw = raw if payload is None else payload
    truncated = _truncated(fields)
    codings = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    media_type = next((value for name, value in reversed(headers) if name.lower() == "content-type"), None)
    method, request_headers, request_body = _asked(request)
    return Capture(
        url=fields.get("nianbao-requested-uri", record.uri),
        final_url=record.uri,
        fetched_at=form.parse_date(fields.get("warc-date", "1970-01-01T00:00:00Z")),
        status=status,
        headers=headers,
        raw_body=raw,
        body=unpack(raw, codings, KEPT_OF_TOO_LARGE if truncated == "length" else _UNPACKED_LIMIT, media_type).body,
        method=method,
        request_headers=request_headers,
        request_body=request_body,
        redirects=tuple(fields.get("nianbao-redirects", "").split()),
        truncated=truncated,
        remote_address=fields.get("warc-ip-address"),
        origin=fields.get("nianbao-origin", "fetch"),
        http_version=version,
        reason=reason,
    )


def _answer_of(record: Record, head: Record | None) -> tuple[str, int, str, Headers, bytes]:
    """HTTP version, status, reason, headers and payload."""
    if record.type in ("resource", "conversion"):
        media_type = record.fields.get("content-type")
        return "HTTP/1.1", 200, "", (("Content-Type", media_type),) if media_type else (), record.block
    if record.type not in ("response", "revisit"):
        raise WarcError("no_capture", record.offset, f"a {record.type or 'nameless'} record holds no capture")
    first, headers, raw = split_http(head if head is not None and not record.block else record)
    version, _, rest = first.partition(" ")
    status, _, reason = rest.strip().partition(" ")
    if not status.isdigit():
        raise WarcError("no_http", record.offset, f"no status line: {first[:60]!r}")
    if any(name.lower() == "transfer-encoding" and "chunked" in value.lower() for name, value in headers):
        raw = _joined(raw)
    return version, int(status), reason, tuple((_NAMES.get(name, name), value) for name, value in headers), raw


def _joined(raw: bytes) -> bytes:
    """The chunks of a body joined; the bytes as they are where they are no chunks, for some tools keep the header alone."""
    pieces: list[bytes] = []
    position = 0
    while (found := _CHUNK.match(raw, position)) is not None:
        start, length = found.end(), int(found[1], 16)
        if length == 0:
            return b"".join(pieces)
        pieces.append(raw[start : start + length])
        position = start + length
    return raw if position == 0 else b"".join(pieces)


_CHUNK = re.compile(rb"(?:\r?\n)?([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_NAMES = {form.KEPT_NAME: "Transfer-Encoding"}


def _truncated(fields: Mapping[str, str]) -> Truncated | None:
    value = fields.get("warc-truncated")
    return cast("Truncated", value) if value in ("length", "time", "disconnect") else None


def _asked(request: Record | None) -> tuple[str, Headers, bytes]:
    if request is None:
        return "GET", (), b""
    first, headers, body = split_http(request)
    return first.partition(" ")[0], headers, body


def foreign_records(path: Path) -> Iterator[Record]:
    """The records of any WARC file, packed or not, in whatever members. `offset` counts unpacked bytes. Raises `WarcError`."""
    with path.open("rb") as plain:
        packed = plain.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rb") if packed else path.open("rb") as stream:
        try:
            yield from _stream_records(cast("BinaryIO", stream))
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise WarcError("damaged", stream.tell(), f"cannot be unpacked: {error}") from error


def _stream_records(stream: BinaryIO) -> Iterator[Record]:
    offset = 0
    while True:
        head, blank = _stream_head(stream)
        if not head:
            return
        if not head.startswith(b"WARC/"):
            raise WarcError("no_record", offset, "not a WARC record")
        fields = parse_fields(head)
        length = fields.get("content-length", "")
        if not length.isdigit() or int(length) > _UNPACKED_LIMIT:
            raise WarcError("bad_length", offset, f"Content-Length {length or 'is missing'}")
        block = stream.read(int(length))
        if len(block) < int(length):
            raise WarcError("truncated", offset, "the file ends in a record")
        end = offset + blank + len(head) + len(block)
        yield Record(fields, block, offset, end)
        offset = end


def _stream_head(stream: BinaryIO) -> tuple[bytes, int]:
    """The header lines up to the empty one, and how many bytes of blank lines went before."""
    blank, line = 0, stream.readline(_HEAD_LIMIT)
    while line in (b"\r\n", b"\n"):
        blank, line = blank + len(line), stream.readline(_HEAD_LIMIT)
    lines = [line]
    while line not in (b"\r\n", b"\n", b"") and len(lines) < 1000:
        line = stream.readline(_HEAD_LIMIT)
        lines.append(line)
    return b"".join(lines), blank
