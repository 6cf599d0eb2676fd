"""Menus that stand in other files: scripts that write them, fragments that scripts load into the page, doors before the home page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from crawler import links, scripts
from crawler.find_rank import KNOWN, Candidate, same_site
from crawler.page import Anchor, Page, join, markup_links, squeeze

_DOOR_WORDS = 10
_LOADED = re.compile(
    r"""(?:\.load|\$\.get|\$\.ajax|fetch)\s*\(\s*(?:\{[^}]*?url\s*:\s*)?["']([^"'\s]+\.(?:s?html?|jsp|inc|txt)[^"'\s]*)["']""", re.I
)


def loaded(page: Page) -> list[str]:
    """Fragments of markup that the page's scripts load into it."""
    code = " ".join(script.text() or "" for script in page.tree.css("script"))
    found = (join(page.url, address) for address in _LOADED.findall(code))
    return [url for url in dict.fromkeys(found) if url and same_site(url, page.url)]


def menu_scripts(page: Page) -> list[str]:
    """Scripts of the same portal that may write a menu, the likeliest first; libraries are left alone."""
    known = KNOWN["scripts"]
    found = (join(page.url, node.attributes.get("src") or "") for node in page.tree.css("script[src]"))
    own = [url for url in dict.fromkeys(found) if url and same_site(url, page.url)]
    fit = [url for url in own if not re.search(known["libraries"], urlsplit(url).path, re.I)]
    return sorted(fit, key=lambda url: not re.search(known["menus"], urlsplit(url).path, re.I))[: known["most"]]


def with_script(page: Page, code: str) -> Page:
    """The page as if the script had written its links into it."""
    written = markup_links(page.url, scripts.written(code), "script")
    named = (
        Anchor(url, squeeze(record.name), origin="data") for record in scripts.records(code) if (url := join(page.url, record.address))
    )
    return replace(page, links=(*written, *named))


def doors(page: Page, at: Candidate) -> Iterator[Candidate]:
    """The few links of a page that is only a door: 进入网站, a choice of languages."""
    anchors = [link for link in page.anchors if same_site(link.url, page.url) and links.page_key(link.url) != links.page_key(page.url)]
    if at.depth == 0 and 0 < len(anchors) <= KNOWN["bounds"]["doors"]:
        for number, anchor in enumerate(anchors):
            if len(anchor.text) <= _DOOR_WORDS and not links.is_article(anchor.url):
                score = KNOWN["path"]["door"] - number
                yield replace(at, url=anchor.url, score=score, name=anchor.text, via=page.url, hops=at.hops + 1, guess=True)
