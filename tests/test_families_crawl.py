"""From a home page alone, every report of every family's portal is found, walked and delivered."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler.client import Client
from crawler.crawl import crawl
from crawler.events import Delivery, Event, SiteEnd, Trouble
from crawler.listing import Listing
from crawler.site import Site
from nianbao.demo.server import Host, Web
from tests.portal.fetching import run
from tests.portal.town import reports
from tests.test_families_walk import SITES


@pytest.fixture
def host() -> Iterator[Host]:
    """One pretend portal."""
    with Web() as web:
        yield web.host()


def crawled(home: str) -> list[Event]:
    """All events of one crawl."""

    async def whole(client: Client) -> list[Event]:
        return [event async for event in crawl(Site("shawan", "沙湾市人民政府", home), client)]

    return run(whole)


@pytest.mark.parametrize("name", SITES)
def test_every_report_of_a_portal_is_delivered_from_its_home_page(host: Host, name: str) -> None:
    """Home → 政府信息公开 → the column → its pages → the reports: all of them, once each, no trouble, no page asked for twice."""
    shelf = SITES[name][1](host, reports(12))
    events = crawled(host.url("/"))
    assert {event.link.url for event in events if isinstance(event, Delivery)} == shelf.rows
    assert [event for event in events if isinstance(event, Trouble)] == []
    assert [event.complete for event in events if isinstance(event, Listing)] == [True]
    assert [event.state for event in events if isinstance(event, SiteEnd)] == ["new"]
    assert len(host.asked("GET")) == len(set(host.asked("GET")))
