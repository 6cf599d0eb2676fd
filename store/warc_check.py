"""Is a WARC file what was written? Every fault is named with its place; after one, the search goes on at the next record."""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from store import warc_format as form
from store.warc_read import Record, WarcError, parse_record, split_http

FaultCode = Literal[
    "unreadable", "empty", "damaged", "truncated", "garbage", "no_record", "bad_length", "no_http", "block_digest", "payload_digest",
    "no_warcinfo", "unjoined",
]  # fmt: skip
Bytes = bytes | mmap.mmap
_MEMBER = b"\x1f\x8b\x08"
_READ = 1 << 16


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a WARC file, and at which byte."""

    file: str
    offset: int
    code: FaultCode
    message: str

    def __str__(self) -> str:
        return f"{self.file} at byte {self.offset}: {self.message}"


def verify_file(path: Path) -> list[Fault]:
    """All faults of a WARC file; an empty list for one that is sound.

    Of a file that we wrote no single bit can change unnoticed. In a foreign one that has no checksums of compressed bytes, bits that
    gzip does not use may.
    """
    try:
        size = path.stat().st_size
        if size == 0:
            return [Fault(path.name, 0, "empty", "the file is empty")]
        with path.open("rb") as file, closing(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)) as data:
            return [Fault(path.name, offset, code, message) for offset, code, message in _faults(data, size)]
    except OSError as error:
        return [Fault(path.name, 0, "unreadable", f"cannot be read: {error.strerror}")]


Found = tuple[int, FaultCode, str]


def _faults(data: Bytes, size: int) -> Iterator[Found]:
    ours = form.looks_like_ours(data[: form.HEADER_BYTES])
    joins = _Joins()
    offset = 0
    while offset < size:
        result = _member(data, offset, ours)
        if isinstance(result, Record):
            yield from _record_faults(result)
            yield from joins.see(result) if ours else ()
            offset = result.end
            continue
        yield offset, *_named(result, data, offset)
        offset = _next_member(data, offset + 1, ours)
    yield from joins.rest()


def _named(error: WarcError, data: Bytes, offset: int) -> tuple[FaultCode, str]:
    if data[offset : offset + 3] != _MEMBER:
        return "garbage", "bytes that are no record"
    codes: dict[str, FaultCode] = {"truncated": "truncated", "no_record": "no_record", "bad_length": "bad_length"}
    return codes.get(error.code, "damaged"), error.message


def _next_member(data: Bytes, offset: int, ours: bool) -> int:
    """Where the next readable record begins, the end of the data where none does."""
    while (offset := data.find(_MEMBER, offset)) >= 0:
        if isinstance(_member(data, offset, ours), Record):
            return offset
        offset += 1
    return len(data)


def _member(data: Bytes, offset: int, ours: bool) -> Record | WarcError:
    """The record of the gzip member at an offset, or what is wrong with it. Members of a file of `ours` must all be ours."""
    try:
        unpacked, end = _unpack(data, offset)
        changed = _changed(data[offset:end], len(unpacked), ours)
        return WarcError("damaged", offset, changed) if changed else parse_record(unpacked, offset, end)
    except zlib.error as error:
        return WarcError("damaged", offset, f"cannot be unpacked: {error}")
    except WarcError as error:
        return error


def _unpack(data: Bytes, offset: int) -> tuple[bytes, int]:
    stream = zlib.decompressobj(31)
    pieces, position = [], offset
    while not stream.eof and position < len(data):
        piece = data[position : position + _READ]
        pieces.append(stream.decompress(piece))
        position += len(piece)
    if not stream.eof:
        raise WarcError("truncated", offset, "the file ends inside a record")
    return b"".join(pieces), position - len(stream.unused_data)


def _changed(member: bytes, unpacked: int, ours: bool) -> str | None:
    """What has changed in a member without gzip noticing: its header, or bits that unpacking ignores."""
    stated = form.lengths(member)
    if stated is None:
        return "its gzip header has changed" if ours else None
    total, length, check = stated
    if (total, length) != (len(member), unpacked):
        return "its lengths have changed"
    return None if zlib.crc32(member[form.HEADER_BYTES : -8]) == check else "its compressed bytes have changed"


def _record_faults(record: Record) -> Iterator[Found]:
    block = record.fields.get("warc-block-digest")
    if block is not None and not form.matches(block, record.block):
        yield record.offset, "block_digest", f"the block of {record.id} does not have its digest"
    payload = record.fields.get("warc-payload-digest")
    if payload is None or record.type in ("revisit", "request"):
        return
    try:
        body = split_http(record)[2] if record.type == "response" else record.block
    except WarcError as error:
        yield record.offset, "no_http", error.message
        return
    if not form.matches(payload, body):
        yield record.offset, "payload_digest", f"the payload of {record.id} does not have its digest"


class _Joins:
    """Whether the file opens with a warcinfo, and each request follows the answer it belongs to."""

    def __init__(self) -> None:
        self._open: Record | None = None
        self._first = True

    def see(self, record: Record) -> Iterator[Found]:
        if self._first and record.type != "warcinfo":
            yield record.offset, "no_warcinfo", "the file does not open with a warcinfo record"
        self._first = False
        if self._open is not None and record.closes(self._open):
            self._open = None
        elif self._open is not None and not record.belongs_to(self._open):
            yield from self.rest()
        if record.opens:
            self._open = record

    def rest(self) -> Iterator[Found]:
        if self._open is not None:
            yield self._open.offset, "unjoined", f"the request of {self._open.id} is missing"
            self._open = None
