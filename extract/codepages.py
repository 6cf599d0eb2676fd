"""Code page numbers, as Windows files state them → codecs. GBK means GB18030, its superset."""

from __future__ import annotations

_CODECS = {
    936: "gb18030",
    54936: "gb18030",
    10008: "gb18030",
    950: "big5",
    932: "cp932",
    949: "cp949",
    1200: "utf-16-le",
    65001: "utf-8",
    10000: "mac_roman",
    32768: "mac_roman",
}
_PLAIN = frozenset((437, 850, 852, 866, 874, *range(1250, 1259)))


def codec(page: int) -> str:
    """The codec of a code page; Latin where it is unknown. Negative numbers are 16-bit ones read as signed."""
    page &= 0xFFFF
    return _CODECS.get(page, f"cp{page}" if page in _PLAIN else "cp1252")
