"""From a home page alone to the annual-report columns."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from crawler.errors import Blocked, Refused, RobotsDenied, Unreachable
from crawler.find_rank import KNOWN, Candidate, candidates, endpoints, name_of, same_site
from crawler.page import parse
from crawler.site import Site
from tests.portal import sites_find as sites
from tests.portal.finding import SITE, columns, search
from tests.portal.shelf import Page, html, listed


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        (sites.SHELLS, {"/xxgk/nb.htm"}),
        (sites.PICTURE, {"/q/"}),
        (sites.BODIES, {"/zfxxgk/nb/", "/jyj/xxgk/gknb/", "/mzj/xxgk/gknb/", "/jgh/xxgk/gknb/"}),
        (sites.OTHER_HOST, {"http://xxgk.example.gov.cn/ndbg/"}),
        (sites.NAMELESS, {"/zw/bg/"}),
        (sites.FOLDER, {"/zwgk/zfxxgknb/"}),
        (sites.IFRAME, {"/inner/rows.html"}),
        (sites.PASSING, {"/"}),
        (sites.SCRIPTED, {"/xxgk/nb/"}),
        (sites.LOADED, {"/inc/nb.html"}),
        (sites.DOOR, {"/nb/"}),
    ],
    ids=["shells", "picture", "bodies", "other host", "nameless", "folder", "iframe", "passing", "scripted", "loaded", "door"],
)
def test_the_column_is_found_from_home_alone(pages: Mapping[str, Page], expected: set[str]) -> None:
    """Whatever hides it: shells, pictures, frames, other hosts, names that say nothing."""
    found, _ = search(pages)
    assert columns(found) == expected
    assert found.problems == ()


def test_columns_by_year_level_and_body_carry_what_the_way_to_them_told() -> None:
    """A sub-column knows its year, a body's page its body; pages that only lead on are gates."""
    found, _ = search(sites.LEVELS)
    told = {column.url.rsplit("zfxxgknb/", 1)[-1]: (column.year, column.agency) for column in found.columns}
    assert told == {
        "2025n/": (2025, None),
        "2024n/bm/": (2024, None),
        "2024n/xz/jgh.html": (2024, "金沟河镇"),
        "2024n/xz/lmw.html": (2024, "柳毛湾镇"),
    }
    assert {url.rsplit("/", 1)[-1] for url in found.own_reports} == {"jgh.html", "lmw.html"}
    assert set(found.own_reports.values()) == {sites.HOST + "/zfxxgk/zfxxgknb/2024n/xz/"}
    assert [gate.annual for gate in found.gates] == [True, True, True, False]


def test_a_body_lends_its_name_to_the_rows_of_its_column() -> None:
    """Rows that name nobody are of the body whose pages lead to them."""
    found, _ = search(sites.BODIES)
    assert {column.agency for column in found.columns} == {None, *sites.ORGANS.values()}


def test_a_column_that_is_itself_the_report_is_kept_once_for_each_year() -> None:
    """The page without a year is the page of its newest year."""
    found, _ = search(sites.BY_YEAR)
    assert columns(found) == {"/gmx/zfxxgknb.html", "/gmx/zfxxgknb.html?nbYear=2024"}
    assert len(found.own_reports) == 2


def test_one_column_at_several_addresses_is_one() -> None:
    """The same rows, or the same page under another scheme, are no second column."""
    found, _ = search(sites.TWICE)
    assert columns(found) == {"/zfxxgk/nb/"}
    assert any("the same column as" in step.outcome for step in found.trail)


def test_the_sites_own_search_is_the_last_resort() -> None:
    """Only where nothing leads to a column is the search form used, with its own field and hidden values."""
    found, shelf = search(sites.SEARCHED)
    assert [column.annual for column in found.columns] == [False]
    assert "sid=0" in shelf.asked[-1]


def test_the_search_form_is_left_alone_where_a_column_is_found() -> None:
    """No request is made without need."""
    pages = {**sites.TWICE, "/": str(sites.TWICE["/"]) + str(sites.SEARCHED["/"])}
    _, shelf = search(pages)
    assert not any("/s?" in url for url in shelf.asked)


def test_every_step_says_why_it_was_taken_and_what_came_of_it() -> None:
    """The trail explains the path."""
    found, shelf = search(sites.LEVELS)
    assert [step.url for step in found.trail] == shelf.asked
    assert all(step.why and step.outcome for step in found.trail)
    assert found.trail[1].via == sites.HOST + "/"


def test_a_superiors_portal_is_not_entered() -> None:
    """A link to another body's disclosure leads away from the site."""
    _, shelf = search(sites.OTHER_HOST)
    assert not any("province" in url for url in shelf.asked)


