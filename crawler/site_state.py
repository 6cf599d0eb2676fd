"""The one state in which a site ends a run: a pure function of what was counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from crawler.events import SiteState

_WALLS = ("blocked", "robots", "unreachable")
_SHORT = ("blocked", "robots", "unreachable", "too_large", "bad_redirect", "over_budget", "find_bounded", "walk_error")


@dataclass
class Tally:
    """What one crawl of a site came to, and what is known of it from before.

    `rows` are all rows of its listings, `reports` those held to be reports, `wanted` those of the years asked for.
    `fetched` came whole, `unchanged` were confirmed by a 304, `waiting` were not due. `codes` counts what went wrong by name.
    """

    columns: int = 0
    rows: int = 0
    reports: int = 0
    wanted: int = 0
    fetched: int = 0
    unchanged: int = 0
    waiting: int = 0
    incomplete: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    ever_delivered: bool = False
    in_season: bool = False
    min_reports: int | None = None

    @property
    def had(self) -> int:
        """Reports that are known to stand on the site tonight."""
        return self.fetched + self.unchanged + self.waiting


def site_state(tally: Tally) -> tuple[SiteState, str]:
    """The state and one sentence why.

    With reports in hand a site is partial, new or unchanged. Without any, a wall goes before silence; silence is as expected
    only where the configuration says so or the asked year may still come, suspicious where there were reports before.
    """
    if tally.had:
        return _with_reports(tally)
    for wall in _WALLS:
        if tally.codes[wall]:
            return wall, f"nothing could be had: {_said(tally)}"  # type: ignore[return-value]  # the names of these codes are states
    if tally.wanted:
        return "partial", f"{tally.wanted} reports are listed, none could be fetched: {_said(tally)}"
    return _without_reports(tally)


def _with_reports(tally: Tally) -> tuple[SiteState, str]:
    short = {code: tally.codes[code] for code in _SHORT if tally.codes[code]}
    if tally.incomplete or short:
        return "partial", f"{tally.had} reports, {tally.incomplete} listings incomplete; {_said(tally)}"
    if tally.fetched:
        return "new", f"{tally.fetched} reports fetched, {tally.unchanged} unchanged"
    return "unchanged", f"{tally.unchanged + tally.waiting} reports as they were"


def _without_reports(tally: Tally) -> tuple[SiteState, str]:
    seen = f"{tally.columns} columns with {tally.rows} rows" + (f" ({_said(tally)})" if tally.codes else "")
    if tally.min_reports == 0:
        return "empty_expected", f"{seen}, no report, as the configuration expects"
    if tally.reports and tally.in_season:
        return "empty_expected", f"{seen}, no report of the asked year yet; the season is not over"
    if tally.reports or tally.ever_delivered:
        return "empty_suspicious", f"{seen}, no report among them, though there were some before"
    return "never_delivered", f"{seen}, and no report was ever had from here"


def _said(tally: Tally) -> str:
    return ", ".join(f"{code} {number}" for code, number in tally.codes.most_common()) or "no error was told"
