"""Reports into rows: one transaction, versions never overwritten, nothing half-loaded.

Each reading is compared with what is held of the same agency, year and scope (whatever its address) and of the same address
(whatever it then was), then kept as a new version, or not at all. See `provenance.Loaded` for the outcomes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import duckdb
import pyarrow as pa

from extract.document import Problem
from extract.report import Report
from store import content, versions
from store.agencies import Agencies
from store.content import Printed
from store.corrections import TRANSCRIBED
from store.database import Row, insert, registered, rollback, scalar
from store.problems import Sighting, record, settle, shortened
from store.provenance import Change, Loaded, LoadOutcome, Provenance
from store.rows import Batch, dated, utc
from store.versions import Version

Item = tuple[Report, Provenance]
Key = tuple[int, int, str]
Reread = Callable[[int], Report | None]
"""What today's readers make of the archived bytes of a held version; None where the bytes are not at hand."""

FIRST_YEAR, LAST_YEAR = 2003, 2100
HELD = (
    f"report_id, agency_id, year, scope, version, url, CASE WHEN report_id IN ({TRANSCRIBED}) THEN 'partial' ELSE status END, "
    "content_hash, source_hash, reader_version, captured_at, published_on, is_current, gone_on, retired"
)
"""A version as it was read: hand corrections apart."""
AS_READ = """
    SELECT f.table_code, f.row_code, f.column_code, CASE WHEN h.applied THEN h.old_value ELSE f.value END, f.raw
    FROM figure f LEFT JOIN hand_correction h ON h.applied AND h.report_id = f.report_id
      AND (h.table_code, h.row_code, h.column_code) = (f.table_code, f.row_code, f.column_code)
    WHERE f.report_id = ?
"""
GONE = """
    INSERT INTO reading SELECT $run, site_id, url, NULL, NULL, NULL, NULL, NULL, 'gone', report_id
    FROM (SELECT DISTINCT site_id, url, report_id FROM reading WHERE url = $url AND report_id IS NOT NULL)
"""
ALIVE = """
    SELECT report_id, g.url FROM reading g JOIN report r USING (report_id) WHERE g.url <> ?
    GROUP BY report_id, g.url
    HAVING arg_max(g.outcome, g.rowid) <> 'gone' AND (arg_max(g.status, g.rowid) <> 'unreadable' OR any_value(r.status) = 'unreadable')
    ORDER BY ALL DESC
"""
"""Versions of which copies live at other addresses; of several the smallest is the last."""
CORRECTED = "UPDATE report SET reason = 'correction' WHERE reason = 'first' AND report_id IN (SELECT unnest($1::INTEGER[]))"
REJECTED = {
    "not_a_report": "not an annual report",
    "year_unknown": "neither the document nor the listing says which year",
    "agency_unknown": "neither the document nor the listing says whose report it is",
}


@dataclass
class Held:
    """The versions already held that a batch may touch, by key and by address; grows as the batch is decided."""

    by_key: dict[Key, list[Version]] = field(default_factory=lambda: defaultdict(list))
    by_url: dict[str, list[Version]] = field(default_factory=lambda: defaultdict(list))

    def add(self, version: Version) -> None:
        """Takes a version into account."""
        self.by_key[version.key].append(version)
        self.by_url[version.url].append(version)

    def all(self) -> Iterator[Version]:
        """Every version."""
        for group in self.by_key.values():
            yield from group

    def elect(self, key: Key) -> None:
        """Makes exactly one version of the key the current one."""
        chosen = versions.current(self.by_key[key])
        for version in self.by_key[key]:
            version.is_current = version is chosen


@dataclass(frozen=True)
class Reading:
    """One report whose agency and year are known, with what tells it from others."""

    key: Key
    report: Report
    printed: Printed
    source: Provenance
    content: str
    sources: str

    @property
    def captured_at(self) -> datetime:
        """Of the document itself, in UTC without a zone."""
        return utc(self.source.parts[0].captured_at)

    @classmethod
    def of(cls, key: Key, report: Report, source: Provenance) -> Reading:
        """With what tells it from others."""
        printed = Printed.of(report.figures)
        return cls(key, report, printed, source, content.content_hash(report, printed), content.source_hash(source.parts))


