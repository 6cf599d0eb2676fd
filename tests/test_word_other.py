"""RTF, OpenDocument text, MHT and the XML of Word 2003."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract import html, mht, odt, rtf, sheet, wordml
from extract.document import Document
from extract.errors import Encrypted, TooComplex, Unreadable
from extract.kind import Kind, sniff
from tests.corpus.generate import mht as drawn_mht
from tests.corpus.generate import odt as drawn_odt
from tests.corpus.generate import rtf as drawn_rtf
from tests.corpus.generate import xml2003
from tests.corpus.generate.model import Specimen, specimen
from tests.corpus.generate.office import zipped
from tests.office import expected, prose, read_prose, read_slots, survives


def _read_mht(content: bytes) -> Document:
    page, _ = mht.read(content)
    return html.read(page.content, page.media_type)


Read = Callable[[bytes], Document]
Draw = Callable[[Specimen], bytes]
_CASES: dict[str, tuple[Read, Draw]] = {
    **{f"rtf {name}": (rtf.read, draw) for name, draw in drawn_rtf.variants().items()},
    **{f"odt {name}": (odt.read, draw) for name, draw in drawn_odt.variants().items() if name != "sheet"},
    **{f"mht {name}": (_read_mht, draw) for name, draw in drawn_mht.variants().items()},
    "ods": (sheet.read, drawn_odt.draw_sheet),
    "wordml": (wordml.read, xml2003.draw_word),
    "flat docx": (wordml.read, xml2003.draw_flat),
    "sheetml": (sheet.read, xml2003.draw_sheet),
}


@pytest.mark.parametrize("name", sorted(_CASES))
@pytest.mark.parametrize(("seed", "edition"), [(3, "v2021"), (4, "v2019")])
def test_every_dialect_gives_the_same_tables_and_text(name: str, seed: int, edition: str) -> None:
    """Whatever format holds the report, its tables and paragraphs are the same."""
    one = specimen(seed, edition)
    read, draw = _CASES[name]
    document = read(draw(one))
    assert read_slots(document) == expected(one)
    assert read_prose(document) == prose(one)


def _rtf(body: str) -> list[str]:
    return read_prose(rtf.read(b"{\\rtf1\\ansi\\ansicpg936 " + body.encode("latin-1") + b"}"))


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("\\uc2\\u24180\\'c4\\'ea12\\par", "年12"),
        ("\\uc0\\u24180 12\\par", "年12"),
        ("\\u24180 ?12\\par", "年12"),
        ("\\u-10179 ?\\u-8704 ?\\par", "\U0001f600"),
        ("\\'d6\\'d0\\'b9\\'fa\\par", "中国"),
        ("\\'81@\\par", "丂"),
        ("1\\~234\\_5\\emdash\\par", "1\u00a0234-5—"),
        ("a{\\*\\unknown b{c}}d\\par", "ad"),
        ("a{\\v 1}2{\\deleted 3}\\plain 4\\par", "a24"),
        ("{\\upr{old}{\\*\\ud{new}}}\\par", "new"),
        ("收".encode("gb18030").decode("latin-1") + "12\\par", "收12"),
    ],
)
def test_letters_are_decoded_once(body: str, text: str) -> None:
    """Unicode with its stand-ins, code pages, raw bytes, surrogate pairs, hidden and unknown groups."""
    assert _rtf(body) == [text]


def test_fonts_choose_the_code_page() -> None:
    """Bytes are read in the code page of their font."""
    fonts = "{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset136 B;}{\\f2\\fcharset134 C;}}"
    assert _rtf(fonts + "{\\f1 \\'a4\\'a4}{\\f2 \\'d6\\'d0}\\par") == ["中中"]


def test_rtf_text_boxes_and_notes_come_after_the_text() -> None:
    """What floats is read once, behind the body; what a header holds is not."""
    box = "{\\shp{\\*\\shpinst{\\sp{\\sn a}{\\sv 1}}{\\shptxt \\pard 框\\par}}{\\shprslt 框}}"
    body = "{\\header{\\shp{\\*\\shpinst{\\shptxt \\pard x\\par}}}}一" + box + "{\\footnote 注\\par}\\par 二\\par"
    assert _rtf(body.encode("gb18030").decode("latin-1")) == ["一", "二", "框", "注"]


def test_rtf_groups_nested_too_deep_are_refused() -> None:
    """A hundred thousand open braces end in an error."""
    with pytest.raises(TooComplex):
        rtf.read(b"{\\rtf1" + b"{" * 100_000)


@given(st.binary(max_size=600))
def test_any_rtf_body_is_read_or_refused(body: bytes) -> None:
    """Random bytes behind an RTF signature never crash the reader."""
    assert survives(rtf.read, b"{\\rtf1 " + body)


@given(st.text(alphabet="\\{}u'abcdl1 ;\n*-", max_size=300))
def test_any_rtf_syntax_is_read_or_refused(body: str) -> None:
    """Neither does any sequence of control characters and words."""
    assert survives(rtf.read, b"{\\rtf1 " + body.encode() + b"\\trowd\\cellx1\\cell\\row")


def test_covered_cells_repeat_under_repeated_rows() -> None:
    """An ODF row told once and repeated stands as often as it says."""
    spaces = 'xmlns:office="o" xmlns:table="t" xmlns:text="x"'
    cell = "<table:table-cell><text:p>1</text:p></table:table-cell>"
    row = f'<table:table-row table:number-rows-repeated="3">{cell.replace("cell>", "cell>", 1)}{cell}</table:table-row>'
    body = f"<office:body><office:text><table:table>{row}</table:table></office:text></office:body>"
    content = zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "content.xml": f"<office:document-content {spaces}>{body}</office:document-content>",
        }
    )
    assert read_slots(odt.read(content)) == [[["1", "1"]] * 3]


def test_lists_of_several_levels_carry_their_labels() -> None:
    """Levels are composed as the style says, counters start where told, and a list that does not continue counts anew."""
    spaces = 'xmlns:office="o" xmlns:text="x" xmlns:style="s"'
    level = '<text:list-level-style-number text:level="{}" style:num-format="1" text:display-levels="{}" style:num-suffix="."/>'
    listed = f'<text:list-style style:name="L">{level.format(1, 1)}{level.format(2, 2)}</text:list-style>'
    styles = f"<office:automatic-styles>{listed}</office:automatic-styles>"

    def entry(text: str, more: str = "", start: str = "") -> str:
        return f"<text:list-item{start}><text:p>{text}</text:p>{more}</text:list-item>"

    four = ' text:start-value="4"'
    inner = f"<text:list>{entry('b', start=four)}{entry('c')}</text:list>"
    whole = f'<text:list text:style-name="L">{entry("a", inner)}{entry("d")}</text:list>'
    body = f"<office:body><office:text>{whole}{whole}</office:text></office:body>"
    document = odt.read(zipped({"content.xml": f"<office:document-content {spaces}>{styles}{body}</office:document-content>"}))
    assert read_prose(document) == ["1.a", "1.4.b", "1.5.c", "2.d"] * 2


def test_a_locked_opendocument_says_so() -> None:
    """The manifest tells of encryption."""
    manifest = "<manifest><file-entry><encryption-data/></file-entry></manifest>"
    with pytest.raises(Encrypted):
        odt.read(zipped({"META-INF/manifest.xml": manifest, "content.xml": "<a/>"}))


def test_repeats_beyond_reason_are_refused() -> None:
    """A table of a billion repeated cells is too complex, and is found so quickly."""
    cell = '<table:table-cell table:number-columns-repeated="16000"><text:p>1</text:p></table:table-cell>'
    row = f'<table:table-row table:number-rows-repeated="60000">{cell}</table:table-row>'
    body = f"<office:body><office:text><table:table>{row}</table:table></office:text></office:body>"
    with pytest.raises(TooComplex):
        odt.read(zipped({"content.xml": f'<d xmlns:office="o" xmlns:table="t" xmlns:text="x">{body}</d>'}))


def test_the_parts_of_an_mht_come_with_it() -> None:
    """Pictures that the page shows are handed over under their location."""
    page, parts = mht.read(drawn_mht.draw(specimen(1)))
    assert page.media_type == "text/html; charset=gb2312"
    assert [(part.url, part.content[:6]) for part in parts] == [("file:///C:/A1B2/report.files/image001.gif", b"GIF89a")]


def test_a_message_without_a_page_is_unreadable() -> None:
    """Mail that holds no HTML is no saved page."""
    with pytest.raises(Unreadable):
        mht.read(b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nhello")


@pytest.mark.parametrize("name", ["rtf late", "odt plain", "mht gbk", "wordml", "sheetml"])
def test_random_damage_never_escapes(name: str) -> None:
    """Whatever bytes change, the answer is a document or a reading error."""
    rng = random.Random(name)
    read, draw = _CASES[name]
    whole = draw(specimen(9))
    for _ in range(60):
        broken = bytearray(whole)
        for _ in range(rng.randint(1, 20)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        assert survives(read, bytes(broken[: rng.choice((len(broken), rng.randrange(len(broken))))]))


def test_kinds_of_drawn_documents_are_recognised() -> None:
    """Each drawn format is told by its bytes."""
    one = specimen(1)
    kinds = {name.split()[0]: sniff(draw(one)) for name, (_, draw) in _CASES.items()}
    assert kinds == {kind: Kind.wordml if kind == "flat" else Kind(kind) for kind in kinds}
    assert len(kinds) == 7
