"""What belongs to an article, and what downloads are called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.events import PartLink
from crawler.page import parse
from crawler.parts import body_of, file_name, parts_in, parts_of
from tests.portal.shelf import capture, html

HERE = "http://www.example.gov.cn/zwgk/nb/202601/t20260122_17.html"
FOLDER = HERE.rsplit("/", 1)[0]


def parts(body: str, *, outside: str = "", url: str = HERE) -> list[PartLink]:
    """The parts of an article with such a body, and things outside of it."""
    menu = '<div class="nav"><a href="/files/指南.pdf">信息公开指南</a><img src="/images/logo.png"></div>'
    return list(parts_of(capture(url, html(f'{menu}<div class="TRS_Editor"><p>正文</p>{body}</div>{outside}'))))


def found(body: str, kind: str = "attachment", **kwargs: str) -> list[str]:
    """Addresses of parts of a kind, short."""
    return [
        part.url.removeprefix(FOLDER + "/").removeprefix("http://www.example.gov.cn") for part in parts(body, **kwargs) if part.kind == kind
    ]


@pytest.mark.parametrize(
    ("markup", "address"),
    [
        ('<a href="./P020260122.docx" oldsrc="/protect/P020260122.docx">附件</a>', "P020260122.docx"),
        ('<a href="/attachment/0/12/34.wps">附件</a>', "/attachment/0/12/34.wps"),
        ('<a href="/doc/ucap/2026/1234">年报.pdf</a>', "/doc/ucap/2026/1234"),
        ('<a href="/group6/M00/01/AB/rB.ofd">附件</a>', "/group6/M00/01/AB/rB.ofd"),
        ('<a href="/virtual_attach_file.vsb?afc=x&oid=1&e=.pdf">附件</a>', "/virtual_attach_file.vsb?afc=x&oid=1&e=.pdf"),
        ('<a href="/system/_content/download.jsp?wbfileid=1">附件</a>', "/system/_content/download.jsp?wbfileid=1"),
        ('<a href="/resource/file?pathname=/a&filename=x.pdf">附件</a>', "/resource/file?pathname=/a&filename=x.pdf"),
        ('<a href="/ueditor/jsp/file/20260122/99" title="年报.docx">下载</a>', "/ueditor/jsp/file/20260122/99"),
        ("""<script>showVsbpdfIframe("/__local/A/BC/x.pdf","100%","600","0","","[]")</script>""", "/__local/A/BC/x.pdf"),
        ('<iframe src="/system/resource/pdfjs/viewer.html?file=%2F__local%2FA%2Fx.pdf"></iframe>', "/__local/A/x.pdf"),
        ('<embed src="nb.pdf" type="application/pdf">', "nb.pdf"),
        ('<object data="/files/nb.pdf"></object>', "/files/nb.pdf"),
        ("""<script>if("附件1.pdf" != ""){document.write('<a href="./P02.pdf">附件1.pdf</a>');}</script>""", "P02.pdf"),
        ("""<script>var hasFJ = './P0202601.docx'; if(hasFJ){ showFJ(hasFJ) }</script>""", "P0202601.docx"),
        ("""<script>var articleFiles=[{"fileName":"年报.doc","filePath":"x","url":"\\/doc\\/ucap\\/77"}]</script>""", "/doc/ucap/77"),
        ("""<a href="javascript:void(0)" onclick="window.open('/files/nb.xls')">附件</a>""", "/files/nb.xls"),
    ],
)  # fmt: skip
def test_an_attachment_is_found_however_it_is_linked(markup: str, address: str) -> None:
    """By extension, by the shape of its address, by its words, by script, in viewers and frames."""
    assert found(markup) == [address]


def test_files_of_menus_are_no_attachments_but_those_of_a_list_of_attachments_are() -> None:
    """Outside the body only what is called an attachment belongs to the article."""
    outside = (
        '<div class="sidebar"><a href="/files/other.pdf">办事指南</a></div><div class="fujian">附件：<a href="nb.xlsx">表.xlsx</a></div>'
    )
    assert found("", outside=outside) == ["nb.xlsx"]


def test_an_attachment_keeps_the_name_that_the_article_gives_it() -> None:
    """The name with an extension is preferred."""
    assert [part.name for part in parts('<a href="./P02.pdf" title="沙湾市年报.pdf">点击下载</a>')] == ["沙湾市年报.pdf"]


def test_pictures_of_the_body_are_parts_and_ornaments_are_not() -> None:
    """Scanned pages count; icons, codes, logos and what is small do not."""
    body = """<img src="./W02026.png"><img data-src="lazy.jpg" src="data:image/gif;base64,x">
    <img src="/ueditor/dialogs/attachment/fileTypeImages/icon_pdf.gif">
    <img src="qrcode.jpg"><img src="a.png" alt="扫一扫二维码"><img src="b.png" width="16" height="16"><img src="c.png" style="width: 20px">
    <img src="wide.png" width="600" height="800"><a href="/other.html"><img src="ad.png"></a><a href="big.jpg"><img src="thumb.jpg"></a>"""
    assert found(body, "picture") == ["W02026.png", "lazy.jpg", "wide.png", "big.jpg"]


def test_pictures_outside_the_body_are_no_parts() -> None:
    """Banners and footers have pictures too."""
    assert found("", "picture", outside='<div class="footer"><img src="/x/gov.png"></div>') == []


def test_a_long_report_split_by_its_pager_is_joined_in_order() -> None:
    """`createPageHTML` inside an article counts its pages, not those of a list."""
    assert found('<script>createPageHTML(4,0,"t20260122_17","html");</script>', "article_page") == [
        f"t20260122_17_{n}.html" for n in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    "call", ['createPageHTML(1,0,"t20260122_17","html")', 'createPageHTML(20, 0, "index", "html")', 'createPageHTML(9,0,"t1","html")']
)
def test_a_pager_that_counts_one_page_or_pages_of_a_list_splits_nothing(call: str) -> None:
    """Most calls on article pages mean nothing."""
    assert found(f"<script>{call}</script>", "article_page") == []


def test_numbered_pages_of_an_article_are_followed_where_no_call_counts_them() -> None:
    """Other systems link `<article>_2`; copies for phones are no pages."""
    body = '<a href="t20260122_17_2.html">2</a><a href="t20260122_17_3.html">下一页</a><a href="t20260122_17_wap.html">手机版</a>'
    assert found(body, "article_page") == ["t20260122_17_2.html", "t20260122_17_3.html"]


def test_a_page_in_a_frame_of_the_body_is_a_part() -> None:
    """Some articles are a frame around the text."""
    assert found('<iframe src="/text/17.html"></iframe>', "frame") == ["/text/17.html"]


def test_article_pages_come_first_and_each_address_once() -> None:
    """A reader joins what follows the article before it looks at attachments."""
    body = '<a href="a.pdf">附件</a><a href="a.pdf">附件</a><img src="p.jpg"><script>createPageHTML(2,0,"t20260122_17","html");</script>'
    assert [part.kind for part in parts(body)] == ["article_page", "attachment", "picture"]


def test_a_document_has_no_parts() -> None:
    """Bytes that are no markup name nothing."""
    assert parts_of(capture("http://x.gov.cn/a.pdf", b"%PDF-1.7 <a href='b.pdf'>")) == ()


def test_the_body_is_told_from_the_rest_by_what_systems_call_it() -> None:
    """The largest element of the first known name."""
    body = body_of(parse(HERE, '<div class="v_news_content">短</div><div class="v_news_content"><p>长长长长</p></div>'))
    assert body is not None
    assert body.text() == "长长长长"
    assert body_of(parse(HERE, "<p>无</p>")) is None


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ('attachment; filename="年报.pdf"'.encode("gbk").decode("latin-1"), "年报.pdf"),
        ('attachment; filename="年报.pdf"'.encode().decode("latin-1"), "年报.pdf"),
        ('attachment; filename="年报.pdf"', "年报.pdf"),
        ("attachment; filename=%E5%B9%B4%E6%8A%A5.pdf", "年报.pdf"),
        ("attachment; filename=%C4%EA%B1%A8.doc", "年报.doc"),
        ("attachment;filename=\"a.pdf\";filename*=UTF-8''%E5%B9%B4%E6%8A%A5.docx", "年报.docx"),
        ("attachment; filename*=GBK''%C4%EA%B1%A8.doc", "年报.doc"),
        ('attachment; filename="=?UTF-8?B?5bm05oqlLnBkZg==?="', "年报.pdf"),
        ('attachment; filename="C:\\\\temp\\\\nb.xls"', "nb.xls"),
        ("attachment; filename=../../etc/passwd", "passwd"),
        ("inline", "download.jsp"),
    ],
)
def test_a_download_is_called_by_its_header_in_every_spelling(header: str, name: str) -> None:
    """UTF-8 or GBK bytes, percent-escapes of either, RFC 6266 and RFC 2047; never a path."""
    assert file_name(capture("http://x.gov.cn/download.jsp?id=3", b"", headers=(("Content-Disposition", header),))) == name


def test_without_a_header_the_address_names_the_file() -> None:
    """In its query, else at its end."""
    assert file_name(capture("http://x.gov.cn/resource/file?pathname=/a&filename=%E5%B9%B4.pdf", b"")) == "年.pdf"
    assert file_name(capture("http://x.gov.cn/a/P02.pdf", b"")) == "P02.pdf"


@given(st.text(alphabet="<>aimgsrchref='\"/ .pdf_1!-年报", max_size=200))
def test_any_article_is_read_without_error(markup: str) -> None:
    """Parts are addresses, whatever the page is."""
    assert all(part.url.startswith("http") for part in parts_in(parse(HERE, markup)))


@given(st.text(max_size=80).filter(lambda text: text.isprintable()))
def test_any_disposition_gives_a_name_without_folders(header: str) -> None:
    """Headers come from anywhere."""
    name = file_name(capture("http://x.gov.cn/a.pdf", b"", headers=(("Content-Disposition", f"attachment; filename={header}"),)))
    assert "/" not in name
    assert "\\" not in name
