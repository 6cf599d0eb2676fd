"""The store at scale against SQLite and CSV with pandas, on the same figures, in one run.

    python -m benchmarks.store_scale [--reports N] [--folder DIR]

300,000 reports take an hour and 20 GB of disk. Load is timed from `Report` objects to committed rows, in the transactions of
`nianbao reread`; making the objects is timed apart. Reports come from `store_reports`, the peers' part is `store_peers`.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from benchmarks.store_peers import pandas_csv, sqlite
from benchmarks.store_reports import pool, reports, streamed
from crawler.site import Site
from nianbao.rereading import TOGETHER
from store.archive import Archive
from store.attention import attend
from store.coverage import counted
from store.crosscheck import settle
from store.database import scalar
from store.loading import Item
from store.publish import PUBLISHED, publish
from store.query import ask, examples, reading

ALONE = 50
"""Reports loaded one by one at the end, as a night does."""
PROC = Path("/proc/self")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds by the clock, seconds of processor time over all cores."""

    wall: float = 0.0
    cpu: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall + other.wall, self.cpu + other.cpu)


def cost(work: Callable[[], object]) -> Cost:
    """What it takes, once."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def peak_mb() -> int:
    """The most memory held since the last call, in MB."""
    line = next(line for line in (PROC / "status").read_text().splitlines() if line.startswith("VmHWM"))
    (PROC / "clear_refs").write_text("5")
    return int(line.split()[1]) // 1024


def batches(items: Iterator[Item]) -> Iterator[list[Item]]:
    """As many as are loaded in one transaction."""
    while batch := list(islice(items, TOGETHER)):
        yield batch


def load(archive: Archive, count: int, minutes: float) -> int:
    """Fills the archive, until the time is up at most, and says at each tenth what that tenth took; returns the figures loaded."""
    archive.start_run()
    spent, total, figures, before, part, done = Cost(), Cost(), 0, 0, 1, 0
    until = time.monotonic() + 60 * minutes
    for batch in batches(streamed(count, min(800, max(100, count // 40)))):
        _know_sites(archive, batch)
        spent += cost(lambda batch=batch: archive.load_all(batch))  # type: ignore[misc]
        figures, done = figures + sum(len(report.figures) for report, _ in batch), done + len(batch)
        if done >= part * count / 10:
            say("load", f"{done:,} reports", spent, figures - before)
            spent, total, before, part = Cost(), total + spent, figures, part + 1
        if time.monotonic() > until:
            break
    total += spent
    say("load", f"{done:,} reports, {figures:,} figures", total, figures)
    return figures


def _know_sites(archive: Archive, batch: list[Item]) -> None:
    for _, source in batch:
        if source.site_id not in archive._divisions:  # sites themselves are not what is measured
            archive._divisions[source.site_id] = source.site_id[1:]


def alone(archive: Archive, count: int) -> None:
    """One transaction a report, as `nianbao run` has it, into an archive that is full: copies with other figures, the dearest case."""
    moved = [(report, replace(source, url=f"{source.url}?copy")) for report, source in islice(reports(count, pool(ALONE)), ALONE)]
    took = sorted(cost(lambda one=one: archive.load(*one)).wall for one in moved)  # type: ignore[misc]
    print(f"one by one      {took[ALONE // 2] * 1000:8.1f} ms a report (median of {ALONE})", flush=True)


def say(what: str, of: str, took: Cost, figures: int = 0) -> None:
    """One line of the result."""
    rate = f"{figures / took.wall:10,.0f} figures/s, {figures / took.cpu:,.0f} a second of CPU" if figures else ""
    print(f"{what:15s} {took.wall:8.1f} s  {took.cpu:8.1f} s CPU  {peak_mb():6,} MB  {of}  {rate}", flush=True)


def ours(folder: Path) -> dict[str, Cost]:
    """Every example question and coverage, against the published file, through the sandbox; the better of two."""
    with reading(folder) as connection:
        work: dict[str, Callable[[], object]] = {
            name: (lambda sql=one.sql: ask(connection, sql).arrow()) for name, one in examples().items()
        }
        work["coverage"] = lambda: counted(connection, "province")
        return {name: min(cost(one), cost(one), key=lambda took: took.wall) for name, one in work.items()}


def compare(folder: Path, figures: int, answers: dict[str, Cost]) -> None:
    """The peers, on the same figures."""
    for name, peer in (("SQLite", sqlite), ("CSV + pandas", pandas_csv)):
        told = peer(folder)
        print(
            f"{name}: load {told.seconds:.1f} s, {figures / told.seconds:,.0f} figures/s, {told.size / figures:.1f} bytes a figure "
            f"(six columns of them), {peak_mb():,} MB",
            flush=True,
        )
        for question, seconds in told.answers.items():
            print(f"  {question:34s} {seconds:9.3f} s  {seconds / answers[question].wall:8.1f} x ours", flush=True)


def built(folder: Path, count: int, minutes: float) -> None:
    """An archive: what each step of building it took, and its size."""
    with Archive(folder) as archive:
        figures = load(archive, count, minutes)
        archive.add_site(Site("s", "s", "https://s/"))
        say("rules", "across years and agencies", cost(lambda: settle(archive.connection)))
        say("attention", "", cost(lambda: attend(archive.connection, 1, datetime.now(UTC))))
        say("publish", "", cost(lambda: publish(folder, keep=0, work=archive.connection)))
        alone(archive, count)
    size = (folder / PUBLISHED).stat().st_size
    print(f"database        {size / 1e6:8.1f} MB {size / figures:8.1f} bytes a figure, text, findings and provenance included", flush=True)
    with reading(folder) as connection:
        for table in TABLES:
            blocks = scalar(connection, BLOCKS.format(table))
            print(f"  of which {table:24s} {blocks * 262_144 / figures:6.2f} bytes a figure", flush=True)


def asked(folder: Path, peers: bool) -> None:
    """Every question to what is published there; with `peers` to them too."""
    answers = ours(folder)
    for name, took in answers.items():
        print(f"  {name:34s} {took.wall:7.3f} s  {took.cpu:7.3f} s CPU", flush=True)
    print(f"asked with {peak_mb():,} MB at most", flush=True)
    if peers:
        with reading(folder) as connection:
            figures = int(scalar(connection, "SELECT count(*) FROM figure"))
        compare(folder, figures, answers)


BLOCKS = "SELECT count(DISTINCT block_id) FROM pragma_storage_info('{}')"
TABLES = ("figure", "section", "finding", "report", "claim", "similarity", "report_table", "part", "reading", "agency", "roster")


def main() -> None:
    """Measure and print; what was built is deleted unless a folder was given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=1e6, help="go on with what is loaded after that time")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--asked", action="store_true", help="only ask: the folder holds an archive already")
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="nianbao-scale-"))
    try:
        if not options.asked:
            built(folder, options.reports, options.minutes)
        asked(folder, not options.no_peers)
    finally:
        if options.folder is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
