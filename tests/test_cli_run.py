"""`nianbao run` from the outside: every exit code by what brings it about, what is printed where, stopping and going on."""

from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from nianbao.cli import run
from nianbao.demo.portal import COLUMN, Portal
from nianbao.demo.server import Answer, Host, Request, Web, page
from nianbao.lock import held
from store.query import ask, reading

Capture = pytest.CaptureFixture[str]


@dataclass
class Place:
    """A pretend portal, and a configuration that crawls it."""

    folder: Path
    host: Host

    @property
    def config(self) -> Path:
        """The configuration's file."""
        return self.folder / "config.toml"

    @property
    def archive(self) -> Path:
        """The archive's folder."""
        return self.folder / "var"

    def reports(self) -> list[str]:
        """Targets of the articles that a crawl asked for."""
        return [target for target in self.host.asked() if "/t20" in target]

    def nianbao(self, *arguments: str) -> int:
        """Run a command on this configuration."""
        return run([*arguments, "--config", str(self.config)])

    def answer(self, query: str) -> list[tuple[object, ...]]:
        """Ask the published database."""
        with reading(self.archive) as connection:
            return ask(connection, query).rows()


CONFIG = """
[crawl]
contact = "ops@example.org"
delay_s = 0
timeout_s = 5
allow_hosts = ["127.0.0.1"]
allow_private = ["127.0.0.0/8"]

[[site]]
id = "demo"
name = "示范市人民政府"
home = "{home}"
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    """The demo's portal with a configuration beside an empty archive."""
    monkeypatch.setenv("NIANBAO_LANG", "en")
    monkeypatch.delenv("NIANBAO_CONFIG", raising=False)
    with Web() as web:
        host = web.host()
        Portal(host)
        made = Place(tmp_path, host)
        made.config.write_text(CONFIG.format(home=host.url("/")), encoding="utf-8")
        handler = signal.getsignal(signal.SIGTERM)
        yield made
        signal.signal(signal.SIGTERM, handler)


def process(place: Place, *arguments: str, **options: object) -> subprocess.Popen[str]:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "nianbao", "--config", str(place.config), *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "NIANBAO_LANG": "en"}, **options
    )  # type: ignore[call-overload, no-any-return]  # options of Popen, passed through


def test_a_healthy_run_is_silent_but_for_one_line(place: Place, capsys: Capture) -> None:
    """0: nothing on stdout, one closing line on stderr; the summary lies beside the archive."""
    assert place.nianbao("run") == 0
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("run 1: 1 sites, ")
    assert "5 new reports, 0 corrected, 0 problems" in err
    assert json.loads((place.archive / "runs" / "000001.json").read_text(encoding="utf-8"))["exit_code"] == 0
    assert place.answer("SELECT run_id, exit_code FROM run") == [(1, 0)]


