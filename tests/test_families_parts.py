"""The parts that families share: tolerant values, records of data, pagers, clicks, rows."""

from __future__ import annotations

import json
import re
import time
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler import clicks, families, loose, records, spans, turns
from crawler.clicks import Click
from crawler.declared import declared
from crawler.families import answers
from crawler.page import parse
from crawler.paging import signs_of
from crawler.rows import column_of, rows_of
from tests.portal.town import Frame

REAL = Path(__file__).parents[2] / "shared" / "data" / "real" / "cms"
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the real samples are not beside this checkout")
AT = "http://www.x.gov.cn/zwgk/nb/"


def page(main: str, url: str = AT) -> str:
    """A page of the town around some markup."""
    return Frame().html("年报", main)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": [1, 2,], }', {"a": [1, 2]}),
        ("{a: 'x', \"b\": undefined, c: [,1,,2,]}", {"a": "x", "b": None, "c": [1, 2]}),
        ('cb({"total": "3"});', {"total": "3"}),
        ('/**/jQuery1_2([{"u":1}])', [{"u": 1}]),
        ("{n: -1.5, t: true, f: function(p){ return {a: [p, '}']}; }, after: 'ok'}", {"n": -1.5, "t": True, "f": None, "after": "ok"}),
        ("{s: 'it\\'s', u: '\\u5e74', // end\n k: 1 /* x */}", {"s": "it's", "u": "年", "k": 1}),
        ('"{\\"a\\": 1}"', {"a": 1}),
        ('﻿ {"a": 1}', {"a": 1}),
        ("<html>", None),
        ("", None),
        ("{a: b + 'c', d: $('#x').html(), e: 2}", {"a": None, "d": None, "e": 2}),
    ],
)
def test_values_are_read_as_pages_write_them(text: str, value: object) -> None:
    """Trailing commas, bare keys, JSONP, functions, escapes, comments, JSON inside a string."""
    assert loose.parse(text) == value


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(max_size=12),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=5), inner, max_size=4),
    )
)
def test_sound_json_reads_as_it_is(value: object) -> None:
    """The tolerant reader agrees with the strict one on what is valid."""
    text = json.dumps({"v": value}, ensure_ascii=False)
    assert loose.parse(text) == {"v": value}
    assert loose.literal(f"x = {text};", 3) == json.loads(text) or isinstance(value, str | list | dict)


@given(st.text(alphabet="{}[]()'\"`,:;\\/*abc01 \n年", max_size=300))
def test_no_text_breaks_the_reader_of_values(text: str) -> None:
    """Whatever is thrown at it, it ends, and finds a name no more often than it is written."""
    loose.parse(text)
    assert len(list(loose.called(text, "a"))) <= text.count("a")
    assert len(list(loose.assigned(text, "a"))) <= text.count("a")


@pytest.mark.parametrize(
    ("record", "row"),
    [
        (
            {"title": "<em>年报</em>", "url": "/a/1.html", "publishedTimeStr": "2025-01-22 10:30:00"},
            ("年报", "/a/1.html", date(2025, 1, 22)),
        ),
        (
            {"source": {"title": "年报", "pubDate": "2025-01-22 16:59", "urls": '{"pc":"/a/2.html"}'}},
            ("年报", "/a/2.html", date(2025, 1, 22)),
        ),
        ({"TITLE": "年报", "URL": "a/3.html", "PUBLISHED_TIME_FORMAT": "2025/1/22"}, ("年报", "/zwgk/nb/a/3.html", date(2025, 1, 22))),
        (
            {"id": 9, "title": "年报", "post_url": "", "url": "/p/post_9.html", "display_publish_time": 1737475200},
            ("年报", "/p/post_9.html", date(2025, 1, 22)),
        ),
        ({"infourl": "/i.html", "realtitle": "年报", "infodate": 1737475200000}, ("年报", "/i.html", date(2025, 1, 22))),
        ({"doctitle": "年报", "chnldocurl": "./t1.html", "docreltime": "2025年1月22日"}, ("年报", "/zwgk/nb/t1.html", date(2025, 1, 22))),
    ],
)
def test_a_record_becomes_a_row(record: dict[str, object], row: tuple[str, str, date]) -> None:
    """Every spelling of title, address and day that the systems use."""
    made = records.row_of(AT, record)
    assert made is not None
    assert (made.title, made.url.removeprefix("http://www.x.gov.cn"), made.published) == row