def test_bodies_of_the_sites_own_menu_are_not_taken_for_a_list_of_those_who_disclose() -> None:
    """Every page repeats the menu with its links to departments; only towns, which have no portal, are looked at from there."""
    menu = "<a href='/jyj/'>沙湾市教育局</a><a href='http://mzj.example.gov.cn/'>沙湾市民政局</a><a href='/jgh/'>金沟河镇</a>"
    pages = {url: html(menu) + str(page) for url, page in sites.FOLDER.items()}
    pages["/"] = str(pages["/"]) + "<a href='/zwgk/'>政务公开</a>"
    pages["/zwgk/"] = html(menu + "<a href='/zwgk/zfxxgknb/'>政府信息公开年报</a><a href='/sjj/'>沙湾市审计局</a>")
    _, shelf = search(pages)
    assert {"/jgh/", "/sjj/"} <= set(shelf.paths())
    assert not {"/jyj/", "http://mzj.example.gov.cn/"} & set(shelf.paths())


@pytest.mark.parametrize(
    "body",
    [
        '<div class="v_news_content"><script>showVsbpdfIframe("/__local/A/x.pdf","100%")</script></div>',
        '<div class="TRS_Editor"><img src="W01.png"><img src="W02.png"></div>',
        "<p>" + "我镇认真贯彻政府信息公开条例，主动公开信息，依申请公开信息。" * 40 + "</p>",
    ],
    ids=["pdf", "pictures", "older wording"],
)
def test_a_column_that_is_a_report_without_its_headings_is_known_all_the_same(body: str) -> None:
    """A viewer, scanned pages, or a text from before the form."""
    found, _ = search({"/": html(sites.NAV + "<a href='/nb.htm'>政府信息公开年报</a>"), "/nb.htm": html(sites.NAV + body)})
    assert set(found.own_reports) == {sites.HOST + "/nb.htm"}


def test_a_column_that_is_a_document_is_the_report() -> None:
    """A menu entry may lead straight to a file that no address gives away."""
    found, _ = search({"/": html(sites.NAV + "<a href='/nb/down?x=1'>政府信息公开年报</a>"), "/nb/down?x=1": b"%PDF-1.7"})
    assert set(found.own_reports) == {sites.HOST + "/nb/down?x=1"}


def test_a_menu_of_years_ends_with_this_year() -> None:
    """A calendar that always offers one more year is followed no further than there can be reports."""

    def year(at: int) -> Page:
        turns = "".join(f"<a href='/nb/?year={to}'>{to}年</a>" for to in (at - 1, at + 1))
        return html(sites.NAV + turns + listed({f"/a/{at}.html": sites.title(at)}))

    pages: dict[str, Page] = {f"/nb/?year={at}": year(at) for at in range(1900, 2100)}
    found, shelf = search({"/": html("<a href='/nb/'>政府信息公开年报</a>"), "/nb/": year(2025), **pages})
    assert {column.year for column in found.columns} == {None, *range(2003, 2027)} - {2025}
    assert len(shelf.asked) < 30


def test_a_portal_that_only_a_browser_can_show_is_a_named_problem() -> None:
    """An empty stage for scripts is neither silence nor an error of ours."""
    found, _ = search({"/": "<html><body><div id='app'></div><script src='/js/chunk-vendors.1a.js'></script></body></html>"})
    assert [problem.code for problem in found.problems] == ["needs_browser"]


@pytest.mark.parametrize("kind", [Blocked, Unreachable, RobotsDenied])
def test_a_home_page_that_cannot_be_had_is_a_problem(kind: type[Blocked]) -> None:
    """Nothing succeeds in silence."""
    found, _ = search({"/": kind(SITE.home, "no")})
    assert (found.columns, [problem.code for problem in found.problems]) == ((), [kind.code])


def test_configured_listings_are_taken_without_a_search() -> None:
    """Who names the column need not have it looked for."""
    found, shelf = search(sites.FOLDER, site=Site("x", "x", SITE.home, listings=(sites.HOST + "/zwgk/zfxxgknb/",)))
    assert (columns(found), shelf.paths()) == ({"/zwgk/zfxxgknb/"}, ["/zwgk/zfxxgknb/"])


def test_a_column_of_the_right_name_with_only_decoys_is_kept_and_shown_as_such() -> None:
    """Green but wrong: the column is there, its rows are no reports, and the trail says so."""
    found, _ = search(sites.ONLY_DECOYS)
    assert columns(found) == {"/zfxxgk/nb/"}
    assert any("no report among them" in step.outcome for step in found.trail)


