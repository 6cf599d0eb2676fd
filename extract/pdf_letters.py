"""Letters as fonts name them → letters as people type them: radicals, compatibility forms, ligatures, vertical punctuation."""

from __future__ import annotations

import unicodedata

_RADICALS = (
    "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇几⺉刂⺊卜⺌小⺍小⺎兀⺏尣⺐尢⺒巳⺓幺⺔彑⺕彐⺖忄⺗㣺⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭"
    "⺩王⺪疋⺫目⺬示⺭礻⺮竹⺯糹⺰纟⺱罓⺲罒⺵罓⺶羊⺷羊⺸羊⺹耂⺺肀⺻聿⺼月⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车"
    "⻌辶⻍辶⻎辶⻏阝⻐钅⻑長⻒镸⻓长⻔门⻕阜⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞飠⻟飠⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐"
    "⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"
)
"""CJK Radicals Supplement and the ideographs that fonts draw with them; Unicode's own normalisation leaves all but two alone."""

_COMPATIBILITY = ((0x2F00, 0x2FD5), (0xF900, 0xFAFF), (0xFB00, 0xFB06), (0xFE30, 0xFE4F), (0x2F800, 0x2FA1F))
"""Kangxi radicals, compatibility ideographs, Latin ligatures, vertical forms: what NFKC maps to plain letters."""

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""Stands for a printed character whose meaning the document does not give."""


def _table() -> dict[int, str]:
    letters = dict(zip(map(ord, _RADICALS[::2]), _RADICALS[1::2], strict=True))
    for first, last in _COMPATIBILITY:
        letters |= {code: unicodedata.normalize("NFKC", chr(code)) for code in range(first, last + 1)}
    blanks = (*range(0x21), 0x7F, 0xA0, 0x3000, 0xFEFF, *range(0x2000, 0x2010), 0x2028, 0x2029, 0x202F, 0x205F, 0x2060)
    letters |= dict.fromkeys(blanks, "")
    # fonts draw U+00AD as a hyphen, and pdfium reports hyphens at line ends as 2: dropping either could turn -18 into 18
    letters |= {0x02: "-", 0xAD: "-", 0xFFFE: "-", 0xFFFF: UNREADABLE, 0xFFFD: UNREADABLE, 0xFE63: "-", 0x2010: "-", 0x2011: "-"}
    return letters | dict.fromkeys(range(0xE000, 0xF900), UNREADABLE)


LETTERS = _table()
"""Code point → letter as read; "" for what prints nothing; other code points stand for themselves."""


def plain(text: str) -> str:
    """Text with every letter as people type it; spaces kept."""
    return "".join(character if character.isspace() else LETTERS.get(ord(character), character) for character in text)
