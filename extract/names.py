"""What tells bodies and pages apart by their words: identity.toml, and whether a line can be a body's name."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

MAX_TITLE = 90
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff（）()、·]{2,40}")


@cache
def knowledge() -> dict[str, Any]:
    """identity.toml."""
    return tomllib.loads(files("extract").joinpath("identity.toml").read_text("utf-8"))


def is_name(text: str) -> bool:
    """Whether a text is the name of a body that may have to publish."""
    words = knowledge()["agency"]
    return bool(_NAME.fullmatch(text)) and text.endswith(tuple(words["endings"])) and not text.endswith(tuple(words["not_names"]))


def is_title(text: str) -> bool:
    """Whether a line can be the title of an annual report on information disclosure."""
    if not text or len(text) > MAX_TITLE or any(mark in text for mark in "。；!?？！,，:："):
        return False
    words = knowledge()["title"]
    plain = "".join(text.split())
    return any(word in plain for word in words["subject"]) and any(word in plain for word in words["kind"])
