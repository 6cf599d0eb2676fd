"""The pages of a PDF that hold no text, or pictures beside it, rendered to be read by OCR."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no types
from PIL import Image, ImageDraw

from extract.errors import TooComplex
from extract.pdf import each_page, opened
from extract.pdf_fonts import installed_fonts
from extract.pdf_page import Page
from extract.pdf_scanned import picture_boxes
from extract.ruled import Box
from extract.scan import Picture

DPI = 200.0
MOST_PIXELS = 24_000_000
MOST_PICTURES = 60


def pictures(content: bytes, dpi: float = DPI) -> list[Picture]:
    """One PNG for each page with something to read as a picture; what is text there already is painted white.

    Raises Unreadable, Encrypted, or TooComplex beyond 60 pages.
    """
    found: list[Picture] = []
    with installed_fonts(), opened(content) as pdf:
        for handle, page in each_page(pdf):
            boxes = [page.displayed(box) for box in picture_boxes(page)]
            if boxes:
                found.append(_picture(handle, page, boxes, dpi))
            if len(found) > MOST_PICTURES:
                raise TooComplex(f"more than {MOST_PICTURES} pages without text")
    return found


def rendered(handle: pypdfium2.PdfPage, dpi: float = DPI) -> tuple[Image.Image, float]:
    """The page as displayed, as an RGB image, and the resolution used: less than asked for where the page is huge."""
    width, height = handle.get_size()
    pixels = max(width * height * (dpi / 72) ** 2, 1.0)
    dpi *= min(1.0, (MOST_PIXELS / pixels) ** 0.5)
    bitmap = handle.render(scale=dpi / 72, draw_annots=False)
    image: Image.Image = bitmap.to_pil().convert("RGB")
    bitmap.close()
    return image, dpi


def _picture(handle: pypdfium2.PdfPage, page: Page, boxes: list[Box], dpi: float) -> Picture:
    image, dpi = rendered(handle, dpi)
    whole = Box(0.0, 0.0, image.width * 72 / dpi, image.height * 72 / dpi)
    if not any(box.covers(whole, 2.0) for box in boxes):
        image = _only(image, [Box(*(side * dpi / 72 for side in box)) for box in boxes])
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return Picture(file.getvalue(), page.number, dpi, 72 / dpi)


def _only(image: Image.Image, boxes: list[Box]) -> Image.Image:
    """The image with everything outside the boxes painted white."""
    mask = Image.new("1", image.size, 0)
    for box in boxes:
        ImageDraw.Draw(mask).rectangle((box.x0, box.top, box.x1, box.bottom), fill=1)
    return Image.composite(image, Image.new("RGB", image.size, "white"), mask)


def page_images(content: bytes, dpi: float = 100.0) -> Iterator[tuple[Page, Image.Image]]:
    """Every page as read and as displayed, for pictures of what was seen."""
    with installed_fonts(), opened(content) as pdf:
        for handle, page in each_page(pdf):
            yield page, rendered(handle, dpi)[0]
