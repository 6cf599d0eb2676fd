"""The calls of pdfium that reading needs, with handles as plain integers.

pypdfium2's bindings make a Python object of every pointer that they return. A page has thousands of characters and objects;
prototypes that return integers are a third faster and their results can be used as keys.
pdfium is not thread-safe: one process reads one document at a time.
"""

from __future__ import annotations

from collections.abc import Callable
from ctypes import PYFUNCTYPE, c_float, c_int, c_uint, c_void_p, cast
from typing import Any

import pypdfium2.raw as raw  # type: ignore[import-untyped]  # pypdfium2 ships no types

TEXT, PATH, IMAGE, SHADING, FORM = 1, 2, 3, 4, 5
"""Types of page objects."""
INVISIBLE_MODES = (3, 7)
"""Text rendering modes that paint nothing."""


def _call(name: str, result: Any, *arguments: Any) -> Callable[..., Any]:  # noqa: ANN401  # ctypes types have no common name
    return PYFUNCTYPE(result, *arguments)(cast(getattr(raw, name), c_void_p).value or 0)


_P, _I, _U, _F = c_void_p, c_int, c_uint, c_float

count_objects = _call("FPDFPage_CountObjects", _I, _P)
get_object = _call("FPDFPage_GetObject", _P, _P, _I)
count_form_objects = _call("FPDFFormObj_CountObjects", _I, _P)
get_form_object = _call("FPDFFormObj_GetObject", _P, _P, _U)
object_type = _call("FPDFPageObj_GetType", _I, _P)
object_matrix = _call("FPDFPageObj_GetMatrix", _I, _P, _P)
object_bounds = _call("FPDFPageObj_GetBounds", _I, _P, _P, _P, _P, _P)
fill_color = _call("FPDFPageObj_GetFillColor", _I, _P, _P, _P, _P, _P)
stroke_color = _call("FPDFPageObj_GetStrokeColor", _I, _P, _P, _P, _P, _P)
stroke_width = _call("FPDFPageObj_GetStrokeWidth", _I, _P, _P)
is_transparent = _call("FPDFPageObj_HasTransparency", _I, _P)
text_mode = _call("FPDFTextObj_GetTextRenderMode", _I, _P)

draw_mode = _call("FPDFPath_GetDrawMode", _I, _P, _P, _P)
count_segments = _call("FPDFPath_CountSegments", _I, _P)
get_segment = _call("FPDFPath_GetPathSegment", _P, _P, _I)
segment_type = _call("FPDFPathSegment_GetType", _I, _P)
segment_point = _call("FPDFPathSegment_GetPoint", _I, _P, _P, _P)
segment_closes = _call("FPDFPathSegment_GetClose", _I, _P)

clip_path = _call("FPDFPageObj_GetClipPath", _P, _P)
count_clips = _call("FPDFClipPath_CountPaths", _I, _P)
count_clip_segments = _call("FPDFClipPath_CountPathSegments", _I, _P, _I)
get_clip_segment = _call("FPDFClipPath_GetPathSegment", _P, _P, _I, _I)

page_box = _call("FPDF_GetPageBoundingBox", _I, _P, _P)
page_rotation = _call("FPDFPage_GetRotation", _I, _P)

load_text = _call("FPDFText_LoadPage", _P, _P)
close_text = _call("FPDFText_ClosePage", None, _P)
count_characters = _call("FPDFText_CountChars", _I, _P)
character = _call("FPDFText_GetUnicode", _U, _P, _I)
characters = _call("FPDFText_GetText", _I, _P, _I, _I, _P)
character_box = _call("FPDFText_GetLooseCharBox", _I, _P, _I, _P)
character_origin = _call("FPDFText_GetCharOrigin", _I, _P, _I, _P, _P)
character_ink = _call("FPDFText_GetCharBox", _I, _P, _I, _P, _P, _P, _P)
character_object = _call("FPDFText_GetTextObject", _P, _P, _I)
character_unmapped = _call("FPDFText_HasUnicodeMapError", _I, _P, _I)


def address(pointer: Any) -> int:  # noqa: ANN401  # any of pypdfium2's pointers
    """A handle of pypdfium2 as an integer."""
    return cast(pointer, c_void_p).value or 0
