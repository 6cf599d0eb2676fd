"""`nianbao find`: what the crawler sees on one page or site, and why."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Any

import click

from crawler.listing import Listing
from nianbao import output
from nianbao.exits import Exit
from nianbao.looking import Seen, look, settings_for
from nianbao.messages import say
from nianbao.shell import command as make
from nianbao.shell import config_file, config_given, json_option

EXAMPLES = """
nianbao find https://www.xjsw.gov.cn/                 # from the home page: the way to the columns, and their rows
nianbao find https://www.xjsw.gov.cn/zwgk/nb/ --json  # one column: family, declared total, links, and why
"""


@make(
    "find",
    "Show what the crawler sees on one page or site: family, listings, declared totals, report links, and why.\n\n"
    "For adding a site; no report is fetched and nothing is stored. Ends with 0 where complete listings were found, with 3 where something "
    "could not be had or no column was found, with 4 where the page itself could not be had, with 5 where a listing fell short.",
    EXAMPLES,
)
@click.argument("url")
@json_option
def command(url: str, as_json: bool) -> int:
    """Look and print."""
    seen = asyncio.run(look(url, settings_for(config_file(), given=config_given())))
    if as_json:
        output.as_json(described(url, seen))
    else:
        _print(seen)
    return end_of(seen)


def end_of(seen: Seen) -> Exit:
    """How looking ends: what was not reached, found, or complete."""
    if not seen.reached:
        return Exit.NOTHING
    if any(not listing.complete for listing in seen.listings):
        return Exit.VIOLATED
    return Exit.INCOMPLETE if seen.problems or not seen.listings else Exit.DONE


def described(url: str, seen: Seen) -> dict[str, Any]:
    """The object of `--json`."""
    return {
        "url": url,
        "family": seen.found.family,
        "requests": seen.requests,
        "trail": [asdict(step) for step in seen.found.trail],
        "columns": [asdict(column) for column in seen.found.columns],
        "listings": [_listing(listing) for listing in seen.listings],
        "problems": [asdict(problem) for problem in seen.problems],
    }


def _listing(listing: Listing) -> dict[str, Any]:
    return {**asdict(listing), "links": [asdict(link) for link in listing.links]}


def _print(seen: Seen) -> None:
    click.echo(say("The way:"))
    for step in seen.found.trail:
        click.echo(f"  {step.score:6.1f}  {step.url}\n          {step.why} → {step.outcome}")
    for listing in seen.listings:
        declared = "?" if listing.declared_total is None else listing.declared_total
        click.echo(
            say(
                "{url}\n  family {family}, declared {declared}, found {found}, {state} ({reason})",
                url=listing.url,
                family=listing.family,
                declared=declared,
                found=listing.distinct_found,
                state=say("complete") if listing.complete else say("NOT complete"),
                reason=listing.stop_reason,
            )
        )
        output.table([asdict(link) for link in listing.links], ["kind", "year", "agency", "title", "url", "why"])
    for problem in seen.problems:
        click.echo(f"  {problem.code}: {problem.url}: {problem.message}")
    if not seen.listings:
        click.echo(say('no annual-report column was found; name it with listings = ["…"] (docs/adding-a-site.md)'), err=True)
