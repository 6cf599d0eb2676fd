"""A page as the crawler sees it: every address that it offers, plainly or in hiding, with the words that go with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal
from urllib.parse import quote, urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler import scripts, urls
from crawler.dates import DATE, date_in

Origin = Literal["link", "area", "option", "data", "click", "script", "comment", "frame", "redirect"]

_CLIMB = 6
_ROW_LENGTH = 400
_BETWEEN_CHINESE = re.compile(r"(?<=[\u3001-\u9fff]) (?=[\u3001-\u9fff])")
_SPACE = re.compile(r"[\s\u200b\ufeff]+")
_CUT = re.compile(r"(?:…+|\.{2,}|．{2,}|。{2,}|·{3,})\s*$")
_TITLE_LABEL = re.compile(r"^\s*(?:标题|名称|信息名称)\s*[:：]\s*")
_EDGE_DATE = re.compile(rf"^\s*[\[(（【]?\s*{DATE.pattern}\s*[\])）】]?\s+(?=\S)|(?<=\S)\s*[\[(（【]?\s*{DATE.pattern}\s*[\])）】]?\s*$")
_REFRESH = re.compile(r"url\s*=\s*[\"']?\s*([^\"'>]+)", re.I)
_ADDRESS = re.compile(
    r"^(?:https?:)?//|^\.{0,2}/[^/*\s]|^\?[\w%]+=|^[\w./%-]+\.(?:s?html?|jsp|aspx?|php|do|action|thtml|pdf|docx?|xlsx?|wps)(?:[?#]|$)", re.I
)
_ADDRESS_ATTRIBUTE = re.compile(r"^(?:data-.*(?:url|href|link|src|path)|_?href|hrefs|url|link|src-url|to)$", re.I)
_GB = re.compile(r"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*(?:gb2312|gbk|gb18030|x-gbk)", re.I)
_YEAR = re.compile(r"^\s*(?:19|20)\d\d\s*(?:年度?)?\s*$")
_CHOSEN = re.compile(r"this\.value|this\.options\[[^\]]{0,60}\]\.value|\$\(this\)\.val\(\)")
_SAFE = "%/?:@!$&'()*+,;=~-._[]|"
_INLINE = frozenset(
    ("a", "abbr", "b", "big", "code", "del", "em", "font", "i", "ins", "label", "mark", "s", "small", "span", "strong", "u", "wbr")
)
_UNSEEN = frozenset(("script", "style", "noscript", "title", "-comment"))


@dataclass(frozen=True, slots=True)
class Anchor:
    """One address that a page offers.

    `text` is the whole title: the `title` attribute stands in where the printed words are cut off or missing, a picture's
    `alt` where there are no words. `date` is the day printed beside it in its row, `context` the words of that row,
    `heading` the words that stand over its list or menu.
    """

    url: str
    text: str
    title: str | None = None
    date: date | None = None
    context: str = ""
    origin: Origin = "link"
    heading: str = ""


@dataclass(frozen=True)
class Page:
    """A parsed page. `url` is where it was found to be, after redirects; `links` stand in document order."""

    url: str
    text: str
    tree: LexborHTMLParser
    links: tuple[Anchor, ...]

    @cached_property
    def title(self) -> str:
        """The words of `<title>`."""
        node = self.tree.css_first("title")
        return squeeze(node.text()) if node else ""

    @cached_property
    def meta(self) -> Mapping[str, str]:
        """`<meta name=… content=…>`, names in lower case; the first filled one of a name wins."""
        found: dict[str, str] = {}
        for node in self.tree.css("meta[name], meta[property]"):
            name = (node.attributes.get("name") or node.attributes.get("property") or "").lower()
            if content := squeeze(node.attributes.get("content") or ""):
                found.setdefault(name, content)
        return found

    @cached_property
    def words(self) -> str:
        """The visible text, blanks squeezed; scripts and styles left out."""
        return squeeze("".join(_visible(self.tree.root))) if self.tree.root else ""

    @property
    def anchors(self) -> tuple[Anchor, ...]:
        """The links that a visitor sees and can click on: no frames, redirects, comments or bare data."""
        return tuple(link for link in self.links if link.origin not in ("frame", "redirect", "comment", "data"))

    def of(self, *origins: Origin) -> tuple[Anchor, ...]:
        """The links found in the given ways."""
        return tuple(link for link in self.links if link.origin in origins)


def parse(url: str, text: str) -> Page:
    """The page at `url` (after redirects) whose decoded text is `text`."""
    tree = LexborHTMLParser(text)
    charset = "gb18030" if _GB.search(text[:4096]) else None
    return Page(url, text, tree, tuple(_Reader(_base(url, tree), charset=charset).links(tree)))


def join(base: str, address: str, charset: str | None = None) -> str | None:
    """The absolute http(s) address that a browser would go to, without its fragment; `None` where it would go nowhere.

    As in browsers, words in a query are escaped in the page's `charset`, those in a path always in UTF-8.
    """
    address = re.sub(r"[\t\r\n]", "", address).strip().replace("\\", "/")
    if not address or address.startswith("#"):
        return None
    if charset and not address.isascii() and "?" in address:
        path, _, query = address.partition("?")
        address = f"{path}?{quote(query, safe=_SAFE, encoding=charset, errors='replace')}"
    try:
        joined = urljoin(base, address)
        return urls.clean(joined) if urlsplit(joined).scheme.lower() in ("http", "https") else None
    except ValueError:
        return None


def squeeze(text: str) -> str:
    """The text with every run of blanks made one."""
    return _SPACE.sub(" ", text).strip()


def markup_links(base: str, markup: str, origin: Origin) -> Iterator[Anchor]:
    """The links of a piece of markup that a script wrote or a comment hides."""
    tree = LexborHTMLParser(markup)
    for anchor in _Reader(base, nested=True).links(tree):
        yield anchor if anchor.origin == "frame" else replace(anchor, origin=origin)


class _Reader:
    """Collects the links of one tree; each row's owner is counted on the way, so that long lists stay linear."""

    def __init__(self, base: str, *, nested: bool = False, charset: str | None = None) -> None:
        self.base = base
        self.charset = charset
        self.nested = nested
        self.owners: dict[int, str | None] = {}
        self.headings: dict[int, str] = {}
        self.functions: Mapping[str, scripts.Function] = {}

    def links(self, tree: LexborHTMLParser) -> Iterator[Anchor]:
        root = tree.root
        nodes = list(root.traverse(include_text=False)) if root else []
        self.functions = functions_of(tree)
        for node in nodes:
            if node.tag == "a" and (url := self._join(node.attributes.get("href"))):
                self._own(node, url)
        for node in nodes:
            yield from self._of(node)

    def _of(self, node: LexborNode) -> Iterator[Anchor]:
        match node.tag:
            case "a" | "area":
                yield from self._anchor(node)
            case "frame" | "iframe" | "embed" | "object":
                yield from self._frame(node)
            case "meta":
                yield from self._refresh(node)
            case "script":
                yield from self._script(node.text() or "")
            case "noframes" | "textarea" | "-comment":
                yield from self._hidden(node)
            case "option":
                yield from self._pointed(node, node.attributes.get("value"), "option")
                yield from self._year(node)
            case "body":
                yield from self._goes(node.attributes.get("onload") or "")
            case "img" | "link" | "input" | "style" | "base":
                return
            case _:
                yield from self._attributes(node)

    def _anchor(self, node: LexborNode) -> Iterator[Anchor]:
        href = node.attributes.get("href") or ""
        if url := self._join(href):
            yield self._described(node, url, "area" if node.tag == "area" else "link")
        elif href.lower().lstrip().startswith("javascript:"):
            yield from self._clicks(node, href)
        yield from self._attributes(node)

    def _attributes(self, node: LexborNode) -> Iterator[Anchor]:
        for name, value in node.attributes.items():
            if not value:
                continue
            if name.startswith("on"):
                yield from self._clicks(node, value)
            elif (name != "href" or node.tag not in ("a", "area")) and _ADDRESS_ATTRIBUTE.match(name):
                yield from self._pointed(node, value, "data")

    def _clicks(self, node: LexborNode, code: str) -> Iterator[Anchor]:
        called = scripts.led(code, self.functions)
        addresses = [*scripts.opened(code), *called, *(literal for literal in scripts.literals(code) if _ADDRESS.search(literal.strip()))]
        for address in dict.fromkeys(addresses):
            if _ADDRESS.search(address.strip()):
                yield from self._pointed(node, address, "click")

    def _pointed(self, node: LexborNode, value: str | None, origin: Origin) -> Iterator[Anchor]:
        if value and _ADDRESS.search(value.strip()) and (url := self._join(value)):
            yield self._described(node, url, origin)

    def _year(self, node: LexborNode) -> Iterator[Anchor]:
        """A menu of years that a script or a form turns into addresses."""
        menu, value = _over(node, "select"), node.attributes.get("value") or ""
        if menu is None or not _YEAR.match(node.text() or "") or not re.fullmatch(r"[\w-]{1,40}", value):
            return
        code = _CHOSEN.sub(f"'{value}'", menu.attributes.get("onchange") or "")
        for address in dict.fromkeys((*scripts.opened(code), *scripts.led(code, self.functions), *_sent(menu, value))):
            yield from self._pointed(node, address, "option")

    def _frame(self, node: LexborNode) -> Iterator[Anchor]:
        names = ("src", "data", "data-src", "movie")
        address = next((value for name in names if (value := node.attributes.get(name))), None)
        if url := self._join(address):
            yield Anchor(url, squeeze(node.attributes.get("title") or node.attributes.get("name") or ""), origin="frame")

    def _refresh(self, node: LexborNode) -> Iterator[Anchor]:
        if (node.attributes.get("http-equiv") or "").lower() == "refresh":
            found = _REFRESH.search(node.attributes.get("content") or "")
            if found and (url := self._join(found[1])):
                yield Anchor(url, "", origin="redirect")

    def _script(self, code: str) -> Iterator[Anchor]:
        yield from self._goes(code)
        if markup := scripts.written(code):
            yield from markup_links(self.base, markup, "script")
        for record in scripts.records(code):
            if url := self._join(record.address):
                yield Anchor(url, squeeze(record.name), origin="data")

    def _goes(self, code: str) -> Iterator[Anchor]:
        for address in scripts.destinations(code):
            if url := self._join(address):
                yield Anchor(url, "", origin="redirect")

    def _hidden(self, node: LexborNode) -> Iterator[Anchor]:
        markup = (node.comment_content if node.is_comment_node else node.text()) or ""
        if not self.nested and "<" in markup and re.search(r"href|src\s*=", markup, re.I):
            yield from markup_links(self.base, markup, "comment" if node.is_comment_node else "link")

    def _described(self, node: LexborNode, url: str, origin: Origin) -> Anchor:
        printed, spaced = squeeze("".join(_visible(node))), squeeze("".join(_visible(node, frozenset())))
        title = squeeze(_TITLE_LABEL.sub("", (node.attributes.get("title") or "").strip().split("\n")[0])) or None
        row = self._row(node, url)
        context = squeeze("".join(_visible(row, frozenset()))) if row is not None else spaced
        words = _BETWEEN_CHINESE.sub("", _without_date(_whole(printed, title) or _of_picture(node)))
        beside = context.replace(spaced, " ", 1) if spaced else context
        return Anchor(url, words, title, date_in(beside) or date_in(_edge(spaced)), context, origin, self._heading(node))

    def _heading(self, node: LexborNode, climb: int = _CLIMB) -> str:
        """The nearest words before a link, at its level or above it, that are no row of its own list."""
        if node.mem_id not in self.headings:
            found = next((words for sibling in _before(node) if (words := _heading_words(node, sibling))), "")
            if not found and climb and node.parent is not None and node.parent.tag != "body":
                found = self._heading(node.parent, climb - 1)
            self.headings[node.mem_id] = found
        return self.headings[node.mem_id]

    def _join(self, address: str | None) -> str | None:
        return join(self.base, address, self.charset) if address else None

    def _own(self, node: LexborNode, url: str) -> None:
        parent = node.parent
        for _ in range(_CLIMB):
            if parent is None:
                return
            self.owners[parent.mem_id] = url if self.owners.get(parent.mem_id, url) == url else None
            parent = parent.parent

    def _row(self, node: LexborNode, url: str) -> LexborNode | None:
        """The largest element around a link that holds no other link, and few words."""
        best, parent = None, node.parent
        for _ in range(_CLIMB):
            if parent is None or parent.tag in ("body", "html") or self.owners.get(parent.mem_id) != url:
                break
            if sum(map(len, _visible(parent))) > _ROW_LENGTH:
                break
            best, parent = parent, parent.parent
        return best


