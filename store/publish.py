"""The working database → the file that readers open, by atomic rename: they keep the old one until they open again.

Interrupted at any point, the old file is whole; the half-made `nianbao.next.duckdb` is thrown away by the next run.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from store.database import NEXT, PUBLISHED, QUICK, SAFE, STORAGE, migrate, open_work, quoted, scalar, transaction
from store.dictionary import fill
from store.errors import NoDatabase, writing
from store.views import create_views

SNAPSHOTS = "snapshots"
MADE_HERE = (
    "form_edition",
    "form_table",
    "form_row",
    "form_column",
    "form_section",
    "form_rule",
    "form_crosswalk",
    "division",
    "report_check",
)
HIDDEN = "(SELECT report_id FROM work.report SEMI JOIN work.withdrawal USING (agency_id, year, scope))"
AS_LOADED = ("figure", "section", "claim", "part", "report_table", "extra_cell", "reading", "capture")
"""Tables that only grow, report by report: already in the order that readers want."""


LATER = "(SELECT former_id, s.agency_id AS later_id, a.name AS later FROM work.agency_succession s JOIN work.agency a USING (agency_id))"
NOW = f"LEFT JOIN {LATER} ON former_id = agency_id"
ENDED = "work.agency_succession e ON e.agency_id IS NULL AND e.former_id = roster.agency_id AND roster.year > e.last_year"
RENAMED = {
    "agency": f"FROM work.agency ANTI JOIN {LATER} ON former_id = agency.agency_id",
    "report": "SELECT r.* REPLACE (coalesce(later_id, agency_id) AS agency_id, coalesce(later, agency) AS agency) "
    f"FROM work.report r {NOW}",
    "roster": f"SELECT coalesce(later_id, agency_id), year, min(reason) FROM work.roster {NOW} ANTI JOIN {ENDED} GROUP BY ALL",
    **{
        table: f"SELECT t.* REPLACE (coalesce(later_id, agency_id) AS agency_id) FROM work.{table} t {NOW}"
        for table in ("agency_name", "link", "hand_correction", "withdrawal")
    },
}
"""What readers see of bodies that were renamed: one body, with all its reports and the names that it had."""


@dataclass(frozen=True, slots=True)
class Published:
    """What was published: the file, its size, how many current reports and figures it answers from."""

    path: Path
    size: int
    reports: int
    figures: int
    version: str


def publish(folder: Path, *, keep: int = 7, now: datetime | None = None, work: duckdb.DuckDBPyConnection | None = None) -> Published:
    """Makes `nianbao.duckdb` anew from the working database. Raises `StoreError`s.

    `keep` dated snapshots are kept (hard links; 0: none). `work` is the open connection of an `Archive`, where there is one:
    one process cannot open the file twice.
    """
    moment = (now or datetime.now(UTC)).replace(tzinfo=None)
    target, coming = folder / PUBLISHED, folder / NEXT
    with writing(target):
        discard(coming)
        connection = work.cursor() if work is not None else open_work(folder)
        try:
            connection.execute("USE work")
            made = _make(connection, coming, moment)
            _sync(coming)
        except BaseException:
            discard(coming)  # on a full disk it is what takes the room
            raise
        finally:
            connection.close()
        coming.replace(target)
        _sync(folder)
        if keep:
            snapshot(folder, moment.date(), keep)
    return Published(target, target.stat().st_size, *made)


def discard(path: Path) -> None:
    """Removes a half-made database and its write-ahead log."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def _make(connection: duckdb.DuckDBPyConnection, coming: Path, moment: datetime) -> tuple[int, int, str]:
    connection.execute(f"ATTACH '{quoted(coming)}' AS next (STORAGE_VERSION '{STORAGE}')")
    try:
        connection.execute("USE next; RESET disabled_compression_methods")
        migrate(connection, coming)
        with transaction(connection):
            _copy(connection)
            version = _stamp(connection, moment)
            create_views(connection)
        connection.execute("CHECKPOINT next")
        counts = [int(scalar(connection, f"SELECT count(*) FROM {what}")) for what in ("annual_report", "figure")]
    finally:
        connection.execute(f"USE work; {QUICK}")
        connection.execute("DETACH next")
    return counts[0], counts[1], version


