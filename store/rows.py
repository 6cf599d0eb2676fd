"""A report as rows: one function a table, each giving tuples in the order of the table's columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache

from extract.document import Problem
from extract.report import Figure, Report
from store.columns import FigureColumns, FindingColumns
from store.content import Printed, text_hash
from store.database import Row
from store.provenance import Part, Provenance
from store.versions import Version

LARGEST = Decimal(10) ** 18
STEP = Decimal("0.000001")
TABLES = ("report", "part", "report_table", "extra_cell", "section", "claim")


@dataclass
class Batch:
    """The rows of many reports, by table, until they are written together."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in TABLES})
    figures: FigureColumns = field(default_factory=FigureColumns)
    findings: FindingColumns = field(default_factory=FindingColumns)

    def add(
        self, version: Version, agency: tuple[str, str | None], reason: str, report: Report, source: Provenance, printed: Printed
    ) -> list[Problem]:
        """Adds one report, whose figures `printed` are; returns what is wrong with them."""
        problems: list[Problem] = []
        if not is_sound(printed):
            figures, problems = sound(report.figures)
            printed = Printed.of(figures)
        number, parts, rows = version.report_id, source.parts, self.rows
        rows["report"].append((*_report(version, agency, reason, report, source), *_counts(printed)))
        rows["part"] += _parts(number, parts)
        self.figures.add(number, printed, [part.sha256 for part in parts])
        rows["report_table"] += [(number, *t[:3], parts[t.part].sha256, t.page, t.table_no) for t in report.tables]
        rows["extra_cell"] += [(number, e.table_code, e.row_label, e.column_label, e.raw, *_where(e.place)) for e in report.extras]
        rows["section"] += [(number, n, s.code, s.number, s.heading, s.text, text_hash(s.text)) for n, s in enumerate(report.sections, 1)]
        rows["claim"] += [(number, c.code, c.value, c.unit, c.approximate, c.sentence, c.section_ordinal) for c in report.claims]
        self.findings.add(number, report.findings)
        return problems


def utc(moment: datetime) -> datetime:
    """A moment as the tables keep it: UTC, without a zone. A naive one is taken as UTC already."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def dated(report: Report, source: Provenance) -> date | None:
    """When it was published: what the page says, what the listing says, else the signature."""
    return report.published_on or source.published or report.signed_on


def _report(version: Version, agency: tuple[str, str | None], reason: str, report: Report, source: Provenance) -> Row:
    first, v = source.parts[0], version
    return (
        *(v.report_id, v.agency_id, *agency, v.year, v.scope, v.version, reason, v.is_current, v.gone_on),
        *(report.title, report.signed_on, v.published_on, report.index_number, report.edition),
        *(source.url, first.media_type, first.sha256, utc(first.captured_at), first.warc_file, first.warc_offset),
        *(report.reader, source.reader_version, report.status, source.site_id, source.run_id, v.content_hash, v.source_hash, v.retired),
    )


def _counts(printed: Printed) -> tuple[int, int, int]:
    """Printed cells, those that are blank or a dash, those that could not be read."""
    states = printed.state
    return len(states), states.count("blank") + states.count("dash"), states.count("unreadable")


def _parts(number: int, parts: tuple[Part, ...]) -> Iterator[Row]:
    for n, p in enumerate(parts):
        yield number, n, p.url, p.media_type, p.sha256, utc(p.captured_at), p.warc_file, p.warc_offset


def _where(place: tuple[object, ...]) -> Row:
    table_no, row_no, column_no, page, *_ = place
    return page, table_no, row_no, column_no


def is_sound(printed: Printed) -> bool:
    """Whether each cell is there once, each state fits its value and the table can hold each value."""
    return (
        len(set(printed.keys)) == len(printed.state)
        and [value is not None for value in printed.value] == [state == "number" for state in printed.state]
        and all(map(holds, set(printed.value) - {None}))
    )


def sound(figures: tuple[Figure, ...]) -> tuple[tuple[Figure, ...], list[Problem]]:
    """Each cell once, each value as the table can hold it. What cannot be kept as it is becomes unreadable and is told."""
    kept: dict[tuple[str, str, str], Figure] = {}
    problems = []
    for figure in figures:
        key = figure[:3]
        if not fits(figure):
            figure = figure._replace(value=None, state="unreadable")
            problems.append(Problem("does_not_fit", f"{figure.row_code} × {figure.column_code}: {figure.raw}", figure.place))
        if key in kept:
            problems.append(Problem("duplicate_cell", f"{key[1]} × {key[2]}: {kept[key].raw} and {figure.raw}", figure.place))
            if (kept[key].value, kept[key].state) != (figure.value, figure.state):
                kept[key] = kept[key]._replace(value=None, state="unreadable")
            continue
        kept[key] = figure
    return tuple(kept.values()), problems


def fits(figure: Figure) -> bool:
    """True where state and value agree and the value is kept exactly by DECIMAL(24, 6)."""
    value = figure[3]
    if value is None:
        return figure[5] != "number"
    return figure[5] == "number" and holds(value)


@lru_cache(1 << 16)
def holds(value: Decimal) -> bool:
    """True for the values of DECIMAL(24, 6)."""
    return value.is_finite() and abs(value) < LARGEST and value == value.quantize(STEP)
