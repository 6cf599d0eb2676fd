"""What a binary Word file's style sheet and list tables decide: which paragraphs are headings, and the labels of numbered ones."""

from __future__ import annotations

import struct
from typing import NamedTuple

from extract.doc_file import WordFile, modifiers
from extract.numbering import Level, Lists

_STYLES, _LISTS, _OVERRIDES = 0xA2, 0x2E2, 0x2EA
_LIST, _LEVEL, _OVERRIDE = 28, 28, 16
_MAX_LISTS = 2000
_MAX_ANCESTRY = 30
_PARAGRAPH_STYLE, _NO_BASE, _VANISH = 1, 0xFFF, 0x083C
LIST, LEVEL, OUTLINE = 0x460B, 0x260A, 0x2640
"""Modifiers that put a paragraph into a list, on a level of it, on a level of the outline."""

_FORMATS = {
    0: "decimal", 1: "upperRoman", 2: "lowerRoman", 3: "upperLetter", 4: "lowerLetter", 10: "ideographDigital",
    11: "japaneseCounting", 14: "decimalFullWidth", 16: "japaneseLegal", 18: "decimalEnclosedCircle", 22: "decimalZero",
    23: "bullet", 26: "decimalEnclosedFullstop", 27: "decimalEnclosedParen", 28: "decimalEnclosedCircleChinese",
    29: "ideographEnclosedCircle", 30: "ideographTraditional", 31: "ideographZodiac", 33: "taiwaneseCounting",
    34: "ideographLegalTraditional", 35: "taiwaneseCountingThousand", 37: "chineseCounting", 38: "chineseLegalSimplified",
    39: "chineseCountingThousand", 255: "none",
}  # fmt: skip
"""Number format codes → their names in OOXML; others count in digits."""


class Membership(NamedTuple):
    """Where a paragraph belongs: list number (0 none), its level; whether it is a heading, whether hidden. None: not stated."""

    list_id: int | None = None
    level: int | None = None
    heading: bool | None = None
    hidden: bool | None = None

    def over(self, base: Membership) -> Membership:
        """This where it says something, else the base."""
        return Membership(
            base.list_id if self.list_id is None else self.list_id,
            base.level if self.level is None else self.level,
            base.heading if self.heading is None else self.heading,
            base.hidden if self.hidden is None else self.hidden,
        )


UNSTATED = Membership()


def membership(packed: bytes) -> Membership:
    """What a paragraph's own modifiers say."""
    found = Membership()
    for code, operand in modifiers(packed):
        if code == LIST and len(operand) == 2:
            found = found._replace(list_id=struct.unpack("<H", operand)[0])
        elif code == LEVEL and operand:
            found = found._replace(level=operand[0])
        elif code == OUTLINE and operand:
            found = found._replace(heading=operand[0] < 9)
    return found


def read_styles(word: WordFile) -> list[Membership]:
    """What each paragraph style says, by its index, base styles followed."""
    sheet = word.located(_STYLES)
    if len(sheet) < 6:
        return []
    header, count, fixed = struct.unpack_from("<HHH", sheet)
    at = 2 + header
    stated: list[tuple[Membership, int]] = []
    for _ in range(count):
        if at + 2 > len(sheet):
            break
        size = struct.unpack_from("<H", sheet, at)[0]
        stated.append(_style(sheet[at + 2 : at + 2 + size], fixed))
        at += 2 + size + size % 2
    return [_inherited(stated, index) for index in range(len(stated))]


def _style(style: bytes, fixed: int) -> tuple[Membership, int]:
    """What one style says itself, and the index of its base."""
    if len(style) < fixed + 2:
        return Membership(), _NO_BASE
    name, kind = struct.unpack_from("<HH", style)
    at = fixed + 2 + 2 * struct.unpack_from("<H", style, fixed)[0] + 2
    first = _block(style, at)
    if kind & 0xF != _PARAGRAPH_STYLE:
        return Membership(hidden=_hides(first)), kind >> 4
    own = membership(first[2:])._replace(hidden=_hides(_block(style, at + 2 + len(first) + len(first) % 2)))
    return Membership(heading=True).over(own) if 1 <= name & 0xFFF <= 9 and own.heading is None else own, kind >> 4


def _block(style: bytes, at: int) -> bytes:
    """The modifiers that stand there behind their length."""
    size = struct.unpack_from("<H", style, at)[0] if at + 2 <= len(style) else 0
    return style[at + 2 : at + 2 + size]


def _hides(packed: bytes) -> bool | None:
    """Whether character modifiers hide text; None where they do not say."""
    return next((bool(operand[0] & 1) for code, operand in modifiers(packed) if code == _VANISH and operand), None)


def _inherited(stated: list[tuple[Membership, int]], index: int) -> Membership:
    found = Membership()
    for _ in range(_MAX_ANCESTRY):
        if index >= len(stated):
            break
        own, index = stated[index]
        found = found.over(own)
    return found


def read_lists(word: WordFile) -> Lists:
    """The file's lists, by their number as a paragraph states it."""
    lists = Lists()
    tables = _levels_by_list(word.located(_LISTS))
    overrides = word.located(_OVERRIDES)
    if len(overrides) < 4 or not tables:
        return lists
    count = min(struct.unpack_from("<I", overrides)[0], _MAX_LISTS)
    at = 4 + _OVERRIDE * count
    for number in range(1, count + 1):
        entry = 4 + _OVERRIDE * (number - 1)
        if entry + _OVERRIDE > len(overrides):
            break
        owner, changes = struct.unpack_from("<i", overrides, entry)[0], overrides[entry + 12]
        lists.shared[str(number)] = str(owner)
        lists.levels[str(number)] = dict(tables.get(owner, {}))
        at = _override(lists, str(number), overrides, at, changes)
    return lists


def _override(lists: Lists, name: str, data: bytes, at: int, changes: int) -> int:
    """Levels that one list number starts or formats anew; returns where the next number's begin."""
    at += 4
    for _ in range(changes):
        if at + 8 > len(data):
            return len(data)
        start, flags = struct.unpack_from("<iI", data, at)
        at += 8
        level = flags & 0xF
        if flags & 0x20:
            lists.levels[name][level], at = _level(data, at)
        elif flags & 0x10:
            lists.restarts[name, level] = start
    return at


def _levels_by_list(table: bytes) -> dict[int, dict[int, Level]]:
    if len(table) < 2:
        return {}
    count = min(max(0, struct.unpack_from("<h", table)[0]), _MAX_LISTS)
    at = 2 + _LIST * count
    found: dict[int, dict[int, Level]] = {}
    for number in range(count):
        entry = 2 + _LIST * number
        if entry + _LIST > len(table):
            break
        levels: dict[int, Level] = {}
        for level in range(1 if table[entry + 26] & 1 else 9):
            if at + _LEVEL + 2 > len(table):
                break
            levels[level], at = _level(table, at)
        found[struct.unpack_from("<i", table, entry)[0]] = levels
    return found


def _level(data: bytes, at: int) -> tuple[Level, int]:
    """One level and where the next begins. In its text the counters stand as the characters 0 to 8."""
    start, style = struct.unpack_from("<iB", data, at)
    at += _LEVEL + data[at + 24] + data[at + 25]
    size = struct.unpack_from("<H", data, at)[0]
    raw = data[at + 2 : at + 2 + 2 * size].decode("utf-16-le", "replace")
    text = "".join(f"%{ord(letter) + 1}" if ord(letter) < 9 else letter for letter in raw)
    return Level(start, _FORMATS.get(style, "decimal"), text), at + 2 + 2 * size
