"""Archive and database against each other: every byte, every record, every report's provenance; each fault is named."""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Literal

import duckdb

from store.database import PUBLISHED, WORK, open_work, open_work_as_it_is, schema_version
from store.errors import DamagedDatabase, NoDatabase, StoreError
from store.publish import is_stale
from store.warc_check import verify_file
from store.warc_read import WarcError, read_capture, records

WARC = "warc"
SHOWN = 20
"""Rows named of each kind of fault in the database."""
EXCHANGES = ("response", "revisit", "resource")
FaultKind = Literal[
    "record", "missing_file", "digest", "missing_record", "untold_record", "rows", "stale_database", "missing_database", "damaged_database"
]
Progress = Callable[[int, int], None]
"""Called with (files done, files in all)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One difference: of what kind, where, in words."""

    kind: FaultKind
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was compared, and the faults found; sound where there are none."""

    files: int
    captures: int
    reports: int
    figures: int
    faults: tuple[Fault, ...]


def verify(folder: Path, progress: Progress | None = None) -> Verified:
    """Re-hashes everything archived and compares it with the database. Raises `StoreError`s only where the database is in use, or
    where nothing is archived at all.
    """
    paths = sorted((folder / WARC).glob("*.warc.gz")) if (folder / WARC).is_dir() else []
    if not paths and not (folder / WORK).exists():
        raise NoDatabase(f"nothing is archived in {folder} yet: run `nianbao run` first")
    if not (folder / WORK).exists():
        fault = Fault("missing_database", WORK, "the working database is missing: `nianbao reread` makes it again from the archive")
        return Verified(len(paths), 0, 0, 0, (*_files(paths, progress), fault))
    try:
        connection = open_work(folder) if os.access(folder, os.W_OK) else open_work_as_it_is(folder)
    except DamagedDatabase as error:
        return Verified(len(paths), 0, 0, 0, (*_files(paths, progress), Fault("damaged_database", WORK, str(error))))
    try:
        broken = list(_files(paths, progress))
        untold = _untold([path for path in paths if not broken], connection)
        found = (*broken, *_records(folder, connection), *untold, *_rows(connection), *_database(folder, connection))
        captures, reports, figures = (_count(connection, table) for table in ("capture", "report", "figure"))
    finally:
        connection.close()
    return Verified(len(paths), captures, reports, figures, found)


def _damaged(name: str, error: duckdb.Error) -> Fault:
    first = str(error).split("\n", 1)[0]
    return Fault("damaged_database", name, f"cannot be read: {first}")


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((number,),) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    return int(number)


def _files(paths: list[Path], progress: Progress | None) -> Iterator[Fault]:
    for done, path in enumerate(paths):
        if progress:
            progress(done, len(paths))
        for fault in verify_file(path):
            yield Fault("record", f"{fault.file} at byte {fault.offset}", fault.message)


TOLD = """
    SELECT warc_file, warc_offset, sha256, 'capture of ' || url FROM capture WHERE warc_file IS NOT NULL AND status <> 304
    UNION
    SELECT warc_file, warc_offset, sha256, 'report ' || report_id || ' of ' || url FROM part WHERE warc_file IS NOT NULL
    UNION
    SELECT warc_file, warc_offset, sha256, 'report ' || report_id || ' of ' || url FROM report WHERE warc_file IS NOT NULL
    ORDER BY ALL
"""


def _records(folder: Path, connection: duckdb.DuckDBPyConnection) -> Iterator[Fault]:
    """Every record that a row names is there and says what the row says."""
    told: dict[str, dict[int, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for file, offset, digest, what in connection.execute(TOLD).fetchall():
        told[file][offset].append((digest, what))
    for file, places in told.items():
        path = folder / WARC / file
        if not path.exists():
            yield Fault("missing_file", file, f"the file is missing; {len(places)} records of it are in the database")
            continue
        for offset, claims in places.items():
            yield from _record(path, offset, claims)


def _record(path: Path, offset: int, claims: list[tuple[str, str]]) -> Iterator[Fault]:
    where = f"{path.name} at byte {offset}"
    try:
        held = hashlib.sha256(read_capture(path, offset).body).hexdigest()
    except (WarcError, OSError, ValueError) as error:
        yield Fault("missing_record", where, f"{claims[0][1]} cannot be read back: {error}")
        return
    for digest, what in claims:
        if digest != held:
            yield Fault("digest", where, f"{what} has digest {digest[:12]}…, the record {held[:12]}…")


def _untold(paths: list[Path], connection: duckdb.DuckDBPyConnection) -> Iterator[Fault]:
    """Records of sound files that no row tells of: a run was killed between archive and database, or the rows are older."""
    told = set(connection.execute("SELECT warc_file, warc_offset FROM capture").fetchall())
    for path in paths:
        for record in records(path):
            if record.type in EXCHANGES and (path.name, record.offset) not in told:
                message = f"the {record.type} of {record.uri} is not in the database: the next `nianbao run` tells of it"
                yield Fault("untold_record", f"{path.name} at byte {record.offset}", message)


def never() -> list[tuple[str, str]]:
    """What must never be true: (how to say it, the query that finds it)."""
    text = files("store").joinpath("rules/never.sql").read_text("utf-8")
    return [(said.strip(), query) for said, query in re.findall(r"^-- (.+)\n([^;]+);", text, re.MULTILINE)]


def _rows(connection: duckdb.DuckDBPyConnection) -> Iterator[Fault]:
    for said, query in never():
        for row in connection.execute(f"{query} ORDER BY ALL LIMIT {SHOWN}").fetchall():
            yield Fault("rows", WORK, said.format(*row))


def _database(folder: Path, connection: duckdb.DuckDBPyConnection) -> Iterator[Fault]:
    """What readers open is there, sound, and of the last run."""
    if not (folder / PUBLISHED).exists():
        yield Fault("missing_database", PUBLISHED, "nothing is published: the next `nianbao run` publishes it")
        return
    try:
        if is_stale(folder, connection):
            yield Fault("stale_database", PUBLISHED, "older than the last run: the next `nianbao run` publishes again")
        yield from _differing(folder, connection)
    except duckdb.Error as error:
        yield _damaged(PUBLISHED, error)
    except StoreError as error:
        yield Fault("damaged_database", PUBLISHED, str(error))


SUMS = """
    SELECT (SELECT count(*) FROM {0}.report), (SELECT count(*) FROM {0}.figure), (SELECT sum(hash(f)) FROM {0}.figure f),
        (SELECT sum(hash(r)) FROM (SELECT * EXCLUDE (agency_id, agency) FROM {0}.report) r), (SELECT sum(hash(s)) FROM {0}.section s)
"""


def _differing(folder: Path, connection: duckdb.DuckDBPyConnection) -> Iterator[Fault]:
    """Published rows are those of the working database, withdrawn ones apart."""
    connection.execute(f"ATTACH '{str(folder / PUBLISHED).replace(chr(39), chr(39) * 2)}' AS published (READ_ONLY)")
    try:
        if schema_version(connection) and not _count(connection, "withdrawal") and not is_stale(folder, connection):
            sums = [connection.execute(SUMS.format(name)).fetchall() for name in ("work", "published")]
            if sums[0] != sums[1]:
                yield Fault(
                    "stale_database", PUBLISHED, "its rows differ from those of the working database: publish again with `nianbao run`"
                )
    finally:
        connection.execute("DETACH published")
