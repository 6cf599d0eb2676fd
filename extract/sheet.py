"""Spreadsheets of every kind → Document."""

from __future__ import annotations

from collections.abc import Callable

from extract import cells, odt, sheetml, xls, xlsx
from extract.cells import Sheet
from extract.document import Document
from extract.errors import Encrypted, Unreadable
from extract.kind import Kind, sniff

_READERS: dict[Kind, Callable[[bytes], list[Sheet]]] = {
    Kind.xlsx: xlsx.read_sheets,
    Kind.xls: xls.read_sheets,
    Kind.ods: odt.read_sheets,
    Kind.sheetml: sheetml.read_sheets,
}


def read(content: bytes) -> Document:
    """A workbook: text rows as paragraphs, tables as grids, hidden sheets last. Raises Unreadable, Encrypted or TooComplex."""
    kind = sniff(content)
    if kind is Kind.locked:
        raise Encrypted("the workbook is locked with a password")
    if kind not in _READERS:
        raise Unreadable(f"not a workbook but {kind}")
    return Document(str(kind), cells.blocks(_READERS[kind](content), str(kind)))
