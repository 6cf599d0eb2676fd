"""Scrapy's half of kill_vs_scrapy: follows the links of an index page in a resumable job and writes each page's address to a file.

python benchmarks/kill_scrapy.py PORT PAGES FOLDER
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess
from scrapy.http import Request, Response


class Pages(scrapy.Spider):
    name = "pages"

    def __init__(self, port: int, pages: int, folder: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.port, self.pages = port, pages
        self.out = (folder / "pages.jsonl").open("a", buffering=1)

    async def start(self) -> AsyncIterator[Request]:
        yield Request(f"http://127.0.1.1:{self.port}/index/{self.pages}", self.parse, dont_filter=True)

    def parse(self, response: Response, **_: Any) -> Iterator[Request]:
        yield from response.follow_all(css="a", callback=self.keep)  # type: ignore[attr-defined]  # an HTML answer

    def keep(self, response: Response, **_: Any) -> None:
        self.out.write(json.dumps({"url": response.url}) + "\n")


def main(port: int, pages: int, folder: Path) -> None:
    process = CrawlerProcess(
        {"JOBDIR": str(folder / "job"), "LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS": 16, "TELNETCONSOLE_ENABLED": False}
    )
    process.crawl(Pages, port=port, pages=pages, folder=folder)
    process.start()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
