"""Make `nianbao/data/portals.tsv` from a survey's table of portals and the division list that ships with `store`.

    pip install pypinyin && python scripts/portals.py SURVEY.tsv > nianbao/data/portals.tsv

SURVEY.tsv has the columns `key` (path of names), `level` and `url`. Only names, levels, codes and addresses are taken over.
"""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path

from pypinyin import lazy_pinyin

DIVISIONS = Path(__file__).parents[1] / "store" / "divisions" / "divisions.tsv.gz"
LEVELS = {1: "province", 2: "prefecture", 3: "county"}
RENAMED = {"济源示范区": "济源市"}


def divisions() -> dict[str, str]:
    """Code of two, four or six digits → name."""
    with gzip.open(DIVISIONS, "rt", encoding="utf-8") as file:
        rows = (line.rstrip("\n").split("\t") for line in file)
        return {code: name for code, name, *_ in rows if len(code) in (2, 4, 6)}


def code_of(path: list[str], names: dict[str, str]) -> str:
    """The six-digit code of the last name of a path; empty where the list has none or not exactly one."""
    province = next((code for code, name in names.items() if len(code) == 2 and name == path[0]), None)
    if province is None or len(path) == 1:
        return f"{province}0000" if province else ""
    wanted = RENAMED.get(path[-1], path[-1])
    below = {code for code, name in names.items() if len(code) > 2 and code.startswith(province) and name == wanted}
    parents = tuple(code for code in names if len(code) == 4 and code.startswith(province) and names[code] == path[1])
    if len(path) == 3 and len(below) > 1:
        below = {code for code in below if len(code) == 6 and code.startswith(parents)}
    elif len(path) == 2 and len(below) > 1:
        below = {code for code in below if len(code) == 4}
    return f"{below.pop():0<6}" if len(below) == 1 else ""


def main() -> None:
    """Write the table to stdout."""
    names = divisions()
    out = csv.writer(sys.stdout, delimiter="\t", lineterminator="\n")
    out.writerow(["path", "level", "code", "url", "pinyin"])
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as file:
        found = [(row["key"].split("/"), row["url"]) for row in csv.DictReader(file, delimiter="\t")]
    rows = [("/".join(path), LEVELS[len(path)], code_of(path, names), url, " ".join(lazy_pinyin(path[-1]))) for path, url in found]
    provinces = {path: code for path, level, code, *_ in rows if level == "province"}
    out.writerows(sorted(rows, key=lambda row: (provinces[row[0].split("/")[0]], row[2] or "9", row[0])))


if __name__ == "__main__":
    main()
