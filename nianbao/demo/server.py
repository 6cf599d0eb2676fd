"""A small HTTP server on loopback whose pages, and whose misbehaviour, are data.

    with Web() as web:
        host = web.host({"/": page("<a href='/list'>年报</a>"), "/list?page=2": Answer(404)})
        host["/slow"] = Answer(200, b"x" * 1000, drip=Drip(10, 0.5))
        ... fetch host.url("/") ...
        assert [request.target for request in host.log] == ["/"]

One thread runs one event loop for all hosts; a route that is a function runs on it and must be quick.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from types import TracebackType
from typing import Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

T = TypeVar("T")
PHRASES = {status.value: status.phrase for status in HTTPStatus}
ENDLESS_LIMIT = 1 << 30
"""Bytes after which even an endless answer ends."""


class Drip(NamedTuple):
    """Send `size` bytes, wait `pause_s`, and so on."""

    size: int
    pause_s: float


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked. Header names are lower-cased; `target` is the path and query as sent; `at` is `time.monotonic()`."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    at: float
    host: str

    @property
    def path(self) -> str:
        """The path, percent-decoded."""
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        """The query's fields; of a repeated field the last."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The body read as a form; of a repeated field the last."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer and how it is sent. Without any behaviour it is a plain HTTP/1.1 response with its true length."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    delay_s: float = 0.0
    """Silence before the status line."""
    drip: Drip | None = None
    length: int | None = None
    """What Content-Length claims, where that is a lie."""
    chunked: bool = False
    unsized: bool = False
    """No length at all: the end of the connection is the end of the body."""
    cut_at: int | None = None
    """The connection is reset after that many bytes of the body; -1: before the status line."""
    endless: bool = False
    """The body is repeated until the client leaves."""
    raw: bytes | None = None
    """Sent verbatim instead of a response; then the connection closes."""

    def with_headers(self, *headers: tuple[str, str]) -> Answer:
        """The same with more headers."""
        return replace(self, headers=(*self.headers, *headers))


Route = Answer | Callable[[Request], Answer]
NOT_FOUND = Answer(
    404, b"<html><head><title>404 Not Found</title></head><body>404 Not Found</body></html>", (("Content-Type", "text/html"),)
)


def page(html: str, *, charset: str = "utf-8", declare: bool = True, status: int = 200) -> Answer:
    """An HTML page in a charset; with `declare`, the Content-Type names it."""
    media_type = f"text/html; charset={charset}" if declare else "text/html"
    return Answer(status, html.encode(charset, "xmlcharrefreplace"), (("Content-Type", media_type),))


def content(body: bytes | str, media_type: str) -> Answer:
    """A body of any type; text is sent as UTF-8."""
    return Answer(200, body.encode() if isinstance(body, str) else body, (("Content-Type", media_type),))


def redirect(location: str, status: int = 302, *headers: tuple[str, str]) -> Answer:
    """A redirection to a location."""
    return Answer(status, b"", (("Location", location), *headers))


def in_turn(*routes: Route) -> Callable[[Request], Answer]:
    """The first request gets the first route, and so on; the last one stays."""
    rest = list(routes)

    def answer(request: Request) -> Answer:
        return resolve(rest.pop(0) if len(rest) > 1 else rest[0], request)

    return answer


def validated(route: Route, etag: str | None = None, last_modified: str | None = None) -> Callable[[Request], Answer]:
    """The route with validators; a conditional request that matches gets a 304."""
    named = (("ETag", etag), ("Last-Modified", last_modified))
    validators = tuple((name, value) for name, value in named if value is not None)

    def answer(request: Request) -> Answer:
        same = etag is not None and request.headers.get("if-none-match") == etag
        same = same or (last_modified is not None and request.headers.get("if-modified-since") == last_modified)
        return Answer(304, b"", validators) if same else resolve(route, request).with_headers(*validators)

    return answer


def resolve(route: Route, request: Request) -> Answer:
    """The answer that a route gives to a request."""
    return route if isinstance(route, Answer) else route(request)


@dataclass(slots=True)
class Host:
    """One address and port with its routes and the log of its requests.

    Keys of `routes`: `/path?query`, `/path` (any query), either with a method before it (`POST /path`). Most exact wins.
    """

    address: str
    port: int
    scheme: str = "http"
    routes: dict[str, Route] = field(default_factory=dict)
    fallback: Route = NOT_FOUND
    log: list[Request] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """`http://127.0.0.1:1234`, without a slash at its end."""
        return f"{self.scheme}://{self.address}:{self.port}"

    def url(self, path: str = "/") -> str:
        """The absolute address of a path here."""
        return self.origin + path

    def __setitem__(self, key: str, route: Route) -> None:
        self.routes[key] = route

    def asked(self, method: str | None = None) -> list[str]:
        """The targets asked for, in order."""
        return [request.target for request in self.log if method in (None, request.method)]

    def answer(self, request: Request) -> Answer:
        """Log the request and answer it."""
        self.log.append(request)
        keys = (request.target, unquote(request.target), request.path)
        keyed = (key for target in keys for key in (f"{request.method} {target}", target))
        return resolve(next((self.routes[key] for key in keyed if key in self.routes), self.fallback), request)


