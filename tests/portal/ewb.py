"""Epoint: the REST list needs the site's id from `/js/webBuilderCommon.js`; Suzhou's `loadData` counts pages from 0."""

from __future__ import annotations

import json

from nianbao.demo.server import Answer, Host, Request, content, page
from tests.portal.town import Frame, Report, Shelf, entrance, publish

COLUMN = "/govxxgk/LY/zfxxgknb.html"
SUZHOU = "/szsfj/xxgknb/xxgknb.shtml"
GUID = "7eb5f7f1-9041-43ad-8e13-8fcb82ea831a"


def path(report: Report) -> str:
    """Where a report is."""
    return f"/govxxgk/LY/{report.day}/{report.uuid}.html"


def build(host: Host, rows: list[Report], *, body: str = "form", counted: bool = True) -> Shelf:
    """The REST list, which takes its fields as a form (`params`) or as JSON."""
    frame = Frame(head='<script src="/js/webBuilderCommon.js"></script>')
    entrance(host, COLUMN, frame=frame)
    host["/js/webBuilderCommon.js"] = content(f"var siteInfo = {{ projectName: 'EWB-LY', siteGuid: '{GUID}' }};", "text/javascript")
    script = "<script>var deptcode = '033'; var categorynum = '007001';</script>"
    host[COLUMN] = page(frame.html("政府信息公开年报", f'<ul id="infolist"></ul>{script}'))

    def rest(request: Request) -> Answer:
        if body == "json":
            if not request.headers.get("content-type", "").startswith("application/json"):
                return Answer(415)
            asked = json.loads(request.body)
        else:
            asked = json.loads(request.form["params"])
        size = int(asked["pageSize"])
        right = asked["siteGuid"] == GUID and asked["categorynum"] == "007001" and asked["deptcode"] == "033"
        sheet = rows[int(asked["pageIndex"]) * size :][:size] if right else []
        data = {"data": [{"infourl": path(report), "realtitle": report.title, "infodate": str(report.day)} for report in sheet]}
        return content(
            json.dumps({"custom": {**data, **({"total": len(rows)} if counted else {})}}, ensure_ascii=False), "application/json"
        )

    host["POST /EWB-LY/rest/lightfrontaction/getgovinfolist"] = rest
    return Shelf(
        host.url(COLUMN),
        publish(host, {path(report): report for report in rows}, frame),
        4 + -(-len(rows) // 15),
        len(rows) if counted else None,
    )


def build_suzhou(host: Host, rows: list[Report]) -> Shelf:
    """Suzhou's interface."""
    frame = Frame()
    entrance(host, SUZHOU, frame=frame)
    script = "<script>$.post('/szinf/xxgk/interfacesWebZcwj/loadData?pageSize=15', {pageIndex: index}, show)</script>"
    host[SUZHOU] = page(frame.html("政府信息公开年报", f"<ul></ul>{script}"))

    def load(request: Request) -> Answer:
        size, index = int(request.query["pageSize"]), int(request.form["pageIndex"])
        listed = [
            {"TITLE": report.title, "URL": path(report), "C_SYH": f"X{report.number}", "PUBLISHED_TIME_FORMAT": str(report.day)}
            for report in rows[index * size : (index + 1) * size]
        ]
        data = {"allRow": len(rows), "totalPage": -(-len(rows) // size), "list": listed}
        return content(json.dumps({"data": data}, ensure_ascii=False), "application/json")

    host["POST /szinf/xxgk/interfacesWebZcwj/loadData"] = load
    return Shelf(host.url(SUZHOU), publish(host, {path(report): report for report in rows}, frame), 1 + -(-len(rows) // 15), len(rows))
