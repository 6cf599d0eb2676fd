"""Fragments of a table on successive pages become one table again, and different tables stay apart."""

from __future__ import annotations

import pytest

from extract.document import Block, Cell, Grid, Paragraph, Place
from extract.stitch import fits, stitched

XS = (0.0, 100.0, 150.0, 200.0)


def fragment(page: int, rows: list[list[str]], xs: tuple[float, ...] = XS, merged: dict[tuple[int, int], int] | None = None) -> Grid:
    """A grid with one cell a slot; `merged` gives the rowspan of some."""
    heights, slots = merged or {}, [[None] * len(row) for row in rows]
    made: list[list[Cell | None]] = [list(row) for row in slots]
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if made[r][c] is None:
                height = heights.get((r, c), 1)
                cell = Cell(text, Place(1, r, c, page, xs[c], 20.0 * r, xs[c + 1], 20.0 * (r + height)), height, 1)
                for y in range(r, r + height):
                    made[y][c] = cell
    return Grid(tuple(map(tuple, made)), "test")


def texts(block: Block) -> list[list[str]]:
    """The texts of a grid, slot by slot."""
    assert isinstance(block, Grid)
    return [["" if cell is None else cell.text for cell in row] for row in block.rows]


def test_rows_on_the_next_page_follow_the_rows_before() -> None:
    """A table broken between rows is one table; each cell keeps the page it is printed on."""
    (table,) = stitched([fragment(1, [["规章", "1", "2"]]), fragment(2, [["规范性文件", "3", "4"]])])
    assert texts(table) == [["规章", "1", "2"], ["规范性文件", "3", "4"]]
    assert isinstance(table, Grid)
    assert [cell.place.page for cell in table.cells()] == [1, 1, 1, 2, 2, 2]
    assert [cell.place.row_no for cell in table.cells()] == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    "between",
    [[Paragraph("四、政府信息公开行政复议、行政诉讼情况", 2)], [Paragraph("以上数据截至年底。", 2)]],
)
def test_words_between_keep_tables_apart(between: list[Block]) -> None:
    """A heading or sentence between two tables means that they are two."""
    blocks = [fragment(1, [["a", "1", "2"]]), *between, fragment(2, [["b", "3", "4"]])]
    assert stitched(blocks) == blocks


def test_a_continuation_mark_between_is_no_hindrance() -> None:
    """续表 above the second fragment belongs to the table, and is kept."""
    blocks = stitched([fragment(1, [["a", "1", "2"]]), Paragraph("续表3", 2), fragment(2, [["b", "3", "4"]])])
    assert texts(blocks[0]) == [["a", "1", "2"], ["b", "3", "4"]]
    assert blocks[1] == Paragraph("续表3", 2)


def test_tables_on_one_page_are_never_joined() -> None:
    """Two tables of the same shape that follow each other on a page stay two."""
    blocks: list[Block] = [fragment(1, [["a", "1", "2"]]), fragment(1, [["b", "3", "4"]])]
    assert stitched(blocks) == blocks


def test_tables_with_other_columns_are_not_joined() -> None:
    """The borders decide: the same width with other columns is another table."""
    other = (0.0, 40.0, 80.0, 120.0, 160.0, 200.0)
    assert not fits(fragment(1, [["a", "1", "2"]]), fragment(2, [["1", "2", "3", "4", "5"]], other))


def test_a_fragment_with_fewer_columns_joins_on_common_borders() -> None:
    """The last block of table 2 has two columns of the four: its cell covers the slots of three."""
    xs = (0.0, 100.0, 150.0, 175.0, 200.0)
    (table,) = stitched([fragment(1, [["信息内容", "a", "b", "c"]], xs), fragment(2, [["行政许可", "12"]], (0.0, 100.0, 200.0))])
    assert texts(table)[1] == ["行政许可", "12", "12", "12"]
    assert isinstance(table, Grid)
    assert table.rows[1][1] is table.rows[1][3]


def test_a_table_shifted_sideways_is_still_the_same() -> None:
    """Pages bound left and right print the same table at different places."""
    shifted = tuple(x + 28.0 for x in XS)
    assert len(stitched([fragment(1, [["a", "1", "2"]]), fragment(2, [["b", "3", "4"]], shifted)])) == 1


