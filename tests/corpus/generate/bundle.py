"""Archives of made-up reports: ZIP with names as Chinese tools write them, gzip, RAR, and archives in archives."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Callable, Mapping

from tests.corpus.generate import doc, docx
from tests.corpus.generate.model import Specimen
from tests.corpus.generate.office import zipped

_NOTE = "说明.txt"


def zip_of(members: Mapping[bytes, bytes], flags: int = 0, extra: bytes = b"") -> bytes:
    """A ZIP of stored entries whose names are these very bytes."""
    body, central = b"", b""
    for name, content in members.items():
        head = struct.pack("<HHHHHLLLHH", 20, flags, 0, 0, 0, zlib.crc32(content), len(content), len(content), len(name), len(extra))
        central += b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHLL", 0, 0, 0, 0, len(body)) + name + extra
        body += b"PK\3\4" + head + name + extra + content
    end = struct.pack("<HHHHLLH", 0, 0, len(members), len(members), len(central), len(body), 0)
    return body + central + b"PK\5\6" + end


def rar_of(members: Mapping[str, bytes], archive_flags: int = 0, file_flags: int = 0) -> bytes:
    """A RAR (version 4) of stored files with Unicode names in UTF-8."""

    def block(kind: int, flags: int, fields: bytes, content: bytes = b"") -> bytes:
        head = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
        return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head + content

    packed = b"Rar!\x1a\x07\x00" + block(0x73, archive_flags, bytes(6))
    for name, content in members.items():
        raw = name.replace("/", "\\").encode()
        size, crc = len(content), zlib.crc32(content)
        fields = struct.pack("<LLBLLBBHL", size, size, 2, crc, 0x5A344000, 20, 0x30, len(raw), 0x20) + raw
        packed += block(0x74, 0x8200 | file_flags, fields, content)
    return packed + block(0x7B, 0x4000, b"")


def rar5_of(locked: bool) -> bytes:
    """A RAR (version 5) of one stored file, with an encryption record where it is locked."""

    def header(body: bytes, content: bytes = b"") -> bytes:
        sized = bytes([len(body)]) + body
        return struct.pack("<I", zlib.crc32(sized)) + sized + content

    content = b"%PDF-1.7"
    extra = b"\x05\x01\x00\x00\x00\x00" if locked else b""
    about = b"\x00" + bytes([len(content)]) + b"\x00\x00\x01\x05a.pdf"
    sizes = bytes([len(extra)]) * locked + bytes([len(content)])
    file = bytes([2, 3 if locked else 2]) + sizes + about + extra
    return b"Rar!\x1a\x07\x01\x00" + header(b"\x01\x00\x00") + header(file, content) + header(b"\x05\x00\x00")


def draw_zip(specimen: Specimen) -> bytes:
    """The report as DOCX beside a note, names in GBK without a flag."""
    names = {f"{specimen.title}.docx": docx.draw(specimen), _NOTE: "政府信息公开工作年度报告见附件。".encode()}
    return zip_of({name.encode("gb18030"): content for name, content in names.items()})


def draw_nested(specimen: Specimen) -> bytes:
    """The report as DOC in a ZIP in a gzip in a ZIP."""
    inner = gzip.compress(zipped({"报告.doc": doc.draw(specimen)}), mtime=0)
    return zipped({"附件/报告.zip.gz": inner})


def draw_gzip(specimen: Specimen) -> bytes:
    """The report as DOCX, compressed once more, as some servers hand out attachments."""
    return gzip.compress(docx.draw(specimen), mtime=0)


def draw_rar(specimen: Specimen) -> bytes:
    """The report as DOC in a RAR."""
    return rar_of({f"{specimen.title}.doc": doc.draw(specimen)})


def variants() -> dict[str, Callable[[Specimen], bytes]]:
    """Every archive by name."""
    return {"zip": draw_zip, "nested": draw_nested, "gzip": draw_gzip, "rar": draw_rar}
