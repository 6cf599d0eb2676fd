"""Statistics tables of before 2019 that stand in running text without borders → rows of label, unit and figures."""

from __future__ import annotations

import re

from extract.form import LEGACY_EDITIONS, form
from extract.lost_rows import PIECES, Line, Piece, cut, label_patterns, plain, readable
from extract.split import candidates

LEAST_ROWS = 5
"""Rows that must be known before running text is taken for a statistics table."""
_UNIT = "人次|条|件|次|篇|个|人|万元|元"


def _apart(*words: str) -> str:
    """One of the words, its characters also apart."""
    return "(?:" + "|".join(r"\s*".join(word) for word in words) + r")[\s|│┃]*"


_HEAD = re.compile(
    r"(?P<numbered>序\s*号[\s|│┃]*)?"
    + _apart("统计指标", "指标名称")
    + rf"(?:{_apart('计量单位', '单位')})?"
    + rf"(?:{_apart('统计数据', '统计数', '数量', '数据', '本期实际', '本年度', '本年数')}|20\d\d\s*年\s*度?[\s|│┃]*)"
    + rf"(?P<cumulative>{_apart('历年累计', '本年累计', '累计')})?"
    + rf"(?P<more>20\d\d\s*年|{_apart('上年', '本年', '去年', '代码')})?"
)
"""The header of a statistics table; `numbered` and `more` are columns of further numbers."""
_END = re.compile(r"[。；]|单位负责人|(?:审核|填报|填表|统计)人\s*[:：]|联系电话|注\s*[:：]")
_LABEL_BEGINS = "(?:(?<![一-鿿])|(?<=其中)|(?<=条|件|次|篇|个|人|元))"
_LABEL_ENDS = f"(?=[^一-鿿]|$|(?:{_UNIT})(?:[^一-鿿]|$))"
_NOTE = re.compile(r"^\s*[（(][^（）()]*[)）]")
_NEXT = re.compile(
    r"(?:其中\s*[:：]?|[（(]\s*[一二三四五六七八九十\d]\s*[)）]|[一二三四五六七八九]\s*[、.．,，]|(?<!\d)\d\s*[、.．](?!\d)|(?<=\d)\d\s*[、.．](?!\d)|[“”\"「])\s*$"
)
"""The number of the label behind, and its opening quote."""


def statistics(table: str, text: str) -> list[list[Piece]] | None:
    """A statistics table before 2019: label, unit, then one figure or (stat2008) this year's and the cumulative one."""
    header = _HEAD.search(text)
    if header is None or header["numbered"] or header["more"] or (header["cumulative"] and table == "stat2014"):
        return None
    region = _END.split(text[header.end() :], maxsplit=1)[0]
    count = 2 if header["cumulative"] else 1
    lines = {other: _lines(other, region) for other in LEGACY_EDITIONS}
    own = lines[table]
    if len(own) < LEAST_ROWS or any(len(own) < len(other) for other in lines.values()):
        return None
    own = [line for line in own if form().rows[line.code].unit]
    printed = [line.rest.strip().split("\n")[0] for line in own]
    glued = not any(re.search(r"\s", text) or len(re.findall(r"\d", text)) < count for text in printed)
    rows = [[Piece(line.label), *_cells(line, count, glued)] for line in own]
    if 2 * sum(any(piece.text for piece in row[2:]) for row in rows) < len(rows):
        return None
    return [plain(["指标名称", "单位", "本年度", "历年累计"][: 2 + count]), *rows]


def _lines(table: str, region: str) -> list[Line]:
    """The rows of a table, each where its label stands alone: not as a part of a longer one."""
    marks: list[tuple[int, int, str]] = []
    for code, pattern, _ in label_patterns(table):
        whole = re.compile(f"{_LABEL_BEGINS}(?:{pattern.pattern}){_LABEL_ENDS}")
        marks += [(match.start(), -match.end(), code) for match in whole.finditer(region)]
    kept: list[tuple[int, int, str]] = []
    order = list(form().rows)
    for start, minus_end, code in sorted(marks, key=lambda mark: (mark[0], mark[1], order.index(mark[2]))):
        if code not in {other for _, _, other in kept} and (not kept or start >= kept[-1][1]):
            kept.append((start, -minus_end, code))
    return cut(region, kept)


def _cells(line: Line, count: int, glued: bool) -> list[Piece]:
    """The unit and the figures behind a label; blank where nothing is printed up to the next one.

    Digits are split only where no row of the table parts or omits figures, and no year has more than all years together.
    """
    rest = _NOTE.sub("", line.rest, count=1)
    found = re.match(rf"[\s|]*({_UNIT})?([\s\S]*)", rest)
    unit, rest = (found[1] or "", found[2]) if found else ("", "")
    rest = re.split(r"[一-鿿]{3,}", rest, maxsplit=1)[0]
    while (shorter := _NEXT.sub("", rest)) != rest:
        rest = shorter
    cells = [p for p in PIECES.split(rest) if p]
    if glued and len(cells) == 1 and count == 2 and cells[0].isascii() and cells[0].isdecimal():
        options = candidates(cells, count)
        if len(options) == 1 and options[0][0] <= options[0][1]:
            return [Piece(unit), *(Piece(str(number), True) for number in options[0])]
    if not cells or (len(cells) == count and all(map(readable, cells))):
        return [Piece(unit), *plain(cells or [""] * count)]
    return [Piece(unit), *([Piece(" ".join(cells), unreadable=True)] * count)]
