"""Corrections by hand: data that is applied, shown, undone; never over a cell that says something else by now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from extract.report import Finding
from store.archive import Archive
from store.corrections import Correction, append_correction, read_corrections, unread
from store.crosscheck import settle
from store.errors import BadCorrections
from store.publish import publish
from store.query import reading
from tests.build import SHAWAN, report, source

NAME = "沙湾市金沟河镇人民政府"
NEW = ("requests.new", "total")
CARRIED_IN, CARRIED_OUT = ("requests.carried_in", "total"), ("requests.carried_out", "total")
CARRY = """
    SELECT outcome FROM finding JOIN report USING (report_id) WHERE rule = 'T3.carry' AND column_code = 'total' AND year = 2024
"""
BALANCED = {("requests.outcome.total", "total"): 3, ("requests.outcome.granted", "total"): 3}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """One report in whose scan 本年新收 could not be read, and a rule that could not be judged for it."""
    with Archive(tmp_path) as opened:
        opened.start_run()
        opened.add_site(SHAWAN)
        open_question = Finding("T3.balance", "error", None, "total", "not_assessable", "3", None, "no number in requests.new × total")
        opened.load(report(cells={NEW: "?", **BALANCED}, status="partial", findings=(open_question,)), source("https://a/"))
        yield opened


def decide(path: Path, **given: Any) -> None:
    """Appends a decision on that cell to the file."""
    base = {"agency": NAME, "year": 2024, "row": NEW[0], "column": NEW[1], "old": "?", "new": "3", "reason": "torn", "who": "A"}
    append_correction(path, Correction(**{**base, **given}))


def cell(archive: Archive) -> tuple[Any, ...]:
    """(value, state, raw, reader) of the cell, and the outcome of the balance in its column."""
    row = "row_code = 'requests.new' AND column_code = 'total'"
    ((figure,),) = archive.connection.execute(f"SELECT (value, state, raw, reader) FROM figure WHERE {row}").fetchall()
    ((outcome,),) = archive.connection.execute("SELECT outcome FROM finding WHERE rule = 'T3.balance' AND column_code = 'total'").fetchall()
    return (*figure, outcome)


def test_a_correction_is_applied_shown_and_judged(archive: Archive, tmp_path: Path) -> None:
    """The number is there, by hand; the raw text stays; the rule that lacked it is answered; who and why are published."""
    decide(tmp_path / "c.toml")
    settle(archive.connection, corrections=tmp_path / "c.toml")
    assert cell(archive) == (Decimal(3), "number", "?", "hand", "pass")
    publish(tmp_path, work=archive.connection)
    with reading(tmp_path) as published:
        assert published.execute("SELECT old, new, who, reason, applied, old_state FROM hand_correction").fetchall() == [
            ("?", "3", "A", "torn", True, "unreadable")
        ]
        assert published.execute("SELECT unreadable_cells, hand_cells, status FROM annual_report").fetchall() == [(0, 1, "read")]


def test_a_correction_taken_back_is_undone(archive: Archive, tmp_path: Path) -> None:
    """The cell, its count and its findings are as they were read."""
    before = cell(archive)
    decide(tmp_path / "c.toml")
    settle(archive.connection, corrections=tmp_path / "c.toml")
    settle(archive.connection, corrections=tmp_path / "c.toml")
    (tmp_path / "c.toml").write_text("", encoding="utf-8")
    settle(archive.connection, corrections=tmp_path / "c.toml")
    assert cell(archive) == before
    assert archive.connection.execute("SELECT unreadable_cells, status FROM report").fetchall() == [(1, "partial")]


def test_a_report_stays_partial_while_a_cell_is_unread_or_a_table_is_missing(tmp_path: Path) -> None:
    """A person who read one of two cells, or all cells of a report with a table missing, has not made the report whole."""
    two = report(cells={NEW: "?", CARRIED_IN: "?"}, status="partial")
    cut = report(year=2023, cells={NEW: "?"}, status="partial")
    with Archive(tmp_path) as archive:
        archive.start_run()
        archive.add_site(SHAWAN)
        archive.load_all([(two, source("https://a/two")), (replace(cut, tables=cut.tables[:2]), source("https://a/cut"))])
        decide(tmp_path / "c.toml")
        decide(tmp_path / "c.toml", year=2023)
        settle(archive.connection, corrections=tmp_path / "c.toml")
        held = archive.connection.execute("SELECT year, unreadable_cells, status FROM report ORDER BY year").fetchall()
    assert held == [(2023, 0, "partial"), (2024, 1, "partial")]


def test_a_transcribed_report_is_compared_with_its_copies_as_it_was_read(archive: Archive, tmp_path: Path) -> None:
    """The same torn scan at another address is the same report: nothing new is kept."""
    decide(tmp_path / "c.toml")
    settle(archive.connection, corrections=tmp_path / "c.toml")
    copy = archive.load(report(cells={NEW: "?", **BALANCED}, status="partial"), source("https://b/"))
    assert copy.outcome == "unchanged"


def test_a_decision_taken_back_is_taken_back_in_the_rules_across_years_too(tmp_path: Path) -> None:
    """What a report carries in is judged against last year's hand reading only while that stands."""
    with Archive(tmp_path) as archive:
        archive.start_run()
        archive.add_site(SHAWAN)
        archive.load(report(year=2023, cells={CARRIED_OUT: "?"}, status="partial"), source("https://a/2023"))
        archive.load(report(cells={CARRIED_IN: 2}), source("https://a/2024"))
        said = []
        for text in ("", "new", ""):
            (tmp_path / "c.toml").unlink(missing_ok=True)
            if text:
                decide(tmp_path / "c.toml", year=2023, row=CARRIED_OUT[0], new="2")
            archive.start_run()
            settle(archive.connection, corrections=tmp_path / "c.toml")
            said += archive.connection.execute(CARRY).fetchall()
    assert said == [("not_assessable",), ("pass",), ("not_assessable",)]


