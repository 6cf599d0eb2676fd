"""Where a click on a pager leads when its address is made by a function of the page: `goPage(2)`, `toPage('3')`, a form that is sent."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from crawler.page import Page, join
from crawler.scripts import unescape

_CALL = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$]*)\s*\(\s*(?:this\s*,\s*)?['\"]?(\d{1,6})['\"]?\s*(?:,[^)]{0,200})?\)")
_FUNCTION = r"function\s+{0}\s*\(([^(){{}}]{{0,200}})\)\s*\{{|(?<![\w$]){0}\s*=\s*function\s*\(([^(){{}}]{{0,200}})\)\s*\{{"
_GOES = re.compile(r"(?:location(?:\.href)?\s*=(?!=)\s*|location\.(?:replace|assign)\s*\(\s*|window\.open\s*\(\s*)([^;\n]{1,400})")
_TERM = re.compile(r"""\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|\(?\s*([A-Za-z_$][\w$]*)\s*(?:([-+])\s*(\d+)\s*)?\)?)\s*(\+)?""")
_FIELD = re.compile(
    r"(?:forms?\s*(?:\[\s*['\"]?[\w-]+['\"]?\s*\]|\.[\w-]+)?\s*\.\s*|document\s*\.\s*[\w-]+\s*\.\s*|getElementById\(\s*['\"]|\$\(\s*['\"](?:#|input\[name=['\"]?))"
    r"([\w-]+)['\"\])]*\s*(?:\.value\s*=(?!=)\s*|\.val\(\s*)([A-Za-z_$][\w$]*)"
)
_POST_BACK = re.compile(r"__doPostBack\(\s*'([^']*)'\s*,\s*'([^']*)'")
_SUBMITS = re.compile(r"\.submit\s*\(")
_BODY_LIMIT = 2000
_CODE_LIMIT = 1000


class Click(NamedTuple):
    """Where a click goes: an address, and the form sent there, if any."""

    url: str
    form: tuple[tuple[str, str], ...] | None = None


def click(page: Page, code: str) -> Click | None:
    """Where a handler such as `toPage(2)` leads; `None` where no function of the page tells."""
    code = code[:_CODE_LIMIT]
    if posted := _POST_BACK.search(code):
        return _posted_back(page, posted[1], posted[2])
    for name, number in _CALL.findall(code):
        if found := _led(page, name, int(number)):
            return found
    return None


def _posted_back(page: Page, target: str, argument: str) -> Click | None:
    """ASP.NET: the page's only form is sent with the name of the control and its argument."""
    form = page.tree.css_first("form")
    url = join(page.url, (form.attributes.get("action") if form else None) or page.url)
    if form is None or url is None:
        return None
    held = {node.attributes.get("name") or "": node.attributes.get("value") or "" for node in form.css("input[type=hidden]")}
    held.pop("", None)
    return Click(url, tuple({**held, "__EVENTTARGET": target, "__EVENTARGUMENT": argument}.items()))


def _led(page: Page, name: str, number: int) -> Click | None:
    parameter, body = _definition(page.text, name)
    for expression in _GOES.findall(body):
        if (address := _summed(expression, {parameter: number})) and (url := join(page.url, address)):
            return Click(url)
    return _sent(page, body, parameter, number) if _SUBMITS.search(body) else None


@lru_cache(maxsize=8)
def _definition(text: str, name: str) -> tuple[str, str]:
    """The first parameter and the body of a function of a page; empty where it is not there."""
    found = re.search(_FUNCTION.format(re.escape(name)), text)
    if not found:
        return "", ""
    return (found[1] or found[2] or "").split(",")[0].strip(), _body(text, found.end())


def _body(text: str, start: int) -> str:
    level, at = 1, start
    while at < min(len(text), start + _BODY_LIMIT) and level:
        level += (text[at] == "{") - (text[at] == "}")
        at += 1
    return text[start:at]


def _summed(expression: str, known: dict[str, int]) -> str:
    """The string that literals and the function's own number make; empty where anything else takes part."""
    parts, at = [], 0
    while term := _TERM.match(expression, at):
        double, single, name, sign, amount, more = term.groups()
        if name is None:
            parts.append(unescape(double if double is not None else single or ""))
        elif name in known:
            parts.append(str(known[name] + (int(amount) if sign == "+" else -int(amount) if sign else 0)))
        else:
            return ""
        if not more:
            return "".join(parts)
        at = term.end()
    return ""


def _sent(page: Page, body: str, parameter: str, number: int) -> Click | None:
    """The form that the function fills in and sends."""
    field = next((name for name, value in _FIELD.findall(body) if value == parameter), None)
    for form in page.tree.css("form"):
        inputs = [(node.attributes.get("name") or node.attributes.get("id") or "", node) for node in form.css("input, select")]
        names = {name for name, _ in inputs}
        held = field if field in names else next((name for name, node in inputs if field and node.attributes.get("id") == field), None)
        if held is None:
            continue
        filled = tuple((name, str(number) if name == held else node.attributes.get("value") or "") for name, node in inputs if name)
        url = join(page.url, form.attributes.get("action") or page.url)
        if url is None:
            return None
        if (form.attributes.get("method") or "get").lower() == "post":
            return Click(url, filled)
        return Click(urlsplit(url)._replace(query=urlencode(filled)).geturl())
    return None
