"""docs/form.md from the form: tables, rows, columns, rules, claims and crosswalks, edition by edition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from extract.form import FORM_TABLES, LEGACY_EDITIONS, Form, Row, Rule, Term, form


def page() -> str:
    """The whole page, Markdown."""
    f = form()
    lines = [
        "# The form, edition by edition",
        "",
        "Generated from `extract/form.toml`. A figure is named by its row code and its column code; codes are never reused.",
        "",
        *_editions(f),
        *(line for table in FORM_TABLES for line in _table(f, table)),
        *(line for table in LEGACY_EDITIONS for line in _legacy(f, table)),
        *_sections(f),
        *_rules(f),
        *_claims(f),
        *_crosswalk(f),
    ]
    return "\n".join(lines) + "\n"


def _grid(head: Iterable[str], rows: Iterable[Iterable[str | None]]) -> list[str]:
    names = list(head)
    body = ["| " + " | ".join((cell or "").replace("|", "\\|") for cell in row) + " |" for row in rows]
    return ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names), *body, ""]


def _editions(f: Form) -> list[str]:
    rows = (
        (f"`{e.id}`", e.notice, f"{e.report_years[0]}–{'' if e.report_years[1] == 9999 else e.report_years[1]}", e.status, e.note)
        for e in f.editions.values()
    )
    intro = "The edition is found for each table by its labels, never from the year: real reports mix them."
    return ["## Editions", "", intro, "", *_grid(("edition", "notice", "reports on", "status", "note"), rows)]


def _table(f: Form, table: str) -> Iterator[str]:
    about = f.tables[table]
    yield from (f"## `{table}`: {about.zh}", "", f"{about.en}. Layout: {about.layout}.", "")
    columns = f.columns_of(table)
    yield from ("### Columns", "")
    yield from _grid(
        ("code", "label", "meaning", "unit", "editions", "also printed as"),
        ((f"`{c.code}`", c.zh, c.en, c.unit, ", ".join(c.editions), "; ".join(c.aliases)) for c in columns),
    )
    yield from ("### Rows", "")
    rows = (row for row in f.rows.values() if row.table == table)
    yield from _grid(("code", "label", "meaning", "kind by edition", "law", "also printed as"), map(_row, rows))


def _row(row: Row) -> tuple[str | None, ...]:
    kinds = ", ".join(f"{edition}: {kind}" for edition, kind in row.kinds.items())
    return f"`{row.code}`", row.zh, row.en, kinds, row.law, "; ".join(row.aliases)


def _legacy(f: Form, table: str) -> Iterator[str]:
    about = f.tables[table]
    yield from (f"## `{table}`: {about.zh}", "", f"{about.en}. Read under its own codes: no series crosses from it into the form.", "")
    rows = (row for row in f.rows.values() if row.table == table)
    yield from _grid(("code", "label", "unit"), ((f"`{row.code}`", "　" * row.indent + row.zh, row.unit) for row in rows))


def _sections(f: Form) -> list[str]:
    rows = ((f"`{h.code}`", h.zh, h.kind, "; ".join(h.aliases)) for h in f.headings)
    return ["## Sections", "", *_grid(("code", "heading", "kind", "also printed as"), rows)]


def _rules(f: Form) -> list[str]:
    rows = ((f"`{r.id}`", r.zh, r.en, _formula(r), r.severity, r.basis, r.needs) for r in f.rules.values())
    intro = "Outcomes are `pass`, `fail` and `not_assessable`: a rule with an operand that is blank or unread is never passed."
    return ["## Rules", "", intro, "", *_grid(("rule", "规则", "rule in English", "formula", "severity", "basis", "needs"), rows)]


def _formula(rule: Rule) -> str:
    if rule.claims:
        return "; ".join(f"`{claim}` = {' + '.join(' × '.join(cell) for cell in cells)}" for claim, cells in rule.claims.items())
    if rule.check:
        return f"function `{rule.check}`"
    right = _sum(rule.right) if rule.right else f"sum of the end rows below `{rule.leaves_below}`"
    return f"{_sum(rule.left)} {rule.relation} {right}, per {rule.per}"


def _sum(terms: Iterable[Term]) -> str:
    text = "".join(f" {'+' if t.sign > 0 else '−'} {t.code}{' (last year)' if t.previous else ''}" for t in terms)
    return text.removeprefix(" + ").strip()


def _claims(f: Form) -> list[str]:
    rows = ((f"`{c.code}`", c.zh, c.unit, c.maps_to) for c in f.claims.values())
    return ["## Numbers in the prose", "", *_grid(("code", "says", "unit", "speaks of"), rows)]


def _crosswalk(f: Form) -> list[str]:
    rows = ((" + ".join(c.sources), c.to, c.relation) for c in f.crosswalks)
    intro = (
        "The notices of 2019 and 2021 declare earlier counting rules void: never join 2018 and earlier with 2019 and later on codes. "
        "These relations are for those who must compare all the same."
    )
    return ["## Across the series break 2018 | 2019", "", intro, "", *_grid(("from", "to", "relation"), rows)]
