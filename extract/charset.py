"""Bytes → str for text formats. Every GB label means GB18030; what decodes strictly as UTF-8 is UTF-8 whatever it says."""

from __future__ import annotations

import codecs
import re

from extract.errors import Unreadable

_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]+)|<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w.:-]+)""", re.IGNORECASE)
_HTTP = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GB = re.compile(r"^(x-)?(gb|cp936|936|windows-936|ms936|hz|iso-ir-58|csgb|chinese|euc-?cn)", re.IGNORECASE)
_LATIN = {"iso8859-1", "cp1252", "ascii", "latin-1"}
_SNIFF = 1 << 16


def decode(content: bytes, media_type: str | None = None) -> str:
    """The text of an HTML or plain-text document, control of the encoding taken from its maker: bytes win over labels.

    Order: byte order mark; strict UTF-8; the labels of HTTP and meta, GB ones as GB18030; GB18030, Big5. Characters that
    do not decode become U+FFFD. Raises `Unreadable` where most of it does not.
    """
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content[len(bom) :].decode("utf-8", "replace") if encoding == "utf-8" else content.decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_labelled(content, media_type)


def utf8(content: bytes, media_type: str | None = None) -> bytes:
    """The same in UTF-8, for readers that take nothing else. Raises `Unreadable`."""
    return content if _is_utf8(content) else decode(content, media_type).encode()


def _is_utf8(content: bytes) -> bool:
    try:
        return not content.decode("utf-8").startswith("\ufeff")
    except UnicodeDecodeError:
        return False


def _decode_labelled(content: bytes, media_type: str | None) -> str:
    best, fewest = "", len(content)
    for encoding in (*_labels(content, media_type), "gb18030", "big5", "utf-8"):
        text = content.decode(encoding, "replace")
        bad = text.count("\ufffd")
        if bad == 0:
            return text
        if bad < fewest:
            best, fewest = text, bad
    if fewest * 10 > len(best):
        raise Unreadable("the text is in no encoding that is known for Chinese pages")
    return best


def _labels(content: bytes, media_type: str | None) -> list[str]:
    """Usable encodings in the order HTTP header, meta; Latin labels are what servers say that know nothing."""
    said = [match[1] for match in [_HTTP.search(media_type or "")] if match]
    said += [(m[1] or m[2]).decode("ascii", "replace") for m in _META.finditer(content[:_SNIFF])]
    found = []
    for label in said:
        name = "gb18030" if _GB.match(label) else _python_name(label)
        if name and name not in _LATIN:
            found.append(name)
    return found


def _python_name(label: str) -> str | None:
    try:
        return codecs.lookup(label).name
    except LookupError:
        return None
