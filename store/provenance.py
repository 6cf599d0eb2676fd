"""Where a report comes from, and what became of it when it was loaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

LoadOutcome = Literal["new", "unchanged", "correction", "earlier", "reread", "conflict", "rejected"]


@dataclass(frozen=True, slots=True)
class Part:
    """One capture that a report was read from: the document itself, or an attachment, picture or further page of it."""

    url: str
    sha256: str
    media_type: str | None
    captured_at: datetime
    warc_file: str | None = None
    warc_offset: int | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the run knows of a document beside its bytes.

    `url` is as linked, before redirects: it names the series of versions. `parts` stand in the order of `Figure.part`: 0 the
    document. `agency`, `year` and `published` are hints of the listing, used where the document does not say.
    `reader_version` names the readers as a whole: when it changes, the same bytes may give other figures.
    """

    run_id: int
    site_id: str
    url: str
    parts: tuple[Part, ...]
    reader_version: str
    agency: str | None = None
    year: int | None = None
    published: date | None = None

    def __post_init__(self) -> None:
        if not self.parts:
            raise ValueError(f"{self.url}: provenance without a capture")


class Change(NamedTuple):
    """One cell that differs between two versions. None: not printed, or not a number; `old_raw` and `new_raw` tell which."""

    table_code: str
    row_code: str
    column_code: str
    old: Decimal | None
    new: Decimal | None
    old_raw: str | None
    new_raw: str | None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one report.

    new         the first version of this agency, year and scope
    unchanged   nothing that the report says differs from what is held (also: another address with the same figures)
    correction  the agency changed it: a new version
    earlier     captured before what is held of its address: a version that was corrected since; `changes` lead from it to the next
    reread      the same bytes give other figures with today's readers: a new version
    conflict    another address gives other figures for the same agency, year and scope: kept beside the first
    rejected    not kept as a report; `message` says why, and a problem was recorded
    """

    outcome: LoadOutcome
    url: str
    report_id: int | None = None
    agency: str | None = None
    year: int | None = None
    scope: str | None = None
    changes: tuple[Change, ...] = ()
    message: str = ""
