"""The pages of `docs/` about the database, made from the database itself: tables, views, columns, rules and questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from extract.form import form
from store.database import migrate
from store.dictionary import STORE_RULES, fill
from store.query import examples
from store.views import create_views, described, meanings

FOREIGN = {
    "agency_id": "agency",
    "parent_id": "agency",
    "report_id": "report",
    "other_report_id": "report",
    "site_id": "site",
    "run_id": "run",
    "first_run": "run",
    "last_run": "run",
}
"""Columns that name a row of another table."""
PICTURE = (
    *("site", "run", "agency", "roster", "listing", "capture", "report", "report_table", "figure", "section", "claim", "finding"),
    "problem",
)
FIRST = ("report", "figure", "finding", "agency", "roster", "section", "claim", "report_table", "hand_correction")

HEAD = """# Tables and views

Generated from the schema, the form and the comments in the database itself (`store/schema`): the same text that
`SELECT comment FROM duckdb_columns()` gives. One DuckDB file, `<archive>/nianbao.duckdb`, always openable read-only; views speak of
current versions only, tables of all. Ask with `nianbao sql`, from Python with `nianbao.open("var")`, or with any DuckDB from 1.1 on.

NULL is not zero: a cell that is blank, a dash or unreadable has no value, and `figure.state` says which. Governments of counties and
above publish two reports a year, `scope` `own` and `aggregate`: never add them. Reports on 2018 and earlier count otherwise.
"""


def schema() -> str:
    """docs/schema.md: the picture, then every view and table with its columns."""
    with duckdb.connect() as connection:
        migrate(connection, Path("memory"))
        fill(connection)
        create_views(connection)
        views = [_section(connection, name, said["note"], said["zh"]) for name, said in meanings()["view"].items()]
        tables = [_section(connection, name, note, None) for name, note in _ordered(meanings()["table"]).items()]
        picture = _picture(connection)
    return "\n".join([HEAD, "## How they hang together\n", picture, "## Views\n", *views, "## Tables\n", *tables])


def _ordered(tables: dict[str, str]) -> dict[str, str]:
    """What people ask most comes first."""
    return {name: tables[name] for name in FIRST} | tables


SHAPE = "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? AND NOT internal ORDER BY column_index"


def _columns(connection: duckdb.DuckDBPyConnection, name: str) -> list[tuple[str, str]]:
    return [(column, kind) for column, kind in connection.execute(SHAPE, [name]).fetchall()]


def _section(connection: duckdb.DuckDBPyConnection, name: str, note: str, chinese: str | None) -> str:
    title = f"### `{name}`" + (f" / `{chinese}`" if chinese else "")
    rows = [f"| `{column}` | {kind} | {described(name, column).replace('|', '&#124;')} |" for column, kind in _columns(connection, name)]
    return "\n".join([title, "", f"{note}.", "", "| column | type | meaning |", "| --- | --- | --- |", *rows, ""])


def _picture(connection: duckdb.DuckDBPyConnection) -> str:
    """An entity-relationship diagram, in the language that code forges draw."""
    lines = ["```mermaid", "erDiagram"]
    for table in PICTURE:
        lines.append(f"  {table} {{")
        lines += [f"    {kind.split('(')[0].lower()} {column}" for column, kind in _columns(connection, table)]
        lines.append("  }")
    for table in PICTURE:
        for column, _ in _columns(connection, table):
            other = FOREIGN.get(column)
            if other in PICTURE and (other != table or column == "parent_id"):
                lines.append(f'  {other} ||--o{{ {table} : "{column}"')
    return "\n".join([*lines, "```", ""])


RULES_HEAD = """# The rules that reports are checked against

Generated from `extract/form.toml`. Each finding is `pass`, `fail` or `not_assessable` (an operand is blank, unreadable or missing),
with what the rule says it should be and what the report says. `error`: arithmetic that must hold; `warn`: a strong expectation;
`info`: worth knowing. `printed` rules stand in the form itself, `notice` rules in the notices, the rest follow or are inferred.

| rule | what it says | in English | severity | basis | evaluated on |
| --- | --- | --- | --- | --- | --- |
"""
NEEDS = {"report": "one report", "years": "this year's report and last year's", "agencies": "reports of several agencies"}


def rules() -> str:
    """docs/rules.md: every rule, its basis and what it is evaluated on."""
    stated = [(r.id, r.zh, r.en, r.severity, r.basis, r.needs) for r in form().rules.values()]
    rows = [
        f"| `{one}` | {zh} | {en} | {severity} | {basis} | {NEEDS[needs]} |"
        for one, zh, en, severity, basis, needs in (*stated, *STORE_RULES)
    ]
    return RULES_HEAD + "\n".join(rows) + "\n" + COPYING


COPYING = """
## How copied text is measured

`M.copying` compares section five of a report with last year's of the same agency and with those of the agencies under the same
government in the same year. Of each text only letters are kept: no digits, blanks or punctuation. Its runs of five characters, each
counted once, are its shingles; two texts are alike by the share of shingles they have in common among all that either has (Jaccard).
From 0.8 on the rule is broken; pairs from 0.5 on are in the table `similarity`. Texts of fewer than 40 shingles are not judged.

## How an aggregate is compared with its members

`ROLLUP` adds, cell by cell, the own report of a government (or of its office), those of its departments and townships, and the
aggregates of the governments below it; vertical bodies are apart. Who belongs is what the roster of that year says. Where a member's
report is not held or not readable, the whole aggregate is not assessable and the missing members are named; where a member prints no
number, that cell is.
"""


def questions(answers: Path) -> str:
    """docs/questions.md: the questions that come with nianbao, their SQL, and their answers on a sample archive (a JSON file)."""
    known: dict[str, list[list[Any]]] = json.loads(answers.read_text("utf-8"))
    parts = [QUESTIONS_HEAD]
    for name, one in examples().items():
        sql = "\n".join(line for line in one.sql.splitlines() if not line.startswith("--"))
        parts.append(f"## {name}\n\n{one.question}\n\n```sql\n{sql}\n```\n\n{_answer(one.columns, known[name])}")
    return "\n".join(parts)


QUESTIONS_HEAD = """# Questions, with their answers

Generated from `store/queries`; ask them with `nianbao sql --example NAME`. The answers are those of the small archive that the tests are
run on (`tests/store_sample.py`): one county, three years, one flaw of every kind. An empty cell is NULL: not known.
"""


def _answer(columns: tuple[str, ...], rows: list[list[Any]]) -> str:
    shown = [f"| {' | '.join(_said(value) for value in row)} |" for row in rows]
    return "\n".join([f"| {' | '.join(columns)} |", "|" + " --- |" * len(columns), *shown, ""])


def _said(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return "" if value is None else str(value).replace("|", "&#124;")
