"""UCAP as in Jiangxi: a hanweb-looking path, `listData` inline with the first rows, the rest by POST to `/queryList`."""

from __future__ import annotations

import json

from nianbao.demo.server import Answer, Host, Request, content, page
from tests.portal.town import Frame, Report, Shelf, entrance, publish

COLUMN = "/jxsw/col/col42150/index.html"
FRAME = Frame(head='<base href="/jxsw/" />')
SIZE = 15


def path(report: Report) -> str:
    """Where a report is."""
    return f"/jxsw/col/col42150/content/content_17733544353240{report.number:05}.html"


def urls(report: Report) -> str:
    """An address as this system writes it: JSON inside a string."""
    return json.dumps({"pc": path(report)})


def build(host: Host, rows: list[Report], *, inline: int = 5, declared: int | None = None) -> Shelf:
    """A page with the first rows in its script, and the interface that has all."""
    entrance(host, COLUMN, frame=FRAME)
    listed = [
        {"title": report.title, "pubDate": f"{report.day} 16:59", "urls": urls(report), "articleFiles": [{}]} for report in rows[:inline]
    ]
    channel = {"code": "col42150", "articleCount": len(rows) if declared is None else declared, "childCount": 0}
    stale = {"code": "col42150", "articleCount": len(rows) - 1}
    parent = json.dumps({"articleCount": 2, "children": [stale]})
    script = f"""var channelsTagSelf = {json.dumps(channel)}; var channelsTagParent = [{parent},];
var listData = {{ articleList: {json.dumps(listed, ensure_ascii=False)}, }};"""
    params = """var params = { current: 1, unitid: '380055', webSiteCode: ['jxsw'], channelCode: ['col42150'], dataBefore: '',
 perPage: '15', notReturnContent:false, showMode: 'normal', templateContainerId: 'div380055', }; loadPageData(params, '380055');"""
    line = "{{#each items}}<li><a href='{{pcUrl}}'>{{title}}</a></li>{{/each}}"
    template = f"<script id='div380055' type='text/x-handlebars-template'><ul>{line}</ul></script>"
    host[COLUMN] = page(FRAME.html("政府信息公开年报", f"<script>{script}</script>{template}<script>{params}</script>"))

    def query(request: Request) -> Answer:
        form = request.form
        start = (int(form["current"]) - 1) * int(form["perPage"])
        right = form["channelCode[]"] == "col42150" and form["webSiteCode[]"] == "jxsw"
        found = rows[start : start + int(form["perPage"])] if right else []
        records = [
            {"source": {"title": report.title, "pubDate": f"{report.day} 16:59", "urls": urls(report), "images": ""}} for report in found
        ]
        return content(json.dumps({"data": {"results": records}}, ensure_ascii=False), "application/json")

    host["POST /queryList"] = query
    return Shelf(host.url(COLUMN), publish(host, {path(report): report for report in rows}, FRAME), 2 + -(-len(rows) // SIZE), len(rows))
