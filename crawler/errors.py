"""What can go wrong between an address and a capture.

CrawlError
├── Refused          we will not ask: host not allowed, private address, wrong scheme
├── RobotsDenied     the site asks robots to stay away, or its rules cannot be known tonight
├── Blocked          a wall stands before the page; it is recorded, never climbed
├── Gone             the server says that the page no longer exists (404, 410, soft 404)
├── Unreachable      no answer: DNS, connection, TLS, time-out, reset, server error
├── TooLarge         more bytes than allowed, on the wire or unpacked
├── BadRedirect      a loop, too many hops, or a hop to somewhere that is refused
├── OverBudget       the site has had all the requests or bytes that one run grants it
└── NotAListing      a page that should list reports does not
"""

from __future__ import annotations

from crawler.capture import Capture


class CrawlError(Exception):
    """Base of all crawling errors: the address, whether another try may help, and the answer where there was one."""

    code = "crawl_error"
    retriable = False

    def __init__(self, url: str, message: str, *, retry_after_s: float | None = None, capture: Capture | None = None) -> None:
        super().__init__(f"{url}: {message}")
        self.url = url
        self.message = message
        self.retry_after_s = retry_after_s
        self.capture = capture


class Refused(CrawlError):
    """The address may not be asked for: host, address range or scheme is not allowed."""

    code = "refused"


class RobotsDenied(CrawlError):
    """robots.txt forbids it, or its server fails (5xx) and so it must be taken as forbidding."""

    code = "robots"


class Blocked(CrawlError):
    """A wall (412, 521, a challenge at 200, a cookie loop) answered instead of the page."""

    code = "blocked"


class Gone(CrawlError):
    """The page does not exist (any more)."""

    code = "gone"


class Unreachable(CrawlError):
    """No usable answer was had."""

    code = "unreachable"
    retriable = True


class TooLarge(CrawlError):
    """The body is larger than allowed, on the wire or unpacked."""

    code = "too_large"


class BadRedirect(CrawlError):
    """Redirects loop, are too many, or lead to a place that is refused."""

    code = "bad_redirect"


class OverBudget(CrawlError):
    """One run grants a site so many requests and bytes, and these are spent."""

    code = "over_budget"


class NotAListing(CrawlError):
    """A page that was to list reports does not."""

    code = "not_a_listing"
