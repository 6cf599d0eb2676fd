"""What an archive costs: requests, bytes, CPU and disk for one county, measured; for a province and the country, computed.

    python -m benchmarks.costs [--bodies 48] [--years 6]

A pretend county of so many bodies, each with a report a year (Word-pasted HTML, as most are, some as attachments), is crawled over
real sockets: once from nothing, once on an ordinary night, and once on the night on which a new year's reports appear. What the
network adds in waiting is computed from the pace. The result stands in docs/operations.md.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from nianbao import night
from nianbao.config import load
from nianbao.demo import portal as demo
from nianbao.demo.server import Answer, Host, Web, page, validated
from nianbao.demo.typeset import as_docx
from nianbao.night import Options
from nianbao.progress import All
from store.archive import Archive
from store.publish import publish

ROWS_A_PAGE = 20
DELAY_S = 3.0
PROVINCE, COUNTRY = 124, 3209
"""Portals of 新疆, and of the whole list."""
CONFIG = """
[crawl]
contact = "https://example.org/costs"
delay_s = 0.0
allow_hosts = ["127.0.0.1"]
allow_private = ["127.0.0.0/8"]
[read]
workers = 1
[[site]]
id = "county"
name = "示范市人民政府"
home = "{home}"
"""


@dataclass(frozen=True)
class Night:
    """What one run took."""

    name: str
    requests: int
    sent: int
    cpu_s: float
    wall_s: float
    new: int


@dataclass
class County:
    """A pretend county whose column grows by a year."""

    host: Host
    bodies: int
    first: int
    last: int

    def serve(self, until: int) -> None:
        """Everything up to a year, newest first."""
        rows = [self._report(body, year) for year in range(until, self.first - 1, -1) for body in range(self.bodies)]
        links = "".join(
            f'<li><a href="{href}">{text}</a></li>' for text, href in (("政府信息公开", "/zfxxgk/"), ("政府信息公开年报", demo.COLUMN))
        )
        self.host["/"] = page(demo.frame("首页", f"<ul>{links}</ul>"))
        self.host["/zfxxgk/"] = page(demo.frame("政府信息公开", f"<ul>{links}</ul>"))
        sheets = [rows[i : i + ROWS_A_PAGE] for i in range(0, len(rows), ROWS_A_PAGE)]
        for number, sheet in enumerate(sheets):
            name = f"{demo.COLUMN}index_{number}.html" if number else demo.COLUMN
            self.host[name] = page(demo.listing(sheet, len(sheets), number, len(rows)))

    def _report(self, body: int, year: int) -> tuple[str, str, date]:
        base = demo.data()["report"][body % 3]
        name, published = f"示范市第{body + 1}镇", date(year + 1, 1, 15)
        report = {**base, "title": f"{name}{year}年政府信息公开工作年度报告", "signature": f"{name}人民政府", "published": published}
        report["layout"] = "word" if report["layout"] == "gbk" else report["layout"]
        values = demo.figures(report, False)
        path = f"{published:%Y%m}/t{published:%Y%m%d}_{year}{body:04}.html"
        self.host[demo.COLUMN + path] = validated(self._article(report, values, path), last_modified=f"Thu, 15 Jan {year + 1} 02:00:00 GMT")
        return path, report["title"], published

    def _article(self, report: dict[str, object], values: dict[demo.Key, str], path: str) -> Answer:
        if report["layout"] != "docx":
            return page(demo.article(report, values))
        name = path.rsplit("/", 1)[1].replace(".html", ".docx")
        content = Answer(200, as_docx(demo.blocks(report, values)), (("Content-Type", "application/octet-stream"),))
        self.host[f"{demo.COLUMN}{path.rsplit('/', 1)[0]}/{name}"] = validated(content, last_modified="Thu, 15 Jan 2026 02:00:00 GMT")
        return page(
            demo.frame(str(report["title"]), f'<h1>{report["title"]}</h1><p>附件：<a href="./{name}">{report["title"]}.docx</a></p>')
        )


def measured(name: str, file: Path) -> Night:
    """One run, its requests and bytes, and the CPU of this process and its readers."""
    before, began = cpu(), time.monotonic()
    summary = night.run(load(file, {}), Options(), All())
    return Night(name, summary.requests, summary.bytes, cpu() - before, time.monotonic() - began, summary.reports_new)


def cpu() -> float:
    """CPU seconds of this process and of its children that have ended. The pretend portal's own share is in it."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def nights(file: Path, county: County) -> Iterator[Night]:
    """From nothing, an ordinary night, and the night of the new year's reports."""
    county.serve(county.last - 1)
    yield measured("first crawl", file)
    yield measured("a night without news", file)
    county.serve(county.last)
    yield measured("the night of the new reports", file)


def size(folder: Path) -> int:
    """Bytes of everything below."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bodies", type=int, default=48)
    options.add_argument("--years", type=int, default=6)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder, Web() as web:
        county = County(web.host(), given.bodies, 2026 - given.years, 2025)
        file = Path(folder) / "config.toml"
        file.write_text(CONFIG.format(home=county.host.url("/")), encoding="utf-8")
        done = list(nights(file, county))
        archive = Path(folder) / "var"
        empty = Path(folder) / "empty"
        with Archive(empty) as nothing:
            publish(empty, work=nothing.connection)
        parts = {
            "empty": size(empty),
            "WARC": size(archive / "warc"),
            "database": (archive / "nianbao.duckdb").stat().st_size,
            "all": size(archive),
        }
    report(done, parts, given.bodies * given.years)


def report(done: list[Night], parts: dict[str, int], reports: int) -> None:
    """The tables of docs/operations.md."""
    print("| one county | requests | received | CPU | at one request every 3 s |\n|---|---|---|---|---|")
    for one in done:
        print(f"| {one.name} | {one.requests} | {one.sent / 1e6:.1f} MB | {one.cpu_s:.0f} s | {one.requests * DELAY_S / 60:.0f} min |")
    base = parts.pop("empty")
    sizes = ", ".join(f"{name} {count / 1e6:.1f} MB" for name, count in parts.items())
    print(f"\n{reports} reports on disk: {sizes}\n")
    quiet, first = done[1], done[0]
    print("| | portals | first crawl | a quiet night | disk |\n|---|---|---|---|---|")
    for name, count in (("one county", 1), ("one province", PROVINCE), ("the country", COUNTRY)):
        crawl = f"{first.requests * count:,} requests, {first.sent * count / 1e9:.2f} GB, {first.cpu_s * count / 3600:.1f} h CPU"
        night_ = f"{quiet.requests * count:,} requests, {quiet.sent * count / 1e9:.2f} GB, {quiet.cpu_s * count / 3600:.1f} h CPU"
        print(f"| {name} | {count:,} | {crawl} | {night_} | {(base + (parts['all'] - base) * count) / 1e9:.1f} GB |")


if __name__ == "__main__":
    main()
