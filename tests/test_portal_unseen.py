"""What a second, independent web of pretend portals taught: one test for each thing that was not understood before."""

from __future__ import annotations

import asyncio
import functools
import gzip
import json
from collections.abc import Iterator, Mapping

import pytest

from crawler import families
from crawler.crawl import crawl
from crawler.declared import Made, declared
from crawler.events import Delivery, Event, SiteEnd
from crawler.links import classify
from crawler.listing import Column
from crawler.page import parse
from crawler.paging import signs_of
from crawler.rows import rows_of
from crawler.site import Site
from crawler.unpack import unpack
from nianbao.demo.server import Answer, Host, Request, Web, content
from nianbao.demo.server import page as web_page
from tests.portal import sites_find as sites
from tests.portal import town, ucap
from tests.portal.fetching import run
from tests.portal.finding import SITE, columns, search
from tests.portal.shelf import Page, Shelf, html, listed

HOME = "http://www.example.gov.cn"
ANNUAL = Column(f"{HOME}/nb/", "政府信息公开年报")
DOCTYPE = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">'


@pytest.fixture
def host() -> Iterator[Host]:
    """One pretend portal."""
    with Web() as web:
        yield web.host()


def test_slashes_outside_scripts_begin_no_comment() -> None:
    """A page on one line: the DOCTYPE's `//W3C//DTD` does not make a comment of all that follows, pager included."""
    text = f'{DOCTYPE}<html><body><a href=//x.cn/1>甲</a><script>createPageHTML(3, 0, "index", "html");</script></body></html>'
    said = declared(parse(f"{HOME}/nb/", text))
    assert (said.pages, said.made) == (3, Made("index", "html", 1))


def test_a_comment_inside_a_script_still_counts_for_nothing() -> None:
    """The live number of pages wins over one in a comment of the same script."""
    script = '<script>\n//createPageHTML(9, 0, "index", "html");\nvar countPage = 17;\n</script>'
    assert declared(parse(f"{HOME}/nb/", f"{DOCTYPE}<html><body>{script}</body></html>")).pages == 17


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("/gk/nb/1.html", "/gk/nb/2.html"),
        ("/c12/column-index-1.shtml", "/c12/column-index-2.shtml"),
        ("/list/7.html", "/list/7_1.html"),
        ("/1.html", "/1_1.html"),
    ],
)
def test_a_first_page_that_is_numbered_itself_is_followed_by_the_next_number(first: str, second: str) -> None:
    """In a folder of its own `1.html` is followed by `2.html`; another number is a column's own."""
    click = signs_of(parse(HOME + first, html("<p>共33条</p>"))).to(2)
    assert click is not None
    assert click.url == HOME + second


def test_rows_may_stand_at_the_root_with_a_query() -> None:
    """`/?gk=3&cid=9&id=7`: a row; the bare root is the way home."""
    rows = {f"/?gk=3&cid=9&id={year}": sites.title(year) for year in range(2020, 2026)}
    page = parse(f"{HOME}/?gk=3&cid=9", html('<a href="/">首页</a>' + listed(rows)))
    assert [row.url.removeprefix(HOME) for row in rows_of(page)] == list(rows)


def test_a_dated_row_may_be_called_by_a_town_of_three_characters() -> None:
    """东河镇: a body's whole name is a title."""
    page = parse(f"{HOME}/x9/", html(listed({f"/c/{n}.html": f"{name}河镇" for n, name in enumerate("东西南北")})))
    assert [row.title for row in rows_of(page)] == ["东河镇", "西河镇", "南河镇", "北河镇"]


def test_a_title_cut_off_inside_the_name_is_a_report_of_the_column() -> None:
    """沙湾市文化体育广播电视和…: in an annual-report column the page decides; elsewhere the words do not suffice."""
    title, url = "沙湾市文化体育广播电视和…", f"{HOME}/c/1.html"
    assert classify(title, url, ANNUAL).kind == "report"
    assert classify(title, url).kind == "decoy"
    assert classify("一图读懂沙湾市文化体育广…", url, ANNUAL).kind == "decoy"


