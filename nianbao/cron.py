"""Cron expressions as cron means them, for APScheduler, which counts weekdays from Monday and joins the two day fields by "and"."""

from __future__ import annotations

import re

from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.combining import OrTrigger
from apscheduler.triggers.cron import CronTrigger

WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
SHORTHAND = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *"}


def trigger(expression: str, timezone: str) -> BaseTrigger:
    """When an expression of five fields fires in a zone. Raises ValueError where it is none.

    Weekdays are 0-7 with Sunday at both ends; where day and weekday are both limited, either is enough.
    """
    fields = SHORTHAND.get(expression.strip().lower(), expression).split()
    if len(fields) != 5:
        raise ValueError("not five fields")
    minute, hour, day, month, weekday = fields
    common = {"minute": minute, "hour": hour, "month": month, "timezone": timezone}
    names = _weekdays(weekday)
    if "*" not in (day[0], weekday[0]):
        return OrTrigger([CronTrigger(day=day, **common), CronTrigger(day_of_week=names, **common)])
    return CronTrigger(day=day, day_of_week=names, **common)


def _weekdays(field: str) -> str:
    """The field as names one by one: numbers and ranges that wrap mean something else to the scheduler."""
    days = [day for part in field.lower().split(",") for day in _range(part)]
    return ",".join(WEEKDAYS[day] for day in sorted(set(days)))


def _range(part: str) -> list[int]:
    found = re.fullmatch(r"(?:\*|(\w+)(?:-(\w+))?)(?:/(\d+))?", part)
    if not found:
        raise ValueError(f"not a weekday: {part}")
    first = _number(found[1]) if found[1] else 0
    last = _number(found[2]) if found[2] else first if found[1] and not found[3] else 6
    if last < first:
        last += 7
    return [day % 7 for day in range(first, last + 1, max(int(found[3] or 1), 1))]


def _number(word: str) -> int:
    if word in WEEKDAYS:
        return WEEKDAYS.index(word)
    if not word.isdigit() or int(word) > 7:
        raise ValueError(f"not a weekday: {word}")
    return int(word)
