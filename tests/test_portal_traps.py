"""What portals do to those who walk their listings: each trap ends with its reason, and nothing is called complete that is not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from crawler import families
from crawler.errors import CrawlError, Gone
from crawler.listing import Listing
from crawler.pager import MAX_REQUESTS
from nianbao.demo.server import NOT_FOUND, Answer, Drip, Host, Request, Web, content, in_turn, page
from tests.portal import gkmlpt, hanweb, jpaas, shanghai, stumbles, trs, truecms, ucap
from tests.portal.fetching import run
from tests.portal.town import Frame, Report, Shelf, article, entrance, reports


@pytest.fixture
def host() -> Iterator[Host]:
    """One pretend portal."""
    with Web() as web:
        yield web.host()


def walked(url: str) -> Listing:
    """The listing at an address, by the real client."""
    return run(lambda client: families.walk(url, client))


def found(listing: Listing) -> set[str]:
    """The addresses of its rows."""
    return {link.url for link in listing.links}


@pytest.mark.parametrize(
    ("beyond", "reason"),
    [(lambda _: NOT_FOUND, "next_404"), (lambda _: stumbles.STUB, "stub"), (lambda _: stumbles.listing(reports(23)[20:]), "repeat_page")],
    ids=["404", "stub at 200", "the last page again"],
)
def test_a_pager_without_an_end_of_its_own_ends_where_nothing_new_comes(host: Host, beyond: object, reason: str) -> None:
    """下一页 is always offered: a 404, a stub, or a repeat after the last page is the end, and the listing is complete."""
    shelf = stumbles.numbered(host, reports(23), beyond=beyond)  # type: ignore[arg-type]  # one of the functions above
    listing = walked(shelf.url)
    assert found(listing) == shelf.rows
    assert (listing.stop_reason, listing.complete) == (reason, True)
    assert listing.requests <= shelf.requests + 2


def test_a_page_number_that_is_ignored_is_not_an_end(host: Host) -> None:
    """Every page is page 1: nothing is proven."""
    entrance(host, stumbles.COLUMN)
    host[stumbles.COLUMN] = stumbles.listing(reports(10), f'<a href="{stumbles.COLUMN}?page=2">下一页</a>')
    listing = walked(host.url(stumbles.COLUMN))
    assert (listing.stop_reason, listing.complete, listing.distinct_found) == ("repeat_page", False, 10)
    assert listing.requests <= 5


def test_a_bare_page_number_on_jpaas_is_noticed(host: Host) -> None:
    """The unit answers page 1 for ever: short of its own total."""
    listing = walked(jpaas.build(host, reports(40), deaf=True).url)
    assert (listing.complete, listing.declared_total, listing.distinct_found) == (False, 40, 15)
    assert listing.stop_reason == "repeat_page"
    assert listing.requests <= 6


def test_a_listing_short_of_its_own_total_is_incomplete(host: Host) -> None:
    """共25条 is printed, 23 are there."""
    shelf = stumbles.numbered(host, reports(23), onward=False, said="共25条")
    listing = walked(shelf.url)
    assert (listing.complete, listing.declared_total, listing.distinct_found) == (False, 25, 23)
    assert "25 rows declared, 23 found" in listing.message


def test_a_page_missing_in_the_middle_is_stepped_over_and_told(host: Host) -> None:
    """Page 2 of 4 is a 404: the rows of pages 3 and 4 are found, the listing is not complete."""
    shelf = trs.build(host, reports(37))
    host[f"{trs.COLUMN}index_1.html"] = NOT_FOUND
    listing = walked(shelf.url)
    assert (listing.distinct_found, listing.declared_pages, listing.complete) == (27, 4, False)
    assert found(listing) < shelf.rows


def test_an_empty_page_in_the_middle_is_asked_for_again(host: Host) -> None:
    """Page 2 came empty once: the second time it has its rows, and the listing is complete."""
    shelf = trs.build(host, reports(37), spelling="total")
    path = f"{trs.COLUMN}index_1.html"
    host[path] = in_turn(stumbles.STUB, host.routes[path])
    listing = walked(shelf.url)
    assert found(listing) == shelf.rows
    assert (listing.complete, listing.stop_reason) == (True, "total_reached")


@pytest.mark.parametrize("spelling", ["plain", "total"])
def test_a_page_that_stays_empty_in_the_middle_leaves_the_listing_incomplete(host: Host, spelling: str) -> None:
    """Rows and pages behind the hole are found; complete it is not, whatever was declared."""
    shelf = trs.build(host, reports(37), spelling=spelling)
    host[f"{trs.COLUMN}index_1.html"] = stumbles.STUB
    listing = walked(shelf.url)
    assert (listing.distinct_found, listing.complete) == (27, False)


def test_an_empty_page_that_offers_a_next_one_is_no_end(host: Host) -> None:
    """Nothing is declared, page 2 is empty, page 3 is not: rows are found, the hole is told."""
    shelf = stumbles.numbered(host, reports(40))
    inner = host.routes[stumbles.COLUMN]
    hole = stumbles.listing([], f'<a href="{stumbles.COLUMN}?page=3">下一页</a>')

    def answer(request: Request) -> Answer:
        assert callable(inner)
        return hole if request.query.get("page") == "2" else inner(request)

    host[stumbles.COLUMN] = answer
    listing = walked(shelf.url)
    assert (listing.distinct_found, listing.complete) == (30, False)


@pytest.mark.parametrize("wall", [stumbles.WALL_412, stumbles.WALL_521, page(stumbles.CHALLENGE)], ids=["412", "521", "200"])
def test_a_wall_in_the_middle_blocks_the_listing(host: Host, wall: Answer) -> None:
    """What was found is kept, the reason is the wall, and nothing more is asked for."""
    shelf = trs.build(host, reports(37))
    host[f"{trs.COLUMN}index_2.html"] = wall
    listing = walked(shelf.url)
    assert (listing.stop_reason, listing.complete, listing.distinct_found) == ("blocked", False, 20)
    assert f"{trs.COLUMN}index_3.html" not in host.asked()


@pytest.mark.parametrize("fault", [Answer(200, b"x" * 99, cut_at=9), Answer(503), Answer(200, b"<html>", length=9000)])
def test_a_page_that_cannot_be_had_is_an_error_not_an_end(host: Host, fault: Answer) -> None:
    """Resets, server errors and short bodies in the middle: the listing says so."""
    shelf = trs.build(host, reports(37))
    host[f"{trs.COLUMN}index_2.html"] = fault
    listing = walked(shelf.url)
    assert (listing.stop_reason, listing.complete) == ("error", False)
    assert listing.message


def test_only_the_first_page_raises(host: Host) -> None:
    """A column that is gone is an error of its own kind."""
    with pytest.raises(Gone):
        walked(host.url("/none/"))
    host["/wall/"] = stumbles.WALL_412
    with pytest.raises(CrawlError):
        walked(host.url("/wall/"))


def test_a_round_total_is_probed_one_page_beyond(host: Host) -> None:
    """Exactly 200 rows and no more: one request beyond the last page proves it."""
    shelf = ucap.build(host, reports(200), most_pages=99)
    listing = walked(shelf.url)
    assert (listing.complete, listing.stop_reason, listing.distinct_found) == (True, "total_reached", 200)
    assert listing.requests <= shelf.requests + 1


def test_a_capped_total_is_suspected_and_what_lies_beyond_is_taken(host: Host) -> None:
    """The total says 200, pages go on: all rows are taken, complete it is not."""
    shelf = shanghai.build(host, reports(230), cap=200)
    listing = walked(shelf.url)
    assert (listing.complete, listing.stop_reason, listing.declared_total) == (False, "cap_suspected", 200)
    assert found(listing) == shelf.rows


def test_static_pages_that_are_capped_give_way_to_the_search(host: Host) -> None:
    """20 rows on static pages, 41 in the search: 41 it is."""
    shelf = ucap.build(host, reports(41), most_pages=2)
    listing = walked(shelf.url)
    assert (listing.declared_total, listing.distinct_found, listing.complete) == (41, 41, True)


def test_static_pages_stand_in_for_a_dead_search(host: Host) -> None:
    """The search is gone: the static pages are walked, their own total decides."""
    shelf = ucap.build(host, reports(35), most_pages=9, with_search=False)
    listing = walked(shelf.url)
    assert (listing.declared_total, listing.distinct_found, listing.complete) == (35, 35, True)


def test_a_dead_proxy_leaves_the_rows_of_the_page_and_says_so(host: Host) -> None:
    """TrueCMS holds 60 of 75 rows in its page; the proxy is dead."""
    listing = walked(truecms.build(host, reports(75), dead=True).url)
    assert (listing.distinct_found, listing.declared_total, listing.complete) == (60, 75, False)


def test_an_endless_pager_is_bounded(host: Host) -> None:
    """Every page is new and offers another: given up at the limit, and told."""
    stumbles.endless(host)
    listing = walked(host.url(stumbles.COLUMN))
    assert (listing.stop_reason, listing.complete) == ("error", False)
    assert listing.requests <= MAX_REQUESTS + 1
    assert "given up" in listing.message


def test_a_pager_that_leads_in_a_circle_ends(host: Host) -> None:
    """Page 3 leads back to page 1: three pages, then the end."""
    rows = reports(30)
    for number in (1, 2, 3):
        pager = f'<a href="/c/{number % 3 + 1}.htm">下一页</a>'
        host[f"/c/{number}.htm"] = stumbles.listing(rows[number * 10 - 10 : number * 10], pager)
    listing = walked(host.url("/c/1.htm"))
    assert (listing.distinct_found, listing.stop_reason, listing.complete) == (30, "repeat_page", True)
    assert listing.requests <= 4


def test_days_of_a_calendar_are_not_pages(host: Host) -> None:
    """Numbers that lead to days, and 下一月, are left alone."""
    days = "".join(f'<td><a href="/zwgk/rl?year=2024&month=1&day={day}">{day}</a></td>' for day in range(1, 32))
    calendar = f'<table class="calendar"><tr>{days}</tr></table><a href="/zwgk/rl?year=2024&month=2">下一月</a>'
    host["/zwgk/nb/"] = stumbles.listing(reports(8), beside=calendar)
    listing = walked(host.url("/zwgk/nb/"))
    assert (listing.distinct_found, listing.requests, listing.complete) == (8, 1, True)


def test_thirty_thousand_links_on_one_page_are_read_in_bounded_time(host: Host) -> None:
    """A huge page is one listing page like any other."""
    rows = [replace(report, number=report.number) for report in reports(30_000)]
    host["/zwgk/nb/"] = stumbles.listing(rows, "<span>共30000条</span>")
    begun = time.monotonic()
    listing = walked(host.url("/zwgk/nb/"))
    assert (listing.distinct_found, listing.complete) == (30_000, True)
    assert time.monotonic() - begun < 120


def test_rows_that_move_on_during_the_walk_are_not_lost(host: Host) -> None:
    """A row is put on top after page 1 was read: it is fetched in the end, since the total grew."""
    rows = reports(31)
    state = {"shown": rows[1:]}

    def answer(request: Request) -> Answer:
        number = int(request.query.get("page", "1"))
        shown = state["shown"]
        pager = f'共{len(shown)}条 <a href="{stumbles.COLUMN}?page={number + 1}">下一页</a>'
        sheet = stumbles.listing(shown[number * 10 - 10 : number * 10], pager)
        state["shown"] = rows
        return sheet

    host[stumbles.COLUMN] = answer
    listing = walked(host.url(stumbles.COLUMN))
    assert found(listing) == {host.url(path) for path in stumbles.paths(rows)}
    assert (listing.declared_total, listing.complete) == (31, True)


def test_a_second_page_that_is_numbered_otherwise_is_found(host: Host) -> None:
    """Kunming's `index_1` is page 1 again; page 2 is `index_2`."""
    shelf = trs.build(host, reports(33))
    first, rest = host.routes[trs.COLUMN], [host.routes[f"{trs.COLUMN}index_{at}.html"] for at in (1, 2, 3)]
    for at, route in enumerate([first, *rest], 1):
        host[f"{trs.COLUMN}index_{at}.html"] = route
    listing = walked(shelf.url)
    assert found(listing) == shelf.rows
    assert listing.complete