def _copy(connection: duckdb.DuckDBPyConnection) -> None:
    """Every table, in reading order, without what was withdrawn; then the tables that are made for readers."""
    rows = connection.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = 'work' AND NOT temporary").fetchall()
    for (table,) in rows:
        if table in MADE_HERE:
            continue
        columns = {name for (name,) in connection.execute(f'SELECT column_name FROM (DESCRIBE work."{table}")').fetchall()}
        kept = f"WHERE report_id IS NULL OR report_id NOT IN {HIDDEN}" if "report_id" in columns else ""
        order = "" if table in AS_LOADED else "ORDER BY ALL"
        held = RENAMED.get(table, f'SELECT * FROM work."{table}"')
        connection.execute(f'INSERT INTO next."{table}" SELECT * FROM ({held}) {kept} {order}')
    fill(connection)
    connection.execute(CHECKED)


CHECKED = """
    INSERT INTO report_check
    SELECT report_id, count(*) FILTER (outcome = 'pass'), count(*) FILTER (outcome = 'fail' AND severity = 'error'),
        count(*) FILTER (outcome = 'fail' AND severity = 'warn'), count(*) FILTER (outcome = 'fail' AND severity = 'info'),
        count(*) FILTER (outcome = 'not_assessable')
    FROM finding GROUP BY report_id ORDER BY report_id
"""


def _stamp(connection: duckdb.DuckDBPyConnection, moment: datetime) -> str:
    """Facts of the archive. The dataset version is the day and the last run: the same data has the same version."""
    last_run = scalar(connection, "SELECT coalesce(max(run_id), 0) FROM run")
    version = f"{moment:%Y.%m.%d}+{last_run}"
    connection.execute(
        "INSERT INTO archive VALUES ('dataset_version', $version), ('published_at', $moment), ('last_run', $run)",
        {"version": version, "moment": f"{moment:%Y-%m-%dT%H:%M:%SZ}", "run": str(last_run)},
    )
    return version


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def snapshot(folder: Path, day: date, keep: int) -> None:
    """A hard link of what is published under its date; of older ones the last `keep` stay."""
    shelf = folder / SNAPSHOTS
    shelf.mkdir(exist_ok=True)
    dated = shelf / f"nianbao-{day:%Y-%m-%d}.duckdb"
    fresh = dated.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    os.link(folder / PUBLISHED, fresh)
    fresh.replace(dated)
    for old in sorted(shelf.glob("nianbao-*.duckdb"))[:-keep]:
        old.unlink()


def published(folder: Path, as_of: date | None = None) -> Path:
    """The file to read: today's, or as it stood at the end of a day. Raises `NoDatabase`."""
    if as_of is None:
        if (folder / PUBLISHED).exists():
            return folder / PUBLISHED
        raise NoDatabase(f"nothing is published in {folder} yet: run `nianbao run` first")
    before = [path for path in sorted((folder / SNAPSHOTS).glob("nianbao-*.duckdb")) if path.stem[8:] <= as_of.isoformat()]
    if before:
        return before[-1]
    days = sorted(path.stem[8:] for path in (folder / SNAPSHOTS).glob("nianbao-*.duckdb"))
    raise NoDatabase(f"no snapshot on or before {as_of}" + (f"; the oldest is of {days[0]}" if days else "; none was kept"))


def is_stale(folder: Path, work: duckdb.DuckDBPyConnection) -> bool:
    """True where the working database has seen a run that what is published has not."""
    connection = duckdb.connect(str(published(folder)), read_only=True, config=SAFE)
    try:
        shown = scalar(connection, "SELECT coalesce(max(value::INTEGER), 0) FROM archive WHERE key = 'last_run'")
    finally:
        connection.close()
    return int(shown) < int(scalar(work, "SELECT coalesce(max(run_id), 0) FROM run"))
