"""Lists of systems that nobody knows: the page's own script says how they are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import parse_qsl

import pytest

from crawler import families
from crawler.client import Client
from crawler.crawl import crawl
from crawler.events import Delivery, Event
from crawler.families import scripted
from crawler.page import parse
from crawler.site import Site
from nianbao.demo.server import Answer, Host, Request, Web, content
from tests.portal.fetching import run
from tests.portal.town import Report, entrance, publish, reports
from tests.portal.variants import plain

ROWS = reports(37)
LIST = "/openapi/info/list"


def path(report: Report) -> str:
    """Where a report is."""
    return f"/info/{report.year}/{report.number}.html"


def answer(fields: Mapping[str, str]) -> Answer:
    """Fifteen rows of the channel at most, or none."""
    number, size = int(fields.get("pageNo") or fields.get("page") or 1), int(fields.get("pageSize") or fields.get("size") or 15)
    rows = ROWS[(number - 1) * size : number * size] if fields.get("channelId") == "4711" else []
    listed = [{"title": report.title, "url": path(report), "publishDate": f"{report.day:%Y-%m-%d}"} for report in rows]
    return content(json.dumps({"code": 0, "data": {"records": listed, "total": len(ROWS)}}, ensure_ascii=False), "application/json")


@pytest.fixture
def host() -> Iterator[Host]:
    """A portal whose list is asked for in a query, a form or JSON, as it comes."""
    with Web() as web:
        host = web.host()
        host[LIST] = lambda request: answer(request.query)
        host[f"POST {LIST}"] = posted
        yield host


def posted(request: Request) -> Answer:
    """The body is a form or JSON."""
    body = request.body.decode()
    return answer({key: str(value) for key, value in json.loads(body).items()} if body.startswith("{") else dict(parse_qsl(body)))


SCRIPTS = {
    "ajax, a form": """var cid = "4711"; function load(pageNo){ $.ajax({ url: "/openapi/info/list", type: "POST", dataType: "json",
        data: { channelId: cid, pageNo: pageNo, pageSize: 15 }, success: function(res){ var h=""; $.each(res.data.records, function(i,o){
        h += '<li>' + o.title + '</li>'; }); $("#list").html(h); } }); } load(1);""",
    "ajax, JSON": """jQuery.ajax({type:'post', contentType:'application/json;charset=utf-8', url:'/openapi/info/list',
        data: JSON.stringify({"channelId": "4711", "pageNo": current, "pageSize": 10})});""",
    "a query put together": """var base='/openapi/info';
        $.getJSON(base + '/list?channelId=4711&pageNo=' + obj.curr + '&pageSize=15', show);""",
    "$.get": """$.get("/openapi/info/list", {channelId: $("#cid").val(), page: p, size: rows}, function(data){ render(data); });""",
    "axios": """axios.post('/openapi/info/list',
        { channelId: '4711', pageNo: this.pageNo, pageSize: this.pageSize }).then(r => { this.l = r });""",
    "axios, a query": """axios.get('/openapi/info/list', { params: { channelId: 4711, pageNo: page, pageSize: 15 } }).then(show)""",
    "fetch": """fetch(`/openapi/info/list?channelId=${cid}&pageNo=${pageNo}`).then(r => r.json()); var cid = '4711';""",
    "fetch, JSON": """fetch('/openapi/info/list', {method: 'POST', headers: {'Content-Type': 'application/json'},
        body: JSON.stringify({channelId: "4711", pageNo: 1, pageSize: 15})});""",
    "the whole list": """$.ajax({url: '/openapi/info/list?channelId=4711&pageSize=500', success: function(r){ show(r); }});""",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=list(SCRIPTS))
def test_a_list_is_asked_for_as_the_page_asks(host: Host, script: str) -> None:
    """Whatever the library, the way that the request is put together, and where the channel's number stands."""
    host["/zwgk/nb.html"] = plain(f"<input type='hidden' id='cid' value='4711'><ul id='list'></ul><script>{script}</script>")
    listing = run(lambda client: families.walk(host.url("/zwgk/nb.html"), client))
    assert {link.url for link in listing.links} == {host.url(path(report)) for report in ROWS}
    assert listing.complete, listing.message
    assert {link.published for link in listing.links} == {report.day for report in ROWS}


