"""The official form as data: loaded once from form.toml, validated, and asked by everything else.

A cell is (table, row, column). Labels are matched inside (table, axis); codes are stable and never reused.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeVar

Edition = str
FORM_TABLES = ("disclosure", "requests", "challenges")
LEGACY_EDITIONS = {"stat2014": "v2014", "stat2008": "v2008"}
FIRST_YEAR_OF_FORM = 2019
"""Reports on it were only encouraged to use the form; those on later years have to."""


class FormError(ValueError):
    """form.toml contradicts itself; the message names the entry."""


@dataclass(frozen=True, slots=True)
class FormEdition:
    """One official version of the form."""

    id: Edition
    notice: str
    report_years: tuple[int, int]
    source: str
    status: str
    issued: Any = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A section of the report; `kind` table sections hold `table`."""

    code: str
    zh: str
    editions: tuple[Edition, ...]
    kind: Literal["text", "table"]
    aliases: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    table: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the form."""

    code: str
    zh: str
    en: str
    layout: str
    no: int | None = None
    cut_off: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table. `type`: count, signed, decimal or decimal+unit."""

    table: str
    code: str
    zh: str
    en: str
    editions: tuple[Edition, ...]
    unit: str | None = None
    type: str = "count"
    aliases: tuple[str, ...] = ()
    zh_v2019: str | None = None
    group_zh: str | None = None
    header_unit: str | None = None

    def label(self, edition: Edition) -> str:
        """Its label as that edition prints it."""
        return self.zh_v2019 if edition == "v2019" and self.zh_v2019 else self.zh


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `kinds` and `columns` by edition; a group row carries no figures."""

    table: str
    code: str
    zh: str
    en: str
    kinds: Mapping[Edition, str]
    columns: Mapping[Edition, tuple[str, ...]]
    status: str = "official"
    parent: str | None = None
    unit: str | None = None
    aliases: tuple[str, ...] = ()
    zh_v2019: str | None = None
    group_zh: str | None = None
    block: str | None = None
    law: str | None = None
    note: str | None = None
    only_levels: tuple[str, ...] = ()
    indent: int = 0

    def label(self, edition: Edition) -> str:
        """Its label as that edition prints it."""
        return self.zh_v2019 if edition == "v2019" and self.zh_v2019 else self.zh


@dataclass(frozen=True, slots=True)
class Term:
    """One operand of a sum: a row or column code, its sign, and whether it is last year's."""

    code: str
    sign: int = 1
    previous: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: a formula of terms, a claim against cells, or the id of one function (`check`)."""

    id: str
    needs: Literal["report", "years", "agencies"]
    severity: Literal["error", "warn", "info"]
    basis: str
    zh: str
    en: str
    table: str | None = None
    per: Literal["row", "column", "cell"] | None = None
    editions: tuple[Edition, ...] = ("v2019", "v2021")
    rows: tuple[str, ...] = ()
    left: tuple[Term, ...] = ()
    relation: Literal["=", ">="] | None = None
    right: tuple[Term, ...] = ()
    leaves_below: str | None = None
    check: str | None = None
    claims: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    also: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    limit: int | None = None
    dates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClaimPattern:
    """A number that the prose states, and the patterns that find it (NUM and Q are filled in)."""

    code: str
    zh: str
    unit: str
    patterns: tuple[str, ...]
    maps_to: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """How a figure of one edition relates to another's; never "same" across the 2018|2019 break."""

    sources: tuple[str, ...]
    to: str
    relation: str


@dataclass(frozen=True, slots=True)
class Form:
    """The whole form. Rows and columns stand in printed order."""

    editions: Mapping[Edition, FormEdition]
    headings: tuple[Heading, ...]
    tables: Mapping[str, Table]
    columns: Mapping[tuple[str, str], Column]
    rows: Mapping[str, Row]
    rules: Mapping[str, Rule]
    claims: Mapping[str, ClaimPattern]
    crosswalks: tuple[Crosswalk, ...]
    fuzzy: Mapping[str, float]

    def rows_of(self, table: str, edition: Edition | None = None) -> tuple[Row, ...]:
        """The rows of a table that carry figures, in printed order; of one edition, or of any."""
        return tuple(
            row
            for row in self.rows.values()
            if row.table == table and (any(row.columns.values()) if edition is None else row.columns.get(edition))
        )

    def columns_of(self, table: str, edition: Edition | None = None) -> tuple[Column, ...]:
        """The columns of a table in printed order; of one edition, or of any."""
        return tuple(c for (t, _), c in self.columns.items() if t == table and (edition is None or edition in c.editions))

    def cells(self, table: str, edition: Edition) -> Iterator[tuple[Row, Column]]:
        """Every cell that the edition prints in that table."""
        for row in self.rows_of(table, edition):
            for code in row.columns[edition]:
                yield row, self.columns[table, code]

    def leaves_below(self, parent: str, edition: Edition) -> tuple[str, ...]:
        """Codes of the end rows (no totals, no groups) below a row in one edition."""
        prefix = parent + "."
        return tuple(code for code, row in self.rows.items() if code.startswith(prefix) and row.kinds.get(edition) == "leaf")


T = TypeVar("T")


def _fill(kind: type[T], entry: Mapping[str, Any], **given: Any) -> T:  # noqa: ANN401 - TOML values are of any type
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]  # every kind here is a dataclass
    unknown = set(entry) - known
    if unknown:
        raise FormError(f"form.toml: {kind.__name__} {entry.get('code') or entry.get('id')}: unknown key {', '.join(sorted(unknown))}")
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}
    return kind(**(values | given))


