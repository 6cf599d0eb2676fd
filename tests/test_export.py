"""The export: the same bytes for the same archive, readable by everybody, every column explained."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from store.errors import CannotWrite
from store.export import BY_YEAR, VIEWS, WHOLE, export
from store.query import reading
from tests.store_sample import build


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample archive, published."""
    made = tmp_path_factory.mktemp("archive")
    build(made)
    return made


@pytest.fixture(scope="module")
def exported(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its export."""
    target = tmp_path_factory.mktemp("export") / "data"
    with reading(archive) as connection:
        export(connection, target)
    return target


@pytest.fixture(scope="module")
def package(exported: Path) -> dict[str, Any]:
    """Its datapackage.json."""
    read: dict[str, Any] = json.loads((exported / "datapackage.json").read_text("utf-8"))
    return read


def content(folder: Path) -> dict[str, bytes]:
    """Every file and what it holds."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_archive_gives_the_same_bytes(archive: Path, exported: Path, tmp_path: Path) -> None:
    """File by file, into another folder, over an older export."""
    target = tmp_path / "again"
    for _ in range(2):
        with reading(archive) as connection:
            export(connection, target)
    assert content(target) == content(exported)


@pytest.mark.parametrize("place", ["data/mine.txt", "data/parquet/figure/mine.txt", "data.next/mine.txt"])
def test_an_export_takes_the_place_of_nothing_but_an_export(archive: Path, tmp_path: Path, place: str) -> None:
    """A file of somebody's anywhere in the folder, or where the next export is made, and nothing is touched."""
    with reading(archive) as connection:
        export(connection, tmp_path / "data")
        (tmp_path / place).parent.mkdir(exist_ok=True)
        (tmp_path / place).write_text("mine")
        before = content(tmp_path)
        with pytest.raises(FileExistsError, match="other files"):
            export(connection, tmp_path / "data")
    assert content(tmp_path) == before


def test_a_data_package_of_somebody_is_no_export(archive: Path, tmp_path: Path) -> None:
    """Its datapackage.json bears another name."""
    (tmp_path / "datapackage.json").write_text('{"name": "weather", "resources": []}')
    with reading(archive) as connection, pytest.raises(FileExistsError):
        export(connection, tmp_path)


def test_what_a_killed_export_left_is_made_anew(archive: Path, exported: Path, tmp_path: Path) -> None:
    """Half a folder beside the target."""
    (tmp_path / "data.next" / "parquet").mkdir(parents=True)
    (tmp_path / "data.next" / "parquet" / "agency.parquet").write_bytes(b"PAR")
    with reading(archive) as connection:
        export(connection, tmp_path / "data")
    assert content(tmp_path / "data") == content(exported)
    assert not (tmp_path / "data.next").exists()


def test_an_archive_built_anew_from_the_same_reports_gives_the_same_figures(exported: Path, tmp_path: Path) -> None:
    """Not only a copy of the same database file."""
    build(tmp_path)
    with reading(tmp_path) as connection:
        export(connection, tmp_path / "data")
    mine, theirs = content(tmp_path / "data"), content(exported)
    assert {name: mine[name] for name in mine if "figure" in name or name.startswith("csv/re")} == {
        name: theirs[name] for name in theirs if "figure" in name or name.startswith("csv/re")
    }


def test_every_file_is_listed_with_size_digest_and_rows(exported: Path, package: dict[str, Any]) -> None:
    """And nothing else lies in the folder. Frictionless checks Parquet as files: its reader has no missing whole numbers."""
    listed = {one["path"]: one for one in package["resources"]}
    assert set(content(exported)) == {*listed, "README.md", "datapackage.json"}
    for name, one in listed.items():
        held = (exported / name).read_bytes()
        assert (one["bytes"], one["hash"]) == (len(held), f"sha256:{hashlib.sha256(held).hexdigest()}")
        assert one["rows"] >= 0 if one["format"] == "csv" else one["type"] == "file"


def test_every_column_is_described_and_typed(package: dict[str, Any]) -> None:
    """With its Chinese label."""
    for one in package["resources"]:
        assert one["description"]
        assert all(field["description"] and field["type"] for field in one["schema"]["fields"])
    assert {one["name"].split("-")[1] for one in package["resources"]} == {*BY_YEAR, *WHOLE, *VIEWS}


def test_parquet_by_year_holds_every_figure_once(archive: Path, exported: Path) -> None:
    """Read back as one partitioned table by anybody's DuckDB."""
    with duckdb.connect() as anybody, reading(archive) as connection:
        query = "SELECT report_id, row_code, column_code, value, state, raw FROM {} ORDER BY ALL"
        mine = anybody.execute(query.format(f"read_parquet('{exported}/parquet/figure/*/*.parquet')")).fetchall()
        assert mine == connection.execute(query.format("figure")).fetchall()
        years = anybody.execute(f"SELECT DISTINCT year FROM read_parquet('{exported}/parquet/figure/*/*.parquet') ORDER BY 1").fetchall()
    assert years == [(2022,), (2023,), (2024,)]


def test_csv_keeps_blank_cells_empty_and_numbers_plain(exported: Path) -> None:
    """NULL is an empty field, never 0; 1.5 is 1.5."""
    text = gzip.decompress((exported / "csv/requests.csv.gz").read_bytes()).decode()
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["year"] == "2024" and row["agency"] == "沙湾市金沟河镇人民政府"]
    total = {row["row_code"]: row["total"] for row in rows}
    assert (total["requests.new"], total["requests.carried_in"], total["requests.carried_out"]) == ("3", "", "0")


def test_the_readme_names_version_caveats_and_licence(exported: Path, package: dict[str, Any]) -> None:
    """What may not be compared stands beside the data."""
    text = (exported / "README.md").read_text("utf-8")
    assert package["version"] in text
    assert "NULL is not zero" in text
    assert "CC BY 4.0" in text
    assert package["licenses"][0]["name"] == "CC-BY-4.0"


def test_an_export_that_cannot_be_written_says_so_and_keeps_the_old(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Disk full half-way: the last export is whole."""
    target = tmp_path / "data"
    with reading(archive) as connection:
        export(connection, target)
    before = content(target)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with reading(archive) as connection, pytest.raises(CannotWrite, match="disk is full"):
        export(connection, target)
    assert content(target) == before
