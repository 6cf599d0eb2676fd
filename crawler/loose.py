"""Values that pages write down: JSON with its common mistakes, JSONP, and JavaScript object literals.

Read tolerantly, never run: quotes of either kind or none, trailing and doubled commas, comments; an expression that is no
plain value (a call, a function) reads as `None`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from crawler.scripts import unescape

Value = Any
"""A dict, list, str, int, float, bool or None, as nested as the text had it."""

Read = Callable[[str], Value]
"""What an expression stands for, given as it is written."""

DEPTH_LIMIT = 60
MOST_FOUND = 24
"""Assignments or calls of one name that are read in a page; what more there is, is noise or malice."""
_LONGEST = 4_000_000
_LONGEST_CALL = 12_000
_BLANK = re.compile(r"(?:\s|﻿|/\*.{0,2000}?\*/|//[^\n]*)*", re.S)
_STRING = re.compile(r""""((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|`((?:\\.|[^`\\])*)`""", re.S)
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\w$.(\[])")
_WORD = re.compile(r"[\w$][\w$.-]*")
_JSONP = re.compile(r"^[\s;/*]*[\w$.]+\s*\(\s*(?=[\[{\"'])")
_WORDS = {"true": True, "false": False, "null": None, "undefined": None, "NaN": None}
_OPENING, _CLOSING = "([{", ")]}"


def parse(text: str) -> Value:
    """The first object or list of a text, JSONP wrapper or not; a bare string that holds one is opened too. `None` if there is none."""
    text = text.lstrip("﻿ \t\r\n")
    text = text[found.end() :] if (found := _JSONP.match(text)) else text
    if text[:1] not in "{[\"'" or not text:
        return None
    try:
        value: Value = json.loads(text)
    except (ValueError, RecursionError):
        value = _read(text)
    return parse(value) if isinstance(value, str) else value


def literal(text: str, at: int) -> Value:
    """The object, list or string that begins at or after the blanks at `at`."""
    return _Reader(text[at : at + _LONGEST], 0).value(0)


def assigned(text: str, name: str) -> Iterator[Value]:
    """Objects and lists that a script assigns to a name: `name = {…}`, `name: […]`."""
    for found in islice(re.finditer(rf"(?<![\w$.]){name}['\"]?\s*[=:]\s*(?=[\[{{])", text), MOST_FOUND):
        yield literal(text, found.end())


def called(text: str, function: str, read: Read = lambda _: None) -> Iterator[list[Value]]:
    """The arguments of each call `function(…)`, definitions left out. What is no plain value is what `read` makes of its source text."""
    for found in islice(re.finditer(rf"(?<![\w$]){function}\s*\(", text), MOST_FOUND):
        if not re.search(r"function\s*$", text[max(0, found.start() - 12) : found.start()]):
            yield _Reader(text[found.end() : found.end() + _LONGEST_CALL], 0, read).items(")", 0)


def _read(text: str) -> Value:
    return _Reader(text, 0).value(0)


class _Reader:
    """A recursive descent over one text. Never fails: what it cannot read is skipped and reads as None."""

    def __init__(self, text: str, at: int, read: Read = lambda _: None) -> None:
        self.text = text
        self.at = at
        self.read = read

    def value(self, depth: int) -> Value:
        self._blank()
        start, here = self.at, self.text[self.at : self.at + 1]
        if here in ("{", "[") and depth < DEPTH_LIMIT:
            self.at += 1
            nested: Value = self._object(depth + 1) if here == "{" else self.items("]", depth + 1)
            return nested if self._ended() else self._expression(start)
        if found := _STRING.match(self.text, self.at):
            self.at = found.end()
            value = unescape(next((part for part in found.groups() if part), ""))
            return value if self._ended() and "${" not in value else self._expression(start)
        if found := _NUMBER.match(self.text, self.at):
            self.at = found.end()
            number = float(found[0])
            return int(number) if number.is_integer() and abs(number) < 1e18 else number
        return self._expression(start)

    def items(self, end: str, depth: int) -> list[Value]:
        """A list up to its closing sign; elided and trailing elements are dropped."""
        found: list[Value] = []
        while not self._closed(end):
            if self.text[self.at] == ",":
                self.at += 1
                continue
            before = self.at
            found.append(self.value(depth))
            self.at += self.at == before
        return found

    def _object(self, depth: int) -> dict[str, Value]:
        found: dict[str, Value] = {}
        while not self._closed("}"):
            if self.text[self.at] in ",;":
                self.at += 1
                continue
            key = self._key()
            self._blank()
            if self.text[self.at : self.at + 1] == ":":
                self.at += 1
                found[key] = self.value(depth)
            elif not key:
                self.at += 1
        return found

    def _key(self) -> str:
        if found := _STRING.match(self.text, self.at):
            self.at = found.end()
            return unescape(next((part for part in found.groups() if part), ""))
        if found := _WORD.match(self.text, self.at):
            self.at = found.end()
            return found[0]
        return ""

    def _closed(self, end: str) -> bool:
        self._blank()
        if self.at >= len(self.text):
            return True
        if self.text[self.at] == end:
            self.at += 1
            return True
        return False

    def _blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _ended(self) -> bool:
        self._blank()
        return self.text[self.at : self.at + 1] in ",;}])" or self.at >= len(self.text) or self.text[self.at - 1 : self.at] == "\n"

    def _expression(self, start: int) -> Value:
        """Whatever stands here up to the next comma or closing sign of this level."""
        level = 0
        while self.at < len(self.text):
            sign = self.text[self.at]
            if found := _STRING.match(self.text, self.at):
                self.at = found.end()
                continue
            if level == 0 and (sign in _CLOSING or sign in ",;"):
                break
            level += (sign in _OPENING) - (sign in _CLOSING)
            self.at += 1
        source = self.text[start : self.at].strip()
        return _WORDS[source] if source in _WORDS else self.read(source)
