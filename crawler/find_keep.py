"""What a search keeps: columns that list reports, pages that only lead on to them, and how each is told from the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from crawler import find_judge, links
from crawler.find_judge import Judgement, Role
from crawler.find_rank import Candidate
from crawler.listing import Column
from crawler.page import Page

_OUTCOMES: dict[Role, str] = {
    "report": "a report itself",
    "listing": "a column of {family} with {reports} reports on its first page",
    "asked": "a column of {family} whose rows are asked for by {ways}",
    "document": "a report itself, in a document, pictures or an older wording",
    "gate": "leads to parts of the annual-report column",
    "barren": "named as an annual-report column, {rows} rows but no report among them",
    "lost": "no column of reports any more",
}


@dataclass
class Kept:
    """The columns of one search by page key. `barren` ones are named as columns and list nothing that is a report."""

    columns: dict[str, Column] = field(default_factory=dict)
    gates: dict[str, Column] = field(default_factory=dict)
    menus: dict[str, str] = field(default_factory=dict)
    """Columns that are themselves the report, each with the page that offers it."""
    barren: set[str] = field(default_factory=set)
    leading: set[str] = field(default_factory=set)
    passing: list[tuple[int, Candidate, str]] = field(default_factory=list)
    """Pages that name reports in passing: how many, how they were come by, where they are."""
    parents: dict[str, int] = field(default_factory=dict)
    """Pages that offer columns without being one, and how many they offer: next year's column will stand there too."""
    families: Counter[str] = field(default_factory=Counter)
    _previews: dict[str, frozenset[str]] = field(default_factory=dict)
    _signatures: dict[frozenset[str], str] = field(default_factory=dict)

    @property
    def proven(self) -> bool:
        """Whether a column is kept that does list reports."""
        return any(column.url not in self.barren for column in self.columns.values())

    def annual(self, page: Page, at: Candidate, judgement: Judgement, family: str, role: Role) -> str:
        """Keep an annual-report column for what it is; the outcome in words."""
        told = replace(at, name=at.name or next(find_judge.names(page), ""), agency=at.agency or find_judge.body_in(page))
        column = told.column(page.url, family)
        said = _OUTCOMES[role].format(
            family=family, reports=len(judgement.reports), rows=len(judgement.rows), ways=", ".join(sorted(judgement.ways))
        )
        if role == "lost":
            return said
        if at.via:
            self.parents[at.via] = self.parents.get(at.via, 0) + 1
        if role == "gate":
            self.gates[links.page_key(page.url)] = column
            return said
        if twin := self._twin(judgement, column):
            return f"the same column as {twin}"
        if judgement.by_rows:
            self._previews[links.page_key(page.url)] = judgement.signature
        self.families[family] += 1
        self.columns[links.page_key(page.url)] = column
        if role == "barren":
            self.barren.add(column.url)
        if role in ("report", "document"):
            self.menus[page.url] = at.menu or at.via or page.url
        return said

    def drop_previews(self) -> None:
        """Let go of pages that only show the first rows of columns kept beside them."""
        for key, shown in self._previews.items():
            others = frozenset[str]().union(*(rows for rows, url in self._signatures.items() if links.page_key(url) != key))
            if shown <= others and (column := self.columns.pop(key, None)):
                self.parents.setdefault(column.url, 1)

    def unchanged(self, at: Candidate) -> None:
        """Keep a column that is itself a report and answered that nothing changed."""
        self.columns[links.page_key(at.url)] = at.column(at.url, at.family)
        self.menus[at.url] = at.menu or at.url

    def file(self, at: Candidate) -> str:
        """Keep a document where an annual-report column was to be: it is the report."""
        if not at.annual:
            return "a file"
        self.unchanged(at)
        return "a report itself, as a file"

    def in_passing(self, url: str, at: Candidate, family: str) -> None:
        """Keep a page that is no annual-report column but names reports: better than nothing."""
        self.columns[links.page_key(url)] = replace(at, year=None, agency=None).column(url, family)

    def own_reports(self) -> dict[str, str]:
        """Columns that are themselves the report, each with the gate whose menu lists it, or else itself."""
        return {url: menu if links.page_key(menu) in self.gates else url for url, menu in self.menus.items()}

    def leading_on(self, most: int) -> list[Column]:
        """Pages to read again next time for what they lead to: gates, and the parents of most columns."""
        known = self.gates.keys() | self.columns.keys()
        parents = sorted((url for url in self.parents if links.page_key(url) not in known), key=lambda url: -self.parents[url])
        return [*self.gates.values(), *(Column(url, annual=False) for url in parents[:most])]

    def _twin(self, judgement: Judgement, column: Column) -> str | None:
        """Another column with the same rows, or the same words of a report."""
        if not judgement.signature:
            return None
        first = self._signatures.setdefault(judgement.signature, column.url)
        return first if first != column.url else None
