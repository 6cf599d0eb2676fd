"""Reports for `store_scale`: drawn by the corpus generator, read by the readers, then given to the townships of the division list.

A few hundred are read, one in five from PDF; of these each report takes one's figures, claims and findings, with an agency, a year
and 1,700 characters of narrative of its own. Each comes out of a pickle, as from a reading process: none shares an object with another.
"""

from __future__ import annotations

import multiprocessing
import pickle
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice

from extract.document import Source
from extract.read import read
from extract.report import Report, Section
from store.loading import Item
from store.places import places
from store.provenance import Part, Provenance
from tests.corpus.generate import pdf
from tests.corpus.generate.html import page
from tests.corpus.generate.model import specimen

YEARS = range(2017, 2025)
EVERY_PDF = 5
SENTENCES = (
    "坚持以公开为常态、不公开为例外，主动公开政府信息{}条",
    "严格落实信息发布审核制度，共审核信息{}条，退回修改{}条",
    "通过政务新媒体发布信息{}条，其中图文解读{}篇",
    "组织政务公开业务培训{}次，参加{}人次",
    "依申请公开工作平稳有序，平均办理时间为{}个工作日",
    "清理过期文件{}件，规范性文件集中公开{}件",
    "部分科室对政务公开的认识不足，主动公开的深度和广度有待提高",
    "基层公开专区信息更新不够及时，抽查发现问题{}个，已全部整改",
    "回应群众关切{}次，办理网民留言{}条，办结率百分之百",
    "下一步将加强学习，压实责任，进一步提高信息公开的质量",
    "政策文件与解读材料同步起草、同步审批、同步发布，共解读{}件",
    "设置政务公开查阅点{}处，接待群众{}人次",
    "围绕乡村振兴、民生保障等重点领域公开信息{}条",
    "聘请社会监督员{}名，征集意见建议{}条",
    "对照指标逐项自查，发现错别字{}处，均在当日改正",
)


def pool(count: int) -> list[bytes]:
    """That many reports as they come from a reading process."""
    return [pickle.dumps(_read(seed), pickle.HIGHEST_PROTOCOL) for seed in range(count)]


def _read(seed: int) -> Report:
    drawn = specimen(seed, "v2019" if seed % 4 == 0 else "v2021")
    content = pdf.draw(drawn) if seed % EVERY_PDF == 1 else page(drawn).encode()
    report = read(Source(content))
    if report.status != "read":
        raise ValueError(f"specimen {seed} is {report.status}")
    return report


AHEAD, CHUNK = 16, 100
"""Reports are made in a process of their own, so far ahead of the one that loads them."""


def streamed(count: int, size: int) -> Iterator[Item]:
    """`reports` from a pool of that size, made in another process."""
    context = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[list[bytes]] = context.Queue(AHEAD)
    maker = context.Process(target=_make, args=(queue, count, size), daemon=True)
    maker.start()
    try:
        while chunk := queue.get():
            yield from map(pickle.loads, chunk)
    finally:
        maker.kill()


def _make(queue: multiprocessing.Queue[list[bytes]], count: int, size: int) -> None:
    items = reports(count, pool(size))
    while chunk := [pickle.dumps(item, pickle.HIGHEST_PROTOCOL) for item in islice(items, CHUNK)]:
        queue.put(chunk)
    queue.put([])


def reports(count: int, drawn: list[bytes]) -> Iterator[Item]:
    """Year by year over the townships, with their provenance."""
    dice = random.Random(2024)
    towns = [code for code in places().names if len(code) == 9]
    per_year = -(-count // len(YEARS))
    if per_year > len(towns):
        raise ValueError(f"there are {len(towns)} townships and {len(YEARS)} years: {count} reports are too many")
    for n in range(count):
        yield _given(pickle.loads(dice.choice(drawn)), dice, towns[n % per_year], YEARS[n // per_year])


def _given(report: Report, dice: random.Random, code: str, year: int) -> Item:
    """A report as the one of that township on that year."""
    name, url = places().title(code), f"https://www.{code[:6]}.gov.cn/{code}/{year}.htm"
    media_type = "application/pdf" if report.reader.startswith("pdf") else "text/html"
    digest = f"{dice.getrandbits(256):064x}"
    part = Part(url, digest, media_type, datetime(year + 1, 1, 25, tzinfo=UTC), "a.warc.gz", dice.getrandbits(30))
    dates = {"published_on": date(year + 1, 1, 20), "signed_on": date(year + 1, 1, 18)}
    told = tuple(section._replace(text=section.text + _text(dice)) if long(section) else section for section in report.sections)
    title = f"{name}{year}年政府信息公开工作年度报告"
    report = replace(report, title=title, agency=name, year=year, edition=report.edition, sections=told, **dates)
    return report, Provenance(1, f"s{code[:6]}", url, (part,), "1")


def long(section: Section) -> bool:
    """Whether reports have more to say there than the generator has."""
    return section.code in ("s1_overview", "s5_problems")


def _text(dice: random.Random) -> str:
    """Some 700 characters; the numbers in them are anybody's."""
    return "。".join(said.format(dice.randint(1, 900), dice.randint(1, 90)) for said in dice.choices(SENTENCES, k=26)) + "。"
