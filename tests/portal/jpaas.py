"""jpaas: the list is a unit; `paramJson` turns its pages, a bare `pageNo` is ignored and gives page 1."""

from __future__ import annotations

import json

from nianbao.demo.server import Answer, Host, Request, content, page
from tests.portal.town import Frame, Report, Shelf, entrance, publish

COLUMN = "/lxs/zwgk/xxgkndbg/index.html"
ENDPOINT = "/api-gateway/jpaas-publish-server/front/page/build/unit"
SIZE = 15


def path(report: Report) -> str:
    """Where a report is."""
    return f"/lxs/zwgk/xxgkndbg/szf/art/{report.day.year}/art_{report.hex}.html"


def build(host: Host, rows: list[Report], *, deaf: bool = False) -> Shelf:
    """An empty static page and the endpoint that fills it; with `deaf`, every page is page 1."""
    frame = Frame()
    entrance(host, COLUMN, frame=frame)
    query = "{'webId':'4','pageId':'1034','parseType':'bulidstatic','pageType':'column','tagId':'当前栏目list','tplSetId':'xyz'}"
    unit = f'<div class="unit"><script url="{ENDPOINT}" parseType="bulidstatic" queryData="{query}"></script></div>'
    host[COLUMN] = page(frame.html("政府信息公开年报", f'{unit}<div class="page" count="{len(rows)}" rows="{SIZE}"></div>'))

    def build_unit(request: Request) -> Answer:
        asked = request.query
        number = 1 if deaf else json.loads(asked.get("paramJson", '{"pageNo":1}'))["pageNo"]
        if asked.get("pageId") != "1034" or asked.get("tplSetId") != "xyz":
            return content('{"success":false,"message":"参数错误"}', "application/json")
        sheet = rows[(number - 1) * SIZE : number * SIZE]
        listed = "".join(
            f'<li><a href="{path(report)}" title="{report.title}">{report.title}</a><span>{report.day}</span></li>' for report in sheet
        )
        html = f'<ul>{listed}</ul><div class="page" count="{len(rows)}" rows="{SIZE}"><a href="javascript:;">下一页</a></div>'
        return content(json.dumps({"success": True, "code": "200", "data": {"html": html}}, ensure_ascii=False), "application/json")

    host[ENDPOINT] = build_unit
    return Shelf(host.url(COLUMN), publish(host, {path(report): report for report in rows}, frame), 1 + -(-len(rows) // SIZE), len(rows))
