"""A client, a server, and the steps of a test between them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest

from crawler.capture import Capture
from crawler.client import Client
from crawler.errors import CrawlError
from tests.webserver import Route, Web, serve, settings

Visit = Callable[[Client, Web], Awaitable[None]]


def visit(routes: Mapping[str, Route], steps: Visit, **changes: object) -> None:
    """Run steps with a client against a server."""

    async def main() -> None:
        async with serve(routes) as web, Client(settings(**changes)) as client:
            await steps(client, web)

    asyncio.run(main())


async def failure(fetching: Awaitable[Capture]) -> CrawlError:
    """The error that a request ends in."""
    with pytest.raises(CrawlError) as caught:
        await fetching
    return caught.value
