"""The addresses that a page offers, plainly or in hiding, and the words that go with them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.dates import date_in
from crawler.page import Page, join, parse
from crawler.scripts import destinations, records, unescape, written

HERE = "http://www.example.gov.cn/zwgk/nb/index.html"


def page(body: str, head: str = "") -> Page:
    """A page at HERE."""
    return parse(HERE, f"<html><head>{head}</head><body>{body}</body></html>")


def paths(found: Page, *origins: str) -> list[str]:
    """Addresses of links, without the host, of all or some origins."""
    return [link.url.removeprefix("http://www.example.gov.cn") for link in found.links if not origins or link.origin in origins]


@pytest.mark.parametrize(
    ("address", "joined"),
    [
        ("./202601/t1.html", "http://www.example.gov.cn/zwgk/nb/202601/t1.html"),
        ("../gk/", "http://www.example.gov.cn/zwgk/gk/"),
        ("../../../../a", "http://www.example.gov.cn/a"),
        ("//xxgk.example.gov.cn", "http://xxgk.example.gov.cn/"),
        ("?page=2", "http://www.example.gov.cn/zwgk/nb/index.html?page=2"),
        (" /a\n/b.html ", "http://www.example.gov.cn/a/b.html"),
        ("\\zwgk\\a.htm", "http://www.example.gov.cn/zwgk/a.htm"),
        ("/年报/", "http://www.example.gov.cn/%E5%B9%B4%E6%8A%A5/"),
        ("HTTP://WWW.Example.gov.cn:80/a#top", "http://www.example.gov.cn/a"),
    ],
)
def test_addresses_join_as_a_browser_joins_them(address: str, joined: str) -> None:
    """Relative, protocol-relative, query-only, broken over lines, with backslashes: one spelling comes out."""
    assert join(HERE, address) == joined


@pytest.mark.parametrize(
    "address", ["javascript:void(0)", "data:text/html,x", "file:///etc/passwd", "mailto:a@b.cn", "tel:110", "#", "", "http://[x"]
)
def test_addresses_that_lead_nowhere_are_none(address: str) -> None:
    """Only http and https are ever followed."""
    assert join(HERE, address) is None


def test_words_in_a_query_are_escaped_as_the_page_is_encoded() -> None:
    """A server that serves GBK expects GBK; paths are UTF-8 everywhere."""
    found = page("<a href='/年/down.asp?file=年报.doc'>附件</a>", "<meta http-equiv='Content-Type' content='text/html; charset=gb2312'>")
    assert paths(found) == ["/%E5%B9%B4/down.asp?file=%C4%EA%B1%A8.doc"]


def test_a_page_named_htm_is_no_folder() -> None:
    """From `/xxgk/nb.htm` the link `nb/6.htm` goes below `/xxgk/`."""
    found = parse("http://x.gov.cn/xxgk/nb.htm", "<a href='nb/6.htm'>下页</a>")
    assert found.links[0].url == "http://x.gov.cn/xxgk/nb/6.htm"


def test_base_href_moves_all_links() -> None:
    """`<base>` is honoured, also a relative one."""
    assert paths(page("<a href='a.html'>a</a>", "<base href='/other/'>")) == ["/other/a.html"]


def test_links_hidden_in_every_known_way_are_found_and_flagged() -> None:
    """Frames, areas, comments, scripts, clicks, options, data attributes, refresh and script redirects."""
    found = page(
        """<iframe src="/frame.html"></iframe><map><area href="/area.html" alt="年报"></map><!-- <li><a href="/comment.html">旧</a></li> -->
        <script>var strLink=''; strLink += '<a href="/written.html">年'; strLink += '报</a>'; document.write(strLink);</script>
        <script>var menu=[{"name":"公开年报","jump_url":"\\/data.html"}]; // don't <a href="/never.html">
        </script>
        <a href="javascript:void(0)" onclick="window.open('/click.html','_blank')">年报</a>
        <a href="javascript:location.href='/script.html'">年报</a>
        <select onchange="go(this)"><option value="/option.html">2024</option></select><div data-url="/attr.html">年报</div>""",
        '<meta http-equiv="Refresh" content="3; URL=\'/refresh.html\'"><script>var u="/go"; window.location.href = u + ".html";</script>',
    )
    flagged = {(link.origin, link.url.rsplit("/", 1)[-1]) for link in found.links}
    assert flagged == {
        ("frame", "frame.html"), ("area", "area.html"), ("comment", "comment.html"), ("script", "written.html"), ("data", "data.html"),
        ("click", "click.html"), ("click", "script.html"), ("option", "option.html"), ("data", "attr.html"), ("redirect", "refresh.html"),
        ("redirect", "go.html"),
    }  # fmt: skip


def test_written_links_keep_their_words() -> None:
    """Pieces of a link that a script puts together are one link."""
    found = page("<script>document.write('<a href=\\'/nb/\\'>政府信息'+\"公开年报</a>\");</script>")
    assert [(link.text, link.origin) for link in found.links] == [("政府信息公开年报", "script")]


def test_links_stand_in_document_order() -> None:
    """A list is read from top to bottom, whatever its links are made of."""
    found = page("<a href='/1'>一</a><script>document.write('<a href=/2>二</a>')</script><a href='/3'>三</a>")
    assert paths(found) == ["/1", "/2", "/3"]


@pytest.mark.parametrize("mark", ["…", "...", "……", ""])
def test_a_cut_title_is_made_whole_from_the_title_attribute(mark: str) -> None:
    """What a list cuts off stands whole in the attribute."""
    whole = "沙湾市人民政府办公室2024年政府信息公开工作年度报告"
    assert page(f'<a href="/a" title="{whole}">沙湾市人民政府办公室2024年{mark}</a>').links[0].text == whole


def test_a_title_attribute_that_says_something_else_does_not_replace_the_words() -> None:
    """`title="点击查看"` is no title."""
    assert page('<a href="/a" title="点击查看">政府信息公开年报</a>').links[0].text == "政府信息公开年报"


def test_a_picture_link_is_called_by_its_alt_text() -> None:
    """Columns hide behind pictures."""
    assert page('<a href="/nb/"><img src="nb.png" alt="政府信息公开年报"></a>').links[0].text == "政府信息公开年报"


def test_words_broken_over_lines_are_one_name() -> None:
    """`政府信息<br>公开年报` is one name, and a date inside the link is none of its title."""
    found = page('<a href="/a">政府信息<br>公开年报</a><a href="/b">金沟河镇年报<span>2025-01-22</span></a>')
    assert [(link.text, link.date) for link in found.links] == [("政府信息公开年报", None), ("金沟河镇年报", date(2025, 1, 22))]


def test_the_day_beside_a_link_is_its_rows_not_its_neighbours() -> None:
    """Each row has its own date, in lists, tables and definition lists alike."""
    found = page(
        "<ul><li><a href='/1'>一</a><span>2025-01-22</span></li><li><span>[2024年1月3日]</span><a href='/2'>二</a></li></ul>"
        "<table><tr><td><a href='/3'>三</a></td><td>2023/02/01</td></tr></table><dl><dd><a href='/4'>四</a></dd><dd>2022.12.31</dd></dl>"
    )
    assert [link.date for link in found.links] == [date(2025, 1, 22), date(2024, 1, 3), date(2023, 2, 1), date(2022, 12, 31)]


def test_a_date_in_the_title_is_not_the_rows_date() -> None:
    """The day beside the link counts, not one that its title speaks of."""
    found = page(
        "<ul><li><a href='/1'>2024年3月5日会议年报</a><span>2025-01-22</span></li><li><a href='/2'>关于2024年3月5日会议的事</a></li></ul>"
    )
    assert [link.date for link in found.links] == [date(2025, 1, 22), None]


def test_a_menu_entry_knows_the_words_over_its_menu() -> None:
    """`2024` means something below 政府信息公开年报."""
    menu = "<div><h3><em></em><div>政府信息<br>公开年报</div></h3><ul>{}</ul></div>".format(
        "".join(f"<li><a href='/{y}/'>{y}</a></li>" for y in range(2008, 2025))
    )
    assert {link.heading for link in page(menu).links} == {"政府信息 公开年报"}


def test_a_cell_without_a_link_heads_the_links_of_its_row() -> None:
    """A table names the body first and links a year in each further cell."""
    rows = "".join(
        f"<tr><td>{n}</td><td>{body}</td><td><a href='/{n}a'>2024</a></td><td><a href='/{n}b'>2023</a></td></tr>"
        for n, body in ((1, "教育局"), (2, "民政局"))
    )
    assert [link.heading for link in page(f"<table>{rows}</table>").links] == ["教育局", "教育局", "民政局", "民政局"]


def test_unclosed_links_end_where_the_next_begins() -> None:
    """`<a>` without its end swallows nothing."""
    assert [link.text for link in page("<a href='/1'>一<a href='/2'>二").links] == ["一", "二"]


def test_thirty_thousand_links_are_read_in_seconds() -> None:
    """Long lists cost time in proportion to their length."""
    rows = "".join(f"<li><a href='/a{n}'>第{n}号</a><span>2025-01-22</span></li>" for n in range(30_000))
    assert len(page(f"<ul>{rows}</ul>").links) == 30_000


def test_meta_and_title_are_read_without_regard_to_case() -> None:
    """Meta names vary in case, and the first filled one wins."""
    found = page("", "<title> 年报 - 沙湾 </title><META NAME='ColumnName' CONTENT=''><meta name='columnname' content='年报'>")
    assert (found.title, found.meta["columnname"]) == ("年报 - 沙湾", "年报")


def test_scripts_and_styles_are_no_words() -> None:
    """What a visitor cannot see is not text."""
    assert page("<style>a{}</style><p>年报</p><script>var a='x'</script>").words == "年报"


def test_script_redirects_are_read_in_their_spellings() -> None:
    """Assignments, calls, sums of strings and variables; comparisons are none."""
    script = """var base='/portal'; location.replace(base+"/a.html"); window.location.href='/b.html'; top.location="/c.html";
    if (location.href == "/d.html") {} location.href = unknown + '/e.html';"""
    assert list(destinations(script)) == ["/portal/a.html", "/b.html", "/c.html"]


def test_data_of_scripts_is_read_object_by_object() -> None:
    """A tree in a script names columns."""
    assert list(records('TREE:[{"id":1,"name":"年报","children":[],"jump_url":"/nb/"},{name:"x"}]')) == [("年报", "/nb/")]


def test_escapes_in_scripts_are_undone() -> None:
    """Unicode, hexadecimal and slash escapes."""
    assert unescape(r"\u5e74\x41\/\n") == "年A/\n"


def test_a_script_without_links_writes_nothing() -> None:
    """Only markup with links counts."""
    assert written("var a = 'plain'; document.write('<b>x</b>')") == ""


@pytest.mark.parametrize(("text", "day"), [("2025-13-01 2025-01-02", date(2025, 1, 2)), ("22 2025-01", date(2025, 1, 22)), ("无", None)])
def test_the_first_possible_date_of_a_text_is_taken(text: str, day: date | None) -> None:
    """Impossible days are passed over; day-first boxes are understood."""
    assert date_in(text) == day


@given(st.text(alphabet="<>ahref='\"/ script!-年报=x\\", max_size=200))
def test_any_markup_is_read_without_error(markup: str) -> None:
    """Pages are broken in every way; each link found is an http address."""
    assert all(link.url.startswith("http") for link in parse(HERE, markup).links)
