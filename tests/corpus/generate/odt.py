"""OpenDocument specimens: text and spreadsheets, as packages and flat."""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape

from tests.corpus.generate.model import Box, Specimen, Table
from tests.corpus.generate.office import placed, width_of, zipped
from tests.corpus.generate.xlsx import is_number

_SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
)
_TEXT, _SHEET = "application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.spreadsheet"
_STYLES = (
    '<office:automatic-styles><style:style style:name="Gone" style:family="text"><style:text-properties text:display="none"/>'
    '</style:style><text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-suffix="、" '
    'style:num-format="一, 二, 三, ..."/></text:list-style></office:automatic-styles>'
)


def _paragraph(text: str) -> str:
    inner = "<text:line-break/>".join(escape(line) for line in text.split("\n"))
    return f"<text:p>{inner}</text:p>"


def _figure(text: str, hidden: bool) -> str:
    if not hidden:
        return _paragraph(text)
    gone = '<text:span text:style-name="Gone">77</text:span><text:change text:change-id="c1"/>'
    note = "<office:annotation><text:p>88</text:p></office:annotation>"
    return f"<text:p>{gone}{note}{escape(text)}</text:p>"


def _cell(box: Box, inner: str, more: str = "") -> str:
    spans = f' table:number-columns-spanned="{box.colspan}"' if box.colspan > 1 else ""
    spans += f' table:number-rows-spanned="{box.rowspan}"' if box.rowspan > 1 else ""
    return f"<table:table-cell{spans}{more}>{inner}</table:table-cell>"


def _rows(table: Table, draw: Callable[[Box], str], repeat: bool = True) -> str:
    """The rows with covered cells where spans reach, runs of equal plain cells told once."""
    width = width_of(table)
    slots: list[list[str]] = [["<table:covered-table-cell/>"] * width for _ in table]
    for row, column, box in (cell for line in placed(table) for cell in line):
        slots[row][column] = draw(box)
    return "".join(f"<table:table-row>{_told(row) if repeat else ''.join(row)}</table:table-row>" for row in slots)


def _told(row: list[str]) -> str:
    """A row with runs of equal unspanned cells written as one repeated cell."""
    told: list[str] = []
    at = 0
    while at < len(row):
        end = at
        while end < len(row) and row[end] == row[at]:
            end += 1
        count = f' table:number-columns-repeated="{end - at}"'
        spanned = "spanned" in row[at]
        told.append("".join(row[at:end]) if spanned or end == at + 1 else row[at].replace("-cell", "-cell" + count, 1))
        at = end
    return "".join(told)


def _document(body: str) -> str:
    return f"{_STYLES}<office:body>{body}</office:body>"


def _package(kind: str, body: str, title: str) -> bytes:
    meta = f'<office:meta xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></office:meta>'
    return zipped(
        {
            "mimetype": kind,
            "content.xml": f"<office:document-content {_SPACES}>{_document(body)}</office:document-content>",
            "meta.xml": f"<office:document-meta {_SPACES}>{meta}</office:document-meta>",
        },
        stored=("mimetype",),
    )


def _text_body(specimen: Specimen, hidden: bool, numbered: bool) -> str:
    parts = ['<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>99</text:p></text:deletion>']
    parts.append("</text:changed-region></text:tracked-changes>")
    for block in specimen.blocks:
        if isinstance(block, str) and numbered and block[1:2] == "、" and block[0] in "一二三四五六":
            goes_on = "" if block[0] == "一" else ' text:continue-numbering="true"'
            entry = f"<text:list-item>{_paragraph(block[2:])}</text:list-item>"
            parts.append(f'<text:list text:style-name="L1"{goes_on}>{entry}</text:list>')
        elif isinstance(block, str):
            parts.append(f"<text:section>{_paragraph(block)}</text:section>")
        else:
            rows = _rows(block, lambda box: _cell(box, _figure(box.text, hidden and bool(box.key))))
            parts.append(f'<table:table><table:table-column table:number-columns-repeated="{width_of(block)}"/>{rows}</table:table>')
    return f"<office:text>{''.join(parts)}</office:text>"


def draw(specimen: Specimen, hidden: bool = False, flat: bool = False, numbered: bool = False) -> bytes:
    """The specimen as an ODT, or as one flat file; with hidden spans, notes and tracked deletions; headings numbered by a list."""
    body = _text_body(specimen, hidden, numbered)
    if not flat:
        return _package(_TEXT, body, specimen.title)
    return f'<?xml version="1.0"?><office:document {_SPACES} office:mimetype="{_TEXT}">{_document(body)}</office:document>'.encode()


def _sheet_cell(box: Box) -> str:
    stored = f' office:value-type="float" office:value="{box.text}"' if box.key and is_number(box.text) else ""
    return _cell(box, _paragraph(box.text) if box.text else "", stored)


def draw_sheet(specimen: Specimen) -> bytes:
    """The specimen as an ODS on one sheet, with a million empty rows below it."""
    rows: list[str] = []
    for block in specimen.blocks:
        if isinstance(block, str):
            rows.append(f"<table:table-row>{_sheet_cell(Box(block))}</table:table-row>")
        else:
            blank = "<table:table-row><table:table-cell/></table:table-row>"
            rows.append(blank + _rows(block, _sheet_cell) + blank)
    rows.append(
        '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    body = f'<office:spreadsheet><table:table table:name="年报">{"".join(rows)}</table:table></office:spreadsheet>'
    return _package(_SHEET, body, specimen.title)


def variants() -> dict[str, Callable[[Specimen], bytes]]:
    """Every dialect by name."""
    return {
        "plain": draw,
        "hidden": lambda specimen: draw(specimen, hidden=True),
        "numbered": lambda specimen: draw(specimen, numbered=True),
        "flat": lambda specimen: draw(specimen, flat=True),
        "sheet": draw_sheet,
    }
