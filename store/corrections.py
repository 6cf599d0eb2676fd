"""Cells corrected by hand: corrections.toml, applied as data before publishing, shown with what the cell said before.

    [[correction]]
    agency = "沙湾市金沟河镇人民政府"
    year = 2024
    row = "requests.new"
    column = "total"
    old = ""              # what the reader made of the cell: its raw text or number
    new = "3"             # a number, "" for blank, "—" for a dash
    reason = "the scan is torn; the total column says 3"
    who = "A. Reader"
    scope = "own"         # unless "aggregate"

A correction holds for as long as the cell says `old`. Removed from the file, it is undone by the next run.
"""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from extract.form import FORM_TABLES
from store.database import Row, insert, registered, scalar
from store.database import arrow as as_arrow
from store.errors import BadCorrections, writing
from store.problems import Sighting, record, settle, shortened
from store.recheck import recheck

FILE = "corrections.toml"
DASHES = ("-", "–", "—", "——", "－", "/", "无")


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision of a person about one cell."""

    agency: str
    year: int
    row: str
    column: str
    old: str
    new: str
    reason: str
    who: str
    scope: str = "own"

    def cell(self) -> tuple[Decimal | None, str]:
        """Value and state that the cell is given."""
        if self.new == "":
            return None, "blank"
        return (None, "dash") if self.new in DASHES else (Decimal(self.new), "number")


class Held(NamedTuple):
    """The current cell that a correction speaks of."""

    report_id: int
    agency_id: int
    table_code: str
    value: Decimal | None
    state: str
    raw: str
    reader: str
    confidence: float


def read_corrections(path: Path) -> list[Correction]:
    """The decisions in a file; none where there is no file. Raises `BadCorrections` naming entry and key."""
    if not path.exists():
        return []
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadCorrections(f"{path}: {error}") from error
    unknown = set(data) - {"correction"}
    if unknown:
        raise BadCorrections(f"{path}: unknown key {', '.join(sorted(unknown))}; entries begin with [[correction]]")
    return [_correction(path, n, entry) for n, entry in enumerate(data.get("correction", []), 1)]


def _correction(path: Path, number: int, entry: dict[str, Any]) -> Correction:
    where = f"{path}: correction {number}"
    known = {f.name: (int if f.name == "year" else str) for f in fields(Correction)}
    for key, value in entry.items():
        if key not in known:
            raise BadCorrections(f"{where}: unknown key {key}; known are {', '.join(known)}")
        if type(value) is not known[key]:
            raise BadCorrections(f"{where}: {key} must be {'a whole number' if key == 'year' else 'text in quotes'}")
    missing = [key for key in known if key not in entry and key != "scope"]
    if missing:
        raise BadCorrections(f"{where}: {', '.join(missing)} missing")
    made = Correction(**entry)
    try:
        made.cell()
    except InvalidOperation as error:
        raise BadCorrections(f'{where}: new = "{made.new}" is neither a number nor blank nor a dash') from error
    return made


def apply_corrections(connection: duckdb.DuckDBPyConnection, corrections: Sequence[Correction]) -> int:
    """Inside the caller's transaction: undoes what was applied before, applies these, judges the touched reports again.

    Returns how many hold. Those that do not are problems, and rows of `hand_correction` with `applied` false.
    """
    connection.execute(TOUCHED)
    before = connection.execute("FROM touched_by_hand").fetchall()
    if not before and not corrections:
        return 0
    connection.execute(UNDO)
    decided = _once([_decide(connection, correction) for correction in corrections])
    insert(connection, "hand_correction", [row for _, row in decided])
    new = [(row[11], row[4], row[5], row[6], *correction.cell()) for correction, row in decided if row[12]]
    _give(connection, new)
    connection.execute("INSERT INTO touched_by_hand SELECT DISTINCT report_id FROM hand_correction WHERE applied")
    connection.execute(RECOUNT)
    for (number,) in connection.execute("SELECT DISTINCT report_id FROM touched_by_hand ORDER BY ALL").fetchall():
        recheck(connection, number)
    _tell(connection, [(c, row) for c, row in decided if not row[12]])
    return len(new)


def _once(decided: list[tuple[Correction, Row]]) -> list[tuple[Correction, Row]]:
    """Of several decisions on one cell the first holds; the others say so."""
    cells: set[Row] = set()
    kept = []
    for correction, row in decided:
        cell = (row[11], *row[4:7])
        kept.append((correction, (*row[:12], False, "the cell is decided twice", *row[14:]) if row[12] and cell in cells else row))
        cells |= {cell} if row[12] else set()
    return [(correction, tuple(row)) for correction, row in kept]


TRANSCRIBED = "SELECT report_id FROM hand_correction WHERE applied AND old_state = 'unreadable'"
"""Versions with a cell that no reader could read and a person did: as read they are partial."""
TOUCHED = """
    CREATE OR REPLACE TEMP TABLE touched_by_hand AS SELECT DISTINCT report_id FROM hand_correction WHERE applied