def test_columns_of_bodies_are_known_by_their_names_alone() -> None:
    """教育局年报, at an address that says nothing."""
    names = {"/gk/list/20": "教育局", "/gk/list/21": "民政局"}
    found, _ = search(
        {
            "/": html(sites.NAV + "<a href='/zfxxgk/'>政府信息公开</a>"),
            "/zfxxgk/": html("".join(f"<a href='{url}'>{name}年报</a>" for url, name in names.items())),
            **{url: html(listed({f"{url}/show/{n}": sites.title(2023 + n, name) for n in (1, 2)})) for url, name in names.items()},
        }
    )
    assert columns(found) == set(names)
    assert {column.agency for column in found.columns} == set(names.values())


def test_a_notice_how_to_write_reports_is_no_column() -> None:
    """Its name holds the column's, its address is no article's: still only a notice."""
    rows = {**{f"/c/{year}.html": sites.title(year) for year in (2023, 2024, 2025)}, "/c/9.html": "关于报送政府信息公开年报的通知"}
    found, shelf = search({"/": html("<a href='/x9/'>政府信息公开年报</a>"), "/x9/": html(listed(rows)), "/c/9.html": html("<p>通知</p>")})
    assert columns(found) == {"/x9/"}
    assert "/c/9.html" not in shelf.paths()


@pytest.mark.parametrize(
    ("row", "script"),
    [
        ('<li><a href="javascript:show({0})">{1}</a>', "function show(id){{window.open('/gk/show.do?id='+id);}}"),
        ("<li onclick=\"show('{0}', this)\"><span>{1}</span>", "var show = function(id, at) {{ location.href = '/gk/show.do?id=' + id; }}"),
    ],
)
def test_rows_that_a_function_of_the_page_opens_have_addresses(row: str, script: str) -> None:
    """`show(7)` goes where the function puts its argument."""
    rows = "".join(f"{row.format(year, sites.title(year))}<em>{year + 1}-01-20</em></li>" for year in sites.YEARS)
    page = parse(f"{HOME}/x9/", html(f"<script>{script.format()}</script><ul>{rows}</ul>"))
    found = rows_of(page)
    assert [row.url for row in found] == [f"{HOME}/gk/show.do?id={year}" for year in sites.YEARS]
    assert found[0].title == sites.title(sites.YEARS[0])


def test_a_function_that_takes_its_address_from_elsewhere_is_not_guessed_at() -> None:
    """An argument that is no literal, a name that nobody binds: no address."""
    script = "<script>function show(id){ window.open(root + '/show.do?id=' + id); }</script>"
    page = parse(f"{HOME}/x9/", html(script + '<a href="javascript:show(7)">一篇文章</a><a href="javascript:show(x)">又一篇</a>'))
    assert page.anchors == ()


@pytest.mark.parametrize(
    "menu",
    [
        '<form action="/gk/nb.jsp"><input type="hidden" name="area" value="11"><select name="year">{}</select></form>',
        "<select onchange=\"location.href='/gk/nb.jsp?area=11&year='+this.value\">{}</select>",
        "<script>function go(y){{location.href='/gk/nb.jsp?area=11&year='+y;}}</script><select onchange=\"go(this.value)\">{}</select>",
    ],
    ids=["form", "script", "function"],
)
def test_a_menu_of_years_leads_to_each_year(menu: str) -> None:
    """By a form that is sent, by a script, by a function: one column a year."""
    options = "".join(f'<option value="{year}">{year}年</option>' for year in (2025, 2024, 2023))

    def column(year: int) -> str:
        return html(menu.format(options) + listed({f"/doc/{year}.html": sites.title(year)}), title="政府信息公开年报")

    found, _ = search(
        {
            "/": html("<a href='/gk/nb.jsp'>政府信息公开年报</a>"),
            "/gk/nb.jsp": column(2025),
            **{f"/gk/nb.jsp?area=11&year={year}": column(year) for year in (2025, 2024, 2023)},
        }
    )
    assert columns(found) == {"/gk/nb.jsp", "/gk/nb.jsp?area=11&year=2024", "/gk/nb.jsp?area=11&year=2023"}


