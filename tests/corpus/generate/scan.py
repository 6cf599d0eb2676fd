"""Scans and pictures of specimens: pages drawn with a real font, then worn by numpy in ways that depend on the seed alone.

Drawing needs Pillow, numpy, OpenCV and one of FONTS on this machine; the specimens that the tests read are committed.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from tests.corpus.generate.model import Specimen
from tests.corpus.generate.pdf_layout import Measure, Sheet, laid_out

FONTS = ("wqy-zenhei.ttc", "NotoSerifCJK-Regular.ttc", "NotoSansCJK-Regular.ttc", "uming.ttc", "ukai.ttc", "DroidSansFallbackFull.ttf")
INK = 20


@dataclass(frozen=True, slots=True)
class Look:
    """How a page was scanned or photographed. Angles in degrees, noise in grey levels, blur in pixels."""

    dpi: int = 200
    font: str = FONTS[0]
    skew: float = 0.4
    noise: float = 6.0
    blur: float = 0.6
    gradient: float = 20.0
    quality: int = 60
    """Of the JPEG; 0 stores a PNG without loss."""
    quarters: int = 0
    seal: bool = False
    aside: float = 0.0
    """How far from aside it was photographed, of the page's width."""
    curl: float = 0.0
    """How far the paper arches, of the page's height."""
    shadow: float = 0.0
    """Grey levels that a soft shadow across the page takes."""
    figures: str = ""
    """Another font for what has no ideographs."""
    bilevel: bool = False
    file: str = "pdf"
    """pdf, tiff (all pages), png (all pages in one long strip)."""


class NoFont(LookupError):
    """None of the fonts is installed here."""


def draw(specimen: Specimen, look: Look | None = None) -> bytes:
    """The specimen as a file of pictures. Raises NoFont where the font is not installed."""
    look = look or Look()
    measure = Measure(margin=48.0, height=3200.0) if look.file == "png" else Measure()
    pages = [worn(page(sheet, measure, look), look, n) for n, sheet in enumerate(laid_out(specimen, measure))]
    return {"pdf": _pdf, "tiff": _tiff, "png": _strip}[look.file](pages, look)


@cache
def _font(name: str, size: float) -> ImageFont.FreeTypeFont:
    try:
        return ImageFont.truetype(name, max(1, round(size)))
    except OSError as error:
        raise NoFont(name) from error


def page(sheet: Sheet, measure: Measure, look: Look) -> MatLike:
    """One page, clean: grey, dark on white."""
    scale = look.dpi / 72
    image = Image.new("L", (round(measure.width * scale), round(measure.height * scale)), 255)
    pen = ImageDraw.Draw(image)
    body, small = _font(look.font, measure.body * scale), _font(look.font, measure.cell * scale)
    for x, top, text in sheet.prose:
        pen.text((x * scale, top * scale), text, INK, body)
    width = max(1, round(0.6 * scale))
    for patch in (patch for table in sheet.tables for patch in table):
        corners = tuple(side * scale for side in (patch.x0, patch.top, patch.x1, patch.bottom))
        pen.rectangle(corners, outline=INK, width=width)
        step = measure.cell * 1.25
        top = (patch.top + patch.bottom - step * len(patch.lines)) / 2
        for n, line in enumerate(patch.lines):
            face = _font(look.figures, measure.cell * scale) if look.figures and all(ch < "\u3000" for ch in line) else small
            x = (patch.x0 + patch.x1) / 2 * scale - face.getlength(line) / 2
            pen.text((x, (top + n * step) * scale), line, INK, face)
    return np.asarray(image)


def worn(clean: MatLike, look: Look, seed: int) -> MatLike:
    """The page as the scanner or the camera saw it."""
    rng = np.random.default_rng(seed)
    image = cv2.cvtColor(_stamped(clean, look.dpi), cv2.COLOR_RGB2BGR) if look.seal else clean
    height, width = clean.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), look.skew, 1.0)
    image = cv2.warpAffine(image, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    if look.aside:
        image = cv2.warpPerspective(image, _aside(rng, width, height, look.aside), (width, height), borderValue=(90, 90, 90))
    if look.curl:
        image = _curled(image, look.curl)
    if look.blur:
        image = cv2.GaussianBlur(image, (0, 0), look.blur)
    if look.noise:
        image = _grained(image, look, rng)
    if look.shadow:
        image = _shaded(image, look.shadow)
    if look.bilevel:
        image = np.where(image > 150, 255, 0).astype(np.uint8)
    return np.ascontiguousarray(np.rot90(image, look.quarters))


def _grained(image: MatLike, look: Look, rng: np.random.Generator) -> MatLike:
    shade = np.linspace(0, look.gradient, image.shape[1])[None, :]
    grain = rng.normal(0, look.noise, image.shape[:2])
    loss = (shade + 12 - grain)[..., None] if image.ndim == 3 else shade + 12 - grain
    return np.clip(image.astype(np.float32) * 0.96 - loss + 8, 0, 255).astype(np.uint8)


def _aside(rng: np.random.Generator, width: int, height: int, much: float) -> NDArray[np.float32]:
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32)
    moved = corners + inwards * rng.uniform(0, much * width, (4, 2)).astype(np.float32)
    return cv2.getPerspectiveTransform(corners, moved).astype(np.float32)


