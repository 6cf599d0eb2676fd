"""What became of a reading: read, partial, unreadable, or not a report at all, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extract.dates import years
from extract.document import Problem
from extract.form import FIRST_YEAR_OF_FORM, FORM_TABLES, LEGACY_EDITIONS, form
from extract.identity import Identity
from extract.names import ends_as_report, is_report_title, is_title, knowledge
from extract.report import Figure, Section, Status, TableSeen

LEAST_SECTIONS = 3
"""Sections of the form that make a text without tables a report."""
LEAST_LISTED = 3
LEAST_PROSE = 150
"""Characters of sentences that make a report without tables and known headings."""

_ANNEXED = re.compile(r"附[件表图].{0,20}(?:统计|情况|指标)表|公开情况统计表|指标名称|统计指标")
NOTHING_FOUND = "neither the title nor the tables or sections of an annual report were found"


def judge(
    who: Identity,
    parts: Sequence[Section],
    figures: Sequence[Figure],
    tables: Sequence[TableSeen],
    text: Sequence[str],
    unseen: bool = False,
) -> tuple[Status, tuple[Problem, ...]]:
    """The status of a reading, with the problems that explain it. `unseen`: there are pictures that nobody looked at."""
    reason = _other_document(who, parts, tables, text) or _template(who, figures, tables)
    if reason == NOTHING_FOUND and unseen:
        return "unreadable", ()
    if reason:
        return "not_a_report", (Problem("not_a_report", reason),)
    return _status(who, parts, figures, tables, text)


def _other_document(who: Identity, parts: Sequence[Section], tables: Sequence[TableSeen], text: Sequence[str]) -> str | None:
    """Why this is another kind of document; None for a report."""
    title = who.title or ""
    plain = "".join(title.split())
    prose = "".join(text)[:3000]
    for entry in knowledge()["not_a_report"]:
        alike = re.search(entry["title"], plain) and not is_report_title(plain)
        said = "body" in entry and re.search(entry["body"], prose) and not tables
        if (alike and not _is_whole(tables, parts)) or said or (alike and entry.get("always")):
            return str(entry["reason"])
    if tables:
        return None
    codes = {part.code for part in parts if part.code}
    named = is_report_title(plain) and who.agency and who.year and not _is_listing(text)
    if is_title(plain) and ends_as_report(plain) and (codes or _is_told(text) or named):
        return None
    if len({c for c in codes if c and c[2] == "_"}) >= LEAST_SECTIONS:
        return None
    return NOTHING_FOUND


def _is_listing(text: Sequence[str]) -> bool:
    """Whether the lines are titles of one report after another."""
    return len({line for line in text if years(line) and is_title(line)}) >= LEAST_LISTED


def _is_told(text: Sequence[str]) -> bool:
    """Whether there is prose to speak of; menus have no sentences."""
    return sum(len(line) for line in text if "。" in line) >= LEAST_PROSE


def _is_whole(tables: Sequence[TableSeen], parts: Sequence[Section]) -> bool:
    return len({t.table_code for t in tables}) == len(FORM_TABLES) and len(parts) >= LEAST_SECTIONS


def _template(who: Identity, figures: Sequence[Figure], tables: Sequence[TableSeen]) -> str | None:
    """An unfilled form: its tables without one number, and no body or no year that it would be of."""
    filled = any(figure.state in ("number", "unreadable") for figure in figures)
    if tables and not filled and (who.agency is None or who.year is None or re.search(r"[×xX＊*_]{2,}|[Oo○〇]{2,}年|\*", who.title or "")):
        return "an unfilled template of the form"
    return None


def _status(
    who: Identity, parts: Sequence[Section], figures: Sequence[Figure], tables: Sequence[TableSeen], text: Sequence[str]
) -> tuple[Status, tuple[Problem, ...]]:
    if {t.table_code for t in tables} & set(LEGACY_EDITIONS):
        return ("partial" if any(f.state == "unreadable" for f in figures) else "read"), ()
    missing = [code for code in FORM_TABLES if code not in {t.table_code for t in tables}]
    if len(missing) == len(FORM_TABLES):
        return _without_tables(who, parts, text)
    names = "、".join(form().tables[code].zh for code in missing)
    problems = (Problem("table_not_found", f"not found: {names}"),) if missing else ()
    unread = any(figure.state == "unreadable" for figure in figures if figure.match != "extra")
    short = missing or unread or not all(table.complete for table in tables)
    return ("partial" if short else "read"), problems


def _without_tables(who: Identity, parts: Sequence[Section], text: Sequence[str]) -> tuple[Status, tuple[Problem, ...]]:
    """Reports without tables are lawful to 2019, of which year some print the form; where they speak of tables, these were not read."""
    year = who.year if who.year is not None else FIRST_YEAR_OF_FORM + 1
    promised = any(part.code in ("s2_disclosure", "s3_requests", "s4_challenges") for part in parts) and year == FIRST_YEAR_OF_FORM
    if year <= FIRST_YEAR_OF_FORM and not promised and _is_told(text):
        annexed = any(_ANNEXED.search("".join(line.split())) for line in text)
        unseen = Problem("statistics_not_found", "the statistics table that it names was not found: it may be a picture or an attachment")
        return ("partial", (unseen,)) if annexed else ("read", ())
    return "unreadable", (Problem("tables_not_found", "the tables of the form were not found: they may be pictures or attachments"),)
