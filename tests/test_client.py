"""The polite client against a server that keeps to the rules, and one that redirects, refuses, and asks for patience."""

from __future__ import annotations

import asyncio

import pytest

from crawler.capture import Capture
from crawler.client import Client
from crawler.errors import BadRedirect, Blocked, CrawlError, Gone, OverBudget, Unreachable
from crawler.frontier import Frontier
from crawler.site import Site
from tests.archived import told
from tests.visiting import failure, visit
from tests.webserver import Request, Route, Web, answer, page, serve, settings


def test_a_page_is_captured_with_request_answer_and_address() -> None:
    """A capture holds what was sent, what came, from where and when."""

    async def steps(client: Client, web: Web) -> None:
        capture = await client.get(f"{web.base}/a?x=1#part", referer=f"{web.base}/")
        assert (capture.status, capture.reason, capture.http_version) == (200, "OK", "HTTP/1.1")
        assert capture.url == f"{web.base}/a?x=1#part"
        assert capture.final_url == f"{web.base}/a?x=1"
        assert capture.body == capture.raw_body
        assert b"hello" in capture.body
        assert capture.media_type == "text/html; charset=utf-8"
        assert capture.remote_address == "127.0.0.1"
        sent = {name.lower(): value for name, value in capture.request_headers}
        assert sent["referer"] == f"{web.base}/"
        assert dict(web.log[-1].headers) == sent

    visit({"/a?x=1": page("hello")}, steps)


def test_the_user_agent_says_who_asks_and_how_to_reach_them() -> None:
    """The contact of the configuration stands in every request, robots.txt included."""

    async def steps(client: Client, web: Web) -> None:
        await client.get(f"{web.base}/")
        agents = {request.headers["user-agent"] for request in web.log}
        assert web.paths(robots=True) == ["/robots.txt", "/"]
        assert len(agents) == 1
        assert "nianbao/" in agents.pop() + web.log[0].headers["user-agent"]
        assert "+https://example.org/nianbao" in web.log[0].headers["user-agent"]
        assert web.log[1].headers["accept-encoding"] == "gzip"
        assert "cookie" not in web.log[1].headers

    visit({"/": page("home", "Set-Cookie: a=b")}, steps)


def test_redirects_are_followed_and_each_hop_is_recorded() -> None:
    """The capture tells where the request has been; the record hook sees every hop, in order, before the next is asked."""

    async def main() -> None:
        seen: list[tuple[int, str, bool]] = []

        async def record(capture: Capture, site: str | None, sound: bool) -> None:
            seen.append((capture.status, capture.final_url, sound))

        routes: dict[str, Route] = {
            "/old": answer(b"", "301 Moved", "Location: /new/./x/../y"),
            "/new/y": answer(b"", "302 Found", "Location: z?a=%B9%AB"),
            "/new/z?a=%B9%AB": page("there"),
        }
        async with serve(routes) as web, Client(settings(respect_robots=False), record=record) as client:
            capture = await client.get(f"{web.base}/old")
            assert capture.url == f"{web.base}/old"
            assert capture.final_url == f"{web.base}/new/z?a=%B9%AB"
            assert capture.redirects == (f"{web.base}/old", f"{web.base}/new/y")
            assert seen == [
                (301, f"{web.base}/old", True),
                (302, f"{web.base}/new/y", True),
                (200, f"{web.base}/new/z?a=%B9%AB", True),
            ]

    asyncio.run(main())


def test_a_location_in_raw_bytes_keeps_its_bytes() -> None:
    """Servers send GBK or UTF-8 in Location unescaped; what is asked for then is those bytes, escaped."""

    async def steps(client: Client, web: Web) -> None:
        capture = await client.get(f"{web.base}/a")
        assert capture.final_url == f"{web.base}/%E5%85%AC"

    visit({"/a": answer(b"", "302 Found", "Location: /" + "公".encode().decode("latin-1")), "/%E5%85%AC": page("x")}, steps)


