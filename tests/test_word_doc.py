"""Legacy DOC: pieces, properties, row definitions."""

from __future__ import annotations

import random
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract import doc
from extract.doc_file import modifiers
from extract.doc_row import RowShape, shape_row
from extract.errors import Encrypted, Unreadable
from extract.flow import Item, Line
from tests.corpus.generate import doc as drawn
from tests.corpus.generate.cfb import compound
from tests.corpus.generate.model import Box, specimen
from tests.office import expected, prose, read_prose, read_slots, survives


@pytest.mark.parametrize("name", sorted(drawn.DIALECTS))
@pytest.mark.parametrize(("seed", "edition"), [(3, "v2021"), (4, "v2019")])
def test_every_dialect_gives_the_same_tables_and_text(name: str, seed: int, edition: str) -> None:
    """Pieces out of order, tracked deletions, hidden text, field codes, nested tables, crooked borders: all read alike."""
    one = specimen(seed, edition)
    document = doc.read(drawn.variants()[name](one))
    assert read_slots(document) == expected(one)
    assert read_prose(document) == prose(one)


def _writer(*paragraphs: str) -> drawn.Writer:
    writer = drawn.Writer(drawn.DIALECTS["plain"], random.Random(1))
    for text in paragraphs:
        writer.write(text)
        writer.end("\r")
    return writer


def test_a_locked_document_says_so() -> None:
    """The encryption bit of the file information block means a password, not damage."""
    streams = _writer("年报").streams()
    main = bytearray(streams["WordDocument"])
    main[11] |= 1
    with pytest.raises(Encrypted):
        doc.read(compound(streams | {"WordDocument": bytes(main)}))


def test_word_95_is_named() -> None:
    """Files of Word 6 and 95 have another structure; the error says what to do."""
    streams = _writer("年报").streams()
    main = bytearray(streams["WordDocument"])
    struct.pack_into("<H", main, 2, 104)
    with pytest.raises(Unreadable, match="Word 6/95"):
        doc.read(compound(streams | {"WordDocument": bytes(main)}))


@pytest.mark.parametrize("streams", [{}, {"Workbook": b"x"}, {"WordDocument": b"\xec\xa5"}, {"WordDocument": bytes(2048), "1Table": b""}])
def test_other_compound_files_are_unreadable(streams: dict[str, bytes]) -> None:
    """A compound file without a whole Word document gives a clear error."""
    with pytest.raises(Unreadable):
        doc.read(compound(streams))


def _summary(*properties: tuple[int, bytes]) -> bytes:
    """A summary stream of these properties."""
    places, values, at = b"", b"", 8 + 8 * len(properties)
    for number, value in properties:
        places += struct.pack("<II", number, at + len(values))
        values += value
    section = struct.pack("<II", at + len(values), len(properties)) + places + values
    return struct.pack("<HHI", 0xFFFE, 0, 0) + bytes(16) + struct.pack("<I", 1) + bytes(16) + struct.pack("<I", 48) + section


@pytest.mark.parametrize(
    ("summary", "title"),
    [
        (_summary((1, struct.pack("<Ihh", 2, 936, 0)), (2, struct.pack("<II", 30, 5) + "年报\0".encode("gb18030"))), "年报"),
        (_summary((1, struct.pack("<Ihh", 2, -535, 0)), (2, struct.pack("<II", 30, 7) + "年报\0".encode())), "年报"),
        (_summary((2, struct.pack("<II", 31, 3) + "年报\0".encode("utf-16-le"))), "年报"),
        (_summary((4, struct.pack("<II", 30, 2) + b"a\0")), None),
        (_summary((9, struct.pack("<II", 0x1000 | 30, 0xFFFFFFFF))), None),
        (b"\xfe\xff", None),
    ],
)
def test_the_title_of_the_summary_is_read(summary: bytes, title: str | None) -> None:
    """In the code page it states, or wide; a vector of four thousand million texts is not even looked at."""
    assert doc.read(compound(_writer("正文").streams() | {"\x05SummaryInformation": summary})).title == title


