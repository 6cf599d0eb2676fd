"""What a page proves to be once it is had: a shell that sends on, a report, a list of reports, a page in between."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from crawler import links, parts, rows
from crawler.find_rank import KNOWN, Candidate, is_annual_name, same_site
from crawler.listing import Column
from crawler.page import Page, join, squeeze
from crawler.rows import Row

_CRUMBS = '[class*="crumb"], [class*="position"], [class*="location"], [class*="dqwz"], [id*="position"]'
_FEW_LINKS = 4
_FEW_WORDS = 200
_MANY = 3
_TITLE_END = re.compile(r"[-_|—–>»]+")


GUESSED = frozenset(("script",))
"""Ways to ask for rows that no family vouches for."""
Role = Literal["report", "listing", "asked", "document", "gate", "barren", "lost"]
"""What an annual-report column is to a search; see `role_of`."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`rows` are the lines of a listing on the page, `reports` those of them that are named as reports."""

    annual: bool
    is_report: bool
    rows: tuple[Row, ...]
    reports: tuple[Row, ...]
    signature: frozenset[str]
    """What tells this column from another: the pages that its report rows lead to, or the words of its own report."""
    by_rows: bool = False
    """Only its rows say that it is an annual-report column, neither its name nor the way to it."""
    ways: frozenset[str] = frozenset()
    """How its family would ask for rows that do not stand on the page."""


def onward(page: Page) -> tuple[str, ...]:
    """Where a shell sends its visitor: its redirect, else its frames; empty for a page with something of its own to show."""
    if len(page.anchors) > _FEW_LINKS or len(page.words) > _FEW_WORDS:
        return ()
    redirects = [link.url for link in page.of("redirect") if link.url != page.url]
    return tuple(dict.fromkeys(redirects[:1] or frames(page)))


def frames(page: Page) -> list[str]:
    """Pages of the same portal that stand in frames; viewers of documents are none."""
    return [link.url for link in page.of("frame") if same_site(link.url, page.url) and not re.search(r"viewer\.html|\.pdf|\.swf", link.url)]


def is_report(page: Page) -> bool:
    """Whether the page prints a report of its own: enough of the headings that the form prescribes."""
    words = links.plain(page.words)
    return sum(bool(re.search(mark, words)) for mark in KNOWN["report"]["marks"]) >= int(KNOWN["report"]["enough"])


def holds_report(page: Page) -> bool:
    """Whether a page without a listing shows a report in another way: in a document, in pictures, or as a long text on disclosure."""
    if any(part.kind in ("attachment", "picture") for part in parts.parts_in(page)):
        return parts.body_of(page) is not None or len(page.anchors) == 0
    words = links.plain(page.words)
    return len(words) > int(KNOWN["report"]["long"]) and words.count("公开") >= int(KNOWN["report"]["often"])


def needs_browser(page: Page) -> bool:
    """Whether a page is an empty stage for scripts: nothing on it leads anywhere, and a program is to fill it."""
    if len(page.words) > _FEW_WORDS or len(page.anchors) > _FEW_LINKS or page.of("redirect", "frame"):
        return False
    return bool(page.tree.css_first("script[src]")) and bool(re.search(KNOWN["browser"]["marks"], page.text, re.I))


def judge(page: Page, at: Candidate, ways: Collection[str] = ()) -> Judgement:
    """What the page at a candidate's address is. A page not known as annual becomes so by its name, its rows or its tree."""
    found = rows.rows_of(page)
    annual = at.annual or is_annual_page(page) or any(re.fullmatch(KNOWN["dynamic"]["annual"], way) for way in ways)
    column = Column(page.url, at.name, at.year, at.agency, annual)
    reports = _reports(found, column)
    by_rows = not annual and at.depth > 0 and len(reports) >= _MANY and 2 * len(reports) > len(found)
    if by_rows:
        annual = True
        reports = _reports(found, Column(page.url))
    own = is_report(page)
    signature = frozenset(links.page_key(row.url) for row in reports) or frozenset(
        [f"{at.agency}:{links.plain(page.words)}"] if own else []
    )
    return Judgement(annual, own, found, reports, signature, by_rows, frozenset(ways))


