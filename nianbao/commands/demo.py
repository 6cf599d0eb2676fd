"""`nianbao demo`: the whole job against a pretend portal on 127.0.0.1."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click
import duckdb

from nianbao.commands.run import closing_line
from nianbao.commands.why import show
from nianbao.demo.job import COVERAGE, FIGURE, FINDINGS, QUESTIONS, Nights, play
from nianbao.errors import Usage
from nianbao.exits import worst
from nianbao.messages import say
from nianbao.night import WARC_FOLDER
from nianbao.progress import showing
from nianbao.shell import command as make
from nianbao.snippet import around
from store.formats import write
from store.query import ask, reading
from store.why import why

EXAMPLES = """
nianbao demo
nianbao demo --keep nianbao-demo     # leaves nianbao-demo/config.toml and nianbao-demo/var/
nianbao --config nianbao-demo/config.toml sql "FROM 年报"
"""


@make(
    "demo",
    "Serve a pretend portal on 127.0.0.1, run the whole job against it twice, print what landed and three queries with their answers.\n\n"
    "Needs no network and no configuration. On the second night one report has been corrected and one page asked for again.",
    EXAMPLES,
)
@click.option(
    "--keep", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Leave configuration and archive in a folder."
)
def command(keep: Path | None) -> int:
    """Play and show."""
    if keep is not None and (keep / "var").exists():
        raise Usage(say("{path} holds an archive already; name a new folder", path=keep))
    place: AbstractContextManager[str] = tempfile.TemporaryDirectory(prefix="nianbao-demo-") if keep is None else nullcontext(str(keep))
    with place as folder:
        with showing() as progress:
            nights = play(Path(folder), progress)
        _show(nights, keep)
    return worst([nights.first.exit_code, nights.second.exit_code])


def _show(nights: Nights, keep: Path | None) -> None:
    for summary in (nights.first, nights.second):
        click.echo(closing_line(summary), err=True)
        for problem in summary.problems:
            click.echo(f"  {problem.stage} {problem.code}: {problem.message}", err=True)
    archive = nights.config.archive.path
    with reading(archive) as connection:
        for heading, query in (("Who published", COVERAGE), ("Sums that do not add up", FINDINGS), *QUESTIONS):
            _answer(connection, heading, query)
        found = why(connection, *FIGURE)
    click.echo(f'\n{say("Where a figure comes from")}\n$ nianbao why "{FIGURE[0]}" {FIGURE[1]} {FIGURE[2]}')
    show(found, around(archive / WARC_FOLDER, found))
    if keep is None:
        click.echo(say("\nTo look around in it, keep it: nianbao demo --keep nianbao-demo"))
    else:
        click.echo(say("\nTo look around: nianbao --config {file} sql --example", file=keep / "config.toml"))


def _answer(connection: duckdb.DuckDBPyConnection, heading: str, query: str) -> None:
    click.echo(f'\n{heading}\n$ nianbao sql "{query}"')
    sys.stdout.flush()
    write(ask(connection, query), "table", sys.stdout.buffer, width=shutil.get_terminal_size().columns if sys.stdout.isatty() else None)
    sys.stdout.buffer.flush()
