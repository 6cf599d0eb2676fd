"""The published archive as files for everybody: Parquet by year, CSV, and a datapackage.json that says what every column means.

The same archive gives the same bytes: rows in a fixed order, no clock, no machine in the files. The date and version are those of
the published database.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq

from store.database import scalar
from store.errors import writing
from store.views import described, meanings

BY_YEAR = ("figure", "section", "claim", "finding", "report_table", "extra_cell", "part")
"""Tables whose rows belong to a report, and so to a year."""
WHOLE = (
    *("report", "agency", "agency_name", "agency_succession", "roster", "site", "hand_correction", "withdrawal"),
    *("division", "division_former", "similarity"),
    *("run", "site_run", "listing", "link", "capture", "reading", "problem"),
    *("form_edition", "form_table", "form_row", "form_column", "form_section", "form_rule", "form_crosswalk"),
)
VIEWS = ("annual_report", "disclosure", "requests", "challenges", "failed_check", "coverage", "correction")
KINDS = {
    "INTEGER": "integer", "SMALLINT": "integer", "BIGINT": "integer", "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "datetime",
    "FLOAT": "number", "DOUBLE": "number",
}  # fmt: skip
LICENCE = {"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}
ABOUT = (
    "Every figure of the annual reports on open government information (政府信息公开工作年度报告) of Chinese governments, departments and "
    "townships, as printed, version by version, with the checks of the official form. README.md says what may not be compared."
)
COMPRESSED = {"compression": "zstd", "compression_level": 9}
NAME, PACKAGE, README = "nianbao", "datapackage.json", "README.md"
MADE = {"parquet", "csv", PACKAGE, README}
"""What an export consists of."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the folder, how many files and bytes, and the dataset version."""

    folder: Path
    files: int
    size: int
    version: str


@dataclass(frozen=True, slots=True)
class Resource:
    """One file of the package."""

    name: str
    path: str
    table: str
    rows: int
    size: int
    digest: str


def export(connection: duckdb.DuckDBPyConnection, target: Path, *, contact: str | None = None) -> Exported:
    """Writes everything that `connection` (a published database) holds into a folder, which is made anew. Raises `StoreError`s, and
    FileExistsError, with nothing touched, where the folder holds anything that is not of an earlier export.

    `contact` is whom to ask for a correction or a takedown.
    """
    unfinished = target.with_name(f"{target.name}.next")
    if others(target) or (unfinished.exists() and not {path.name for path in unfinished.iterdir()} <= MADE):
        raise FileExistsError(f"{target} or {unfinished} holds other files")
    with writing(target):
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        try:
            version = _fill(connection, unfinished, contact)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        shutil.rmtree(target, ignore_errors=True)
        unfinished.replace(target)
    written = [path for path in target.rglob("*") if path.is_file()]
    return Exported(target, len(written), sum(path.stat().st_size for path in written), version)


def others(folder: Path) -> list[Path]:
    """The files in a folder that no export of ours put there."""
    try:
        package = json.loads((folder / PACKAGE).read_text("utf-8"))
        ours = {PACKAGE, README, *(one["path"] for one in package["resources"])} if package["name"] == NAME else set()
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        ours = set()
    return [path for path in folder.rglob("*") if not path.is_dir() and path.relative_to(folder).as_posix() not in ours]


def _fill(connection: duckdb.DuckDBPyConnection, folder: Path, contact: str | None) -> str:
    """Everything into an empty folder; the dataset version."""
    resources = [*_tables(connection, folder), *_views(connection, folder)]
    version = str(scalar(connection, "SELECT value FROM archive WHERE key = 'dataset_version'"))
    _papers(folder, _package(connection, resources, version, contact), _published_on(connection))
    return version


def _tables(connection: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Resource]:
    """Parquet: `parquet/figure/year=2024/part.parquet`, or `parquet/agency.parquet`."""
    years = [year for (year,) in connection.execute("SELECT DISTINCT year FROM report ORDER BY year").fetchall()]
    for table in BY_YEAR:
        for year in years:
            rows = connection.sql(
                f"SELECT t.* FROM {table} t SEMI JOIN (FROM report WHERE year = {year}) r USING (report_id) ORDER BY ALL"
            ).to_arrow_table()
            yield _parquet(rows, folder, f"parquet/{table}/year={year}/part.parquet", table)
    for table in WHOLE:
        rows = connection.sql(f"FROM {table} ORDER BY ALL").to_arrow_table()
        yield _parquet(rows, folder, f"parquet/{table}.parquet", table)


