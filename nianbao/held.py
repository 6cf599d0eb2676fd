"""Versions that the archive holds, read again: their bytes, and what today's readers make of them."""

from __future__ import annotations

from pathlib import Path

from extract.document import Source
from extract.report import Report
from nianbao.reading import Limits, read_limited
from store.archive import Archive
from store.provenance import Part
from store.warc_format import FIELDS
from store.warc_read import WarcError, parse_fields, read_capture, read_unit

AGENCY, YEAR = "agency", "year"
"""Under these names a giver's word on a document is archived beside it."""
_PARTS = "SELECT url, sha256, media_type, captured_at, warc_file, warc_offset FROM part WHERE report_id = ? ORDER BY part"


def held_bytes(archive: Archive, folder: Path, report_id: int) -> list[tuple[Part, Source]]:
    """The document of a version and its parts from the WARC files in `folder`. Raises KeyError, WarcError, OSError."""
    return [_from_row(folder, Part(*row)) for row in archive.connection.execute(_PARTS, [report_id]).fetchall()]


def _from_row(folder: Path, part: Part) -> tuple[Part, Source]:
    if part.warc_file is None or part.warc_offset is None:
        raise KeyError(f"{part.url}: its place in the archive is not known")
    capture = read_capture(folder / part.warc_file, part.warc_offset)
    return part, Source(capture.body, capture.final_url, capture.media_type)


def stated(folder: Path, part: Part) -> tuple[str | None, int | None]:
    """Agency and year that the giver of a document stated with `add`; None where nothing was."""
    if part.warc_file is None or part.warc_offset is None:
        return None, None
    beside = read_unit(folder / part.warc_file, part.warc_offset).companions.get("metadata")
    if beside is None or beside.fields.get("content-type") != FIELDS:
        return None, None
    said = parse_fields(b"\r\n" + beside.block)
    return said.get(AGENCY), int(said[YEAR]) if said.get(YEAR, "").isdigit() else None


def read_again(archive: Archive, folder: Path, report_id: int, limits: Limits) -> Report | None:
    """What today's readers make of a version; None where its bytes are not at hand."""
    try:
        sources = [source for _, source in held_bytes(archive, folder, report_id)]
    except (WarcError, OSError, KeyError):
        return None
    return read_limited(sources[0], sources[1:], limits) if sources else None
