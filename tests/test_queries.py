"""The questions that come with nianbao, with their answers; the sandbox; answers on paper."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

import nianbao
from store.errors import QueryFailed
from store.formats import FORMATS, columns_wide, plain, write
from store.query import ask, example, examples, reading
from tests.store_sample import build

TOWN = "沙湾市金沟河镇人民政府"
ANSWERS: dict[str, list[list[Any]]] = json.loads(Path(__file__).with_name("store_answers.json").read_text("utf-8"))
"""Worked out by hand from the cells of store_sample.py."""
MIXED = """
    SELECT * FROM (VALUES ('沙湾市', 1.50::DECIMAL(24, 6), NULL), ('a,"b', 2::DECIMAL(24, 6), ''), ('c', NULL, 'x')) t("行政机关", n, s)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample archive, published."""
    made = tmp_path_factory.mktemp("archive")
    build(made)
    return made


@pytest.fixture
def connection(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A sandboxed reader."""
    with reading(folder) as opened:
        yield opened


@pytest.mark.parametrize("name", list(examples()))
def test_an_example_gives_the_answer_known_beforehand(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Each question, its columns as it announces them, its rows as worked out by hand."""
    answer = ask(connection, example(name).sql)
    assert answer.columns == example(name).columns
    assert [[plain(value) for value in row] for row in answer.rows()] == ANSWERS[name]


def test_there_are_twenty_questions_and_each_says_what_it_asks() -> None:
    """A comment states the question, another the columns."""
    assert len(examples()) == len(ANSWERS) == 20
    assert all(found.question.endswith((".", "?")) and found.columns for found in examples().values())


@pytest.mark.parametrize("name", ["3", "03", "q03", "q3", "new_requests_by_year", "q03_new_requests_by_year"])
def test_an_example_is_found_by_number_or_name(name: str) -> None:
    """However it is called."""
    assert example(name).name == "q03_new_requests_by_year"


def test_an_unknown_example_lists_those_there_are() -> None:
    """So that one can be chosen."""
    with pytest.raises(QueryFailed, match="q20_blank_cells"):
        example("q99")


EMPTIED = "UPDATE figure SET value = NULL, state = ? WHERE report_id IN (SELECT report_id FROM report WHERE agency = ?)"


@pytest.mark.parametrize("state", ["blank", "dash", "unreadable"])
def test_no_question_drops_a_report_because_a_cell_has_no_number(folder: Path, tmp_path: Path, state: str) -> None:
    """With no number left in the town's reports, what was told of them is told as unknown, and sums say how much they lack."""
    copy = tmp_path / "without.duckdb"
    copy.write_bytes((folder / "nianbao.duckdb").read_bytes())
    with duckdb.connect(str(copy)) as editor:
        editor.execute(EMPTIED, [state, TOWN])
    with nianbao.open(copy) as emptied:
        for name in ("q03", "q04", "q08", "q13", "q17", "q19"):
            assert TOWN in str(emptied.example(name).rows()), name
        for name in ("q05", "q06"):
            assert sum(row[-1] for row in emptied.example(name).rows()) > 0, name  # type: ignore[misc]


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/hostname')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM glob('/*')",
        "COPY annual_report TO 'stolen.csv'",
        "ATTACH 'other.duckdb'",
        "EXPORT DATABASE 'everything'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET lock_configuration = false",
        "CREATE TABLE x (i INTEGER)",
        "DELETE FROM report",
        "UPDATE figure SET value = 0",
        "SELECT * FROM 'https://127.0.0.1/x.parquet'",
        "PRAGMA database_list; COPY (SELECT 1) TO '/tmp/x'",
        "SELECT * FROM folder",
    ],
)
def test_a_query_reaches_no_file_no_network_and_changes_nothing(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Nor our Python variables; and the connection goes on to answer."""
    folder = {"secret": [1]}
    with pytest.raises(QueryFailed):
        ask(connection, query).rows()
    assert folder
    assert ask(connection, "SELECT count(*) FROM annual_report").rows() == [(8,)]


def test_a_flag_opens_files_but_the_archive_stays_read_only(folder: Path, tmp_path: Path) -> None:
    """For joins with one's own tables."""
    (tmp_path / "gdp.csv").write_text("code,gdp\n654203,1\n", encoding="utf-8")
    with reading(folder, external=True) as connection:
        assert ask(connection, f"SELECT gdp FROM '{tmp_path}/gdp.csv'").rows() == [(1,)]
        with pytest.raises(QueryFailed, match="read-only"):
            ask(connection, "DELETE FROM report")


@pytest.mark.parametrize("query", ["", "  ", "-- nothing", "/* nothing */ ;"])
def test_an_empty_query_says_so(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Rather than answering nothing."""
    with pytest.raises(QueryFailed, match="empty"):
        ask(connection, query)


def test_a_mistake_is_told_with_its_place(connection: duckdb.DuckDBPyConnection) -> None:
    """What DuckDB says, candidates included."""
    with pytest.raises(QueryFailed, match="annual_report"):
        ask(connection, "SELECT * FROM anual_report")


def test_several_statements_answer_with_the_last(connection: duckdb.DuckDBPyConnection) -> None:
    """A file of SQL may prepare."""
    assert ask(connection, "CREATE TEMP TABLE t AS SELECT 1 AS a; SELECT a + 1 FROM t").rows() == [(2,)]


def test_ctrl_c_stops_a_query_at_once_and_the_connection_lives(connection: duckdb.DuckDBPyConnection) -> None:
    """Interrupt works while the database computes."""
    timer = threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT))
    timer.start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        ask(connection, "SELECT count(*) FROM range(1000000000000) t(i) WHERE sqrt(i) < 0")
    assert time.monotonic() - started < 10
    assert ask(connection, "SELECT 1").rows() == [(1,)]


def printed(connection: duckdb.DuckDBPyConnection, query: str, form: Any, width: int | None = None) -> bytes:
    """An answer as written in a format."""
    out = io.BytesIO()
    write(ask(connection, query), form, out, width=width)
    return out.getvalue()


def test_a_table_is_aligned_whatever_the_script(connection: duckdb.DuckDBPyConnection) -> None:
    """Wide characters take two columns; numbers stand right; NULL is shown and is not empty text."""
    lines = printed(connection, MIXED, "table").decode().splitlines()
    assert lines[0].split() == ["行政机关", "n", "s"]
    starts = {
        columns_wide(line[: line.index(word)]) + columns_wide(word) for line, word in zip(lines[2:], ("1.5", "2", "NULL"), strict=True)
    }
    assert len(starts) == 1


def test_control_characters_of_a_page_do_not_reach_the_terminal(connection: duckdb.DuckDBPyConnection) -> None:
    """Text comes from web pages: no escape sequence, no line break inside a row."""
    shown = printed(connection, "SELECT 'a' || chr(27) || '[31m' || chr(10) || 'b' AS x", "table")
    assert b"\x1b" not in shown
    assert len(shown.splitlines()) == 3


def test_wide_tables_are_cut_to_the_terminal_and_say_so(connection: duckdb.DuckDBPyConnection) -> None:
    """Long text ends in an ellipsis, only where there is a terminal."""
    query = "SELECT repeat('长', 100) AS t, 1 AS n"
    assert "…" in printed(connection, query, "table", 80).decode()
    assert "…" not in printed(connection, query, "table").decode()


def test_csv_keeps_null_apart_from_empty_text(connection: duckdb.DuckDBPyConnection) -> None:
    """Nothing at all, and a pair of quotes; quotes doubled; decimals plain."""
    assert printed(connection, MIXED, "csv").decode() == '行政机关,n,s\r\n沙湾市,1.5,\r\n"a,""b",2,""\r\nc,,x\r\n'


def test_json_and_json_lines_hold_the_same(connection: duckdb.DuckDBPyConnection) -> None:
    """Whole decimals as integers, NULL as null, an empty answer as an empty array."""
    rows = json.loads(printed(connection, MIXED, "json"))
    assert rows[0] == {"行政机关": "沙湾市", "n": 1.5, "s": None}
    assert rows == [json.loads(line) for line in printed(connection, MIXED, "ndjson").splitlines()]
    assert json.loads(printed(connection, "SELECT 1 AS a WHERE false", "json")) == []


def test_dates_times_lists_and_infinities_are_json(connection: duckdb.DuckDBPyConnection) -> None:
    """ISO text in UTC; what JSON has no word for is null."""
    query = "SELECT DATE '2025-01-22' AS d, TIMESTAMP '2025-01-22 03:04:05' AS t, [1, 2] AS l, 'inf'::DOUBLE AS i, {'a': 1} AS s, true AS b"
    assert json.loads(printed(connection, query, "ndjson")) == {
        "d": "2025-01-22",
        "t": "2025-01-22T03:04:05Z",
        "l": [1, 2],
        "i": None,
        "s": {"a": 1},
        "b": True,
    }


def test_parquet_keeps_types(connection: duckdb.DuckDBPyConnection) -> None:
    """Decimals stay exact."""
    table = pq.read_table(io.BytesIO(printed(connection, MIXED, "parquet")))
    assert (table.num_rows, str(table.schema.field("n").type)) == (3, "decimal128(24, 6)")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_writes_every_example(connection: duckdb.DuckDBPyConnection, form: Any) -> None:
    """No column type that a format cannot say."""
    assert all(printed(connection, found.sql, form) for found in examples().values())


def test_nianbao_open_gives_rows_arrow_pandas_and_polars(folder: Path) -> None:
    """`import nianbao; nianbao.open(path)`: read-only, with the views."""
    with nianbao.open(folder) as archive:
        asked = archive.sql("SELECT agency, total FROM requests WHERE row_code = 'requests.new' AND year = 2022")
        assert asked.rows() == asked.fetchall() == archive.execute("SELECT agency, 4 FROM annual_report WHERE year = 2022").fetchall()
        assert asked.arrow().num_rows == 1
        assert asked.df().total.tolist() == [4.0]  # type: ignore[attr-defined]
        assert asked.pl().height == 1  # type: ignore[attr-defined]
        assert archive.example("q20").columns == example("q20").columns
        assert ("annual_report",) in [row[:1] for row in archive.tables().rows()]
        assert [row[0] for row in archive.columns("roster").rows()] == ["agency_id", "year", "reason"]
        with pytest.raises(duckdb.Error):
            archive.execute("DELETE FROM report")


def test_nianbao_starts_without_the_database() -> None:
    """The command line does not pay for DuckDB before it asks."""
    script = "import sys, nianbao; assert 'duckdb' not in sys.modules; nianbao.open; assert 'duckdb' in sys.modules"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
    with pytest.raises(AttributeError):
        _ = nianbao.nothing
