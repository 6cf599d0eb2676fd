"""OFD: letters and paths on pages."""

from __future__ import annotations

import random

import pytest

from extract import ofd
from extract.errors import Encrypted, TooComplex, Unreadable
from extract.ofd_marks import deltas
from tests.corpus.generate import ofd as drawn
from tests.corpus.generate.model import specimen
from tests.corpus.generate.office import zipped
from tests.office import expected, prose, read_prose, read_slots, survives

_SPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


@pytest.mark.parametrize("name", sorted(drawn.DIALECTS))
@pytest.mark.parametrize(("seed", "edition"), [(3, "v2021"), (4, "v2019")])
def test_every_dialect_gives_the_same_tables_and_text(name: str, seed: int, edition: str) -> None:
    """Borders as strokes, cells, strips or one path; letters stepped or single; tables cut by pages: all read alike."""
    one = specimen(seed, edition)
    document = ofd.read(drawn.variants()[name](one))
    assert read_slots(document) == expected(one)
    assert read_prose(document) == prose(one)
    assert document.title == one.title


def test_places_are_points_of_the_page() -> None:
    """A cell's box lies on an A4 page, in points from its top left corner."""
    grid = next(ofd.read(drawn.draw(specimen(3))).grids())
    place = next(grid.cells()).place
    assert place.page == 1
    assert place.x0 == pytest.approx(18 * 72 / 25.4, abs=1)
    assert place.x1 == pytest.approx(192 * 72 / 25.4, abs=1)


@pytest.mark.parametrize(
    ("text", "count", "steps"),
    [("g 3 2.5", 3, [2.5] * 3), ("1 g 2 4 5", 4, [1, 4, 4, 5]), ("g 999999999 1", 4, [1] * 4), ("g", 2, []), ("", 2, []), ("x", 2, [])],
)
def test_steps_between_letters(text: str, count: int, steps: list[float]) -> None:
    """`g n d` stands for n steps of d, and never for more than there are letters."""
    assert deltas(text, count) == steps


def _page(objects: str) -> str:
    return f"<ofd:Page {_SPACE}><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content></ofd:Page>"


def _text(text: str, y: int, more: str = "") -> str:
    code = f'<ofd:TextCode X="0" Y="3.4" DeltaX="g 9 4">{text}</ofd:TextCode>'
    return f'<ofd:TextObject Boundary="20 {y} 90 4" Size="4"{more}>{code}</ofd:TextObject>'


def test_what_does_not_show_is_not_read() -> None:
    """Invisible and transparent objects and slanted watermarks leave no text."""
    slanted = ' CTM="0.7 0.7 -0.7 0.7 0 0"'
    objects = _text("一、总体情况", 20) + _text("甲", 40, ' Visible="false"') + _text("乙", 60, ' Alpha="0"') + _text("水印", 80, slanted)
    assert read_prose(ofd.read(drawn.package([_page(objects)]))) == ["一、总体情况"]


def test_pages_that_are_pictures_say_so_and_give_them_up() -> None:
    """A page without letters is a problem; its pictures, each once, are there for OCR."""
    picture = '<ofd:ImageObject Boundary="0 0 210 297" ResourceID="7" CTM="210 0 0 297 0 0"/>'
    media = '<ofd:MultiMedia ID="7" Type="Image"><ofd:MediaFile>image_7.png</ofd:MediaFile></ofd:MultiMedia>'
    resources = f'<ofd:Res {_SPACE} BaseLoc="Res"><ofd:MultiMedias>{media}</ofd:MultiMedias></ofd:Res>'
    more: dict[str, bytes | str] = {"Doc_0/DocumentRes.xml": resources, "Doc_0/Res/image_7.png": b"\x89PNG"}
    content = drawn.package([_page(picture), _page(picture)], more=more)
    assert [problem.code for problem in ofd.read(content).problems] == ["scanned_page"] * 2
    assert [(source.url, source.content) for source in ofd.pictures(content)] == [("Doc_0/Res/image_7.png", b"\x89PNG")]


def test_composite_objects_are_looked_into() -> None:
    """Text inside a composite unit is placed through its own boundary."""
    held = f"<ofd:Content>{_text('一、总体情况', 5)}</ofd:Content>"
    unit = f'<ofd:CompositeGraphicUnit ID="5" Width="100" Height="20">{held}</ofd:CompositeGraphicUnit>'
    more: dict[str, bytes | str] = {"Doc_0/DocumentRes.xml": f"<ofd:Res {_SPACE}>{unit}</ofd:Res>"}
    page = _page('<ofd:CompositeObject Boundary="10 30 100 20" ResourceID="5"/>')
    assert read_prose(ofd.read(drawn.package([page], more=more))) == ["一、总体情况"]


def test_a_composite_inside_itself_is_refused() -> None:
    """Endless nesting ends at a limit."""
    inner = '<ofd:CompositeObject Boundary="0 0 9 9" ResourceID="5"/>'
    unit = f'<ofd:CompositeGraphicUnit ID="5"><ofd:Content>{inner}</ofd:Content></ofd:CompositeGraphicUnit>'
    more: dict[str, bytes | str] = {"Doc_0/DocumentRes.xml": f"<ofd:Res {_SPACE}>{unit}</ofd:Res>"}
    with pytest.raises(TooComplex):
        ofd.read(drawn.package([_page(inner)], more=more))


def test_a_locked_file_says_so() -> None:
    """An encryption entry means a password."""
    content = zipped({"OFD.xml": f"<ofd:OFD {_SPACE}><ofd:Encryptions>e.xml</ofd:Encryptions></ofd:OFD>"})
    with pytest.raises(Encrypted):
        ofd.read(content)


@pytest.mark.parametrize(
    "parts",
    [{"a": "b"}, {"OFD.xml": "<a/>"}, {"OFD.xml": f"<ofd:OFD {_SPACE}><ofd:DocBody><ofd:DocRoot>x</ofd:DocRoot></ofd:DocBody></ofd:OFD>"}],
)
def test_torn_files_are_unreadable(parts: dict[str, bytes | str]) -> None:
    """A package without a document, or without a part that it names, is a clear error."""
    with pytest.raises(Unreadable):
        ofd.read(zipped(parts))


def test_random_damage_never_escapes() -> None:
    """Numbers, names and tags changed at random give a document or a reading error."""
    rng = random.Random(5)
    pages = [
        _page(
            _text("一、总体情况", 20)
            + '<ofd:PathObject Boundary="1 1 9 9"><ofd:AbbreviatedData>M 0 0 L 9 9 C</ofd:AbbreviatedData></ofd:PathObject>'
        )
    ]
    for _ in range(300):
        page = list(pages[0])
        for _ in range(rng.randint(1, 8)):
            page[rng.randrange(len(page))] = rng.choice("0123456789.-eEgML <>\"'/nan")
        assert survives(ofd.read, drawn.package(["".join(page)]))
