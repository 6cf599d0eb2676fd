"""One request of a caller on its way: for whom it is made, where it is by now, where a redirect takes it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from crawler.capture import Capture
from crawler.errors import BadRedirect
from crawler.fetch import keeps_method, next_hop


@dataclass
class Scope:
    """For whom requests are made, what they may reach, and what has been spent on them."""

    site: str | None = None
    also_hosts: tuple[str, ...] = ()
    delay_s: float = 0.0
    requests: int = 0
    bytes: int = 0


@dataclass(frozen=True)
class Errand:
    """`asked` is the address as given, `url` where the request is by now, `hops` where it has been."""

    asked: str
    url: str
    scope: Scope
    method: str = "GET"
    body: bytes = b""
    media_type: str | None = None
    referer: str | None = None
    conditional: bool = False
    for_robots: bool = False
    hops: tuple[str, ...] = ()
    delay_s: float = 0.0

    def follow(self, capture: Capture, max_redirects: int) -> Errand | None:
        """The errand at its next hop; None where the answer is no redirect. Raises `BadRedirect`."""
        try:
            target = next_hop(capture)
        except ValueError as error:
            raise BadRedirect(self.asked, f"a redirect leads to no address: {error}", capture=capture) from error
        if target is None:
            return None
        hops = (*self.hops, capture.final_url)
        if target in hops:
            raise BadRedirect(self.asked, f"redirects go round in a circle at {target}", capture=capture)
        if len(hops) > max_redirects:
            raise BadRedirect(self.asked, f"more than {max_redirects} redirects", capture=capture)
        if keeps_method(capture.status):
            return replace(self, url=target, hops=hops)
        return replace(self, url=target, hops=hops, method="GET", body=b"", media_type=None)