def test_line_breaks_hyphens_and_marks_read_as_printed() -> None:
    """Breaks inside a paragraph stay breaks; anchors of pictures and notes leave no trace."""
    document = doc.read(compound(_writer("一\x0b二\x1e三\x1f四\x01\x08\x02五", "12\x0c34").streams()))
    assert read_prose(document) == ["一\n二-三四五", "12", "34"]


def test_a_field_without_an_end_keeps_its_text() -> None:
    """A torn field hides nothing of the text behind it."""
    assert read_prose(doc.read(compound(_writer("收到\x13申请12件").streams()))) == ["收到申请12件"]


def test_a_deleted_paragraph_mark_joins_two_paragraphs_but_never_a_table() -> None:
    """Accepting the deletion of a mark runs the paragraph on; before a table it stands alone."""
    writer = _writer()
    for text, mark, look in (("一、总体", "\r", drawn.DELETED), ("情况", "\r", b""), ("二", "\r", drawn.DELETED)):
        writer.write(text)
        writer.characters += [(writer.at, writer.at + 1, look)] if look else []
        writer.end(mark)
    writer.table([[Box("甲"), Box("1")]])
    document = doc.read(compound(writer.streams()))
    assert read_prose(document) == ["一、总体情况", "二"]
    assert read_slots(document) == [[["甲", "1"]]]


def _cells(count: int) -> list[list[Item]]:
    return [[Line(str(at))] for at in range(count)]


def test_modifiers_after_the_definition_change_the_row() -> None:
    """Inserting, deleting, widening, merging and vertical merging act on the cells that are there."""
    shape = RowShape([0, 100, 200, 300], [0, 0, 0])
    shape.apply(0x7621, bytes([1, 1]) + struct.pack("<H", 50))
    assert (shape.edges, shape.bits) == ([0, 100, 150, 250, 350], [0, 0, 0, 0])
    shape.apply(0x5622, bytes([0, 1]))
    assert shape.edges == [0, 50, 150, 250]
    shape.apply(0x7623, bytes([0, 1]) + struct.pack("<H", 80))
    assert shape.edges == [0, 80, 180, 280]
    shape.apply(0x5624, bytes([1, 3]))
    shape.apply(0xD62B, bytes([0, 1]))
    boxes = shape_row(_cells(3), shape)
    assert [(box.left, box.right, box.continues) for box in boxes] == [(0, 80, True), (80, 280, False)]


def test_a_row_without_a_definition_keeps_its_cells_apart() -> None:
    """No cell is lost where widths are not stated."""
    assert [box.text() for box in shape_row(_cells(4), None)] == ["0", "1", "2", "3"]


def test_two_merged_groups_side_by_side_stay_two() -> None:
    """A second first-cell mark begins a new merged cell."""
    shape = RowShape([0, 1, 2, 3, 4], [1, 2, 1, 2])
    assert [(box.left, box.right) for box in shape_row(_cells(4), shape)] == [(0, 2), (2, 4)]


@given(st.binary(max_size=400))
def test_modifiers_of_random_bytes_end(packed: bytes) -> None:
    """The reader of property modifiers always comes to an end."""
    assert len(list(modifiers(packed))) <= len(packed)


@pytest.mark.parametrize("name", ["plain", "nested", "pieces"])
def test_random_damage_never_escapes(name: str) -> None:
    """Whatever bytes change, the answer is a document or a reading error."""
    rng = random.Random(name)
    whole = drawn.variants()[name](specimen(9))
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(rng.randint(1, 30)):
            broken[rng.randrange(min(len(broken), rng.choice((600, 4096, len(broken)))))] = rng.randrange(256)
        assert survives(doc.read, bytes(broken[: rng.choice((len(broken), rng.randrange(len(broken))))]))
