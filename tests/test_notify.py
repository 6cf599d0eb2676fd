"""Who hears of a run: the heartbeat after a good one only, the command after any other, and no secret in between."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nianbao import notify
from nianbao.config import NotifySettings
from nianbao.demo.server import Answer, Host, Web
from nianbao.exits import Exit

MESSAGE = {"exit_code": 5, "meaning": "an expectation was violated", "sites": [{"site_id": "a", "name": "沙湾"}]}


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    """A host that answers the heartbeat."""
    monkeypatch.setenv("NIANBAO_LANG", "en")
    with Web() as web:
        yield web.host({"/beat/secret": Answer(200, b"OK"), "/broken/secret": Answer(500)})


def saving(tmp_path: Path, code: int = 0) -> tuple[tuple[str, ...], Path]:
    """A command that keeps what it is given, and where."""
    target = tmp_path / "heard.json"
    script = f"import sys, pathlib; pathlib.Path({str(target)!r}).write_bytes(sys.stdin.buffer.read()); sys.exit({code})"
    return (sys.executable, "-c", script), target


@pytest.mark.parametrize("code", [code for code in Exit if code != Exit.DONE])
def test_the_heart_beats_only_after_a_good_run(host: Host, code: Exit) -> None:
    """Any other end is silence, and silence is the alarm."""
    settings, said = NotifySettings(heartbeat_url=host.url("/beat/secret")), list[str]()
    notify.tell(settings, code, MESSAGE, said.append)
    assert host.log == []
    notify.tell(settings, Exit.DONE, MESSAGE, said.append)
    assert host.asked() == ["/beat/secret"]
    assert said == []


@pytest.mark.parametrize(
    ("code", "heard"), [(Exit.DONE, False), (Exit.INTERRUPTED, False), *((Exit(c), True) for c in (1, 2, 3, 4, 5, 74, 75))]
)
def test_the_command_gets_the_summary_after_any_other_end(tmp_path: Path, code: Exit, heard: bool) -> None:
    """JSON on standard input, Chinese as it is; nobody is called for a good run or for one that somebody stopped."""
    command, target = saving(tmp_path)
    notify.tell(NotifySettings(command=command), code, MESSAGE, pytest.fail)
    assert target.exists() is heard
    if heard:
        assert json.loads(target.read_text(encoding="utf-8")) == MESSAGE
        assert "沙湾" in target.read_text(encoding="utf-8")


def test_a_heartbeat_that_fails_is_said_without_its_address(host: Host) -> None:
    """An error of the watcher is a warning; its address may hold a token."""
    said: list[str] = []
    notify.tell(NotifySettings(heartbeat_url=host.url("/broken/secret")), Exit.DONE, MESSAGE, said.append)
    notify.tell(NotifySettings(heartbeat_url="http://127.0.0.1:1/secret"), Exit.DONE, MESSAGE, said.append)
    assert said == ["the heartbeat address answered 500", "the heartbeat address could not be reached: ConnectError"]
    assert "secret" not in "".join(said)


def test_a_command_that_fails_is_said_without_its_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not there, ending badly, or never ending: one warning each, and the run's own end stands."""
    monkeypatch.setenv("NIANBAO_LANG", "en")
    monkeypatch.setattr(notify, "PATIENCE_S", 0.5)
    said: list[str] = []
    for command in (
        (str(tmp_path / "none"), "secret"),
        saving(tmp_path, 7)[0],
        (sys.executable, "-c", "import time; time.sleep(30)  # secret"),
    ):
        notify.tell(NotifySettings(command=command), Exit.VIOLATED, MESSAGE, said.append)
    assert [line.split(":")[0] for line in said] == [
        "notify.command could not be started",
        "notify.command ended with 7",
        "notify.command did not end within 0 s and was ended",
    ]
    assert "secret" not in "".join(said)