def test_json_is_the_summary(place: Place, capsys: Capture) -> None:
    """--json prints what the file holds."""
    assert place.nianbao("run", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads((place.archive / "runs" / "000001.json").read_text(encoding="utf-8"))
    assert [(site["site_id"], site["state"]) for site in printed["sites"]] == [("demo", "new")]


def test_the_night_after_finds_nothing_new(place: Place, capsys: Capture) -> None:
    """0 again, and the site is unchanged."""
    place.nianbao("run")
    capsys.readouterr()
    assert place.nianbao("run", "--json") == 0
    assert json.loads(capsys.readouterr().out)["sites"][0]["state"] == "unchanged"


def test_a_report_that_cannot_be_had_is_three(place: Place, capsys: Capture) -> None:
    """3: the rest is done; the address is in `problem`, and in no way counted as not published."""
    broken = next(path for path in place.host.routes if "t20250122" in path)
    place.host[broken] = Answer(404, b"gone")
    assert place.nianbao("run") == 3
    assert "4 new reports" in capsys.readouterr().err
    assert place.answer("SELECT url FROM problem WHERE resolved_at IS NULL") == [(place.host.url(broken),)]


def test_a_portal_that_does_not_answer_is_four(place: Place, capsys: Capture) -> None:
    """4: nothing could be fetched at all."""
    place.config.write_text(CONFIG.format(home="http://127.0.0.1:9/"), encoding="utf-8")
    assert place.nianbao("run") == 4
    assert "nothing could be fetched at all" in capsys.readouterr().err


def test_a_listing_that_falls_short_of_its_own_total_is_five(place: Place) -> None:
    """5: the column says 9 and shows 7."""
    for path in (COLUMN, f"{COLUMN}index_1.html"):
        shown = place.host.routes[path]
        assert isinstance(shown, Answer)
        place.host[path] = Answer(200, shown.body.replace(b'"black_text",7)', b'"black_text",9)'), shown.headers)
    assert place.nianbao("run") == 5
    assert place.answer("SELECT declared_total, distinct_found, complete FROM listing") == [(9, 7, False)]


def test_an_archive_that_is_no_folder_is_seventy_four(place: Place, capsys: Capture) -> None:
    """74: a file stands where the archive should be."""
    place.archive.write_text("", encoding="utf-8")
    assert place.nianbao("run") == 74
    assert capsys.readouterr().err.count("\n") == 1


def test_a_full_disk_is_seventy_four_and_loses_nothing(place: Place) -> None:
    """74 when a file may grow no further; with room again the run goes on, and every report is there once."""

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    child = process(place, "run", preexec_fn=small)
    _, err = child.communicate(timeout=60)
    assert (child.returncode, err.count("\n")) == (74, 1), err
    assert "Traceback" not in err
    assert place.nianbao("run") == 0
    assert place.answer("SELECT count(*) FROM report WHERE is_current") == [(5,)]
    assert place.answer("SELECT count(*) FROM report") == [(5,)]


def test_a_second_run_at_the_same_time_is_seventy_five(place: Place, capsys: Capture) -> None:
    """75 at once, with the pid of the first."""
    with held(place.archive):
        assert place.nianbao("run") == 75
    assert f"pid {os.getpid()}" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_is_130_and_the_next_run_goes_on(place: Place, number: signal.Signals) -> None:
    """The request under way is finished and archived; what is missing comes next time, nothing twice."""
    slow = next(path for path in place.host.routes if "t20250122" in path)
    quick = place.host.routes[slow]

    def sluggish(request: Request) -> Answer:
        answer = quick if isinstance(quick, Answer) else quick(request)
        return Answer(answer.status, answer.body, answer.headers, delay_s=1.5)

    place.host[slow] = sluggish
    child = process(place, "run")
    for _ in range(400):
        if slow in place.host.asked():
            break
        time.sleep(0.05)
    child.send_signal(number)
    _, err = child.communicate(timeout=60)
    assert (child.returncode, err.strip().count("\n")) == (130, 0), err
    archived = b"".join(gzip.decompress(file.read_bytes()) for file in (place.archive / "warc").iterdir())
    assert f"WARC-Target-URI: {place.host.url(slow)}".encode() in archived
    place.host[slow] = quick
    assert place.nianbao("run") == 0
    assert place.answer("SELECT count(*) FROM report") == [(5,)]


def test_a_run_without_a_site_or_with_an_unknown_one_is_two(place: Place, capsys: Capture) -> None:
    """2: and the ids there are are listed."""
    assert place.nianbao("run", "--site", "dema") == 2
    assert "no site has the id dema; there are: demo" in capsys.readouterr().err
    place.config.write_text('[crawl]\ncontact = "x"\n', encoding="utf-8")
    assert place.nianbao("run") == 2
    assert not place.archive.exists()


def test_limits_of_year_and_number(place: Place) -> None:
    """--year and --limit keep a run small."""
    assert place.nianbao("run", "--year", "2024", "--limit", "2") == 0
    assert place.answer("SELECT count(*), min(year) FROM report") == [(2, 2024)]


def test_a_dry_run_walks_and_stores_nothing(place: Place, capsys: Capture) -> None:
    """It lists what would be fetched, and asks for no report."""
    assert place.nianbao("run", "--dry-run", "--json", "--year", "2024") == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 3
    assert {row["year"] for row in rows} == {2024}
    assert place.reports() == []
    assert not place.archive.exists()


def test_retry_takes_only_what_failed(place: Place, capsys: Capture) -> None:
    """After a good run there is nothing to retry, and no request is made."""
    place.nianbao("run")
    asked = len(place.host.log)
    capsys.readouterr()
    assert place.nianbao("run", "--retry", "--json") == 0
    assert json.loads(capsys.readouterr().out)["sites"] == []
    assert len(place.host.log) == asked


def test_due_skips_a_site_walked_today(place: Place, capsys: Capture) -> None:
    """The first takes it, a second on the same day leaves it alone; without --due it is walked again."""
    assert place.nianbao("run", "--due") == 0
    asked = len(place.host.log)
    assert place.nianbao("run", "--due") == 0
    assert len(place.host.log) == asked
    assert place.nianbao("run") == 0
    assert len(place.host.log) > asked


@pytest.mark.parametrize("text", ["0s", "soon", "-1", "5d"])
def test_a_duration_is_a_number_with_a_unit(place: Place, text: str, capsys: Capture) -> None:
    """Anything else is a usage error that shows the form."""
    assert place.nianbao("run", "--max-time", text) == 2
    assert "90s, 45m or 6h" in capsys.readouterr().err


def test_a_time_budget_ends_a_run_in_good_order(place: Place) -> None:
    """A portal that takes longer is partial; what was read is published."""
    for path, route in list(place.host.routes.items()):
        if "/t20" in path and isinstance(route, Answer):
            place.host[path] = Answer(route.status, route.body, route.headers, delay_s=4)
    assert place.nianbao("run", "--max-time", "3s") in (3, 5)
    assert place.answer("SELECT state FROM site_run") == [("partial",)]


def test_notices_follow_the_exit_code(place: Place) -> None:
    """The heartbeat is asked after 0; the command gets the summary after 3."""
    heard = place.folder / "heard.json"
    script = f"import sys, pathlib; pathlib.Path({str(heard)!r}).write_bytes(sys.stdin.buffer.read())"
    place.host["/beat"] = page("ok")
    text = place.config.read_text(encoding="utf-8")
    notify = f"[notify]\nheartbeat_url = {json.dumps(place.host.url('/beat'))}\ncommand = {json.dumps([sys.executable, '-c', script])}\n"
    place.config.write_text(notify + text, encoding="utf-8")
    assert place.nianbao("run") == 0
    assert place.host.asked().count("/beat") == 1
    assert not heard.exists()
    place.host[next(path for path in place.host.routes if "t20250122" in path)] = Answer(404)
    assert place.nianbao("run") == 3
    assert place.host.asked().count("/beat") == 1
    assert json.loads(heard.read_text(encoding="utf-8"))["exit_code"] == 3


def test_a_locked_archive_is_told_to_the_command_too(place: Place) -> None:
    """A run that could not even start is a problem that somebody should hear of."""
    heard = place.folder / "heard.json"
    script = f"import sys, pathlib; pathlib.Path({str(heard)!r}).write_bytes(sys.stdin.buffer.read())"
    text = place.config.read_text(encoding="utf-8")
    place.config.write_text(f"[notify]\ncommand = {json.dumps([sys.executable, '-c', script])}\n{text}", encoding="utf-8")
    with held(place.archive):
        assert place.nianbao("run") == 75
    assert json.loads(heard.read_text(encoding="utf-8"))["exit_code"] == 75
