"""DOCX specimens, written part by part: Word's own habits, and what makes such files hard to read."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.corpus.generate.model import Specimen, Table
from tests.corpus.generate.office import OFFICE, Part, content_types, relations, stored_rows, width_of, zipped

TRANSITIONAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_COMPATIBLE = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_SHAPE = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
_CHINESE = "一二三四五六"


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a specimen is made to hold; each name says what is done to it."""

    namespace: str = TRANSITIONAL
    split_digits: bool = False
    tracked: bool = False
    hidden: bool = False
    numbered: bool = False
    text_box: bool = False
    layout: bool = False
    controls: bool = False
    fields: bool = False
    bare_merges: bool = False
    """vMerge continues below a cell that never says restart."""
    horizontal: bool = False
    """Columns merged by hMerge instead of gridSpan."""


DIALECTS: dict[str, Dialect] = {
    "plain": Dialect(),
    "strict": Dialect(namespace=STRICT),
    "split": Dialect(split_digits=True),
    "tracked": Dialect(tracked=True),
    "hidden": Dialect(hidden=True),
    "numbered": Dialect(numbered=True),
    "textbox": Dialect(text_box=True),
    "layout": Dialect(layout=True),
    "controls": Dialect(controls=True),
    "fields": Dialect(fields=True),
    "bare": Dialect(bare_merges=True),
    "hmerge": Dialect(horizontal=True),
}


class Drawing:
    """Writes one specimen in one dialect."""

    def __init__(self, dialect: Dialect, seed: int) -> None:
        self.dialect = dialect
        self.rng = random.Random(seed)
        self.marks = 0

    def run(self, text: str, properties: str = "") -> str:
        """One run of text."""
        inner = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
        return f"<w:r>{f'<w:rPr>{properties}</w:rPr>' if properties else ''}{inner}</w:r>"

    def figure(self, text: str) -> str:
        """The runs of a figure, with what the dialect does to it."""
        wrong = str(self.rng.randint(1, 9999))
        if self.dialect.split_digits and len(text) > 1:
            at = self.rng.randint(1, len(text) - 1)
            return self.run(text[:at]) + '<w:proofErr w:type="spellStart"/><w:bookmarkStart w:id="0" w:name="_x"/>' + self.run(text[at:])
        if self.dialect.tracked and self.rng.random() < 0.4:
            gone = f'<w:del w:id="1" w:author="a"><w:r><w:delText>{wrong}</w:delText></w:r></w:del>'
            return f'{gone}<w:ins w:id="2" w:author="a">{self.run(text)}</w:ins>'
        if self.dialect.hidden and self.rng.random() < 0.4:
            return self.run(wrong, "<w:vanish/>") + self.run(text, '<w:vanish w:val="0"/>') + self.run(wrong, '<w:rStyle w:val="Secret"/>')
        if self.dialect.fields and self.rng.random() < 0.4:
            begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
            nested = f"{begin}<w:r><w:instrText> REF a </w:instrText></w:r>{middle}{self.run(wrong)}{end}"
            return f"{begin}<w:r><w:instrText> =SUM({wrong}) </w:instrText></w:r>{nested}{middle}{self.run(text)}{end}"
        return self.run(text)

    def paragraph(self, text: str) -> str:
        """One paragraph; a section heading loses its number where the dialect numbers headings by list."""
        number = text[:2]
        if self.dialect.numbered and number[1:] == "、" and number[0] in _CHINESE:
            properties = (
                '<w:pPr><w:pStyle w:val="Heading1"/></w:pPr>'
                if number[0] in "一二三"
                else '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="7"/></w:numPr></w:pPr>'
            )
            return f"<w:p>{properties}{self.run(text[2:])}</w:p>"
        return f"<w:p>{self.run(text)}</w:p>"

    def cell(self, part: Part) -> str:
        """One stored cell."""
        span = f'<w:gridSpan w:val="{part.box.colspan}"/>' if part.box.colspan > 1 and not self.dialect.horizontal else ""
        merge = ""
        if part.continues:
            merge = "<w:vMerge/>"
        elif part.box.rowspan > 1 and not self.dialect.bare_merges:
            merge = '<w:vMerge w:val="restart"/>'
        inner = "" if part.continues else (self.figure(part.box.text) if part.box.key else self.run(part.box.text))
        if not self.dialect.horizontal or part.box.colspan == 1:
            return f'<w:tc><w:tcPr><w:tcW w:w="500" w:type="dxa"/>{span}{merge}</w:tcPr><w:p>{inner}</w:p></w:tc>'
        first = f'<w:tc><w:tcPr><w:hMerge w:val="restart"/>{merge}</w:tcPr><w:p>{inner}</w:p></w:tc>'
        return first + f"<w:tc><w:tcPr><w:hMerge/>{merge}</w:tcPr><w:p/></w:tc>" * (part.box.colspan - 1)

    def table(self, table: Table) -> str:
        """One table."""
        rows = []
        for line in stored_rows(table):
            cells = "".join(self.cell(part) for part in line)
            if self.dialect.controls:
                cells = f"<w:sdt><w:sdtContent>{cells}</w:sdtContent></w:sdt>"
            rows.append(f"<w:tr>{cells}</w:tr>")
        if self.dialect.tracked:
            rows.insert(
                2, "<w:tr><w:trPr><w:del w:id='9' w:author='a'/></w:trPr><w:tc><w:p><w:r><w:t>废弃行</w:t></w:r></w:p></w:tc></w:tr>"
            )
        grid = '<w:gridCol w:w="500"/>' * width_of(table)
        body = "".join(rows)
        if self.dialect.controls:
            body = f"<w:sdt><w:sdtContent>{body}</w:sdtContent></w:sdt>"
        drawn = f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"
        if self.dialect.layout:
            return f"<w:tbl><w:tr><w:tc><w:p/>{drawn}<w:p/></w:tc></w:tr></w:tbl>"
        return drawn

    def title(self, text: str) -> str:
        """The title, in a text box where the dialect says so: once for new Word, once for old."""
        if not self.dialect.text_box:
            return self.paragraph(text)
        box = f"<w:txbxContent>{self.paragraph(text)}</w:txbxContent>"
        choice = f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        return f"<w:p><w:r><mc:AlternateContent>{choice}<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"


