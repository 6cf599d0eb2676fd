"""Ways to print the form that no editor was told to use: what a person reads there without doubt is read, and nothing else."""

from __future__ import annotations

import html
from dataclasses import replace

import pytest

from extract.document import Source
from extract.form import form
from extract.read import read
from extract.report import Report
from nianbao.demo.typeset import Box, Table, as_html, challenges_table
from tests.accuracy import said, same
from tests.corpus.generate.model import Specimen, retext, specimen

MODEL = specimen(61)
OTHER = specimen(62)
OUTCOMES = [c.code for c in form().columns_of("challenges")]


def drawn(model: Specimen, **tables: str) -> str:
    """The report as markup; `tables` replaces those of the form by their codes."""
    codes = iter(("disclosure", "requests", "challenges"))
    parts = []
    for block in model.blocks:
        if isinstance(block, str):
            parts.append(f"<p>{html.escape(block)}</p>")
        else:
            code = next(codes)
            parts.append(tables.get(code, as_html(block)))
    return "".join(parts)


def reading(markup: str) -> Report:
    """What is read from a page of that body."""
    return read(Source(f"<html><body>{markup}</body></html>".encode()))


def differences(report: Report, model: Specimen) -> dict[str, tuple[str, str | None]]:
    """Cells that do not say what is printed: (printed, read)."""
    found = {f"{f.row_code} × {f.column_code}": said(f) for f in report.figures if f.match != "extra"}
    wanted = {f"{row} × {column}": text for (_, row, column), text in model.expected.items()}
    lost = {key: (text, found.get(key)) for key, text in wanted.items() if key not in found or not same(found[key], text)}
    return lost | {key: ("", text) for key, text in found.items() if key not in wanted}


def only_tables(model: Specimen) -> str:
    """The three tables alone."""
    return "".join(as_html(block) for block in model.blocks if not isinstance(block, str))


@pytest.mark.parametrize(
    ("sheet", "attributes"),
    [
        (".no-show{display:none}", 'class="no-show"'),
        ("#wap { color: red; display : none !important }", 'id="wap"'),
        ("@media screen { .m .copy{visibility:hidden} }", 'class="copy"'),
        ("@media print{.copy{display:block}} /* .x{} */ div.copy{display:none;}", 'class="copy"'),
    ],
)
def test_what_a_style_sheet_hides_is_no_part_of_the_page(sheet: str, attributes: str) -> None:
    """Another report in an element that the page's own style sheet hides gives no figure."""
    page = f'<style>{sheet}</style><div class="m"><div {attributes}>{only_tables(OTHER)}</div></div>{drawn(MODEL)}'
    assert differences(reading(page), MODEL) == {}


@pytest.mark.parametrize(
    "sheet",
    ["@media print{.copy{display:none}}", ".copy{display:none} .copy.on{display:block}", ".copy:hover{display:none}", ".copy{display:none"],
)
def test_what_a_style_sheet_shows_after_all_is_read(sheet: str) -> None:
    """Rules for paper, for states, taken back, or broken, hide nothing."""
    page = f'<style>{sheet}</style><div class="copy on">{drawn(MODEL)}</div>'
    assert differences(reading(page), MODEL) == {}


@pytest.mark.parametrize(
    "style",
    [
        *("display:  none", "Display:none", "color:red;display\t:none !important", "VISIBILITY: Hidden", "visibility :collapse"),
        *("dIsPlAy:none", "display:none!important;display:block", "display:block;display:none", "/**/display:none"),
    ],
)
def test_a_copy_that_its_own_style_hides_is_not_read_however_that_is_spelt(style: str) -> None:
    """Blanks and capitals do not matter in a style."""
    hidden = f'<div style="{style}"><div hidden style="display:none">{only_tables(OTHER)}</div>{only_tables(OTHER)}</div>'
    assert differences(reading(hidden + drawn(MODEL)), MODEL) == {}


