"""The working database: opened by one writer, made and brought up to date by numbered SQL files, filled from Arrow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from store.errors import ArchiveTooNew, DamagedDatabase, named, writing

WORK, PUBLISHED, NEXT = "work.duckdb", "nianbao.duckdb", "nianbao.next.duckdb"
STORAGE = "v1.0.0"
"""The oldest format: DuckDB 1.1 to 2.0 read it."""
CHECKPOINT_AT = "256MB"
"""Log size at which a commit folds it into the file; `Archive.close` does so anyway, a commit in the middle of a load should not."""
QUICK = "SET disabled_compression_methods = 'fsst'"
"""Of the time that rows take to be written, a sixth went into packing strings that only publishing needs small."""
SAFE: dict[str, str | bool | int | float | list[str]] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}

Row = tuple[Any, ...]
FEW = 8
"""Rows up to which one INSERT with parameters is quicker than making them known as an Arrow table."""


def migrations() -> list[tuple[int, Traversable]]:
    """The schema files with their numbers, in order."""
    found = (path for path in files("store").joinpath("schema").iterdir() if re.match(r"\d{4}_.*\.sql$", path.name))
    return sorted(((int(path.name[:4]), path) for path in found), key=lambda pair: pair[0])


def open_work_as_it_is(folder: Path) -> duckdb.DuckDBPyConnection:
    """The working database of an archive that may only be read. Raises `StoreError`s."""
    connection = duckdb.connect(":memory:", config=SAFE)
    _attach(connection, folder / WORK, "READ_ONLY")
    connection.execute("USE work")
    return connection


def open_work(folder: Path) -> duckdb.DuckDBPyConnection:
    """The working database of an archive, created or migrated where need be. Raises `StoreError`s."""
    path = folder / WORK
    with writing(path):
        folder.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(":memory:", config={**SAFE, "temp_directory": str(folder / "tmp")})
        _attach(connection, path, f"STORAGE_VERSION '{STORAGE}'")
        connection.execute(f"USE work; SET checkpoint_threshold = '{CHECKPOINT_AT}'; {QUICK}")
        try:
            migrate(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, how: str) -> None:
    try:
        connection.execute(f"ATTACH '{quoted(path)}' AS work ({how})")
    except duckdb.Error as error:
        said = str(error).split("\n", 1)[0]
        what = "move it away, and `nianbao reread` makes it again from the WARC files"
        raise named(error, path) or DamagedDatabase(f"{path} cannot be read: {said}; {what}") from error


def quoted(text: str | Path) -> str:
    """Text for between single quotes in SQL."""
    return str(text).replace("'", "''")


def schema_version(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of the last schema file applied; 0 for an empty database."""
    known = "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'archive' AND database_name = current_database()"
    if not scalar(connection, known):
        return 0
    return int(scalar(connection, "SELECT coalesce(max(value::INTEGER), 0) FROM archive WHERE key = 'schema_version'"))


def migrate(connection: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Applies the schema files that this database has not seen, each in its own transaction."""
    held, steps = schema_version(connection), migrations()
    if held > steps[-1][0]:
        raise ArchiveTooNew(f"{path} has schema {held}, this nianbao knows {steps[-1][0]}: install the newer nianbao that wrote it")
    for number, script in steps:
        if number > held:
            with transaction(connection):
                connection.execute(script.read_text("utf-8"))
                connection.execute("DELETE FROM archive WHERE key = 'schema_version'")
                connection.execute("INSERT INTO archive VALUES ('schema_version', ?)", [str(number)])
            connection.execute("CHECKPOINT")


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing: an error rolls back everything done inside."""
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        rollback(connection)
        raise


def rollback(connection: duckdb.DuckDBPyConnection) -> None:
    """Undoes the open transaction; a failed COMMIT has done so already."""
    try:
        connection.execute("ROLLBACK")
    except duckdb.TransactionException as error:
        if "no transaction is active" not in str(error):
            raise


def scalar(connection: duckdb.DuckDBPyConnection, query: str, parameters: Any = None) -> Any:  # noqa: ANN401 - any SQL type
    """The one value that a query gives."""
    ((value,),) = connection.execute(query, parameters).fetchall()
    return value


def schema_of(connection: duckdb.DuckDBPyConnection, table: str) -> pa.Schema:
    """The columns of a table as Arrow types."""
    return connection.sql(f"FROM {table} LIMIT 0").to_arrow_table().schema


def arrow(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> pa.Table:
    """Rows, as tuples in the order of the table's columns, as Arrow."""
    schema = schema_of(connection, table)
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pa.Table.from_arrays([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    """Appends rows: a few as values of one statement, many as Arrow."""
    if not rows:
        return
    if len(rows) <= FEW:
        values = ", ".join(f"({', '.join('?' * len(row))})" for row in rows)
        connection.execute(f"INSERT INTO {table} VALUES {values}", [value for row in rows for value in row])
        return
    with registered(connection, "incoming", arrow(connection, table, rows)):
        connection.execute(f"INSERT INTO {table} SELECT * FROM incoming")


@contextmanager
def registered(connection: duckdb.DuckDBPyConnection, name: str, data: pa.Table) -> Iterator[None]:
    """An Arrow table under a name for the queries inside."""
    connection.register(name, data)
    try:
        yield
    finally:
        connection.unregister(name)
