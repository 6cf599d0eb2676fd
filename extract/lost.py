"""Tables whose grid was lost → grids again: the form's labels cut the running text into rows, blanks and sums into cells.

Used for plain text, and for any document that prints a table of the form as paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import takewhile

from extract.check import equations
from extract.dates import years
from extract.document import Cell, Grid, Place
from extract.form import Row, form
from extract.lost_rows import GAP, PIECES, Line, Piece, cut, label_patterns, plain, readable
from extract.lost_statistics import statistics
from extract.names import MAX_TITLE, is_report_title
from extract.narrative import opens
from extract.number import parse
from extract.split import Numbers, candidates, groups, settle, sums

PEOPLE = 7
TABLES = ("disclosure", "requests", "challenges", "stat2014", "stat2008")
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


def grids(text: str, wanted: Sequence[str] = TABLES, reader: str = "text", after: int = 0) -> list[Grid]:
    """The wanted tables of the form that stand in `text` without borders, as grids numbered on `after` others in reading order."""
    makers = {"disclosure": _disclosure, "requests": _requests, "challenges": _challenges}
    text = first_report(text)
    found: list[Grid] = []
    for table in wanted:
        rows = makers[table](text) if table in makers else statistics(table, text)
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


def _lines(table: str, text: str) -> list[Line]:
    """The rows of a table in running text: each label at its first place behind the one before it."""
    marks: list[tuple[int, int, str]] = []
    patterns = label_patterns(table)
    position = 0
    for i, (code, pattern, _) in enumerate(patterns):
        match = pattern.search(text, position)
        if match is None or _later_label_before(patterns[i + 1 :], text, position, match.start()):
            continue
        marks.append((match.start(), match.end(), code))
        position = match.end()
    return cut(text, marks)


def _later_label_before(later: Sequence[tuple[str, re.Pattern[str], bool]], text: str, start: int, end: int) -> bool:
    """Whether a long label of a later row stands in between: then this label belongs to something else."""
    return any(not short and pattern.search(text, start, end) for _, pattern, short in later)


def _values(line: str) -> list[str]:
    """The printed pieces behind a label: without the number of the next label, split where blanks or rules stand."""
    text = _strip_next(re.sub(r"^[^\S\n\t]*(?:[（(][^（）()\d]*[)）]|[”\"'’」』]+)", "", line))
    structured = _structured(text)
    return structured if structured is not None else [piece for piece in PIECES.split(text) if piece]


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
    return [plain(header), *([Piece(line.label), *rows[i]] for i, line in enumerate(lines))]


def _has_numbers(line: Line) -> bool:
    return len([piece for piece in _values(line.rest) if any(ch.isdigit() for ch in piece)]) >= 1 and line.code == "requests.outcome.other"


def _split_rows(lines: Sequence[Line]) -> list[list[Piece]]:
    """The seven cells of each row: as printed where seven pieces stand there, else by the sums, else as they are."""
    pieces = [_values(line.rest) for line in lines]
    printed = {i: cells for i, cells in enumerate(pieces) if len(cells) == PEOPLE and all(readable(c) for c in cells)}
    glued = {i: cells for i, cells in enumerate(pieces) if i not in printed}
    options: dict[str, Sequence[Numbers]] = {
        lines[i].code: [_numbers(cells)] for i, cells in printed.items() if all(c.isdecimal() for c in cells)
    }
    for i, cells in glued.items():
        whole = bool(cells) and all(c.isascii() and c.isdecimal() for c in cells)
        options[lines[i].code] = sums(cells, PEOPLE) if whole else ()
    settled = settle(options, _columns_hold) if glued else {}
    return [_cells(i, printed, glued, settled.get(lines[i].code)) for i in range(len(lines))]


def _numbers(cells: Sequence[str]) -> Numbers:
    return tuple(int(cell) for cell in cells)


def _cells(i: int, printed: Mapping[int, list[str]], glued: Mapping[int, list[str]], numbers: Numbers | None) -> list[Piece]:
    if i in printed:
        return plain(printed[i])
    if numbers is not None:
        return [Piece(str(number), True) for number in numbers]
    return _in_doubt(glued[i]) if len(glued[i]) == PEOPLE else plain(glued[i])


def _in_doubt(cells: Sequence[str]) -> list[Piece]:
    """Cells as printed; where a piece is no figure at all (the number of the next label), nobody knows which the others are."""
    strange = any(not readable(cell) and not any(ch.isdigit() for ch in cell) for cell in cells)
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
    block = GAP.join(GAP.join(map(re.escape, word)) for word in outcomes)
    found = re.search(rf"(?:{block}{GAP}(?:未\s*经[^\d]*?)?){{3,}}", text)
    if found is None:
        return _challenge_rows(text, outcomes, block)
    end = found.start() + len(found[0].rstrip())
    rest = re.split(r"五\s*、", text[end:], maxsplit=1)[0]
    cells = _structured(rest) or [p for p in PIECES.split(rest.strip()) if p]
    row = _fifteen(cells)
    upper = [r.zh for r in form().rows_of("challenges") for _ in outcomes]
    return [plain(upper), plain(outcomes * 3), row] if row else None


def _challenge_rows(text: str, outcomes: list[str], block: str) -> list[list[Piece]] | None:
    """The three rows under one header, where each has all its cells behind tabs."""
    found = re.search(block, text)
    lines = _lines("challenges", re.split(r"五\s*、", text[found.end() :], maxsplit=1)[0]) if found else []
    cells = [_structured(line.rest) or [] for line in lines]
    if [line.code for line in lines] != [row.code for row in form().rows_of("challenges")] or any(len(row) != 5 for row in cells):
        return None
    return [plain(["", *outcomes]), *(plain([line.label, *row]) for line, row in zip(lines, cells, strict=True))]


def _fifteen(cells: Sequence[str]) -> list[Piece] | None:
    """The fifteen figures: as printed, by their three sums, or openly unread; None where none are printed."""
    leading: list[str] = list(takewhile(lambda cell: cell.isdecimal() or readable(cell), cells[:16]))
    if len(leading) == 15:
        return plain(leading)
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
            rows.append(plain(["信息内容", *_header(row, edition, region)]))
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
    cells = structured if structured is not None else [p for p in PIECES.split(_before_header(line.rest)) if p]
    if len(cells) == count:
        return plain(cells) if structured is not None else _in_doubt(cells)
    if len(cells) == 1 and cells[0].isascii() and cells[0].isdecimal() and not _BORDER.search(line.rest.split("\n")[0]):
        options = candidates(cells, count)
        if len(options) == 1:
            return [Piece(str(number), True) for number in options[0]]
    return plain(cells)


def _before_header(text: str) -> str:
    """The text before the next block's title or header."""
    words = "" if re.search(r"^\s*[\d+\-]", text) else "|[一-鿿]{3,}"
    return re.split(rf"第\s*二\s*十\s*条|信\s*息\s*内\s*容{words}", text, maxsplit=1)[0]
