"""UCAP: channel ids in meta tags, `/common/search/<channel>`, static pages capped, Jiangxi's `/queryList` with rows inline."""

from __future__ import annotations

import json

from nianbao.demo.server import Answer, Host, Request, Route, content, page
from tests.portal.town import Frame, Report, Shelf, entrance, pages_of, publish

COLUMN = "/xjsw/c114808/zfxxgk_gknbz.shtml"
CHANNEL = "e5eb2abb5014415399847ba2bb99b31f"
HEAD = f'<meta name="channelId" content="{CHANNEL}"><meta name="code" content="c114808">'


def path(report: Report) -> str:
    """Where a report is."""
    return f"/xjsw/c114808/{report.day:%Y%m}/{report.hex}.shtml"


def row(report: Report) -> str:
    """A row as the static page prints it."""
    return f'<li><a target="_blank" href="{path(report)}" title="{report.title}">\n {report.title[:12]}...\n</a><b>{report.day}</b></li>'


def record(report: Report) -> dict[str, object]:
    """A row as the search answers it."""
    index = [{"resultList": [{"name": "索引号", "key": "indexnumber", "value": f"SW{report.number}"}]}]
    return {"title": report.title, "url": path(report), "publishedTimeStr": f"{report.day} 10:30:00", "domainMetaList": index}


def search(rows: list[Report]) -> Route:
    """The JSON search."""

    def answer(request: Request) -> Answer:
        size, number = int(request.query["_pageSize"]), int(request.query["page"])
        found = rows[(number - 1) * size : number * size]
        data = {"total": len(rows), "page": number, "rows": size, "results": [record(report) for report in found]}
        return content(json.dumps({"data": data}, ensure_ascii=False), "application/json")

    return answer


def build(host: Host, rows: list[Report], *, size: int = 10, most_pages: int = 2, with_search: bool = True, hidden: bool = False) -> Shelf:
    """Static pages for the first rows only, and a search that knows all; with `hidden`, static rows stand in a comment."""
    frame = Frame(head=HEAD)
    entrance(host, COLUMN, frame=frame)
    sheets = pages_of(rows, size)[:most_pages]
    shown = min(len(rows), size * most_pages)
    for at, sheet in enumerate(sheets):
        pager = f"<script>createPageHTML('page_div',{len(sheets)}, {at + 1},'zfxxgk_gknbz','shtml',{shown});</script>"
        listed = "".join(map(row, sheet)) + pager
        listed = f"<!-- {listed} -->" if hidden else listed
        body = frame.html(
            "政府信息公开年报", f'<input id="pageSize" type="hidden" value="20"><ul class="list">{listed}</ul><div id="page_div"></div>'
        )
        host[f"/xjsw/c114808/zfxxgk_gknbz_{at + 1}.shtml" if at else COLUMN] = page(body)
    if with_search:
        host[f"/common/search/{CHANNEL}"] = search(rows)
    requests = 1 + -(-len(rows) // 15) if len(rows) > size else 2
    return Shelf(host.url(COLUMN), publish(host, {path(report): report for report in rows}, frame), requests, len(rows))
