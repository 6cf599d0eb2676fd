"""The command line as a whole: exit codes one by one, one line an error, where things are printed, help and completion."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.errors import Refused, Unreachable
from extract.errors import Unreadable
from nianbao import sites
from nianbao.cli import COMMANDS, cli, run
from nianbao.errors import CannotWrite, Locked, Stop, Usage
from nianbao.exits import MEANING, PRECEDENCE, Exit, worst
from store.errors import ArchiveLocked, NoDatabase
from store.errors import CannotWrite as StoreCannotWrite

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages are compared in English; no debug output."""
    monkeypatch.setenv("NIANBAO_LANG", "en")
    monkeypatch.delenv("NIANBAO_DEBUG", raising=False)
    monkeypatch.delenv("NIANBAO_CONFIG", raising=False)


ERRORS: list[tuple[BaseException, Exit]] = [
    (Usage("x"), Exit.USAGE),
    (CannotWrite("x"), Exit.CANNOT_WRITE),
    (Locked("x"), Exit.LOCKED),
    (OSError(errno.ENOSPC, "No space left on device", "var/x.warc.gz"), Exit.CANNOT_WRITE),
    (PermissionError(errno.EACCES, "Permission denied", "var"), Exit.CANNOT_WRITE),
    (OSError(errno.EROFS, "Read-only file system", "var"), Exit.CANNOT_WRITE),
    (StoreCannotWrite("x"), Exit.CANNOT_WRITE),
    (ArchiveLocked("x"), Exit.LOCKED),
    (NoDatabase("x"), Exit.USAGE),
    (Refused("http://x/", "x"), Exit.USAGE),
    (Unreachable("http://x/", "x"), Exit.NOTHING),
    (Unreadable("x"), Exit.INCOMPLETE),
    (KeyboardInterrupt(), Exit.INTERRUPTED),
    (BrokenPipeError(errno.EPIPE, "Broken pipe"), Exit.DONE),
    (ValueError("x"), Exit.BUG),
    (FileNotFoundError(errno.ENOENT, "No such file", "x"), Exit.BUG),
]


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "")
def test_what_stops_a_command_is_one_line_and_its_exit_code(
    error: BaseException, code: Exit, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever is raised: nothing on stdout, at most one line on stderr, never a traceback."""

    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(sites, "search", fail)
    saved = os.dup(1)
    try:
        assert run(["sites", "list"]) == code
    finally:
        os.dup2(saved, 1)
        os.close(saved)
    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("\n") == (0 if isinstance(error, BrokenPipeError) else 1)
    assert "Traceback" not in err


def test_a_bug_shows_its_traceback_only_when_asked(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """NIANBAO_DEBUG=1 is how to report one."""
    monkeypatch.setattr(sites, "search", lambda *_, **__: 1 // 0)
    assert run(["sites", "list"]) == Exit.BUG
    assert "run it again with NIANBAO_DEBUG=1" in capsys.readouterr().err
    monkeypatch.setenv("NIANBAO_DEBUG", "1")
    assert run(["sites", "list"]) == Exit.BUG
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nosuch"], "No such command 'nosuch'"),
        (["sites", "list", "--jsn"], "No such option '--jsn'"),
        (["completion", "tcsh"], "'tcsh' is not one of 'bash', 'zsh', 'fish'"),
        (["config", "--config", "none.toml"], "none.toml: no such file"),
        (["--config", "none.toml", "config"], "none.toml: no such file"),
    ],
)
def test_wrong_usage_is_two_and_one_line(arguments: list[str], said: str, capsys: Capture) -> None:
    """Unknown commands and options, and a configuration that is not there."""
    assert run(arguments) == Exit.USAGE
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err


def test_the_configuration_is_found_in_the_documented_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """--config after the command, before it, $NIANBAO_CONFIG, ./config.toml."""

    def contact(*arguments: str) -> str:
        assert run(list(arguments)) == 0
        found: str = json.loads(capsys.readouterr().out)["crawl"]["contact"]
        return found

    for name in ("config", "before", "after", "environment"):
        (tmp_path / f"{name}.toml").write_text(f'[crawl]\ncontact = "{name}"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert contact("config", "--json") == "config"
    monkeypatch.setenv("NIANBAO_CONFIG", "environment.toml")
    assert contact("config", "--json") == "environment"
    assert contact("--config", "before.toml", "config", "--json") == "before"
    assert contact("config", "--json", "--config", "after.toml") == "after"


@given(st.sets(st.sampled_from([*PRECEDENCE, Exit.DONE])))
def test_the_worst_of_several_ends_is_the_first_of_the_documented_order(codes: set[Exit]) -> None:
    """75, 130, 74, 4, 5, 3; nothing wrong is 0."""
    order = [75, 130, 74, 4, 5, 3, 0]
    assert worst(codes) == min(codes or {Exit.DONE}, key=lambda code: order.index(int(code)))


def test_every_exit_code_has_a_meaning() -> None:
    """The table is complete, and every class of errors ends with a code of it."""
    assert set(MEANING) == set(Exit)
    assert {kind.code for kind in (Stop, Usage, CannotWrite, Locked)} <= set(Exit)


def walk(command: click.Command, context: click.Context) -> list[tuple[str, click.Command]]:
    """Every command with its path."""
    found = [(context.command_path, command)]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None, name
            found += walk(inner, click.Context(inner, info_name=name, parent=context))
    return found


ALL = walk(cli, click.Context(cli, info_name="nianbao"))


@pytest.mark.parametrize(("path", "command"), ALL, ids=[path for path, _ in ALL])
def test_every_command_has_help_and_every_option_too(path: str, command: click.Command) -> None:
    """Nothing is left to be guessed."""
    assert command.help, path
    silent = [param.name for param in command.params if isinstance(param, click.Option) and not param.help]
    assert silent == [], path


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_examples(name: str, capsys: Capture) -> None:
    """`--help` ends with lines that can be typed."""
    assert run([name, "--help"]) == 0
    out = capsys.readouterr().out
    assert f"nianbao {name}" in out.split("Examples:")[1]


def test_messages_are_in_the_language_of_the_locale_and_data_is_not(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """zh_CN.UTF-8 gives Chinese help and errors; JSON keys and values stay as they are."""
    assert run(["sites", "list", "沙湾市", "--json"]) == 0
    english = capsys.readouterr().out
    monkeypatch.delenv("NIANBAO_LANG")
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LC_MESSAGES", "zh_CN.UTF-8")
    assert run(["sites", "list", "沙湾市", "--json"]) == 0
    assert capsys.readouterr().out == english
    assert run(["sites", "--help"]) == 0
    assert "示例" in capsys.readouterr().out
    assert run(["config", "--config", "none.toml"]) == 2
    assert "没有这个文件" in capsys.readouterr().err


def nianbao(*arguments: str, **kwargs: object) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own."""
    return subprocess.run([sys.executable, "-m", "nianbao", *arguments], capture_output=True, text=True, check=False, timeout=60)


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`nianbao sites list | head -1` prints one line and nothing on stderr."""
    script = f"set -o pipefail; {sys.executable} -m nianbao sites list | head -1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr, done.stdout.count("\n")) == (0, "", 1)


def test_the_program_starts_without_loading_the_heavy_parts() -> None:
    """Completion and listings answer at once: neither DuckDB nor a reader is imported for them."""
    code = "import sys; from nianbao.cli import run; run(['sites', 'list', 'sws']); print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {"duckdb", "pyarrow", "pypdfium2", "lxml", "cv2", "onnxruntime"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(shell: str, capsys: Capture) -> None:
    """The script names the program and its hook."""
    assert run(["completion", shell]) == 0
    assert "_NIANBAO_COMPLETE" in capsys.readouterr().out


def test_the_completion_hook_completes_commands() -> None:
    """What the script calls: `nianbao sc<TAB>`."""
    environment = {**os.environ, "_NIANBAO_COMPLETE": "bash_complete", "COMP_WORDS": "nianbao sc", "COMP_CWORD": "1"}
    done = subprocess.run([sys.executable, "-m", "nianbao"], env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.splitlines() == ["plain,schedule"]
