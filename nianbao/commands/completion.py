"""`nianbao completion`: what a shell needs to complete commands, options and site ids."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from nianbao.cli import COMPLETE
from nianbao.shell import command as make

SHELLS = ("bash", "zsh", "fish")

EXAMPLES = """
nianbao completion bash > ~/.local/share/bash-completion/completions/nianbao
nianbao completion zsh > "${fpath[1]}/_nianbao"
nianbao completion fish > ~/.config/fish/completions/nianbao.fish
"""


@make("completion", "Print the completion script of a shell.", EXAMPLES)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print it; where it belongs is in the examples."""
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(kind(ctx.find_root().command, {}, "nianbao", COMPLETE).source())