def test_years_of_a_column_may_stand_anywhere_on_its_host() -> None:
    """Columns numbered by the system: what only the column offers is its own, what every page offers is the site's."""
    nav = "<a href='/list-7.html'>2019年</a>"
    years = "".join(f"<li><a href='/list-{year % 100 * 7}.html'>{year}年</a></li>" for year in (2025, 2024))
    found, shelf = search(
        {
            "/": html(nav + "<a href='/list-41.html'>政府信息公开年报</a>"),
            "/list-41.html": html(f"{nav}<ul>{years}</ul>"),
            "/list-7.html": html(listed({"/n/1.html": "二〇一九年大事记"})),
            **{
                f"/list-{year % 100 * 7}.html": html(f"{nav}<ul>{years}</ul>" + listed({f"/info/9/{year}.htm": "沙湾市教育局"}))
                for year in (2025, 2024)
            },
        }
    )
    assert {column.url.removeprefix(HOME): column.year for column in found.columns} == {"/list-175.html": 2025, "/list-168.html": 2024}
    again, _ = search(shelf.pages, found.memory())
    assert columns(again) == columns(found)
    assert "/list-7.html" not in shelf.paths()


def _ends(site: Site, pages: Mapping[str, Page]) -> list[Event]:
    async def whole() -> list[Event]:
        return [event async for event in crawl(site, Shelf(pages))]

    return asyncio.run(whole())


def test_a_gate_that_could_also_be_asked_for_rows_is_no_gap_without_any() -> None:
    """UCAP: the page of all years carries a channel id, but its search knows nothing; the years hold the reports."""
    head = '<meta name="channelId" content="e5eb2abb5014415399847ba2bb99b31f">'
    years = {f"/jyt/c2501{year % 100}/zwgklist.shtml": year for year in (2025, 2024)}
    menu = "".join(f'<li><a href="{url}">{year}年</a></li>' for url, year in years.items())
    rows = {year: f"/jyt/c1/{year + 1}01/{year:032x}.shtml" for year in years.values()}
    events = _ends(
        SITE,
        {
            "/": html("<a href='/jyt/c2501/zwgk.shtml'>政府信息公开年报</a>"),
            "/jyt/c2501/zwgk.shtml": html(f"<ul>{menu}</ul>", head=head),
            **{url: html(f"<ul>{menu}</ul>" + listed({rows[year]: sites.title(year)}), head=head) for url, year in years.items()},
            **{url: sites.article(sites.title(year)) for year, url in rows.items()},
        },
    )
    end = events[-1]
    assert isinstance(end, SiteEnd)
    assert (end.state, end.counts["fetched"], end.counts["incomplete"]) == ("new", 2, 0)


def test_a_row_among_reports_whose_words_say_nothing_is_asked_for() -> None:
    """文体广电旅游 in a list of reports: its page decides. A decoy by its words stays one."""
    rows = {f"/c/{year}.html": sites.title(year) for year in range(2023, 2026)} | {"/c/9.html": "文体广电旅游", "/c/8.html": "一图读懂年报"}
    articles = {url: sites.article(title) for url, title in rows.items()}
    events = _ends(SITE, {"/": html("<a href='/x9/'>政府信息公开年报</a>"), "/x9/": html(listed(rows)), **articles})
    delivered = {event.link.url.removeprefix(HOME) for event in events if isinstance(event, Delivery)}
    assert delivered == set(rows) - {"/c/8.html"}


@pytest.mark.parametrize("inserted", [True, False])
def test_a_listing_that_changes_under_the_walk_is_walked_again(host: Host, inserted: bool) -> None:
    """A row is put on top, or taken away, between two pages: another row slips from the page ahead to the one behind."""
    rows = town.reports(31)
    seen: list[int] = []

    def answer(request: Request) -> Answer:
        number = int(request.query.get("page", "1"))
        live = rows[bool(seen) :] if not inserted else rows[not (seen or number > 1) :]
        seen.append(number)
        more = f'<a href="?page={number + 1}">下一页</a>' if number * 10 < len(live) else ""
        shown = {f"/nb/content_{row.number}": row.title for row in live[number * 10 - 10 : number * 10]}
        return web_page(html(listed(shown) + f"共{len(live)}条 {more}"))

    host["/nb/"] = answer
    listing = run(functools.partial(families.walk, host.url("/nb/")))
    wanted = {host.url(f"/nb/content_{row.number}") for row in (rows if inserted else rows[1:])}
    assert (listing.complete, {link.url for link in listing.links}) == (True, wanted)


