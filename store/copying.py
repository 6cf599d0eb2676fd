"""Copied text: how alike the problems section is to last year's and to the neighbours'.

Of each text only letters are kept (no digits, blanks, punctuation). Its runs of 5 characters, each counted once, are its
shingles. Two texts are alike by the share of shingles that they have in common among all that either has (Jaccard): 1 is the
same text, unrelated reports lie below 0.2. From 0.8 on the rule M.copying is broken; pairs from 0.5 on are kept in `similarity`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from extract.form import Rule
from store.database import Row

SECTION = "s5_problems"
WIDTH = 5
COPIED, KEPT = 0.8, 0.5
ENOUGH = 40
"""Shingles below which a text is too short to say that it was copied."""


def shingles(text: str) -> frozenset[str]:
    """The distinct runs of 5 letters."""
    letters = "".join(character for character in text if character.isalpha())
    return frozenset(letters[n : n + WIDTH] for n in range(len(letters) - WIDTH + 1))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Shared among all, 0 to 1."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


@dataclass(frozen=True, slots=True)
class _Text:
    report_id: int
    agency_id: int
    parent_id: int | None
    year: int
    scope: str
    shingles: frozenset[str]


Alike = tuple[float, int, str]
"""Similarity, the other report, last_year or neighbour."""


def compare(rows: Iterable[tuple[int, int, int | None, int, str, str | None]], rule: Rule) -> tuple[list[Row], list[Row]]:
    """Findings and pairs for (report, agency, parent, year, scope, text), texts of one report joined where it has several."""
    texts = _texts(rows)
    nearest: dict[int, list[Alike]] = defaultdict(list)
    for one, other, relation in _pairs(texts):
        alike = jaccard(one.shingles, other.shingles)
        nearest[one.report_id].append((alike, other.report_id, relation))
        if relation == "neighbour":
            nearest[other.report_id].append((alike, one.report_id, relation))
    findings = [_finding(text, nearest[text.report_id], rule) for text in texts]
    found = [(number, *alike) for number, several in nearest.items() for alike in several]
    pairs: list[Row] = [(number, other, SECTION, relation, alike) for number, alike, other, relation in found if alike >= KEPT]
    return findings, pairs


def _texts(rows: Iterable[tuple[int, int, int | None, int, str, str | None]]) -> list[_Text]:
    joined: dict[int, tuple[tuple[int, int | None, int, str], str]] = {}
    for report_id, agency_id, parent_id, year, scope, text in rows:
        _, before = joined.get(report_id, (None, ""))
        joined[report_id] = ((agency_id, parent_id, year, scope), before + (text or ""))
    return [_Text(report_id, *who, shingles(text)) for report_id, (who, text) in joined.items()]


def _pairs(texts: Sequence[_Text]) -> Iterable[tuple[_Text, _Text, str]]:
    able = [text for text in texts if len(text.shingles) >= ENOUGH]
    by_year = {(text.agency_id, text.scope, text.year): text for text in able}
    beside: dict[tuple[int, str, int], list[_Text]] = defaultdict(list)
    for text in able:
        before = by_year.get((text.agency_id, text.scope, text.year - 1))
        if before is not None:
            yield text, before, "last_year"
        if text.parent_id is not None:
            beside[text.parent_id, text.scope, text.year].append(text)
    for group in beside.values():
        yield from ((one, other, "neighbour") for one, other in combinations(group, 2))


def _finding(text: _Text, found: list[Alike], rule: Rule) -> Row:
    head, limit = (rule.id, rule.severity, None, None), f"< {COPIED}"
    if len(text.shingles) < ENOUGH or not found:
        why = "no other section to compare with" if len(text.shingles) >= ENOUGH else "no problems section of enough text"
        return (text.report_id, None, *head, "not_assessable", limit, None, why)
    alike, other, relation = max(found, key=lambda one: (one[0], -one[1]))
    said = f"{alike:.0%} of the problems section is shared with {'last year' if relation == 'last_year' else 'a neighbour'}"
    return (text.report_id, other, *head, "fail" if alike >= COPIED else "pass", limit, f"{alike:.2f}", said)
