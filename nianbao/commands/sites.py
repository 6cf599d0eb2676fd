"""`nianbao sites`: the known portals; add some to the configuration, probe one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from crawler.site import Site
from nianbao import output, sites
from nianbao.config import load
from nianbao.errors import Usage
from nianbao.exits import Exit
from nianbao.messages import say
from nianbao.shell import Group, config_file, config_given, json_option

if TYPE_CHECKING:
    from nianbao.looking import Seen

EXAMPLES = """
nianbao sites list 新疆 塔城              # by names; also by pinyin (shawan), initials (sws) or code (6542)
nianbao sites list --province 浙江 --level county --json
nianbao sites add 沙湾市                  # one, by name or code
nianbao sites add --prefecture 塔城       # a prefecture with its counties
nianbao sites check https://www.xjsw.gov.cn/
"""

LEVELS = ("province", "prefecture", "county")


@click.group(
    "sites",
    cls=Group,
    help="The known portals; add some to the configuration, probe one.\n\n"
    "3,209 portals of provinces, prefectures and counties ship with nianbao; listing them needs no configuration.",
    examples=EXAMPLES,
)
def command() -> None:
    """The group of the commands below."""


@command.command("list", help="List the known portals that fit all words: pieces of names, pinyin or its initials, codes.")
@click.argument("words", nargs=-1)
@click.option("--province", default="", metavar="NAME", help="Only portals of this province.")
@click.option("--prefecture", default="", metavar="NAME", help="Only this prefecture with its counties.")
@click.option("--level", type=click.Choice(LEVELS), help="Only portals of this level.")
@json_option
def list_(words: tuple[str, ...], province: str, prefecture: str, level: str | None, as_json: bool) -> None:
    """Print them, most significant first."""
    rows = [portal.as_json() for portal in sites.search(words, province=province, prefecture=prefecture, level=level)]
    if as_json:
        output.as_json(rows)
    else:
        output.table(rows, ["code", "level", "path", "url"])


@command.command("add", help="Write portals into the configuration, keeping its comments and order; those that it has stay as they are.")
@click.argument("words", nargs=-1)
@click.option("--province", default="", metavar="NAME", help="All portals of this province.")
@click.option("--prefecture", default="", metavar="NAME", help="This prefecture with its counties.")
@json_option
def add(words: tuple[str, ...], province: str, prefecture: str, as_json: bool) -> None:
    """Add them and say which."""
    if not words and not (province or prefecture):
        raise Usage(say("name a portal, or a --prefecture or --province"))
    chosen = [sites.pick(word) for word in words]
    if province or prefecture:
        area = sites.search(province=province, prefecture=prefecture)
        if not area:
            raise Usage(say("no known portal is called {word}; look with: nianbao sites list {word}", word=prefecture or province))
        chosen += area
    added = sites.add(config_file(), tuple(dict.fromkeys(chosen)))
    if as_json:
        output.as_json([{"id": site_id, **portal.as_json()} for site_id, portal in added])
        return
    for site_id, portal in added:
        click.echo(f"{site_id}\t{portal.body}\t{portal.url}")
    click.echo(say("{count} added to {path}", count=len(added), path=config_file()), err=True)


@command.command("check", help="Ask portals whether they answer, of which family they are, and where their annual-report column is.")
@click.argument("words", metavar="[ID|NAME|URL]...", nargs=-1)
@json_option
def check(words: tuple[str, ...], as_json: bool) -> int:
    """Look at each, one after the other; without a word, at every site of the configuration."""
    from nianbao.looking import look, settings_for  # the crawler, which listing portals does without

    settings = settings_for(config_file(), given=config_given())
    rows = [_checked(address, asyncio.run(look(address, settings, site))) for address, site in _meant(words)]
    if as_json:
        output.as_json(rows)
    else:
        output.table(rows, ["url", "reachable", "family", "columns", "declared", "found", "complete", "message"])
    if rows and not any(row["reachable"] for row in rows):
        return Exit.NOTHING
    return Exit.DONE if all(row["reachable"] and row["columns"] for row in rows) else Exit.INCOMPLETE


def _meant(words: tuple[str, ...]) -> list[tuple[str, Site | None]]:
    """The address of each word: itself, a site of the configuration by its id, or a known portal."""
    configured_sites = load(config_file()).sites if config_given() or config_file().exists() else ()
    if not words:
        return [(site.home, site) for site in configured_sites]
    own = {site.id: site for site in configured_sites}
    return [(own[word].home, own[word]) if word in own else (_address(word), None) for word in words]


def _address(word: str) -> str:
    return word if word.startswith(("http://", "https://")) else sites.pick(word).url


def _checked(address: str, seen: Seen) -> dict[str, object]:
    totals = [listing.declared_total for listing in seen.listings]
    return {
        "url": address,
        "reachable": seen.reached,
        "family": seen.found.family,
        "columns": [column.url for column in seen.found.columns],
        "declared": None if None in totals or not totals else sum(total or 0 for total in totals),
        "found": sum(listing.distinct_found for listing in seen.listings),
        "complete": all(listing.complete for listing in seen.listings) if seen.listings else None,
        "message": "; ".join(f"{problem.code}: {problem.message}" for problem in seen.problems),
    }
