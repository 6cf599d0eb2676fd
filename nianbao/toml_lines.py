"""On which line of a TOML text a key stands, so that an error can point at it: asked of the parser, not of patterns."""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from typing import Any

Place = tuple[str | int, ...]


def line_of(text: str, path: Place) -> int | None:
    """The line (from 1) on which the statement begins that defines a path; array items go by index. None where none does.

    A key stands where the shortest beginning of the text that knows it ends; beginnings are tried by halves.
    """
    lines = text.splitlines(keepends=True)
    count = bisect_left(range(len(lines) + 1), True, key=lambda n: _knows(_parsed(lines, n)[1], path))
    return _parsed(lines, count - 1)[0] + 1 if count <= len(lines) else None


def nearest_line(text: str, path: Place) -> int | None:
    """The line of a path, else of the nearest table around it."""
    return next((line for end in range(len(path), 0, -1) if (line := line_of(text, path[:end]))), None)


def _parsed(lines: list[str], count: int) -> tuple[int, dict[str, Any]]:
    """The longest beginning of at most `count` lines that is whole TOML: how many lines, and what it says."""
    for length in range(count, 0, -1):
        try:
            return length, tomllib.loads("".join(lines[:length]))
        except tomllib.TOMLDecodeError:
            continue
    return 0, {}


def _knows(value: object, path: Place) -> bool:
    for step in path:
        if isinstance(value, list):
            value = dict(enumerate(value))
        if not isinstance(value, dict) or step not in value:
            return False
        value = value[step]
    return True
