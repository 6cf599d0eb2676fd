"""A report set in type again: the tables of the form drawn from figures, as HTML or as a Word file. No two portals print alike."""

from __future__ import annotations

import html
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from extract.form import Form, Row, form

Key = tuple[str, str, str]
"""table_code, row_code, column_code"""


@dataclass(frozen=True, slots=True)
class Box:
    """One printed cell; `key` names the figure that it holds, or None for labels."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    key: Key | None = None


Table = list[list[Box]]
"""Rows of boxes as HTML writes them: a box stands in the first row and column that it covers."""


def disclosure_table(edition: str, values: Mapping[Key, str]) -> Table:
    """Table 2: stacked blocks over a grid 4 wide (the widest block), labels as that edition prints them."""
    f = form()
    rows = [row for row in f.rows_of("disclosure", edition) if not row.status.startswith("seen")]
    width = 4
    table: Table = []
    for block in dict.fromkeys(row.block for row in rows):
        members = [row for row in rows if row.block == block]
        columns = members[0].columns[edition]
        spans = [width - len(columns), *([1] * (len(columns) - 1))]
        table.append([Box(block or "", colspan=width)])
        header = [f.columns["disclosure", code].label(edition) for code in columns]
        table.append([Box("信息内容"), *(Box(text, colspan=span) for text, span in zip(header, spans, strict=True))])
        table.extend(_value_row(row, edition, columns, spans, values) for row in members)
    return table


def _value_row(row: Row, edition: str, columns: Sequence[str], spans: Sequence[int], values: Mapping[Key, str]) -> list[Box]:
    keys = [(row.table, row.code, column) for column in columns]
    return [Box(row.label(edition)), *(Box(values[k], colspan=span, key=k) for k, span in zip(keys, spans, strict=True))]


def requests_table(edition: str, values: Mapping[Key, str]) -> Table:
    """Table 3: three header rows, three label columns, seven figure columns."""
    f = form()
    people = [c.zh for c in f.columns_of("requests") if c.group_zh]
    table: Table = [
        [Box("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3), Box("申请人情况", colspan=7)],
        [Box("自然人", rowspan=2), Box("法人或其他组织", colspan=5), Box("总计", rowspan=2)],
        [Box(text) for text in people],
    ]
    outcome = [row for row in f.rows.values() if row.code.startswith("requests.outcome.") and edition in row.kinds]
    inner = [row for row in outcome if row.kinds[edition] != "group"]
    opened: set[str] = set()
    for row in f.rows_of("requests", edition):
        keys = [(row.table, row.code, column) for column in row.columns[edition]]
        table.append(_labels(f, row, edition, inner, opened) + [Box(values[key], key=key) for key in keys])
    return table


def _labels(f: Form, row: Row, edition: str, inner: Sequence[Row], opened: set[str]) -> list[Box]:
    if row.parent is None:
        return [Box(row.label(edition), colspan=3)]
    boxes = []
    if "requests.outcome" not in opened:
        opened.add("requests.outcome")
        boxes.append(Box(f.rows["requests.outcome"].zh, rowspan=len(inner)))
    if row.parent == "requests.outcome":
        return [*boxes, Box(row.label(edition), colspan=2)]
    if row.parent not in opened:
        opened.add(row.parent)
        boxes.append(Box(f.rows[row.parent].zh, rowspan=sum(other.parent == row.parent for other in inner)))
    return [*boxes, Box(row.label(edition))]


def challenges_table(values: Mapping[Key, str]) -> Table:
    """Table 4: three header rows over fifteen figures in one row."""
    f = form()
    outcomes = [c.zh for c in f.columns_of("challenges")]
    keys = [("challenges", row.code, c.code) for row in f.rows_of("challenges") for c in f.columns_of("challenges")]
    return [
        [Box("行政复议", colspan=5), Box("行政诉讼", colspan=10)],
        [*(Box(text, rowspan=2) for text in outcomes), Box("未经复议直接起诉", colspan=5), Box("复议后起诉", colspan=5)],
        [Box(text) for text in outcomes * 2],
        [Box(values[key], key=key) for key in keys],
    ]


def tables(editions: tuple[str, str], values: Mapping[Key, str]) -> tuple[Table, Table, Table]:
    """The three tables; the editions are those of table 2 and of table 3, which real reports mix."""
    return disclosure_table(editions[0], values), requests_table(editions[1], values), challenges_table(values)


def as_html(table: Table, style: str = "plain") -> str:
    """The table as HTML: `plain`, or as pasted from Word (`word`): paragraphs, spans and class names in every cell."""
    rows = "".join(f"<tr>{''.join(_cell(box, style) for box in row)}</tr>" for row in table)
    return f'<table class="MsoNormalTable" border="1">{rows}</table>' if style == "word" else f'<table border="1">{rows}</table>'


def _cell(box: Box, style: str) -> str:
    spans = "".join(f' {name}="{n}"' for name, n in (("rowspan", box.rowspan), ("colspan", box.colspan)) if n > 1)
    text = html.escape(box.text) or "&nbsp;"
    if style == "word":
        text = (
            f'<p class="MsoNormal" align="center"><span lang="EN-US" style="font-size:9.0pt;font-family:宋体">{text}<o:p></o:p></span></p>'
        )
    return f"<td{spans}>{text}</td>"


_DOCUMENT = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
)
_TYPES = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)


def as_docx(blocks: Sequence[str | Table]) -> bytes:
    """Paragraphs and tables as a Word file, the same bytes each time."""
    body = "".join(_paragraph(block) if isinstance(block, str) else _word_table(block) for block in blocks)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        parts = (("[Content_Types].xml", _TYPES), ("_rels/.rels", _RELATIONS), ("word/document.xml", _DOCUMENT.format(body)))
        for name, text in parts:
            package.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), text)
    return packed.getvalue()


def _paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{html.escape(text, quote=False)}</w:t></w:r></w:p>'


def _word_table(table: Table) -> str:
    """Word has no rowspan: a cell merged downwards is begun in its first row and continued in each row below."""
    open_cells: dict[int, tuple[int, int]] = {}
    rows = []
    for row in table:
        cells: list[str] = []
        column = 0
        below: dict[int, tuple[int, int]] = {}
        waiting = list(row)
        while waiting or column in open_cells:
            if column in open_cells:
                left, width = open_cells[column]
                text, merge = "", "<w:vMerge/>"
            else:
                box = waiting.pop(0)
                left, width, text = box.rowspan, box.colspan, box.text
                merge = '<w:vMerge w:val="restart"/>' if left > 1 else ""
            cells.append(_word_cell(text, width, merge))
            if left > 1:
                below[column] = (left - 1, width)
            column += width
        rows.append(f"<w:tr>{''.join(cells)}</w:tr>")
        open_cells = below
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def _word_cell(text: str, width: int, merge: str) -> str:
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{width}"/>{merge}</w:tcPr>{_paragraph(text)}</w:tc>'
