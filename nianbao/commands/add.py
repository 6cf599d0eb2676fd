"""`nianbao add`: documents and WARC files that are held already."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from nianbao import output
from nianbao.adding import Claim, add
from nianbao.config_checks import web_address
from nianbao.errors import Usage
from nianbao.messages import say
from nianbao.progress import showing
from nianbao.shell import command as make
from nianbao.shell import configured, json_option

EXAMPLES = """
nianbao add report.pdf --agency 沙湾市金沟河镇人民政府 --year 2016
nianbao add page.html --agency 沙湾市人民政府 --year 2019 --url https://www.xjsw.gov.cn/zwgk/2019.html
nianbao add crawl-2021.warc.gz                     # every report in it, under its own address
"""


@make(
    "add",
    "Take documents or WARC files that you hold into the archive, as captures with their origin stated.\n\n"
    "What --agency and --year say is used where the document does not say it itself. A saved page brings its pictures and attachments "
    "along. Of WARC files every page is archived and every report loaded, the older captures of an address before the later ones.",
    EXAMPLES,
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--agency", metavar="A", help="Whose report it is.")
@click.option("--year", type=click.IntRange(2003, 2100), metavar="Y", help="The year it reports on.")
@click.option("--url", metavar="U", help="The address at which it was published.")
@json_option
def command(files: tuple[Path, ...], agency: str | None, year: int | None, url: str | None, as_json: bool) -> int:
    """Add and say what became of each."""
    if url is not None:
        _check(url, files)
    config = configured()
    with showing(None, config.log.file, config.log.format) as progress:
        added = add(config, files, Claim(agency, year, url), progress)
    if added.unresolved:
        missing = say("{count} records refer to pages in WARC files that were not given; add those files too", count=added.unresolved)
        click.echo(missing, err=True)
    rows = [{key: value for key, value in asdict(one).items() if key != "changes"} for one in added.loaded]
    if as_json:
        output.as_json(rows)
    else:
        output.table(rows, ["outcome", "report_id", "agency", "year", "scope", "url", "message"])
    return added.code


def _check(url: str, files: tuple[Path, ...]) -> None:
    if len(files) > 1:
        raise Usage(say("--url is the address of one document; add the others by themselves"))
    try:
        web_address(url)
    except ValueError as error:
        raise Usage(f"--url {url}: {error}") from error
