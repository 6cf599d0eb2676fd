"""ZIP packages (DOCX, XLSX, ODT, OFD): their parts, unpacked within limits."""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from lxml import etree

from extract import markup
from extract.errors import Encrypted, TooComplex, Unreadable
from extract.kind import Kind, sniff

MAX_ENTRIES = 4096
MAX_PART_BYTES = 64 << 20
MAX_TOTAL_BYTES = 256 << 20
_CHUNK = 1 << 16
_DAMAGE = (BadZipFile, zlib.error, EOFError, ValueError, KeyError, RuntimeError, OSError)


def open_zip(content: bytes) -> ZipFile:
    """The archive, with a bounded number of entries. Raises Unreadable, Encrypted or TooComplex."""
    if content.startswith(b"\xd0\xcf\x11\xe0") and sniff(content) is Kind.locked:
        raise Encrypted("the document is locked with a password")
    try:
        archive = ZipFile(BytesIO(content))
    except _DAMAGE as error:
        raise Unreadable(f"damaged ZIP file: {error}") from error
    if len(archive.filelist) > MAX_ENTRIES:
        raise TooComplex(f"the ZIP file lists {len(archive.filelist)} entries, more than {MAX_ENTRIES}")
    return archive


def unpack(archive: ZipFile, entry: ZipInfo, limit: int) -> bytes:
    """One entry's bytes; at most `limit` are ever produced, whatever its header says."""
    if entry.flag_bits & 1:
        raise Encrypted(f"{entry.filename} in the ZIP file is locked with a password")
    pieces: list[bytes] = []
    left = limit + 1
    try:
        with archive.open(entry) as stream:
            while left > 0 and (piece := stream.read(min(_CHUNK, left))):
                pieces.append(piece)
                left -= len(piece)
    except _DAMAGE as error:
        raise Unreadable(f"{entry.filename} in the ZIP file is damaged: {error}") from error
    if left <= 0:
        raise TooComplex(f"{entry.filename} unpacks to more than {limit} bytes")
    return b"".join(pieces)


@dataclass(slots=True)
class Package:
    """The parts of one package by name, without leading slash and in any case; unpacked when asked for."""

    archive: ZipFile
    entries: dict[str, ZipInfo] = field(default_factory=dict)
    budget: int = MAX_TOTAL_BYTES

    def __post_init__(self) -> None:
        for entry in self.archive.infolist():
            self.entries.setdefault(_key(entry.filename), entry)

    def __contains__(self, name: str) -> bool:
        return _key(name) in self.entries

    def names(self) -> Iterator[str]:
        """Every part's name as written in the archive."""
        return (entry.filename for entry in self.entries.values())

    def part(self, name: str) -> bytes | None:
        """A part's bytes, None where there is no such part."""
        entry = self.entries.get(_key(name))
        if entry is None:
            return None
        content = unpack(self.archive, entry, min(MAX_PART_BYTES, self.budget))
        self.budget -= len(content)
        return content

    def xml(self, name: str) -> etree._Element | None:
        """A part parsed, None where there is no such part."""
        content = self.part(name)
        return None if content is None else markup.parse(content, name)

    def relations(self, name: str) -> dict[str, tuple[str, str]]:
        """What an OOXML part refers to: id → (last word of the type, part name); outside targets are left out."""
        folder, base = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", base + ".rels"))
        found: dict[str, tuple[str, str]] = {}
        for relation in () if root is None else root:
            target = relation.get("Target") or ""
            if (relation.get("TargetMode") or "").lower() != "external" and target:
                whole = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                found[relation.get("Id") or ""] = ((relation.get("Type") or "").rpartition("/")[2], whole)
        return found


def _key(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def open_package(content: bytes) -> Package:
    """A package from its bytes. Raises Unreadable or TooComplex."""
    return Package(open_zip(content))
