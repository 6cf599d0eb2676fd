"""Whose report it is: 沙湾市金沟河镇, 金沟河镇人民政府 (on the portal of 沙湾市) and 沙湾县金沟河镇 are one body.

A body is known by its place and its name in full. The rules and the words they look for are in kinds.toml.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from store.places import KIND, Places, places

NOISE = re.compile(r"[\s\u200b\ufeff“”\"'《》〈〉·]+")
GENERIC = re.compile(r"^(?:[本我全]?[省市州盟县区旗](?![场政容域间])(?=..))")
"""市教育局 on the portal of a city means its own; 市场监督管理局 does not begin with one."""
ELSEWHERE = re.compile(r"(?!城市|超市|本市|全市|各市)[\u4e00-\u9fff]{2,6}?(?<!城)(?:市|县|旗|自治州)(?![直委级属市]|机关)")
"""A name that begins with a place of its own: one that no list knows is not put below the portal's."""
UNLISTED = re.compile(r"^(.{1,8}(?:镇|乡|苏木|街道))(?:人民政府|政府|办事处|办)?(?:办公室|党政办公室|党政办)?$")
SHOWN = 5
OFFICE = re.compile(r"^(?:人民政府|政府)?(?:党政)?(?:办公室|办)?$|^办事处$")


@dataclass(frozen=True, slots=True)
class Identity:
    """A body as it is kept: its name in full, where it stands. `division` is None where no place could be told."""

    name: str
    level: str | None
    kind: str
    division: str | None


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(files("store").joinpath("kinds.toml").read_text("utf-8"))


def plain(name: str) -> str:
    """A name as compared: NFKC, no blanks, no quotes; full-width brackets stay as they are printed in Chinese."""
    return NOISE.sub("", unicodedata.normalize("NFKC", name)).replace("(", "（").replace(")", "）")


def site_division(code: str | None, name: str) -> str | None:
    """The place that a portal is of: its configured code, else the one place that its name begins with."""
    known = places()
    if code:
        return known.now(code)
    place, _ = _place(plain(name), None, known)
    return place


@lru_cache(1 << 15)
def identify(name: str, site: str | None = None) -> Identity:
    """The body that a printed name means; `site` is the division code of the portal that it stands on."""
    text, known, words = plain(name), places(), _words()
    party = "中共" if text.startswith("中共") else ""
    code, rest = _place(text.removeprefix(party), site, known)
    if code is None and any(re.search(p, text) for p in words["ministry"]["patterns"]):
        return Identity(text, "ministry", _kind(text, text, words), None)
    return _body(party + GENERIC.sub("", rest), code, text, known, words)


def _body(rest: str, code: str | None, text: str, known: Places, words: dict[str, Any]) -> Identity:
    government = words["government"]
    if code is None:
        return _nowhere(text, words)
    level = known.level(code)
    if rest in government["suffixes"] or (level == "township" and OFFICE.match(rest)):
        return _government(code, known, government)
    if rest in government["office"]:
        office = "办公厅" if level == "province" or rest.endswith("办公厅") else "办公室"
        seat = government["prefecture_office"] if _dispatched(code, known) else "人民政府"
        return Identity(f"{known.title(code)}{seat}{office}", level, "department", code)
    if township := UNLISTED.match(rest):
        return _unlisted(known.title(code) + township[1], code)
    if rest == "税务局":
        return Identity(f"国家税务总局{known.title(code)}税务局", level, "vertical", code)
    if text.startswith("国家"):
        return Identity(text, level, _kind(rest, text, words), code)
    title = f"中共{known.title(code)}{rest.removeprefix('中共')}" if rest.startswith("中共") else known.title(code) + rest
    return Identity(title, level, _kind(rest, text, words), code)


def _unlisted(title: str, code: str | None) -> Identity:
    """A township that no list has."""
    if title.endswith("街道"):
        return Identity(title + "办事处", "township", "dispatched_office", code)
    return Identity(title + "人民政府", "township", "government", code)


