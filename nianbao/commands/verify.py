"""`nianbao verify`: everything archived re-hashed, archive and database compared."""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import asdict

import click

from nianbao import output
from nianbao.exits import Exit
from nianbao.lock import held
from nianbao.messages import say
from nianbao.progress import showing
from nianbao.shell import command as make
from nianbao.shell import configured, json_option
from store.verify import verify

EXAMPLES = """
nianbao verify                # 0: every byte is as it was written; 5: each difference on a line
nianbao verify --json
"""


@make(
    "verify",
    "Hash everything archived again, and compare archive and database; ends with 5 where they differ.\n\n"
    "A flipped byte, a missing file, a truncated WARC file and a stale database are each named. Works on an archive that may only be read.",
    EXAMPLES,
)
@json_option
def command(as_json: bool) -> int:
    """Verify and list the faults."""
    config = configured()
    folder = config.archive.path
    locked = nullcontext() if folder.exists() and not os.access(folder, os.W_OK) else held(folder)
    with locked, showing() as progress:
        told = verify(folder, lambda done, total: progress.event("stage" if not done else "step", name="WARC", total=total))
    if as_json:
        output.as_json(asdict(told))
    else:
        for fault in told.faults:
            click.echo(f"{fault.kind}: {fault}")
    counts = say(
        "{files} WARC files, {captures} captures, {reports} reports, {figures} figures: {faults} faults",
        files=told.files,
        captures=told.captures,
        reports=told.reports,
        figures=told.figures,
        faults=len(told.faults),
    )
    click.echo(counts, err=True)
    return Exit.VIOLATED if told.faults else Exit.DONE
