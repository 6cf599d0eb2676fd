"""The second night: known columns are asked for again, moves and changes are noticed."""

from __future__ import annotations

import asyncio
import json

import pytest

from crawler.errors import Blocked, Unreachable
from crawler.find import find
from tests.portal import sites_find as sites
from tests.portal.finding import SITE, columns, search
from tests.portal.shelf import Page, Shelf, capture, html, listed


def test_known_columns_are_asked_for_again_and_nothing_else() -> None:
    """A second night costs one request a column and a few for the pages that offer them; memory survives JSON."""
    memory = json.loads(json.dumps(search(sites.BODIES)[0].memory()))
    found, shelf = search(sites.BODIES, memory)
    assert len(found.columns) == 4
    assert set(shelf.paths()) == {"/zfxxgk/nb/", "/zfxxgk/", *(f"/{organ}/xxgk/{nb}" for organ in sites.ORGANS for nb in ("", "gknb/"))}
    assert found.memory() == memory | {"night": 2}


def test_a_portal_is_searched_anew_about_once_a_week() -> None:
    """A column that nothing known leads to is found within two weeks; on the other nights home is left alone."""
    memory = search(sites.FOLDER)[0].memory()
    pages = {**sites.FOLDER, "/": str(sites.FOLDER["/"]) + "<a href='/bm/nb/'>部门信息公开年报</a>"}
    pages |= {"/bm/nb/": html(sites.ROWS), **sites.ARTICLES}
    memory["gates"] = []
    nights = []
    for _ in range(14):
        found, shelf = search(pages, memory | {"gates": []})
        memory = found.memory()
        nights.append("/" in shelf.paths())
    assert nights.count(True) in (1, 2)
    assert not any(nights[:5])
    assert "/bm/nb/" in columns(found)


def test_a_new_year_appears_through_a_remembered_gate() -> None:
    """The menu of a known column is read again each night."""
    memory = search(sites.LEVELS)[0].memory()
    gate = "/zfxxgk/zfxxgknb/"
    pages = {**sites.LEVELS, gate: str(sites.LEVELS[gate]) + '<a href="2026n/">2026年</a>'}
    pages[gate + "2026n/"] = html(listed({"202701/t20270122_1.html": sites.title(2026)}))
    found, shelf = search(pages, memory)
    assert gate + "2026n/" in columns(found)
    assert "/" not in shelf.paths()


def test_a_new_column_appears_on_the_page_that_offered_the_others() -> None:
    """A year whose column hangs beside the others', on a page that is no column itself, is seen on the first night."""
    pages: dict[str, Page] = {"/": html(sites.NAV + "<a href='/gk/'>政府信息公开</a>")}
    for year in (2024, 2025, 2026):
        pages[f"/gk/nb{year}/"] = html(listed({f"/a/{year}.html": sites.title(year)}))
    pages["/gk/"] = html(sites.NAV + "".join(f"<a href='/gk/nb{year}/'>{year}年政府信息公开年报</a>" for year in (2024, 2025)))
    memory = search(pages)[0].memory()
    pages["/gk/"] = str(pages["/gk/"]) + "<a href='/gk/nb2026/'>2026年政府信息公开年报</a>"
    found, shelf = search(pages, memory)
    assert columns(found) == {f"/gk/nb{year}/" for year in (2024, 2025, 2026)}
    assert "/" not in shelf.paths()


def test_a_column_that_is_itself_a_report_is_asked_for_conditionally_the_second_time() -> None:
    """What the archive holds need not be sent again."""
    memory = search(sites.BY_YEAR)[0].memory()
    shelf = Shelf(sites.BY_YEAR, unchanged=frozenset(("/gmx/zfxxgknb.html", "/gmx/zfxxgknb.html?nbYear=2024")))
    found = asyncio.run(find(SITE, shelf, memory))
    assert columns(found) == {"/gmx/zfxxgknb.html", "/gmx/zfxxgknb.html?nbYear=2024"}
    assert len(found.own_reports) == 2


