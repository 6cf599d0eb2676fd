"""Text from bytes: what the bytes prove goes before what header and page declare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.decode import decode, encoding_of, text
from tests.archived import captured

WORDS = "沙湾市金沟河镇：朱镕基、喆堃㎡–·〇䶮"


@pytest.mark.parametrize("label", ["gb2312", "GBK", "gb18030", "x-gbk", "GB_2312-80", "gb2312-80", "cp936", "windows-936", "GB2312"])
@pytest.mark.parametrize("where", ["header", "meta", "http-equiv", "xml"])
def test_every_gb_label_means_gb18030(label: str, where: str) -> None:
    """Characters beyond the declared set survive, four-byte ones too."""
    heads = {
        "header": "<html>",
        "meta": f'<meta charset="{label}">',
        "http-equiv": f"<META content='text/html; charset={label}' http-equiv=Content-Type>",
        "xml": f'<?xml version="1.0" encoding="{label}"?>',
    }
    media_type = f"text/html; charset={label}" if where == "header" else "text/html"
    assert WORDS in decode(f"{heads[where]}<p>{WORDS}</p>".encode("gb18030"), media_type)


@pytest.mark.parametrize("declared", ["gb2312", "iso-8859-1", "big5", "utf-8", "nonsense", ""])
def test_bytes_that_are_utf8_are_utf8(declared: str) -> None:
    """Whatever anyone declares."""
    body = f'<meta charset="{declared}"><p>{WORDS}</p>'.encode()
    assert WORDS in decode(body, f"text/html; charset={declared}")


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "nonsense", "us-ascii"])
def test_bytes_that_are_gb_are_gb_under_false_names(declared: str) -> None:
    """A header that says UTF-8, or the default that nobody chose."""
    body = f"<p>{WORDS * 3}</p>".encode("gb18030")
    assert WORDS in decode(body, f"text/html; charset={declared}")


def test_one_bad_byte_does_not_turn_a_page_of_utf8_into_gb() -> None:
    """It becomes a replacement character and the rest stays readable."""
    body = f"<p>{WORDS * 20}</p>".encode() + b"\xff" + WORDS.encode()
    assert decode(body).count(WORDS) == 21
    assert encoding_of(body, "text/html; charset=utf-8") == "utf-8"


@pytest.mark.parametrize(("codec", "mark"), [("utf-8-sig", ""), ("utf-16", ""), ("gb18030", "\ufeff")])
def test_a_byte_order_mark_decides(codec: str, mark: str) -> None:
    """Before every label."""
    assert WORDS in decode((mark + WORDS).encode(codec), "text/html; charset=big5")


def test_a_label_deep_in_the_page_is_found() -> None:
    """Some pages declare their charset after kilobytes of script."""
    body = ("<script>" + "x" * 5000 + f'</script><meta charset="big5"><p>{"縣政府" * 5}</p>').encode("big5")
    assert "縣政府" in decode(body)


def test_traditional_pages_are_read_as_declared() -> None:
    """Big5 is a label that someone chose."""
    assert "縣政府" in decode(f"<p>{'縣政府' * 5}</p>".encode("big5"), "text/html; charset=big5")


def test_a_body_cut_inside_a_character_is_still_utf8() -> None:
    """Bodies are cut by limits."""
    assert encoding_of(WORDS.encode()[:-1], "text/html; charset=gbk") == "utf-8"


def test_the_text_of_a_capture_uses_its_header() -> None:
    """As the server sent it."""
    body = "<p>公开</p>".encode("gb18030")
    assert text(captured(body=body, headers=(("content-type", "text/html; charset=GBK"),))) == "<p>公开</p>"


@given(st.binary(max_size=400), st.text(max_size=40))
def test_decoding_never_fails(body: bytes, media_type: str) -> None:
    """Any bytes under any header."""
    assert isinstance(decode(body, media_type), str)


@given(st.text(st.characters(codec="utf-8"), max_size=200))
def test_utf8_comes_back_as_it_was(words: str) -> None:
    """Unless it opens with a mark, which is no part of the text."""
    assert decode(words.encode()) == words.removeprefix("\ufeff")
