"""Numbers in the prose, operands of rules, and rows of plain text laid out with tabs."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extract.align import Alignment, align
from extract.document import Document, Place, Problem, Source
from extract.lost import grids as lost
from extract.narrative import claims, sections
from extract.opinions import reconcile
from extract.read import read
from extract.report import Figure, TableSeen
from extract.text_tables import grids as drawn
from nianbao.demo.typeset import Table
from tests.corpus.generate.model import specimen


def stated(sentence: str) -> list[tuple[str, str, bool]]:
    """(code, value, approximate) of what a sentence of section one states."""
    return [(c.code, str(c.value), c.approximate) for c in claims(sections(["一、总体情况", sentence]))]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("没有收到政府信息公开申请。", [("claim.requests_received", "0", False)]),
        ("收到政府信息公开申请共计 1 2 件。", [("claim.requests_received", "12", False)]),
        ("答复率达到98.5%。", [("claim.rate", "98.5", False)]),
        ("满意度均达到95%以上。", [("claim.rate", "95", True)]),
        ("主动公开政府信息300条以上。", [("claim.proactive_items", "300", True)]),
        ("主动公开政府信息近300条。", [("claim.proactive_items", "300", True)]),
        ("主动公开政府信息1.2万条。", [("claim.proactive_items", "12000.0", False)]),
    ],
)
def test_a_number_of_the_prose_is_read_with_what_limits_it(sentence: str, expected: list[tuple[str, str, bool]]) -> None:
    """Reached is not about; at least, nearly and above are; blanks may stand between digits."""
    assert stated(sentence) == expected


def tabbed(table: Table) -> str:
    """The printed boxes of a table, a tab between two."""
    return "\n".join("\t".join(box.text for box in row) for row in table)


@pytest.mark.parametrize("edition", ["v2019", "v2021"])
def test_a_text_with_a_tab_between_cells_is_read_whole(edition: str) -> None:
    """Blank cells included: two tabs in a row hold one."""
    model = specimen(5, edition)
    text = "\n".join([model.title, *(block if isinstance(block, str) else tabbed(block) for block in model.blocks)])
    report = read(Source(text.encode(), "report.txt"))
    assert report.status == "read"
    assert {(f.table_code, f.row_code, f.column_code): f.raw for f in report.figures} == model.expected


def test_operands_of_findings_are_plain_numbers() -> None:
    """Whoever compares them in SQL needs no parsing."""
    model = specimen(5)
    text = "\n".join([model.title, *(block if isinstance(block, str) else tabbed(block) for block in model.blocks)])
    rules = ("T3.balance", "T3.row_total", "T4.total", "ALL.non_negative", "M.overview_length", "M.year")
    found = [f for f in read(Source(text.encode(), "report.txt")).findings if f.rule in rules]
    assert {f.rule for f in found} >= {"T3.balance", "ALL.non_negative", "M.year"}
    assert all(operand is None or operand.lstrip("-").replace(".", "").isdecimal() for f in found for operand in (f.expected, f.actual))


def test_a_table_that_the_second_reader_saw_whole_is_not_cut_short() -> None:
    """Cells lost at a page break by one reader and found by the other are not missing."""
    place = Place(1, 0, 0)
    figure = Figure("challenges", "challenges.review", "total", Decimal(0), "件", "number", "0", place, "pdf")
    lost = Problem("table_incomplete", "政府信息公开行政复议、行政诉讼情况: cells of the table are missing", place)
    first = Alignment({}, [TableSeen("challenges", "v2021", complete=False)], [], [lost])
    second = Alignment({("challenges", "challenges.review", "total"): figure}, [TableSeen("challenges", "v2021", complete=True)])
    both = reconcile(first, second)
    assert [table.complete for table in both.tables] == [True]
    assert [problem.code for problem in both.problems] == ["second_reader"]


PARTS = {
    "s1.proactive": ("主动公开", "及时更新各栏目，发布信息120条。"),
    "s1.on_request": ("依申请公开", "全年收到申请3件，均按期答复。"),
    "s1.management": ("政府信息管理", "严格审核，先审后发。"),
    "s1.platform": ("平台建设", "依托门户网站集中发布。"),
    "s1.oversight": ("监督保障", "开展培训2次。"),
}


@pytest.mark.parametrize(
    "heading",
    ["（一）{}情况。{}", "（一）{}情况\n{}", "1.{}情况。{}", "1、{}\n{}", "{}。{}", "{}情况：{}", "{}方面，{}", "{}情况 {}", "{}情况\n{}"],
)
def test_the_parts_of_section_one_are_found_however_they_are_headed(heading: str) -> None:
    """Numbered in either way or not at all, on a line of their own or run in with their text."""
    lines = [line for words in PARTS.values() for line in heading.format(*words).split("\n")]
    found = {section.code: section.text for section in sections(["一、总体情况", "现公布本年度报告。", *lines, "二、主动公开政府信息情况"])}
    assert {code: text for code, text in found.items() if code and code.startswith("s1.")} == {c: text for c, (_, text) in PARTS.items()}


def test_a_sentence_that_begins_like_a_heading_is_none() -> None:
    """One such beginning, or items inside a numbered part, head nothing."""
    alone = sections(["一、总体情况", "主动公开，是政务服务的要求。", "全年收到申请3件。"])
    assert [section.code for section in alone] == ["s1_overview"]
    inner = sections(
        ["一、总体情况", "（一）主动公开情况", "1.平台建设。更新网站。", "2.监督保障。开展培训。", "（二）依申请公开情况", "无。"]
    )
    assert [section.code for section in inner] == ["s1_overview", "s1.proactive", "s1.on_request"]


NARROW = """
┌────┬─────────┐
│项目│ 申请人  │
│    ├────┬────┤
│数量│ 甲 │ 乙 │
├────┼────┼────┤
│ 新 │ 1  │ 20 │
│ 收 │    │    │
└────┴────┴────┘
"""
WIDE = """
┏━━┳━━━━━┓
┃项目┃申请人    ┃
┃数量┣━━┳━━┫
┃    ┃甲  ┃乙  ┃
┣━━╋━━╋━━┫
┃新  ┃1   ┃20  ┃
┃收  ┃    ┃    ┃
┗━━┻━━┻━━┛
"""
ASCII = """
+----+---------+
|项目| 申请人  |
|数量+----+----+
|    |甲  |乙  |
+====+====+====+
|新  |1   |20  |
|收  |    |    |
+----+----+----+
"""


def texts(text: str) -> list[list[tuple[str, int, int]]]:
    """The cells of each row of the first table drawn in a text, each once, with its spans."""
    rows: dict[int | None, list[tuple[str, int, int]]] = {}
    for cell in drawn(text)[0].cells():
        rows.setdefault(cell.place.row_no, []).append((cell.text, cell.rowspan, cell.colspan))
    return list(rows.values())


def test_boxes_of_line_characters_are_read_with_their_merged_cells() -> None:
    """A terminal that gives the lines one column and one that gives them two; ASCII; a label over two lines is one."""
    rows = [[("项目\n数量", 2, 1), ("申请人", 1, 2)], [("甲", 1, 1), ("乙", 1, 1)], [("新\n收", 1, 1), ("1", 1, 1), ("20", 1, 1)]]
    for text in (NARROW, WIDE, ASCII):
        assert texts(text) == rows


def test_lines_of_boxes_that_do_not_meet_are_cut_at_their_bars() -> None:
    """A font whose letters are not as wide as a terminal's moves the bars."""
    text = "┌───┬───┬───┐\n│规章标题│ 1 │ 2 │\n├───┼───┼───┤\n│规│ 3 │ 4 │\n└───┴───┴───┘"
    assert texts(text) == [[("规章标题", 1, 1), ("1", 1, 1), ("2", 1, 1)], [("规", 1, 1), ("3", 1, 1), ("4", 1, 1)]]