@pytest.mark.parametrize("declare", [True, False])
def test_a_column_in_gbk_that_says_otherwise_is_read(host: Host, declare: bool) -> None:
    """Bytes are GB18030, the page says gb2312, the header says UTF-8 or nothing."""
    html = Frame(head='<meta http-equiv="Content-Type" content="text/html; charset=gb2312">').html(
        "政府信息公开年报", f'<ul class="list">{"".join(map(stumbles.line, reports(9)))}</ul><span>共9条</span>'
    )
    kind = "text/html; charset=utf-8" if declare else "text/html"
    host["/zwgk/nb/"] = Answer(200, html.encode("gb18030"), (("Content-Type", kind),))
    listing = walked(host.url("/zwgk/nb/"))
    assert (listing.distinct_found, listing.complete) == (9, True)
    assert {link.title for link in listing.links} == {report.title for report in reports(9)}


def test_a_slow_drip_is_waited_for(host: Host) -> None:
    """A page that comes in crumbs is a page."""
    shelf = trs.build(host, reports(12))
    slow = host.routes[f"{trs.COLUMN}index_1.html"]
    assert isinstance(slow, Answer)
    host[f"{trs.COLUMN}index_1.html"] = replace(slow, drip=Drip(200, 0.05))
    assert found(walked(shelf.url)) == shelf.rows


