"""The form and the divisions as tables, so that a question can join them."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from extract.form import Form, form
from store.database import Row, insert
from store.places import former_names, places

STORE_RULES: tuple[Row, ...] = (
    (
        "COPIES",
        "同一报告在不同网址的各份内容应一致",
        "Copies of one report at several addresses give the same figures",
        *("warn", "inferred", "agencies"),
    ),
)


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    """Writes the dictionary tables, which are empty."""
    official = form()
    insert(
        connection, "form_edition", [(e.id, e.notice, e.issued, *e.report_years, e.source, e.status) for e in official.editions.values()]
    )
    insert(connection, "form_table", [(t.code, t.no, t.zh, t.en, t.layout) for t in official.tables.values()])
    insert(connection, "form_row", list(_rows(official)))
    insert(connection, "form_column", list(_columns(official)))
    sections = [(h.code, h.zh, edition, n, h.kind) for n, h in enumerate(official.headings, 1) for edition in h.editions]
    insert(connection, "form_section", sections)
    rules = [(r.id, r.zh, r.en, r.severity, r.basis, r.needs) for r in official.rules.values()]
    insert(connection, "form_rule", [*rules, *STORE_RULES])
    walks = [(source, walk.to or None, walk.relation) for walk in official.crosswalks for source in walk.sources]
    insert(connection, "form_crosswalk", walks)
    insert(connection, "division", list(_divisions(connection)))
    insert(connection, "division_former", former_names())


def _rows(official: Form) -> Iterator[Row]:
    for table in official.tables:
        for edition in official.editions:
            of_edition = [row for row in official.rows.values() if row.table == table and edition in row.kinds]
            for position, row in enumerate(of_edition, 1):
                yield (table, row.code, row.label(edition), row.en, row.unit, row.parent, edition, position, row.kinds[edition], row.law)


def _columns(official: Form) -> Iterator[Row]:
    for table in official.tables:
        for edition in official.editions:
            for position, column in enumerate(official.columns_of(table, edition), 1):
                yield (table, column.code, column.label(edition), column.en, column.unit, column.group_zh, edition, position)


def _divisions(connection: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    """The divisions that agencies lie in, and those above them."""
    known = places()
    rows = connection.execute("SELECT DISTINCT division_code FROM agency WHERE division_code IS NOT NULL").fetchall()
    codes = {above for (code,) in rows if code in known.names for above in known.path(code)}
    for code in sorted(codes):
        yield code, known.names[code], known.title(code), known.level(code), known.parent(code)
