"""The archive for programs: `nianbao.open(path)` gives a read-only connection with the tables and views of the archive.

import nianbao

archive = nianbao.open("var")
archive.sql("SELECT agency, year, total FROM requests WHERE row_code = 'requests.new'").df()
archive.sql("FROM 年报").arrow()
archive.sql("FROM annual_report").pl()
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from store.publish import published
from store.query import example, open_published


class Result:
    """The answer to one query: rows, Arrow, pandas or polars."""

    def __init__(self, relation: duckdb.DuckDBPyRelation) -> None:
        self._relation = relation
        self.columns: tuple[str, ...] = tuple(relation.columns)

    def rows(self) -> list[tuple[object, ...]]:
        """Rows as tuples; numbers of the form are `Decimal`, missing ones None."""
        return list(self._relation.fetchall())

    def arrow(self) -> pa.Table:
        """A `pyarrow.Table`."""
        return self._relation.to_arrow_table()

    def df(self) -> object:
        """A `pandas.DataFrame`, numbers as floats, missing ones NaN (needs nianbao[dataframe])."""
        return self._relation.df()

    def pl(self) -> object:
        """A `polars.DataFrame` (needs nianbao[dataframe])."""
        import polars

        return polars.from_arrow(self.arrow())

    def fetchall(self) -> list[tuple[object, ...]]:
        """`rows`, as DuckDB calls it."""
        return self.rows()

    def __repr__(self) -> str:
        return str(self._relation)


class Connection:
    """A published archive, read-only. Close it, or use it in a `with`; a run that publishes meanwhile does not disturb it."""

    def __init__(self, path: Path, connection: duckdb.DuckDBPyConnection) -> None:
        self.path = path
        self.duckdb = connection
        """The DuckDB connection itself."""

    def sql(self, query: str) -> Result:
        """Asks a question in SQL. Raises what DuckDB raises."""
        return Result(self.duckdb.sql(query))

    def example(self, name: str) -> Result:
        """One of the questions that come with nianbao, by name or number."""
        return self.sql(example(name).sql)

    def tables(self) -> Result:
        """Every table and view, and what a row of it is."""
        return self.sql(
            "SELECT table_name AS name, 'table' AS kind, comment FROM duckdb_tables() UNION ALL "
            "SELECT view_name, 'view', comment FROM duckdb_views() WHERE NOT internal ORDER BY kind DESC, name"
        )

    def columns(self, table: str) -> Result:
        """Every column of a table or view, its type and meaning."""
        relation = self.duckdb.sql(
            "SELECT column_name AS name, data_type AS type, comment FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index",
            params=[table],
        )
        return Result(relation)

    def execute(self, query: str, parameters: object = None) -> duckdb.DuckDBPyConnection:
        """Asks as DB-API does: `execute(…, [2024]).fetchall()`."""
        return self.duckdb.execute(query, parameters)

    def close(self) -> None:
        """Lets go of the file."""
        self.duckdb.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def open(path: str | Path, *, as_of: date | None = None, external: bool = False) -> Connection:
    """Opens an archive folder, or a published file itself; `as_of` a day: as it stood at the end of it.

    With `external`, queries may read files and the network. Raises `store.errors.NoDatabase` where nothing is published.
    """
    given = Path(path)
    found = given if given.is_file() else published(given, as_of)
    return Connection(found, open_published(found, external=external))
