"""A web server for tests that does what it is told, byte by byte, wrong things included."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from crawler.settings import CrawlSettings


@dataclass(frozen=True)
class Request:
    """One request as it came in; `began` is the moment of its first line, `ended` is filled in when its answer is out."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    began: float


Play = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]
"""Writes an answer, in its own time."""
Route = bytes | Play | list["bytes | Play"]
"""One answer, or a list of answers given in turn, the last one again and again."""


def answer(body: bytes = b"", status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    """A whole HTTP answer; `length` to lie about it."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def page(text: str, *headers: str, status: str = "200 OK") -> bytes:
    """A page of HTML with enough on it not to look like a wall."""
    links = "".join(f'<li><a href="/{number}">{number}</a></li>' for number in range(8))
    html = f"<html><head><title>{text}</title></head><body><h1>{text}</h1><ul>{links}</ul></body></html>"
    return answer(html.encode(), status, "Content-Type: text/html; charset=utf-8", *headers)


@dataclass
class Web:
    """A running server: what it was asked, and when answers were out."""

    base: str
    routes: dict[str, Route]
    log: list[Request] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)
    turns: dict[str, int] = field(default_factory=dict)

    def paths(self, *, robots: bool = False) -> list[str]:
        """The paths asked for, in order; robots.txt only where wanted."""
        return [request.path for request in self.log if robots or request.path != "/robots.txt"]

    def next_answer(self, path: str) -> bytes | Play:
        """The answer whose turn it is."""
        route = self.routes.get(path, answer(b"<html><body>no such page</body></html>", "404 Not Found"))
        if not isinstance(route, list):
            return route
        turn = self.turns.get(path, 0)
        self.turns[path] = turn + 1
        return route[min(turn, len(route) - 1)]


@asynccontextmanager
async def serve(
    routes: Mapping[str, Route], host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None, port: int = 0
) -> AsyncIterator[Web]:
    """Serve routes on a free port of a loopback address, until the block ends."""
    web = Web("", dict(routes))
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            while (request := await _read(reader)) is not None:
                web.log.append(request)
                play = web.next_answer(request.path)
                if isinstance(play, bytes):
                    writer.write(play)
                    await writer.drain()
                else:
                    await play(request, writer)
                web.spans.append((request.began, time.monotonic()))
                if writer.is_closing():
                    break
        except (ConnectionError, asyncio.CancelledError):
            return
        finally:
            writer.close()
            tasks.discard(task)

    server = await asyncio.start_server(connected, host, port, ssl=tls)
    bound = server.sockets[0].getsockname()[1]
    web.base = f"{'https' if tls else 'http'}://{host}:{bound}"
    try:
        yield web
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
        return None
    began = time.monotonic()
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, path, _ = first.split(" ", 2)
    return Request(method, path, headers, body, began)


def settings(**changes: object) -> CrawlSettings:
    """Settings for loopback, in a hurry."""
    quick: dict[str, object] = {
        "contact": "https://example.org/nianbao",
        "delay_s": 0.0,
        "timeout_s": 2.0,
        "backoff_s": 0.01,
        "allow_hosts": ("127.*", "localhost"),
        "allow_private": ("127.0.0.0/8", "::1/128"),
        "max_body_mb": 1,
    }
    return CrawlSettings(**(quick | changes))  # type: ignore[arg-type]  # the fields by name