@pytest.mark.parametrize(
    "record", [{}, {"title": "年报"}, {"url": "/a.html"}, {"title": "", "url": "/a"}, {"title": "x", "url": "javascript:;"}]
)
def test_a_record_without_title_or_address_is_no_row(record: dict[str, object]) -> None:
    """Such as the empty one that ends many lists."""
    assert records.row_of(AT, record) is None


STORE = "<datastore><totalrecord>9</totalrecord><record><![CDATA[<li><a href='/1.html'>某年报</a></li>]]></record></datastore>"


@pytest.mark.parametrize(
    ("answer", "total", "count"),
    [
        ({"data": {"total": 31, "page": 1, "rows": 15, "results": [{"title": "a", "url": "/1"}]}}, 31, 1),
        (
            {
                "total": 5,
                "classify": {"post_count": 4, "children": [{"id": 1, "name": "年报"}]},
                "articles": [{"id": 1, "title": "a", "url": "/1"}],
            },
            5,
            1,
        ),
        ({"classify": {"post_count": 4}, "articles": [{"id": 1, "title": "a", "url": "/1"}]}, 4, 1),
        ({"data": {"allRow": 30, "totalPage": 2, "list": [{"TITLE": "a", "URL": "/1"}, {"TITLE": "b", "URL": "/2"}]}}, 30, 2),
        ({"count": "7", "docs": [{"title": "a", "url": "/1"}, {}]}, 7, 1),
        ({"custom": {"data": [{"infourl": "/1", "realtitle": "a"}]}}, None, 1),
        ({"success": True, "data": {"html": '<ul><li><a href="/1.html">某某年报</a></li></ul><div count="386" rows="15"></div>'}}, 386, 1),
        ({"data": {"totalCount": 0, "list": []}}, 0, 0),
        ('{"count":"2","docs":[{"title":"a","url":"/1"},{"title":"b","url":"/2"},{},],}', 2, 2),
        (
            f"cb({json.dumps({'result': STORE})})",
            9,
            1,
        ),
        (
            "<datastore><totalrecord><![CDATA[8]]></totalrecord><record>&lt;a href='/1.html'&gt;某年报&lt;/a&gt;</record></datastore>",
            8,
            1,
        ),
        ('<ul><li><a href="/public/1/2.html">某年报全文</a></li></ul><script>pager({size:44, pageCount:3})</script>', 44, 1),
        ("<datastore><recordset></recordset></datastore>", None, 0),
        ("not found", None, 0),
    ],
)
def test_answers_of_every_shape_are_read(answer: object, total: int | None, count: int) -> None:
    """JSON, invalid JSON, JSONP, markup in JSON, datastore, fragments."""
    sheet = answers.of_text(AT, answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False))
    assert (sheet.total, len(sheet.rows)) == (total, count)