def test_a_repeated_header_is_left_out() -> None:
    """Header rows printed again on the next page appear once."""
    header = ["项目", "自然人", "总计"]
    (table,) = stitched([fragment(1, [header, ["（一）予以公开", "1", "1"]]), fragment(2, [header, ["（二）部分公开", "2", "2"]])])
    assert texts(table) == [header, ["（一）予以公开", "1", "1"], ["（二）部分公开", "2", "2"]]


def test_equal_rows_of_figures_are_no_repeated_header() -> None:
    """A row of zeros at the head of a page is data, even where the table began with the like."""
    (table,) = stitched([fragment(1, [["0", "0", "0"], ["1", "0", "0"]]), fragment(2, [["0", "0", "0"]])])
    assert len(texts(table)) == 3


def test_a_label_cut_in_the_middle_is_put_together() -> None:
    """The rest of a numbered label on the next page belongs to the row above; its figures stay."""
    above = fragment(1, [["（二）部分公开（区分处理的，", "7", "9"]])
    below = fragment(2, [["只计这一情形）", "", ""], ["（三）不予公开", "0", "0"]])
    (table,) = stitched([above, below])
    assert texts(table) == [["（二）部分公开（区分处理的，只计这一情形）", "7", "9"], ["（三）不予公开", "0", "0"]]


def test_figures_of_a_cut_row_may_stand_on_either_page() -> None:
    """Where the label starts on one page and the figures are printed on the next, the row has both."""
    (table,) = stitched([fragment(1, [["（二）部分公开（区分", "", ""]]), fragment(2, [["处理）", "7", "9"]])])
    assert texts(table) == [["（二）部分公开（区分处理）", "7", "9"]]


def test_a_number_cut_by_the_page_is_joined_where_its_cell_is_narrow() -> None:
    """49 and 68 in a cell as wide as two digits are 4968."""
    xs = (0.0, 100.0, 120.0, 140.0)
    (table,) = stitched([fragment(1, [["（三）不予", "49", "1"]], xs), fragment(2, [["公开", "68", ""]], xs)])
    assert texts(table) == [["（三）不予公开", "4968", "1"]]


def test_two_numbers_in_a_wide_cut_cell_are_unreadable() -> None:
    """Where the cell had room for both, nobody can say that they are one number."""
    xs = (0.0, 100.0, 200.0, 300.0)
    (table,) = stitched([fragment(1, [["（三）不予", "49", "1"]], xs), fragment(2, [["公开", "68", ""]], xs)])
    assert isinstance(table, Grid)
    cell = table.rows[0][1]
    assert cell is not None
    assert cell.unreadable


def test_the_next_numbered_label_starts_a_row() -> None:
    """A label with its own number is never the rest of the one above."""
    (table,) = stitched([fragment(1, [["（二）部分公开（", "", ""]]), fragment(2, [["（三）不予公开", "7", "9"]])])
    assert len(texts(table)) == 2


def test_a_merged_cell_goes_on_below_the_break() -> None:
    """A group label cut by the page covers the rows of both pages, its words put together."""
    above = fragment(1, [["（四）无", "1.本机关不掌握", "3"], ["", "2.没有现成信息", "4"]], merged={(0, 0): 2})
    below = fragment(2, [["法提供", "3.补正后", "5"], ["（五）不予处理", "1.信访", "6"]])
    (table,) = stitched([above, below])
    assert [row[0] for row in texts(table)] == ["（四）无法提供"] * 3 + ["（五）不予处理"]


def test_a_blank_head_of_a_merged_cell_takes_the_label_above() -> None:
    """A group label printed once, on the page before, covers the rows that follow too."""
    above = fragment(1, [["（四）无法提供", "1.本机关不掌握", "3"]])
    below = fragment(2, [["", "2.没有现成信息", "4"], ["", "3.补正后", "5"]], merged={(0, 0): 2})
    (table,) = stitched([above, below])
    assert [row[0] for row in texts(table)] == ["（四）无法提供"] * 3


def test_a_blank_figure_is_not_filled_from_above() -> None:
    """Only labels go on over a break: a blank figure stays blank."""
    (table,) = stitched([fragment(1, [["（一）予以公开", "3", "4"]]), fragment(2, [["（二）部分公开", "", "5"]])])
    assert texts(table)[1] == ["（二）部分公开", "", "5"]


