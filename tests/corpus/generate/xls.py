"""XLS specimens, written with xlwt."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import xlwt

from tests.corpus.generate.model import Specimen
from tests.corpus.generate.office import placed
from tests.corpus.generate.xlsx import is_number


def draw(specimen: Specimen, numbers: bool = True, one_sheet: bool = True) -> bytes:
    """The specimen as an XLS, figures as numbers or as text."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("年报")
    at = 0
    for block in specimen.blocks:
        if isinstance(block, str):
            if not one_sheet and at and block[1:2] == "、":
                sheet, at = book.add_sheet(block[:10].replace("、", "")), 0
            sheet.write_merge(at, at, 0, 3, block)
            at += 1
            continue
        for row, column, box in (each for line in placed(block) for each in line):
            number = box.key and numbers and is_number(box.text)
            value = float(box.text) if number else box.text
            sheet.write_merge(at + row, at + row + box.rowspan - 1, column, column + box.colspan - 1, value)
        at += len(block) + 1
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def variants() -> dict[str, Callable[[Specimen], bytes]]:
    """Every dialect by name."""
    return {
        "plain": draw,
        "text": lambda specimen: draw(specimen, numbers=False),
        "sheets": lambda specimen: draw(specimen, one_sheet=False),
    }
