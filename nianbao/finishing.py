"""A fetcher whose request under way outlives a stop: it is answered and archived, then the stop goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from crawler.capture import Capture, Fetcher

GRACE_S = 60.0
"""Longer than this nobody waits for an answer who asked for a stop; service managers give about as much."""


class Finishing:
    """A `Fetcher` around another. Cancelled in the middle of a request, it waits for its end before it is gone."""

    def __init__(self, inner: Fetcher, grace_s: float = GRACE_S) -> None:
        self._inner = inner
        self._grace_s = grace_s

    async def get(self, url: str, *, referer: str | None = None, conditional: bool = False) -> Capture:
        """See `Fetcher`."""
        return await self._finished(self._inner.get(url, referer=referer, conditional=conditional))

    async def post(
        self, url: str, data: Mapping[str, str] | bytes, *, referer: str | None = None, media_type: str | None = None
    ) -> Capture:
        """See `Fetcher`."""
        return await self._finished(self._inner.post(url, data, referer=referer, media_type=media_type))

    async def _finished(self, request: Coroutine[Any, Any, Capture]) -> Capture:
        task = asyncio.create_task(request)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            await asyncio.wait({task}, timeout=self._grace_s)
            if task.cancel():
                await asyncio.wait({task})
            elif not task.cancelled():
                task.exception()  # what became of it is archived; nobody is left to be told of an error
            raise
