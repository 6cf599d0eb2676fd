"""A delivery of the crawler → the bytes that its report is read from and where they are archived.

What was answered with 304 is taken from the archive: a page that did not change may never have been read, or its attachment did.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crawler.capture import Capture
from crawler.events import Delivery, PartLink
from crawler.frontier import Frontier
from crawler.ledger import Exchange
from crawler.parts import parts_of
from extract import VERSION
from extract.document import Source
from nianbao.record import Recorder, Stored
from store.provenance import Part, Provenance
from store.warc_read import read_capture


@dataclass(frozen=True, slots=True)
class Held:
    """One capture with its full body and the WARC record that holds it."""

    capture: Capture
    warc_file: str
    warc_offset: int

    def source(self) -> Source:
        """The bytes as a reader takes them."""
        return Source(self.capture.body, self.capture.final_url, self.capture.media_type)

    def part(self) -> Part:
        """Their provenance."""
        capture = self.capture
        return Part(capture.url, capture.sha256, capture.media_type, capture.fetched_at, self.warc_file, self.warc_offset)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Full bodies of this run's captures and of those before, from memory or from the archive in `folder`."""

    folder: Path
    frontier: Frontier

    def held(self, recorder: Recorder, capture: Capture) -> Held:
        """The capture with its body. Raises KeyError where the archive does not know it."""
        if capture.status == 304:
            earlier = self.of_address(capture.final_url)
            if earlier is None:
                raise KeyError(f"{capture.final_url}: unchanged, but the archive holds no body of it")
            return earlier
        stored: Stored = recorder.stored(capture)
        return Held(capture, stored.body_file, stored.body_offset)

    def of_address(self, url: str) -> Held | None:
        """The last full body that the archive holds of an address."""
        exchange = self.frontier.body_of(url)
        if exchange is None:
            return None
        capture = read_capture(self.folder / exchange.warc_file, exchange.warc_offset)
        return Held(capture, exchange.warc_file, exchange.warc_offset)

    def stored(self, exchange: Exchange) -> Stored:
        """An exchange of the ledger, read back from the archive. Told so late it vouches for nothing."""
        capture = read_capture(self.folder / exchange.warc_file, exchange.warc_offset)
        body = (self.frontier.exchange(exchange.original) if exchange.original is not None else None) or exchange
        return Stored(
            capture, exchange.site, exchange.number, exchange.warc_file, exchange.warc_offset, body.warc_file, body.warc_offset, sound=False
        )

    def known_parts(self, url: str) -> Sequence[PartLink]:
        """The parts of an archived article, to be asked for again though the article itself is unchanged."""
        page = self.frontier.page(url)
        held = self.of_address(page.final_url or url) if page else None
        return parts_of(held.capture) if held else ()


def bodies(delivery: Delivery, shelf: Shelf, recorder: Recorder) -> list[Held]:
    """The delivery's page and parts, in the order of `Figure.part`; article pages and frames come first behind the page."""
    order = {"article_page": 0, "frame": 1, "attachment": 2, "picture": 3}
    parts = sorted(delivery.parts, key=lambda part: order[part.kind])
    return [shelf.held(recorder, capture) for capture in (delivery.capture, *(part.capture for part in parts))]


def provenance(delivery: Delivery, held: Sequence[Held], run_id: int, site_id: str) -> Provenance:
    """Where the report comes from, with what its listing says of it."""
    link = delivery.link
    return Provenance(run_id, site_id, link.url, tuple(h.part() for h in held), VERSION, link.agency, link.year, link.published)
