"""`nianbao read`: one document → its figures, sections and findings; nothing is stored."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import click

from extract.kind import Kind, sniff
from extract.report import Report
from nianbao import looking, on_disk, output, report_view
from nianbao.config import load
from nianbao.errors import Usage
from nianbao.exits import Exit
from nianbao.messages import say
from nianbao.reading import Limits, read_limited
from nianbao.shell import command as make
from nianbao.shell import config_file, config_given, json_option

EXAMPLES = """
nianbao read report.pdf                          # tables as the form prints them, and what fails
nianbao read saved-page.html --json              # figures, sections, claims, findings
nianbao read report.docx --form requests --json  # the figures of one table
nianbao read https://www.xjsw.gov.cn/…/content.html
"""


@make(
    "read",
    "Read one document: its figures, sections and findings; nothing is stored.\n\n"
    "A FILE is read with the pictures embedded in it and the attachments that it links to in its own folder; the network is asked "
    "for a URL only. Ends with 0 where the document was read, wholly or in part, with 3 where it could not be or is no annual report.",
    EXAMPLES,
)
@click.argument("documents", metavar="FILE|URL...", nargs=-1, required=True)
@click.option("--form", "form_table", metavar="T", help="Only this table of the form: disclosure, requests, challenges (or T2, T3, T4).")
@click.option("--debug", "debug", type=click.Path(path_type=Path), metavar="DIR", help="Draw what was seen on each page of a PDF, as PNG.")
@json_option
def command(documents: tuple[str, ...], form_table: str | None, debug: Path | None, as_json: bool) -> int:
    """Read each and print it; one object, or an array where there are several."""
    table = report_view.table_code(form_table) if form_table else None
    if form_table and table is None:
        raise Usage(say("no table of the form is called {name}; there are disclosure, requests and challenges", name=form_table))
    loaded = [_load(document) for document in documents]
    if debug is not None:
        _draw(loaded, debug)
    reports = [_with_problems(read_limited(one.source, one.parts, _limits()), one) for one in loaded]
    if as_json:
        shown = [report_view.as_json(report, table) for report in reports]
        output.as_json(shown[0] if len(shown) == 1 else shown)
    else:
        for report in reports:
            click.echo("\n".join(report_view.as_text(report, table)))
    return Exit.DONE if all(report.status in ("read", "partial") for report in reports) else Exit.INCOMPLETE


def _load(document: str) -> looking.Fetched:
    if document.startswith(("http://", "https://")):
        return asyncio.run(looking.fetch(document, looking.settings_for(config_file(), given=config_given())))
    source, parts = on_disk.load(Path(document))
    return looking.Fetched(source, parts, ())


def _with_problems(report: Report, one: looking.Fetched) -> Report:
    return replace(report, problems=(*one.problems, *report.problems))


def _limits() -> Limits:
    """What reading may cost: as configured, where a configuration is there."""
    if not config_given() and not config_file().exists():
        return Limits()
    settings = load(config_file()).read
    return Limits(settings.timeout_s, settings.memory_mb)


def _draw(loaded: list[looking.Fetched], folder: Path) -> None:
    """Pictures of the PDF documents; those of a second one stand in a folder of their own."""
    from extract.pdf_debug import draw_debug  # the drawing parts are needed for nothing else

    pdfs = [source for one in loaded for source in (one.source, *one.parts) if sniff(source.content) is Kind.pdf]
    for number, source in enumerate(pdfs, 1):
        for path in draw_debug(source.content, folder if len(pdfs) == 1 else folder / f"{number:02}"):
            click.echo(str(path), err=True)
