"""Putuo's JSON list, whose total stops at a cap though more pages follow; the policy library, whose rows have ids but no addresses."""

from __future__ import annotations

import json

from nianbao.demo.server import Answer, Host, Request, content, page
from tests.portal.town import Frame, Report, Shelf, entrance, publish

COLUMN = "/shpt/xxgknb/index.html"
AFFAIR = "/front/api/data/affair"


def path(report: Report) -> str:
    """Where a report is."""
    return f"/shpt/nw{report.day.year}/{report.day:%Y%m%d}/{report.hex}.html"


def build(host: Host, rows: list[Report], *, cap: int = 10000) -> Shelf:
    """A list by POST of JSON, its total never above the cap."""
    frame = Frame()
    entrance(host, COLUMN, frame=frame)
    script = f'axios.post(\'{AFFAIR}\', {{"channelList":["3"],"pageSize":15,"pageNo":1}})'
    host[COLUMN] = page(frame.html("政府信息公开年报", f"<div id='list'></div><script>{script}</script>"))

    def affair(request: Request) -> Answer:
        asked = json.loads(request.body)
        number, size = asked["pageNo"], asked["pageSize"]
        sheet = rows[(number - 1) * size : number * size] if asked["channelList"] == ["3"] else []
        total = min(cap, len(rows)) if sheet else 0
        listed = [{"id": r.number, "title": r.title, "url": path(r), "display_date": str(r.day), "channel_id": "3"} for r in sheet]
        data = {"pageNo": number if sheet else 0, "totalPage": -(-total // size), "totalCount": total, "list": listed}
        return content(json.dumps({"data": data}, ensure_ascii=False), "application/json")

    host[f"POST {AFFAIR}"] = affair
    return Shelf(
        host.url(COLUMN), publish(host, {path(report): report for report in rows}, frame), 1 + -(-len(rows) // 15), min(cap, len(rows))
    )


def build_library(host: Host, rows: list[Report]) -> Shelf:
    """The library: rows are `businessId` and `siteId`."""
    frame = Frame()
    entrance(host, "/zhengce/list.html", frame=frame)
    script = "axios.post('/gwk/policy/page', {siteIdList: ['0075']})"
    host["/zhengce/list.html"] = page(frame.html("政府信息公开年报", f"<div></div><script>{script}</script>"))

    def policy(request: Request) -> Answer:
        asked = json.loads(request.body)
        size, number = asked.get("pageSize", 10), asked.get("pageNo", 1)
        listed = [
            {"title": r.title, "businessId": f"0075{r.number}", "siteId": "0075", "publishDate": f"{r.day} 09:49:12"}
            for r in rows[(number - 1) * size : number * size]
        ]
        return content(json.dumps({"data": {"total": len(rows), "records": listed}}, ensure_ascii=False), "application/json")

    host["POST /gwk/policy/page"] = policy
    paths = {f"/zhengce/detail?businessId=0075{report.number}&siteId=0075": report for report in rows}
    return Shelf(host.url("/zhengce/list.html"), publish(host, paths, frame), 1 + -(-len(rows) // 15), len(rows))
