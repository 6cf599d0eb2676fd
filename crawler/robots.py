"""robots.txt as RFC 9309 says, read strictly where it is unknown: no answer means wait, not go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from protego import Protego

from crawler import decode
from crawler.capture import Capture

AGENT = "nianbao"
SIZE_CAP = 500 * 1024
MAX_HOPS = 5
State = Literal["rules", "no_rules", "unknown"]


@dataclass(frozen=True)
class Robots:
    """What a host asks of robots. "no_rules": all may be fetched. "unknown": nothing may be, until it is known; `why` says why."""

    state: State
    text: str = ""
    why: str = ""
    silent: bool = False
    """No whole answer came: nothing was said about robots, the host is out of reach."""

    def allows(self, url: str) -> bool:
        """Whether the address may be asked for."""
        if self.state == "rules":
            return bool(self._parsed.can_fetch(url, AGENT))
        return self.state == "no_rules"

    @property
    def delay_s(self) -> float:
        """The pause asked for between requests, from Crawl-delay and Request-rate; 0 where none is."""
        if self.state != "rules":
            return 0.0
        asked = self._parsed.crawl_delay(AGENT) or 0.0
        rate = self._parsed.request_rate(AGENT)
        by_rate = rate.seconds / rate.requests if rate is not None and rate.requests else 0.0
        return max(float(asked), by_rate, 0.0)

    @cached_property
    def _parsed(self) -> Protego:
        return Protego.parse(self.text)


def read(capture: Capture) -> Robots:
    """The rules in an answer to /robots.txt, redirects followed.

    2xx: its rules, or none where the body is an HTML page (an error page in disguise). 4xx: no rules. 429 and 5xx: unknown.
    A redirect that leads nowhere counts as 4xx does.
    """
    if capture.status == 429 or capture.status >= 500:
        return Robots("unknown", why=f"robots.txt answered {capture.status}")
    if capture.truncated in ("time", "disconnect"):
        return Robots("unknown", why="robots.txt broke off", silent=True)
    if not 200 <= capture.status < 300:
        return Robots("no_rules")
    text = decode.decode(capture.body[:SIZE_CAP], capture.media_type).lstrip("\ufeff \t\r\n")
    return Robots("no_rules") if text.startswith("<") or not text else Robots("rules", text)
