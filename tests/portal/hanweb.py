"""hanweb: `.jpage` lists; the proxy sends more than it is asked for, in one of two dialects; the first group may be inline."""

from __future__ import annotations

from nianbao.demo.server import Answer, Host, Request, content, page
from tests.portal.town import Frame, Report, Shelf, entrance, publish

COLUMN = "/col/col30067/index.html"
FRAME = Frame(head="<meta name='Maketime' content='2025-01-30 10:00:00'>")
PROXY = "/module/web/jpage/dataproxy.jsp"
UNIT = "49468"


def path(report: Report) -> str:
    """Where a report is."""
    return f"/art/{report.day.year}/{report.day.month}/{report.day.day}/art_30067_{report.number}.html"


def row(report: Report) -> str:
    """A row: the printed title cut, the attribute whole."""
    link = f'<a target="_blank" href="{path(report)}" title="{report.title}">{report.title[:14]}...</a>'
    return f'<li>{link}<b readlabel="{report.day}">{report.day}</b></li>'


def store(rows: list[Report], total: int, extra: str = "") -> str:
    """A datastore with rows."""
    records = "".join(f"<record><![CDATA[{row(report)}]]></record>" for report in rows)
    counts = f"<totalrecord>{total}</totalrecord><totalpage>{-(-total // 15)}</totalpage>"
    return f"<datastore>{extra}{counts}<recordset>{records}</recordset></datastore>"


def build(host: Host, rows: list[Report], *, dialect: str = "records", surplus: int = 1, inline: int = 0, per_page: int = 5) -> Shelf:
    """A column page with a config and its proxy."""
    entrance(host, COLUMN, frame=FRAME)
    first = f'<script type="text/xml">{store(rows[:inline], len(rows))}</script>' if inline else ""
    asked = f"{{col:1,appid:'1',webid:60,path:'/',columnid:30067,sourceContentType:1,unitid:'{UNIT}',webname:'沙湾市',permissiontype:0}}"
    sizes = f"totalRecord:{len(rows)},groupSize:3,perPage:{per_page}"
    data = f"dataStore:$('#{UNIT} script').html(),proxyUrl:'{PROXY}'"
    shown = "themeName:'default',showMode:'full',onChange: function(p) { return {a: p}; }"
    config = f"$('#{UNIT}').jpage({{{sizes},{data},ajaxParam:{asked},{shown}}})"
    host[COLUMN] = page(FRAME.html("政府信息公开年报", f'<div id="{UNIT}">{first}</div><script>{config}</script>'))

    def proxy(request: Request) -> Answer:
        asked = {**request.form, **request.query}
        if asked.get("columnid") != "30067" or asked.get("unitid") != UNIT:
            return content("<datastore><recordset></recordset></datastore>", "text/xml")
        if dialect == "pages":
            start, count = (int(asked.get("page", "1")) - 1) * per_page, per_page
        else:
            start = int(asked["startrecord"]) - 1
            count = int(asked["endrecord"]) - start + surplus
        return content(store(rows[start : start + count], len(rows)), "text/xml")

    host[f"POST {PROXY}"] = proxy
    step = per_page if dialect == "pages" else 3 * per_page + surplus
    return Shelf(
        host.url(COLUMN), publish(host, {path(report): report for report in rows}, FRAME), 2 + -(-(len(rows) - inline) // step), len(rows)
    )
