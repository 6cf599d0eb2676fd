"""`nianbao demo`: the whole job in half a minute, without network or configuration, and what the README shows of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nianbao.cli import run

ROOT = Path(__file__).parents[1]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, float]:
    """A demo that was kept: its folder, what it printed, and the seconds it took."""
    folder = tmp_path_factory.mktemp("demo") / "nianbao-demo"
    environment = {**os.environ, "NIANBAO_LANG": "en"}
    command = [sys.executable, "-m", "nianbao", "demo", "--keep", str(folder)]
    began = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment, cwd=folder.parent)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("\n") == 2, done.stderr
    return folder, done.stdout, time.monotonic() - began


def test_it_takes_less_than_half_a_minute(kept: tuple[Path, str, float]) -> None:
    """Two nights over real sockets."""
    assert kept[2] < 30


def test_it_prints_coverage_findings_and_three_queries_with_their_answers(kept: tuple[Path, str, float]) -> None:
    """Each under a heading, as the command line that would ask it again; and one figure's way back to its cell."""
    out = kept[1]
    assert out.count('$ nianbao sql "') == 5
    assert re.search(r"沙湾市金沟河镇人民政府  2024 +1 +1\n", out)
    assert re.search(r"X\.new +103 +102 ", out)
    assert "云岭市石桥乡人民政府  2024  （七）总计" in out
    assert "| 一、本年新收政府信息公开申请数量 | 1 | 0 | 0 | 0 | 0 | 0 | [1] |" in out


def test_what_is_kept_can_be_asked(kept: tuple[Path, str, float], capsys: Capture) -> None:
    """The configuration that it leaves is one that the other commands take."""
    file = str(kept[0] / "config.toml")
    assert run(["--config", file, "sql", "SELECT count(*) AS n FROM report WHERE is_current", "--format", "csv"]) == 0
    assert capsys.readouterr().out == "n\r\n5\r\n"
    assert run(["verify", "--config", file]) == 0


def test_an_archive_that_is_there_is_not_played_over(kept: tuple[Path, str, float], capsys: Capture) -> None:
    """A second demo into the same folder is refused."""
    assert run(["demo", "--keep", str(kept[0])]) == 2
    assert "holds an archive already" in capsys.readouterr().err


def test_the_readme_shows_what_it_really_prints(kept: tuple[Path, str, float]) -> None:
    """Every line of the README's block is a line of the output, but for those that tell of time, port and place."""
    block = re.search(r"<!-- demo -->\n```\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    assert block is not None
    printed = {line.rstrip() for line in kept[1].splitlines()}
    changing = re.compile(r"https?://127|WARC|captured|sha256|^…$")
    assert [line for line in block[1].splitlines() if line.rstrip() not in printed and not changing.search(line)] == []
