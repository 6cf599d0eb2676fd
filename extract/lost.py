"""Tables whose grid was lost → grids again: the form's labels cut the running text into rows, blanks and sums into cells.

Used for plain text, and for any document that prints a table of the form as paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from typing import NamedTuple

from extract.check import equations
from extract.dates import years
from extract.document import Cell, Grid, Place
from extract.form import LEGACY_EDITIONS, Row, form
from extract.label import normalise, strip_brackets
from extract.names import MAX_TITLE, is_report_title
from extract.narrative import opens
from extract.number import parse
from extract.split import Numbers, candidates, groups, settle, sums

PEOPLE = 7
TABLES = ("disclosure", "requests", "challenges", "stat2014", "stat2008")
LEAST_ROWS = 5
"""Rows that must be known before running text is taken for a statistics table."""
_GAP = r"[\s、，,（()）：:；;“”\"'·.|│┃]*"
_CELL_LINE = re.compile(r"^\t(.*)$")
_ROW_END = re.compile(r"\n[ \u3000]*\n|\n*$")
_NEXT_NUMBER = re.compile(
    r"(?:[（(]?\s*[一二三四五六七八]\s*[)）]|[一二三四]\s*[、.．,，]|(?<!\d)\d\s*[、.．](?!\d)|(\d)\s*[、.．](?!\d))\s*$"
)
_TOTAL_BEFORE = re.compile(r"(?:总\s*[计数]|[合共]\s*计)[\s|│]*\Z")
"""A total before the first column: the order of the columns is another than the form's."""
_BORDER = re.compile(r"[|│┃┆┊\t]|[ \u3000]{2}")
"""What stands between cells on a line: digits beside it are one number, and its neighbours are blank."""
_TABLE_WORDS = re.compile(r"信\s*息\s*内\s*容|自\s*然\s*人|结\s*果\s*维\s*持")
_UNIT = "人次|条|件|次|篇|个|人|万元|元"


def _apart(*words: str) -> str:
    """One of the words, its characters also apart."""
    return "(?:" + "|".join(r"\s*".join(word) for word in words) + r")[\s|│┃]*"


_LEGACY_HEAD = re.compile(
    r"(?P<numbered>序\s*号[\s|│┃]*)?"
    + _apart("统计指标", "指标名称")
    + rf"(?:{_apart('计量单位', '单位')})?"
    + rf"(?:{_apart('统计数据', '统计数', '数量', '数据', '本期实际', '本年度', '本年数')}|20\d\d\s*年\s*度?[\s|│┃]*)"
    + rf"(?P<cumulative>{_apart('历年累计', '本年累计', '累计')})?"
    + rf"(?P<more>20\d\d\s*年|{_apart('上年', '本年', '去年', '代码')})?"
)
"""The header of a statistics table; `numbered` and `more` are columns of further numbers."""
_LEGACY_END = re.compile(r"[。；]|单位负责人|(?:审核|填报|填表|统计)人\s*[:：]|联系电话|注\s*[:：]")
_LABEL_BEGINS = "(?:(?<![一-鿿])|(?<=其中)|(?<=条|件|次|篇|个|人|元))"
_LABEL_ENDS = f"(?=[^一-鿿]|$|(?:{_UNIT})(?:[^一-鿿]|$))"
_LEGACY_NOTE = re.compile(r"^\s*[（(][^（）()]*[)）]")
_LEGACY_NEXT = re.compile(
    r"(?:其中\s*[:：]?|[（(]\s*[一二三四五六七八九十\d]\s*[)）]|[一二三四五六七八九]\s*[、.．,，]|(?<!\d)\d\s*[、.．](?!\d)|(?<=\d)\d\s*[、.．](?!\d)|[“”\"「])\s*$"
)
"""The number of the label behind, and its opening quote."""
_PIECES = re.compile(r"[\s|│┃┆┊]+")


