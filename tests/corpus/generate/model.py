"""A made-up report before it takes on a format: prose, tables as spans of boxes, and the figures that must be read.

    specimen(seed, edition="v2021") -> Specimen

Same seed, same report. `Specimen.blocks` holds paragraphs (str) and tables in reading order. Format generators draw the
boxes; `expected` says what a perfect reader finds.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from extract.form import Form, Row, form

Key = tuple[str, str, str]
"""table_code, row_code, column_code"""


@dataclass(frozen=True, slots=True)
class Box:
    """One printed cell; `key` names the figure that it holds, or None for labels."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    key: Key | None = None


Table = list[list[Box]]
"""Rows of boxes as HTML writes them: a box stands in the first row and column that it covers."""


@dataclass(frozen=True, slots=True)
class Specimen:
    """One made-up report. `expected` maps a figure to its printed text ("" is blank)."""

    slug: str
    title: str
    agency: str
    year: int
    edition: str
    scope: str
    published_on: date
    signed_on: date
    blocks: tuple[str | Table, ...]
    expected: dict[Key, str]
    index_number: str | None = None


COUNTIES = ("临江县", "青禾县", "云岭市", "沙河区", "安平县", "白石县", "金川区", "东山市")
TOWNS = ("柳泉镇", "石桥乡", "桃源街道", "红旗镇", "清水镇", "大湾乡", "北关街道", "双河镇")
OFFICES = ("财政局", "教育局", "自然资源局", "卫生健康委员会", "公安局", "民政局", "医疗保障局")


def small(rng: random.Random) -> int:
    """A count as such reports print it: mostly 0, sometimes large."""
    return rng.choice((0, 0, 0, 0, 0, 0, rng.randint(1, 9), rng.randint(1, 9), rng.randint(10, 99), rng.randint(100, 12345)))


def _request_values(rng: random.Random, f: Form, edition: str, count: Callable[[random.Random], int]) -> dict[Key, int]:
    values: dict[Key, int] = {}
    people = [c.code for c in f.columns_of("requests") if c.code != "total"]
    leaves = f.leaves_below("requests.outcome", edition)
    for person in people:
        done = {leaf: count(rng) for leaf in leaves}
        carried_out = count(rng)
        carried_in = min(count(rng), sum(done.values()) + carried_out)
        column = done | {
            "requests.outcome.total": sum(done.values()),
            "requests.carried_out": carried_out,
            "requests.carried_in": carried_in,
            "requests.new": sum(done.values()) + carried_out - carried_in,
        }
        values |= {("requests", row, person): value for row, value in column.items()}
    for row in f.rows_of("requests", edition):
        values["requests", row.code, "total"] = sum(values["requests", row.code, person] for person in people)
    return values


def _challenge_values(rng: random.Random, f: Form, count: Callable[[random.Random], int]) -> dict[Key, int]:
    values: dict[Key, int] = {}
    for row in f.rows_of("challenges"):
        parts = [c.code for c in f.columns_of("challenges") if c.code != "total"]
        values |= {("challenges", row.code, part): count(rng) for part in parts}
        values["challenges", row.code, "total"] = sum(values["challenges", row.code, part] for part in parts)
    return values


def _disclosure_values(rng: random.Random, f: Form, edition: str, count: Callable[[random.Random], int]) -> dict[Key, str]:
    values: dict[Key, str] = {}
    for row, column in f.cells("disclosure", edition):
        if row.status.startswith("seen"):
            continue
        if column.type == "count":
            text = str(count(rng))
        elif column.type == "signed":
            text = rng.choice(("0", "0", f"+{rng.randint(1, 30)}", f"-{rng.randint(1, 30)}"))
        else:
            text = str(Decimal(count(rng) * 100 + rng.randint(0, 99)) / 100)
        values["disclosure", row.code, column.code] = text
    return values


def figures(rng: random.Random, edition: str, count: Callable[[random.Random], int] = small) -> dict[Key, str]:
    """Printed texts of every cell of the three tables, arithmetic of the form satisfied."""
    f = form()
    numbers = _request_values(rng, f, edition, count) | _challenge_values(rng, f, count)
    return _disclosure_values(rng, f, edition, count) | {key: str(value) for key, value in numbers.items()}


def disclosure_table(edition: str, values: dict[Key, str]) -> Table:
    """Table 2: stacked blocks over a grid 4 wide (the widest block), labels as that edition prints them."""
    f = form()
    rows = [row for row in f.rows_of("disclosure", edition) if not row.status.startswith("seen")]
    width = 4
    table: Table = []
    for block in dict.fromkeys(row.block for row in rows):
        members = [row for row in rows if row.block == block]
        columns = members[0].columns[edition]
        spans = _shares(width - 1, len(columns))
        table.append([Box(block or "", colspan=width)])
        header = [f.columns["disclosure", code].label(edition) for code in columns]
        table.append([Box("信息内容"), *(Box(text, colspan=span) for text, span in zip(header, spans, strict=True))])
        table.extend(_value_row(row, edition, columns, spans, values) for row in members)
    return table


def _shares(width: int, count: int) -> list[int]:
    return [width - count + 1, *([1] * (count - 1))]


def _value_row(row: Row, edition: str, columns: tuple[str, ...], spans: list[int], values: dict[Key, str]) -> list[Box]:
    keys = [(row.table, row.code, column) for column in columns]
    return [Box(row.label(edition)), *(Box(values[k], colspan=span, key=k) for k, span in zip(keys, spans, strict=True))]


