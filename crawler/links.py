"""What the words of a link tell: is it an annual report, whose, of which year, and is it only a copy of another link."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from crawler.listing import Column, Link, LinkKind

KNOWN: dict[str, Any] = tomllib.loads((files("crawler") / "links.toml").read_text(encoding="utf-8"))
UNNAMED = "neither an agency, a year nor a report"
"""Why a row of an annual-report column is no report by its words; they do not say that it is anything else, either."""
_HEADING = 30
_REMEMBERED = 4096
"""Titles and addresses come by several times: when a page is judged, walked and fetched from."""
_SIMPLE = str.maketrans(KNOWN["words"]["traditional"], KNOWN["words"]["simplified"])
_CHINESE_DIGITS = str.maketrans("〇○零O一二三四五六七八九壹贰叁肆伍陆柒捌玖", "0000123456789123456789")
_CHINESE_YEAR = re.compile(r"(?:[二贰2][〇○零OΟoо0]|[一壹1][九玖9])[〇○零Oo0一二三四五六七八九壹贰叁肆伍陆柒捌玖]{2}(?=年|度|政|$)")
_YEAR = re.compile(r"(?<![\d.])((?:19|20)\d\d)(?!\d)(?!年?\d{1,2}月)(?![-/.]\d{1,2}(?!\d))(?![〕\]】)]第?\d+号)")
_WHOLE_YEAR = re.compile(r"((?:19|20)\d\d)年1月1日?(?:起)?[-—–~至到]+(?:\1年)?12月(?:31日)?")
_SPAN = re.compile(r"(?:19|20)\d\d年?度?[-—–~至到、](?:19|20)\d\d")
_YEAR_IN_ADDRESS = re.compile(
    r"(?:(?<=[/_=-])|(?<=nb)|(?<=bg)|(?<=/n)|(?<=gz))((?:19|20)\d\d)(?:n|nd|nian)?(?:_\d+)?(?=[/_.&?]|$)(?!/\d{1,2}(?:/|-))"
)
_CUT_MARK = re.compile(r"(?:\.{2,}|…+|。{2,}|·{3,})$")
_EXTENSION = re.compile(r"\.(?:pdf|docx?|wps|xlsx?|et|ofd|zip|rar|7z|html?|shtml|txt)$", re.I)
_BRACKETED = re.compile(r"[(\[【〔《<]([^()\[\]【】〔〕《》<>]*)[)\]】〕》>]")
_BETWEEN = re.compile(r"[\s,,、;;:|丨—–_\-\[\]()【】《》〔〕<>\"'“”·.]+")


class Verdict(NamedTuple):
    """What a link's words make of it, and why."""

    kind: LinkKind
    why: str


class Twins(NamedTuple):
    """One report's link and the other addresses at which the same page is to be had."""

    link: Link
    also_at: tuple[str, ...] = ()


@lru_cache(_REMEMBERED)
def plain(title: str) -> str:
    """The title for comparing: half-width, without blanks, characters simple, Chinese years in digits."""
    text = unicodedata.normalize("NFKC", title).translate(_SIMPLE)
    text = re.sub(r"[\s\u200b-\u200f\ufeff]+", "", text)
    return _CHINESE_YEAR.sub(lambda found: found[0].upper().translate(_CHINESE_DIGITS), text)


def year_of(text: str) -> int | None:
    """The year that a title speaks of; `None` where it names none, or a span of years."""
    text = _WHOLE_YEAR.sub(r"\1年", plain(text))
    found = list(_YEAR.finditer(text))
    if not found or _SPAN.search(text):
        return None
    topic = _pattern("words", "subject").search(text) or _pattern("words", "paper").search(text)
    near = topic.start() if topic else 0

    def rank(year: re.Match[str]) -> tuple[int, int]:
        after = text[year.end() : year.end() + 2]
        return (2 if after == "年度" else 1 if after[:1] in ("年", "度") else 0), -abs(near - year.end())

    return int(max(found, key=rank)[1])


def year_of_address(url: str) -> int | None:
    """The year that a column's address carries (`/2023n/`, `bmnb2023`, `nbYear=2023`), dates of articles left out."""
    found = _YEAR_IN_ADDRESS.search(url)
    return int(found[1]) if found else None


@lru_cache(_REMEMBERED)
def agency_of(title: str) -> str | None:
    """The body of government that a title names; `None` where its words name none."""
    text = _EXTENSION.sub("", _CUT_MARK.sub("", plain(title)))
    bracketed = (note for note in _BRACKETED.findall(text) if not _pattern("agency", "note").search(note))
    for said in (_BRACKETED.sub("|", text), *bracketed):
        if names := [name for name in _pieces(said) if _names_a_body(name)]:
            return max(names, key=len)
    return None


