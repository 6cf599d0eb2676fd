"""Which version of a report is current, and what a new reading is to the versions already held. Pure decisions, no rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

STATUS_RANK = {"read": 0, "partial": 1, "unreadable": 2, "not_a_report": 3}


@dataclass(slots=True)
class Version:
    """What is needed of a held version to judge the next one. What `standing` gives changes; the rest never does."""

    report_id: int
    agency_id: int
    year: int
    scope: str
    version: int
    url: str
    status: str
    content_hash: str
    source_hash: str
    reader_version: str
    captured_at: datetime
    published_on: date | None
    is_current: bool
    gone_on: date | None
    retired: bool = False
    """We had read it as another agency's or year's: its bytes now belong to another report."""

    @property
    def key(self) -> tuple[int, int, str]:
        """Agency, year, scope: of these exactly one version is current."""
        return self.agency_id, self.year, self.scope

    @property
    def age(self) -> tuple[datetime, int]:
        """Its place in the series of its address: by when the bytes were captured, then by when we read them."""
        return self.captured_at, self.version

    @property
    def standing(self) -> tuple[bool, date | None, bool, str]:
        """The part of it that may change."""
        return self.is_current, self.gone_on, self.retired, self.url


def latest(versions: Iterable[Version], url: str) -> Version | None:
    """The last version read from that address."""
    return max((v for v in versions if v.url == url and not v.retired), key=lambda v: v.age, default=None)


def current(versions: Iterable[Version]) -> Version | None:
    """The one version that stands for the agency, year and scope.

    Of the last version of each address: the better read, the one not gone, the one published last, the smallest address.
    The order in which they were found does not matter.
    """
    newest: dict[str, Version] = {}
    for version in (v for v in versions if not v.retired):
        held = newest.get(version.url)
        if held is None or version.age > held.age:
            newest[version.url] = version
    return min(newest.values(), key=_rank, default=None)


def _rank(version: Version) -> tuple[int, bool, int, str]:
    published = version.published_on or date.min
    return STATUS_RANK[version.status], version.gone_on is not None, -published.toordinal(), version.url


def worse(new_status: str, old_status: str) -> bool:
    """An unreadable document never replaces one that could be read."""
    return new_status == "unreadable" and STATUS_RANK[old_status] < STATUS_RANK["unreadable"]
