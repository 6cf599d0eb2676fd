"""Figures are placed by label or not at all: damaged tables lose cells, never gain wrong ones."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from extract.document import Source
from extract.form import form
from extract.label import column_labels, row_labels
from extract.read import read
from extract.report import Report
from nianbao.demo.typeset import Box, Table
from tests.corpus.generate.html import page, table
from tests.corpus.generate.model import Specimen, specimen
from tests.corpus.generate.office import placed, width_of
from tests.damage import HONEST, damaged, lost_figure, swapped_headers, wrong


def with_tables(model: Specimen, *tables: Table | str) -> Report:
    """What is read where these stand in the place of the report's tables."""
    drawn = iter(tables)
    blocks = [block if isinstance(block, str) else next(drawn) for block in model.blocks]
    body = "".join(f"<p>{b}</p>" if isinstance(b, str) and not b.startswith("<") else b if isinstance(b, str) else table(b) for b in blocks)
    return read(Source(f"<html><body>{body}</body></html>".encode()))


@pytest.mark.parametrize("kind", [*HONEST, lost_figure], ids=lambda kind: kind.__name__)
def test_no_careless_span_label_or_cell_makes_a_wrong_figure(kind: object) -> None:
    """A colspan or rowspan one off, a label lost, empty or misspelt, a cell too many: cells may be unread, none is wrong."""
    for seed in range(12):
        rng = random.Random(seed)
        model = specimen(seed, rng.choice(("v2021", "v2019")))
        blocks = tuple(b if isinstance(b, str) else damaged(b, rng, (kind,)) for b in model.blocks)  # type: ignore[arg-type]  # a kind of damage
        assert wrong(model, read(Source(page(replace(model, blocks=blocks)).encode()))) == [], seed


def test_a_header_that_lies_about_its_columns_is_not_believed() -> None:
    """Two header cells exchanged: the rows do not add up under it, so nothing under it is read."""
    for seed in range(10):
        rng = random.Random(seed)
        model = specimen(seed)
        blocks = tuple(
            swapped_headers(b, rng) if not isinstance(b, str) and b[-1][-1].key and b[-1][-1].key[0] == "requests" else b
            for b in model.blocks
        )
        assert wrong(model, read(Source(page(replace(model, blocks=blocks)).encode()))) == [], seed


def test_cells_of_a_row_may_span_other_columns_than_its_header() -> None:
    """The header spans 1, 2, 1 columns and the figures 2, 1, 1: each figure overlaps its own header and stands in its order."""
    model = specimen(3, "v2019")
    second, third, fourth = (b for b in model.blocks if not isinstance(b, str))
    wide = [
        row if row[0].text != "行政许可" else [row[0], replace(row[1], colspan=1), replace(row[2], colspan=2), row[3]] for row in second
    ]
    wide = [row if row[0].text != "信息内容" or len(row) < 4 else [row[0], row[1], row[2], row[3]] for row in wide]
    report = with_tables(model, wide, third, fourth)
    assert wrong(model, report) == []


def test_rows_that_the_form_does_not_have_are_kept_under_their_own_label() -> None:
    """行政检查 stands below its neighbours in the figures, under a code that says where, and lowers nothing."""
    model = specimen(4, "v2019")
    second, third, fourth = (b for b in model.blocks if not isinstance(b, str))
    at = next(n for n, row in enumerate(second) if row[0].text == "其他对外管理服务事项") + 1
    longer = [*second[:at], [Box("行政检查"), Box("3"), Box("0"), Box("44")], *second[at:]]
    report = with_tables(model, longer, third, fourth)
    extra = {f.column_code: f.raw for f in report.figures if f.row_code == "disclosure.行政检查"}
    assert extra == {"items_prev_year": "3", "items_change": "0", "decisions": "44"}
    assert report.status == "read"


def test_a_second_copy_of_a_table_adds_nothing_and_a_different_one_is_told() -> None:
    """The first table stands; what differs is a problem, not a figure."""
    model, other = specimen(5), specimen(6)
    second, third, fourth = (b for b in model.blocks if not isinstance(b, str))
    fourths = [b for b in other.blocks if not isinstance(b, str)][2]
    same = with_tables(model, second, third, table(fourth) + table(fourth))
    assert (len(same.figures), same.problems) == (200, ())
    differing = with_tables(model, second, third, table(fourth) + table(fourths))
    assert wrong(model, differing) == []
    assert [p.code for p in differing.problems] == ["table_repeated"]


