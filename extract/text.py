"""Plain text → Document: paragraphs, and the tables of the form rebuilt where their grids were lost."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.align import align
from extract.charset import decode
from extract.document import Document, Grid, Paragraph
from extract.errors import Unreadable
from extract.lost import TABLES, first_report
from extract.lost import grids as lost_grids
from extract.report import Figure
from extract.text_tables import grids as drawn_grids

_MARKUP = re.compile(r"^\s*(?:标题|发布时间|发布日期|索引号|发布机构|来源)\s*[:：]")


def read(content: bytes, media_type: str | None = None) -> Document:
    """The document of a text file. Raises `Unreadable` for bytes that are no text."""
    return read_text(decode(content, media_type))


def read_text(text: str) -> Document:
    """The same from decoded text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text or not text.strip():
        raise Unreadable("the file is empty" if not text.strip() else "these bytes are no text")
    paragraphs = [Paragraph(line) for raw in text.split("\n") if (line := " ".join(raw.split()))]
    return Document("text", (*paragraphs, *_grids(text)), meta=_labelled(text))


def _grids(text: str) -> list[Grid]:
    """The tables that lines and tabs draw; a table of the form of which its labels tell more is rebuilt by these."""
    drawn = drawn_grids(first_report(text))
    figures = _figures(drawn)
    lost = [table for table in TABLES if _told(_figures(lost_grids(text, [table])), table) > _told(figures, table)]
    gone = {figure.place.table_no for figure in figures if figure.table_code in lost}
    return [*(grid for grid in drawn if grid.number not in gone), *lost_grids(text, lost, after=len(drawn))]


def _figures(grids: Sequence[Grid]) -> list[Figure]:
    return list(align(Document("text", tuple(grids))).figures.values())


def _told(figures: Sequence[Figure], table: str) -> int:
    """How many figures of a table can be read."""
    return sum(figure.table_code == table and figure.state != "unreadable" for figure in figures)


def _labelled(text: str) -> dict[str, str]:
    found = {}
    for line in text.split("\n")[:40]:
        if _MARKUP.match(line):
            name, _, value = line.replace("：", ":").partition(":")
            found["articletitle" if name.strip() == "标题" else name.strip()] = value.strip()
    return found
