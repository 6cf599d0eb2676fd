"""A portal as configured, and what is expected of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Expect:
    """Bounds whose violation fails a run: `min_reports` a year in season, the first year with reports."""

    min_reports: int | None = None
    first_year: int | None = None


@dataclass(frozen=True, slots=True)
class Site:
    """One `[[site]]` of the configuration. `home` alone is enough; `listings` are known columns."""

    id: str
    name: str
    home: str
    division: str | None = None
    listings: tuple[str, ...] = ()
    family: str = "auto"
    allow_hosts: tuple[str, ...] = ()
    """Further hosts of this portal alone, beside the configuration's."""
    delay_s: float | None = None
    cron: str | None = None
    expect: Expect = field(default_factory=Expect)
