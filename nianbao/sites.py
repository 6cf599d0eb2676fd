"""The known portals of China's provinces, prefectures and counties, and how some of them get into a configuration."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import tomlkit
from tomlkit.items import AoT, Table

from nianbao.config import examine_text
from nianbao.errors import BadConfig, CannotWrite, Usage
from nianbao.messages import say

SURVEY = "anyi-econ/china-public-debt, probed 2026-04-26"
"""What the addresses rest on; codes are those of `store/divisions`."""

NEW_FILE = """\
# nianbao: every key is described in docs/configuration.md; `nianbao config` prints what is in force.

[archive]
path = "var"                 # WARC files, crawl state, database; relative to this file

[crawl]
contact = "https://example.org/nianbao"  # PLEASE CHANGE: how a portal's administrator reaches you
allow_hosts = ["*.gov.cn"]
"""

BODIES = {
    "省": "人民政府",
    "市": "人民政府",
    "县": "人民政府",
    "区": "人民政府",
    "州": "人民政府",
    "旗": "人民政府",
    "地区": "行政公署",
    "盟": "行政公署",
}
"""How a division's government is called, by the end of its name; the longest end decides."""

COMMON_ENDS = ("自治县", "自治旗", "自治州", "自治区", "地区", "省", "市", "县", "区", "旗", "盟", "州")


@dataclass(frozen=True, slots=True)
class Portal:
    """One portal: its path of names from the province down, level, division code ("" where it has none) and home page."""

    path: tuple[str, ...]
    level: str
    code: str
    url: str
    pinyin: str
    """Syllables of the last name, without tones."""

    @property
    def name(self) -> str:
        """The division's own name."""
        return self.path[-1]

    @property
    def body(self) -> str:
        """The name of the body that runs the portal, as far as the division's name tells."""
        end = next((end for end in sorted(BODIES, key=len, reverse=True) if self.name.endswith(end)), None)
        return self.name + BODIES[end] if end and self.code else self.name

    def as_json(self) -> dict[str, str]:
        """The portal as a listing shows it."""
        return {
            "path": "/".join(self.path),
            "name": self.name,
            "level": self.level,
            "code": self.code,
            "url": self.url,
            "pinyin": self.pinyin,
        }


@cache
def portals() -> tuple[Portal, ...]:
    """All known portals, by province and code."""
    text = resources.files("nianbao").joinpath("data/portals.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t")
    return tuple(Portal(tuple(row["path"].split("/")), row["level"], row["code"], row["url"], row["pinyin"]) for row in rows)


def search(words: tuple[str, ...] = (), *, province: str = "", prefecture: str = "", level: str | None = None) -> tuple[Portal, ...]:
    """The portals that fit everything asked: each word is a piece of a name, a code's beginning, pinyin or its initials."""
    return tuple(
        portal
        for portal in portals()
        if (not level or portal.level == level)
        and portal.path[0].startswith(province)
        and (not prefecture or (len(portal.path) > 1 and portal.path[1].startswith(prefecture)))
        and all(_fits(portal, word) for word in words)
    )


def pick(word: str) -> Portal:
    """The one portal that a word means: its code or its very name before a part of it; raises `Usage` where it is none or several."""
    found = search((word,))
    very = [portal for portal in found if word in (portal.name, portal.code, "/".join(portal.path), portal.url)]
    short = [portal for portal in found if _short(portal.name) == word]
    best = very or short or list(found)
    if not best:
        raise Usage(say("no known portal is called {word}; look with: nianbao sites list {word}", word=word))
    if len(best) > 1:
        listed = ", ".join(f"{portal.code} {'/'.join(portal.path)}" for portal in best[:6])
        raise Usage(say("{word} may be several: {listed}; say which by its code", word=word, listed=listed))
    return best[0]


def add(file: Path, chosen: tuple[Portal, ...]) -> tuple[tuple[str, Portal], ...]:
    """Write portals into a configuration that does not have them yet, keeping its comments and order; (id, portal) of each added.

    A file that does not exist is begun. Nothing is written where the result would not be a sound configuration.
    """
    before = file.read_text(encoding="utf-8") if file.exists() else NEW_FILE
    text, added = with_sites(before, chosen)
    faults = examine_text(text, file)[1]
    if faults:
        raise BadConfig(str(faults[0]))
    if added:
        _replace(file, text)
    return added


def with_sites(text: str, chosen: tuple[Portal, ...]) -> tuple[str, tuple[tuple[str, Portal], ...]]:
    """A configuration's text with `[[site]]` entries for the portals whose home page it does not have; what was added."""
    try:
        document = tomlkit.parse(text)
    except tomlkit.exceptions.ParseError as error:
        raise BadConfig(say("not TOML: {error}", error=error)) from error
    sites = document.get("site")
    present = list(sites) if isinstance(sites, AoT) else []
    homes, ids = {_bare(str(site.get("home", ""))) for site in present}, {str(site.get("id")) for site in present}
    added, pieces = [], [text.rstrip("\n") + "\n"]
    for portal in chosen:
        if _bare(portal.url) in homes:
            continue
        site_id = _free_id(portal, ids)
        homes.add(_bare(portal.url))
        ids.add(site_id)
        added.append((site_id, portal))
        pieces.append(_entry(site_id, portal))
    return ("".join(pieces) if added else text), tuple(added)


def _entry(site_id: str, portal: Portal) -> str:
    entry: Table = tomlkit.table()
    entry.add("id", site_id)
    entry.add("name", portal.body)
    if portal.code:
        entry.add("division", portal.code)
    entry.add("home", portal.url)
    return f"\n[[site]]\n{entry.as_string()}"


def _free_id(portal: Portal, taken: set[str]) -> str:
    """Pinyin of the short name, with the code or a number behind it where another site has that already."""
    syllables = portal.pinyin.split()
    short = "".join(syllables[: len(_short(portal.name))]) if len(syllables) == len(portal.name) else "".join(syllables)
    short = re.sub(r"\W", "", short)
    candidates = [short, f"{short}-{portal.code}" if portal.code else f"{short}-2", *(f"{short}-{n}" for n in range(3, 99))]
    return next(candidate for candidate in candidates if candidate not in taken)


def _short(name: str) -> str:
    end = next((end for end in COMMON_ENDS if name.endswith(end) and len(name) - len(end) >= 2), "")
    return name.removesuffix(end) if end else name


def _fits(portal: Portal, word: str) -> bool:
    if word.isdigit():
        return portal.code.startswith(word)
    if not word.isascii():
        return word in "/".join(portal.path)
    syllables, wanted = portal.pinyin.split(), re.sub(r"[\s']", "", word.lower())
    return "".join(syllables).startswith(wanted) or "".join(part[0] for part in syllables) == wanted or wanted in portal.url


def _bare(url: str) -> str:
    return re.sub(r"^https?://", "", url).rstrip("/").lower()


def _replace(file: Path, text: str) -> None:
    """Write the whole file or leave the old one as it was; its rights stay."""
    unfinished = file.with_name(f"{file.name}.next")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, encoding="utf-8")
        if file.exists():
            unfinished.chmod(file.stat().st_mode & 0o777)
        os.replace(unfinished, file)  # noqa: PTH105 - the atomic call, by its name
    except OSError as error:
        raise CannotWrite(say("cannot write {path}: {error}", path=file, error=error)) from error
