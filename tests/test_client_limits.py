"""Hostile bodies: bombs, endless streams, slow drips, lying lengths, broken codings. Nothing hangs, nothing floods the memory."""

from __future__ import annotations

import asyncio
import gzip
import resource
import time
import zlib
from typing import Any

import pytest

from crawler.client import Client
from crawler.errors import TooLarge, Unreachable
from crawler.transport import Ask, Wire, WireError
from tests.visiting import failure, visit
from tests.webserver import Play, Request, Web, answer, page, serve, settings

HTML = b"<html><body>" + b"<p>" + "信息公开".encode() * 50 + b"</p>" * 3 + b'<a href="/1">1</a>' * 6 + b"</body></html>"


def coded(body: bytes, coding: str, **lies: Any) -> bytes:
    """An answer under a content coding."""
    return answer(body, "200 OK", f"Content-Encoding: {coding}", "Content-Type: text/html", **lies)


@pytest.mark.parametrize(
    ("raw", "coding"),
    [
        (gzip.compress(HTML, mtime=0), "gzip"),
        (gzip.compress(HTML, mtime=0), "x-gzip"),
        (gzip.compress(HTML[:100], mtime=0) + gzip.compress(HTML[100:], mtime=0), "gzip"),
        (gzip.compress(HTML, mtime=0) + b"\0" * 20, "gzip"),
        (zlib.compress(HTML), "deflate"),
        (zlib.compress(HTML)[2:-4], "deflate"),
        (gzip.compress(gzip.compress(HTML, mtime=0), mtime=0), "gzip, gzip"),
        (HTML, "gzip"),
        (HTML, "utf-8"),
        (HTML, "identity"),
    ],
)
def test_content_codings_are_undone_and_the_wire_bytes_kept(raw: bytes, coding: str) -> None:
    """gzip in any number of members, deflate with and without its header, and headers that promise what is not there."""

    async def steps(client: Client, web: Web) -> None:
        capture = await client.get(f"{web.base}/a")
        assert capture.body == HTML
        assert capture.raw_body == raw
        assert capture.truncated is None

    visit({"/a": coded(raw, coding)}, steps)


def test_a_bomb_is_given_up_at_the_limit_without_unpacking_it() -> None:
    """A few kilobytes that unpack to 300 MB cost no more memory than the limit; what came is kept, marked as cut."""
    layer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(layer.compress(b"\0" * 1_000_000) for _ in range(300)) + layer.flush()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    async def steps(client: Client, web: Web) -> None:
        error = await failure(client.get(f"{web.base}/a"))
        assert isinstance(error, TooLarge)
        assert "unpacked" in error.message
        assert error.capture is not None
        assert error.capture.truncated == "length"
        assert error.capture.raw_body == bomb
        assert len(error.capture.body) <= 1024 * 1024
        assert web.paths() == ["/a"]

    visit({"/a": coded(bomb, "gzip")}, steps, max_body_mb=4)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024


def test_a_foreign_coding_is_not_guessed_at() -> None:
    """Brotli that nobody asked for is an error, and the bytes are kept."""

    async def steps(client: Client, web: Web) -> None:
        error = await failure(client.get(f"{web.base}/a"))
        assert isinstance(error, Unreachable)
        assert not error.retriable
        assert error.capture is not None
        assert error.capture.raw_body == b"\x0b\x02\x80abc\x03"

    visit({"/a": coded(b"\x0b\x02\x80abc\x03", "br")}, steps)


@pytest.mark.parametrize("raw", [gzip.compress(HTML, mtime=0)[:-30], gzip.compress(HTML, mtime=0)[:40] + b"junk" * 9])
def test_a_damaged_coding_is_asked_for_again_and_never_a_page(raw: bytes) -> None:
    """Half a page is no page."""

    async def steps(client: Client, web: Web) -> None:
        error = await failure(client.get(f"{web.base}/a"))
        assert isinstance(error, Unreachable)
        assert error.capture is not None
        assert error.capture.truncated == "disconnect"
        assert web.paths() == ["/a"] * 3

    visit({"/a": coded(raw, "gzip")}, steps)


async def _endless(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"x" * 65536)
        await writer.drain()


