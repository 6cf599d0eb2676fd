"""TrueCMS: JSONP whose `result` is hanweb's XML; strict about `perpage` and Referer; the first rows in `#initData`."""

from __future__ import annotations

import json

from nianbao.demo.server import NOT_FOUND, Answer, Host, Request, content, page
from tests.portal.town import Frame, Report, Shelf, entrance, publish

COLUMN = "/lygslyqjyj/zfxxgknb/zfxxgknb.html"
PROXY = "/TrueCMS/messageController/getMessage.do"
UUID = "8a908fdb-7a1c-4f5e-9c1b-0123456789ab"
SIZE = 20


def path(report: Report) -> str:
    """Where a report is."""
    return f"/lygslyqjyj/zfxxgknb/content/{report.uuid}.html"


def build(host: Host, rows: list[Report], *, dead: bool = False) -> Shelf:
    """A page with its first rows, and the proxy, dead or alive."""
    frame = Frame()
    entrance(host, COLUMN, frame=frame)
    listed = [f'<li><a href="{path(report)}">{report.title}</a><span>{report.day}</span></li>' for report in rows]
    config = f"""var p={{contentTemplate:'<datastore><totalrecord>${{total}}</totalrecord>',proxyUrl:'{PROXY}',perPage:{SIZE},
totalRecord:{len(rows)},ajaxParam:{{columnId:'{UUID}'}}}}"""
    main = f'<div id="initData" style="display:none"><ul>{"".join(listed[:60])}</ul></div><script>{config}</script>'
    host[COLUMN] = page(frame.html("政府信息公开年报", main))

    def message(request: Request) -> Answer:
        asked = request.query
        if dead or asked["perpage"] != str(SIZE) or "referer" not in request.headers or asked["columnId"] != UUID:
            return NOT_FOUND
        sheet = listed[int(asked["startrecord"]) - 1 : int(asked["endrecord"])]
        records = "".join(f"<record><![CDATA[{line}]]></record>" for line in sheet)
        xml = f"<datastore><totalrecord>{len(rows)}</totalrecord><recordset>{records}</recordset></datastore>"
        return content(f"{asked['callback']}({json.dumps({'result': xml}, ensure_ascii=False)});", "text/javascript; charset=utf-8")

    host[PROXY] = message
    return Shelf(host.url(COLUMN), publish(host, {path(report): report for report in rows}, frame), 1 + -(-len(rows) // SIZE), len(rows))