@pytest.mark.parametrize(
    ("routes", "start", "message"),
    [
        ({"/a": answer(b"", "302 Found", "Location: /b"), "/b": answer(b"", "302 Found", "Location: /a")}, "/a", "circle"),
        ({f"/{n}": answer(b"", "302 Found", f"Location: /{n + 1}") for n in range(20)}, "/0", "more than 8"),
        ({"/a": answer(b"", "302 Found", "Location: http://10.0.0.1/x")}, "/a", "not among the allowed hosts"),
        ({"/a": answer(b"", "302 Found", "Location: file:///etc/passwd")}, "/a", "only http and https"),
        ({"/a": answer(b"", "302 Found", "Location: http://:80/")}, "/a", "no address"),
    ],
)
def test_bad_redirects_are_named(routes: dict[str, Route], start: str, message: str) -> None:
    """Loops, long chains and hops to places that are refused end in BadRedirect, with the address that was asked for."""

    async def steps(client: Client, web: Web) -> None:
        error = await failure(client.get(web.base + start))
        assert isinstance(error, BadRedirect)
        assert error.url == web.base + start
        assert message in error.message

    visit(routes, steps)


@pytest.mark.parametrize(("status", "method", "body"), [("302 Found", "GET", b""), ("307 Temporary Redirect", "POST", b"a=1&b=%E5%B9%B4")])
def test_a_redirected_post_repeats_only_where_the_status_says_so(status: str, method: str, body: bytes) -> None:
    """302 turns a POST into a GET; 307 keeps method and body."""

    async def steps(client: Client, web: Web) -> None:
        await client.post(f"{web.base}/form", {"a": "1", "b": "年"})
        first, second = (request for request in web.log if request.path != "/robots.txt")
        assert (first.method, first.body, first.headers["content-type"]) == (
            "POST",
            b"a=1&b=%E5%B9%B4",
            "application/x-www-form-urlencoded",
        )
        assert (second.method, second.body) == (method, body)

    visit({"/form": answer(b"", status, "Location: /done"), "/done": page("done")}, steps)


def test_a_post_of_bytes_carries_its_media_type() -> None:
    """Listing endpoints want JSON now and then."""

    async def steps(client: Client, web: Web) -> None:
        capture = await client.post(f"{web.base}/api", b'{"page":1}', media_type="application/json")
        assert (web.log[-1].body, web.log[-1].headers["content-type"]) == (b'{"page":1}', "application/json")
        assert (capture.method, capture.request_body) == ("POST", b'{"page":1}')

    visit({"/api": answer(b'{"total":0}', "200 OK", "Content-Type: application/json")}, steps)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("404 Not Found", Gone),
        ("410 Gone", Gone),
        ("403 Forbidden", Blocked),
        ("401 No", Blocked),
        ("500 Oops", Unreachable),
        ("400 Bad", Unreachable),
    ],
)
def test_error_answers_are_errors_that_carry_the_exchange(status: str, kind: type[CrawlError]) -> None:
    """Whatever the server said can still be archived."""

    async def steps(client: Client, web: Web) -> None:
        error = await failure(client.get(f"{web.base}/a"))
        assert isinstance(error, kind)
        assert error.url == f"{web.base}/a"
        assert error.capture is not None
        assert error.capture.status == int(status[:3])
        assert error.capture.body.startswith(b"<html>")

    visit({"/a": page("sorry", status=status)}, steps)


def test_known_pages_are_asked_for_conditionally() -> None:
    """Validators go out only when asked for and only for pages whose body the archive holds; a 304 has no body."""

    async def main() -> None:
        async def tagged(request: Request, writer: asyncio.StreamWriter) -> None:
            same = request.headers.get("if-none-match") == '"v1"' and request.headers.get("if-modified-since") is not None
            stamp = "Last-Modified: Tue, 03 Feb 2026 00:00:00 GMT"
            writer.write(answer(b"", "304 Not Modified") if same else page("x", 'ETag: "v1"', stamp))
            await writer.drain()

        with Frontier() as frontier:
            async with serve({"/a": tagged}) as web, Client(settings(), frontier=frontier) as client:
                first = await client.get(f"{web.base}/a", conditional=True)
                assert (await client.get(f"{web.base}/a", conditional=True)).status == 200
                frontier.tell([told(first)])
                assert (await client.get(f"{web.base}/a")).status == 200
                unchanged = await client.get(f"{web.base}/a", conditional=True)
                assert (unchanged.status, unchanged.body) == (304, b"")

    asyncio.run(main())