def role_of(judgement: Judgement, page: Page, at: Candidate, leads_on: bool) -> Role:
    """What an annual-report column is: itself a report, a listing on the page or one to be asked for, a gate, barren, or lost.

    `leads_on`: it offers parts of the column one level down, or holds frames.
    """
    if judgement.reports:
        return "listing"
    if "annual reports" in judgement.ways:
        return "asked"
    if judgement.is_report:
        return "report"
    if judgement.ways - GUESSED and not judgement.rows:
        return "asked"
    if leads_on:
        return "gate"
    if not judgement.rows and holds_report(page):
        return "document"
    if judgement.ways and not judgement.rows:
        return "asked"
    return "lost" if at.proven else "barren"


def is_annual_page(page: Page) -> bool:
    """Whether a page calls itself an annual-report column, in its meta tags, its title or the end of its breadcrumb."""
    if page.meta.get("articletitle"):
        return False
    return any(is_annual_name(name) for name in names(page))


def names(page: Page) -> Iterator[str]:
    """What a page calls its column: `ColumnName`, the first part of its title, the last step of its breadcrumb."""
    if name := page.meta.get("columnname"):
        yield name
    yield squeeze(_TITLE_END.split(page.title)[0])
    for crumbs in page.tree.css(_CRUMBS)[:3]:
        yield squeeze(re.split(r"[>»›/]|→", squeeze(crumbs.text(separator=" ")))[-1])


def is_town(name: str) -> bool:
    """Whether a body is a town's, of those that have no portal of their own."""
    return bool(re.search(KNOWN["child"]["town"], name))


def body_in(page: Page) -> str | None:
    """The body of government that a page's breadcrumb passes through, its own name and the home page left out."""
    for crumbs in page.tree.css(_CRUMBS)[:3]:
        steps = re.split(r"[>»›/]|→", squeeze(crumbs.text(separator=" ")))[1:-1]
        if named := [name for step in steps if (name := links.agency_of(step)) and name == links.plain(step)]:
            return named[-1]
    return None


def search_forms(page: Page) -> Iterator[str]:
    """Addresses that a site's own search form would ask for annual reports at."""
    words = KNOWN["search"]["words"]
    if any(re.search(r"/content_\d+$", link.url) for link in page.links):
        yield _absolute(page, KNOWN["search"]["content_n"].format(words=words))
    for form in page.tree.css("form"):
        if (form.attributes.get("method") or "get").lower() != "get":
            continue
        fields = [(field.attributes.get("name") or "", field.attributes) for field in form.css("input, select")]
        asked = [name for name, _ in fields if re.search(KNOWN["search"]["fields"], name)]
        if asked:
            hidden = [f"{name}={field.get('value') or ''}" for name, field in fields if name and field.get("type") == "hidden"]
            yield _absolute(page, (form.attributes.get("action") or "") + "?" + "&".join([f"{asked[0]}={words}", *hidden]))


def _reports(found: tuple[Row, ...], column: Column) -> tuple[Row, ...]:
    return tuple(row for row in found if _is_row(row) and links.classify(row.title, row.url, column).kind == "report")


def _is_row(row: Row) -> bool:
    """Whether a line leads to an article, not to a column that is called like a report."""
    if row.published or (links.agency_of(row.title) and links.year_of(row.title)):
        return True
    if not links.agency_of(row.title) and not links.year_of(row.title) and is_annual_name(row.title):
        return False
    return links.is_article(row.url) or links.is_file(row.url) or not links.is_column(row.url)


def _absolute(page: Page, address: str) -> str:
    return join(page.url, address) or urlsplit(page.url)._replace(query="").geturl()
