"""Damage: every changed bit is named, every torn tail is cut, and nothing that was whole is lost with it."""

from __future__ import annotations

import os
import random
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from store import warc_format
from store.warc import Archive, Place, WarcError, read_capture, records
from store.warc_check import verify_file
from tests.archived import captured

SEED = 20260124


def filled(folder: Path, count: int = 5) -> list[Place]:
    """An archive of a few pages."""
    with Archive(folder) as archive:
        places = []
        for number in range(count):
            capture = captured(f"http://a.gov.cn/{number}", b"<html>page %d</html>" % number * 40)
            places.append(archive.add(capture, payload_digest=warc_format.digest(capture.raw_body)))
    return places


def only(folder: Path) -> Path:
    """The one file of a folder."""
    (path,) = folder.iterdir()
    return path


def test_a_sound_file_has_no_faults(tmp_path: Path) -> None:
    """Nor does an archive of several files."""
    filled(tmp_path)
    assert verify_file(only(tmp_path)) == []


def test_every_changed_bit_is_found(tmp_path: Path) -> None:
    """Header, data, checksums and the bits that gzip ignores: wherever it is, the flip is named within its record."""
    filled(tmp_path, 2)
    path = only(tmp_path)
    sound = path.read_bytes()
    ends = [record.end for record in records(path)]
    choice = random.Random(SEED)
    for position in [*range(40), *choice.sample(range(len(sound)), 400), *(end - 9 for end in ends), *(end - 1 for end in ends)]:
        damaged = bytearray(sound)
        damaged[position] ^= 1 << choice.randrange(8)
        path.write_bytes(damaged)
        faults = verify_file(path)
        assert faults, f"byte {position}"
        start = max((end for end in [0, *ends] if end <= position), default=0)
        assert any(start <= fault.offset <= position for fault in faults), f"byte {position}: {faults}"


def test_after_a_fault_the_search_goes_on(tmp_path: Path) -> None:
    """Two damaged records are two faults, and the sound ones between them are read."""
    places = filled(tmp_path)
    path = only(tmp_path)
    data = bytearray(path.read_bytes())
    for place in (places[1], places[3]):
        data[place.offset + 100] ^= 0xFF
    path.write_bytes(data)
    faults = [(fault.offset, fault.code) for fault in verify_file(path)]
    assert faults == [(places[1].offset, "damaged"), (places[3].offset, "damaged")]
    assert read_capture(path, places[2].offset).body.startswith(b"<html>page 2")
    with pytest.raises(WarcError):
        read_capture(path, places[1].offset)


@pytest.mark.parametrize("cut", [1, 7, 8, 9, 200])
def test_a_truncated_file_is_named(tmp_path: Path, cut: int) -> None:
    """Also where warcio sees nothing wrong."""
    filled(tmp_path)
    path = only(tmp_path)
    os.truncate(path, path.stat().st_size - cut)
    assert "truncated" in {fault.code for fault in verify_file(path)}


@pytest.mark.parametrize(("junk", "code"), [(b"trailing junk", "garbage"), (b"\0" * 5000, "garbage"), (b"\x1f\x8b\x08\x04", "truncated")])
def test_what_follows_the_last_record_is_named(tmp_path: Path, junk: bytes, code: str) -> None:
    """With its place."""
    filled(tmp_path)
    path = only(tmp_path)
    size = path.stat().st_size
    with path.open("ab") as file:
        file.write(junk)
    (fault,) = verify_file(path)
    assert (fault.offset, fault.code, fault.file) == (size, code, path.name)


def test_a_digest_that_does_not_fit_is_named(tmp_path: Path) -> None:
    """A record that is whole as gzip but not what it says it is."""
    path = tmp_path / "x.warc.gz"
    block = b"HTTP/1.1 200 OK\r\n\r\nbody"
    fields = [
        ("WARC-Type", "response"),
        ("WARC-Record-ID", "<urn:x>"),
        ("WARC-Payload-Digest", warc_format.digest(b"other")),
        ("WARC-Block-Digest", warc_format.digest(b"other")),
        ("Content-Length", str(len(block))),
    ]
    path.write_bytes(warc_format.pack((warc_format.head(fields), block, b"\r\n\r\n"), 6))
    assert [fault.code for fault in verify_file(path)] == ["block_digest", "payload_digest", "no_warcinfo", "unjoined"]


