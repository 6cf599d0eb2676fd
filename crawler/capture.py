"""One HTTP exchange as it happened, and who may make one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal, Protocol

Truncated = Literal["length", "time", "disconnect"]


@dataclass(frozen=True)
class Capture:
    """One exchange. `raw_body` is what came over the wire (content-coded); `body` is what it says, decoded.

    `status` 304 has an empty body: the archive already holds what the server would send. Times are UTC.
    `origin` says how the bytes came to us: "fetch", or for `nianbao add` where they were held.
    """

    url: str
    final_url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    raw_body: bytes
    body: bytes
    method: str = "GET"
    request_headers: tuple[tuple[str, str], ...] = ()
    request_body: bytes = b""
    redirects: tuple[str, ...] = ()
    truncated: Truncated | None = None
    remote_address: str | None = None
    origin: str = "fetch"
    http_version: str = "HTTP/1.1"
    reason: str = ""

    @cached_property
    def sha256(self) -> str:
        """Digest of the decoded body: what a figure's provenance points to."""
        return hashlib.sha256(self.body).hexdigest()

    def header(self, name: str) -> str | None:
        """The last header of that name, case-insensitively."""
        wanted = name.lower()
        return next((value for key, value in reversed(self.headers) if key.lower() == wanted), None)

    @property
    def media_type(self) -> str | None:
        """The Content-Type as sent, parameters included."""
        return self.header("content-type")


class Fetcher(Protocol):
    """Whoever fetches politely: the real client, or the recording one of a run. Raises `CrawlError`s."""

    async def get(self, url: str, *, referer: str | None = None, conditional: bool = False) -> Capture:
        """GET, redirects followed. With `conditional`, known validators are sent and the answer may be a 304."""
        ...

    async def post(
        self, url: str, data: Mapping[str, str] | bytes, *, referer: str | None = None, media_type: str | None = None
    ) -> Capture:
        """POST a form (a mapping) or a body of the given type, for listing endpoints only."""
        ...
