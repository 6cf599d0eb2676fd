"""gkmlpt: the tree of columns in the page, rows by JSON, 100 a page, page 0 the same as page 1; the annual node may leave the platform."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from nianbao.demo.server import Answer, Host, Request, content, page
from tests.portal.town import Frame, Report, Shelf, entrance, pages_of, publish

COLUMN = "/gkmlpt/index"
LEFT = "/zwgk/zfxxgknb/"


def path(report: Report) -> str:
    """Where a report is on the platform."""
    return f"/gkmlpt/content/1/102/post_{report.number}.html"


def shell(jump: str) -> str:
    """The page of the platform: nothing but configuration."""
    tree = [
        {"id": 11, "name": "政府信息公开指南", "children": [], "jump_url": ""},
        {"id": 12, "name": "政府信息公开年报", "children": [], "jump_url": jump},
    ]
    config = f'window._CONFIG = {{SITE_ID:"755041", TREE:{json.dumps(tree, ensure_ascii=False)}, SERVICE_AREA_ID:"440300"}};'
    script = f"<script>{config} var o={{SID:'755041'}};</script>"
    return f"<!DOCTYPE html><html><head><title>政府信息公开目录</title></head><body><div id='app'></div>{script}</body></html>"


def build(host: Host, rows: list[Report]) -> Shelf:
    """The platform with its annual column inside."""
    entrance(host, COLUMN)
    host[COLUMN] = page(shell(""))

    def api(request: Request) -> Answer:
        number = max(1, int(request.query["page"]))
        sheet = rows[(number - 1) * 100 : number * 100] if request.query["sid"] == "755041" else []
        articles = [
            {
                "id": report.number,
                "title": report.title,
                "publisher": report.agency,
                "display_publish_time": int(datetime(report.day.year, report.day.month, report.day.day, tzinfo=UTC).timestamp()),
                "url": host.url(path(report)),
                "post_url": "",
                "attachment": [{"id": 1, "name": "附件.docx", "url": host.url(f"/attachment/1/1/{report.number}.docx")}],
            }
            for report in sheet
        ]
        answer = {"total": len(rows), "classify": {"id": 12, "name": "年报", "post_count": len(rows)}, "articles": articles}
        return content(json.dumps(answer, ensure_ascii=False), "application/json")

    host["/gkmlpt/api/all/12"] = api
    return Shelf(host.url(COLUMN), publish(host, {path(report): report for report in rows}), 1 + max(1, -(-len(rows) // 100)), len(rows))


def build_left(host: Host, rows: list[Report], *, size: int = 10) -> Shelf:
    """The platform whose annual node leads to static pages (`content/post_`), page 2 being `index_2.html`."""
    entrance(host, COLUMN)
    host[COLUMN] = page(shell(host.url(LEFT)))
    shelf = build_posts(host, rows, size=size)
    return Shelf(host.url(COLUMN), shelf.rows, shelf.requests + 1, shelf.total)


def build_posts(host: Host, rows: list[Report], *, size: int = 10) -> Shelf:
    """Static pages of posts."""
    entrance(host, LEFT)
    sheets = pages_of(rows, size)
    paths = {f"{LEFT}content/post_{report.number}.html": report for report in rows}
    for at, sheet in enumerate(sheets):
        listed = "".join(
            f'<li><a href="{host.url(LEFT)}content/post_{r.number}.html">{r.title}</a><span>{r.day}</span></li>' for r in sheet
        )
        following = f'<a href="index_{at + 2}.html" class="next">下一页</a>' if at + 1 < len(sheets) else ""
        last = f'<a href="index_{len(sheets)}.html">尾页</a>' if len(sheets) > 1 else ""
        pager = f'<div class="pagination">{following}{last}<span>共{len(rows)}条</span></div>'
        host[f"{LEFT}index_{at + 1}.html" if at else LEFT] = page(Frame().html("年度报告", f'<ul class="news_list">{listed}</ul>{pager}'))
    return Shelf(host.url(LEFT), publish(host, paths), len(sheets), len(rows))
