"""Walls are told by what they are; pages that carry the same scripts and cookies are pages."""

from __future__ import annotations

import pytest

from crawler import walls
from crawler.capture import Capture
from tests.archived import captured

URL = "http://www.a.gov.cn/zwgk/nb/1.html"
TEXT = "<p>" + "本年度共收到政府信息公开申请十二件，均按期答复。" * 20 + "</p>"


def html(body: str, status: int = 200, *headers: tuple[str, str], url: str = URL, title: str = "") -> Capture:
    """A page of HTML as captured."""
    source = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>".encode()
    return captured(url, source, status=status, headers=(("Content-Type", "text/html; charset=utf-8"), *headers))


RUISHU = (
    '<meta id="x" content="3N1" r="m">'
    "<script r='m'>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script>"
    "<script src='/tQ/Jk.js' r='m'></script>"
)
JSL = "<script>document.cookie=('_')+('_')+('j')+'sl_clearance=1';location.href=location.pathname+location.search</script>"


@pytest.mark.parametrize(
    ("capture", "name"),
    [
        (html(RUISHU, 412), "瑞数"),
        (html(RUISHU, 202), "瑞数"),
        (html(RUISHU, 400), "瑞数"),
        (html(RUISHU, 200), "瑞数"),
        (html(JSL, 521, ("Set-Cookie", "__jsluid_s=abc; path=/")), "加速乐"),
        (html("", 512, ("Set-Cookie", "__jsluid_h=abc")), "加速乐"),
        (html("Intercepted", 468), "a wall"),
        (html("", 412), "a wall"),
        (captured(URL, b"", status=521, headers=()), "a wall"),
        (html('<script>var wzwsmethod="get",url="/WZWSRELw";</script>', 200, ("Set-Cookie", "wzws_sid=1")), "网站卫士"),
        (html("<script>var arg1='AAA';function acw_sc__v2(){}</script>", 200), "阿里云盾"),
        (html("<script>document.cookie='check=1';window.location.reload();</script>", 200), "a script that sets a cookie and reloads"),
        (html("<p>请完成安全验证后继续访问</p><div id='captcha'></div>", 200), "a captcha"),
        (html("<h1>访问被拦截</h1><p>您的请求可能存在威胁，已被拦截。事件编号 42</p>", 403), "a block page"),
        (html("<p>当前访问疑似黑客攻击，已被网站管理员设置为拦截。云防护</p>", 405), "电信云防护"),
        (html("", 503, title="Just a moment..."), "Cloudflare"),
        (html("Checking", 200, title="Just a moment..."), "Cloudflare"),
        (html(f'<meta http-equiv="refresh" content="0;url={URL}?__c=1">', 200), "a page that reloads itself"),
    ],
)
def test_walls_are_recognised_and_named(capture: Capture, name: str) -> None:
    """By a status that nothing else uses, or by marks on a page with next to nothing on it."""
    wall = walls.recognise(capture)
    assert wall is not None
    assert wall.name == name


@pytest.mark.parametrize(
    "capture",
    [
        html(RUISHU + TEXT),
        html(RUISHU + "<table><tr><td>1</td></tr></table>"),
        html(
            '<script>/*__jsl_clearance*/</script><ul class="list">' + '<li><a href="/1">年报</a></li>' * 20 + "</ul>",
            200,
            ("Set-Cookie", "__jsluid_s=1"),
        ),
        html("<p>短消息</p>"),
        html(""),
        html('<script>window.location.href="/zwgk/index.html"</script>', url="http://www.a.gov.cn/"),
        html('<meta http-equiv="refresh" content="0; url=/index/index.html">', url="http://www.a.gov.cn/"),
        html("<h1>403 Forbidden</h1><hr>nginx", 403),
        html("<h1>Not Found</h1>", 404),
        html(TEXT + "<p>网站防火墙建设情况：访问被拦截的请求</p>"),
        html('<meta name="ArticleTitle" content="安全验证办法"><p>安全验证</p>'),
        captured(URL, b'{"code":200,"msg":"$_ts"}', headers=(("Content-Type", "application/json"),)),
        captured(URL, b"<datastore><totalrecord>0</totalrecord></datastore>", headers=(("Content-Type", "text/xml"),)),
        captured(URL, b"%PDF-1.7 $_ts", headers=(("Content-Type", "application/pdf"),)),
        captured(URL, b"", status=302, headers=(("Location", "/other"), ("Set-Cookie", "CT6T=1"))),
        captured(URL, b"", status=302, headers=(("Location", URL),)),
        captured(URL, b"", status=204, headers=()),
    ],
)
def test_pages_are_no_walls(capture: Capture) -> None:
    """Content beside the scripts, short pages, redirect shells of front pages, plain errors, and other kinds of data."""
    assert walls.recognise(capture) is None


