"""The administrative divisions: codes, names, what lies in what, and the names that places had before.

Codes are those of GB/T 2260 and the statistics bureau without trailing zeros: 65, 6542, 654203, 654203108.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

STRUCTURAL = re.compile(r"^(?:市辖区|县|省直辖县级行政区划|自治区直辖县级行政区划)$")
PROVINCE_KIND = re.compile(r"(?:省|市|(?:壮族|回族|维吾尔)?自治区)$")
KIND = re.compile(r"(?<=..)(?:地区|林区|盟|市|县|区|旗)$")
LEVELS = {2: "province", 4: "prefecture", 6: "county", 9: "township"}


@dataclass(frozen=True)
class Places:
    """All divisions, asked by code or by name inside another division."""

    names: dict[str, str]
    former: dict[str, str] = field(default_factory=dict)
    """Old code to the code now, where the code changed."""
    inside: dict[str, dict[str, str]] = field(default_factory=dict)
    """Code of a division to names (present and former) of those directly in it, to their codes."""
    by_name: dict[str, list[str]] = field(default_factory=dict)
    """Every name of a province, prefecture or county, former and short ones of provinces too, to the codes that bear it."""

    def now(self, code: str) -> str:
        """The code that a place has today; trailing zeros are dropped."""
        code = trimmed(code)
        return self.former.get(code, code)

    def level(self, code: str) -> str | None:
        """province, prefecture, county, township; None for no code."""
        return LEVELS.get(len(code))

    def parent(self, code: str) -> str | None:
        """The division that governs this one; statistical brackets such as 市辖区 are stepped over."""
        above = {9: code[:6], 6: code[:4], 4: code[:2]}.get(len(code))
        return self.parent(above) if above and STRUCTURAL.match(self.names.get(above, "")) else above

    def path(self, code: str) -> Iterator[str]:
        """The division and those above it, nearest first."""
        step: str | None = code
        while step:
            yield step
            step = self.parent(step)

    def title(self, code: str) -> str:
        """The name by which its bodies call it: 沙湾市, 淮安市洪泽区, 沙湾市金沟河镇."""
        above = self.parent(code)
        needs_more = len(code) == 9 or (len(code) == 6 and self.names[code].endswith("区"))
        return (self.title(above) if above and needs_more else "") + self.names[code]


def trimmed(code: str) -> str:
    """650000 → 65, 654200 → 6542, 654203000 → 654203."""
    return next((code[:size] for size in LEVELS if not code[size:].strip("0")), code)


@cache
def former_names() -> list[tuple[str, str, str, str]]:
    """(code, name, code today, last list) of what counties and prefectures were called before."""
    lines = files("store").joinpath("divisions/former.tsv").read_text("utf-8").splitlines()[1:]
    return [(code, name, now, listed) for code, name, now, listed in (line.split("\t") for line in lines)]


@cache
def places() -> Places:
    """The list that this version ships, loaded once (about 0.1 s)."""
    folder = files("store").joinpath("divisions")
    lines = gzip.decompress(folder.joinpath("divisions.tsv.gz").read_bytes()).decode().splitlines()
    names = dict(line.split("\t", 1) for line in lines)
    before = former_names()
    found = Places(names, {old: code for old, _, code, _ in before if old not in names})
    inside: dict[str, dict[str, str]] = defaultdict(dict)
    by_name: dict[str, list[str]] = defaultdict(list)
    named = [*names.items(), *((code, name) for _, name, code, _ in before)]
    for code, name in named:
        if not STRUCTURAL.match(name):
            inside[found.parent(code) or ""].setdefault(name, code)
            if len(code) < 9 and code not in by_name[name]:
                by_name[name].append(code)
    for code, name in names.items():
        if len(code) == 2:
            by_name[PROVINCE_KIND.sub("", name)].append(code)
    return Places(names, found.former, dict(inside), dict(by_name))
