"""XLSX specimens, written part by part so that they come out the same every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.corpus.generate.model import Box, Specimen
from tests.corpus.generate.office import OFFICE, content_types, placed, relations, zipped

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a specimen is laid out over sheets and cells."""

    namespace: str = MAIN
    one_sheet: bool = True
    blank_rows: bool = True
    """Rows left blank between tables; without them only the headings part them."""
    shared: bool = True
    numbers: bool = True
    """Figures as numbers rather than as text."""
    hidden: bool = False
    """A hidden sheet, a hidden column and a hidden row hold other figures."""
    offset: int = 0
    merged: bool = True


DIALECTS: dict[str, Dialect] = {
    "plain": Dialect(),
    "sheets": Dialect(one_sheet=False),
    "inline": Dialect(shared=False),
    "text": Dialect(numbers=False),
    "dense": Dialect(blank_rows=False),
    "hidden": Dialect(hidden=True),
    "strict": Dialect(namespace=STRICT),
    "offset": Dialect(offset=2),
    "unmerged": Dialect(merged=False),
}


def letters(column: int) -> str:
    """0 → A, 26 → AA."""
    text = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


class Sheet:
    """One worksheet in the making."""

    def __init__(self, dialect: Dialect, strings: list[str]) -> None:
        self.dialect = dialect
        self.strings = strings
        self.rows: dict[int, dict[int, str]] = {}
        self.merges: list[str] = []
        self.at = dialect.offset

    def put(self, row: int, column: int, box: Box) -> None:
        """Draws one box at its slot."""
        column += self.dialect.offset
        where = f"{letters(column)}{row + 1}"
        self.rows.setdefault(row, {})[column] = self.cell(where, box)
        if self.dialect.merged and (box.rowspan > 1 or box.colspan > 1):
            self.merges.append(f"{where}:{letters(column + box.colspan - 1)}{row + box.rowspan}")

    def cell(self, where: str, box: Box) -> str:
        """The element of one cell."""
        if not box.text:
            return f'<c r="{where}" s="0"/>'
        if box.key and self.dialect.numbers and is_number(box.text):
            return f'<c r="{where}"><v>{float(box.text)!r}</v></c>'
        if not self.dialect.shared:
            return f'<c r="{where}" t="inlineStr"><is><t>{escape(box.text)}</t></is></c>'
        self.strings.append(box.text)
        return f'<c r="{where}" t="s"><v>{len(self.strings) - 1}</v></c>'

    def xml(self) -> str:
        """The worksheet part."""
        hidden_column = 30 if self.dialect.hidden else 0
        if hidden_column:
            for row in list(self.rows):
                self.rows[row][hidden_column] = f'<c r="{letters(hidden_column)}{row + 1}"><v>77</v></c>'
        rows = "".join(f'<row r="{row + 1}">{"".join(cells[c] for c in sorted(cells))}</row>' for row, cells in sorted(self.rows.items()))
        columns = f'<cols><col min="{hidden_column + 1}" max="{hidden_column + 1}" hidden="1"/></cols>' if hidden_column else ""
        merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in self.merges)
        body = f"{columns}<sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells>"
        return f'<worksheet xmlns="{self.dialect.namespace}">{body}</worksheet>'


def is_number(text: str) -> bool:
    """Whether a spreadsheet shows this text again when it is stored as a number."""
    return text.lstrip("-").replace(".", "", 1).isdigit() and f"{float(text):.15g}" == text


def _sheets(specimen: Specimen, dialect: Dialect, strings: list[str]) -> list[Sheet]:
    sheets = [Sheet(dialect, strings)]
    for block in specimen.blocks:
        sheet = sheets[-1]
        if isinstance(block, str):
            if not dialect.one_sheet and block[1:2] == "、" and sheet.rows:
                sheet = Sheet(dialect, strings)
                sheets.append(sheet)
            sheet.put(sheet.at, 0, Box(block, colspan=4))
            sheet.at += 1
            continue
        sheet.at += dialect.blank_rows
        for line in placed(block):
            for row, column, box in line:
                sheet.put(sheet.at + row, column, box)
        sheet.at += len(block) + dialect.blank_rows
    return sheets


def workbook(sheets: list[str], strings: list[str], states: list[str] | None = None, namespace: str = MAIN, styles: str = "") -> bytes:
    """An XLSX of these worksheet parts."""
    names = range(1, len(sheets) + 1)
    states = states or ["visible"] * len(sheets)
    listed = "".join(f'<sheet name="表{n}" sheetId="{n}" state="{state}" r:id="rId{n}"/>' for n, state in zip(names, states, strict=True))
    book = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    types = {"xl/workbook.xml": f"{book}.sheet.main+xml", "xl/sharedStrings.xml": f"{book}.sharedStrings+xml"}
    types |= {f"xl/worksheets/sheet{n}.xml": f"{book}.worksheet+xml" for n in names}
    shared = "".join(f"<si><t xml:space='preserve'>{escape(text)}</t></si>" for text in strings)
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types(types),
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{namespace}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relations(
            *(("worksheet", f"worksheets/sheet{n}.xml") for n in names), ("sharedStrings", "sharedStrings.xml")
        ),
        "xl/sharedStrings.xml": f'<sst xmlns="{namespace}">{shared}</sst>',
    }
    if styles:
        parts["xl/styles.xml"] = styles
    return zipped(parts | {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in zip(names, sheets, strict=True)})


def draw(specimen: Specimen, dialect: Dialect = DIALECTS["plain"]) -> bytes:
    """The specimen as an XLSX."""
    strings: list[str] = []
    sheets = [sheet.xml() for sheet in _sheets(specimen, dialect, strings)]
    states = ["visible"] * len(sheets)
    return workbook(sheets, strings, states, dialect.namespace)


def variants() -> dict[str, Callable[[Specimen], bytes]]:
    """Every dialect by name."""

    def drawer(dialect: Dialect) -> Callable[[Specimen], bytes]:
        return lambda specimen: draw(specimen, dialect)

    return {name: drawer(dialect) for name, dialect in DIALECTS.items()}
