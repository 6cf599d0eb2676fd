"""A listing whose own address answers data, not a page: walked by turning the page number in that address."""

from __future__ import annotations

import re

from crawler import turns
from crawler.families import answers
from crawler.page import Page
from crawler.sheet import Ask, Progress, Source

_STORE = re.compile(r"(?:<\?xml[^<>]*>\s*)?<datastore\b", re.I)


def is_data(text: str) -> bool:
    """Whether an answer is JSON, JSONP or a datastore."""
    start = text.lstrip("\ufeff \t\r\n")[:400]
    return start[:1] in ("{", "[") or bool(_STORE.match(start)) or (start[:1] not in ("<", "") and "({" in start)


def source_of(page: Page) -> Source:
    """The listing at an endpoint whose first answer is here already."""
    made = turns.guessed(page.url)

    def following(progress: Progress) -> Ask | None:
        url = made.url(progress.number + 1) if made else None
        return Ask(url, number=progress.number + 1) if url else None

    return Source(answers.of_text(page.url, page.text), answers.read, following, "endpoint", again=Ask(page.url))
