"""The frontier: what it is told stays told, and what it is asked it answers from that."""

from __future__ import annotations

import errno
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawler.frontier import Frontier, backoff_s
from crawler.robots import Robots
from tests.archived import captured, told

HOUR = 3600.0


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    """A frontier on disk."""
    with Frontier(tmp_path / "frontier.sqlite") as opened:
        yield opened


def test_an_archived_page_is_known_with_its_validators_and_place(frontier: Frontier) -> None:
    """Everything a conditional request and a later reading need."""
    headers = (("ETag", '"v1"'), ("Last-Modified", "Tue, 03 Feb 2026 00:00:00 GMT"), ("Content-Type", "text/html"))
    capture = captured("http://a.gov.cn/1", b"one", headers=headers)
    (number,) = frontier.tell([told(capture, 500, site="s")])
    page = frontier.page("HTTP://A.gov.cn/1#top")
    assert page is not None
    assert (page.site, page.status, page.etag, page.last_modified) == ("s", 200, '"v1"', "Tue, 03 Feb 2026 00:00:00 GMT")
    assert (page.sha256, page.body, page.fetched_at) == (capture.sha256, number, capture.fetched_at.timestamp())
    exchange = frontier.exchange(number)
    assert exchange == frontier.find(capture) == frontier.body_of("http://a.gov.cn/1")
    assert exchange is not None
    assert (exchange.warc_file, exchange.warc_offset, exchange.bytes) == ("w.warc.gz", 500, 3)
    assert exchange.fetched_at == capture.fetched_at


def test_an_exchange_that_is_told_twice_is_entered_once(frontier: Frontier) -> None:
    """After a crash what lies in the archive is told again."""
    first = frontier.tell([told(captured(), 100)])
    assert frontier.tell([told(captured(), 100)]) == first
    assert len(list(frontier.exchanges())) == 1


def test_the_ledger_is_read_on_from_a_number(frontier: Frontier) -> None:
    """A database that lags behind asks for what it has not heard of."""
    numbers = frontier.tell(told(captured(f"http://a.gov.cn/{n}"), n * 100) for n in range(2500))
    assert [exchange.number for exchange in frontier.exchanges(numbers[1200])] == numbers[1201:]


def test_a_batch_is_entered_whole_or_not_at_all(frontier: Frontier) -> None:
    """A failure in the middle leaves nothing of it."""
    broken = captured("http://a.gov.cn/2", headers=(("ETag", object()),))  # type: ignore[arg-type]  # what SQLite cannot hold
    with pytest.raises(sqlite3.Error):
        frontier.tell([told(captured(), 0), told(broken, 100)])
    assert list(frontier.exchanges()) == []
    assert frontier.page("http://a.gov.cn/1") is None


def test_a_redirected_page_is_known_under_both_addresses(frontier: Frontier) -> None:
    """The address asked for leads to the body, the address that answered has the validators."""
    hop = captured("http://a.gov.cn/old", b"", status=302, headers=(("Location", "/new"),))
    there = captured(
        "http://a.gov.cn/old", b"x", final_url="http://a.gov.cn/new", headers=(("ETag", "e"),), redirects=("http://a.gov.cn/old",)
    )
    _, number = frontier.tell([told(hop, 0), told(there, 100)])
    old, new = frontier.page("http://a.gov.cn/old"), frontier.page("http://a.gov.cn/new")
    assert old is not None
    assert new is not None
    assert (old.body, old.etag, old.final_url, old.status) == (number, None, "http://a.gov.cn/new", 200)
    assert (new.body, new.etag) == (number, "e")


def test_a_304_keeps_body_and_validators(frontier: Frontier) -> None:
    """It confirms what is held, and its line in the ledger points there."""
    (first,) = frontier.tell([told(captured(headers=(("ETag", "e"),)), 0)])
    (second,) = frontier.tell([told(captured(body=b"", status=304, headers=()), 100, revisit=True)])
    page = frontier.page("http://a.gov.cn/1")
    assert page is not None
    assert (page.body, page.etag, page.status) == (first, "e", 304)
    exchange = frontier.exchange(second)
    assert exchange is not None
    assert exchange.original == first


def test_an_unsound_answer_is_in_the_ledger_but_is_no_body(frontier: Frontier) -> None:
    """A wall at status 200 must not stand for the page, nor its validators be sent."""
    (first,) = frontier.tell([told(captured(headers=(("ETag", "e"),)), 0)])
    frontier.tell([told(captured(body=b"<script>", headers=(("ETag", "wall"),)), 100, sound=False)])
    page = frontier.page("http://a.gov.cn/1")
    assert page is not None
    assert (page.body, page.etag, page.sha256) == (first, None, captured().sha256)
    assert len(list(frontier.exchanges())) == 2


def test_a_body_met_again_is_found_by_its_digest(frontier: Frontier) -> None:
    """Only whole pages stand for others; redirects, errors and torsos do not."""
    page, elsewhere = captured("http://a.gov.cn/1"), captured("http://b.gov.cn/1")
    torso = captured("http://a.gov.cn/2", b"torso", truncated="length")
    numbers = frontier.tell([told(page, 0), told(elsewhere, 100, revisit=True), told(torso, 200)])
    found = frontier.original(told(page).payload_digest)
    assert found is not None
    assert found.number == numbers[0]
    copy = frontier.exchange(numbers[1])
    assert copy is not None
    assert copy.original == numbers[0]
    held = frontier.body_of("http://b.gov.cn/1")
    assert held is not None
    assert held.number == numbers[0]
    assert frontier.original(told(torso).payload_digest) is None


