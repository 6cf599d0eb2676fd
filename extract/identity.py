"""Whose report it is, of which year, own or aggregate, when signed and published: from title, signature, page head and prose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple

from extract.dates import dates, digits, period_year, years
from extract.document import Document, Grid
from extract.ending import Ending
from extract.names import MAX_TITLE, is_name, is_other_document, is_title, knowledge
from extract.narrative import opens
from extract.report import Scope

MAX_NAME = 40
_HEAD_LINES = 40
_TAIL_LINES = 10
_TABLE_ROWS = 12
_TITLE_CUT = re.compile(r"(?:[_|｜]|\s-|--|—\s).*$")
_DATED = re.compile(r"[\[(（【]?20\d\d(?:年|[-/.])\d{1,2}(?:月|[-/.])\d{1,2}日?(?!\d|至)[^。]{0,60}$")
_LISTED = re.compile(r"20\d\d[-/.]\d{1,2}[-/.]\d{1,2}\W*$")
_YEAR_WORDS = re.compile(r"20[0-3]\d年?度?(?:年度)?")
_SUBJECT = re.compile(r"(?:政府)?信息公开|政务公开|政府信息工作|政府网站")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a document says of itself."""

    title: str | None
    agency: str | None
    year: int | None
    scope: Scope
    published_on: date | None
    signed_on: date | None
    index_number: str | None
    period_year: int | None
    level: str | None = None
    """What the name alone tells: township, county or province; 市 may be a prefecture or a county and tells nothing."""


def identify(document: Document, text: Sequence[str], ending: Ending) -> Identity:
    """The identity of a document; `text` is its paragraphs in order, `ending` tells which of them are the report's."""
    period = next((year for line in text if "月" in line and (year := period_year(line))), None)
    title = find_title(document, _head(ending.lines), ending.signer, period)
    printed = _printed(document, [*_head(text), *text[-_TAIL_LINES:]])
    signed_on = ending.signed_on
    named = agency_in_title(title or "")
    agency = _choose(named, ending.signer, _issuer(document, printed))
    published = _published(document, printed, title) or signed_on
    stated = years(title or "")
    year = stated[0] if stated else period or (signed_on.year - 1 if signed_on else None)
    scope = find_scope(title or "", agency, ending.lines)
    index_number = _labelled(document, printed, "index_number")
    return Identity(title, agency, year, scope, published, signed_on, index_number, period, find_level(agency))


def _head(text: Sequence[str]) -> Sequence[str]:
    """The lines before the first section, the last of them where menus stand above; else the first lines."""
    first = next((i for i, line in enumerate(text) if "总体情况" in line and opens(line) == "s1_overview"), 0)
    return text[max(0, first - _HEAD_LINES) :][:_HEAD_LINES]


def find_level(agency: str | None) -> str | None:
    """The level of a body by its name alone; None where the name leaves it open."""
    name = agency or ""
    for level, pattern in knowledge()["level"].items():
        if re.search(pattern, name):
            return str(level)
    return None


def find_title(document: Document, text: Sequence[str], signer: str | None = None, period: int | None = None) -> str | None:
    """The line that names the report: the page's own word for it, else the first lines, one or several together.

    What pages head themselves with may be the name of their column: a title of the body that signs, or of the year that the prose
    states, stands before it.
    """
    stated = _stated_titles(document)
    own = next((title for title in stated if years(title) and is_other_document(title)), None)
    if own is not None:
        return own
    titles = [title for title in stated if is_title(title)] + _titles_in_lines(document, text)
    dated = [title for title in titles if years(title)]
    best = next(iter(dated or titles), None)
    if best is not None:
        best = _of_article(best, dated, signer, period)
    return best or next(iter(stated), None) or _first(text)


def _of_article(best: str, dated: Sequence[str], signer: str | None, period: int | None) -> str:
    """The title itself, or the one that it is the column of: it names a body where that names none or another than the one that signs."""
    own = agency_in_title(best)
    if own and (signer is None or _is_of(own, signer)):
        return best
    named = [(other, agency) for other in dated if (agency := agency_in_title(other))]
    of_signer = [other for other, agency in named if signer and _is_of(agency, signer)]
    others = of_signer if own else [*of_signer, *(other for other, _ in named)]
    for year in (*years(best)[:1], period):
        found = next((other for other in others if years(other)[0] == year), None)
        if found is not None:
            return found
    return best


def _is_of(agency: str, signer: str) -> bool:
    """Whether a title's body is the one that signs: one of the names may leave out the county before it, or the office behind it."""
    one, other = _core(agency), _core(signer)
    return one.endswith(other) or other.endswith(one) or (signer.startswith(one) and _is_office_of(signer, one))


