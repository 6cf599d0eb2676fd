"""`nianbao COMMAND`: finds the command, and turns what stopped it into one line and the documented exit code."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence

import click
from click.shell_completion import shell_complete

from crawler.errors import CrawlError, Refused
from extract.errors import ReadError
from nianbao.errors import CANNOT_WRITE, Stop
from nianbao.exits import Exit
from nianbao.messages import say
from nianbao.shell import Group

COMMANDS = (
    "demo", "run", "schedule", "find", "read", "add", "reread", "sql", "coverage", "why", "export", "verify",
    "doctor", "sites", "config", "transcribe", "withdraw", "completion",
)  # fmt: skip
"""Each is the module of that name in `nianbao.commands`, loaded when it is asked for."""

COMPLETE = "_NIANBAO_COMPLETE"
"""Set by the completion script of a shell."""

EXAMPLES = """
nianbao demo                       # the whole job against a pretend portal: no network, no configuration
nianbao sites add 沙湾市           # write a portal into config.toml
nianbao run                        # find, fetch, archive, read, check, store, publish
nianbao sql "FROM 年报 LIMIT 5"    # ask
"""


class Commands(Group):
    """The group whose commands are modules, in the order in which a newcomer meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the signature is click's
        """All names, in order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002 - the signature is click's
        """The command of that name, its module loaded now."""
        if name not in COMMANDS:
            return None
        found: click.Command = importlib.import_module(f"nianbao.commands.{name}").command
        return found


@click.group(
    cls=Commands,
    help="The open archive of China's annual reports on open government information (政府信息公开工作年度报告).",
    examples=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="nianbao", message="%(prog)s %(version)s")
def cli() -> None:
    """All commands; `--config` is taken here and after the command's name."""


def main() -> None:
    """The `nianbao` program."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command line; the exit code. Never raises: what went wrong is one line on stderr."""
    try:
        return _invoked(list(arguments))
    except click.exceptions.Exit as asked:
        return asked.exit_code
    except BrokenPipeError:
        _drop_stdout()
        return Exit.DONE
    except (KeyboardInterrupt, click.Abort):
        return _stopped(say("interrupted; what was fetched is kept, the next run goes on and publishes it"), Exit.INTERRUPTED)
    except click.ClickException as error:
        return _stopped(_usage(error), Exit.USAGE)
    except Exception as error:  # noqa: BLE001 - the last resort: whatever is not foreseen is a bug and is reported as one
        known = foreseen(error)
        return _stopped(*known) if known else _bug(error)


def foreseen(error: Exception) -> tuple[str, Exit] | None:
    """The line and the exit code of an error that is no bug; None for a bug."""
    if isinstance(error, Stop):
        return str(error), error.code
    if isinstance(error, OSError) and error.errno in CANNOT_WRITE:
        return say("cannot write: {error}; make room or mend the rights, then run it again", error=error), Exit.CANNOT_WRITE
    if isinstance(error, CrawlError):
        return str(error), Exit.USAGE if isinstance(error, Refused) else Exit.NOTHING
    if isinstance(error, ReadError):
        return str(error), Exit.INCOMPLETE
    return _of_the_store(error)


def _of_the_store(error: Exception) -> tuple[str, Exit] | None:
    """The same for errors of `store`, which is not loaded, nor DuckDB with it, where nothing of it was used."""
    errors = sys.modules.get("store.errors")
    if errors is None or not isinstance(error, errors.StoreError):
        return None
    codes = {"cannot_write": Exit.CANNOT_WRITE, "archive_locked": Exit.LOCKED}
    return str(error), codes.get(error.code, Exit.USAGE)


def _invoked(arguments: list[str]) -> int:
    """Run the command, without click's own ways of ending a program: it takes a closed pipe for a failure."""
    if hook := os.environ.get(COMPLETE):
        return shell_complete(cli, {}, "nianbao", COMPLETE, hook)
    with cli.make_context("nianbao", arguments) as context:
        result = cli.invoke(context)
    sys.stdout.flush()
    return result if isinstance(result, int) else Exit.DONE


def _stopped(message: str, code: Exit) -> int:
    print(f"nianbao: {' '.join(message.split())}", file=sys.stderr)
    return code


def _usage(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    hint = say("; see `{command} --help`", command=context.command_path) if context else ""
    return f"{error.format_message().rstrip('.')}{hint}"


def _bug(error: Exception) -> int:
    if os.environ.get("NIANBAO_DEBUG"):
        traceback.print_exception(error)
    return _stopped(
        say("a bug: {kind}: {error}; run it again with NIANBAO_DEBUG=1 and report it", kind=type(error).__name__, error=error), Exit.BUG
    )


def _drop_stdout() -> None:
    """The reader of stdout has gone: let the interpreter's own last flush go nowhere instead of complaining."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
