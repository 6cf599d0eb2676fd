"""What is known about every address and host, kept in SQLite so that kill -9 at any moment loses nothing that was told.

The archive is written and synced first; only then is the frontier told, in one transaction a batch. Times are POSIX seconds.
"""

from __future__ import annotations

import errno
import json
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from crawler.capture import Capture
from crawler.ledger import Archived, Exchange, enter, exchange_of, key_of
from crawler.robots import Robots, State

_VERSION = 1
_DISK_TROUBLE = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_IOERR: errno.EIO,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
}
_HOUR = 3600.0
_NIGHT = 24 * _HOUR


@dataclass(frozen=True, slots=True)
class Page:
    """An address as last seen. `sha256` is of its last full decoded body, `body` the exchange in the ledger that holds it."""

    url: str
    site: str | None
    kind: str | None
    first_seen: float
    due_at: float | None
    attempts: int
    error: str | None
    fetched_at: float | None
    status: int | None
    etag: str | None
    last_modified: str | None
    sha256: str | None
    final_url: str | None
    body: int | None


@dataclass(frozen=True, slots=True)
class Rest:
    """A host that is left alone until a time, and why: `code` is that of the error which a request meets meanwhile."""

    until: float
    code: str
    why: str


class Frontier:
    """The state of the crawl in one SQLite file, or in memory where no path is given. May be used from several threads."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = threading.RLock()
        self._writer = _connect(path)
        self._reader = self._writer if path is None else _connect(path)
        self._writer.executescript(resources.files("crawler").joinpath("frontier.sql").read_text("utf-8"))
        self._writer.execute(f"PRAGMA user_version = {_VERSION}")
        # Asked for at every request; one run at a time writes them, so memory is as good as the file.
        self._hosts = {row["host"]: row for row in self._rows("SELECT * FROM host")}

    def close(self) -> None:
        """Close the file. What was told is already on disk."""
        with self._lock:
            if self._reader is not self._writer:
                self._reader.close()
            self._writer.close()

    def __enter__(self) -> Frontier:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    # -- pages ------------------------------------------------------------------------------------------------------------

    def plan(self, url: str, *, site: str | None = None, kind: str | None = None, due_at: float | None = None) -> None:
        """Know of an address, and when to ask for it (None: whenever). An address known already gets the new time and kind."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO page (url, site, kind, first_seen, due_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT (url) DO UPDATE SET"
                " site = coalesce(excluded.site, site), kind = coalesce(excluded.kind, kind), due_at = excluded.due_at",
                (key_of(url), site, kind, time.time(), due_at),
            )

    def page(self, url: str) -> Page | None:
        """What is known of an address."""
        row = self._row("SELECT * FROM page WHERE url = ?", (key_of(url),))
        return None if row is None else Page(**row)

    def pages(self, site: str | None = None, kind: str | None = None) -> list[Page]:
        """All known addresses, of one site or kind where given, in the order of first sight."""
        rows = self._rows(
            "SELECT * FROM page WHERE site IS coalesce(?, site) AND kind IS coalesce(?, kind) ORDER BY first_seen, url", (site, kind)
        )
        return [Page(**row) for row in rows]

    def due(self, site: str | None = None, *, now: float | None = None) -> list[Page]:
        """Addresses whose time has come, the longest waiting first."""
        moment = time.time() if now is None else now
        rows = self._rows(
            "SELECT * FROM page WHERE site IS coalesce(?, site) AND coalesce(due_at, 0) <= ? ORDER BY due_at, first_seen, url",
            (site, moment),
        )
        return [Page(**row) for row in rows]

    def is_due(self, url: str, *, now: float | None = None) -> bool:
        """Whether an address is unknown, or its time has come."""
        page = self.page(url)
        moment = time.time() if now is None else now
        return page is None or page.due_at is None or page.due_at <= moment

    def failed(self, url: str, error: str, *, site: str | None = None, not_before: float | None = None) -> None:
        """Note that an address could not be had. The next try waits an hour, then longer each time, up to four nights."""
        now = time.time()
        with self._transaction() as db:
            db.execute("INSERT INTO page (url, site, first_seen) VALUES (?, ?, ?) ON CONFLICT (url) DO NOTHING", (key_of(url), site, now))
            row = db.execute("SELECT attempts FROM page WHERE url = ?", (key_of(url),)).fetchone()
            due_at = max(now + backoff_s(row["attempts"]), not_before or 0.0)
            db.execute("UPDATE page SET attempts = attempts + 1, error = ?, due_at = ? WHERE url = ?", (error, due_at, key_of(url)))

    # -- the ledger -------------------------------------------------------------------------------------------------------

    def tell(self, batch: Iterable[Archived]) -> list[int]:
        """Enter archived exchanges, all or none; their numbers in the ledger. One that is entered already keeps its number."""
        with self._transaction() as db:
            return [enter(db, archived) for archived in batch]

    def exchange(self, number: int) -> Exchange | None:
        """One line of the ledger."""
        row = self._row("SELECT * FROM exchange WHERE number = ?", (number,))
        return None if row is None else exchange_of(row)

    def exchanges(self, after: int = 0) -> Iterator[Exchange]:
        """The ledger from a number on: what a database that lags behind the archive has not heard of."""
        while rows := self._rows("SELECT * FROM exchange WHERE number > ? ORDER BY number LIMIT 1000", (after,)):
            yield from map(exchange_of, rows)
            after = rows[-1]["number"]

    def find(self, capture: Capture) -> Exchange | None:
        """The line of an archived capture."""
        moment = capture.fetched_at.isoformat()
        row = self._row("SELECT * FROM exchange WHERE final_url = ? AND fetched_at = ?", (capture.final_url, moment))
        return None if row is None else exchange_of(row)

    def original(self, payload_digest: str) -> Exchange | None:
        """The exchange whose record holds a payload, where the archive has it already."""
        row = self._row("SELECT exchange.* FROM payload JOIN exchange ON number = exchange WHERE digest = ?", (payload_digest,))
        return None if row is None else exchange_of(row)

    def body_of(self, url: str) -> Exchange | None:
        """The exchange that holds the last full body of an address: what a 304 refers to."""
        row = self._row("SELECT exchange.* FROM page JOIN exchange ON number = body WHERE page.url = ?", (key_of(url),))
        return None if row is None else exchange_of(row)

    def archived_until(self, warc_file: str) -> int:
        """The offset in a WARC file up to which the ledger knows it; 0 for a file it does not know."""
        row = self._row("SELECT max(warc_end) AS until FROM exchange WHERE warc_file = ?", (warc_file,))
        return int(row["until"] or 0) if row is not None else 0

    # -- hosts, named with their port where it is not the scheme's own ----------------------------------------------------

    def rest(self, host: str, until: float, code: str, why: str) -> None:
        """Leave a host alone until a time; never shortens a rest."""
        if until > (self.host(host).get("rest_until") or 0.0):
            self.note(host, rest_until=until, rest_code=code, rest_why=why)

    def resting(self, host: str, *, now: float | None = None) -> Rest | None:
        """The rest that a host is in, if any."""
        facts = self.host(host)
        if (facts.get("rest_until") or 0.0) <= (time.time() if now is None else now):
            return None
        return Rest(facts["rest_until"], facts["rest_code"], facts["rest_why"])

    def note(self, host: str, **facts: Any) -> None:  # noqa: ANN401 - the columns of one table
        """Keep facts of a host: `scheme` that answers, `tls_why` and `tls_since` of a TLS exception, `home` (sha256), its rest."""
        names = ", ".join(facts)
        marks = ", ".join("?" * len(facts))
        changes = ", ".join(f"{name} = excluded.{name}" for name in facts)
        with self._transaction() as db:
            db.execute(
                f"INSERT INTO host (host, {names}) VALUES (?, {marks}) ON CONFLICT (host) DO UPDATE SET {changes}",  # noqa: S608 - names are keywords
                (host, *facts.values()),
            )
            self._hosts[host] = dict(db.execute("SELECT * FROM host WHERE host = ?", (host,)).fetchone())

    def host(self, host: str) -> Mapping[str, Any]:
        """All facts of a host; an empty mapping where none are known."""
        return self._hosts.get(host, {})

    def tls_exceptions(self) -> dict[str, str]:
        """Hosts fetched from with permissive TLS, and the error that made it necessary."""
        return {host: facts["tls_why"] for host, facts in sorted(self._hosts.items()) if facts["tls_why"] is not None}

    def robots(self, origin: str, *, now: float | None = None) -> Robots | None:
        """The robots rules of an origin while they are fresh."""
        row = self._row("SELECT * FROM robots WHERE origin = ?", (origin,))
        if row is None or row["expires"] <= (time.time() if now is None else now):
            return None
        state: State = row["state"]
        return Robots(state, row["text"], row["why"])

    def keep_robots(self, origin: str, robots: Robots, expires: float) -> None:
        """Keep robots rules until a time."""
        with self._transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO robots (origin, state, text, why, expires) VALUES (?, ?, ?, ?, ?)",
                (origin, robots.state, robots.text, robots.why, expires),
            )

    # -- lessons ----------------------------------------------------------------------------------------------------------

    def recall(self, site: str) -> dict[str, Any]:
        """What the finder learned of a site; empty where it never did."""
        row = self._row("SELECT json FROM lesson WHERE site = ?", (site,))
        return {} if row is None else dict(json.loads(row["json"]))

    def learn(self, site: str, lesson: Mapping[str, Any]) -> None:
        """Keep what the finder learned of a site, in place of what it knew. Anything that JSON holds."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO lesson (site, json) VALUES (?, ?)", (site, json.dumps(lesson, ensure_ascii=False)))

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. Raises OSError where the disk is full or may not be written, as writing any other file does."""
        with self._lock:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException as error:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in _DISK_TROUBLE:
                    raise OSError(_DISK_TROUBLE[error.sqlite_errorcode & 0xFF], f"the crawl state cannot be written: {error}") from error
                raise

    def _row(self, query: str, values: tuple[object, ...]) -> dict[str, Any] | None:
        rows = self._rows(query, values)
        return rows[0] if rows else None

    def _rows(self, query: str, values: tuple[object, ...] = ()) -> list[dict[str, Any]]:
        return [dict(row) for row in self._reader.execute(query, values).fetchall()]


def backoff_s(attempts: int) -> float:
    """Seconds until another try after so many failures: an hour, then nights."""
    return _HOUR if attempts == 0 else min(2.0 ** (attempts - 1), 4.0) * _NIGHT


def _connect(path: Path | None) -> sqlite3.Connection:
    db = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False, timeout=30)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    return db
