"""A list that a script of the page asks for: `$.ajax({url: …, data: {…}})`, `$.get`, `axios.post`, `fetch`; read, never run."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import partial
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from crawler import loose, scripts
from crawler.families import answers
from crawler.page import Page, join
from crawler.sheet import Ask, Progress, Reply, Sheet, Source
from crawler.turns import PAGE_FIELDS

MOST_CALLS = 4
"""Calls of one page that are tried as its list."""
MOST_FILES = 3
"""Script files of one page that are asked for."""
SIZE = 15
_CALLS = r"(?:(?:(?:\$|jQuery|axios|\$?https?|request|\$axios|this\.\$\w+)\s*\.\s*)?(?:ajax|get|post|getJSON|fetch|request)|axios|fetch)"
_FIELD = re.compile(rf"(?:{PAGE_FIELDS})", re.I)
_SIZES = re.compile(r"(?:page_?)?(?:size|rows?|limit)|per_?page|page_?count", re.I)
_PAGE_NAME = re.compile(rf"""("[^"]*"|'[^']*')|(?:\b\w+\s*\.\s*)?\b(?:{PAGE_FIELDS}|curr|num|i|n)\b""", re.I)
_ELEMENT = re.compile(r"""(?:\(\s*["']#|getElementById\(\s*["'])([\w-]+)["']\s*\)\s*\.\s*(?:val|value|text|attr)\b""")
_STRINGIFIED = re.compile(r"JSON\s*\.\s*stringify\s*\(\s*(?=\{)")
_HOLE = re.compile(r"\$\{([^{}]*)\}")
_ASKS = re.compile(r"list|page|query|search|find|get|select|load|article|info|channel|content|data|news|doc|publi|xxgk|api", re.I)
_ACTS = re.compile(
    r"save|submit|insert|update|delete|remove|login|logout|count|hits?\b|click|vote|praise|like|comment|upload|send|captcha|verify"
    r"|visit|stat\b|statist|weather|suggest|token|session",
    re.I,
)
_LIBRARY = re.compile(
    r"jquery|vue|react|layui|layer|swiper|bootstrap|echarts|axios|require|lodash|moment|polyfill|share|stat|count|baidu|wza|video|player"
    r"|calendar|datepicker|crypto|base64|md5|pinyin|template|print|slide|banner|marquee|nav|menu|head|foot|login|tongji|analytics",
    re.I,
)
_MARK = "90909"
"""Stands for the number of the page in an address."""


class Call(NamedTuple):
    """One request that a script makes: fields of its query or its body. The number of the page goes where the mark stands in the
    address, and into fields that are named so.
    """

    url: str
    fields: Mapping[str, object]
    posted: bool
    json: bool

    def ask(self, referer: str, number: int) -> Ask:
        """The request for a page, counted from 1; the script itself may count from 0."""
        at = number - 1 if any(_FIELD.fullmatch(key) and value == 0 for key, value in self.fields.items()) else number
        fields = {key: at if _FIELD.fullmatch(key) else value for key, value in self.fields.items()}
        fields = {key: value for key, value in fields.items() if value is not None}
        url = self.url.replace(_MARK, str(at))
        if self.json and self.posted:
            return Ask(url, json.dumps(fields, ensure_ascii=False).encode(), "application/json; charset=utf-8", referer, number)
        texts = {key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for key, value in fields.items()}
        if self.posted:
            return Ask(url, texts, referer=referer, number=number)
        return Ask(url + ("&" if "?" in url else "?") * bool(texts) + urlencode(texts), referer=referer, number=number)

    @property
    def turns(self) -> bool:
        """Whether it can be asked for another page."""
        return _MARK in self.url or any(map(_FIELD.fullmatch, self.fields))


def sources(page: Page) -> list[Source]:
    """The calls of the page's own scripts that may be asking for its list, those that turn pages first; then those of its script files."""
    code = "\n;".join(node.text() or "" for node in page.tree.css("script"))
    files = [url for node in page.tree.css("script[src]") if (url := join(page.url, node.attributes.get("src") or ""))]
    files = [url for url in files if urlsplit(url).hostname == urlsplit(page.url).hostname and not _LIBRARY.search(urlsplit(url).path)]
    inline = [_source(page, call) for call in _calls(page, code)]
    return [*inline, *(_from_file(page, code, url) for url in files[:MOST_FILES])]


