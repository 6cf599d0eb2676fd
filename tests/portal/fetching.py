"""The real client, without its pauses, for walking the pretend web."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from crawler.client import Client
from crawler.settings import CrawlSettings

T = TypeVar("T")
SETTINGS = CrawlSettings(
    contact="tests@example.org",
    delay_s=0.0,
    jitter=0.0,
    timeout_s=5.0,
    allow_hosts=("127.0.0.*",),
    allow_private=("127.0.0.0/8",),
    retries=1,
    backoff_s=0.01,
    max_body_mb=8,
    respect_robots=False,
)


def run(work: Callable[[Client], Awaitable[T]], settings: CrawlSettings = SETTINGS) -> T:
    """Do something with a client, from start to end."""

    async def whole() -> T:
        async with Client(settings) as client:
            return await work(client)

    return asyncio.run(whole())