async def _drip(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    for _tick in range(100):
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _silent(_: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(10)


async def _stops(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsome")
    await writer.drain()
    await asyncio.sleep(10)


async def _head_drip(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    for tick in range(100):
        writer.write(b"X-%d: y\r\n" % tick)
        await writer.drain()
        await asyncio.sleep(0.05)


def test_an_endless_stream_is_given_up_at_the_limit() -> None:
    """Of what came only the first MiB is kept."""

    async def steps(client: Client, web: Web) -> None:
        error = await failure(client.get(f"{web.base}/a"))
        assert isinstance(error, TooLarge)
        assert "on the wire" in error.message
        assert error.capture is not None
        assert error.capture.truncated == "length"
        assert len(error.capture.raw_body) == 1024 * 1024
        assert (await client.get(f"{web.base}/b")).status == 200

    visit({"/a": _endless, "/b": page("x")}, steps, max_body_mb=3)


@pytest.mark.parametrize(
    ("play", "seconds", "answered"), [(_drip, 0.6, True), (_head_drip, 0.6, False), (_silent, 0.3, False), (_stops, 0.3, True)]
)
def test_slow_servers_are_given_up_in_time(play: Play, seconds: float, answered: bool) -> None:
    """A byte now and then does not keep a connection open: the whole exchange has its limit, and so has silence."""

    async def steps(client: Client, web: Web) -> None:
        started = time.monotonic()
        error = await failure(client.get(f"{web.base}/a"))
        assert isinstance(error, Unreachable)
        assert time.monotonic() - started < 3 * seconds + 1
        assert (error.capture is not None) == answered
        if error.capture is not None:
            assert error.capture.truncated == "time"
        assert (await client.get(f"{web.base}/b")).status == 200

    visit({"/a": play, "/b": page("x")}, steps, timeout_s=0.3, total_s=0.6)


def test_a_connection_cut_in_the_body_is_asked_again() -> None:
    """The second answer is whole; what came first is no page."""

    async def steps(client: Client, web: Web) -> None:
        assert (await client.get(f"{web.base}/a")).body.endswith(b"</html>")
        assert web.paths() == ["/a", "/a"]

    async def cut(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(b"<html><body>half", length=5000))
        await writer.drain()
        writer.close()

    visit({"/a": [cut, page("x")]}, steps)


def test_a_length_that_lies_about_a_whole_page_is_seen_through() -> None:
    """The page carries its own end mark; the capture still says that the connection broke off."""

    async def lie(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answer(HTML, length=len(HTML) + 10))
        await writer.drain()
        writer.close()

    async def steps(client: Client, web: Web) -> None:
        capture = await client.get(f"{web.base}/a")
        assert capture.body == HTML
        assert capture.truncated == "disconnect"

    visit({"/a": lie}, steps)


def test_a_length_that_is_too_short_does_not_spoil_the_next_answer() -> None:
    """The rest of a body is not taken for the answer to the next request."""

    async def steps(client: Client, web: Web) -> None:
        await client.get(f"{web.base}/a")
        assert b"<h1>next</h1>" in (await client.get(f"{web.base}/b")).body

    visit({"/a": answer(b"<html>1</html>" + b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", length=14), "/b": page("next")}, steps)


@pytest.mark.parametrize(
    "nonsense",
    [
        b"HTTP/1.1 OK\r\n\r\n",
        b"\x00" * 100 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 500_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
    ],
)
def test_what_is_not_http_is_unreachable(nonsense: bytes) -> None:
    """Nonsense ends in an error with a name, after the usual tries."""

    async def speak(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(nonsense)
        await writer.drain()
        writer.close()

    async def steps(client: Client, web: Web) -> None:
        error = await failure(client.get(f"{web.base}/a"))
        assert isinstance(error, Unreachable)

    visit({"/a": speak}, steps)


def test_chunks_and_http_1_0_are_read() -> None:
    """A chunked body is joined; a body that ends with the connection is whole."""

    async def old(_: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n" + HTML)
        await writer.drain()
        writer.close()

    async def steps(client: Client, web: Web) -> None:
        chunked = await client.get(f"{web.base}/chunked")
        assert chunked.body == HTML
        assert chunked.header("transfer-encoding") == "chunked"
        last = await client.get(f"{web.base}/old")
        assert (last.body, last.http_version, last.truncated) == (HTML, "HTTP/1.0", None)

    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(
        b"%x\r\n%s\r\n" % (len(part), part) for part in (HTML[:7], HTML[7:])
    )
    visit({"/chunked": chunks + b"0\r\n\r\n", "/old": old}, steps)


def test_only_as_many_connections_are_kept_as_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A night over thousands of hosts does not run out of file handles."""

    async def main() -> None:
        async with serve({"/": page("x")}, "0.0.0.0") as web:
            port = web.base.rpartition(":")[2]
            monkeypatch.setattr("crawler.transport._KEPT_HOSTS", 4)
            wire = Wire(settings(max_hosts=2))
            for number in range(2, 30):
                await wire.exchange(Ask(f"http://127.0.0.{number}:{port}/", ()), f"127.0.0.{number}")
            assert len(wire._transports) <= 5
            await wire.aclose()

    asyncio.run(main())


def test_a_refused_connection_is_told_from_a_silent_one() -> None:
    """Only where no connection is made is another address or scheme worth a try."""

    async def main() -> None:
        async with serve({"/": _silent}) as web:
            wire = Wire(settings(timeout_s=0.2))
            faults = []
            for url in ("http://127.0.0.1:1/", f"{web.base}/"):
                with pytest.raises(WireError) as caught:
                    await wire.exchange(Ask(url, ()), "127.0.0.1")
                faults.append(caught.value.fault)
            assert faults == ["connect", "timeout"]
            await wire.aclose()

    asyncio.run(main())
