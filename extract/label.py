"""A printed label → the rows or columns of the form that it can mean, and how surely."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from extract.form import Column, Form, form
from extract.script import simplify

Strength = Literal["exact", "alias", "bracket_stripped", "fuzzy"]
STRENGTHS = ("exact", "alias", "bracket_stripped", "fuzzy", "extra")
"""From sure to least sure; extra: a row that the form does not have."""

_INVISIBLE = re.compile(r"[\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\u3000\ufeff\ufe0f]+")
_QUOTES = re.compile(r"[\"'“”‘’「」『』＂＇〝〞]")
_ENUMERATOR = re.compile(
    r"(?:\(?[一二三四五六七八九十]{1,3}\)|第[一二三四五六七八九十]+[部章]分?|[一二三四五六七八九十]{1,3}[、.,:]"
    r"|\(?\d{1,2}\)(?!\d)|\d{1,2}[.、,:](?!\d)|[①-⑳⑴-⒇⒈-⒛㈠-㈩])+"
)
_LOOSE_DIGIT = re.compile(r"\d(?=[\u4e00-\u9fff])")
_PUNCTUATION = re.compile(r"[,、;:.。·•]")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
_OPEN_BRACKET = re.compile(r"\([^()]*\Z|\A[^()]*\)")


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """The label without enumerator, quotes, blanks and punctuation, in simplified characters; notes in brackets stay."""
    text = _INVISIBLE.sub("", text)
    text = _ENUMERATOR.sub("", text, count=1) if _ENUMERATOR.match(text) else text
    text = simplify(unicodedata.normalize("NFKC", text))
    text = _QUOTES.sub("", text).replace("\\", "/")
    found = _ENUMERATOR.match(text)
    if found and found.end() < len(text):
        text = text[found.end() :]
    text = _LOOSE_DIGIT.sub("", text, count=1) if text[:1].isdigit() else text
    return _PUNCTUATION.sub("", text)


@lru_cache(maxsize=4096)
def strip_brackets(key: str) -> str:
    """A normalised label without its notes in brackets, whether or not they close."""
    bare = key
    while (shorter := _BRACKETED.sub("", bare)) != bare:
        bare = shorter
    return _OPEN_BRACKET.sub("", bare)


class Match(NamedTuple):
    """One code that a label can mean."""

    code: str
    strength: Strength


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one axis of one table: normalised label → codes, by strength. None of them is ASCII, as most figures are."""

    exact: Mapping[str, tuple[str, ...]]
    alias: Mapping[str, tuple[str, ...]]
    bare: Mapping[str, tuple[str, ...]]
    characters: frozenset[str]

    def find(self, text: str) -> tuple[Match, ...]:
        """All codes that `text` can mean at the strongest level that knows it; several where a label is shared."""
        return () if text.isascii() else _find(self, text)

    def named(self, text: str) -> tuple[Match, ...]:
        """The same without guessing at spelling, which takes the longest."""
        return () if text.isascii() else _named(self, text)

    def surely(self, text: str) -> str | None:
        """The one code that `text` means without guessing at spelling, or None."""
        found = self.named(text)
        return found[0].code if len(found) == 1 else None

    __hash__ = object.__hash__


@lru_cache(maxsize=16384)
def _find(labels: Labels, text: str) -> tuple[Match, ...]:
    key = normalise(text)
    return _named(labels, text) or (_fuzzy(labels, strip_brackets(key) or key) if key else ())


@lru_cache(maxsize=16384)
def _named(labels: Labels, text: str) -> tuple[Match, ...]:
    key = normalise(text)
    for strength, index in (("exact", labels.exact), ("alias", labels.alias)):
        if key in index:
            return tuple(Match(code, strength) for code in index[key])  # type: ignore[arg-type]  # both are Strengths
    return tuple(Match(code, "bracket_stripped") for code in labels.bare.get(strip_brackets(key), ()))


def _fuzzy(labels: Labels, key: str) -> tuple[Match, ...]:
    """The one label that is close enough, and closer than any other by the margin of the form; else nothing."""
    limits = form().fuzzy
    if len(key) < 4:
        return ()
    telling = limits["min_similarity"] - limits["min_margin"]
    known = sum(ch in labels.characters for ch in key)
    if 2 * known / (len(key) + known) < telling:  # prose: no label holds so many of its characters
        return ()
    best: dict[str, float] = defaultdict(float)
    for label, codes in labels.bare.items():
        length = len(key) + len(label)
        if 2 * min(len(key), len(label)) / length < limits["min_similarity"]:
            continue
        if 2 * sum(ch in label for ch in key) / length < telling:  # no similarity is above that of the characters
            continue
        similarity = SequenceMatcher(None, key, label, autojunk=False).ratio()
        for code in codes:
            best[code] = max(best[code], similarity)
    ranked = sorted(best.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] < limits["min_similarity"]:
        return ()
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < limits["min_margin"]:
        return ()
    return (Match(ranked[0][0], "fuzzy"),)


def index(names: Iterable[tuple[str, Iterable[str], Iterable[str]]]) -> Labels:
    """Labels from (code, printed labels, aliases)."""
    exact: dict[str, list[str]] = defaultdict(list)
    alias: dict[str, list[str]] = defaultdict(list)
    bare: dict[str, list[str]] = defaultdict(list)
    for code, printed, aliases in names:
        for target, texts in ((exact, printed), (alias, aliases)):
            for key in dict.fromkeys(normalise(text) for text in texts):
                target[key].append(code)
                stripped = strip_brackets(key)
                if code not in bare[stripped]:
                    bare[stripped].append(code)
    return Labels(_kept(exact), _kept(alias), _kept(bare), frozenset("".join(bare)))


def _kept(part: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(codes) for key, codes in part.items()}


@cache
def row_labels(table: str) -> Labels:
    """The row labels of a table, groups included."""
    f: Form = form()
    rows = [row for row in f.rows.values() if row.table == table]
    return index((row.code, filter(None, (row.zh, row.zh_v2019)), row.aliases) for row in rows)


@cache
def column_labels(table: str) -> Labels:
    """The column labels of a table."""
    columns = form().columns_of(table)
    return index((c.code, filter(None, (c.zh, c.zh_v2019)), (*c.aliases, *_with_group(c))) for c in columns)


def _with_group(column: Column) -> Iterator[str]:
    """A column's label with that of its group before it, as tables with one header row print it (法人或其他组织-商业企业)."""
    if column.group_zh:
        yield from (f"{column.group_zh}{mark}{label}" for mark in ("", "-", "/", "—") for label in (column.zh, *column.aliases))


@cache
def heading_labels() -> Labels:
    """The headings of the report's sections."""
    return index((h.code, (h.zh,), h.aliases) for h in form().headings)


def weaker(one: str, other: str) -> str:
    """The less certain of two strengths."""
    return max(one, other, key=STRENGTHS.index)
