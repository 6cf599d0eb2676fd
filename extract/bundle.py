"""Containers of documents (gzip, ZIP, RAR, 7z): their members, unpacked within limits. Names are labels, never paths."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipInfo

from extract.document import Source
from extract.errors import Encrypted, MissingPart, TooComplex, Unreadable
from extract.kind import Kind, sniff
from extract.package import open_zip, unpack
from extract.rar import is_locked


@dataclass(frozen=True, slots=True)
class Limits:
    """What one bundle may unpack to: members, nesting, bytes of one and of all, seconds for an outside program."""

    members: int = 500
    depth: int = 3
    member_bytes: int = 64 << 20
    total_bytes: int = 256 << 20
    seconds: float = 30.0


LIMITS = Limits()
_BUNDLES = frozenset((Kind.zip, Kind.gzip, Kind.rar, Kind.sevenzip))
_CHAFF = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")
_UTF8_NAME, _UNICODE_PATH = 0x800, 0x7075


def members(content: bytes, limits: Limits = LIMITS) -> tuple[Source, ...]:
    """The documents in a bundle, nested bundles opened, in archive order; `Source.url` is the name as a person reads it.

    Raises Unreadable, Encrypted, TooComplex, or MissingPart where a RAR needs a program that is not installed.
    """
    opened = _Opened(limits, limits.total_bytes)
    found = tuple(opened.unpacked(Source(content), 0))
    if not found:
        raise Unreadable("the archive holds no files")
    return found


@dataclass(slots=True)
class _Opened:
    """One bundle being opened, with what is left of its limits."""

    limits: Limits
    bytes_left: int
    members: int = 0

    def unpacked(self, source: Source, depth: int) -> Iterator[Source]:
        kind = sniff(source.content)
        if kind not in _BUNDLES:
            yield source
            return
        if depth >= self.limits.depth:
            raise TooComplex(f"archives are nested more than {self.limits.depth} deep")
        for member in self._members(kind, source):
            yield from self.unpacked(member, depth + 1)

    def _members(self, kind: Kind, source: Source) -> Iterator[Source]:
        opener = {Kind.gzip: self._gzip, Kind.zip: self._zip}.get(kind, self._by_program)
        for name, content in opener(source.content):
            if not _is_chaff(name or ""):
                yield Source(content, name or source.url)

    def _admit(self, count: int = 1) -> int:
        """Counts members and returns the bytes that the next one may have."""
        self.members += count
        if self.members > self.limits.members:
            raise TooComplex(f"the archive holds more than {self.limits.members} files")
        return min(self.limits.member_bytes, self.bytes_left)

    def _gzip(self, content: bytes) -> Iterator[tuple[str | None, bytes]]:
        limit = self._admit()
        whole = bytearray()
        rest = content
        while rest.startswith(b"\x1f\x8b"):
            inflate = zlib.decompressobj(31)
            try:
                whole += inflate.decompress(rest, limit + 1 - len(whole))
            except zlib.error as error:
                raise Unreadable(f"damaged gzip file: {error}") from error
            if len(whole) > limit:
                raise TooComplex(f"the gzip file unpacks to more than {limit} bytes")
            if not inflate.eof:
                raise Unreadable("the gzip file is cut short")
            rest = inflate.unused_data.lstrip(b"\0")
        self.bytes_left -= len(whole)
        yield None, bytes(whole)

    def _zip(self, content: bytes) -> Iterator[tuple[str, bytes]]:
        archive = open_zip(content)
        for entry in archive.infolist():
            if not entry.is_dir() and not _is_chaff(name := label(entry)):
                unpacked = unpack(archive, entry, self._admit())
                self.bytes_left -= len(unpacked)
                yield name, unpacked

    def _by_program(self, content: bytes) -> Iterator[tuple[str, bytes]]:
        if is_locked(content):
            raise Encrypted("the archive is locked with a password")
        with tempfile.TemporaryDirectory(prefix="nianbao-") as folder:
            packed, target = Path(folder, "packed"), Path(folder, "out")
            packed.write_bytes(content)
            target.mkdir()
            _run_program(packed, target, self.limits)
            files = sorted(path for path in target.rglob("*") if path.is_file() and not path.is_symlink())
            for path in files:
                limit = self._admit()
                if path.stat().st_size > limit:
                    raise TooComplex(f"{path.name} unpacks to more than {limit} bytes")
                unpacked = path.read_bytes()
                self.bytes_left -= len(unpacked)
                yield path.relative_to(target).as_posix(), unpacked


def label(entry: ZipInfo) -> str:
    """An entry's name as its maker saw it: UTF-8 where flagged or stated, else the Chinese code page that such tools write."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    stated = _unicode_path(entry.extra)
    if stated:
        return stated
    try:
        raw = entry.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        with contextlib.suppress(UnicodeDecodeError):
            return raw.decode(encoding)
    return entry.filename


def _unicode_path(extra: bytes) -> str | None:
    """The Info-ZIP Unicode Path field, where an entry has one."""
    at = 0
    while at + 4 <= len(extra):
        code, size = int.from_bytes(extra[at : at + 2], "little"), int.from_bytes(extra[at + 2 : at + 4], "little")
        if code == _UNICODE_PATH and size > 5:
            return extra[at + 9 : at + 4 + size].decode("utf-8", "replace")
        at += 4 + size
    return None


def _is_chaff(name: str) -> bool:
    return name.lower().startswith(_CHAFF[0]) or name.lower().rpartition("/")[2] in _CHAFF


def _programs(packed: Path, target: Path) -> Iterator[list[str]]:
    """The commands that can unpack it here, best first."""
    if bsdtar := shutil.which("bsdtar"):
        yield [bsdtar, "--no-same-owner", "--no-same-permissions", "-x", "-f", str(packed), "-C", str(target)]
    if unar := shutil.which("unar"):
        yield [unar, "-quiet", "-no-directory", "-force-skip", "-password", "", "-output-directory", str(target), str(packed)]


def _run_program(packed: Path, target: Path, limits: Limits) -> None:
    """Unpacks with the first program that can; its output is watched while it runs. Raises as `members` does."""
    said = ""
    for command in _programs(packed, target):
        said = _watched(command, target, limits)
        if not said:
            return
    if not said:
        raise MissingPart("a RAR or 7z archive needs the program bsdtar (package libarchive-tools) or unar to be installed")
    if any(word in said.lower() for word in ("encrypt", "password", "passphrase")):
        raise Encrypted("the archive is locked with a password")
    raise Unreadable(f"damaged archive: {said}")


def _watched(command: list[str], target: Path, limits: Limits) -> str:
    """What the program complained of, nothing where it succeeded. It is killed beyond the limits."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=os.environ | {"LC_ALL": "C.UTF-8"})
        try:
            for _ in range(max(1, int(limits.seconds * 20))):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.05)
                    break
                if _size(target) > limits.total_bytes:
                    raise TooComplex(f"the archive unpacks to more than {limits.total_bytes} bytes")
            else:
                raise TooComplex(f"unpacking the archive took more than {limits.seconds} seconds")
        finally:
            process.kill()
            process.wait()
        log.seek(0)
        complaint = log.read(4096).decode("utf-8", "replace").strip()
    return (complaint or f"exit code {process.returncode}") if process.returncode else ""


def _size(folder: Path) -> int:
    """Bytes below a folder; files that vanish meanwhile count nothing."""
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            total += path.lstat().st_size
    return total