def _nowhere(text: str, words: dict[str, Any]) -> Identity:
    """A body of no place that is listed: with and without the word for government it is one all the same."""
    stem = re.sub(r"(?:人民政府|办事处|(?<=街道)办)$", "", text)
    if stem.endswith(("镇", "乡", "苏木", "街道")):
        return _unlisted(stem, None)
    if stem.endswith(("县", "市", "区", "旗", "州", "盟", "省")) and not stem.endswith(
        ("开发区", "园区", "新区", "景区", "示范区", "实验区")
    ):
        return Identity(stem + "人民政府", None, "government", None)
    return Identity(text, None, _kind(text, text, words), None)


def _dispatched(code: str, known: Places) -> bool:
    return len(code) == 4 and known.names[code].endswith(("地区", "盟"))


def _government(code: str, known: Places, government: dict[str, Any]) -> Identity:
    title, name, level = known.title(code), known.names[code], known.level(code)
    if level != "township":
        seat = government["prefecture_office"] if _dispatched(code, known) else "人民政府"
        return Identity(title + seat, level, "government", code)
    if name.endswith("街道"):
        return Identity(title + "办事处", level, "dispatched_office", code)
    if name.endswith(tuple(government["township_suffixes"])):
        return Identity(title + "人民政府", level, "government", code)
    return Identity(title, level, _kind(name, name, _words()), code)


def _kind(rest: str, whole: str, words: dict[str, Any]) -> str:
    for entry in words["kind"]:
        subject = whole if entry.get("whole") else rest
        if any(re.search(pattern, subject) for pattern in entry["patterns"]):
            return str(entry["kind"])
    return "department"


def _place(text: str, site: str | None, known: Places) -> tuple[str | None, str]:
    """The division that a name begins with, and what follows it. Without one, the site's own and the whole name."""
    text = re.sub(r"^国家税务总局", "", text) or text
    if site and (own := _township(site, text, known))[0] != site:
        return own
    code, rest = _named(text, site, known)
    if code is None:
        code, rest = _stem(text, site, known)
    if code is None and ELSEWHERE.match(text):
        return None, text
    code = code or site
    return _township(code, rest, known) if code else _lone_township(text, known)


def _named(text: str, site: str | None, known: Places) -> tuple[str | None, str]:
    code: str | None = None
    while True:
        step = _step(text, code, site, known)
        if step is None:
            return code, text
        code, length = step
        text = text[length:]


def _step(text: str, code: str | None, site: str | None, known: Places) -> tuple[str, int] | None:
    """The longest name of a division below `code` (of any, for None) that the text begins with."""
    for length in range(min(len(text), 15), 1, -1):
        bearers = [c for c in known.by_name.get(text[:length], ()) if code is None or (c.startswith(code) and c != code)]
        chosen = _nearest(bearers, site)
        if chosen and not text[length:].startswith("域"):
            return chosen, length
    return None


def _nearest(bearers: list[str], site: str | None) -> str | None:
    """The one that is, governs or lies in the site's division or beside it; without a site, the only one there is."""
    if site is None:  # 东莞市 is a prefecture and the one county in it
        above = min(bearers, key=len, default=None)
        return above if above and all(code.startswith(above) for code in bearers) else None
    if site in bearers:
        return site
    for size in (6, 4, 2):
        near = [c for c in bearers if (len(site) >= size and c.startswith(site[:size])) or site.startswith(c)]
        if len(near) == 1 and (size > 2 or len(site) == 2 or site.startswith(near[0])):
            return near[0]
    return None


def _stem(text: str, site: str | None, known: Places) -> tuple[str | None, str]:
    """沙湾教育局 on the portal of 沙湾市: the site's own place without its last syllable, where more follows."""
    for code in known.path(site) if site else ():
        stem = KIND.sub("", known.names[code])
        if stem != known.names[code] and text.startswith(stem) and len(text) > len(stem) + 1 and not _in(text, code, known):
            return code, text[len(stem) :]
    return None, text


