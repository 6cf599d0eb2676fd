"""One document and the parts that belong to it → Report. Pure: the same bytes always give the same report.

    read(Source(content, url), parts=[Source(attachment), …]) -> Report

Never raises for the content: what cannot be read is a Report of status "unreadable" or "not_a_report" with its problem.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from extract import VERSION
from extract.align import Alignment
from extract.check import Evidence, check
from extract.document import Document, Problem, Source
from extract.ending import find_ending, lines_of
from extract.errors import NotAReport, ReadError
from extract.gather import assemble, unbundle
from extract.identity import Identity, identify
from extract.judge import judge
from extract.narrative import claims, opening, sections
from extract.opinions import second_opinion
from extract.readers import NEEDS_OCR, open_document
from extract.report import Figure, Report, Section, Status, TableSeen


def read(source: Source, parts: Sequence[Source] = (), *, ocr: bool = True) -> Report:
    """The report in these bytes. Without `ocr`, what only OCR could read is left with the problem `needs_ocr`."""
    try:
        source, parts, problems = unbundle(source, parts)
        document = open_document(source, ocr)
    except ReadError as error:
        return _failed(error)
    document = replace(document, problems=(*problems, *document.problems))
    document, found = assemble(document, source, parts, ocr)
    found = second_opinion(source, found)
    return _report(document, found)


def _failed(error: ReadError) -> Report:
    status: Status = "not_a_report" if isinstance(error, NotAReport) else "unreadable"
    return Report(status, f"none {VERSION}", problems=(Problem(error.code, str(error)),))


def _report(document: Document, found: Alignment) -> Report:
    text = lines_of(document)
    ending = find_ending(text)
    who = identify(document, text, ending)
    parts = sections(ending.body)
    figures = tuple(found.figures.values())
    tables = _with_editions(found.tables)
    status, problems = judge(who, parts, figures, tables, ending.lines, unseen=NEEDS_OCR in document.problems)
    reader = f"{document.reader} {VERSION}"
    everything = (*document.problems, *found.problems, *problems)
    if status == "not_a_report":
        return Report(status, reader, who.title, problems=everything)
    return _checked(
        Report(status, reader, problems=everything, figures=figures, tables=tables, extras=tuple(found.extras)), who, parts, text
    )


def _with_editions(tables: Sequence[TableSeen]) -> tuple[TableSeen, ...]:
    """Table 4 is the same in both editions: it is of the edition of table 3, or of table 2 where there is none."""
    known = {table.table_code: table.edition for table in tables}
    own = known.get("requests") or known.get("disclosure") or "v2021"
    return tuple(table._replace(edition=own) if table.table_code == "challenges" else table for table in tables)


def _checked(report: Report, who: Identity, parts: tuple[Section, ...], text: Sequence[str]) -> Report:
    editions = {table.table_code: table.edition for table in report.tables}
    stated = claims(parts, opening(text))
    figures: Mapping[tuple[str, str], Figure] = {(f.row_code, f.column_code): f for f in report.figures if f.match != "extra"}
    evidence = Evidence(figures, editions, stated, parts, who.year, who.period_year, who.published_on, who.signed_on, who.scope, who.level)
    return replace(
        report,
        title=who.title,
        agency=who.agency,
        year=who.year,
        edition=editions.get("requests") or editions.get("stat2014") or editions.get("stat2008") or editions.get("disclosure"),
        scope=who.scope,
        published_on=who.published_on,
        signed_on=who.signed_on,
        index_number=who.index_number,
        sections=parts,
        claims=stated,
        findings=check(evidence),
    )
