"""Number formats of spreadsheets: what a stored number looks like to a person."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extract.cells import Value, day_text, printed

_DATE_IDS = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_CHINESE_DATE_IDS = frozenset((28, 31, 32, 33, 50, 51, 52, 53, 54, 55, 56, 57, 58))
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_DATE_LETTERS = re.compile(r"[ymdhs]", re.IGNORECASE)
_MOST_DECIMALS = 12


@dataclass(frozen=True, slots=True)
class Format:
    """How a format shows a number: as a date (in Chinese), or as so many decimals of a percentage; else plainly."""

    date: bool = False
    chinese: bool = False
    percent: int | None = None


def number_format(format_id: int, custom: dict[int, str]) -> Format:
    """The format of that number, built in or the workbook's own."""
    code = custom.get(format_id)
    if code is None:
        return Format(format_id in _DATE_IDS, format_id in _CHINESE_DATE_IDS, {9: 0, 10: 2}.get(format_id))
    bare = _QUOTED.sub("", code.split(";")[0])
    if "%" in bare:
        return Format(percent=len(bare.partition(".")[2].replace("%", "").strip()))
    return Format(bool(_DATE_LETTERS.search(re.sub("general", "", bare, flags=re.IGNORECASE))), "年" in code)


def shown(value: float, how: Format, since_1904: bool) -> Value:
    """A number as its format shows it. What rounds away is kept: the figure is what was entered."""
    if how.date:
        return Value(day_text(value, since_1904, how.chinese))
    if how.percent is not None:
        return Value(f"{value * 100:.{min(how.percent, _MOST_DECIMALS)}f}%")
    return Value(printed(value))
