"""The configuration: every key checked, every error says where and what would be right, the environment on top."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nianbao.config import Config, effective, examine_text, load, variable
from nianbao.config_keys import REQUIRED, SECTIONS, SITE
from nianbao.errors import BadConfig
from nianbao.toml_lines import line_of, nearest_line

ROOT = Path(__file__).parents[1]
CONTACT = '[crawl]\ncontact = "ops@example.org"\n'


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages are compared in English."""
    monkeypatch.setenv("NIANBAO_LANG", "en")


def written(tmp_path: Path, text: str) -> Path:
    """A configuration file with that text."""
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def fault(text: str, **environment: str) -> str:
    """The first thing wrong with a text."""
    config, faults = examine_text(text, Path("config.toml"), environment)
    assert config is None
    return str(faults[0])


def sound(text: str, **environment: str) -> Config:
    """The configuration of a text that has nothing wrong."""
    config, faults = examine_text(text, Path("/etc/config.toml"), environment)
    assert faults == ()
    assert config is not None
    return config


def test_the_sample_is_sound_and_names_the_two_portals() -> None:
    """The commented config.toml of the repository loads as it is, with 沙湾市 and 塔城地区."""
    config = load(ROOT / "config.toml", {})
    assert [(site.id, site.division) for site in config.sites] == [("shawan", "654203"), ("tacheng", "654200")]


def test_the_smallest_configuration_is_a_contact() -> None:
    """Everything but the contact has a default."""
    config = sound(CONTACT)
    assert config.crawl.delay_s == 3.0
    assert config.crawl.allow_hosts == ("*.gov.cn",)
    assert config.sites == ()


def test_the_archive_is_relative_to_the_file_not_to_the_folder_one_stands_in(tmp_path: Path) -> None:
    """`path = "var"` is the folder beside the file."""
    config = load(written(tmp_path, CONTACT + '[archive]\npath = "data/var"\n'), {})
    assert config.archive.path == tmp_path / "data" / "var"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[crawl]\ncontact = "x"\ndely_s = 3\n', "config.toml:3: unknown key crawl.dely_s; did you mean delay_s?"),
        ('[crawll]\ncontact = "x"\n', "config.toml:1: unknown key crawll; did you mean crawl?"),
        (CONTACT + 'delay_s = "fast"\n', 'config.toml:3: crawl.delay_s = "fast": must be a number from 0 to 3600'),
        (CONTACT + "delay_s = -1\n", "config.toml:3: crawl.delay_s = -1: must be a number from 0 to 3600"),
        (CONTACT + "max_hosts = 2.5\n", "config.toml:3: crawl.max_hosts = 2.5: must be a whole number from 1 to 4096"),
        (CONTACT + "max_hosts = true\n", "config.toml:3: crawl.max_hosts = true: must be a whole number from 1 to 4096"),
        (CONTACT + 'respect_robots = "yes"\n', 'config.toml:3: crawl.respect_robots = "yes": must be true or false, without quotes'),
        (CONTACT + 'allow_private = ["127.0.0.1/33"]\n', "config.toml:3: crawl.allow_private = ['127.0.0.1/33']: must be address ranges"),
        (CONTACT + 'allow_hosts = ["http://x.cn/"]\n', "config.toml:3: crawl.allow_hosts = ['http://x.cn/']: must be host names"),
        (CONTACT + '[schedule]\ncron = "61 2 * * *"\n', 'config.toml:4: schedule.cron = "61 2 * * *": must be five cron fields'),
        (CONTACT + '[schedule]\ntimezone = "Beijing"\n', 'config.toml:4: schedule.timezone = "Beijing": must be the name of a time zone'),
        (CONTACT + '[log]\nformat = "xml"\n', 'config.toml:4: log.format = "xml": must be one of text, json'),
        ("", "config.toml: crawl.contact is missing"),
        ('[crawl]\ncontact = " "\n', 'config.toml:2: crawl.contact = " ": must be one line of text'),
        (CONTACT + "archive = 3\n", "config.toml:3: unknown key crawl.archive"),
        ("archive = 3\n" + CONTACT, "config.toml:1: archive must be a table, written under [archive]"),
        (CONTACT + "[site]\nid = 'a'\n", "config.toml:3: sites are written under [[site]], in double brackets"),
        ("[crawl\n", "config.toml: not TOML: Expected ']' at the end of a table declaration (at line 1, column 7)"),
        (CONTACT + 'contact = "y"\n', "config.toml: not TOML: Cannot overwrite a value (at line 3"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_what_would_be_right(text: str, expected: str) -> None:
    """File, line, key, the value as written, and the right form: one line."""
    assert fault(text).startswith(expected)
    assert "\n" not in fault(text)


SITE_TEXT = '[[site]]\nid = "a"\nname = "甲县人民政府"\nhome = "http://www.a.gov.cn/"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[[site]]\nid = "a"\nname = "x"\n', "config.toml:3: site[1].home is missing"),
        (SITE_TEXT + SITE_TEXT, "config.toml:8: the id a is taken by another site; ids must differ"),
        (SITE_TEXT + "division = 654203\n", "config.toml:7: site[1].division = 654203: must be a division code of six digits in quotes"),
        (SITE_TEXT.replace("http://", ""), 'config.toml:6: site[1].home = "www.a.gov.cn/": must be an address with http:// or https://'),
        (SITE_TEXT.replace("a.gov.cn", "a.com"), "config.toml:6: http://www.a.com/: host www.a.com is not among the allowed hosts; add it"),
        (SITE_TEXT + "expect = { min_report = 1 }\n", "config.toml:7: unknown key site[1].expect.min_report; did you mean min_reports?"),
        (SITE_TEXT + "expect = { min_reports = -1 }\n", "config.toml:7: site[1].expect.min_reports = -1: must be a whole number"),
        (SITE_TEXT + "expect = 3\n", "config.toml:7: site[1].expect = 3: must be a table"),
        (SITE_TEXT + 'listings = [\n  "http://www.a.gov.cn/nb/",\n  "ftp://x/",\n]\n', "config.toml:7: site[1].listings = "),
        (SITE_TEXT + 'listing = "http://www.a.gov.cn/"\n', "config.toml:7: unknown key site[1].listing; did you mean listings?"),
        (SITE_TEXT.replace('"a"', '"a b"'), 'config.toml:4: site[1].id = "a b": must be letters, digits'),
    ],
)
def test_a_site_is_checked_key_by_key(text: str, expected: str) -> None:
    """Missing keys, doubled ids, addresses outside the allowed hosts: each with the line of that site."""
    assert fault(CONTACT + text if not text.startswith(CONTACT) else text).startswith(expected)


