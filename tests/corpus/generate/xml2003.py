"""The XML formats of Office 2003, and the flat form of DOCX: one file each."""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape

from tests.corpus.generate import docx
from tests.corpus.generate.model import Box, Specimen, Table
from tests.corpus.generate.office import Part, placed, stored_rows
from tests.corpus.generate.xlsx import is_number

_WORD = "http://schemas.microsoft.com/office/word/2003/wordml"
_ANNOTATION = "http://schemas.microsoft.com/aml/2001/core"
_SHEET = "urn:schemas-microsoft-com:office:spreadsheet"


def _paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" if text else "<w:p/>"


def _word_cell(part: Part) -> str:
    span = f'<w:gridSpan w:val="{part.box.colspan}"/>' if part.box.colspan > 1 else ""
    merge = "<w:vmerge/>" if part.continues else ('<w:vmerge w:val="restart"/>' if part.box.rowspan > 1 else "")
    inner = _paragraph("" if part.continues else part.box.text)
    if part.box.key:
        run = "<aml:content><w:r><w:delText>77</w:delText></w:r></aml:content>"
        gone = f'<aml:annotation aml:id="1" w:type="Word.Deletion">{run}</aml:annotation>'
        inner = f"<w:p>{gone}<w:r><w:t>{escape(part.box.text)}</w:t></w:r></w:p>"
    return f"<w:tc><w:tcPr>{span}{merge}</w:tcPr>{inner}</w:tc>"


def _word_table(table: Table) -> str:
    rows = "".join(f"<w:tr>{''.join(map(_word_cell, line))}</w:tr>" for line in stored_rows(table))
    return f"<w:tbl><w:tblPr/>{rows}</w:tbl>"


def draw_word(specimen: Specimen) -> bytes:
    """The specimen as WordprocessingML 2003."""
    blocks = "".join(_paragraph(block) if isinstance(block, str) else _word_table(block) for block in specimen.blocks)
    spaces = f'xmlns:w="{_WORD}" xmlns:aml="{_ANNOTATION}" xmlns:wx="x" xmlns:o="urn:schemas-microsoft-com:office:office"'
    title = f"<o:DocumentProperties><o:Title>{escape(specimen.title)}</o:Title></o:DocumentProperties>"
    body = f"<w:body><wx:sect>{blocks}<w:sectPr/></wx:sect></w:body>"
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<?mso-application progid="Word.Document"?>\n'
    return f"{head}<w:wordDocument {spaces}>{title}{body}</w:wordDocument>".encode()


def draw_flat(specimen: Specimen) -> bytes:
    """The specimen as a DOCX in one XML file."""
    main = docx.document_xml(specimen, docx.DIALECTS["tracked"]).partition("?>")[2]
    part = f'<pkg:part pkg:name="/word/document.xml"><pkg:xmlData>{main}</pkg:xmlData></pkg:part>'
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<?mso-application progid="Word.Document"?>\n'
    return f'{head}<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">{part}</pkg:package>'.encode()


def _sheet_cell(column: int, box: Box) -> str:
    kind = "Number" if box.key and is_number(box.text) else "String"
    spans = f' ss:MergeAcross="{box.colspan - 1}"' if box.colspan > 1 else ""
    spans += f' ss:MergeDown="{box.rowspan - 1}"' if box.rowspan > 1 else ""
    data = f'<Data ss:Type="{kind}">{escape(box.text)}</Data>' if box.text else ""
    return f'<Cell ss:Index="{column + 1}"{spans}>{data}</Cell>'


def draw_sheet(specimen: Specimen) -> bytes:
    """The specimen as XML Spreadsheet 2003."""
    rows: list[str] = []
    at = 1
    for block in specimen.blocks:
        if isinstance(block, str):
            rows.append(f'<Row ss:Index="{at}">{_sheet_cell(0, Box(block))}</Row>')
            at += 1
            continue
        for offset, line in enumerate(placed(block), 1):
            cells = "".join(_sheet_cell(column, box) for _, column, box in line)
            rows.append(f'<Row ss:Index="{at + offset}">{cells}</Row>')
        at += len(block) + 2
    table = f'<Worksheet ss:Name="年报"><Table>{"".join(rows)}</Table></Worksheet>'
    head = '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    return f'{head}<Workbook xmlns="{_SHEET}" xmlns:ss="{_SHEET}">{table}</Workbook>'.encode()


def variants() -> dict[str, Callable[[Specimen], bytes]]:
    """Every format by name."""
    return {"word": draw_word, "flat": draw_flat, "sheet": draw_sheet}
