"""Traditional characters to simplified ones, for comparing labels; what is stored stays as printed."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from opencc import OpenCC  # type: ignore[import-untyped]  # opencc ships no types


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    """The characters that the converter's own table changes."""
    lines = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text("utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if "\t" in line)
    return frozenset(old for old, new in pairs if old not in new.split(" "))


def is_traditional(text: str) -> bool:
    """Whether the text holds a character that simplified Chinese does not use."""
    return not _traditional().isdisjoint(text)


def simplify(text: str) -> str:
    """The text in simplified characters; unchanged where it holds no traditional one."""
    return str(_converter().convert(text)) if is_traditional(text) else text
