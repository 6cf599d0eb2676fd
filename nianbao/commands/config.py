"""`nianbao config`: the configuration in force."""

from __future__ import annotations

import click
import tomlkit

from nianbao import output
from nianbao.config import effective
from nianbao.shell import command as make
from nianbao.shell import configured, json_option

EXAMPLES = """
nianbao config
NIANBAO_CRAWL_DELAY_S=5 nianbao config --json
"""


@make("config", "Print the configuration in force: the file, the defaults, and the environment on top; secrets are masked.", EXAMPLES)
@json_option
def command(as_json: bool) -> None:
    """Print it as TOML or JSON."""
    config = configured()
    values = effective(config)
    if as_json:
        output.as_json({"file": str(config.file), **values})
    else:
        click.echo(f"# {config.file}\n{tomlkit.dumps(values)}", nl=False)
