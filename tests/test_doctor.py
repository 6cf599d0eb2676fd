"""`nianbao doctor`: what it sees, what it advises, and that it works when nothing else does."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nianbao import doctor, summary
from nianbao.cli import run
from nianbao.doctor import Check, examine_all
from nianbao.lock import held

CONTACT = '[crawl]\ncontact = "ops@gov.example"\n'


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Details are compared in English."""
    monkeypatch.setenv("NIANBAO_LANG", "en")


def configured(tmp_path: Path, text: str = CONTACT) -> Path:
    """A configuration beside its archive."""
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def seen(file: Path, name: str) -> Check:
    """The one check of that name."""
    found = [check for check in examine_all(file) if check.check == name]
    assert len(found) == 1, name
    return found[0]


def test_it_works_without_a_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty folder: a warning that says how to begin, the rest is looked at all the same, exit 0."""
    monkeypatch.chdir(tmp_path)
    assert run(["doctor", "--json"]) == 0
    checks = {check["check"]: check for check in json.loads(capsys.readouterr().out)}
    assert checks["config"]["state"] == "warning"
    assert checks["config"]["remedy"] == "nianbao sites add 沙湾市"
    assert checks["clock"]["state"] == "ok"
    assert {"ocr", "libreoffice", "browser", "rar", "program"} <= set(checks)


def test_it_works_with_a_broken_configuration_and_names_every_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All faults at once, each with its line; exit 0, or 2 under --strict."""
    file = configured(tmp_path, "[crawl]\ncontact = 3\ndelay_s = 'x'\n[crawll]\n")
    assert run(["--config", str(file), "doctor", "--json"]) == 0
    faults = [check["detail"] for check in json.loads(capsys.readouterr().out) if check["state"] == "failure"]
    assert [fault.split(": ")[0].rsplit(":", 1)[1] for fault in sorted(faults)] == ["2", "3", "4"]
    assert run(["doctor", "--strict", "--config", str(file)]) == 2


def test_a_healthy_one_has_nothing_but_optional_parts_to_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No failure, and every remedy belongs to a warning."""
    monkeypatch.setattr(doctor, "SPARE_BYTES", 0)
    checks = list(examine_all(configured(tmp_path)))
    assert [check for check in checks if check.state == "failure"] == []
    assert all(check.remedy for check in checks if check.state == "warning")


def test_an_archive_that_cannot_be_written_to_fails(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "var").write_text("", encoding="utf-8")
    assert seen(configured(tmp_path), "archive").state == "failure"


def test_too_little_room_is_said_before_it_runs_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The need ahead is a month of runs like the last one."""
    summary.write(summary.RunSummary(1, datetime.now(UTC), datetime.now(UTC), 0, bytes=1 << 50), tmp_path / "var")
    check = seen(configured(tmp_path), "disk")
    assert check.state == "warning"
    assert "make room" in check.remedy


def test_a_contact_of_the_sample_is_to_be_changed(tmp_path: Path) -> None:
    """The sample's contact reaches nobody."""
    assert seen(configured(tmp_path, '[crawl]\ncontact = "https://example.org/nianbao"\n'), "contact").state == "warning"
    assert seen(configured(tmp_path), "contact").state == "ok"


def test_the_lock_of_a_run_under_way_and_of_a_killed_one(tmp_path: Path) -> None:
    """Held: who and since when. Left behind: nothing to do, and it says so."""
    file, archive = configured(tmp_path), tmp_path / "var"
    with held(archive):
        assert "a run is under way" in seen(file, "lock").detail
    code = "import os, sys, pathlib\nfrom nianbao.lock import held\nwith held(pathlib.Path(sys.argv[1])):\n    os.kill(os.getpid(), 9)\n"
    assert subprocess.run([sys.executable, "-c", code, str(archive)], check=False).returncode == -signal.SIGKILL
    check = seen(file, "lock")
    assert (check.state, "that run was killed" in check.detail) == ("warning", True)
    assert "nothing to remove" in check.remedy


def test_the_last_run_and_what_its_code_asks_for(tmp_path: Path) -> None:
    """A bad end is a warning with the remedy of its exit code; so is a run that nobody started for days."""
    file, now = configured(tmp_path), datetime.now(UTC)
    assert seen(file, "last run").detail == "none yet"
    summary.write(summary.RunSummary(1, now, now, 3), tmp_path / "var")
    assert "nianbao run --retry" in seen(file, "last run").remedy
    summary.write(summary.RunSummary(2, now, now, 0), tmp_path / "var")
    assert seen(file, "last run").state == "ok"
    long_ago = now - timedelta(days=30)
    summary.write(summary.RunSummary(3, long_ago, long_ago, 0), tmp_path / "var")
    assert seen(file, "last run").remedy == "see that cron or systemd starts it"


def test_a_clock_behind_its_own_archive_is_wrong(tmp_path: Path) -> None:
    """A run that ended in the future proves it."""
    ahead = datetime.now(UTC) + timedelta(days=2)
    summary.write(summary.RunSummary(1, ahead, ahead, 0), tmp_path / "var")
    check = seen(configured(tmp_path), "clock")
    assert check.state == "failure"
    assert "timedatectl" in check.remedy


def test_starts_that_did_not_happen_are_told(tmp_path: Path) -> None:
    """The scheduler's journal is read."""
    folder = tmp_path / "var" / "runs"
    folder.mkdir(parents=True)
    (folder / "schedule.jsonl").write_text('{"time": "2026-01-10T02:15:00+08:00", "event": "missed"}\n', encoding="utf-8")
    assert "1 starts did not happen" in seen(configured(tmp_path), "schedule").detail


def test_one_connection_to_the_first_site(tmp_path: Path) -> None:
    """A portal that answers is ok, one that does not is a warning, never a failure; without a site nobody is asked."""
    site = '[[site]]\nid = "a"\nname = "x"\nhome = "http://127.0.0.1:{port}/"\nallow_hosts = ["127.0.0.1"]\n'
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert seen(configured(tmp_path, CONTACT + site.format(port=port)), "network").state == "ok"
    assert seen(configured(tmp_path, CONTACT + site.format(port=port)), "network").state == "warning"
    assert "network" not in {check.check for check in examine_all(configured(tmp_path))}


def test_a_missing_optional_part_says_what_it_is_for_and_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an empty PATH all programs are missing: warnings with the command that installs them."""
    monkeypatch.setenv("PATH", str(tmp_path))
    check = seen(configured(tmp_path), "libreoffice")
    assert (check.state, check.remedy) == ("warning", "apt install libreoffice-writer-nogui")
    monkeypatch.setattr(doctor, "OCR_PACKAGES", ("no_such_package",))
    assert seen(configured(tmp_path), "ocr").remedy == 'pip install "nianbao[ocr]"'


def test_a_database_that_is_none_is_named_with_the_way_out(tmp_path: Path) -> None:
    """Bytes that DuckDB cannot open: made again from the WARC files."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "nianbao.duckdb").write_bytes(b"not a database" * 1000)
    check = seen(configured(tmp_path), "database")
    assert (check.state, "nianbao reread" in check.remedy) == ("failure", True)


def test_people_read_signs_and_remedies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line a check, the remedy below it."""
    assert run(["doctor", "--config", str(tmp_path / "none.toml")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("! config: ")
    assert lines[1] == "    → nianbao sites add 沙湾市"