def _row(entry: dict[str, Any], table_columns: Mapping[Edition, tuple[str, ...]]) -> Row:
    entry = dict(entry)
    kind = entry.pop("kind", "leaf")
    editions = entry.pop("editions", None)
    columns = {edition: tuple(codes) for edition, codes in entry.pop("columns", {}).items()}
    editions = editions or list(columns)
    kinds = kind if isinstance(kind, dict) else dict.fromkeys(editions, kind)
    if not columns:
        columns = {e: table_columns.get(e, ()) if kinds.get(e) != "group" else () for e in editions}
    return _fill(Row, entry, kinds=kinds, columns=columns)


def _legacy_rows(table: str, entries: list[list[Any]], columns: tuple[str, ...]) -> Iterator[Row]:
    edition = LEGACY_EDITIONS[table]
    for code, indent, unit, zh, *aliases in entries:
        kind, cells = ("leaf", columns) if unit else ("group", ())
        english = code.removeprefix(table + ".").replace(".", ": ").replace("_", " ")
        yield Row(
            table,
            code,
            zh,
            english,
            {edition: kind},
            {edition: cells},
            "unconfirmed" if table == "stat2014" else "seen",
            unit=unit or None,
            aliases=tuple(aliases[0]) if aliases else (),
            indent=indent,
        )


def _term(text: str) -> Term:
    sign = -1 if text.startswith("-") else 1
    code, at, when = text.removeprefix("-").partition("@")
    if at and when != "prev":
        raise FormError(f"form.toml: term {text}: only @prev is known")
    return Term(code, sign, bool(at))


def _cell(text: str) -> tuple[str, str]:
    row, _, column = text.partition(" × ")
    return row, column


def _rule(entry: dict[str, Any]) -> Rule:
    entry = dict(entry)
    for side in ("left", "right"):
        entry[side] = [_term(text) for text in entry.get(side, [])]
    for key in ("claims", "also"):
        entry[key] = {name: tuple(_cell(text) for text in cells) for name, cells in entry.get(key, {}).items()}
    return _fill(Rule, entry)


def _claim(entry: dict[str, Any], tokens: Mapping[str, str]) -> ClaimPattern:
    within = [p.replace("[^。；", "[^。；！？\n") for p in entry["patterns"]]  # no number is read across sentences
    within = [p.replace("(?P<n>NUM)", rf"{tokens['BEFORE']}(?P<n>NUM)") for p in within]
    patterns = tuple(p.replace("NUM", tokens["NUM"]).replace("(?P<q>Q)", f"(?P<q>{tokens['Q']})") for p in within)
    return _fill(ClaimPattern, entry, patterns=patterns)


def _validate(form: Form) -> Form:
    for row in form.rows.values():
        if row.table not in form.tables:
            raise FormError(f"form.toml: row {row.code}: no table {row.table}")
        if row.parent and row.parent not in form.rows:
            raise FormError(f"form.toml: row {row.code}: no parent {row.parent}")
        for code in {c for codes in row.columns.values() for c in codes}:
            if (row.table, code) not in form.columns:
                raise FormError(f"form.toml: row {row.code}: no column {code}")
    for rule in form.rules.values():
        _validate_rule(form, rule)
    return form


def _validate_rule(form: Form, rule: Rule) -> None:
    kinds = [bool(rule.relation), bool(rule.check), bool(rule.claims)]
    if sum(kinds) != 1:
        raise FormError(f"form.toml: rule {rule.id}: needs exactly one of relation, check, claims")
    for term in rule.left + rule.right:
        if not (term.code in form.rows if rule.per == "column" else (rule.table or "", term.code) in form.columns):
            raise FormError(f"form.toml: rule {rule.id}: unknown term {term.code}")
    for cells in (*rule.claims.values(), *rule.also.values()):
        for row, column in cells:
            if row not in form.rows or (form.rows[row].table, column) not in form.columns:
                raise FormError(f"form.toml: rule {rule.id}: unknown cell {row} × {column}")


def build(data: Mapping[str, Any]) -> Form:
    """A `Form` from the parsed form.toml. Raises `FormError` where an entry is unknown or contradicts another."""
    columns = {(c["table"], c["code"]): _fill(Column, c) for c in data["column"]}
    by_table: dict[str, dict[Edition, tuple[str, ...]]] = {}
    for (table, code), column in columns.items():
        for edition in column.editions:
            cells = by_table.setdefault(table, {})
            cells[edition] = (*cells.get(edition, ()), code)
    rows = [_row(entry, by_table.get(entry["table"], {})) for entry in data["row"]]
    for table, edition in LEGACY_EDITIONS.items():
        rows += _legacy_rows(table, data["legacy"][table], by_table[table][edition])
    return _validate(
        Form(
            editions={e["id"]: _fill(FormEdition, e) for e in data["edition"]},
            headings=tuple(_fill(Heading, e) for e in data["section"]),
            tables={t["code"]: _fill(Table, t) for t in data["table"]},
            columns=columns,
            rows={row.code: row for row in rows},
            rules={r["id"]: _rule(r) for r in data["rule"]},
            claims={c["code"]: _claim(c, data["claim_tokens"]) for c in data["claim"]},
            crosswalks=tuple(Crosswalk(tuple(c["from"]), c["to"], c["relation"]) for c in data["crosswalk"]),
            fuzzy={key: value for key, value in data["normalise"]["fuzzy"].items() if isinstance(value, float)},
        )
    )


@cache
def form() -> Form:
    """The form that this version ships."""
    return build(tomllib.loads(files("extract").joinpath("form.toml").read_text("utf-8")))
