"""What a run did, as one JSON object: kept in `<archive>/runs/`, printed by `run --json`, handed to the notify command."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from nianbao.exits import MEANING, Exit

FAILED_STATES = frozenset({"empty_suspicious", "partial", "blocked", "robots", "unreachable", "never_delivered"})
"""Ends of a site that `run --retry` takes up again."""


@dataclass(frozen=True, slots=True)
class SiteOutcome:
    """What became of one site; the columns of `site_run`."""

    site_id: str
    state: str
    requests: int = 0
    bytes: int = 0
    reports_new: int = 0
    message: str = ""


@dataclass(frozen=True, slots=True)
class ProblemNote:
    """One problem of a run as a person is told it. `new`: the run before did not have it."""

    site_id: str | None
    stage: str
    code: str
    message: str
    url: str | None = None
    new: bool = True


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run. Times are UTC; counts are of this run alone; `failed_checks_new` counts findings that failed for the first time."""

    run_id: int
    started_at: datetime
    finished_at: datetime
    exit_code: int
    sites: tuple[SiteOutcome, ...] = ()
    problems: tuple[ProblemNote, ...] = ()
    requests: int = 0
    bytes: int = 0
    captures: int = 0
    reports_new: int = 0
    reports_corrected: int = 0
    reports_unreadable: int = 0
    failed_checks_new: int = 0
    dry_run: bool = False
    command: tuple[str, ...] = field(default=())

    @property
    def seconds(self) -> float:
        """How long it took, in seconds of wall time."""
        return (self.finished_at - self.started_at).total_seconds()

    def failed_sites(self) -> tuple[str, ...]:
        """The sites that `run --retry` would take up again."""
        return tuple(site.site_id for site in self.sites if site.state in FAILED_STATES)

    def as_json(self) -> dict[str, Any]:
        """The object that scripts read; its keys are stable."""
        values = asdict(self)
        values["started_at"], values["finished_at"] = self.started_at.isoformat(), self.finished_at.isoformat()
        return {**values, "seconds": round(self.seconds, 3), "meaning": MEANING[Exit(self.exit_code)][0]}


def write(summary: RunSummary, archive: Path) -> Path:
    """Keep the summary as `runs/<run_id>.json`, whole or not at all; its path."""
    folder = archive / "runs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{summary.run_id:06d}.json"
    unfinished = path.with_suffix(".json.next")
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(summary.as_json(), file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return path


def latest(archive: Path) -> RunSummary | None:
    """The summary of the last run that came to its end; None before the first."""
    found = sorted((archive / "runs").glob("*.json"))
    return from_json(json.loads(found[-1].read_text(encoding="utf-8"))) if found else None


def from_json(values: dict[str, Any]) -> RunSummary:
    """The summary that `as_json` wrote."""
    rest = {key: value for key, value in values.items() if key not in ("seconds", "meaning")}
    rest["started_at"], rest["finished_at"] = datetime.fromisoformat(rest["started_at"]), datetime.fromisoformat(rest["finished_at"])
    rest["sites"] = tuple(SiteOutcome(**site) for site in rest["sites"])
    rest["problems"] = tuple(ProblemNote(**problem) for problem in rest["problems"])
    return RunSummary(**{**rest, "command": tuple(rest["command"])})
