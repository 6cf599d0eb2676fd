"""Killed, or out of disk: what was acknowledged is there, what was not is not, nothing is half there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from store.archive import Archive
from store.coverage import STATES, counted, missing
from store.errors import CannotWrite
from store.publish import publish
from store.query import reading
from store.verify import never
from tests.build import SHAWAN, report, source
from tests.store_sample import build

LOADER = """
import pathlib, sys
from store.archive import Archive
from tests.build import SHAWAN, report, source
with Archive(pathlib.Path(sys.argv[1])) as archive:
    run = archive.start_run()
    archive.add_site(SHAWAN)
    for n in range(int(sys.argv[2]), 100000):
        batch = [(report('教育局', 2003 + (n * 3 + k) % 90, {}), source(f'https://a/{n}/{k}')) for k in range(3)]
        archive.load_all(batch)
        print(n, flush=True)
"""
FULL = """
import pathlib, resource, signal, sys
from store.archive import Archive
from store.errors import CannotWrite
from tests.build import SHAWAN, report, source
with Archive(pathlib.Path(sys.argv[1])) as archive:
    archive.start_run()
    archive.add_site(SHAWAN)
    archive.load(report(), source('https://a/'))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_500_000, 3_500_000))
try:
    archive = Archive(pathlib.Path(sys.argv[1]))
    for n in range(2000):
        archive.load_all([(report('教育局', 2003 + k, {}, problems_text='长' * 999), source(f'https://b/{n}/{k}')) for k in range(90)])
except CannotWrite as error:
    print(type(error).__name__, error, flush=True)
import os
os._exit(0)
"""
ROOT = Path(__file__).parents[1]


def broken(archive: Archive) -> list[str]:
    """What must never be true and is."""
    return [said for said, query in never() if archive.connection.execute(query).fetchall()]


def loaded(archive: Archive) -> int:
    """How many readings are on record."""
    ((count,),) = archive.connection.execute("SELECT count(*) FROM reading").fetchall()
    return int(count)


def test_reports_acknowledged_before_a_kill_are_whole_and_no_others(tmp_path: Path) -> None:
    """Six kill -9 at random moments: every batch of three is there whole or not at all, and the next run goes on."""
    dice, done = random.Random(11), 0
    for _ in range(6):
        child = subprocess.Popen([sys.executable, "-c", LOADER, str(tmp_path), str(done)], stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert child.stdout is not None
        last = int(child.stdout.readline())
        time.sleep(dice.uniform(0, 0.4))
        os.kill(child.pid, signal.SIGKILL)
        told, _ = child.communicate()
        last = max([last, *(int(line) for line in told.split())])
        with Archive(tmp_path) as archive:
            assert broken(archive) == []
            assert loaded(archive) % 3 == 0
            assert loaded(archive) >= (last + 1 - done) * 3
        done = last + 1


def test_a_full_disk_is_told_and_what_was_stored_is_whole(tmp_path: Path) -> None:
    """`CannotWrite`, in words; after room was made the archive opens and goes on."""
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=True, timeout=300, cwd=ROOT)
    assert done.stdout.startswith("CannotWrite"), done.stdout + done.stderr
    assert "disk is full" in done.stdout
    with Archive(tmp_path) as archive:
        assert broken(archive) == []
        assert archive.load(report(year=2023), source("https://c/")).outcome == "new"


def test_a_published_file_that_cannot_be_replaced_is_told(tmp_path: Path) -> None:
    """A folder in its place, say."""
    with Archive(tmp_path) as archive:
        archive.start_run()
        archive.add_site(SHAWAN)
        (tmp_path / "nianbao.duckdb").mkdir()
        with pytest.raises((CannotWrite, OSError)):
            publish(tmp_path, work=archive.connection)


def test_coverage_is_counted_by_portal_place_and_level(tmp_path: Path) -> None:
    """Expected, found, read, sound and late, and every state; a missing report is named."""
    build(tmp_path)
    with reading(tmp_path) as connection:
        (one,) = counted(connection, "province", 2024)
        assert (one.group, one.expected, one.found, one.read, one.sound, one.late) == ("新疆维吾尔自治区", 5, 4, 4, 3, 1)
        assert {state: n for state, n in one.states.items() if n} == {"sound": 3, "unsound": 1, "not_looked_at": 1}
        assert [row.year for row in counted(connection, "level")] == [2024, 2024, 2023, 2023, 2022]
        assert missing(connection, 2024) == [("沙湾市财政局", 2024, "not_looked_at", None, None)]
        assert set(one.states) == set(STATES)
        with pytest.raises(ValueError, match="counted by"):
            counted(connection, "agency")  # type: ignore[arg-type]
