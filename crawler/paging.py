"""The pager of a listing page: what it declares, where its next page is, and how the addresses of its pages are made."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from crawler import clicks, turns
from crawler.clicks import Click
from crawler.declared import declared
from crawler.page import Page, join, squeeze
from crawler.turns import Turns

_NEXT = re.compile(r"^[\[<(【\s]*(?:下一?页|后一?页|下一?頁|next(?:\s*page)?|>{1,2}|»|›|→)[\]>)】»›→\s]*$", re.I)
_LAST = re.compile(r"^[\[<(【\s]*(?:尾页|末页|最后一?页|最末页|尾頁|末頁|last)[\]>)】\s]*$", re.I)
_NUMBER = re.compile(r"^[\[(\s第]*(\d{1,5})[\])\s页]*$")
_NEXT_CLASS = re.compile(r"(?:^|[-_])next(?:[-_]?(?:page|btn|link))?$", re.I)
_MORE = re.compile(r"^(?:点击)?(?:加载|查看|浏览)更多[\s.…]*$|^点击加载")
_CALENDAR = re.compile(
    r"[?&](?:page_?size|size|rows|limit|perpage)=\d+$|[?&](?:day|date|month|year|d|m|y|riqi|time)=|\d{4}[-/]\d{1,2}[-/]\d{1,2}/?$", re.I
)
_CALLS = re.compile(r"\w\s*\(")
_PAGE_NAME = re.compile(r"[^/]\.(s?html?)$", re.I)
_IDLE = re.compile(r"void\s*\(\s*0?\s*\)|return\s+false")
_OFF = re.compile(r"disab|\bno\w*\b|off")
_CONTROLS = "a, area, [onclick], link[rel=next], option[value]"


@dataclass(frozen=True, slots=True)
class Signs:
    """A page's pager as read. `numbered` maps page numbers to where the page itself says they are."""

    total: int | None = None
    pages: int | None = None
    current: int | None = None
    following: Click | None = None
    numbered: Mapping[int, Click] = field(default_factory=dict)
    turns: Turns | None = None
    firm: bool = False
    """`turns` come from addresses that the page offers; else from its script's word, or from what most systems do."""
    veiled: bool = False
    """A control that turns to the next page is there, but where it leads only a browser could tell."""

    def to(self, number: int) -> Click | None:
        """Where a page is, offered or worked out."""
        if number in self.numbered:
            return self.numbered[number]
        url = self.turns.url(number) if self.turns else None
        return Click(url) if url else None


def signs_of(page: Page, number: int = 1) -> Signs:
    """Read the pager of a page, which is the given one of its listing."""
    said = declared(page)
    following: Click | None = None
    last: Click | None = None
    numbered: dict[int, Click] = {}
    veiled = False
    for text, goal in _controls(page):
        if goal is None:
            veiled = veiled or bool(_NEXT.match(text) or _MORE.match(text))
        elif _NEXT.match(text):
            following = following or goal
        elif _LAST.match(text):
            last = goal
        elif (printed := _NUMBER.match(text)) and not _CALENDAR.search(goal.url):
            numbered.setdefault(int(printed[1]), goal)
    numbered = _pager_only(page.url, numbered)
    firm = turns.of_links(_addresses(numbered), said.pages) or _of_next(following, said.pages, number + 1)
    made = firm or (turns.of_call(_base(page), said.made) if said.made else None)
    made = made or turns.of_script(_base(page), page.text) or turns.guessed(page.url, _extension(page))
    pages = said.pages or _pages(numbered, last, firm)
    return Signs(said.total, pages, said.current, following, numbered, made, firm is not None, veiled and not following)


def _extension(page: Page) -> str:
    """What most addresses on a page end in: systems name their lists as they name their articles."""
    endings = (_PAGE_NAME.search(urlsplit(link.url).path) for link in page.links)
    found = Counter(ending[1].lower() for ending in endings if ending).most_common(1)
    return found[0][0] if found else "html"


