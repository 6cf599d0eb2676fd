"""One site from home to deliveries, and the one state in which it ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.crawl import Plan, _Once, crawl
from crawler.errors import Blocked, Refused, RobotsDenied, Unreachable
from crawler.events import Delivery, Event, Found, PartLink, SiteEnd, Trouble
from crawler.listing import Listing
from crawler.site import Expect, Site
from crawler.site_state import Tally, site_state
from tests.portal import sites_find as sites
from tests.portal.shelf import REPORT_BODY, Page, Shelf, capture, html, listed

SITE = Site("shawan", "沙湾市人民政府", sites.HOST + "/")
COLUMN = "<a href='/nb/'>政府信息公开年报</a>"


def events(
    pages: Mapping[str, Page], plan: Plan | None = None, *, site: Site = SITE, memory: Mapping[str, Any] | None = None, unchanged: str = ""
) -> tuple[list[Event], Shelf]:
    """Everything that a crawl tells, on a shelf."""

    async def all_of(shelf: Shelf) -> list[Event]:
        return [event async for event in crawl(site, shelf, memory, plan)]

    shelf = Shelf(pages, unchanged=frozenset(unchanged.split()))
    return asyncio.run(all_of(shelf)), shelf


def of(found: list[Event], kind: type[Delivery]) -> list[Delivery]:
    """The deliveries among events."""
    return [event for event in found if isinstance(event, kind)]


def troubles(found: list[Event]) -> list[tuple[str, str]]:
    """Stage and code of each problem."""
    return [(event.stage, event.code) for event in found if isinstance(event, Trouble)]


def end(found: list[Event]) -> SiteEnd:
    """The last word."""
    assert isinstance(found[-1], SiteEnd)
    return found[-1]


def portal(rows: Mapping[str, str], **pages: Page) -> dict[str, Page]:
    """A portal with one column of such rows, each a report, and further pages."""
    return {
        "/": html(sites.NAV + COLUMN),
        "/nb/": html(listed(rows)),
        **{url: sites.article(words) for url, words in rows.items()},
        **pages,
    }


ROWS = {"/a/1.html": sites.title(2025), "/a/2.html": sites.title(2024), "/a/3.html": "2025年年报解读"}


def test_a_crawl_tells_its_story_in_order_and_ends_once() -> None:
    """Found first, then listings, then deliveries, one end; decoys stay unfetched but listed."""
    found, shelf = events(portal(ROWS))
    assert [type(event) for event in found] == [Found, Listing, Delivery, Delivery, SiteEnd]
    assert isinstance(found[1], Listing)
    assert [(link.kind, link.year) for link in found[1].links] == [("report", 2025), ("report", 2024), ("decoy", 2025)]
    assert "/a/3.html" not in shelf.paths()
    assert (end(found).state, end(found).counts["fetched"]) == ("new", 2)


def test_no_page_is_asked_for_twice_in_a_run() -> None:
    """What finding has seen, walking and fetching need not ask for again."""
    for pages in (portal(ROWS), sites.LEVELS, sites.BY_YEAR, sites.BODIES):
        _, shelf = events(pages)
        assert [url for url, times in Counter(shelf.asked).items() if times > 1] == []


def test_a_crawl_keeps_some_megabytes_of_pages_and_no_more() -> None:
    """Large pages push older ones out; memory does not grow with the site."""

    async def weigh() -> tuple[int, int]:
        once = _Once(Shelf({f"/{n}": b"x" * (1 << 20) for n in range(20)}))
        for n in range(20):
            await once.get(f"{sites.HOST}/{n}")
        await once.get(f"{sites.HOST}/19")
        return once.requests, sum(len(page.body) + len(page.raw_body) for page in once.kept.values())

    requests, kept = asyncio.run(weigh())
    assert requests == 20
    assert 0 < kept <= 8 << 20


def test_every_report_of_every_sub_column_is_delivered_with_its_hints() -> None:
    """Year and body come from the way where the row is silent."""
    found, _ = events(sites.LEVELS)
    assert {(d.link.agency, d.link.year) for d in of(found, Delivery)} == {
        ("沙湾市人民政府", 2025), ("沙湾市教育局", 2025), ("沙湾市民政局", 2024), ("金沟河镇", 2024), ("柳毛湾镇", 2024),
    }  # fmt: skip
    listings = {event.url.rsplit("zfxxgknb/", 1)[-1]: event.distinct_found for event in found if isinstance(event, Listing)}
    assert listings == {"2025n/": 2, "2024n/bm/": 1, "2024n/xz/": 2}


def test_parts_are_fetched_with_the_article_as_referer_and_in_order() -> None:
    """Further pages first, with the attachments that they name; an attachment is asked for from its article."""
    first = html(REPORT_BODY + '<script>createPageHTML(2,0,"t20260122_1","html");</script><a href="P1.pdf">附件1.pdf</a>')
    pages = portal({"/nb/202601/t20260122_1.html": sites.title(2025)})
    pages["/nb/202601/t20260122_1.html"] = first
    pages["/nb/202601/t20260122_1_1.html"] = html('<div class="TRS_Editor">四、<a href="P2.docx">附件2.docx</a></div>')
    pages |= {"/nb/202601/P1.pdf": b"%PDF", "/nb/202601/P2.docx": b"PK"}
    found, shelf = events(pages)
    parts = of(found, Delivery)[0].parts
    assert [(part.kind, part.name) for part in parts] == [("article_page", "1"), ("attachment", "附件1.pdf"), ("attachment", "附件2.docx")]
    assert {shelf.referers[part.url] for part in parts} == {sites.HOST + "/nb/202601/t20260122_1.html"}


def test_a_download_without_a_name_is_called_by_its_header() -> None:
    """The article says 附件, the server says what it is."""
    url = "/system/_content/download.jsp?wbfileid=1"
    pages = portal({"/a/1.html": sites.title(2025)})
    pages["/a/1.html"] = html(REPORT_BODY.replace("</div>", f'<a href="{url}"><img src="x.png"></a></div>'))
    header = ("Content-Disposition", "attachment; filename*=UTF-8''%E5%B9%B4%E6%8A%A5.pdf")
    pages[url] = capture(sites.HOST + url, b"%PDF", headers=(header,))
    found, _ = events(pages)
    assert [part.name for part in of(found, Delivery)[0].parts] == ["年报.pdf"]


def test_a_row_that_leads_straight_to_a_document_is_a_delivery() -> None:
    """No article stands around it."""
    found, _ = events(portal({"/files/2025.pdf": "沙湾市教育局"}) | {"/files/2025.pdf": b"%PDF-1.7"})
    assert [(d.link.agency, d.parts) for d in of(found, Delivery)] == [("沙湾市教育局", ())]


def test_a_row_on_a_host_that_may_not_be_fetched_is_a_problem() -> None:
    """WeChat articles are recorded, not fetched, and the rest goes on."""
    outside = "https://mp.weixin.qq.com/s/abc"
    pages = portal({"/a/1.html": sites.title(2025), outside: "金沟河镇2025年政府信息公开工作年度报告"})
    pages[outside] = Refused(outside, "host not allowed")
    found, _ = events(pages)
    assert troubles(found) == [("fetch", "refused")]
    assert end(found).state == "new"


def test_copies_for_phones_are_one_delivery_with_their_addresses_noted() -> None:
    """One report, fetched once."""
    rows = {"/nb/202601/t20260122_1.html": sites.title(2025), "/nb/202601/t20260122_1_wap.html": sites.title(2025)}
    found, shelf = events(portal(rows))
    delivery = of(found, Delivery)[0]
    assert len(of(found, Delivery)) == 1
    assert delivery.also_at == (sites.HOST + "/nb/202601/t20260122_1_wap.html",)
    assert not any("_wap" in url for url in shelf.asked)


def test_a_dead_address_is_replaced_by_its_living_copy() -> None:
    """The list names two addresses of one page, and one of them answers."""
    rows = {"/nb/202601/t20260122_1.html": sites.title(2025), "/nb/202601/t20260122_1_wap.html": sites.title(2025)}
    pages = portal(rows)
    del pages["/nb/202601/t20260122_1.html"]
    found, _ = events(pages)
    assert [d.capture.url[-9:] for d in of(found, Delivery)] == ["_wap.html"]
    assert troubles(found) == []


def test_an_article_behind_a_script_redirect_is_followed() -> None:
    """A row may lead to a shell; one that only phones are sent away from is a good page."""
    pages = portal({"/go/1.html": sites.title(2025), "/a/2.html": sites.title(2024)})
    pages["/go/1.html"] = "<script>window.location.href='/real/1.html'</script>"
    pages["/real/1.html"] = sites.article(sites.title(2025))
    pages["/a/2.html"] = html(
        sites.NAV + "<a href=/b>乙</a><a href=/c>丙</a>" + REPORT_BODY,
        head="<script>if(/mobile/.test(navigator.userAgent)){window.location.href='/a/2_ewm.html'}</script>",
    )
    found, shelf = events(pages)
    assert [d.capture.url.removeprefix(sites.HOST) for d in of(found, Delivery)] == ["/real/1.html", "/a/2.html"]
    assert not any("_ewm" in url for url in shelf.asked)


def test_an_article_that_sends_home_is_gone() -> None:
    """A redirect to the home page by script is how some portals say 404."""
    pages = portal({"/a/1.html": sites.title(2025)}) | {"/a/1.html": "<script>window.location.href='/'</script>"}
    found, _ = events(pages)
    assert troubles(found) == [("fetch", "gone")]


def test_an_unchanged_page_is_a_delivery_without_parts_unless_they_are_known() -> None:
    """A 304 says nothing of attachments: those that the archive knows are asked for too."""
    found, _ = events(portal(ROWS), unchanged="/a/1.html /a/2.html")
    assert [(d.capture.status, d.parts) for d in of(found, Delivery)] == [(304, ()), (304, ())]
    assert end(found).state == "unchanged"

    def known(url: str) -> list[PartLink]:
        return [PartLink(sites.HOST + "/a/P1.pdf", "attachment", "附件.pdf")] if url.endswith("/a/1.html") else []

    found, _ = events(portal(ROWS) | {"/a/P1.pdf": b"%PDF"}, Plan(known_parts=known), unchanged="/a/1.html /a/2.html")
    assert [len(d.parts) for d in of(found, Delivery)] == [1, 0]


def test_years_limit_and_due_choose_what_is_fetched() -> None:
    """A link without a year may be of any."""
    rows = {"/a/1.html": sites.title(2025), "/a/2.html": sites.title(2024), "/a/4.html": "沙湾市教育局"}
    assert [d.link.year for d in of(events(portal(rows), Plan(years=(2025,)))[0], Delivery)] == [2025, None]
    assert len(of(events(portal(rows), Plan(limit=1))[0], Delivery)) == 1
    found, _ = events(portal(rows), Plan(due=lambda url: url.endswith("/2.html")))
    assert [d.link.year for d in of(found, Delivery)] == [2024]
    assert end(found).counts["waiting"] == 2


def test_a_wall_that_stands_ends_the_fetching_and_is_not_climbed() -> None:
    """Three walls in a row are enough; the rest is told as left."""
    rows = {f"/a/{n}.html": sites.title(2000 + n) for n in range(8, 20)}
    pages: dict[str, Page] = {**portal(rows), **{url: Blocked(sites.HOST + url, "412") for url in rows}}
    found, shelf = events(pages)
    assert sum("/a/" in url for url in shelf.asked) == 3
    assert end(found).state == "blocked"
    assert any(isinstance(event, Trouble) and "9 reports left" in event.message for event in found)


def test_a_single_failure_leaves_the_others() -> None:
    """One report that cannot be had makes the site partial, not empty."""
    found, _ = events(portal(ROWS) | {"/a/1.html": Unreachable(sites.HOST + "/a/1.html", "time-out")})
    assert (troubles(found), end(found).state) == ([("fetch", "unreachable")], "partial")


def test_a_listing_that_cannot_be_walked_is_a_problem_and_partial() -> None:
    """A column that answers no more while others do."""
    home = html(sites.NAV + COLUMN + "<a href='/bm/nb/'>部门信息公开年报</a>")
    rows = listed({"/a/1.html": sites.title(2025)}) + "共95条 1/7 <a href='/bm/nb/2.html'>下一页</a>"
    pages = portal(ROWS) | {"/": home, "/bm/nb/": html(rows), "/bm/nb/2.html": Unreachable(sites.HOST + "/bm/nb/2.html", "reset")}
    found, _ = events(pages)
    assert ("walk", "walk_error") in troubles(found)
    assert end(found).state == "partial"


def test_an_empty_page_that_ends_a_pager_is_told_as_incomplete() -> None:
    """openstates#1418: the second page came empty, the run was green and half the reports were missing."""
    rows = listed({f"/a/{n}.html": sites.title(2000 + n) for n in range(8, 18)}) + "共25条 <a href='/nb/2.html'>下一页</a>"
    pages = {"/": html(COLUMN), "/nb/": html(rows), "/nb/2.html": html("共25条 <a href='/nb/2.html'>下一页</a>")}
    pages |= {f"/a/{n}.html": sites.article(sites.title(2000 + n)) for n in range(8, 18)}
    found, _ = events(pages)
    assert end(found).state == "partial"
    assert ("walk", "incomplete") in troubles(found)


