"""A printed cell → its value, state, unit and note. Refuses what it cannot read with certainty; never rounds."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from extract.report import State

INTEGER_DIGITS, FRACTION_DIGITS = 18, 6
"""What DECIMAL(24,6) holds."""

UNITS = (
    *("件", "条", "项", "个", "宗", "份", "起", "次", "篇", "场", "期", "人次", "人", "户", "例", "部"),
    *("元", "万元", "亿元", "千元"),
)
_SPACE = re.compile(
    r"[\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u206a-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
_DASH = re.compile(r"(?:[-‐‑‒–—―─━−－﹣ー]+|/|／|\\|＼|无|∕)\Z")
_BROKEN = re.compile(r"\d\s*\n\s*\d")
_NUMBER = re.compile(
    r"(?P<sign>[+\-−–‐‑‒])?"
    r"(?P<int>\d{1,3}(?:,\d{3})+|\d+)"
    r"(?P<frac>\.\d+)?"
    rf"\(?(?P<unit>{'|'.join(sorted(UNITS, key=len, reverse=True))})?\)?"
    r"(?P<note>\(.*\)|\[.*\]|[①-⑳⑴-⒇¹²³⁰-⁹*※#]+)?\Z"
)
_MARKS = re.compile(r"[①-⑳⑴-⒇⒈-⒛¹²³⁰-⁹₀-₉ⁿ]")
_ASCII = re.compile(r"\d{1,18}\Z", re.ASCII)
_ZERO = Decimal(0)
_BOUND = Decimal(10) ** INTEGER_DIGITS
_SMALLEST = Decimal(1).scaleb(-FRACTION_DIGITS)


class Number(NamedTuple):
    """What a cell says. `unit` is only what the cell itself prints."""

    value: Decimal | None
    state: State
    unit: str | None = None
    note: str | None = None


BLANK = Number(None, "blank")
DASH = Number(None, "dash")
UNREADABLE = Number(None, "unreadable")


@lru_cache(maxsize=16384)
def parse(raw: str) -> Number:
    """The number printed in `raw`: `１２`, `1,234`, `1 6`, `+19`, `251000元`, `22（其中修订16件）`; blank and dash are no numbers."""
    if _ASCII.match(raw):
        return Number(Decimal(raw), "number")
    text = _SPACE.sub("", raw)
    if not text:
        return BLANK
    if _DASH.match(text):
        return DASH
    if _BROKEN.search(raw.strip()):
        return UNREADABLE
    if text in ("零", "〇"):
        return Number(_ZERO, "number")
    return _match(_fold(text))


def _fold(text: str) -> str:
    """Full-width forms to ASCII; note marks (①, ²) stay what they are, for NFKC would make digits of them."""
    return "".join(ch if _MARKS.match(ch) else unicodedata.normalize("NFKC", ch) for ch in text)


def _match(text: str) -> Number:
    found = _NUMBER.match(text)
    if not found or not found["int"].isascii():
        return UNREADABLE
    sign = "-" if found["sign"] not in (None, "+") else ""
    value = Decimal(sign + found["int"].replace(",", "") + (found["frac"] or ""))
    if not fits(value):
        return UNREADABLE
    return Number(value + _ZERO if value else _ZERO, "number", found["unit"], _note(found["note"]))


def _note(text: str | None) -> str | None:
    if text and text[0] in "([":
        return text[1:-1] or None
    return text


def fits(value: Decimal) -> bool:
    """Whether DECIMAL(24,6) holds the value exactly."""
    if not -_BOUND < value < _BOUND:
        return False
    return value == value.quantize(_SMALLEST) if value else True
