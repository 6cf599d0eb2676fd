"""The frontier anew from the WARC files alone: for an archive whose other files were lost, or that came from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from crawler.frontier import Frontier
from crawler.ledger import Archived
from store.warc_read import Record, read_capture, records

GROUP = 200
ANSWERS = frozenset({"response", "revisit", "resource"})


def tell(folder: Path, frontier: Frontier) -> int:
    """Enter every exchange of the WARC files in a folder that the frontier does not know; how many answers were looked at.

    What it knows already stays as it is. Raises `WarcError` at the first damaged record: `nianbao verify` lists them all.
    """
    count = 0
    for path in sorted(folder.glob("*.warc.gz")):
        if frontier.archived_until(path.name) >= path.stat().st_size:
            continue
        answers = _answers(path)
        while batch := list(islice(answers, GROUP)):
            frontier.tell(batch)
            count += len(batch)
    return count


def _answers(path: Path) -> Iterator[Archived]:
    """Each answer with the end of what belongs to it: its request, or the record that states its origin."""
    answer: Record | None = None
    end = 0
    for record in records(path):
        if answer is not None and record.fields.get("warc-concurrent-to") != answer.id:
            yield _archived(path, answer, end)
            answer = None
        if record.type in ANSWERS:
            answer = record
        end = record.end
    if answer is not None:
        yield _archived(path, answer, end)


def _archived(path: Path, record: Record, end: int) -> Archived:
    fields = record.fields
    sound = fields.get("nianbao-sound") != "no"
    digest = fields.get("warc-payload-digest", "")
    capture = read_capture(path, record.offset)
    return Archived(capture, fields.get("nianbao-site"), path.name, record.offset, end, digest, record.type == "revisit", sound)
