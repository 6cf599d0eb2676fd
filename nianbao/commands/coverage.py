"""`nianbao coverage`: who should have published, who did, what was read, what is sound."""

from __future__ import annotations

from typing import Any

import click

from nianbao import output
from nianbao.shell import command as make
from nianbao.shell import configured, json_option
from store.coverage import GROUPS, STATES, By, counted
from store.query import ask, reading_today

EXAMPLES = """
nianbao coverage                       # in numbers, by portal and year
nianbao coverage --year 2024 --by prefecture
nianbao coverage --year 2024 --missing # whose report is not there, and why: not published is not the same as not reachable
nianbao coverage --json                # agency by agency
"""


@make(
    "coverage",
    "Who should have published, who did, what was read, what is sound, and how late.\n\n"
    "A report that could not be fetched is never counted as not published. As JSON: one object an agency, year and scope.",
    EXAMPLES,
)
@click.option("--year", type=click.IntRange(2008, 2100), metavar="Y", help="Only reports on this year.")
@click.option("--by", "by", type=click.Choice(GROUPS), default="site_id", help="What the numbers are counted by.")
@click.option("--missing", is_flag=True, help="List what is expected and was not read.")
@json_option
def command(year: int | None, by: By, missing: bool, as_json: bool) -> None:
    """Count or list."""
    with reading_today(configured().archive.path) as connection:
        if as_json or missing:
            condition = "NOT read AND expected" if missing else "true"
            answer = ask(connection, f"FROM coverage WHERE {condition} AND {_of(year)} ORDER BY year DESC, agency, scope")
            rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows()]
            _listed(rows, as_json)
            return
        groups = counted(connection, by, year)
    states = [state for state in STATES if any(group.states[state] for group in groups)]
    sums = ("expected", "found", "read", "late")
    lines: list[dict[str, Any]] = [
        {"year": one.year, by: one.group, **{key: getattr(one, key) for key in sums}, **one.states} for one in groups
    ]
    output.table(lines, ["year", by, *sums, *states])


def _listed(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        output.as_json(rows)
    else:
        output.table(rows, ["year", "agency", "state", "url", "message"])


def _of(year: int | None) -> str:
    return "true" if year is None else f"year = {year:d}"
