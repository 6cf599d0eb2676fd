"""Archives: what is in them, under which names, and what is refused."""

from __future__ import annotations

import contextlib
import gzip
import random
import shutil
import struct
import subprocess
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract import bundle
from extract.bundle import Limits
from extract.errors import Encrypted, MissingPart, ReadError, TooComplex, Unreadable
from extract.kind import Kind, sniff
from extract.rar import is_locked
from tests.corpus.generate import bundle as drawn
from tests.corpus.generate import docx
from tests.corpus.generate.model import specimen
from tests.corpus.generate.office import zipped
from tests.office import survives

_TIGHT = Limits(members=5, depth=2, member_bytes=10_000, total_bytes=20_000, seconds=5)


def _named(raw: bytes, flags: int = 0, extra: bytes = b"") -> bytes:
    """A ZIP of one stored entry whose name is these very bytes."""
    return drawn.zip_of({raw: b"%PDF-1.4"}, flags, extra)


def _names(content: bytes) -> list[str | None]:
    return [source.url for source in bundle.members(content)]


def test_members_come_in_archive_order_with_their_names() -> None:
    """Folders are no members, and what a Mac or Windows leaves behind is none either."""
    content = zipped({"二.pdf": b"%PDF-1", "folder/": "", "folder/一.doc": b"x", "__MACOSX/._一.doc": b"y", "folder/Thumbs.db": b"z"})
    assert _names(content) == ["二.pdf", "folder/一.doc"]


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        ("年报.pdf".encode("gb18030"), 0, "年报.pdf"),
        ("年报.pdf".encode(), 0, "年报.pdf"),
        ("年报.pdf".encode(), 0x800, "年报.pdf"),
        (b"report.pdf", 0, "report.pdf"),
    ],
)
def test_names_are_decoded_as_their_makers_wrote_them(raw: bytes, flags: int, name: str) -> None:
    """GBK by Chinese tools, UTF-8 with and without the flag that says so."""
    assert _names(_named(raw, flags)) == [name]


def test_a_unicode_path_field_is_believed() -> None:
    """The extra field of Info-ZIP carries the name where the header holds only a stand-in."""
    raw, name = b"??.pdf", "年报.pdf".encode()
    extra = struct.pack("<HHBL", 0x7075, 5 + len(name), 1, zlib.crc32(raw)) + name
    assert _names(_named(raw, extra=extra)) == ["年报.pdf"]


@pytest.mark.parametrize("name", ["/etc/passwd", "../../x.doc", "C:/x.doc", "a/../../b.doc"])
def test_hostile_names_are_only_labels(name: str) -> None:
    """Absolute names and names that climb are read like any other; nothing is written anywhere."""
    (member,) = bundle.members(zipped({name: b"x"}))
    assert (member.content, member.url) == (b"x", name)


def test_archives_inside_archives_are_opened() -> None:
    """A gzip in a ZIP in a ZIP gives the document."""
    inner = zipped({"b.pdf.gz": gzip.compress(b"%PDF-1.7 x", mtime=0)})
    assert [source.content for source in bundle.members(zipped({"a.zip": inner}))] == [b"%PDF-1.7 x"]


def test_office_packages_inside_archives_stay_whole() -> None:
    """A DOCX is a document, though it is a ZIP."""
    inside = docx.draw(specimen(1))
    assert [source.content for source in bundle.members(zipped({"a.docx": inside}))] == [inside]


def test_gzip_members_are_joined() -> None:
    """Concatenated gzip members are one file."""
    content = gzip.compress(b"%PDF-1.7 a", mtime=0) + gzip.compress(b"b", mtime=0)
    assert [source.content for source in bundle.members(content)] == [b"%PDF-1.7 ab"]


@pytest.mark.parametrize(
    "content",
    [
        zipped({"a": bytes(20_000)}),
        zipped({str(n): bytes(9_000) for n in range(4)}),
        zipped({str(n): b"x" for n in range(9)}),
        zipped({"a.zip": zipped({"a.zip": zipped({"a.zip": zipped({"a": b"x"})})})}),
        gzip.compress(bytes(30_000_000), mtime=0),
        gzip.compress(gzip.compress(gzip.compress(b"x", mtime=0), mtime=0), mtime=0),
    ],
    ids=["large", "total", "many", "nested", "gzip", "gzips"],
)
def test_bombs_stop_at_a_limit(content: bytes) -> None:
    """Size of one, size of all, number and nesting are bounded whatever headers say."""
    with pytest.raises(TooComplex):
        bundle.members(content, _TIGHT)


def test_a_lying_size_does_not_help_a_bomb() -> None:
    """The header says one byte; what comes out is counted."""
    content = bytearray(zipped({"a": bytes(50_000)}))
    for at in (content.find(b"PK\3\4") + 22, content.find(b"PK\1\2") + 24):
        content[at : at + 4] = struct.pack("<L", 1)
    with pytest.raises(ReadError):
        bundle.members(bytes(content), _TIGHT)


def test_a_locked_archive_says_so() -> None:
    """An entry whose encryption flag is set is locked, not damaged."""
    content = bytearray(_named(b"a.pdf"))
    content[6] |= 1
    content[content.find(b"PK\1\2") + 8] |= 1
    with pytest.raises(Encrypted):
        bundle.members(bytes(content))


