"""An answer on paper: an aligned table, CSV, JSON, JSON lines or Parquet."""

from __future__ import annotations

import json
import math
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO, Literal, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from store.query import Answer

Format = Literal["table", "csv", "json", "ndjson", "parquet"]
FORMATS: tuple[Format, ...] = get_args(Format)
WIDEST = 48
NULL = "NULL"


def write(answer: Answer, form: Format, out: BinaryIO, *, width: int | None = None) -> int:
    """Writes an answer, UTF-8; returns the number of rows. `width` is that of the terminal, for tables."""
    if form == "parquet":
        return _parquet(answer, out)
    if form == "table":
        return _table(answer, out, width)
    if form == "csv":
        return _csv(answer, out)
    return _json(answer, out) if form == "json" else _ndjson(answer, out)


def plain(value: Any) -> Any:  # noqa: ANN401 - any SQL value
    """A value as JSON has it: whole decimals as integers, others as numbers, dates and times as ISO text."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds") + ("" if value.tzinfo else "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def text(value: Any) -> str:  # noqa: ANN401 - any SQL value
    """A value as a person reads it."""
    if isinstance(value, Decimal):
        said = format(value, "f")
        return said.rstrip("0").rstrip(".") if "." in said else said
    if isinstance(value, float):
        return format(value, ".10g")
    shown = plain(value)
    if isinstance(shown, bool):
        return "true" if shown else "false"
    return json.dumps(shown, ensure_ascii=False) if isinstance(shown, list | dict) else str(shown)


def _csv(answer: Answer, out: BinaryIO) -> int:
    count = 0
    out.write((",".join(_field(name) for name in answer.columns) + "\r\n").encode())
    for batch in answer.batches():
        out.write("".join(",".join(_field(v) for v in row) + "\r\n" for row in batch).encode())
        count += len(batch)
    return count


def _field(value: Any) -> str:  # noqa: ANN401 - any SQL value
    """NULL is nothing at all; empty text is a pair of quotes."""
    if value is None:
        return ""
    said = text(value)
    if said == "" or any(sign in said for sign in ',"\r\n') or said != said.strip():
        return '"' + said.replace('"', '""') + '"'
    return said


def _records(answer: Answer, rows: Iterable[Sequence[Any]]) -> Iterable[str]:
    for row in rows:
        yield json.dumps(dict(zip(answer.columns, map(plain, row), strict=True)), ensure_ascii=False, allow_nan=False)


def _json(answer: Answer, out: BinaryIO) -> int:
    count = 0
    out.write(b"[")
    for batch in answer.batches():
        lines = ",\n ".join(_records(answer, batch))
        out.write((("\n " if count == 0 else ",\n ") + lines).encode())
        count += len(batch)
    out.write(b"\n]\n" if count else b"]\n")
    return count


def _ndjson(answer: Answer, out: BinaryIO) -> int:
    count = 0
    for batch in answer.batches():
        out.write("".join(line + "\n" for line in _records(answer, batch)).encode())
        count += len(batch)
    return count


def _parquet(answer: Answer, out: BinaryIO) -> int:
    data = answer.arrow()
    pq.write_table(data, out, compression="zstd")
    return int(data.num_rows)


def _table(answer: Answer, out: BinaryIO, width: int | None) -> int:
    rows = answer.rows()
    cells = [[NULL if value is None else clean(text(value)) for value in row] for row in rows]
    numeric = [_is_number(kind) for kind in answer.types]
    widths = _widths(answer.columns, cells, width)
    lines = [_line(answer.columns, widths, [False] * len(widths)), "  ".join("─" * w for w in widths)]
    lines += [_line(row, widths, numeric) for row in cells]
    out.write(("\n".join(line.rstrip() for line in lines) + "\n").encode())
    return len(rows)


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_decimal(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind))


def columns_wide(said: str) -> int:
    """How many terminal columns a text takes: two for wide characters, none for combining ones."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in said)


def clean(said: str) -> str:
    """Control characters made visible: text from web pages must not steer a terminal or break a row."""
    return "".join("␤" if c == "\n" else " " if c in "\t\xa0" else "�" if unicodedata.category(c) in ("Cc", "Cf") else c for c in said)


def _widths(names: Sequence[str], cells: Sequence[Sequence[str]], width: int | None) -> list[int]:
    needed = [max([columns_wide(name), *(columns_wide(row[n]) for row in cells)]) for n, name in enumerate(names)]
    if width is None or sum(needed) + 2 * len(needed) <= width:
        return needed
    return [min(n, max(WIDEST, columns_wide(name))) for n, name in zip(needed, names, strict=True)]


def _line(values: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    return "  ".join(_padded(value, size, flush) for value, size, flush in zip(values, widths, right, strict=True))


def _padded(said: str, size: int, right: bool) -> str:
    while columns_wide(said) > size:
        said = said[:-2] + "…"
    room = " " * (size - columns_wide(said))
    return room + said if right else said + room
