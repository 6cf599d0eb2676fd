"""The pace of a night: on a simulated clock, with the real client, every rule of courtesy holds for every exchange."""

from __future__ import annotations

import asyncio
import random
from itertools import pairwise

import pytest

from benchmarks.polite_night import Log, SimulatedLoop, country, discourtesies, night
from crawler.client import CrawlSettings
from crawler.pace import Pace


@pytest.mark.parametrize("seed", [1, 2])
def test_a_night_over_many_portals_breaks_no_rule(seed: int) -> None:
    """One request at a time per host and per address, the pause between them, no more hosts at a time than allowed."""
    choice = random.Random(seed)
    servers = country(120, choice)
    settings = CrawlSettings("https://example.org/", max_hosts=8)
    log, loop = Log(), SimulatedLoop(servers)
    loop.run_until_complete(night(servers, 5, settings, log, choice))
    loop.close()
    assert discourtesies(log, settings.delay_s, settings.max_hosts) == []
    assert log.answered > 500
    assert log.most == 8


def test_a_breach_would_be_seen() -> None:
    """The check itself can fail."""
    log = Log(most=3)
    log.spans["a.gov.cn"] = [(0.0, 1.0), (2.0, 3.0)]
    assert discourtesies(log, 3.0, 2) == ["3 exchanges at a time", "a.gov.cn: 1.00 s between two exchanges"]


def test_pauses_vary_and_are_never_shorter_than_asked() -> None:
    """Between the pause and the pause drawn out by the jitter; a longer wish of the site counts."""

    async def gaps(delay_s: float) -> list[float]:
        pace, loop = Pace(3.0, 0.5, 4), asyncio.get_running_loop()
        begun: list[float] = []
        for _ in range(30):
            async with pace.turn("a", "1.1.1.1", delay_s):
                begun.append(loop.time())
        return [later - earlier for earlier, later in pairwise(begun)]

    for asked, least in ((0.0, 3.0), (10.0, 10.0)):
        loop = SimulatedLoop({})
        found = loop.run_until_complete(gaps(asked))
        loop.close()
        assert least <= min(found) < max(found) <= least * 1.5 + 1e-6


def test_a_server_that_is_held_waits_for_everyone() -> None:
    """A Retry-After of one request holds the others, too, and a shorter wish does not shorten it."""

    async def waited() -> float:
        pace, loop = Pace(0.0, 0.0, 4), asyncio.get_running_loop()
        pace.hold("a", 60.0)
        pace.hold("a", 5.0)
        async with pace.turn("a", "1.1.1.1"):
            return loop.time()

    loop = SimulatedLoop({})
    assert loop.run_until_complete(waited()) == pytest.approx(60.0)
    loop.close()
