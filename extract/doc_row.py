"""The shape of one table row in a binary Word file: where its cells begin and end and how they merge."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from extract.flow import Box, Item

_DEFINE, _INSERT, _DELETE, _WIDTH, _MERGE, _SPLIT, _VERTICAL = 0xD608, 0x7621, 0x5622, 0x7623, 0x5624, 0x5625, 0xD62B
_CELL = 20
_HORIZONTAL_BITS, _VERTICAL_BITS = 0x03, 0x60
_CONTINUES = 0x20
_PLAIN = 1000
"""Twips given to a cell whose width is not stated."""


@dataclass(slots=True)
class RowShape:
    """The borders between cells in twips, one more than cells, and the merge bits of each cell."""

    edges: list[int] = field(default_factory=list)
    bits: list[int] = field(default_factory=list)

    def apply(self, code: int, operand: bytes) -> None:
        """Applies one table modifier; those that say nothing of cells are passed over."""
        if code == _DEFINE and operand:
            self._define(operand)
        elif code == _INSERT and len(operand) == 4:
            self._insert(operand[0], operand[1], struct.unpack_from("<H", operand, 2)[0])
        elif code == _DELETE and len(operand) == 2:
            self._delete(*operand)
        elif code == _WIDTH and len(operand) == 4:
            self._width(operand[0], operand[1], struct.unpack_from("<H", operand, 2)[0])
        elif code in (_MERGE, _SPLIT) and len(operand) == 2:
            self._merge(operand[0], operand[1], code == _MERGE)
        elif code == _VERTICAL and len(operand) == 2 and operand[0] < len(self.bits):
            self.bits[operand[0]] = self.bits[operand[0]] & ~_VERTICAL_BITS | (operand[1] & 3) << 5

    def _define(self, operand: bytes) -> None:
        count = operand[0]
        self.edges = list(struct.unpack_from(f"<{count + 1}h", operand, 1))
        after = 1 + 2 * (count + 1)
        stored = min(count, (len(operand) - after) // _CELL)
        self.bits = [struct.unpack_from("<H", operand, after + _CELL * at)[0] for at in range(stored)] + [0] * (count - stored)

    def _insert(self, first: int, count: int, width: int) -> None:
        if not self.edges:
            self.edges = [0]
        while len(self.bits) < first:
            self._insert(len(self.bits), 1, width)
        start = self.edges[first]
        self.edges[first + 1 :] = [start + width * (at + 1) for at in range(count)] + [
            edge + width * count for edge in self.edges[first + 1 :]
        ]
        self.bits[first:first] = [0] * count

    def _delete(self, first: int, limit: int) -> None:
        limit = min(limit, len(self.bits))
        if first < limit:
            gone = self.edges[limit] - self.edges[first]
            self.edges[first + 1 :] = [edge - gone for edge in self.edges[limit + 1 :]]
            del self.bits[first:limit]

    def _width(self, first: int, limit: int, width: int) -> None:
        for at in range(first, min(limit, len(self.bits))):
            grown = width - (self.edges[at + 1] - self.edges[at])
            self.edges[at + 1 :] = [edge + grown for edge in self.edges[at + 1 :]]

    def _merge(self, first: int, limit: int, merged: bool) -> None:
        for at in range(first, min(limit, len(self.bits))):
            mark = (1 if at == first else 2) if merged else 0
            self.bits[at] = self.bits[at] & ~_HORIZONTAL_BITS | mark


def shape_row(cells: list[list[Item]], shape: RowShape | None) -> list[Box]:
    """The row's cells with their edges. A cell beyond the row's definition gets a width of its own."""
    edges, bits = (shape.edges, shape.bits) if shape else ([], [])
    borders = list(edges[: len(cells) + 1]) or [0]
    while len(borders) <= len(cells):
        borders.append(borders[-1] + _PLAIN)
    for at in range(1, len(borders)):
        borders[at] = max(borders[at], borders[at - 1] + 1)
    boxes: list[Box] = []
    opening = 0
    for at, content in enumerate(cells):
        bit = bits[at] if at < len(bits) else 0
        # The two published descriptions swap the marks of a first and of a further merged cell: the first of a series tells.
        horizontal = bit & _HORIZONTAL_BITS
        if horizontal and opening and horizontal != opening:
            boxes[-1].right = borders[at + 1]
            continue
        opening = horizontal
        boxes.append(Box(borders[at], borders[at + 1], content, bit & _VERTICAL_BITS == _CONTINUES))
    return boxes
