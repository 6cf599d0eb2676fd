"""`config.toml` → `Config`: checked key by key, relative to the file, the environment on top."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crawler.errors import Refused
from crawler.guard import Guard
from crawler.settings import CrawlSettings
from crawler.site import Expect, Site
from nianbao.config_keys import EXPECT, REQUIRED, SECTIONS, SITE, Key
from nianbao.errors import BadConfig
from nianbao.messages import say
from nianbao.toml_lines import Place, nearest_line

PREFIX = "NIANBAO_"


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """Where everything is kept."""

    path: Path
    snapshots: int = 7


@dataclass(frozen=True, slots=True)
class ReadSettings:
    """What reading one document may cost."""

    timeout_s: float = 10.0
    memory_mb: int = 1024
    workers: int = 0


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """When a run starts."""

    cron: str = "15 2 * * *"
    timezone: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class SeasonSettings:
    """How often a site is due, in and out of the season in which reports appear; days as MM-DD, both included."""

    start: str = "12-20"
    end: str = "04-15"
    every_days: int = 1
    otherwise_days: int = 7


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """Who hears of a run."""

    heartbeat_url: str | None = None
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LogSettings:
    """Where log lines go, if anywhere, and how they look: "text" or "json"."""

    file: Path | None = None
    format: str = "text"


@dataclass(frozen=True, slots=True)
class Config:
    """The effective configuration."""

    file: Path
    archive: ArchiveSettings
    crawl: CrawlSettings
    read: ReadSettings = field(default_factory=ReadSettings)
    schedule: ScheduleSettings = field(default_factory=ScheduleSettings)
    season: SeasonSettings = field(default_factory=SeasonSettings)
    notify: NotifySettings = field(default_factory=NotifySettings)
    log: LogSettings = field(default_factory=LogSettings)
    sites: tuple[Site, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a configuration: where ("config.toml:12" or a variable's name) and what would be right."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def load(file: Path, environment: Mapping[str, str] = os.environ) -> Config:
    """The configuration in a file with the environment's overrides; raises `BadConfig` at the first thing wrong."""
    config, faults = examine(file, environment)
    if config is None:
        more = say(" (and {count} more: see `nianbao doctor`)", count=len(faults) - 1) if len(faults) > 1 else ""
        raise BadConfig(f"{faults[0]}{more}")
    return config


def examine(file: Path, environment: Mapping[str, str] = os.environ) -> tuple[Config | None, tuple[Fault, ...]]:
    """The configuration, or None and everything that is wrong with it."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None, (Fault(str(file), say("no such file; name one with --config FILE, or make it: nianbao sites add 沙湾市")),)
    except (OSError, UnicodeDecodeError) as error:
        return None, (Fault(str(file), say("cannot be read: {error}", error=error)),)
    return examine_text(text, file, environment)


def examine_text(text: str, file: Path, environment: Mapping[str, str] = os.environ) -> tuple[Config | None, tuple[Fault, ...]]:
    """The same of a text that stands, or is to stand, in a file."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return None, (Fault(str(file), say("not TOML: {error}", error=error)),)
    reading = _Reading(file, text)
    config = reading.config(raw, environment)
    return config, tuple(reading.faults)


