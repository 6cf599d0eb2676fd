"""How much a link promises to lead to annual reports, judged by its words, its address and where it stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from crawler import links
from crawler.listing import Column
from crawler.page import Anchor, Page
from crawler.paging import signs_of

KNOWN: dict[str, Any] = tomllib.loads((files("crawler") / "find.toml").read_text(encoding="utf-8"))


BODY = "a body's pages of disclosure"
"""Why the pages of a single body are looked at."""
_TITLE = 60
"""Longer words are an article's title, not a column's name."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address worth asking for. `via` is the page that offers it, `annual` says that it should be an annual-report column."""

    url: str
    score: float
    why: str
    name: str = ""
    via: str | None = None
    annual: bool = False
    year: int | None = None
    agency: str | None = None
    depth: int = 0
    hops: int = 0
    known: bool = False
    """Named by the configuration or remembered, not come by in this search."""
    proven: bool = False
    """Known to have listed reports before."""
    guess: bool = False
    """Made up, not offered by any page: that it does not exist is no problem."""
    family: str = "auto"
    menu: str | None = None
    """Set for a known column that is itself a report: the page that lists it."""

    def column(self, url: str, family: str) -> Column:
        """The column that a candidate proved to be."""
        return Column(url, self.name, self.year, self.agency, self.annual, family)


def name_of(text: str) -> str:
    """A link's words for comparing, bullets, arrows and counts at the ends taken off."""
    return _compiled(KNOWN["child"]["edges"]).sub("", links.plain(text))


def candidates(page: Page, at: Candidate, told: Collection[str] = (), common: Collection[str] = ()) -> Iterator[Candidate]:
    """The links of a page that may lead on, each with its score; a child of an annual-report column inherits what that knows.

    `told` are the page keys of its report rows, which lead nowhere else; `common` those that pages beside the column offer, too.
    """
    turned = {*_pager_pages(page), *told}
    for anchor in page.links:
        if anchor.origin == "redirect" or links.is_file(anchor.url) or links.page_key(anchor.url) in turned:
            continue
        if len(anchor.text) > _TITLE:
            found = _by_path(anchor, anchor.text, page, at)
        else:
            own = bool(common) and links.page_key(anchor.url) not in common
            found = _child(anchor, page, at, own=own) or _ranked(anchor, page, at)
        if found is not None and found.score > 0:
            yield found


def endpoints(page: Page, at: Candidate, year: int) -> Iterator[Candidate]:
    """Addresses that a family is known to answer at, built from the organ codes that the page's links carry."""
    for known in KNOWN["endpoint"]:
        for url in dict.fromkeys(anchor.url for anchor in page.links):
            if found := _compiled(known["seen"]).match(url):
                address = known["address"].format(year=year - 1, **found.groupdict())
                yield _candidate(address, KNOWN["path"]["endpoint"] - at.depth, known["why"], "", page, at, annual=True, guess=True)


def is_annual_name(name: str) -> bool:
    """Whether a column of this name holds annual reports."""
    known = _named(name_of(name))
    return known is not None and bool(known.get("annual"))


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one portal: the same host and port, or names under one registered domain."""
    first, second = urlsplit(one), urlsplit(other)
    if first.netloc == second.netloc:
        return True
    if re.fullmatch(r"[\d.]+", first.hostname or "") or "[" in first.netloc:
        return False
    return _domain(first.hostname or "") == _domain(second.hostname or "")


def _pager_pages(page: Page) -> set[str]:
    """The page itself and the further pages of its listing: a walk's business, not a search's."""
    signs = signs_of(page)
    clicks = [*signs.numbered.values(), *([signs.following] if signs.following else [])]
    numbers = [link.url for link in page.links if _compiled(KNOWN["child"]["paging"]).search(name_of(link.text))]
    return {links.page_key(url) for url in (page.url, *(click.url for click in clicks), *numbers)}


def _ranked(anchor: Anchor, page: Page, at: Candidate) -> Candidate | None:
    name = name_of(anchor.text)
    if _refused(name):
        return None
    if links.agency_of(name) and links.year_of(name) and links.classify(name, anchor.url).kind == "report":
        return _by_folder(anchor, page, at)
    found = [best for best in (_by_name(anchor, name, page, at), _by_path(anchor, name, page, at), _menu(anchor, name, page, at)) if best]
    return max(found, key=lambda candidate: candidate.score, default=None)


def _menu(anchor: Anchor, name: str, page: Page, at: Candidate) -> Candidate | None:
    """A column under any name on a page of disclosure: the last thing to try before the site's search."""
    if not name or len(name) > 16 or at.annual or not _of_bodies(at) or links.is_article(anchor.url) or not same_site(anchor.url, page.url):
        return None
    return _candidate(anchor.url, KNOWN["path"]["menu"] - _less(anchor, name, page, at), "offered by a page of disclosure", name, page, at)


