"""`nianbao reread`: every archived document again with today's readers."""

from __future__ import annotations

from typing import Any

import click

from nianbao import output
from nianbao.messages import say
from nianbao.progress import showing
from nianbao.rereading import Reread, reread
from nianbao.shell import command as make
from nianbao.shell import configured, json_option
from store.provenance import Loaded

EXAMPLES = """
nianbao reread --dry-run                              # which figures would change
nianbao reread                                        # store them as new readings, and publish
nianbao reread --where "year = 2024 AND status = 'partial'" --workers 2
"""


@make(
    "reread",
    "Read every archived document again with today's readers; no network.\n\n"
    "What changes is stored as a new reading, not as a correction by the agency. Stopped in the middle, it goes on where it stopped. "
    "Where only the WARC files are left, the database is made from them.",
    EXAMPLES,
)
@click.option("--where", metavar="SQL", help="Only documents whose row in the table report fits a condition.")
@click.option("--workers", type=click.IntRange(1, 256), metavar="N", help="Processes that read at the same time; else as configured.")
@click.option("--dry-run", is_flag=True, help="List the figures that would change; store nothing.")
@json_option
def command(where: str | None, workers: int | None, dry_run: bool, as_json: bool) -> int:
    """Read, and list what changed."""
    config = configured()
    with showing(None, config.log.file, config.log.format) as progress:
        told = reread(config, progress, where=where, workers=workers or 0, dry_run=dry_run)
    rows = [row for loaded in told.changed for row in _changes(loaded)]
    if as_json:
        output.as_json({"documents": told.documents, "outcomes": told.outcomes, "changes": rows, "missing": told.missing})
    else:
        output.table(rows, ["outcome", "agency", "year", "scope", "row_code", "column_code", "old", "new"] if rows else [])
    _tell(told, dry_run)
    return told.code


def _changes(loaded: Loaded) -> list[dict[str, Any]]:
    """A row for each figure that differs; one row for a report that is new as a whole."""
    head = {"outcome": loaded.outcome, "agency": loaded.agency, "year": loaded.year, "scope": loaded.scope, "url": loaded.url}
    if not loaded.changes:
        return [head]
    return [
        {**head, "row_code": change.row_code, "column_code": change.column_code, "old": _printed(change.old, change.old_raw)}
        | {"new": _printed(change.new, change.new_raw)}
        for change in loaded.changes
    ]


def _printed(value: object, raw: str | None) -> str:
    return f"{value.normalize():f}" if hasattr(value, "normalize") else raw or ""


def _tell(told: Reread, dry_run: bool) -> None:
    for message in told.missing:
        click.echo(f"nianbao: {message}", err=True)
    if told.resumed_after:
        click.echo(f"nianbao: {say('went on after {url}', url=told.resumed_after)}", err=True)
    kept = say("nothing stored") if dry_run else say("published")
    click.echo(
        say(
            "{documents} documents read again: {same} as before, {changed} changed, {unreadable} unreadable, {missing} missing; {kept}",
            documents=told.documents,
            same=told.outcomes["unchanged"],
            changed=len(told.changed),
            unreadable=told.unreadable,
            missing=len(told.missing),
            kept=kept,
        ),
        err=True,
    )
