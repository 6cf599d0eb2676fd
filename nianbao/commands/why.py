"""`nianbao why`: one figure back to its cell, one address forward to what was read from it."""

from __future__ import annotations

from dataclasses import asdict

import click

from nianbao import output
from nianbao.errors import Usage
from nianbao.exits import Exit
from nianbao.messages import say
from nianbao.night import WARC_FOLDER
from nianbao.shell import command as make
from nianbao.shell import configured, json_option
from nianbao.snippet import around
from store.formats import plain, text
from store.query import reading_today
from store.warc_read import WarcError
from store.why import Why, read_from, why

EXAMPLES = """
nianbao why 3 requests.new total                # a report's number, codes of the form
nianbao why "金沟河镇 2024" 本年新收 总计       # or agency and year, and labels
nianbao why https://www.xjsw.gov.cn/…/c.html    # the reverse: what was read from an address
"""


@make(
    "why",
    "Follow one figure back to its cell: address, capture, archived record, page, table, row, column, raw text, reader.\n\n"
    "REPORT is a report_id, or agency and year; ROW and COLUMN are codes or labels of the form. "
    "With an address alone: what was read from it.",
    EXAMPLES,
)
@click.argument("report", metavar="REPORT|URL")
@click.argument("row", required=False)
@click.argument("column", required=False)
@json_option
def command(report: str, row: str | None, column: str | None, as_json: bool) -> int:
    """Look up and print."""
    archive = configured().archive.path
    with reading_today(archive) as connection:
        if report.startswith(("http://", "https://", "urn:", "file:")):
            rows = [asdict(one) for one in read_from(connection, report)]
            _listed([{key: plain(value) for key, value in one.items()} for one in rows], as_json)
            return Exit.DONE
        if row is None or column is None:
            raise Usage(say("say which figure: nianbao why REPORT ROW COLUMN; the codes are in the table figure"))
        found = why(connection, report, row, column)
    try:
        beside, lost = around(archive / WARC_FOLDER, found), None
    except (OSError, WarcError) as error:
        beside, lost = [], say("the archived bytes cannot be read: {error}; `nianbao verify` lists every fault", error=error)
    if as_json:
        output.as_json({**{key: plain(value) for key, value in asdict(found).items()}, "snippet": beside})
    else:
        show(found, beside)
    if lost:
        click.echo(f"nianbao: {lost}", err=True)
    return Exit.INCOMPLETE if lost else Exit.DONE


def _listed(rows: list[dict[str, object]], as_json: bool) -> None:
    if as_json:
        output.as_json(rows)
    else:
        output.table(rows, ["run_id", "captured_at", "reader", "status", "outcome", "report_id", "agency", "year", "scope", "figures"])


def show(found: Why, beside: list[list[str]]) -> None:
    """Print where a figure comes from, and what is printed around it."""
    shown = found.raw if found.value is None else f"{text(found.value)} {found.unit or ''}"
    whose = f"{found.agency} {found.year} {found.scope}"
    click.echo(f"{whose}, {say('version {number}', number=found.version)}: {shown}".rstrip())
    click.echo(f"{found.row_label or found.row_code} × {found.column_label or found.column_code}\n")
    place = {key: getattr(found, key) for key in ("page", "table_no", "row_no", "column_no", "x0", "top", "x1", "bottom")}
    match = say("labels matched: {match}", match=found.label_match)
    lines = {
        "state": found.state,
        "raw": repr(found.raw),
        "cell": " ".join(f"{key}={text(value)}" for key, value in place.items() if value is not None),
        "codes": f"{found.table_code} {found.row_code} {found.column_code} ({found.edition})",
        "url": found.url,
        "document": found.part_url if found.part_url != found.url else None,
        "captured": f"{found.captured_at:%Y-%m-%dT%H:%M:%SZ}",
        "sha256": found.sha256,
        "WARC": f"{found.warc_file} {say('at byte {offset}', offset=found.warc_offset)}",
        "reader": f"{found.reader} ({found.reader_version}), {match}, {found.confidence:g}",
        "repaired": say("split or joined by the sums of the form") if found.repaired else None,
        "note": found.note,
        "corrected": found.corrected_by,
        "gone": str(found.gone_on) if found.gone_on else None,
    }
    for name, value in lines.items():
        if value is not None:
            click.echo(f"{name:>10}  {value}")
    if beside:
        click.echo()
        for cells in beside:
            click.echo("  | " + " | ".join(cells) + " |")
