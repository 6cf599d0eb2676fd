"""One run at a time over one archive: an advisory lock that the system lets go of when its holder dies."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from nianbao.errors import CannotWrite, Locked
from nianbao.messages import say

NAME = "nianbao.lock"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who wrote the lock file last, and whether the lock is held now. Not `held`: that process died without tidying up."""

    pid: int
    since: str
    held: bool


@contextmanager
def held(archive: Path) -> Iterator[None]:
    """Hold the archive's lock while the block runs; raises `Locked` at once where another process has it, or `CannotWrite`."""
    try:
        archive.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(archive / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise CannotWrite(say("cannot write {path}: {error}", path=archive, error=error.strerror)) from error
    try:
        if not _take_patiently(descriptor):
            raise Locked(_who(archive))
        note = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(note).encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder(archive: Path) -> Holder | None:
    """Who holds the lock or left it behind; None where no run is under way and the last one ended tidily."""
    path = archive / NAME
    if not path.exists():
        return None
    descriptor = os.open(path, os.O_RDONLY)
    try:
        free = _take(descriptor, shared=True)
        text = os.pread(descriptor, 4096, 0)
    finally:
        os.close(descriptor)
    if not text.strip():
        return None if free else Holder(0, "", True)
    note = json.loads(text)
    return Holder(note["pid"], note["since"], not free)


def _take_patiently(descriptor: int) -> bool:
    """A few tries in a tenth of a second: `holder` looks by taking the lock for an instant."""
    for _ in range(3):
        if _take(descriptor):
            return True
        time.sleep(0.03)
    return _take(descriptor)


def _take(descriptor: int, *, shared: bool = False) -> bool:
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _who(archive: Path) -> str:
    found = holder(archive)
    pid, since = (found.pid, found.since) if found else (0, "")
    return say("another run (pid {pid}, since {since}) holds {path}; wait for it to end", pid=pid, since=since, path=archive / NAME)
