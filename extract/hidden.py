"""What a page hides from who reads it on a screen, by its elements or by its own style sheets. Sheets kept elsewhere are not seen."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

_STYLES = ("display", "visibility", "mso-hide")
"""What a style that hides says. Searching the page for words is cheap; elements are asked only for those that are there."""
_SAID = re.compile(r"(?:^|;)\s*(display|visibility|mso-hide)\s*:([^;!]*)(!\s*important)?", re.IGNORECASE)
_HIDING = frozenset(("none", "hidden", "collapse", "all"))
MAX_RULES = 200
MAX_SHEET = 200_000
_STYLE = re.compile(r"<style\b([^>]*)>(.*?)</style\s*>", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_AT_RULE = re.compile(r"@[^{}@]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_SCREEN = re.compile(r"@media\s+(?:only\s+)?(?:screen|all)\s*\{((?:[^{}]*\{[^{}]*\})*)[^{}]*\}", re.IGNORECASE)
_DISPLAY = re.compile(r"(?:^|;)\s*(display|visibility)\s*:\s*([a-z-]+)", re.IGNORECASE)
_HIDES = re.compile(r"none|hidden|collapse", re.IGNORECASE)
_PLAIN = re.compile(r"[\w\s.#>+~*,\[\]='\"\-\u0080-\uffff]{1,200}")
"""Selectors without states (`:hover`), which hold of a page at rest."""


def drop_hidden(tree: LexborHTMLParser, sheets: str) -> None:
    """Take out what the page's elements hide by their own attributes, and what the style sheets do that stand in a text."""
    _drop(_said_hidden(tree))
    if sheets:
        _drop(_ruled_hidden(tree, sheets))


def _drop(found: Mapping[int, LexborNode]) -> None:
    """Each node once, and none that goes with another: no node may be touched after its parent is gone."""
    for node in [node for node in found.values() if not _is_inside(node, found)]:
        node.decompose()


def _said_hidden(tree: LexborHTMLParser) -> dict[int, LexborNode]:
    page = (tree.raw_html or b"").lower()
    styled = [f"[style*='{word}' i]" for word in _STYLES if word.encode() in page]
    nodes = (node for node in tree.css(",".join(["[hidden]", *styled])) if node.tag not in ("body", "html"))
    return {node.mem_id: node for node in nodes if _is_hidden(node.attributes)}


def _is_hidden(attributes: Mapping[str, str | None]) -> bool:
    """Whether an element's own attributes hide it: what its style says last counts, or says to be important."""
    said: dict[str, tuple[str, str]] = {}
    for name, value, weight in _SAID.findall(_COMMENT.sub("", attributes.get("style") or "")):
        if weight or not said.get(name.lower(), ("", ""))[1]:
            said[name.lower()] = value.strip().lower(), weight
    return any(value in _HIDING for value, _ in said.values()) or ("hidden" in attributes and "display" not in said)


def _ruled_hidden(tree: LexborHTMLParser, text: str) -> dict[int, LexborNode]:
    """What a rule hides, unless another rule, or the element itself, says how it is displayed."""
    rules = list(_rules(text))
    hiding = [selector for selector, shown in rules if not shown]
    if not hiding or len(rules) > MAX_RULES:
        return {}
    shown = {node.mem_id for selector, shows in rules if shows for node in _select(tree, selector)}
    hidden = (node for selector in hiding for node in _select(tree, selector))
    return {node.mem_id: node for node in hidden if node.mem_id not in shown and _can_hide(node)}


def _can_hide(node: LexborNode) -> bool:
    return node.tag not in ("body", "html", "head") and "display" not in (node.attributes.get("style") or "")


def _is_inside(node: LexborNode, others: Container[int]) -> bool:
    """Whether a node stands below one of the others: it goes with that one."""
    parent = node.parent
    while parent is not None and parent.mem_id not in others:
        parent = parent.parent
    return parent is not None


def _rules(text: str) -> Iterator[tuple[str, bool]]:
    """(selector, whether it shows) of each rule that says so, in order; those for print or narrow screens are left out."""
    for attributes, sheet in _STYLE.findall(text):
        if "print" in attributes.lower() or len(sheet) > MAX_SHEET or not _HIDES.search(sheet):
            continue
        sheet = _AT_RULE.sub(" ", _SCREEN.sub(r"\1", _COMMENT.sub("", sheet)))
        for selectors, body in _RULE.findall(sheet):
            said = _DISPLAY.findall(body)
            if said:
                shows = said[-1][1].lower() not in ("none", "hidden", "collapse")
                yield from ((one.strip(), shows) for one in selectors.split(",") if _PLAIN.fullmatch(one))


def _select(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    try:
        return tree.css(selector)
    except (SelectolaxError, ValueError):  # a selector that is none hides nothing
        return []
