"""DOCX, in every dialect that Word and WPS write."""

from __future__ import annotations

from pathlib import Path

import pytest

from extract import word
from extract.document import Grid
from extract.errors import ReadError, TooComplex, Unreadable
from tests.corpus.generate import docx
from tests.corpus.generate.model import specimen
from tests.corpus.generate.office import zipped
from tests.office import expected, prose, read_prose, read_slots

_TEMPLATE = Path(__file__).parents[2] / "shared/data/real/reports/national-template-2021.docx"
_SPACES = f'xmlns:w="{docx.TRANSITIONAL}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def _package(body: str) -> bytes:
    return docx.package(f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>")


def _texts(body: str) -> list[str]:
    return read_prose(word.read_docx(_package(body)))


@pytest.mark.parametrize("name", sorted(docx.DIALECTS))
@pytest.mark.parametrize(("seed", "edition"), [(3, "v2021"), (4, "v2019")])
def test_every_dialect_gives_the_same_tables_and_text(name: str, seed: int, edition: str) -> None:
    """Split runs, tracked changes, hidden text, list numbers, text boxes, wrappers and merges of every kind read alike."""
    one = specimen(seed, edition)
    document = word.read_docx(docx.variants()[name](one))
    assert read_slots(document) == expected(one)
    assert read_prose(document) == prose(one)
    assert document.title == one.title


@pytest.mark.skipif(not _TEMPLATE.exists(), reason="the real material is not beside the project")
def test_the_national_form_gives_its_three_tables() -> None:
    """The blank form as the State Council printed it: 14 × 4, 28 × 10 and 4 × 15."""
    document = word.read_docx(_TEMPLATE.read_bytes())
    assert [(len(grid.rows), len(grid.rows[0])) for grid in document.grids()] == [(14, 4), (28, 10), (4, 15)]
    requests = list(document.grids())[1]
    assert requests.rows[6][1:3] == (requests.rows[6][1], requests.rows[6][2])
    assert [cell.text for cell in requests.rows[7][:3] if cell] == ["三、本年度办理结果", "（三）不予公开", "1.属于国家秘密"]


def test_a_row_that_begins_late_keeps_its_columns() -> None:
    """gridBefore leaves slots that no cell covers at the start of a row."""
    body = (
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>乙</w:t></w:r></w:p></w:tc></w:tr>"
        '<w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr><w:tc><w:p><w:r><w:t>丙</w:t></w:r></w:p></w:tc></w:tr></w:tbl>'
    )
    (grid,) = word.read_docx(_package(body)).grids()
    assert [[cell and cell.text for cell in row] for row in grid.rows] == [["甲", "乙"], [None, "丙"]]


@pytest.mark.parametrize("sliver", [20, 140])
def test_a_column_that_only_a_dragged_border_made_is_none(sliver: int) -> None:
    """Where rows' borders differ by a hair the grid has a column more; read are the columns that a person sees."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in (2000, 1000 - sliver, sliver, 1000))

    def cell(text: str, span: int = 1) -> str:
        return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>'

    rows = f"<w:tr>{cell('项')}{cell('甲', 2)}{cell('乙')}</w:tr><w:tr>{cell('数')}{cell('1')}{cell('2', 2)}</w:tr>"
    document = word.read_docx(_package(f"<w:tbl><w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"))
    assert read_slots(document) == [[["项", "甲", "乙"], ["数", "1", "2"]]]


def test_a_nested_table_is_a_grid_of_its_own_beside_its_host() -> None:
    """A data table with a table inside one of its cells keeps both."""
    seven = "<w:tc><w:p><w:r><w:t>7</w:t></w:r></w:p></w:tc>"
    inner = f"<w:tbl><w:tr>{seven}{seven}</w:tr></w:tbl>"

    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"

    def text(value: str) -> str:
        return f"<w:p><w:r><w:t>{value}</w:t></w:r></w:p>"

    body = f"<w:tbl>{row(text('甲'), text('1'))}{row(text('乙'), text('2') + inner)}{row(text('丙'), text('3'))}</w:tbl>"
    outer, nested = word.read_docx(_package(body)).grids()
    assert [[cell.text for cell in row if cell] for row in outer.rows] == [["甲", "1"], ["乙", "2"], ["丙", "3"]]
    assert [[cell.text for cell in row if cell] for row in nested.rows] == [["7", "7"]]
    assert (outer.number, nested.number) == (1, 2)


def test_a_table_of_one_column_is_text() -> None:
    """Whole reports stand inside a table of one cell: their paragraphs are paragraphs."""
    cell = "<w:tc><w:p><w:r><w:t>一、总体情况</w:t></w:r></w:p><w:p><w:r><w:t>二</w:t></w:r></w:p></w:tc>"
    document = word.read_docx(_package(f"<w:tbl><w:tr>{cell}</w:tr></w:tbl>"))
    assert (list(document.grids()), read_prose(document)) == ([], ["一、总体情况", "二"])


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    """Accepting the deletion of a mark runs the paragraph on into the next."""
    mark = "<w:pPr><w:rPr><w:del w:id='1'/></w:rPr></w:pPr>"
    assert _texts(f"<w:p>{mark}<w:r><w:t>一、总体</w:t></w:r></w:p><w:p><w:r><w:t>情况</w:t></w:r></w:p>") == ["一、总体情况"]


def test_a_paragraph_style_that_hides_is_followed() -> None:
    """Hidden by the paragraph's style, shown again by direct formatting or by a character style that toggles."""
    hide = "<w:rPr><w:vanish/></w:rPr>"
    styles = (
        f'<w:styles xmlns:w="{docx.TRANSITIONAL}"><w:style w:type="paragraph" w:styleId="Note">{hide}</w:style>'
        f'<w:style w:type="character" w:styleId="Flip">{hide}</w:style></w:styles>'
    )
    runs = "".join(
        f"<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>"
        for look, text in (("", "1"), ('<w:vanish w:val="0"/>', "2"), ('<w:rStyle w:val="Flip"/>', "3"))
    )
    main = f'<w:document {_SPACES}><w:body><w:p><w:pPr><w:pStyle w:val="Note"/></w:pPr>{runs}</w:p></w:body></w:document>'
    assert read_prose(word.read_docx(docx.package(main, more={"word/styles.xml": styles}))) == ["23"]


def test_text_moved_away_is_read_once() -> None:
    """Of a tracked move only the place of arrival counts."""
    moved = "<w:r><w:t>甲</w:t></w:r>"
    assert _texts(f"<w:p><w:moveFrom>{moved}</w:moveFrom></w:p><w:p><w:moveTo>{moved}</w:moveTo></w:p>") == ["甲"]


def test_a_field_left_open_in_one_paragraph_closes_in_another() -> None:
    """The code of a field may span paragraphs; its result is read, its code never."""
    body = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:t>CODE</w:t></w:r></w:p>'
        '<w:p><w:r><w:instrText>X</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>12</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>件</w:t></w:r></w:p>'
    )
    assert _texts(body) == ["12件"]


