"""What could keep a run from working, looked at one by one, each with what to do about it.

Works without a configuration and with a broken one: then it says so and looks at what needs none.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import ssl
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from nianbao import lock, summary
from nianbao.config import Config, examine
from nianbao.exits import MEANING, Exit
from nianbao.messages import say
from nianbao.schedule import journal

State = Literal["ok", "warning", "failure"]

PATIENCE_S = 3.0
SPARE_BYTES = 2 * 1024**3
"""Room that should be free for one night of a few counties: WARC, a second copy of the database while it is published."""

PROGRAMS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "libreoffice": (("soffice", "libreoffice"), "a second opinion on old Word files", "apt install libreoffice-writer-nogui"),
    "browser": (("chromium", "chromium-browser", "google-chrome"), "looking at a portal by hand", "apt install chromium"),
    "rar": (("bsdtar", "unar"), "attachments packed as RAR", "apt install libarchive-tools"),
}
"""Optional programs: the names they go by, what they are for, and how Debian installs them."""

OCR_PACKAGES = ("rapidocr", "onnxruntime", "cv2", "numpy")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: what was seen, and what to do where that is not as it should be."""

    check: str
    state: State
    detail: str
    remedy: str = ""


def examine_all(file: Path) -> Iterator[Check]:
    """Every check, in the order in which they matter."""
    config, faults = examine(file)
    missing = not file.exists()
    if missing:
        yield Check("config", "warning", say("{path} does not exist", path=file), "nianbao sites add 沙湾市")
    for fault in () if missing else faults:
        yield Check("config", "failure", str(fault), say("mend that line; every key is in docs/configuration.md"))
    if config:
        yield Check("config", "ok", say("{path}: {count} sites", path=file, count=len(config.sites)))
        yield _contact(config)
        yield from _archive(config.archive.path)
        yield from _network(config)
    yield _clock(config.archive.path if config else None)
    yield _python()
    yield _ocr()
    yield from (_program(name) for name in PROGRAMS)


def _contact(config: Config) -> Check:
    contact = config.crawl.contact
    if "example.org" in contact or "example.com" in contact:
        return Check("contact", "warning", contact, say("set crawl.contact to an address at which a portal's administrator reaches you"))
    return Check("contact", "ok", contact)


def _archive(archive: Path) -> Iterator[Check]:
    yield _writable(archive)
    yield _space(archive)
    yield _database(archive)
    yield _lock(archive)
    yield _last_run(archive)
    yield from _scheduler(archive)


def _writable(archive: Path) -> Check:
    place = next(path for path in (archive, *archive.parents) if path.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=place, prefix=".nianbao-doctor-") as file:
            file.write(b"nianbao")
            os.fsync(file.fileno())
    except OSError as error:
        return Check(
            "archive", "failure", f"{archive}: {error.strerror}", say("let the user who runs nianbao write to it, or set archive.path")
        )
    return Check("archive", "ok", str(archive))


def _space(archive: Path) -> Check:
    place = next(path for path in (archive, *archive.parents) if path.exists())
    free, last = shutil.disk_usage(place).free, summary.latest(archive)
    database = archive / "nianbao.duckdb"
    ahead = 30 * (last.bytes if last else 0) + 3 * (database.stat().st_size if database.exists() else 0)
    detail = say("{free} free, {ahead} wanted for a month ahead", free=_size(free), ahead=_size(max(ahead, SPARE_BYTES)))
    if free < max(ahead, SPARE_BYTES):
        return Check("disk", "warning", detail, say("make room, or move the archive and set archive.path (docs/operations.md)"))
    return Check("disk", "ok", detail)


def _database(archive: Path) -> Check:
    from store.database import PUBLISHED, SAFE, migrations, schema_version

    path = archive / PUBLISHED
    if not path.exists():
        return Check("database", "ok", say("none yet: made by the first run"))
    import duckdb

    try:
        with duckdb.connect(str(path), read_only=True, config=SAFE) as connection:
            held = schema_version(connection)
    except duckdb.Error as error:
        return Check("database", "failure", f"{path}: {error}", say("nianbao reread makes it again from the WARC files"))
    known = migrations()[-1][0]
    detail = say("schema {held}, this nianbao writes {known}", held=held, known=known)
    if held > known:
        return Check("database", "failure", detail, say("install the newer nianbao that wrote it"))
    return Check("database", "ok", detail, say("the next run brings it up to date") if held < known else "")


