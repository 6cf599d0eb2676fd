"""Messages in the reader's language: English in the code, Chinese from `data/messages.zh.toml`. Data is never translated."""

from __future__ import annotations

import os
import tomllib
from functools import cache
from importlib import resources
from typing import Literal

Language = Literal["zh", "en"]


def language() -> Language:
    """`NIANBAO_LANG` (zh or en), else the locale of the environment, else English."""
    names = ("NIANBAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((os.environ[name] for name in names if os.environ.get(name)), "en")
    return "zh" if chosen.lower().startswith("zh") else "en"


@cache
def catalogue() -> dict[str, str]:
    """English message → Chinese message, with the same `{names}` in braces."""
    text = resources.files("nianbao").joinpath("data/messages.zh.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def say(message: str, **values: object) -> str:
    """The message in the reader's language, its `{names}` filled in. English where no translation exists."""
    template = catalogue().get(message, message) if language() == "zh" else message
    return template.format(**values) if values else template