@pytest.mark.parametrize(
    "style",
    [
        *("display:none; display:block", "display:block !important; display:none", "visibility:hidden;visibility:visible"),
        *("display:none\\9", "/*display:none*/color:red", "background:url(display:none)"),
    ],
)
def test_what_a_style_says_last_or_more_weightily_counts(style: str) -> None:
    """Taken back, in a comment, meant for one old browser: the report is shown, and not the one below it."""
    assert differences(reading(f'<div style="{style}">{drawn(MODEL)}</div>{only_tables(OTHER)}'), MODEL) == {}


def test_a_hidden_copy_is_not_asked_where_the_labels_shown_hold_zero_width_characters() -> None:
    """The tables shown are those of the page, however their labels are spelt."""
    shown = drawn(MODEL)
    for word in ("自然人", "结果维持", "信息内容"):
        shown = shown.replace(word, "\u200b".join(word))
    assert differences(reading(f'<div style="display:none">{only_tables(OTHER)}</div>{shown}'), MODEL) == {}


def test_tables_printed_without_table_elements_are_not_taken_from_a_comment() -> None:
    """A page that prints the form as lines of words shows it; what stands in its comments is another matter."""
    words = "".join(f"<p>{' '.join(box.text for box in row)}</p>" for b in MODEL.blocks if not isinstance(b, str) for row in b)
    report = reading(f"<!--{only_tables(OTHER)}--><p>{MODEL.title}</p>{words}")
    assert all(said(f) in ("?", MODEL.expected.get((f.table_code, f.row_code, f.column_code))) for f in report.figures)


@pytest.mark.parametrize("lost", ["disclosure", "requests", "challenges"])
def test_a_table_missing_in_the_first_report_is_not_taken_from_the_second(lost: str) -> None:
    """Last year's report below this year's, or another body's: its tables are told, not read."""
    report = reading(drawn(MODEL, **{lost: "<p>（略）</p>"}) + f"<h2>{OTHER.title}</h2>" + only_tables(OTHER))
    assert lost not in {f.table_code for f in report.figures}
    assert {"table_repeated", "table_not_found"} <= {problem.code for problem in report.problems}


def test_a_row_missing_in_the_first_report_is_not_taken_from_the_second() -> None:
    """Nor does a row that this year's table lacks come from last year's."""
    rows = next(b for b in MODEL.blocks if not isinstance(b, str) and b[-1][-1].key and b[-1][-1].key[0] == "requests")
    report = reading(drawn(MODEL, requests=as_html(rows[:-1])) + only_tables(OTHER))
    assert "requests.carried_out" not in {f.row_code for f in report.figures}


def _groups(model: Specimen) -> list[list[Box]]:
    row = challenges_table({key: model.expected[key] for key in model.expected if key[0] == "challenges"})[-1]
    return [row[0:5], row[5:10], row[10:15]]


def _labels() -> list[Box]:
    return [Box(c.zh) for c in form().columns_of("challenges")]


def challenges_apart(model: Specimen) -> list[Table]:
    """Table 4 as three tables, one a group."""
    review, direct, after = _groups(model)
    return [
        [[Box("行政复议", colspan=5)], _labels(), review],
        [[Box("行政诉讼", colspan=5)], [Box("未经复议直接起诉", colspan=5)], _labels(), direct],
        [[Box("复议后起诉", colspan=5)], _labels(), after],
    ]


def challenges_in_two(model: Specimen) -> list[Table]:
    """Table 4 as two tables, reviews and litigation."""
    review, direct, after = _groups(model)
    heads = [Box("未经复议直接起诉", colspan=5), Box("复议后起诉", colspan=5)]
    return [[[Box("行政复议", colspan=5)], _labels(), review], [[Box("行政诉讼", colspan=10)], heads, _labels() * 2, direct + after]]


def challenges_stacked(model: Specimen) -> list[Table]:
    """Table 4 as one table of three blocks, one below the other."""
    return [[row for piece in challenges_apart(model) for row in piece]]


