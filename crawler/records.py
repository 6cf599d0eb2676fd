"""The rows of a listing in an answer of data: any nesting, any of the spellings that the systems use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from crawler import loose
from crawler.dates import date_in
from crawler.declared import as_count
from crawler.page import join, squeeze
from crawler.rows import Row, fragment_rows
from crawler.sheet import Sheet

TITLES = (
    "title", "showtitle", "doctitle", "realtitle", "infotitle", "articletitle", "linktitle", "name", "subject", "caption",
    "xxbt", "bt", "vc_title", "newstitle", "title_nohtml", "customtitle", "docname", "filename",
)  # fmt: skip
ADDRESSES = (
    "url", "urls", "post_url", "infourl", "chnldocurl", "docpuburl", "docurl", "puburl", "linkurl", "link", "href", "pageurl", "contenturl",
    "visiturl", "detailurl", "articleurl", "pcurl", "weburl", "link_url", "htmlurl", "path", "staticurl", "vc_url",
)  # fmt: skip
DATES = (
    "pubdate", "publishedtimestr", "published_time_format", "display_publish_time", "display_date", "publishdate", "pubtime", "publishtime",
    "docreltime", "infodate", "reltime", "releasetime", "deploytime", "savetime", "createtime", "create_time",
    "created_at", "writedate", "date", "time",
)  # fmt: skip
TOTALS = (
    "total", "totalcount", "total_count", "totalrecord", "totalrecords", "recordcount", "recordtotal", "allrow", "totalrow", "totalrows",
    "post_count", "totalnum", "rowcount", "totalelements", "totalsize", "numfound", "articlecount", "hits", "count", "sum",
)  # fmt: skip
PAGES = ("totalpage", "totalpages", "pagecount", "countpage", "total_page", "pages", "allpage", "pagetotal", "last_page")
IDS = ("id", "docid", "infoid", "businessid", "articleid", "manuscriptid", "recid", "post_id", "contentid")
MARKUP = ("html", "content", "data", "result", "datas", "list")
_CHINA = timezone(timedelta(hours=8))
_TAGS = re.compile(r"<[^>]+>")
_DEPTH = 8


def sheet_of(base: str, value: loose.Value, *, by_id: bool = False, pattern: str | None = None) -> Sheet:
    """The rows of an answer and what it declares.

    `by_id`: rows are told apart by their ids, not by their addresses. `pattern` makes an address from the fields of a record
    that has none: `/detail?id={businessid}`.
    """
    best = Sheet()
    for items, around in _lists(value, (), 0):
        records = (item for item in items if isinstance(item, dict))
        rows = tuple(row for item in records if (row := row_of(base, item, by_id=by_id, pattern=pattern)))
        if len(rows) > len(best.rows):
            best = Sheet(rows, _declared(around, TOTALS, len(rows)), _declared(around, PAGES, 1))
    return best if best.rows else _markup_sheet(base, value)


def row_of(base: str, record: Mapping[str, Any], *, by_id: bool = False, pattern: str | None = None) -> Row | None:
    """The row that a record describes; `None` for records without an address, such as the empty one that ends a list."""
    flat = _flat(record)
    address = next((url for key in ADDRESSES if key in flat and (url := _address(base, flat[key]))), None)
    if address is None and pattern is not None:
        address = _made(base, pattern, flat)
    title = next((text for key in TITLES if (text := _text(flat.get(key)))), "")
    if address is None or not title:
        return None
    day = next((found for key in DATES if (found := day_of(flat.get(key)))), None)
    ident = next((str(flat[key]) for key in IDS if flat.get(key)), "") if by_id else ""
    return Row(address, title, day, ident)


def day_of(value: object) -> date | None:
    """A day as printed, or as seconds or milliseconds since 1970; days are Chinese days."""
    if isinstance(value, int | float) or (isinstance(value, str) and value.isdecimal() and len(value) in (10, 13)):
        seconds = float(value) / (1000 if float(value) > 1e11 else 1)
        return datetime.fromtimestamp(seconds, UTC).astimezone(_CHINA).date() if 0 < seconds < 4e9 else None
    return date_in(value) if isinstance(value, str) else None


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a record in lower case; those of an inner record (`source`, `data`) where the outer one lacks them."""
    flat = {key.lower(): value for key, value in record.items()}
    for inner in ("source", "_source", "data", "article", "doc"):
        if isinstance(flat.get(inner), dict):
            flat = {**{key.lower(): value for key, value in flat[inner].items()}, **flat}
    return flat


