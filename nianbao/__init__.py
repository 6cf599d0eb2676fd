"""The application: wires crawler, extract and store together.

`nianbao.open(path)` gives a read-only connection to an archive; see `nianbao.api`.
"""

from __future__ import annotations

from typing import Any

__all__ = ["Connection", "Result", "open"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - of any type, as attributes are
    """`open` and its types are loaded when asked for: the command line starts without DuckDB."""
    if name in __all__:
        from nianbao import api

        return getattr(api, name)
    raise AttributeError(f"module nianbao has no attribute {name}")
