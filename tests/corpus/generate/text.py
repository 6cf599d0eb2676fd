"""Made-up reports as plain text: cells on lines of their own, in columns, or with every border lost."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from tests.corpus.generate.model import Specimen, Table
from tests.corpus.generate.office import placed, width_of


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


def unmerged(table: Table) -> list[list[str]]:
    """All slots of a table; a merged box stands in the first of its own."""
    rows = [[""] * width_of(table) for _ in table]
    for line in placed(table):
        for row, column, box in line:
            rows[row][column] = box.text
    return rows


def tabbed(table: Table) -> str:
    """A row a line and a tab between two slots, as spreadsheets save text."""
    return "\n".join("\t".join(row) for row in unmerged(table))


def markdown(table: Table) -> str:
    """Slots between bars, a rule below the first row."""
    first, *rest = ("| " + " | ".join(row) + " |" for row in unmerged(table))
    return "\n".join(["", first, "|" + " --- |" * width_of(table), *rest, ""])


def broad(text: str) -> int:
    """Columns that a terminal gives to a text."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def boxed(table: Table) -> str:
    """Boxes of line characters, merged ones too; a label goes on over as many lines as it needs."""
    boxes = [(row, column, box) for line in placed(table) for row, column, box in line]
    width, wide, high = width_of(table), 16, 6
    arms: dict[tuple[int, int], set[str]] = {}
    letters: dict[tuple[int, int], str] = {}
    for row, column, box in boxes:
        top, left, below, right = row * high, column * wide, (row + box.rowspan) * high, (column + box.colspan) * wide
        for y in (top, below):
            for x in range(left, right):
                arms.setdefault((y, x), set()).add("r")
                arms.setdefault((y, x + 1), set()).add("l")
        for x in (left, right):
            for y in range(top, below):
                arms.setdefault((y, x), set()).add("d")
                arms.setdefault((y + 1, x), set()).add("u")
        for n, line in enumerate(_wrapped(box.text, box.colspan * wide - 2)):
            letters |= _spelt(line, top + 1 + n, left + 1)
    letters |= {spot: LINES["".join(sorted(sides))] for spot, sides in arms.items()}
    lines = ["".join(letters.get((y, x), " ") for x in range(width * wide + 1)) for y in range(len(table) * high + 1)]
    return "\n".join(lines)


LINES = {"lr": "─", "du": "│", "dr": "┌", "dl": "┐", "ru": "└", "lu": "┘", "dru": "├", "dlu": "┤", "dlr": "┬", "lru": "┴", "dlru": "┼"}
"""The characters that draw lines to the left, right, up and down."""


def _wrapped(text: str, wide: int) -> list[str]:
    lines = [""]
    for letter in text:
        if broad(lines[-1] + letter) > wide:
            lines.append("")
        lines[-1] += letter
    return lines


def _spelt(line: str, y: int, x: int) -> dict[tuple[int, int], str]:
    """Letters by place; one of two columns leaves nothing behind it."""
    spots: dict[tuple[int, int], str] = {}
    for letter in line:
        spots[y, x] = letter
        if broad(letter) == 2:
            spots[y, x + 1] = ""
        x += broad(letter)
    return spots


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
        "tabbed": lambda model: draw(model, tabbed),
        "markdown": lambda model: draw(model, markdown),
        "boxed": lambda model: draw(model, boxed),
        "glued": lambda model: draw(model, glued),
        "crlf-gbk": crlf,
    }