def _stated_titles(document: Document) -> list[str]:
    """What the document itself says that its title is; the properties of an Office file, often of another year, last."""
    found = [document.meta[key] for key in knowledge()["meta"]["title"] if document.meta.get(key)]
    found = [*found[:1], document.title or "", *found[1:]] if document.reader == "html" else found[:1]
    return [title for title in map(_clean_title, found) if title]


def _titles_in_lines(document: Document, text: Sequence[str]) -> list[str]:
    """Titles among the first lines. On a page those of menus and lists are none: without year and body, or with a date behind."""
    found = [title for title in map(_clean_title, _first_lines(text)) if is_title(title)]
    if document.reader == "html":
        return [title for title in found if not _LISTED.search(title) and (years(title) or agency_in_title(title))]
    return [*found, *(title for title in [_clean_title(document.title or "")] if is_title(title))]


def _first(text: Sequence[str]) -> str | None:
    return next((line[:MAX_TITLE] for line in text if line), None)


def _first_lines(text: Sequence[str]) -> Iterable[str]:
    """The first lines, each alone and, where it begins a title or is a body's name, with up to two neighbours: titles are set over
    several lines, but so are menus. A title says its year once: a line with a year is not joined with another that has one.
    """
    lines = [line for line in text[:_HEAD_LINES] if len(line) <= MAX_TITLE]
    dated = [bool(years(line)) for line in lines]
    for i, line in enumerate(lines):
        yield line
        if dated[i] or _SUBJECT.search(line) or is_name("".join(line.split())):
            for end in (i + 2, i + 3):
                if sum(dated[i:end]) < 2:
                    yield "".join(lines[i:end])


def _clean_title(text: str) -> str:
    return _TITLE_CUT.sub("", " ".join(text.split())).strip(' 　《》"“”') if len(text) < 300 else ""


def agency_in_title(title: str) -> str | None:
    """The body that a title names, as printed; None where it names none."""
    plain = digits(title)
    for word in knowledge()["title"]["noise"]:
        plain = plain.replace(digits(word), "")
    plain = _YEAR_WORDS.sub("", plain)
    before = _before_subject(plain)
    if before:
        return before
    behind = re.search(r"[(（]([^()（）]{3,40})[)）]$", plain) or re.search(r"(?:报告|年报)[-—_:：]+(\S{3,40})$", plain)
    return behind[1] if behind and is_name(behind[1]) else None


def _before_subject(plain: str) -> str | None:
    subject = _SUBJECT.search(plain)
    if subject is None:
        return None
    before = plain[: subject.start()]
    if before.endswith("人民") and subject[0].startswith("政府"):
        before += "政府"
    before = re.sub(r"[\[【(（〔][\]】)）〕]", "", before).strip('-—_·:：《》"“” ')
    return before if 2 <= len(before) <= MAX_NAME else None


def _issuer(document: Document, printed: Printed) -> str | None:
    stated = [document.meta[key].strip() for key in knowledge()["meta"]["issuer"] if document.meta.get(key)]
    stated += [value for key in knowledge()["labels"]["issuer"] if (value := document.meta.get(key))]
    stated.append(_labelled(document, printed, "issuer") or "")
    return next((name for name in stated if is_name(name)), None)


def _choose(titled: str | None, signature: str | None, issuer: str | None) -> str | None:
    """The fullest name: the signature's where it is the title's body, the title's where the signature is only its office."""
    if titled is None:
        return signature or issuer
    if signature is None:
        return _extend(titled, issuer) if issuer else titled
    return _extend(titled, signature)


def _extend(titled: str, signature: str) -> str:
    core, signed = _core(titled), _core(signature)
    if titled != core and signed == signature and signature.startswith(core):
        return titled
    if signed == core or (signature.startswith(core) and not _is_office_of(signature, core)):
        return max(titled, signature, key=len) if signed == core else signature
    if signed.endswith(core):
        return signature
    if core.endswith(signed):
        return core[: len(core) - len(signed)] + signature
    return titled


def _core(name: str) -> str:
    """A body's name without the word for government."""
    for ending in knowledge()["agency"]["governments"]:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name[: -len(ending)]
    return name


def _is_office_of(name: str, area: str) -> bool:
    rest = name.removeprefix(area)
    return rest.endswith(tuple(knowledge()["agency"]["offices"])) and ("政府" in rest or "政" in rest[:2])


def find_scope(title: str, agency: str | None, text: Sequence[str]) -> Scope:
    """`aggregate` where a government above the township reports for its area; its own office, departments, townships are `own`."""
    words = knowledge()["scope"]
    if "汇总" in title:
        return "aggregate"
    core = _core(agency or "")
    if not re.search(r"[省市县区州盟旗]$", core) or re.search(r"[镇乡]$|街道$", core):
        return "own"
    if any(office in title for office in knowledge()["agency"]["offices"]):
        return "own"
    prose = "".join("".join(text).split())
    wide = sum(prose.count(word) for word in (*words["aggregate"], *words["area"]))
    narrow = sum(prose.count(word) for word in words["own"])
    return "aggregate" if wide > narrow else "own"


