"""One crawl by Scrapy that writes WARC with warcio: request and response records, no fsync, no frontier. Prints a line of JSON.

    python benchmarks/crawl_scrapy.py PORT HOSTS PAGES FOLDER [CONCURRENT]

Run by the Python of an environment with benchmarks/crawl_peers.txt.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Request, Response
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from benchmarks.crawl_site import address


class Pages(scrapy.Spider):
    name = "pages"

    def __init__(self, port: int, hosts: int, pages: int, folder: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.shape = port, hosts, pages
        self.file = (folder / "peer.warc.gz").open("wb")
        self.writer = WARCWriter(self.file, gzip=True)

    async def start(self) -> AsyncIterator[Request]:
        port, hosts, pages = self.shape
        for page in range(pages):
            for host in range(hosts):
                yield Request(address(port, host, page), self.parse)

    def parse(self, response: Response, **_: Any) -> None:
        headers = [(name.decode(), value.decode("latin-1")) for name, values in response.headers.items() for value in values]
        head = StatusAndHeaders(f"{response.status} OK", headers, protocol="HTTP/1.1")
        answer = self.writer.create_warc_record(response.url, "response", payload=io.BytesIO(response.body), http_headers=head)
        asked = [(name.decode(), value.decode("latin-1")) for name, values in response.request.headers.items() for value in values]
        line = StatusAndHeaders(f"GET {response.url} HTTP/1.1", asked, is_http_request=True)
        request = self.writer.create_warc_record(response.url, "request", http_headers=line)
        self.writer.write_request_response_pair(request, answer)

    def closed(self, reason: str) -> None:  # noqa: ARG002 - Scrapy's signature
        self.file.close()


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main(port: int, hosts: int, pages: int, folder: Path, concurrent: int) -> None:
    settings = {
        "CONCURRENT_REQUESTS": concurrent,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": True,
        "COOKIES_ENABLED": False,
        "RETRY_ENABLED": True,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
    }
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(Pages)
    process.crawl(crawler, port=port, hosts=hosts, pages=pages, folder=folder)
    started, cpu = time.perf_counter(), _cpu()
    process.start()
    seconds, spent = time.perf_counter() - started, _cpu() - cpu
    got = crawler.stats.get_value("response_received_count", 0) - hosts if crawler.stats else 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"pages": got, "seconds": seconds, "cpu_s": spent, "peak_mb": peak}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]), int(sys.argv[5]) if len(sys.argv) > 5 else 64)
