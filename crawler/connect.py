"""From an address on the web to a connection that answers: which IP address, which scheme, how strict a TLS."""

from __future__ import annotations

import time
from dataclasses import replace

from crawler.errors import CrawlError
from crawler.frontier import Frontier
from crawler.guard import Guard
from crawler.pace import Pace
from crawler.settings import CrawlSettings
from crawler.transport import Answer, Ask, Wire, WireError
from crawler.urls import authority_of, host_of, other_scheme, port_of

_MAX_ADDRESSES = 3
_TLS_EXCEPTION_S = 30 * 24 * 3600.0


class Connector:
    """Sends one request at the pace of a polite guest, trying what has to be tried until a server answers.

    Of a host's addresses the first that takes a connection is used; where neither does, http and https are tried for each other;
    after a TLS error the host, and it alone, is asked with permissive TLS for thirty days, which the frontier records.
    """

    def __init__(self, settings: CrawlSettings, guard: Guard, frontier: Frontier) -> None:
        self.pace = Pace(settings.delay_s, settings.jitter, settings.max_hosts)
        self._guard = guard
        self._frontier = frontier
        self._wire = Wire(settings)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._wire.aclose()

    async def send(self, ask: Ask, delay_s: float) -> Answer:
        """The answer to `ask`; its `final_url` shows the scheme that answered. Raises `WireError`, `Refused`, `Unreachable`."""
        first, second = self._by_scheme(ask)
        try:
            return await self._reach(first, delay_s)
        except WireError as error:
            if second is None or error.fault not in ("connect", "tls"):
                raise
            failure = error
        try:
            answer = await self._reach(second, delay_s)
        except (WireError, CrawlError):
            raise failure from None
        self._frontier.note(authority_of(ask.url), scheme=second.url.partition(":")[0])
        return answer

    def _by_scheme(self, ask: Ask) -> tuple[Ask, Ask | None]:
        other = other_scheme(ask.url)
        if other is None:
            return ask, None
        swapped = replace(ask, url=other)
        known = self._frontier.host(authority_of(ask.url)).get("scheme")
        return (swapped, ask) if known is not None and other.startswith(f"{known}:") else (ask, swapped)

    async def _reach(self, ask: Ask, delay_s: float) -> Answer:
        host = host_of(ask.url)
        addresses = await self._guard.resolve(ask.url, host, port_of(ask.url))
        failure = WireError("connect", "no address")
        for address in addresses[:_MAX_ADDRESSES]:
            try:
                return await self._exchange(ask, host, address, delay_s)
            except WireError as error:
                if error.fault != "connect":
                    raise
                failure = error
        self._guard.forget(host)
        raise failure

    async def _exchange(self, ask: Ask, host: str, address: str, delay_s: float) -> Answer:
        server = authority_of(ask.url)
        permissive = self._is_excepted(server)
        try:
            async with self.pace.turn(host, address, delay_s):
                return await self._wire.exchange(ask, address, permissive=permissive)
        except WireError as error:
            if error.fault != "tls" or permissive:
                raise
            reason = str(error)
        async with self.pace.turn(host, address, delay_s):
            answer = await self._wire.exchange(ask, address, permissive=True)
        self._frontier.note(server, tls_why=reason, tls_since=time.time())
        return answer

    def _is_excepted(self, server: str) -> bool:
        since = self._frontier.host(server).get("tls_since")
        return since is not None and time.time() - since < _TLS_EXCEPTION_S
