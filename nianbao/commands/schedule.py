"""`nianbao schedule`: a process that starts the nightly run."""

from __future__ import annotations

import click

from nianbao.cron import trigger
from nianbao.messages import say
from nianbao.schedule import scheduler_for
from nianbao.shell import command as make
from nianbao.shell import configured

EXAMPLES = """
nianbao schedule                       # stays in the foreground; SIGTERM lets a run finish its request, then ends both
nianbao --config /etc/nianbao/config.toml schedule
"""


@make("schedule", "Stay in the foreground and start `run --due` on the configured cron expression.", EXAMPLES)
def command() -> None:
    """Say when the next run starts, then wait."""
    config = configured()
    settings = config.schedule
    said = say("starting `run --due` at {cron} ({zone})", cron=settings.cron, zone=settings.timezone)
    click.echo(f"nianbao: {said}", err=True)
    trigger(settings.cron, settings.timezone)
    scheduler_for(config).start()