def test_a_full_page_with_a_walls_script_is_a_page(host: Host) -> None:
    """`$_ts` sits on good pages too."""
    script = stumbles.CHALLENGE.partition("<script")[2].partition("</script>")[0]
    frame = Frame(head=f"<script{script}</script>")
    host["/zwgk/nb/"] = page(frame.html("年报", f'<ul class="list">{"".join(map(stumbles.line, reports(9)))}</ul>'))
    assert walked(host.url("/zwgk/nb/")).distinct_found == 9


SIDE = """<div class="rightbox"><h3>热点新闻</h3><ul>
<li><a href="/xwdt/content_900001">沙湾市召开农村工作会议</a><span>2025-02-01</span></li>
<li><a href="/xwdt/content_900002">沙湾市举办春节文艺汇演</a><span>2025-02-02</span></li>
<li><a href="/xwdt/content_900003">一图读懂沙湾市2024年国民经济运行情况</a><span>2025-02-03</span></li></ul></div>"""


@pytest.mark.parametrize("count", [1, 2, 9])
def test_a_box_of_news_beside_the_list_is_not_the_list(host: Host, count: int) -> None:
    """Dated articles of another column stand on the page; only the column's own rows are rows."""
    host["/zwgk/nb/"] = stumbles.listing(reports(count), beside=SIDE)
    assert found(walked(host.url("/zwgk/nb/"))) == {host.url(path) for path in stumbles.paths(reports(count))}


