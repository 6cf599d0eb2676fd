"""Documents are read in processes that can be killed: a hostile one costs itself, openly, and nothing else."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from benchmarks import html_vs_peers
from extract.document import Source
from nianbao import reading
from nianbao.reading import Limits, ReadingPool, Worker, read_limited
from tests.corpus.generate.html import page
from tests.corpus.generate.model import specimen

GOOD = Source(page(specimen(1)).encode())
HEAVY = Source(("<table>" + "<tr><td>自然人</td><td>商业企业</td><td>1</td></tr>" * 30_000 + "</table>").encode() * 3)


def test_a_document_is_read_as_without_a_process() -> None:
    """The report comes back whole."""
    report = read_limited(GOOD)
    assert (report.status, len(report.figures)) == ("read", 200)


def test_a_document_beyond_its_memory_is_given_up_with_a_reason() -> None:
    """MemoryError, or death at the limit: the document is unreadable and says why."""
    report = read_limited(HEAVY, limits=Limits(memory_mb=64))
    assert report.status == "unreadable"
    assert [problem.code for problem in report.problems] == ["too_complex"]


@pytest.mark.skipif(sys.platform != "linux", reason="the counters of /proc")
def test_a_reading_process_keeps_the_memory_of_one_document_for_the_next() -> None:
    """It asks the system for next to none while documents of one size go by."""
    worker = Worker()
    large = Source(html_vs_peers.page(specimen(1)).encode())
    try:
        faults = []
        for _ in range(15):
            worker.read(large, (), Limits())
            faults.append(_page_faults(worker))
        assert faults[14] - faults[4] < 1000
    finally:
        worker.close()


def _page_faults(worker: Worker) -> int:
    assert worker.process is not None
    return int(Path(f"/proc/{worker.process.pid}/stat").read_text().rpartition(")")[2].split()[7])


def test_a_document_beyond_its_time_is_given_up_and_the_next_is_read() -> None:
    """The process dies at its CPU limit; the worker starts another."""
    slow = Source(
        b"".join(b"<p>" + "自然人商业企业科研机构社会公益组织法律服务机构其他总计".encode() + b"1" * 40 + b"</p>" for _ in range(60_000))
    )
    worker = Worker()
    try:
        given_up = worker.read(slow, (), Limits(cpu_s=0.0))
        after = worker.read(GOOD, (), Limits())
    finally:
        worker.close()
    assert [problem.code for problem in given_up.problems] == ["too_complex"]
    assert after.status == "read"


def test_a_killed_process_costs_one_document() -> None:
    """Killed from outside between two documents: the first after it is told or read, the next is read."""
    worker = Worker()
    try:
        assert worker.read(GOOD, (), Limits()).status == "read"
        assert worker.process is not None
        os.kill(worker.process.pid, signal.SIGKILL)
        worker.process.wait()
        assert worker.read(GOOD, (), Limits()).status == "read"
    finally:
        worker.close()


def test_a_pool_reads_many_at_once_and_mixes_none_up() -> None:
    """Twelve reports over two processes: each call gets its own."""
    models = [specimen(seed) for seed in range(12)]

    async def read_all() -> list[str | None]:
        async with ReadingPool(2, Limits()) as pool:
            reports = await asyncio.gather(*(pool.read(Source(page(model).encode())) for model in models))
        return [report.title for report in reports]

    assert asyncio.run(read_all()) == [model.title for model in models]


def test_what_hides_beside_a_hostile_table_is_still_read() -> None:
    """A table of 100,000 rows is told; the report beside it is read."""
    hostile = "<table>" + "<tr>" + "<td colspan=1000 rowspan=60000>x</td></tr>" * 400 + "</table>"
    text = page(specimen(2)).replace("</body>", hostile + "</body>")
    report = read_limited(Source(text.encode()))
    assert (report.status, len(report.figures)) == ("read", 200)
    assert [problem.code for problem in report.problems] == ["too_complex"]


def test_a_cancelled_reading_leaves_its_answer_to_nobody() -> None:
    """The process of a document that nobody waits for any more is ended; the next document gets its own report."""
    models = [specimen(seed) for seed in range(3)]

    async def read_after_cancelling() -> list[str | None]:
        async with ReadingPool(1, Limits()) as pool:
            await pool.read(Source(page(models[0]).encode()))
            first = asyncio.create_task(pool.read(Source(page(models[1]).encode() * 20)))
            await asyncio.sleep(0.02)
            first.cancel()
            return [(await pool.read(Source(page(models[2]).encode()))).title for _ in range(2)]

    assert asyncio.run(read_after_cancelling()) == [models[2].title] * 2


def test_a_process_retired_between_two_documents_leaves_nothing_open() -> None:
    """Its answer was complete before it was retired: nobody else would tidy up."""
    worker = Worker()
    worker.read(Source(b"<p>one</p>"), (), Limits())
    process = worker.process
    worker.retire()
    assert process is not None
    assert process.returncode is not None
    assert all(pipe is not None and pipe.closed for pipe in (process.stdin, process.stdout))


def test_a_process_that_neither_answers_nor_dies_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped before it takes a request larger than a pipe: the wait ends all the same."""
    monkeypatch.setattr(reading, "SLACK_S", 1.0)
    worker = Worker()
    try:
        assert worker.read(GOOD, (), Limits()).status == "read"
        assert worker.process is not None
        os.kill(worker.process.pid, signal.SIGSTOP)
        report = worker.read(Source(GOOD.content * 40), (), Limits(cpu_s=0.1))
    finally:
        worker.close()
    assert [problem.code for problem in report.problems] == ["too_complex"]
