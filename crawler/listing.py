"""What a column of a portal lists, and whether all of it was seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

StopReason = Literal[
    "total_reached", "declared_pages_done", "last_page", "next_404", "repeat_page", "stub", "cap_suspected", "blocked", "error"
]
LinkKind = Literal["report", "decoy"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as a visitor sees it, and what the way to it already tells of its rows.

    `annual` says that it is an annual-report column, where a bare name or year is a report's title. `year` and `agency` come
    from its own name (a per-year or per-organ sub-column), `family` from an earlier run or the configuration.
    """

    url: str
    name: str = ""
    year: int | None = None
    agency: str | None = None
    annual: bool = True
    family: str = "auto"


@dataclass(frozen=True, slots=True)
class Link:
    """One row of a listing. `agency` and `year` are hints from its words and its column, never the last word.

    `kind` "decoy" is a row that is recorded and left alone (年报解读, 网站工作年度报表 …); `why` says how it was told.
    """

    url: str
    title: str
    kind: LinkKind
    why: str
    year: int | None = None
    agency: str | None = None
    published: date | None = None
    listing_url: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """One column as walked in one run. `declared_total` counts rows, never pages; `distinct_found` counts decoys too."""

    url: str
    family: str
    links: tuple[Link, ...]
    requests: int
    stop_reason: StopReason
    declared_total: int | None = None
    declared_pages: int | None = None
    distinct_found: int = 0
    complete: bool = False
    message: str = ""
