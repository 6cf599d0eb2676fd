"""The transport is one import away from httpx's successor: what it does on httpx it does on httpx2, where that is installed."""

from __future__ import annotations

import asyncio
import gzip
import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest

import crawler.transport
from tests.webserver import Request, Route, answer, page, serve, settings


@pytest.fixture(params=["httpx", "httpx2"])
def transport(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The transport module, loaded anew over one of the two libraries."""
    library = pytest.importorskip(request.param, reason=f"{request.param} is not installed")
    monkeypatch.setitem(sys.modules, "httpx", library)
    name = f"transport_over_{request.param}"
    spec = importlib.util.spec_from_file_location(name, crawler.transport.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


def exchange(transport: ModuleType, routes: dict[str, Route], *asks: dict[str, Any], **changes: Any) -> list[Any]:
    """Answers, or the names of the failures, one request after the other over one wire."""

    async def main() -> list[Any]:
        found: list[Any] = []
        async with serve(routes) as web:
            wire = transport.Wire(settings(**changes))
            for ask in asks:
                path = ask.pop("path")
                try:
                    found.append(await wire.exchange(transport.Ask(web.base + path, (("Accept-Encoding", "gzip"),), **ask), "127.0.0.1"))
                except transport.WireError as error:
                    found.append(error.fault)
            await wire.aclose()
        return found

    return asyncio.run(main())


async def _silent(_: Request, writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def _cut(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(b"half", length=100))
    await writer.drain()
    writer.close()


async def _nonsense(_: Request, writer: asyncio.StreamWriter) -> None:
    writer.write(b"nonsense\r\n\r\n")
    await writer.drain()
    writer.close()


def test_bodies_are_read_raw_and_unpacked_by_ourselves(transport: ModuleType) -> None:
    """The wire bytes stay as they came, on either library."""
    packed = gzip.compress(b"<html>x</html>")
    (found,) = exchange(transport, {"/a": answer(packed, "200 Fine", "Content-Encoding: gzip")}, {"path": "/a"})
    assert (found.capture.raw_body, found.capture.body, found.capture.reason) == (packed, b"<html>x</html>", "Fine")
    assert found.fault is None


def test_the_target_is_sent_byte_for_byte(transport: ModuleType) -> None:
    """Neither library mends the escapes of an address."""
    target = "/a%2fb/%b9%AB;x?q=a+b%20c&&=|'"
    (found,) = exchange(transport, {target: page("x")}, {"path": target})
    assert found.capture.status == 200


def test_failures_have_the_same_names(transport: ModuleType) -> None:
    """Silence, nonsense, a cut body, too large a body."""
    routes: dict[str, Route] = {"/silent": _silent, "/nonsense": _nonsense, "/cut": _cut, "/large": answer(b"x" * 2_000_000)}
    silent, nonsense, cut, large = exchange(transport, routes, *({"path": path} for path in routes), timeout_s=0.3)
    assert (silent, nonsense) == ("timeout", "protocol")
    assert (cut.fault, cut.capture.truncated) == ("cut_off", "disconnect")
    assert (large.fault, large.capture.truncated, len(large.capture.raw_body)) == ("too_large", "length", 1024 * 1024)


def test_bytes_beyond_an_answer_are_not_the_next_answer(transport: ModuleType) -> None:
    """The connection is closed instead of being used again."""
    smuggled = answer(b"<html></html>" + answer(b"evil"), length=13)
    first, second = exchange(transport, {"/a": smuggled, "/b": page("next")}, {"path": "/a"}, {"path": "/b"})
    assert first.fault == "cut_off"
    assert b"next" in second.capture.body


def test_a_body_goes_out(transport: ModuleType) -> None:
    """With its length."""
    seen: list[bytes] = []

    async def listen(request: Request, writer: asyncio.StreamWriter) -> None:
        seen.append(request.body)
        writer.write(page("x"))
        await writer.drain()

    exchange(transport, {"/a": listen}, {"path": "/a", "method": "POST", "body": b"a=1"})
    assert seen == [b"a=1"]
