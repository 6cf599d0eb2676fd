"""What a page's scripts would have written or gone to, read off their text; nothing is ever run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|(?<![:\\'"])//[^\n]*)|"(?P<double>(?:\\.|[^"\\\n])*)"|'(?P<single>(?:\\.|[^'\\\n])*)'|`(?P<back>(?:\\.|[^`\\])*)`""",
    re.S,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r?\n)|(.))", re.S)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "", "f": "", "v": ""}
_GOES = re.compile(
    r"(?:\blocation(?:\s*\.\s*href|\s*\[\s*['\"]href['\"]\s*\])?\s*=(?!=)\s*|\blocation\s*\.\s*(?:replace|assign)\s*\(\s*|\bnavigate\s*\(\s*)"
    r"(?P<expression>[^;\n]{1,600})"
)
_OPENS = re.compile(r"\b(?:open|openUrl|goto|gotoUrl|jump|toUrl|tourl|href)\s*\(\s*(?P<expression>[^;\n]{1,600})", re.I)
_ASSIGNED = re.compile(r"(?:\b(?:var|let|const)\s+)?\b([A-Za-z_$][\w$]*)\s*=(?!=)\s*([^;\n]{1,600})")
_TERM = re.compile(
    r"""\s*(?:(?P<literal>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`)|(?P<name>[A-Za-z_$][\w$]*))\s*(?P<plus>\+)?"""
)
_FUNCTION = re.compile(
    r"(?:\bfunction\s+(?P<named>[A-Za-z_$][\w$]*)|(?<![\w$.])(?P<held>[A-Za-z_$][\w$]*)\s*=\s*function)\s*\((?P<parameters>[^(){}]{0,200})\)\s*\{"
)
_CALL = re.compile(r"(?<![\w$.])([A-Za-z_$][\w$]*)\s*\(([^(){}]{0,400})\)")
_ARGUMENT = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|(-?\d+)|([^,]*))\s*(?:,|$)""")
_GOING = re.compile(r"\blocation\b|\bopen\w*\s*\(", re.I)
_MOST_FUNCTIONS = 40
_BODY_LENGTH = 1500
_OBJECT = re.compile(r"\{[^{}]{8,4000}\}")
_PAIR = re.compile(r"""["']?([A-Za-z_][\w-]*)["']?\s*:\s*(?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)')""")
_NAMES = (
    "title",
    "name",
    "filename",
    "originalname",
    "realname",
    "text",
    "label",
    "menuname",
    "channelname",
    "colname",
    "columnname",
    "catname",
    "nodename",
)
_ADDRESSES = (
    "url",
    "href",
    "link",
    "jump_url",
    "jumpurl",
    "linkurl",
    "path",
    "channelurl",
    "pageurl",
    "target_url",
    "redirecturl",
    "filepath",
    "fileurl",
    "downloadurl",
)


class Record(NamedTuple):
    """A named address inside data of a script, such as one node of a menu tree."""

    name: str
    address: str


class Function(NamedTuple):
    """A function of a page that may go somewhere: the names of its parameters, and the beginning of its body."""

    parameters: tuple[str, ...]
    body: str


def unescape(literal: str) -> str:
    """The text that a JavaScript string literal (without its quotes) stands for."""
    return _ESCAPE.sub(_escaped, literal) if "\\" in literal else literal


def literals(script: str) -> Iterator[str]:
    """The string literals of a script in order, comments left out."""
    for token in _TOKEN.finditer(script):
        if token["comment"] is None:
            yield unescape(token["double"] or token["single"] or token["back"] or "")


def written(script: str) -> str:
    """The markup that the string literals of a script make when laid end to end; empty where they hold no link."""
    markup = "".join(literals(script))
    return markup if re.search(r"<(?:a|area|iframe|frame|embed|object)\b", markup, re.I) else ""


def destinations(script: str) -> Iterator[str]:
    """Addresses that the script sends the whole window to, in order."""
    yield from _expressions(_GOES, script)


def opened(script: str) -> Iterator[str]:
    """Addresses that a click handler opens: `window.open(…)`, `location.href = …`, `goUrl('…')`."""
    yield from _expressions(_OPENS, script)
    yield from destinations(script)


def functions(script: str) -> dict[str, Function]:
    """The functions of a script that open or go to an address."""
    found: dict[str, Function] = {}
    starts = list(_FUNCTION.finditer(script))
    for at, start in enumerate(starts):
        end = starts[at + 1].start() if at + 1 < len(starts) else len(script)
        body = script[start.end() : min(end, start.end() + _BODY_LENGTH)]
        if _GOING.search(body) and len(found) < _MOST_FUNCTIONS:
            found[start["named"] or start["held"]] = Function(tuple(name.strip() for name in start["parameters"].split(",")), body)
    return found


def led(code: str, known: Mapping[str, Function]) -> Iterator[str]:
    """Addresses that calls of a page's own functions lead to: `showDetail(7)`, where that opens `"show.do?id=" + id`."""
    for name, arguments in _CALL.findall(code):
        if name in known:
            parameters, body = known[name]
            given = [double or single or number for double, single, number, _ in _ARGUMENT.findall(arguments)]
            bound = {parameter: f"'{value}'" for parameter, value in zip(parameters, given, strict=False) if value and "\\" not in value}
            for pattern in (_OPENS, _GOES):
                yield from _expressions(pattern, body, bound)


def records(script: str) -> Iterator[Record]:
    """Innermost objects of a script's data that name an address: `{"name": "…", "jump_url": "…"}`."""
    for found in _OBJECT.finditer(script):
        pairs = {key.lower(): unescape(double or single) for key, double, single in _PAIR.findall(found[0])}
        name = next((pairs[key] for key in _NAMES if pairs.get(key)), "")
        address = next((pairs[key] for key in _ADDRESSES if pairs.get(key)), "")
        if name and address:
            yield Record(name, address)


def _escaped(found: re.Match[str]) -> str:
    unicode, byte, newline, other = found.groups()
    if unicode or byte:
        return chr(int(unicode or byte, 16))
    return "" if newline else _PLAIN_ESCAPES.get(other, other)


def _expressions(pattern: re.Pattern[str], script: str, bound: Mapping[str, str] | None = None) -> Iterator[str]:
    variables: dict[str, str] | None = None
    for found in pattern.finditer(script):
        if variables is None:
            variables = assigned(script) | dict(bound or {})
        if value := value_of(found["expression"], variables):
            yield value


def assigned(script: str) -> dict[str, str]:
    """The expression that each variable of a script was last given."""
    return {name: expression for name, expression in _ASSIGNED.findall(script) if name != "location"}


def value_of(expression: str, variables: Mapping[str, str], depth: int = 0) -> str:
    """The string that a sum of literals and simple variables makes, empty where it is anything else."""
    parts, at = [], 0
    while term := _TERM.match(expression, at):
        if term["literal"]:
            parts.append(unescape(term["literal"][1:-1]))
        elif (name := term["name"]) in variables and depth < 3:
            parts.append(value_of(variables[name], variables, depth + 1))
        else:
            return ""
        if not term["plus"]:
            return "".join(parts)
        at = term.end()
    return ""
