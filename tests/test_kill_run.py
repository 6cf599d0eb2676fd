"""Kill a run anywhere: nothing is lost, nothing stands twice, and the tables are those of a run that nobody disturbed."""

from __future__ import annotations

from pathlib import Path

import pytest

from store.warc_read import records
from tests.killed import play

SEED = 20241231


def test_a_run_killed_at_random_moments_ends_as_one_that_was_not(tmp_path: Path) -> None:
    """Every exchange in the archive is one row, every table equals the undisturbed run's, the WARC passes gzip and its digests."""
    assert_undisturbed(tmp_path, 3, SEED)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(5))
def test_fifty_killed_runs_lose_and_repeat_nothing(tmp_path: Path, seed: int) -> None:
    """The same, ten kills on each of five archives."""
    assert_undisturbed(tmp_path, 10, seed)


def assert_undisturbed(tmp_path: Path, kills: int, seed: int) -> None:
    """What a killed archive holds in the end is what an undisturbed one holds."""
    whole = play(tmp_path / "whole", kills=0, seed=seed)
    torn = play(tmp_path / "torn", kills=kills, seed=seed)
    assert torn.tables == whole.tables
    assert whole.captures == whole.distinct == whole.records
    assert torn.captures == torn.distinct == torn.records
    assert len(torn.tables["figure"]) == len({row[:6] for row in torn.tables["figure"]}) > 900
    for path in (tmp_path / "torn" / "var" / "warc").glob("*.warc.gz"):
        assert all(record.fields["warc-record-id"] for record in records(path))
