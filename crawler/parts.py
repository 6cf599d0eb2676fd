"""What belongs to an article and stands at its own address: attachments, pictures of its body, its further pages, its frames."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from email.header import decode_header
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawler import decode, scripts
from crawler.capture import Capture
from crawler.events import PartKind, PartLink
from crawler.links import page_key
from crawler.page import Anchor, Page, join, parse, squeeze

_KNOWN: dict[str, Any] = tomllib.loads((files("crawler") / "parts.toml").read_text(encoding="utf-8"))
_ORDER: tuple[PartKind, ...] = ("article_page", "frame", "attachment", "picture")
_FILE_NAME = re.compile(r"filename\s*=\s*(?:\"((?:\\.|[^\"\\])*)\"|([^;]+))", re.I)
_FILE_NAME_EXTENDED = re.compile(r"filename\*\s*=\s*([\w-]*)'[^']*'([^;\s]+)", re.I)


def parts_of(capture: Capture) -> tuple[PartLink, ...]:
    """The parts that an article's page names, article pages first, each address once, in the order of the page.

    Empty for a capture that is no markup. Nothing is fetched; addresses may be refused or dead.
    """
    text = decode.text(capture) if is_markup(capture) else ""
    return parts_in(parse(capture.final_url, text)) if text else ()


def parts_in(page: Page) -> tuple[PartLink, ...]:
    """The same for a page already parsed."""
    body = body_of(page)
    found = [*_article_pages(page), *_frames(page, body), *_attachments(page, body), *_pictures(page, body)]
    once: dict[str, PartLink] = {}
    for part in found:
        if page_key(part.url) != page_key(page.url):
            once.setdefault(part.url, part)
    return tuple(sorted(once.values(), key=lambda part: _ORDER.index(part.kind)))


def is_markup(capture: Capture) -> bool:
    """Whether a body may be a page: it does not begin as a document, a picture or an archive does."""
    head = capture.body[:2048].lstrip(b"\xef\xbb\xbf \r\n\t")
    return not head.startswith((b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"Rar!", b"\xff\xd8", b"\x89PNG", b"GIF8"))


def file_name(capture: Capture) -> str:
    """What a downloaded file is called: by Content-Disposition in any of its spellings, else by its address."""
    disposition = capture.header("content-disposition") or ""
    if extended := _FILE_NAME_EXTENDED.search(disposition):
        name = _decoded(unquote_to_bytes(extended[2]), extended[1])
    elif found := _FILE_NAME.search(disposition):
        name = _said(re.sub(r"\\(.)", r"\1", found[1]) if found[1] else (found[2] or "").strip())
    else:
        name = _by_address(capture.final_url)
    return squeeze(re.split(r"[/\\]", name)[-1].strip("\"' "))


def body_of(page: Page) -> LexborNode | None:
    """The element that holds the article's text; `None` where the page does not tell it from the rest."""
    for selector in _KNOWN["body"]["selectors"]:
        nodes = page.tree.css(selector)
        if nodes:
            return max(nodes, key=lambda node: len(node.html or ""))
    return None


def _article_pages(page: Page) -> Iterator[PartLink]:
    """Further pages of a long report: counted by its pager's call, else linked as `<this page>_<n>`."""
    path = urlsplit(page.url).path
    own, _, extension = path.rsplit("/", 1)[-1].rpartition(".")
    for call in _compiled("pager", "call").finditer(page.text):
        stem = call["stem"]
        if stem == own or (re.search(_KNOWN["pager"]["article_stem"], stem) and own.startswith(stem)):
            for number in range(1, min(int(call["pages"]), _KNOWN["pager"]["most"])):
                if url := join(page.url, f"{stem}_{number}.{call['extension']}"):
                    yield PartLink(url, "article_page", str(number))
            return
    if own and extension:
        pattern = re.compile(rf"/{re.escape(own)}_(\d{{1,2}})\.{re.escape(extension)}$")
        numbered = {int(found[1]): link.url for link in page.anchors if (found := pattern.search(urlsplit(link.url).path))}
        yield from (PartLink(url, "article_page", str(number)) for number, url in sorted(numbered.items()))


def _frames(page: Page, body: LexborNode | None) -> Iterator[PartLink]:
    """Pages inside frames of the body; a frame that shows a document is an attachment instead."""
    inside = _addresses(page, body)
    for link in page.of("frame"):
        if not _file_of(link) and (body is None or link.url in inside) and urlsplit(link.url).netloc == urlsplit(page.url).netloc:
            yield PartLink(link.url, "frame", link.text)


def _attachments(page: Page, body: LexborNode | None) -> Iterator[PartLink]:
    inside = _addresses(page, body)
    for link in page.links:
        url = _file_of(link)
        if url is None or link.origin in ("redirect", "comment"):
            continue
        if link.url in inside or link.origin in ("script", "frame", "data", "click") or _annexed(page, link, body):
            yield PartLink(url, "attachment", _name(link))
    yield from _in_scripts(page)


def _in_scripts(page: Page) -> Iterator[PartLink]:
    """Files that scripts show: `showVsbpdfIframe(…)`, or any string that is a document's address."""
    for address in _compiled("file", "shown").findall(page.text):
        if url := join(page.url, _viewed(address) or address):
            yield PartLink(url, "attachment", "")
    for script in page.tree.css("script"):
        for literal in scripts.literals(script.text() or ""):
            plainly = re.match(r"^(?:https?:/)?[./]*[\w%./-]+$", literal) and ("/" in literal or literal.startswith("P0"))
            if plainly and _compiled("file", "document").search(literal) and (url := join(page.url, literal)):
                yield PartLink(url, "attachment", "")