def functions_of(tree: LexborHTMLParser) -> dict[str, scripts.Function]:
    """The functions of a page's scripts that go somewhere."""
    code = "\n".join(text for script in tree.css("script") if "function" in (text := script.text() or ""))
    return scripts.functions(code) if code else {}


def _over(node: LexborNode, tag: str) -> LexborNode | None:
    parent = node.parent
    while parent is not None and parent.tag != tag:
        parent = parent.parent
    return parent


def _sent(menu: LexborNode, value: str) -> Iterator[str]:
    """Where a form leads that is sent by GET with one choice of a menu."""
    form, name = _over(menu, "form"), menu.attributes.get("name")
    if form is None or not name or (form.attributes.get("method") or "get").lower() != "get":
        return
    hidden = {node.attributes.get("name") or "": node.attributes.get("value") or "" for node in form.css("input[type=hidden][name]")}
    yield f"{(form.attributes.get('action') or '').partition('?')[0]}?{urlencode({**hidden, name: value})}"


def _base(url: str, tree: LexborHTMLParser) -> str:
    node = tree.css_first("base[href]")
    return (join(url, node.attributes.get("href") or "") if node else None) or url


def _before(node: LexborNode) -> Iterator[LexborNode]:
    sibling = node.prev
    for _ in range(8):
        if sibling is None:
            return
        yield sibling
        sibling = sibling.prev