def test_a_column_with_nothing_right_in_it_is_suspicious_not_fine() -> None:
    """city-scrapers#1015: everything answered, nothing was had."""
    found, _ = events(sites.ONLY_DECOYS, Plan(ever_delivered=True))
    assert end(found).state == "empty_suspicious"
    found, _ = events(sites.ONLY_DECOYS)
    assert end(found).state == "never_delivered"


@pytest.mark.parametrize(("error", "state"), [(Blocked, "blocked"), (RobotsDenied, "robots"), (Unreachable, "unreachable")])
def test_a_home_page_that_is_not_had_gives_the_state_its_name(error: type[Blocked], state: str) -> None:
    """A wall is never read as silence."""
    found, _ = events({"/": error(SITE.home, "no")})
    assert end(found).state == state


def test_a_site_that_never_worked_is_called_so() -> None:
    """planningalerts#486: a source that never delivered looks like one that is quiet."""
    found, _ = events({"/": html(sites.NAV)})
    assert end(found).state == "never_delivered"


def test_a_site_configured_to_be_empty_is_empty_as_expected() -> None:
    """Who expects nothing is not alarmed by nothing."""
    found, _ = events(sites.ONLY_DECOYS, site=Site("x", "x", SITE.home, expect=Expect(min_reports=0)))
    assert end(found).state == "empty_expected"


