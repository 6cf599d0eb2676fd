"""The walk of a listing finds every row once, ends, and never calls complete what is not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.capture import Capture
from crawler.errors import Blocked, CrawlError, Gone, Unreachable
from crawler.pager import MAX_REQUESTS, Walked, follow
from crawler.rows import Row
from crawler.sheet import Ask, Progress, Reply, Sheet, Source

Fault = str
"""What is wrong with a page: "gone", "empty", "first" (it shows page 1), "reset", "wall"."""


@dataclass
class Server:
    """A listing of numbered pages. `total` and `pages` are what it declares; `faults` strike single pages."""

    sheets: list[list[int]]
    total: int | None = None
    pages: int | None = None
    faults: Mapping[int, Fault] = field(default_factory=dict)
    beyond: str = "gone"
    onward: bool = False
    asked: list[int] = field(default_factory=list)

    async def get(self, url: str, *, referer: str | None = None, conditional: bool = False) -> Capture:
        """One page as JSON, or its fault."""
        number = int(url.rpartition("/")[2])
        self.asked.append(number)
        body = json.dumps(self.page(url, number)).encode()
        return Capture(url, url, datetime(2025, 1, 1, tzinfo=UTC), 200, (("Content-Type", "application/json"),), body, body)

    async def post(
        self, url: str, data: Mapping[str, str] | bytes, *, referer: str | None = None, media_type: str | None = None
    ) -> Capture:
        """Never used here."""
        raise AssertionError(url)

    def page(self, url: str, number: int) -> list[int]:
        """The rows of a page."""
        fault = self.faults.get(number, "" if number <= len(self.sheets) else self.beyond)
        errors: dict[str, CrawlError] = {"gone": Gone(url, "404"), "reset": Unreachable(url, "reset"), "wall": Blocked(url, "412")}
        if fault in errors:
            raise errors[fault]
        return {"empty": [], "first": self.sheets[0], "last": self.sheets[-1]}.get(fault) or ([] if fault else self.sheets[number - 1])

    def source(self) -> Source:
        """How a family would walk it."""

        def read(reply: Reply) -> Sheet:
            rows = tuple(Row(f"http://x.gov.cn/{number}.html", f"row {number}") for number in json.loads(reply.text))
            return Sheet(rows, self.total, self.pages, self.ask(reply.ask.number + 1) if self.onward else None)

        return Source(self.ask(1), read, self.following)

    def following(self, progress: Progress) -> Ask | None:
        """The next page, as long as nothing tells that there is none."""
        number = progress.number + 1
        return None if self.pages is not None and number > self.pages and not progress.beyond else self.ask(number)

    def ask(self, number: int) -> Ask:
        """The request for a page."""
        return Ask(f"http://x.gov.cn/list/{number}", number=number)


def walk(server: Server) -> Walked:
    """Walk it to its end."""
    return asyncio.run(follow(server.source(), server))


def truth(server: Server) -> set[str]:
    """All rows that the listing really has."""
    return {f"http://x.gov.cn/{number}.html" for sheet in server.sheets for number in sheet}


@st.composite
def listings(draw: st.DrawFn) -> list[list[int]]:
    """Pages of rows: sizes vary, neighbours may overlap, rows may repeat; every page brings something new."""
    sheets: list[list[int]] = []
    at = 0
    for _ in range(draw(st.integers(1, 9))):
        fresh = draw(st.integers(1, 12))
        repeated = draw(st.integers(0, min(at, 7)))
        sheets.append([*range(at - repeated, at), *range(at, at + fresh), *([at] * draw(st.integers(0, 2)))])
        at += fresh
    return sheets


def even(pages: int, size: int, last: int) -> list[list[int]]:
    """Pages of one size but for the last."""
    return [[page * size + at for at in range(size if page < pages - 1 else last)] for page in range(pages)]


@given(listings())
def test_with_a_true_total_every_row_is_found_once_and_proven(sheets: list[list[int]]) -> None:
    """Overlaps and repeated rows do not disturb; no request is made beyond the last."""
    server = Server(sheets, total=len({row for sheet in sheets for row in sheet}))
    walked = walk(server)
    assert {row.url for row in walked.progress.rows.values()} == truth(server)
    assert (walked.complete, walked.reason) == (True, "total_reached")
    assert server.asked == list(range(1, len(sheets) + 1))


@given(listings(), st.integers(1, 40), st.sampled_from(["gone", "empty", "first", "last"]))
def test_short_of_its_total_a_listing_is_never_complete(sheets: list[list[int]], missing: int, beyond: str) -> None:
    """Whatever comes after the last page, all that is there is found and the shortfall told, after few more requests."""
    server = Server(sheets, total=len({row for sheet in sheets for row in sheet}) + missing, beyond=beyond)
    walked = walk(server)
    assert {row.url for row in walked.progress.rows.values()} == truth(server)
    assert not walked.complete
    assert "declared" in walked.message
    assert walked.requests <= len(sheets) + 6


@given(
    st.integers(1, 7),
    st.integers(2, 9),
    st.data(),
    st.dictionaries(st.integers(1, 8), st.sampled_from(["gone", "empty", "first", "reset", "wall"]), max_size=3),
    st.sampled_from(["total", "pages", "both"]),
)
@settings(max_examples=300)
def test_complete_means_complete(pages: int, size: int, data: st.DataObject, faults: dict[int, Fault], said: str) -> None:
    """Any faults at any pages: where the listing declares anything true, `complete` is said only when every row was found."""
    sheets = even(pages, size, data.draw(st.integers(1, size)))
    total = sum(map(len, sheets)) if said != "pages" else None
    server = Server(sheets, total=total, pages=pages if said != "total" else None, faults=faults)
    try:
        walked = walk(server)
    except CrawlError as error:
        raise AssertionError("an error got lost") from error
    found = {row.url for row in walked.progress.rows.values()}
    assert found <= truth(server)
    assert not walked.complete or found == truth(server)
    assert walked.complete or walked.message
    assert len(server.asked) == walked.requests <= 2 * pages + 30


@given(st.integers(3, 7), st.integers(2, 9), st.sampled_from(["gone", "empty", "last"]))
def test_where_nothing_is_declared_the_end_is_where_nothing_new_comes(pages: int, size: int, beyond: str) -> None:
    """A 404, an empty page or a repeat after the last page ends and proves the listing."""
    server = Server(even(pages, size, size), beyond=beyond)
    walked = walk(server)
    assert {row.url for row in walked.progress.rows.values()} == truth(server)
    assert walked.complete
    assert walked.reason == {"gone": "next_404", "empty": "stub", "last": "repeat_page"}[beyond]


@pytest.mark.parametrize("fault", ["gone", "empty", "first"])
def test_a_declared_page_that_is_missing_is_stepped_over(fault: Fault) -> None:
    """Page 3 of 5 brings nothing: pages 4 and 5 are still walked."""
    walked = walk(Server(even(5, 4, 4), pages=5, faults={3: fault}))
    assert len(walked.progress.rows) == 16
    assert not walked.complete


def test_pages_that_stay_barren_end_a_walk_though_more_is_declared() -> None:
    """A declared total of a million and nothing but page 1: a handful of requests, not sixty thousand."""
    server = Server(even(1, 15, 15), total=999_999, beyond="first")
    walked = walk(server)
    assert (walked.reason, walked.complete) == ("repeat_page", False)
    assert walked.requests < 8


@pytest.mark.parametrize(("behind", "complete", "reason"), [(0, True, "total_reached"), (45, False, "cap_suspected")])
def test_a_round_total_is_probed(behind: int, complete: bool, reason: str) -> None:
    """200 declared: one page beyond is asked for, and what is found there is taken and told."""
    sheets = [list(range(at, min(at + 20, 200 + behind))) for at in range(0, 200 + behind, 20)]
    walked = walk(Server(sheets, total=200))
    assert (walked.complete, walked.reason) == (complete, reason)
    assert len(walked.progress.rows) == 200 + behind


@pytest.mark.parametrize(("behind", "complete", "reason"), [(0, True, "declared_pages_done"), (2, False, "cap_suspected")])
def test_a_round_number_of_full_pages_is_probed(behind: int, complete: bool, reason: str) -> None:
    """10 pages declared, all full: there may be more than the pager shows."""
    walked = walk(Server(even(10 + behind, 5, 5), pages=10))
    assert (walked.complete, walked.reason) == (complete, reason)


def test_a_short_page_in_the_middle_is_not_proof() -> None:
    """Only the number of pages is known and one page is shorter than its like: rows may be missing."""
    sheets = even(4, 6, 6)
    sheets[1] = sheets[1][:3]
    assert not walk(Server(sheets, pages=4)).complete


def test_more_on_the_first_page_than_on_others_is_no_loss() -> None:
    """Rows kept on top make the first page longer."""
    sheets = even(4, 6, 2)
    sheets[0] = [900, 901, *sheets[0]]
    assert walk(Server(sheets, pages=4)).complete


def test_rows_that_stand_on_every_page_are_taken_out_where_the_total_says_so() -> None:
    """Three links beside each page are no rows: 20 are declared, 23 are seen, 20 remain."""
    sheets = [[*sheet, 901, 902, 903] for sheet in even(4, 5, 5)]
    walked = walk(Server(sheets, total=20, pages=4))
    assert (len(walked.progress.rows), walked.complete) == (20, True)


def test_more_rows_than_declared_are_not_complete() -> None:
    """The total is not met either when it is exceeded."""
    walked = walk(Server(even(2, 5, 4), total=7, pages=2))
    assert (len(walked.progress.rows), walked.complete) == (9, False)
    assert "7 rows declared, 9 found" in walked.message


def test_a_walk_that_never_ends_is_given_up() -> None:
    """Every page new, nothing declared."""
    sheets = even(MAX_REQUESTS + 50, 2, 2)
    walked = walk(Server(sheets))
    assert (walked.reason, walked.complete, walked.requests) == ("error", False, MAX_REQUESTS)


def test_a_wall_keeps_what_was_found() -> None:
    """Blocked at page 3: two pages of rows, no further request."""
    server = Server(even(5, 4, 4), total=20, faults={3: "wall"})
    walked = walk(server)
    assert (walked.reason, walked.complete, len(walked.progress.rows)) == ("blocked", False, 8)
    assert server.asked == [1, 2, 3]
    assert "412" in walked.message


def test_an_error_at_the_first_page_of_a_source_is_told() -> None:
    """An endpoint that cannot be had leaves no rows and its reason."""
    walked = walk(Server(even(1, 4, 4), faults={1: "reset"}))
    assert (walked.reason, walked.complete, walked.progress.rows) == ("error", False, {})
    assert "reset" in walked.message