def challenges_in_rows(model: Specimen) -> list[Table]:
    """Table 4 with a row for each group."""
    names = [row.zh for row in form().rows_of("challenges")]
    return [[[Box(""), *_labels()], *([Box(name), *group] for name, group in zip(names, _groups(model), strict=True))]]


@pytest.mark.parametrize("layout", [challenges_apart, challenges_in_two, challenges_stacked, challenges_in_rows])
@pytest.mark.parametrize("text", ["7", "", "—", "7件"])
def test_table_four_is_read_in_pieces_and_in_rows(layout: object, text: str) -> None:
    """Each group under its own header, or in its own row, whatever its cells say."""
    model = retext(MODEL, {key: text for key in MODEL.expected if key[0] == "challenges"}) if text != "7" else MODEL
    pieces = "".join(as_html(piece) for piece in layout(model))  # type: ignore[operator]  # one of the layouts above
    expected = replace(model, expected={key: {"—": "-"}.get(said_text, said_text) for key, said_text in model.expected.items()})
    assert differences(reading(drawn(model, challenges=pieces)), expected) == {}


def long_form(model: Specimen) -> Table:
    """Table 2 with one figure a row: block, row, column, figure."""
    f = form()
    table: Table = [[Box("条款"), Box("信息内容"), Box("指标"), Box("数量")]]
    for row in f.rows_of("disclosure", model.edition):
        columns = [c for c in row.columns.get(model.edition, ()) if ("disclosure", row.code, c) in model.expected]
        for i, code in enumerate(columns):
            key = ("disclosure", row.code, code)
            named = [Box(row.block or "", rowspan=len(columns)), Box(row.label(model.edition), rowspan=len(columns))] if i == 0 else []
            table.append([*named, Box(f.columns["disclosure", code].label(model.edition)), Box(model.expected[key], key=key)])
    return table


@pytest.mark.parametrize("edition", ["v2021", "v2019"])
def test_table_two_is_read_with_one_figure_a_row(edition: str) -> None:
    """The column's name stands beside the figure, and is no header of the row below."""
    for seed in range(6):
        model = specimen(seed, edition)
        blank = next(key for key in model.expected if key[0] == "disclosure")
        model = retext(model, {blank: ""})
        assert differences(reading(drawn(model, disclosure=as_html(long_form(model)))), model) == {}


def test_columns_are_known_with_their_group_before_them() -> None:
    """One header row: 法人或其他组织-商业企业."""
    rows = next(b for b in MODEL.blocks if not isinstance(b, str) and b[-1][-1].key and b[-1][-1].key[0] == "requests")
    header = [Box("项目", colspan=3), *(Box(f"{c.group_zh}-{c.zh}" if c.group_zh else c.zh) for c in form().columns_of("requests"))]
    assert differences(reading(drawn(MODEL, requests=as_html([header, *rows[3:]]))), MODEL) == {}


@pytest.mark.parametrize(
    ("column", "label"), [("总计", "总数"), ("本年制发件数", "本年度制发件数"), ("本年收费金额（单位：万元）", "收费金额（万元）")]
)
def test_other_words_for_a_column(column: str, label: str) -> None:
    """Columns are known by the words that editors use for them."""
    blocks = tuple(
        b if isinstance(b, str) else [[replace(x, text=label if x.text == column else x.text) for x in r] for r in b] for b in MODEL.blocks
    )
    assert differences(reading(drawn(replace(MODEL, blocks=blocks))), MODEL) == {}


def test_table_two_in_tables_of_its_own_is_read_to_its_last_block() -> None:
    """The block behind the fees, too, where each block is a table."""
    model = specimen(5, "v2019")
    whole = next(b for b in model.blocks if not isinstance(b, str))
    starts = [r for r, row in enumerate(whole) if row[0].text.startswith("第")]
    pieces = [whole[a:b] for a, b in zip(starts, [*starts[1:], len(whole)], strict=True)]
    assert differences(reading(drawn(model, disclosure="".join(map(as_html, pieces)))), model) == {}


