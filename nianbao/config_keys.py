"""Every key of `config.toml` as a table: its check, its default, what it does. Validation, overrides and docs read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from nianbao import config_checks as must
from nianbao.config_checks import Check

REQUIRED: Final = object()
"""The default of a key that has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """One key. `default` is as written in TOML; None: may be left out. `secret` values are never printed."""

    name: str
    check: Check
    default: Any
    about: str
    secret: bool = False


SECTIONS: dict[str, tuple[Key, ...]] = {
    "archive": (
        Key("path", must.text, "var", "Folder of the WARC files, the crawl state and the database; relative to this file."),
        Key("snapshots", must.whole(0, 3650), 7, "How many dated copies of the published database are kept (`nianbao sql --as-of DATE`)."),
    ),
    "crawl": (
        Key("contact", must.one_line, REQUIRED, "How a portal's administrator reaches you; goes into the User-Agent."),
        Key("delay_s", must.number(0, 3600), 3.0, "Seconds between requests to one host, at least."),
        Key("max_hosts", must.whole(1, 4096), 64, "Hosts fetched from at the same time."),
        Key("timeout_s", must.number(0.1, 3600), 60.0, "Seconds until a request is given up."),
        Key("max_body_mb", must.number(0.001, 4096), 64.0, "Largest body in MiB, on the wire and unpacked."),
        Key(
            "allow_hosts", must.listing(must.host_pattern), ["*.gov.cn"], "Host names that may be fetched from, before and after redirects."
        ),
        Key("allow_private", must.listing(must.network), [], "Private address ranges that may be fetched from all the same, as CIDR."),
        Key("respect_robots", must.flag, True, "Obey robots.txt."),
    ),
    "read": (
        Key("timeout_s", must.number(0.1, 3600), 10.0, "CPU seconds that reading one document may take."),
        Key("memory_mb", must.whole(64, 1048576), 1024, "Memory in MiB that reading one document may take."),
        Key("workers", must.whole(0, 1024), 0, "Processes that read documents at the same time; 0: one a core."),
    ),
    "schedule": (
        Key("cron", must.cron, "15 2 * * *", "When `nianbao schedule` starts a run: minute hour day month weekday."),
        Key("timezone", must.timezone, "Asia/Shanghai", "The zone of the cron expression and of the seasons."),
    ),
    "season": (
        Key("start", must.month_day, "12-20", "First day of the time of year in which reports appear."),
        Key("end", must.month_day, "04-15", "Last day of it."),
        Key("every_days", must.whole(1, 366), 1, "In season a site is due after so many days."),
        Key("otherwise_days", must.whole(1, 366), 7, "Out of season a site is due after so many days."),
    ),
    "notify": (
        Key("heartbeat_url", must.web_address, None, "Asked (GET) after each run that ended with 0 and after no other.", secret=True),
        Key(
            "command",
            must.listing(must.text),
            [],
            "Program with its arguments, started after a run with problems; gets the run summary as JSON on standard input.",
            secret=True,
        ),
    ),
    "log": (
        Key("file", must.text, None, "File that log lines are added to; left out: none are written. Relative to this file."),
        Key("format", must.choice("text", "json"), "text", "Log lines as words, or one JSON object a line."),
    ),
}

SITE: tuple[Key, ...] = (
    Key("id", must.identifier, REQUIRED, "Short name, once in the file: what `--site` takes."),
    Key("name", must.text, REQUIRED, "Name of the body whose portal it is."),
    Key("home", must.web_address, REQUIRED, "Home page."),
    Key("division", must.division, None, "Division code (GB/T 2260)."),
    Key("listings", must.listing(must.web_address), [], "Annual-report columns, where known; else they are found from the home page."),
    Key("family", must.identifier, "auto", "CMS family of the portal; `auto` finds it."),
    Key("allow_hosts", must.listing(must.host_pattern), [], "Further hosts of this portal alone."),
    Key("delay_s", must.number(0, 3600), None, "Slower pace for this portal alone."),
    Key("cron", must.cron, None, "When this portal is due, in place of the seasons."),
    Key("expect", must.table, {}, "Bounds whose violation ends a run with 5."),
)

EXPECT: tuple[Key, ...] = (
    Key("min_reports", must.whole(0, 100000), None, "Fewest reports a year."),
    Key("first_year", must.whole(2008, 2100), None, "First year for which reports exist."),
)
