"""What a run shows: a display on a terminal, log lines with stable keys where asked for, nothing under cron."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nianbao import summary
from nianbao.progress import showing
from nianbao.summary import ProblemNote, RunSummary, SiteOutcome


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """It is."""
        return True


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words are compared in English."""
    monkeypatch.setenv("NIANBAO_LANG", "en")


def test_nothing_is_shown_under_cron() -> None:
    """No terminal, no log: not a byte."""
    stream = io.StringIO()
    with showing(stream=stream) as progress:
        progress.event("sites", total=3)
        progress.event("problem", site_id="a", stage="find", code="blocked", message="x")
    assert stream.getvalue() == ""


def test_json_lines_have_time_and_event_and_the_events_keys() -> None:
    """One object a line, Chinese as it is."""
    stream = io.StringIO()
    with showing("json", stream=stream) as progress:
        progress.event("site", site_id="沙湾", state="new")
        progress.event("page", url="http://x/", bytes=3)
    first, second = (json.loads(line) for line in stream.getvalue().splitlines())
    assert datetime.fromisoformat(first.pop("time")).tzinfo is not None
    assert first == {"event": "site", "site_id": "沙湾", "state": "new"}
    assert set(second) == {"time", "event", "url", "bytes"}


def test_words_leave_out_what_is_not_known() -> None:
    """A text line is the time, the event and its values."""
    stream = io.StringIO()
    with showing("text", stream=stream) as progress:
        progress.event("problem", site_id=None, stage="fetch", code="gone")
    assert stream.getvalue().split(" ", 1)[1] == "problem stage=fetch code=gone\n"


def test_a_log_file_grows_and_the_terminal_is_left_alone(tmp_path: Path) -> None:
    """The configured file is added to, night after night, and is whole after each line."""
    file = tmp_path / "logs" / "nianbao.log"
    for number in range(2):
        with showing(file=file, form="json", stream=io.StringIO()) as progress:
            progress.event("sites", total=number)
            assert json.loads(file.read_text(encoding="utf-8").splitlines()[-1])["total"] == number
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2


def test_a_terminal_shows_sites_pages_reports_waits_and_problems() -> None:
    """The line below the bar counts them."""
    stream = Terminal()
    with showing(stream=stream) as progress:
        progress.event("sites", total=2)
        progress.event("found", count=12)
        for event in ("page", "page", "read", "wait", "problem"):
            progress.event(event, site_id="a", message="m")
        progress.event("site", site_id="a", state="new")
        display = progress.others[0]  # type: ignore[attr-defined]  # the one that shows
        lines = [str(part) for part in display.__rich__().renderables[1:]]
    assert lines[0].startswith("2 pages (")
    assert lines[0].endswith("12 reports found  1 read  1 waits  1 problems")
    assert lines[1] == "a new"
    assert "\x1b[" in stream.getvalue()


def test_a_summary_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    """The JSON file holds everything; the latest is the one of the highest run."""
    now = datetime(2026, 1, 10, 2, 15, tzinfo=UTC)
    sites = (SiteOutcome("a", "new", 3, 100, 1), SiteOutcome("b", "blocked", 1, 0, 0, "a wall"), SiteOutcome("c", "unchanged"))
    last = RunSummary(12, now, now, 3, sites, (ProblemNote("b", "find", "blocked", "a wall", "http://b/"),), requests=4)
    summary.write(RunSummary(2, now, now, 0), tmp_path)
    assert summary.write(last, tmp_path).name == "000012.json"
    assert summary.latest(tmp_path) == last
    assert last.failed_sites() == ("b",)
    assert last.as_json()["meaning"] == "done, but something could not be fetched or read"
    assert list((tmp_path / "runs").glob("*.next")) == []


def test_before_the_first_run_there_is_no_summary(tmp_path: Path) -> None:
    """None, not an error."""
    assert summary.latest(tmp_path) is None