def document_xml(specimen: Specimen, dialect: Dialect) -> str:
    """The main part."""
    drawing = Drawing(dialect, specimen.year)
    first, *rest = specimen.blocks
    body = [drawing.title(first if isinstance(first, str) else "")]
    body += [drawing.paragraph(block) if isinstance(block, str) else drawing.table(block) for block in rest]
    spaces = f'xmlns:w="{dialect.namespace}" xmlns:mc="{_COMPATIBLE}" xmlns:wps="{_SHAPE}" xmlns:r="{OFFICE}"'
    return f'<?xml version="1.0" encoding="UTF-8"?><w:document {spaces}><w:body>{"".join(body)}<w:sectPr/></w:body></w:document>'


def _numbering(namespace: str) -> str:
    level = '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
    return (
        f'<w:numbering xmlns:w="{namespace}"><w:abstractNum w:abstractNumId="3">{level}</w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num></w:numbering>'
    )


def _styles(namespace: str) -> str:
    heading = '<w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr>'
    secret = '<w:basedOn w:val="Base"/>'
    return (
        f'<w:styles xmlns:w="{namespace}"><w:style w:type="paragraph" w:styleId="Heading1">{heading}</w:style>'
        f'<w:style w:type="character" w:styleId="Base"><w:rPr><w:vanish/></w:rPr></w:style>'
        f'<w:style w:type="character" w:styleId="Secret">{secret}</w:style></w:styles>'
    )


def package(main: str, namespace: str = TRANSITIONAL, title: str = "", more: dict[str, bytes | str] | None = None) -> bytes:
    """A DOCX around a main part."""
    kinds = {"document": "document.main", "styles": "styles", "numbering": "numbering"}
    types = {f"word/{name}.xml": f"{_TYPE}.{kind}+xml" for name, kind in kinds.items()}
    core = f'<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></cp:coreProperties>'
    parts: dict[str, bytes | str] = {
        "[Content_Types].xml": content_types(types),
        "_rels/.rels": relations(("officeDocument", "word/document.xml")),
        "docProps/core.xml": core,
        "word/document.xml": main,
        "word/_rels/document.xml.rels": relations(("styles", "styles.xml"), ("numbering", "numbering.xml")),
        "word/styles.xml": _styles(namespace),
        "word/numbering.xml": _numbering(namespace),
    }
    return zipped(parts | (more or {}))


def draw(specimen: Specimen, dialect: Dialect = DIALECTS["plain"]) -> bytes:
    """The specimen as a DOCX."""
    return package(document_xml(specimen, dialect), dialect.namespace, specimen.title)


def variants() -> dict[str, Callable[[Specimen], bytes]]:
    """Every dialect by name."""

    def drawer(dialect: Dialect) -> Callable[[Specimen], bytes]:
        return lambda specimen: draw(specimen, dialect)

    return {name: drawer(dialect) for name, dialect in DIALECTS.items()}
