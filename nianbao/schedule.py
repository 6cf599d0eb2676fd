"""When runs start and which sites they take: the seasons, and a scheduler for those who keep a process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from zoneinfo import ZoneInfo

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.base import BaseTrigger

from crawler.site import Site
from nianbao import summary
from nianbao.config import Config, ScheduleSettings, SeasonSettings
from nianbao.cron import trigger
from nianbao.messages import say

GRACE = timedelta(hours=6)
"""How late a run may still start: a machine that slept through the night catches up in the morning. The library's own
default of one second drops a job whenever the one before it takes a moment longer."""

JOURNAL = "schedule.jsonl"


def in_season(day: datetime, season: SeasonSettings) -> bool:
    """Whether reports appear around this day; a season may stretch over the new year."""
    today = f"{day:%m-%d}"
    if season.start <= season.end:
        return season.start <= today <= season.end
    return today >= season.start or today <= season.end


def is_due(
    site: Site,
    last_run: datetime | None,
    now: datetime,
    season: SeasonSettings | None = None,
    timezone: str = "Asia/Shanghai",
) -> bool:
    """Whether `run --due` takes a site that was last walked at `last_run` (None: never). Both times are aware.

    Days are counted on the calendar of the zone, so that a run a minute earlier than yesterday's is due all the same.
    A site with a `cron` of its own is due once that has fired since.
    """
    if last_run is None:
        return True
    if site.cron:
        fires = trigger(site.cron, timezone).get_next_fire_time(None, last_run + timedelta(seconds=1))
        return fires is not None and fires <= now
    season, zone = season or SeasonSettings(), ZoneInfo(timezone)
    here = now.astimezone(zone)
    days = (here.date() - last_run.astimezone(zone).date()).days
    return days >= (season.every_days if in_season(here, season) else season.otherwise_days)


def missed_start(when: BaseTrigger, last_finished: datetime | None, now: datetime) -> datetime | None:
    """The start that nobody was there for since the last run ended, if it is not too long ago to be made up for."""
    if last_finished is None:
        return None
    since = max(last_finished, now - GRACE)
    fires: datetime | None = when.get_next_fire_time(None, since + timedelta(seconds=1))
    return fires if fires is not None and fires <= now else None


@dataclass
class Scheduler:
    """Starts `nianbao run --due` as a child process on the configured cron expression, until SIGTERM or SIGINT.

    The child is in a session of its own: a stop reaches it once, from here, and it ends after the request under way.
    """

    archive: Path
    settings: ScheduleSettings
    command: tuple[str, ...]
    stopping: threading.Event = field(default_factory=threading.Event)
    child: subprocess.Popen[bytes] | None = None

    def start(self, now: datetime | None = None) -> None:
        """Run until stopped; a start missed within the last hours is made up for at once."""
        when = trigger(self.settings.cron, self.settings.timezone)
        scheduler = BlockingScheduler(timezone=self.settings.timezone, executors={"default": ThreadPoolExecutor(1)})
        scheduler.add_listener(self._heard, EVENT_JOB_MISSED | EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES)
        options = {"id": "run", "coalesce": True, "max_instances": 1, "misfire_grace_time": int(GRACE.total_seconds())}
        last = summary.latest(self.archive)
        missed = missed_start(when, last.finished_at if last else None, now or datetime.now(UTC))
        first = {"next_run_time": datetime.now(UTC)} if missed else {}
        scheduler.add_job(self._run, when, **options, **first)
        if missed:
            self._note("made_up", planned=missed.isoformat())
        self._stop_on_signal(scheduler)
        scheduler.start()
        if self.child:
            self.child.wait()

    def _run(self) -> None:
        if self.stopping.is_set():
            return
        self.child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, start_new_session=True)
        if self.stopping.is_set():
            self.child.terminate()
        code = self.child.wait()
        self._note("ended", exit_code=code)

    def _stop_on_signal(self, scheduler: BlockingScheduler) -> None:
        def stop(_number: int, _frame: FrameType | None) -> None:
            if self.stopping.is_set():
                return
            self.stopping.set()
            if self.child and self.child.poll() is None:
                self.child.terminate()
            scheduler.shutdown(wait=False)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)

    def _heard(self, event: JobEvent) -> None:
        """A start that did not happen, or failed: kept in the journal, which `nianbao doctor` reads, and said at once."""
        kind = {EVENT_JOB_MISSED: "missed", EVENT_JOB_ERROR: "failed"}.get(event.code, "still_running")
        planned = getattr(event, "scheduled_run_time", None)
        error = getattr(event, "exception", None)
        self._note(kind, planned=planned.isoformat() if planned else None, error=str(error) if error else None)
        print(f"nianbao: {say('a scheduled run did not start')}: {kind} {error or ''}".rstrip(), file=sys.stderr, flush=True)

    def _note(self, event: str, **values: object) -> None:
        folder = self.archive / "runs"
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / JOURNAL).open("a", encoding="utf-8") as file:
            file.write(
                json.dumps({"time": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **values}, ensure_ascii=False) + "\n"
            )


def scheduler_for(config: Config) -> Scheduler:
    """The scheduler of a configuration: its child is this very program with `run --due`."""
    command = (sys.executable, "-m", "nianbao", "--config", str(config.file.resolve()), "run", "--due")
    return Scheduler(config.archive.path, config.schedule, command)


def journal(archive: Path) -> tuple[dict[str, object], ...]:
    """What the scheduler wrote down, oldest first."""
    path = archive / "runs" / JOURNAL
    return tuple(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()) if path.exists() else ()
