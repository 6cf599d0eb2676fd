"""When two readings say the same: figures, text and dates, not layout, raw blanks or counters of the page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from extract.document import Place
from extract.report import Figure, Report, State
from store.provenance import Change, Part


class Printed(NamedTuple):
    """The figures of one report column by column, each as long as there are figures; the fields are those of `Figure`.

    What is asked of all cells of a report is asked of its columns: a cell at a time costs several times as much.
    """

    table: tuple[str, ...] = ()
    row: tuple[str, ...] = ()
    column: tuple[str, ...] = ()
    value: tuple[Decimal | None, ...] = ()
    unit: tuple[str | None, ...] = ()
    state: tuple[State, ...] = ()
    raw: tuple[str, ...] = ()
    place: tuple[Place, ...] = ()
    reader: tuple[str, ...] = ()
    part: tuple[int, ...] = ()
    confidence: tuple[float, ...] = ()
    match: tuple[str, ...] = ()
    note: tuple[str | None, ...] = ()
    repaired: tuple[bool, ...] = ()

    @classmethod
    def of(cls, figures: Iterable[Figure]) -> Printed:
        """The columns of some figures."""
        return cls(*zip(*figures, strict=True))

    @property
    def keys(self) -> Iterator[tuple[str, str, str]]:
        """(table, row, column) of each cell."""
        return zip(self.table, self.row, self.column, strict=True)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def text_hash(text: str) -> str:
    """The same for texts that differ in blanks and line breaks only."""
    return _digest(without_blanks(text))


def without_blanks(text: str) -> str:
    """A text without white space, of zero width too."""
    return "".join(text.split()).replace("\u200b", "")


def content_hash(report: Report, printed: Printed | None = None) -> str:
    """The same where figures (value, state, unit), sections and dates are. `printed` are the report's figures, where at hand."""
    p = printed or Printed.of(report.figures)
    said = [state if value is None else plain(value) for value, state in zip(p.value, p.state, strict=True)]
    cells = sorted(map("|".join, zip(p.table, p.row, p.column, said, map(str, p.unit), strict=True)))
    sections = [f"{s.code}|{without_blanks(s.heading)}|{without_blanks(s.text)}" for s in report.sections]
    return _digest("\n".join([*cells, *sections, f"{report.published_on}|{report.signed_on}|{report.status}"]))


@lru_cache(1 << 16)
def plain(value: Decimal) -> str:
    """A number without trailing zeros: 3 and 3.0 are the same."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def source_hash(parts: tuple[Part, ...]) -> str:
    """The same where all the bytes read are."""
    return _digest("\n".join(part.sha256 for part in parts))


Cells = dict[tuple[str, str, str], tuple[Decimal | None, str]]
"""(table, row, column) to (value, raw text)."""


def cells_of(printed: Printed) -> Cells:
    """Figures by cell."""
    return dict(zip(printed.keys, zip(printed.value, printed.raw, strict=True), strict=True))


def changes(old: Cells, new: Cells) -> tuple[Change, ...]:
    """The cells whose number differs, or that only one of both has; in the order of the new reading."""
    keys = [*new, *(key for key in old if key not in new)]
    nothing: tuple[Decimal | None, str | None] = (None, None)
    pairs = [(key, old.get(key, nothing), new.get(key, nothing)) for key in keys]
    return tuple(Change(*key, was[0], now[0], was[1], now[1]) for key, was, now in pairs if _differ(was, now))


def _differ(was: tuple[Decimal | None, str | None], now: tuple[Decimal | None, str | None]) -> bool:
    return was[0] != now[0] or (was[1] is None) != (now[1] is None)


def disagreements(old: Cells, new: Cells) -> tuple[Change, ...]:
    """The cells that both print as numbers, and differently: what two copies of one report must not do."""
    return tuple(change for change in changes(old, new) if change.old is not None and change.new is not None)
