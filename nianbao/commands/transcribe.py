"""`nianbao transcribe`: unreadable cells to a person, and the person's readings into corrections.toml."""

from __future__ import annotations

import getpass
from pathlib import Path

import click

from nianbao import lock, output
from nianbao.config import Config
from nianbao.errors import Usage
from nianbao.messages import say
from nianbao.night import WARC_FOLDER
from nianbao.shell import command as make
from nianbao.shell import configured, json_option
from nianbao.transcribing import SHEET, take_sheet, write_sheet
from store.archive import Archive
from store.corrections import FILE, unread
from store.crosscheck import settle
from store.publish import publish
from store.query import reading_today

EXAMPLES = """
nianbao transcribe                                # the cells that could not be read
nianbao transcribe --sheet cells                  # cells/cells.csv with a picture of each; fill in `new` and `reason`
nianbao transcribe --take cells/cells.csv --who "A. Reader"
"""


@make(
    "transcribe",
    "List the cells that could not be read, with the picture of each, and take what a person reads there.\n\n"
    "The readings go into corrections.toml in the archive, with who read them and why; the cells show that they were corrected by hand.",
    EXAMPLES,
)
@click.option("--sheet", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Write a sheet to fill in, with pictures.")
@click.option("--take", "filled", type=click.Path(path_type=Path), metavar="FILE", help="Take the readings on a filled sheet, and publish.")
@click.option("--who", metavar="NAME", help="Who read them; else the user who runs this.")
@json_option
def command(folder: Path | None, filled: Path | None, who: str | None, as_json: bool) -> None:
    """List, hand out or take in."""
    config = configured()
    if folder is not None and filled is not None:
        raise Usage(say("either --sheet or --take"))
    if filled is not None:
        count = _take(config, filled, who or getpass.getuser())
        click.echo(say("{count} readings taken into {path} and published", count=count, path=config.archive.path / FILE), err=True)
        return
    with reading_today(config.archive.path) as connection:
        cells = unread(connection)
    if folder is not None:
        write_sheet(cells, config.archive.path / WARC_FOLDER, folder)
        click.echo(
            say("{count} cells; fill in {path}, then: nianbao transcribe --take {path}", count=len(cells), path=folder / SHEET), err=True
        )
    elif as_json:
        output.as_json([cell._asdict() for cell in cells])
    else:
        output.table([cell._asdict() for cell in cells], ["agency", "year", "scope", "row_code", "column_code", "raw", "url", "page"])


def _take(config: Config, filled: Path, who: str) -> int:
    folder = config.archive.path
    with lock.held(folder), Archive(folder) as archive:
        taken = take_sheet(filled, who, folder / FILE)
        settle(archive.connection, everything=True, corrections=folder / FILE)
        publish(folder, keep=config.archive.snapshots, work=archive.connection)
    return len(taken)
