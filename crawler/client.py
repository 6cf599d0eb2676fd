"""The polite client: an address in, a capture out, or an error with a name.

For every hop: is the address allowed, does its host rest, what does its robots.txt say; then one exchange, recorded before
anything else is done with it, and judged.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

from crawler import walls
from crawler.capture import Capture
from crawler.connect import Connector
from crawler.errand import Errand, Scope
from crawler.errors import BadRedirect, Blocked, CrawlError, Gone, OverBudget, Refused, Unreachable
from crawler.fetch import asks_to_slow_down, is_transient, judge, leads_home
from crawler.frontier import Frontier
from crawler.guard import Guard
from crawler.rules import Rulebook
from crawler.settings import MEGABYTE, CrawlSettings
from crawler.site import Site
from crawler.transport import Ask, WireError
from crawler.urls import authority_of, clean, host_of

__all__ = ["Client", "CrawlSettings", "Record", "SiteClient"]

Record = Callable[[Capture, "str | None", bool], Awaitable[None]]
"""Called with each exchange, the site it was made for, and whether it is sound, before the client goes on."""

_FORM = "application/x-www-form-urlencoded"
_SLOW_DOWN_S = 900.0
_REFUSALS_OF_A_WALL = 3


class Client:
    """A `Fetcher`, as an async context manager. Without a frontier it remembers nothing after it is closed.

    Errors carry the address as given and, where there was an answer, the capture. Bodies above the limit raise `TooLarge`,
    with the first MiB in the capture (`truncated="length"`).
    """

    def __init__(self, settings: CrawlSettings, *, frontier: Frontier | None = None, record: Record | None = None) -> None:
        self.settings = settings
        self.frontier = frontier or Frontier()
        self._owns_frontier = frontier is None
        self._record = record
        self._guard = Guard(settings)
        self._connector = Connector(settings, self._guard, self.frontier)
        self._refusals: Counter[str] = Counter()
        self._rules = Rulebook(settings, self.frontier, self._run)
        self._scope = Scope()

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._connector.aclose()
        if self._owns_frontier:
            self.frontier.close()

    def at(self, site: Site) -> SiteClient:
        """The same client on behalf of one site: its further hosts, its pace, its budget."""
        return SiteClient(self, Scope(site=site.id, also_hosts=site.allow_hosts, delay_s=site.delay_s or 0.0))

    async def get(self, url: str, *, referer: str | None = None, conditional: bool = False, scope: Scope | None = None) -> Capture:
        """See `Fetcher`."""
        return await self._run(self._errand(url, scope, referer=referer, conditional=conditional))

    async def post(
        self,
        url: str,
        data: Mapping[str, str] | bytes,
        *,
        referer: str | None = None,
        media_type: str | None = None,
        scope: Scope | None = None,
    ) -> Capture:
        """See `Fetcher`."""
        body = data if isinstance(data, bytes) else urlencode(data).encode("ascii")
        kind = media_type or _FORM
        return await self._run(self._errand(url, scope, method="POST", body=body, media_type=kind, referer=referer))

    def _errand(self, url: str, scope: Scope | None, **kwargs: object) -> Errand:
        try:
            cleaned = clean(url)
        except ValueError as error:
            raise Refused(url, f"not an address that can be fetched: {error}") from error
        return replace(Errand(url, cleaned, scope or self._scope), **kwargs)  # type: ignore[arg-type]  # the fields of Errand

    async def _run(self, errand: Errand) -> Capture:
        while True:
            try:
                capture = await self._step(errand)
            except Refused as error:
                if not errand.hops:
                    raise Refused(errand.asked, error.message) from error
                raise BadRedirect(errand.asked, f"a redirect leads to {errand.url}: {error.message}") from error
            try:
                hop = errand.follow(capture, self.settings.max_redirects)
            except BadRedirect as error:
                self._note_failure(errand, error)
                raise
            if hop is None:
                return capture
            errand = hop

    async def _step(self, errand: Errand) -> Capture:
        self._admit(errand)
        if self.settings.respect_robots and not errand.for_robots:
            errand = replace(errand, delay_s=await self._rules.heed(errand))
        return await self._persist(errand)

    def _admit(self, errand: Errand) -> None:
        """Refuse what may not be asked for, now or ever. Only what is fetched for a site has a budget."""
        scope, limits = errand.scope, self.settings
        self._guard.check(errand.url, scope.also_hosts)
        spent = scope.requests >= limits.max_site_requests or scope.bytes >= limits.max_site_mb * MEGABYTE
        if scope.site is not None and spent:
            raise OverBudget(errand.asked, f"{scope.requests} requests and {scope.bytes} bytes are spent on this site in this run")
        self._let_rest(errand)

    def _let_rest(self, errand: Errand) -> None:
        rest = self.frontier.resting(authority_of(errand.url))
        if rest is None:
            return
        kind = Blocked if rest.code == Blocked.code else Unreachable
        wait = rest.until - time.time()
        raise kind(errand.asked, f"{host_of(errand.url)} is left alone for {wait / 60:.0f} more minutes: {rest.why}", retry_after_s=wait)

    # -- one exchange -----------------------------------------------------------------------------------------------------

    async def _persist(self, errand: Errand) -> Capture:
        """One exchange, repeated with growing pauses while its failure may pass in seconds."""
        attempt = 0
        while True:
            result = await self._attempt(errand)
            if isinstance(result, Capture):
                self._refusals.pop(authority_of(errand.url), None)
                return result
            pause = self._pause(result, attempt)
            if pause is None:
                self._rest_host(errand, result)
                self._note_failure(errand, result)
                raise result
            self._connector.pace.hold(host_of(errand.url), pause)
            attempt += 1

    def _note_failure(self, errand: Errand, error: CrawlError) -> None:
        not_before = time.time() + error.retry_after_s if error.retry_after_s else None
        self.frontier.failed(errand.asked, f"{error.code}: {error.message}", site=errand.scope.site, not_before=not_before)

    async def _attempt(self, errand: Errand) -> Capture | CrawlError:
        try:
            answer = await self._connector.send(self._ask(errand), max(errand.delay_s, errand.scope.delay_s))
        except WireError as error:
            failure = Unreachable(errand.asked, str(error))
            failure.__cause__ = error
            return failure
        except CrawlError as error:
            return type(error)(errand.asked, error.message, retry_after_s=error.retry_after_s)
        capture = replace(answer.capture, url=errand.asked, redirects=errand.hops)
        verdict = judge(replace(answer, capture=capture)) or self._home_instead(errand, capture)
        errand.scope.requests += 1
        errand.scope.bytes += len(capture.raw_body)
        if self._record is not None:
            await self._record(capture, errand.scope.site, verdict is None)
        return capture if verdict is None else verdict

    def _ask(self, errand: Errand) -> Ask:
        headers = {
            "User-Agent": self.settings.user_agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
            "Accept-Encoding": "gzip",
        }
        if errand.referer:
            headers["Referer"] = _escaped(errand.referer)
        if errand.media_type and errand.method == "POST":
            headers["Content-Type"] = errand.media_type
        if errand.conditional:
            headers |= self._validators(errand.url)
        return Ask(errand.url, tuple(headers.items()), errand.method, errand.body)

    def _validators(self, url: str) -> dict[str, str]:
        page = self.frontier.page(url)
        if page is None or page.body is None:
            return {}
        known = {"If-None-Match": page.etag, "If-Modified-Since": page.last_modified}
        return {name: value for name, value in known.items() if value}

    def _pause(self, error: CrawlError, attempt: int) -> float | None:
        """Seconds until the next try, None where there is to be none."""
        timed_out = isinstance(error.__cause__, WireError) and error.__cause__.fault == "timeout"
        if not is_transient(error) or attempt >= (min(self.settings.retries, 1) if timed_out else self.settings.retries):
            return None
        wait = self.settings.backoff_s * 2**attempt * random.uniform(0.75, 1.25)  # noqa: S311 - a pause, no secret
        wait = max(wait, error.retry_after_s or 0.0)
        return wait if wait <= self.settings.patience_s else None

    def _rest_host(self, errand: Errand, error: CrawlError) -> None:
        """Leave a host alone after a wall, repeated refusals, or a request to slow down."""
        host, now = authority_of(errand.url), time.time()
        if asks_to_slow_down(error.capture):
            self.frontier.rest(host, now + (error.retry_after_s or _SLOW_DOWN_S), error.code, error.message)
        elif isinstance(error, Blocked) and error.capture is not None and not errand.for_robots:
            self._refusals[host] += 1
            if walls.recognise(error.capture) or self._refusals[host] >= _REFUSALS_OF_A_WALL:
                self.frontier.rest(host, now + self.settings.wall_rest_s, error.code, error.message)

    def _home_instead(self, errand: Errand, capture: Capture) -> CrawlError | None:
        """Tell a front page that is served in place of the page asked for; remember the front page when it is asked for."""
        if capture.status not in (200, 304) or capture.method != "GET" or errand.for_robots:
            return None
        if leads_home(errand.url if not errand.hops else clean(errand.asked), capture):
            return Gone(errand.asked, "the server leads to its front page instead", capture=capture)
        if capture.status == 304:
            return None
        host = authority_of(capture.final_url)
        home = self.frontier.host(host).get("home")
        if walls.is_home(capture.final_url):
            if capture.sha256 != home:
                self.frontier.note(host, home=capture.sha256)
        elif home is not None and capture.sha256 == home:
            return Gone(errand.asked, "the server sends its front page instead", capture=capture)
        return None


class SiteClient:
    """A `Fetcher` for one site: `requests` and `received` bytes are what the site has cost so far."""

    def __init__(self, client: Client, scope: Scope) -> None:
        self._client = client
        self.scope = scope

    @property
    def requests(self) -> int:
        """Exchanges made, robots.txt and redirects included."""
        return self.scope.requests

    @property
    def received(self) -> int:
        """Bytes of bodies on the wire."""
        return self.scope.bytes

    async def get(self, url: str, *, referer: str | None = None, conditional: bool = False) -> Capture:
        """See `Fetcher`."""
        return await self._client.get(url, referer=referer, conditional=conditional, scope=self.scope)

    async def post(
        self, url: str, data: Mapping[str, str] | bytes, *, referer: str | None = None, media_type: str | None = None
    ) -> Capture:
        """See `Fetcher`."""
        return await self._client.post(url, data, referer=referer, media_type=media_type, scope=self.scope)


def _escaped(url: str) -> str:
    try:
        return clean(url)
    except ValueError:
        return ""
