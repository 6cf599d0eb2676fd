"""How listings are printed: columns aligned by what a terminal shows (a Chinese character is two columns wide), or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

import click
from rich.cells import cell_len


def as_json(value: object) -> None:
    """One JSON document on stdout, Chinese as it is; dates, decimals and paths as text."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def table(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> None:
    """Rows under their column names, on stdout; nothing is cut off, NULL is shown as nothing."""
    lines = [tuple(columns), *(tuple(_shown(row.get(column)) for column in columns) for row in rows)]
    widths = [max(cell_len(line[at]) for line in lines) for at in range(len(columns))]
    for line in lines:
        click.echo("  ".join(text + " " * (width - cell_len(text)) for text, width in zip(line, widths, strict=True)).rstrip())


def right_aligned(lines: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of figures below each other, all but the last column to the right."""
    widths = [max(cell_len(line[at]) for line in lines) for at in range(len(lines[0]) - 1)]
    for *figures, last in lines:
        yield (
            "".join(f"{' ' * (width - cell_len(text) + 2)}{text}" for text, width in zip(figures, widths, strict=True))
            + f"  {last}".rstrip()
        )


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_shown, value))
    return "" if value is None else " ".join(str(value).splitlines())