def _row(texts: list[str], tags: tuple[str, str]) -> str:
    return f'<{tags[0]} class="row">' + "".join(f"<{tags[1]}>{html.escape(text)}</{tags[1]}>" for text in texts) + f"</{tags[0]}>"


def in_uneven_boxes(table: Table, tags: tuple[str, str]) -> str:
    """Each row a box of boxes; a cell that spans is one box."""
    return "<div>" + "".join(_row([box.text for box in row], tags) for row in table) + "</div>"


def in_css_grid(table: Table, tags: tuple[str, str]) -> str:
    """One box of cells, spans in their style."""
    width = max(sum(box.colspan for box in row) for row in table)
    cells = (
        f'<{tags[1]} style="grid-column: span {box.colspan}; grid-row:span {box.rowspan}"><div>{html.escape(box.text)}</div></{tags[1]}>'
        for row in table
        for box in row
    )
    return f'<{tags[0]} style="display:grid;grid-template-columns:repeat({width}, 1fr)">{"".join(cells)}</{tags[0]}>'


@pytest.mark.parametrize("draw", [in_uneven_boxes, in_css_grid])
@pytest.mark.parametrize("tags", [("div", "div"), ("ul", "li"), ("div", "span")])
@pytest.mark.parametrize("zero", ["0", "", "—"])
def test_tables_laid_out_with_boxes_keep_their_blank_cells(draw: object, tags: tuple[str, str], zero: str) -> None:
    """Divs, lists and CSS grids in place of table elements: a blank stays in its place."""
    for seed in (63, 64):
        model = retext(specimen(seed), {key: zero for key, text in specimen(seed).expected.items() if text == "0"})
        blocks = ["<p>" + html.escape(b) + "</p>" if isinstance(b, str) else draw(b, tags) for b in model.blocks]  # type: ignore[operator]  # one of the two above
        expected = replace(model, expected={key: {"—": "-"}.get(text, text) for key, text in model.expected.items()})
        assert (
            differences(reading("".join(blocks) + "".join(map(as_html, [b for b in OTHER.blocks if not isinstance(b, str)]))), expected)
            == {}
        )


def test_boxes_with_the_total_first_are_not_read_in_the_order_of_the_form() -> None:
    """Rows of boxes give the order of their columns only by their header."""
    rows = next(b for b in MODEL.blocks if not isinstance(b, str) and b[-1][-1].key and b[-1][-1].key[0] == "requests")
    turned = [[*row[:-7], row[-1], *row[-7:-1]] if len(row) > 7 and row[-1].key else row for row in rows[3:]]
    header = [[Box("项目"), Box("总数"), Box("自然人"), Box("法人或其他组织")], rows[2]]
    report = reading(drawn(MODEL, requests=in_uneven_boxes([*header, *turned], ("div", "div"))))
    assert all(f.state == "unreadable" for f in report.figures if f.table_code == "requests")


def test_a_header_whose_label_hides_another_is_not_believed() -> None:
    """自然人 without its rowspan: the organisations slide under it, and all columns are one off."""
    rows = next(b for b in MODEL.blocks if not isinstance(b, str) and b[-1][-1].key and b[-1][-1].key[0] == "requests")
    spoilt = [rows[0], [replace(rows[1][0], rowspan=1), *rows[1][1:]], [*rows[2][:-1], replace(rows[2][-1], colspan=2)], *rows[3:]]
    blank = retext(MODEL, {key: "" for key, text in MODEL.expected.items() if key[0] == "requests" and text == "0"})
    texts = {key: "" for key, text in MODEL.expected.items() if text == "0"}
    spoilt = [[replace(box, text=texts.get(box.key, box.text)) if box.key else box for box in row] for row in spoilt]
    report = reading(drawn(blank, requests=as_html(spoilt)))
    wrong = [
        f for f in report.figures if f.state == "number" and not same(str(f.value), blank.expected[f.table_code, f.row_code, f.column_code])
    ]
    assert wrong == []


