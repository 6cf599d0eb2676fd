"""A small pretend portal: two listing pages, reports in four layouts, an attachment, decoys, and a correction on the second pass."""

from __future__ import annotations

import html
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from extract.form import form
from nianbao.demo.server import Answer, Host, Request, content, page
from nianbao.demo.typeset import Key, as_docx, as_html, tables

COLUMN = "/zwgk/zfxxgk/zfxxgknb/"
NAME = "示范市人民政府（演示）"
PAGE_SIZE = 4
_FRAME = """<!DOCTYPE html>
<html><head><meta charset="{charset}"><title>{title}_{site}</title><meta name="SiteName" content="{site}">{meta}</head>
<body><div class="header"><a href="/">首页</a> <a href="/zwgk/">政务公开</a> <a href="/zwgk/zfxxgk/">政府信息公开</a></div>
<div class="main">{main}</div><div class="footer">主办：{site}办公室</div></body></html>"""


@dataclass
class Portal:
    """The portal on one host. `corrected` is turned on between the passes: the agency then prints other figures."""

    host: Host
    corrected: bool = False

    def __post_init__(self) -> None:
        rows = sorted(self._rows(), key=lambda row: row[2], reverse=True)
        links = (("政务公开", "/zwgk/"), ("政府信息公开", "/zwgk/zfxxgk/"), ("政府信息公开年报", COLUMN))
        menu = "".join(f'<li><a href="{href}">{text}</a></li>' for text, href in links)
        for path, title in (("/", "首页"), ("/zwgk/", "政务公开"), ("/zwgk/zfxxgk/", "政府信息公开")):
            self.host[path] = page(frame(title, f"<ul>{menu}</ul>"))
        sheets = [rows[i : i + PAGE_SIZE] for i in range(0, len(rows), PAGE_SIZE)]
        for number, sheet in enumerate(sheets):
            self.host[f"{COLUMN}index_{number}.html" if number else COLUMN] = page(listing(sheet, len(sheets), number, len(rows)))

    def _rows(self) -> list[tuple[str, str, date]]:
        """Serve every article; (path, title, date) of each."""
        rows = []
        for number, report in enumerate(data()["report"]):
            path = f"{report['published']:%Y%m}/t{report['published']:%Y%m%d}_{number + 100001}.html"
            self.host[COLUMN + path] = self._article(report, path)
            rows.append((path, report["title"], report["published"]))
        for decoy in data()["decoy"]:
            path = f"{decoy['date']:%Y%m}/{decoy['path']}"
            self.host[COLUMN + path] = page(frame(decoy["title"], f"<h1>{decoy['title']}</h1><p>{decoy['text']}</p>"))
            rows.append((path, decoy["title"], decoy["date"]))
        return rows

    def _article(self, report: Mapping[str, Any], path: str) -> Any:  # noqa: ANN401 - a route is an answer or a function of the request
        if report["layout"] == "docx":
            name = path.rsplit("_", 1)[1].replace(".html", ".docx")
            folder = path.rsplit("/", 1)[0]
            self.host[f"{COLUMN}{folder}/P{name}"] = content(as_docx(blocks(report, figures(report, False))), "application/octet-stream")
            link = f'<p>附件：<a href="./P{name}">{report["title"]}.docx</a></p>'
            return page(frame(report["title"], f"<h1>{report['title']}</h1>{link}", meta=_meta(report)))
        if report["layout"] == "gbk":
            return page(article(report, figures(report, False), "gb2312"), charset="gbk")

        def answer(_: Request) -> Answer:
            return page(article(report, figures(report, self.corrected)))

        return answer


@cache
def data() -> dict[str, Any]:
    """reports.toml."""
    return tomllib.loads(files("nianbao.demo").joinpath("reports.toml").read_text("utf-8"))


def figures(report: Mapping[str, Any], corrected: bool) -> dict[Key, str]:
    """The printed text of every cell of a report, as first published or as corrected."""
    values: dict[Key, str] = {}
    for table, edition in zip(("disclosure", "requests", "challenges"), (*report["editions"], report["editions"][1]), strict=True):
        rows = [row for row in form().rows_of(table, edition) if not row.status.startswith("seen")]
        for row, line in zip(rows, report[table], strict=True):
            cells = zip(row.columns[edition], line.split(" "), strict=True)
            values |= {(table, row.code, column): "" if text == "_" else text for column, text in cells}
    return _correct(report["id"], values) if corrected else values


def _correct(report_id: str, values: dict[Key, str]) -> dict[Key, str]:
    for correction in data()["correction"]:
        if correction["id"] == report_id:
            for row, added in correction["cells"].items():
                for column in correction["columns"]:
                    values["requests", row, column] = str(int(values["requests", row, column]) + added)
    return values


def blocks(report: Mapping[str, Any], values: Mapping[Key, str]) -> list[Any]:
    """The report as paragraphs (str) and tables, in order."""
    second, third, fourth = tables((report["editions"][0], report["editions"][1]), values)
    published = report["published"]
    return [
        *(report["title"], *report["first"], "二、主动公开政府信息情况", second, "三、收到和处理政府信息公开申请情况", third),
        *("四、政府信息公开行政复议、行政诉讼情况", fourth, *report["last"], report["signature"]),
        f"{published.year}年{published.month}月{published.day}日",
    ]


def article(report: Mapping[str, Any], values: Mapping[Key, str], charset: str = "utf-8") -> str:
    """The report as a page of the portal."""
    style = "word" if report["layout"] == "word" else "plain"
    title, *rest = blocks(report, values)
    body = "".join(f"<p>{html.escape(block)}</p>" if isinstance(block, str) else as_html(block, style) for block in rest)
    index = f"<p>索引号：{report['index_number']}</p>" if "index_number" in report else ""
    head = f"<h1>{title}</h1>{index}<p>发布日期：{report['published']}</p>"
    return frame(title, f'{head}<div class="TRS_Editor">{body}</div>', charset=charset, meta=_meta(report))


def _meta(report: Mapping[str, Any]) -> str:
    return f'<meta name="ArticleTitle" content="{report["title"]}"><meta name="PubDate" content="{report["published"]} 10:00">'


def frame(title: str, main: str, *, charset: str = "utf-8", meta: str = "") -> str:
    """The matter of a page inside what every page of the portal has."""
    return _FRAME.format(title=title, site=NAME, main=main, charset=charset, meta=meta)


def listing(rows: list[tuple[str, str, date]], pages: int, at: int, total: int) -> str:
    """One page of the column."""
    items = "".join(f'<li><a href="./{path}" title="{title}">{title}</a><span>{day}</span></li>' for path, title, day in rows)
    pager = f'<script>createPageHTML({pages},{at},"index","html","black_text",{total});</script>'
    return frame("政府信息公开年报", f'<ul class="list">{items}</ul><div class="page">{pager}</div>')
