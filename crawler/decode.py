"""Bytes → text, by the rules that Chinese government pages make necessary.

Pages declare gb2312 and use characters far beyond it, declare one charset in the header and another in the page, or declare
gb2312 over UTF-8. What the bytes prove goes before what anyone declares.
"""

from __future__ import annotations

import codecs
import re

from crawler.capture import Capture

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"\x84\x31\x95\x33", "gb18030"))
_GB = re.compile(r"^(?:x-)?(?:gb.*|.*gbk|cp936|ms936|windows-936|936|euc-cn|hz-gb-2312|chinese|iso-ir-58)$")
_LATIN = {"iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii", "windows-1252", "cp1252"}
_HEADER_LABEL = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_LABEL = re.compile(rb"""<(?:meta\b[^>]{0,300}?charset|\?xml\b[^>]{0,200}?encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_PRESCAN = 64 * 1024


def text(capture: Capture) -> str:
    """The text of an HTML, XML, JSON or plain text answer. Never fails: bytes of no charset become U+FFFD."""
    return decode(capture.body, capture.media_type)


def decode(body: bytes, media_type: str | None = None) -> str:
    """Text of `body`; `media_type` is the Content-Type header. See `encoding_of` for the order of evidence."""
    return body.decode(encoding_of(body, media_type), errors="replace")


def encoding_of(body: bytes, media_type: str | None = None) -> str:
    """The codec to read `body` with: byte-order mark, else UTF-8 where all bytes are, else the label of the header or of the
    page (every GB label means gb18030), else gb18030 or UTF-8, whichever loses fewer characters.
    """
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return codec
    if _is_utf8(body):
        return "utf-8"
    labels = [label for label in (_header_label(media_type), _meta_label(body)) if label is not None]
    codecs_named = [codec for codec in map(_codec, labels) if codec is not None and codec != "utf-8"]
    return next(iter(codecs_named), None) or _likelier(body)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        # A body cut off by a limit may end inside a character.
        return error.end == len(body) and error.reason == "unexpected end of data"
    return True


def _header_label(media_type: str | None) -> str | None:
    found = _HEADER_LABEL.search(media_type or "")
    return found[1] if found else None


def _meta_label(body: bytes) -> str | None:
    found = _META_LABEL.search(body[:_PRESCAN])
    return found[1].decode("ascii", "replace") if found else None


def _codec(label: str) -> str | None:
    """The codec of a label; None where it is unknown, or a default that nobody chose (ISO-8859-1)."""
    label = label.strip().lower().replace("_", "-")
    if _GB.match(label):
        return "gb18030"
    if label in _LATIN:
        return None
    try:
        return codecs.lookup(label).name
    except LookupError:
        return None


def _likelier(body: bytes) -> str:
    """A few bad bytes in a page of UTF-8 leave it UTF-8; bytes that are mostly bad as UTF-8 are GB."""
    losses = {codec: body.decode(codec, errors="replace").count("�") for codec in ("utf-8", "gb18030")}
    return "utf-8" if losses["utf-8"] <= losses["gb18030"] else "gb18030"
