"""Years and dates as reports print them: digits with blanks, full width, Chinese numerals."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_CHINESE = {
    **{ch: str(n) for n, ch in enumerate("零一二三四五六七八九")},
    "〇": "0",
    "○": "0",
    "Ｏ": "0",
    "Ο": "0",
    "О": "0",
    "O": "0",
    "o": "0",
    "◯": "0",
    "元": "1",
}
_CHINESE_YEAR = re.compile(r"[二2][零〇○ＯΟОOo◯0][零〇○ＯΟОOo◯一二三四五六七八九0-9]{2}(?=\s*年)")
_CHINESE_NUMBER = re.compile(r"(?<=[年月])\s*([一二三四五六七八九十]{1,3})\s*(?=[月日号])")
_YEAR = re.compile(r"(?<!\d)(20[0-3]\d)(?=年|年度|度|-|—|～|~|\D|$)")
_DATE = re.compile(r"(?<!\d)(20[0-3]\d)\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})(?!\d)\s*日?")
_PERIOD = re.compile(r"(20[0-3]\d)年1月1日(?:起)?[^。；0-9]{0,8}?(?:20[0-3]\d年)?12月31日")


def digits(text: str) -> str:
    """The text with blanks out of it, full-width digits and Chinese numerals of dates as ASCII digits."""
    text = "".join(unicodedata.normalize("NFKC", text).split())
    if "年" not in text and "月" not in text:
        return text
    text = _CHINESE_YEAR.sub(lambda m: "".join(_CHINESE.get(ch, ch) for ch in m[0]), text)
    return _CHINESE_NUMBER.sub(lambda m: str(_number(m[1])), text)


def _number(text: str) -> int:
    """二十一 → 21."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(_CHINESE[ch] for ch in text))
    return (int(_CHINESE[tens]) if tens else 1) * 10 + (int(_CHINESE[ones]) if ones else 0)


def years(text: str) -> list[int]:
    """The years that a title states, those followed by 年 first."""
    plain = digits(text)
    if "20" not in plain:
        return []
    marked = [int(y) for y in re.findall(r"(?<!\d)(20[0-3]\d)年", plain)]
    return marked or [int(y) for y in _YEAR.findall(plain)]


def dates(text: str) -> list[date]:
    """The complete dates in the text, in order; impossible ones are none."""
    return [found for match in _DATE.finditer(_spaced(text)) if (found := _date(match)) is not None]


def _spaced(text: str) -> str:
    return digits(text) if re.search(r"[年月]", text) else unicodedata.normalize("NFKC", text)


def _date(match: re.Match[str]) -> date | None:
    try:
        return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def is_only_date(text: str) -> bool:
    """Whether a line says a date and nothing else."""
    plain = digits(text)
    return bool(re.fullmatch(r"[(（]?20[0-3]\d(?:年|[-/.])\d{1,2}(?:月|[-/.])\d{1,2}日?[)）]?", plain))


def period_year(text: str) -> int | None:
    """The year of 统计期限自2024年1月1日至2024年12月31日."""
    found = _PERIOD.search(digits(text))
    return int(found[1]) if found else None