def _by_name(anchor: Anchor, name: str, page: Page, at: Candidate) -> Candidate | None:
    known = _named(name) or _named_of_body(name)
    if known is None:
        return None
    annual = bool(known.get("annual"))
    if annual and links.decoy_of(anchor.text):
        return None
    if annual and links.is_article(anchor.url) and (links.agency_of(name) or links.year_of(name)):
        return None
    score = known["score"] - _less(anchor, name, page, at)
    year = links.year_of(name) or links.year_of_address(anchor.url) if annual else None
    agency = links.agency_of(name) if annual or at.agency is None else at.agency
    return _candidate(anchor.url, score, known["why"], name, page, at, annual=annual, year=year, agency=agency or at.agency)


def _by_path(anchor: Anchor, name: str, page: Page, at: Candidate) -> Candidate | None:
    parts = urlsplit(anchor.url)
    address = f"{parts.path}?{parts.query}" if parts.query else parts.path
    stem = _compiled(links.KNOWN["paths"]["annual"]).search(address)
    less = _less(anchor, name, page, at)
    if stem and not links.is_article(anchor.url.partition("?")[0]):
        year, agency = links.year_of(name) or links.year_of_address(anchor.url), links.agency_of(name)
        why = "address of an annual-report column"
        return _candidate(anchor.url, KNOWN["path"]["annual"] - less, why, name, page, at, annual=True, year=year, agency=agency)
    if stem:
        return _by_folder(anchor, page, at)
    if len(name) <= 20 and _compiled(links.KNOWN["paths"]["disclosure"]).search(parts.path) and not links.is_article(anchor.url):
        return _candidate(anchor.url, KNOWN["path"]["disclosure"] - less - 8 * bool(name), "address of disclosure", name, page, at)
    return None


def _by_folder(anchor: Anchor, page: Page, at: Candidate) -> Candidate | None:
    """The folder of an article, where its address shows that it is one of annual reports."""
    stem = _compiled(links.KNOWN["paths"]["annual"]).search(urlsplit(anchor.url).path)
    folder = _folder(anchor.url, stem) if stem else None
    if folder is None or links.page_key(folder) == links.page_key(page.url):
        return None
    score = KNOWN["path"]["folder"] - KNOWN["less"]["depth"] * at.depth
    return _candidate(folder, score, "folder of an annual report", "", page, at, annual=True, guess=True)


def _folder(url: str, stem: re.Match[str]) -> str | None:
    parts = urlsplit(url)
    end = parts.path.find("/", stem.end())
    return parts._replace(path=parts.path[: end + 1], query="").geturl() if stem.end() <= len(parts.path) and end > 0 else None


def _child(anchor: Anchor, page: Page, at: Candidate, *, own: bool) -> Candidate | None:
    """A year, level or body one level below an annual-report column, or a body inside a page of disclosure.

    Years and levels that only the column itself offers (`own`) may stand anywhere on its host.
    """
    name = name_of(anchor.text)
    if not name or len(name) > 30 or anchor.origin == "comment" or not same_site(anchor.url, page.url):
        return None
    if links.is_article(anchor.url.partition("?")[0]):
        return None
    inside = (at.annual and _below(anchor, page)) or (bool(anchor.heading) and is_annual_name(anchor.heading))
    if inside and (found := _grouping(anchor, name, page, at)):
        return found
    if at.annual and own and urlsplit(anchor.url).netloc == urlsplit(page.url).netloc and (found := _level(anchor, name, page, at)):
        return found
    if not (inside or _of_bodies(at)) or _named(name) is not None or _refused(name):
        return None
    agency = links.agency_of(name)
    if agency is None or links.classify(name, anchor.url).kind == "report" or not (inside or _discloses(anchor, page, name, agency)):
        return None
    score, why = (KNOWN["child"]["organ"], "a body's part of the annual-report column") if inside else (KNOWN["child"]["body"], BODY)
    return _candidate(anchor.url, score, why, name, page, at, annual=inside, agency=agency, year=at.year)


