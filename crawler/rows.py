"""Which links of a page are the rows of its listing: decided by repeated structure, dates, addresses and words, not by site."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler import links, scripts
from crawler.page import Anchor, Page, functions_of, join, markup_links

CLIMB = 8
"""How many elements above a link its row may reach."""
MOST_WEIGHT = 100.0
"""What a group weighs at most by its number of links: thirty thousand of them make no list more likely than forty do."""
_CHROME_TAGS = frozenset(("nav", "header", "footer", "aside", "form", "select"))
_CHROME = re.compile(
    r"(?:^|[-_])(?:nav|menu|foot|footer|head|header|crumbs?|breadcrumb|position|location|weizhi|dqwz|local|side|sidebar|aside|hot|"
    r"recommend|tuijian|related|xgyd|friends?|yqlj|flink|banner|share|bdsharebuttonbox|toolbar|search|page|pager|pages|paging|"
    r"pagination|fenye|pagebar|copyright|topbar|navbar|siteswitch|prevnext|qrcode|float)(?:[-_]|$)",
    re.I,
)
_PAGING = re.compile(
    r"^[\[<«‹(\s]*(?:(?!(?:19|20)\d\d)\d{1,5}|首页|第一页|上一?页|前一?页|下一?页|后一?页|尾页|末页|最后一?页|最末页|更多|more|>+|<+|»|«|›|‹|…|\.{2,}|GO|跳转|确定|"
    r"prev|next|first|last|后\d+页|前\d+页)[\]>»›)\s]*$",
    re.I,
)
_REPORT = re.compile(r"年报|年度报告|信息公开.{0,8}报告|報告")
_DATED_TAIL = re.compile(
    r"/(?:(?:19|20)\d{4}|(?:19|20)\d\d(?:[-_/]\d{1,2}){1,2}(?:[-_]\d+)?|(?:19|20)\d\d_\d\d/\d\d_\d\d)/[^/]*$|/art/(?:19|20)\d\d/[^?]*(?=/art_)"
)
_ART = re.compile(r"/art_(\d+)_")
_NOISE = re.compile(r"\d+|odd|even|first|last|active|current|cur|on|hover|selected", re.I)


class Row(NamedTuple):
    """One line of a listing. `key` tells rows apart where the site gives them ids; else their address does."""

    url: str
    title: str
    published: date | None = None
    key: str = ""
    heading: str = ""


@dataclass(slots=True)
class _Group:
    """Links that stand in like places of a page."""

    chrome: bool
    anchors: list[Anchor] = field(default_factory=list)
    score: float = 0.0


def row(anchor: Anchor) -> Row:
    """The row that a link is."""
    return Row(anchor.url, anchor.text or anchor.title or "", anchor.date, "", anchor.heading)


def seen_rows(page: Page) -> tuple[Row, ...]:
    """The rows that a visitor sees in plain markup."""
    return _chosen(page.url, _plain(page))


def rows_of(page: Page) -> tuple[Row, ...]:
    """The rows of a listing page in its order; empty where nothing on it looks like one.

    Rows in plain markup go first; else those that its scripts write; else those that a comment hides from everybody.
    """
    for groups in (_plain(page), _written(page), _hidden(page)):
        if found := _chosen(page.url, groups):
            return found
    return ()


def fragment_rows(base: str, markup: str) -> tuple[Row, ...]:
    """The rows of a piece of markup that holds nothing but rows: its links with words, pagers left out, in order."""
    taken: dict[str, Row] = {}
    for anchor in markup_links(base, markup, "link"):
        if anchor.origin == "link" and anchor.text and not _PAGING.match(anchor.text):
            taken.setdefault(anchor.url, row(anchor))
    long = [found for found in taken.values() if len(found.title) > 3 or links.is_article(found.url) or links.is_file(found.url)]
    return tuple(long or taken.values())


def column_of(url: str) -> str:
    """What the addresses of one column have in common: the path without the article's name and date."""
    parts = urlsplit(url)
    if found := _ART.search(parts.path):
        return f"{parts.netloc}/art_{found[1]}"
    trimmed = _DATED_TAIL.sub("/", parts.path)
    return parts.netloc + (trimmed if trimmed != parts.path else parts.path.rpartition("/")[0] + "/")


def _chosen(url: str, groups: Iterable[_Group]) -> tuple[Row, ...]:
    """The best group, and rows of the same column that stand elsewhere on the page."""
    scored = [group for group in groups if _score(url, group)]
    if not scored:
        return ()
    best = max(scored, key=lambda group: group.score)
    column = Counter(map(_column_of_row, best.anchors)).most_common(1)[0][0]
    taken: dict[str, Row] = {}
    for group in scored:
        for anchor in group.anchors:
            if group is best or (not group.chrome and _column_of_row(anchor) == column and _article(anchor)):
                taken.setdefault(anchor.url, row(anchor))
    return tuple(taken.values())


def _column_of_row(anchor: Anchor) -> str:
    return column_of(anchor.url)


def _score(url: str, group: _Group) -> bool:
    """Weigh a group, dropping what is no row from it; False where it is no list of articles."""
    group.anchors = [anchor for anchor in group.anchors if not _stray(url, anchor)]
    if not group.anchors:
        return False
    if any(_article(anchor) or anchor.date for anchor in group.anchors):
        group.anchors = [anchor for anchor in group.anchors if _article(anchor) or anchor.date or _REPORT.search(anchor.text)]
    own = column_of(url)
    likely = sum(map(_likely, group.anchors))
    if 2 * likely < len(group.anchors):
        return False
    count = len(group.anchors)
    weight = min(sum(map(_weight, group.anchors)), MOST_WEIGHT)
    local = sum(_local(own, anchor) for anchor in group.anchors)
    named = sum(bool(_REPORT.search(anchor.text)) for anchor in group.anchors)
    group.score = weight * (3 if 2 * local > count else 1) * (3 if 2 * named > count else 1)
    group.score *= 0.15 if group.chrome else 1.0
    return True


