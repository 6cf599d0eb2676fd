"""How many rows and pages a listing says it has: read from its words, its pager's script and its hidden fields."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from crawler import loose
from crawler.page import Page
from crawler.spans import live_scripts, without

_TOTALS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?:共有?|总共|合计|总计|共计|共找到|共检索到|找到|约)\s*[:：]?\s*(\d{1,9})\s*(?:条|项|篇|个记录|个结果|件|则|记录|封)",
        r"(?:总?记录总?数|总条数|总数量?|总件数|信息总?数|文章总?数|总记录)\s*[:：为]?\s*(\d{1,9})",
        r"(?<![\d每页/])(\d{1,9})\s*条(?:记录|信息|数据)?\s*(?:共|分|第|，|,|\||/|页)",
        r"(?:共有?)\s*(\d{1,9})\s*(?:条|记录)",
    )
)
_PAGES = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?:共有?|总共|分|总计|共计)\s*[:：]?\s*(\d{1,6})\s*页",
        r"(?:总页数|页数|页码总数)\s*[:：]?\s*(\d{1,6})",
        r"(?:第|页次|当前页?|页码)\s*[:：]?\s*\d{1,6}\s*页?\s*/\s*共?\s*(\d{1,6})",
        r"(?:条|项|篇|记录)\s*\d{1,6}\s*/\s*(\d{1,6})(?![/\d-])",
        r"(?<![\d/-])\d{1,5}\s*/\s*(\d{1,5})\s*页",
    )
)
_CURRENT = re.compile(r"(?:第|页次|当前页?)\s*[:：]?\s*(\d{1,6})\s*(?:页|/)|(?:条|项|篇|记录)\s*(\d{1,6})\s*/\s*\d")
_NEAR = re.compile(r"页|\d\s*/\s*\d|记录")
_VARIABLES: Mapping[str, re.Pattern[str]] = {
    "pages": re.compile(r"\b(?:countPage|pageCount|totalPages?|pageTotal|page_count)['\"]?\s*[=:]\s*['\"]?(\d{1,6})\b", re.I),
    "total": re.compile(
        r"\b(?:record_?count|total_?records?|total_?count|total_?rows?|totalNum|rowCount|recordTotal|totalSize|countRecord|dataCount)"
        r"['\"]?\s*[=:]\s*['\"]?(\d{1,9})\b",
        re.I,
    ),
}
_CONFIGS: tuple[tuple[str, Mapping[str, str]], ...] = (
    (r"laypage(?:\.render)?", {"count": "total", "pages": "pages"}),
    (r"kkpager\.\w+", {"total": "pages", "totalRecords": "total"}),
    (r"\.pagination", {"total": "total", "totalData": "total", "totalNumber": "total", "pageCount": "pages", "totalPage": "pages"}),
)
_MEANINGS = {
    "total": {"total", "totalcount", "recordcount", "totalrecord", "totalrecords", "totalnum", "rowcount", "totalrows", "totalsize"}
}
_MEANINGS["pages"] = {"pagecount", "totalpage", "totalpages", "countpage", "pagetotal", "allpage"}
_PAGES_CONFIG = r"pagination_script_config"
_ARTICLE_STEM = re.compile(r"^t?\d{8}_\d+|^[0-9a-f]{32}$|^content_\d+$")


class Made(NamedTuple):
    """What `createPageHTML(…)` tells: addresses of pages are `stem_number.ext`; `second` is the number of the second page's."""

    stem: str
    ext: str
    second: int


class Declared(NamedTuple):
    """Rows and pages as declared, each `None` where nothing is said."""

    total: int | None = None
    pages: int | None = None
    current: int | None = None
    made: Made | None = None


def declared(page: Page) -> Declared:
    """Read what a page declares. What stands in a comment counts only where nothing else tells the same."""
    live = live_scripts(without(page.text, "<!--", "-->"))
    script = _of_call(live) or _of_call(live_scripts(page.text)) or Declared()
    words = page.words
    fields = dict(_fields(page))
    total = _first_of(_total(words), script.total, _config(live, "total"), fields.get("total"), _variable(live, "total"))
    pages = _first_of(_number(_PAGES, words), script.pages, _config(live, "pages"), fields.get("pages"), _variable(live, "pages"))
    return Declared(total, pages, script.current or _number((_CURRENT,), words), script.made)


