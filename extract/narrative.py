"""Paragraphs → sections and claims. The six sections of the form are found by their headings, numbers in the prose by patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import chain, repeat, takewhile

from extract.form import ClaimPattern, form
from extract.label import heading_labels, normalise, row_labels
from extract.number import fits
from extract.report import Claim, Section

MAX_HEADING = 45
"""Characters of a paragraph that may be a heading."""

LEAST_RUN_IN = 3
"""Parts of section one that begin paragraphs without a number, from which such words are headings."""

_NUMBERED = re.compile(r"\s*(?:第?\s*([一二三四五六七八九十]{1,3})\s*(?:部分)?\s*[、，,.．:：\s])\s*(?=\S)")
_SUBNUMBERED = re.compile(r"\s*[（(]\s*([一二三四五六七八九十]{1,3})\s*[）)]\s*")
_ITEM = re.compile(r"\s*[（(]?(\d{1,2})\s*[)）、.．](?!\d)\s*")
_SENTENCE_END = re.compile(r"[。；;！!？?\n]")
_ABOUT_BEFORE = re.compile(r"(?:近|约|大约|超过|逾|超|超出|不少于|将近)$")
_ABOUT_BEHIND = re.compile(r"(?:以上|左右|上下)")
_MULTIPLIERS = {"万": Decimal(10_000), "亿": Decimal(100_000_000)}


Part = tuple[str | None, str, str | None, list[str]]
"""(number, heading, code, lines)"""


def sections(paragraphs: Iterable[str]) -> tuple[Section, ...]:
    """The headed parts in order. A section of the form holds its whole text; the known parts of section one follow it by themselves."""
    found: list[Section] = []
    for number, heading, code, lines in _without_contents(list(_top_level(_split(paragraphs)))):
        prose = [line for line in lines if "。" in line] if code in _table_sections() else lines
        found.append(Section(code, number, heading, "\n".join(prose)))
        if code == "s1_overview":
            found += _parts(lines)
    return tuple(found)


def _without_contents(found: list[Part]) -> list[Part]:
    """The parts behind a table of contents: headings with nothing under them, all of which come again."""
    codes = [code for _, _, code, _ in found]
    again = next((i for i, code in enumerate(codes) if i and code is not None and code == codes[0]), 0)
    return found[again:] if not any("。" in line for *_, lines in found[:again] for line in lines) else found


def opening(paragraphs: Sequence[str]) -> list[str]:
    """The paragraphs before the first heading."""
    return list(takewhile(lambda text: _open(text) is None, paragraphs))


@cache
def _table_sections() -> frozenset[str]:
    """Sections that hold a table: of their lines only sentences are prose."""
    return frozenset(heading.code for heading in form().headings if heading.kind == "table")


@cache
def _inline_heading() -> re.Pattern[str]:
    """A numbered heading of the form in the middle of running text."""
    labels = sorted({normalise(text) for h in form().headings if h.code[2] == "_" for text in (h.zh, *h.aliases)}, key=len, reverse=True)
    loose = (r"[\s、，]*".join(map(re.escape, label)) for label in labels)
    return re.compile(rf"(?:(?<=[。；\s\d\]）)])|(?<=^))(?=[一二三四五六]\s*、\s*(?:{'|'.join(loose)}))")


def _split(paragraphs: Iterable[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        if len(paragraph) <= MAX_HEADING:
            yield paragraph
        else:
            yield from filter(None, (part.strip() for part in _inline_heading().split(paragraph)))


def _top_level(paragraphs: Iterable[str]) -> Iterator[Part]:
    current: Part | None = None
    for text in paragraphs:
        opened = _open(text)
        if opened is None or (current is not None and current[0] is not None and _is_inner(text)):
            if current is not None:
                current[3].append(text)
            continue
        if current is not None:
            yield current
        number, heading, code, rest = opened
        current = (number, heading, code, [rest] if rest else [])
    if current is not None:
        yield current


def _is_inner(text: str) -> bool:
    """Whether a heading is numbered as a part of a section whose own number is 一、: （二）其他事项."""
    return bool(_SUBNUMBERED.match(text) or _ITEM.match(text))


def opens(paragraph: str) -> str | None:
    """The code of the last section of the form that opens in the paragraph."""
    codes = [opened[2] for part in _split([paragraph]) if (opened := _open(part)) is not None]
    return codes[-1] if codes else None


def _open(text: str) -> tuple[str | None, str, str | None, str] | None:
    """(number, heading, code, text after it on the same line) where the paragraph opens a section."""
    numbered = _NUMBERED.match(text)
    number = numbered[1] if numbered else None
    body = text[numbered.end() :] if numbered else text
    if len(text) <= MAX_HEADING:
        found = heading_labels().find(body) if number else heading_labels().named(body)
        codes = [m.code for m in found if m.code[2] == "_"]
        if codes and (number or normalise(body) == normalise(text)):
            return number, body.strip().rstrip("：:"), codes[0], ""
    if number is None:
        return None
    inline = _open_inline(number, body)
    if inline is None and len(text) <= MAX_HEADING and not body.rstrip().endswith(("。", "；", "，")) and not _is_row(body):
        return number, body.strip().rstrip("：:"), None, ""
    return inline


def _is_row(text: str) -> bool:
    """Whether the line is a row of the requests table (一、本年新收…), numbered like a section."""
    return bool(row_labels("requests").find(text))


def _open_inline(number: str, body: str) -> tuple[str | None, str, str | None, str] | None:
    """A heading with its text behind it on one line: 一、总体情况 2024年，…"""
    for heading in form().headings:
        if heading.code[2] != "_":
            continue
        for label in (heading.zh, *heading.aliases):
            loose = r"[\s、，]*".join(map(re.escape, normalise(label)))
            match = re.match(rf"\s*({loose})\s*[。:：.．]?\s*", body)
            if match:
                return number, match[1], heading.code, body[match.end() :].strip()
    return None


def _parts(lines: Sequence[str]) -> list[Section]:
    """The headed parts of section one that the form knows: （一）主动公开情况 …; else 1.主动公开 … or 主动公开。…

    Words without a number that begin a paragraph are headings where several parts begin like that.
    """
    mark = _SUBNUMBERED if any((m := _SUBNUMBERED.match(text)) and _open_part(text, m) for text in lines) else _ITEM
    loose = {part.code for text in lines if mark.match(text) is None and (part := _open_part(text, None)) and part.text}
    run_in = mark is _ITEM and len(loose) >= LEAST_RUN_IN
    found: list[Section] = []
    for text in lines:
        numbered = mark.match(text)
        opened = _open_part(text, numbered)
        if opened and (numbered or run_in or not opened.text):
            found.append(opened)
        elif mark is _SUBNUMBERED and numbered and len(text) <= MAX_HEADING and "。" not in text:
            found.append(Section(None, numbered[1], text[numbered.end() :].strip(), ""))
        elif found:
            found[-1] = found[-1]._replace(text="\n".join(filter(None, (found[-1].text, text))))
    return [part for part in found if part.code]


def _open_part(text: str, numbered: re.Match[str] | None) -> Section | None:
    """The part that a paragraph heads, with its text behind the heading on one line."""
    body = text[numbered.end() :] if numbered else text
    for head, rest in _cut_heading(body):
        codes = [m.code for m in heading_labels().named(head) if m.code.startswith("s1.")]
        if codes:
            return Section(codes[0], numbered[1] if numbered else None, head.strip(), rest.strip())
    return None


def _cut_heading(body: str) -> Iterator[tuple[str, str]]:
    """The ways to part a heading from the text behind it: at a stop, at a blank, at a comma; or all is heading."""
    if len(body) <= MAX_HEADING:
        yield body, ""
    for mark in (r"[。:：.．]", r"\s+(?=\S)", r"[，,]"):
        found = re.search(mark, body)
        if found is not None and found.start() <= MAX_HEADING:
            yield body[: found.start()], body[found.end() :]


@cache
def _patterns() -> tuple[tuple[ClaimPattern, tuple[re.Pattern[str], ...]], ...]:
    return tuple((claim, tuple(re.compile(p) for p in claim.patterns)) for claim in form().claims.values())


def claims(parts: Sequence[Section], loose: Sequence[str] = ()) -> tuple[Claim, ...]:
    """The numbers stated in the sections, each with its sentence; `loose` is text before any heading."""
    texts = [(None, "\n".join(loose)), *((n, each.text) for n, each in enumerate(parts) if each.code is None or each.code[2] == "_")]
    ordinals = list(chain.from_iterable(repeat(ordinal, len(text) + 1) for ordinal, text in texts))
    return tuple(dict.fromkeys(_read("\n".join(text for _, text in texts), ordinals)))


def _read(text: str, ordinals: Sequence[int | None]) -> list[Claim]:
    """The claims of a text in reading order, given the section of each character. A number that several patterns of a claim find is one."""
    found: list[tuple[int, Claim]] = []
    for pattern, expressions in _patterns():
        taken: set[int] = set()
        for expression in expressions:
            for match in expression.finditer(text):
                claim = _claim(pattern, match, _sentence(text, match), ordinals[match.start()]) if match.end() not in taken else None
                if claim is not None:
                    taken.add(match.end())
                    found.append((match.start(), claim))
    return [claim for _, claim in sorted(found, key=lambda item: item[0])]


def _sentence(text: str, match: re.Match[str]) -> str:
    """The sentence in which a match stands; its end mark belongs to it."""
    start = max(text.rfind(mark, 0, match.start()) for mark in "。；;！!？?\n") + 1
    end = _SENTENCE_END.search(text, match.end())
    return text[start : end.end() if end else len(text)].strip()


def _claim(pattern: ClaimPattern, match: re.Match[str], sentence: str, ordinal: int | None) -> Claim | None:
    groups = match.groupdict()
    if groups.get("zero"):
        return Claim(pattern.code, Decimal(0), groups.get("unit") or pattern.unit, False, sentence, ordinal)
    value = amount(groups.get("n") or "")
    if value is None:
        return None
    before = match.string[max(0, match.start("n") - 4) : match.start("n")].rstrip()
    about = bool(groups.get("q") or _ABOUT_BEFORE.search(before) or _ABOUT_BEHIND.match(match.string, match.end()))
    return Claim(pattern.code, value, groups.get("unit") or pattern.unit, about, sentence, ordinal)


def amount(text: str) -> Decimal | None:
    """A number of the prose: digits with blanks and commas, 万 and 亿 multiplied out."""
    digits = re.sub(r"[\s,，]", "", text)
    factor = _MULTIPLIERS.get(digits[-1:], Decimal(1))
    bare = digits.rstrip("万亿")
    if not re.fullmatch(r"\d+(?:\.\d+)?", bare, re.ASCII):
        return None
    value = Decimal(bare) * factor
    return value if fits(value) else None
