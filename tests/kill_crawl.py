"""Kill a crawl at random moments, run it again until it is done, and look at what is left."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crawler.frontier import Frontier
from store.warc import read_capture, records
from store.warc_check import verify_file
from tests.crawl_to_kill import address, body

_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Outcome:
    """How often the crawl was killed in earnest, and everything that is wrong afterwards."""

    kills: int
    faults: list[str]


@contextmanager
def site() -> Iterator[int]:
    """The site in a process of its own; its port."""
    server = _start("serve", "0", stdout=subprocess.PIPE)
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def kill_crawl(folder: Path, pages: int, kills: int, seed: int) -> Outcome:
    """Crawl `pages` pages with SIGKILL at `kills` random moments of the crawl, then undisturbed to its end; then check."""
    choice = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    done = 0
    with site() as port:
        for _attempt in range(3 * kills):
            if done == kills:
                break
            done += _run_and_kill(port, folder, pages, choice.uniform(0.05, 0.6))
        finished = _start("crawl", str(port), str(folder), str(pages)).wait(timeout=300)
        faults = [] if finished == 0 else [f"the last run ended with {finished}"]
        return Outcome(done, faults + list(_faults(folder, port, pages)))


def _run_and_kill(port: int, folder: Path, pages: int, after_s: float) -> int:
    """1 where the crawl was killed while it was at work, 0 where it was done before."""
    before = _archived(folder)
    crawl = _start("crawl", str(port), str(folder), str(pages))
    deadline = time.monotonic() + 60
    while crawl.poll() is None and _archived(folder) == before and time.monotonic() < deadline:
        time.sleep(0.002)
    time.sleep(after_s)
    crawl.send_signal(signal.SIGKILL)
    return int(crawl.wait() == -signal.SIGKILL)


def _archived(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / "warc").glob("*"))


def _start(*arguments: str, stdout: int | None = None) -> subprocess.Popen[bytes]:
    environment = os.environ | {"PYTHONPATH": str(_ROOT)}
    return subprocess.Popen([sys.executable, "-m", "tests.crawl_to_kill", *arguments], cwd=_ROOT, env=environment, stdout=stdout)


def _faults(folder: Path, port: int, pages: int) -> Iterator[str]:
    """Pages missing, doubled, or not what was served; files that gzip or their digests do not pass."""
    files = sorted((folder / "warc").iterdir())
    for path in files:
        yield from map(str, verify_file(path))
        if subprocess.run(["gzip", "-t", path], check=False).returncode != 0:
            yield f"gzip -t fails on {path.name}"
    archived = Counter(record.uri for path in files for record in records(path) if record.type in ("response", "revisit"))
    with Frontier(folder / "frontier.sqlite") as frontier:
        ledger = Counter(exchange.final_url for exchange in frontier.exchanges())
        if archived != ledger:
            yield f"archive and ledger differ: {archived - ledger} {ledger - archived}"
        for number in range(pages):
            url = address(port, number)
            if ledger[url] != 1:
                yield f"{url} is in the ledger {ledger[url]} times"
                continue
            place = frontier.body_of(url)
            if place is None or read_capture(folder / "warc" / place.warc_file, place.warc_offset).body != body(f"/page/{number}.html"):
                yield f"{url} is not what was served"
