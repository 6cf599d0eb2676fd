"""How the crawler behaves: pace, limits, and where it may go."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class CrawlSettings:
    """The `[crawl]` part of the configuration. Raises ValueError for values that make no sense.

    `allow_hosts` are globs over host names without port. `allow_private` are CIDR ranges that may be fetched from although
    they are not public; they are compared with the resolved address. `timeout_s` bounds connecting and each silence of the
    server; `total_s` bounds one whole exchange (five times `timeout_s` unless given). `max_body_mb` bounds the body twice:
    on the wire and unpacked. A `Retry-After` up to `patience_s` is waited for, a longer one rests the host.
    """

    contact: str
    delay_s: float = 3.0
    max_hosts: int = 64
    timeout_s: float = 60.0
    max_body_mb: float = 64.0
    allow_hosts: tuple[str, ...] = ("*.gov.cn",)
    allow_private: tuple[str, ...] = ()
    respect_robots: bool = True
    total_s: float | None = None
    connect_timeout_s: float = 20.0
    jitter: float = 0.3
    retries: int = 2
    backoff_s: float = 5.0
    patience_s: float = 120.0
    max_redirects: int = 8
    max_crawl_delay_s: float = 120.0
    wall_rest_s: float = 90 * 60.0
    robots_lifetime_s: float = 24 * 3600.0
    max_site_requests: int = 20_000
    max_site_mb: float = 8192.0

    def __post_init__(self) -> None:
        for name in ("timeout_s", "max_body_mb", "max_hosts", "connect_timeout_s", "max_site_requests", "max_site_mb"):
            _require(getattr(self, name) > 0, f"{name} must be above 0")
        for name in ("delay_s", "jitter", "retries", "backoff_s", "patience_s", "max_redirects", "wall_rest_s"):
            _require(getattr(self, name) >= 0, f"{name} must not be negative")
        _require(self.contact.isprintable() and bool(self.contact.strip()), "contact must be one line: an address or a page")
        for network in self.allow_private:
            ipaddress.ip_network(network, strict=False)

    @cached_property
    def user_agent(self) -> str:
        """Who we are and how to reach us. The first word is what servers expect of any agent."""
        return f"Mozilla/5.0 (compatible; nianbao/{version('nianbao')}; +{self.contact})"

    @property
    def max_body(self) -> int:
        """Bytes of one body, on the wire or unpacked."""
        return int(self.max_body_mb * MEGABYTE)

    @property
    def total_timeout_s(self) -> float:
        """Seconds for one exchange, from connecting to its last byte."""
        return self.total_s if self.total_s is not None else 5 * self.timeout_s


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)