PIECES = [
    "<a href='/{}/'>政府信息公开</a>",
    "<a href='/{}/'>政府信息公开年报</a>",
    "<li><a href='/{}.html'>沙湾市教育局2024年政府信息公开年报</a>2025-01-01</li>",
    "<a href='/{}/'>2024年</a>",
    "<a href='/{}/'>金沟河镇</a>",
    "<iframe src='/{}.html'></iframe>",
    "<script>location.href='/{}/'</script>",
    "<script>document.write('<a href=/{}/>年报</a>')</script>",
    "共95条 1/7 <a href='/{}/index_2.html'>下一页</a>",
    REPORT_BODY,
    "<script>createPageHTML(3,0,'index','html')</script>",
    "<a href='/{}.pdf'>附件</a>",
    "<!--<a href='/{}/'>年报</a>-->",
    "<ul><li>",
    "</div></ul>",
    "<script>window._CONFIG={{SITE_ID:'1',TREE:[{{id:{},name:'年报'}}]}}</script>",
    "<select><option value='/{}/'>乡镇</option></select>",
    "\x00<",
    "<script>$('#1').jpage({{totalRecord:{},perPage:5,proxyUrl:'/p.jsp',ajaxParam:{{columnid:1,unitid:'1'}}}})</script>",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.tuples(st.sampled_from(PIECES), st.integers(0, 5)), max_size=8), min_size=6, max_size=6))
