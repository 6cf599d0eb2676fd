"""`nianbao withdraw`: keep a report out of what is published, on record."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime

import click

from nianbao import lock, output
from nianbao.config import Config
from nianbao.errors import Usage
from nianbao.messages import say
from nianbao.shell import command as make
from nianbao.shell import configured, json_option
from store.archive import Archive
from store.publish import publish
from store.query import ask, reading_today

EXAMPLES = """
nianbao withdraw 1234 --reason "names an applicant; request of 2026-03-01"
nianbao withdraw https://www.xjsw.gov.cn/zwgk/2024.html --reason "…" --who "archive desk"
nianbao withdraw --list
"""


@make(
    "withdraw",
    "Keep a report out of the published database, the views and the exports.\n\n"
    "The withdrawal stays on record with its date and reason. The archived bytes stay where they are; see docs/data-policy.md.",
    EXAMPLES,
)
@click.argument("report", metavar="REPORT|URL", required=False)
@click.option("--reason", metavar="TEXT", help="Why; published with the withdrawal.")
@click.option("--who", metavar="NAME", help="Who decided; else the user who runs this.")
@click.option("--list", "listed", is_flag=True, help="List what has been withdrawn.")
@json_option
def command(report: str | None, reason: str | None, who: str | None, listed: bool, as_json: bool) -> None:
    """Withdraw all versions at one address, and publish."""
    config = configured()
    if not listed:
        if not report or not reason or not reason.strip():
            raise Usage(say("say which report and why: nianbao withdraw REPORT --reason TEXT"))
        hidden = _withdraw(config, report, reason.strip(), who or getpass.getuser())
        click.echo(say("{count} versions withdrawn and published without", count=hidden), err=True)
    rows = _withdrawn(config)
    if as_json:
        output.as_json(rows)
    elif listed:
        output.table(rows, ["withdrawn_on", "agency", "year", "scope", "who", "reason", "url"])


def _withdraw(config: Config, report: str, reason: str, who: str) -> int:
    folder = config.archive.path
    with lock.held(folder), Archive(folder) as archive:
        column, value = ("report_id", int(report)) if report.isdigit() else ("url", report)
        query = f"SELECT max(report_id) FROM report WHERE {column} = ? GROUP BY agency_id, year, scope"  # noqa: S608 - one of two words
        found = archive.connection.execute(query, [value]).fetchall()
        if not found:
            raise Usage(say("no report {report} is held; REPORT is a report_id or a url of the table report", report=report))
        today = datetime.now(UTC).date()
        hidden = sum(archive.withdraw(number, who, reason, today) for (number,) in found)
        publish(folder, keep=config.archive.snapshots, work=archive.connection)
    return hidden


def _withdrawn(config: Config) -> list[dict[str, object]]:
    with reading_today(config.archive.path) as connection:
        answer = ask(connection, "FROM withdrawal ORDER BY withdrawn_on, agency, year")
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows()]
