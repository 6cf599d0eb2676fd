"""The list styles of an OpenDocument file, as numbered lists."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from extract.markup import attribute, local, number
from extract.numbering import Level, Lists

_FORMATS = {
    "1": "decimal",
    "a": "lowerLetter",
    "A": "upperLetter",
    "i": "lowerRoman",
    "I": "upperRoman",
    "一": "chineseCounting",
    "壹": "chineseLegalSimplified",
    "①": "decimalEnclosedCircle",
    "１": "decimalFullWidth",
    "甲": "ideographTraditional",
    "子": "ideographZodiac",
}
"""The first of the numbers that a format lists → its name in OOXML."""


def read_lists(roots: Iterable[etree._Element]) -> Lists:
    """Every list style by name; each counts by itself."""
    lists = Lists()
    for root in roots:
        for style in root.iter("{*}list-style"):
            name = attribute(style, "name") or ""
            lists.shared[name] = name
            lists.levels[name] = {number(each, "level", 1) - 1: _level(each) for each in style}
    return lists


def _level(element: etree._Element) -> Level:
    style = attribute(element, "num-format") or ""
    if local(element) != "list-level-style-number" or not style:
        return Level(1, "bullet", "")
    level, depth = number(element, "level", 1), max(1, min(number(element, "display-levels", 1), 9))
    counters = ".".join(f"%{at}" for at in range(max(1, level - depth + 1), level + 1))
    text = (attribute(element, "num-prefix") or "") + counters + (attribute(element, "num-suffix") or "")
    return Level(number(element, "start-value", 1), _FORMATS.get(style[0], "decimal"), text)
