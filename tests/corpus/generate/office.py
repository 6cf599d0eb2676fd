"""What the generators of office formats share: boxes placed on slots, and ZIP files that come out the same every time."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import NamedTuple

from tests.corpus.generate.model import Box, Table

TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STAMP = (2025, 1, 20, 8, 0, 0)


class Placed(NamedTuple):
    """A box with the slot of its top left corner."""

    row: int
    column: int
    box: Box


def placed(table: Table) -> list[list[Placed]]:
    """The boxes of each row with their first slots, by the rule that a box takes the first free one."""
    taken: set[tuple[int, int]] = set()
    rows = []
    for r, row in enumerate(table):
        line, c = [], 0
        for box in row:
            while (r, c) in taken:
                c += 1
            line.append(Placed(r, c, box))
            taken.update((r + y, c + x) for y in range(box.rowspan) for x in range(box.colspan))
            c += box.colspan
        rows.append(line)
    return rows


def width_of(table: Table) -> int:
    """The number of columns."""
    return max(each.column + each.box.colspan for row in placed(table) for each in row)


class Part(NamedTuple):
    """One cell as word processors store it: a box, or (`continues`) the place that a box from above reaches into."""

    column: int
    box: Box
    continues: bool


def stored_rows(table: Table) -> list[list[Part]]:
    """Every row with a part for each box that stands in it or reaches into it, left to right."""
    rows: list[list[Part]] = [[] for _ in table]
    for line in placed(table):
        for row, column, box in line:
            for y in range(box.rowspan):
                if row + y < len(rows):
                    rows[row + y].append(Part(column, box, y > 0))
    return [sorted(row, key=lambda part: part.column) for row in rows]


def zipped(parts: Mapping[str, bytes | str], stored: tuple[str, ...] = ()) -> bytes:
    """A ZIP of these parts with a fixed time stamp; `stored` ones are not compressed."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, STAMP)
            entry.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return target.getvalue()


def relations(*targets: tuple[str, str]) -> str:
    """A relationships part: (kind, target) of each, ids rId1, rId2, …"""
    listed = "".join(f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(targets, 1))
    return f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{RELATIONS}">{listed}</Relationships>'


def content_types(parts: Mapping[str, str]) -> str:
    """The content types part: part name → type, XML for the rest."""
    listed = "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in parts.items())
    defaults = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    defaults += '<Default Extension="xml" ContentType="application/xml"/>'
    return f'<?xml version="1.0" encoding="UTF-8"?><Types xmlns="{TYPES}">{defaults}{listed}</Types>'