def test_a_dead_link_to_the_column_is_a_problem_but_a_guess_is_none() -> None:
    """What a page offers should exist; what we make up need not."""
    found, _ = search(
        {"/": html("<a href='/nb/'>政府信息公开年报</a><a href='/q/zfxxgknb/202601/t20260122_5.html'>沙湾市2025年政府信息公开年报</a>")}
    )
    assert {problem.url.removeprefix(sites.HOST) for problem in found.problems} == {"/nb/"}


@pytest.mark.parametrize("kind", [Blocked, Unreachable, RobotsDenied, Refused])
def test_what_stands_before_the_page_of_disclosure_is_told_where_nothing_is_found(kind: type[Blocked]) -> None:
    """Home answers, disclosure is walled off: that is the reason, not silence."""
    url = "http://xxgk.example.gov.cn/"
    found, _ = search({"/": html(sites.NAV + f"<a href='{url}'>政府信息公开</a>"), url: kind(url, "no")})
    assert [(problem.url, problem.code) for problem in found.problems] == [(url, kind.code)]


def test_a_refused_host_is_no_problem_where_the_column_is_found_without_it() -> None:
    """Links to hosts that may not be fetched are everywhere."""
    home = str(sites.TWICE["/"]) + "<a href='http://nb.elsewhere.cn/'>信息公开年报</a>"
    pages = {**sites.TWICE, "/": home, "http://nb.elsewhere.cn/": Refused("http://nb.elsewhere.cn/", "host not allowed")}
    found, shelf = search(pages)
    assert "http://nb.elsewhere.cn/" in shelf.asked
    assert found.problems == ()


def test_a_search_ends_at_its_bound_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trap of ever new columns cannot hold it."""
    monkeypatch.setitem(KNOWN["bounds"], "requests", 30)

    def trap() -> Page:
        trap_number[0] += 1
        return html("".join(f"<a href='/gk/{trap_number[0]}-{n}/'>政府信息公开年报</a>" for n in range(5)))

    trap_number = [0]
    pages: dict[str, Page] = dict.fromkeys((f"/gk/{n}-{m}/" for n in range(200) for m in range(5)), trap)
    found, shelf = search({"/": trap, **pages})
    assert len(shelf.asked) == 30
    assert "find_bounded" in {problem.code for problem in found.problems}


def test_redirect_shells_in_a_ring_end() -> None:
    """Two shells that send to one another are two requests."""
    shell = "<script>location.href='{}'</script>"
    _, shelf = search({"/": shell.format("/b"), "/b": shell.format("/")})
    assert shelf.paths() == ["/", "/b"]


@pytest.mark.parametrize(
    ("text", "followed"),
    [
        ("政府信息公开年报", True), ("信息公开年度报告", True), ("公开年报", True), ("年报", True), ("年度报告", True), ("历年年报", True),
        ("2024年政府信息公开年报", True), ("》政府信息公开工作年度报告", True), ("部门信息公开年报", True), ("政府信息公开工作报告", True),
        ("统计年报", False), ("政府网站年报", False), ("企业年报", False), ("年报解读", False),
        ("一图读懂2024年政府信息公开年报", False), ("政府工作报告", False),
        ("法治政府建设年度报告", False),
    ],
)  # fmt: skip
def test_columns_are_ranked_by_what_they_are_called(text: str, followed: bool) -> None:
    """Annual-report columns under all their names, and none of their neighbours."""
    page = parse(SITE.home, f"<a href='/x/y/'>{text}</a>")
    offered = [offer for offer in candidates(page, Candidate(SITE.home, 110, "home")) if offer.annual]
    assert bool(offered) == followed


@pytest.mark.parametrize(
    "stem", ["zfxxgknb", "xxgknb", "gknb2017", "zfxxgkndbg_43869", "ndbg", "xxgkgzndbg", "xzjdzfxxgkgzndbg", "zyqjbmzfxxgknb", "bmnb2023"]
)
def test_columns_are_known_by_their_path_where_words_are_missing(stem: str) -> None:
    """Path stems of annual-report columns, as seen on portals."""
    page = parse(SITE.home, f"<a href='/zwgk/{stem}/'></a>")
    assert [offer.annual for offer in candidates(page, Candidate(SITE.home, 110, "home"))] == [True]


@pytest.mark.parametrize(
    "url",
    [
        "http://www.fxhz.gov.cn/ndbg.thtml?id=14198",
        "http://www.schy.gov.cn/zfxxgk/zfxxgknb/n2022n/xz/zgz.htm",
        "https://www.suqian.gov.cn/cnsq/gknb/xxgknb2019_list.shtml",
        "http://www.hljwch.gov.cn/hebwcs/c5546/zfxxgklby_nb.shtml",
        "http://tdqxxgk.siping.gov.cn/zsts/fgw_12375/ndbg/",
        "http://www.gsgz.gov.cn/gzzfxxgk/zfxxgknb/2023n/bmnb2023/",
    ],
)
def test_real_columns_are_known_by_their_addresses(url: str) -> None:
    """Columns of real portals, linked by a picture without words."""
    page = parse("/".join(url.split("/")[:3]) + "/", f"<a href='{url}'><img src='x.png'></a>")
    assert [(offer.url, offer.annual) for offer in candidates(page, Candidate(page.url, 110, "home"))] == [(url, True)]


def test_pages_of_a_pager_are_no_columns() -> None:
    """Turning pages is the walk's business."""
    page = parse(sites.HOST + "/zfxxgknb/", "<a href='index_1.html'>2</a><a href='index_2.html'>尾页</a><a href='index_1.html'>下一页</a>")
    assert list(candidates(page, Candidate(page.url, 100, "column", annual=True))) == []


