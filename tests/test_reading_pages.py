"""What a portal sets around an article (menus, breadcrumbs, share bars, related articles, footers) never enters the report."""

from __future__ import annotations

import html
from collections.abc import Mapping

import pytest

from extract.document import Source
from extract.read import read
from extract.report import Report
from nianbao.demo.typeset import as_html
from tests.corpus.generate.model import specimen

AGENCY = "沙湾市安集海镇人民政府"
TITLE = f"{AGENCY}2023年政府信息公开工作年度报告"
SIGNED = f"<p>{AGENCY}</p><p>2024年1月15日</p>"
LAST = "本年度未收取信息处理费，无其他需要报告的事项。"
TOP = """<div><a>首页</a><a>政务公开</a><a>互动交流</a></div><ul><li>政府信息公开指南</li><li>政府信息公开制度</li><li>行政许可</li>
<li>政府信息公开年报</li></ul><div>当前位置：<a>首页</a> &gt; <a>政务公开</a> &gt; <a>2022年政府信息公开年报</a> &gt; 正文</div>"""
BOTTOM = """<div>分享到：<a>微信</a><a>微博</a></div><div><a>【打印本页】</a><a>【关闭窗口】</a></div>
<p>上一篇：关于做好防汛工作的通知</p><p>下一篇：某某县2018年政府信息公开工作年度报告</p><h3>相关文章</h3>
<ul><li><a>某某县2017年政府信息公开工作年度报告</a><p>2018-03-30</p></li><li><a>某某县2016年政府信息公开工作年度报告</a><span>2017-03-28</span></li></ul>
<p>主办：某某县人民政府</p><p>版权所有：某某县人民政府 网站标识码：6542230001 新公网安备65422302000101号</p>"""
MODEL = specimen(31)


def article(last: str = LAST, signed: str = SIGNED, title: str = TITLE, info: str = "发布时间：2024-01-22 09:12", head: str = "") -> str:
    """The body of an article: six sections, three tables."""
    tables = [as_html(block) for block in MODEL.blocks if not isinstance(block, str)]
    *disclosure, requests, challenges = tables
    parts = [
        ("一、总体情况", f"<p>{AGENCY}认真落实条例，统计期限自2023年1月1日至2023年12月31日。</p>"),
        ("二、主动公开政府信息情况", "".join(disclosure)),
        ("三、收到和处理政府信息公开申请情况", requests),
        ("四、政府信息公开行政复议、行政诉讼情况", challenges),
        ("五、存在的主要问题及改进情况", "<p>公开内容不够全面。</p>"),
        ("六、其他需要报告的事项", f"<p>{last}</p>"),
    ]
    body = "".join(f"<p>{heading}</p>{text}" for heading, text in parts)
    return f"{head}<h1>{title}</h1><div>{info}</div><div>{body}{signed}</div>"


def portal(inside: str, title: str = TITLE, top: str = TOP) -> Report:
    """What is read from an article inside a portal's page."""
    page = f"<html><head><title>{title}-某某县人民政府网</title></head><body>{top}{inside}{BOTTOM}</body></html>"
    return read(Source(page.encode(), "page.html"))


def last_section(report: Report) -> str:
    """The text of section six."""
    return next(section.text for section in report.sections if section.code == "s6_other")


@pytest.mark.parametrize(
    "signed",
    [
        SIGNED,
        f"<p>{AGENCY} 2024年1月15日</p>",
        f"<p>{AGENCY}（盖章）</p><p>二〇二四年一月十五日</p>",
        f"<p>2024年1月15日</p><p>{AGENCY}</p>",
        f"<p>单位：{AGENCY}</p><p>日期：2024年1月15日</p>",
        f"<table><tr><td></td><td>{AGENCY}</td></tr><tr><td></td><td>2024年1月15日</td></tr></table>",
        f"<p>{AGENCY}</p><p>&nbsp;</p><p>2024 年 1 月 15 日</p><p>（此件公开发布）</p>",
        "<p>2024年1月15日</p>",
    ],
)
def test_the_last_section_ends_before_every_kind_of_signature(signed: str) -> None:
    """Name and date in one line or two, sealed, labelled, in a table; nothing of the page behind them is text of the report."""
    report = portal(article(signed=signed))
    assert last_section(report) == LAST
    assert (report.agency, report.year, str(report.signed_on)) == (AGENCY, 2023, "2024-01-15")


