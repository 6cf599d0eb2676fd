"""Two logical pages printed side by side on one landscape page, taken apart."""

from __future__ import annotations

from dataclasses import replace

from extract.pdf_page import Page
from extract.pdf_text import rows
from extract.ruled import Box, Rule

LANDSCAPE = 1.15
"""Width over height from which a page may hold two."""
MIDDLE = 0.04
"""The share of the width, to each side of the centre, in which the gutter is looked for."""
GUTTER = 12.0
"""Points of empty width that make a gutter."""
FILLED = 0.15
"""The share of the letters that the emptier half must hold."""


def halves(page: Page) -> list[Page]:
    """The page itself, or its left and right half where an empty gutter divides it. Coordinates stay those of the page."""
    if page.width < LANDSCAPE * page.height or not page.glyphs:
        return [page]
    gutter = _gutter(page)
    if gutter is None:
        return [page]
    left = sum(glyph.x0 < gutter for glyph in page.glyphs)
    if min(left, len(page.glyphs) - left) < FILLED * len(page.glyphs):
        return [page]
    parts = [_part(page, 0.0, gutter), _part(page, gutter, page.width)]
    return [page] if _is_half_table(parts[1]) else parts


def _is_half_table(right: Page) -> bool:
    """Whether most lines of a right half hold nothing but figures: their labels are on the left, it is one page."""
    lines = rows(right.glyphs)
    return 2 * sum(all(glyph.text.isascii() for glyph in line) for line in lines) > len(lines)


def _gutter(page: Page) -> float | None:
    """The middle of an empty strip near the middle of the page."""
    centre, reach = page.width / 2, MIDDLE * page.width
    taken = [(g.x0, g.x1) for g in page.glyphs if g.x1 > centre - reach and g.x0 < centre + reach]
    taken += [(rule.start, rule.end) for rule in page.horizontal if rule.start < centre + reach and rule.end > centre - reach]
    if any(start < centre - reach and end > centre + reach for start, end in taken):
        return None
    edge = best = centre - reach
    width = 0.0
    for start, end in [*sorted(taken), (centre + reach, centre + reach)]:
        if start - edge > width:
            best, width = (start + edge) / 2, start - edge
        edge = max(edge, end)
    return best if width >= GUTTER else None


def _part(page: Page, left: float, right: float) -> Page:
    return replace(
        page,
        glyphs=[g for g in page.glyphs if left <= (g.x0 + g.x1) / 2 < right],
        hidden=[g for g in page.hidden if left <= (g.x0 + g.x1) / 2 < right],
        askew=[g for g in page.askew if left <= (g.x0 + g.x1) / 2 < right],
        horizontal=[rule for rule in page.horizontal if left <= _middle(rule) < right],
        vertical=[rule for rule in page.vertical if left <= rule.at < right],
        pictures=[box for box in page.pictures if left <= _centre(box) < right],
    )


def _middle(rule: Rule) -> float:
    return (rule.start + rule.end) / 2


def _centre(box: Box) -> float:
    return (box.x0 + box.x1) / 2
