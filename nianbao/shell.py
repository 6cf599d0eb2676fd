"""What all commands share: `--config` before and after the name, help in the reader's language, examples, `--json`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from nianbao.config import Config, load
from nianbao.messages import say

Function = TypeVar("Function", bound=Callable[..., Any])

CONFIG_HELP = "Configuration; else $NIANBAO_CONFIG, else ./config.toml."


class Spoken(click.Command):
    """A command whose help is in the reader's language and ends with examples."""

    examples = ""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The help, paragraph by paragraph."""
        with formatter.indentation():
            for paragraph in say(self.help or "").split("\n\n"):
                formatter.write_paragraph()
                formatter.write_text(" ".join(paragraph.split()))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options."""
        records = [record for param in self.get_params(ctx) if (record := param.get_help_record(ctx))]
        with formatter.section(say("Options")):
            formatter.write_dl([(names, _spoken(about)) for names, about in records])
        if isinstance(self, click.Group):
            found = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
            with formatter.section(say("Commands")):
                formatter.write_dl([(name, one.get_short_help_str()) for name, one in found if one])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The examples, as they are typed."""
        if self.examples:
            with formatter.section(say("Examples")):
                for line in self.examples.strip().splitlines():
                    formatter.write(f"  {line.strip()}\n")

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - click's signature
        """The first sentence of the help."""
        return " ".join(say(self.help or "").split("\n\n")[0].split()).rstrip(".。")


class Command(Spoken):
    """A command that takes `--config` after its name too."""

    def __init__(self, *args: Any, examples: str = "", **kwargs: Any) -> None:  # noqa: ANN401 - what click passes on
        super().__init__(*args, **kwargs)
        self.examples = examples
        self.params.append(_config_option())


class Group(Spoken, click.Group):
    """A command with commands of its own."""

    command_class = Command

    def __init__(self, *args: Any, examples: str = "", **kwargs: Any) -> None:  # noqa: ANN401 - what click passes on
        super().__init__(*args, **kwargs)
        self.examples = examples
        self.params.append(_config_option())


def _spoken(about: str) -> str:
    """An option's help in the reader's language; the bounds that click puts behind it stay as they are."""
    words, gap, bounds = about.partition("  [")
    return say(words) + gap + bounds


def command(name: str, about: str, examples: str = "") -> Callable[[Callable[..., int | None]], Command]:
    """Make a function the command of that name."""
    return click.command(name, cls=Command, help=about, examples=examples)


def json_option(function: Function) -> Function:
    """`--json`, on every listing."""
    return click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")(function)


def config_file() -> Path:
    """The configuration's file: `--config`, else `$NIANBAO_CONFIG`, else `./config.toml`."""
    given = click.get_current_context().find_root().obj
    return Path(given or os.environ.get("NIANBAO_CONFIG") or "config.toml")


def config_given() -> bool:
    """Whether a configuration was named, on the command line or in the environment."""
    return bool(click.get_current_context().find_root().obj or os.environ.get("NIANBAO_CONFIG"))


def configured() -> Config:
    """The configuration that this command works with; raises `BadConfig`."""
    return load(config_file())


def _config_option() -> click.Option:
    def keep(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
        if value is not None:
            ctx.find_root().obj = value

    kind = click.Path(path_type=Path)
    return click.Option(["--config"], metavar="FILE", type=kind, expose_value=False, callback=keep, help=CONFIG_HELP)