@pytest.mark.parametrize(("cookie", "name"), [("CT6T=x; path=/", "CT6T"), ("token=1", "a cookie loop")])
def test_a_redirect_to_itself_with_a_cookie_is_a_wall(cookie: str, name: str) -> None:
    """It would go round for ever for who brings no cookies back."""
    wall = walls.recognise(captured(URL, b"", status=302, headers=(("Set-Cookie", cookie), ("Location", "/zwgk/nb/1.html"))))
    assert wall is not None
    assert wall.name == name


def test_a_large_page_of_scripts_alone_is_a_wall() -> None:
    """The size of a challenge says nothing."""
    wall = walls.recognise(html("<script>" + "var a=1;" * 40_000 + "$_ts={}</script>", 200))
    assert wall is not None
    assert wall.name == "瑞数"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_words_are_read_in_the_encoding_of_the_page(encoding: str) -> None:
    """Block pages come in GBK as often as not."""
    body = "<html><head></head><body>您的访问被拦截，请联系管理员</body></html>".encode(encoding)
    wall = walls.recognise(captured(URL, body, status=403, headers=(("Content-Type", "text/html; charset=gb2312"),)))
    assert wall is not None


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ("<p>抱歉，您访问的页面不存在或已被删除</p>", "提示信息"),
        ("<h1>404</h1>", "404"),
        ("<p>x</p>", "404 Not Found"),
        ("<p>x</p>", "页面不存在"),
        ("<p>x</p>", "HTTP 404 错误"),
        ("<p>该信息不存在！</p><script>setTimeout(\"location.href='/'\",3000)</script>", ""),
        ("<p>对不起，您要查看的信息已被删除。</p>" + '<a href="/">首页</a>' * 3, "某某人民政府"),
        ("<p>无法找到该页</p>" + "<p>nav</p>" * 10, "找不到页面"),
    ],
)
def test_pages_that_say_there_is_no_page_are_told(body: str, title: str) -> None:
    """At status 200, by their title or by the few words on them."""
    assert walls.soft_404(html(body, title=title)) is not None


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (TEXT, "某某人民政府2024年政府信息公开工作年度报告"),
        (TEXT + "<p>本机关不掌握相关信息，信息不存在的十件</p>", "年度报告"),
        ("<table><tr><td>信息不存在</td></tr></table>", "年度报告"),
        ("<p>短</p>", "关于404号文件的通知"),
        ("", ""),
        ('<meta name="ArticleTitle" content="x"><p>页面不存在</p>', "x"),
    ],
)
def test_pages_that_mention_it_are_pages(body: str, title: str) -> None:
    """The reports themselves speak of information that does not exist."""
    assert walls.soft_404(html(body, title=title)) is None


@pytest.mark.parametrize(
    ("url", "home"),
    [
        ("http://a.gov.cn/", True), ("http://a.gov.cn/index.html", True), ("http://a.gov.cn/INDEX.shtml", True),
        ("http://a.gov.cn/default.aspx", True), ("http://a.gov.cn/zwgk/", False), ("http://a.gov.cn/zwgk/index.html", False),
        ("http://a.gov.cn/?id=3", False), ("http://a.gov.cn/index_1.html", False),
    ],
)  # fmt: skip
def test_front_pages_are_known_by_their_address(url: str, home: bool) -> None:
    """The root and its usual names, without a query."""
    assert walls.is_home(url) == home
