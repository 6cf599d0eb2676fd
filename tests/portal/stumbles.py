"""What servers do to listings: stubs, repeats, caps, holes, walls, endless pages. Each is a change made to a built portal."""

from __future__ import annotations

from collections.abc import Callable

from nianbao.demo.server import NOT_FOUND, Answer, Host, Request, page
from tests.portal.town import Frame, Report, Shelf, entrance, publish

CHALLENGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><meta id="x" content="3N1ZV.MVSm" r="m">
<script type="text/javascript" r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=59352;$_ts.cd="qWNqrf";if($_ts.lcd)$_ts.lcd();</script>
<script type="text/javascript" charset="utf-8" src="/tQrlMwxgEtCS/Jk6aVT.294cc83.js" r='m'></script></head><body></body></html>"""
STUB = page("<html><head><title>政府信息公开年报</title></head><body><div class='list'><ul></ul></div></body></html>")
WALL_412 = Answer(412, CHALLENGE.encode(), (("Content-Type", "text/html; charset=utf-8"), ("Server", "******")))
WALL_521 = Answer(
    521,
    b"<script>document.cookie=('_')+('_')+('jsl_clearance_s=1')+('');location.href=location.pathname+location.search</script>",
    (("Content-Type", "text/html"), ("Set-Cookie", "__jsluid_s=abc; max-age=31536000; path=/; HttpOnly")),
)
COLUMN = "/zwgk/nb/list"


def line(report: Report) -> str:
    """A plain row."""
    return f'<li><a href="/zwgk/nb/content_{report.number}">{report.title}</a><span>{report.day}</span></li>'


def listing(rows: list[Report], pager: str = "", *, beside: str = "") -> Answer:
    """One plain page of rows."""
    main = f'{beside}<div class="list_box"><ul class="list">{"".join(map(line, rows))}</ul><div class="fanye">{pager}</div></div>'
    return page(Frame().html("政府信息公开年报", main))


def paths(rows: list[Report]) -> dict[str, Report]:
    """Where plain rows lead."""
    return {f"/zwgk/nb/content_{report.number}": report for report in rows}


def numbered(
    host: Host,
    rows: list[Report],
    *,
    size: int = 10,
    beyond: Callable[[int], Answer] = lambda _: NOT_FOUND,
    onward: bool = True,
    said: str = "",
) -> Shelf:
    """A listing by `?page=N` that always offers a next page; `beyond` answers past the end. `said` is printed in the pager."""
    entrance(host, COLUMN)
    last = max(1, -(-len(rows) // size))

    def answer(request: Request) -> Answer:
        number = int(request.query.get("page", "1"))
        if number > last:
            return beyond(number)
        following = f'<a href="{COLUMN}?page={number + 1}">下一页</a>' if onward or number < last else ""
        return listing(rows[(number - 1) * size : number * size], f"{said} {following}")

    host[COLUMN] = answer
    return Shelf(host.url(COLUMN), publish(host, paths(rows)), last + 1)


def endless(host: Host) -> None:
    """Every page has rows that no other has, and a next page."""
    entrance(host, COLUMN)

    def answer(request: Request) -> Answer:
        number = int(request.query.get("page", "1"))
        rows = "".join(
            f'<li><a href="/zwgk/nb/content_{number * 10 + at}">第{number * 10 + at}号公告的全文</a><span>2024-01-02</span></li>'
            for at in range(10)
        )
        return page(Frame().html("公告", f'<ul class="list">{rows}</ul><a href="{COLUMN}?page={number + 1}">下一页</a>'))

    host[COLUMN] = answer
