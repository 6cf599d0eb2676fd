"""Whose report it is, of which year and scope, when signed and published, whatever the words around it."""

from __future__ import annotations

import html
from datetime import date

import pytest

from extract.dates import dates, is_only_date, period_year
from extract.document import Source
from extract.identity import agency_in_title
from extract.names import is_title
from extract.read import read
from extract.report import Report
from nianbao.demo.typeset import as_html
from tests.corpus.generate.model import specimen


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("沙湾市金沟河镇2024年政府信息公开工作年度报告", "沙湾市金沟河镇", 2024),
        ("2024年沙湾市金沟河镇人民政府政府信息公开工作年度报告", "沙湾市金沟河镇人民政府", 2024),
        ("沙湾市财政局政府信息公开工作2024年度报告", "沙湾市财政局", 2024),
        ("关于沙湾市2023年度政府信息公开情况的报告", "沙湾市", 2023),
        ("沙湾市人民政府信息公开工作2022年年度报告", "沙湾市人民政府", 2022),
        ("二〇二四年度沙湾市教育局政府信息公开工作年度报告", "沙湾市教育局", 2024),
        ("二○二三年沙湾市教育局政府信息公开年度报告", "沙湾市教育局", 2023),
        ("2024年度政府信息公开工作年度报告（沙湾市审计局）", "沙湾市审计局", 2024),
        ("沙湾市民政局2024年政府信息公开年报", "沙湾市民政局", 2024),
        ("沙湾市审计局2024年政府信息公开工作告年度报", "沙湾市审计局", 2024),
        ("沙湾市自然资源局 2024 年度 政府信息公开工作年度报告", "沙湾市自然资源局", 2024),
        ("海城市西柳镇人民政府关于2023年度政府信息公开工作的年度报告", "海城市西柳镇人民政府", 2023),
        ("国家税务总局沙湾市税务局2024年政府信息公开工作年度报告", "国家税务总局沙湾市税务局", 2024),
        ("沙湾市大泉乡２０２４年政府信息公开工作年度报告", "沙湾市大泉乡", 2024),
    ],
)
def test_every_word_order_of_a_title_names_body_and_year(title: str, agency: str, year: int) -> None:
    """X年Y, Y X年, Y…X年度报告, 关于…的报告, Chinese and full-width digits, blanks, typos."""
    tables = "".join(as_html(block) for block in specimen(1).blocks if not isinstance(block, str))
    report = read(Source(f"<html><body><h1>{title}</h1><p>一、总体情况</p><p>无。</p>{tables}</body></html>".encode()))
    assert is_title(title)
    assert (agency_in_title(title), report.agency, report.year) == (agency, agency, year)


def paragraphs(*lines: str) -> Report:
    """The report of a page of these paragraphs with the three tables behind them."""
    tables = "".join(as_html(block) for block in specimen(1).blocks if not isinstance(block, str))
    return read(Source(("".join(f"<p>{html.escape(line)}</p>" for line in lines) + tables).encode()))


def test_a_title_over_several_lines_is_one_and_a_menu_above_it_is_none() -> None:
    """Body and title on lines of their own belong together; menu words before them do not."""
    menu = ("首页", "政务公开", "互动交流", "办事大厅")
    assert paragraphs(*menu, "沙湾市民政局", "2024年政府信息公开工作年度报告").agency == "沙湾市民政局"
    assert paragraphs(*menu, "沙湾市民政局2024年政府信息公开工作年度报告").agency == "沙湾市民政局"
    whole = paragraphs(*menu, "沙湾市金沟河镇2024年政府信息公开", "工作年度报告")
    assert (whole.title, whole.agency) == ("沙湾市金沟河镇2024年政府信息公开工作年度报告", "沙湾市金沟河镇")


def test_a_heading_with_a_year_is_not_joined_with_a_title_that_has_its_own() -> None:
    """A column's heading above the title: a title says its year once."""
    report = paragraphs("沙湾市2024年年报", "沙湾市医疗保障局2024年政府信息公开工作年度报告")
    assert (report.title, report.agency) == ("沙湾市医疗保障局2024年政府信息公开工作年度报告", "沙湾市医疗保障局")


def test_the_signature_completes_the_name_in_the_title() -> None:
    """沙湾市金沟河镇 signs as 沙湾市金沟河镇人民政府; the town's short name takes its county from the title."""
    title, text = "沙湾市金沟河镇2024年政府信息公开工作年度报告", "一、总体情况"
    assert paragraphs(title, text, "无。", "沙湾市金沟河镇人民政府", "2025年1月22日").agency == "沙湾市金沟河镇人民政府"
    assert paragraphs(title, text, "无。", "金沟河镇人民政府", "2025年1月22日").agency == "沙湾市金沟河镇人民政府"
    office = paragraphs("沙湾市2024年政府信息公开工作年度报告", text, "无。", "沙湾市人民政府办公室", "2025年2月10日")
    assert office.agency == "沙湾市"


