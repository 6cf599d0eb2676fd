"""One polite night over all portals of the country, on a simulated clock: how long it takes, and that every rule of courtesy holds.

    python -m benchmarks.polite_night [--portals 3209] [--requests 20] [--max-hosts 64]

The client, its pace, guard, robots and frontier are the real ones; only the wire is simulated: portals answer in 0.2 to 45 s, one in
twenty does not answer at all, and up to eight share a server. The rules of courtesy are checked on the log of all exchanges.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import selectors
import socket
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from crawler.capture import Capture
from crawler.client import Client, CrawlSettings
from crawler.errors import CrawlError
from crawler.frontier import Frontier
from crawler.robots import Robots
from crawler.transport import Answer, Ask, WireError
from crawler.urls import host_of

SHARED_BY_UP_TO = 8
DEAD_SHARE = 0.05
BODY = b"<html><body><table><tr><td>1</td></tr></table></body></html>"


class _NoWaiting(selectors.DefaultSelector):
    """Instead of waiting, moves the clock."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop in which hours pass in seconds. Names resolve to the servers of the simulation."""

    def __init__(self, servers: dict[str, str]) -> None:
        self._clock = _NoWaiting()
        self._servers = servers
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now

    async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (self._servers[host], port))]


@dataclass
class Log:
    """Begin and end of every exchange, by host and by address."""

    spans: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    running: int = 0
    most: int = 0
    answered: int = 0


class SimulatedWire:
    """Answers after a while, or never."""

    def __init__(self, log: Log, choice: random.Random, dead: set[str], connect_timeout_s: float) -> None:
        self._log, self._choice, self._dead = log, choice, dead
        self._connect_timeout_s = connect_timeout_s

    async def exchange(self, ask: Ask, address: str, *, permissive: bool = False) -> Answer:  # noqa: ARG002 - the wire's signature
        loop = asyncio.get_running_loop()
        began = loop.time()
        self._log.running += 1
        self._log.most = max(self._log.most, self._log.running)
        try:
            if host_of(ask.url) in self._dead:
                await asyncio.sleep(self._connect_timeout_s)
                raise WireError("connect", "no connection")
            await asyncio.sleep(min(0.2 + self._choice.lognormvariate(-0.6, 1.0), 45.0))
        finally:
            self._log.running -= 1
            for key in {host_of(ask.url), address}:
                self._log.spans[key].append((began, loop.time()))
        self._log.answered += 1
        capture = Capture(ask.url, ask.url, datetime.now(UTC), 200, (("Content-Type", "text/html"),), BODY, BODY)
        return Answer(capture)

    async def aclose(self) -> None:
        return


def country(portals: int, choice: random.Random) -> dict[str, str]:
    """Portals and the servers they live on."""
    servers: dict[str, str] = {}
    server = 0
    while len(servers) < portals:
        server += 1
        for _ in range(choice.randint(1, SHARED_BY_UP_TO)):
            servers[f"www.p{len(servers)}.gov.cn"] = f"202.{server // 65536}.{server // 256 % 256}.{server % 256}"
    return dict(list(servers.items())[:portals])


async def night(servers: dict[str, str], requests: int, settings: CrawlSettings, log: Log, choice: random.Random) -> None:
    """Every portal asked so many times."""
    dead = {host for host in servers if choice.random() < DEAD_SHARE}
    with Frontier() as frontier:
        for host in servers:
            frontier.keep_robots(f"http://{host}", Robots("no_rules"), expires=float("inf"))
        async with Client(settings, frontier=frontier) as client:
            wire = SimulatedWire(log, choice, dead, settings.connect_timeout_s)
            client._connector._wire = wire  # type: ignore[assignment]  # the wire alone is not real
            await asyncio.gather(*(visit(client, host, requests) for host in servers))


async def visit(client: Client, host: str, requests: int) -> None:
    """One portal from its home page on; one that does not answer is left for another night."""
    for number in range(requests):
        try:
            await client.get(f"http://{host}/{number}.html", conditional=True)
        except CrawlError:
            return


def discourtesies(log: Log, delay_s: float, max_hosts: int) -> list[str]:
    """Every breach of the rules: overlaps and pauses too short for a host or address, too many hosts at once."""
    found = [f"{log.most} exchanges at a time"] if log.most > max_hosts else []
    for key, spans in log.spans.items():
        for (_, ended), (began, _) in pairwise(sorted(spans)):
            if began - ended < delay_s - 1e-6:
                found.append(f"{key}: {began - ended:.2f} s between two exchanges")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--portals", type=int, default=3209)
    parser.add_argument("--requests", type=int, default=20, help="a portal")
    parser.add_argument("--max-hosts", type=int, default=64)
    chosen = parser.parse_args()
    choice = random.Random(2026)
    servers = country(chosen.portals, choice)
    settings = CrawlSettings("https://example.org/", max_hosts=chosen.max_hosts)
    log, loop = Log(), SimulatedLoop(servers)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    loop.run_until_complete(night(servers, chosen.requests, settings, log, choice))
    cpu = resource.getrusage(resource.RUSAGE_SELF).ru_utime - before
    breaches = discourtesies(log, settings.delay_s, settings.max_hosts)
    hours, per_request = loop.time() / 3600, 1000 * cpu / max(log.answered, 1)
    print(f"{chosen.portals} portals on {len(set(servers.values()))} servers: {log.answered} answers in {hours:.2f} h of simulated night")
    print(f"at most {log.most} exchanges at a time, {len(breaches)} breaches of courtesy")
    print(f"{per_request:.2f} ms CPU a request, wire and archive not counted")
    loop.close()
    if breaches:
        raise SystemExit("\n".join(breaches[:20]))


if __name__ == "__main__":
    main()
