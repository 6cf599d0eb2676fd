"""What tells bodies and pages apart by their words: identity.toml, and whether a line can be a body's name."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

MAX_TITLE = 90
_NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff（）()、·]{2,40}")
_SENTENCE = re.compile(r"[。；!?？！,，:：]")
_TOLD_OTHERWISE = re.compile(r"[《“\"]?(?:一图|一张图|图解|图说|图文|解读|视频|音频|漫画|动画|H5)")


@cache
def knowledge() -> dict[str, Any]:
    """identity.toml."""
    return tomllib.loads(files("extract").joinpath("identity.toml").read_text("utf-8"))


def is_name(text: str) -> bool:
    """Whether a text is the name of a body that may have to publish."""
    return bool(_NAME.fullmatch(text)) and text.endswith(_words("agency", "endings")) and not text.endswith(_words("agency", "not_names"))


@cache
def _words(part: str, name: str) -> tuple[str, ...]:
    return tuple(knowledge()[part][name])


def is_title(text: str) -> bool:
    """Whether a line can be the title of an annual report on information disclosure."""
    if not text or len(text) > MAX_TITLE or _SENTENCE.search(text):
        return False
    plain = "".join(text.split())
    return any(word in plain for word in _words("title", "subject")) and any(word in plain for word in _words("title", "kind"))


def is_report_title(plain: str) -> bool:
    """Whether a title names the annual report itself, not something about it."""
    if _TOLD_OTHERWISE.match(plain):
        return False
    return bool(re.search(r"信息公开(?:工作)?(?:20\d\d年?度?)?(?:工作)?(?:年度(?:工作)?报告|年报|告年度报)(?:[（(].*[)）])?$", plain))


def ends_as_report(plain: str) -> bool:
    """Whether a title says report at its end, but for a body or a year set behind it: not 报告发布情况通报."""
    return bool(re.search(r"(?:报告|年报|告年度报|总结|情况)(?:[（(\[〔【].*|[-—_·:：].*|20\d\d.*|…|\.{3})?$", plain))


@lru_cache(maxsize=1024)
def is_other_document(title: str) -> bool:
    """Whether a title names one of the documents that look like an annual report and are none."""
    plain = "".join(title.split())
    return not is_report_title(plain) and any(re.search(entry["title"], plain) for entry in knowledge()["not_a_report"])
