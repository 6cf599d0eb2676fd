"""Spellings of the families that look like something else at first sight."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator

import pytest

from crawler import families
from crawler.families.answers import of_text
from crawler.families.endpoint import is_data
from crawler.find_judge import judge, role_of
from crawler.find_rank import Candidate, candidates
from crawler.page import parse
from crawler.rows import rows_of
from extract.html import read
from nianbao.demo.server import Answer, Host, Request, Web, content, page
from tests.portal import ewb
from tests.portal.fetching import run
from tests.portal.finding import SITE
from tests.portal.town import Report, article, reports
from tests.portal.variants import plain

ENDPOINT = "/module/xxgk/xxgkAnnualReport.jsp"
STORE = "<datastore><totalrecord>3</totalrecord><recordset></recordset></datastore>"


@pytest.fixture
def host() -> Iterator[Host]:
    """One pretend portal."""
    with Web() as web:
        yield web.host()


@pytest.mark.parametrize(
    ("text", "data"),
    [
        (STORE, True),
        (f'<?xml version="1.0"?>\n{STORE}', True),
        (f"<!DOCTYPE html><html><head></head><body><div><script type='text/xml'>{STORE}</script></div></body></html>", False),
        (f"<html><script>var p={{contentTemplate:'{STORE}'}}</script></html>", False),
    ],
)
def test_a_page_with_a_datastore_near_its_top_is_still_a_page(text: str, data: bool) -> None:
    """Only an answer that starts with data is an endpoint's; else the page's own list was never asked for."""
    assert is_data(text) == data


def test_markup_inside_jsonp_is_read_unescaped() -> None:
    """The quotes of a string of JSON are no part of the addresses in it."""
    xml = '<datastore><totalrecord>1</totalrecord><record><![CDATA[<li><a href="/nb/1.html" title="甲">甲</a></li>]]></record></datastore>'
    sheet = of_text("http://example.gov.cn/", f"jsonp({json.dumps({'result': xml})});")
    assert [row.url for row in sheet.rows] == ["http://example.gov.cn/nb/1.html"]
    assert sheet.total == 1


def test_each_year_of_the_hanweb_endpoint_may_be_the_report_itself(host: Host) -> None:
    """The menu of years is walked though the page prints a report; a year without one is stepped over."""
    years = {report.year: report for report in (Report(n, "瓯江县财政局", n, reports(1)[0].day) for n in (2024, 2023))}
    menu = "<select name='fbtime'>" + "".join(f"<option value='{year}'>{year}</option>" for year in (2025, *years)) + "</select>"

    def answer(request: Request) -> Answer:
        report = years.get(int(request.query["fbtime"]))
        return plain(f"{menu}<p>暂无</p>") if report is None else page(article(report).replace("<h1>", f"{menu}<h1>"))

    host[ENDPOINT] = answer
    for first in (2025, 2024):
        url = host.url(f"{ENDPOINT}?area=1&fbtime={first}")
        listing = run(functools.partial(families.walk, url, family="hanweb"))
        assert {(link.kind, link.year) for link in listing.links} == {("report", 2024), ("report", 2023)}
        assert listing.complete, listing.message
    own = parse(host.url(f"{ENDPOINT}?area=1&fbtime=2024"), article(years[2024]) + menu)
    at = Candidate(own.url, 100, "named", annual=True)
    assert role_of(judge(own, at, {"annual reports"}), own, at, leads_on=False) == "asked"


def test_a_rest_path_without_the_project_is_asked_for_below_it(host: Host) -> None:
    """EWB: the page names `/rest/…`, its script puts the project before that."""
    rows = reports(7)
    host["/gov/nb.html"] = plain('<script>var categorynum="018001"; Util.ajax("/rest/lightfrontaction/getgovinfolist");</script>')
    host["/js/webBuilderCommon.js"] = content(f'var siteInfo={{"projectName":"EWB_LZ","siteGuid":"{ewb.GUID}"}};', "text/javascript")
    data = [{"infourl": ewb.path(report), "realtitle": report.title, "infodate": str(report.day)} for report in rows]
    answer = json.dumps({"custom": {"data": data, "total": len(rows)}}, ensure_ascii=False)
    host["POST /EWB_LZ/rest/lightfrontaction/getgovinfolist"] = content(answer, "application/json")
    listing = run(lambda client: families.walk(host.url("/gov/nb.html"), client, "ewb"))
    assert {link.url for link in listing.links} == {host.url(ewb.path(report)) for report in rows}
    assert listing.complete, listing.message


@pytest.mark.parametrize("body", ["瓯江县财政局", "瓯江县市场监督管理局", "瓯江县综合行政执法局", "瓯江县企业服务中心"])
def test_a_bodys_name_says_nothing_of_the_column(body: str) -> None:
    """财政, 监督, 执法, 企业 name other columns only where they do not name the body."""
    offered = list(candidates(parse(SITE.home, f"<a href='/czj/zfxxgknb/'>{body}年报</a>"), Candidate(SITE.home, 110, "home")))
    assert [(offer.annual, offer.agency) for offer in offered] == [(True, body)]


def test_a_report_kept_in_the_data_of_an_empty_page_is_read_whole() -> None:
    """gkmlpt: the article stands in `_CONFIG.DETAIL.content`, tables and narrative alike."""
    body = article(reports(1)[0]).partition("<h1>")[2].partition("</h1>")[2].partition('<div class="footer"')[0]
    detail = json.dumps({"title": "年度报告", "content": body}, ensure_ascii=False).replace("</", "<\\/")
    page = f"<html><title>年度报告</title><body><div id=app></div><script>window._CONFIG = {{DETAIL: {detail}}};</script></body>"
    document = read(page.encode())
    assert len(list(document.grids())) == 3
    assert any("未收取信息处理费" in paragraph.text for paragraph in document.paragraphs())
    assert document.meta["filled_by"] == "script"
    assert not document.problems


def test_thirty_thousand_other_links_do_not_hide_three_reports() -> None:
    """However many links stand in one place, the rows named as reports are the listing."""
    listed = "".join(f"<li><a href='/nb/t20250120_{n}.html'>甲县{n}局2024年政府信息公开工作年度报告</a> 2025-01-20</li>" for n in range(3))
    others = "".join(f"<a href='/x/{n}.html'>链接{n}</a>" for n in range(30_000))
    found = rows_of(parse("http://example.gov.cn/nb/", f"<ul class='list'>{listed}</ul><div class='x'>{others}</div>"))
    assert [row.url.rpartition("_")[2] for row in found] == ["0.html", "1.html", "2.html"]


@pytest.mark.parametrize("ext", ["htm", "shtml", "html"])
def test_the_pages_of_a_folder_are_guessed_to_end_as_its_articles_do(host: Host, ext: str) -> None:
    """`var countPage = 2` tells how many pages there are, not what they are called."""
    rows = reports(7)
    lines = [f'<li><a href="./202501/t20250120_{report.number}.{ext}">{report.title}</a><span>{report.day}</span></li>' for report in rows]
    for name, held in (("", lines[:4]), (f"index_1.{ext}", lines[4:])):
        host[f"/nb/{name}"] = plain(f"<ul class='list'>{''.join(held)}</ul><script>var countPage = 2//共多少页</script>")
    listing = run(lambda client: families.walk(host.url("/nb/"), client))
    assert (len(listing.links), listing.complete) == (7, True), listing.message
