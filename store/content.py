"""When two readings say the same: figures, text and dates, not layout, raw blanks or counters of the page."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache

from extract.report import Figure, Report
from store.provenance import Change, Part

BLANKS = re.compile(r"[\s\u3000\xa0\u200b]+")


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def text_hash(text: str) -> str:
    """The same for texts that differ in blanks and line breaks only."""
    return _digest(BLANKS.sub("", text))


def content_hash(report: Report) -> str:
    """The same where figures (value, state, unit), sections and dates are."""
    cells = sorted([f"{f[0]}|{f[1]}|{f[2]}|{f[5] if f[3] is None else plain(f[3])}|{f[4]}" for f in report.figures])
    sections = [f"{s.code}|{BLANKS.sub('', s.heading)}|{BLANKS.sub('', s.text)}" for s in report.sections]
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


def cells_of(figures: Iterable[Figure]) -> Cells:
    """Figures by cell."""
    return {(f.table_code, f.row_code, f.column_code): (f.value, f.raw) for f in figures}


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
