"""Departments that a reform gave another name are one body with dated names, where the evidence decides: never guessed.

The evidence, all of it needed: the list of reforms (successors.toml) says that one name followed the other; both are of one place;
the years that they print do not overlap; no other body of that place fits either side; and where a reform merged several offices, a
column of the portal shows these two and nobody else. Decided anew before each publish, so that what comes to light later undoes it:
the working database keeps the bodies apart, readers see them as one.

Where the list fits and the evidence does not decide which body took over, an entry without successor says that the office has ended:
nothing is expected of it any more.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import duckdb

from store.database import Row, insert
from store.places import places


@dataclass(frozen=True, slots=True)
class Renaming:
    """One entry of the list: patterns of the names before and after, whether one alone became the other, and what ordered it."""

    before: re.Pattern[str]
    now: re.Pattern[str]
    sole: bool
    basis: str


class Body(NamedTuple):
    """An agency as the evidence needs it; `columns` are the listings that show it and at most one body more."""

    agency_id: int
    name: str
    division: str
    first_year: int
    last_year: int
    columns: frozenset[str] = frozenset()


@cache
def renamings() -> tuple[Renaming, ...]:
    """The list that this version ships."""
    entries = tomllib.loads(files("store").joinpath("successors.toml").read_text("utf-8"))["renamed"]
    return tuple(Renaming(re.compile(e["before"]), re.compile(e["now"]), e["sole"], e["basis"]) for e in entries)


def decide(bodies: Iterable[Body]) -> list[tuple[Body, Body, str]]:
    """(the body before, the body now, the evidence in words) of every renaming that is certain."""
    of_place = sorted(_by_place(bodies).items())
    found = list({step[:2]: step for division, there in of_place for step in _of_place(division, there)}.values())
    return [step for step in found if _once(step, found)]


def ended(bodies: Sequence[Body], steps: Iterable[tuple[Body, Body, str]]) -> Iterator[tuple[Body, Body, str]]:
    """(the office, one that may have taken over, the evidence) of every other office that falls silent as such a one is first heard."""
    renamed = {old.agency_id for old, _, _ in steps}
    of_place = _by_place(bodies)
    for old in [body for body in bodies if body.agency_id not in renamed]:
        rest = _rest(old, old.division)
        for entry in [entry for entry in renamings() if entry.before.fullmatch(rest)]:
            now = [body for body in of_place[old.division] if entry.now.fullmatch(_rest(body, old.division)) and _takes_over(body, old)]
            yield from ((old, new, f"{entry.basis}; {_years(old, new)}") for new in now[:1])


def _takes_over(new: Body, old: Body) -> bool:
    return 0 <= new.first_year - old.last_year <= 1 and new.last_year > old.last_year


def _years(old: Body, new: Body) -> str:
    return f"{old.name} to {old.last_year}, {new.name} from {new.first_year}"


def _by_place(bodies: Iterable[Body]) -> dict[str, list[Body]]:
    found: dict[str, list[Body]] = defaultdict(list)
    for body in bodies:
        found[body.division].append(body)
    return found


def _of_place(division: str, there: Sequence[Body]) -> Iterator[tuple[Body, Body, str]]:
    for entry in renamings():
        before = [body for body in there if entry.before.fullmatch(_rest(body, division))]
        now = [body for body in there if entry.now.fullmatch(_rest(body, division))]
        for old, new in _pairs(entry, before, now):
            if old.agency_id != new.agency_id and old.last_year < new.first_year:
                shown = "" if entry.sole else ", one column of the portal shows both"
                yield old, new, f"{entry.basis}; {_years(old, new)}{shown}"


def _pairs(entry: Renaming, before: Sequence[Body], now: Sequence[Body]) -> Iterator[tuple[Body, Body]]:
    """The only pair there is; of a merger those that share a column of their own."""
    if entry.sole:
        if len(before) == len(now) == 1:
            yield before[0], now[0]
        return
    yield from ((old, new) for old in before for new in now if old.columns & new.columns)


def _once(step: tuple[Body, Body, str], found: Sequence[tuple[Body, Body, str]]) -> bool:
    """Neither followed, nor was followed by, anybody else."""
    return sum(other[0] is step[0] for other in found) == 1 == sum(other[1] is step[1] for other in found)


def _rest(body: Body, division: str) -> str:
    """The name without its place."""
    return body.name.replace(places().title(division), "", 1)


BODIES = """
    WITH report_at AS (
        SELECT site_id, url, arg_max(report_id, rowid) AS report_id FROM reading WHERE report_id IS NOT NULL GROUP BY ALL
    ),
    shown AS (
        SELECT k.site_id || ' ' || k.listing_url AS listing, coalesce(r.agency_id, k.agency_id) AS agency_id,
            coalesce(r.year, k.year) AS year
        FROM link k LEFT JOIN report_at a USING (site_id, url) LEFT JOIN report r ON r.report_id = a.report_id
        WHERE k.kind = 'report' AND coalesce(r.agency_id, k.agency_id) IS NOT NULL AND coalesce(r.year, k.year) IS NOT NULL
    ),
    slot AS (FROM shown SELECT listing GROUP BY ALL HAVING count(DISTINCT agency_id) = 2 AND count(*) = count(DISTINCT year)),
    told AS (
        SELECT agency_id, year, NULL AS listing FROM report WHERE is_current
        UNION ALL SELECT agency_id, year, slot.listing FROM shown LEFT JOIN slot USING (listing)
    )
    SELECT a.agency_id, a.full_name, a.division_code, min(t.year), max(t.year), list(DISTINCT t.listing) FILTER (t.listing IS NOT NULL)
    FROM agency a JOIN told t USING (agency_id)
    WHERE a.division_code IS NOT NULL AND a.kind NOT IN ('government', 'dispatched_office')
    GROUP BY ALL ORDER BY a.agency_id
"""
"""Which years a body told of: what a document says of itself goes before what its listing says."""


def settle_successions(connection: duckdb.DuckDBPyConnection) -> int:
    """Inside the caller's transaction: decides anew who is whose successor. Returns how many bodies bore an earlier name."""
    rows = connection.execute(BODIES).fetchall()
    bodies = [Body(number, name, place, first, last, frozenset(columns or ())) for number, name, place, first, last, columns in rows]
    steps = decide(bodies)
    after = {old.agency_id: new.agency_id for old, new, _ in steps}
    connection.execute("DELETE FROM agency_succession")
    insert(connection, "agency_succession", [_row(step, _last(step[1], after)) for step in steps])
    insert(connection, "agency_succession", [_row(step, None) for step in ended(bodies, steps)])
    return len(steps)


def _row(step: tuple[Body, Body, str], later: int | None) -> Row:
    old, new, evidence = step
    return old.agency_id, later, old.name, new.name, old.last_year, new.first_year, evidence


def _last(body: Body, after: Mapping[int, int]) -> int:
    """Who bears the line today, from body to body."""
    last = body.agency_id
    while last in after:
        last = after[last]
    return last
