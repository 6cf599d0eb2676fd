"""The known portals, and how they get into a configuration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import tomlkit

from nianbao import sites
from nianbao.cli import run
from nianbao.config import load
from nianbao.errors import BadConfig, Usage

SAMPLE = """\
# our portals
[crawl]
contact = "ops@example.org"   # the desk

# the county we know best
[[site]]
id = "sw"
name = "沙湾市人民政府"
home = "https://www.xjsw.gov.cn"   # without the last stroke
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration that has 沙湾市 under an id of its own."""
    monkeypatch.setenv("NIANBAO_LANG", "en")
    file = tmp_path / "config.toml"
    file.write_text(SAMPLE, encoding="utf-8")
    return file


def test_the_whole_country_ships() -> None:
    """3,209 portals: 31 provinces, 439 at prefecture level, 2,739 counties; only two have no division code."""
    levels = [portal.level for portal in sites.portals()]
    assert (levels.count("province"), levels.count("prefecture"), levels.count("county")) == (31, 439, 2739)
    assert [portal.name for portal in sites.portals() if not portal.code] == ["两江新区", "新疆生产建设兵团"]
    assert all(portal.url.startswith(("http://", "https://")) for portal in sites.portals())


@pytest.mark.parametrize("word", ["沙湾市", "shawanshi", "654203", "xjsw.gov.cn"])
def test_a_portal_is_found_by_name_pinyin_code_and_address(word: str) -> None:
    """沙湾市 answers to all of them."""
    assert "654203" in [portal.code for portal in sites.search((word,))]


def test_words_narrow_the_search() -> None:
    """Every word must fit: initials and a code's beginning here."""
    assert [portal.name for portal in sites.search(("sws", "65"))] == ["沙湾市"]
    assert [portal.name for portal in sites.search(("塔城", "shi"))] == []
    assert sites.search(("沙湾", "四川"))[0].name == "沙湾区"


def test_an_area_is_its_own_portal_and_those_below() -> None:
    """--prefecture 塔城 is the prefecture with its seven counties."""
    found = sites.search(prefecture="塔城")
    assert found[0].name == "塔城地区"
    assert len(found) == 8


def test_the_very_name_wins_and_an_unclear_one_is_refused() -> None:
    """沙湾 alone may be two places: the error lists both with their codes."""
    assert sites.pick("沙湾市").code == "654203"
    assert sites.pick("654203").name == "沙湾市"
    with pytest.raises(Usage, match=r"511111 .*, 654203 .*; say which by its code"):
        sites.pick("沙湾")
    with pytest.raises(Usage, match="no known portal is called 亚特兰蒂斯"):
        sites.pick("亚特兰蒂斯")


def test_adding_keeps_every_byte_that_was_there(config: Path) -> None:
    """Comments, order and spacing stay; new entries come at the end; a portal that is there already stays as it is."""
    added = sites.add(config, sites.search(prefecture="塔城"))
    assert len(added) == 7, "沙湾市 was there"
    text = config.read_text(encoding="utf-8")
    assert text.startswith(SAMPLE)
    loaded = load(config, {})
    assert len(loaded.sites) == 8
    assert loaded.sites[1].name == "塔城地区行政公署"
    assert loaded.sites[1].division == "654200"


def test_adding_twice_changes_nothing(config: Path) -> None:
    """The second time nothing is added and the file is not touched."""
    sites.add(config, (sites.pick("乌苏市"),))
    before = config.read_bytes(), config.stat().st_mtime_ns
    assert sites.add(config, (sites.pick("乌苏市"),)) == ()
    assert (config.read_bytes(), config.stat().st_mtime_ns) == before


def test_ids_stay_different(config: Path) -> None:
    """塔城地区 and 塔城市 are both tacheng: the second takes its code along."""
    added = sites.add(config, (sites.pick("塔城地区"), sites.pick("塔城市")))
    assert [site_id for site_id, _ in added] == ["tacheng", "tacheng-654201"]


def test_the_whole_country_can_be_added_at_once(tmp_path: Path) -> None:
    """Every portal becomes a valid site with an id of its own, in a file that did not exist."""
    file = tmp_path / "new" / "config.toml"
    added = sites.add(file, sites.portals())
    homes = {portal.url.split("//")[1].rstrip("/").lower() for portal in sites.portals()}
    assert len(added) == len(homes)
    document = tomlkit.parse(file.read_text(encoding="utf-8"))
    assert len({site["id"] for site in document["site"]}) == len(homes)


def test_a_broken_configuration_is_left_alone(config: Path) -> None:
    """Nothing is written where the result would not load."""
    config.write_text(SAMPLE + "[crawll]\n", encoding="utf-8")
    with pytest.raises(BadConfig, match="unknown key crawll"):
        sites.add(config, (sites.pick("乌苏市"),))
    assert config.read_text(encoding="utf-8") == SAMPLE + "[crawll]\n"


def test_a_host_that_is_not_allowed_is_not_added(config: Path) -> None:
    """A portal outside crawl.allow_hosts is refused with the line that is to be mended."""
    config.write_text(SAMPLE.replace("[[site]]", 'allow_hosts = ["www.xjsw.gov.cn"]\n[[site]]'), encoding="utf-8")
    with pytest.raises(BadConfig, match="not among the allowed hosts"):
        sites.add(config, (sites.pick("乌苏市"),))


def test_the_list_is_an_array_and_needs_no_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`nianbao sites list --json` in an empty folder."""
    monkeypatch.chdir(tmp_path)
    assert run(["sites", "list", "沙湾市", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {
            "path": "新疆维吾尔自治区/塔城地区/沙湾市",
            "name": "沙湾市",
            "level": "county",
            "code": "654203",
            "url": "https://www.xjsw.gov.cn/",
            "pinyin": "sha wan shi",
        }
    ]


def test_a_table_lines_up_under_wide_characters(capsys: pytest.CaptureFixture[str]) -> None:
    """A Chinese character takes two columns: addresses begin below each other."""
    from rich.cells import cell_len

    assert run(["sites", "list", "--prefecture", "塔城"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len({cell_len(line[: line.index("http")]) for line in lines[1:]}) == 1


def test_adding_from_the_command_line(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was added is on stdout, how much on stderr."""
    assert run(["sites", "add", "乌苏市", "--config", str(config)]) == 0
    out, err = capsys.readouterr()
    assert out == "wusu\t乌苏市人民政府\thttp://www.xjws.gov.cn/\n"
    assert err.startswith("1 added to ")
