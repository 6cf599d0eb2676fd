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

LANDED = "SELECT agency, year, scope, edition, status, media_type, version FROM annual_report ORDER BY agency, year"

QUESTIONS = (
    (
        "Who was asked how much",
        "SELECT agency, year, natural_person, total FROM requests WHERE row_code = 'requests.new' ORDER BY agency, year",
    ),
    ("What an agency changed after it had published", "SELECT agency, year, row_label, old_value, new_value FROM correction ORDER BY ALL"),
    ("Sums that do not add up", "SELECT agency, year, rule, expected, actual, message FROM failed_check ORDER BY ALL"),
)
"""Three questions, each with its heading."""

ONE_FIGURE = """\
SELECT report_id, row_code, column_code FROM figure JOIN report USING (report_id)
WHERE is_current AND table_code = 'requests' AND value > 0 ORDER BY year DESC, report_id, row_no, column_no LIMIT 1
"""


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
