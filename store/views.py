"""The views that people ask, their Chinese twins, and what every table and column means: made from the form and columns.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import duckdb

from extract.form import FORM_TABLES, Column, Form, form
from store.database import quoted

HEAD = ("report_id", "agency_id", "agency", "division_code", "level", "year", "scope", "edition", "row_code", "row_label", "position")
NOTE = re.compile(r"（.*?）|\(.*?\)|/")
BEFORE_2019 = (2018, "03-31")
"""Reports on 2018 and earlier: the regulation of 2007 allowed everybody until 31 March."""


@cache
def meanings() -> dict[str, Any]:
    """columns.toml."""
    loaded: dict[str, Any] = tomllib.loads(files("store").joinpath("schema/columns.toml").read_text("utf-8"))
    return loaded


def meaning(table: str, column: str) -> dict[str, Any]:
    """`zh`, `note` and perhaps `values` of a column: of that table, or of the name wherever it stands."""
    known = meanings()["column"]
    found: dict[str, Any] = known.get(f"{table}.{column}") or known.get(column) or _of_form(table, column)
    return found


def _of_form(table: str, column: str) -> dict[str, str]:
    of_form = form().columns[table, column]
    return {"zh": chinese(of_form), "note": f"{of_form.zh}; {of_form.en}; editions {', '.join(of_form.editions)}"}


def chinese(column: Column) -> str:
    """A form column's label as a column name: without notes and strokes."""
    return NOTE.sub("", column.zh)


def create_views(connection: duckdb.DuckDBPyConnection) -> None:
    """Makes the macro, all views and all comments in a database that has the tables."""
    connection.execute(deadline_macro(form()))
    connection.execute(files("store").joinpath("schema/views.sql").read_text("utf-8"))
    for table in FORM_TABLES:
        connection.execute(form_view(table, form()))
    for view in meanings()["view"]:
        connection.execute(chinese_view(view, columns_of(connection, view)))
    connection.execute(";\n".join(comments(connection)))


def columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The columns of a table or view, in order."""
    rows = connection.execute(f'SELECT column_name FROM (DESCRIBE "{table}")').fetchall()
    return [name for (name,) in rows]


def deadline_macro(official: Form) -> str:
    """`deadline(year, scope, level, kind)`: the last day to publish; NULL where the level is not known and matters."""
    dates = official.rules["M.deadline"].dates
    last_old, old = BEFORE_2019

    def day(text: str) -> str:
        month, number = text.split("-")
        return f"make_date(year + 1, {int(month)}, {int(number)})"

    cases = [
        f"WHEN year <= {last_old} THEN {day(old)}",
        f"WHEN scope = 'own' THEN {day(dates['own'])}",
        f"WHEN kind = 'vertical' OR level = 'ministry' THEN {day(dates['province'])}",
        *(f"WHEN level = '{level}' THEN {day(date)}" for level, date in dates.items() if level != "own"),
    ]
    return f"CREATE MACRO deadline(year, scope, level, kind) AS CASE {' '.join(cases)} END"


def form_view(table: str, official: Form) -> str:
    """One table of the form, wide: a row a report and form row, a column a form column."""
    codes = [column.code for column in official.columns_of(table)]
    wide = ", ".join(f"max(value) FILTER (column_code = '{code}') AS {code}" for code in codes)
    return f"""
        CREATE VIEW {table} AS
        SELECT r.report_id, r.agency_id, r.agency, r.division_code, a.level, r.year, r.scope, t.edition, f.row_code, w.zh AS row_label,
            w.position, {", ".join(f"f.{code}" for code in codes)}
        FROM (SELECT report_id, row_code, {wide} FROM figure WHERE table_code = '{table}' GROUP BY report_id, row_code) f
        JOIN report r ON r.report_id = f.report_id AND r.is_current
        JOIN agency a ON a.agency_id = r.agency_id
        LEFT JOIN report_table t ON t.report_id = f.report_id AND t.table_code = '{table}'
        LEFT JOIN form_row w ON w.code = f.row_code AND w.edition = t.edition"""


def chinese_view(view: str, columns: list[str]) -> str:
    """The twin of a view, with Chinese column names and, for the few closed vocabularies, Chinese words."""
    chosen = ", ".join(f'{_translated(view, column)} AS "{meaning(view, column)["zh"]}"' for column in columns)
    return f'CREATE VIEW "{meanings()["view"][view]["zh"]}" AS SELECT {chosen} FROM {view}'


def _translated(view: str, column: str) -> str:
    words = meaning(view, column).get("values")
    if not words:
        return f'"{column}"'
    return f'CASE "{column}" ' + " ".join(f"WHEN '{code}' THEN '{word}'" for code, word in words.items()) + f' ELSE "{column}" END'


def comments(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """COMMENT statements for every table, view and column that is there."""
    for table, note in meanings()["table"].items():
        yield _comment("TABLE", f'"{table}"', note)
        for column in columns_of(connection, table):
            yield _comment("COLUMN", f'"{table}"."{column}"', described(table, column))
    for view, said in meanings()["view"].items():
        yield _comment("VIEW", f'"{view}"', said["note"])
        yield _comment("VIEW", f'"{said["zh"]}"', f"{view}: {said['note']}")
        for column in columns_of(connection, view):
            yield _comment("COLUMN", f'"{view}"."{column}"', described(view, column))
            yield _comment("COLUMN", f'"{said["zh"]}"."{meaning(view, column)["zh"]}"', f"{column}: {meaning(view, column)['note']}")


def described(table: str, column: str) -> str:
    """A column's comment: Chinese label and what it means."""
    said = meaning(table, column)
    return f"{said['zh']}: {said['note']}"


def _comment(kind: str, name: str, text: str) -> str:
    return f"COMMENT ON {kind} {name} IS '{quoted(text)}'"
