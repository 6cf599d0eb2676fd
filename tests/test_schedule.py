"""When a site is due, when a run starts, and how the scheduler stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.site import Site
from nianbao import summary
from nianbao.config import SeasonSettings
from nianbao.cron import trigger
from nianbao.schedule import GRACE, in_season, is_due, journal, missed_start

SHANGHAI = ZoneInfo("Asia/Shanghai")
SITE = Site("a", "甲县人民政府", "http://www.a.gov.cn/")


def at(text: str) -> datetime:
    """A time in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def fires(expression: str, start: str, count: int = 4) -> list[str]:
    """The first times after a start at which a cron expression fires."""
    when, now, found = trigger(expression, "Asia/Shanghai"), at(start), []
    for _ in range(count):
        moment = when.get_next_fire_time(None, now)
        found.append(f"{moment:%a %d %H:%M}")
        now = moment + timedelta(seconds=1)
    return found


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("15 2 * * *", ["Fri 02 02:15", "Sat 03 02:15", "Sun 04 02:15", "Mon 05 02:15"]),
        ("0 3 * * 1-5", ["Fri 02 03:00", "Mon 05 03:00", "Tue 06 03:00", "Wed 07 03:00"]),
        ("0 3 * * 0", ["Sun 04 03:00", "Sun 11 03:00", "Sun 18 03:00", "Sun 25 03:00"]),
        ("0 3 * * 7", ["Sun 04 03:00", "Sun 11 03:00", "Sun 18 03:00", "Sun 25 03:00"]),
        ("0 3 * * fri-mon", ["Fri 02 03:00", "Sat 03 03:00", "Sun 04 03:00", "Mon 05 03:00"]),
        ("0 3 * * */2", ["Sat 03 03:00", "Sun 04 03:00", "Tue 06 03:00", "Thu 08 03:00"]),
        ("0 3 10 * 1", ["Mon 05 03:00", "Sat 10 03:00", "Mon 12 03:00", "Mon 19 03:00"]),
        ("@daily", ["Fri 02 00:00", "Sat 03 00:00", "Sun 04 00:00", "Mon 05 00:00"]),
    ],
)
def test_an_expression_means_what_it_means_to_cron(expression: str, expected: list[str]) -> None:
    """Sunday is 0 and 7, ranges may wrap, day and weekday are alternatives: the scheduler's own reading differs in all three."""
    assert fires(expression, "2026-01-01 12:00") == expected


@pytest.mark.parametrize("expression", ["", "* * * *", "60 * * * *", "* * * * 8", "* * * * mon-", "a b c d e", "0 0 31 2"])
def test_what_is_no_expression_is_refused(expression: str) -> None:
    """Wrong fields are a ValueError, whichever field it is."""
    with pytest.raises(ValueError, match=r"."):
        trigger(expression, "Asia/Shanghai")


@given(st.lists(st.integers(0, 7), min_size=1, max_size=5))
def test_listed_weekdays_are_the_ones_it_fires_on(days: list[int]) -> None:
    """Numbers of the weekday field are those of cron, in any order and number."""
    when, now = trigger(f"0 3 * * {','.join(map(str, days))}", "Asia/Shanghai"), at("2026-01-01 12:00")
    seen = set()
    for _ in range(7):
        now = when.get_next_fire_time(None, now) + timedelta(seconds=1)
        seen.add(now.isoweekday() % 7)
    assert seen == {day % 7 for day in days}


@pytest.mark.parametrize(
    ("day", "expected"), [("2025-12-19", False), ("2025-12-20", True), ("2026-01-01", True), ("2026-04-15", True), ("2026-04-16", False)]
)
def test_the_season_stretches_over_the_new_year(day: str, expected: bool) -> None:
    """From December 20 to April 15, both included."""
    assert in_season(at(day), SeasonSettings()) is expected


def test_a_season_within_one_year() -> None:
    """It may also lie between January and December."""
    assert in_season(at("2026-02-10"), SeasonSettings("02-01", "03-01"))
    assert not in_season(at("2026-03-02"), SeasonSettings("02-01", "03-01"))


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        (None, "2026-01-10 02:15", True),
        ("2026-01-09 02:15:30", "2026-01-10 02:15:02", True),
        ("2026-01-10 00:05", "2026-01-10 23:59", False),
        ("2026-07-01 02:15:30", "2026-07-08 02:15:02", True),
        ("2026-07-02 02:15", "2026-07-08 02:15", False),
        ("2026-04-15 02:15", "2026-04-16 02:15", False),
    ],
)
def test_a_site_is_due_daily_in_season_and_weekly_else(last: str | None, now: str, expected: bool) -> None:
    """Days are counted on the calendar: a run some seconds earlier than yesterday's still takes the site."""
    assert is_due(SITE, at(last) if last else None, at(now)) is expected