def test_pages_are_planned_and_come_due(frontier: Frontier) -> None:
    """In the order of their times; unknown pages are always due."""
    frontier.plan("http://a.gov.cn/later", site="s", kind="report", due_at=200)
    frontier.plan("http://a.gov.cn/now", site="s", kind="listing", due_at=100)
    frontier.plan("http://b.gov.cn/other", site="t", due_at=50)
    assert [page.url for page in frontier.due("s", now=150)] == ["http://a.gov.cn/now"]
    assert [page.url for page in frontier.due(now=250)] == ["http://b.gov.cn/other", "http://a.gov.cn/now", "http://a.gov.cn/later"]
    assert [page.url for page in frontier.pages("s", "report")] == ["http://a.gov.cn/later"]
    assert frontier.is_due("http://a.gov.cn/unknown", now=0)
    assert not frontier.is_due("http://a.gov.cn/later", now=150)
    frontier.plan("http://a.gov.cn/later", due_at=120)
    assert frontier.is_due("http://a.gov.cn/later", now=150)


def test_failures_wait_longer_each_time_and_are_forgotten_by_success(frontier: Frontier) -> None:
    """An hour first, then one night, two, four; an answer starts afresh."""
    assert [backoff_s(n) / HOUR for n in range(6)] == [1, 24, 48, 96, 96, 96]
    frontier.failed("http://a.gov.cn/1", "unreachable: reset", site="s")
    frontier.failed("http://a.gov.cn/1", "unreachable: reset")
    page = frontier.page("http://a.gov.cn/1")
    assert page is not None
    assert page.due_at is not None
    assert (page.attempts, page.error, page.site) == (2, "unreachable: reset", "s")
    assert page.due_at - page.first_seen == pytest.approx(24 * HOUR, abs=60)
    frontier.tell([told(captured())])
    page = frontier.page("http://a.gov.cn/1")
    assert page is not None
    assert (page.attempts, page.error) == (0, None)


def test_a_rest_lasts_until_its_time_and_is_never_shortened(frontier: Frontier) -> None:
    """A wall's ninety minutes are not cut by a server's shorter wish."""
    frontier.rest("a.gov.cn", 1000, "blocked", "a wall")
    frontier.rest("a.gov.cn", 500, "unreachable", "busy")
    rest = frontier.resting("a.gov.cn", now=900)
    assert rest is not None
    assert (rest.until, rest.code, rest.why) == (1000, "blocked", "a wall")
    assert frontier.resting("a.gov.cn", now=1000) is None
    assert frontier.resting("b.gov.cn", now=0) is None


def test_facts_of_a_host_are_kept_side_by_side(frontier: Frontier) -> None:
    """Each is changed without touching the others."""
    frontier.note("a.gov.cn", scheme="http")
    frontier.note("a.gov.cn", tls_why="self-signed", tls_since=5.0)
    frontier.rest("a.gov.cn", 1000, "blocked", "a wall")
    facts = frontier.host("a.gov.cn")
    assert (facts["scheme"], facts["tls_since"], facts["rest_until"]) == ("http", 5.0, 1000)
    assert frontier.tls_exceptions() == {"a.gov.cn": "self-signed"}
    assert frontier.host("b.gov.cn") == {}


def test_robots_and_lessons_are_kept(frontier: Frontier) -> None:
    """Rules until their time, lessons until the next."""
    rules = Robots("rules", "User-agent: *\nDisallow: /x")
    frontier.keep_robots("http://a.gov.cn", rules, expires=100)
    assert frontier.robots("http://a.gov.cn", now=99) == rules
    assert frontier.robots("http://a.gov.cn", now=100) is None
    assert frontier.recall("s") == {}
    frontier.learn("s", {"family": "trs", "columns": ["政府信息公开年报"]})
    assert frontier.recall("s") == {"family": "trs", "columns": ["政府信息公开年报"]}


def test_everything_outlives_the_process(tmp_path: Path) -> None:
    """A second opening knows what the first was told, although it was never closed."""
    path = tmp_path / "f.sqlite"
    first = Frontier(path)
    first.tell([told(captured(), 40)])
    first.learn("s", {"a": 1})
    with Frontier(path) as second:
        assert second.archived_until("w.warc.gz") == 140
        assert second.archived_until("other.warc.gz") == 0
        assert second.recall("s") == {"a": 1}
    first.close()


def test_a_writing_thread_does_not_disturb_those_who_read(frontier: Frontier) -> None:
    """The archive's thread tells while the event loop asks."""

    def write() -> None:
        for batch in range(20):
            frontier.tell(told(captured(f"http://a.gov.cn/{batch}/{n}"), batch * 1000 + n) for n in range(10))

    writer = threading.Thread(target=write)
    writer.start()
    while writer.is_alive():
        assert frontier.page("http://a.gov.cn/none") is None
    writer.join()
    assert len(list(frontier.exchanges())) == 200


def test_a_full_disk_is_an_oserror_and_leaves_what_was_told(frontier: Frontier) -> None:
    """As for any other file, so that the run can say so and end with its own exit code."""
    (first,) = frontier.tell([told(captured(), 0)])
    frontier._writer.execute("PRAGMA max_page_count = 1")
    with pytest.raises(OSError, match="crawl state cannot be written") as caught:
        frontier.tell(told(captured(f"http://a.gov.cn/{n}", b"x" * 100), n * 1000) for n in range(1, 2000))
    assert caught.value.errno == errno.ENOSPC
    assert [exchange.number for exchange in frontier.exchanges()] == [first]


def test_one_in_memory_needs_no_file() -> None:
    """For looking at a single page nothing is kept."""
    with Frontier() as frontier:
        frontier.tell([told(captured())])
        assert frontier.page("http://a.gov.cn/1") is not None
