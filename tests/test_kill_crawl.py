"""Killed in the middle and run again, a crawl loses nothing and repeats nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kill_crawl import kill_crawl


def test_a_crawl_that_is_killed_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """kill -9 at five moments of a 2,000-page crawl: every page once in ledger and archive, which pass gzip -t and their digests."""
    outcome = kill_crawl(tmp_path, pages=2000, kills=5, seed=20260124)
    assert outcome.faults == []
    assert outcome.kills >= 3


@pytest.mark.soak
def test_a_crawl_that_is_killed_two_hundred_times_loses_and_repeats_nothing(tmp_path: Path) -> None:
    """The same at 200 moments, over fresh archives."""
    kills = 0
    for round_ in range(60):
        if kills >= 200:
            break
        outcome = kill_crawl(tmp_path / str(round_), pages=2000, kills=min(8, 200 - kills), seed=round_)
        assert outcome.faults == [], f"seed {round_}"
        kills += outcome.kills
    assert kills >= 200
