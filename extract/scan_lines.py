"""Lines of print on a page, found by how near their ink stands."""

from __future__ import annotations

import cv2
import numpy as np

from extract.ruled import Box
from extract.scan_ink import Image, pieces_of


def lines_of(ink: Image, dpi: float) -> list[Box]:
    """Boxes of lines of print, in reading order: characters no further apart than two of them."""
    height = character_height(ink, dpi)
    reach = max(5, int(1.6 * height))
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, reach), np.uint8))
    boxes = [box for box in pieces_of(joined) if box[3] <= 4 * height and box[2] * box[3] >= 0.1 * height * height]
    pieces = [Box(x, y, x + w, y + h) for x, y, w, h in boxes if cv2.countNonZero(joined[y : y + h, x : x + w]) >= 0.1 * height * height]
    lines = [line for line in _gathered(pieces, height) if line.height >= 0.45 * height or line.width >= height]
    return _in_order(lines)


def _in_order(lines: list[Box]) -> list[Box]:
    """From top to bottom, and those beside one another from left to right."""
    rows: list[list[Box]] = []
    for line in sorted(lines, key=lambda box: box.top + box.bottom):
        if rows and rows[-1][0].top < (line.top + line.bottom) / 2 < rows[-1][0].bottom:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda box: box.x0)]


def character_height(ink: Image, dpi: float) -> float:
    """The usual height of a character's ink, in pixels; ideographs count where there are some."""
    tall = [high for _, _, _, high in pieces_of(ink) if dpi / 20 <= high <= dpi / 2]
    return float(np.percentile(tall, 75)) if tall else dpi / 8


def _gathered(pieces: list[Box], height: float) -> list[Box]:
    """Pieces side by side made one line where they overlap in height and stand near one another."""
    lines: list[Box] = []
    for piece in sorted(pieces, key=lambda box: (-box.height, box.x0)):
        for i, line in enumerate(lines):
            if _beside(line, piece, height):
                lines[i] = Box(min(line.x0, piece.x0), min(line.top, piece.top), max(line.x1, piece.x1), max(line.bottom, piece.bottom))
                break
        else:
            lines.append(piece)
    return lines


def _beside(line: Box, piece: Box, height: float) -> bool:
    overlap = min(line.bottom, piece.bottom) - max(line.top, piece.top)
    apart = max(line.x0, piece.x0) - min(line.x1, piece.x1)
    return overlap >= 0.5 * min(line.height, piece.height) and apart <= 3 * height
