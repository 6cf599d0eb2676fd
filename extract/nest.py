"""Tables told as a stream of cell ends and row ends (binary Word, RTF), nested to any depth, put together again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from extract.flow import Box, Item, Line, Table

Shaper = Callable[[list[list[Item]]], list[Box]]
"""Gives the cells of one row their edges."""


@dataclass(slots=True)
class _Open:
    """A table under construction."""

    rows: list[list[Box]] = field(default_factory=list)
    cells: list[list[Item]] = field(default_factory=list)
    content: list[Item] = field(default_factory=list)


@dataclass(slots=True)
class Nest:
    """A story under construction: its body, and the tables that are open, outermost first."""

    unshaped: Shaper
    """Shapes a row that the file leaves without a row end."""
    body: list[Item] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)

    def at(self, depth: int) -> list[Item]:
        """What is being written at that depth: 0 the body, n the open cell of the n-th nested table."""
        self.close(depth)
        while len(self.open) < depth:
            self.open.append(_Open())
        return self.open[-1].content if depth else self.body

    def line(self, depth: int, line: Line) -> None:
        """One paragraph."""
        self.at(depth).append(line)

    def end_cell(self, depth: int) -> None:
        """The open cell is complete."""
        self.at(depth)
        table = self.open[-1]
        table.cells.append(table.content)
        table.content = []

    def is_blank(self, depth: int) -> bool:
        """Whether nothing is written in the open row."""
        self.at(depth)
        return all(isinstance(item, Line) and not item.text.strip() for cell in self.open[-1].cells for item in cell)

    def end_row(self, depth: int, shaper: Shaper, gone: bool = False) -> None:
        """The open row is complete; `gone`: it is deleted."""
        self.at(depth)
        table = self.open[-1]
        if table.cells and not gone:
            table.rows.append(shaper(table.cells))
        table.cells, table.content = [], []

    def close(self, depth: int) -> None:
        """Closes the tables deeper than that."""
        while len(self.open) > depth:
            table = self.open.pop()
            outer = self.open[-1].content if self.open else self.body
            if table.cells:
                table.rows.append(self.unshaped(table.cells))
            if table.rows:
                outer.append(Table(table.rows, measured=True))
            outer.extend(table.content)
