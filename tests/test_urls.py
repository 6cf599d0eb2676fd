"""One spelling for one address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.urls import authority_of, clean, other_scheme


@pytest.mark.parametrize(
    ("given_as", "asked_as"),
    [
        ("HTTP://WWW.A.gov.CN", "http://www.a.gov.cn/"),
        ("http://a.gov.cn:80/x#y", "http://a.gov.cn/x"),
        ("https://a.gov.cn:443/x", "https://a.gov.cn/x"),
        ("http://a.gov.cn:8080/x", "http://a.gov.cn:8080/x"),
        (" http://a.gov.cn/a b\n", "http://a.gov.cn/a%20b"),
        ("http://a.gov.cn/公开?q=年", "http://a.gov.cn/%E5%85%AC%E5%BC%80?q=%E5%B9%B4"),
        ("http://a.gov.cn/%B9%AB?q=%b9", "http://a.gov.cn/%B9%AB?q=%b9"),
        ("http://a.gov.cn/a/../b/./c", "http://a.gov.cn/b/c"),
        ("http://a.gov.cn/../x", "http://a.gov.cn/x"),
        ("http://a.gov.cn./x", "http://a.gov.cn/x"),
        ("http://user:pass@a.gov.cn/x", "http://a.gov.cn/x"),
        ("http://政府.cn/", "http://xn--mxtq1m.cn/"),
        ("http://[::1]:81/x", "http://[::1]:81/x"),
        ('http://a.gov.cn/<"x">', "http://a.gov.cn/%3C%22x%22%3E"),
        ("http://a.gov.cn/a?b=c&d=e;f=(1)", "http://a.gov.cn/a?b=c&d=e;f=(1)"),
        ("http://a.gov.cn?x=1", "http://a.gov.cn/?x=1"),
    ],
)
def test_addresses_are_asked_for_in_one_spelling(given_as: str, asked_as: str) -> None:
    """No fragment, no default port, nothing unescaped; escapes that are there keep their bytes."""
    assert clean(given_as) == asked_as
    assert clean(asked_as) == asked_as


@pytest.mark.parametrize(
    "url", ["", "http://", "/x", "mailto:a@b", "http://:80/", "http://a.gov.cn:x/", "http://a.gov.cn:99999/", "http://[::1/"]
)
def test_what_has_no_host_is_no_address(url: str) -> None:
    """ValueError, with the reason."""
    with pytest.raises(ValueError, match=r"."):
        clean(url)


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing(path: str) -> None:
    """Whatever stands behind the host."""
    once = clean(f"http://a.gov.cn/{path}")
    assert clean(once) == once
    assert once.isascii()
    assert authority_of(once) == "a.gov.cn"


def test_the_other_scheme_stands_in_only_for_the_usual_ports() -> None:
    """A server on a port of its own speaks one language."""
    assert other_scheme("http://a.gov.cn/x?y") == "https://a.gov.cn/x?y"
    assert other_scheme("https://a.gov.cn/") == "http://a.gov.cn/"
    assert other_scheme("http://a.gov.cn:8080/") is None
