"""Questions to the published database: read-only, without files or network, interruptible.

with reading(folder) as connection:
    answer = ask(connection, "SELECT agency, year FROM annual_report")
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from threading import Event, Thread
from typing import Any

import duckdb
import pyarrow as pa

from store.database import SAFE, migrations, quoted, schema_version
from store.errors import QueryFailed
from store.publish import published

OPEN = {**SAFE, "python_enable_replacements": False, "temp_directory": str(Path(tempfile.gettempdir()) / f"nianbao-{os.getuid()}")}
"""Answers larger than memory spill to the system's temporary folder, never to the one a person stands in."""
BATCH = 10_000
TICK_S = 0.05


@dataclass(frozen=True, slots=True)
class Example:
    """A question that comes with nianbao: its name, what it asks, the columns of its answer, the SQL."""

    name: str
    question: str
    columns: tuple[str, ...]
    sql: str


def open_published(path: Path, *, external: bool = False) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a published file. With `external`, queries may read files and the network.

    The file is attached to a database in memory of its own: two connections of one process, opened before and after a publish,
    answer from two files.
    """
    try:
        connection = duckdb.connect(":memory:", config=OPEN)
        connection.execute(f"ATTACH '{quoted(path)}' AS nianbao (READ_ONLY); USE nianbao")
        if not external:
            connection.execute("SET enable_external_access = false; SET lock_configuration = true")
    except duckdb.Error as error:
        said = f"{path} cannot be read: {_first_line(error)}; `nianbao verify` tells more, `nianbao run` publishes again"
        raise QueryFailed(said) from error
    return connection


@contextmanager
def reading(folder: Path, as_of: date | None = None, *, external: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published database of an archive, as it is or as it stood at the end of a day. Raises `NoDatabase`, `QueryFailed`."""
    connection = open_published(published(folder, as_of), external=external)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def reading_today(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """`reading`, of a file that has the tables which this nianbao knows. Raises `QueryFailed` where an older one published it."""
    with reading(folder) as connection:
        held, known = schema_version(connection), migrations()[-1][0]
        if held != known:
            what = "`nianbao run` or `nianbao reread` publishes it anew"
            raise QueryFailed(f"the database was published with schema {held}, this nianbao reads {known}: {what}")
        yield connection


class Answer:
    """An answer: the names and Arrow types of its columns, and its rows in batches, or all at once as Arrow; read once."""

    def __init__(self, reader: pa.RecordBatchReader | None, connection: duckdb.DuckDBPyConnection) -> None:
        self._reader, self._connection = reader, connection
        schema = reader.schema if reader is not None else pa.schema([])
        self.columns: tuple[str, ...] = tuple(schema.names)
        self.types: tuple[pa.DataType, ...] = tuple(schema.types)

    def batches(self) -> Iterator[list[tuple[Any, ...]]]:
        """Rows, some thousands at a time."""
        while self._reader is not None and (batch := _interruptible(self._connection, lambda: next(iter(self._reader), None))) is not None:
            yield list(zip(*(column.to_pylist() for column in batch.columns), strict=True))

    def rows(self) -> list[tuple[Any, ...]]:
        """All rows."""
        return [row for batch in self.batches() for row in batch]

    def arrow(self) -> pa.Table:
        """All rows as an Arrow table."""
        return pa.table({}) if self._reader is None else _interruptible(self._connection, self._reader.read_all)


def ask(connection: duckdb.DuckDBPyConnection, sql: str) -> Answer:
    """Runs a query; what it needs may stand before it: `SET VARIABLE …; SELECT …`. Ctrl-C stops it.

    Raises `QueryFailed`, `KeyboardInterrupt`.
    """
    if not re.sub(r"--[^\n]*|/\*.*?\*/|[\s;]", "", sql, flags=re.DOTALL):
        raise QueryFailed("the query is empty")

    def start() -> pa.RecordBatchReader | None:
        statements = connection.extract_statements(sql)
        if any(statement.type == duckdb.StatementType.SELECT for statement in statements[:-1]):
            raise QueryFailed(f"these are {len(statements)} queries; ask one at a time")
        relation: Any = connection.sql(sql)  # None for statements that answer nothing, whatever its type says
        return None if relation is None else relation.to_arrow_reader(BATCH)

    return Answer(_interruptible(connection, start), connection)


def _interruptible(connection: duckdb.DuckDBPyConnection, work: Any) -> Any:  # noqa: ANN401 - whatever the work gives
    """Does the work in a thread, so that Ctrl-C reaches us while the database computes, and stops it."""
    outcome: dict[str, Any] = {}
    done = Event()

    def run() -> None:
        try:
            outcome["result"] = work()
        except Exception as error:  # noqa: BLE001 - raised again below, in the caller's thread
            outcome["error"] = error
        finally:
            done.set()

    Thread(target=run, daemon=True).start()
    try:
        while not done.wait(TICK_S):
            pass
    except KeyboardInterrupt:
        connection.interrupt()
        done.wait()
        raise
    if (error := outcome.get("error")) is None:
        return outcome["result"]
    if isinstance(error, duckdb.Error | pa.ArrowException):
        raise QueryFailed(explained(error)) from error
    raise error


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0]


def explained(error: Exception) -> str:
    """What the database says, and for what is not allowed, that it is not and how to allow it."""
    if isinstance(error, duckdb.PermissionException) or "disabled by configuration" in str(error):
        return f"{_first_line(error)} — queries read the archive only; --external lets them read files and the network"
    if "read-only" in str(error):
        return f"{_first_line(error)} — the archive is changed by `nianbao run` alone"
    return str(error)


def examples() -> dict[str, Example]:
    """The questions that come with nianbao, by name."""
    folder = files("store").joinpath("queries")
    found = sorted((p for p in folder.iterdir() if p.name.endswith(".sql")), key=lambda p: p.name)
    return {p.name.removesuffix(".sql"): _example(p.name.removesuffix(".sql"), p.read_text("utf-8")) for p in found}


def example(name: str) -> Example:
    """One of them, by its name or number (q03, 3). Raises `QueryFailed` with the names there are."""
    known = examples()
    number = re.fullmatch(r"q?(\d{1,2})", name)
    wanted = f"q{int(number[1]):02d}_" if number else name
    for key, found in known.items():
        if key == wanted or (number and key.startswith(wanted)) or key[4:] == wanted:
            return found
    raise QueryFailed(f"no example is called {name}; there are: {', '.join(known)}")


def _example(name: str, sql: str) -> Example:
    head = re.match(r"(?:--[^\n]*\n)+", sql)
    lines = [line.removeprefix("--").strip() for line in (head[0] if head else "").splitlines()]
    columns = next((line.removeprefix("columns:") for line in lines if line.startswith("columns:")), "")
    question = " ".join(line for line in lines if not line.startswith("columns:"))
    return Example(name, question, tuple(c.strip() for c in columns.split(",") if c.strip()), sql)
