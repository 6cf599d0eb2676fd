"""Days printed in the text of pages."""

from __future__ import annotations

import re
from datetime import date

DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*(?:[-/.]|年)\s*(\d{1,2})\s*(?:[-/.]|月)\s*(\d{1,2})(?!\d)\s*日?")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})\s+((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})(?!\d)")


def date_in(text: str) -> date | None:
    """The first whole date in a text."""
    for year, month, day in DATE.findall(text):
        if found := _day(year, month, day):
            return found
    return next((found for day, year, month in _DAY_FIRST.findall(text) if (found := _day(year, month, day))), None)


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