def _curled(image: MatLike, much: float) -> MatLike:
    """The page arched as beside the spine of a book: what stands at the middle of its width is seen lower."""
    height, width = image.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return cv2.remap(image, x, y - np.float32(much * height) * np.sin(np.pi * x / width), cv2.INTER_CUBIC, borderValue=(255, 255, 255))


def _shaded(image: MatLike, much: float) -> MatLike:
    height, width = image.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.linspace(-1, 1, height))
    share = 1 - much / 255 / (1 + np.exp(8 * (x + 0.6 * y)))
    return (image * (share if image.ndim == 2 else share[..., None])).astype(np.uint8)


def _stamped(clean: MatLike, dpi: int) -> MatLike:
    """The page in colour with a round red seal in its middle, ink over print."""
    layer = np.zeros(clean.shape, np.uint8)
    centre, radius = (round(clean.shape[1] * 0.62), round(clean.shape[0] * 0.45)), round(0.8 * dpi)
    cv2.circle(layer, centre, radius, 255, max(2, dpi // 40))
    cv2.circle(layer, centre, radius // 5, 255, max(2, dpi // 40))
    share = (cv2.GaussianBlur(layer, (0, 0), 1) / 255.0 * 0.85)[..., None]
    colour = np.repeat(clean[..., None], 3, axis=2).astype(np.float64)
    return (colour * (1 - share) + np.minimum(colour, np.array([205.0, 50.0, 60.0])) * share).astype(np.uint8)


def _pictures(pages: Sequence[MatLike]) -> list[Image.Image]:
    return [Image.fromarray(p if p.ndim == 2 else cv2.cvtColor(p, cv2.COLOR_BGR2RGB)) for p in pages]


def _pdf(pages: Sequence[MatLike], look: Look) -> bytes:
    """A PDF of JPEG pages, without dates."""
    first, *rest = _pictures(pages)
    file = io.BytesIO()
    stamp = time.struct_time((2025, 1, 20, 8, 0, 0, 0, 0, 0))
    first.save(
        file, "PDF", save_all=True, append_images=rest, resolution=look.dpi, quality=look.quality, creationDate=stamp, modDate=stamp
    )  # fmt: skip
    return file.getvalue()


def _tiff(pages: Sequence[MatLike], look: Look) -> bytes:
    pictures = [picture.convert("1") if look.bilevel else picture for picture in _pictures(pages)]
    file = io.BytesIO()
    how = "group4" if look.bilevel else "tiff_deflate"
    pictures[0].save(file, "TIFF", save_all=True, append_images=pictures[1:], compression=how, dpi=(look.dpi, look.dpi))
    return file.getvalue()


def _strip(pages: Sequence[MatLike], look: Look) -> bytes:
    """All pages below one another, as a browser's long screenshot; sixteen greys."""
    file = io.BytesIO()
    _pictures([np.vstack([p // 17 * 17 for p in pages])])[0].save(file, "PNG", optimize=True)
    return file.getvalue()


PLAIN = Look()
LOOKS: dict[str, Look] = {
    "scan200": PLAIN,
    "scan150": replace(PLAIN, dpi=150),
    "scan300": replace(PLAIN, dpi=300, font=FONTS[1], quality=40),
    "bad200": replace(PLAIN, skew=1.5, noise=9.0, blur=0.9, quality=50),
    "turned": replace(PLAIN, quarters=1, font=FONTS[2]),
    "upside_down": replace(PLAIN, quarters=2),
    "seal": replace(PLAIN, seal=True),
    "fax": replace(PLAIN, noise=0.0, blur=0.5, gradient=0.0, bilevel=True, file="tiff"),
    "photo150": replace(PLAIN, dpi=150, skew=0.8, aside=0.01, noise=8.0, blur=1.2, gradient=50.0),
    "screenshot": Look(dpi=110, skew=0.0, noise=0.0, blur=0.0, gradient=0.0, file="png"),
}


def variants() -> dict[str, Callable[[Specimen], bytes]]:
    """Every look as a function from specimen to file."""
    return {name: (lambda specimen, look=look: draw(specimen, look)) for name, look in LOOKS.items()}