def _addresses(numbered: Mapping[int, Click]) -> dict[int, str]:
    return {number: goal.url for number, goal in numbered.items() if goal.form is None}


def _of_next(following: Click | None, pages: int | None, number: int) -> Turns | None:
    return turns.of_one(number, following.url, pages) if following and following.form is None else None


def _pages(numbered: Mapping[int, Click], last: Click | None, made: Turns | None) -> int | None:
    """The number of pages that the link to the last one, or the highest numbered link, stands for."""
    highest = max(numbered, default=0)
    if last and made and made.step > 0:
        prefix, suffix = made.before, made.after
        middle = last.url[len(prefix) : len(last.url) - len(suffix)] if last.url.startswith(prefix) and last.url.endswith(suffix) else ""
        if middle.isdecimal() and (int(middle) - made.offset) % made.step == 0:
            highest = max(highest, (int(middle) - made.offset) // made.step)
    return highest if highest > 1 else None


def _pager_only(url: str, numbered: dict[int, Click]) -> dict[int, Click]:
    """Numbers that are pages: their addresses differ from each other, and more than one page is named."""
    goals = [goal for goal in numbered.values() if goal.url != url or goal.form]
    return numbered if len(set(goals)) == len(goals) and max(numbered, default=0) > 1 and min(numbered) < 12 else {}


def _controls(page: Page) -> Iterator[tuple[str, Click | None]]:
    """The words and goal of everything that can be clicked on and may turn a page; no goal where its script is not understood."""
    for node in page.tree.css(_CONTROLS):
        text = _words(node)
        if not any(pattern.match(text) for pattern in (_NEXT, _LAST, _NUMBER, _MORE)):
            continue
        goal = _goal(page, node)
        if goal or _scripted(node):
            yield text, goal


def _words(node: LexborNode) -> str:
    if node.tag == "link":
        return "next"
    text = squeeze(node.text() or "")
    if not text:
        image = node.css_first("img[alt]")
        text = squeeze(
            node.attributes.get("title") or node.attributes.get("aria-label") or (image.attributes.get("alt") if image else "") or ""
        )
    if not text and any(_NEXT_CLASS.search(token) for token in (node.attributes.get("class") or "").split()):
        return "next"
    return text if len(text) < 16 else ""


def _goal(page: Page, node: LexborNode) -> Click | None:
    href = (node.attributes.get("value" if node.tag == "option" else "href") or "").strip()
    if node.tag == "option" and not re.search(r"[/.?]", href):
        return None
    if not href.lower().startswith("javascript:") and (url := join(_base(page), href)):
        return None if _same(url, page.url) and not node.attributes.get("onclick") else Click(url)
    for code in (node.attributes.get("onclick") or "", href):
        if code and (found := clicks.click(page, code) or _opened(page, code)):
            return found
    return None


def _scripted(node: LexborNode) -> bool:
    """Whether a control does something by script, and is not switched off."""
    code = (node.attributes.get("onclick") or "") + (node.attributes.get("href") or "").partition("javascript:")[2]
    name = f"{node.attributes.get('class') or ''} {(node.parent.attributes.get('class') or '') if node.parent else ''}"
    called = any(name.startswith("data-page") for name in node.attributes) or _CALLS.search(_IDLE.sub("", code))
    return bool(called) and not _OFF.search(name)


def _opened(page: Page, code: str) -> Click | None:
    found = re.search(r"(?:location(?:\.href)?\s*=|open\s*\()\s*['\"]([^'\"]+)['\"]", code)
    url = join(_base(page), found[1]) if found else None
    return Click(url) if url else None


def _base(page: Page) -> str:
    node = page.tree.css_first("base[href]")
    return (join(page.url, node.attributes.get("href") or "") if node else None) or page.url


def _same(one: str, other: str) -> bool:
    left, right = urlsplit(one), urlsplit(other)
    return left._replace(fragment="") == right._replace(fragment="")