def test_where_pages_stop_being_written_is_no_end(host: Host) -> None:
    """Twenty full static pages, 200 rows, and no page more: a cap as likely as an end."""
    shelf = ucap.build(host, town.reports(230), most_pages=20, with_search=False)
    listing = run(functools.partial(families.walk, shelf.url))
    assert (listing.distinct_found, listing.stop_reason, listing.complete) == (200, "cap_suspected", False)


def test_a_next_page_that_is_offered_is_looked_at_though_the_total_is_reached(host: Host) -> None:
    """30 declared, the page behind them holds three more: all are taken, and the total is not believed."""
    rows = town.reports(33)
    for number in (1, 2, 3):
        shown = {f"/nb/content_{row.number}": row.title for row in rows[number * 15 - 15 : number * 15]}
        more = f'<a href="/nb/list_{number + 1}.html">下一页</a>' if number < 3 else ""
        host["/nb/" if number == 1 else f"/nb/list_{number}.html"] = web_page(html(f"{listed(shown)}共30条 {more}"))
    listing = run(functools.partial(families.walk, host.url("/nb/")))
    assert (listing.distinct_found, listing.declared_total, listing.complete) == (33, 30, False)


def test_text_that_is_gzip_is_unpacked_though_no_header_says_so() -> None:
    """A page sent packed without Content-Encoding; a packed file stays as it is."""
    packed = gzip.compress(b"<html>")
    assert unpack(packed, "", 99, "text/html; charset=utf-8").body == b"<html>"
    assert unpack(packed, "", 99, "application/gzip").body == packed
    assert unpack(packed, "", 3, "text/html").fault == "too_large"


def test_a_second_walk_sees_the_pages_as_they_are_now() -> None:
    """Finding has looked at the first page before the row came: the second walk does not take it from there."""
    rows = town.reports(11)
    asked: list[int] = []
    shown = {f"/nb/content_{row.number}": row.title for row in rows}

    def first() -> str:
        asked.append(1)
        live = list(shown)[len(asked) < 2 :]
        return html(listed({url: shown[url] for url in live[:6]}) + f"共{len(live)}条 <a href='/nb/?page=2'>下一页</a>")

    articles = {url: sites.article(title) for url, title in shown.items()}
    pages: dict[str, Page] = {"/": html("<a href='/nb/'>政府信息公开年报</a>"), "/nb/": first, **articles}
    pages["/nb/?page=2"] = html(listed({url: shown[url] for url in list(shown)[6:]}) + "共11条")
    end = _ends(SITE, pages)[-1]
    assert isinstance(end, SiteEnd)
    assert (end.state, end.counts["fetched"], len(asked)) == ("new", 11, 2)


def test_parameters_handed_to_a_call_are_those_of_the_list(host: Host) -> None:
    """Jiangxi's `/queryList`: asked as the page's own script asks."""
    rows = town.reports(20)
    call = '$.post("/queryList", {current: 1, unitid: "u9", "webSiteCode[]": "jx", "channelCode[]": "c1", perPage: 15}, show);'
    host["/c1/"] = web_page(html(f"<div></div><script>{call}</script>", head='<meta name="channelId" content="c1">'))

    def answer(request: Request) -> Answer:
        asked, size = request.form, int(request.form["perPage"])
        sheet = rows[(int(asked["current"]) - 1) * size :][:size] if (asked["unitid"], asked["channelCode[]"]) == ("u9", "c1") else []
        results = [{"source": {"title": row.title, "urls": json.dumps({"pc": f"/c1/{row.hex}.shtml"})}} for row in sheet]
        return content(json.dumps({"data": {"total": len(rows), "results": results}}, ensure_ascii=False), "application/json")

    host["POST /queryList"] = answer
    listing = run(functools.partial(families.walk, host.url("/c1/"), family="ucap"))
    assert (listing.distinct_found, listing.complete) == (20, True)