@dataclass
class Loading:
    """One call of load: decides item by item, then writes everything at once."""

    connection: duckdb.DuckDBPyConnection
    agencies: Agencies
    divisions: dict[str, str | None]
    reread: Reread | None = None
    batch: Batch = field(default_factory=Batch)
    held: Held = field(default_factory=Held)
    readings: list[Row] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    written: dict[int, tuple[bool, date | None, bool, str]] = field(default_factory=dict)
    """What the rows of each version say of it, or will: what differs at the end is updated."""
    corrected: list[int] = field(default_factory=list)
    """Versions that turned out to have had another before them."""
    next_id: int = 0

    def load(self, items: Iterable[Item], *, dry_run: bool = False) -> list[Loaded]:
        """All items or none. Raises what the database raises, with nothing kept."""
        work = list(items)
        self.connection.execute("BEGIN")
        try:
            keys = [self._key(*item) for item in work]
            self._recall(keys, [source.url for _, source in work])
            outcomes = [self._one(key, *item) for key, item in zip(keys, work, strict=True)]
            self._write()
            self.connection.execute("ROLLBACK" if dry_run else "COMMIT")
        except BaseException:
            rollback(self.connection)
            self.agencies.reload()
            raise
        if dry_run:
            self.agencies.reload()
        return outcomes

    def gone(self, url: str, on: date, run_id: int | None) -> list[int]:
        """Inside the caller's transaction: the document at `url` is no longer there. Returns the versions marked `gone_on`.

        A report of which a copy lives on at another address has moved there.
        """
        self._recall([], [url])
        keys = list(self.held.by_key)
        self.held = Held()
        self._recall(list(keys), [url])
        self.connection.execute(GONE, {"run": run_id, "url": url})
        elsewhere: dict[int, str] = dict(self.connection.execute(ALIVE, [url]).fetchall())
        marked = []
        for version in [v for key in keys if (v := versions.latest(self.held.by_key[key], url))]:
            if version.report_id in elsewhere:
                self._move(version, elsewhere[version.report_id])
            elif not version.gone_on:
                version.gone_on = on
                marked.append(version)
            self.held.elect(version.key)
        self._update([v for v in self.held.all() if self.written[v.report_id] != v.standing])
        return [version.report_id for version in marked]

    def _move(self, version: Version, url: str) -> None:
        """The series of an address goes on at another one that says the same; where its bytes were found, its parts still tell."""
        series = [other for other in self.held.by_key[version.key] if other.url == version.url]
        if not any(other.url == url for other in self.held.by_key[version.key]):
            for other in series:
                other.url = url

    def _key(self, report: Report, source: Provenance) -> Key | str:
        """Agency, year and scope, or why they cannot be told."""
        if report.status == "not_a_report":
            return "not_a_report"
        year, agency = report.year or source.year, report.agency or source.agency
        if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
            return "year_unknown"
        if not agency:
            return "agency_unknown"
        return self.agencies.id_of(agency, year, source.site_id, self.divisions.get(source.site_id)), year, report.scope

    def _recall(self, keys: list[Key | str], urls: list[str]) -> None:
        known = [key for key in keys if not isinstance(key, str)]
        rows = self.connection.execute(
            f"SELECT {HELD} FROM report WHERE (agency_id, year, scope) IN (SELECT unnest($1), unnest($2), unnest($3)) UNION "
            f"SELECT {HELD} FROM report WHERE url IN (SELECT unnest($4)) ORDER BY report_id",
            [[key[0] for key in known], [key[1] for key in known], [key[2] for key in known], urls],
        ).fetchall()
        for row in rows:
            version = Version(*row)
            self.held.add(version)
            self.written[version.report_id] = version.standing
        self.next_id = int(scalar(self.connection, "SELECT coalesce(max(report_id), 0) FROM report"))

    def _one(self, key: Key | str, report: Report, source: Provenance) -> Loaded:
        self._tell(report.problems, source, "read")
        loaded = self._rejected(key, report, source) if isinstance(key, str) else self._kept(Reading.of(key, report, source))
        first, seen = source.parts[0], (report.reader, source.reader_version, report.status, loaded.outcome, loaded.report_id)
        self.readings.append((source.run_id, source.site_id, source.url, first.sha256, utc(first.captured_at), *seen))
        return loaded

    def _tell(self, problems: Iterable[Problem], source: Provenance, stage: str = "load", report_id: int | None = None) -> None:
        told: dict[str, list[str]] = defaultdict(list)
        for problem in problems:
            told[problem.code].append(problem.message)
        for code, messages in told.items():
            self.sightings.append(Sighting(source.run_id, source.site_id, stage, source.url, code, shortened(messages), report_id))

    def _rejected(self, code: str, report: Report, source: Provenance) -> Loaded:
        said = f"{REJECTED[code]}: {report.title or 'no title'}"
        if any(v.is_current for v in self.held.by_url[source.url]):
            said += "; a report was read here before and is kept"
        self._tell([Problem(code, said)], source)
        return Loaded("rejected", source.url, agency=report.agency, year=report.year, scope=report.scope, message=said)

    def _kept(self, new: Reading) -> Loaded:
        self._moved_away(new)
        last = versions.latest(self.held.by_key[new.key], new.source.url)
        if last is None:
            return self._from_new_address(new)
        if new.captured_at < last.captured_at:
            return self._earlier(new)
        if last.content_hash == new.content:
            self._is_there(last, new)
            self._tell(self._disagreement(last, new), new.source, report_id=last.report_id)
            return self._loaded("unchanged", new, last.report_id)
        if versions.worse(new.report.status, last.status):
            return self._no_longer_readable(new, last)
        if last.source_hash != new.sources and self._was_seen_later(last, new):
            return self._passing(new, last)
        return self._store("reread" if self._only_reread(new, last) else "correction", new, self._changes(last, new))

    def _is_there(self, version: Version, new: Reading) -> None:
        """Seen again: what was gone has come back, unless the capture is from before."""
        if version.gone_on is not None and new.captured_at.date() >= version.gone_on:
            version.gone_on = None
            self.held.elect(version.key)

    def _earlier(self, new: Reading) -> Loaded:
        """Captured before what is held of its address: a version that the agency has since corrected, or the same."""
        series = sorted((v for v in self.held.by_key[new.key] if v.url == new.source.url and not v.retired), key=lambda v: v.age)
        same = next((v for v in series if v.content_hash == new.content), None)
        if same is not None:
            return self._loaded("unchanged", new, same.report_id)
        before = [v for v in series if v.captured_at <= new.captured_at]
        after = series[len(before)]
        self.corrected.append(after.report_id)
        stored = self._store("earlier", new)
        if before:
            self.corrected.append(self.next_id)
        return replace(stored, changes=content.changes(content.cells_of(new.printed), self._cells(after.report_id)))

    def _was_seen_later(self, last: Version, new: Reading) -> bool:
        held = scalar(self.connection, "SELECT max(captured_at) FROM reading WHERE report_id = ?", [last.report_id])
        moments = [held, *(row[4] for row in self.readings if row[-1] == last.report_id)]
        return any(moment is not None and moment > new.captured_at for moment in moments)

    def _passing(self, new: Reading, last: Version) -> Loaded:
        said = "the captures before and after this one agree with each other and differ from it; they are kept"
        self._tell([Problem("seen_in_passing", said)], new.source, report_id=last.report_id)
        return self._loaded("rejected", new, last.report_id, message=said)

    def _only_reread(self, new: Reading, last: Version) -> bool:
        """True where the bytes, or all that they say, are as before, and only our reading of them changed."""
        if last.source_hash == new.sources:
            return True
        if last.reader_version == new.source.reader_version or self.reread is None:
            return False
        again = self.reread(last.report_id)
        return again is not None and content.content_hash(again) == new.content

    def _from_new_address(self, new: Reading) -> Loaded:
        standing = versions.current(self.held.by_key[new.key])
        if standing is None:
            return self._store("new", new)
        if standing.gone_on is not None and new.captured_at >= standing.captured_at:
            changes = self._changes(standing, new)
            return self._store("correction" if changes else "new", new, changes)
        if versions.worse(new.report.status, standing.status):
            return self._loaded("unchanged", new, standing.report_id)
        differing = content.disagreements(self._cells(standing.report_id), content.cells_of(new.printed))
        if differing or standing.status != new.report.status:
            return self._store("conflict" if differing else "new", new, differing)
        return self._loaded("unchanged", new, standing.report_id)

    def _store(self, outcome: LoadOutcome, new: Reading, changes: tuple[Change, ...] = ()) -> Loaded:
        version = self._version(new)
        self.held.add(version)
        self.held.elect(new.key)
        reason = outcome if outcome in ("correction", "reread") else "first"
        agency = (self.agencies.name(new.key[0]), self.agencies.division(new.key[0]))
        self.written[version.report_id] = version.standing
        problems = self.batch.add(version, agency, reason, new.report, new.source, new.printed)
        if outcome == "conflict":
            problems.append(_disagreeing(changes))
        self._tell(problems, new.source, report_id=version.report_id)
        return self._loaded(outcome, new, version.report_id, changes)

    def _disagreement(self, last: Version, new: Reading) -> list[Problem]:
        """What is still told of a copy that gives other figures than the current version."""
        standing = versions.current(self.held.by_key[new.key])
        if standing is None or standing is last:
            return []
        differing = content.disagreements(self._cells(standing.report_id), content.cells_of(new.printed))
        return [_disagreeing(differing)] if differing else []

    def _version(self, new: Reading) -> Version:
        self.next_id += 1
        number = max((v.version for v in self.held.by_key[new.key]), default=0) + 1
        published = dated(new.report, new.source)
        agency_id, year, scope = new.key
        known = (self.next_id, agency_id, year, scope, number, new.source.url, new.report.status, new.content, new.sources)
        return Version(*known, new.source.reader_version, new.captured_at, published, False, self._replaced_on(new))

    def _replaced_on(self, new: Reading) -> date | None:
        """When its address is known to have held another report since."""
        later = (v for v in self.held.by_url[new.source.url] if v.key != new.key and not v.retired and v.captured_at > new.captured_at)
        return min((v.captured_at.date() for v in later), default=None)

    def _moved_away(self, new: Reading) -> None:
        """The address held another agency's or year's report: with the same bytes we had misread it, else that one has gone."""
        for version in [v for v in self.held.by_url[new.source.url] if v.key != new.key and not v.retired]:
            if version.source_hash == new.sources:
                version.retired = True
                self.held.elect(version.key)
            elif version.is_current and new.captured_at >= version.captured_at:
                version.gone_on = min(version.gone_on or date.max, new.captured_at.date())

    def _no_longer_readable(self, new: Reading, last: Version) -> Loaded:
        said = "the document can no longer be read; the version read before is kept"
        self._tell([Problem("no_longer_readable", said)], new.source, report_id=last.report_id)
        return self._loaded("rejected", new, last.report_id, message=said)

    def _loaded(self, outcome: LoadOutcome, new: Reading, report_id: int, changes: tuple[Change, ...] = (), message: str = "") -> Loaded:
        agency_id, year, scope = new.key
        return Loaded(outcome, new.source.url, report_id, self.agencies.name(agency_id), year, scope, changes, message)

    def _changes(self, old: Version, new: Reading) -> tuple[Change, ...]:
        return content.changes(self._cells(old.report_id), content.cells_of(new.printed))

    def _cells(self, report_id: int) -> content.Cells:
        """The figures of a held version, as read: hand corrections apart."""
        pending = self.batch.figures.of_report.get(report_id)
        if pending is not None:
            return content.cells_of(pending)
        return {row[:3]: (row[3], row[4]) for row in self.connection.execute(AS_READ, [report_id]).fetchall()}

    def _write(self) -> None:
        self.agencies.flush()
        for table, rows in self.batch.rows.items():
            insert(self.connection, table, rows)
        self.batch.figures.insert(self.connection)
        self.batch.findings.insert(self.connection)
        self._update([v for v in self.held.all() if self.written[v.report_id] != v.standing])
        if self.corrected:
            self.connection.execute(CORRECTED, [self.corrected])
        insert(self.connection, "reading", self.readings)
        settle(self.connection, sorted({row[2] for row in self.readings}), ("read", "load"), self.sightings)
        record(self.connection, self.sightings)

    def _update(self, moved: list[Version]) -> None:
        if not moved:
            return
        data = {
            "id": pa.array([v.report_id for v in moved], pa.int32()),
            "now": pa.array([v.is_current for v in moved], pa.bool_()),
            "gone": pa.array([v.gone_on for v in moved], pa.date32()),
            "away": pa.array([v.retired for v in moved], pa.bool_()),
            "place": pa.array([v.url for v in moved], pa.string()),
        }
        with registered(self.connection, "moved", pa.table(data)):
            self.connection.execute(
                "UPDATE report SET is_current = moved.now, gone_on = moved.gone, retired = moved.away, url = moved.place "
                "FROM moved WHERE report_id = moved.id"
            )


def _disagreeing(changes: tuple[Change, ...]) -> Problem:
    cells = [f"{c.row_code} × {c.column_code}: {c.old_raw} and {c.new_raw}" for c in changes]
    return Problem("copies_disagree", "another address gives other figures: " + shortened(cells))
