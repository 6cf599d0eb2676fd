"""Families whose lists are linked pages: each differs in its addresses and in how its pager turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from nianbao.demo.server import Answer, Host, Request, Route, page
from tests.portal.town import Frame, Report, Shelf, entrance, pages_of, publish

Pager = Callable[[int, int, int], str]
"""(page from 1, pages, rows) → the pager's markup."""


class Style(NamedTuple):
    """How a family lays out a column: where it is, where page n is, where a report is, and what its pager looks like."""

    column: str
    turn: Callable[[int], str]
    article: Callable[[Report], str]
    pager: Pager
    total: bool = False
    head: str = ""


def following(turn: Callable[[int], str]) -> Pager:
    """上一页 and 下一页 only."""

    def markup(at: int, pages: int, rows: int) -> str:
        back = f'<a href="{turn(at - 1)}">上一页</a>' if at > 1 else "<span>上一页</span>"
        return back + (f'<a href="{turn(at + 1)}">下一页</a>' if at < pages else "<span>下一页</span>")

    return markup


def numbers(turn: Callable[[int], str]) -> Pager:
    """Numbers only."""

    def markup(at: int, pages: int, rows: int) -> str:
        return "".join(f'<a href="{turn(n)}">{n}</a>' if n != at else f"<span>{n}</span>" for n in range(1, pages + 1))

    return markup


def counted(turn: Callable[[int], str]) -> Pager:
    """The total in words, and 下一页."""

    def markup(at: int, pages: int, rows: int) -> str:
        return f"<span>共{rows}条</span> 第{at}/{pages}页 {following(turn)(at, pages, rows)}"

    return markup


def selecting(turn: Callable[[int], str]) -> Pager:
    """A menu that jumps."""

    def markup(at: int, pages: int, rows: int) -> str:
        options = "".join(f'<option value="{turn(n)}"{" selected" if n == at else ""}>{n}</option>' for n in range(1, pages + 1))
        return f'<select onchange="location.href=this.value">{options}</select>'

    return markup


def clicking(before: str, after: str) -> Pager:
    """A function of the page that makes the address."""

    def markup(at: int, pages: int, rows: int) -> str:
        links = "".join(f'<a href="javascript:void(0)" onclick="toPage({n})">{n}</a>' for n in range(1, pages + 1) if n != at)
        return f'{links}<script>function toPage(n){{ window.location.href = "{before}" + n + "{after}"; }}</script>'

    return markup


def sending(action: str) -> Pager:
    """A form that is sent."""

    def markup(at: int, pages: int, rows: int) -> str:
        hidden = '<input type="hidden" name="currpage" value="1"><input type="hidden" name="cid" value="77">'
        script = "function go(p){ document.forms['f'].currpage.value = p; document.forms['f'].submit(); }"
        link = f'<a href="javascript:go({at + 1})">下一页</a>' if at < pages else ""
        return f'<form name="f" method="post" action="{action}">{hidden}</form><script>{script}</script>{link}'

    return markup


def _query(stem: str, name: str) -> Callable[[int], str]:
    return lambda n: f"{stem}?{name}={n}" if n > 1 else stem


def _name(stem: str, ext: str, shift: int = 0) -> Callable[[int], str]:
    return lambda n: f"{stem}_{n + shift}{ext}" if n > 1 else f"{stem}{ext}"


_HEBEI = "/columns/0d1f2c3b-1111-4222-8333-0123456789ab"
STYLES: dict[str, Style] = {
    "content_n": Style(
        "/zwgk/gknb", _query("/zwgk/gknb", "page"), lambda r: f"/zwgk/gknb/content_{r.number}", counted(_query("/zwgk/gknb", "page")), True
    ),
    "hebei": Style(
        f"{_HEBEI}/index.html",
        _name(f"{_HEBEI}/index", ".html"),
        lambda r: f"{_HEBEI}/{r.day:%Y%m}/{r.day:%d}/{r.uuid}.html",
        following(_name(f"{_HEBEI}/index", ".html")),
    ),
    "fujian": Style(
        "/cms/html/swsrmzf/nb/index.html",
        _name("/cms/html/swsrmzf/nb/index", ".html"),
        lambda r: f"/cms/html/swsrmzf/{r.day}/{r.number}.html",
        numbers(_name("/cms/html/swsrmzf/nb/index", ".html")),
    ),
    "jhtml": Style(
        "/zfxxgknb/index.jhtml",
        _name("/zfxxgknb/index", ".jhtml"),
        lambda r: f"/zfxxgknb/{r.number}.jhtml",
        selecting(_name("/zfxxgknb/index", ".jhtml")),
    ),
    "shaanxi": Style(
        "/zwgk/xxgknb/xj/1.html",
        lambda n: f"/zwgk/xxgknb/xj/{n}.html",
        lambda r: f"/zwgk/xxgknb/xj/17533116886161{r.number:05}.html",
        counted(lambda n: f"/zwgk/xxgknb/xj/{n}.html"),
        True,
    ),
    "generic": Style(
        "/site/nblist.do?cid=77",
        lambda n: f"/site/nblist.do?cid=77&pageNo={n}",
        lambda r: f"/site/show.do?id={r.number}",
        clicking("/site/nblist.do?cid=77&pageNo=", ""),
    ),
    "generic form": Style(
        "/sites/list.jsp?cid=77",
        lambda n: f"/sites/list.jsp?cid=77&currpage={n}",
        lambda r: f"/sites/zwinfo.jsp?id={r.number}",
        sending("/sites/list.jsp"),
    ),
}


def build(host: Host, rows: list[Report], style: str, *, size: int = 10) -> Shelf:
    """A column in a style."""
    how = STYLES[style]
    frame = Frame(head=how.head)
    entrance(host, how.column, frame=frame)
    sheets = pages_of(rows, size)
    for at, sheet in enumerate(sheets, 1):
        listed = "".join(f'<li><a href="{how.article(r)}" title="{r.title}">{r.title}</a><span>[{r.day}]</span></li>' for r in sheet)
        pager = how.pager(at, len(sheets), len(rows))
        body = page(frame.html("政府信息公开年报", f'<ul class="infolist">{listed}</ul><div class="fanye">{pager}</div>'))
        host[how.column if at == 1 else how.turn(at)] = body
        if style == "generic form":
            host[f"POST page {at}"] = body
    if style == "generic form":
        host["POST /sites/list.jsp"] = _form(host)
    total = len(rows) if how.total else None
    return Shelf(host.url(how.column), publish(host, {how.article(report): report for report in rows}, frame), len(sheets), total)


def _form(host: Host) -> Route:
    def answer(request: Request) -> Answer:
        found = host.routes[f"POST page {request.form['currpage']}"]
        assert isinstance(found, Answer)
        return found

    return answer
