"""What all tests share."""

from __future__ import annotations


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their length: what is compressed holds the time, and every worker must collect the same names."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None
