"""The arrows between the packages, read off the syntax trees: who may import whom, and what reading may not touch."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("crawler", "extract", "store", "nianbao")

MAY_IMPORT = {
    "crawler": {"crawler"},
    "extract": {"extract"},
    "store": {"store", "crawler", "extract"},
    "nianbao": set(PACKAGES),
}
"""Of our own packages, those that each may import; nobody but nianbao imports nianbao."""

FORBIDDEN = {
    "extract": {
        "aiohttp", "apscheduler", "asyncio", "duckdb", "ftplib", "http", "httpx", "requests", "sched", "socket", "sqlite3", "ssl", "time",
        "urllib.request", "urllib3",
    },
    "crawler": {"duckdb", "apscheduler"},
    "store": {"httpx", "apscheduler", "socket"},
}  # fmt: skip
"""Reading is a pure function of bytes: no network, no clock, no database. Only `store` speaks SQL to DuckDB."""

CLOCKS = {"now", "today", "utcnow"}


def modules(package: str) -> list[Path]:
    """All Python files of a package."""
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything that a file imports, wherever in the file it does."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are written out, not relative"
            yield node.lineno, node.module or ""
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def offences(package: str) -> list[str]:
    """Every import of a package that the arrows forbid."""
    found = []
    for path in modules(package):
        for line, name in imports(path):
            top = name.split(".")[0]
            barred = any(name == bad or name.startswith(f"{bad}.") for bad in FORBIDDEN.get(package, ()))
            if barred or (top in PACKAGES and top not in MAY_IMPORT[package]):
                found.append(f"{path.relative_to(ROOT)}:{line}: imports {name}")
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_the_arrows_allow(package: str) -> None:
    """crawler and extract know neither each other nor store; nothing imports nianbao; each keeps off what is not its business."""
    assert modules(package), f"{package} has no modules: the test would pass on nothing"
    assert offences(package) == []


def test_reading_asks_no_clock() -> None:
    """`extract` gives the same report for the same bytes on any day: nothing in it asks for the present time."""
    calls = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules("extract")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]
    assert calls == []


def test_the_test_sees_an_import_wherever_it_stands(tmp_path: Path) -> None:
    """An import inside a function or under another name counts like one at the top."""
    sample = tmp_path / "sample.py"
    sample.write_text("def f():\n    import httpx as h\n    from duckdb import connect\n", encoding="utf-8")
    assert {name for _, name in imports(sample)} == {"httpx", "duckdb", "duckdb.connect"}


def test_every_module_says_what_it_is_for() -> None:
    """Each file begins with a docstring: a stranger knows from its first line what it does."""
    silent = [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in modules(package)
        if not ast.get_docstring(ast.parse(path.read_text("utf-8")))
    ]
    assert silent == []
