"""Replay: pywb shows the archived page for every exchange, revisits included. Skipped where pywb is not on the PATH."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from store import warc_format
from store.warc import Archive, Reference
from tests.archived import MOMENT, captured

pytestmark = pytest.mark.skipif(not (shutil.which("pywb") and shutil.which("wb-manager")), reason="pywb is not installed")
PAGE = b"<html><body>the page itself</body></html>"


def archive(folder: Path) -> Path:
    """A page, a copy of it elsewhere, a 304 that confirms it, and a document held before."""
    with Archive(folder) as opened:
        digest = warc_format.digest(PAGE)
        place = opened.add(captured("http://a.gov.cn/1", PAGE), payload_digest=digest)
        first = Reference("http://a.gov.cn/1", MOMENT, place.file, place.offset)
        copy = captured("http://b.gov.cn/copy", PAGE, fetched_at=MOMENT + timedelta(days=1))
        opened.add(copy, payload_digest=digest, original=first)
        unchanged = captured("http://a.gov.cn/1", b"", status=304, headers=(("ETag", "e"),), fetched_at=MOMENT + timedelta(days=2))
        opened.add(unchanged, payload_digest=warc_format.digest(b""), original=first)
        opened.add_document(captured("http://a.gov.cn/held", PAGE, origin="held: x.html"), about={})
    (path,) = folder.iterdir()
    return path


@contextmanager
def replaying(folder: Path, warc: Path) -> Iterator[str]:
    """pywb over one file; the address of its collection."""
    for command in (["wb-manager", "init", "c"], ["wb-manager", "add", "c", str(warc)]):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        ["pywb", "-p", str(port), "-b", "127.0.0.1"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield f"http://127.0.0.1:{port}/c"
    finally:
        server.kill()
        server.wait()


def shown(url: str) -> bytes:
    """What replay shows, once it is up."""
    for _ in range(150):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            return str(error).encode()
        except OSError:
            time.sleep(0.2)
    return b"no answer"


def test_every_exchange_is_replayed_with_its_page(tmp_path: Path) -> None:
    """By address and date, as a visitor asks."""
    with replaying(tmp_path, archive(tmp_path / "warc")) as base:
        for moment, url in (
            ("20260120030405", "http://a.gov.cn/1"),
            ("20260121030405", "http://b.gov.cn/copy"),
            ("20260122030405", "http://a.gov.cn/1"),
            ("20260120030405", "http://a.gov.cn/held"),
        ):
            assert shown(f"{base}/{moment}id_/{url}") == PAGE, url
