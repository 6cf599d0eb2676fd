"""WARC 1.1 records and the gzip members that hold them, one record a member.

Each member carries its own lengths (the WARC standard's "sl" field) and a checksum of its compressed bytes ("nb") in gzip's extra
field, which every gzip reader skips. So a file can be walked without unpacking it, and no bit of it can change unseen.
"""

from __future__ import annotations

import base64
import hashlib
import struct
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import uuid4

from crawler.capture import Capture

HEADER_BYTES = 32
MAGIC = b"\x1f\x8b\x08\x04\x00\x00\x00\x00\x00\xff"
_LAYOUT = struct.Struct("<10sH2sHII2sHI")
_TAIL = struct.Struct("<II")
_EXTRA_BYTES = 20
_SAMPLE = 4096
_SMALL = 2048
_TEXT = (b"<", b"{", b"[", b"\xef\xbb\xbf", b"\r", b"\n")
HTML_LEVEL = 3
FIELDS = "application/warc-fields"
"""Media type of blocks that are lines of `name: value`."""
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
KEPT_NAME = "X-Orig-Transfer-Encoding"
_RENAMED = {"transfer-encoding": KEPT_NAME}

Fields = Iterable[tuple[str, str]]


def pack(pieces: Iterable[bytes], level: int) -> bytes:
    """One gzip member of the pieces, compressed at `level` (0 stores)."""
    pieces = tuple(pieces)
    small = sum(map(len, pieces)) < _SMALL
    deflate = zlib.compressobj(level, zlib.DEFLATED, -11 if small else -15, 4 if small else 8)  # a small window is set up sooner
    check, length, out = 0, 0, []
    for piece in pieces:
        check, length = zlib.crc32(piece, check), length + len(piece)
        out.append(deflate.compress(piece))
    out.append(deflate.flush())
    data = b"".join(out)
    total = HEADER_BYTES + len(data) + _TAIL.size
    head = _LAYOUT.pack(MAGIC, _EXTRA_BYTES, b"sl", 8, total, length, b"nb", 4, zlib.crc32(data))
    return b"".join((head, data, _TAIL.pack(check, length)))


def lengths(head: bytes) -> tuple[int, int, int] | None:
    """Total length, unpacked length and checksum that a member's first bytes state; None where they are not of our making."""
    if len(head) < HEADER_BYTES:
        return None
    magic, extra, sl, sl_bytes, total, length, nb, nb_bytes, check = _LAYOUT.unpack_from(head)
    ours = (magic, extra, sl, sl_bytes, nb, nb_bytes) == (MAGIC, _EXTRA_BYTES, b"sl", 8, b"nb", 4)
    return (total, length, check) if ours else None


def looks_like_ours(head: bytes) -> bool:
    """Whether a member has all the signs of our making but one."""
    if len(head) < HEADER_BYTES:
        return False
    magic, extra, sl, sl_bytes, _, _, nb, nb_bytes, _ = _LAYOUT.unpack_from(head)
    signs: list[bool] = [magic == MAGIC, extra == _EXTRA_BYTES, sl == b"sl", sl_bytes == 8, nb == b"nb", nb_bytes == 4]
    return sum(signs) >= len(signs) - 1


def tail(unpacked: bytes) -> bytes:
    """The last eight bytes of the member that holds these."""
    return _TAIL.pack(zlib.crc32(unpacked), len(unpacked))


def level_for(payload: bytes) -> int:
    """0 for what is compressed already (PDF, JPEG, DOCX, gzip), else a level that keeps up with the fetching."""
    if payload.startswith(_TEXT):
        return HTML_LEVEL
    start = len(payload) // 3
    sample = payload[start : start + _SAMPLE]
    if len(sample) < 256:
        return HTML_LEVEL
    return 0 if len(zlib.compress(sample, 1)) > 0.9 * len(sample) else HTML_LEVEL


def digest(*pieces: bytes) -> str:
    """A labelled digest, as WARC writes them: sha256 in base 32."""
    hashed = hashlib.sha256()
    for piece in pieces:
        hashed.update(piece)
    return f"sha256:{base64.b32encode(hashed.digest()).decode()}"


def matches(label: str, data: bytes) -> bool:
    """Whether a labelled digest, of any common algorithm, in base 32 or base 16, is that of the data."""
    algorithm, _, value = label.partition(":")
    try:
        found = hashlib.new(algorithm.strip().lower().replace("-", ""), data).digest()
    except ValueError:
        return False
    return value.strip().lower() in (base64.b32encode(found).decode().lower(), found.hex())


def record_id() -> str:
    """A fresh record identifier."""
    return f"<urn:uuid:{uuid4()}>"


def date(moment: datetime) -> str:
    """A moment as WARC 1.1 writes it, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_date(text: str) -> datetime:
    """The moment of a WARC-Date of any precision."""
    padded = text.strip().removesuffix("Z")
    if len(padded) in (4, 7):
        padded += "-01-01"[: 10 - len(padded)]
    whole, _, fraction = padded.partition(".")
    moment = datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}" if fraction else whole)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def head(fields: Fields) -> bytes:
    """The header of a record, with the empty line that ends it."""
    lines = "".join(f"{name}: {_one_line(value)}\r\n" for name, value in fields)
    return f"WARC/1.1\r\n{lines}\r\n".encode()


def response_head(capture: Capture) -> bytes:
    """Status line and headers as received. A Transfer-Encoding that is undone already goes by another name, lest readers undo it again."""
    status = f"{capture.http_version} {capture.status} {capture.reason}".rstrip()
    return _http_head(status, ((_RENAMED.get(name.lower(), name), value) for name, value in capture.headers))


def request_head(capture: Capture) -> bytes:
    """Request line and headers as sent."""
    after_host = capture.final_url.partition("://")[2].partition("/")[2]
    return _http_head(f"{capture.method} /{after_host} HTTP/1.1", capture.request_headers)


def _http_head(first: str, headers: Fields) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{first}\r\n{lines}\r\n".encode("latin-1", "replace")


def _one_line(value: str) -> str:
    return value.replace("\r", "%0D").replace("\n", "%0A")
