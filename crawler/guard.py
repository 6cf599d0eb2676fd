"""Where the crawler may go: schemes, host names, and the addresses these resolve to.

The name is resolved and checked here, and the connection is then made to that very address, so that a name which changes
its mind between check and connection (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from crawler.errors import Refused, Unreachable
from crawler.settings import CrawlSettings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_LIFETIME_S = 300.0
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class Guard:
    """Says which addresses may be fetched from, by the settings. Resolved names are remembered for five minutes."""

    def __init__(self, settings: CrawlSettings) -> None:
        self._hosts = tuple(pattern.lower().rstrip(".") for pattern in settings.allow_hosts)
        self._private = tuple(ipaddress.ip_network(network, strict=False) for network in settings.allow_private)
        self._timeout_s = settings.connect_timeout_s
        self._known: dict[tuple[str, int], tuple[float, tuple[str, ...]]] = {}

    def check(self, url: str, also_hosts: tuple[str, ...] = ()) -> None:
        """Raise `Refused` unless scheme and host name are allowed. `also_hosts` are further globs."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            raise Refused(url, f"only http and https are fetched, not {parts.scheme or 'an address without scheme'}")
        host = (parts.hostname or "").rstrip(".")
        if not any(fnmatchcase(host, pattern.lower()) for pattern in (*self._hosts, *also_hosts)):
            raise Refused(url, f"host {host} is not among the allowed hosts")

    async def resolve(self, url: str, host: str, port: int) -> tuple[str, ...]:
        """The addresses of `host` that may be connected to, in the resolver's order.

        Raises `Unreachable` where the name has none, `Refused` where none of them is public or allowed.
        """
        loop = asyncio.get_running_loop()
        expires, addresses = self._known.get((host, port), (0.0, ()))
        if expires > loop.time():
            return addresses
        found = await self._look_up(url, host, port)
        addresses = tuple(str(address) for address in found if self.allows(address))
        if not addresses:
            raise Refused(url, f"the host resolves to {', '.join(map(str, found))}, which is not a public address")
        self._known[host, port] = (loop.time() + _LIFETIME_S, addresses)
        return addresses

    def forget(self, host: str) -> None:
        """Ask the resolver again next time: what it last said cannot be connected to."""
        for key in [key for key in self._known if key[0] == host]:
            del self._known[key]

    def allows(self, address: Address) -> bool:
        """Whether the address is public, or in a range that the settings allow."""
        real = _unwrap(address)
        if any(real in network for network in self._private if network.version == real.version):
            return True
        return real.is_global and not real.is_multicast

    async def _look_up(self, url: str, host: str, port: int) -> tuple[Address, ...]:
        if (literal := _literal(host)) is not None:
            return (literal,)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout_s):
                found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except TimeoutError as error:
            raise Unreachable(url, f"the name {host} could not be resolved in time") from error
        except (OSError, UnicodeError) as error:
            raise Unreachable(url, f"the name {host} does not resolve: {error}") from error
        return tuple(dict.fromkeys(ipaddress.ip_address(entry[4][0]) for entry in found))


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _unwrap(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for (mapped, 6to4, NAT64), else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner or address
