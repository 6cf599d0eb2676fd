"""A polite guest's pace: one request at a time per host and per address, and a pause between them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext


class Pace:
    """Hands out turns. Times are those of the running event loop, so that a simulated clock can drive them.

    `delay_s` is the least pause, drawn out by up to the share `jitter`; `max_hosts` is how many exchanges run at a time.
    """

    def __init__(self, delay_s: float, jitter: float, max_hosts: int) -> None:
        self._delay_s = delay_s
        self._jitter = jitter
        self._slots = asyncio.Semaphore(max_hosts)
        self._locks: dict[str, asyncio.Lock] = {}
        self._free_at: dict[str, float] = {}

    @asynccontextmanager
    async def turn(self, host: str, address: str, delay_s: float | None = None) -> AsyncIterator[None]:
        """Wait until host and address have rested, then hold both until the exchange is over. `delay_s` only lengthens."""
        async with self._free(host), self._free(address) if address != host else nullcontext(), self._slots:
            try:
                yield
            finally:
                pause = max(self._delay_s, delay_s or 0.0) * (1 + random.uniform(0, self._jitter))  # noqa: S311 - a pause, no secret
                self.hold(host, pause)
                self.hold(address, pause)

    def hold(self, key: str, seconds: float) -> None:
        """Let a host or address be for `seconds` from now, at least."""
        until = asyncio.get_running_loop().time() + seconds
        self._free_at[key] = max(until, self._free_at.get(key, 0.0))

    @asynccontextmanager
    async def _free(self, key: str) -> AsyncIterator[None]:
        async with self._locks.setdefault(key, asyncio.Lock()):
            while (wait := self._free_at.get(key, 0.0) - asyncio.get_running_loop().time()) > 0:
                await asyncio.sleep(wait)
            yield
