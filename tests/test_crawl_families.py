"""From the home page to the reports on every family, over real sockets with the real client; and on pages of real portals."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from crawler.client import Client
from crawler.crawl import crawl
from crawler.events import Delivery, Event, SiteEnd, Trouble
from crawler.find_judge import judge
from crawler.find_rank import Candidate, candidates
from crawler.listing import Listing
from crawler.page import parse
from crawler.site import Site
from nianbao.demo.server import Host, Web, page
from tests.portal import ewb, gkmlpt, hanweb, jpaas, linked, lonsun, shanghai, trs, truecms, ucap, ucap_queries, vsb
from tests.portal.fetching import run
from tests.portal.town import Report, Shelf, entrance, reports

REAL = Path(__file__).parents[2] / "shared" / "data" / "real" / "cms"
BUILDERS: dict[str, Callable[[Host, list[Report]], Shelf]] = {
    "trs": partial(trs.build, size=5),
    "ucap": partial(ucap.build, size=5),
    "ucap commented rows": partial(ucap.build, size=5, hidden=True),
    "ucap queries": ucap_queries.build,
    "hanweb": hanweb.build,
    "jpaas": jpaas.build,
    "gkmlpt": gkmlpt.build,
    "gkmlpt that leaves its platform": partial(gkmlpt.build_left, size=5),
    "lonsun": lonsun.build,
    "vsb": partial(vsb.build, size=5),
    "truecms": truecms.build,
    "ewb": ewb.build,
    "shanghai": shanghai.build,
    **{style: partial(linked.build, style=style, size=5) for style in linked.STYLES},
}


def all_events(host: Host, *, home: str = "/") -> list[Event]:
    """What a crawl of a host tells."""

    async def work(client: Client) -> list[Event]:
        return [event async for event in crawl(Site("x", "沙湾市人民政府", host.url(home)), client)]

    return run(work)


@pytest.mark.parametrize("family", BUILDERS)
def test_every_report_of_every_family_is_fetched_from_home_alone(family: str) -> None:
    """Each listing is walked to its proven end, each report fetched once, and nothing is a problem."""
    with Web() as web:
        host = web.host()
        shelf = BUILDERS[family](host, reports(13))
        entrance(host, shelf.url)
        found = all_events(host)
        asked = [request.target for request in host.log if request.method == "GET"]
    delivered = [event.link.url for event in found if isinstance(event, Delivery)]
    listings = [event for event in found if isinstance(event, Listing)]
    assert [event for event in found if isinstance(event, Trouble)] == []
    assert sorted(url.partition("#")[0] for url in delivered) == sorted(shelf.rows)
    assert [listing.complete for listing in listings] == [True]
    assert len(asked) == len(set(asked))
    assert isinstance(found[-1], SiteEnd)
    assert found[-1].state == "new"


def test_a_column_behind_a_shell_on_another_address_is_reached() -> None:
    """Home is a shell, and disclosure stands on an address and port of its own."""
    with Web() as web:
        home, disclosure = web.host(), web.host(address="127.0.0.2")
        shelf = trs.build(disclosure, reports(7), size=5)
        entrance(disclosure, shelf.url)
        entrance(home, disclosure.url("/zwgk/"), "政府信息公开")
        home["/portal/index.html"] = home.routes["/"]
        del home.routes["/zwgk/"]
        home["/"] = page("<script>window.location.href='/portal/index.html'</script>")
        home["/portal/index.html"] = page(f"<a href='{disclosure.url('/zwgk/')}'>政府信息公开</a>" + "<a href='/news/1'>新闻</a>" * 9)
        delivered = [event.link.url for event in all_events(home) if isinstance(event, Delivery)]
    assert sorted(delivered) == sorted(shelf.rows)


def real(name: str) -> str:
    """A page of a real portal."""
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{path.name} is not kept with the project")
    return path.read_text("utf-8", "replace")


def test_a_real_menu_with_a_column_for_each_year_gives_them_all() -> None:
    """甘肃省教育厅: seventeen columns under one heading, links that are nothing but a year."""
    read = parse("https://jyt.gansu.gov.cn/jyt/c110634/zwgklist.shtml", real("ucap_list_gansu_jyt.html"))
    offered = [offer for offer in candidates(read, Candidate(read.url, 110, "home")) if offer.annual]
    assert sorted(offer.year or 0 for offer in offered) == list(range(2008, 2025))


def test_a_real_column_is_judged_by_its_rows() -> None:
    """平潭综合实验区: ten reports of ten years."""
    read = parse("https://www.pingtan.gov.cn/zwgk/zfxxgk/zfxxgknb/", real("trs_annual_report_column_pingtan.fragment.html"))
    judged = judge(read, Candidate(read.url, 100, "column", annual=True))
    assert len(judged.reports) == len(judged.rows) == 10
    assert not judged.is_report