def test_a_row_without_the_cells_that_its_tabs_should_part_is_not_guessed_at() -> None:
    """Two figures under three columns may be any two of them."""
    text = "信息内容\t本年制发件数\t本年废止件数\t现行有效件数\n规章\t1\t2\t3\n行政规范性文件\t4\t5"
    figures = align(Document("text", tuple(drawn(text)))).figures
    assert [(figure.state, figure.value) for figure in figures.values()] == [("number", n) for n in (1, 2, 3)] + [("unreadable", None)] * 3


@pytest.mark.parametrize("behind", ["", " ;", " 无 ;"])
def test_the_number_of_the_next_label_is_no_figure_of_the_row_before_it(behind: str) -> None:
    """`二,` behind a row that left two figures blank does not make it seven again."""
    header = "申请人情况\n自然人 法人或其他组织 总计\n商业企业 科研机构 社会公益组织 法律服务机构 其他\n"
    rows = f"一,本年新收政府信息公开申请数量 79 12 1 1039 1131{behind}\n二,上年结转政府信息公开申请数量 0 0 0 0 0 0 0\n"
    rows += "（一）予以公开 5 0 0 0 0 0 5\n"
    figures = align(Document("text", tuple(lost(header + rows)))).figures.values()
    assert {figure.state for figure in figures if figure.row_code == "requests.new"} == {"unreadable"}
    assert {figure.state for figure in figures if figure.row_code == "requests.carried_in"} == {"number"}
