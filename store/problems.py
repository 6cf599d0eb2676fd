"""What a run could not do: seen first, seen last, and resolved once it was tried again and went well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import duckdb
import pyarrow as pa

from store.database import registered


class Sighting(NamedTuple):
    """A problem seen in a run. (site, stage, url, code) name it: seen again it is the same problem."""

    run_id: int
    site_id: str | None
    stage: str
    url: str | None
    code: str
    message: str
    report_id: int | None = None


SHOWN = 5


def shortened(messages: list[str]) -> str:
    """The first few, and how many more there are."""
    more = f" … and {len(messages) - SHOWN} more" if len(messages) > SHOWN else ""
    return "; ".join(messages[:SHOWN]) + more


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


SAME = "p.site_id IS NOT DISTINCT FROM seen.site_id AND p.stage = seen.stage AND p.url IS NOT DISTINCT FROM seen.url AND p.code = seen.code"


def record(connection: duckdb.DuckDBPyConnection, sightings: Sequence[Sighting]) -> None:
    """Adds new problems; of known ones `last_seen`, run and message are brought up to date."""
    if not sightings:
        return
    named = {(s.site_id, s.stage, s.url, s.code): s for s in sightings}
    with registered(connection, "seen", _table(list(named.values()))):
        connection.execute(
            "UPDATE problem p SET last_seen = $now, run_id = seen.run_id, message = seen.message, resolved_at = NULL, "
            f"report_id = coalesce(seen.report_id, p.report_id) FROM seen WHERE {SAME}",
            {"now": _now()},
        )
        connection.execute(
            "INSERT INTO problem SELECT run_id, site_id, stage, url, report_id, code, message, $now, $now, NULL "
            f"FROM seen WHERE NOT EXISTS (FROM problem p WHERE {SAME})",
            {"now": _now()},
        )


def settle(connection: duckdb.DuckDBPyConnection, urls: list[str], stages: tuple[str, ...], again: Sequence[Sighting] = ()) -> None:
    """Resolves the open problems of these stages at these addresses, which were tried again, but for those seen `again`."""
    seen = {(s.site_id, s.stage, s.url, s.code) for s in again}
    told = connection.execute(
        "SELECT rowid, site_id, stage, url, code FROM problem WHERE resolved_at IS NULL AND url IN (SELECT unnest($urls)) "
        "AND stage IN (SELECT unnest($stages))",
        {"urls": urls, "stages": list(stages)},
    ).fetchall()
    over = [row[0] for row in told if row[1:] not in seen]
    if over:
        connection.execute("UPDATE problem SET resolved_at = $now WHERE rowid IN (SELECT unnest($over))", {"now": _now(), "over": over})


def settle_site(connection: duckdb.DuckDBPyConnection, site_id: str, run_id: int, stages: tuple[str, ...]) -> None:
    """Resolves what a site was blamed for before, at these stages, and was not in this run."""
    connection.execute(
        "UPDATE problem SET resolved_at = $now WHERE site_id = $site AND run_id < $run AND resolved_at IS NULL "
        "AND list_contains($stages, stage)",
        {"now": _now(), "site": site_id, "run": run_id, "stages": list(stages)},
    )


def _table(sightings: Sequence[Sighting]) -> pa.Table:
    columns = list(zip(*sightings, strict=True)) if sightings else [()] * len(Sighting._fields)
    types = [pa.int32(), *[pa.string()] * 5, pa.int32()]
    return pa.table({n: pa.array(c, t) for n, c, t in zip(Sighting._fields, columns, types, strict=True)})
