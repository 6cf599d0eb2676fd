"""One run at a time: the lock, who holds it, and what a killed holder leaves behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nianbao import lock
from nianbao.errors import Locked
from nianbao.exits import Exit

HOLD = """
import sys, pathlib
from nianbao import lock
with lock.held(pathlib.Path(sys.argv[1])):
    print('held', flush=True)
    sys.stdin.read()
"""

ASK = """
import sys, pathlib
from nianbao import lock
print('asking', flush=True)
for _ in range(20000):
    lock.holder(pathlib.Path(sys.argv[1]))
"""


def holding(archive: Path) -> subprocess.Popen[str]:
    """Another process that holds the lock until its standard input closes."""
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(archive)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def ended(child: subprocess.Popen[str], number: int | None = None) -> None:
    """End that process, by a signal or in good order."""
    if number:
        child.send_signal(number)
    child.communicate(timeout=20)


def test_a_second_run_is_refused_with_the_first_ones_pid(tmp_path: Path) -> None:
    """Exit 75, and the message says who has it and since when."""
    child = holding(tmp_path)
    try:
        with pytest.raises(Locked, match=rf"pid {child.pid}, since 20") as caught, lock.held(tmp_path):
            pytest.fail("two processes hold the lock")
        assert caught.value.code == Exit.LOCKED == 75
    finally:
        ended(child)


def test_the_lock_is_free_again_after_a_good_end(tmp_path: Path) -> None:
    """Nothing is left behind that doctor would speak of."""
    ended(holding(tmp_path))
    assert lock.holder(tmp_path) is None
    with lock.held(tmp_path):
        found = lock.holder(tmp_path)
        assert found is not None
        assert (found.pid, found.held) == (os.getpid(), True)
    assert lock.holder(tmp_path) is None


def test_a_killed_run_leaves_its_name_but_not_its_lock(tmp_path: Path) -> None:
    """After kill -9 the next run starts at once; until then doctor can say who died."""
    child = holding(tmp_path)
    ended(child, signal.SIGKILL)
    found = lock.holder(tmp_path)
    assert found is not None
    assert (found.pid, found.held) == (child.pid, False)
    with lock.held(tmp_path):
        pass
    assert lock.holder(tmp_path) is None


def test_an_error_under_the_lock_lets_go_of_it(tmp_path: Path) -> None:
    """A failed run is not a stale one."""
    with pytest.raises(ZeroDivisionError), lock.held(tmp_path):
        raise ZeroDivisionError
    assert lock.holder(tmp_path) is None


def test_looking_does_not_make_a_run_fail(tmp_path: Path) -> None:
    """Somebody who asks for the holder all the time keeps no run out."""
    with lock.held(tmp_path):
        pass
    child = subprocess.Popen([sys.executable, "-c", ASK, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "asking\n"
    try:
        for _ in range(20):
            with lock.held(tmp_path):
                assert lock.holder(tmp_path) is not None
    finally:
        child.kill()
        child.communicate(timeout=20)
