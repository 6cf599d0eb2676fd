"""Whether a RAR is locked with a password: told by its headers, since the programs that unpack it do not always say."""

from __future__ import annotations

import struct

_OLD, _NEW = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
_ARCHIVE, _FILE, _LONG = 0x73, 0x74, 0x8000
_LOCKED_NAMES, _LOCKED_FILE = 0x80, 0x04
_NEW_FILE, _NEW_LOCK, _LOCK_RECORD = 2, 4, 1
_MAX_BLOCKS = 10_000


def is_locked(content: bytes) -> bool:
    """Whether any file in it, or its list of files, is encrypted; False where its headers cannot be followed."""
    try:
        if content.startswith(_NEW):
            return _new(content)
        return content.startswith(_OLD) and _old(content)
    except (struct.error, IndexError):
        return False


def _old(content: bytes) -> bool:
    """RAR 1.5 to 4: blocks with a type, flags and a size."""
    at = len(_OLD)
    for _ in range(_MAX_BLOCKS):
        if at + 7 > len(content):
            return False
        kind, flags, size = struct.unpack_from("<BHH", content, at + 2)
        if (kind == _ARCHIVE and flags & _LOCKED_NAMES) or (kind == _FILE and flags & _LOCKED_FILE):
            return True
        more = struct.unpack_from("<I", content, at + 7)[0] if flags & _LONG else 0
        at += max(size, 7) + more
    return False


def _new(content: bytes) -> bool:
    """RAR 5: headers of numbers of variable length; a file's extra area says how it is encrypted."""
    at = len(_NEW)
    for _ in range(_MAX_BLOCKS):
        if at + 7 > len(content):
            return False
        size, start = _number(content, at + 4)
        kind, here = _number(content, start)
        flags, here = _number(content, here)
        extra, here = _number(content, here) if flags & 1 else (0, here)
        data, here = _number(content, here) if flags & 2 else (0, here)
        if kind == _NEW_LOCK or (kind == _NEW_FILE and _has_lock(content[start + size - extra : start + size])):
            return True
        at = start + max(size, 1) + data
    return False


def _has_lock(extra: bytes) -> bool:
    at = 0
    while at < len(extra):
        size, start = _number(extra, at)
        if _number(extra, start)[0] == _LOCK_RECORD:
            return True
        at = start + max(size, 1)
    return False


def _number(content: bytes, at: int) -> tuple[int, int]:
    """Seven bits a byte, the lowest first, and where the next number stands."""
    value = 0
    for step in range(10):
        byte = content[at + step]
        value |= (byte & 0x7F) << 7 * step
        if not byte & 0x80:
            return value, at + step + 1
    raise IndexError