def _source(page: Page, call: Call) -> Source:
    return Source(call.ask(page.url, 1), answers.read, partial(_following, page, call), "script", from_zero=True)


def _following(page: Page, call: Call, progress: Progress) -> Ask | None:
    return call.ask(page.url, progress.number + 1) if call.turns or not progress.number else None


def _from_file(page: Page, code: str, url: str) -> Source:
    """The list that a script file asks for: the file first, then the first of its calls, with what the page's own scripts set."""
    found: list[Call] = []

    def read(reply: Reply) -> Sheet:
        if reply.ask.number:
            return answers.read(reply)
        found.extend(_calls(page, f"{code}\n;{reply.text}")[:1])
        return Sheet(prelude=True)

    def following(progress: Progress) -> Ask | None:
        return _following(page, found[0], progress) if found else None

    return Source(Ask(url, referer=page.url, number=0), read, following, "script file", from_zero=True)


def _calls(page: Page, code: str) -> list[Call]:
    read = partial(_evaluated, page.text, scripts.assigned(code))
    calls: list[Call] = []
    for found in re.finditer(rf"(?<![\w$.]){_CALLS}(?=\s*\()", code):
        arguments = next(loose.called(code[found.start() :], re.escape(found[0]), read), [])
        if (call := _call(page, found[0], arguments)) and call not in calls:
            calls.append(call)
    return sorted(calls, key=lambda call: not call.turns)[:MOST_CALLS]


def _call(page: Page, name: str, arguments: list[loose.Value]) -> Call | None:
    first = arguments[0] if arguments else None
    options = {"url": first, **_options(name, arguments[1:])} if isinstance(first, str) else first
    if not isinstance(options, dict) or not isinstance(options.get("url"), str):
        return None
    method = str(options.get("type") or options.get("method") or ("post" if name.endswith("post") else "get"))
    posted = method.lower() == "post"
    url = join(page.url, options["url"])
    if url is None or not _may_be_asked(page, url):
        return None
    fields = next((given for key in ("data", "params", "body") if isinstance(given := options.get(key), dict)), {})
    as_json = "axios" in name or "fetch" in name or "json" in str(options.get("contentType") or options.get("headers") or "").lower()
    return Call(url, {**fields, **{key: SIZE for key, value in fields.items() if value is None and _SIZES.fullmatch(key)}}, posted, as_json)


def _options(name: str, rest: list[loose.Value]) -> dict[str, loose.Value]:
    """What follows the address: the options of a call, or for `$.post(url, {…})` the data themselves."""
    given = next((value for value in rest if isinstance(value, dict)), {})
    bare = re.search(r"\.\s*(?:get|post|getJSON)$", name) and not given.keys() & {"params", "data", "headers", "method"}
    return {"data": given} if bare else given


def _may_be_asked(page: Page, url: str) -> bool:
    """Only of the portal itself, and only what reads: nothing that may count, send or change."""
    parts = urlsplit(url)
    own = parts.hostname == urlsplit(page.url).hostname
    return own and _ASKS.search(parts.path) is not None and _ACTS.search(parts.path) is None


def _evaluated(text: str, variables: Mapping[str, str], expression: str) -> loose.Value:
    """What an expression of a script stands for: a sum of strings and variables, a field of the page, an object made into JSON."""
    if found := _STRINGIFIED.search(expression):
        return next(loose.called(expression, r"stringify", partial(_evaluated, text, variables)), [None])[0]
    if found := _ELEMENT.search(expression):
        return answers.value_in(text, found[1])
    if expression[:1] == "`":
        expression = '"' + _HOLE.sub(r'" + \1 + "', expression[1:-1]) + '"'
    numbered = _PAGE_NAME.sub(lambda found: found[1] or f'"{_MARK}"', expression) if "+" in expression else expression
    if plain := re.fullmatch(r"\s*(\d{1,9})\s*", variables.get(expression, "")):
        return int(plain[1])
    return scripts.value_of(numbered, variables) or None
