"""A whole run killed at random moments and started again, beside one that nobody disturbed."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from nianbao.demo.portal import NAME, Portal
from nianbao.demo.server import Web
from store.warc_read import records

CONFIG = """
[archive]
path = "var"
[crawl]
contact = "kill test"
delay_s = 0.0
allow_hosts = ["127.0.0.1"]
allow_private = ["127.0.0.0/8"]
[[site]]
id = "demo"
name = "{name}"
home = "{home}"
"""

TABLES = {
    "report": "agency, year, scope, version, reason, is_current, title, edition, url, status, published_on, signed_on",
    "figure": "agency, year, scope, table_code, row_code, column_code, value, unit, state, raw, table_no, row_no, column_no",
    "section": "agency, year, scope, ordinal, code, number, heading, text",
    "claim": "agency, year, scope, code, value, unit, sentence",
    "finding": "agency, year, scope, rule, row_code, column_code, outcome, expected, actual",
}
"""What must be the same, without numbers and times that a run gives."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one archive holds in the end. `kills` counts the runs that died of ours."""

    tables: dict[str, list[tuple[Any, ...]]]
    records: int
    captures: int
    distinct: int
    kills: int
    codes: list[int]


def run(config: Path) -> subprocess.Popen[bytes]:
    """`nianbao run` in a process of its own."""
    return subprocess.Popen([sys.executable, "-m", "nianbao", "--config", str(config), "run"], stderr=subprocess.PIPE)


def _folder(folder: Path, home: str) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG.format(name=NAME, home=home), encoding="utf-8")
    return folder / "config.toml"


def play(folder: Path, kills: int, seed: int, undisturbed_s: float = 3.0) -> Outcome:
    """Kill so many runs at moments drawn by `seed`, then let one finish."""
    rng = random.Random(seed)
    with Web() as web:
        portal = Portal(web.host())
        config = _folder(folder, portal.host.url("/"))
        killed = 0
        for _ in range(kills):
            process = run(config)
            time.sleep(rng.uniform(0.3, undisturbed_s))
            process.send_signal(signal.SIGKILL)
            process.communicate()
            killed += process.returncode == -signal.SIGKILL
        last = run(config)
        _, errors = last.communicate(timeout=120)
        assert last.returncode == 0, errors.decode()
        _check_gzip(folder)
        return _outcome(folder, killed, [last.returncode])


def _check_gzip(folder: Path) -> None:
    for path in sorted((folder / "var" / "warc").glob("*.warc.gz")):
        subprocess.run(["gzip", "-t", str(path)], check=True)


def _outcome(folder: Path, killed: int, codes: list[int]) -> Outcome:
    answers = {"response", "revisit"}
    count = sum(r.fields.get("warc-type") in answers for path in sorted((folder / "var" / "warc").glob("*.warc.gz")) for r in records(path))
    with duckdb.connect(str(folder / "var" / "nianbao.duckdb"), read_only=True) as database:
        tables = {name: _rows(database, name, columns) for name, columns in TABLES.items()}
        captures, distinct = database.execute("SELECT count(*), count(DISTINCT (warc_file, warc_offset)) FROM capture").fetchall()[0]
    return Outcome(tables, count, captures, distinct, killed, codes)


def _rows(database: duckdb.DuckDBPyConnection, table: str, columns: str) -> list[tuple[Any, ...]]:
    source = table if table == "report" else f"{table} JOIN (SELECT report_id, agency, year, scope FROM report) USING (report_id)"
    rows = database.execute(f"SELECT {columns} FROM {source}").fetchall()
    return sorted((tuple(_without_port(value) for value in row) for row in rows), key=repr)


def _without_port(value: object) -> object:
    """Addresses without the port, which differs from server to server."""
    if isinstance(value, str) and value.startswith("http://127."):
        return "/" + value.split("/", 3)[3]
    return value
