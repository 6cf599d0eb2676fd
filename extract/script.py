"""Traditional characters to simplified ones, for comparing labels; what is stored stays as printed."""

from __future__ import annotations

import re
from functools import cache

from opencc import OpenCC

_TRADITIONAL = re.compile(
    r"[個們來債價億優傳傷僅償兒內兩冊冪凍劃則創動務勞勢區協單卷參員問啟嗎嘗報場塊壞執備夠學實審寫對導將專屬帶幫復應懷態慣戰戶據掛損換撥擔擇擬數斷時曆書會條業構標機檔權歸歲歷殘決況沒測準滿漲無營爭狀獎現環產當發盡監盤確種稱積穩競筆節範類糾約級紅紀純納給統經維綜網線緊編縣總績繼續罰義聯職臨與舊艱藝處號衛補製複規視覺計訂訊訓記訟設許訴診評詢該詳認語說課調請論證議護讓負財貨責費資賠質購轉農適遞選還邊郵醫釋鎮鎖錄鐵閉開間關隊際難電靜須預領題顯風飛養驗體點黨齊]"
)


@cache
def _converter() -> OpenCC:
    return OpenCC("t2s")


def is_traditional(text: str) -> bool:
    """Whether the text holds a character that simplified Chinese does not use."""
    return bool(_TRADITIONAL.search(text))


def simplify(text: str) -> str:
    """The text in simplified characters; unchanged where it holds no traditional one."""
    return str(_converter().convert(text)) if _TRADITIONAL.search(text) else text
