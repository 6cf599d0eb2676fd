"""A fetcher whose request under way outlives a stop: it is answered and archived, then the stop goes on.

It also tells of requests that take long, for their turn at a host or for its answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from crawler.capture import Capture, Fetcher

GRACE_S = 60.0
"""Longer than this nobody waits for an answer who asked for a stop; service managers give about as much."""


SLOW_S = 10.0
"""A request that takes longer is told of once."""


class Finishing:
    """A `Fetcher` around another. Cancelled in the middle of a request, it waits for its end before it is gone.

    `slow` is called with the address of each request that is still not answered after ten seconds.
    """

    def __init__(self, inner: Fetcher, grace_s: float = GRACE_S, slow: Callable[[str], None] | None = None) -> None:
        self._inner = inner
        self._grace_s = grace_s
        self._slow = slow

    async def get(self, url: str, *, referer: str | None = None, conditional: bool = False) -> Capture:
        """See `Fetcher`."""
        return await self._finished(url, self._inner.get(url, referer=referer, conditional=conditional))

    async def post(
        self, url: str, data: Mapping[str, str] | bytes, *, referer: str | None = None, media_type: str | None = None
    ) -> Capture:
        """See `Fetcher`."""
        return await self._finished(url, self._inner.post(url, data, referer=referer, media_type=media_type))

    async def _finished(self, url: str, request: Coroutine[Any, Any, Capture]) -> Capture:
        task = asyncio.create_task(request)
        try:
            done, _ = await asyncio.wait({task}, timeout=SLOW_S)
            if not done and self._slow is not None:
                self._slow(url)
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task}, timeout=self._grace_s)
            if task.cancel():
                await asyncio.wait({task})
            elif not task.cancelled():
                task.exception()  # what became of it is archived; nobody is left to be told of an error
            raise
