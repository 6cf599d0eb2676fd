"""Answers of listing endpoints as rows: JSON and JSONP, hanweb's datastore, fragments of HTML, whichever comes."""

from __future__ import annotations

import html
import re
from dataclasses import replace

from crawler import loose, records
from crawler.declared import as_count
from crawler.page import join
from crawler.rows import Row, fragment_rows
from crawler.sheet import Ask, Reply, Sheet
from crawler.spans import inside

_RECORD = re.compile(r"<record\b[^<>]*>", re.I)
_CDATA = re.compile(r"<!\[CDATA\[")
_TOTAL = re.compile(r"<totalrecord\b[^<>]*>\s*(?:<!\[CDATA\[)?\s*(\d+)", re.I)
_NEXT_GROUP = re.compile(r"<nextgroup\b[^<>]*>", re.I)
_SCRIPT = re.compile(r"<script\b[^<>]*>", re.I)
_HREF = re.compile(r"href\s*=\s*[\"']?([^\"'\s>]+)", re.I)
_COUNT = re.compile(r"\b(?:count|totalcount|data-total|total)\s*=\s*[\"']?(\d+)", re.I)
_SIZE = re.compile(r"""(?<![\w$-])["']?(?:size|total|totalCount|recordCount|count)["']?\s*[:=]\s*["']?(\d+)""", re.I)


def read(reply: Reply) -> Sheet:
    """Any answer, by what it is."""
    return of_text(reply.url, reply.text)


def of_text(base: str, text: str) -> Sheet:
    """The rows of an answer, and its declared total; of pages nothing is told where the rows are."""
    value = None if text.lstrip("\ufeff \t\r\n").startswith("<") else loose.parse(text)
    if value is not None:
        return _of_value(base, value)
    words = text.lower()
    if "<datastore" in words[:400] or ("<record" in words and "<a" in words):
        return datastore(base, text)
    return fragment(base, text)


def by_rows(sheet: Sheet) -> Sheet:
    """The same without the number of pages where the number of rows is known: endpoints page as they please."""
    return replace(sheet, pages=None) if sheet.total is not None else sheet


def datastore(base: str, text: str) -> Sheet:
    """hanweb's `<datastore>`: one row a record, the declared total, and the next group where it is named."""
    rows = [row for record in inside(text, _RECORD, "</record") if (row := _record(base, record))]
    total = _TOTAL.search(text)
    group = next(inside(text, _NEXT_GROUP, "</nextgroup"), "")
    href = _HREF.search(_plain(group))
    onward = join(base, html.unescape(href[1])) if href else None
    return Sheet(tuple(rows) or fragment_rows(base, _plain(text)), int(total[1]) if total else None, None, Ask(onward) if onward else None)


def fragment(base: str, text: str) -> Sheet:
    """A piece of HTML: rows, and a total in an attribute (`count="386"`) or in a script (`size:386`). A whole page is no answer."""
    if re.search(r"<(?:html|title)\b", text, re.I):
        return Sheet()
    attribute = _COUNT.search(re.sub(r"<a\b[^<>]*>", "", text))
    script = " ".join(inside(text, _SCRIPT, "</script"))
    total = attribute or _SIZE.search(script)
    return Sheet(fragment_rows(base, text), int(total[1]) if total else None)


def _of_value(base: str, value: loose.Value) -> Sheet:
    """Data: a list of records, or markup inside a string of it."""
    for text in _markup(value, 0):
        inner = of_text(base, text)
        if inner.rows:
            around = records.sheet_of(base, value)
            return replace(inner, total=inner.total if inner.total is not None else around.total)
    return by_rows(records.sheet_of(base, value))


def _markup(value: loose.Value, depth: int) -> list[str]:
    if isinstance(value, str):
        return [value] if re.search(r"<(?:datastore|record|li|ul|tr|table|div|dl)\b", value, re.I) and "<a" in value.lower() else []
    if depth > 4 or not isinstance(value, dict):
        return []
    return [text for inner in value.values() for text in _markup(inner, depth + 1)]


def _record(base: str, record: str) -> Row | None:
    found = fragment_rows(base, _plain(record))
    return max(found, key=lambda row: len(row.title)) if found else None


def _plain(text: str) -> str:
    inner = "".join(inside(text, _CDATA, "]]>"))
    return inner or (html.unescape(text) if "&lt;" in text else text)


def value_in(text: str, *names: str) -> str | None:
    """A setting as a page writes it down: `name: 'x'`, `name = x`, `"name":"x"`, `?name=x`, `name="x"`, `id=name value=x`."""
    for name in names:
        found = re.search(
            rf"""(?<![\w$-])["']?{re.escape(name)}["']?\s*[:=]\s*(?:["']([^"'<>\n]{{0,200}})["']|([\w./%-]+))"""
            rf"""|<(?:input|meta|option)\b[^<>]{{0,200}}?\b(?:id|name)=["']?{re.escape(name)}["'\s][^<>]{{0,300}}?\b(?:value|content)=["']?([^"'>\s]*)""",
            text,
        )
        if found and (value := next((group for group in found.groups() if group), "")):
            return value
    return None


def count_in(text: str, *names: str) -> int | None:
    """A setting that is a whole number."""
    return as_count(value_in(text, *names))