def test_table_four_may_stand_upright() -> None:
    """Three rows under five outcomes are the same fifteen figures."""
    model = specimen(7)
    second, third, _ = (b for b in model.blocks if not isinstance(b, str))
    rows = (("行政复议", "review"), ("未经复议直接起诉", "litigation_direct"), ("复议后起诉", "litigation_after_review"))
    outcomes = (("结果维持", "upheld"), ("结果纠正", "corrected"), ("其他结果", "other"), ("尚未审结", "pending"), ("总计", "total"))
    upright: Table = [[Box(""), *(Box(text) for text, _ in outcomes)]]
    for label, code in rows:
        keys = [("challenges", f"challenges.{code}", column) for _, column in outcomes]
        upright.append([Box(label), *(Box(model.expected[key], key=key) for key in keys)])
    report = with_tables(model, second, third, upright)
    assert wrong(model, report) == []
    assert sum(f.table_code == "challenges" for f in report.figures) == 15


def test_the_edition_is_found_for_each_table_by_its_labels() -> None:
    """A v2021 table 2 beside a v2019 table 3, in a report on 2024: both are what they are."""
    new, old = specimen(8, "v2021"), specimen(9, "v2019")
    second = next(b for b in new.blocks if not isinstance(b, str))
    _, third, fourth = (b for b in old.blocks if not isinstance(b, str))
    report = with_tables(new, second, third, fourth)
    assert {t.table_code: t.edition for t in report.tables} == {"disclosure": "v2021", "requests": "v2019", "challenges": "v2019"}
    assert report.edition == "v2019"


def test_a_unit_in_the_header_holds_where_the_cell_prints_none() -> None:
    """采购总金额（万元）: 251000元 in the cell goes before it."""
    model = specimen(10, "v2019")
    second, third, fourth = (b for b in model.blocks if not isinstance(b, str))
    headed = [[replace(b, text="采购总金额（万元）") if b.text == "采购总金额" else b for b in row] for row in second]
    key = ("disclosure", "disclosure.procurement", "procurement_amount")
    units = {}
    for text in ("12.5", "251000元"):
        drawn = [[replace(b, text=text) if b.key == key else b for b in row] for row in headed]
        report = with_tables(model, drawn, third, fourth)
        units[text] = next(f.unit for f in report.figures if (f.table_code, f.row_code, f.column_code) == key)
    assert units == {"12.5": "万元", "251000元": "元"}


def test_a_blank_row_below_table_four_takes_nothing_back() -> None:
    """Empty cells, or words of the page caught under the table, are no second figures."""
    model = specimen(11)
    second, third, fourth = (b for b in model.blocks if not isinstance(b, str))
    for last in ([Box("") for _ in range(15)], [Box("注：以上为全年数据"), *(Box("") for _ in range(14))]):
        report = with_tables(model, second, third, [*fourth, last])
        assert (report.status, wrong(model, report), len(report.figures)) == ("read", [], 200)


def test_no_label_of_the_form_is_ascii() -> None:
    """Figures are told from labels by that alone, before any comparison."""
    axes = [labels(table) for table in form().tables for labels in (row_labels, column_labels)]
    assert not [label for axis in axes for label in (*axis.exact, *axis.alias, *axis.bare) if label.isascii()]


