"""The process in which documents are read: takes pickled requests on stdin, answers reports on stdout, dies at its limits.

Started by `nianbao.reading`; never by hand.
"""

from __future__ import annotations

import os
import pickle
import resource
import struct
import sys
import traceback
from pathlib import Path
from typing import IO, NamedTuple

from extract.document import Problem, Source
from extract.read import read
from extract.report import Report

LENGTH = struct.Struct(">Q")


class Request(NamedTuple):
    """One document to read and what it may cost."""

    source: Source
    parts: tuple[Source, ...]
    ocr: bool
    cpu_s: float
    memory_mb: int


def send(stream: IO[bytes], message: object) -> None:
    """One message, its length before it."""
    data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    stream.write(LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> object | None:
    """The next message; None at the end of the stream, also in the middle of one."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    data = stream.read(length)
    return pickle.loads(data) if len(data) == length else None  # noqa: S301 - both ends are ours


def limit(cpu_s: float, memory_mb: int) -> None:
    """From now on this process may use that much more CPU time, and so much memory in all."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime + cpu_s) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    resource.setrlimit(resource.RLIMIT_DATA, (memory_mb << 20, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def main() -> None:
    """Answer requests until the stream ends. Whatever a library prints goes to stderr, never between the answers."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.setrecursionlimit(5000)
    while (request := receive(sys.stdin.buffer)) is not None:
        if not isinstance(request, Request):
            raise TypeError(f"not a request: {type(request)}")
        limit(request.cpu_s, request.memory_mb)
        send(answers, _answer(request))


def _answer(request: Request) -> Report:
    """The report; a reader that fails on one document costs that document, openly, not the run."""
    try:
        return read(request.source, request.parts, ocr=request.ocr)
    except (MemoryError, RecursionError) as error:
        problem = Problem("too_complex", f"reading was given up: {type(error).__name__}")
    except Exception as error:  # noqa: BLE001 - whatever a reader does not foresee becomes a problem that names it
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = f"a bug in the reader: {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno}); please report it"
        problem = Problem("reader_failed", said)
        traceback.print_exc()
    return Report("unreadable", "none", problems=(problem,))
