"""What a crawl of one site tells as it goes: the column it found, the listing it walked, the report it fetched, what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from crawler.capture import Capture
from crawler.listing import Column, Link, Listing

Stage = Literal["find", "walk", "fetch", "parts", "site"]
PartKind = Literal["attachment", "picture", "article_page", "frame"]
SiteState = Literal[
    "new", "unchanged", "empty_expected", "empty_suspicious", "partial", "blocked", "robots", "unreachable", "never_delivered"
]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that could not be done. `url` is as linked, before redirects."""

    stage: Stage
    url: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Step:
    """One page looked at on the way to the columns: why it was asked for, and what it proved to be."""

    url: str
    why: str
    score: float
    outcome: str
    via: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The annual-report columns of a site and the path to them. `gates` are pages that only lead on to columns."""

    columns: tuple[Column, ...]
    trail: tuple[Step, ...] = ()
    family: str | None = None
    problems: tuple[Trouble, ...] = ()
    gates: tuple[Column, ...] = ()
    own_reports: Mapping[str, str] = field(default_factory=dict)
    """Columns that are themselves the report, each with the page whose menu lists it (or itself)."""
    leading: frozenset[str] = frozenset()
    """Columns that may be asked for rows, and lead on to parts of the column besides: without rows they are no gap."""
    barren: frozenset[str] = frozenset()
    """Columns that are named as such and list no report; not worth remembering."""
    unheard: tuple[Column, ...] = ()
    """Known columns that could not be asked tonight (a wall, no answer): not forgotten."""
    requests: int = 0
    night: int = 1
    """How many times this site has been looked at, this time included."""

    def memory(self) -> dict[str, Any]:
        """What the next run needs to come straight back, made of JSON's kinds; see `find`."""
        columns = [asdict(column) for column in (*self.columns, *self.unheard) if column.url not in self.barren]
        gates = [asdict(gate) for gate in self.gates]
        return {"columns": columns, "gates": gates, "own_reports": dict(self.own_reports), "night": self.night}


@dataclass(frozen=True, slots=True)
class PartLink:
    """Something that belongs to an article and stands at its own address. `name` is what the article calls it."""

    url: str
    kind: PartKind
    name: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part as fetched; `name` from Content-Disposition where the article did not say."""

    kind: PartKind
    name: str
    url: str
    capture: Capture


@dataclass(frozen=True, slots=True)
class Delivery:
    """One report: its main page or file, its parts in order, and the other addresses that its site gives it.

    With `capture.status` 304 it is as it was, and `parts` are empty unless they were asked for too.
    """

    link: Link
    capture: Capture
    parts: tuple[Part, ...] = ()
    also_at: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteEnd:
    """The last word on a site in a run: exactly one state."""

    site_id: str
    state: SiteState
    counts: Mapping[str, int] = field(default_factory=dict)
    message: str = ""


Event = Found | Listing | Delivery | Trouble | SiteEnd