def _lock(archive: Path) -> Check:
    found = lock.holder(archive)
    if found is None:
        return Check("lock", "ok", say("free"))
    if found.held:
        return Check("lock", "ok", say("held by pid {pid} since {since}: a run is under way", pid=found.pid, since=found.since))
    detail = say("pid {pid} left it behind ({since}): that run was killed", pid=found.pid, since=found.since)
    return Check("lock", "warning", detail, say("nothing to remove: the next run takes it and goes on where that one stopped"))


def _last_run(archive: Path) -> Check:
    last = summary.latest(archive)
    if last is None:
        return Check("last run", "ok", say("none yet"))
    meaning = MEANING[Exit(last.exit_code)]
    detail = say(
        "run {run} ended {when} with {code}: {meaning}",
        run=last.run_id,
        when=last.finished_at.isoformat(timespec="seconds"),
        code=last.exit_code,
        meaning=say(meaning[0]),
    )
    old = datetime.now(UTC) - last.finished_at > timedelta(days=8)
    if last.exit_code or old:
        return Check("last run", "warning", detail, say("see that cron or systemd starts it") if old else say(meaning[1]))
    return Check("last run", "ok", detail)


def _scheduler(archive: Path) -> Iterator[Check]:
    notes = journal(archive)
    lost = [note for note in notes if note["event"] in ("missed", "failed", "still_running")]
    if lost:
        detail = say("{count} starts did not happen, the last at {when}", count=len(lost), when=lost[-1]["time"])
        yield Check("schedule", "warning", detail, say("a run takes longer than the pause between two: run less often or with --max-time"))


def _network(config: Config) -> Iterator[Check]:
    """One name and one connection, on a thread of its own: a resolver may hang for longer than anybody waits."""
    if not config.sites:
        return
    found: list[Check] = []
    asking = threading.Thread(target=lambda: found.append(_connect(config.sites[0].home)), daemon=True)
    asking.start()
    asking.join(3 * PATIENCE_S)
    host = urlsplit(config.sites[0].home).hostname
    yield (
        found[0]
        if found
        else Check("network", "warning", say("{host}: no answer from the resolver", host=host), say("see that names resolve"))
    )


def _connect(address: str) -> Check:
    home = urlsplit(address)
    host, port = home.hostname or "", home.port or (443 if home.scheme == "https" else 80)
    try:
        with socket.create_connection((host, port), PATIENCE_S) as bare:
            if home.scheme != "https":
                return Check("network", "ok", f"{host}:{port}")
            with ssl.create_default_context().wrap_socket(bare, server_hostname=host) as secured:
                return Check("network", "ok", f"{host}: {secured.version()}")
    except (OSError, UnicodeError) as error:
        remedy = say("see that names resolve and that a proxy or firewall lets port {port} out", port=port)
        return Check("network", "warning", f"{host}: {error}", remedy)


def _clock(archive: Path | None) -> Check:
    now, last = datetime.now(UTC), summary.latest(archive) if archive else None
    installed = datetime.fromtimestamp(Path(__file__).stat().st_mtime, UTC)
    latest = max(installed, last.finished_at) if last else installed
    if now < latest - timedelta(minutes=5):
        detail = say(
            "the clock says {now}, but {latest} has been",
            now=now.isoformat(timespec="seconds"),
            latest=latest.isoformat(timespec="seconds"),
        )
        return Check("clock", "failure", detail, say("set the clock: timedatectl set-ntp true"))
    return Check("clock", "ok", now.isoformat(timespec="seconds"))


def _python() -> Check:
    return Check(
        "program", "ok", f"nianbao {metadata.version('nianbao')}, Python {sys.version.split()[0]}, DuckDB {metadata.version('duckdb')}"
    )


def _ocr() -> Check:
    missing = [name for name in OCR_PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        detail = say("not installed: {names}; scans stay unread, each as a problem", names=", ".join(missing))
        return Check("ocr", "warning", detail, 'pip install "nianbao[ocr]"')
    spec = importlib.util.find_spec("rapidocr")
    models = sorted(path.name for root in (spec.submodule_search_locations if spec else None) or () for path in Path(root).rglob("*.onnx"))
    if not models:
        return Check("ocr", "warning", say("the package holds no models"), 'pip install --force-reinstall "nianbao[ocr]"')
    return Check("ocr", "ok", ", ".join(models))


def _program(name: str) -> Check:
    names, use, remedy = PROGRAMS[name]
    found = next((path for one in names if (path := shutil.which(one))), None)
    if found:
        return Check(name, "ok", found)
    return Check(name, "warning", say("not found (optional: {use})", use=say(use)), remedy)


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GiB"
