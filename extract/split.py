"""Digits whose cell borders were lost (`8100009`) → numbers, where exactly one split satisfies every sum of the form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from math import prod

MAX_SPLITS = 20_000
MAX_TOGETHER = 50_000

Numbers = tuple[int, ...]


def splits(pieces: Sequence[str], count: int) -> Iterator[Numbers]:
    """All ways to read the printed pieces, left to right, as `count` whole numbers; no number has a leading zero.

    Borders between pieces stand; inside a piece any are possible.
    """
    if count < len(pieces):
        return
    if not pieces:
        if count == 0:
            yield ()
        return
    head, *rest = pieces
    for parts in range(1, count - len(rest) + 1):
        for first in _cut(head, parts):
            for others in splits(rest, count - parts):
                yield (*first, *others)


def _cut(digits: str, parts: int) -> Iterator[Numbers]:
    if parts == 1:
        if digits and (digits == "0" or digits[0] != "0"):
            yield (int(digits),)
        return
    ends = [1] if digits[:1] == "0" else range(1, len(digits) - parts + 2)
    for end in ends:
        if len(digits) - end < parts - 1:
            return
        for rest in _cut(digits[end:], parts - 1):
            yield (int(digits[:end]), *rest)


def candidates(pieces: Sequence[str], count: int, holds: Callable[[Numbers], bool]) -> tuple[Numbers, ...]:
    """The splits that the row's own sum allows; none where there are too many to look at."""
    found = []
    for seen, numbers in enumerate(splits(pieces, count)):
        if seen >= MAX_SPLITS:
            return ()
        if holds(numbers):
            found.append(numbers)
    return tuple(found)


def settle(rows: Mapping[str, Sequence[Numbers]], holds: Callable[[Mapping[str, Numbers]], bool]) -> dict[str, Numbers]:
    """One split a row: the only one, or the only one that the columns' sums allow; other rows are left out.

    `holds` says whether a full choice satisfies all column sums.
    """
    settled = {name: options[0] for name, options in rows.items() if len(options) == 1}
    doubtful = {name: options for name, options in rows.items() if len(options) > 1}
    if not doubtful or any(not options for options in rows.values()) or prod(map(len, doubtful.values())) > MAX_TOGETHER:
        return settled
    fitting = [choice for choice in product(*doubtful.values()) if holds(settled | dict(zip(doubtful, choice, strict=True)))]
    for i, name in enumerate(doubtful):
        options = {choice[i] for choice in fitting}
        if len(options) == 1:
            settled[name] = options.pop()
    return settled
