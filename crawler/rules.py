"""The robots.txt of each origin: fetched once, kept in the frontier for its lifetime, heeded."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from crawler import robots as robots_txt
from crawler.capture import Capture
from crawler.errand import Errand
from crawler.errors import BadRedirect, Blocked, CrawlError, RobotsDenied, Unreachable
from crawler.frontier import Frontier
from crawler.robots import Robots
from crawler.settings import CrawlSettings
from crawler.transport import WireError
from crawler.urls import host_of, origin_of

_UNKNOWN_S = 600.0


@dataclass
class _Known:
    """The rules of one origin in memory; the lock lets one task fetch them while the others wait."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    robots: Robots | None = None
    expires: float = 0.0


class Rulebook:
    """Asks `fetch` for rules that are not known. Rules that could not be had are asked for again after ten minutes."""

    def __init__(self, settings: CrawlSettings, frontier: Frontier, fetch: Callable[[Errand], Awaitable[Capture]]) -> None:
        self._settings = settings
        self._frontier = frontier
        self._fetch = fetch
        self._known: dict[str, _Known] = {}

    async def heed(self, errand: Errand) -> float:
        """The pause that the site asks for.

        Raises `RobotsDenied` where it wants no robots or its server fails to say, `Unreachable` where it says nothing.
        """
        robots = await self._robots_of(errand)
        if robots.state == "unknown":
            kind = Unreachable if robots.silent else RobotsDenied
            denied = kind(errand.asked, f"{robots.why}; without its rules nothing is fetched")
            denied.retriable = True
            raise denied
        if not robots.allows(errand.url):
            raise RobotsDenied(errand.asked, f"robots.txt of {host_of(errand.url)} asks robots to stay away")
        return min(robots.delay_s, self._settings.max_crawl_delay_s)

    async def _robots_of(self, errand: Errand) -> Robots:
        origin = origin_of(errand.url)
        known = self._known.setdefault(origin, _Known())
        if known.robots is not None and known.expires > time.time():
            return known.robots
        async with known.lock:
            if known.robots is None or known.expires <= time.time():
                known.robots = self._frontier.robots(origin) or await self._ask(errand, origin)
                known.expires = time.time() + (_UNKNOWN_S if known.robots.state == "unknown" else self._settings.robots_lifetime_s)
            return known.robots

    async def _ask(self, errand: Errand, origin: str) -> Robots:
        url = f"{origin}/robots.txt"
        try:
            robots = robots_txt.read(await self._fetch(Errand(url, url, errand.scope, for_robots=True)))
        except CrawlError as error:
            robots = _after(errand, error)
        if robots.state != "unknown":
            expires = time.time() + self._settings.robots_lifetime_s
            await asyncio.to_thread(self._frontier.keep_robots, origin, robots, expires)
        return robots


def _after(errand: Errand, error: CrawlError) -> Robots:
    """What a failed request for robots.txt means for the page that was to be fetched."""
    if error.capture is not None:
        if isinstance(error, Blocked) and error.capture.status >= 500:
            raise Blocked(errand.asked, f"robots.txt: {error.message}", capture=error.capture) from error
        return robots_txt.read(error.capture)
    if isinstance(error, BadRedirect):
        return Robots("no_rules")
    cause = error.__cause__
    if isinstance(cause, WireError) and cause.fault not in ("connect", "tls"):
        return Robots("unknown", why=f"robots.txt could not be had: {error.message}", silent=True)
    raise type(error)(errand.asked, error.message, retry_after_s=error.retry_after_s) from error