def _discloses(anchor: Anchor, page: Page, name: str, agency: str) -> bool:
    """Whether a link on a page of disclosure is a body's name and stays on the host, or goes to that body's disclosure."""
    if name != agency or _compiled(KNOWN["child"]["no_body"]).search(agency):
        return False
    here, there = urlsplit(page.url), urlsplit(anchor.url)
    return here.netloc == there.netloc or bool(_compiled(links.KNOWN["paths"]["disclosure"]).search(there.path))


def _grouping(anchor: Anchor, name: str, page: Page, at: Candidate) -> Candidate | None:
    if found := _level(anchor, name, page, at):
        return found
    if _compiled(KNOWN["child"]["more"]).search(name):
        return _candidate(anchor.url, KNOWN["child"]["score"], "more of the annual-report column", at.name, page, at, annual=True)
    return None


def _level(anchor: Anchor, name: str, page: Page, at: Candidate) -> Candidate | None:
    for kind, why in (("year", "a year of the annual-report column"), ("level", "a group of bodies of the annual-report column")):
        if _compiled(KNOWN["child"][kind]).search(name):
            year = links.year_of(name) or links.year_of_address(anchor.url) or at.year
            body = links.agency_of(anchor.heading) if kind == "year" and len(anchor.heading) <= 30 else None
            child = _candidate(anchor.url, KNOWN["child"]["score"], why, name, page, at, annual=True, year=year, agency=body or at.agency)
            # from year to year is a step aside, not down: some menus offer only the years before and after
            return replace(child, depth=at.depth) if kind == "year" and at.year else child
    return None


def _below(anchor: Anchor, page: Page) -> bool:
    """Whether a link stays in the column's own part of the site: below its folder, or below a folder of the same stem."""
    here, there = urlsplit(page.url), urlsplit(anchor.url)
    folder = re.sub(r"[^/]*$", "", here.path)
    stem = re.sub(r"\.\w+$", "", here.path)
    inside = (folder.count("/") > 1 and there.path.startswith(folder)) or (len(stem) > 1 and there.path.startswith(stem))
    same_page = there.path == here.path and there.query != here.query
    return bool(inside or same_page or _compiled(links.KNOWN["paths"]["annual"]).search(there.path))


def _of_bodies(at: Candidate) -> bool:
    """Whether bodies offered here are bodies that disclose: a page of disclosure, not the home page."""
    return at.depth > 0 and not at.annual and at.score >= KNOWN["path"]["disclosure"] - 10


def _less(anchor: Anchor, name: str, page: Page, at: Candidate) -> float:
    less = KNOWN["less"]
    off = 0 if same_site(anchor.url, page.url) else less["other_body"] if links.agency_of(name) else less["other_host"]
    return float(off + less.get(anchor.origin, 0) + less["depth"] * at.depth)


def _named(name: str) -> dict[str, Any] | None:
    for known in KNOWN["name"]:
        if len(name) <= known["length"] and not _refused(name) and _compiled(known["pattern"]).search(name):
            return dict(known)
    return None


def _named_of_body(name: str) -> dict[str, Any] | None:
    """The same for one body's column: 教育局年报."""
    agency, year = links.agency_of(name), links.year_of(name)
    known = _named(name.removeprefix(agency)) if agency and year is None and name.startswith(agency) else None
    return known if known and known.get("annual") else None


def _refused(name: str) -> bool:
    """Whether words name a column beside the annual report; what a body deals with by its own name (财政局) says nothing of a column."""
    ban, words = KNOWN["not"], name.replace(links.agency_of(name) or "", "")
    if _compiled(ban["never"]).search(words):
        return True
    return bool(_compiled(ban["pattern"]).search(words)) and not _compiled(ban["unless"]).search(words)


def _candidate(
    url: str,
    score: float,
    why: str,
    name: str,
    page: Page,
    at: Candidate,
    *,
    annual: bool = False,
    year: int | None = None,
    agency: str | None = None,
    guess: bool = False,
) -> Candidate:
    agency = agency or (at.agency if annual else None)
    return Candidate(url, score, why, name, page.url, annual, year, agency, at.depth + 1, guess=guess)


def _domain(host: str) -> str:
    labels = host.split(".")
    return ".".join(labels[-3:] if labels[-2:-1] in (["gov"], ["com"], ["org"], ["net"]) else labels[-2:])


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.I)
