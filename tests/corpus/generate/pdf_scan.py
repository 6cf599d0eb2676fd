"""Scanned PDF specimens: pages of another PDF as pictures, with or without a hidden text layer, whole or in parts."""

from __future__ import annotations

import io

import pypdfium2  # type: ignore[import-untyped]  # pypdfium2 ships no types
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas


def page_images(content: bytes, dpi: float = 150.0) -> list[Image.Image]:
    """The pages of a PDF in grey."""
    pdf = pypdfium2.PdfDocument(content)
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in pdf]
    finally:
        pdf.close()


def scanned(content: bytes, dpi: float = 150.0, layer: str = "", strips: int = 1) -> bytes:
    """The pages as pictures, cut into strips, over (mode 3) an invisible `layer` of text."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for image in page_images(content, dpi):
        width, height = image.width * 72 / dpi, image.height * 72 / dpi
        canvas.setPageSize((width, height))
        step = image.height // strips + 1
        for top in range(0, image.height, step):
            strip = image.crop((0, top, image.width, min(top + step, image.height)))
            canvas.drawImage(_reader(strip), 0, height - (top + strip.height) * 72 / dpi, width, strip.height * 72 / dpi)
        if layer:
            text = canvas.beginText(72, height - 90)
            text.setTextRenderMode(3)
            text.setFont("Helvetica", 10)
            text.textLines([layer] * 30)
            canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def with_picture(content: bytes, page: int, above: list[str], dpi: float = 150.0) -> bytes:
    """One page of printed lines with the middle of a page of `content` pasted below them as a picture."""
    image = page_images(content, dpi)[page]
    part = image.crop((0, image.height // 10, image.width, image.height * 6 // 10))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.setFont("Helvetica", 12)
    for k, line in enumerate(above):
        canvas.drawString(72, 780 - 18 * k, line)
    canvas.drawImage(_reader(part), 0, 150, 595, 595 * part.height / part.width)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _reader(image: Image.Image) -> ImageReader:
    file = io.BytesIO()
    image.save(file, "PNG")
    file.seek(0)
    return ImageReader(file)