@pytest.mark.parametrize(
    "content", [b"PK\3\4" + b"x" * 50, gzip.compress(b"abc" * 99, mtime=0)[:-9], b"\x1f\x8b\x08" + b"\xff" * 40, zipped({})]
)
def test_damaged_and_empty_archives_are_unreadable(content: bytes) -> None:
    """Torn and empty archives give a clear error."""
    with pytest.raises(Unreadable):
        bundle.members(content)


def test_random_damage_never_escapes() -> None:
    """Whatever happens to an archive, the answer is its members or a reading error."""
    rng = random.Random(11)
    whole = zipped({"a.pdf": b"%PDF" * 50, "b/c.doc": b"y" * 300, "d.zip": zipped({"e": b"f" * 100})})
    for _ in range(300):
        broken = bytearray(whole)
        for _ in range(rng.randint(1, 12)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        assert survives(lambda content: bundle.members(content, _TIGHT), bytes(broken))


def test_a_rar_without_its_program_names_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where neither bsdtar nor unar is installed the error says what to install."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(MissingPart, match="bsdtar"):
        bundle.members(b"Rar!\x1a\x07\x00" + bytes(20))


@pytest.mark.parametrize("program", ["bsdtar", "unar"])
def test_a_rar_is_opened_by_whichever_program_there_is(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names and bytes come back the same from both."""
    found = shutil.which(program)
    if not found:
        pytest.skip(f"{program} is not installed")
    monkeypatch.setattr(shutil, "which", lambda name: found if name == program else None)
    members = {"附件/年报.pdf": b"%PDF-1.7 " + bytes(range(256)), "b.doc": b"x" * 5000}
    opened = bundle.members(drawn.rar_of(members))
    assert {source.url: source.content for source in opened} == members


@pytest.mark.parametrize(
    "content",
    [drawn.rar_of({"a.pdf": b"x"}, file_flags=4), drawn.rar_of({"a.pdf": b"x"}, archive_flags=0x80), drawn.rar5_of(locked=True)],
    ids=["file", "names", "version 5"],
)
def test_a_locked_rar_says_so(content: bytes) -> None:
    """Told by the headers, since bsdtar hands out the encrypted bytes of stored files as if they were the file."""
    with pytest.raises(Encrypted):
        bundle.members(content)


@pytest.mark.skipif(not shutil.which("bsdtar"), reason="bsdtar is not installed")
def test_a_rar_of_version_5_is_opened() -> None:
    """The newer format goes the same way."""
    assert [(source.url, source.content) for source in bundle.members(drawn.rar5_of(locked=False))] == [("a.pdf", b"%PDF-1.7")]


@given(st.binary(max_size=300))
def test_headers_of_a_rar_never_fail(body: bytes) -> None:
    """Random bytes behind either signature are locked or not."""
    assert is_locked(b"Rar!\x1a\x07\x00" + body) in (True, False)
    assert is_locked(b"Rar!\x1a\x07\x01\x00" + body) in (True, False)


@pytest.mark.parametrize("name", sorted(drawn.variants()))
def test_every_drawn_archive_holds_its_report(name: str) -> None:
    """However it is packed, exactly one member is the Word document."""
    opened = bundle.members(drawn.variants()[name](specimen(3)))
    assert sum(sniff(source.content) in (Kind.docx, Kind.doc) for source in opened) == 1


@pytest.mark.skipif(not shutil.which("bsdtar"), reason="bsdtar is not installed")
def test_a_rar_that_unpacks_to_too_much_is_stopped() -> None:
    """What an outside program writes is counted like everything else."""
    with pytest.raises(TooComplex):
        bundle.members(drawn.rar_of({"a": bytes(15_000)}), _TIGHT)
    with pytest.raises(TooComplex):
        bundle.members(drawn.rar_of({str(n): b"x" for n in range(9)}), _TIGHT)


@pytest.mark.skipif(not shutil.which("bsdtar"), reason="bsdtar is not installed")
def test_a_rar_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    """Names that climb are refused or kept inside, and nothing appears beside the folder."""
    target = tmp_path.parent / "nianbao-escaped.txt"
    with contextlib.suppress(ReadError):
        bundle.members(drawn.rar_of({"../" * 12 + str(target).lstrip("/"): b"x", "a.txt": b"y"}))
    assert not target.exists()


@pytest.mark.skipif(not shutil.which("bsdtar"), reason="bsdtar is not installed")
def test_7z_archives_are_opened_by_bsdtar(tmp_path: Path) -> None:
    """The same way serves RAR; what the archive holds is read back, links left alone."""
    (tmp_path / "年报.txt").write_text("一、总体情况", encoding="utf-8")
    (tmp_path / "link").symlink_to("/etc/passwd")
    packed = tmp_path / "a.7z"
    subprocess.run(
        ["bsdtar", "--format=7zip", "-cf", packed, "-C", tmp_path, "年报.txt", "link"],
        check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
    (member,) = bundle.members(packed.read_bytes())
    assert (member.url, member.content.decode()) == ("年报.txt", "一、总体情况")


@pytest.mark.skipif(not shutil.which("bsdtar"), reason="bsdtar is not installed")
def test_a_torn_rar_is_unreadable() -> None:
    """A signature with nothing behind it is damage, not an empty archive."""
    with pytest.raises(Unreadable):
        bundle.members(b"Rar!\x1a\x07\x01\x00" + bytes(range(200)))


def test_a_duplicate_name_keeps_both_members() -> None:
    """Two entries of one name are two members."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a.txt", "1")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("a.txt", "2")
    assert [source.content for source in bundle.members(target.getvalue())] == [b"1", b"2"]