def _in_two_rows(table: Table, label: str, at: int, values_below: bool = False) -> str:
    """The table with the row of that label set in two rows, cut behind `at` characters of it."""
    rows: Table = []
    for row in table:
        cut = next((i for i, box in enumerate(row) if box.key is None and "".join(box.text.split()) == label), None)
        if cut is None:
            rows.append(row)
            continue
        blank = [replace(box, text="", key=None) if box.key else box for box in row]
        upper, lower = (blank, row) if values_below else (row, blank)
        rows.append([replace(box, text=label[:at]) if i == cut else box for i, box in enumerate(upper)])
        rows.append([replace(box, text=label[at:]) if i == cut else box for i, box in enumerate(lower) if i >= cut])
    assert len(rows) == len(table) + 1
    return as_html(rows)


@pytest.mark.parametrize("values_below", [False, True])
def test_a_row_set_in_two_rows_is_one_row_not_a_blank_one(values_below: bool) -> None:
    """What page breaks, converters and line breaks in imported cells leave: half the label above, half of it below."""
    requests = [block for block in MODEL.blocks if not isinstance(block, str)][1]
    label = next("".join(box.text.split()) for row in requests for box in row if box.key is None and "结转下年度" in box.text)
    for at in (5, len(label) - 2):
        report = reading(drawn(MODEL, requests=_in_two_rows(requests, label, at, values_below)))
        lost = {key for key in differences(report, MODEL) if key.startswith("requests.carried_out")}
        assert not lost


def test_a_lost_table_of_plain_text_is_not_taken_from_the_second_report() -> None:
    """The first report's tables cannot be read; those of the report printed below it are not its figures."""
    first = "沙湾市2024年政府信息公开工作年度报告\n一、总体情况\n略。\n二、主动公开政府信息情况\n信息内容 本年制发件数 见附件\n"
    second = "\n".join(
        block if isinstance(block, str) else "\n".join("\t".join(box.text for box in row) for row in block) for block in OTHER.blocks
    )
    assert not [f for f in read(Source((first + second).encode())).figures if f.value is not None]


@pytest.mark.parametrize("row", ["规章   1             52", "规章         677", "|规章| |677| |", "规章\t\t677\t"])
def test_figures_with_printed_borders_are_not_split_where_others_are_blank(row: str) -> None:
    """`1` and `52` under three columns, one of them blank: no `1`, `5` and `2`."""
    text = f"二、主动公开政府信息情况\n信息内容   本年制发件数   本年废止件数   现行有效件数\n{row}\n行政规范性文件   0   0   0\n"
    assert {f.value for f in read(Source(text.encode())).figures if f.row_code == "disclosure.rules"} <= {None, 677}


def test_the_tables_of_a_second_report_are_not_taken_where_labels_of_the_first_are_broken_over_lines() -> None:
    """The first report's tables stand as loose lines that nobody can put together; the figures below are another report's."""
    boxes = [box for block in MODEL.blocks if not isinstance(block, str) for row in block for box in row]
    lines = [line for box in boxes for line in ([box.text] if box.key else [box.text[:2], box.text[2:]])]
    loose = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    report = reading(f"<p>{MODEL.title}</p><p>一、总体情况</p>{loose}{only_tables(OTHER)}")
    found = {(f.table_code, f.row_code, f.column_code): str(f.value) for f in report.figures if f.state == "number"}
    assert all(same(value, MODEL.expected[key]) for key, value in found.items())


def test_more_than_fifteen_figures_below_table_four_are_not_its_own() -> None:
    """Digits that each stand on a line make numbers that nobody can tell apart."""
    digits = "\n".join("12" * 9)
    header = (
        "行政复议\n行政诉讼\n"
        + "结果维持\n结果纠正\n其他结果\n尚未审结\n总计\n未经复议直接起诉\n复议后起诉\n"
        + "结果维持\n结果纠正\n其他结果\n尚未审结\n总计\n" * 2
    )
    report = read(Source(f"{MODEL.title}\n一、总体情况\n略。\n{header}{digits}\n五、存在的主要问题".encode()))
    assert {f.state for f in report.figures} == {"unreadable"}