def classify(title: str, url: str, column: Column | None = None) -> Verdict:
    """Whether a link is a report or a decoy, by its words; in an annual-report column a bare name is enough."""
    text = plain(title)
    cut = bool(_CUT_MARK.search(text))
    text = _EXTENSION.sub("", _CUT_MARK.sub("", text))
    if why := _decoy(text):
        return Verdict("decoy", why)
    if _pattern("words", "subject").search(text) and _pattern("words", "paper").search(text):
        return Verdict("report", "named as a report on disclosure")
    if cut and (_pattern("words", "cut").search(text)) and (_annual(column) or "信" in text or year_of(text)):
        return Verdict("report", "its cut-off title begins as a report's")
    if _annual(column):
        return _bare(text, url, cut)
    return Verdict("decoy", "not named as a report on disclosure")


def decoy_of(title: str) -> str | None:
    """Why words name something beside a report (a notice how to write it, its explanation); `None` where they do not."""
    return _decoy(_EXTENSION.sub("", _CUT_MARK.sub("", plain(title))))


def link(title: str, url: str, column: Column | None = None, *, published: date | None = None, heading: str = "") -> Link:
    """A row of a listing with everything that its words, the words over its list, and its column tell, in this order."""
    verdict = classify(title, url, column)
    over = agency_of(heading) if heading and len(heading) <= _HEADING else None
    return Link(
        url=url,
        title=title,
        kind=verdict.kind,
        why=verdict.why,
        year=year_of(title) or year_of(heading) or (column.year if column else None),
        agency=agency_of(title) or over or (column.agency if column else None),
        published=published,
        listing_url=column.url if column else None,
    )


def is_file(url: str) -> bool:
    """Whether an address is that of a document or a picture, not of a page."""
    return bool(_pattern("paths", "file").search(url))


@lru_cache(_REMEMBERED)
def is_article(url: str) -> bool:
    """Whether an address has the shape of a single article's."""
    return bool(_pattern("paths", "article").search(urlsplit(url)._replace(scheme="", netloc="").geturl()))


def is_column(url: str) -> bool:
    """Whether an address has the shape of a column's: a folder, an index, a list."""
    return not is_article(url) and bool(_pattern("paths", "column").search(urlsplit(url)._replace(scheme="", netloc="").geturl()))


@lru_cache(_REMEMBERED)
def page_key(url: str) -> str:
    """The same for every address of one page: scheme, `www.`, index names and copy suffixes do not tell pages apart."""
    parts = urlsplit(_pattern("paths", "twin").sub("", url))
    host = parts.netloc.lower().removeprefix("www.")
    host = re.sub(r":(?:80|443)$", "", host)
    path = re.sub(r"/(?:index|default|list|main)\.(?:s?html?|jsp|aspx?|php)$", "/", parts.path, flags=re.I).rstrip("/")
    return f"{host}{path}?{parts.query}" if parts.query else f"{host}{path}"


def join_twins(links: Iterable[Link]) -> tuple[Twins, ...]:
    """Links in order, those that are copies of one page (`_wap`, `_ewm`, http and https) made one; the plainest address leads."""
    groups: dict[str, list[Link]] = {}
    for row in links:
        groups.setdefault(page_key(row.url), []).append(row)
    joined = []
    for rows in groups.values():
        first = min(rows, key=lambda row: (row.kind == "decoy", bool(_pattern("paths", "twin").search(row.url))))
        joined.append(Twins(first, tuple(dict.fromkeys(row.url for row in rows if row.url != first.url))))
    return tuple(joined)


def _annual(column: Column | None) -> bool:
    return column is not None and column.annual


def _decoy(text: str) -> str | None:
    agency = agency_of(text)
    rest = text.replace(agency, "", 1) if agency else text
    for decoy in KNOWN["decoy"]:
        said = rest if decoy.get("named") else text
        if _compiled(decoy["pattern"]).search(said) and not ("unless" in decoy and _compiled(decoy["unless"]).search(text)):
            return str(decoy["why"])
    return None


def _bare(text: str, url: str, cut: bool) -> Verdict:
    if not text and (is_article(url) or is_file(url)):
        return Verdict("report", "without a title, in the annual-report column")
    if text and _pattern("words", "bare").search(text):
        return Verdict("report", "a bare year or kind in the annual-report column")
    if agency_of(text):
        return Verdict("report", "an agency's name in the annual-report column")
    if cut:
        return Verdict("report", "a title cut off in the annual-report column")
    if _pattern("words", "paper").search(text):
        return Verdict("report", "a report in the annual-report column")
    return Verdict("decoy", UNNAMED)


def _names_a_body(name: str) -> bool:
    return bool(_pattern("agency", "suffix").search(name)) and not _pattern("agency", "generic").search(name)


def _pieces(text: str) -> Iterator[str]:
    """What remains of a title once years, subject, paper and filler are taken out, piece by piece."""
    text = re.sub(r"(?:19|20)\d\d(?:年度?|学年)?(?:度(?=政|信))?", "|", text)
    text = _pattern("words", "subject").sub("|", text)
    text = _pattern("agency", "filler").sub("|", text)
    for piece in _BETWEEN.split(text):
        if len(piece) >= 2 and not piece.isdigit():
            yield piece


def _pattern(table: str, name: str) -> re.Pattern[str]:
    return _compiled(KNOWN[table][name])


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)
