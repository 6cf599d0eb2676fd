"""Made-up reports as plain text: cells on lines of their own, in columns, or with every border lost."""

from __future__ import annotations

from collections.abc import Callable

from tests.corpus.generate.model import Specimen, Table


def rows_of_cells(table: Table) -> str:
    """As copied from a browser: each cell on a line behind a tab, an empty line after each row, empty cells under merged ones."""
    lines = []
    below: dict[int, tuple[int, int]] = {}
    for row in table:
        cells, column, waiting, carried = [], 0, list(row), {}
        while waiting or column in below:
            if column in below:
                left, width = below[column]
                cells.append("")
            else:
                box = waiting.pop(0)
                left, width = box.rowspan, box.colspan
                cells.append(box.text)
            if left > 1:
                carried[column] = (left - 1, width)
            column += width
        below = carried
        lines.append("\n".join(f"\t{cell}" for cell in cells))
    return "\n\n".join(lines) + "\n\n"


def spaced(table: Table) -> str:
    """A row a line, cells apart by blanks."""
    return "\n".join("  ".join(box.text for box in row) for row in table)


def piped(table: Table) -> str:
    """A row a line, cells between bars."""
    return "\n".join("| " + " | ".join(box.text for box in row) + " |" for row in table)


def glued(table: Table) -> str:
    """Every border and line break lost."""
    return "".join(box.text for row in table for box in row)


def draw(model: Specimen, table: Callable[[Table], str], joint: str = "\n") -> bytes:
    """The report as a text file."""
    blocks = [block if isinstance(block, str) else table(block) for block in model.blocks]
    return joint.join(blocks).encode()


def crlf(model: Specimen) -> bytes:
    """GBK with the line ends of Windows."""
    return draw(model, rows_of_cells).decode().replace("\n", "\r\n").encode("gb18030")


def variants() -> dict[str, Callable[[Specimen], bytes]]:
    """Every way to lose a grid."""
    return {
        "cells": lambda model: draw(model, rows_of_cells),
        "spaced": lambda model: draw(model, spaced),
        "piped": lambda model: draw(model, piped),
        "glued": lambda model: draw(model, glued),
        "crlf-gbk": crlf,
    }
