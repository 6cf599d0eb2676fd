"""The web that the crawlers of the benchmark fetch: 50 KB pages of Word markup on any number of loopback addresses.

    python benchmarks/crawl_site.py          prints its port, serves until killed

Standard library only, so that every peer's Python can import it.
"""

from __future__ import annotations

import asyncio
import random
import sys
from typing import cast

PAGE_BYTES = 50_000
_CELL = (
    '<td width="72" style="border:solid windowtext 1.0pt;padding:0cm 5.4pt">'
    '<p class="MsoNormal" align="center"><span lang="EN-US">{}</span></p></td>'
)


def address(port: int, host: int, page: int) -> str:
    """The address of a page of a host."""
    return f"http://127.0.{1 + host // 250}.{1 + host % 250}:{port}/zwgk/nb/{page}.html"


def _template(seed: int) -> bytes:
    """A page of tables and text, as reports are, without its last bytes."""
    choice = random.Random(seed)
    rows = "".join(f"<tr>{''.join(_CELL.format(choice.randrange(10_000)) for _ in range(6))}</tr>" for _ in range(40))
    words = "".join(chr(0x4E00 + choice.randrange(2500)) for _ in range(4000))
    text = "".join(f"<p>{words[start : start + 80]}</p>" for start in range(0, len(words), 80))
    links = "".join(f'<li><a href="/zwgk/nb/{number}.html">{number}</a></li>' for number in range(20))
    html = f"<html><head><title>年度报告</title></head><body><ul>{links}</ul><table>{rows}</table>{text}"
    return html.encode()[: PAGE_BYTES - 100].decode("utf-8", "ignore").encode()


_TEMPLATES = [_template(seed) for seed in range(16)]


def answer(path: bytes, host: bytes) -> bytes:
    """A page that differs from every other, or no robots.txt."""
    if path == b"/robots.txt":
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    body = _TEMPLATES[hash(path) % len(_TEMPLATES)] + b"<!-- " + host + path + b" --></body></html>"
    return b'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nETag: "1"\r\nContent-Length: %d\r\n\r\n' % len(body) + body


class _Connection(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            first, _, rest = head.partition(b"\r\n")
            host = rest.lower().partition(b"host: ")[2].partition(b"\r\n")[0]
            self._transport.write(answer(first.split(b" ", 2)[1], host))


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Connection, "0.0.0.0", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    sys.exit(asyncio.run(serve()))
