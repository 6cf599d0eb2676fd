"""A crawl to be killed, and the site it crawls: each runs in a process of its own.

python -m tests.crawl_to_kill serve PORT
python -m tests.crawl_to_kill crawl PORT FOLDER PAGES
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from crawler.client import CrawlSettings
from crawler.frontier import Frontier
from nianbao.record import Recorder

HOSTS = 16


def address(port: int, number: int) -> str:
    """The address of one page: the pages are spread over hosts."""
    return f"http://127.0.1.{number % HOSTS + 1}:{port}/page/{number}.html"


def body(path: str) -> bytes:
    """A page that is like no other; /index/N lists N pages by their paths."""
    if path.startswith("/index/"):
        return "".join(f'<a href="/page/{number}.html">{number}</a>' for number in range(int(path.rpartition("/")[2]))).encode()
    rows = "".join(f"<tr><td>{path}</td><td>{row}</td></tr>" for row in range(60))
    return f"<html><head><title>{path}</title></head><body><table>{rows}</table></body></html>".encode()


class _Page(asyncio.Protocol):
    """Answers every request with its page, and robots.txt with 404."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode()
            status, answer = ("404 Not Found", b"") if path == "/robots.txt" else ("200 OK", body(path))
            lines = (
                f'HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nETag: "{path}"\r\nContent-Length: {len(answer)}\r\n\r\n'
            )
            self._transport.write(lines.encode() + answer)


async def serve(port: int) -> None:
    """Serve on all loopback addresses until killed; says so once it listens."""
    server = await asyncio.get_running_loop().create_server(_Page, "0.0.0.0", port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def crawl(port: int, folder: Path, pages: int) -> None:
    """Fetch every page that the frontier does not have yet."""
    settings = CrawlSettings(
        "https://example.org/",
        delay_s=0,
        max_hosts=HOSTS,
        allow_hosts=("127.*",),
        allow_private=("127.0.0.0/8",),
        timeout_s=10,
        backoff_s=0.1,
    )
    with Frontier(folder / "frontier.sqlite") as frontier:
        async with Recorder(settings, folder / "warc", frontier, max_warc_bytes=400_000) as recorder:

            async def walk(host: int) -> None:
                for number in range(host, pages, HOSTS):
                    page = frontier.page(address(port, number))
                    if page is None or page.body is None:
                        await recorder.get(address(port, number), conditional=True)

            await asyncio.gather(*(walk(host) for host in range(HOSTS)))


def main(role: str, port: str, folder: str = "", pages: str = "0") -> None:
    """Play a role."""
    asyncio.run(serve(int(port)) if role == "serve" else crawl(int(port), Path(folder), int(pages)))


if __name__ == "__main__":
    main(*sys.argv[1:])
