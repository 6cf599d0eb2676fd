"""The control words of RTF that stand for letters or begin destinations, and its font character sets."""

from __future__ import annotations

CHARSETS = {134: "gb18030", 136: "big5", 128: "cp932", 129: "cp949", 204: "cp1251", 161: "cp1253", 238: "cp1250", 77: "mac_roman"}
ASIAN = frozenset(("gb18030", "big5", "cp932", "cp949"))
PRINTED = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ", "softline": "\n", "lbr": "\n",
}  # fmt: skip
SYMBOLS = {b"~": "\u00a0", b"_": "-", b"{": "{", b"}": "}", b"\\": "\\"}
SEALED = frozenset(
    [
        *("fonttbl", "colortbl", "stylesheet", "info", "header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr"),
        *("footerf", "ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "nonesttables", "shprslt", "nonshppict", "fldinst", "xe", "tc"),
        *("rxe", "comment", "sp"),
    ]
)
"""Destinations of which nothing is part of the page's text."""

SILENT = frozenset(["pict", "object", "upr"])
"""Destinations that may hold some that are."""

LOUD = frozenset(
    ["shpinst", "shptxt", "nesttableprops", "fldrslt", "ud", "shpgrp", "dptxbxtext", "result", "listtext", "pntext", "title", "moMath"]
)
"""Destinations that are read although they are marked as skippable, or stand inside a silent one."""

QUIET_LOUD = frozenset(["nesttableprops", "listtext", "pntext", "fldrslt", "title"])
"""Those that leave a silence as it is."""
