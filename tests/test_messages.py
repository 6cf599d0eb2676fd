"""The Chinese catalogue: every message of the program is in it, none is stale, and the names in braces agree."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from nianbao.demo.job import QUESTIONS
from nianbao.doctor import PROGRAMS
from nianbao.exits import MEANING
from nianbao.messages import catalogue, language, say

PACKAGE = Path(__file__).parents[1] / "nianbao"
HELPED = {"option", "argument", "command", "group", "make", "version_option"}


def constant(node: ast.expr | None) -> str | None:
    """The text of a literal, pieces joined; None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def spoken(tree: ast.AST) -> Iterator[str]:
    """Every literal that a module hands to `say`, or to click as help."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
        found = [constant(node.args[0])] if name == "say" and node.args else []
        if name in HELPED:
            found += [constant(keyword.value) for keyword in node.keywords if keyword.arg == "help"]
        if name == "make" and len(node.args) > 1:
            found.append(constant(node.args[1]))
        if name == "Check" and node.args:
            found.append(constant(node.args[0]))
        yield from (text for text in found if text)


def messages() -> set[str]:
    """Everything that the program can say."""
    written = {text for path in PACKAGE.rglob("*.py") for text in spoken(ast.parse(path.read_text(encoding="utf-8")))}
    headings = {heading for heading, _ in QUESTIONS} | {"Who published", "Sums that do not add up"}
    tables = headings | {text for pair in MEANING.values() for text in pair} | {use for _, use, _ in PROGRAMS.values()} | set(PROGRAMS)
    return (
        written
        | tables
        | {
            "Configuration; else $NIANBAO_CONFIG, else ./config.toml.",
            "Show this message and exit.",
            "Show the version and exit.",
            "publish",
        }
    )


def names(template: str) -> set[str]:
    """The names in braces of a message."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_message_has_a_translation() -> None:
    """A new message without Chinese fails here, with its text."""
    assert sorted(messages() - set(catalogue())) == []


def test_no_translation_is_stale() -> None:
    """What the program no longer says is not kept."""
    assert sorted(set(catalogue()) - messages()) == []


def test_the_names_in_braces_agree() -> None:
    """A translation fills in the same values."""
    assert [en for en, zh in catalogue().items() if names(en) != names(zh)] == []


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "NIANBAO_LANG": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "NIANBAO_LANG": "en"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
    ],
)
def test_the_language_is_that_of_the_locale_unless_said_otherwise(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NIANBAO_LANG before LC_ALL before LC_MESSAGES before LANG; English is the last resort."""
    for name in ("NIANBAO_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language() == expected
    assert (say("free") == "free") is (expected == "en")
