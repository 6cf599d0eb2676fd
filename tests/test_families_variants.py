"""The same families, written otherwise: what is documented once is seen in many spellings."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crawler import families
from nianbao.demo.server import Host, Web
from tests.portal.fetching import run
from tests.portal.town import reports
from tests.portal.variants import VARIANTS


@pytest.fixture
def host() -> Iterator[Host]:
    """One pretend portal."""
    with Web() as web:
        yield web.host()


@pytest.mark.parametrize("count", [3, 21])
@pytest.mark.parametrize("name", VARIANTS)
def test_a_listing_in_another_spelling_is_walked_to_its_end(host: Host, name: str, count: int) -> None:
    """All rows, nothing but rows, complete, for few requests."""
    shelf = VARIANTS[name](host, reports(count))
    listing = run(lambda client: families.walk(shelf.url, client))
    assert {link.url for link in listing.links} == shelf.rows, listing.message
    assert listing.complete, listing.message
    assert shelf.total is None or listing.declared_total == shelf.total
    assert listing.requests <= shelf.requests, host.asked()
    assert {link.title for link in listing.links} <= {text for report in reports(count) for text in (report.title, str(report.year))}
