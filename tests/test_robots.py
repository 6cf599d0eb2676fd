"""robots.txt: what it forbids, what counts as none, and what is unknown and so forbids everything for now."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.client import Client
from crawler.errors import Blocked, RobotsDenied, Unreachable
from crawler.frontier import Frontier
from crawler.robots import SIZE_CAP, Robots
from tests.visiting import failure, visit
from tests.webserver import Route, Web, answer, page, serve, settings

RULES = b"User-agent: *\nDisallow: /secret\nAllow: /secret/open\n"


def text(body: bytes, status: str = "200 OK") -> bytes:
    """An answer of plain text."""
    return answer(body, status, "Content-Type: text/plain")


@pytest.mark.parametrize(
    ("robots", "allowed"),
    [
        (text(RULES), False),
        (answer(RULES, "200 OK", "Content-Type: text/html"), False),
        (text(b"\xef\xbb\xbf" + RULES), False),
        (text(b"User-agent: Nianbao\nDisallow: /\n\nUser-agent: *\nAllow: /\n"), False),
        (text(b"User-agent: *\nDisallow: /\n\nUser-agent: nianbao\nDisallow:\n"), True),
        (text(b"User-agent: Baiduspider\nDisallow: /\n"), True),
        (text(b""), True),
        (page("404 不存在"), True),
        (page("robots", status="404 Not Found"), True),
        (text(RULES, "403 Forbidden"), True),
        (text(RULES, "401 Unauthorized"), True),
        (answer(b"", "302 Found", "Location: /index.html"), True),
        (answer(b"", "302 Found", "Location: /robots.txt"), True),
        (answer(b"", "302 Found", "Location: http://10.0.0.1/robots.txt"), True),
        (answer(b"", "301 Moved", "Location: /robots2.txt"), False),
        (text(b"#" * SIZE_CAP + b"\n" + RULES), True),
        (text(b"User-agent: *\nDisallow: /secret\n" + b"#" * 2 * SIZE_CAP), False),
    ],
)
def test_what_a_robots_file_allows(robots: bytes, allowed: bool) -> None:
    """Rules are read whatever their media type; an HTML page, a 4xx and a redirect to nowhere are no rules."""

    async def steps(client: Client, web: Web) -> None:
        if allowed:
            assert (await client.get(f"{web.base}/secret/1")).status == 200
        else:
            error = await failure(client.get(f"{web.base}/secret/1"))
            assert isinstance(error, RobotsDenied)
            assert not error.retriable
            assert "/secret/1" not in web.paths()
        assert web.paths(robots=True)[0] == "/robots.txt"

    routes: dict[str, Route] = {"/robots.txt": robots, "/robots2.txt": text(RULES), "/secret/1": page("x"), "/index.html": page("home")}
    visit(routes, steps)


def test_an_exception_within_what_is_forbidden_is_allowed() -> None:
    """The longest match decides, as RFC 9309 says."""
    robots = Robots("rules", RULES.decode())
    assert robots.allows("http://a.gov.cn/secret/open/1")
    assert not robots.allows("http://a.gov.cn/secret/1")


@pytest.mark.parametrize("status", ["500 Oops", "503 Busy", "502 Bad Gateway", "429 Too Many Requests"])
def test_rules_that_cannot_be_known_mean_wait(status: str) -> None:
    """A failing server is not asked for pages; another time it may be."""

    async def steps(client: Client, web: Web) -> None:
        error = await failure(client.get(f"{web.base}/a"))
        assert isinstance(error, RobotsDenied)
        assert error.retriable
        assert web.paths() == []

    visit({"/robots.txt": text(RULES, status), "/a": page("x")}, steps, retries=1)


def test_robots_that_never_come_mean_wait_for_a_host_out_of_reach() -> None:
    """A time-out is no permission, and no word about robots either."""

    async def silent(*_: object) -> None:
        await asyncio.sleep(5)

    async def steps(client: Client, web: Web) -> None:
        error = await failure(client.get(f"{web.base}/a"))
        assert isinstance(error, Unreachable)
        assert error.retriable
        assert web.paths() == []

    visit({"/robots.txt": silent, "/a": page("x")}, steps, timeout_s=0.2, retries=0)


def test_a_server_that_is_not_there_is_unreachable_and_not_a_question_of_robots() -> None:
    """No connection for robots.txt means no connection."""

    async def main() -> None:
        async with Client(settings(retries=0)) as client:
            assert isinstance(await failure(client.get("http://127.0.0.1:1/a")), Unreachable)

    asyncio.run(main())


def test_a_wall_before_robots_is_a_wall() -> None:
    """521 is 5xx, but says more than that the rules are unknown."""

    async def steps(client: Client, web: Web) -> None:
        assert isinstance(await failure(client.get(f"{web.base}/a")), Blocked)
        assert web.paths() == []

    wall = answer(b"<script>document.cookie=('_')+('_')</script>", "521 No", "Set-Cookie: __jsluid_s=1", "Content-Type: text/html")
    visit({"/robots.txt": wall, "/a": page("x")}, steps)


def test_a_crawl_delay_is_kept_up_to_a_cap() -> None:
    """The longer of the site's wish and our own pace, but no site stops a night by asking for a day."""

    async def steps(client: Client, web: Web) -> None:
        started = time.monotonic()
        await client.get(f"{web.base}/a")
        await client.get(f"{web.base}/a")
        assert 0.3 <= time.monotonic() - started < 3

    visit({"/robots.txt": text(b"User-agent: *\nCrawl-delay: 3600\n"), "/a": page("x")}, steps, max_crawl_delay_s=0.3)


@pytest.mark.parametrize(
    ("rules", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 2.5\n", 2.5),
        ("User-agent: *\nRequest-rate: 1/10s\n", 10),
        ("User-agent: nianbao\nCrawl-delay: 7\n\nUser-agent: *\nCrawl-delay: 1\n", 7),
        ("User-agent: *\nCrawl-delay: soon\n", 0),
        ("User-agent: *\nDisallow: /x\n", 0),
    ],
)
def test_the_pause_that_is_asked_for(rules: str, seconds: float) -> None:
    """Crawl-delay and Request-rate of our own group, else of everyone's."""
    assert Robots("rules", rules).delay_s == seconds


def test_robots_are_asked_for_once_and_kept_for_their_lifetime(tmp_path: Path) -> None:
    """Many at once wait for one request; a second run finds the rules in the frontier."""

    async def main() -> None:
        routes: dict[str, Route] = {"/robots.txt": text(RULES), "/a": page("x")}
        with Frontier(tmp_path / "f.sqlite") as frontier:
            async with serve(routes) as web:
                for _run in range(2):
                    async with Client(settings(), frontier=frontier) as client:
                        await asyncio.gather(*(client.get(f"{web.base}/a") for _ in range(4)))
                assert web.paths(robots=True).count("/robots.txt") == 1
                origin = web.base
                assert frontier.robots(origin) == Robots("rules", RULES.decode())
                assert frontier.robots(origin, now=datetime.now(UTC).timestamp() + 25 * 3600) is None

    asyncio.run(main())


def test_robots_can_be_left_out_of_account() -> None:
    """Where the configuration says so they are not even asked for."""

    async def steps(client: Client, web: Web) -> None:
        await client.get(f"{web.base}/secret")
        assert web.paths(robots=True) == ["/secret"]

    visit({"/robots.txt": text(RULES), "/secret": page("x")}, steps, respect_robots=False)
