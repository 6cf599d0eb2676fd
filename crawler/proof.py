"""Whether a walk proves that it saw a whole listing; pure reasoning over what was walked."""

from __future__ import annotations

from crawler.listing import StopReason
from crawler.sheet import Progress

ROW_CAPS = frozenset((200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000))
PAGE_CAPS = frozenset((10, 20, 50, 100, 200, 500, 1000))
"""Totals and numbers of pages at which systems stop counting."""
FULL = 10
"""Rows of a page that may be a full one, with more behind it."""
FAILED: frozenset[StopReason] = frozenset(("blocked", "error", "cap_suspected"))


def looks_capped(progress: Progress) -> bool:
    """A round total; or, where none is declared, a round number of pages of which the last is as full as the others."""
    if progress.total is not None:
        return progress.total in ROW_CAPS
    counts = [count for _, count in sorted(progress.counts.items())]
    return progress.pages in PAGE_CAPS and len(counts) > 1 and counts[-1] >= counts[-2]


def stops_at_cap(progress: Progress) -> bool:
    """Whether pages end where systems stop writing them: a round number of full pages that make a round total.

    That the next page is absent then proves nothing: it was never written.
    """
    return progress.total in ROW_CAPS and progress.pages in PAGE_CAPS and len(set(progress.counts.values())) == 1


def drop_constants(progress: Progress) -> None:
    """Take out rows that stand on every page where the declared total is met without them: they belong to the pages, not to the list."""
    constant = progress.constant
    if progress.total is not None and constant and len(progress.rows) - len(constant) == progress.total:
        for key in constant:
            del progress.rows[key]


def proven(progress: Progress, reason: StopReason, holes: int) -> bool:
    """Whether the listing is complete. `holes` is the number of pages that stayed empty or absent before pages that were not."""
    if reason in FAILED:
        return False
    if progress.total is not None:
        return len(progress.rows) == progress.total
    if not progress.rows or holes:
        return False
    if progress.pages is not None:
        return all(progress.counts.get(number) for number in range(1, progress.pages + 1)) and _even(progress)
    if reason == "last_page" and progress.sheet.veiled and len(progress.sheet.rows) >= FULL:
        return False
    # A second page that repeats the first proves only that its number is ignored.
    return reason != "repeat_page" or max(progress.counts) > 2


def _even(progress: Progress) -> bool:
    """Whether no page but the last is shorter than its like; the first may hold more (rows kept on top)."""
    counts = [count for _, count in sorted(progress.counts.items())][:-1]
    return all(count >= max(counts[1:], default=0) for count in counts)


def shortfall(progress: Progress, note: str) -> str:
    """What is missing to completeness, in words."""
    if progress.total is not None and len(progress.rows) != progress.total:
        said = f"{progress.total} rows declared, {len(progress.rows)} found"
    elif progress.pages is not None and progress.total is None:
        said = f"{progress.pages} pages declared, {sum(map(bool, progress.counts.values()))} with rows walked"
    elif not progress.rows:
        said = "no rows found: an empty column, or a list that exists only in a browser"
    else:
        said = f"{len(progress.rows)} rows found, their end is not proven"
    return f"{said}; {note}" if note else said
