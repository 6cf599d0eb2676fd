"""Who should have published, who did, what was read, what is sound: counted by portal, prefecture, province or level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import duckdb

By = Literal["site_id", "province", "prefecture", "county", "level", "kind", "year"]
GROUPS: tuple[By, ...] = get_args(By)
STATES = (
    *("sound", "unsound", "partial", "unreadable", "withdrawn", "not_read", "not_fetched"),
    *("not_published", "not_due", "not_reachable", "not_looked_at"),
)


@dataclass(frozen=True, slots=True)
class Counted:
    """The agencies of one group in one year. `states` counts each state of `STATES`; `late` those published after the last day."""

    group: str | None
    year: int
    expected: int
    found: int
    read: int
    sound: int
    late: int
    states: dict[str, int]


def counted(connection: duckdb.DuckDBPyConnection, by: By = "site_id", year: int | None = None) -> list[Counted]:
    """Coverage in numbers, a row a group and year. A government that publishes both its reports counts for each."""
    if by not in GROUPS:
        raise ValueError(f"coverage is counted by {', '.join(GROUPS)}")
    states = ", ".join(f"count(*) FILTER (state = '{state}')" for state in STATES)
    sums = ", ".join(f"count(*) FILTER ({what})" for what in ("expected", "found", "read", "sound", "days_late > 0"))
    rows = connection.execute(
        f"SELECT {by}::VARCHAR AS part, year, {sums}, {states} FROM coverage WHERE $year IS NULL OR year = $year "
        "GROUP BY ALL ORDER BY year DESC, part",
        {"year": year},
    ).fetchall()
    return [
        Counted(part, number, expected, found, read, sound, late, dict(zip(STATES, rest, strict=True)))
        for part, number, expected, found, read, sound, late, *rest in rows
    ]


def missing(connection: duckdb.DuckDBPyConnection, year: int | None = None) -> list[tuple[str, int, str, str | None, str | None]]:
    """(agency, year, state, url, message) of every report that is expected or linked and was not read."""
    rows = connection.execute(
        "SELECT agency, year, state, url, message FROM coverage WHERE NOT read AND ($year IS NULL OR year = $year) "
        "ORDER BY year DESC, division_code NULLS LAST, agency",
        {"year": year},
    ).fetchall()
    return [(agency, number, state, url, message) for agency, number, state, url, message in rows]