class Piece(NamedTuple):
    """One cell of a rebuilt row."""

    text: str
    repaired: bool = False
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row as found: its label as printed and the text between it and the next label."""

    code: str
    label: str
    rest: str


@cache
def _label_patterns(table: str) -> tuple[tuple[str, re.Pattern[str], bool], ...]:
    """(code, pattern, is short) of every row in printed order; characters may stand apart."""
    found = []
    for row in form().rows.values():
        if row.table == table:
            texts = {normalise(t) for t in (row.zh, row.zh_v2019 or "", *row.aliases) if t}
            texts |= {strip_brackets(t) for t in texts}
            loose = sorted((_GAP.join(map(re.escape, t)) for t in texts if t), key=len, reverse=True)
            found.append((row.code, re.compile("|".join(loose)), max(map(len, texts)) < 4))
    return tuple(found)


def grids(text: str, wanted: Sequence[str] = TABLES, reader: str = "text", after: int = 0) -> list[Grid]:
    """The wanted tables of the form that stand in `text` without borders, as grids numbered on `after` others in reading order."""
    makers = {"disclosure": _disclosure, "requests": _requests, "challenges": _challenges}
    text = first_report(text)
    found: list[Grid] = []
    for table in wanted:
        rows = makers[table](text) if table in makers else _legacy(table, text)
        if rows:
            found.append(_grid(rows, reader, after + len(found) + 1))
    return found


def first_report(text: str) -> str:
    """The text up to where, behind tables of the form, another report begins: with its first section, or a title not seen before."""
    tables = _TABLE_WORDS.search(text)
    if tables is None:
        return text
    before, at = "".join(text[: tables.start()].split()), tables.end()
    for line in text[at:].split("\n"):
        plain = "".join(line.split())
        titled = len(plain) <= MAX_TITLE and years(plain) and is_report_title(plain) and plain not in before
        if titled or ("总体情况" in plain and opens(line.strip()) == "s1_overview"):
            return text[:at]
        at += len(line) + 1
    return text


def _grid(rows: Sequence[Sequence[Piece]], reader: str, number: int) -> Grid:
    """Rows of (text, repaired) as a grid; short rows end in slots without a cell."""
    width = max(len(row) for row in rows)
    grid = []
    for r, row in enumerate(rows):
        cells: list[Cell | None] = [
            Cell(piece.text, Place(number, r, c), repaired=piece.repaired, unreadable=piece.unreadable) for c, piece in enumerate(row)
        ]
        grid.append(tuple(cells + [None] * (width - len(cells))))
    return Grid(tuple(grid), reader, number)


def _plain(texts: Sequence[str]) -> list[Piece]:
    return [Piece(text) for text in texts]


def _lines(table: str, text: str) -> list[Line]:
    """The rows of a table in running text: each label at its first place behind the one before it."""
    marks: list[tuple[int, int, str]] = []
    patterns = _label_patterns(table)
    position = 0
    for i, (code, pattern, _) in enumerate(patterns):
        match = pattern.search(text, position)
        if match is None or _later_label_before(patterns[i + 1 :], text, position, match.start()):
            continue
        marks.append((match.start(), match.end(), code))
        position = match.end()
    return _cut(text, marks)


def _cut(text: str, marks: Sequence[tuple[int, int, str]]) -> list[Line]:
    """The text between labels: marks are (start, end, code), in order."""
    ends = [start for start, _, _ in marks[1:]] + [len(text)] * bool(marks)
    return [Line(code, " ".join(text[s:e].split()), text[e:end]) for (s, e, code), end in zip(marks, ends, strict=True)]


def _later_label_before(later: Sequence[tuple[str, re.Pattern[str], bool]], text: str, start: int, end: int) -> bool:
    """Whether a long label of a later row stands in between: then this label belongs to something else."""
    return any(not short and pattern.search(text, start, end) for _, pattern, short in later)


def _values(line: str) -> list[str]:
    """The printed pieces behind a label: without the number of the next label, split where blanks or rules stand."""
    text = _strip_next(re.sub(r"^[^\S\n\t]*(?:[（(][^（）()\d]*[)）]|[”\"'’」』]+)", "", line))
    structured = _structured(text)
    return structured if structured is not None else [piece for piece in _PIECES.split(text) if piece]


def _structured(text: str) -> list[str] | None:
    """Cells behind tabs, on one line or on lines of their own, up to the end of the row; None where the text is not so laid out."""
    row = text.lstrip(" ").lstrip("\n")
    if not row.startswith("\t"):
        return None
    row = row[: found.start()] if (found := _ROW_END.search(row)) else row
    lines = [_CELL_LINE.match(line) for line in row.split("\n")]
    return [cell.strip() for m in lines if m for cell in m[1].split("\t")] if all(lines) else None


def _strip_next(text: str) -> str:
    """Without the enumerators (一、 （二） 1.) that belong to the label behind, and the group labels before it."""
    text = re.sub(
        r"其中\s*[:：]?\s*(?=\d?\s*[.、．]?\s*$)|[一二三四]\s*、\s*本年度办理结果|[（(]\s*[三四五六]\s*[)）]\s*(?:不予公开|无法提供|不予处理|其他处理)",
        " ",
        text,
    )
    while (found := _NEXT_NUMBER.search(text)) is not None:
        text = text[: found.start()]
    return text


def _requests(text: str) -> list[list[Piece]] | None:
    """Table 3. Its columns stand in the order of the form, 总计 last: the sums of the rows say so, or nothing is read."""
    start = re.search(r"自\s*然\s*人[\s\S]{0,80}?商\s*业\s*企\s*业", text)
    if start is None or _TOTAL_BEFORE.search(text[: start.start()]):
        return None
    end = re.compile(r"结\s*果\s*维\s*持|四\s*、\s*(?:因?政府信息公开)[^\n]{0,16}行政").search(text, start.end())
    region = text[start.start() : end.start() if end else len(text)]
    if any(word not in "".join(region.split()) for word in ("科研机构", "社会公益组织", "法律服务机构", "总计")):
        return None
    lines = [line for line in _lines("requests", region) if "group" not in form().rows[line.code].kinds.values() or _has_numbers(line)]
    rows = _split_rows(lines)
    if not _confirmed(rows):
        return None
    header = ["", *(c.zh for c in form().columns_of("requests"))]
    return [_plain(header), *([Piece(line.label), *rows[i]] for i, line in enumerate(lines))]


def _has_numbers(line: Line) -> bool:
    return len([piece for piece in _values(line.rest) if any(ch.isdigit() for ch in piece)]) >= 1 and line.code == "requests.outcome.other"


def _split_rows(lines: Sequence[Line]) -> list[list[Piece]]:
    """The seven cells of each row: as printed where seven pieces stand there, else by the sums, else as they are."""
    pieces = [_values(line.rest) for line in lines]
    printed = {i: cells for i, cells in enumerate(pieces) if len(cells) == PEOPLE and all(_readable(c) for c in cells)}
    glued = {i: cells for i, cells in enumerate(pieces) if i not in printed}
    options: dict[str, Sequence[Numbers]] = {
        lines[i].code: [_numbers(cells)] for i, cells in printed.items() if all(c.isdecimal() for c in cells)
    }
    for i, cells in glued.items():
        whole = bool(cells) and all(c.isascii() and c.isdecimal() for c in cells)
        options[lines[i].code] = sums(cells, PEOPLE) if whole else ()
    settled = settle(options, _columns_hold) if glued else {}
    return [_cells(i, printed, glued, settled.get(lines[i].code)) for i in range(len(lines))]


def _readable(cell: str) -> bool:
    return parse(cell).state != "unreadable"


def _numbers(cells: Sequence[str]) -> Numbers:
    return tuple(int(cell) for cell in cells)


def _cells(i: int, printed: Mapping[int, list[str]], glued: Mapping[int, list[str]], numbers: Numbers | None) -> list[Piece]:
    if i in printed:
        return _plain(printed[i])
    if numbers is not None:
        return [Piece(str(number), True) for number in numbers]
    return _in_doubt(glued[i]) if len(glued[i]) == PEOPLE else _plain(glued[i])


def _in_doubt(cells: Sequence[str]) -> list[Piece]:
    """Cells as printed; where a piece is no figure at all (the number of the next label), nobody knows which the others are."""
    strange = any(not _readable(cell) and not any(ch.isdigit() for ch in cell) for cell in cells)
    return [Piece(cell, unreadable=strange) for cell in cells]


def _columns_hold(rows: Mapping[str, Numbers]) -> bool:
    """Whether balance and outcome total hold in every column, of the edition whose rows are there."""
    edition = "v2021" if any(code.startswith("requests.outcome.other.") for code in rows) else "v2019"
    order = [c.code for c in form().columns_of("requests")]
    for rule in ("T3.outcome_total", "T3.balance"):
        for equation in equations(rule, edition):
            at = order.index(equation.column or "")
            sides = [[(rows.get(cell[0]), sign) for cell, sign in side] for side in (equation.left, equation.right)]
            if any(row is None for side in sides for row, _ in side):
                continue
            values = [sum(sign * row[at] for row, sign in side if row is not None) for side in sides]
            if values[0] != values[1]:
                return False
    return True


def _confirmed(rows: Sequence[Sequence[Piece]]) -> bool:
    """Whether the order of the columns is confirmed: most rows that say anything add up to their last cell."""
    numbers = [[parse(piece.text).value for piece in row] for row in rows if len(row) == PEOPLE]
    telling = [[v for v in row if v is not None] for row in numbers if all(v is not None for v in row) and any(row)]
    return bool(numbers) and sum(sum(row[:-1]) == row[-1] for row in telling) * 2 >= len(telling)


def _challenges(text: str) -> list[list[Piece]] | None:
    """Table 4: fifteen figures behind the last 总计 of its header, or three rows of five."""
    outcomes = [c.zh for c in form().columns_of("challenges")]
    block = _GAP.join(_GAP.join(map(re.escape, word)) for word in outcomes)
    found = re.search(rf"(?:{block}{_GAP}(?:未\s*经[^\d]*?)?){{3,}}", text)
    if found is None:
        return _challenge_rows(text, outcomes, block)
    end = found.start() + len(found[0].rstrip())
    rest = re.split(r"五\s*、", text[end:], maxsplit=1)[0]
    cells = _structured(rest) or [p for p in _PIECES.split(rest.strip()) if p]
    row = _fifteen(cells)
    header = [[""] * 0, [r.zh for r in form().rows_of("challenges") for _ in outcomes], outcomes * 3]
    return [_plain(header[1]), _plain(header[2]), row] if row else None


def _challenge_rows(text: str, outcomes: list[str], block: str) -> list[list[Piece]] | None:
    """The three rows under one header, where each has all its cells behind tabs."""
    found = re.search(block, text)
    lines = _lines("challenges", re.split(r"五\s*、", text[found.end() :], maxsplit=1)[0]) if found else []
    cells = [_structured(line.rest) or [] for line in lines]
    if [line.code for line in lines] != [row.code for row in form().rows_of("challenges")] or any(len(row) != 5 for row in cells):
        return None
    return [_plain(["", *outcomes]), *(_plain([line.label, *row]) for line, row in zip(lines, cells, strict=True))]


def _fifteen(cells: Sequence[str]) -> list[Piece] | None:
    """The fifteen figures: as printed, by their three sums, or openly unread; None where none are printed."""
    leading: list[str] = list(takewhile(lambda cell: cell.isdecimal() or _readable(cell), cells[:16]))
    if len(leading) == 15:
        return _plain(leading)
    if not leading:
        return None
    options = groups(leading, 5, 3) if len(leading) < 15 and all(c.isascii() and c.isdecimal() for c in leading) else ()
    if len(options) == 1:
        return [Piece(str(number), True) for number in options[0]]
    return [Piece(" ".join(leading), unreadable=True)] * 15


def _disclosure(text: str) -> list[list[Piece]] | None:
    """Table 2: blocks of a header and rows. Digits without borders are split only where one way exists."""
    start = re.search(r"信\s*息\s*内\s*容", text)
    end = re.search(r"自\s*然\s*人|三\s*、\s*收\s*到", text[start.end() :]) if start else None
    if start is None:
        return None
    region = text[start.start() : start.end() + end.start() if end else len(text)]
    lines = _lines("disclosure", region)
    edition = _disclosure_edition(region)
    if not lines or edition is None:
        return None
    rows: list[list[Piece]] = []
    columns: tuple[str, ...] = ()
    for line in lines:
        row = form().rows[line.code]
        own = row.columns.get(edition, ())
        if own != columns:
            columns = own
            rows.append(_plain(["信息内容", *_header(row, edition, region)]))
        rows.append([Piece(line.label), *_disclosure_cells(line, len(own))])
    return rows


def _header(row: Row, edition: str, region: str) -> list[str]:
    """The column labels of a block; an amount keeps the unit that its header prints."""
    labels = [form().columns[row.table, code].label(edition) for code in row.columns.get(edition, ())]
    unit = re.search(r"采\s*购\s*总\s*金\s*额\s*[（(]\s*(?:单位[:：])?\s*(万元|元)", region)
    return [f"{label}（{unit[1]}）" if unit and label == "采购总金额" else label for label in labels]


def _disclosure_edition(region: str) -> str | None:
    plain = "".join(region.split())
    new = any(word in plain for word in ("制发件数", "废止件数", "现行有效", "收费金额"))
    old = any(word in plain for word in ("新制作数量", "新公开数量", "上一年项目数量", "对外公开总数量"))
    return None if new == old else ("v2021" if new else "v2019")


def _disclosure_cells(line: Line, count: int) -> list[Piece]:
    structured = _structured(line.rest)
    cells = structured if structured is not None else [p for p in _PIECES.split(_before_header(line.rest)) if p]
    if len(cells) == count:
        return _plain(cells) if structured is not None else _in_doubt(cells)
    if len(cells) == 1 and cells[0].isascii() and cells[0].isdecimal() and not _BORDER.search(line.rest.split("\n")[0]):
        options = candidates(cells, count)
        if len(options) == 1:
            return [Piece(str(number), True) for number in options[0]]
    return _plain(cells)


def _before_header(text: str) -> str:
    """The text before the next block's title or header."""
    return (
        re.split(r"第\s*二\s*十\s*条|信\s*息\s*内\s*容|[一-鿿]{3,}", text, maxsplit=1)[0]
        if not re.search(r"^\s*[\d+\-]", text)
        else (re.split(r"第\s*二\s*十\s*条|信\s*息\s*内\s*容", text, maxsplit=1)[0])
    )