def test_an_organs_code_makes_the_address_of_its_annual_reports() -> None:
    """Lonsun and Hanweb answer at addresses that no page may offer."""
    page = parse(SITE.home, "<a href='/public/column/6598?type=4'>教育局</a><a href='/module/xxgk/tree.jsp?area=11330'>目录</a>")
    made = [offer.url.removeprefix(sites.HOST) for offer in endpoints(page, Candidate(SITE.home, 110, "home"), 2026)]
    assert made == ["/public/column/6598?type=3&action=list", "/module/xxgk/xxgkAnnualReport.jsp?area=11330&fbtime=2025"]


def test_articles_in_folders_of_their_own_are_rows_not_columns() -> None:
    """Beijing's numbered folders: a dated row that names body and year is a report, whatever its address looks like."""
    rows = {f"/zwgk/gknb/229/{n}/index.html": f"2024年度{name}政府信息公开年报" for n, name in enumerate(sites.ORGANS.values())}
    pages: dict[str, Page] = {url: sites.article(words) for url, words in rows.items()}
    pages["/"] = html(sites.NAV + "<a href='/zwgk/gknb/'>更多</a>" + listed(rows))
    pages["/zwgk/gknb/"] = html(sites.NAV + listed(rows))
    found, shelf = search(pages)
    assert columns(found) == {"/zwgk/gknb/"}
    assert not any("/229/" in url for url in shelf.asked)


def test_a_page_that_shows_the_first_rows_of_a_column_is_no_column_beside_it() -> None:
    """The newest three with a link to all: one column, found behind 更多."""
    rows = {f"/a/{year}.html": sites.title(year) for year in sites.YEARS}
    preview = listed(dict(list(rows.items())[:3])) + "<a href='/gk/all/'>更多&gt;&gt;</a>"
    pages = {
        "/": html(sites.NAV + "<a href='/gk/'>政务公开</a>"),
        "/gk/": html(sites.NAV + preview),
        "/gk/all/": html(sites.ROWS),
        **sites.ARTICLES,
    }
    assert columns(search(pages)[0]) == {"/gk/all/"}


def test_a_group_of_towns_is_no_body() -> None:
    """乡镇（街道） is a level of the column; its reports are not its own."""
    page = parse(
        sites.HOST + "/nb/", "<h2>年度报告</h2><ul><li><a href='/nb/x/1/'>乡镇（街道）</a></li><li><a href='/nb/x/2/'>各乡镇</a></li></ul>"
    )
    offered = list(candidates(page, Candidate(page.url, 100, "column", annual=True)))
    assert [(offer.agency, offer.annual) for offer in offered] == [(None, True), (None, True)]


def test_names_are_compared_without_decoration() -> None:
    """Bullets, arrows, counts and blanks are no part of a name."""
    assert [name_of(text) for text in ("» 年 报 >>", "【年报】", "年报(12)", "· 年报 ›")] == ["年报"] * 4


def test_hosts_of_one_domain_are_one_site_and_addresses_with_other_ports_are_not() -> None:
    """`xxgk.` beside `www.` is the same portal; a bare address is only itself."""
    assert same_site("http://www.example.gov.cn/", "https://xxgk.example.gov.cn/")
    assert not same_site("http://www.example.gov.cn/", "http://www.other.gov.cn/")
    assert not same_site("http://127.0.0.1:80/", "http://127.0.0.1:81/")
