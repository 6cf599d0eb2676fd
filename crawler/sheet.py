"""What the walking of a listing is made of: requests, answers as rows, and ways to get from one to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from crawler.rows import Row


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for a page of a listing: a GET, or a POST where there is a form or a body."""

    url: str
    form: Mapping[str, str] | bytes | None = None
    media_type: str | None = None
    referer: str | None = None
    number: int = 1
    """Which page of the listing is asked for, from 1."""

    @property
    def identity(self) -> tuple[str, object]:
        """The same for requests that ask the same thing."""
        return self.url, tuple(sorted(self.form.items())) if isinstance(self.form, Mapping) else self.form


class Reply(NamedTuple):
    """The text of an answer, and where it came from in the end."""

    url: str
    text: str
    ask: Ask


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one answer held.

    `total` and `pages` are what it declares; `onward` is where it says itself that the next page is. A `prelude` only told how
    to ask and holds no rows by nature.
    """

    rows: tuple[Row, ...] = ()
    total: int | None = None
    pages: int | None = None
    onward: Ask | None = None
    prelude: bool = False
    veiled: bool = False
    """There is a way onward that only a browser could follow."""


def with_total(sheet: Sheet, total: int | None) -> Sheet:
    """The sheet with a total told elsewhere, where it tells none itself."""
    return sheet if sheet.total is not None or total is None else replace(sheet, total=total)


@dataclass(slots=True)
class Progress:
    """How far a walk has come."""

    number: int = 0
    """The last page that was asked for."""
    received: int = 0
    """Rows as they came, repeated ones too."""
    rows: dict[str, Row] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    """Rows that each page held; 0 for one that brought nothing new."""
    seen: Counter[str] = field(default_factory=Counter)
    """On how many sheets each row stood."""
    total: int | None = None
    pages: int | None = None
    changed: bool = False
    """The declared total became another during the walk."""
    sheet: Sheet = field(default_factory=Sheet)
    """The last answer."""
    fresh: int = 0
    """New rows that the last request brought."""
    beyond: bool = False
    """All that is declared is here, and the walk asks whether there is more."""

    def take(self, sheet: Sheet, number: int) -> int:
        """Add an answer; how many new rows it brought."""
        before = len(self.rows)
        for row in sheet.rows:
            self.rows.setdefault(row.key or row.url, row)
        self.seen.update({row.key or row.url for row in sheet.rows})
        self.received += len(sheet.rows)
        self.fresh = len(self.rows) - before
        self.sheet = sheet
        if not sheet.prelude:
            self.number = number
            held = len(sheet.rows) if self.fresh or not self.counts else 0
            self.counts[number] = max(self.counts.get(number, 0), held)
        self._declare(sheet)
        return self.fresh

    def _declare(self, sheet: Sheet) -> None:
        # An answer without rows that declares nothing to be there is a page beyond the end, not news.
        if sheet.total is not None and (sheet.rows or self.total is None):
            self.changed = self.changed or (self.total is not None and sheet.total != self.total)
            self.total = sheet.total
        if sheet.pages is not None and (sheet.rows or self.pages is None):
            self.pages = max(sheet.pages, self.pages or 0)

    @property
    def reached(self) -> bool:
        """All declared rows are here, and nothing speaks of further pages."""
        if self.total is None or len(self.rows) < self.total:
            return False
        if len(self.sheet.rows) >= self.total:
            return True
        return not (self.pages and self.number < self.pages) and self.sheet.onward is None

    @property
    def constant(self) -> list[str]:
        """Rows that stand on every page, where there are several."""
        sheets = sum(1 for count in self.counts.values() if count)
        return [key for key, times in self.seen.items() if times >= sheets > 1]

    @property
    def expected(self) -> bool:
        """More is declared than was seen."""
        if self.total is not None and len(self.rows) < self.total:
            return True
        return self.pages is not None and self.number < self.pages


@dataclass(frozen=True, slots=True)
class Source:
    """One way to enumerate a listing.

    `first` is the first request, or the first answer where it is already here (`again` then asks for it anew). `ask` gives the
    request that follows what was walked so far, also one page beyond the declared end, and `None` where nobody can tell one.
    """

    first: Ask | Sheet
    read: Callable[[Reply], Sheet]
    ask: Callable[[Progress], Ask | None]
    name: str = ""
    again: Ask | None = None
    keep: str = ""
    """Where an interface lists more than the column: what the addresses of the column's own rows hold."""
    from_zero: bool = False
    """Pages may be counted from 0 or from 1: the second answer may be the first again."""