def test_days_are_those_of_the_configured_zone() -> None:
    """16:30 UTC is the next day in Shanghai."""
    last, now = datetime(2026, 1, 9, 15, 30, tzinfo=UTC), datetime(2026, 1, 9, 16, 30, tzinfo=UTC)
    assert is_due(SITE, last, now)
    assert not is_due(SITE, last, now, timezone="UTC")


def test_a_site_may_have_a_calendar_of_its_own() -> None:
    """`cron` of a site stands in place of the seasons: here on the first of a month."""
    site = Site("a", "甲", "http://www.a.gov.cn/", cron="0 2 1 * *")
    assert not is_due(site, at("2026-01-02 03:00"), at("2026-01-31 23:00"))
    assert is_due(site, at("2026-01-02 03:00"), at("2026-02-01 02:15"))


def test_a_start_missed_in_the_night_is_made_up_for_in_the_morning() -> None:
    """Within the grace, once; what lies longer back waits for the next regular start."""
    when = trigger("15 2 * * *", "Asia/Shanghai")
    assert missed_start(when, at("2026-01-09 02:40"), at("2026-01-10 07:00")) == at("2026-01-10 02:15")
    assert missed_start(when, at("2026-01-10 02:40"), at("2026-01-10 07:00")) is None
    assert missed_start(when, at("2026-01-08 02:40"), at("2026-01-10 02:15") + GRACE + timedelta(hours=1)) is None
    assert missed_start(when, None, at("2026-01-10 07:00")) is None, "the first run ever waits for its hour"


SCHEDULER = """
import sys, pathlib
from nianbao.config import ScheduleSettings
from nianbao.schedule import Scheduler
archive, code = pathlib.Path(sys.argv[1]), sys.argv[2]
Scheduler(archive, ScheduleSettings(), (sys.executable, "-c", code, str(archive))).start()
"""

CHILD = """
import pathlib, signal, sys, time
archive = pathlib.Path(sys.argv[1])
def stop(number, frame):
    (archive / "stopped").touch()
    sys.exit(130)
signal.signal(signal.SIGTERM, stop)
(archive / "started").touch()
time.sleep(60)
"""


def finished(archive: Path, when: datetime) -> None:
    """A run's summary, so that the scheduler has one to make up for."""
    summary.write(summary.RunSummary(1, when - timedelta(minutes=5), when, 0), archive)


def wait_for(path: Path) -> None:
    """Until a file is there; ten seconds at most."""
    for _ in range(200):
        if path.exists():
            return
        time.sleep(0.05)
    pytest.fail(f"{path.name} did not appear")


def start(archive: Path, child: str) -> subprocess.Popen[bytes]:
    """A scheduler in a process of its own, with a start that is made up for at once."""
    minute = datetime.now(SHANGHAI) - timedelta(minutes=3)
    code = SCHEDULER.replace("ScheduleSettings()", f'ScheduleSettings("{minute.minute} {minute.hour} * * *")')
    finished(archive, datetime.now(UTC) - timedelta(hours=20))
    return subprocess.Popen([sys.executable, "-c", code, str(archive), child], env={**os.environ, "NIANBAO_LANG": "en"})


def test_sigterm_stops_the_child_first_and_then_the_scheduler(tmp_path: Path) -> None:
    """The run under way gets SIGTERM, may finish, and its end is written down; the scheduler itself ends with 0."""
    process = start(tmp_path, CHILD)
    try:
        wait_for(tmp_path / "started")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
        assert (tmp_path / "stopped").exists()
        assert [note["event"] for note in journal(tmp_path)] == ["made_up", "ended"]
        assert journal(tmp_path)[-1]["exit_code"] == 130
    finally:
        process.kill()
        process.wait()


def test_a_run_that_fails_is_written_down_and_does_not_end_the_scheduler(tmp_path: Path) -> None:
    """The child's exit code is in the journal; the scheduler waits for the next night."""
    process = start(tmp_path, "import sys; sys.exit(4)")
    try:
        for _ in range(200):
            if len(journal(tmp_path)) == 2:
                break
            time.sleep(0.05)
        assert (journal(tmp_path)[-1]["event"], journal(tmp_path)[-1]["exit_code"]) == ("ended", 4)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()


def test_a_dropped_start_is_heard(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Missed, failed and still running: each is a line in the journal and one on stderr."""
    from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED, JobExecutionEvent

    from nianbao.config import ScheduleSettings
    from nianbao.schedule import Scheduler

    monkeypatch.setenv("NIANBAO_LANG", "en")
    scheduler = Scheduler(tmp_path, ScheduleSettings(), ("true",))
    for code, error in ((EVENT_JOB_MISSED, None), (EVENT_JOB_ERROR, OSError("no such program"))):
        scheduler._heard(JobExecutionEvent(code, "run", "default", at("2026-01-10 02:15"), exception=error))
    assert [json.dumps(note["event"]) for note in journal(tmp_path)] == ['"missed"', '"failed"']
    assert journal(tmp_path)[0]["planned"] == "2026-01-10T02:15:00+08:00"
    assert "a scheduled run did not start: failed no such program" in capsys.readouterr().err
