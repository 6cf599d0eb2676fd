"""PDF files written byte by byte, for tests of what no library would write."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence


def raw_pdf(objects: Sequence[bytes], root: int = 1, trailer: bytes = b"") -> bytes:
    """A file of these objects, numbered from 1, with a sound cross-reference table."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root %d 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, trailer, start)
    return bytes(out)


def stream(data: bytes, more: bytes = b"") -> bytes:
    """A compressed stream object."""
    packed = zlib.compress(data)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n" % (len(packed), more) + packed + b"\nendstream"


def page_pdf(content: bytes, resources: bytes = b"", more: Sequence[bytes] = (), page: bytes = b"") -> bytes:
    """One A4 page with this content stream; objects in `more` are numbered from 5."""
    return raw_pdf(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << %s >> %s >>" % (resources, page),
            stream(content),
            *more,
        ]
    )


def type3_font(letters: Mapping[int, str | None]) -> list[bytes]:
    """Objects from number 5 on: a font whose glyphs are black boxes, and which letter each code stands for (None: not said)."""
    codes = sorted(letters)
    names = [b"g%d" % code for code in codes]
    told = [code for code in codes if letters[code] is not None]
    lines = b"\n".join(b"<%02X> <%s>" % (code, (letters[code] or "").encode("utf-16-be").hex().encode()) for code in told)
    cmap = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n%d beginbfchar\n%s\nendbfchar\nendcmap end end" % (len(told), lines)
    )
    first, last = codes[0], codes[-1]
    differences = b" ".join(b"%d /%s" % (code, name) for code, name in zip(codes, names, strict=True))
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 -200 1000 800] /FontMatrix [0.001 0 0 0.001 0 0] /ToUnicode 6 0 R "
        b"/FirstChar %d /LastChar %d /Widths [%s] /Encoding << /Type /Encoding /Differences [%s] >> /CharProcs << %s >> /Resources << >> >>"
        % (first, last, b" ".join([b"1000"] * (last - first + 1)), differences, b" ".join(b"/%s 7 0 R" % name for name in names))
    )
    return [font, stream(cmap), stream(b"1000 0 0 -200 1000 800 d1 100 0 800 700 re f")]


def ruled_page(rows: Sequence[Sequence[bytes]], size: int = 10) -> bytes:
    """A content stream: a table with a row 20 points high for each row of strings, in font /F, columns 100 points wide."""
    height, width = 20 * len(rows), 100 * len(rows[0])
    lines = [b"%d %d %d 0.5 re f" % (50, 800 - 20 * r, width) for r in range(len(rows) + 1)]
    lines += [b"%d %d 0.5 %d re f" % (50 + 100 * c, 800 - height, height) for c in range(len(rows[0]) + 1)]
    for r, row in enumerate(rows):
        shown = [(60 + 100 * c, 786 - 20 * r, text.hex().encode()) for c, text in enumerate(row)]
        lines += [b"BT /F %d Tf %d %d Td <%s> Tj ET" % (size, x, y, text) for x, y, text in shown]
    return b"\n".join(lines)