@pytest.mark.parametrize("script", [SCRIPTS["ajax, a form"], SCRIPTS["a query put together"]], ids=["form", "query"])
def test_a_portal_is_crawled_from_its_home_page_alone(host: Host, script: str) -> None:
    """The column is found though its page holds no row, and every report behind it is delivered."""
    entrance(host, "/zwgk/nb.html")
    host["/zwgk/nb.html"] = plain(f"<input type='hidden' id='cid' value='4711'><ul id='list'></ul><script>{script}</script>")
    publish(host, {path(report): report for report in ROWS})

    async def visit(client: Client) -> list[Event]:
        return [event async for event in crawl(Site("s", "s", host.url("/")), client)]

    delivered = {event.link.url for event in run(visit) if isinstance(event, Delivery)}
    assert delivered == {host.url(path(report)) for report in ROWS}


@pytest.mark.parametrize(
    "call",
    [
        "$.post('/openapi/visit/add', {pageNo: 1})",
        "$.post('/openapi/info/saveList', {pageNo: 1})",
        "$.get('http://elsewhere.example/list?page=' + page)",
        "$.ajax({url: listUrl, data: {page: 1}})",
        "$.ajax({url: '/captcha/get', data: {}})",
        "new Map().get('/list')",
        "function get(url) { return list(url); }",
    ],
)
def test_what_may_count_or_change_something_is_never_asked(call: str) -> None:
    """Nor another host, nor an address that nobody can tell."""
    assert scripted.sources(parse("http://a.gov.cn/nb.html", f"<html><script>{call}</script></html>")) == []


def test_a_list_that_a_script_file_asks_for_is_asked_for(host: Host) -> None:
    """The file says how, the page which channel; libraries are not looked into."""
    host["/js/list.js"] = content(SCRIPTS["ajax, a form"].replace('var cid = "4711";', ""), "text/javascript")
    files = "".join(f"<script src='/js/{name}.js'></script>" for name in ("jquery.min", "vue", "list"))
    host["/zwgk/nb.html"] = plain(f"<ul id='list'></ul><script>var cid = '4711';</script>{files}")
    listing = run(lambda client: families.walk(host.url("/zwgk/nb.html"), client))
    assert len(listing.links) == len(ROWS)
    assert listing.complete, listing.message
    assert [request.path for request in host.log if request.path.startswith("/js/")] == ["/js/list.js"]


def test_a_script_that_counts_from_zero_is_followed_from_zero(host: Host) -> None:
    """Its first page is 0: begun at 1, the newest rows would be missing."""
    host["/rest/query"] = lambda request: answer({**request.query, "pageNo": str(int(request.query["pageIndex"]) + 1)})
    script = "var pageIndex = 0; $.get('/rest/query', {channelId: '4711', pageIndex: pageIndex, pageSize: 15}, show);"
    host["/zwgk/nb.html"] = plain(f"<ul id='list'></ul><script>{script}</script>")
    listing = run(lambda client: families.walk(host.url("/zwgk/nb.html"), client))
    assert len(listing.links) == len(ROWS)
    assert listing.complete, listing.message


def test_a_page_with_rows_of_its_own_is_not_asked_further(host: Host) -> None:
    """What its scripts fetch is then something else: the weather, the hits."""
    rows = "".join(f"<li><a href='{path(report)}'>{report.title}</a><span>{report.day}</span></li>" for report in ROWS[:5])
    host["/zwgk/nb.html"] = plain(f"<ul>{rows}</ul><script>$.get('{LIST}', {{channelId: 4711, page: 1}})</script>")
    listing = run(lambda client: families.walk(host.url("/zwgk/nb.html"), client))
    assert len(listing.links) == 5
    assert all(isinstance(link.published, date) for link in listing.links)
