"""The whole job against the pretend portal: two nights over real sockets, then questions to what landed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nianbao import night
from nianbao.config import Config, load
from nianbao.demo.portal import NAME, Portal
from nianbao.demo.server import Web
from nianbao.night import Options
from nianbao.progress import Progress
from nianbao.summary import RunSummary

CONFIG = """\
# Written by `nianbao demo`: a pretend portal on this machine. Look around: nianbao --config {file} sql "FROM 年报"

[archive]
path = "var"

[crawl]
contact = "https://example.org/nianbao-demo"
delay_s = 0.0
allow_hosts = ["127.0.0.1"]
allow_private = ["127.0.0.0/8"]

[[site]]
id = "demo"
name = "{name}"
home = "{home}"
"""

COVERAGE = "SELECT year, agency, state, days_late FROM coverage WHERE expected ORDER BY year DESC, agency"
FINDINGS = "SELECT agency, year, rule, expected, actual, message FROM failed_check ORDER BY agency, year, rule"

QUESTIONS = (
    ("What was read", "SELECT 行政机关, 年度, 口径, 版式, 读取状态, 单元格数 FROM 年报 ORDER BY 行政机关, 年度"),
    ("Who asked", "SELECT agency, year, natural_person, total FROM requests WHERE row_code = 'requests.new' ORDER BY agency, year"),
    ("What an agency changed after it had published", "SELECT 行政机关, 年度, 项目, 栏目代码, 原值, 新值 FROM 更正 ORDER BY ALL"),
)
"""Three questions, each with its heading."""

FIGURE = ("沙湾市金沟河镇 2024", "requests.new", "total")
"""The figure whose cell is shown."""


@dataclass(frozen=True, slots=True)
class Nights:
    """Two runs: one that finds everything, and one after the portal has put a correction in the place of a report."""

    config: Config
    first: RunSummary
    second: RunSummary


def play(folder: Path, progress: Progress) -> Nights:
    """Serve the portal, and crawl it twice into a fresh archive in a folder; `folder/config.toml` stays."""
    folder.mkdir(parents=True, exist_ok=True)
    with _portal() as (portal, home):
        file = folder / "config.toml"
        file.write_text(CONFIG.format(file=file, name=NAME, home=home), encoding="utf-8")
        config = load(file, {})
        first = night.run(config, Options(), progress)
        portal.corrected = True
        return Nights(config, first, night.run(config, Options(), progress))


@contextmanager
def _portal() -> Iterator[tuple[Portal, str]]:
    with Web() as web:
        host = web.host()
        yield Portal(host), host.url("/")