def test_a_number_is_never_compared_with_labels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Most cells are numbers, new in each report; looking each up among all labels took half of the time once."""
    monkeypatch.setattr("extract.label._find", None)
    assert row_labels("requests").find("12345") == ()


@pytest.mark.parametrize("printed", ["行政复议 行政诉讼", "行政复议\n行政诉讼", "一、行政复议　　行政诉讼"])
def test_a_missing_border_between_review_and_litigation_loses_no_figure(printed: str) -> None:
    """Both in one cell over all fifteen columns: the groups of the litigation are named again below, the first five are reviews."""
    model = specimen(7)
    *tables, challenges = (block for block in model.blocks if not isinstance(block, str))
    merged = [[Box(printed, colspan=15)], *challenges[1:]]
    report = with_tables(model, *tables, merged)
    assert report.status == "read"
    assert {(f.table_code, f.row_code, f.column_code): f.raw for f in report.figures} == model.expected


def test_five_columns_below_an_unknown_group_are_not_reviews() -> None:
    """Another word in that cell, and nobody knows what the columns are."""
    model = specimen(7)
    *tables, challenges = (block for block in model.blocks if not isinstance(block, str))
    report = with_tables(model, *tables, [[Box("行政裁决 行政诉讼", colspan=15)], *challenges[1:]])
    assert not [f for f in report.figures if f.row_code == "challenges.review" and f.state == "number"]
    assert not wrong(model, report)


def unmerged(table: Table) -> Table:
    """The boxes that stood in several slots in the first of these, blank ones in the others."""
    rows: Table = [[Box("")] * width_of(table) for _ in table]
    for line in placed(table):
        for row, column, box in line:
            rows[row][column] = replace(box, rowspan=1, colspan=1)
    return rows


@pytest.mark.parametrize("edition", ["v2019", "v2021"])
def test_cells_that_were_once_merged_and_are_blank_now_shift_no_figure(edition: str) -> None:
    """Groups named in the first of their columns, columns named before blank ones."""
    model = specimen(11, edition)
    report = with_tables(model, *(unmerged(block) for block in model.blocks if not isinstance(block, str)))
    assert {(f.table_code, f.row_code, f.column_code): f.raw for f in report.figures} == model.expected
    assert report.status == "read"


def test_a_figure_in_the_blank_column_beside_its_own_is_not_read() -> None:
    """Nobody knows whether it is that of the column named before."""
    model = specimen(11, "v2021")
    second, third, fourth = (unmerged(b) for b in model.blocks if not isinstance(b, str))
    second = [[*row[:2], Box(""), *row[2:]] for row in second]
    second = [[row[0], row[2], row[1], *row[3:]] if row[0].text == "规章" else row for row in second]
    report = with_tables(model, second, third, fourth)
    figure = next(f for f in report.figures if (f.row_code, f.column_code) == ("disclosure.rules", "issued"))
    assert figure.state == "unreadable"
    assert wrong(model, report) == []


def test_equal_figures_under_a_header_that_lost_its_spans_are_not_placed() -> None:
    """Three zeros stand under three words, twelve other cells under none: they need not be the three that the words say."""
    model = specimen(11)
    *tables, challenges = (block for block in model.blocks if not isinstance(block, str))
    bare = [[replace(box, colspan=1) for box in row] for row in challenges]
    values = [replace(box, text=str(int(5 < n < 9))) for n, box in enumerate(challenges[-1])]
    report = with_tables(model, *tables, [*bare[:-1], values])
    assert not [f for f in report.figures if f.table_code == "challenges" and f.state == "number"]


def test_a_long_table_two_names_each_row_once_or_every_time() -> None:
    """规章 before the first of its three figures, over blank cells; a column misspelt."""
    rows = [["条款", "信息内容", "指标", "数量"], ["第二十条第（一）项", "规章", "本年制发件数", "3"], ["", "", "本年废止废件数", "1"]]
    rows += [["", "", "现行有效件数", "2"], ["", "行政规范性文件", "本年制发件数", "5"], ["", "", "本年废止件数", "0"]]
    rows += [["", "", "现行有效件数", "7"]]
    model = specimen(11, "v2021")
    _, third, fourth = (block for block in model.blocks if not isinstance(block, str))
    report = with_tables(model, [[Box(text) for text in row] for row in rows], third, fourth)
    found = [(f.row_code[11:], f.column_code, f.raw) for f in report.figures if f.table_code == "disclosure"]
    assert found == [
        *(("rules", "issued", "3"), ("rules", "repealed", "1"), ("rules", "in_force", "2")),
        *(("normative_documents", "issued", "5"), ("normative_documents", "repealed", "0"), ("normative_documents", "in_force", "7")),
    ]


@pytest.mark.parametrize(
    ("remark", "state"), [("", "number"), ("无", "number"), ("见说明", "number"), ("-12.5%", "number"), ("4", "unreadable")]
)
def test_a_column_for_remarks_behind_the_figures_shifts_none(remark: str, state: str) -> None:
    """Words there are no figures; a number there may be the total of a row that has a cell too many."""
    model = specimen(11)
    second, third, fourth = (block for block in model.blocks if not isinstance(block, str))
    third = [[*row, Box("备注", rowspan=3)] if n == 0 else [*row, Box(remark)] if n > 2 else row for n, row in enumerate(third)]
    report = with_tables(model, second, third, fourth)
    assert {f.state for f in report.figures if f.row_code == "requests.new"} == {state}
    assert wrong(model, report) == []


def test_a_dash_behind_figures_that_are_dashes_too_may_be_one_of_them() -> None:
    """A cell too many before them pushes the last into the column for remarks."""
    model = specimen(11)
    second, third, fourth = (block for block in model.blocks if not isinstance(block, str))
    third = [[*row, Box("备注", rowspan=3)] if n == 0 else row for n, row in enumerate(third)]
    dashed = [replace(box, text="/") if box.key else box for box in third[3]]
    report = with_tables(model, second, [*third[:3], [dashed[0], Box("7"), *dashed[1:]], *third[4:]], fourth)
    assert {f.state for f in report.figures if f.row_code == "requests.new"} == {"unreadable"}


def test_a_label_of_the_header_in_the_place_of_a_figure_says_that_the_row_slid() -> None:
    """结果纠正 reaches one row too far and the row lacks a cell: fifteen cells, and none under its own word."""
    model = specimen(11)
    *tables, challenges = (block for block in model.blocks if not isinstance(block, str))
    tall = [replace(box, rowspan=3) if box.text == "结果纠正" and box.rowspan == 2 else box for box in challenges[1]]
    report = with_tables(model, *tables, [challenges[0], tall, challenges[2], challenges[3][:-1]])
    assert {f.state for f in report.figures if f.table_code == "challenges"} == {"unreadable"}