def _legacy(table: str, text: str) -> list[list[Piece]] | None:
    """A statistics table before 2019: label, unit, then one figure or (stat2008) this year's and the cumulative one."""
    header = _LEGACY_HEAD.search(text)
    if header is None or header["numbered"] or header["more"] or (header["cumulative"] and table == "stat2014"):
        return None
    region = _LEGACY_END.split(text[header.end() :], maxsplit=1)[0]
    count = 2 if header["cumulative"] else 1
    lines = {other: _legacy_lines(other, region) for other in LEGACY_EDITIONS}
    own = lines[table]
    if len(own) < LEAST_ROWS or any(len(own) < len(other) for other in lines.values()):
        return None
    own = [line for line in own if form().rows[line.code].unit]
    printed = [line.rest.strip().split("\n")[0] for line in own]
    glued = not any(re.search(r"\s", text) or len(re.findall(r"\d", text)) < count for text in printed)
    rows = [[Piece(line.label), *_legacy_cells(line, count, glued)] for line in own]
    if 2 * sum(any(piece.text for piece in row[2:]) for row in rows) < len(rows):
        return None
    return [_plain(["指标名称", "单位", "本年度", "历年累计"][: 2 + count]), *rows]


def _legacy_lines(table: str, region: str) -> list[Line]:
    """The rows of a table, each where its label stands alone: not as a part of a longer one."""
    marks: list[tuple[int, int, str]] = []
    for code, pattern, _ in _label_patterns(table):
        whole = re.compile(f"{_LABEL_BEGINS}(?:{pattern.pattern}){_LABEL_ENDS}")
        marks += [(match.start(), -match.end(), code) for match in whole.finditer(region)]
    kept: list[tuple[int, int, str]] = []
    order = list(form().rows)
    for start, minus_end, code in sorted(marks, key=lambda mark: (mark[0], mark[1], order.index(mark[2]))):
        if code not in {other for _, _, other in kept} and (not kept or start >= kept[-1][1]):
            kept.append((start, -minus_end, code))
    return _cut(region, kept)


def _legacy_cells(line: Line, count: int, glued: bool) -> list[Piece]:
    """The unit and the figures behind a label; blank where nothing is printed up to the next one.

    Digits are split only where no row of the table parts or omits figures, and no year has more than all years together.
    """
    rest = _LEGACY_NOTE.sub("", line.rest, count=1)
    found = re.match(rf"[\s|]*({_UNIT})?([\s\S]*)", rest)
    unit, rest = (found[1] or "", found[2]) if found else ("", "")
    rest = re.split(r"[一-鿿]{3,}", rest, maxsplit=1)[0]
    while (shorter := _LEGACY_NEXT.sub("", rest)) != rest:
        rest = shorter
    cells = [p for p in _PIECES.split(rest) if p]
    if glued and len(cells) == 1 and count == 2 and cells[0].isascii() and cells[0].isdecimal():
        options = candidates(cells, count)
        if len(options) == 1 and options[0][0] <= options[0][1]:
            return [Piece(unit), *(Piece(str(number), True) for number in options[0])]
    if not cells or (len(cells) == count and all(map(_readable, cells))):
        return [Piece(unit), *_plain(cells or [""] * count)]
    return [Piece(unit), *([Piece(" ".join(cells), unreadable=True)] * count)]
