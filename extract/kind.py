"""What bytes are, by the bytes alone: names and Content-Type headers of these portals lie too often to be asked."""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
import zlib
from enum import StrEnum
from functools import lru_cache
from io import BytesIO

import olefile

_HEAD = 4096
_FAR = 65536
"""How far junk before a signature, or log lines before markup, are looked past."""


class Kind(StrEnum):
    """A kind of document, container or picture. `wps` is a binary Word file written by WPS: `doc` to every reader."""

    html = "html"
    text = "text"
    xml = "xml"
    pdf = "pdf"
    docx = "docx"
    doc = "doc"
    wps = "wps"
    wordml = "wordml"
    rtf = "rtf"
    mht = "mht"
    xlsx = "xlsx"
    xls = "xls"
    sheetml = "sheetml"
    odt = "odt"
    ods = "ods"
    ofd = "ofd"
    zip = "zip"
    rar = "rar"
    sevenzip = "7z"
    gzip = "gzip"
    png = "png"
    jpeg = "jpeg"
    gif = "gif"
    bmp = "bmp"
    tiff = "tiff"
    webp = "webp"
    jpeg2000 = "jpeg2000"
    emf = "emf"
    wmf = "wmf"
    locked = "locked"
    """An Office file behind a password: an OLE file that holds an encrypted package."""
    ole = "ole"
    """An OLE file of no kind known here."""
    empty = "empty"
    unknown = "unknown"

    @property
    def is_picture(self) -> bool:
        """Whether it is a picture of any format."""
        return self in _PICTURES


_PICTURES = frozenset((Kind.png, Kind.jpeg, Kind.gif, Kind.bmp, Kind.tiff, Kind.webp, Kind.jpeg2000, Kind.emf, Kind.wmf))

_SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"%PDF-", Kind.pdf),
    (b"{\\rtf", Kind.rtf),
    (b"Rar!\x1a\x07", Kind.rar),
    (b"7z\xbc\xaf\x27\x1c", Kind.sevenzip),
    (b"\x1f\x8b\x08", Kind.gzip),
    (b"\x89PNG\r\n\x1a\n", Kind.png),
    (b"\xff\xd8\xff", Kind.jpeg),
    (b"GIF87a", Kind.gif),
    (b"GIF89a", Kind.gif),
    (b"II*\0", Kind.tiff),
    (b"MM\0*", Kind.tiff),
    (b"\0\0\0\x0cjP  ", Kind.jpeg2000),
    (b"\xff\x4f\xff\x51", Kind.jpeg2000),
    (b"\xd7\xcd\xc6\x9a", Kind.wmf),
    (b"\x01\0\x09\0", Kind.wmf),
    (b"\x09\x08\x10\0\0\x06\x05\0", Kind.xls),
    (b"\x09\x08\x08\0\0\x05\x05\0", Kind.xls),
    (b"\x09\x04\x06\0", Kind.xls),
)

_STREAMS: tuple[tuple[str, Kind], ...] = (
    ("encryptedpackage", Kind.locked),
    ("worddocument", Kind.doc),
    ("workbook", Kind.xls),
    ("book", Kind.xls),
)
"""Streams in the root of an OLE file that tell what it is; names differ in case between programs."""

_OOXML_PARTS = ((b"wordprocessingml", Kind.docx), (b"spreadsheetml", Kind.xlsx), (b"ms-word.", Kind.docx), (b"ms-excel.", Kind.xlsx))
_ODF = {
    b"application/vnd.oasis.opendocument.text": Kind.odt,
    b"application/vnd.oasis.opendocument.spreadsheet": Kind.ods,
}
_XML_ROOTS: tuple[tuple[str, Kind], ...] = (
    ("schemas.microsoft.com/office/word/2003/wordml", Kind.wordml),
    ("schemas.microsoft.com/office/2006/xmlPackage", Kind.wordml),
    ("urn:schemas-microsoft-com:office:spreadsheet", Kind.sheetml),
)
_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|table|div|meta|title|style|script|p|h[1-6]|span|center|tr|td|ul|font)[\s/>]", re.IGNORECASE
)
_HEADER = re.compile(r"(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_CONTROLS = bytes((*range(0x09), *range(0x0E, 0x1B), *range(0x1C, 0x20)))
OLE_DAMAGE = (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, struct.error, RecursionError)
"""What olefile raises on broken files."""

_DAMAGE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, ValueError, RuntimeError)
_CHINESE = re.compile(r"[\n\r\t -~\u3000-\u303f\u4e00-\u9fff\uff00-\uff65“”—·]")
_PDF = re.compile(rb"(?:^|[^\"'>\w])%PDF-[12]\.\d")
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@lru_cache(maxsize=4)
def sniff(content: bytes) -> Kind:
    """The kind of these bytes; never raises."""
    head = content[:_HEAD]
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        return Kind.empty
    kind = _signed(head) or _signed(head.lstrip(b"\xef\xbb\xbf \t\r\n\0"))
    if kind:
        return kind
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _ole(content)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip(content)
    if b"%PDF-" in head and _PDF.search(head) and b" obj" in content:
        return Kind.pdf
    return _textual(content) or _buried(content)


