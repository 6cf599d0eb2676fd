"""MHT specimens: a page and its parts in one message, as Word and browsers save them."""

from __future__ import annotations

import base64
import quopri
from collections.abc import Callable
from xml.sax.saxutils import escape

from tests.corpus.generate.model import Specimen, Table

_BOUNDARY = "----=_NextPart_01DB6F0A.5B1C7E20"
_PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def _table(table: Table) -> str:
    rows = []
    for row in table:
        cells = (
            f"<td colspan={box.colspan} rowspan={box.rowspan}><p class=MsoNormal><span lang=EN-US>{escape(box.text)}</span></p></td>"
            for box in row
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table class=MsoNormalTable border=1>{''.join(rows)}</table>"


def page(specimen: Specimen, charset: str) -> str:
    """The specimen as the HTML that Word saves."""
    body = "\n".join(f"<p class=MsoNormal>{escape(block)}</p>" if isinstance(block, str) else _table(block) for block in specimen.blocks)
    spaces = 'xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word"'
    head = f'<meta http-equiv=Content-Type content="text/html; charset={charset}"><title>{escape(specimen.title)}</title>'
    return f"<html {spaces}><head>{head}</head><body lang=ZH-CN><div class=WordSection1>{body}</div></body></html>"


def draw(specimen: Specimen, charset: str = "gb2312", packed: str = "quoted-printable", first: bool = True) -> bytes:
    """The specimen as an MHT, the page first or after its picture."""
    raw = page(specimen, charset).encode("gb18030" if charset == "gb2312" else charset)
    body = base64.encodebytes(raw) if packed == "base64" else quopri.encodestring(raw)
    name = b"file:///C:/A1B2/report"
    main = b'Content-Location: %s.htm\r\nContent-Transfer-Encoding: %s\r\nContent-Type: text/html; charset="%s"\r\n\r\n' % (
        name,
        packed.encode(),
        charset.encode(),
    )
    picture = b"Content-Location: %s.files/image001.gif\r\nContent-Transfer-Encoding: base64\r\nContent-Type: image/gif\r\n\r\n" % name
    parts = [main + body, picture + base64.encodebytes(_PIXEL)]
    head = (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="%s"\r\n\r\nThis document is a Single File Web Page.\r\n'
        % _BOUNDARY.encode()
    )
    fence = b"\r\n--" + _BOUNDARY.encode()
    return head + b"".join(fence + b"\r\n" + part for part in (parts if first else parts[::-1])) + fence + b"--\r\n"


def variants() -> dict[str, Callable[[Specimen], bytes]]:
    """Every way of packing by name."""
    return {
        "gbk": draw,
        "utf8": lambda specimen: draw(specimen, "utf-8", "base64"),
        "last": lambda specimen: draw(specimen, first=False),
    }
