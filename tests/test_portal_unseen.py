"""What a second, independent web of pretend portals taught: one test for each thing that was not understood before."""

from __future__ import annotations

import pytest

from crawler.declared import Made, declared
from crawler.links import classify
from crawler.listing import Column
from crawler.page import parse
from crawler.paging import signs_of
from crawler.rows import rows_of
from tests.portal import sites_find as sites
from tests.portal.finding import columns, search
from tests.portal.shelf import html, listed

HOME = "http://www.example.gov.cn"
ANNUAL = Column(f"{HOME}/nb/", "政府信息公开年报")
DOCTYPE = '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN">'


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