@pytest.mark.parametrize(
    ("pager", "total", "pages"),
    [
        ('<script>createPageHTML(20, 0, "index", "html");</script>', None, 20),
        ('<script>createPageHTML(63,0,"index","shtml","black_text",435);</script>', 435, 63),
        ("<script>createPageHTML('page_div',10, 1,'zwgklist','shtml',200);</script>", 200, 10),
        ('<script>createPageHTML(95,7,0,"index","html")</script>', 95, 7),
        ('<script>//createPageHTML(9, 0, "index", "html");\nvar countPage = 17;//共多少页\n</script>', None, 17),
        ("<script>var countPage = 12//共多少页\n//var record_count = 1910;</script>", None, 12),
        ("<script>var pagination_script_config = { pageNumber: '0', total: '13' };</script>", None, 13),
        ("<!-- <script>createPageHTML('page_div',10, 1,'list','shtml',200);</script> -->", 200, 10),
        ("<script>function createPageHTML(_nPageCount, _nCurrIndex, _sPageName, _sPageExt){ if(_nPageCount>1){} }</script>", None, None),
        ('<script>createPageHTML(2,0,"t20190918_693227","shtml");</script>', None, None),
        ("<span>共95条&nbsp;&nbsp;1/7</span>", 95, 7),
        ("<div>共 <b>95</b> 条记录 第 <i>1</i>/<i>7</i> 页</div>", 95, 7),
        ("<div>总记录数：95，总页数：7，当前页：1</div>", 95, 7),
        ("<div>共有98条信息 分5页 当前第1页 每页20条</div>", 98, 5),
        ("<div>每页 15 条 共 7 页</div>", None, 7),
        ("<div>页次：1/7页</div>", None, 7),
        ('<input type="hidden" id="totalCount" value="44"><input type="hidden" name="pageCount" value="3">', 44, 3),
        ("<script>laypage.render({elem: 'p', count: 77, limit: 10})</script>", 77, None),
        ("<script>kkpager.generPageHtml({pno: 1, total: 8, totalRecords: 75})</script>", 75, 8),
        ("<p>全年共办理建议提案15件，公开信息320条。</p>", None, None),
        ("<p>没有页码</p>", None, None),
    ],
)
def test_what_a_pager_declares(pager: str, total: int | None, pages: int | None) -> None:
    """Every spelling seen; comments only where nothing else speaks; articles in parts are no lists."""
    found = declared(parse(AT, f"<html><body><ul></ul>{pager}</body></html>"))
    assert (found.total, found.pages) == (total, pages)


@pytest.mark.parametrize(
    ("url", "pager", "third"),
    [
        (AT, '<script>createPageHTML(5, 0, "index", "html");</script>', f"{AT}index_2.html"),
        (f"{AT}list.shtml", "<script>createPageHTML('d',5, 1,'list','shtml',95);</script>", f"{AT}list_3.shtml"),
        (AT, '<a href="index_1.html">2</a><a href="index_2.html">3</a>', f"{AT}index_2.html"),
        (AT, '<a href="?page=2">下一页</a>', f"{AT}?page=3"),
        (f"{AT}nb.htm", '共95条 1/7 <a href="nb/6.htm">下页</a><a href="nb/1.htm">尾页</a>', f"{AT}nb/5.htm"),
        (f"{AT}1.html", '<a href="2.html">下一页</a>', f"{AT}3.html"),
        (f"{AT}column-index-1.shtml", '<a href="column-index-2.shtml">2</a>', f"{AT}column-index-3.shtml"),
        (
            AT,
            '<a href="list.jsp?start=15">2</a><a href="list.jsp?start=30">3</a><a href="list.jsp?start=45">4</a>',
            f"{AT}list.jsp?start=30",
        ),
        (AT, '<a onclick="go(2)">2</a><script>function go(n){location.href="index_"+(n-1)+".html"}</script>', f"{AT}index_2.html"),
        (AT, "<script>var countPage = 4;</script>", f"{AT}index_2.html"),
        (f"{AT}list.aspx?id=7&page=1", "共4页", f"{AT}list.aspx?id=7&page=3"),
    ],
)
def test_how_pages_are_addressed_is_worked_out(url: str, pager: str, third: str) -> None:
    """From scripts, from links, from a function of the page, or from what most systems do."""
    goal = signs_of(parse(url, f"<html><body>{pager}</body></html>")).to(3)
    assert goal == Click(third)


