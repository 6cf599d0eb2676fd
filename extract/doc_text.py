"""The characters of a binary Word file as they are printed: pieces joined, deletions, hidden text and field codes blanked."""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from extract.doc_file import Piece, Runs, WordFile, modifiers
from extract.doc_lists import Membership
from extract.errors import Unreadable

GONE, HIDDEN = "\uffff", "\ufffe"
"""Stand for a character that is not printed: deleted or field code; hidden."""

_MARKS = "\r\x07"
"""Ends of paragraphs and cells: they carry the structure, so what became of them is told apart."""

_FIELD = re.compile("[\x13\x14\x15]")
_DELETED, _HIDDEN, _SYMBOL, _STYLE = 0x0800, 0x083C, 0x6A09, 0x4A30


class Printed(NamedTuple):
    """Every character of every story, unprinted ones as GONE or HIDDEN, and the positions of paragraph and cell marks that are so."""

    text: str
    deleted: set[int]
    hidden: set[int]


def printed(word: WordFile, styles: Sequence[Membership]) -> Printed:
    """The characters of a file. Raises Unreadable where pieces reach beyond it."""
    hidden = frozenset(index for index, style in enumerate(styles) if style.hidden)
    pieces: list[str] = []
    marks: dict[str, set[int]] = {GONE: set(), HIDDEN: set()}
    at = 0
    for piece in word.pieces:
        characters = _characters(word, piece)
        _erase(word, piece, characters, marks, hidden)
        pieces.append("".join(characters))
        at = piece.end
    whole = "".join(pieces)
    if at != len(whole):
        raise Unreadable("damaged Word file: text is missing")
    return Printed(_without_codes(whole), marks[GONE], marks[HIDDEN])


def _characters(word: WordFile, piece: Piece) -> list[str]:
    """The piece's characters, one for each code unit."""
    raw = word.main[piece.offset : piece.offset + (piece.end - piece.start) * piece.width]
    if piece.width == 1:
        return list(raw.decode("cp1252", "replace"))
    return [chr(unit) for unit in struct.unpack(f"<{len(raw) // 2}H", raw[: len(raw) // 2 * 2])]


def _erase(word: WordFile, piece: Piece, characters: list[str], marks: dict[str, set[int]], hidden: frozenset[int]) -> None:
    """Replaces characters that are deleted, hidden or symbols; marks stay."""
    end = piece.offset + len(characters) * piece.width
    whole = _look(piece.modifiers, False, hidden)
    for first, last, packed in _within(word.characters, piece.offset, end):
        for start, stop, style in _styled(word.paragraphs, first, last, hidden):
            look = _look(packed, style in hidden, hidden) or whole
            if look is None:
                continue
            for position in range((start - piece.offset) // piece.width, (stop - piece.offset) // piece.width):
                if characters[position] not in _MARKS:
                    characters[position] = look
                elif look in marks:
                    marks[look].add(piece.start + position)


def _within(runs: Runs, start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    """The runs that reach into these bytes, cut at their ends."""
    index = max(0, bisect_right(runs.starts, start) - 1)
    while index < len(runs.starts) and runs.starts[index] < end:
        first, last = max(start, runs.starts[index]), min(end, runs.ends[index])
        if first < last:
            yield first, last, runs.modifiers[index]
        index += 1


def _styled(runs: Runs, start: int, end: int, hidden: frozenset[int]) -> Iterator[tuple[int, int, int]]:
    """These bytes by paragraph with its style; as one where no style hides anything."""
    if not hidden:
        yield start, end, 0
        return
    for first, last, packed in _within(runs, start, end):
        yield first, last, struct.unpack_from("<H", packed)[0] if len(packed) >= 2 else 0


@lru_cache(maxsize=4096)
def _look(packed: bytes, hidden: bool, styles: frozenset[int]) -> str | None:
    """What is printed instead of a run's characters: nothing where deleted or hidden, the symbol of a symbol run.

    `hidden` is what the paragraph's style says; `styles` are the styles that hide. A toggle may keep or turn what they say.
    """
    deleted, shown, own = False, None, hidden
    for code, operand in modifiers(packed):
        if code == _DELETED and operand:
            deleted = bool(operand[0] & 1)
        elif code == _STYLE and len(operand) == 2:
            hidden = own = hidden or struct.unpack("<H", operand)[0] in styles
        elif code == _HIDDEN and operand:
            own = {0x80: hidden, 0x81: not hidden}.get(operand[0], bool(operand[0]))
        elif code == _SYMBOL and len(operand) == 4:
            shown = chr(operand[2] | operand[3] << 8)
    return GONE if deleted else HIDDEN if own else shown


def _without_codes(text: str) -> str:
    """The text with the code of each field blanked, its result kept."""
    if "\x13" not in text:
        return text
    characters = list(text)
    begun: list[int] = []
    for match in _FIELD.finditer(text):
        mark, at = match.group(), match.start()
        if mark == "\x13":
            begun.append(at)
        elif begun:
            start = begun.pop()
            if text[start] == "\x13":
                characters[start:at] = [each if each in _MARKS else GONE for each in characters[start:at]]
            if mark == "\x14":
                begun.append(at)
    return "".join(characters)
