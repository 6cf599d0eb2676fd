"""Figures by the million: kept column by column from the start, handed to the database as Arrow, a slice while the next is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import Any

import duckdb
import pyarrow as pa

from extract.report import Figure
from store.database import registered, schema_of

SLICE = 122_880
"""Figures handed over at once: one row group of DuckDB's."""


class FigureColumns:
    """The rows of `figure` of many reports, as one list a column."""

    def __init__(self) -> None:
        self._columns: list[list[Any]] = [[] for _ in range(22)]
        self.of_report: dict[int, tuple[Figure, ...]] = {}

    def add(self, number: int, figures: tuple[Figure, ...], digests: Sequence[str]) -> None:
        """Adds the figures of one report; `digests` are those of its parts."""
        self.of_report[number] = figures
        if not figures:
            return
        table, row, column, value, unit, state, raw, places, reader, parts, confidence, match, note, repaired = zip(*figures, strict=True)
        table_no, row_no, column_no, page, x0, top, x1, bottom = zip(*places, strict=True)
        digest = repeat(digests[0], len(figures)) if len(digests) == 1 else map(digests.__getitem__, parts)
        added = (
            *(repeat(number, len(figures)), table, row, column, value, unit, state, raw, digest, page, table_no, row_no, column_no),
            *(x0, top, x1, bottom, reader, confidence, match, note, repaired),
        )
        for held, new in zip(self._columns, added, strict=True):
            held.extend(new)

    def insert(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Appends them to `figure`. The database takes in one slice in a thread of its own while the next becomes Arrow."""
        if not self._columns[0]:
            return
        schema = schema_of(connection, "figure")
        slices = self._slices(schema)
        if len(self._columns[0]) <= SLICE:
            _insert(connection, next(slices))
            return
        with ThreadPoolExecutor(1) as worker:
            done = None
            for data in slices:
                if done is not None:
                    done.result()
                done = worker.submit(_insert, connection, data)
            if done is not None:
                done.result()

    def _slices(self, schema: pa.Schema) -> Iterator[pa.Table]:
        for start in range(0, len(self._columns[0]), SLICE):
            columns = [column[start : start + SLICE] for column in self._columns]
            yield pa.Table.from_arrays([_array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    return pa.array(values, kind) if any(value is not None for value in values) else pa.nulls(len(values), kind)


def _insert(connection: duckdb.DuckDBPyConnection, data: pa.Table) -> None:
    with registered(connection, "incoming", data):
        connection.execute("INSERT INTO figure SELECT * FROM incoming")
