"""Walking a listing to its proven end: the same rules for every family.

A family says how to ask for the next page and how to read an answer; this module decides when to stop. A listing ends when its
declared total is reached; where none is declared, when all declared pages were walked; where neither is, when the last page
leads nowhere. Round totals are probed one page beyond. A page that brings nothing while more is declared is a hole: it is
stepped over, and asked for once more at the end. A listing whose total changes under the walk is walked a second time: rows may
have slipped from a page not yet asked for to one already seen. Everything is bounded.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

from crawler import decode
from crawler.capture import Capture, Fetcher
from crawler.errors import Blocked, CrawlError, Gone, Unreachable
from crawler.listing import StopReason
from crawler.proof import drop_constants, looks_capped, proven, shortfall, stops_at_cap
from crawler.sheet import Ask, Progress, Reply, Sheet, Source

MAX_REQUESTS = 200
"""Pages asked for where nothing declares how many there are."""
MOST_REQUESTS = 2000
"""Pages asked for at most, whatever is declared."""
MAX_ROWS = 50_000
PATIENCE = 3
"""Pages on end that bring nothing new before a listing is given up that declares more."""


@dataclass(frozen=True, slots=True)
class Walked:
    """What became of a walk. `message` says what is missing, and is empty where nothing is."""

    progress: Progress
    requests: int
    reason: StopReason
    complete: bool
    message: str = ""
    asked: tuple[str, ...] = ()
    """The addresses that were asked for."""


@runtime_checkable
class Forgetful(Protocol):
    """A fetcher that hands out pages which it fetched before, unless told to forget them."""

    def forget(self, urls: Collection[str]) -> None:
        """Ask for these pages anew."""
        ...


async def follow(source: Source, fetcher: Fetcher) -> Walked:
    """Walk one source to its end. Raises no `CrawlError`: how it ended stands in the result."""
    walked = await _Walk(source, fetcher).run()
    first = source.first if isinstance(source.first, Ask) else source.again
    if not walked.progress.changed or walked.reason in ("blocked", "error") or first is None:
        return walked
    if isinstance(fetcher, Forgetful):
        fetcher.forget([first.url, *walked.asked])
    return _second(walked, await _Walk(replace(source, first=first), fetcher).run())


def check(capture: Capture) -> None:
    """Raise where an answer is an error by its status."""
    if capture.status in (404, 410):
        raise Gone(capture.url, f"answered {capture.status}")
    if capture.status >= 400:
        raise Unreachable(capture.url, f"answered {capture.status}")


def _second(first: Walked, second: Walked) -> Walked:
    """What two walks of a listing found that changed during the first; what only the first saw counts where the second falls short."""
    if not second.complete:
        for key, row in first.progress.rows.items():
            second.progress.rows.setdefault(key, row)
    complete = second.complete and not second.progress.changed
    message = "" if complete else second.message or "the listing changed while it was walked, twice"
    return replace(second, requests=first.requests + second.requests, complete=complete, message=message)


class _Walk:
    """One walk of one source. `barren` is the run of pages, up to now, that brought nothing; `holes` are earlier such runs."""

    def __init__(self, source: Source, fetcher: Fetcher) -> None:
        self.source = source
        self.fetcher = fetcher
        self.progress = Progress()
        self.requests = 0
        self.asked: list[tuple[str, object]] = []
        self.barren: list[tuple[Ask, StopReason]] = []
        self.holes: list[tuple[Ask, StopReason]] = []
        self.capped = False
        self.note = ""

    async def run(self) -> Walked:
        if isinstance(self.source.first, Sheet):
            self.progress.take(self.source.first, 1)
            reason = None
        else:
            reason = await self._step(self.source.first)
        while reason is None:
            reason = self._bounds() or self._rest() or await self._next()
        if reason not in ("blocked", "error"):
            await self._mend()
        return self._ended(reason)

    async def _next(self) -> StopReason | None:
        ask = self.source.ask(self.progress)
        if ask is None or ask.identity in self.asked:
            return self._dead_end(ask)
        return await self._step(ask)

    async def _step(self, ask: Ask) -> StopReason | None:
        """Ask for a page and take it in; the reason where the walk ends with it."""
        self.asked.append(ask.identity)
        opening = not self.progress.counts
        try:
            sheet = await self._fetch(ask)
        except Gone as error:
            self.progress.number, self.progress.fresh = ask.number, 0
            return self._barren(ask, "next_404", str(error))
        except CrawlError as error:
            self.note = f"{error.code}: {error}"
            return "blocked" if isinstance(error, Blocked) else "error"
        if self.progress.take(sheet, ask.number):
            self._fruitful(ask)
            return None
        if sheet.prelude or opening:
            return None
        return self._barren(ask, "repeat_page" if sheet.rows else "stub", f"page {ask.number} brought nothing new")

    async def _fetch(self, ask: Ask) -> Sheet:
        self.requests += 1
        if ask.form is None:
            capture = await self.fetcher.get(ask.url, referer=ask.referer)
        else:
            capture = await self.fetcher.post(ask.url, ask.form, referer=ask.referer, media_type=ask.media_type)
        check(capture)
        return self.source.read(Reply(capture.final_url, decode.text(capture), ask))

    def _fruitful(self, ask: Ask) -> None:
        self.holes += [hole for hole in self.barren if hole[0].number != ask.number]
        self.barren = []
        self.capped = self.capped or self.progress.beyond

    def _barren(self, ask: Ask, reason: StopReason, note: str) -> StopReason | None:
        """A page that brought nothing: the end of a listing that speaks of no more, else a hole to step over."""
        if self.progress.beyond and not self.capped:
            self.capped = reason == "next_404" and stops_at_cap(self.progress)
            return self._all_here()
        self.barren.append((ask, reason))
        self.note = note
        onward = reason != "next_404" and self.progress.sheet.onward is not None
        return None if (self.progress.expected or onward) and len(self.barren) < PATIENCE else self.barren[0][1]

    def _bounds(self) -> StopReason | None:
        if self.requests < self._limit() and len(self.progress.rows) <= MAX_ROWS:
            return None
        self.note = f"given up after {self.requests} requests and {len(self.progress.rows)} rows"
        return "error"

    def _limit(self) -> int:
        progress = self.progress
        if progress.total is None and progress.pages is None:
            return MAX_REQUESTS
        a_page = max(1, progress.received // max(1, len(progress.counts)))
        expected = max(progress.pages or 0, (progress.total or 0) // a_page)
        return min(MOST_REQUESTS, 2 * expected + 20)

    def _rest(self) -> StopReason | None:
        """All that is declared is here: the end, unless it looks like a cap and a page beyond can be asked for."""
        progress = self.progress
        by_pages = progress.total is None and progress.pages is not None and progress.number >= progress.pages
        if self.capped or self.barren or not (progress.reached or by_pages):
            return None
        progress.beyond = looks_capped(progress)
        return None if progress.beyond else self._all_here()

    def _all_here(self) -> StopReason:
        return "total_reached" if self.progress.reached else "declared_pages_done"

    def _dead_end(self, ask: Ask | None) -> StopReason:
        """Nothing is left to ask for: `ask` is the request that was made before, if one was named at all."""
        progress = self.progress
        if self.barren:
            return self.barren[0][1]
        if ask is not None and ask.identity != self.asked[-1]:
            return "repeat_page"
        return "declared_pages_done" if progress.pages is not None and progress.number >= progress.pages else "last_page"

    async def _mend(self) -> None:
        """Ask once more for pages that came empty."""
        progress = self.progress
        short = progress.total is not None and len(progress.rows) < progress.total
        again = [hole for hole in (*self.holes, *self.barren) if hole[1] == "stub"] if short or self.holes else []
        for hole in again[:PATIENCE]:
            if await self._retried(hole[0]) and hole in self.holes:
                self.holes.remove(hole)

    async def _retried(self, ask: Ask) -> int:
        try:
            return self.progress.take(await self._fetch(ask), ask.number)
        except CrawlError as error:
            self.note = f"{error.code}: {error}"
            return 0

    def _ended(self, reason: StopReason) -> Walked:
        progress = self.progress
        drop_constants(progress)
        if self.capped and reason not in ("blocked", "error"):
            reason = "cap_suspected"
        elif progress.total is not None and len(progress.rows) == progress.total:
            reason = "total_reached"
        holes = [hole for hole in self.holes if not (self.source.from_zero and hole[1] == "repeat_page")]
        complete = proven(progress, reason, len(holes))
        asked = tuple(url for url, _ in self.asked)
        return Walked(progress, self.requests, reason, complete, "" if complete else shortfall(progress, self.note), asked)
