"""Digits whose cell borders were lost (`8100009`) → numbers, where exactly one split satisfies every sum of the form."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice, product
from math import prod

MAX_SPLITS = 2_000
MAX_STEPS = 300_000
MAX_DIGITS = 7
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


def candidates(pieces: Sequence[str], count: int) -> tuple[Numbers, ...]:
    """The splits into `count` numbers, whatever they add up to; none where there are too many to look at."""
    found = list(islice(splits(pieces, count), MAX_SPLITS))
    return tuple(found) if len(found) < MAX_SPLITS else ()


def sums(pieces: Sequence[str], count: int) -> tuple[Numbers, ...]:
    """The splits whose last number is the sum of the others; none where there are too many to look at.

    The last number is tried first, so that the others are sought with what is left of it.
    """
    search = _Search("".join(pieces), frozenset(accumulate(map(len, pieces))))
    found: list[Numbers] = []
    for start in range(len(search.digits) - 1, max(0, len(search.digits) - MAX_DIGITS) - 1, -1):
        total = search.number(start, len(search.digits))
        if total is not None:
            found += [(*numbers, total) for numbers in search.fill(0, start, count - 1, total)]
    return tuple(found) if search.steps < MAX_STEPS else ()


def groups(pieces: Sequence[str], size: int, count: int) -> tuple[Numbers, ...]:
    """The splits into `count` groups of `size` numbers, in each of which the last is the sum of the others."""
    search = _Search("".join(pieces), frozenset(accumulate(map(len, pieces))))
    found = [numbers for numbers, end in search.groups(0, size, count) if end == len(search.digits)]
    return tuple(found) if search.steps < MAX_STEPS else ()


@dataclass(slots=True)
class _Search:
    """Numbers read out of digits; `borders` are places that no number crosses. Gives up after `MAX_STEPS`."""

    digits: str
    borders: frozenset[int]
    steps: int = 0

    def number(self, start: int, end: int) -> int | None:
        """The number printed there, if one can be: no leading zero, no border inside."""
        text = self.digits[start:end]
        if not text or len(text) > MAX_DIGITS or (text[0] == "0" and len(text) > 1) or any(start < b < end for b in self.borders):
            return None
        return int(text)

    def fill(self, start: int, end: int, count: int, left: int) -> Iterator[Numbers]:
        """All ways to read [start, end) as `count` numbers that add up to `left`."""
        self.steps += 1
        if self.steps >= MAX_STEPS or end - start < count:
            return
        if count == 1:
            if self.number(start, end) == left:
                yield (left,)
            return
        for stop in range(start + 1, min(end - count + 1, start + MAX_DIGITS) + 1):
            value = self.number(start, stop)
            if value is not None and value <= left:
                yield from ((value, *rest) for rest in self.fill(stop, end, count - 1, left - value))

    def groups(self, start: int, size: int, count: int) -> Iterator[tuple[Numbers, int]]:
        """All ways to read groups from `start` on, with where they end."""
        if count == 0:
            yield (), start
            return
        for numbers, end in self._group(start, size - 1, ()):
            yield from ((numbers + rest, last) for rest, last in self.groups(end, size, count - 1))

    def _group(self, start: int, more: int, before: Numbers) -> Iterator[tuple[Numbers, int]]:
        self.steps += 1
        if self.steps >= MAX_STEPS:
            return
        if more == 0:
            total = sum(before)
            end = start + len(str(total))
            if self.number(start, end) == total:
                yield (*before, total), end
            return
        for stop in range(start + 1, min(len(self.digits), start + MAX_DIGITS) + 1):
            value = self.number(start, stop)
            if value is not None:
                yield from self._group(stop, more - 1, (*before, value))


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
