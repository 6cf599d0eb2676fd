"""How a run shows that it is alive: a display on a terminal, log lines where asked for, nothing at all under cron.

A run tells a `Progress` what happens; it never prints. All text goes to stderr.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar
from rich.text import Text

from nianbao.messages import say


class Progress(Protocol):
    """What a run tells of itself. Events and their values are named; see `docs/operations.md` for the list."""

    def event(self, event: str, **values: object) -> None:
        """Something happened: `sites` (total), `site` (site_id, state), `page` (url, bytes), `found` (count),
        `read` (url, status), `wait` (site_id, url), `problem` (site_id, stage, code, message), `stage` (name, total), `step` ().
        """
        ...


@dataclass(frozen=True, slots=True)
class All:
    """Tells several. None at all: a healthy run under cron leaves its closing line and no more."""

    others: tuple[Progress, ...] = ()

    def event(self, event: str, **values: object) -> None:
        """Each hears it."""
        for other in self.others:
            other.event(event, **values)


@dataclass
class Log:
    """One line an event: words, or one JSON object with the keys `time`, `event` and the event's own."""

    stream: TextIO
    as_json: bool = False

    def event(self, event: str, **values: object) -> None:
        """Write one line at once."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        if self.as_json:
            line = json.dumps({"time": now, "event": event, **values}, ensure_ascii=False, default=str)
        else:
            line = " ".join([now, event, *(f"{key}={value}" for key, value in values.items() if value is not None)])
        print(line, file=self.stream, flush=True)


@dataclass
class Display:
    """The terminal's view: a bar of sites, and a line of pages a second, reports, waits and problems."""

    bar: Bar
    started: float = field(default_factory=time.monotonic)
    counts: dict[str, int] = field(default_factory=dict)
    last: str = ""

    def event(self, event: str, **values: object) -> None:
        """Count it, and show the last thing worth a word."""
        self.counts[event] = self.counts.get(event, 0) + _count(values)
        if event in ("sites", "stage"):
            self.bar.update(
                self.bar.task_ids[0], total=_count(values, "total"), completed=0, description=say(str(values.get("name", "sites")))
            )
        elif event in ("site", "step"):
            self.bar.advance(self.bar.task_ids[0])
        if event in ("problem", "site", "wait"):
            self.last = " ".join(str(value) for value in values.values() if value is not None)

    def __rich__(self) -> Group:
        """The two lines as they stand now."""
        pages = self.counts.get("page", 0)
        rate = pages / max(time.monotonic() - self.started, 0.001)
        line = say(
            "{pages} pages ({rate}/s)  {found} reports found  {read} read  {wait} waits  {problem} problems",
            pages=pages,
            rate=f"{rate:.1f}",
            **{name: self.counts.get(name, 0) for name in ("found", "read", "wait", "problem")},
        )
        return Group(self.bar, Text(line), Text(self.last, style="dim", no_wrap=True, overflow="ellipsis"))


def _count(values: dict[str, object], name: str = "count") -> int:
    found = values.get(name, 1)
    return found if isinstance(found, int) else 1


@contextmanager
def showing(log: str | None = None, file: Path | None = None, form: str = "text", stream: TextIO | None = None) -> Iterator[Progress]:
    """What suits where it goes: log lines on stderr where `log` names their form, added to `file` where one is configured,
    a display on a terminal, else nothing.
    """
    stream = stream or sys.stderr
    with ExitStack() as stack:
        shown: list[Progress] = []
        if file is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            shown.append(Log(stack.enter_context(file.open("a", encoding="utf-8")), as_json=form == "json"))
        if log:
            shown.append(Log(stream, as_json=log == "json"))
        elif stream.isatty():
            shown.append(stack.enter_context(_display(stream)))
        yield All(tuple(shown))


@contextmanager
def _display(stream: TextIO) -> Iterator[Progress]:
    console = Console(file=stream)
    bar = Bar(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console)
    bar.add_task(say("sites"), total=None)
    display = Display(bar)
    with Live(display, console=console, refresh_per_second=4, transient=True):
        yield display
