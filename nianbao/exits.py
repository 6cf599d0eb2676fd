"""How a command tells its caller what happened: the exit codes, their meaning, and which one wins."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Exit(IntEnum):
    """The status that a `nianbao` process ends with; `docs/exit-codes.md` is made from `MEANING`."""

    DONE = 0
    BUG = 1
    USAGE = 2
    INCOMPLETE = 3
    NOTHING = 4
    VIOLATED = 5
    CANNOT_WRITE = 74
    LOCKED = 75
    INTERRUPTED = 130


PRECEDENCE = (Exit.LOCKED, Exit.INTERRUPTED, Exit.CANNOT_WRITE, Exit.NOTHING, Exit.VIOLATED, Exit.INCOMPLETE)
"""Where several apply, the first of these is reported."""

MEANING: dict[Exit, tuple[str, str]] = {
    Exit.DONE: ("done", "Nothing to do for you."),
    Exit.BUG: ("a bug in nianbao", "Run it again with NIANBAO_DEBUG=1 and report the traceback."),
    Exit.USAGE: (
        "wrong usage or configuration, or no such file",
        "Read the line on stderr: it names what is wrong and what would be right.",
    ),
    Exit.INCOMPLETE: (
        "done, but something could not be fetched or read",
        "Look at the table `problem`; `nianbao run --retry` tries only what failed.",
    ),
    Exit.NOTHING: ("nothing could be fetched at all", "Check the network and the proxy: `nianbao doctor`."),
    Exit.VIOLATED: (
        "an expectation was violated: a count collapsed, a listing fell short of its own declared total, `verify` found a difference",
        "Look at `nianbao coverage` and the table `problem` before you trust the new figures.",
    ),
    Exit.CANNOT_WRITE: ("cannot write: disk full or no permission", "Make room or mend the rights, then run it again: nothing was lost."),
    Exit.LOCKED: ("another run holds the lock", "Wait for it; `nianbao doctor` says who holds it and since when."),
    Exit.INTERRUPTED: ("interrupted", "Run it again: it goes on where it stopped and publishes what both fetched."),
}


def worst(codes: Iterable[int]) -> Exit:
    """The one code that a run ends with when several things happened; 0 where nothing did."""
    happened = {Exit(code) for code in codes}
    if Exit.USAGE in happened or Exit.BUG in happened:
        return Exit.BUG if Exit.BUG in happened else Exit.USAGE
    return next((code for code in PRECEDENCE if code in happened), Exit.DONE)