def test_a_header_cut_by_the_page_goes_on() -> None:
    """Where the break runs through a header, its words are put together cell by cell."""
    wide = fragment(1, [["结果", "结果", "未经复议直接起诉"]], (0.0, 30.0, 60.0, 120.0))
    below = fragment(2, [["维持", "纠正", "结果维持", "总计"], ["1", "2", "3", "4"]], (0.0, 30.0, 60.0, 90.0, 120.0))
    (table,) = stitched([wide, below])
    assert [row[:2] for row in texts(table)] == [["结果维持", "结果纠正"]] * 2 + [["1", "2"]]


def test_a_sliver_of_an_empty_row_before_the_break_is_no_row() -> None:
    """The cut part of a row that holds nothing yet belongs to the row below."""
    (table,) = stitched([fragment(1, [["（一）予以公开", "1", "2"], ["", "", ""]]), fragment(2, [["（二）部分公开", "3", "4"]])])
    assert texts(table) == [["（一）予以公开", "1", "2"], ["（二）部分公开", "3", "4"]]


def test_table_four_may_break_between_header_and_values() -> None:
    """A page of headers and a page of figures are one table."""
    (table,) = stitched([fragment(1, [["结果维持", "结果纠正", "总计"]]), fragment(2, [["1", "2", "3"]])])
    assert texts(table) == [["结果维持", "结果纠正", "总计"], ["1", "2", "3"]]


def test_a_figure_above_the_break_never_moves_into_a_blank_below() -> None:
    """Text to the right of a blank figure does not make it the lower part of a merged cell."""
    (table,) = stitched([fragment(1, [["甲", "93853", "无"]]), fragment(2, [["乙", "", "见附件"]])])
    assert texts(table)[1] == ["乙", "", "见附件"]


def test_a_header_over_two_rows_does_not_fill_a_blank_figure_below_it() -> None:
    """A merged header cell that ends with its page has ended."""
    above = fragment(1, [["", "自然人", "法人"], ["", "", "商业企业"]], merged={(0, 0): 2, (0, 1): 2})
    (table,) = stitched([above, fragment(2, [["一、本年新收", "", "5"]])])
    assert texts(table)[2] == ["一、本年新收", "", "5"]


def test_a_row_without_its_lower_rule_goes_on() -> None:
    """Words without a number of their own are the rest of a row whose lower rule the page end swallowed."""
    blocks = [fragment(1, [["行政规范", "7", "9"]]), fragment(2, [["性文件", "", ""]])]
    assert texts(stitched(blocks, torn={0})[0]) == [["行政规范性文件", "7", "9"]]
    assert len(texts(stitched(blocks)[0])) == 2


def test_three_pages_make_one_table() -> None:
    """A table may go on over any number of pages."""
    pages = [fragment(page, [[f"{page}.行", str(page), "0"]]) for page in (1, 2, 3)]
    (table,) = stitched(pages)
    assert [row[1] for row in texts(table)] == ["1", "2", "3"]


def test_the_empty_strip_that_a_page_break_leaves_is_no_row() -> None:
    """An outer border runs on below the last row of a page: the strip has one empty cell across all columns, the next row several."""
    strip = Cell("", Place(1, 1, 0, 1, 0.0, 20.0, 200.0, 30.0), 1, 3)
    above = fragment(1, [["规章", "1", "2"]])
    above = Grid((*above.rows, (strip, strip, strip)), "test")
    (table,) = stitched([above, fragment(2, [["规范性文件", "3", "4"], ["行政许可", "5", "6"]])])
    assert texts(table) == [["规章", "1", "2"], ["规范性文件", "3", "4"], ["行政许可", "5", "6"]]


def test_fragments_stay_apart_where_a_printed_cell_would_be_lost() -> None:
    """A cell thinner than the slack of borders has no column of its own in the joined table: it is not dropped for that."""
    thin = (0.0, 100.0, 150.0, 152.0, 200.0)
    blocks: list[Block] = [fragment(1, [["规章", "1", "2"]]), fragment(2, [["规范性文件", "3", "7", "4"]], thin)]
    assert stitched(blocks) == blocks


def test_a_row_without_any_cell_below_a_break_is_survived() -> None:
    """The second reader of PDF gives such rows."""
    below = fragment(2, [["a", "1", "2"], ["b", "3", "4"]])
    below = Grid(((None, None, None), below.rows[1]), "test")
    (table,) = stitched([fragment(1, [["规章", "1", "2"]]), below])
    assert texts(table)[-1] == ["b", "3", "4"]
