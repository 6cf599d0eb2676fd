"""Every family is recognised and its listings are walked to their proven end, with no more requests than they need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from crawler import decode, families
from crawler.listing import Listing
from crawler.page import parse
from nianbao.demo.server import Host, Web
from tests.portal import ewb, gkmlpt, hanweb, jpaas, linked, lonsun, shanghai, trs, truecms, ucap, ucap_queries, vsb
from tests.portal.fetching import run
from tests.portal.town import Report, Shelf, reports

Build = Callable[[Host, list[Report]], Shelf]
SITES: dict[str, tuple[str, Build]] = {
    "trs": ("trs", trs.build),
    "trs with a total": ("trs", partial(trs.build, spelling="total")),
    "trs as Beijing counts": ("trs", partial(trs.build, spelling="records")),
    "trs as MOST writes": ("trs", partial(trs.build, spelling="most")),
    "trs with variables": ("trs", partial(trs.build, spelling="variables")),
    "ucap": ("ucap", ucap.build),
    "ucap, rows in a comment": ("ucap", partial(ucap.build, hidden=True)),
    "ucap of Jiangxi": ("ucap", ucap_queries.build),
    "hanweb by records": ("hanweb", hanweb.build),
    "hanweb by pages": ("hanweb", partial(hanweb.build, dialect="pages")),
    "hanweb, first group inline": ("hanweb", partial(hanweb.build, inline=5)),
    "hanweb by pages, first group inline": ("hanweb", partial(hanweb.build, dialect="pages", inline=5)),
    "hanweb with surplus": ("hanweb", partial(hanweb.build, surplus=11)),
    "jpaas": ("jpaas", jpaas.build),
    "gkmlpt": ("gkmlpt", gkmlpt.build),
    "gkmlpt, annual column elsewhere": ("gkmlpt", gkmlpt.build_left),
    "content/post_": ("post", gkmlpt.build_posts),
    "lonsun": ("lonsun", lonsun.build),
    "lonsun, small pages": ("lonsun", partial(lonsun.build, most=10)),
    "vsb": ("vsb", vsb.build),
    "truecms": ("truecms", truecms.build),
    "ewb": ("ewb", ewb.build),
    "ewb of Suzhou": ("ewb", ewb.build_suzhou),
    "ewb by JSON": ("ewb", partial(ewb.build, body="json")),
    "shanghai": ("shanghai", shanghai.build),
    "shanghai library": ("shanghai", shanghai.build_library),
    **{name: (name.split()[0], partial(linked.build, style=name)) for name in linked.STYLES},
}


@pytest.fixture
def host() -> Iterator[Host]:
    """One pretend portal."""
    with Web() as web:
        yield web.host()


def walked(url: str, family: str = "auto") -> Listing:
    """The listing at an address, by the real client."""
    return run(lambda client: families.walk(url, client, family))


@pytest.mark.parametrize("count", [1, 7, 23, 41])
@pytest.mark.parametrize("name", SITES)
def test_a_listing_is_walked_to_its_proven_end(host: Host, name: str, count: int) -> None:
    """All rows, nothing but rows, complete, at the cost of a polite walk, recognised by its first page."""
    family, build = SITES[name]
    shelf = build(host, reports(count))
    listing = walked(shelf.url)
    assert {link.url for link in listing.links} == shelf.rows, listing
    assert listing.complete, listing.message
    assert listing.family == family
    assert listing.distinct_found == len(shelf.rows)
    assert shelf.total is None or listing.declared_total == shelf.total
    assert listing.requests == len(host.log) <= shelf.requests
    assert all(link.kind == "report" for link in listing.links)


@pytest.mark.parametrize("name", SITES)
def test_rows_keep_their_title_year_agency_and_day(host: Host, name: str) -> None:
    """What a row prints, or has in its attributes, arrives whole."""
    build = SITES[name][1]
    rows = reports(13)
    shelf = build(host, rows)
    found = {link.url.rpartition("/")[2]: link for link in walked(shelf.url).links}
    assert {link.title for link in found.values()} == {report.title for report in rows}
    assert {link.agency for link in found.values()} == {report.agency for report in rows}
    assert {link.year for link in found.values()} == {report.year for report in rows}
    assert {link.published for link in found.values()} == {report.day for report in rows}


@pytest.mark.parametrize("name", SITES)
def test_an_article_tells_its_family_or_none(host: Host, name: str) -> None:
    """A report's own page is never taken for another family's."""
    family, build = SITES[name]
    shelf = build(host, reports(1))
    url = next(iter(shelf.rows))
    capture = run(lambda client: client.get(url))
    assert families.recognise(parse(url, decode.text(capture))) in (family, families.GENERIC, "trs", "post")
