"""The commands that work on an archive: why, coverage, sql, add, reread, coverage, export, transcribe, withdraw, verify."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from nianbao import rereading
from nianbao.cli import run
from nianbao.demo.job import play
from nianbao.demo.portal import Portal
from nianbao.demo.server import Answer, Web
from nianbao.lock import held
from nianbao.progress import All
from store.archive import Archive
from store.errors import CannotWrite
from store.loading import Item
from store.provenance import Loaded
from store.query import ask, reading

ROOT = Path(__file__).parents[1]
Capture = pytest.CaptureFixture[str]
STABLE = "SELECT agency, year, scope, version, reason, is_current, edition, status, published_on, url FROM report ORDER BY ALL"
FIGURES = "SELECT agency, year, version, row_code, column_code, value, state, raw FROM figure JOIN report USING (report_id) ORDER BY ALL"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words are compared in English; no configuration but the one that a test names."""
    monkeypatch.setenv("NIANBAO_LANG", "en")
    monkeypatch.delenv("NIANBAO_CONFIG", raising=False)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two nights; tests that change it take a copy."""
    folder = tmp_path_factory.mktemp("played")
    play(folder, All())
    return folder


@pytest.fixture
def folder(played: Path, tmp_path: Path) -> Path:
    """A copy of that archive."""
    return Path(shutil.copytree(played, tmp_path / "copy"))


def nianbao(folder: Path, *arguments: str) -> int:
    """A command on the archive in a folder."""
    return run(["--config", str(folder / "config.toml"), *arguments])


def answer(folder: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask what is published there."""
    with reading(folder / "var") as connection:
        return ask(connection, query).rows()


def seed() -> str:
    """The seed report as a page: the demo's own setting of it."""
    with Web() as web:
        host = web.host()
        Portal(host)
        route = next(route for path, route in host.routes.items() if "t20250122" in path)
        return (route if isinstance(route, Answer) else route(None)).body.decode()  # type: ignore[arg-type]  # it looks at no request


# why, coverage, sql


def test_why_leads_to_the_cell_and_back(played: Path, capsys: Capture) -> None:
    """Address, digest, WARC place, coordinates, and the row as it is printed; an address tells what was read from it."""
    assert nianbao(played, "why", "金沟河镇 2024", "requests.new", "总计", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["raw"], found["value"], len(found["sha256"])) == ("1", 1, 64)
    assert found["snippet"][1] == ["一、本年新收政府信息公开申请数量", "1", "0", "0", "0", "0", "0", "[1]"]
    assert nianbao(played, "why", found["url"], "--json") == 0
    assert json.loads(capsys.readouterr().out)[0]["report_id"] == found["report_id"]
    assert nianbao(played, "why", str(found["report_id"])) == 2
    assert nianbao(played, "why", "999", "requests.new", "total") == 2


