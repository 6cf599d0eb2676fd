"""Scans and pictures → Document: every figure read twice, or openly unread.

    read([Picture(png_bytes, page=1)])            # pages of one document, in order
    read_image(open("scan.tiff", "rb").read())    # one picture file, all its pages

The heavy parts (numpy, OpenCV, onnxruntime, the recognition model) are optional: without them both raise MissingPart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from extract.document import Document, Place
from extract.errors import MissingPart

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

READER = "ocr"


@dataclass(frozen=True, slots=True)
class Picture:
    """One page to be read.

    `image` is a picture file (PNG, JPEG, BMP, TIFF, WebP, GIF) or an array: grey, or height × width × blue-green-red.
    `dpi` is its resolution where that is known. Places are in pixels times `scale`: 72 / dpi makes PDF points of them.
    """

    image: bytes | NDArray[np.uint8]
    page: int | None = None
    dpi: float | None = None
    scale: float = 1.0
    part: int = 0


Candidates = tuple[tuple[str, float], ...]
"""What a cell may say, likeliest first, each with its probability."""


@dataclass(frozen=True, slots=True)
class ScanDocument(Document):
    """A Document of pictures. `candidates` holds, for the figures read with less than certainty, what they may say."""

    candidates: Mapping[Place, Candidates] = field(default_factory=dict)


def read(pictures: Sequence[Picture]) -> ScanDocument:
    """Read pages in their order; tables that go on over a page's end are joined.

    Raises MissingPart without the `ocr` extra, Unreadable for damaged pictures, TooComplex for huge ones.
    """
    try:
        from extract import scan_document  # the optional packages are imported here and nowhere before
    except ImportError as error:
        raise MissingPart(f"reading pictures needs {error.name}: pip install 'nianbao[ocr]'") from error
    return scan_document.read(pictures)


def read_image(content: bytes, part: int = 0) -> ScanDocument:
    """Read a picture file: a scan, a screenshot (also a very long one), a TIFF of several pages."""
    return read([Picture(content, part=part)])
