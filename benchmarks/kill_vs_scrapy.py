"""kill -9 in the middle of a crawl, twice, then run to the end: pages missing, pages doubled, exit code. Ours, and Scrapy's with JOBDIR.

    python -m benchmarks.kill_vs_scrapy [--pages 2000] [--rounds 3] [--peer .venv-peers/bin/python]

Scrapy runs as its documentation says for crawls that are to be resumed: JOBDIR set, the same command again. What counts is what it
wrote out. The peer is installed as benchmarks/crawl_peers.txt says.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.crawl_vs_scrapy import HERE, ROOT
from tests.kill_crawl import kill_crawl, site

KILLS = 2


def theirs(peer: Path, pages: int, seed: int) -> tuple[int, int, int]:
    """Pages missing, pages doubled, and the exit code of the last run."""
    choice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder, site() as port:
        for _ in range(KILLS):
            crawl = start(peer, port, pages, folder)
            wait_for_output(Path(folder))
            time.sleep(choice.uniform(0.3, 1.0))
            crawl.send_signal(signal.SIGKILL)
            crawl.wait()
        code = start(peer, port, pages, folder).wait(timeout=600)
        lines = (Path(folder) / "pages.jsonl").read_text(errors="replace").splitlines()
        found = Counter(json.loads(line)["url"] for line in lines if line.endswith("}"))
        return pages - len(found), sum(found.values()) - len(found), code


def start(peer: Path, port: int, pages: int, folder: str) -> subprocess.Popen[bytes]:
    command = [str(peer), str(HERE / "kill_scrapy.py"), str(port), str(pages), folder]
    return subprocess.Popen(command, env=os.environ | {"PYTHONPATH": str(ROOT)}, stderr=subprocess.DEVNULL)


def wait_for_output(folder: Path) -> None:
    """Until the crawl has written something more."""
    path = folder / "pages.jsonl"
    before = path.stat().st_size if path.exists() else 0
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (path.stat().st_size if path.exists() else 0) == before:
        time.sleep(0.01)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", type=Path, default=ROOT / ".venv-peers/bin/python")
    chosen = parser.parse_args()
    for seed in range(chosen.rounds):
        with tempfile.TemporaryDirectory() as folder:
            outcome = kill_crawl(Path(folder), chosen.pages, KILLS, seed)
        print(f"nianbao: {outcome.kills} kills, {len(outcome.faults)} pages or files at fault", *outcome.faults[:5], sep="\n  ")
        if chosen.peer.exists():
            missing, doubled, code = theirs(chosen.peer, chosen.pages, seed)
            print(f"Scrapy with JOBDIR: {KILLS} kills, {missing} of {chosen.pages} pages missing, {doubled} doubled, exit code {code}")
    if not chosen.peer.exists():
        sys.exit(f"Scrapy is not at {chosen.peer}: see benchmarks/crawl_peers.txt")


if __name__ == "__main__":
    main()
