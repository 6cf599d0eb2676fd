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

from extract.form import Form, form
from nianbao.demo.typeset import Box, Key, Table, challenges_table, disclosure_table, requests_table


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


__all__ = ["Box", "Key", "Specimen", "Table", "challenges_table", "disclosure_table", "requests_table", "retext", "specimen"]

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
