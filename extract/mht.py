"""MHT: a web page saved with its parts as one mail message → the page and the parts."""

from __future__ import annotations

import quopri
import re
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from urllib.parse import urljoin

from extract.document import Source
from extract.errors import TooComplex, Unreadable

MAX_PARTS = 500
_PAGES = ("text/html", "application/xhtml+xml")


def read(content: bytes) -> tuple[Source, tuple[Source, ...]]:
    """The main page, its declared charset in `media_type`, and the other parts. Raises Unreadable or TooComplex."""
    try:
        message = message_from_bytes(content.lstrip(b"\xef\xbb\xbf \t\r\n"))
        leaves = [part for part in message.walk() if not part.is_multipart()]
        sources = [_source(part) for part in leaves[: MAX_PARTS + 1]]
    except (MessageError, LookupError, ValueError, TypeError, RecursionError, AttributeError) as error:
        raise Unreadable(f"damaged MHT file: {error}") from error
    if len(leaves) > MAX_PARTS:
        raise TooComplex(f"the MHT file has more than {MAX_PARTS} parts")
    main = _main(message, leaves)
    if main is None:
        raise Unreadable("the MHT file holds no page")
    return sources[main], tuple(source for at, source in enumerate(sources) if at != main and source.content)


def _main(message: Message, leaves: list[Message]) -> int | None:
    """The part that the root names as its start, else the first page; of a frameset, the page that it frames."""
    start = message.get_param("start")
    pages = [at for at, part in enumerate(leaves) if part.get_content_type() in _PAGES]
    named = next((at for at in pages if start and leaves[at].get("Content-ID") == start), None)
    first = named if named is not None else next(iter(pages), None)
    if first is None or len(pages) < 2 or b"<frameset" not in _payload(leaves[first]).lower():
        return first
    return max((at for at in pages if at != first), key=lambda at: len(_payload(leaves[at])))


def _source(part: Message) -> Source:
    location = str(part.get("Content-Location") or part.get("Content-ID") or "").strip().strip("<>")
    base = str(part.get("Content-Base") or "")
    charset = part.get_content_charset()
    media_type = f"{part.get_content_type()}; charset={charset}" if charset else part.get_content_type()
    return Source(_payload(part), urljoin(base, location) or part.get_filename(), media_type)


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    return quopri.decodestring(re.sub(r"[^\x00-\x7f]", "?", str(part.get_payload())))
