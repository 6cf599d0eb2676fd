"""What can go wrong while rows are written or asked for.

StoreError
├── CannotWrite      disk full, no permission, read-only file system (the command line exits 74)
├── ArchiveLocked    another process writes this archive (exit 75)
├── ArchiveTooNew    written by a newer nianbao
├── NoDatabase       nothing has been published here yet, or not on that date
├── QueryFailed      the question is not SQL that the database understands, or asks for what is not allowed
├── NoSuchFigure     `why` was asked for a report, row or column that is not held
└── BadCorrections   corrections.toml cannot be applied as it stands
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

NO_ROOM = ("No space left on device", "Disk quota exceeded", "File too large")
NO_RIGHT = ("Permission denied", "Read-only file system", "Operation not permitted")
LOCKED = ("Could not set lock", "Conflicting lock")


class StoreError(Exception):
    """Base of all storing errors. The message says what happened and what to do; `code` names it."""

    code = "store_error"


class CannotWrite(StoreError):
    """The disk is full or may not be written to; what was committed before is whole."""

    code = "cannot_write"


class ArchiveLocked(StoreError):
    """Another process has the working database open."""

    code = "archive_locked"


class DamagedDatabase(StoreError):
    """The working database is no database any more, or only part of one."""

    code = "damaged_database"


class ArchiveTooNew(StoreError):
    """The database has a schema that this version does not know."""

    code = "archive_too_new"


class NoDatabase(StoreError):
    """There is no published database (of that date)."""

    code = "no_database"


class QueryFailed(StoreError):
    """A query could not be answered."""

    code = "query_failed"


class NoSuchFigure(StoreError):
    """No such report, row or column is held."""

    code = "no_such_figure"


class BadCorrections(StoreError):
    """corrections.toml has an unknown key, a missing one, or a value of the wrong type."""

    code = "bad_corrections"


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns the errors of a full, read-only or locked disk into `CannotWrite` and `ArchiveLocked`, in words that say what to do."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        raise named(error, path) or error from error


def named(error: Exception, path: Path) -> StoreError | None:
    """The `StoreError` that an error of the disk amounts to; None for any other."""
    text, number = str(error), getattr(error, "errno", None)
    if any(sign in text for sign in LOCKED):
        return ArchiveLocked(f"{path} is open in another process; wait until that run has ended")
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or any(sign in text for sign in NO_ROOM):
        return CannotWrite(f"cannot write {path}: the disk is full; free some space and run again, nothing that was stored is lost")
    if number in (errno.EACCES, errno.EPERM, errno.EROFS) or any(sign in text for sign in NO_RIGHT):
        return CannotWrite(f"cannot write {path}: no permission; make the folder writable for the user who runs nianbao")
    return None
