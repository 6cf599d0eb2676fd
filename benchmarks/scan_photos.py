"""Random reports in many fonts, scanned and photographed in many ways: every figure read, counted by whether it is right.

python -m benchmarks.scan_photos [--first 1] [--reports 36] [--looks photo blurred ...]

Exit 1 where a figure is wrong, or one is read where none is printed. Seeds fix everything but the fonts installed here.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from extract.document import Source
from extract.number import parse
from extract.read import read
from extract.report import Figure
from tests.corpus.generate import scan
from tests.corpus.generate.model import Key, Specimen, retext, specimen
from tests.corpus.generate.scan import Look, NoFont

PHOTO = replace(scan.LOOKS["photo150"], quality=70)
LOOKS: dict[str, Look] = {
    "scan200": scan.LOOKS["scan200"],
    "photo": PHOTO,
    "blurred": replace(PHOTO, blur=1.8),
    "noisy": replace(PHOTO, blur=0.9, noise=14.0),
    "poor_jpeg": replace(PHOTO, blur=0.9, quality=25),
    "shadow": replace(PHOTO, shadow=140.0, gradient=20.0),
    "aside": replace(PHOTO, aside=0.03),
    "curled": replace(PHOTO, curl=0.008, aside=0.0),
}
FIGURES = (
    *("", "LiberationSerif-Regular.ttf", "LiberationSans-Regular.ttf", "LiberationMono-Regular.ttf", "DejaVuSans.ttf"),
    *("DejaVuSerif.ttf", "NimbusRoman-Regular.otf", "NimbusSansNarrow-Regular.otf", "P052-Roman.otf", "C059-Roman.otf"),
)
EMPTY = ("", "", "—", "-", "/")
"""What an agency prints for nothing."""


def drawn(seed: int, look: Look) -> tuple[Specimen, bytes]:
    """A report and its file: fonts by the seed, some of its zeros printed as a blank or a dash."""
    rng = random.Random(seed)
    plain = specimen(seed)
    zeros = [key for key, text in plain.expected.items() if text == "0" and key[0] != "disclosure"]
    model = retext(plain, {key: rng.choice(EMPTY) for key in rng.sample(zeros, len(zeros) // 6)})
    font, figures = rng.choice(scan.FONTS), rng.choice(FIGURES)
    if font == scan.FONTS[-1]:
        figures = figures or FIGURES[1]  # this font has no digits
    return model, scan.draw(model, replace(look, font=font, figures=figures))


def verdicts(model: Specimen, content: bytes) -> Iterator[tuple[str, Key, str, Figure | None]]:
    """Right, unread, missing, wrong or invented: each figure with what is printed and what was read."""
    found = {(f.table_code, f.row_code, f.column_code): f for f in read(Source(content)).figures if f.match != "extra"}
    for key, text in model.expected.items():
        yield _verdict(text, found.get(key)), key, text, found.get(key)
    for key in found.keys() - model.expected.keys():
        if found[key].state not in ("unreadable", "blank"):
            yield "invented", key, "", found[key]


def _verdict(text: str, figure: Figure | None) -> str:
    printed = parse(text)
    if figure is None:
        return "missing"
    if figure.state == "unreadable":
        return "unread"
    return "right" if (figure.state, figure.value) == (printed.state, printed.value) else "wrong"


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--reports", type=int, default=36)
    parser.add_argument("--looks", nargs="+", choices=LOOKS, default=list(LOOKS))
    options = parser.parse_args()
    counts = {name: Counter[str]() for name in options.looks}
    for number in range(options.reports):
        seed, name = options.first + number, options.looks[number % len(options.looks)]
        try:
            model, content = drawn(seed, LOOKS[name])
        except NoFont as error:
            print(f"font {error} is not installed here: seed {seed} is left out")
            continue
        for verdict, key, text, figure in verdicts(model, content):
            counts[name][verdict] += 1
            if verdict in ("wrong", "invented"):
                said = figure and (figure.state, figure.raw, figure.confidence, figure.repaired)
                print(f"{verdict}: seed {seed} {name} {key}: printed {text!r}, read {said}", flush=True)
        print(f"{seed} {name}: {dict(counts[name])}", file=sys.stderr, flush=True)
    for name, count in counts.items():
        print(f"{name:10} " + ", ".join(f"{count[verdict]:5} {verdict}" for verdict in ("right", "unread", "missing", "wrong", "invented")))
    return int(any(count["wrong"] + count["invented"] for count in counts.values()))


if __name__ == "__main__":
    raise SystemExit(main())
