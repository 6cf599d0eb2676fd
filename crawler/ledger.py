"""The ledger of archived exchanges: what is entered for each, and what it tells about the pages concerned."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawler.capture import Capture
from crawler.urls import clean


@dataclass(frozen=True, slots=True)
class Exchange:
    """One line of the ledger. For a revisit, `original` is the exchange whose record holds the body."""

    number: int
    url: str
    final_url: str
    site: str | None
    method: str
    fetched_at: datetime
    status: int
    media_type: str | None
    sha256: str
    bytes: int
    warc_file: str
    warc_offset: int
    warc_end: int
    original: int | None


@dataclass(frozen=True, slots=True)
class Archived:
    """An exchange that is safely in the archive: its place there, and the digest of the payload as sent.

    `revisit` is whether its body lies in an earlier record: that of the same payload, or for a 304 that of the page. `sound` is
    whether the answer is what was asked for, not a wall, an error page or a torso.
    """

    capture: Capture
    site: str | None
    warc_file: str
    warc_offset: int
    warc_end: int
    payload_digest: str
    revisit: bool = False
    sound: bool = True


def key_of(url: str) -> str:
    """The address as pages are known by; as given where it is none."""
    try:
        return clean(url)
    except ValueError:
        return url


def exchange_of(row: Mapping[str, Any]) -> Exchange:
    """One line of the ledger from its row."""
    return Exchange(**{**row, "fetched_at": datetime.fromisoformat(row["fetched_at"])})


def enter(db: sqlite3.Connection, archived: Archived) -> int:
    """Enter one archived exchange; its number. One that is entered already keeps its number."""
    capture = archived.capture
    original = _original(db, archived)
    number = _enter_exchange(db, archived, original)
    if not archived.revisit and is_shareable(capture):
        db.execute("INSERT OR IGNORE INTO payload (digest, exchange) VALUES (?, ?)", (archived.payload_digest, number))
    if capture.method == "GET":
        _enter_page(db, archived, original or number)
    return number


def is_shareable(capture: Capture) -> bool:
    """Whether a body may stand for the same one met again: whole pages only, not the few words of a redirect or an error."""
    return capture.status == 200 and capture.truncated is None and bool(capture.raw_body)


def _original(db: sqlite3.Connection, archived: Archived) -> int | None:
    if not archived.revisit:
        return None
    if archived.capture.status == 304:
        row = db.execute("SELECT body FROM page WHERE url = ?", (archived.capture.final_url,)).fetchone()
    else:
        row = db.execute("SELECT exchange FROM payload WHERE digest = ?", (archived.payload_digest,)).fetchone()
    return None if row is None else row[0]


def _enter_exchange(db: sqlite3.Connection, archived: Archived, original: int | None) -> int:
    capture = archived.capture
    row = db.execute(
        "SELECT number FROM exchange WHERE warc_file = ? AND warc_offset = ?", (archived.warc_file, archived.warc_offset)
    ).fetchone()
    if row is not None:
        return int(row["number"])
    values = (
        capture.url, capture.final_url, archived.site, capture.method, capture.fetched_at.isoformat(), capture.status, capture.media_type,
        capture.sha256, len(capture.body), archived.warc_file, archived.warc_offset, archived.warc_end, original,
    )  # fmt: skip
    cursor = db.execute(
        "INSERT INTO exchange (url, final_url, site, method, fetched_at, status, media_type, sha256, bytes, warc_file, warc_offset,"
        " warc_end, original) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        values,
    )
    return int(cursor.lastrowid or 0)


def _enter_page(db: sqlite3.Connection, archived: Archived, body: int) -> None:
    capture = archived.capture
    told: dict[str, object] = {
        "site": archived.site,
        "fetched_at": capture.fetched_at.timestamp(),
        "status": capture.status,
        "final_url": capture.final_url,
    }
    if archived.sound and capture.status == 200:
        told |= {"sha256": capture.sha256, "body": body}
    if archived.sound and capture.status in (200, 304):
        told |= {"attempts": 0, "error": None}
    fetched = capture.origin == "fetch"
    _upsert(db, capture.final_url, told | _validators(capture, archived.sound), fetched)
    asked = key_of(capture.url)
    if asked != capture.final_url:
        _upsert(db, asked, told, fetched)


def _validators(capture: Capture, sound: bool) -> dict[str, object]:
    """What to ask with next time. Only a sound page brings any; a 304 leaves those that are known."""
    if capture.status == 304:
        return {}
    keep = sound and capture.status == 200
    return {
        "etag": capture.header("etag") if keep else None,
        "last_modified": capture.header("last-modified") if keep else None,
    }


def _upsert(db: sqlite3.Connection, url: str, told: Mapping[str, object], fetched: bool) -> None:
    """What was not fetched by us but held elsewhere gives way to what is newer."""
    names = ", ".join(told)
    changes = ", ".join(f"{name} = excluded.{name}" for name in told if name != "site")
    db.execute(
        f"INSERT INTO page (url, first_seen, {names}) VALUES (?, ?, {', '.join('?' * len(told))})"  # noqa: S608 - names are those above
        f" ON CONFLICT (url) DO UPDATE SET site = coalesce(site, excluded.site), {changes}"
        " WHERE ? OR page.fetched_at IS NULL OR excluded.fetched_at >= page.fetched_at",
        (url, told["fetched_at"], *told.values(), fetched),
    )