def _address(base: str, value: object) -> str | None:
    """An address, also one wrapped as `{"pc": "/…"}`, parsed or not."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        value = loose.parse(value)
    if isinstance(value, dict):
        value = next((value[key] for key in ("pc", "common", "url", "mobile") if value.get(key)), None)
    return join(base, value) if isinstance(value, str) and value.strip() and not value.startswith("javascript") else None


def _made(base: str, pattern: str, flat: Mapping[str, Any]) -> str | None:
    """An address put together from a record's fields; `None` where one of them is missing."""
    needed = re.findall(r"\{(\w+)\}", pattern)
    return join(base, pattern.format_map(flat)) if all(isinstance(flat.get(name), str | int) for name in needed) else None


def _text(value: object) -> str:
    return squeeze(_TAGS.sub("", value)) if isinstance(value, str) else ""


def _lists(
    value: loose.Value, around: tuple[Mapping[str, Any], ...], depth: int
) -> Iterator[tuple[list[Any], tuple[Mapping[str, Any], ...]]]:
    """Every list of records, with the objects around it from the innermost outwards."""
    if depth > _DEPTH:
        return
    if isinstance(value, list):
        if any(isinstance(item, dict) and _is_record(item) for item in value):
            yield value, around
            return
        inner = value
    elif isinstance(value, dict):
        around = (value, *around)
        inner = list(map(_opened, value.values()))
    else:
        return
    for item in inner:
        yield from _lists(item, around, depth + 1)


def _is_record(item: Mapping[str, Any]) -> bool:
    flat = _flat(item)
    return any(_text(flat.get(key)) for key in TITLES) and any(flat.get(key) for key in (*ADDRESSES, *IDS))


def _opened(value: loose.Value) -> loose.Value:
    """Lists and objects that were written into a string."""
    return loose.parse(value) if isinstance(value, str) and value.lstrip()[:1] in ("{", "[") else value


def _declared(around: tuple[Mapping[str, Any], ...], names: tuple[str, ...], least: int = 0) -> int | None:
    """The nearest count around the list, looked for beside the objects that hold it too (`classify.post_count`).

    A count below `least`, what is plainly there, counts something else.
    """
    for holder in around:
        flat = {key.lower(): value for key, value in holder.items()}
        beside = [{key.lower(): inner for key, inner in value.items()} for value in holder.values() if isinstance(value, dict)]
        for fields in (flat, *beside):
            for name in names:
                if (count := as_count(fields.get(name))) is not None and count >= least:
                    return count
    return None


def _markup_sheet(base: str, value: loose.Value) -> Sheet:
    """Rows inside markup that an answer carries in a string: `{"data": {"html": "<ul>…"}}`."""
    around = (value,) if isinstance(value, dict) else ()
    total, pages = _declared_deep(value, TOTALS), _declared_deep(value, PAGES)
    rows = next((rows for text in _strings(around, 0) if (rows := fragment_rows(base, text))), ())
    return Sheet(rows, total, pages)


def _declared_deep(value: loose.Value, names: tuple[str, ...]) -> int | None:
    holders = [value] if isinstance(value, dict) else []
    holders += [inner for inner in holders[0].values() if isinstance(inner, dict)] if holders else []
    return next((count for holder in holders if (count := _declared((holder,), names)) is not None), None)


def _strings(values: loose.Value, depth: int) -> Iterator[str]:
    if isinstance(values, str):
        if "<a" in values.lower():
            yield values
    elif depth < _DEPTH and isinstance(values, dict | list | tuple):
        for inner in values.values() if isinstance(values, dict) else values:
            yield from _strings(inner, depth + 1)