def test_the_front_page_in_place_of_a_page_means_that_the_page_is_gone() -> None:
    """Whether by a redirect or under the address itself."""

    async def steps(client: Client, web: Web) -> None:
        assert (await client.get(f"{web.base}/")).status == 200
        for path in ("/moved/1.html", "/same/1.html"):
            error = await failure(client.get(web.base + path))
            assert isinstance(error, Gone)
            assert "front page" in error.message
        assert (await client.get(f"{web.base}/index.html")).status == 200

    home = page("home")
    routes: dict[str, Route] = {
        "/": home,
        "/index.html": home,
        "/same/1.html": home,
        "/moved/1.html": answer(b"", "301 Moved", "Location: /"),
    }
    visit(routes, steps)


def test_a_redirect_to_a_front_page_that_did_not_change_is_gone_too() -> None:
    """Asked for with the front page's validators, the front page answers 304; it is no confirmation of the page asked for."""

    async def home(request: Request, writer: asyncio.StreamWriter) -> None:
        same = request.headers.get("if-none-match") == '"1"'
        writer.write(answer(b"", "304 Not Modified", 'ETag: "1"') if same else page("home", 'ETag: "1"'))

    async def steps(client: Client, web: Web) -> None:
        client.frontier.tell([told(await client.get(f"{web.base}/"))])
        error = await failure(client.get(f"{web.base}/moved/1.html", conditional=True))
        assert isinstance(error, Gone)
        assert error.capture is not None
        assert error.capture.status == 304

    visit({"/": home, "/moved/1.html": answer(b"", "301 Moved", "Location: /")}, steps)


def test_a_site_has_its_own_hosts_pace_and_budget() -> None:
    """What a site may reach beyond the configuration is its own, and what it has cost is counted."""

    async def main() -> None:
        routes: dict[str, Route] = {"/a": page("x")}
        narrow = settings(allow_hosts=("127.0.0.1",), max_site_requests=3)
        async with serve(routes) as web, serve(routes, "127.0.0.2") as other, Client(narrow) as client:
            site = client.at(Site("s", "s", web.base, allow_hosts=("127.0.0.2",)))
            assert (await site.get(f"{other.base}/a")).status == 200
            assert (await failure(client.get(f"{other.base}/a"))).code == "refused"
            await site.get(f"{other.base}/a")
            assert site.requests == 3
            assert site.received > 2 * len(b"<html></html>")
            assert isinstance(await failure(site.get(f"{other.base}/a")), OverBudget)
            assert (await client.get(f"{web.base}/a")).status == 200

    asyncio.run(main())


def test_http_and_https_stand_in_for_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing listens for one scheme the other is tried, and remembered for the next request."""

    async def main() -> None:
        async with serve({"/a": page("x"), "/b": page("y")}) as web:
            listening = int(web.base.rpartition(":")[2])
            monkeypatch.setattr("crawler.urls.DEFAULT_PORTS", {"http": listening, "https": 1})
            async with Client(settings(retries=0)) as client:
                capture = await client.get("https://127.0.0.1/a")
                assert (capture.url, capture.final_url) == ("https://127.0.0.1/a", "http://127.0.0.1/a")
                assert client.frontier.host("127.0.0.1")["scheme"] == "http"
                assert (await client.get("https://127.0.0.1/b")).final_url == "http://127.0.0.1/b"

    asyncio.run(main())


def test_an_address_that_is_none_is_refused() -> None:
    """Nothing is asked and the words say why."""

    async def steps(client: Client, web: Web) -> None:
        for url in ("javascript:void(0)", "mailto:a@b.c", "http:///x", "", "http://127.0.0.1:port/"):
            assert (await failure(client.get(url))).code == "refused", url
        assert web.log == []

    visit({}, steps)


def test_nothing_listening_is_unreachable_at_once_for_all_who_ask() -> None:
    """A dead server is reported as unreachable, not as a question of robots."""

    async def main() -> None:
        async with Client(settings()) as client:
            error = await failure(client.get("http://127.0.0.1:1/a"))
            assert isinstance(error, Unreachable)
            assert error.capture is None
            assert error.retriable

    asyncio.run(main())