def _signed(head: bytes) -> Kind | None:
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Kind.webp
    if (
        head.startswith(b"BM")
        and len(head) > 26
        and head[6:10] == b"\0\0\0\0"
        and head[14:18] in (b"\x0c\0\0\0", b"\x28\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0")
    ):
        return Kind.bmp
    return Kind.emf if head.startswith(b"\x01\0\0\0") and head[40:44] == b" EMF" else None


def _ole(content: bytes) -> Kind:
    """What an OLE file holds, by the streams in its root; a damaged one by what looks like a stream's name."""
    try:
        with olefile.OleFileIO(BytesIO(content)) as ole:
            names = {path[0].lower() for path in ole.listdir() if len(path) == 1}
    except OLE_DAMAGE:
        names = {name for name, _ in _STREAMS if name.encode("utf-16-le") + b"\0\0" in content.lower()}
    kind = next((kind for name, kind in _STREAMS if name in names), Kind.ole)
    return Kind.wps if kind is Kind.doc and "wpscustomdata" in names else kind


def _zip(content: bytes) -> Kind:
    """What a ZIP holds; a damaged one is told by the names in its local headers."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = {entry.filename.replace("\\", "/").lstrip("/").lower() for entry in archive.infolist()}
            types = _entry(archive, "[Content_Types].xml")
            mime = _entry(archive, "mimetype").strip()
    except _DAMAGE:
        names = {
            name.decode("latin-1").lower()
            for name in re.findall(rb"PK\x03\x04.{22}.{4}([\x20-\x7e]{4,64}?\.xml|mimetype)", content[:_FAR], re.DOTALL)
        }
        types, mime = b"", b""
    if "ofd.xml" in names:
        return Kind.ofd
    if mime in _ODF:
        return _ODF[mime]
    if "word/document.xml" in names or "xl/workbook.xml" in names:
        return Kind.docx if "word/document.xml" in names else Kind.xlsx
    if "[content_types].xml" in names:
        return next((kind for mark, kind in _OOXML_PARTS if mark in types.lower()), Kind.zip)
    return Kind.zip


def _entry(archive: zipfile.ZipFile, name: str) -> bytes:
    """The beginning of an entry, nothing where there is none or it is broken."""
    try:
        with archive.open(name) as stream:
            return stream.read(_FAR)
    except _DAMAGE:
        return b""


def _textual(content: bytes) -> Kind | None:
    text = head_text(content)
    if text is None:
        return None
    stripped = text.lstrip("\ufeff \t\r\n")
    if stripped.startswith(("<?xml", "<?mso", "<Workbook", "<w:", "<office:", "<pkg:")):
        kind = next((kind for mark, kind in _XML_ROOTS if mark in stripped[:_HEAD]), None) or _flat_odf(stripped)
        return kind or (Kind.html if _TAG.search(stripped) else Kind.xml)
    if _is_mail(stripped):
        return Kind.mht
    if stripped.startswith("{\\rtf"):
        return Kind.rtf
    return Kind.html if _TAG.search(text) else Kind.text


def _flat_odf(text: str) -> Kind | None:
    match = re.search(r"office:mimetype=[\"']([^\"']+)", text[:_FAR])
    return _ODF.get(match.group(1).encode()) if match else None


def _is_mail(text: str) -> bool:
    header = _HEADER.match(text[: 2 * _HEAD].replace("\r\n", "\n")[:_HEAD])
    fields = header.group().lower() if header else ""
    return "mime-version:" in fields and "content-type:" in fields


def head_text(content: bytes) -> str | None:
    """The beginning as text by its byte order mark, as UTF-8, UTF-16 or GB18030; None where it is binary."""
    head = content[:_FAR]
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return head.decode(encoding, "ignore")
    wide = _wide(head)
    if wide:
        return head.decode(wide, "ignore")
    for encoding in () if b"\0" in head.rstrip(b"\0") else ("utf-8", "gb18030"):
        text = _decoded(head, encoding)
        if text is not None:
            return text
    return next((text for encoding in ("utf-16-le", "utf-16-be") if _is_chinese(text := head.decode(encoding, "ignore"))), None)


def _is_chinese(text: str) -> bool:
    """Nearly all of it common Chinese, its punctuation and ASCII: hardly ever so for bytes read in the wrong order."""
    return len(text) >= 8 and len(_CHINESE.findall(text)) * 20 >= len(text) * 19


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark shows as zero bytes on one side of ASCII only."""
    even, odd = head[0:512:2].count(0), head[1:512:2].count(0)
    half = max(1, len(head[:512]) // 2)
    if even + odd < half // 8 or min(even, odd) > half // 50:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _decoded(head: bytes, encoding: str) -> str | None:
    """Text in that encoding with hardly a control character or a broken sequence in it."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return text if (controls + text.count("\ufffd")) * 200 <= len(text) else None


def _buried(content: bytes) -> Kind:
    """Signatures behind junk: a PDF after stray bytes, a ZIP after a stub, markup in a page of broken encoding."""
    head = content[:_FAR]
    if b"%PDF-" in head:
        return Kind.pdf
    if b"PK\x03\x04" in head and zipfile.is_zipfile(BytesIO(content)):
        return _zip(content)
    return Kind.html if _TAG.search(head.decode("latin-1")) and b"\0" not in head else Kind.unknown