def test_without_a_signature_the_report_ends_where_the_page_goes_on() -> None:
    """Dates of related articles sign nothing."""
    report = portal(article(signed=""))
    assert last_section(report) == LAST
    assert report.signed_on is None


def test_a_signature_run_on_behind_the_last_sentence_is_parted_from_it() -> None:
    """As when a page lost its line breaks."""
    report = portal(article(last=f"{LAST}{AGENCY}", signed="<p>2024年1月15日</p>"))
    assert (last_section(report), str(report.signed_on)) == (LAST, "2024-01-15")


def test_contents_at_the_top_are_no_sections() -> None:
    """Each section comes once, with its text."""
    headings = "".join(f"<p>{s.number}、{s.heading}</p>" for s in portal(article()).sections if s.code and s.code[2] == "_")
    report = portal(article(head=f"<p>目录</p>{headings}"))
    assert [s.code for s in report.sections if s.code and s.code[2] == "_"][:2] == ["s1_overview", "s2_disclosure"]
    assert last_section(report) == LAST


def test_of_two_reports_on_a_page_the_first_is_read_and_the_other_told() -> None:
    """Its name, its text and its signature are not mixed with the other's."""
    other = article(title="沙湾市东湾镇人民政府2023年政府信息公开工作年度报告", signed="<p>沙湾市东湾镇人民政府</p><p>2024年1月20日</p>")
    changed = other.replace(">0<", ">7<")
    report = portal(article() + changed)
    assert (report.agency, str(report.signed_on), last_section(report)) == (AGENCY, "2024-01-15", LAST)
    assert "table_repeated" in {problem.code for problem in report.problems}


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("一图读懂：某某县2023年政府信息公开工作年度报告", "<img src='a.jpg'>"),
        ("某某县2023年政务公开工作总结", "<p>全县认真落实。</p>" * 80),
        ("某某县2023年政府信息公开工作年度报告发布情况通报", "<p>全县认真落实。</p>" * 80),
        ("某某县召开2023年政府信息公开工作年度报告编制培训会", "<p>全县认真落实。</p>" * 80),
        ("某某县2023年政府信息依申请公开办理情况统计", "<p>全县认真落实。</p>" * 80),
        ("2024年某某县政府工作报告", "<p>全县认真落实。</p>" * 80),
        ("某某县政府信息公开指南", "<p>全县认真落实。</p>" * 80),
        ("页面不存在", "<p>404</p>"),
    ],
)
def test_menus_and_related_articles_make_no_report_of_another_page(title: str, body: str) -> None:
    """A page with 政府信息公开年报 in its menu and annual reports among its related articles is what its own heading says."""
    report = portal(f"<h1>{title}</h1><div>{body}</div>", title)
    assert (report.status, report.figures) == ("not_a_report", ())


def test_an_article_that_only_links_its_report_is_unread_not_refused() -> None:
    """Its heading names body and year; the attachment was not given."""
    report = portal(f"<h1>{TITLE}</h1><p>附件：{TITLE}.pdf</p>")
    assert (report.status, report.problems[-1].code) == ("unreadable", "tables_not_found")


def test_the_text_of_an_attachment_counts_more_than_the_menus_of_its_page() -> None:
    """A long page without one section does not keep the attachment's sections out."""
    page = f"<html><body>{TOP * 9}<h1>{TITLE}</h1><p>附件</p>{BOTTOM * 9}</body></html>"
    report = read(Source(page.encode(), "page.html"), [Source(f"<html><body>{article()}</body></html>".encode(), "a.html")])
    assert (last_section(report), str(report.signed_on)) == (LAST, "2024-01-15")


