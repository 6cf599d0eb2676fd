"""One crawl by us: request, response, sha256, fsync and frontier for every page. Prints a line of JSON.

python benchmarks/crawl_ours.py PORT HOSTS PAGES FOLDER
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from pathlib import Path

from benchmarks.crawl_site import address
from crawler.client import CrawlSettings
from crawler.frontier import Frontier
from nianbao.record import Recorder


async def crawl(port: int, hosts: int, pages: int, folder: Path) -> None:
    settings = CrawlSettings(
        "https://example.org/", delay_s=0, max_hosts=64, allow_hosts=("127.*",), allow_private=("127.0.0.0/8",), timeout_s=60
    )
    resident: list[int] = []
    started, cpu = time.perf_counter(), _cpu()
    with Frontier(folder / "frontier.sqlite") as frontier:
        async with Recorder(settings, folder / "warc", frontier) as recorder:

            async def walk(host: int) -> None:
                for page in range(pages):
                    await recorder.get(address(port, host, page), conditional=True)
                    if host == 0 and page % max(pages // 4, 1) == 0:
                        resident.append(_resident_mb())

            await asyncio.gather(*(walk(host) for host in range(hosts)))
    seconds, spent = time.perf_counter() - started, _cpu() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"pages": hosts * pages, "seconds": seconds, "cpu_s": spent, "peak_mb": peak, "resident_mb": resident}))


def _resident_mb() -> int:
    """Memory in use now: it is to stay the same however many pages there were."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 2**20


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    asyncio.run(crawl(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])))
