"""The commands that look at one document or site and store nothing: read, find, sites check."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from extract import embedded
from nianbao import on_disk
from nianbao.cli import run
from nianbao.demo.portal import COLUMN, Portal
from nianbao.demo.server import Answer, Web

Capture = pytest.CaptureFixture[str]

PICTURE = b"\x89PNG\r\n\x1a\n picture"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words are compared in English; no configuration but the one that a test names."""
    monkeypatch.setenv("NIANBAO_LANG", "en")
    monkeypatch.delenv("NIANBAO_CONFIG", raising=False)


def seed() -> str:
    """The seed report as a page: the demo's own setting of it."""
    with Web() as web:
        host = web.host()
        Portal(host)
        route = next(route for path, route in host.routes.items() if "t20250122" in path)
        return (route if isinstance(route, Answer) else route(None)).body.decode()  # type: ignore[arg-type]  # it looks at no request


def test_read_prints_an_object_with_the_documented_keys(tmp_path: Path, capsys: Capture) -> None:
    """The seed report: 200 figures, status read, numbers as text; 0, and no configuration is needed."""
    page = tmp_path / "seed.html"
    page.write_text(seed(), encoding="utf-8")
    assert run(["read", str(page), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {"title", "agency", "year", "edition", "scope", "published_on", "signed_on", "index_number", "status"} <= set(report)
    assert (report["agency"], report["year"], report["status"]) == ("沙湾市金沟河镇人民政府", 2024, "read")
    assert len(report["figures"]) == 200
    new = next(f for f in report["figures"] if (f["row_code"], f["column_code"]) == ("requests.new", "total"))
    assert {"value": "1", "state": "number", "raw": "1", "page": None, "reader": "html"}.items() <= new.items()
    assert {"rule", "severity", "row_code", "column_code", "outcome", "expected", "actual", "message"} <= set(report["findings"][0])
    assert {"code", "number", "heading", "text"} == set(report["sections"][0])


def test_read_shows_one_table_where_asked(tmp_path: Path, capsys: Capture) -> None:
    """--form takes the code of a table or its number; any other is a usage error."""
    page = tmp_path / "seed.html"
    page.write_text(seed(), encoding="utf-8")
    assert run(["read", str(page), "--json", "--form", "T4"]) == 0
    assert {figure["table_code"] for figure in json.loads(capsys.readouterr().out)["figures"]} == {"challenges"}
    assert run(["read", str(page), "--form", "nosuch"]) == 2


def test_what_is_no_report_is_three_with_an_object_and_several_make_an_array(tmp_path: Path, capsys: Capture) -> None:
    """Empty, another kind of document: 3, and --json prints all the same."""
    for name, content in (("empty.pdf", b""), ("note.txt", "会议通知".encode()), ("noise.doc", bytes(range(256)) * 40)):
        (tmp_path / name).write_bytes(content)
    assert run(["read", str(tmp_path / "empty.pdf"), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["status"] == "unreadable"
    assert run(["read", *(str(tmp_path / name) for name in ("empty.pdf", "note.txt", "noise.doc")), "--json"]) == 3
    shown = json.loads(capsys.readouterr().out)
    assert [one["status"] in ("unreadable", "not_a_report") for one in shown] == [True, True, True]
    assert all(one["problems"] for one in shown)


def test_a_file_that_is_not_there_is_two(capsys: Capture) -> None:
    """Nothing on stdout, one line on stderr."""
    assert run(["read", "none.html", "--json"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)


def test_a_saved_page_brings_what_lies_in_its_own_folder_and_nothing_else(tmp_path: Path) -> None:
    """Attachments beside it are parts; links upwards, to hosts and to nothing are not; what it carries inside it is its own."""
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / "附件1.docx").write_bytes(b"PK-a")
    (tmp_path / "secret.docx").write_bytes(b"PK-secret")
    picture = base64.b64encode(PICTURE).decode()
    links = "".join(
        f'<a href="{href}">附件</a>' for href in ("附件1.docx", "../secret.docx", "/etc/passwd", "none.docx", "https://x.gov.cn/b.docx")
    )
    page = tmp_path / "page" / "saved.html"
    image = f'<img src="data:image/png;base64,{picture}">'
    body = f'<html><body><div class="content"><p>政府信息公开工作年度报告</p>{links}{image}</div></body></html>'
    page.write_text(body, encoding="utf-8")
    source, parts = on_disk.load(page)
    assert source.content == body.encode()
    assert [part.content for part in parts] == [b"PK-a"]
    assert [inside.content for inside in embedded.pictures(source.content)] == [PICTURE]


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """The demo's portal, and a configuration that may ask it."""
    with Web() as web:
        host = web.host()
        Portal(host)
        file = tmp_path / "config.toml"
        crawl = '[crawl]\ncontact = "x"\ndelay_s = 0\nallow_hosts = ["127.0.0.1"]\nallow_private = ["127.0.0.0/8"]\n'
        file.write_text(f'{crawl}[[site]]\nid = "demo"\nname = "示范市"\nhome = "{host.url()}"\n', encoding="utf-8")
        yield file, host.origin


def test_find_explains_the_way_and_lists_reports_and_decoys(portal: tuple[Path, str], capsys: Capture) -> None:
    """Family, declared total, links with the reason for each; 0 where the listing is complete."""
    file, origin = portal
    assert run(["find", f"{origin}/", "--json", "--config", str(file)]) == 0
    seen = json.loads(capsys.readouterr().out)
    (listing,) = seen["listings"]
    assert (listing["url"], listing["declared_total"], listing["distinct_found"], listing["complete"]) == (f"{origin}{COLUMN}", 7, 7, True)
    assert sorted(link["kind"] for link in listing["links"]) == ["decoy"] * 2 + ["report"] * 5
    assert all(link["why"] for link in listing["links"])
    assert seen["trail"][0]["url"] == f"{origin}/"
    assert run(["find", f"{origin}{COLUMN}", "--config", str(file)]) == 0
    assert "declared 7, found 7, complete" in capsys.readouterr().out


def test_find_without_an_answer_is_four_and_a_refused_address_is_two(
    portal: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens: 4. A loopback address without leave in a configuration: refused before anything is asked."""
    assert run(["find", "http://127.0.0.1:9/", "--config", str(portal[0])]) == 4
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert run(["read", f"{portal[1]}/"]) == 2


def test_sites_check_says_what_there_is(portal: tuple[Path, str], capsys: Capture) -> None:
    """Every configured site, or one by its id: reachable, family, column."""
    assert run(["sites", "check", "demo", "--json", "--config", str(portal[0])]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["reachable"], row["columns"], row["found"]) == (True, [portal[1] + COLUMN], 7)


def test_reading_an_address_brings_its_parts(portal: tuple[Path, str], capsys: Capture) -> None:
    """The page whose report is an attachment is read from that."""
    file, origin = portal
    run(["find", f"{origin}/", "--json", "--config", str(file)])
    links = json.loads(capsys.readouterr().out)["listings"][0]["links"]
    (url,) = [link["url"] for link in links if "洪泽区" in link["title"]]
    assert run(["read", url, "--json", "--config", str(file)]) == 0
    assert json.loads(capsys.readouterr().out)["agency"] == "淮安市洪泽区人民政府"