def test_list_labels_count_levels_and_restart() -> None:
    """Labels of several levels are composed as Word prints them."""
    levels = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="（%1）"/></w:lvl>'
        '<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1-%2."/></w:lvl>'
    )
    numbering = (
        f'<w:numbering xmlns:w="{docx.TRANSITIONAL}"><w:abstractNum w:abstractNumId="5"><w:styleLink w:val="Mine"/>{levels}</w:abstractNum>'
        '<w:abstractNum w:abstractNumId="0"><w:numStyleLink w:val="Mine"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )

    def item(level: int) -> str:
        return f'<w:p><w:pPr><w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>'

    body = "".join(item(level) for level in (0, 1, 1, 0, 1))
    main = f"<w:document {_SPACES}><w:body>{body}</w:body></w:document>"
    document = word.read_docx(docx.package(main, more={"word/numbering.xml": numbering}))
    assert read_prose(document) == ["（一）x", "一-1.x", "一-2.x", "（二）x", "二-1.x"]


def test_pictures_come_in_the_order_of_the_text() -> None:
    """Embedded pictures are handed over for OCR, each once, as the text refers to them."""
    relations = "".join(f'<Relationship Id="rId{n}" Type="x/image" Target="media/{n}.png"/>' for n in (1, 2))
    outside = '<Relationship Id="rId3" Type="x/image" Target="http://x/3.png" TargetMode="External"/>'
    relations = f'<Relationships xmlns="r">{relations}{outside}</Relationships>'
    blips = "".join(f'<w:drawing><a:blip xmlns:a="a" xmlns:r="r" r:embed="rId{n}"/></w:drawing>' for n in (2, 1, 2, 3))
    main = f"<w:document {_SPACES}><w:body><w:p><w:r>{blips}</w:r></w:p></w:body></w:document>"
    content = docx.package(main, more={"word/_rels/document.xml.rels": relations, "word/media/1.png": b"one", "word/media/2.png": b"two"})
    assert [picture.content for picture in word.pictures(content)] == [b"two", b"one"]


def test_entities_are_refused() -> None:
    """A document type declaration, with which entity bombs and file inclusion begin, is an error."""
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    main = f"{bomb}<w:document {_SPACES}><w:body><w:p><w:r><w:t>&b;&f;</w:t></w:r></w:p></w:body></w:document>"
    with pytest.raises(Unreadable, match="document type"):
        word.read_docx(docx.package(main))


def test_deep_nesting_is_refused() -> None:
    """Thousands of tables inside each other end in an error, not in a crash."""
    deep = "<w:tbl><w:tr><w:tc>" * 3000 + "</w:tc></w:tr></w:tbl>" * 3000
    with pytest.raises(TooComplex):
        word.read_docx(_package(deep))


def test_a_part_that_unpacks_to_too_much_is_refused() -> None:
    """A bomb of blanks stops at the limit of one part."""
    with pytest.raises(TooComplex):
        word.read_docx(docx.package("<w:document>" + " " * (80 << 20) + "</w:document>"))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(18), zipped({"a": "b"})])
def test_what_is_no_word_document_is_unreadable(content: bytes) -> None:
    """Empty, torn and foreign packages give a clear error."""
    with pytest.raises(Unreadable):
        word.read_docx(content)


def test_a_document_cut_anywhere_is_an_error_or_whole() -> None:
    """Truncation never gives half a table: the directory of a ZIP stands at its end."""
    whole = docx.draw(specimen(5))
    for size in range(0, len(whole), 211):
        with pytest.raises(ReadError):
            word.read_docx(whole[:size])


def test_cells_keep_their_place() -> None:
    """Each cell knows its table, row and column, and its spans."""
    one = specimen(6)
    for at, grid in enumerate(word.read_docx(docx.draw(one)).grids(), 1):
        assert isinstance(grid, Grid)
        for cell in grid.cells():
            assert cell.place.table_no == at
            row, column = cell.place.row_no, cell.place.column_no
            assert row is not None
            assert column is not None
            assert all(grid.rows[y][x] is cell for y in range(row, row + cell.rowspan) for x in range(column, column + cell.colspan))