def _heading_words(node: LexborNode, sibling: LexborNode) -> str:
    if sibling.is_comment_node or sibling.tag in _UNSEEN or (sibling.tag == node.tag and sibling.css_first("a[href]")):
        return ""
    words = squeeze(sibling.text(deep=False) or "") if sibling.is_text_node else _few_words(sibling)
    return words if re.search(r"[\u4e00-\u9fff]|\d{4}", words) and not DATE.fullmatch(words) else ""


def _few_words(node: LexborNode) -> str:
    taken = ""
    for words in _visible(node):
        taken += words
        if len(squeeze(taken)) > 80:
            return ""
    return squeeze(taken)


def _visible(node: LexborNode, inline: frozenset[str] = _INLINE) -> Iterator[str]:
    for inner in node.traverse(include_text=True):
        if not inner.is_text_node:
            if inner.tag not in inline:
                yield " "
        elif inner.parent is not None and inner.parent.tag not in _UNSEEN:
            yield inner.text(deep=False) or ""


def _whole(printed: str, title: str | None) -> str:
    if not title:
        return printed
    stem = squeeze(_CUT.sub("", printed))
    cut = stem != printed or len(title) > len(stem)
    return title if not stem or (cut and title.startswith(stem[: max(4, len(stem) - 1)])) else printed


def _of_picture(node: LexborNode) -> str:
    for image in node.css("img"):
        for name in ("alt", "title"):
            if words := squeeze(image.attributes.get(name) or ""):
                return words
    return squeeze(node.attributes.get("alt") or node.attributes.get("aria-label") or "")


def _edge(text: str) -> str:
    found = _EDGE_DATE.search(text)
    return found[0] if found else ""


def _without_date(text: str) -> str:
    return squeeze(_EDGE_DATE.sub("", text)) or text
