"""A crawl of a portal whose articles, attachments, robots.txt or home page misbehave: what is delivered, and what is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from crawler.client import Client
from crawler.crawl import crawl
from crawler.events import Delivery, Event, SiteEnd, Trouble
from crawler.listing import Listing
from crawler.site import Site
from nianbao.demo.server import Answer, Host, Web, content, page
from tests.portal import nasty, stumbles, trs
from tests.portal.fetching import SETTINGS, run
from tests.portal.town import Report, reports

ROWS = reports(3)


@pytest.fixture
def host() -> Iterator[Host]:
    """A TRS portal with three reports."""
    with Web() as web:
        host = web.host()
        trs.build(host, ROWS)
        yield host


def crawled(host: Host, *, robots: bool = False) -> list[Event]:
    """All events of one crawl."""

    async def whole(client: Client) -> list[Event]:
        return [event async for event in crawl(Site("shawan", "沙湾市人民政府", host.url("/")), client)]

    return run(whole, replace(SETTINGS, respect_robots=robots))


def deliveries(events: list[Event]) -> dict[str, Delivery]:
    """What was delivered, by title."""
    return {event.link.title: event for event in events if isinstance(event, Delivery)}


def troubles(events: list[Event]) -> list[str]:
    """The codes of what went wrong."""
    return [event.code for event in events if isinstance(event, Trouble)]


def state(events: list[Event]) -> str:
    """How the site ended."""
    (end,) = [event for event in events if isinstance(event, SiteEnd)]
    return end.state


@pytest.mark.parametrize(
    ("trap", "code"),
    [
        (nasty.bomb, "too_large"),
        (nasty.cookie_loop, "blocked"),
        (nasty.home_instead, "gone"),
        (nasty.soft_404, "gone"),
        (nasty.gone, "gone"),
        (nasty.challenge, "blocked"),
    ],
)
def test_a_report_that_cannot_be_had_is_told_by_its_kind(host: Host, trap: Callable[[Host, Report], None], code: str) -> None:
    """The last report fails: the others are delivered, the failure has its name; what may yet be had leaves the site partial."""
    trap(host, ROWS[-1])
    events = crawled(host)
    assert set(deliveries(events)) == {report.title for report in ROWS[:-1]}
    assert troubles(events) == [code]
    assert state(events) == ("new" if code == "gone" else "partial")


@pytest.mark.parametrize("trap", [nasty.cut_once, nasty.busy_once])
def test_a_passing_fault_is_overcome(host: Host, trap: Callable[[Host, Report], None]) -> None:
    """One reset, one 429: asked again, delivered, no trouble."""
    trap(host, ROWS[1])
    events = crawled(host)
    assert len(deliveries(events)) == 3
    assert (troubles(events), state(events)) == ([], "new")


@pytest.mark.parametrize(
    ("trap", "kind", "start"),
    [
        (nasty.split, "article_page", b"<!DOCTYPE"),
        (nasty.written_by_script, "attachment", b"%PDF"),
        (nasty.viewer, "attachment", b"%PDF"),
        (nasty.only_with_referer, "attachment", b"%PDF"),
    ],
)
def test_what_belongs_to_an_article_is_fetched_with_it(host: Host, trap: Callable[[Host, Report], None], kind: str, start: bytes) -> None:
    """Further pages, attachments written by scripts, behind viewers, or given only to who comes from the article."""
    trap(host, ROWS[0])
    events = crawled(host)
    parts = deliveries(events)[ROWS[0].title].parts
    assert [(part.kind, part.capture.body[: len(start)]) for part in parts] == [(kind, start)]
    assert troubles(events) == []


def test_a_name_that_only_the_header_tells_in_gbk_is_read(host: Host) -> None:
    """Content-Disposition in GBK bytes."""
    nasty.only_with_referer(host, ROWS[0])
    (part,) = deliveries(crawled(host))[ROWS[0].title].parts
    assert part.name in (f"{ROWS[0].agency}年报.pdf", "附件")


def test_twins_in_a_list_are_one_report_at_two_addresses(host: Host) -> None:
    """`_wap` copies stand beside their originals."""
    sent = host.routes[trs.COLUMN]
    assert isinstance(sent, Answer)
    twin = trs.row(ROWS[0]).replace(".html", "_wap.html")
    host[trs.COLUMN] = replace(sent, body=sent.body.replace(b'<ul class="list">', f'<ul class="list">{twin}'.encode()))
    host[nasty.path(ROWS[0]).replace(".html", "_wap.html")] = nasty.good(ROWS[0])
    events = crawled(host)
    assert len([event for event in events if isinstance(event, Delivery)]) == 3
    assert [len(delivery.also_at) for delivery in deliveries(events).values()].count(1) == 1


def test_decoys_are_listed_and_not_fetched(host: Host) -> None:
    """A 解读 among the rows."""
    sent = host.routes[trs.COLUMN]
    assert isinstance(sent, Answer)
    decoy = '<li><a href="./202502/t20250211_9.html">【图解】沙湾市2024年政府信息公开工作年度报告解读</a><span>2025-02-11</span></li>'
    host[trs.COLUMN] = replace(sent, body=sent.body.replace(b'<ul class="list">', f'<ul class="list">{decoy}'.encode()))
    events = crawled(host)
    assert len(deliveries(events)) == 3
    assert [event.distinct_found for event in events if isinstance(event, Listing)] == [4]
    assert not any("t20250211_9" in target for target in host.asked())


def test_a_home_page_of_redirects_is_seen_through(host: Host) -> None:
    """Meta refresh, then a script, then the page."""
    host["/real/"] = host.routes["/"]
    host["/"] = page('<html><head><meta http-equiv="refresh" content="0;url=/shell/"></head></html>')
    host["/shell/"] = page("<html><script>window.location.href='/real/';</script></html>")
    assert len(deliveries(crawled(host))) == 3


@pytest.mark.parametrize(
    ("robots", "ends"),
    [
        (content("User-agent: *\nDisallow: /\n", "text/plain"), "robots"),
        (content("User-agent: *\nDisallow: /admin/\n", "text/plain"), "new"),
        (page("<html><body>404</body></html>"), "new"),
        (Answer(404), "new"),
    ],
    ids=["all forbidden", "little forbidden", "a page", "none"],
)
def test_robots_are_heeded(host: Host, robots: Answer, ends: str) -> None:
    """Rules hold, pages of HTML are no rules, none means yes."""
    host["/robots.txt"] = robots
    events = crawled(host, robots=True)
    assert state(events) == ends
    assert len(deliveries(events)) == (0 if ends == "robots" else 3)
    assert ends == "new" or host.asked() == ["/robots.txt"]


def test_robots_that_cannot_be_had_mean_wait(host: Host) -> None:
    """A server error for robots.txt: nothing else is asked for tonight."""
    host["/robots.txt"] = Answer(500)
    events = crawled(host, robots=True)
    assert deliveries(events) == {}
    assert set(host.asked()) == {"/robots.txt"}
    assert state(events) in ("robots", "unreachable")


def test_a_portal_behind_a_wall_is_blocked_and_left_alone(host: Host) -> None:
    """Every page is a 412: one look, one state."""
    host.routes.clear()
    host.fallback = stumbles.WALL_412
    events = crawled(host)
    assert state(events) == "blocked"
    assert "blocked" in troubles(events)
    assert len(host.log) <= 3
