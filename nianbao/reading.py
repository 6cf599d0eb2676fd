"""Documents read under enforced limits, in processes that can be killed: a hostile file costs one of them, never the run."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType

from extract.document import Problem, Source
from extract.report import Report
from nianbao.reading_worker import Request, receive, send

NEEDS_OCR = "needs_ocr"
WALL_FACTOR = 6
"""Wall time allowed per second of CPU: the machine may be busy with others."""
SLACK_S = 30.0
"""Wall time allowed for starting a process and for what takes no CPU."""
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(64 << 20)}
"""Of a reading process: one core, and what one document's tree took is kept for the next. By default glibc gives such memory back after
each document, and the next pays anew for every page of it: a sixth of reading HTML."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one document may cost. OCR has its own bound: recognising a page takes longer than parsing a book."""

    cpu_s: float = 10.0
    memory_mb: int = 1024
    ocr_cpu_s: float = 180.0
    ocr_memory_mb: int = 3072


@dataclass(slots=True)
class Worker:
    """One reading process; a new one takes its place when it is killed or dies, unless the worker is retired."""

    process: subprocess.Popen[bytes] | None = None
    retired: bool = False
    busy: bool = False
    turn: threading.Lock = field(default_factory=threading.Lock)
    """Held while it is settled whether the reading thread or the one that retires it tidies up."""

    def read(self, source: Source, parts: Sequence[Source], limits: Limits) -> Report:
        """The report of one document, by OCR only where it cannot be had without."""
        with self.turn:
            self.busy = True
        try:
            return self._read(source, parts, limits)
        finally:
            with self.turn:
                self.busy = False
                if self.retired:
                    self.close()

    def _read(self, source: Source, parts: Sequence[Source], limits: Limits) -> Report:
        report = self._ask(source, parts, False, limits.cpu_s, limits.memory_mb)
        if any(problem.code == NEEDS_OCR for problem in report.problems):
            return self._ask(source, parts, True, limits.ocr_cpu_s, limits.ocr_memory_mb)
        return report

    def _ask(self, source: Source, parts: Sequence[Source], ocr: bool, cpu_s: float, memory_mb: int) -> Report:
        process = self._started()
        stdin, stdout = process.stdin, process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("the reading process has no pipes")
        # Whatever the process hangs in, taking a request or halfway through an answer, its end ends the wait.
        alarm = threading.Timer(cpu_s * WALL_FACTOR + SLACK_S, process.kill)
        alarm.daemon = True
        alarm.start()
        try:
            send(stdin, Request(source, tuple(parts), ocr, cpu_s, memory_mb))
            answer = receive(stdout)
        except BrokenPipeError:
            answer = None
        finally:
            alarm.cancel()
        return answer if isinstance(answer, Report) else self._given_up(cpu_s, memory_mb)

    def _started(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self.close()
            command = [sys.executable, "-c", "from nianbao.reading_worker import main; main()"]
            quiet = None if os.environ.get("NIANBAO_DEBUG") else subprocess.DEVNULL
            environment = {**os.environ, **ENVIRONMENT}
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet, env=environment)
        if self.retired:
            self.process.kill()
        return self.process

    def retire(self) -> None:
        """End the process for good; a thread that still waits for its answer tidies up. May be called from another thread."""
        with self.turn:
            self.retired = True
            if not self.busy:
                self.close()
            elif (process := self.process) is not None:
                process.kill()

    def _given_up(self, cpu_s: float, memory_mb: int) -> Report:
        self.close()
        message = f"reading was given up at {cpu_s:g} s of CPU or {memory_mb} MiB (config: [read] timeout_s, memory_mb)"
        return Report("unreadable", "none", problems=(Problem("too_complex", message),))

    def close(self) -> None:
        """Kill the process, if there is one."""
        if self.process is not None:
            self.process.kill()
            for stream in (self.process.stdin, self.process.stdout):
                if stream is not None:
                    _close(stream)
            self.process.wait()
            self.process = None


def _close(stream: object) -> None:
    try:
        stream.close()  # type: ignore[attr-defined]  # a pipe of Popen
    except BrokenPipeError:
        return  # what was still to be sent is of no use to a dead process


def read_limited(source: Source, parts: Sequence[Source] = (), limits: Limits | None = None) -> Report:
    """One document in a process of its own."""
    worker = Worker()
    try:
        return worker.read(source, parts, limits or Limits())
    finally:
        worker.close()


@dataclass(slots=True)
class ReadingPool:
    """Several reading processes for an event loop. Reports come back in any order; each call gets its own."""

    size: int
    limits: Limits
    idle: asyncio.Queue[Worker] = field(default_factory=asyncio.Queue)
    workers: list[Worker] = field(default_factory=list)

    async def __aenter__(self) -> ReadingPool:
        for _ in range(max(1, self.size)):
            self._add()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for worker in self.workers:
            worker.close()

    async def read(self, source: Source, parts: Sequence[Source] = ()) -> Report:
        """The report of one document, as soon as a process is free."""
        worker = await self.idle.get()
        try:
            report = await asyncio.to_thread(worker.read, source, parts, self.limits)
        except BaseException:
            # The thread may still be at it: nobody may get the answer to another's question.
            worker.retire()
            self.workers.remove(worker)
            self._add()
            raise
        self.idle.put_nowait(worker)
        return report

    def _add(self) -> None:
        worker = Worker()
        self.workers.append(worker)
        self.idle.put_nowait(worker)
