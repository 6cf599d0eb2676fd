"""Fetch + archive + frontier against Scrapy with warcio, on loopback, in turns, as ratios.

    python -m benchmarks.crawl_vs_scrapy [--hosts 200] [--pages 10] [--rounds 3] [--peer .venv-peers/bin/python]

Ours: request and response records, sha256 of block and payload, fsync before a page counts, a frontier that survives kill -9.
Theirs: request and response records by warcio (gzip, sha1), no fsync, no state on disk. Both obey robots.txt, one request a host at
a time. Where the peer is not installed only our figures are printed, and how to install it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent


@contextmanager
def site() -> Iterator[int]:
    server = subprocess.Popen([sys.executable, HERE / "crawl_site.py"], stdout=subprocess.PIPE)
    assert server.stdout is not None
    try:
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()


def run(python: Path | str, script: str, port: int, hosts: int, pages: int, *more: str) -> dict[str, Any]:
    """One crawl into a fresh folder: pages a second, and milliseconds of CPU a page."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(python), str(HERE / script), str(port), str(hosts), str(pages), folder, *more]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": str(ROOT)})
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        assert found["pages"] == hosts * pages, f"{script}: {found['pages']} of {hosts * pages} pages"
        return {"rate": found["pages"] / found["seconds"], "cpu": 1000 * found["cpu_s"] / found["pages"], "peak": found["peak_mb"]}


def median(runs: list[dict[str, Any]], name: str) -> float:
    return statistics.median(run[name] for run in runs)


def show(name: str, runs: list[dict[str, Any]]) -> None:
    rate, cpu, peak = (median(runs, key) for key in ("rate", "cpu", "peak"))
    print(f"{name:28} {rate:7.0f} pages/s   {cpu:6.2f} ms CPU a page   {peak:5.0f} MB peak")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--pages", type=int, default=10, help="a host")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peer", type=Path, default=ROOT / ".venv-peers/bin/python")
    chosen = parser.parse_args()
    ours, theirs = [], []
    with site() as port:
        for _ in range(chosen.rounds):
            ours.append(run(sys.executable, "crawl_ours.py", port, chosen.hosts, chosen.pages))
            if chosen.peer.exists():
                theirs.append(run(chosen.peer, "crawl_scrapy.py", port, chosen.hosts, chosen.pages))
    show("nianbao, synced", ours)
    if not theirs:
        print(f"Scrapy is not at {chosen.peer}: see benchmarks/crawl_peers.txt")
        return
    show("Scrapy + warcio, not synced", theirs)
    rates, costs = ([median(runs, key) for runs in (ours, theirs)] for key in ("rate", "cpu"))
    print(f"pages/s {rates[0] / rates[1]:.2f} x Scrapy, CPU a page {costs[0] / costs[1]:.2f} x")


if __name__ == "__main__":
    main()
