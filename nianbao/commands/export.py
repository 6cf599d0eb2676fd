"""`nianbao export`: the archive as files that need no program of ours."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from nianbao import output
from nianbao.errors import Usage
from nianbao.messages import say
from nianbao.shell import command as make
from nianbao.shell import configured, json_option
from store.export import export, others
from store.query import reading_today

EXAMPLES = """
nianbao export dataset        # Parquet by year, CSV, datapackage.json and a README of caveats
"""


@make(
    "export",
    "Write the published archive as Parquet, CSV and datapackage.json into a folder, which is made anew.\n\n"
    "The same archive always gives the same bytes. Withdrawn reports are not in it.",
    EXAMPLES,
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, resolve_path=True))
@json_option
def command(folder: Path, as_json: bool) -> None:
    """Export, but never over somebody's other files, and say what was written."""
    if others(folder):
        raise Usage(say("{path} holds other files; name a new or empty folder, or that of an earlier export", path=folder))
    with reading_today(configured().archive.path) as connection:
        made = export(connection, folder)
    if as_json:
        output.as_json(asdict(made))
    what = {"count": made.files, "size": f"{made.size / 1024**2:.1f}", "version": made.version, "path": folder}
    click.echo(say("{count} files, {size} MiB, version {version}, in {path}", **what), err=True)