def test_a_site_may_have_hosts_of_its_own() -> None:
    """What the whole configuration does not allow, one site may."""
    text = CONTACT + '[[site]]\nid = "a"\nname = "x"\nhome = "http://127.0.0.1:8000/"\nallow_hosts = ["127.0.0.1"]\n'
    assert sound(text).sites[0].allow_hosts == ("127.0.0.1",)


def test_all_faults_are_collected_and_the_first_is_told_with_their_number(tmp_path: Path) -> None:
    """One line for the user; doctor has the rest."""
    with pytest.raises(BadConfig, match=r"config.toml:2: .* \(and 1 more: see `nianbao doctor`\)"):
        load(written(tmp_path, '[crawl]\nfoo = 1\ncontact = "x"\nbar = 2\n'), {})


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    """No configuration is a usage error that names the way out."""
    with pytest.raises(BadConfig, match="no such file; name one with --config FILE, or make it: nianbao sites add"):
        load(tmp_path / "none.toml", {})


def test_a_file_that_is_not_text_is_an_error_not_a_crash(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are named."""
    file = tmp_path / "config.toml"
    file.write_bytes("[crawl]\ncontact = '沙湾'\n".encode("gb18030"))
    with pytest.raises(BadConfig, match="cannot be read"):
        load(file, {})


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    """Windows editors write one."""
    file = tmp_path / "config.toml"
    file.write_text(CONTACT, encoding="utf-8-sig")
    assert load(file, {}).crawl.contact == "ops@example.org"


def test_the_environment_overrides_section_by_section() -> None:
    """NIANBAO_<SECTION>_<KEY>: text as it is, lists by commas, numbers and booleans as in TOML."""
    config = sound(
        "",
        NIANBAO_CRAWL_CONTACT="x@example.org",
        NIANBAO_CRAWL_DELAY_S="0.5",
        NIANBAO_CRAWL_ALLOW_HOSTS="*.gov.cn, 127.0.0.1",
        NIANBAO_CRAWL_RESPECT_ROBOTS="false",
        NIANBAO_ARCHIVE_PATH="/srv/nianbao",
        NIANBAO_LANG="zh",
    )
    assert config.crawl.contact == "x@example.org"
    assert config.crawl.delay_s == 0.5
    assert config.crawl.allow_hosts == ("*.gov.cn", "127.0.0.1")
    assert config.crawl.respect_robots is False
    assert config.archive.path == Path("/srv/nianbao")


def test_a_wrong_override_is_named_by_its_variable() -> None:
    """The variable stands where the file and line would."""
    assert fault(CONTACT, NIANBAO_CRAWL_DELAY_S="slow") == "NIANBAO_CRAWL_DELAY_S: slow: must be a number from 0 to 3600"
    assert fault(CONTACT, NIANBAO_CRAWL_DELAYS="1") == "NIANBAO_CRAWL_DELAYS: unknown variable; did you mean NIANBAO_CRAWL_DELAY_S?"


def test_secrets_are_masked_when_printed_and_when_wrong() -> None:
    """An address with a token in it appears neither in `nianbao config` nor in an error."""
    config = sound(CONTACT + '[notify]\nheartbeat_url = "https://hc.example/secret"\ncommand = ["mail", "--password", "secret"]\n')
    assert effective(config)["notify"] == {"heartbeat_url": "***", "command": "***"}
    assert "secret" not in fault(CONTACT, NIANBAO_NOTIFY_HEARTBEAT_URL="secret")
    assert "secret" not in fault(CONTACT + '[notify]\nheartbeat_url = "secret"\n')


def test_what_is_in_force_can_be_loaded_again() -> None:
    """`nianbao config` prints a configuration: read back, it is the same."""
    import tomlkit

    config = load(ROOT / "config.toml", {})
    again, faults = examine_text(tomlkit.dumps(effective(config)), ROOT / "config.toml", {})
    assert faults == ()
    assert again == config


def test_every_default_passes_its_own_check() -> None:
    """The table of keys does not contradict itself."""
    for keys in (*SECTIONS.values(), SITE):
        for key in keys:
            if key.default not in (None, REQUIRED):
                assert key.check(key.default) is not None, key.name


def test_every_variable_is_named_after_one_key() -> None:
    """No two keys share an override."""
    names = [variable(section, key) for section, keys in SECTIONS.items() for key in keys]
    assert len(set(names)) == len(names)


def test_the_line_of_a_key_is_found_behind_multi_line_values() -> None:
    """Text that looks like a key inside a string or an array misleads nobody."""
    text = 'a = """\n[x]\nb = 1\n"""\nc = [\n  1,\n  2, # d = 3\n]\n[x]\nb = 2\n\n[[s]]\nn = 1\n[[s]]\nn = { m = 2 }\n'
    assert [line_of(text, path) for path in [("a",), ("c",), ("x",), ("x", "b"), ("s", 0, "n"), ("s", 1, "n", "m")]] == [
        1,
        5,
        9,
        10,
        13,
        15,
    ]
    assert line_of(text, ("x", "none")) is None
    assert nearest_line(text, ("x", "none", "deeper")) == 9


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path in parsed TOML."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for step, inner in pairs for found in [(*path, step), *paths(inner, (*path, step))]]


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from(["1", '"x"', "[1,\n2]", '"""\n\n"""', "{ p = 1 }"])),
        unique_by=lambda pair: pair[0],
    )
)
def test_every_path_of_any_text_has_the_line_of_its_statement(pairs: list[tuple[str, str]]) -> None:
    """Whatever values stand before it, a key's line is the one on which it is written."""
    text = "# head\n" + "".join(f"{key} = {value}\n" for key, value in pairs)
    for path in paths(tomllib.loads(text)):
        line = line_of(text, path)
        assert line is not None
        assert text.splitlines()[line - 1].startswith(f"{path[0]} = ")