def _first_of(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)


def _number(patterns: Iterable[re.Pattern[str]], text: str) -> int | None:
    for pattern in patterns:
        if found := pattern.search(text):
            return int(next(group for group in found.groups() if group))
    return None


def _total(words: str) -> int | None:
    """The total nearest to a pager: one that stands beside words of pages wins over one that stands alone."""
    hits = [(found, int(found[1])) for pattern in _TOTALS for found in pattern.finditer(words) if not _a_page(words, found)]
    beside = [number for found, number in hits if _NEAR.search(words[max(0, found.start() - 24) : found.end() + 24].replace("每页", ""))]
    alone = [number for found, number in hits if re.search(r"条|记录|总数", found[0])]
    return next(iter(beside or alone), None)


def _a_page(words: str, found: re.Match[str]) -> bool:
    """Whether a count is that of one page: "每页15条"."""
    return bool(re.search(r"每一?页\s*(?:显示)?\s*[:：]?\s*$", words[max(0, found.start() - 10) : found.start(1)]))


def _variable(script: str, meaning: str) -> int | None:
    found = [int(number) for number in _VARIABLES[meaning].findall(script)]
    return max(found, default=None)


def _config(script: str, meaning: str) -> int | None:
    """A total or a number of pages given to a paging widget as an argument."""
    if meaning == "pages":
        for value in loose.assigned(script, _PAGES_CONFIG):
            return as_count(value.get("total")) if isinstance(value, dict) else None
    for function, keys in _CONFIGS:
        for arguments in loose.called(script, function):
            for argument in arguments:
                for key, means in keys.items():
                    if isinstance(argument, dict) and means == meaning and (count := as_count(argument.get(key))) is not None:
                        return count
    return None


def _fields(page: Page) -> Iterator[tuple[str, int]]:
    """Hidden inputs and data attributes that carry a count."""
    for node in page.tree.css("input[value], [data-total], [data-totalcount], [data-pagecount]"):
        value = node.attributes.get("value")
        names = [(node.attributes.get(name) or "", value) for name in ("id", "name")] if node.tag == "input" else []
        names += [(name.removeprefix("data-"), held) for name, held in node.attributes.items() if name.startswith("data-")]
        for name, held in names:
            for meaning, spellings in _MEANINGS.items():
                if name.lower().replace("_", "") in spellings and (count := as_count(held)) is not None:
                    yield meaning, count


def as_count(value: object) -> int | None:
    """A whole, non-negative number, printed or typed."""
    if isinstance(value, bool) or value is None:
        return None
    text = str(value).strip().replace(",", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None


def _of_call(script: str) -> Declared | None:
    """`createPageHTML` in its spellings: (pages, current, stem, ext, …, total), (id, pages, current, stem, ext, total),
    (records, pages, current, …).
    """
    for arguments in loose.called(script, r"createPage\w*"):
        named = isinstance(arguments[0], str) and as_count(arguments[0]) is None if arguments else False
        given = arguments[1:] if named else arguments
        numbers = [as_count(value) for value in given]
        leading = next((at for at, number in enumerate(numbers) if number is None), len(numbers))
        heads = [number for number in numbers[:leading] if number is not None]
        tails = [number for number in numbers[leading:] if number is not None]
        texts = [str(value) for value, number in zip(given, numbers, strict=True) if number is None and value is not None]
        if not heads or (texts and _ARTICLE_STEM.match(texts[0])):
            continue
        made = Made(texts[0], texts[1].lstrip("."), 2 if named else 1) if len(texts) > 1 else None
        if len(heads) > 2:
            return Declared(heads[0], heads[1], heads[2], made)
        return Declared(tails[-1] if tails else None, heads[0], None, made)
    return None
