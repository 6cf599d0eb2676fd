"""One document on the disk → its bytes, and those of what belongs to it in its own folder. Never the network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from crawler import decode
from crawler.page import parse
from crawler.parts import parts_in
from extract.document import Source
from extract.kind import Kind, sniff
from nianbao.errors import Usage
from nianbao.messages import say

PRETENDED = "http://folder.invalid/"
"""Where a saved page is taken to stand, so that its links can be resolved like any page's; no such host can exist."""


def load(file: Path) -> tuple[Source, tuple[Source, ...]]:
    """A file and its parts: for a page, the files it links to that lie in its own folder.

    Raises `Usage` where the file is not there or may not be read.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise Usage(f"{file}: {say('cannot be read: {error}', error=error.strerror)}") from error
    return Source(content, file.name), tuple(_parts(file, content))


def _parts(file: Path, content: bytes) -> Iterator[Source]:
    if sniff(content) is not Kind.html:
        return
    folder, text = file.parent.resolve(), decode.decode(content)
    for link in parts_in(parse(PRETENDED + quote(file.name), text)):
        path = _beside(folder, link.url)
        if path is not None and path != file.resolve():
            yield Source(path.read_bytes(), path.name)


def _beside(folder: Path, url: str) -> Path | None:
    """The file in the folder that a link means; None for links elsewhere, upwards, or to nothing."""
    parts = urlsplit(url)
    if parts.hostname != urlsplit(PRETENDED).hostname:
        return None
    path = (folder / unquote(parts.path).lstrip("/")).resolve()
    return path if path.is_relative_to(folder) and path.is_file() else None
