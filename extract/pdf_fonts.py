"""The font by which letters are measured where a PDF does not carry its own.

pdfium would look for one among those installed: what is read would hang on the machine, a Chinese font of many megabytes would be
loaded for each document, and without one pdfium takes letters for empty and drops some. So it is given a font of boxes; how far
apart letters stand is said by the document. Pages that are rendered get the fonts of the machine.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import byref, memmove, string_at
from typing import Any

import pypdfium2.raw as raw  # type: ignore[import-untyped]  # pypdfium2 ships no types

GLYPHS = 65_535
"""As many as a font may have: documents may name a glyph of a font that they do not carry by its number alone."""
SLIM, HIGH = (40, 0, 460, 700), (40, -70, 940, 830)
"""The ink of letters and of ideographs: left, bottom, right, top, in thousandths of their size."""
LATIN = 0x24F
"""The last character that takes the slim box."""
ADVANCE, ASCENT, DESCENT = 500, 880, -120
OWN = (b"Helvetica", b"Times", b"Courier", b"Symbol", b"ZapfDingbats")
"""Fonts that pdfium brings with it, and whose widths a document may leave out."""


def box_font() -> bytes:
    """A TrueType font whose every glyph is a box: a high one for ideographs, a slim one for all others and for glyphs by number."""
    slim, high = _box(*SLIM), _box(*HIGH)
    # a glyph ends where the next begins, or with its table where the next begins before it: so two places in turn serve nearly all
    places = [0, len(slim)] * (GLYPHS // 2) + [2 * len(slim), 2 * len(slim) + len(high)]
    groups = ((0, LATIN, 1), (LATIN + 1, 0x10FFFF, GLYPHS - 1))
    tables = {
        b"cmap": struct.pack(">HHHHI HHIII 6I", 0, 1, 3, 10, 12, 13, 0, 40, 0, 2, *groups[0], *groups[1]),
        b"glyf": slim + slim + high,
        b"head": struct.pack(">4I 2H 2Q 4h 2H 3h", 0x10000, 0, 0, 0x5F0F3CF5, 0, 1000, 0, 0, *HIGH, 0, 8, 2, 0, 0),
        b"hhea": struct.pack(">I 3h H 6h 8x hH", 0x10000, ASCENT, DESCENT, 0, ADVANCE, 0, 0, HIGH[2], 1, 0, 0, 0, 1),
        b"hmtx": struct.pack(">H", ADVANCE) + struct.pack(">h", SLIM[0]) * GLYPHS,
        b"loca": struct.pack(f">{GLYPHS + 1}H", *(place // 2 for place in places)),
        b"maxp": struct.pack(">I 14H", 0x10000, GLYPHS, 4, 1, 0, 0, 2, *(0,) * 8),
    }
    at, head, body = 12 + 16 * len(tables), [struct.pack(">I 4H", 0x10000, len(tables), 64, 2, 48)], []
    for name, table in tables.items():
        head.append(name + struct.pack(">3I", 0, at, len(table)))
        body.append(table + b"\0" * (-len(table) % 4))
        at += len(body[-1])
    return b"".join([*head, *body])


def _box(left: int, bottom: int, right: int, top: int) -> bytes:
    """A glyph of one contour of four points."""
    width, height = right - left, top - bottom
    return struct.pack(">5h 2H 4B 8h", 1, left, bottom, right, top, 3, 0, 1, 1, 1, 1, left, 0, width, 0, bottom, height, 0, -height)


_FONT = box_font()
_BOXES = 1
"""Our name for the font when pdfium asks for it."""


def _map_font(_info: object, _weight: int, _italic: int, _charset: int, _pitch: int, face: Any, _exact: object) -> int | None:  # noqa: ANN401
    return None if string_at(face).startswith(OWN) else _BOXES


def _font_data(_info: object, _font: int, table: int, buffer: Any, size: int) -> int:  # noqa: ANN401
    """The size of the whole font (table 0), copied where there is room for it; 0 for single tables."""
    if table:
        return 0
    if buffer and size >= len(_FONT):
        memmove(buffer, _FONT, len(_FONT))
    return len(_FONT)


def _source() -> Any:  # noqa: ANN401
    """The boxes as pdfium's source of fonts; the callbacks that are left out it does without."""
    kinds = dict(raw.FPDF_SYSFONTINFO._fields_)
    return raw.FPDF_SYSFONTINFO(version=1, MapFont=kinds["MapFont"](_map_font), GetFontData=kinds["GetFontData"](_font_data))


_SOURCE = _source()


def use_boxes() -> None:
    """Documents opened from now on are measured by boxes where they do not carry their fonts."""
    raw.FPDF_SetSystemFontInfo(byref(_SOURCE))


@contextmanager
def installed_fonts() -> Iterator[None]:
    """Documents opened meanwhile use the fonts of the machine, as they must to be rendered."""
    installed = raw.FPDF_GetDefaultSystemFontInfo()
    raw.FPDF_SetSystemFontInfo(installed)
    try:
        yield
    finally:
        use_boxes()
        raw.FPDF_FreeDefaultSystemFontInfo(installed)
