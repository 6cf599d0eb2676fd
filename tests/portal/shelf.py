"""A fetcher without a network: pages on a shelf, by address, and a log of what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crawler.capture import Capture
from crawler.errors import CrawlError, Gone

NOW = datetime(2026, 2, 10, 3, 0, tzinfo=UTC)
Page = str | bytes | Capture | CrawlError | Callable[[], "Page"]


@dataclass
class Shelf:
    """Answers `get` with the page that stands at an address, 404 elsewhere; an error on the shelf is raised.

    Addresses on the shelf may be paths of `home`. With `unchanged`, conditional requests for those addresses get a 304.
    """

    pages: Mapping[str, Page]
    home: str = "http://www.example.gov.cn"
    unchanged: frozenset[str] = frozenset()
    asked: list[str] = field(default_factory=list)
    referers: dict[str, str | None] = field(default_factory=dict)

    async def get(self, url: str, *, referer: str | None = None, conditional: bool = False) -> Capture:
        """The page at an address."""
        self.asked.append(url)
        self.referers[url] = referer
        found = self.pages.get(url, self.pages.get(url.removeprefix(self.home)))
        while callable(found):
            found = found()
        if isinstance(found, CrawlError):
            raise found
        if found is None:
            raise Gone(url, "404 Not Found")
        if conditional and url.removeprefix(self.home) in self.unchanged:
            return capture(url, b"", status=304)
        return found if isinstance(found, Capture) else capture(url, found)

    async def post(
        self, url: str, data: Mapping[str, str] | bytes, *, referer: str | None = None, media_type: str | None = None
    ) -> Capture:
        """The page at an address, whatever is posted to it."""
        return await self.get(url, referer=referer)

    def paths(self) -> list[str]:
        """What was asked for, as paths of the home host."""
        return [url.removeprefix(self.home) for url in self.asked]


def capture(url: str, body: str | bytes, *, status: int = 200, headers: tuple[tuple[str, str], ...] = (), final_url: str = "") -> Capture:
    """One exchange as if it had happened."""
    raw = body.encode() if isinstance(body, str) else body
    return Capture(url, final_url or url, NOW, status, headers or (("Content-Type", "text/html; charset=utf-8"),), raw, raw)


def html(body: str, *, title: str = "", head: str = "") -> str:
    """A page."""
    return f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title>{head}</head><body>{body}</body></html>"


def listed(rows: Mapping[str, str] | list[tuple[str, str]], date: str = "2026-01-22") -> str:
    """A list of links by address and title, each row with a date."""
    pairs = rows.items() if isinstance(rows, Mapping) else rows
    return "<ul class=list>" + "".join(f'<li><a href="{url}">{title}</a><span>{date}</span></li>' for url, title in pairs) + "</ul>"


REPORT_BODY = """<div class="TRS_Editor"><p>一、总体情况</p><p>二、主动公开政府信息情况</p><p>三、收到和处理政府信息公开申请情况</p>
<table><tr><td>本年新收政府信息公开申请数量</td><td>1</td></tr></table><p>四、政府信息公开行政复议、行政诉讼情况</p>
<p>五、存在的主要问题及改进情况</p><p>六、其他需要报告的事项</p></div>"""
"""The bones of a report: enough of its headings to be told from other pages."""
