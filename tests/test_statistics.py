# ruff: noqa: D103
"""Reports before 2019: their statistics tables are read under codes of their own, however they are laid out, and nothing else is."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from extract.document import Source
from extract.read import read
from extract.report import Report

PROSE = (
    "<p>根据《中华人民共和国政府信息公开条例》编制本报告。全年召开会议，开展培训，政府信息公开工作取得新的进展，各项任务按时完成。</p>" * 4
)
SIGNED = "<p>榕城区教育局</p><p>2017年3月2日</p>"
ROWS = (
    ("一、主动公开情况", "——", ""),
    ("（一）主动公开政府信息数（不同渠道和方式公开相同信息计1条）", "条", "120"),
    ("其中：主动公开规范性文件数", "条", ""),
    ("制发规范性文件总数", "件", "0"),
    ("2.政府网站公开政府信息数", "条", "115"),
    ("（一）收到申请数", "件", "7"),
    ("1.当面申请数", "件", "3"),
    ("四、行政复议数量", "件", "2"),
    ("（二）被依法纠错数", "件", "1"),
    ("五、行政诉讼数量", "件", "4"),
    ("（二）被依法纠错数", "件", "3"),
    ("七、依申请公开信息收取的费用", "万元", "0.35"),
)
HEAD = ("统 计 指 标", "单位", "统 计 数")
VALUES = {
    "stat2014.proactive.items": "120",
    "stat2014.proactive.items.normative": None,
    "stat2014.proactive.normative_issued": "0",
    "stat2014.proactive.channel.website": "115",
    "stat2014.requests.received": "7",
    "stat2014.requests.received.in_person": "3",
    "stat2014.review": "2",
    "stat2014.review.corrected": "1",
    "stat2014.litigation": "4",
    "stat2014.litigation.corrected": "3",
    "stat2014.request_fees": "0.35",
}


def table(*rows: Sequence[str]) -> str:
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _spaced(row: Sequence[str]) -> str:
    return " ".join(row)


def report(body: str, year: int = 2016) -> Report:
    title = f"榕城区教育局{year}年政府信息公开工作年度报告"
    page = f"<html><head><meta charset=utf-8></head><body><p>{title}</p><p>一、概述</p>{PROSE}{body}{SIGNED}</body></html>"
    return read(Source(page.encode()), ocr=False)


def values(body: str, year: int = 2016) -> dict[str, str | None]:
    return {f.row_code: None if f.value is None else str(f.value) for f in report(body, year).figures if f.state != "unreadable"}


def test_a_statistics_table_is_read_under_its_own_codes() -> None:
    found = report(table(HEAD, *ROWS))
    assert (found.status, found.edition, found.year) == ("read", "v2014", 2016)
    assert values(table(HEAD, *ROWS)) == VALUES


@pytest.mark.parametrize(
    "body",
    [
        table(*(row[::2] for row in (HEAD, *ROWS))),
        table(*((*row, "") for row in ((*HEAD[:2], HEAD[2]), *ROWS))),
        table(("序号", *HEAD), *((str(n), *row) for n, row in enumerate(ROWS, 1))),
        table((*HEAD[:2], "代码", HEAD[2]), *((*row[:2], f"{n:02}", row[2]) for n, row in enumerate(ROWS, 1))),
        table((*HEAD[:2], "2015年", "2016年"), *((*row[:2], "9", row[2]) for row in ROWS)),
        table(HEAD, *ROWS[:5]) + table(*ROWS[5:]),
        table((*HEAD, *HEAD), *((*one, *other) for one, other in zip(ROWS[:6], ROWS[6:], strict=True))),
        table(HEAD, *ROWS, ("单位负责人：张三　联系电话：0591-23881234　填报日期：2017年1月5日",)),
    ],
    ids=["no unit", "remarks", "numbers of rows", "codes", "two years", "two pieces", "side by side", "footer"],
)
def test_it_is_read_however_it_is_laid_out(body: str) -> None:
    assert values(body) == VALUES


def test_it_is_read_where_it_was_pasted_as_paragraphs() -> None:
    pasted = "".join(f"<p>{_spaced(row)}</p>" for row in (HEAD, *ROWS))
    assert values(pasted) == VALUES


def test_two_columns_of_numbers_that_no_header_names_are_not_read() -> None:
    found = report(table(*((*row[:2], "9", row[2]) for row in ROWS)))
    assert not [figure for figure in found.figures if figure.value is not None]


def test_a_row_said_twice_with_two_numbers_is_believed_neither_time() -> None:
    twice = values(table(HEAD, *ROWS, ("1.当面申请数", "件", "8")))
    assert "stat2014.requests.received.in_person" not in twice
    assert twice["stat2014.requests.received"] == "7"


@pytest.mark.parametrize("label", ["历年累计主动公开政府信息数", "上年主动公开政府信息数", "主动公开政府信息率"])
def test_a_row_of_another_time_or_a_rate_is_not_taken_for_the_one_it_is_like(label: str) -> None:
    rows = [row for row in ROWS if "主动公开政府信息数" not in row[0]]
    assert "stat2014.proactive.items" not in values(table(HEAD, (label, "条", "9999"), *rows))


def test_figures_of_the_prose_are_none_of_the_table() -> None:
    told = "<p>全年收到申请数9件，当面申请数9件，网络申请数9件，信函申请数9件，传真申请数9件，行政复议数量9件。</p>"
    assert not report(told).figures
    pasted = "".join(f"<p>{_spaced(row)}</p>" for row in (HEAD, *ROWS)) + "<p>以上数据属实。</p>"
    assert values(pasted + told) == VALUES


def test_a_table_like_it_in_a_report_of_the_form_is_not_taken_for_it() -> None:
    found = report(table(HEAD, *ROWS), 2022)
    assert (found.status, found.figures) == ("unreadable", ())


def test_digits_run_together_are_split_only_where_this_year_is_not_more_than_all_years() -> None:
    rows = [("主动公开文件数", "条", "59"), ("1.当面申请数", "条", "00"), ("2.网上申请数", "条", "10"), ("行政复议数", "件", "11")]
    rows += [("同意公开答复数", "条", "00"), ("行政诉讼数", "件", "00")]
    run = "指标名称计量单位2016年度历年累计" + "".join(map("".join, rows))
    found = {(f.row_code, f.column_code): f.value for f in report(f"<p>{run}</p>").figures}
    assert found["stat2008.proactive.items", "value"] == Decimal(5)
    assert found["stat2008.proactive.items", "cumulative"] == Decimal(9)
    assert found["stat2008.requests.received.online", "value"] is None


def test_a_free_report_before_the_form_is_read_whatever_its_headings() -> None:
    headed = "<p>二、主动公开政府信息情况</p><p>全年公开信息12条。</p><p>三、收到和处理政府信息公开申请情况</p><p>未收到申请。</p>"
    assert report(headed, 2012).status == "read"
    assert report(headed, 2022).status == "unreadable"


@pytest.mark.parametrize("named", ["附件：政府信息公开情况统计表", "详见政府信息公开情况统计表。", "统计指标", "指标名称 计量单位"])
def test_a_statistics_table_that_is_only_named_is_said_to_be_missing(named: str) -> None:
    found = report(f"<p>{named}</p>")
    assert (found.status, [problem.code for problem in found.problems]) == ("partial", ["statistics_not_found"])
