"""What a value in the configuration must be. Each check gives the value back, or a `ValueError` that says what would be right."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from nianbao.cron import trigger
from nianbao.messages import say

Check = Callable[[object], Any]


def text(value: object) -> str:
    """A string with something in it."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(say('must be text in quotes, such as "var"'))
    return value


def one_line(value: object) -> str:
    """One line of text."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError(say('must be one line of text in quotes, such as "https://example.org/nianbao"'))
    return value


def flag(value: object) -> bool:
    """True or false, unquoted."""
    if not isinstance(value, bool):
        raise ValueError(say("must be true or false, without quotes"))
    return value


def number(least: float, most: float) -> Check:
    """A number within bounds, bounds included."""

    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise ValueError(say("must be a number from {least} to {most}", least=f"{least:g}", most=f"{most:g}"))
        return float(value)

    return check


def whole(least: int, most: int) -> Check:
    """A whole number within bounds, bounds included."""

    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(say("must be a whole number from {least} to {most}", least=least, most=most))
        return value

    return check


def choice(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: object) -> str:
        if value not in allowed:
            raise ValueError(say("must be one of {words}", words=", ".join(allowed)))
        return str(value)

    return check


def listing(check: Check) -> Check:
    """An array whose every item passes a check; the value is a tuple."""

    def check_all(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError(say('must be an array in square brackets, such as [] or ["…"]'))
        return tuple(check(item) for item in value)

    return check_all


def web_address(value: object) -> str:
    """An http or https address with a host."""
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        sound = False
    if not sound or re.search(r"\s", str(value)):
        raise ValueError(say('must be an address with http:// or https://, such as "https://www.xjsw.gov.cn/"'))
    return str(value)


def host_pattern(value: object) -> str:
    """A host name, or `*.` before one."""
    if not isinstance(value, str) or not re.fullmatch(r"\*|(\*\.)?[\w-]+(\.[\w-]+)*|\[?[0-9a-fA-F:]+\]?", value):
        raise ValueError(say('must be host names, whole or with "*." before them, without scheme, port or path, such as "*.gov.cn"'))
    return value


def network(value: object) -> str:
    """A range of addresses in CIDR notation."""
    try:
        return str(ipaddress.ip_network(value if isinstance(value, str) else ""))
    except ValueError:
        raise ValueError(say('must be address ranges in CIDR notation, such as "127.0.0.0/8"')) from None


def cron(value: object) -> str:
    """Five cron fields: minute, hour, day, month, weekday."""
    try:
        trigger(value if isinstance(value, str) else "", "Asia/Shanghai")
    except ValueError:
        raise ValueError(say('must be five cron fields (minute hour day month weekday), such as "15 2 * * *"')) from None
    return str(value)


def timezone(value: object) -> str:
    """The name of a time zone of the IANA database."""
    try:
        return ZoneInfo(value if isinstance(value, str) and value else "none").key
    except (OSError, ValueError, LookupError):
        raise ValueError(say('must be the name of a time zone, such as "Asia/Shanghai"')) from None


def month_day(value: object) -> str:
    """A day of the year as MM-DD."""
    if not isinstance(value, str) or not re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", value):
        raise ValueError(say('must be a day of the year as MM-DD, such as "12-20"'))
    return value


def division(value: object) -> str:
    """A division code of GB/T 2260: six digits (nine or twelve for a township)."""
    if not isinstance(value, str) or not re.fullmatch(r"\d{6}(\d{3}){0,2}", value):
        raise ValueError(say('must be a division code of six digits in quotes, such as "654203"'))
    return value


def identifier(value: object) -> str:
    """A short name for files, flags and rows."""
    if not isinstance(value, str) or not re.fullmatch(r"[\w][\w.-]{0,63}", value):
        raise ValueError(say('must be letters, digits, "-", "_" or "." (at most 64), such as "shawan"'))
    return value


def table(value: object) -> dict[str, Any]:
    """A table of keys."""
    if not isinstance(value, dict):
        raise ValueError(say("must be a table, such as { min_reports = 1 }"))
    return value