def test_missing_and_empty_files_are_faults(tmp_path: Path) -> None:
    """Neither is a clean bill."""
    assert [fault.code for fault in verify_file(tmp_path / "none.warc.gz")] == ["unreadable"]
    (tmp_path / "empty.warc.gz").touch()
    assert [fault.code for fault in verify_file(tmp_path / "empty.warc.gz")] == ["empty"]


def test_a_torn_tail_is_cut_wherever_it_tore(tmp_path: Path) -> None:
    """Whole exchanges stay, half of one goes, and what is written next is readable."""
    places = filled(tmp_path / "whole", 3)
    sound = only(tmp_path / "whole").read_bytes()
    name = only(tmp_path / "whole").name
    choice = random.Random(SEED)
    for cut in [*range(12), *choice.sample(range(12, len(sound)), 60)]:
        folder = tmp_path / f"cut-{cut}"
        folder.mkdir()
        (folder / name).write_bytes(sound[: len(sound) - cut])
        with Archive(folder) as archive:
            added = archive.add(captured("http://a.gov.cn/new", b"new"), payload_digest=warc_format.digest(b"new"))
        whole = [place for place in places if place.end <= len(sound) - cut]
        assert [place.offset for place in archive.untold] == [place.offset for place in whole]
        assert verify_file(folder / added.file) == [], f"cut {cut}"
        assert subprocess.run(["gzip", "-t", folder / added.file], check=False).returncode == 0
        assert [record.uri for record in records(folder / added.file) if record.type == "response"] == [
            *(f"http://a.gov.cn/{number}" for number in range(len(whole))),
            "http://a.gov.cn/new",
        ]


def test_what_was_told_is_not_told_again(tmp_path: Path) -> None:
    """Only answers behind the mark are untold."""
    places = filled(tmp_path, 3)
    with Archive(tmp_path, known_until=lambda name: places[1].end if name == places[0].file else 0) as archive:
        assert archive.untold == [places[2]]
        assert archive.cut_bytes == 0


def test_answers_before_a_new_file_are_told_too(tmp_path: Path) -> None:
    """A run may be killed after a file was full and the next begun, and before it told of the last answers in the full one."""
    with Archive(tmp_path, max_bytes=2000) as archive:
        told, untold = (
            archive.add(captured(f"http://a.gov.cn/{number}", body), payload_digest=warc_format.digest(body))
            for number, body in enumerate((b"told", random.Random(1).randbytes(3000)))
        )
        archive.commit()
        assert archive.name != untold.file
    with Archive(tmp_path, known_until=lambda name: told.end if name == told.file else 0) as again:
        assert again.untold == [untold]
        assert again.name == archive.name


def test_damage_before_the_tail_is_left_for_verify_to_name(tmp_path: Path) -> None:
    """A flipped byte in the middle must not cost the sound records behind it: a new file is begun."""
    places = filled(tmp_path, 4)
    path = only(tmp_path)
    data = bytearray(path.read_bytes())
    data[places[1].offset + 60] ^= 1
    path.write_bytes(data)
    with Archive(tmp_path) as archive:
        added = archive.add(captured(), payload_digest=warc_format.digest(b"x"))
    assert added.file != path.name
    assert path.read_bytes() == data
    assert read_capture(path, places[3].offset).body.startswith(b"<html>page 3")


def test_an_archive_that_fails_to_write_stays_sound(tmp_path: Path) -> None:
    """A full disk leaves whole records only, raises, and lets the next run go on."""
    done = os.fork()
    if done == 0:
        os._exit(_fill_up(tmp_path))
    assert os.waitstatus_to_exitcode(os.waitpid(done, 0)[1]) == 0
    assert verify_file(only(tmp_path)) == []
    with Archive(tmp_path) as archive:
        assert archive.cut_bytes == 0
        assert len(archive.untold) == 1


def _fill_up(folder: Path) -> int:
    """In a process that may write no more than 20 kB to a file: 0 where the second commit fails as it should."""
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
    archive = Archive(folder)
    steps: list[Callable[[], Place]] = [
        lambda body=body: archive.add(captured(body=body), payload_digest=warc_format.digest(body))  # type: ignore[misc]
        for body in (b"small", random.Random(1).randbytes(50_000))
    ]
    steps[0]()
    archive.commit()
    steps[1]()
    try:
        archive.commit()
    except OSError:
        return 0
    return 1