@pytest.mark.parametrize(
    ("given", "said"),
    [({"old": "8"}, "now says"), ({"agency": "某某局"}, "no current report"), ({"column": "nothing"}, "no current report")],
)
def test_a_correction_that_no_longer_fits_is_not_applied_and_told(
    archive: Archive, tmp_path: Path, given: dict[str, str], said: str
) -> None:
    """The agency may have mended it: a hand decision never goes over another figure."""
    before = cell(archive)
    decide(tmp_path / "c.toml", **given)
    settle(archive.connection, corrections=tmp_path / "c.toml")
    assert cell(archive) == before
    ((message, resolved),) = archive.connection.execute("SELECT message, resolved_at FROM problem WHERE stage = 'check'").fetchall()
    assert said in message
    assert resolved is None


def test_a_new_reading_is_compared_with_what_was_read_not_with_the_hand(archive: Archive, tmp_path: Path) -> None:
    """The same page again is unchanged although its cell was corrected here."""
    decide(tmp_path / "c.toml")
    settle(archive.connection, corrections=tmp_path / "c.toml")
    again = archive.load(report(cells={NEW: "?", **BALANCED}, status="partial"), source("https://a/", "counter"))
    assert again.outcome == "unchanged"
    assert archive.load(report(cells={NEW: 5, **BALANCED}), source("https://a/", "mended")).changes[0].old is None


def test_a_cell_decided_twice_keeps_the_first_decision_and_tells(archive: Archive, tmp_path: Path) -> None:
    """Nobody can say which of two persons is right."""
    decide(tmp_path / "c.toml")
    decide(tmp_path / "c.toml", new="4", who="B")
    settle(archive.connection, corrections=tmp_path / "c.toml")
    assert cell(archive)[0] == Decimal(3)
    told = archive.connection.execute("SELECT who, applied, message FROM hand_correction ORDER BY who").fetchall()
    assert told == [("A", True, "applied"), ("B", False, "the cell is decided twice")]


@pytest.mark.parametrize(("new", "value", "state"), [("", None, "blank"), ("—", None, "dash"), ("0.04", Decimal("0.04"), "number")])
def test_blank_and_dash_can_be_decided_too(archive: Archive, tmp_path: Path, new: str, value: Decimal | None, state: str) -> None:
    """What a person sees may be nothing."""
    decide(tmp_path / "c.toml", new=new)
    settle(archive.connection, corrections=tmp_path / "c.toml")
    assert cell(archive)[:2] == (value, state)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[correction]]\nagency = 'x'\n", "missing"),
        ("[[correction]]\nrows = 'x'\n", "unknown key rows"),
        ("[[correction]]\nyear = '2024'\n", "year must be a whole number"),
        ("[[corrections]]\n", "unknown key corrections"),
        ("[[correction]]\nagency='a'\nyear=2024\nrow='r'\ncolumn='c'\nold=''\nnew='three'\nreason='r'\nwho='w'\n", "neither a number"),
        ("= nonsense", "corrections.toml"),
    ],
)
def test_a_faulty_file_is_named_with_entry_and_key(archive: Archive, tmp_path: Path, text: str, said: str) -> None:
    """And nothing is changed by it."""
    before = cell(archive)
    path = tmp_path / "corrections.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadCorrections, match=said):
        settle(archive.connection, corrections=path)
    assert cell(archive) == before


def test_what_is_appended_is_read_back_as_it_was(tmp_path: Path) -> None:
    """Quotes, line breaks and Chinese text included."""
    made = Correction(NAME, 2024, *NEW, 'a "quoted"\nraw', "3", "原因：破损", "王", "aggregate")
    append_correction(tmp_path / "c.toml", made)
    append_correction(tmp_path / "c.toml", made)
    assert read_corrections(tmp_path / "c.toml") == [made, made]


def test_unreadable_cells_are_listed_with_the_place_of_their_picture(archive: Archive, tmp_path: Path) -> None:
    """What `nianbao transcribe` asks a person about."""
    publish(tmp_path, work=archive.connection)
    with reading(tmp_path) as published:
        (found,) = unread(published)
    assert (found.agency, found.row_code, found.raw, found.warc_file) == (NAME, "requests.new", "?", "a.warc.gz")