def test_whatever_a_site_is_made_of_its_crawl_ends_once_and_within_bounds(site: list[list[tuple[str, int]]]) -> None:
    """No page makes it raise, and no ring of pages holds it."""
    made = [html(sites.NAV + "".join(piece.format(target) for piece, target in pieces)) for pieces in site]
    pages: dict[str, Page] = {"/": made[0], "/p.jsp": made[5]}
    for number, page in enumerate(made):
        pages |= {f"/{number}/": page, f"/{number}.html": page, f"/{number}.pdf": b"%PDF", f"/{number}/index_2.html": page}
    found, shelf = events(pages)
    assert [type(event) for event in found].count(SiteEnd) == 1
    assert end(found) is found[-1]
    assert len(shelf.asked) < 1000


@pytest.mark.parametrize(
    ("tally", "state"),
    [
        (Tally(fetched=2, wanted=2, reports=2), "new"),
        (Tally(unchanged=2, wanted=2, reports=2), "unchanged"),
        (Tally(waiting=2, wanted=2, reports=2), "unchanged"),
        (Tally(fetched=1, unchanged=1, wanted=2, reports=2), "new"),
        (Tally(fetched=2, incomplete=1), "partial"),
        (Tally(fetched=2, codes=Counter(blocked=1)), "partial"),
        (Tally(fetched=2, codes=Counter(gone=1, refused=3)), "new"),
        (Tally(wanted=3, reports=3, codes=Counter(gone=3)), "partial"),
        (Tally(codes=Counter(blocked=1, unreachable=2)), "blocked"),
        (Tally(codes=Counter(robots=1)), "robots"),
        (Tally(codes=Counter(unreachable=1), ever_delivered=True), "unreachable"),
        (Tally(reports=5, in_season=True), "empty_expected"),
        (Tally(reports=5, in_season=False), "empty_suspicious"),
        (Tally(ever_delivered=True, in_season=True), "empty_suspicious"),
        (Tally(columns=1, rows=7), "never_delivered"),
        (Tally(min_reports=0), "empty_expected"),
    ],
)
def test_a_site_ends_in_the_state_that_its_counts_make(tally: Tally, state: str) -> None:
    """Reports in hand go first, then walls, then silence weighed by what is known of the site."""
    assert site_state(tally)[0] == state


@given(
    st.builds(
        Tally,
        **dict.fromkeys(("columns", "rows", "reports", "wanted", "fetched", "unchanged", "waiting", "incomplete"), st.integers(0, 3)),
        codes=st.dictionaries(st.sampled_from(["blocked", "robots", "unreachable", "gone", "refused"]), st.integers(1, 3)).map(Counter),
        ever_delivered=st.booleans(),
        in_season=st.booleans(),
        min_reports=st.none() | st.integers(0, 3),
    )
)
def test_nothing_fetched_is_never_called_fine(tally: Tally) -> None:
    """Every tally has one state; "new" and "unchanged" need reports in hand, and each comes with its reason."""
    state, message = site_state(tally)
    assert message
    assert state not in ("new", "unchanged") or tally.had > 0
    assert state != "new" or (tally.fetched > 0 and not tally.incomplete)
