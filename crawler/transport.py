"""The thin layer over httpx: one exchange with one checked address, under limits. Swap the import for `httpx2` and it holds.

The body is read as it comes over the wire and unpacked by ourselves: httpx unpacks a whole chunk at once, whatever its size.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from operator import attrgetter
from typing import Literal
from urllib.parse import urlsplit

import httpx

from crawler.capture import Capture, Truncated
from crawler.settings import CrawlSettings
from crawler.unpack import KEPT_OF_TOO_LARGE, unpack
from crawler.unpack import Fault as UnpackFault
from crawler.urls import host_of, port_of

WireFault = Literal["connect", "tls", "timeout", "reset", "protocol"]
BodyFault = Literal["too_large", "too_slow", "cut_off", "unreadable"]
_TRUNCATED: dict[BodyFault, Truncated] = {"too_large": "length", "too_slow": "time", "cut_off": "disconnect"}
_FAULT_OF: dict[UnpackFault, BodyFault] = {"too_large": "too_large", "incomplete": "cut_off", "unknown_coding": "unreadable"}
_KEPT_HOSTS = 400
_CONNECTION = attrgetter("_httpcore_stream._stream._connection")
_LIMITS = httpx.Limits(max_connections=2, max_keepalive_connections=2, keepalive_expiry=30)


class WireError(Exception):
    """No answer came: `fault` names how it failed, before any header was seen."""

    def __init__(self, fault: WireFault, message: str) -> None:
        super().__init__(message)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `headers` come before Host and length, which are set here."""

    url: str
    headers: tuple[tuple[str, str], ...]
    method: str = "GET"
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: the exchange, and what was wrong with its body. Of a body that is too large only the first MiB is kept."""

    capture: Capture
    fault: BodyFault | None = None
    message: str = ""


class Wire:
    """Makes exchanges. One httpx transport a host, because the pool that one shares is httpx's bottleneck."""

    def __init__(self, settings: CrawlSettings) -> None:
        self._settings = settings
        silence = settings.timeout_s
        connect = min(silence, settings.connect_timeout_s)
        self._timeouts = {"connect": connect, "read": silence, "write": silence, "pool": silence}
        self._contexts = {False: standard_context(), True: permissive_context()}
        self._transports: OrderedDict[tuple[str, bool], httpx.AsyncHTTPTransport] = OrderedDict()
        self._in_use: dict[tuple[str, bool], int] = {}

    async def exchange(self, ask: Ask, address: str, *, permissive: bool = False) -> Answer:
        """Send `ask` to `address`, whatever its host resolves to by now. Raises `WireError` where no answer comes."""
        key = (host_of(ask.url), permissive)
        transport = await self._transport(key)
        self._in_use[key] = self._in_use.get(key, 0) + 1
        try:
            return await self._exchange(transport, ask, address)
        finally:
            self._in_use[key] -= 1

    async def aclose(self) -> None:
        """Close every connection."""
        while self._transports:
            await self._transports.popitem()[1].aclose()

    async def _transport(self, key: tuple[str, bool]) -> httpx.AsyncHTTPTransport:
        if key in self._transports:
            self._transports.move_to_end(key)
            return self._transports[key]
        await self._drop_idle()
        transport = httpx.AsyncHTTPTransport(verify=self._contexts[key[1]], trust_env=False, http2=False, limits=_LIMITS)
        self._transports[key] = transport
        return transport

    async def _drop_idle(self) -> None:
        """Close the connections used longest ago, so that a night over thousands of hosts has file handles to spare."""
        excess = len(self._transports) - max(_KEPT_HOSTS, 2 * self._settings.max_hosts)
        if excess <= 0:
            return
        for key in [key for key in self._transports if not self._in_use.get(key)][:excess]:
            self._in_use.pop(key, None)
            await self._transports.pop(key).aclose()

    async def _exchange(self, transport: httpx.AsyncHTTPTransport, ask: Ask, address: str) -> Answer:
        request = self._request(ask, address)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._settings.total_timeout_s
        started = datetime.now(UTC)
        try:
            async with asyncio.timeout_at(deadline):
                response = await transport.handle_async_request(request)
        except TimeoutError as error:
            raise WireError("timeout", f"no answer within {self._settings.total_timeout_s:g} s") from error
        except (httpx.TransportError, ssl.SSLError, OSError) as error:
            raise _wire_error(error) from error
        body = await self._read(response, deadline)
        return _answer(ask, address, started, request, response, body)

    async def _read(self, response: httpx.Response, deadline: float) -> _Body:
        body = _Body(self._settings.max_body)
        try:
            async with asyncio.timeout_at(deadline):
                async for chunk in response.aiter_raw():
                    if not body.take(chunk):
                        break
        except (TimeoutError, httpx.TimeoutException):
            body.fail("too_slow", f"silent for {self._settings.timeout_s:g} s, or not complete in {self._settings.total_timeout_s:g} s")
        except (httpx.TransportError, OSError) as error:
            body.fail("cut_off", f"the body breaks off: {error}")
        finally:
            await response.aclose()
        if body.fault is None and _left_over(response):
            await response.extensions["network_stream"].aclose()
            body.fail("cut_off", "more bytes came than the stated length")
        return body

    def _request(self, ask: Ask, address: str) -> httpx.Request:
        """The request to the address that was checked. Host, SNI and target say what is asked for; the target is sent as it is."""
        parts = urlsplit(ask.url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        extensions: dict[str, object] = {"timeout": self._timeouts, "target": target.encode("ascii")}
        if parts.hostname != address:
            extensions["sni_hostname"] = parts.hostname
        headers = [("Host", parts.netloc), *ask.headers]
        encoded = [(name.encode("ascii"), value.encode("utf-8")) for name, value in headers]
        url = _endpoint(parts.scheme, address, port_of(ask.url))
        return httpx.Request(ask.method, url, headers=encoded, content=ask.body or None, extensions=extensions)


@lru_cache(maxsize=4096)
def _endpoint(scheme: str, address: str, port: int) -> httpx.URL:
    literal = f"[{address}]" if ":" in address else address
    return httpx.URL(f"{scheme}://{literal}:{port}/")


class _Body:
    """The bytes of a body up to a limit, and what went wrong while they came."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.fault: BodyFault | None = None
        self.message = ""
        self._chunks: list[bytes] = []
        self._length = 0

    def take(self, chunk: bytes) -> bool:
        """Keep a chunk; False once there is more than the limit, of which only a prefix is kept then."""
        self._chunks.append(chunk)
        self._length += len(chunk)
        if self._length <= self.limit:
            return True
        self.fail("too_large", f"more than {self.limit} bytes on the wire")
        self.limit = min(self.limit, KEPT_OF_TOO_LARGE)
        return False

    def fail(self, fault: BodyFault, message: str) -> None:
        self.fault, self.message = fault, message

    def raw(self) -> bytes:
        if self.fault != "too_large":
            return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)
        kept = bytearray()
        for chunk in self._chunks:
            kept += chunk[: self.limit - len(kept)]
        return bytes(kept)

    def unpacked(self, raw: bytes, codings: str, media_type: str | None) -> bytes:
        """What the bytes say, and note what is wrong with their coding unless something worse is noted already."""
        result = unpack(raw, codings, self.limit, media_type)
        if result.fault is not None and self.fault is None:
            self.fail(_FAULT_OF[result.fault], result.message)
        return result.body if self.fault != "too_large" else result.body[:KEPT_OF_TOO_LARGE]


def _answer(ask: Ask, address: str, started: datetime, request: httpx.Request, response: httpx.Response, body: _Body) -> Answer:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers.raw)
    raw = body.raw()
    codings = ",".join(value for name, value in headers if name.lower() == "content-encoding")
    unpacked = body.unpacked(raw, codings, next((value for name, value in reversed(headers) if name.lower() == "content-type"), None))
    capture = Capture(
        url=ask.url,
        final_url=ask.url,
        fetched_at=started,
        status=response.status_code,
        headers=headers,
        raw_body=raw,
        body=unpacked,
        method=ask.method,
        request_headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw),
        request_body=ask.body,
        truncated=_TRUNCATED.get(body.fault) if body.fault else None,
        remote_address=address,
        http_version=_text_of(response, "http_version", "HTTP/1.1"),
        reason=_text_of(response, "reason_phrase", ""),
    )
    return Answer(capture, body.fault, body.message)


def _left_over(response: httpx.Response) -> bool:
    """Whether bytes beyond the answer lie in the connection's buffer, where httpcore would take them for the next answer.

    No public attribute tells; where the private ones have moved, AttributeError says so at the first request.
    """
    connection = _CONNECTION(response.stream)
    return bool(connection._h11_state.trailing_data[0])


def _text_of(response: httpx.Response, name: str, default: str) -> str:
    value = response.extensions.get(name)
    return value.decode("latin-1") if isinstance(value, bytes) else default


def _wire_error(error: Exception) -> WireError:
    """Name the failure; TLS failures come wrapped as connection errors, so the chain of causes is searched."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return WireError("tls", f"TLS: {cause}")
        cause = cause.__cause__ or cause.__context__
    described = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return WireError("connect", f"no connection: {described}")
    if isinstance(error, httpx.TimeoutException):
        return WireError("timeout", f"no answer in time: {described}")
    if isinstance(error, httpx.ProtocolError):
        return WireError("protocol", f"not HTTP as it should be: {described}")
    return WireError("reset", f"connection lost: {described}")


@cache
def standard_context() -> ssl.SSLContext:
    """TLS as it should be: the system's and Mozilla's roots, names checked."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


@cache
def permissive_context() -> ssl.SSLContext:
    """TLS for a host whose own is broken: old versions, small keys, any certificate. The content is public; the use is recorded."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
    context.options &= ~ssl.OP_NO_SSLv3
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    return context
