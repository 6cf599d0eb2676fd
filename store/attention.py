"""What needs a person's eye after a run: things that went well by themselves and differ from the nights before.

Each is a problem, seen first, seen last, and resolved once it is over. Asked after everything of the run is in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

import duckdb

from store.database import transaction
from store.problems import Sighting, record

Weight = Literal["violation", "notice"]

MEMORY = timedelta(days=30)
"""How long the best count of a listing is remembered."""
COLLAPSED = 0.8
"""A listing with fewer than this share of its rows has collapsed."""
FELL = 0.2
ENOUGH = 5
"""Documents of a site, before and now, from which on their readability is compared."""


@dataclass(frozen=True, slots=True)
class Watch:
    """One thing to look for. `sql` gives site_id, url, message, report_id (or NULL); `$run`, `$year` and `$since` are its values."""

    code: str
    stage: str
    weight: Weight
    sql: str


WATCHES = (
    Watch(
        "quiet", "site", "notice",
        """
        SELECT s.site_id, s.home, 'no report for ' || $year || ' is here though the last day to publish has passed; for the year before '
            || 'there were ' || count(*), NULL
        FROM site_run w JOIN site s USING (site_id) JOIN report r ON r.site_id = s.site_id AND r.year = $year - 1
        WHERE w.run_id = $run AND w.state IN ('unchanged', 'empty_expected', 'empty_suspicious', 'partial')
          AND NOT EXISTS (FROM report n WHERE n.site_id = s.site_id AND n.year >= $year)
        GROUP BY s.site_id, s.home
        """,
    ),
    Watch(
        "collapsed", "list", "violation",
        f"""
        SELECT l.site_id, l.url, 'the listing shows ' || l.distinct_found || ' rows, it had ' || b.best, NULL
        FROM listing l JOIN (
            SELECT site_id, url, max(distinct_found) AS best FROM listing JOIN run USING (run_id)
            WHERE run_id < $run AND complete AND started_at >= $since GROUP BY ALL) b USING (site_id, url)
        WHERE l.run_id = $run AND l.distinct_found < {COLLAPSED} * b.best
        """,
    ),
    Watch(
        "shorter", "list", "notice",
        f"""
        SELECT l.site_id, l.url, 'the listing shows ' || l.distinct_found || ' rows, it had ' || b.best, NULL
        FROM listing l JOIN (
            SELECT site_id, url, max(distinct_found) AS best FROM listing JOIN run USING (run_id)
            WHERE run_id < $run AND complete AND started_at >= $since GROUP BY ALL) b USING (site_id, url)
        WHERE l.run_id = $run AND l.distinct_found < b.best AND l.distinct_found >= {COLLAPSED} * b.best
        """,
    ),
    Watch(
        "family_changed", "list", "notice",
        """
        SELECT l.site_id, l.url, 'the column was walked as ' || l.family || ', before as ' || b.family, NULL
        FROM listing l JOIN (
            SELECT site_id, url, arg_max(family, run_id) AS family FROM listing WHERE run_id < $run AND complete GROUP BY ALL) b
            USING (site_id, url)
        WHERE l.run_id = $run AND l.family <> b.family
        """,
    ),
    Watch(
        "less_readable", "site", "notice",
        f"""
        SELECT site_id, s.home, round(100 * now.share)::INTEGER || ' % of the documents were read whole, before it were '
            || round(100 * earlier.share)::INTEGER || ' %', NULL
        FROM (SELECT site_id, avg((status = 'read')::INTEGER) AS share FROM reading
              WHERE run_id = $run AND status IN ('read', 'partial', 'unreadable') GROUP BY ALL HAVING count(*) >= {ENOUGH}) now
        JOIN (SELECT site_id, avg((status = 'read')::INTEGER) AS share FROM reading
              WHERE run_id < $run AND status IN ('read', 'partial', 'unreadable') GROUP BY ALL HAVING count(*) >= {ENOUGH}) earlier
            USING (site_id)
        JOIN site s USING (site_id)
        WHERE now.share < earlier.share - {FELL}
        """,
    ),
    Watch(
        "failed_check", "check", "notice",
        """
        SELECT r.site_id, r.url, r.agency || ' ' || r.year || ': ' || count(*) || ' sums fail: '
            || string_agg(DISTINCT f.rule, ', ' ORDER BY f.rule), r.report_id
        FROM report r JOIN finding f USING (report_id)
        WHERE r.is_current AND f.outcome = 'fail' AND f.severity = 'error'
        GROUP BY r.site_id, r.url, r.agency, r.year, r.report_id
        """,
    ),
)  # fmt: skip

RESOLVE = "UPDATE problem SET resolved_at = $now WHERE stage = 'check' AND code = 'failed_check' AND run_id < $run AND resolved_at IS NULL"
FRESH = "SELECT site_id, url, message FROM problem WHERE run_id = $run AND code = $code AND first_seen = last_seen ORDER BY ALL"


@dataclass(frozen=True, slots=True)
class Attention:
    """One thing that was not so in the run before. A violation makes the run end with 5."""

    site_id: str | None
    stage: str
    url: str | None
    code: str
    message: str
    weight: Weight


def attend(connection: duckdb.DuckDBPyConnection, run_id: int, now: datetime) -> list[Attention]:
    """Looks for everything of `WATCHES`, keeps it as problems, and resolves what is over.

    Returns violations for as long as they last, and notices when they are new.
    """
    values = {"run": run_id, "year": year_due(now.date()), "since": (now - MEMORY).replace(tzinfo=None)}
    found: list[Attention] = []
    with transaction(connection):
        for watch in WATCHES:
            rows = connection.execute(watch.sql, {name: value for name, value in values.items() if f"${name}" in watch.sql}).fetchall()
            record(connection, [Sighting(run_id, site, watch.stage, url, watch.code, said, report) for site, url, said, report in rows])
            fresh = connection.execute(FRESH, {"run": run_id, "code": watch.code}).fetchall()
            told = [(site, url, said) for site, url, said, _ in rows] if watch.weight == "violation" else fresh
            found += [Attention(site, watch.stage, url, watch.code, said, watch.weight) for site, url, said in told]
        connection.execute(RESOLVE, {"now": now.replace(tzinfo=None), "run": run_id})
    return found


def year_due(today: date) -> int:
    """The latest year whose reports must all be out: governments publish by March 31 of the year after."""
    return today.year - 1 if today >= date(today.year, 4, 1) else today.year - 2
