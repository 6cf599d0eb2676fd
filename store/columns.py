"""Figures and findings by the million: column by column, as numbers of the words in it, handed over as dictionaries of Arrow."""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Sequence

import duckdb
import pyarrow as pa

from extract.report import Finding
from store.content import Printed
from store.database import registered, schema_of
from store.recheck import words


class _Words(dict[Hashable, int]):
    """What stands in a column, each thing numbered when it is first met. None is one of them."""

    def __missing__(self, word: Hashable) -> int:
        number = self[word] = len(self)
        return number


class _Runs(dict[tuple[Hashable, ...], "array[int]"]):
    """The numbers of a whole run of cells: most reports have the labels and places of the one before."""

    def __init__(self, words: _Words) -> None:
        super().__init__()
        self._words = words

    def __missing__(self, run: tuple[Hashable, ...]) -> array[int]:
        numbers = self[run] = array("i", map(self._words.__getitem__, run))
        return numbers


class _Column:
    """One column of many reports."""

    def __init__(self) -> None:
        self._words = _Words()
        self._runs = _Runs(self._words)
        self._numbers = array("i")

    def add(self, run: tuple[Hashable, ...]) -> None:
        """A run that other reports are likely to have, too."""
        self._numbers.extend(self._runs[run])

    def add_own(self, run: Iterable[Hashable]) -> None:
        """A run that hardly any other report has."""
        self._numbers.extend(map(self._words.__getitem__, run))

    def add_same(self, word: Hashable, count: int) -> None:
        """The same thing over and over."""
        self._numbers.extend(array("i", [self._words[word]]) * count)

    def __len__(self) -> int:
        return len(self._numbers)

    def arrow(self, kind: pa.DataType) -> pa.Array:
        """The column as it is handed over; its words become values of that type. Of numbers a dictionary would only be a detour."""
        numbers = pa.Array.from_buffers(pa.int32(), len(self), [None, pa.py_buffer(self._numbers)])
        coded = pa.DictionaryArray.from_arrays(numbers, pa.array(list(self._words), kind))
        return coded if pa.types.is_string(kind) or pa.types.is_decimal(kind) else coded.dictionary_decode()


class Columns:
    """The rows of one table, of many reports."""

    def __init__(self, table: str, width: int) -> None:
        self._table = table
        self._columns = [_Column() for _ in range(width)]

    def insert(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Appends them to their table."""
        if not len(self._columns[0]):
            return
        schema = schema_of(connection, self._table)
        arrays = [column.arrow(field.type) for column, field in zip(self._columns, schema, strict=True)]
        with registered(connection, "incoming", pa.table(arrays, names=schema.names)):
            connection.execute(f"INSERT INTO {self._table} SELECT * FROM incoming")


class FigureColumns(Columns):
    """The rows of `figure`."""

    def __init__(self) -> None:
        super().__init__("figure", 22)
        self.of_report: dict[int, Printed] = {}

    def add(self, number: int, printed: Printed, digests: Sequence[str]) -> None:
        """Adds the figures of one report; `digests` are those of its parts."""
        self.of_report[number] = printed
        count = len(printed.state)
        if not count:
            return
        report, table, row, column, value, unit, state, raw, digest, page, table_no, row_no, column_no, *rest = self._columns
        report.add_same(number, count)
        value.add_own(printed.value)
        raw.add_own(printed.raw)
        if len(digests) == 1:
            digest.add_same(digests[0], count)
        else:
            digest.add_own(map(digests.__getitem__, printed.part))
        usual = (table, row, column, unit, state, table_no, row_no, column_no, page, *rest)
        cells, places = (printed.table, printed.row, printed.column, printed.unit, printed.state), zip(*printed.place, strict=True)
        judged = (printed.reader, printed.confidence, printed.match, printed.note, printed.repaired)
        for held, run in zip(usual, (*cells, *places, *judged), strict=True):
            held.add(run)


class FindingColumns(Columns):
    """The rows of `finding` that speak of one report alone."""

    def __init__(self) -> None:
        super().__init__("finding", 10)

    def add(self, number: int, findings: tuple[Finding, ...]) -> None:
        """Adds the findings of one report."""
        if not findings:
            return
        report, other, *usual, expected, actual, message = self._columns
        report.add_same(number, len(findings))
        other.add_same(None, len(findings))
        *runs, expectations, actuals, messages, _ = zip(*findings, strict=True)
        for held, run in zip(usual, runs, strict=True):
            held.add(run)
        expected.add_own(expectations)
        actual.add_own(actuals)
        message.add_own(map(words, runs[0], runs[4], messages))