def test_old_rows_in_a_comment_are_not_rows_beside_living_ones(host: Host) -> None:
    """A comment keeps the list of three years ago; nobody sees it."""
    old = "".join(f'<li><a href="/old/content_{at}">沙湾市某局{at}年政府信息公开工作年度报告</a></li>' for at in range(2009, 2019))
    host["/zwgk/nb/"] = stumbles.listing(reports(5), beside=f"<!-- <ul>{old}</ul> -->")
    assert walked(host.url("/zwgk/nb/")).distinct_found == 5


def test_rows_written_by_a_script_are_rows(host: Host) -> None:
    """`document.writeln` and strings put together."""
    lines = "".join(f"document.writeln(\"{stumbles.line(report)}\".replace(/x/,''));\n" for report in reports(6)).replace('"/zw', "'/zw")
    lines = lines.replace('">沙', "'>沙")
    host["/zwgk/nb/"] = page(Frame().html("年报", f"<ul><script>{lines}</script></ul>"))
    assert found(walked(host.url("/zwgk/nb/"))) == {host.url(path) for path in stumbles.paths(reports(6))}


def test_one_address_under_two_ids_counts_twice_for_the_total_and_once_as_found(host: Host) -> None:
    """gkmlpt lists the same page under two ids: its count is met, its addresses are one fewer."""
    rows = reports(12)
    shelf = gkmlpt.build(host, rows)
    inner = host.routes["/gkmlpt/api/all/12"]
    twin = host.url(gkmlpt.path(rows[0]))

    def answer(request: Request) -> Answer:
        assert callable(inner)
        sent = inner(request)
        return replace(sent, body=sent.body.replace(host.url(gkmlpt.path(rows[1])).encode(), twin.encode()))

    host["/gkmlpt/api/all/12"] = answer
    listing = walked(shelf.url)
    assert (listing.declared_total, listing.distinct_found, listing.complete) == (12, 11, True)


