"""What every pretend portal has in common: reports to publish, the frame around each page, the way to the column."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import md5

from nianbao.demo.server import Host, page
from nianbao.demo.typeset import as_html, tables
from tests.corpus.generate.model import figures

TOWNS = (
    *("金沟河镇", "商户地乡", "大泉乡", "东湾镇", "西戈壁镇", "柳毛湾镇"),
    *("安集海镇", "四道河子镇", "老沙湾镇", "乌兰乌苏镇", "博尔通古乡", "三道河子镇"),
)
"""Names to give to the bodies that report."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report: who, which year, when published. `number` is its id on every system."""

    number: int
    agency: str
    year: int
    day: date

    @property
    def title(self) -> str:
        """Its title as lists print it."""
        return f"{self.agency}{self.year}年政府信息公开工作年度报告"

    @property
    def hex(self) -> str:
        """An id of 32 hexadecimal digits."""
        return md5(str(self.number).encode(), usedforsecurity=False).hexdigest()

    @property
    def uuid(self) -> str:
        """An id in the form of a UUID."""
        digits = self.hex
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A column as built: where it is, which rows it truly holds, how many requests a polite walk may take."""

    url: str
    rows: frozenset[str]
    requests: int
    total: int | None = None


@dataclass(slots=True)
class Frame:
    """What stands around the matter of each page."""

    site: str = "沙湾市人民政府"
    head: str = ""
    nav: tuple[tuple[str, str], ...] = (("/", "首页"), ("/zwgk/", "政务公开"), ("/hdjl/", "互动交流"), ("/zjsw/", "走进沙湾"))

    def html(self, title: str, main: str, *, head: str = "") -> str:
        """A whole page: menu, breadcrumb, matter, a box of news, footer."""
        menu = "".join(f'<li><a href="{href}">{text}</a></li>' for href, text in self.nav)
        return f"""<!DOCTYPE html>
<html><head><title>{title} - {self.site}</title><meta name="SiteName" content="{self.site}">{self.head}{head}</head>
<body><div class="header"><ul class="nav">{menu}</ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政府信息公开</a> &gt; {title}</div>
<div class="main">{main}</div>
<div class="footer"><a href="/wzdt/">网站地图</a> <a href="http://www.gov.cn/">中国政府网</a>
<script id="_jiucuo_" sitecode='6542230001' src='https://zfwzgl.www.gov.cn/exposure/jiucuo.js'></script></div></body></html>"""


def reports(count: int, *, first: int = 4001) -> list[Report]:
    """So many reports, the newest first, by changing bodies and years."""
    made = []
    for at in range(count):
        year = 2024 - at // len(TOWNS) % 20
        made.append(
            Report(first + count - at, f"沙湾市{TOWNS[at % len(TOWNS)]}人民政府", year, date(year + 1, 1, 28) - timedelta(days=at % 25))
        )
    return made


def article(report: Report, frame: Frame | None = None, *, body_class: str = "TRS_Editor") -> str:
    """The page of a report: the whole form, its figures drawn by the report's number."""
    second, third, fourth = (as_html(table) for table in tables(("v2021", "v2021"), figures(random.Random(report.number), "v2021")))
    body = (
        f"<div class='{body_class}'><p>一、总体情况</p><p>本报告由{report.agency}编制。</p><p>二、主动公开政府信息情况</p>{second}"
        f"<p>三、收到和处理政府信息公开申请情况</p>{third}<p>四、政府信息公开行政复议、行政诉讼情况</p>{fourth}"
        f"<p>五、存在的主要问题及改进情况</p><p>第{report.number}号报告。</p><p>六、其他需要报告的事项</p><p>未收取信息处理费。</p></div>"
    )
    meta = f'<meta name="ArticleTitle" content="{report.title}"><meta name="PubDate" content="{report.day} 10:30">'
    return (frame or Frame()).html(report.title, f"<h1>{report.title}</h1>{body}", head=meta)


def publish(host: Host, paths: dict[str, Report], frame: Frame | None = None) -> frozenset[str]:
    """Serve the reports' pages; the addresses that a listing should find."""
    for path, report in paths.items():
        host[path] = page(article(report, frame))
    return frozenset(host.url(path) for path in paths)


def entrance(host: Host, column: str, name: str = "政府信息公开年报", frame: Frame | None = None) -> None:
    """The home page and the disclosure page that lead to a column."""
    frame = frame or Frame()
    host["/"] = page(frame.html("首页", '<ul class="news"><li><a href="/zwgk/">政府信息公开</a></li></ul>'))
    links = f'<a href="/zwgk/zn/">政府信息公开指南</a> <a href="/zwgk/zd/">政府信息公开制度</a> <a href="{column}">{name}</a>'
    host["/zwgk/"] = page(frame.html("政府信息公开", f'<div class="left">{links}</div>'))


def pages_of(rows: list[Report], size: int) -> list[list[Report]]:
    """The rows in pages; at least one page."""
    return [rows[at : at + size] for at in range(0, len(rows), size)] or [[]]
