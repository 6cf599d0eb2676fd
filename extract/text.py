"""Plain text → Document: paragraphs, and the tables of the form rebuilt where their grids were lost."""

from __future__ import annotations

import re

from extract.charset import decode
from extract.document import Block, Document, Paragraph
from extract.errors import Unreadable
from extract.lost import grids

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
    blocks: list[Block] = [*paragraphs, *grids(text)]
    return Document("text", tuple(blocks), meta=_labelled(text))


def _labelled(text: str) -> dict[str, str]:
    found = {}
    for line in text.split("\n")[:40]:
        if _MARKUP.match(line):
            name, _, value = line.replace("：", ":").partition(":")
            found["articletitle" if name.strip() == "标题" else name.strip()] = value.strip()
    return found