def _published(document: Document, printed: Printed, title: str | None) -> date | None:
    for key in knowledge()["meta"]["published"]:
        found = dates(document.meta.get(key, ""))
        if found:
            return found[0]
    for kind in ("published", "published_loosely"):
        labelled = _labelled(document, printed, kind)
        if labelled and (found := dates(labelled)):
            return found[0]
    return _below_title(title, printed.near) if document.reader == "html" else None


def _below_title(title: str | None, text: Sequence[str]) -> date | None:
    """The date, without a label, that a page prints right below the title."""
    at = next((i for i, line in enumerate(text[:_HEAD_LINES]) if _clean_title(line) == title), None)
    below = text[at + 1 : at + 4] if at is not None else ()
    return next((found[0] for line in below if _DATED.match(line) and (found := dates(line))), None)


class Printed(NamedTuple):
    """Where a page says who published it, and when: its tables that print such a label, its first and last lines."""

    tables: Sequence[Grid]
    near: Sequence[str]
    lines: Sequence[str]
    plain: str
    """The lines without blanks."""


def _printed(document: Document, text: Sequence[str]) -> Printed:
    tables = [grid for grid in document.grids() if _prints(_table_text(grid), *knowledge()["labels"])]
    lines = [*text[:_HEAD_LINES], *text[-_TAIL_LINES:]]
    return Printed(tables, text, lines, _without_blanks("".join(lines)))


def _table_text(grid: Grid) -> str:
    return _without_blanks("".join(cell.text for row in grid.rows[:_TABLE_ROWS] for cell in row if cell is not None))


def _without_blanks(text: str) -> str:
    return "".join(text.split())


def _prints(plain: str, *kinds: str) -> bool:
    """Whether a text without blanks holds a label of one of the kinds: most hold none, and need no closer look."""
    return any(label in plain for kind in kinds for label in _bare_labels(kind))


@cache
def _bare_labels(kind: str) -> tuple[str, ...]:
    return tuple(map(_without_blanks, knowledge()["labels"][kind]))


def _labelled(document: Document, printed: Printed, kind: str) -> str | None:
    """The value behind one of the labels of that kind: in meta, in the page's index table, or in its first lines."""
    labels = knowledge()["labels"][kind]
    for label in labels:
        value = document.meta.get(label)
        if value:
            return value
    found = _in_tables(printed.tables, labels)
    return found or (_in_lines(printed.lines, labels) if _prints(printed.plain, kind) else None)


def _in_tables(grids: Iterable[Grid], labels: Sequence[str]) -> str | None:
    """The cell right of a label cell, in small tables at the head of the page."""
    for grid in grids:
        for row in grid.rows[:_TABLE_ROWS]:
            cells = [cell for i, cell in enumerate(row) if cell is not None and (i == 0 or cell is not row[i - 1])]
            texts = ["".join(cell.text.split()).rstrip("：:") for cell in cells]
            for name, value in zip(texts, cells[1:], strict=False):
                if name in labels:
                    return value.text.strip() or None
        inline = _in_lines([cell.text for row in grid.rows[:8] for cell in dict.fromkeys(filter(None, row))], labels)
        if inline:
            return inline
    return None


def _in_lines(lines: Iterable[str], labels: Sequence[str]) -> str | None:
    """`label：value` inside a line; the value ends before the next label, so that an empty one swallows nothing."""
    pattern = _label_pattern(tuple(labels))
    above = ""
    for line in lines:
        found = pattern.search(line) if len(line) < 400 else None
        if found and not re.match(r"\S{2,6}[:：]", found[1]):
            return found[1]
        if above in labels and len(line) <= MAX_NAME and not re.search(r"[:：。]$", line):
            return line
        above = "".join(line.split()).rstrip("：:") if re.search(r"[:：]\s*$", line) else ""
    return None


@cache
def _label_pattern(labels: tuple[str, ...]) -> re.Pattern[str]:
    spaced = "|".join(r"\s*".join(map(re.escape, label)) for label in labels)
    named = rf"[\[【](?:{spaced})[\]】]\s*[:：]?|(?:{spaced})\s*[:：]|^(?:{spaced})\s*(?=[A-Za-z0-9])"
    return re.compile(rf"(?:{named})\s*([^\s\[【|｜]{{4,40}}(?:\s+\d{{1,2}}:\d{{2}}(?::\d{{2}})?)?)")