def requests_table(edition: str, values: dict[Key, str]) -> Table:
    """Table 3: three header rows, three label columns, seven figure columns."""
    f = form()
    people = [c.zh for c in f.columns_of("requests") if c.group_zh]
    table: Table = [
        [Box("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3), Box("申请人情况", colspan=7)],
        [Box("自然人", rowspan=2), Box("法人或其他组织", colspan=5), Box("总计", rowspan=2)],
        [Box(text) for text in people],
    ]
    outcome = [row for row in f.rows.values() if row.code.startswith("requests.outcome.") and edition in row.kinds]
    inner = [row for row in outcome if row.kinds[edition] != "group"]
    opened: set[str] = set()
    for row in f.rows_of("requests", edition):
        table.append(_labels(f, row, edition, len(inner), inner, opened) + _numbers(f, row, edition, values))
    return table


def _labels(f: Form, row: Row, edition: str, outcomes: int, inner: list[Row], opened: set[str]) -> list[Box]:
    if row.parent is None:
        return [Box(row.label(edition), colspan=3)]
    boxes = []
    if "requests.outcome" not in opened:
        opened.add("requests.outcome")
        boxes.append(Box(f.rows["requests.outcome"].zh, rowspan=outcomes))
    if row.parent == "requests.outcome":
        return [*boxes, Box(row.label(edition), colspan=2)]
    if row.parent not in opened:
        opened.add(row.parent)
        boxes.append(Box(f.rows[row.parent].zh, rowspan=sum(other.parent == row.parent for other in inner)))
    return [*boxes, Box(row.label(edition))]


def _numbers(f: Form, row: Row, edition: str, values: dict[Key, str]) -> list[Box]:
    keys = [(row.table, row.code, column) for column in row.columns[edition]]
    return [Box(values[key], key=key) for key in keys]


def challenges_table(values: dict[Key, str]) -> Table:
    """Table 4: three header rows over fifteen figures in one row."""
    f = form()
    outcomes = [c.zh for c in f.columns_of("challenges")]
    keys = [("challenges", row.code, c.code) for row in f.rows_of("challenges") for c in f.columns_of("challenges")]
    return [
        [Box("行政复议", colspan=5), Box("行政诉讼", colspan=10)],
        [*(Box(text, rowspan=2) for text in outcomes), Box("未经复议直接起诉", colspan=5), Box("复议后起诉", colspan=5)],
        [Box(text) for text in outcomes * 2],
        [Box(values[key], key=key) for key in keys],
    ]


def agency_name(rng: random.Random) -> str:
    """A made-up body of a made-up county."""
    county = rng.choice(COUNTIES)
    town = rng.choice(TOWNS)
    bodies = (town + ("办事处" if town.endswith("街道") else "人民政府"), rng.choice(OFFICES), "人民政府办公室")
    return county + rng.choice(bodies)


def prose(agency: str, year: int, values: dict[Key, str], rng: random.Random) -> tuple[list[str], list[str]]:
    """Sections one, and five and six, with numbers that agree with the tables."""
    new = values.get(("requests", "requests.new", "total"), "")
    first = [
        "一、总体情况",
        f"根据《中华人民共和国政府信息公开条例》要求，现公布{agency}{year}年政府信息公开工作年度报告。"
        f"本报告所列数据统计期限自{year}年1月1日至{year}年12月31日。",
        "（一）主动公开情况",
        f"{year}年，主动公开政府信息{rng.randint(20, 900)}条，通过政务新媒体发布信息{rng.randint(20, 900)}条。",
        "（二）依申请公开情况",
        f"全年收到政府信息公开申请{new}件。" if new else "全年依法办理政府信息公开申请。",
        "（三）政府信息管理情况",
        "严格落实信息发布审核制度，及时清理过期信息。",
        "（四）平台建设情况",
        "依托门户网站政府信息公开专栏集中发布信息。",
        "（五）监督保障情况",
        f"开展业务培训{rng.randint(1, 9)}次，接受社会监督。",
    ]
    last = [
        "五、存在的主要问题及改进情况",
        "存在的问题：公开内容的深度和广度有待加强。改进情况：进一步完善制度，强化责任落实。",
        "六、其他需要报告的事项",
        f"{year}年，本机关未收取信息处理费。",
    ]
    return first, last


def specimen(seed: int, edition: str = "v2021", count: Callable[[random.Random], int] = small) -> Specimen:
    """The made-up report of that seed. `count` draws the counts (see `small`)."""
    rng = random.Random(seed)
    year = rng.randint(2021, 2024) if edition == "v2021" else rng.choice((2019, 2020))
    agency = agency_name(rng)
    values = figures(rng, edition, count)
    published = date(year + 1, 1, 4) + timedelta(days=rng.randint(0, 26))
    first, last = prose(agency, year, values, rng)
    title = rng.choice((f"{agency}{year}年政府信息公开工作年度报告", f"{year}年{agency}政府信息公开工作年度报告"))
    blocks: tuple[str | Table, ...] = (
        title,
        *first,
        "二、主动公开政府信息情况",
        disclosure_table(edition, values),
        "三、收到和处理政府信息公开申请情况",
        requests_table(edition, values),
        "四、政府信息公开行政复议、行政诉讼情况",
        challenges_table(values),
        *last,
        agency,
        f"{published.year}年{published.month}月{published.day}日",
    )
    return Specimen(f"{edition}-{seed:04d}", title, agency, year, edition, "own", published, published, blocks, values)


def retext(model: Specimen, change: dict[Key, str]) -> Specimen:
    """The same report with some figures printed differently ("" for blank, "—", "1,234", …): `expected` follows."""

    def redraw(table: Table) -> Table:
        return [[replace(box, text=change.get(box.key, box.text)) if box.key else box for box in row] for row in table]

    blocks = tuple(block if isinstance(block, str) else redraw(block) for block in model.blocks)
    return replace(model, blocks=blocks, expected=model.expected | change)