def _in(text: str, code: str, known: Places) -> bool:
    return any(text.startswith(name) for name in known.inside.get(code, ()))


def _township(code: str, rest: str, known: Places) -> tuple[str, str]:
    """One step further down where the rest is a township of that county, or of one county alone in that prefecture or province."""
    counties = [code] if len(code) == 6 else [c for c in known.inside if len(c) == 6 and c.startswith(code)]
    found = {names[name] for c in counties if len(code) < 9 for names in [known.inside.get(c, {})] for name in _begins(rest, names)}
    return (found.pop(), "") if len(found) == 1 else (code, rest)


def _begins(rest: str, names: dict[str, str]) -> list[str]:
    """The name, if any, of which the text is the whole: the township itself, its government or its office."""
    return [rest[:n] for n in range(2, min(len(rest), 15) + 1) if rest[:n] in names and OFFICE.match(rest[n:])]


def _lone_township(text: str, known: Places) -> tuple[str | None, str]:
    """A township with no site to say where: only where one county in the country, or one county of that name, has it."""
    of_county = {township for county, length in _shared(text, known) if (township := _township(county, text[length:], known)[0]) != county}
    if len(of_county) == 1:
        return of_county.pop(), ""
    name = re.sub(r"(?:人民政府|办事处)$", "", text)
    bearers = _township_bearers().get(name, ())
    return (bearers[0], text[len(name) :]) if len(bearers) == 1 else (None, text)


def _shared(text: str, known: Places) -> list[tuple[str, int]]:
    """The divisions that share the longest name that the text begins with, and its length."""
    length = next((n for n in range(min(len(text), 15), 1, -1) if len(known.by_name.get(text[:n], ())) > 1), 0)
    return [(code, length) for code in known.by_name.get(text[:length], ())]


@cache
def _township_bearers() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for code, name in places().names.items():
        if len(code) == 9:
            found.setdefault(name, []).append(code)
    return {name: tuple(codes) for name, codes in found.items()}


def unplaced(name: str, site: str | None) -> str | None:
    """Why nobody can say where a body is; None where its place is known, or where it has none as a ministry."""
    text, known = plain(name), places()
    body = identify(name, site)
    if body.division is not None or body.level == "ministry":
        return None
    shared = _shared(text, known)
    if shared:
        return f"{text[: shared[0][1]]} may be {_any_of([known.title(code) for code, _ in shared])}"
    bearers = _township_bearers().get(re.sub(r"(?:人民政府|办事处)$", "", text), ())
    if bearers:
        return f"{len(bearers)} counties have a {known.names[bearers[0]]}: {_any_of([known.title(code) for code in bearers])}"
    return f"no place in the division list is called as {text} begins"


def _any_of(titles: list[str]) -> str:
    return ", ".join(titles[:SHOWN]) + (f" … ({len(titles)} in all)" if len(titles) > SHOWN else "")


def city_of(division: str | None) -> str:
    """What the full name of a body of a district, or of a township in one, has before the district: 淮安市; else nothing."""
    known = places()
    county = division[:6] if division and len(division) >= 6 else ""
    return known.title(county).removesuffix(known.names[county]) if county in known.names else ""


def as_printed(full_name: str, division: str | None, printed: Iterable[str]) -> str:
    """The name of a body as it prints it: with the prefecture before the district only where it ever does so."""
    city = city_of(division)
    return full_name if any(city in name for name in printed) else full_name.replace(city, "", 1)


def parent_of(body: Identity) -> Identity | None:
    """The government above: a department's own, a township's county, a county's prefecture."""
    known = places()
    if body.division is None:
        return None
    own = _government(body.division, known, _words()["government"])
    if own.name != body.name:
        return own
    above = known.parent(body.division)
    return _government(above, known, _words()["government"]) if above else None
