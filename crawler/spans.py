"""Pieces of text between two marks, found in one pass however often the marks are torn."""

from __future__ import annotations

import re
from collections.abc import Iterator

_SCRIPT = re.compile(r"(<script\b[^<>]*>)(.*?)(?=</script|\Z)", re.I | re.S)
_COMMENT = re.compile(r"(?<![:'\"\\])//[^\n]*|/\*")


def inside(text: str, opening: re.Pattern[str], closing: str) -> Iterator[str]:
    """What stands between each opening mark and the next closing one; marks in any case."""
    lowered = text.lower() if closing != closing.upper() else text
    at = 0
    while (found := opening.search(text, at)) is not None:
        end = lowered.find(closing, found.end())
        if end < 0:
            return
        yield text[found.end() : end]
        at = end + len(closing)


def without(text: str, opening: str, closing: str) -> str:
    """The text without what stands between two marks; an opening mark that is never closed stays."""
    kept, at = [], 0
    while (start := text.find(opening, at)) >= 0 and (end := text.find(closing, start + len(opening))) >= 0:
        kept.append(text[at:start])
        at = end + len(closing)
    return "".join([*kept, text[at:]])


def live_scripts(markup: str) -> str:
    """Markup whose scripts stand without their comments; what looks like one outside a script is none (a DOCTYPE's `-//W3C//DTD`)."""
    return _SCRIPT.sub(lambda found: found[1] + uncommented(found[2]), markup) if _SCRIPT.search(markup) else uncommented(markup)


def uncommented(script: str) -> str:
    """A script without its comments of either kind."""
    kept, at, closes = [], 0, True
    for found in _COMMENT.finditer(script):
        if found.start() < at:
            continue
        end = found.end()
        if found[0] == "/*":
            end = script.find("*/", found.end()) if closes else -1
            closes = end >= 0
            if not closes:
                continue
            end += 2
        kept.append(script[at : found.start()])
        at = end
    return "".join([*kept, script[at:]])