@pytest.mark.parametrize(
    ("code", "markup", "goal"),
    [
        ("toPage(3)", "<script>function toPage(p){window.location.href='list_'+p+'.html';}</script>", Click(f"{AT}list_3.html")),
        (
            "javascript:go('2')",
            "<script>var go = function(n){ location.replace('/l?p=' + n + '&c=1') }</script>",
            Click("http://www.x.gov.cn/l?p=2&c=1"),
        ),
        (
            "goto(2)",
            "<form name='f' action='/q' method='get'><input name='p' value='1'><input name='k' value='v'></form>"
            "<script>function goto(n){document.f.p.value=n;document.f.submit();}</script>",
            Click("http://www.x.gov.cn/q?p=2&k=v"),
        ),
        (
            "__doPostBack('pager','2')",
            "<form method='post' action='l.aspx'><input type='hidden' name='__VIEWSTATE' value='x'></form>",
            Click(f"{AT}l.aspx", (("__VIEWSTATE", "x"), ("__EVENTTARGET", "pager"), ("__EVENTARGUMENT", "2"))),
        ),
        ("unknown(2)", "", None),
        ("load(2)", "<script>function load(n){ $.get(url, {page: n}) }</script>", None),
    ],
)
def test_where_a_click_leads(code: str, markup: str, goal: Click | None) -> None:
    """Functions that make an address or send a form are understood; others are not guessed at."""
    assert clicks.click(parse(AT, f"<html><body>{markup}</body></html>"), code) == goal


def test_a_pager_that_only_a_browser_can_turn_is_no_proof_of_an_end() -> None:
    """Ten rows and a 下一页 whose script is unknown: veiled."""
    veiled = signs_of(parse(AT, '<html><body><a href="javascript:;" onclick="nextPage()">下一页</a></body></html>'))
    plain = signs_of(parse(AT, '<html><body><a href="javascript:void(0)" class="disabled">下一页</a></body></html>'))
    more = signs_of(parse(AT, '<html><body><button onclick="load()">加载更多</button></body></html>'))
    turned = signs_of(parse(AT, '<html><body><a href="javascript:;" data-page="2">下一页</a></body></html>'))
    assert (veiled.veiled, more.veiled, turned.veiled, plain.veiled) == (True, True, True, False)


def test_turns_that_count_down_end_at_one() -> None:
    """There is no page 0."""
    made = turns.of_one(2, f"{AT}nb/6.htm", 7)
    assert made is not None
    assert [made.url(number) for number in (6, 7, 8)] == [f"{AT}nb/2.htm", f"{AT}nb/1.htm", None]


@pytest.mark.parametrize(
    ("url", "column"),
    [
        ("http://a.gov.cn/zwgk/nb/202501/t20250117_1.html", "a.gov.cn/zwgk/nb/"),
        ("http://a.gov.cn/art/2024/1/30/art_1229114055_89890.html", "a.gov.cn/art_1229114055"),
        ("http://a.gov.cn/x/c114808/202401/0123456789abcdef0123456789abcdef.shtml", "a.gov.cn/x/c114808/"),
        ("http://a.gov.cn/info/1050/30883.htm", "a.gov.cn/info/1050/"),
        ("http://a.gov.cn/doc/2024/01/08/4153378.shtml", "a.gov.cn/doc/"),
    ],
)
def test_addresses_of_a_column_have_it_in_common(url: str, column: str) -> None:
    """Dates and names of articles are taken off."""
    assert column_of(url) == column


@needs_real
@pytest.mark.parametrize(
    ("name", "url", "family", "rows", "total", "pages"),
    [
        ("trs_annual_report_column_pingtan.fragment.html", "https://www.pingtan.gov.cn/zwgk/zfxxgk/zfxxgknb/", "trs", 10, 20, None),
        ("ucap_list_gansu_jyt.html", "https://jyt.gansu.gov.cn/jyt/c110634/zwgklist.shtml", "ucap", 20, 200, 10),
        ("ucap_col_list_jiangxi_sthjt.html", "https://sthjt.jiangxi.gov.cn/jxssthjt/col/col42150/index.html", "ucap", 0, None, None),
    ],
)
def test_real_columns_are_understood(name: str, url: str, family: str, rows: int, total: int | None, pages: int | None) -> None:
    """Columns as they were served: family, rows in their markup, what they declare."""
    real = parse(url, (REAL / name).read_text("utf-8", "replace"))
    said = declared(real)
    assert (families.recognise(real), len(rows_of(real))) == (family, rows)
    assert (said.total, said.pages) == (total, pages)