def _stray(url: str, anchor: Anchor) -> bool:
    parts = urlsplit(anchor.url)
    return not anchor.text or bool(_PAGING.match(anchor.text)) or anchor.url == url or (parts.path in ("", "/") and not parts.query)


def _article(anchor: Anchor) -> bool:
    return links.is_article(anchor.url) or links.is_file(anchor.url)


def _likely(anchor: Anchor) -> bool:
    dated = anchor.date and (len(anchor.text) > 3 or links.agency_of(anchor.text))
    return bool(_article(anchor) or dated or (_REPORT.search(anchor.text) and len(anchor.text) > 7))


def _local(own: str, anchor: Anchor) -> bool:
    """Whether an address lies below the listing's own, or carries its column's number."""
    column = _ART.search(anchor.url)
    return column_of(anchor.url).startswith(own) or (column is not None and f"/col{column[1]}/" in own)


def _weight(anchor: Anchor) -> float:
    return 1.0 + 2.0 * bool(anchor.date) + _article(anchor) + 0.5 * (len(anchor.text) > 9)


def _plain(page: Page) -> list[_Group]:
    return _grouped(page.url, page.tree, [link for link in page.links if link.origin in ("link", "click", "area")])


def _written(page: Page) -> list[_Group]:
    return [group for script in page.tree.css("script, xml, textarea") for group in _fragment(page.url, _markup(script))]


def _markup(script: LexborNode) -> str:
    code = script.text() or ""
    if "<datastore" in code.lower() or "template" in (script.attributes.get("type") or "").lower():
        return ""
    return code if code.lstrip().startswith("<") and "<a" in code else scripts.written(code)


def _hidden(page: Page) -> list[_Group]:
    root = page.tree.root
    comments = (node.comment_content or "" for node in root.traverse(include_text=True) if node.is_comment_node) if root else ()
    return [group for comment in comments if "<a" in comment for group in _fragment(page.url, comment)]


def _fragment(base: str, markup: str) -> list[_Group]:
    if "<" not in markup:
        return []
    return _grouped(base, LexborHTMLParser(markup), list(markup_links(base, markup, "link")))


def _grouped(url: str, tree: LexborHTMLParser, anchors: Iterable[Anchor]) -> list[_Group]:
    """The links of a tree by the place in which they stand."""
    words: dict[str, Anchor] = {}
    for anchor in anchors:
        if anchor.url not in words or (not words[anchor.url].text and anchor.text):
            words[anchor.url] = anchor
    groups: dict[str, _Group] = {}
    for target, node in _placed(url, tree, words):
        place, chrome = _place(node)
        group = groups.setdefault(place, _Group(chrome))
        group.anchors.append(words[target])
    return list(groups.values())


def _placed(url: str, tree: LexborHTMLParser, words: dict[str, Anchor]) -> Iterator[tuple[str, LexborNode]]:
    """Each known address once a place, with the element that is its row."""
    node = tree.css_first("base[href]")
    base = (join(url, node.attributes.get("href") or "") if node else None) or url
    owners: dict[int, str | None] = {}
    known = functions_of(tree)
    nodes = [(target, node) for node in tree.css("a, area, [onclick]") if (target := _target(base, node, known)) in words]
    for target, node in nodes:
        for parent in _above(node):
            owners[parent.mem_id] = target if owners.get(parent.mem_id, target) == target else None
    for target, node in nodes:
        yield target, _row_element(target, node, owners)


def _target(base: str, node: LexborNode, known: Mapping[str, scripts.Function]) -> str:
    href = node.attributes.get("href") or ""
    if found := join(base, href):
        return found
    for code in (href, node.attributes.get("onclick") or ""):
        for address in (*scripts.opened(code), *scripts.led(code, known), *scripts.literals(code)):
            if found := join(base, address):
                return found
    return ""


def _above(node: LexborNode) -> Iterator[LexborNode]:
    parent = node.parent
    for _ in range(CLIMB):
        if parent is None or parent.tag in ("html", "-document"):
            return
        yield parent
        parent = parent.parent


def _row_element(target: str, node: LexborNode, owners: dict[int, str | None]) -> LexborNode:
    best = node
    for parent in _above(node):
        if owners.get(parent.mem_id) != target or parent.tag == "body":
            break
        best = parent
    return best


def _place(element: LexborNode) -> tuple[str, bool]:
    """The path of the element that holds a row, and whether it belongs to what surrounds every page."""
    steps, chrome = [element.tag or ""], False
    for depth, parent in enumerate(_path(element)):
        name = f"{parent.attributes.get('class') or ''} {parent.attributes.get('id') or ''}"
        chrome = chrome or parent.tag in _CHROME_TAGS or any(_CHROME.search(token) for token in name.split())
        steps.append(f"{parent.tag}.{_NOISE.sub('', name).strip()}" if depth < 4 else parent.tag or "")
    return ">".join(steps), chrome


def _path(element: LexborNode) -> Iterator[LexborNode]:
    parent = element.parent
    for _ in range(30):
        if parent is None or parent.tag in ("html", "-document"):
            return
        yield parent
        parent = parent.parent
