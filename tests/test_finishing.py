"""A stop in the middle of a request waits for its answer, and not forever."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from crawler.capture import Capture
from crawler.errors import Unreachable
from nianbao import finishing
from nianbao.finishing import Finishing


class Slow:
    """A fetcher that takes its time and remembers what it finished."""

    def __init__(self, seconds: float, fails: bool = False) -> None:
        self.seconds, self.fails = seconds, fails
        self.finished: list[str] = []

    async def get(self, url: str, *, referer: str | None = None, conditional: bool = False) -> Capture:
        """Answer late, or fail late."""
        await asyncio.sleep(self.seconds)
        self.finished.append(url)
        if self.fails:
            raise Unreachable(url, "late")
        return Capture(url, url, datetime.now(UTC), 200, (), b"", b"")

    async def post(
        self, url: str, data: Mapping[str, str] | bytes, *, referer: str | None = None, media_type: str | None = None
    ) -> Capture:
        """The same."""
        return await self.get(url)


async def stopped(fetcher: Finishing, *, post: bool = False) -> bool:
    """Start a request, cancel it at once; whether the caller was cancelled."""
    task = asyncio.create_task(fetcher.post("http://x/", {}) if post else fetcher.get("http://x/"))
    await asyncio.sleep(0.02)
    task.cancel()
    await asyncio.wait({task})
    return task.cancelled()


@pytest.mark.parametrize("post", [False, True])
def test_a_request_under_way_is_finished_before_the_stop_goes_on(post: bool) -> None:
    """The answer is had, and the caller is cancelled all the same."""
    slow = Slow(0.2)
    assert asyncio.run(stopped(Finishing(slow), post=post))
    assert slow.finished == ["http://x/"]


def test_nobody_waits_forever() -> None:
    """After the grace the request is given up."""
    slow = Slow(30)
    assert asyncio.run(stopped(Finishing(slow, grace_s=0.1)))
    assert slow.finished == []


def test_an_error_of_the_last_request_does_not_take_the_place_of_the_stop() -> None:
    """The caller hears of the stop, and no warning is left behind."""
    slow = Slow(0.1, fails=True)
    assert asyncio.run(stopped(Finishing(slow)))
    assert slow.finished == ["http://x/"]


def test_without_a_stop_answers_and_errors_pass_through() -> None:
    """It is a fetcher like the one inside."""
    assert asyncio.run(Finishing(Slow(0)).get("http://x/")).status == 200
    with pytest.raises(Unreachable):
        asyncio.run(Finishing(Slow(0, fails=True)).get("http://x/"))


def test_a_request_that_takes_long_is_told_of_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The display counts it as a wait; quick ones are not spoken of."""
    monkeypatch.setattr(finishing, "SLOW_S", 0.05)
    told: list[str] = []
    asyncio.run(Finishing(Slow(0.2), slow=told.append).get("http://slow/"))
    asyncio.run(Finishing(Slow(0), slow=told.append).get("http://quick/"))
    assert told == ["http://slow/"]
