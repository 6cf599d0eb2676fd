"""Documentation that cannot rot: generated pages equal the code, everything mentioned exists, everything that exists is mentioned."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from nianbao.cli import COMMANDS
from nianbao.config_keys import SECTIONS, SITE
from nianbao.exits import Exit

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"(?:^\s*(?:\$ )?|`|bin/)nianbao (?:--config \S+ )?([a-z]+)\b", re.MULTILINE)


def text_of(path: Path) -> str:
    """A page."""
    return path.read_text(encoding="utf-8")


def test_the_generated_pages_are_those_that_the_code_makes() -> None:
    """`make docs` would change nothing."""
    done = subprocess.run(
        [sys.executable, "scripts/docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    """Links between pages and into the code are to files that exist."""
    broken = [target for target in LINK.findall(text_of(page)) if not (page.parent / target).exists()]
    assert broken == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_told_of_in_words_too(name: str) -> None:
    """The list of commands is generated; somewhere a person is told when to use each."""
    told = [page.name for page in PAGES if page.name != "cli.md" and re.search(rf"\bnianbao {name}\b|`{name}`", text_of(page))]
    assert told, f"no page but cli.md speaks of `nianbao {name}`"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_no_page_tells_of_a_command_that_does_not_exist(page: Path) -> None:
    """A command in a code block or between backticks is one that can be run."""
    code = re.findall(r"```.*?```|`[^`\n]+`", text_of(page), flags=re.DOTALL)
    named = {found for piece in code for found in NAMED.findall(piece)}
    assert named - set(COMMANDS) == set()


def test_the_sample_configuration_shows_every_section() -> None:
    """A key that a beginner needs is in the sample; the others are one link away."""
    sample = (ROOT / "config.toml").read_text(encoding="utf-8")
    missing = [name for name in SECTIONS if f"[{name}]" not in sample and name not in ("read", "log")]
    assert missing == []
    assert all(f"{key.name} = " in sample for key in SITE if key.name in ("id", "name", "home", "division", "listings", "family", "expect"))


def test_the_exit_codes_of_the_table_are_those_of_the_program() -> None:
    """The page lists each once, in order of number."""
    rows = re.findall(r"^\| (\d+) \|", text_of(ROOT / "docs" / "exit-codes.md"), flags=re.MULTILINE)
    assert [int(row) for row in rows] == sorted(int(code) for code in Exit)


def test_the_readme_fits_one_screen() -> None:
    """What a newcomer reads before the first command: at most 60 lines."""
    assert len(text_of(ROOT / "README.md").splitlines()) <= 60
