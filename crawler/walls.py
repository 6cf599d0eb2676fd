"""Recognise what is served instead of the page that was asked for: walls, pages that say 404 at status 200, the home page.

A wall is told by a status that nothing else uses, or by marks on a page with next to no content. Marks alone prove nothing:
the scripts of these products sit on good pages too. What walls look like is data, in walls.toml.
"""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import urljoin, urlsplit

from crawler import decode
from crawler.capture import Capture

_SMALL = 16 * 1024
_SCANNED = 512 * 1024
_HOME = re.compile(r"^/?(?:(?:index|default|home|main)(?:\.\w+)?)?$", re.IGNORECASE)
_REFRESH = re.compile(r"""<meta[^>]+http-equiv\s*=\s*["']?refresh["']?[^>]*?url\s*=\s*["']?([^"'>\s]+)""", re.IGNORECASE)
_HIDDEN = re.compile(r"<(script|style|noscript|title)\b.*?(?:</\1\s*>|$)|<!--.*?(?:-->|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r"<a\s[^>]*href\s*=", re.IGNORECASE)
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wall:
    """A wall by name, and how it was told."""

    name: str
    evidence: str

    def __str__(self) -> str:
        return f"{self.name} ({self.evidence})"


@dataclass(frozen=True, slots=True)
class _Sign:
    name: str
    marks: tuple[bytes, ...]
    headers: tuple[str, ...]
    words: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _Facts:
    certain: frozenset[int]
    possible: frozenset[int]
    empty: Mapping[str, int]
    content: tuple[bytes, ...]
    signs: tuple[_Sign, ...]
    lost: Mapping[str, tuple[re.Pattern[str], ...]]
    lost_characters: int


class _Page:
    """An HTML answer, seen as a reader would: how much text, how many links."""

    def __init__(self, capture: Capture) -> None:
        self.source = decode.decode(capture.body[:_SCANNED], capture.media_type)
        found = _TITLE.search(self.source)
        self.title = html.unescape(found[1]).strip() if found else ""
        shown = html.unescape(_TAG.sub(" ", _HIDDEN.sub(" ", self.source)))
        self.text = " ".join(shown.split())
        self.links = len(_LINK.findall(_HIDDEN.sub(" ", self.source)))
        self.has_content = any(mark in capture.body for mark in _facts().content)

    def shows_less_than(self, characters: int) -> bool:
        """Next to empty: little text, few links, and no mark of content."""
        return len(self.text) < characters and self.links < _facts().empty["links"] and not self.has_content


def recognise(capture: Capture) -> Wall | None:
    """The wall that answered, or None. Bodies other than HTML are walls only by a certain status."""
    facts = _facts()
    if 300 <= capture.status < 400:
        return _cookie_loop(capture)
    if capture.status in facts.certain:
        named = _by_marks(capture, _Page(capture)) if _is_html(capture) else None
        return named or Wall("a wall", f"status {capture.status}")
    if not (200 <= capture.status < 300 or capture.status in facts.possible) or not _is_html(capture) or not _is_suspect(capture):
        return None
    page = _Page(capture)
    return _by_marks(capture, page) or _by_words(capture, page) or _self_refresh(capture, page)


def soft_404(capture: Capture) -> str | None:
    """What a page at status 200 says where it says that there is no such page; None for all other pages."""
    facts = _facts()
    if capture.status != 200 or len(capture.body) > _SCANNED or not _is_html(capture):
        return None
    title = _title(capture)
    by_title = any(pattern.search(title) for pattern in facts.lost["titles"])
    if not by_title and len(capture.body) > _SMALL:
        return None
    page = _Page(capture)
    if page.has_content:
        return None
    if by_title:
        return f"its title is “{page.title[:60]}”"
    found = next(filter(None, (pattern.search(page.text) for pattern in facts.lost["words"])), None)
    if found is None or len(page.text) >= facts.lost_characters:
        return None
    return f"it says “{found[0][:60]}”"


def is_home(url: str) -> bool:
    """Whether an address is that of a site's front page."""
    parts = urlsplit(url)
    return not parts.query and _HOME.match(parts.path) is not None


def _is_html(capture: Capture) -> bool:
    start = capture.body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start[:1] == b"<" and not start.startswith((b"<datastore", b"<?xml version='1.0' ?><rss"))


def _is_suspect(capture: Capture) -> bool:
    """Cheap: a large page with links is no wall and need not be looked at closely."""
    return len(capture.body) < _SMALL or capture.status >= 400 or capture.body.count(b"href") < _facts().empty["links"]


def _by_marks(capture: Capture, page: _Page) -> Wall | None:
    if not page.shows_less_than(_facts().empty["visible_characters"]):
        return None
    lines = "\n".join(f"{name}: {value}" for name, value in capture.headers)
    for sign in _facts().signs:
        mark = next((mark for mark in sign.marks if mark in capture.body), None)
        if mark is not None:
            return Wall(sign.name, f"an empty page with {mark.decode()}")
        if any(pattern.search(page.source) for pattern in sign.patterns):
            return Wall(sign.name, "an empty page with a script")
        header = next((header for header in sign.headers if header in lines), None)
        if header is not None and (capture.status >= 400 or "<script" in page.source.lower()) and not page.text:
            return Wall(sign.name, f"an empty page with header {header}")
    return None


def _by_words(capture: Capture, page: _Page) -> Wall | None:
    limit = "refusal_characters" if capture.status >= 400 else "block_page_characters"
    if not page.shows_less_than(_facts().empty[limit]):
        return None
    for sign in _facts().signs:
        word = next((word for word in sign.words if word in page.text or word in page.title), None)
        if word is not None:
            return Wall(sign.name, f"a page that says “{word}” and little else")
    return None


def _self_refresh(capture: Capture, page: _Page) -> Wall | None:
    found = _REFRESH.search(page.source)
    if found is None or not page.shows_less_than(_facts().empty["visible_characters"]):
        return None
    target = urlsplit(urljoin(capture.final_url, html.unescape(found[1])))
    here = urlsplit(capture.final_url)
    if (target.netloc, target.path) == (here.netloc, here.path):
        return Wall("a page that reloads itself", "an empty page with a refresh to its own address")
    return None


def _cookie_loop(capture: Capture) -> Wall | None:
    """A redirect to the very same address that wants a cookie brought back."""
    target = urljoin(capture.final_url, capture.header("location") or "")
    if capture.header("set-cookie") is None or capture.header("location") is None:
        return None
    if target.partition("#")[0] != capture.final_url:
        return None
    lines = "\n".join(value for name, value in capture.headers if name.lower() == "set-cookie")
    named = (sign.name for sign in _facts().signs if any(header in lines for header in sign.headers))
    return Wall(next(named, "a cookie loop"), "a redirect to itself with a cookie")


def _title(capture: Capture) -> str:
    head = decode.decode(capture.body[:8192], capture.media_type)
    found = _TITLE.search(head)
    return html.unescape(found[1]).strip() if found else ""


@cache
def _facts() -> _Facts:
    data = tomllib.loads(resources.files("crawler").joinpath("walls.toml").read_text("utf-8"))
    lost = {key: tuple(re.compile(text, re.IGNORECASE) for text in data["soft_404"][key]) for key in ("titles", "words")}
    return _Facts(
        certain=frozenset(data["status"]["certain"]),
        possible=frozenset(data["status"]["possible"]),
        empty=data["empty"],
        content=tuple(mark.encode() for mark in data["content"]["marks"]),
        signs=tuple(_sign(entry) for entry in data["wall"]),
        lost=lost,
        lost_characters=data["soft_404"]["visible_characters"],
    )


def _sign(entry: Mapping[str, Any]) -> _Sign:
    return _Sign(
        name=entry["name"],
        marks=tuple(mark.encode() for mark in entry.get("marks", ())),
        headers=tuple(entry.get("headers", ())),
        words=tuple(entry.get("words", ())),
        patterns=tuple(re.compile(text, re.DOTALL) for text in entry.get("patterns", ())),
    )