@dataclass
class _Reading:
    """One pass over a configuration, collecting what is wrong with it."""

    file: Path
    text: str
    faults: list[Fault] = field(default_factory=list)

    def config(self, raw: dict[str, Any], environment: Mapping[str, str]) -> Config | None:
        self._known(raw, [*SECTIONS, "site"], ())
        self._known_variables(environment)
        values = {name: self._section(name, raw.get(name, {}), environment) for name in SECTIONS}
        found = self._sites(raw.get("site", []))
        if self.faults:
            return None
        crawl = CrawlSettings(**values["crawl"])
        self._allowed(found, Guard(crawl))
        return None if self.faults else self._built(values, crawl, found)

    def _built(self, values: dict[str, dict[str, Any]], crawl: CrawlSettings, sites: tuple[Site, ...]) -> Config:
        archive, log = values["archive"], values["log"]
        return Config(
            self.file,
            ArchiveSettings(self._path(archive["path"]), archive["snapshots"]),
            crawl,
            ReadSettings(**values["read"]),
            ScheduleSettings(**values["schedule"]),
            SeasonSettings(**values["season"]),
            NotifySettings(**values["notify"]),
            LogSettings(self._path(log["file"]) if log["file"] else None, log["format"]),
            sites,
        )

    def _path(self, written: str) -> Path:
        return (self.file.parent / Path(written).expanduser()).resolve()

    def _section(self, name: str, raw: object, environment: Mapping[str, str]) -> dict[str, Any]:
        table = self._table(raw, (name,))
        self._known(table, [key.name for key in SECTIONS[name]], (name,))
        given = {key: text for key in SECTIONS[name] if (text := environment.get(variable(name, key)))}
        values = self._values([key for key in SECTIONS[name] if key not in given], table, (name,))
        for key, text in given.items():
            self._override(values, key, variable(name, key), text)
        return values

    def _override(self, values: dict[str, Any], key: Key, name: str, given: str) -> None:
        try:
            values[key.name] = key.check(from_environment(key, given))
        except ValueError as error:
            self.faults.append(Fault(name, f"{'***' if key.secret else given}: {error}"))

    def _values(self, keys: Iterable[Key], table: dict[str, Any], path: Place) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key in keys:
            written = table.get(key.name, key.default)
            if written is REQUIRED:
                self._fault(path, say("{key} is missing", key=_dotted((*path, key.name))))
            elif written is None:
                values[key.name] = None
            else:
                self._check(values, key, written, (*path, key.name))
        return values

    def _check(self, values: dict[str, Any], key: Key, written: object, path: Place) -> None:
        try:
            values[key.name] = key.check(written)
        except ValueError as error:
            self._fault(path, f"{_dotted(path)} = {'***' if key.secret else _shown(written)}: {error}")

    def _sites(self, raw: object) -> tuple[Site, ...]:
        if not isinstance(raw, list):
            self._fault(("site",), say("sites are written under [[site]], in double brackets"))
            return ()
        found = [self._site(self._table(one, ("site", at)), ("site", at)) for at, one in enumerate(raw)]
        for at, site in enumerate(found):
            if site and site.id in (other.id for other in found[:at] if other):
                self._fault(("site", at, "id"), say("the id {id} is taken by another site; ids must differ", id=site.id))
        return tuple(site for site in found if site)

    def _site(self, table: dict[str, Any], path: Place) -> Site | None:
        before = len(self.faults)
        self._known(table, [key.name for key in SITE], path)
        values = self._values(SITE, table, path)
        bounds = values.get("expect") or {}
        self._known(bounds, [key.name for key in EXPECT], (*path, "expect"))
        expect = Expect(**self._values(EXPECT, bounds, (*path, "expect")))
        return Site(**{**values, "expect": expect}) if len(self.faults) == before else None

    def _allowed(self, sites: tuple[Site, ...], guard: Guard) -> None:
        for at, site in enumerate(sites):
            for key, address in [("home", site.home), *(("listings", address) for address in site.listings)]:
                try:
                    guard.check(address, site.allow_hosts)
                except Refused as error:
                    self._fault(("site", at, key), say("{error}; add it to crawl.allow_hosts or to this site's", error=error))

    def _table(self, raw: object, path: Place) -> dict[str, Any]:
        if isinstance(raw, dict):
            return raw
        self._fault(path, say("{key} must be a table, written under [{key}]", key=_dotted(path)))
        return {}

    def _known(self, table: dict[str, Any], names: list[str], path: Place) -> None:
        for name in table:
            if name not in names:
                near = _nearest(name, names)
                self._fault((*path, name), say("unknown key {key}; did you mean {near}?", key=_dotted((*path, name)), near=near))

    def _known_variables(self, environment: Mapping[str, str]) -> None:
        known = [variable(section, key) for section, keys in SECTIONS.items() for key in keys]
        for name in environment:
            if name not in known and any(name.startswith(f"{PREFIX}{section.upper()}_") for section in SECTIONS):
                self.faults.append(Fault(name, say("unknown variable; did you mean {near}?", near=_nearest(name, known))))

    def _fault(self, path: Place, message: str) -> None:
        line = nearest_line(self.text, path)
        self.faults.append(Fault(f"{self.file}:{line}" if line else str(self.file), message))


def effective(config: Config) -> dict[str, Any]:
    """What is in force, as TOML could say it: only the documented keys, None left out, secrets masked."""
    sections = {name: _said(getattr(config, name), keys) for name, keys in SECTIONS.items()}
    return {**{name: values for name, values in sections.items() if values}, "site": [_site_said(site) for site in config.sites]}


def _site_said(site: Site) -> dict[str, Any]:
    bounds = _said(site.expect, EXPECT)
    said = _said(site, tuple(key for key in SITE if key.name != "expect"))
    return {**said, "expect": bounds} if bounds else said


def _said(settings: object, keys: Iterable[Key]) -> dict[str, Any]:
    values = ((key, getattr(settings, key.name)) for key in keys)
    return {key.name: "***" if key.secret else _plain(value) for key, value in values if value not in (None, ())}


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, Path) else value


def variable(section: str, key: Key) -> str:
    """The environment variable that overrides a key: `NIANBAO_CRAWL_DELAY_S` for `crawl.delay_s`."""
    return f"{PREFIX}{section}_{key.name}".upper()


def from_environment(key: Key, given: str) -> object:
    """A variable's text as the TOML value it means: text as it is, lists by commas, numbers and booleans as in TOML."""
    if isinstance(key.default, list):
        return [item.strip() for item in given.split(",") if item.strip()]
    if key.default is None or isinstance(key.default, str):
        return given
    try:
        return tomllib.loads(f"value = {given}")["value"]
    except tomllib.TOMLDecodeError:
        return given


def _nearest(name: str, names: list[str]) -> str:
    return (difflib.get_close_matches(name, names, 1, 0) or names)[0]


def _dotted(path: Place) -> str:
    return "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


def _shown(value: object) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