"""
UNDO = f"""
    UPDATE figure SET value = h.old_value, state = h.old_state, reader = h.old_reader, confidence = h.old_confidence
    FROM hand_correction h
    WHERE h.applied AND figure.report_id = h.report_id
      AND (figure.table_code, figure.row_code, figure.column_code) = (h.table_code, h.row_code, h.column_code);
    UPDATE report SET status = 'partial' WHERE report_id IN ({TRANSCRIBED});
    DELETE FROM hand_correction
"""
RECOUNT = f"""
    UPDATE report SET blank_cells = n.blank, unreadable_cells = n.unreadable FROM (
        SELECT report_id, count(*) FILTER (state IN ('blank', 'dash')) AS blank, count(*) FILTER (state = 'unreadable') AS unreadable
        FROM figure SEMI JOIN touched_by_hand USING (report_id) GROUP BY report_id
    ) n WHERE report.report_id = n.report_id;
    UPDATE report SET status = 'read' WHERE report_id IN ({TRANSCRIBED})
      AND NOT EXISTS (FROM figure f WHERE f.report_id = report.report_id AND f.state = 'unreadable'
        AND f.label_match IS DISTINCT FROM 'extra')
      AND (SELECT bool_or(t.table_code NOT IN {FORM_TABLES}) OR (count(DISTINCT t.table_code) = {len(FORM_TABLES)} AND bool_and(t.complete))
        FROM report_table t WHERE t.report_id = report.report_id)
"""
"""A report whose unread cells a person has all read is read, where no table of it is missing or cut short."""
FIND = """
    SELECT r.report_id, r.agency_id, f.table_code, f.value, f.state, f.raw, f.reader, f.confidence
    FROM report r JOIN figure f USING (report_id)
    WHERE r.is_current AND r.year = $year AND r.scope = $scope AND f.row_code = $row AND f.column_code = $column
      AND r.agency_id IN (
        SELECT agency_id FROM agency WHERE full_name = $agency
        UNION SELECT agency_id FROM (SELECT agency_id, name FROM agency UNION SELECT agency_id, name FROM agency_name)
        WHERE name = $agency AND NOT EXISTS (FROM agency WHERE full_name = $agency)
        UNION SELECT former_id FROM agency_succession JOIN agency USING (agency_id) WHERE full_name = $agency)
"""


def _decide(connection: duckdb.DuckDBPyConnection, correction: Correction) -> tuple[Correction, Row]:
    c = correction
    asked = {"year": c.year, "scope": c.scope, "row": c.row, "column": c.column, "agency": c.agency}
    found = [Held(*row) for row in connection.execute(FIND, asked).fetchall()]
    held = found[0] if len(found) == 1 else None
    why = _why_not(c, held, len(found))
    who = held.agency_id if held else None
    cell = (held.table_code if held else None, c.row, c.column, c.old, c.new, c.reason, c.who)
    was = (held.value, held.state, held.reader, held.confidence) if held else (None, None, None, None)
    return c, (who, c.agency, c.year, c.scope, *cell, held.report_id if held else None, not why, why or "applied", *was)


def _why_not(correction: Correction, held: Held | None, count: int) -> str:
    if held is None:
        return (
            "no current report prints that cell" if count == 0 else f"{count} agencies bear that name: give the full_name of table agency"
        )
    said = "" if held.value is None else format(held.value.normalize(), "f")
    if correction.old in (held.raw, said):
        return ""
    return f"the cell now says {held.raw!r}, not {correction.old!r}: look at it again"


GIVE = """
    UPDATE figure SET value = d.value, state = d.state, reader = 'hand', confidence = 1 FROM decided d
    WHERE figure.report_id = d.report_id
      AND (figure.table_code, figure.row_code, figure.column_code) = (d.table_code, d.row_code, d.column_code)