class Web:
    """Any number of hosts on loopback for the length of a `with` block."""

    def __init__(self) -> None:
        self.hosts: list[Host] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pretend web", daemon=True)
        self._servers: list[asyncio.Server] = []
        self._talks: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Web:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def log(self) -> list[Request]:
        """The requests to all hosts in order of time."""
        return sorted((request for host in self.hosts for request in host.log), key=lambda request: request.at)

    def host(
        self, routes: Mapping[str, Route] | None = None, *, address: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
    ) -> Host:
        """Open a host on a free port (or the given one) of a loopback address."""
        listener = socket.create_server((address, port), backlog=512)
        host = Host(address, listener.getsockname()[1], "https" if tls else "http", dict(routes or {}))
        self._servers.append(self._call(self._serve(listener, host, tls)))
        self.hosts.append(host)
        return host

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _serve(self, listener: socket.socket, host: Host, tls: ssl.SSLContext | None) -> asyncio.Server:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self._talks.add(task)
            task.add_done_callback(self._talks.discard)
            await converse(reader, writer, host)

        return await asyncio.start_server(talk, sock=listener, ssl=tls)

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        talks = list(self._talks)
        for talk in talks:
            talk.cancel()
        await asyncio.gather(*talks, return_exceptions=True)
        await asyncio.sleep(0)  # transports close on the next turn of the loop


async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
    """Answer the requests of one connection until either side is done."""
    # Head and body go out in two pieces; without this the second waits 40 ms for the first to be acknowledged.
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # A client may leave at any moment: for a server that is the end of a conversation, not an error.
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError, ssl.SSLError):
        while (request := await receive(reader, host)) is not None:
            if not await send(writer, request, host.answer(request)):
                break
    writer.close()


async def receive(reader: asyncio.StreamReader, host: Host) -> Request | None:
    """The next request, or None where the client has nothing more to ask."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Request(method, target, headers, body, time.monotonic(), host.origin)


async def send(writer: asyncio.StreamWriter, request: Request, answer: Answer) -> bool:
    """Send an answer as it wishes to be sent; False where the connection is over after it."""
    await asyncio.sleep(answer.delay_s)
    if answer.cut_at == -1:
        return reset(writer)
    if answer.raw is not None:
        writer.write(answer.raw)
        await writer.drain()
        return False
    writer.write(head_of(answer))
    bodiless = request.method == "HEAD" or answer.status in (204, 304)
    for piece in () if bodiless else pieces(answer):
        writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n" if answer.chunked else piece)
        await writer.drain()
        if answer.drip:
            await asyncio.sleep(answer.drip.pause_s)
    if answer.cut_at is not None:
        await asyncio.sleep(0.02)  # what was sent so far shall arrive before the reset does
        return reset(writer)
    if answer.chunked and not bodiless:
        writer.write(b"0\r\n\r\n")
    await writer.drain()
    return keeps_open(request, answer)


def keeps_open(request: Request, answer: Answer) -> bool:
    """Whether another request may follow on the same connection."""
    ends = answer.unsized or (answer.length not in (None, len(answer.body)))
    return not ends and request.headers.get("connection", "").lower() != "close"


def head_of(answer: Answer) -> bytes:
    """Status line and headers."""
    phrase = PHRASES.get(answer.status, "Unknown")
    headers = list(answer.headers)
    if answer.chunked:
        headers.append(("Transfer-Encoding", "chunked"))
    elif not answer.unsized and answer.status not in (204, 304):
        headers.append(("Content-Length", str(len(answer.body) if answer.length is None else answer.length)))
    lines = [f"HTTP/1.1 {answer.status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def pieces(answer: Answer) -> Iterator[bytes]:
    """The body in the pieces in which it is sent, up to where it is cut."""
    size = answer.drip.size if answer.drip else 1 << 16
    sent = 0
    for body in repeated(answer.body) if answer.endless else (answer.body,):
        for start in range(0, len(body), size):
            piece = body[start : start + size]
            if answer.cut_at is not None and sent + len(piece) >= answer.cut_at:
                if answer.cut_at > sent:
                    yield piece[: answer.cut_at - sent]
                return
            sent += len(piece)
            yield piece


def repeated(body: bytes) -> Iterable[bytes]:
    """The body again and again, up to the limit."""
    return (body for _ in range(ENDLESS_LIMIT // max(1, len(body))))


def reset(writer: asyncio.StreamWriter) -> bool:
    """Cut the connection with a TCP reset."""
    connection = writer.get_extra_info("socket")
    # Lingering for zero seconds turns the close into a reset.
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
    return False