def test_a_moved_column_is_noticed_and_learned_anew() -> None:
    """The old address is gone: the portal is searched again, and the move is a problem that names both."""
    memory = search(sites.FOLDER)[0].memory()
    moved = {url.replace("/zfxxgknb/", "/ndbg/"): str(page).replace("/zfxxgknb/", "/ndbg/") for url, page in sites.FOLDER.items()}
    found, _ = search(moved, memory)
    problem = next(problem for problem in found.problems if problem.code == "column_moved")
    assert columns(found) == {"/zwgk/ndbg/"}
    assert problem.url.endswith("/zfxxgknb/")
    assert "/ndbg/" in problem.message


def test_a_lost_column_without_a_successor_is_told_as_lost() -> None:
    """Gone and nowhere else to be found."""
    memory = search(sites.FOLDER)[0].memory()
    found, _ = search({"/": html(sites.NAV)}, memory)
    assert found.columns == ()
    assert "column_lost" in {problem.code for problem in found.problems}


def test_a_column_that_shows_the_home_page_now_is_lost() -> None:
    """A redirect to the home page is no column, at status 200 or not."""
    memory = search(sites.FOLDER)[0].memory()
    home = html(sites.NAV + "<p>沙湾市人民政府</p>")
    found, _ = search({"/": home, "/zwgk/zfxxgknb/": home}, memory)
    assert {"column_lost"} <= {problem.code for problem in found.problems}


def test_a_known_address_that_lists_something_else_now_is_lost() -> None:
    """A redesign put other things there: the portal is searched again."""
    memory = search(sites.FOLDER)[0].memory()
    news = html(sites.NAV + listed({"/n/1.html": "沙湾市迎接春节慰问活动", "/n/2.html": "关于停水的通知通知"}))
    moved = {**sites.FOLDER, "/": html("<a href='/nb/'>政府信息公开年报</a>"), "/zwgk/zfxxgknb/": news, "/nb/": html(sites.ROWS)}
    found, _ = search(moved, memory)
    assert columns(found) == {"/nb/"}
    assert [problem.code for problem in found.problems] == ["column_moved"]


def test_a_page_that_names_reports_in_passing_is_remembered_too() -> None:
    """The second night does not search the whole site again."""
    memory = json.loads(json.dumps(search(sites.PASSING)[0].memory()))
    found, shelf = search(sites.PASSING, memory)
    assert (columns(found), shelf.paths()) == ({"/"}, ["/"])


def test_a_column_without_reports_is_not_remembered() -> None:
    """Tomorrow the search goes on."""
    assert search(sites.ONLY_DECOYS)[0].memory()["columns"] == []


def test_a_column_that_redirects_is_followed_and_told_as_moved() -> None:
    """The new address is learned from the server itself."""
    memory = search(sites.FOLDER)[0].memory()
    old, new = sites.HOST + "/zwgk/zfxxgknb/", sites.HOST + "/gk/nb/"
    moved = capture(old, str(sites.FOLDER["/zwgk/zfxxgknb/"]), final_url=new)
    found, _ = search({**sites.FOLDER, "/zwgk/zfxxgknb/": moved}, memory)
    assert columns(found) == {"/gk/nb/"}
    assert [(problem.url, problem.code) for problem in found.problems] == [(old, "column_moved")]


def test_a_changed_family_is_noticed() -> None:
    """The column stayed, its system did not."""
    memory = search(sites.FOLDER)[0].memory()
    assert {column["family"] for column in memory["columns"]} == {"trs"}
    pages = {
        **sites.FOLDER,
        "/zwgk/zfxxgknb/": html(listed({"/info/1050/30883.htm": sites.title(2025), "/info/1050/30884.htm": sites.title(2024)})),
    }
    found, _ = search(pages, memory)
    assert [problem.code for problem in found.problems] == ["family_changed"]


@pytest.mark.parametrize("kind", [Blocked, Unreachable])
def test_a_wall_before_a_known_column_is_not_taken_for_a_move(kind: type[Blocked] | type[Unreachable]) -> None:
    """Could not be fetched is not gone: no new search, one problem."""
    memory = search(sites.FOLDER)[0].memory()
    url = sites.HOST + "/zwgk/zfxxgknb/"
    found, shelf = search({**sites.FOLDER, "/zwgk/zfxxgknb/": kind(url, "no")}, memory)
    assert [problem.code for problem in found.problems] == [kind.code]
    assert set(shelf.asked) == {url, SITE.home}
    assert found.memory() == memory | {"night": 2}
