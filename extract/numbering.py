"""List labels that Word prints but does not store: 一、 （二） 3. and the like, counted from the numbering part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from extract.markup import attribute, child, local, number

_LARGEST = 9999
_DIGITS = "零一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ["m", "cm", "d", "cd", "c", "xc", "l", "xl", "x", "ix", "v", "iv", "i"],
        strict=True,
    )
)
_CHINESE = frozenset(
    ["chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting", "taiwaneseCountingThousand", "ideographDigital"]
)


def spelled(value: int, style: str) -> str:
    """A counter as its number format prints it; empty for bullets and none, digits for formats not known."""
    if style in ("bullet", "none") or value < 0:
        return ""
    if value > _LARGEST:
        return str(value)
    if style in _CHINESE:
        return chinese(value)
    if style in ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"):
        return "".join(_FORMAL[int(digit)] for digit in str(value)) if value > 9 else _FORMAL[value]
    if style in ("upperLetter", "lowerLetter") and value:
        letters = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letters.upper() if style == "upperLetter" else letters
    if style in ("upperRoman", "lowerRoman") and value:
        return roman(value).upper() if style == "upperRoman" else roman(value)
    return _symbol(value, style) or str(value)


def _symbol(value: int, style: str) -> str:
    """Formats with one character a number; empty where they end."""
    if style in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if style == "decimalEnclosedParen" and 1 <= value <= 20:
        return chr(0x2474 + value - 1)
    if style == "decimalEnclosedFullstop" and 1 <= value <= 20:
        return chr(0x2488 + value - 1)
    if style == "ideographEnclosedCircle" and 1 <= value <= 10:
        return chr(0x3220 + value - 1)
    if style == "decimalFullWidth":
        return "".join(chr(ord(digit) + 0xFEE0) for digit in str(value))
    if style == "decimalZero":
        return f"{value:02}"
    if style == "ideographTraditional" and 1 <= value <= 10:
        return _STEMS[value - 1]
    return _BRANCHES[value - 1] if style == "ideographZodiac" and 1 <= value <= 12 else ""


def chinese(value: int) -> str:
    """一, 十, 十一, 二十, 一百零五; digit by digit from a thousand on."""
    if value >= 1000:
        return "".join(_DIGITS[int(digit)] for digit in str(value))
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = _DIGITS[hundreds] + "百" if hundreds else ""
    if tens:
        text += ("十" if tens == 1 and not hundreds else _DIGITS[tens] + "十") + (_DIGITS[ones] if ones else "")
    elif ones or not hundreds:
        text += ("零" if hundreds else "") + _DIGITS[ones]
    return text


def roman(value: int) -> str:
    """Lower-case Roman numerals."""
    text = ""
    for worth, letters in _ROMAN:
        text += letters * (value // worth)
        value %= worth
    return text


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a list: where it starts, how it counts, and its text with %1 … %9 for the counters."""

    start: int
    style: str
    text: str


@dataclass(slots=True)
class Lists:
    """The lists of one document and where each of them stands."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    """By number id."""
    shared: dict[str, str] = field(default_factory=dict)
    """Number id → the abstract list, whose counters all its numbers share."""
    restarts: dict[tuple[str, int], int] = field(default_factory=dict)
    """Levels that a number id starts anew, with the value; used up at its first paragraph."""
    counters: dict[str, dict[int, int]] = field(default_factory=dict)
    """Abstract list → level → the last number given."""

    def label(self, number_id: str, level: int) -> str:
        """Counts one paragraph and returns what is printed before it; empty for bullets and unknown lists."""
        known = self.levels.get(number_id)
        if not known or level not in known:
            return ""
        counters = self.counters.setdefault(self.shared[number_id], {})
        restart = self.restarts.pop((number_id, level), None)
        counters[level] = restart if restart is not None else counters.get(level, known[level].start - 1) + 1
        for deeper in [each for each in counters if each > level]:
            del counters[deeper]
        return _printed(counters, known, level)


def _printed(counters: Mapping[int, int], known: Mapping[int, Level], level: int) -> str:
    """The level's text with the counters in their places."""
    text = known[level].text
    if known[level].style == "bullet":
        return ""
    for at in range(9):
        if f"%{at + 1}" in text and at in known:
            value = counters.get(at, known[at].start)
            text = text.replace(f"%{at + 1}", spelled(value, known[at].style))
    return text


def read(root: etree._Element | None) -> Lists:
    """The lists of a numbering part; none where there is no such part."""
    lists = Lists()
    if root is None:
        return lists
    elements = {attribute(each, "abstractNumId") or "": each for each in root if local(each) == "abstractNum"}
    linked = {attribute(child(each, "styleLink"), "val"): each for each in elements.values()}
    abstract = {name: _levels(_defining(each, linked)) for name, each in elements.items()}
    for each in root:
        if local(each) == "num":
            number_id = attribute(each, "numId") or ""
            owner = attribute(child(each, "abstractNumId"), "val") or ""
            lists.levels[number_id] = dict(abstract.get(owner, {}))
            lists.shared[number_id] = owner
            _override(lists, number_id, each)
    return lists


def _defining(element: etree._Element, linked: Mapping[str | None, etree._Element]) -> etree._Element:
    """The abstract list that holds the levels: another one where this only names the style of a list."""
    link = attribute(child(element, "numStyleLink"), "val")
    return linked.get(link, element) if link else element


def _override(lists: Lists, number_id: str, element: etree._Element) -> None:
    for change in element:
        if local(change) != "lvlOverride":
            continue
        at = number(change, "ilvl", 0)
        lists.levels[number_id].update(_levels(change))
        start = child(change, "startOverride")
        if start is not None:
            lists.restarts[number_id, at] = number(start, "val", 1)


def _levels(element: etree._Element) -> dict[int, Level]:
    return {
        number(level, "ilvl", 0): Level(
            number(child(level, "start"), "val", 1),
            attribute(child(level, "numFmt"), "val") or "decimal",
            attribute(child(level, "lvlText"), "val") or "",
        )
        for level in element
        if local(level) == "lvl"
    }
