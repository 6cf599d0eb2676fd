"""Captures, and what a frontier is told of them, without a network or an archive."""

from __future__ import annotations

from datetime import UTC, datetime

from crawler.capture import Capture
from crawler.ledger import Archived
from store import warc_format

MOMENT = datetime(2026, 1, 20, 3, 4, 5, 678901, tzinfo=UTC)


def captured(url: str = "http://a.gov.cn/1", body: bytes = b"<html>one</html>", **changes: object) -> Capture:
    """A capture of a page."""
    facts: dict[str, object] = {
        "url": url,
        "final_url": url,
        "fetched_at": MOMENT,
        "status": 200,
        "headers": (("Content-Type", "text/html"),),
        "raw_body": body,
        "body": body,
        "request_headers": (("Host", "a.gov.cn"),),
        "reason": "OK",
    }
    return Capture(**(facts | changes))  # type: ignore[arg-type]  # the fields by name


def told(capture: Capture, offset: int = 0, *, file: str = "w.warc.gz", site: str | None = None, **changes: object) -> Archived:
    """A capture as archived at an offset."""
    digest = warc_format.digest(capture.raw_body)
    return Archived(capture, site, file, offset, offset + 100, digest, **changes)  # type: ignore[arg-type]  # the fields by name