@pytest.mark.parametrize(
    ("info", "head", "expected"),
    [
        ("2024-01-22 09:12", "", {"published_on": "2024-01-22"}),
        ("[2024-01-22]", "", {"published_on": "2024-01-22"}),
        ("更新时间：2024-03-30 发布时间：2024-01-22", "", {"published_on": "2024-01-22"}),
        ("时间：2024-01-22 更新时间：2024-03-30", "", {"published_on": "2024-01-22"}),
        ("", "", {"published_on": "2024-01-15"}),
        ("", "<div><span>索引号</span><span>K45899617/2024-00206</span></div>", {"index_number": "K45899617/2024-00206"}),
        ("", "<p><b>【索引号】</b>MB0000/2024-1 <b>【发布机构】</b>安集海镇</p>", {"index_number": "MB0000/2024-1"}),
        ("", "<dl><dt>索引号：</dt><dd>xj-1/2024-9</dd><dt>发布机构：</dt><dd>安集海镇</dd></dl>", {"index_number": "xj-1/2024-9"}),
        ("", "<table><tr><td>索引号：</td><td></td><td>发文日期：</td><td>2024-01-22</td></tr></table>", {"index_number": "None"}),
    ],
)
def test_the_head_of_a_page_is_read_in_every_style(info: str, head: str, expected: Mapping[str, str]) -> None:
    """Dates with and without label, an update beside the publication, index numbers behind every kind of label."""
    report = portal(article(info=info, head=head))
    assert {name: str(getattr(report, name)) for name in expected} == expected


def test_the_issuer_of_the_page_head_names_a_report_that_names_no_body() -> None:
    """Neither title nor signature say whose it is."""
    title = "2023年政府信息公开工作年度报告"
    head = f"<table><tr><td>索引号：</td><td>A1/2024-1</td><td>发布机构：</td><td>{AGENCY}</td></tr></table>"
    assert portal(article(title=title, signed="<p>2024年1月15日</p>", head=head), title).agency == AGENCY


def test_the_signature_completes_a_name_from_the_front() -> None:
    """安集海镇 in the title, 沙湾市安集海镇人民政府 below."""
    title = "安集海镇2023年政府信息公开工作年度报告"
    assert portal(article(title=title), title).agency == AGENCY


def test_the_office_that_signs_for_a_government_is_not_the_body() -> None:
    """The title names the government."""
    title = "安集海镇人民政府2023年政府信息公开工作年度报告"
    signed = "<p>安集海镇党政综合办公室</p><p>2024年1月15日</p>"
    assert portal(article(title=title, signed=signed), title).agency == "安集海镇人民政府"


def test_words_in_place_of_a_figure_are_openly_unread() -> None:
    """五 and 暂无 are printed cells: neither dropped nor guessed."""
    plain = article()
    row = next(line for line in plain.split("<tr>") if "行政处罚" in line)
    cell = row.split("<td")[2]
    worded = plain.replace(row, row.replace(cell, cell[: cell.index(">") + 1] + html.escape("暂无") + "</td></tr>", 1))
    figure = next(f for f in portal(worded).figures if f.row_code == "disclosure.penalties")
    assert (figure.state, figure.value, figure.raw) == ("unreadable", None, "暂无")


def test_a_part_of_the_last_section_named_like_it_opens_no_other() -> None:
    """（二）其他事项 inside section six."""
    last = "（一）收取信息处理费情况</p><p>未收取信息处理费。</p><p>（二）其他事项</p><p>无。"
    assert last_section(portal(article(last=last))) == "（一）收取信息处理费情况\n未收取信息处理费。\n（二）其他事项\n无。"


def test_a_section_on_the_line_of_its_heading_ends_before_the_signature() -> None:
    """六、其他需要报告的事项 with its text behind it."""
    inside = article().replace("六、其他需要报告的事项</p><p>", "六、其他需要报告的事项 ")
    assert last_section(portal(inside)) == LAST


def test_a_long_menu_hides_neither_title_nor_date() -> None:
    """A hundred lines above an article whose title is no heading of the page."""
    menu = "".join(f"<li>栏目{n}</li>" for n in range(100))
    inside = article().replace("<h1>", "<div>").replace("</h1>", "</div>")
    report = portal(inside, title="", top=f"{TOP}<ul>{menu}</ul>")
    assert (report.title, str(report.published_on)) == (TITLE, "2024-01-22")