def test_why_in_an_attachment_shows_the_attachment(played: Path, capsys: Capture) -> None:
    """The figure of a DOCX stands in the DOCX, and its rows are read from there."""
    assert nianbao(played, "why", "洪泽区 2024", "requests.outcome.granted", "natural_person", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["part_url"].endswith(".docx")
    assert "[50]" in found["snippet"][1]


def test_coverage_counts_and_lists(played: Path, capsys: Capture) -> None:
    """A row an agency and year as JSON; the missing ones with their state; numbers by any grouping."""
    assert nianbao(played, "coverage", "--year", "2024", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert {row["year"] for row in rows} == {2024}
    assert {row["agency"] for row in rows if row["sound"]} >= {"沙湾市金沟河镇人民政府", "淮安市洪泽区人民政府"}
    assert nianbao(played, "coverage", "--missing") == 0
    assert "not_published" in capsys.readouterr().out
    assert nianbao(played, "coverage", "--by", "province") == 0


@pytest.mark.parametrize("form", ["table", "csv", "json", "ndjson", "parquet"])
def test_sql_writes_every_format_to_stdout_or_a_file(
    form: str, played: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """The same bytes either way, and no unfinished file is left."""
    query = "SELECT agency, year FROM 年报 JOIN annual_report ON 报告编号 = report_id ORDER BY ALL"
    assert nianbao(played, "sql", query, "--format", form) == 0
    printed = capfdbinary.readouterr().out
    target = tmp_path / "answer"
    assert nianbao(played, "sql", query, "--format", form, "-o", str(target)) == 0
    assert target.read_bytes() == printed
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("answer")] == ["answer"]


def test_sql_takes_one_query_and_says_what_is_wrong_with_another(played: Path, tmp_path: Path, capsys: Capture) -> None:
    """From a file, by name, as text; none or two are usage errors, and so is what the database does not understand."""
    file = tmp_path / "q.sql"
    file.write_text("SELECT 1 AS one", encoding="utf-8")
    assert nianbao(played, "sql", "-f", str(file), "--format", "csv") == 0
    assert capsys.readouterr().out == "one\r\n1\r\n"
    assert nianbao(played, "sql", "--example", "3") == 0
    assert nianbao(played, "sql", "--example") == 0
    assert nianbao(played, "sql") == 2
    assert nianbao(played, "sql", "SELECT 1", "-f", str(file)) == 2
    capsys.readouterr()
    for query in ("FROM nosuch", "DROP TABLE report", "SELECT * FROM read_csv('/etc/passwd')"):
        assert nianbao(played, "sql", query) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_sql_answers_no_query_in_silence_and_replaces_no_device(played: Path, tmp_path: Path, capsys: Capture) -> None:
    """Of two queries neither is answered; what one needs may stand before it. A folder that is not there is named; a pipe stays one."""
    assert nianbao(played, "sql", "SELECT 1; SELECT 2") == 2
    assert "one at a time" in capsys.readouterr().err
    assert nianbao(played, "sql", "SET VARIABLE y = 2024; SELECT getvariable('y') AS y", "--format", "csv") == 0
    assert capsys.readouterr().out == "y\r\n2024\r\n"
    assert nianbao(played, "sql", "SELECT 1", "-o", str(tmp_path / "none" / "x.csv")) == 2
    assert "No such file" in capsys.readouterr().err
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert nianbao(played, "sql", "SELECT 1 AS one", "--format", "csv", "-o", str(pipe)) == 0
    assert (os.read(reader, 100), pipe.is_fifo()) == (b"one\r\n1\r\n", True)


def test_a_file_that_an_older_program_published_is_said_to_be_one(folder: Path, capsys: Capture) -> None:
    """Commands that need today's tables say what to do; ad-hoc queries are answered as ever."""
    with duckdb.connect(folder / "var" / "nianbao.duckdb") as connection:
        connection.execute("UPDATE archive SET value = '1' WHERE key = 'schema_version'")
    for command in (("why", "1", "requests.new", "total"), ("coverage",), ("export", str(folder / "out")), ("transcribe",)):
        assert nianbao(folder, *command) == 2
        assert "publishes it anew" in capsys.readouterr().err
    assert nianbao(folder, "sql", "SELECT 1") == 0


# reread, add, withdraw, transcribe, export, verify


def test_where_nothing_is_archived_every_command_says_so(played: Path, tmp_path: Path, capsys: Capture) -> None:
    """And makes nothing: an empty database would look like an answer."""
    shutil.copy(played / "config.toml", tmp_path)
    for command in (
        ("sql", "SELECT 1"),
        ("coverage",),
        ("verify",),
        ("reread",),
        ("why", "1", "a", "b"),
        ("export", str(tmp_path / "out")),
    ):
        assert nianbao(tmp_path, *command) == 2
        assert "run `nianbao run` first" in capsys.readouterr().err
    assert not list(tmp_path.glob("var/*.duckdb"))


def test_a_lost_or_broken_working_database_is_made_again(folder: Path, capsys: Capture) -> None:
    """Broken, it is named with what to do; lost while the crawl's state is not, every capture is told again."""
    captures = answer(folder, "SELECT url, sha256 FROM capture ORDER BY ALL")
    work = folder / "var" / "work.duckdb"
    work.write_bytes(b"broken")
    assert nianbao(folder, "reread") == 2
    assert "move it away" in capsys.readouterr().err
    assert nianbao(folder, "verify") == 5
    work.unlink()
    assert nianbao(folder, "reread") == 0
    assert answer(folder, "SELECT url, sha256 FROM capture ORDER BY ALL") == captures
    assert nianbao(folder, "verify") == 0


def test_why_says_that_the_archived_bytes_are_damaged(folder: Path, capsys: Capture) -> None:
    """The figure is told, its cell cannot be shown: 3, and why."""
    (warc,) = (folder / "var" / "warc").iterdir()
    warc.write_bytes(warc.read_bytes()[:2000])
    assert nianbao(folder, "why", "沙湾市金沟河镇 2024", "requests.new", "total") == 3
    said = capsys.readouterr()
    assert "1 件" in said.out
    assert "cannot be read" in said.err


def test_reread_finds_everything_as_it_was(folder: Path, capsys: Capture) -> None:
    """With the same readers nothing changes: no new version, and a dry run says the same."""
    before = answer(folder, STABLE), answer(folder, FIGURES)
    assert nianbao(folder, "reread", "--dry-run") == 0
    assert nianbao(folder, "reread", "--where", "year = 2024", "--json") == 0
    assert json.loads(capsys.readouterr().out)["changes"] == []
    assert nianbao(folder, "reread") == 0
    assert (answer(folder, STABLE), answer(folder, FIGURES)) == before


def test_a_reread_cut_short_goes_on_after_what_it_kept(folder: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full after two documents: one line says so, and the next call reads the others alone."""
    kept: list[Item] = []
    load_all = Archive.load_all

    def full(archive: Archive, items: list[Item], *, dry_run: bool = False) -> list[Loaded]:
        if kept:
            raise CannotWrite("the disk is full")
        kept.extend(items)
        return load_all(archive, items, dry_run=dry_run)

    assert nianbao(folder, "reread", "--json") == 0
    every = json.loads(capsys.readouterr().out)["documents"]
    with monkeypatch.context() as patched:
        patched.setattr(rereading, "TOGETHER", 2)
        patched.setattr(Archive, "load_all", full)
        assert nianbao(folder, "reread") == 74
    assert capsys.readouterr().err.count("the disk is full") == 1
    assert nianbao(folder, "reread", "--json") == 0
    assert json.loads(capsys.readouterr().out)["documents"] == every - 2


def test_a_lost_database_is_made_from_the_warc_files_alone(folder: Path) -> None:
    """Every version, the correction among them, every figure and every capture; and the archive verifies."""
    before = answer(folder, STABLE), answer(folder, FIGURES), answer(folder, "SELECT old_value, new_value FROM correction ORDER BY ALL")
    captures = answer(folder, "SELECT url, sha256, status FROM capture ORDER BY ALL")
    for path in (folder / "var").iterdir():
        if path.name != "warc":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert nianbao(folder, "reread") == 0
    assert (
        answer(folder, STABLE),
        answer(folder, FIGURES),
        answer(folder, "SELECT old_value, new_value FROM correction ORDER BY ALL"),
    ) == before
    assert answer(folder, "SELECT url, sha256, status FROM capture ORDER BY ALL") == captures
    assert nianbao(folder, "verify") == 0


def test_an_archive_can_be_copied_to_another_place(folder: Path, tmp_path: Path) -> None:
    """Backup and restore as docs/operations.md tells: the folder is copied, the WARC files last; verify finds nothing."""
    place = tmp_path / "restored"
    shutil.copytree(folder, place, ignore=shutil.ignore_patterns("warc"))
    shutil.copytree(folder / "var" / "warc", place / "var" / "warc")
    assert nianbao(place, "verify") == 0
    assert answer(place, STABLE) == answer(folder, STABLE)


def test_verify_names_a_flipped_byte(folder: Path, capsys: Capture) -> None:
    """5, and the file with the place."""
    (file,) = (folder / "var" / "warc").iterdir()
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert nianbao(folder, "verify") == 5
    assert file.name in capsys.readouterr().out


def test_added_documents_keep_their_origin(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    """A page that somebody held becomes a capture that says so; what it claims is used where the document is silent."""
    page = tmp_path / "held.html"
    page.write_text(seed().replace("2024", "2022").replace("2025", "2023"), encoding="utf-8")
    url = "http://www.xjsw.gov.cn/old/2022.html"
    assert nianbao(folder, "add", str(page), "--agency", "沙湾市金沟河镇人民政府", "--year", "2022", "--url", url, "--json") in (0, 3)
    (loaded,) = json.loads(capsys.readouterr().out)
    assert (loaded["outcome"], loaded["agency"], loaded["year"]) == ("new", "沙湾市金沟河镇人民政府", 2022)
    assert answer(folder, "SELECT url, origin FROM capture WHERE origin <> 'fetch'") == [(url, "file held.html")]
    assert nianbao(folder, "verify") == 0


def test_what_a_giver_said_of_documents_outlives_the_database(folder: Path, tmp_path: Path) -> None:
    """Agency and year given with `add`, for a page and for a WARC file, are archived: made again from there, the tables are the same."""
    silent = seed()
    for words in ("沙湾市金沟河镇", "2024年", "2024", "2025年", "2025"):
        silent = silent.replace(words, "")
    page, old = tmp_path / "held.html", tmp_path / "old.html"
    page.write_text(silent, encoding="utf-8")
    old.write_text(silent.replace("<td>1</td>", "<td>2</td>"), encoding="utf-8")
    elsewhere = Path(shutil.copytree(folder, tmp_path / "elsewhere"))
    url = "http://old.example.gov.cn/1.html"
    assert nianbao(elsewhere, "add", str(old), "--agency", "甲县教育局", "--year", "2021", "--url", url) in (0, 3)
    (_, warc) = sorted([*(elsewhere / "var" / "warc").iterdir(), folder], key=str)[-2:]
    assert nianbao(folder, "add", str(page), "--agency", "甲县教育局", "--year", "2022") in (0, 3)
    assert nianbao(folder, "add", str(warc), "--agency", "甲县教育局", "--year", "2020") in (0, 3)
    before = answer(folder, STABLE), answer(folder, FIGURES)
    assert {row[1] for row in before[0] if row[0] == "甲县教育局"} == {2020, 2022}
    for path in (folder / "var").iterdir():
        if path.name != "warc":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert nianbao(folder, "reread") in (0, 3)
    assert (answer(folder, STABLE), answer(folder, FIGURES)) == before


def test_a_warc_file_brings_every_report_in_it(folder: Path, played: Path, tmp_path: Path, capsys: Capture) -> None:
    """The demo's own WARC of two nights into an empty archive: five reports, the one corrected in between in both its versions."""
    empty = tmp_path / "empty"
    empty.mkdir()
    shutil.copy(folder / "config.toml", empty)
    (warc,) = (played / "var" / "warc").iterdir()
    assert nianbao(empty, "add", str(warc), "--json") == 0
    outcomes = Counter(one["outcome"] for one in json.loads(capsys.readouterr().out))
    assert outcomes == {"new": 5, "correction": 1}
    assert answer(empty, "SELECT old_value, new_value FROM correction ORDER BY ALL") == answer(
        played, "SELECT old_value, new_value FROM correction ORDER BY ALL"
    )
    assert answer(empty, "SELECT DISTINCT origin FROM capture") == [(f"WARC {warc.name}",)]
    assert nianbao(empty, "verify") == 0


def test_adding_what_cannot_be_read_adds_nothing(folder: Path, tmp_path: Path) -> None:
    """No such file: 2; not a report: 3; while a run holds the lock: 75."""
    before = answer(folder, "SELECT count(*) FROM capture")
    assert nianbao(folder, "add", str(tmp_path / "none.pdf"), "--agency", "x", "--year", "2020") == 2
    assert answer(folder, "SELECT count(*) FROM capture") == before
    (tmp_path / "note.txt").write_text("会议通知", encoding="utf-8")
    assert nianbao(folder, "add", str(tmp_path / "note.txt"), "--agency", "x", "--year", "2020") == 3
    with held(folder / "var"):
        assert nianbao(folder, "add", str(tmp_path / "note.txt"), "--agency", "x", "--year", "2020") == 75


def test_a_withdrawn_report_is_gone_from_what_is_published_and_stays_gone(folder: Path, capsys: Capture) -> None:
    """All its versions; the reason is on record; publishing again does not bring it back."""
    ((number,),) = answer(folder, "SELECT report_id FROM report WHERE is_current AND agency LIKE '云岭%' AND year = 2024")
    assert nianbao(folder, "withdraw", str(number)) == 2
    assert nianbao(folder, "withdraw", str(number), "--reason", "names an applicant", "--who", "desk") == 0
    assert answer(folder, "SELECT count(*) FROM report WHERE agency LIKE '云岭%' AND year = 2024") == [(0,)]
    assert nianbao(folder, "reread") == 0
    assert answer(folder, "SELECT count(*) FROM report WHERE agency LIKE '云岭%' AND year = 2024") == [(0,)]
    told = "SELECT state, published, found, read FROM coverage WHERE agency LIKE '云岭%' AND year = 2024"
    assert answer(folder, told) == [("withdrawn", True, True, False)]
    capsys.readouterr()
    assert nianbao(folder, "withdraw", "--list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["who"], row["reason"]) == ("desk", "names an applicant")


def test_an_unreadable_cell_is_transcribed_by_a_person(folder: Path, tmp_path: Path, capsys: Capture) -> None:
    """The cell is listed and put on a sheet; filled in, it becomes a number with who read it, and `why` tells."""
    page = tmp_path / "torn.html"
    torn = seed().replace("2024", "2021").replace("2025", "2022").replace('">1<o:p>', '">1?7<o:p>', 1)
    page.write_text(torn, encoding="utf-8")
    nianbao(folder, "add", str(page), "--agency", "沙湾市金沟河镇人民政府", "--year", "2021")
    capsys.readouterr()
    assert nianbao(folder, "transcribe", "--json") == 0
    cells = json.loads(capsys.readouterr().out)
    assert [cell["raw"] for cell in cells] == ["1?7"]
    sheet = tmp_path / "cells"
    assert nianbao(folder, "transcribe", "--sheet", str(sheet)) == 0
    text = (sheet / "cells.csv").read_text(encoding="utf-8-sig").replace("1?7,,", "1?7,1,blurred")
    (sheet / "cells.csv").write_text(text, encoding="utf-8-sig")
    assert nianbao(folder, "transcribe", "--take", str(sheet / "cells.csv"), "--who", "A. Reader") == 0
    capsys.readouterr()
    assert nianbao(folder, "transcribe", "--json") == 0
    assert json.loads(capsys.readouterr().out) == []
    cell = cells[0]
    assert nianbao(folder, "why", f"{cell['agency']} 2021", cell["row_code"], cell["column_code"], "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["value"], found["corrected_by"]) == (1, "A. Reader: blurred")
    assert answer(folder, "SELECT status, hand_cells FROM annual_report WHERE year = 2021") == [("read", 1)]
    assert nianbao(folder, "transcribe", "--take", str(sheet / "cells.csv"), "--who", "B. Other") == 0
    assert answer(folder, "SELECT who, applied FROM hand_correction") == [("A. Reader", True)]


def test_an_export_never_takes_the_place_of_other_files(folder: Path, tmp_path: Path) -> None:
    """A folder with somebody's files is refused; an export of before is made anew, byte for byte the same."""
    other = tmp_path / "mine"
    other.mkdir()
    (other / "thesis.txt").write_text("mine", encoding="utf-8")
    assert nianbao(folder, "export", str(other)) == 2
    assert (other / "thesis.txt").read_text(encoding="utf-8") == "mine"
    target = tmp_path / "dataset"
    assert nianbao(folder, "export", str(target)) == 0
    first = {path.relative_to(target): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    assert nianbao(folder, "export", str(target)) == 0
    assert {path.relative_to(target): path.read_bytes() for path in target.rglob("*") if path.is_file()} == first
