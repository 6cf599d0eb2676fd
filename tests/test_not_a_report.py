"""Documents that look like an annual report and are none are refused with the reason; reports in odd shapes are not."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest

from extract.document import Source
from extract.read import read
from extract.report import Report
from nianbao.demo.typeset import as_html
from tests.corpus.generate.model import specimen


def page(title: str, *blocks: str, raw: str = "") -> Report:
    """What is made of a page of that title."""
    body = "".join(f"<p>{html.escape(block)}</p>" for block in blocks)
    return read(Source(f"<html><head><title>{title}</title></head><body><h1>{title}</h1>{body}{raw}</body></html>".encode()))


LONG = "2024年，全市各级行政机关认真贯彻落实《中华人民共和国政府信息公开条例》，主动公开政府信息1200条，收到政府信息公开申请35件。" * 5
LISTING = "".join(
    f'<li><a href="/a/{n}.html">沙湾市{town}2024年政府信息公开工作年度报告</a><span>2025-01-{n:02}</span></li>'
    for n, town in enumerate(["大泉乡", "东湾镇", "老沙湾镇", "四道河子镇", "安集海镇", "乌兰乌苏镇"], 10)
)
BLANK_FORM = "".join(
    as_html([[box if box.key is None else replace(box, text="") for box in row] for row in block])
    for block in specimen(1).blocks
    if not isinstance(block, str)
)
"""The three tables of the form with nothing filled in."""


@pytest.mark.parametrize(
    ("title", "blocks", "raw"),
    [
        ("《沙湾市2024年政府信息公开工作年度报告》解读", [LONG], ""),
        ("一图读懂沙湾市2024年政府信息公开工作年度报告", ["图解"], '<img src="/W020250101.jpg">'),
        ("政府网站工作年度报表（2024年度）", ["独立用户访问总量 12345"], "<table><tr><td>网站名称</td><td>沙湾市</td></tr></table>"),
        ("沙湾市财政局2024年度部门预算公开", [LONG], "<table><tr><td>收入</td><td>100</td></tr></table>"),
        ("沙湾市2023年度部门决算公开", [LONG], ""),
        ("沙湾市2024年政务公开工作总结", [LONG], ""),
        ("沙湾市2024年法治政府建设年度报告", [LONG], ""),
        ("2024年沙湾市依申请公开办理情况统计", [LONG], ""),
        ("关于做好2024年政府信息公开工作年度报告编制工作的通知", [LONG, "附件：格式"], BLANK_FORM),
        (
            "国务院办公厅政府信息与政务公开办公室关于印发《中华人民共和国政府信息公开工作年度报告格式》的通知",
            ["各省、自治区、直辖市：", LONG],
            BLANK_FORM,
        ),
        ("沙湾市政府信息公开指南", [LONG], ""),
        ("政府信息公开年报", [], f"<ul>{LISTING}</ul>"),
        ("沙湾市人民政府门户网站", ["首页", "政务公开", "互动交流"], f"<ul>{LISTING}</ul>"),
        ("XX市（县、区）XX局20XX年政府信息公开工作年度报告", ["一、总体情况", "二、主动公开政府信息情况"], BLANK_FORM),
        ("2025年沙湾市政府工作报告", [LONG], ""),
        ("沙湾市召开政府信息公开工作会议", [LONG], ""),
    ],
)
def test_what_only_looks_like_a_report_is_refused_with_the_reason(title: str, blocks: list[str], raw: str) -> None:
    """Explanations, website statements, budgets, summaries, the notice and its empty form, guides, listings, home pages."""
    report = page(title, *blocks, raw=raw)
    assert report.status == "not_a_report", report
    assert report.problems[-1].code == "not_a_report"
    assert report.problems[-1].message
    assert report.figures == ()


@pytest.mark.parametrize(
    ("title", "word"),
    [
        ("沙湾市财政局政府信息公开申请表", "申请表"),
        ("沙湾市2024年行政执法统计年报", "行政执法"),
        ("沙湾市公安局2024年度行政执法数据统计年度报告", "行政执法"),
        ("沙湾市人民政府网站2024年度监管年度报表", "网站"),
        ("沙湾市2024年国民经济和社会发展统计公报", "统计公报"),
        ("沙湾市住房公积金2024年年度报告", "住房公积金"),
        ("沙湾市政府信息公开申请流程图", "流程图"),
    ],
)
def test_the_reason_says_what_the_title_says(title: str, word: str) -> None:
    """The kind of document is named, not only that no report was found."""
    report = page(title, LONG)
    assert report.status == "not_a_report"
    assert word in report.problems[-1].message


def test_the_report_of_a_law_enforcement_body_is_a_report() -> None:
    """行政执法 in a body's name says nothing of the kind of document."""
    report = page("沙湾市综合行政执法局2016年政府信息公开工作情况报告", "一、概述", LONG, "二、主动公开情况", LONG)
    assert report.status == "read"


def test_a_report_whose_title_is_cut_short_is_known_by_its_tables() -> None:
    """Listings and pages cut titles; the body decides."""
    model = specimen(7)
    tables = "".join(as_html(block) for block in model.blocks if not isinstance(block, str))
    report = page("沙湾市金沟河镇2024年政府信息公开工作…", "一、总体情况", "本年度收到申请若干。", raw=tables)
    assert report.status == "read"
    assert len(report.figures) == 200


def test_a_report_titled_as_work_on_openness_is_still_a_report() -> None:
    """政务公开 in the title, the form's tables in the body."""
    model = specimen(8)
    tables = "".join(as_html(block) for block in model.blocks if not isinstance(block, str))
    report = page("沙湾市民政局2024年政务公开工作年度报告", *[b for b in model.blocks[1:13] if isinstance(b, str)], raw=tables)
    assert (report.status, report.year, len(report.figures)) == ("read", 2024, 200)


def test_a_free_form_report_before_the_form_is_a_report() -> None:
    """Before 2019 there was no national form: text under the right title is a report without figures."""
    report = page("沙湾市教育局2016年政府信息公开工作年度报告", "一、概述", LONG, "二、主动公开情况", LONG, "三、依申请公开情况", LONG)
    assert (report.status, report.year, report.figures) == ("read", 2016, ())


def test_tables_that_are_pictures_leave_a_report_unread_not_refused() -> None:
    """The headings promise tables that are not there: the report is found, its figures are openly unread."""
    blocks = [b for b in specimen(9).blocks if isinstance(b, str)]
    report = page("沙湾市大泉乡2024年政府信息公开工作年度报告", *blocks[1:], raw='<img src="table.png">')
    assert report.status == "unreadable"
    assert [p.code for p in report.problems] == ["tables_not_found"]
    assert len(report.sections) >= 6
