"""Compound files (OLE2), written from their streams: a header, one allocation table, a flat directory."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_MINI_LIMIT = 4096


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of these streams, all in its root. Short streams are padded to the size that needs no mini sectors."""
    names = sorted(streams, key=lambda name: (len(name), name.upper()))
    padded = {name: streams[name].ljust(_MINI_LIMIT, b"\0") for name in names}
    directory_sectors = -(-(len(names) + 1) * 128 // _SECTOR)
    data = b""
    starts: dict[str, int] = {}
    chains: list[int] = _chain(0, directory_sectors)
    for name in names:
        starts[name] = directory_sectors + len(data) // _SECTOR
        sectors = -(-len(padded[name]) // _SECTOR)
        chains += _chain(starts[name], sectors)
        data += padded[name].ljust(sectors * _SECTOR, b"\0")
    fat_sectors = 1
    while fat_sectors * (_SECTOR // 4) < len(chains) + fat_sectors:
        fat_sectors += 1
    first_fat = len(chains)
    chains += [_FAT] * fat_sectors
    chains += [_FREE] * (fat_sectors * (_SECTOR // 4) - len(chains))
    header = _header(first_fat, fat_sectors)
    return header + _directory(names, padded, starts, directory_sectors) + data + struct.pack(f"<{len(chains)}I", *chains)


def _chain(first: int, count: int) -> list[int]:
    return [*range(first + 1, first + count), _END] if count else []


def _header(first_fat: int, fat_sectors: int) -> bytes:
    table = [first_fat + at for at in range(fat_sectors)] + [_FREE] * (109 - fat_sectors)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    return head + struct.pack("<IIIIIIIII", 0, fat_sectors, 0, 0, _MINI_LIMIT, _END, 0, _END, 0) + struct.pack("<109I", *table)


def _directory(names: list[str], streams: Mapping[str, bytes], starts: Mapping[str, int], sectors: int) -> bytes:
    """The root with its children as a chain to the right, which is a search tree like any other."""
    entries = _entry("Root Entry", 5, 1 if names else _FREE, _FREE, _END, 0)
    for at, name in enumerate(names, 1):
        right = at + 1 if at < len(names) else _FREE
        entries += _entry(name, 2, _FREE, right, starts[name], len(streams[name]))
    return entries.ljust(sectors * _SECTOR, b"\0")


def _entry(name: str, kind: int, child: int, right: int, start: int, size: int) -> bytes:
    raw = name.encode("utf-16-le")
    head = raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1)
    return head + struct.pack("<III", _FREE, right, child) + bytes(36) + struct.pack("<IQ", start, size)
