"""`nianbao doctor`: what could keep a run from working."""

from __future__ import annotations

from dataclasses import asdict

import click

from nianbao import output
from nianbao.doctor import Check, examine_all
from nianbao.exits import Exit
from nianbao.messages import say
from nianbao.shell import command as make
from nianbao.shell import config_file, json_option

EXAMPLES = """
nianbao doctor
nianbao doctor --strict || echo "not ready"
nianbao doctor --json
"""

SIGNS = {"ok": ("✓", "green"), "warning": ("!", "yellow"), "failure": ("✗", "red")}


@make(
    "doctor",
    "Look at configuration, disk, clock, network, optional parts and the last run; say what to do.\n\n"
    "Works without a configuration and with a broken one. Ends with 0 whatever it finds, with 2 under --strict where something fails.",
    EXAMPLES,
)
@click.option("--strict", is_flag=True, help="End with 2 where a check fails; warnings are no failures.")
@json_option
def command(as_json: bool, strict: bool) -> int:
    """Print the checks, remedies below."""
    checks = list(examine_all(config_file()))
    if as_json:
        output.as_json([asdict(check) for check in checks])
    else:
        for check in checks:
            _print(check)
    return Exit.USAGE if strict and any(check.state == "failure" for check in checks) else Exit.DONE


def _print(check: Check) -> None:
    sign, colour = SIGNS[check.state]
    click.echo(f"{click.style(sign, fg=colour)} {say(check.check)}: {check.detail}")
    if check.remedy:
        click.echo(f"    → {check.remedy}")