def _views(connection: duckdb.DuckDBPyConnection, folder: Path) -> Iterator[Resource]:
    """CSV, gzipped: `csv/requests.csv.gz`, what most people want."""
    for view in VIEWS:
        yield _csv(connection.sql(f"FROM {view} ORDER BY ALL").to_arrow_table(), folder, f"csv/{view}.csv.gz", view)


def _parquet(rows: pa.Table, folder: Path, name: str, table: str) -> Resource:
    out = io.BytesIO()
    pq.write_table(rows, out, **COMPRESSED)
    return _put(out.getvalue(), folder, name, table, rows.num_rows)


def _csv(rows: pa.Table, folder: Path, name: str, table: str) -> Resource:
    out = io.BytesIO()
    csv.write_csv(_plain_numbers(rows), out, csv.WriteOptions(quoting_style="needed"))
    return _put(gzip.compress(out.getvalue(), 6, mtime=0), folder, name, table, rows.num_rows)


def _plain_numbers(rows: pa.Table) -> pa.Table:
    """Decimals without trailing zeros, as text: 3 and 0.04, not 3.000000."""
    for n, column in enumerate(rows.schema):
        if pa.types.is_decimal(column.type):
            said = [None if v is None else format(v.normalize(), "f") for v in rows.column(n).to_pylist()]
            rows = rows.set_column(n, column.name, pa.array(said, pa.string()))
    return rows


def _put(content: bytes, folder: Path, name: str, table: str, rows: int) -> Resource:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    plain = name.removesuffix("/part.parquet").removesuffix(".parquet").removesuffix(".csv.gz").replace("/", "-").replace("=", "-")
    return Resource(plain, name, table, rows, len(content), hashlib.sha256(content).hexdigest())


def _published_on(connection: duckdb.DuckDBPyConnection) -> str:
    return str(scalar(connection, "SELECT left(value, 10) FROM archive WHERE key = 'published_at'"))


def _papers(folder: Path, package: dict[str, Any], published: str) -> None:
    (folder / PACKAGE).write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    text = files("store").joinpath("schema/README.export.md").read_text("utf-8")
    filled = text.replace("{version}", package["version"]).replace("{published}", published)
    (folder / README).write_text(filled, encoding="utf-8")


def _package(connection: duckdb.DuckDBPyConnection, resources: list[Resource], version: str, contact: str | None) -> dict[str, Any]:
    """Frictionless Data Package: https://specs.frictionlessdata.io"""
    return {
        "profile": "data-package",
        "name": NAME,
        "title": "中国政府信息公开工作年度报告 · China's annual reports on open government information",
        "version": version,
        "description": ABOUT,
        "licenses": [LICENCE],
        "sources": [{"title": "Portals of Chinese governments; the address of every report is in report.url"}],
        **({"contributors": [{"title": contact, "role": "publisher"}]} if contact else {}),
        "resources": [_resource(connection, one) for one in resources],
    }


def _resource(connection: duckdb.DuckDBPyConnection, one: Resource) -> dict[str, Any]:
    known = meanings()
    shape = connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE {one.table})").fetchall()
    note = known["table"].get(one.table) or known["view"][one.table]["note"]
    is_csv = one.path.endswith(".csv.gz")
    return {
        "name": one.name,
        "path": one.path,
        "description": note,
        "format": "csv" if is_csv else "parquet",
        "mediatype": "text/csv" if is_csv else "application/vnd.apache.parquet",
        **(_tabular(one) if is_csv else {"type": "file"}),
        "bytes": one.size,
        "hash": f"sha256:{one.digest}",
        "schema": {
            "fields": [{"name": name, "type": _kind(kind), "description": described(one.table, name)} for name, kind in shape],
            "missingValues": [""],
        },
    }


def _tabular(one: Resource) -> dict[str, Any]:
    """What only CSV is told of: Frictionless reads Parquet through pandas, which has no missing whole numbers, so it checks the file."""
    return {"compression": "gz", "encoding": "utf-8", "profile": "tabular-data-resource", "rows": one.rows}


def _kind(kind: str) -> str:
    return KINDS.get(kind, "number" if kind.startswith("DECIMAL") else "string")
