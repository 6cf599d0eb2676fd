"""Courtesy: patience with servers that fail, distance from those that refuse, one request at a time with pauses between."""

from __future__ import annotations

import asyncio
import time

import pytest

from crawler.client import Client
from crawler.errors import Blocked, Unreachable
from tests.visiting import failure, visit
from tests.webserver import Request, Route, Web, answer, page, serve, settings


def test_a_failing_server_is_asked_again_a_few_times() -> None:
    """A 502 that passes is no error; one that stays is, after two more tries."""

    async def steps(client: Client, web: Web) -> None:
        assert (await client.get(f"{web.base}/passes")).status == 200
        error = await failure(client.get(f"{web.base}/stays"))
        assert isinstance(error, Unreachable)
        assert error.retriable
        assert web.paths() == ["/passes"] * 2 + ["/stays"] * 3

    visit({"/passes": [answer(b"", "502 Bad Gateway"), page("x")], "/stays": answer(b"", "502 Bad Gateway")}, steps)


def test_a_client_error_is_not_asked_again() -> None:
    """400 does not pass with time."""

    async def steps(client: Client, web: Web) -> None:
        error = await failure(client.get(f"{web.base}/a"))
        assert not error.retriable
        assert web.paths() == ["/a"]

    visit({"/a": answer(b"", "400 Bad Request")}, steps)


def test_a_short_retry_after_is_waited_for() -> None:
    """Another request to the same server waits as well."""

    async def steps(client: Client, web: Web) -> None:
        started = time.monotonic()
        await client.get(f"{web.base}/a")
        assert time.monotonic() - started >= 1
        assert web.paths() == ["/a", "/a"]

    visit({"/a": [answer(b"", "503 Busy", "Retry-After: 1"), page("x")]}, steps)


def test_a_long_retry_after_rests_the_server() -> None:
    """Nothing more is asked of it, and the error says how long it is left alone."""

    async def steps(client: Client, web: Web) -> None:
        first = await failure(client.get(f"{web.base}/a"))
        assert first.retry_after_s == 3600
        second = await failure(client.get(f"{web.base}/b"))
        assert isinstance(second, Unreachable)
        assert second.retry_after_s is not None
        assert 3500 < second.retry_after_s <= 3600
        assert web.paths() == ["/a"]

    visit({"/a": answer(b"", "429 Too Many Requests", "Retry-After: 3600"), "/b": page("x")}, steps)


def test_a_wall_is_blocked_and_the_server_is_left_alone_for_ninety_minutes() -> None:
    """A wall is recorded, never climbed: no second request follows."""

    async def steps(client: Client, web: Web) -> None:
        error = await failure(client.get(f"{web.base}/a"))
        assert isinstance(error, Blocked)
        assert "瑞数" in error.message
        again = await failure(client.get(f"{web.base}/b"))
        assert isinstance(again, Blocked)
        assert again.retry_after_s == pytest.approx(5400, abs=60)
        assert web.paths() == ["/a"]

    wall = b"<html><head><script>$_ts=window['$_ts'];</script></head><body></body></html>"
    visit({"/a": answer(wall, "412 Precondition Failed", "Content-Type: text/html"), "/b": page("x")}, steps)


def test_one_refusal_is_no_wall_but_three_in_a_row_are() -> None:
    """A forbidden folder leaves the rest of the site within reach."""

    async def steps(client: Client, web: Web) -> None:
        await failure(client.get(f"{web.base}/1"))
        assert (await client.get(f"{web.base}/ok")).status == 200
        for path in ("/1", "/2", "/3"):
            assert isinstance(await failure(client.get(web.base + path)), Blocked)
        await failure(client.get(f"{web.base}/ok"))
        assert web.paths() == ["/1", "/ok", "/1", "/2", "/3"]

    forbidden = answer(b"<html><h1>403 Forbidden</h1></html>", "403 Forbidden")
    visit({"/1": forbidden, "/2": forbidden, "/3": forbidden, "/ok": page("x")}, steps)


def test_one_request_at_a_time_and_a_pause_between_them() -> None:
    """However many are wanted, exchanges with one server never overlap and begin at least the pause apart."""

    async def slow(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(page("x"))
        await writer.drain()

    async def steps(client: Client, web: Web) -> None:
        await asyncio.gather(*(client.get(f"{web.base}/{number}") for number in range(5)))
        for (_, ended), (began, _) in zip(web.spans, web.spans[1:], strict=False):
            assert began - ended >= 0.1 - 0.01

    visit({f"/{number}": slow for number in range(5)}, steps, delay_s=0.1, respect_robots=False)


def test_two_names_of_one_address_share_its_turn() -> None:
    """Sites that share a server are asked one after the other."""

    async def slow(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(page("x"))
        await writer.drain()

    async def steps(client: Client, web: Web) -> None:
        by_name = web.base.replace("127.0.0.1", "localhost")
        await asyncio.gather(*(client.get(f"{base}/a") for base in (web.base, by_name) for _ in range(2)))
        for (_, ended), (began, _) in zip(web.spans, web.spans[1:], strict=False):
            assert began >= ended

    visit({"/a": slow}, steps, respect_robots=False)


def test_different_servers_are_asked_at_the_same_time() -> None:
    """Politeness to one does not slow down another."""

    async def slow(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.3)
        writer.write(page("x"))
        await writer.drain()

    async def main() -> None:
        routes: dict[str, Route] = {"/": slow}
        async with serve(routes) as one, serve(routes, "127.0.0.2") as two, Client(settings(respect_robots=False)) as client:
            await asyncio.gather(client.get(f"{one.base}/"), client.get(f"{two.base}/"))
            assert two.spans[0][0] < one.spans[0][1]
            assert one.spans[0][0] < two.spans[0][1]

    asyncio.run(main())
