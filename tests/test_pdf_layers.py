"""What stands on a layer that is switched off is not read, by neither reader; what stands on the others is."""

from __future__ import annotations

import zlib

import pytest

from extract import pdf, pdf_second
from extract.errors import Unreadable
from extract.pdf_layers import shown
from tests.pdf_raw import raw_pdf, stream

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
NOTHING = b"<< /Type /OCG /Name (none) >>"
PLAIN = b"/OFF [5 0 R]"


def words(at: int, text: bytes) -> bytes:
    """A show of text at that height."""
    return b"BT /F 12 Tf 72 %d Td (%s) Tj ET\n" % (at, text)


def layered(content: bytes, default: bytes = PLAIN, form: bytes = b"", more: bytes = NOTHING, usage: bytes = b"") -> bytes:
    """A page with groups A (object 5) and B (6), a membership M (7), a form X (8) and that content; `default` configures the layers."""
    catalog = b"<< /Type /Catalog /Pages 2 0 R /OCProperties << /OCGs [5 0 R 6 0 R] /D << %s >> >> >>" % default
    resources = b"<< /Font << /F %s >> /Properties << /A 5 0 R /B 6 0 R /M 7 0 R >> /XObject << /X 8 0 R >> >>" % FONT
    head = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources %s %s" % (resources, form)
    objects = [
        catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources %s >>" % resources,
        content if content.startswith(b"<<") else stream(content),
        b"<< /Type /OCG /Name (same) >>",
        b"<< /Type /OCG /Name (same) %s >>" % usage,
        more,
        stream(words(300, b"form"), head),
    ]
    return raw_pdf(objects)


def read(content: bytes) -> list[str]:
    """The words, on which both readers agree."""
    first, second = ([word for p in reader.read(content).paragraphs() for word in p.text.split()] for reader in (pdf, pdf_second))
    assert first == second
    return first


def test_text_of_a_hidden_layer_is_not_read() -> None:
    """Two layers of one name, one of them switched off: a draft under the figures, say."""
    content = words(700, b"plain") + b"/OC /A BDC " + words(600, b"old (7)) Tj (8") + b"EMC /OC /B BDC " + words(500, b"new") + b"EMC"
    assert read(layered(content)) == ["plain", "new"]


def test_layers_that_are_all_on_change_nothing() -> None:
    """Most files with layers show all of them."""
    content = b"/OC /A BDC " + words(600, b"one") + b"EMC /OC /B BDC " + words(500, b"two") + b"EMC"
    assert read(layered(content, b"/ON [5 0 R 6 0 R]")) == ["one", "two"]


def test_what_is_not_switched_on_is_hidden_where_the_base_state_is_off() -> None:
    """BaseState OFF: only the groups in ON are shown."""
    content = b"/OC /A BDC " + words(600, b"one") + b"EMC /OC /B BDC " + words(500, b"two") + b"EMC"
    assert read(layered(content, b"/BaseState /OFF /ON [6 0 R]")) == ["two"]


def test_marks_inside_a_hidden_layer_end_where_they_end() -> None:
    """Tagged text inside the layer does not end it, nor does an outer tag that goes on behind it."""
    content = (
        b"/P BMC /OC /A BDC /Span << /MCID 0 >> BDC " + words(600, b"one") + b"EMC " + words(550, b"two") + b"EMC " + words(500, b"three")
    )
    assert read(layered(content + b"EMC")) == ["three"]


@pytest.mark.parametrize(
    ("membership", "seen"),
    [
        (b"<< /Type /OCMD /OCGs [5 0 R 6 0 R] >>", True),
        (b"<< /Type /OCMD /OCGs [5 0 R 6 0 R] /P /AllOn >>", False),
        (b"<< /Type /OCMD /OCGs 5 0 R >>", False),
        (b"<< /Type /OCMD /OCGs 5 0 R /P /AllOff >>", True),
        (b"<< /Type /OCMD /VE [/And 6 0 R [/Not 5 0 R]] >>", True),
        (b"<< /Type /OCMD /VE [/Or 5 0 R [/Not 6 0 R]] >>", False),
    ],
)
def test_memberships_follow_their_groups(membership: bytes, seen: bool) -> None:
    """A is switched off, B is not."""
    content = words(700, b"plain") + b"/OC /M BDC " + words(600, b"member") + b"EMC"
    assert read(layered(content, more=membership)) == ["plain", "member"][: 1 + seen]


def test_a_form_on_a_hidden_layer_is_not_read() -> None:
    """Whether it names its layer itself, or is painted inside one."""
    content = words(700, b"plain") + b"/X Do"
    assert read(layered(content, form=b"/OC 5 0 R")) == ["plain"]
    assert read(layered(content, form=b"/OC 6 0 R")) == ["plain", "form"]
    assert read(layered(words(700, b"plain") + b"/OC /A BDC /X Do EMC")) == ["plain"]


def test_rules_of_a_hidden_layer_draw_no_table() -> None:
    """A grid that is not shown does not part what is."""
    lines = b"".join(b"50 %d 300 0.5 re f " % y for y in (780, 760, 740)) + b"".join(b"%d 740 0.5 40 re f " % x for x in (50, 200, 350))
    content = b"/OC /A BDC q " + lines + b"Q EMC " + words(765, b"Rules") + words(745, b"Norms")
    assert not list(pdf.read(layered(content)).grids())
    assert list(pdf.read(layered(content, b"/OFF [6 0 R]")).grids())


def test_a_view_state_decides_over_the_list() -> None:
    """AS with the event View: what the group says of itself when shown on a screen."""
    content = words(700, b"plain") + b"/OC /B BDC " + words(600, b"watermark") + b"EMC"
    default = b"/OFF [] /AS [<< /Event /View /OCGs [6 0 R] >>]"
    assert read(layered(content, default)) == ["plain", "watermark"]
    assert read(layered(content, default, usage=b"/Usage << /View << /ViewState /OFF >> >>")) == ["plain"]


def test_layers_of_a_packed_catalog_are_found() -> None:
    """Newer files keep their catalog inside an object stream."""
    packed = zlib.compress(b"1 0 << /Type /Catalog /OCProperties << >> >>")
    file = b"9 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Length %d /Filter /FlateDecode >>\nstream\r\n" % len(packed) + packed + b"\nendstream"
    with pytest.raises(Unreadable, match="layers"):
        shown(file)
    assert shown(file.replace(packed, zlib.compress(b"1 0 << /Type /Catalog >>"))) != b""


def test_a_stream_that_cannot_be_changed_is_an_error() -> None:
    """Packed in a way that is not written here: better unread than wrong."""
    body = zlib.compress(b"/OC /A BDC " + words(600, b"old") + b"EMC").hex().encode() + b">"
    packed = b"<< /Length %d /Filter [/ASCIIHexDecode /FlateDecode] >>\nstream\n" % len(body) + body + b"\nendstream"
    with pytest.raises(Unreadable, match="ASCIIHexDecode"):
        pdf.read(layered(packed))