@pytest.mark.parametrize(
    ("title", "prose", "scope"),
    [
        ("沙湾市2024年政府信息公开工作年度报告", "全市各级行政机关主动公开信息，全市共收到申请35件。", "aggregate"),
        ("沙湾市人民政府2024年政府信息公开工作年度报告", "全市各部门、各乡镇共收到申请35件。", "aggregate"),
        ("沙湾市2024年政府信息公开工作年度报告（汇总）", "收到申请35件。", "aggregate"),
        ("沙湾市人民政府办公室2024年政府信息公开工作年度报告", "全市政务公开工作稳步推进。", "own"),
        ("沙湾市财政局2024年政府信息公开工作年度报告", "服务全市发展大局。", "own"),
        ("沙湾市金沟河镇2024年政府信息公开工作年度报告", "全镇、全市一盘棋。", "own"),
        ("沙湾市人民政府2024年政府信息公开工作年度报告", "本机关收到申请3件。", "own"),
    ],
)
def test_a_governments_own_report_is_told_from_the_aggregate_of_its_area(title: str, prose: str, scope: str) -> None:
    """By title, body and the words that count for a whole area."""
    assert paragraphs(title, "一、总体情况", prose).scope == scope


def test_dates_of_publication_and_signature_are_told_apart() -> None:
    """The page's label is the publication; the last name-and-date block is the signature, and stands in where no label is."""
    title = "沙湾市大泉乡2024年政府信息公开工作年度报告"
    both = paragraphs(
        title,
        "发布日期：2025-02-07 10:30 来源：沙湾市",
        "索引号：K45899617/2026-00206",
        "一、总体情况",
        "无。",
        "大泉乡人民政府",
        "二〇二五年一月二十二日",
    )
    assert (both.published_on, both.signed_on, both.index_number) == (date(2025, 2, 7), date(2025, 1, 22), "K45899617/2026-00206")
    alone = paragraphs(title, "一、总体情况", "无。", "大泉乡人民政府", "2025年1月22日")
    assert (alone.published_on, alone.signed_on) == (date(2025, 1, 22), date(2025, 1, 22))


def test_an_empty_label_does_not_swallow_the_next_one() -> None:
    """索引号： followed by 发布机构：… is an empty index number."""
    report = paragraphs("沙湾市大泉乡2024年政府信息公开工作年度报告", "索引号： 发布机构：沙湾市大泉乡", "一、总体情况", "无。")
    assert report.index_number is None


@pytest.mark.parametrize(
    "text",
    ["2025年1月22日", "2025-01-22", "2025/1/22", "2025.01.22", "二〇二五年一月二十二日", "2025 年 1 月 22 日", "２０２５年１月２２日"],
)
def test_a_date_is_read_in_every_spelling(text: str) -> None:
    """Digits, Chinese numerals, blanks, full width."""
    assert dates(text) == [date(2025, 1, 22)]
    assert is_only_date(text)


def test_an_impossible_date_is_none() -> None:
    """February has no 30th."""
    assert dates("2025年2月30日") == []


def test_the_period_names_its_year() -> None:
    """自2024年1月1日起至2024年12月31日止, with or without the second year."""
    assert period_year("统计期限自2024年1月1日起至2024年12月31日止") == 2024
    assert period_year("自 2024 年 1 月 1 日至 12 月 31 日") == 2024
    assert period_year("2024年3月1日至5月1日") is None


def page(heading: str, title: str, *, signer: str, year: int) -> Report:
    """A page headed by its column, whose article is no heading element, with a list of its neighbours in the column above it."""
    tables = "".join(as_html(block) for block in specimen(1).blocks if not isinstance(block, str))
    prose = f"<p>一、总体情况</p><p>统计期限自{year}年1月1日至{year}年12月31日。</p>{tables}<p>六、其他需要报告的事项</p><p>无。</p>"
    menu = "<li>沙湾市民政局2019年政府信息公开工作年度报告</li>"
    signature = f"<p>{signer}</p><p>{year + 1}年1月20日</p>"
    return read(Source(f"<h1>{heading}</h1><ul>{menu}</ul><div class=title>{title}</div>{prose}{signature}".encode()))


@pytest.mark.parametrize("heading", ["2022年政府信息公开年报", "2021年政府信息公开年报", "沙湾市2022年政府信息公开年报"])
def test_the_name_of_a_column_is_not_the_title_of_an_article_in_it(heading: str) -> None:
    """It names no body or another than the one that signs, and perhaps the year in which reports came out."""
    title = "沙湾市金沟河镇人民政府2021年政府信息公开工作年度报告"
    report = page(heading, title, signer="沙湾市金沟河镇人民政府", year=2021)
    assert (report.title, report.agency, report.year) == (title, "沙湾市金沟河镇人民政府", 2021)


def test_a_heading_without_a_body_stays_the_title_where_no_other_line_is_one() -> None:
    """The neighbours in the column are of other years."""
    report = page("2022年政府信息公开工作年度报告", "", signer="沙湾市教育局", year=2022)
    assert (report.title, report.agency, report.year) == ("2022年政府信息公开工作年度报告", "沙湾市教育局", 2022)
