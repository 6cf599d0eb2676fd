"""Write the generated pages of `docs/`; with `--check`, only say which are out of date and end with 1."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from nianbao import data_reference, form_reference, reference

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES: dict[str, Callable[[], str]] = {
    "cli.md": reference.commands,
    "configuration.md": reference.configuration,
    "exit-codes.md": reference.exit_codes,
    "form.md": form_reference.page,
    "questions.md": lambda: data_reference.questions(ROOT / "tests" / "store_answers.json"),
    "rules.md": data_reference.rules,
    "schema.md": data_reference.schema,
}


def main() -> int:
    """Make every page; how many differ from the file decides the exit code of a check."""
    reference.in_english()
    DOCS.mkdir(exist_ok=True)
    made = {DOCS / name: make() for name, make in PAGES.items()}
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.name} is out of date: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(made[path], encoding="utf-8")
        print(f"wrote docs/{path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