def _pictures(page: Page, body: LexborNode | None) -> Iterator[PartLink]:
    images = body.css("img") if body is not None else [node for node in page.tree.css("img") if not _in_chrome(node)]
    if body is None or not images:
        written = "".join(scripts.written(script.text() or "") for script in page.tree.css("script"))
        images = [*images, *LexborHTMLParser(written).css("img")] if "<img" in written else images
    for image in images:
        addresses = (_larger(image), *(image.attributes.get(name) for name in _KNOWN["picture"]["lazy"]))
        url = next((joined for address in addresses if address and (joined := join(page.url, address))), None)
        if url and not _decorative(image, url):
            yield PartLink(url, "picture", squeeze(image.attributes.get("alt") or image.attributes.get("title") or ""))


def _larger(image: LexborNode) -> str | None:
    """The full picture that a small one in the text links to."""
    holder = image.parent
    href = holder.attributes.get("href") if holder is not None and holder.tag == "a" else None
    return href if href and _compiled("file", "picture").search(href) else None


def _decorative(image: LexborNode, url: str) -> bool:
    known = _KNOWN["picture"]
    path = urlsplit(url).path.lower()
    words = f"{image.attributes.get('alt') or ''} {image.attributes.get('title') or ''}"
    if re.search(known["ignored"], path.rsplit("/", 1)[-1]) or "filetypeimages" in path or re.search(known["ignored_words"], words, re.I):
        return True
    holder = image.parent
    leads_away = holder is not None and holder.tag == "a" and bool(holder.attributes.get("href")) and _larger(image) is None
    return leads_away or any(size < known["smallest"] for size in _sizes(image))


def _sizes(image: LexborNode) -> Iterator[int]:
    style = image.attributes.get("style") or ""
    for name in ("width", "height"):
        said = image.attributes.get(name) or next(iter(re.findall(rf"(?<![\w-]){name}\s*:\s*([\d.]+px)", style)), "")
        if found := re.match(r"\s*(\d+)(?:\.\d+)?\s*(?:px)?\s*$", said):
            yield int(found[1])


def _file_of(link: Anchor) -> str | None:
    """The file that a link leads to, through a viewer where it names one; `None` for pages and pictures."""
    if viewed := _viewed(link.url):
        return join(link.url, viewed)
    path_and_query = urlsplit(link.url)._replace(scheme="", netloc="").geturl()
    if any(_compiled("file", kind).search(path_and_query) for kind in ("document", "served")):
        return None if _compiled("file", "picture").search(urlsplit(link.url).path) else link.url
    named = _compiled("file", "titled").search(link.text) or _compiled("file", "titled").search(link.title or "")
    return link.url if named else None


def _viewed(url: str) -> str | None:
    """The document that a viewer's address names in its query."""
    found = _compiled("file", "viewer").search(url)
    if not found or not re.search(r"viewer|pdfjs|preview|view|reader|show", urlsplit(url).path, re.I):
        return None
    inner = unquote(found[1])
    return inner if any(_compiled("file", kind).search(inner) for kind in ("document", "served")) else None


def _addresses(page: Page, body: LexborNode | None) -> set[str]:
    """Everything that is linked inside the body."""
    return {link.url for link in parse(page.url, body.html or "").links} if body is not None else {link.url for link in page.links}


def _annexed(page: Page, link: Anchor, body: LexborNode | None) -> bool:
    """Whether a file outside the body is offered as the article's attachment, not by a menu."""
    if body is None:
        return True
    if re.search(_KNOWN["body"]["annex"], f"{link.heading} {link.context}", re.I):
        return True
    for node in page.tree.css("a[href]"):
        if join(page.url, node.attributes.get("href") or "") == link.url:
            return any(re.search(_KNOWN["body"]["annex"], _marks(holder), re.I) for holder in _holders(node)) and not _in_chrome(node)
    return False


def _in_chrome(node: LexborNode) -> bool:
    return any(
        holder.tag in ("nav", "header", "footer", "aside") or _compiled("body", "chrome").search(_marks(holder))
        for holder in _holders(node)
    )


def _holders(node: LexborNode) -> Iterator[LexborNode]:
    holder = node.parent
    for _ in range(12):
        if holder is None or holder.tag == "body":
            return
        yield holder
        holder = holder.parent


def _marks(node: LexborNode) -> str:
    return f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}".strip()


def _name(link: Anchor) -> str:
    titled = _compiled("file", "titled")
    return next((said for said in (link.text, link.title or "") if titled.search(said)), link.text)


def _said(name: str) -> str:
    """A file name out of a header: bytes of UTF-8 or GBK, percent-escapes, or an RFC 2047 word."""
    if name.startswith("=?") and name.endswith("?="):
        return "".join(part if isinstance(part, str) else _decoded(part, charset or "") for part, charset in decode_header(name))
    try:
        raw = name.encode("latin-1")
    except UnicodeEncodeError:
        raw = name.encode()
    return _decoded(unquote_to_bytes(raw) if "%" in name else raw, "")


def _decoded(raw: bytes, charset: str) -> str:
    if re.fullmatch(r"gb\w*|x-gbk", charset, re.I):
        return raw.decode("gb18030", "replace")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _by_address(url: str) -> str:
    parts = urlsplit(url)
    named = re.search(r"(?:^|&)(?:filename|name|file|pathname)=([^&]+\.\w{2,5})(?:&|$)", parts.query, re.I)
    return _said(named[1]) if named else _said(parts.path.rsplit("/", 1)[-1])


@cache
def _compiled(table: str, name: str) -> re.Pattern[str]:
    return re.compile(_KNOWN[table][name], re.I)
