"""Finding on a shelf of pretend pages."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from crawler.events import Found
from crawler.find import find
from crawler.site import Site
from tests.portal import sites_find as sites
from tests.portal.shelf import Page, Shelf

SITE = Site("shawan", "沙湾市人民政府", sites.HOST + "/")


def search(
    pages: Mapping[str, Page], memory: Mapping[str, Any] | None = None, *, site: Site = SITE, thorough: bool = False
) -> tuple[Found, Shelf]:
    """Find on a shelf."""
    shelf = Shelf(pages)
    return asyncio.run(find(site, shelf, memory, thorough=thorough)), shelf


def columns(found: Found) -> set[str]:
    """The addresses of the columns found, as paths of the home host."""
    return {column.url.removeprefix(sites.HOST) for column in found.columns}