"""
GIVEN = "CREATE OR REPLACE TEMP TABLE given AS SELECT report_id, table_code, row_code, column_code, value, state FROM figure LIMIT 0"


def _give(connection: duckdb.DuckDBPyConnection, rows: Sequence[Row]) -> None:
    connection.execute(GIVEN)
    with registered(connection, "decided", as_arrow(connection, "given", rows)):
        connection.execute(GIVE)


def _tell(connection: duckdb.DuckDBPyConnection, failed: Sequence[tuple[Correction, Row]]) -> None:
    """One problem that names every correction that does not hold; resolved where all do."""
    run_id = int(scalar(connection, "SELECT coalesce(max(run_id), 0) FROM run"))
    messages = [f"{c.agency} {c.year} {c.row} × {c.column}: {row[13]}" for c, row in failed]
    seen = [Sighting(run_id, None, "check", FILE, "correction_not_applied", shortened(messages))] if messages else []
    settle(connection, [FILE], ("check",), seen)
    record(connection, seen)


class Unread(NamedTuple):
    """A cell that could not be read, and where its picture is."""

    agency: str
    year: int
    scope: str
    table_code: str
    row_code: str
    row_label: str | None
    column_code: str
    raw: str
    url: str
    sha256: str
    media_type: str | None
    warc_file: str | None
    warc_offset: int | None
    page: int | None
    table_no: int | None
    row_no: int | None
    column_no: int | None
    x0: float | None
    top: float | None
    x1: float | None
    bottom: float | None


def unread(connection: duckdb.DuckDBPyConnection) -> list[Unread]:
    """The unreadable cells of what is published, in reading order: what `transcribe` asks a person about."""
    return [Unread(*row) for row in connection.execute(UNREAD).fetchall()]


UNREAD = """
    SELECT a.full_name, r.year, r.scope, f.table_code, f.row_code, w.zh, f.column_code, f.raw, coalesce(p.url, r.url), f.sha256,
        coalesce(p.media_type, r.media_type), coalesce(p.warc_file, r.warc_file), coalesce(p.warc_offset, r.warc_offset),
        f.page, f.table_no, f.row_no, f.column_no, f.x0, f.top, f.x1, f.bottom
    FROM figure f
    JOIN report r ON r.report_id = f.report_id AND r.is_current
    JOIN agency a ON a.agency_id = r.agency_id
    LEFT JOIN (SELECT report_id, sha256, any_value(url ORDER BY part) AS url, any_value(media_type ORDER BY part) AS media_type,
        any_value(warc_file ORDER BY part) AS warc_file, any_value(warc_offset ORDER BY part) AS warc_offset
        FROM part GROUP BY report_id, sha256) p ON p.report_id = f.report_id AND p.sha256 = f.sha256
    LEFT JOIN (SELECT code, any_value(zh ORDER BY edition DESC) AS zh FROM form_row GROUP BY code) w ON w.code = f.row_code
    WHERE f.state = 'unreadable'
    ORDER BY a.full_name, r.year, r.scope, f.table_no, f.row_no, f.column_no
"""


def append_correction(path: Path, correction: Correction) -> None:
    """Adds a decision to the file, after what it holds; on disk when this returns."""
    lines = [f"{f.name} = {json.dumps(getattr(correction, f.name), ensure_ascii=False)}" for f in fields(Correction)]
    with writing(path), path.open("a", encoding="utf-8") as file:
        file.write("\n[[correction]]\n" + "\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
