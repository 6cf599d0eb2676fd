"""What an answer means: a page, a hop to elsewhere, a reason to ask again, or an error with a name."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urljoin, urlsplit

from crawler import walls
from crawler.capture import Capture
from crawler.errors import Blocked, CrawlError, Gone, TooLarge, Unreachable
from crawler.transport import Answer
from crawler.urls import authority_of, clean

_REDIRECTS = {301, 302, 303, 307, 308}
_GONE = {404, 410}
_REFUSALS = {401, 403, 405, 406, 407, 422, 451}
_TRANSIENT = {408, 425, 429, 500, 502, 503, 504, 520, 522, 523, 524}
_SLOW_DOWN = {429, 503}
_WHOLE_ENDINGS = (b"</html>", b"%%EOF", b"</datastore>")


def judge(answer: Answer) -> CrawlError | None:
    """The error that an answer amounts to; None for a page, a redirect and a 304."""
    capture = answer.capture
    wall = walls.recognise(capture)
    if wall is not None:
        return Blocked(capture.url, f"a wall stands before the page: {wall}", capture=capture)
    if answer.fault is not None:
        return _broken(answer)
    return _by_status(capture)


def _broken(answer: Answer) -> CrawlError | None:
    capture = answer.capture
    if answer.fault == "too_large":
        return TooLarge(capture.url, answer.message, capture=capture)
    if answer.fault == "cut_off" and capture.status == 200 and ends_whole(capture.body):
        return None
    error = Unreachable(capture.url, answer.message, capture=capture)
    error.retriable = answer.fault == "cut_off"
    return error


def _by_status(capture: Capture) -> CrawlError | None:
    status, url = capture.status, capture.url
    if status in _GONE:
        return Gone(url, f"the server answers {status}", capture=capture)
    if status in _REFUSALS:
        return Blocked(url, f"the server refuses with {status}", capture=capture)
    if status == 304:
        return None if _asked_conditionally(capture) else Unreachable(url, "304 to a request without validators", capture=capture)
    if status in _REDIRECTS and capture.header("location"):
        return None
    if 200 <= status < 300:
        lost = walls.soft_404(capture)
        return Gone(url, f"a page at status 200 that says there is none: {lost}", capture=capture) if lost else None
    error = Unreachable(url, f"the server answers {status} {capture.reason}".rstrip(), retry_after_s=retry_after(capture), capture=capture)
    error.retriable = status in _TRANSIENT or status >= 500
    return error


def is_transient(error: CrawlError) -> bool:
    """Whether the same request may well succeed in a few seconds."""
    capture = error.capture
    if not isinstance(error, Unreachable) or not error.retriable:
        return False
    return capture is None or capture.status in _TRANSIENT or capture.truncated == "disconnect"


def asks_to_slow_down(capture: Capture | None) -> bool:
    """Whether a server says that it is asked too often."""
    return capture is not None and (capture.status == 429 or (capture.status in _SLOW_DOWN and retry_after(capture) is not None))


def retry_after(capture: Capture, now: datetime | None = None) -> float | None:
    """Seconds that a Retry-After header asks to wait, given as seconds or as a date; None where there is none."""
    value = (capture.header("retry-after") or "").strip()
    if re.fullmatch(r"\d+(?:\.\d+)?", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - (now or datetime.now(UTC))).total_seconds(), 0.0)


def next_hop(capture: Capture) -> str | None:
    """Where a redirect leads, cleaned; None where the answer is none. Raises ValueError where it leads to no address."""
    location = capture.header("location")
    if capture.status not in _REDIRECTS or not location:
        return None
    escaped = quote(location.strip().encode("latin-1"), safe="%/:?#[]@!$&'()*+,;=~|{}^`\\")
    target = urljoin(capture.final_url, escaped)
    return clean(target) if urlsplit(target).scheme in ("http", "https") else target


def keeps_method(status: int) -> bool:
    """Whether a redirect repeats the method and body; the others turn into a GET."""
    return status in (307, 308)


def leads_home(asked: str, capture: Capture) -> bool:
    """Whether a request for a page ended at the front page of the same site: how many sites say that it is gone."""
    here, there = authority_of(asked).removeprefix("www."), authority_of(capture.final_url).removeprefix("www.")
    return here == there and not walls.is_home(asked) and walls.is_home(capture.final_url)


def ends_whole(body: bytes) -> bool:
    """Whether a body that seems cut off carries its own end mark: then it was the length that lied."""
    return body[-64:].rstrip().lower().endswith(tuple(mark.lower() for mark in _WHOLE_ENDINGS))


def _asked_conditionally(capture: Capture) -> bool:
    return any(name.lower() in ("if-none-match", "if-modified-since") for name, _ in capture.request_headers)
