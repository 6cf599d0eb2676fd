"""The parts of `docs/` that are made from the code: commands, exit codes, configuration."""

from __future__ import annotations

import os
from collections.abc import Iterator

import click

from nianbao.cli import cli
from nianbao.config import variable
from nianbao.config_keys import EXPECT, REQUIRED, SECTIONS, SITE, Key
from nianbao.exits import MEANING, PRECEDENCE

MADE = "<!-- Made from the code by `make docs`; `make check` sees to it that it is up to date. -->\n"
WIDTH = 100


def commands() -> str:
    """`docs/cli.md`: the help of every command, as it prints it in English."""
    pages = [f"# Commands\n\n{MADE}\nData goes to stdout, everything else to stderr. Exit codes: [exit-codes.md](exit-codes.md).\n"]
    for path, command, context in _walk(
        click.Context(cli, info_name="nianbao", max_content_width=WIDTH, terminal_width=WIDTH, help_option_names=["-h", "--help"])
    ):
        pages.append(f"## {path}\n\n```\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(pages)


def exit_codes() -> str:
    """`docs/exit-codes.md`."""
    rows = "".join(f"| {code.value} | {meaning} | {remedy} |\n" for code, (meaning, remedy) in MEANING.items())
    order = ", ".join(str(code.value) for code in PRECEDENCE)
    return (
        f"# Exit codes\n\n{MADE}\n| code | means | what to do |\n|---|---|---|\n{rows}\n"
        f"Where several apply, the first of {order} is reported.\n\n"
        "`nianbao read` ends with 0 for a document that was read, wholly or in part, and with 3 for one that could not be read or is\n"
        "no annual report. `nianbao doctor` ends with 0 whatever it finds, unless `--strict`.\n"
    )


def configuration() -> str:
    """`docs/configuration.md`: every key with its default and the variable that overrides it."""
    pages = [
        f"# Configuration\n\n{MADE}\n"
        "One TOML file: `--config FILE`, else `$NIANBAO_CONFIG`, else `./config.toml`. Paths in it are relative to it. An unknown key is\n"
        "an error. A variable of the environment overrides its key: text as it is, lists by commas, numbers and booleans as in TOML.\n"
        "`nianbao config` prints what is in force.\n\n"
        "Other variables: `NIANBAO_CONFIG` (the file), `NIANBAO_LANG` (`zh` or `en`, else the locale; messages only, never data),\n"
        "`NIANBAO_DEBUG` (a traceback with every bug).\n"
    ]
    for section, keys in SECTIONS.items():
        rows = "".join(f"| `{key.name}` | {_default(key)} | {key.about} | `{variable(section, key)}` |\n" for key in keys)
        pages.append(f"## [{section}]\n\n| key | default | what it does | variable |\n|---|---|---|---|\n{rows}")
    for title, keys in (("[[site]]", SITE), ("expect = { … } of a site", EXPECT)):
        rows = "".join(f"| `{key.name}` | {_default(key)} | {key.about} |\n" for key in keys)
        pages.append(f"## {title}\n\n| key | default | what it does |\n|---|---|---|\n{rows}")
    return "\n".join(pages)


def _default(key: Key) -> str:
    if key.default is REQUIRED:
        return "(required)"
    if key.default is None:
        return "(none)"
    text = str(key.default).lower() if isinstance(key.default, bool) else str(key.default).replace("'", '"')
    return f'`"{text}"`' if isinstance(key.default, str) else f"`{text}`"


def _walk(context: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    command = context.command
    yield context.command_path, command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _walk(
                    click.Context(
                        inner,
                        info_name=name,
                        parent=context,
                        max_content_width=WIDTH,
                        terminal_width=WIDTH,
                        help_option_names=["-h", "--help"],
                    )
                )


def in_english() -> None:
    """The reference is in English whatever the locale of who makes it."""
    os.environ["NIANBAO_LANG"] = "en"
