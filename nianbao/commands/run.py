"""`nianbao run`: the nightly job."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from dataclasses import asdict
from datetime import timedelta
from types import FrameType
from typing import Any

import click

from nianbao import night, notify, output
from nianbao.cli import foreseen
from nianbao.config import Config
from nianbao.errors import Usage
from nianbao.exits import MEANING, Exit, worst
from nianbao.looking import look
from nianbao.messages import say
from nianbao.night import Options
from nianbao.progress import showing
from nianbao.shell import command as make
from nianbao.shell import configured, json_option
from nianbao.summary import RunSummary

EXAMPLES = """
nianbao run                                # every site: walk the listings, fetch what is new or changed
nianbao run --due                          # for cron: only what is due; silent when all is well but for one line
nianbao run --site shawan --year 2024      # one site, one year
nianbao run --retry                        # only the sites that failed last time
nianbao run --site shawan --dry-run --json # what would be fetched; nothing is stored
"""

UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


class Duration(click.ParamType[float]):
    """Seconds, or a number with s, m or h behind it."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds that are meant."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", str(value))
        if not found or float(found[1]) <= 0:
            self.fail(say("{value} is no duration; write 90s, 45m or 6h", value=value), param, ctx)
        return float(found[1]) * UNITS[found[2]]


@make(
    "run",
    "The nightly job: find, fetch, archive, read, check, store, publish.\n\n"
    "Walks every listing and asks conditionally for every known report whenever it is started; --due skips what can wait. "
    "Ends after the request under way on Ctrl-C or SIGTERM; the next run goes on from there.",
    EXAMPLES,
)
@click.option("--site", "sites", metavar="ID", multiple=True, help="Only this site; may be given several times.")
@click.option("--year", type=click.IntRange(2008, 2100), metavar="Y", help="Only reports for this year.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many reports of a site.")
@click.option("--due", is_flag=True, help="Only sites and reports that are due, by season; for cron and systemd.")
@click.option("--retry", is_flag=True, help="Only the sites that failed in the last run.")
@click.option("--max-time", type=Duration(), metavar="TIME", help="Stop in good order after so long: 90s, 45m, 6h.")
@click.option("--dry-run", is_flag=True, help="Walk the listings and say what would be fetched; store nothing.")
@click.option("--log", "log", type=click.Choice(["text", "json"]), help="Log lines on stderr.")
@json_option
def command(
    sites: tuple[str, ...],
    year: int | None,
    limit: int | None,
    due: bool,
    retry: bool,
    max_time: float | None,
    dry_run: bool,
    log: str | None,
    as_json: bool,
) -> int:
    """Run, tell, and end with what happened."""
    config = configured()
    _known(config, sites)
    options = Options(sites, year, limit, due, retry, max_time, tuple(sys.argv[1:]))
    if dry_run:
        return _would(config, options, as_json)
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        summary = _shown(config, options, log)
    except Exception as error:
        message, code = foreseen(error) or (str(error), Exit.BUG)
        notify.tell(config.notify, code, {"exit_code": int(code), "meaning": MEANING[code][0], "message": message}, _warn)
        raise
    if as_json:
        output.as_json(summary.as_json())
    click.echo(closing_line(summary), err=True)
    notify.tell(config.notify, summary.exit_code, summary.as_json(), _warn)
    return summary.exit_code


def closing_line(summary: RunSummary) -> str:
    """The one line that a healthy run leaves."""
    return say(
        "run {run}: {sites} sites, {requests} requests, {new} new reports, {corrected} corrected, {problems} problems in {time}; "
        "{code} ({meaning})",
        run=summary.run_id,
        sites=len(summary.sites),
        requests=summary.requests,
        new=summary.reports_new,
        corrected=summary.reports_corrected,
        problems=len(summary.problems),
        time=timedelta(seconds=round(summary.seconds)),
        code=summary.exit_code,
        meaning=say(MEANING[Exit(summary.exit_code)][0]),
    )


def _shown(config: Config, options: Options, log: str | None) -> RunSummary:
    with showing(log, config.log.file, config.log.format) as progress:
        return night.run(config, options, progress)


def _known(config: Config, sites: tuple[str, ...]) -> None:
    ids = [site.id for site in config.sites]
    for name in sites:
        if name not in ids:
            raise Usage(say("no site has the id {id}; there are: {ids}", id=name, ids=", ".join(ids[:20]) or "—"))
    if not ids:
        raise Usage(say("{path} has no site; add one: nianbao sites add 沙湾市", path=config.file))


def _would(config: Config, options: Options, as_json: bool) -> int:
    """Look at each site as a run would, without fetching reports or storing anything."""
    rows: list[dict[str, Any]] = []
    codes = []
    for site in config.sites:
        if options.sites and site.id not in options.sites:
            continue
        seen = asyncio.run(look(site.home, config.crawl, site))
        links = [link for listing in seen.listings for link in listing.links if link.kind == "report"]
        wanted = [link for link in links if options.year in (None, link.year)][: options.limit]
        rows += [{"site_id": site.id, **asdict(link)} for link in wanted]
        codes += [Exit.INCOMPLETE for _ in seen.problems] + [Exit.VIOLATED for listing in seen.listings if not listing.complete]
        for problem in seen.problems:
            click.echo(f"nianbao: {site.id}: {problem.code}: {problem.url}: {problem.message}", err=True)
    if as_json:
        output.as_json(rows)
    else:
        output.table(rows, ["site_id", "year", "agency", "title", "url"])
    return worst(codes)


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM asks for what Ctrl-C asks for: finish the request, leave a state to go on from, end with 130."""
    signal.raise_signal(signal.SIGINT)


def _warn(message: str) -> None:
    click.echo(f"nianbao: {message}", err=True)