@needs_real
def test_real_answers_of_the_hanweb_proxy_overlap_and_are_joined() -> None:
    """76 records each, pages 1 and 2 share 51, pages 2 and 5 one."""
    sheets = [
        answers.of_text("https://gxt.jiangsu.gov.cn/", (REAL / f"hanweb_jpage_jiangsu_page{n}.xml").read_text("utf-8")) for n in (1, 2, 5)
    ]
    assert [len(sheet.rows) for sheet in sheets] == [76, 76, 76]
    assert {sheet.total for sheet in sheets} == {756}
    urls = [{row.url for row in sheet.rows} for sheet in sheets]
    assert (len(urls[0] & urls[1]), len(urls[1] & urls[2])) == (51, 1)


@needs_real
def test_the_real_jiangxi_page_gives_its_rows_inline_and_its_true_count() -> None:
    """50 rows in listData; 444 as its own channel says, not the 443 of the menu."""
    text = (REAL / "ucap_col_list_jiangxi_sthjt.html").read_text("utf-8")
    real = parse("https://sthjt.jiangxi.gov.cn/jxssthjt/col/col42150/index.html", text)
    names = {source.name: source for source in families.sources_of("ucap", real)}
    assert {"queryList", "inline"} <= set(names)
    inline = names["inline"].first
    assert (len(inline.rows), inline.total) == (50, 444)  # type: ignore[union-attr]  # what is inline is a sheet


def test_torn_marks_neither_hide_nor_double_anything() -> None:
    """Comments that are never closed stay text; line and block comments go; records end at the next closing mark."""
    assert spans.without("a<!--b-->c<!--d", "<!--", "-->") == "ac<!--d"
    assert spans.uncommented("a//b\nc/*d*/e 'http://f' /*g") == "a\nce 'http://f' /*g"
    assert list(spans.inside("<R a=1>x</r><r>y</R><r>z", re.compile("<r[^<>]*>", re.I), "</r")) == ["x", "y"]


@pytest.mark.parametrize(
    "piece", ["<", "{", "createPageHTML(", "共1条", "<!--", "/*", "<a href='", "location.href='a'+", "<record>", "var params={"]
)
def test_time_grows_with_length_only(piece: str) -> None:
    """Fifty thousand characters of a torn mark are looked at by every family in seconds."""
    torn = parse("http://www.x.gov.cn/col/col1/index.html", piece * (50_000 // len(piece)))
    begun = time.process_time()
    families.recognise(torn)
    families.sources_of("generic", torn)
    answers.of_text(AT, torn.text)
    assert time.process_time() - begun < 20


PIECES = [
    *("<ul>", "</ul>", "<script>", "</script>", "<!--", "-->", "<div ", "\x00", "'", '"', "<iframe src='/f'>", "共9条 1/2"),
    '<li><a href="/art/2024/1/2/art_1_2.html">某年报</a><span>2024-01-02</span></li>',
    *("createPageHTML(", "5,0,'index','html')", ".jpage({", "totalRecord:9,", "ajaxParam:{", "}})"),
    *("<datastore>", "</datastore>", "<record>", "window._CONFIG = {SITE_ID:'1', TREE:[", "]}"),
    *("listData={articleList:[{title:'a',url:'/b'}", "var params={channelCode:['c']}", "<meta name=channelId content=abc123>"),
    *("/site/label/8888?siteId=1", "/TrueCMS/ columnId:'8a908fdb-7a1c-4f5e-9c1b-0123456789ab'"),
    *("jpaas-publish-server", "querydata=\"{'webId':'1'}\"", "webBuilderCommon.js", "'/x/loadData'"),
    *("'/front/api/data/affair'", "channelList:[", "classsql='chnlid=1' channelid=2"),
    *("<a href='javascript:go(2)'>下一页</a>", "function go(n){location.href='x'+n}", "<a href='http://[bad'>2</a>"),
]


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=30), st.sampled_from(families.names()))
@settings(max_examples=250, deadline=3000)
def test_no_page_breaks_a_family(pieces: list[str], family: str) -> None:
    """Torn markup and scripts of all families mixed: recognised as something, and every way of walking can be laid out."""
    torn = parse("http://www.x.gov.cn/col/col1/index.html", "".join(pieces))
    assert families.recognise(torn) in families.names()
    for source in families.sources_of(family, torn):
        assert source.first is not None
    answers.of_text(AT, "".join(pieces))
