"""The accuracy gate: every case of the corpus read and counted, by format, against floors that cannot be lowered by accident.

python -m tests.accuracy                     print the table; exit 1 where a floor is not reached
python -m tests.accuracy --update            raise the floors to what is reached, pin the corpus
python -m tests.accuracy --update --allow-regression
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extract.document import Source
from extract.number import parse
from extract.read import read
from extract.report import Figure, Report

CASES = Path(__file__).parent / "corpus" / "cases"
FLOORS = Path(__file__).parent / "corpus" / "floors.toml"
HEAD = ("agency", "year", "edition", "scope", "published_on", "title")
COUNTED = ("cells", "right", "unread", "wrong", "missing", "invented", "documents", "perfect", "identified")


@dataclass(frozen=True, slots=True)
class Case:
    """One folder of the corpus."""

    folder: Path
    about: Mapping[str, Any] = field(hash=False)

    @property
    def source(self) -> Path:
        """The document."""
        return next(path for path in sorted(self.folder.iterdir()) if path.stem == "source")

    @property
    def parts(self) -> list[Path]:
        """Its attachments and pictures, in order."""
        return sorted(path for path in self.folder.iterdir() if path.stem.startswith("part"))

    def read(self) -> Report:
        """What the readers make of it."""
        return read(_source(self.source), [_source(path) for path in self.parts])


def _source(path: Path) -> Source:
    return Source(path.read_bytes(), path.name)


def cases() -> list[Case]:
    """Every case, in order of its name."""
    return [
        Case(folder, tomllib.loads((folder / "origin.toml").read_text("utf-8"))) for folder in sorted(CASES.iterdir()) if folder.is_dir()
    ]


def said(figure: Figure) -> str:
    """A figure as expected.json has it."""
    return {"blank": "", "dash": "-", "unreadable": "?"}.get(figure.state, str(figure.value))


def same(one: str, other: str) -> bool:
    """Whether two printed numbers are one number."""
    return one == other or (bool(one) and bool(other) and parse(one).value is not None and parse(one).value == parse(other).value)


def score(report: Report, expected: Mapping[str, Any]) -> dict[str, int]:
    """The counts of one document: cells right, openly unread, wrong, missing, invented; whether all is right and who it is of."""
    wanted: Mapping[str, str] = expected.get("figures", {})
    found = {f"{f.row_code} × {f.column_code}": said(f) for f in report.figures if f.match != "extra"}
    counts = dict.fromkeys(COUNTED, 0) | {"cells": len(wanted), "documents": 1}
    for key, text in wanted.items():
        if key not in found:
            counts["missing"] += 1
        elif same(found[key], text):
            counts["right"] += 1
        else:
            counts["unread" if found[key] == "?" else "wrong"] += 1
    counts["invented"] = sum(text not in ("?", "") for key, text in found.items() if key not in wanted)
    identified = all(str(getattr(report, name)) == str(expected[name]) for name in HEAD if name in expected)
    status = expected.get("status", report.status)
    counts["identified"] = int(identified and report.status == status)
    counts["perfect"] = int(counts["right"] == counts["cells"] and not counts["invented"])
    return counts


def _one(case: Case) -> tuple[str, str, dict[str, int]]:
    expected = json.loads((case.folder / "expected.json").read_text("utf-8"))
    return case.about["format"], case.folder.name, score(case.read(), expected)


def measured(workers: int = 2) -> tuple[dict[str, dict[str, int]], list[str]]:
    """Counts by format, and the names of documents that are not perfect."""
    totals: dict[str, dict[str, int]] = {}
    imperfect = []
    with ProcessPoolExecutor(workers) as pool:
        for kind, name, counts in pool.map(_one, cases(), chunksize=8):
            total = totals.setdefault(kind, dict.fromkeys(COUNTED, 0))
            for key, value in counts.items():
                total[key] += value
            if not (counts["perfect"] and counts["identified"]):
                imperfect.append(
                    f"{name}: " + ", ".join(f"{key} {counts[key]}" for key in ("unread", "wrong", "missing", "invented", "identified"))
                )
    return dict(sorted(totals.items())), imperfect


def fingerprint() -> str:
    """The SHA-256 of the whole corpus, names and bytes."""
    digest = hashlib.sha256()
    for path in sorted(CASES.rglob("*")):
        if path.is_file() and path.name != "made.txt":
            digest.update(str(path.relative_to(CASES)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def failures(totals: Mapping[str, Mapping[str, int]], floors: Mapping[str, Any], corpus: str) -> Iterator[str]:
    """Each floor that is not reached, and a corpus that is not the pinned one."""
    if floors.get("corpus") != corpus:
        yield "the corpus is not the pinned one: review the change, then run with --update"
    for kind, floor in floors.get("format", {}).items():
        total = totals.get(kind, dict.fromkeys(COUNTED, 0))
        for name in ("right", "perfect", "identified"):
            if total[name] < floor[name]:
                yield f"{kind}: {name} {total[name]} is below the floor of {floor[name]}"
        for name in ("wrong", "invented"):
            if total[name] > floor[name]:
                yield f"{kind}: {name} {total[name]} is above the ceiling of {floor[name]}"


def update(totals: Mapping[str, Mapping[str, int]], floors: Mapping[str, Any], corpus: str, allowed: bool) -> list[str]:
    """Write new floors; what would lower one is returned, and nothing written, unless that is allowed."""
    lower = list(failures(totals, floors | {"corpus": corpus}, corpus))
    if lower and not allowed:
        return lower
    lines = [
        "# Written by `python -m tests.accuracy --update`. Floors: right, perfect, identified. Ceilings: wrong, invented.",
        f'corpus = "{corpus}"',
    ]
    for kind, total in totals.items():
        lines += [
            "",
            f"[format.{kind}]",
            *(f"{name} = {total[name]}" for name in ("cells", "right", "perfect", "identified", "wrong", "invented")),
        ]
    FLOORS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return []


def table(totals: Mapping[str, Mapping[str, int]]) -> str:
    """The counts, a line a format."""
    whole = {name: sum(total[name] for total in totals.values()) for name in COUNTED}
    lines = [f"{'format':10}" + "".join(f"{name:>12}" for name in COUNTED)]
    for kind, total in [*totals.items(), ("all", whole)]:
        lines.append(f"{kind:10}" + "".join(f"{total[name]:12,}" for name in COUNTED))
    return "\n".join(lines)


def main() -> int:
    """Print, then check or update."""
    parser = argparse.ArgumentParser(description="Accuracy of the readers on the corpus, by format.")
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--allow-regression", action="store_true")
    options = parser.parse_args()
    totals, imperfect = measured()
    floors = tomllib.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    print(table(totals), *imperfect, sep="\n")
    wrong = (
        update(totals, floors, fingerprint(), options.allow_regression) if options.update else list(failures(totals, floors, fingerprint()))
    )
    print(*wrong, sep="\n", file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
