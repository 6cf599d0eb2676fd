"""Make the corpus: `python -m tests.corpus.build`. The same bytes each time; what is there by hand is left alone.

A case is a folder: `source.<ext>` (and parts), `expected.json` (what a perfect reader finds), `origin.toml` (why it is here).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

from extract.number import parse
from tests.corpus.generate import html as pages
from tests.corpus.generate.model import Specimen, specimen

ROOT = Path(__file__).parent / "cases"
MADE = "made.txt"
EDITIONS = ("v2021", "v2019")
FORMATS = ("text", "pdf", "docx", "doc", "rtf", "odt", "mht", "xlsx", "xls", "ofd", "xml2003", "bundle")
LATER = ("text-tabbed", "text-markdown", "text-boxed", "xlsx-unmerged")
"""Layouts added since: each report's seed is its number, and those of the others stay what they are."""
EXTENSIONS = {"text": "txt", "xml2003": "xml", "bundle": "zip"}
FIRST_SEED = 1000


def said(text: str) -> str:
    """What a printed cell says: a number, "" for blank, "-" for a dash, "?" for what nobody could read."""
    number = parse(text)
    return {"blank": "", "dash": "-", "unreadable": "?"}.get(number.state, str(number.value))


def expected(model: Specimen) -> dict[str, object]:
    """What a perfect reader finds in the document of that report."""
    figures = {" × ".join(key[1:]): said(text) for key, text in model.expected.items()}
    return {
        "title": model.title,
        "agency": model.agency,
        "year": model.year,
        "edition": model.edition,
        "scope": model.scope,
        "published_on": str(model.published_on),
        "signed_on": str(model.signed_on),
        "figures": figures,
    }


def cases() -> Iterator[tuple[str, str, str, Specimen, bytes]]:
    """(slug, format, extension, report, bytes) of every made-up document."""
    seed = FIRST_SEED
    for edition in EDITIONS:
        models = [specimen(seed + n, edition) for n in range(40)]
        seed += 40
        for name, (model, content) in pages.documents(models).items():
            yield f"{name}-{edition}", "html", "html", model, content
    for kind, name, draw in _drawers():
        for edition in EDITIONS:
            seed += 1
            model = specimen(seed, edition)
            yield f"{kind}-{name}-{edition}", kind, EXTENSIONS.get(kind, kind), model, draw(model)


def _drawers() -> list[tuple[str, str, Callable[[Specimen], bytes]]]:
    """(format, layout, what draws it), the later ones last."""
    modules = ((kind, import_module(f"tests.corpus.generate.{kind}")) for kind in FORMATS)
    every = [(kind, name, draw) for kind, module in modules for name, draw in module.variants().items()]
    return sorted(every, key=lambda each: LATER.index(f"{each[0]}-{each[1]}") if f"{each[0]}-{each[1]}" in LATER else -1)


def build(root: Path = ROOT) -> list[str]:
    """Write every made-up case below `root`; the slugs written. Cases made before and no longer made are removed."""
    made = root / MADE
    for slug in made.read_text().split() if made.exists() else []:
        shutil.rmtree(root / slug, ignore_errors=True)
    slugs = []
    for slug, kind, extension, model, content in cases():
        folder = root / slug
        folder.mkdir(parents=True)
        (folder / f"source.{extension}").write_bytes(content)
        (folder / "expected.json").write_text(
            json.dumps(expected(model), ensure_ascii=False, indent=0, separators=(",", ":")) + "\n", encoding="utf-8"
        )
        about = (
            f'format = "{kind}"\nmade = true\nwhy = "{slug}: a made-up report ({model.slug}) drawn by tests/corpus/generate/{kind}.py"\n'
        )
        (folder / "origin.toml").write_text(about, encoding="utf-8")
        slugs.append(slug)
    made.write_text("\n".join(slugs) + "\n", encoding="utf-8")
    return slugs


if __name__ == "__main__":
    print(f"{len(build())} cases in {ROOT.name}/")