def test_a_next_group_that_only_the_server_can_name_is_followed(host: Host) -> None:
    """Asking by hand gets an empty store; the token inside the answer gets the rest."""
    rows = reports(23)
    shelf = hanweb.build(host, rows, inline=5)

    def proxy(request: Request) -> Answer:
        start = {"a1": 5, "b2": 15}.get(request.query.get("token", ""))
        if start is None:
            return content("<datastore><recordset></recordset></datastore>", "text/xml")
        token = '<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?token=b2"></a>]]></nextgroup>' if start == 5 else ""
        return content(hanweb.store(rows[start : start + 10], len(rows), token), "text/xml")

    host[f"POST {hanweb.PROXY}"] = proxy
    inline = host.routes[hanweb.COLUMN]
    assert isinstance(inline, Answer)
    token = '<nextgroup><![CDATA[<a href="/module/web/jpage/dataproxy.jsp?token=a1"></a>]]></nextgroup><totalrecord>'
    host[hanweb.COLUMN] = replace(inline, body=inline.body.replace(b"<totalrecord>", token.encode()))
    listing = walked(shelf.url)
    assert found(listing) == shelf.rows
    assert listing.complete


def test_a_column_without_rows_is_not_a_whole_listing(host: Host) -> None:
    """A list that only a browser would fill: no rows, not complete, and told."""
    host["/zwgk/nb/"] = page(Frame().html("政府信息公开年报", "<div id='app'></div><script src='/static/app.js'></script>"))
    listing = walked(host.url("/zwgk/nb/"))
    assert (listing.distinct_found, listing.complete) == (0, False)
    assert listing.message


def test_a_listing_that_says_it_is_empty_is_complete(host: Host) -> None:
    """共0条 and no rows agree."""
    host["/zwgk/nb/"] = stumbles.listing([], "共0条记录 第1页/共1页")
    listing = walked(host.url("/zwgk/nb/"))
    assert (listing.declared_total, listing.distinct_found, listing.complete) == (0, 0, True)


def test_decoys_are_rows_too(host: Host) -> None:
    """An explanation and a web-site report stand among the reports: recorded, counted, left alone."""
    rows = reports(4)
    decoys = (
        '<li><a href="/zwgk/nb/content_7">【图解】沙湾市2024年政府信息公开工作年度报告</a><span>2025-02-01</span></li>'
        '<li><a href="/zwgk/nb/content_8">沙湾市人民政府2024年政府网站工作年度报表</a><span>2025-01-21</span></li>'
    )
    shelf_html = f'<ul class="list">{"".join(map(stumbles.line, rows))}{decoys}</ul>共6条'
    host["/zwgk/nb/"] = page(Frame().html("政府信息公开年报", shelf_html))
    listing = walked(host.url("/zwgk/nb/"))
    assert (listing.distinct_found, listing.declared_total, listing.complete) == (6, 6, True)
    assert sorted(link.kind for link in listing.links) == ["decoy"] * 2 + ["report"] * 4


def test_an_article_split_in_parts_is_not_taken_for_a_pager(host: Host) -> None:
    """`createPageHTML(2,0,"t2025…","html")` belongs to the article, not to a list."""
    report: Report = reports(1)[0]
    split = f'<script>createPageHTML(2,0,"t{report.day:%Y%m%d}_{report.number}","html");</script>'
    host["/a/t1.html"] = page(article(report).replace("</h1>", f"</h1>{split}"))
    listing = walked(host.url("/a/t1.html"))
    assert listing.declared_pages is None
    assert not listing.complete


def test_shelves_state_what_they_hold(host: Host) -> None:
    """The pretend portals themselves: a shelf's rows are pages that answer."""
    shelf: Shelf = trs.build(host, reports(3))
    assert all(host.answer(Request("GET", url.removeprefix(host.origin), {}, b"", 0.0, host.origin)).status == 200 for url in shelf.rows)
