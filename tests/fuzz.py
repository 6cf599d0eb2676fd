"""Mutated documents for every reader: each must end as a report that says what it is, in time, without a traceback.

python -m tests.fuzz --count 100000 --workers 2        # make soak; writes docs/fuzz.md with --record
python -m tests.fuzz --count 1000 --pictures           # the same for what is read by OCR
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from extract.document import Source
from extract.read import read
from tests.accuracy import Case, cases

SECONDS = 10
"""CPU seconds that one document may take."""
PICTURE_SECONDS = 60
"""The same where it is read by OCR."""
BATCH = 500
PICTURE_BATCH = 50
TOKENS = (
    *(
        b"<table>",
        b"</table>",
        b"<td rowspan=65534 colspan=1000>",
        b"<div>" * 50,
        b"<!--",
        b"-->",
        b"<script>",
        b"\\trowd\\cellx9\\cell\\row",
        b"\0",
    ),
    *(
        b"<w:tbl>",
        b"</w:tc>",
        b"<w:vMerge/>",
        b"obj",
        b"endobj",
        b"stream",
        b"xref",
        b"/Kids [1 0 R]",
        b"%PDF-1.7",
        b"PK\x03\x04",
        b"\xff" * 64,
    ),
    *(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "自然人".encode(),
        "总计".encode("gb18030"),
        b"999999999999",
        b"-1",
        b"&#x110000;",
        b"\xef\xbb\xbf",
        b"{\\rtf",
    ),
)


def mutate(content: bytes, rng: random.Random, others: Sequence[bytes]) -> bytes:
    """One to five changes: bits, bytes, pieces cut, doubled, moved, replaced by hostile words or by another document's bytes."""
    data = bytearray(content)
    for _ in range(rng.randint(1, 5)):
        change = rng.randrange(8)
        at = rng.randrange(len(data) + 1)
        length = min(len(data) - at, int(rng.paretovariate(0.6)))
        if change == 0 and data:
            data[at % len(data)] ^= 1 << rng.randrange(8)
        elif change == 1:
            data[at : at + length] = rng.randbytes(length)
        elif change == 2:
            del data[at : at + length]
        elif change == 3:
            data[at:at] = data[at : at + min(length, 4096)] * rng.randint(1, 4)
        elif change == 4:
            data[at:at] = rng.choice(TOKENS)
        elif change == 5:
            other = rng.choice(others)
            start = rng.randrange(len(other) + 1)
            data[at : at + length] = other[start : start + rng.randint(0, 2000)]
        elif change == 6:
            del data[at:]
        else:
            data = data[at:] if rng.random() < 0.3 else data
    return bytes(data)


def inputs(seed: int, count: int, pictures: bool = False) -> Iterator[tuple[str, bytes]]:
    """So many (name of the case, mutated bytes) of one seed."""
    rng = random.Random(seed)
    pool = [(case.folder.name, case.source.read_bytes()) for case in cases() if is_picture(case) == pictures]
    contents = [content for _, content in pool]
    for _ in range(count):
        name, content = rng.choice(pool)
        yield name, mutate(content, rng, contents)


def is_picture(case: Case) -> bool:
    """Whether a case needs OCR, which is fuzzed by itself and more briefly."""
    return bool(case.about.get("ocr"))


def statuses(seed: int, count: int, pictures: bool = False) -> Counter[str]:
    """Read every input of one seed in this process, naming each before it is read; what becomes of them, counted."""
    found: Counter[str] = Counter()
    slowest, seconds = 0.0, PICTURE_SECONDS if pictures else SECONDS
    for number, (name, content) in enumerate(inputs(seed, count, pictures)):
        print(f"{seed} {number} {name}", flush=True)
        used = time.process_time()
        resource.setrlimit(resource.RLIMIT_CPU, (int(used) + seconds + 1, resource.RLIM_INFINITY))
        found[read(Source(content), ocr=pictures).status] += 1
        slowest = max(slowest, time.process_time() - used)
    found["slowest_ms"] = round(slowest * 1000)
    return found


@dataclass(frozen=True, slots=True)
class Batch:
    """What one process came to; `died` names the input at which it ended, with what it said."""

    seed: int
    counts: Counter[str]
    died: str | None = None


def batch(seed: int, count: int = BATCH, pictures: bool = False) -> Batch:
    """One seed in a process of its own, so that a crash or a hang is seen and named."""
    command = [sys.executable, "-m", "tests.fuzz", "--seed", str(seed), "--count", str(count), *(["--pictures"] if pictures else [])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    if done.returncode:
        last = lines[-1] if lines else "before the first input"
        return Batch(seed, Counter(), f"{last}: exit {done.returncode}: {done.stderr.strip().splitlines()[-1:]}")
    return Batch(seed, Counter({key: int(value) for key, _, value in (word.partition("=") for word in lines[-1].split())}))


def run(count: int, workers: int, pictures: bool = False, first_seed: int = 1) -> list[Batch]:
    """So many inputs over several processes."""
    size = PICTURE_BATCH if pictures else BATCH
    seeds = range(first_seed, first_seed + -(-count // size))
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda seed: batch(seed, size, pictures), seeds))


def report(batches: Sequence[Batch], seconds: float) -> str:
    """The outcome in words, for docs/fuzz.md."""
    total = Counter[str]()
    for one in batches:
        total += Counter({key: value for key, value in one.counts.items() if key != "slowest_ms"})
    slowest = max((one.counts["slowest_ms"] for one in batches), default=0)
    lines = [
        f"{sum(total.values()):,} mutated documents in {seconds / 60:.0f} minutes: "
        f"{sum(one.died is not None for one in batches)} crashes, hangs or tracebacks.",
        "",
        *(f"- {status}: {number:,}" for status, number in sorted(total.items())),
        f"- slowest: {slowest} ms of CPU",
        *(f"- died: {one.died}" for one in batches if one.died),
    ]
    return "\n".join(lines) + "\n"


def main() -> int:
    """A seed (one process), or a count over several."""
    parser = argparse.ArgumentParser(description="Fuzz the readers.")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--pictures", action="store_true", help="only what is read by OCR")
    parser.add_argument("--record", type=Path)
    options = parser.parse_args()
    if options.seed is not None:
        print(" ".join(f"{key}={value}" for key, value in statuses(options.seed, options.count, options.pictures).items()))
        return 0
    began = time.monotonic()
    batches = run(options.count, options.workers, options.pictures)
    text = report(batches, time.monotonic() - began)
    print(text)
    if options.record:
        options.record.write_text(
            "# Fuzzing the readers\n\n`python -m tests.fuzz --count 100000 --record docs/fuzz.md`\n\n" + text, encoding="utf-8"
        )
    return int(any(one.died for one in batches))


if __name__ == "__main__":
    raise SystemExit(main())
