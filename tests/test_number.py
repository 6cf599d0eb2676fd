"""What a printed cell says: its value, or openly nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.number import fits, parse


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        *(("0", "0"), (" 1\u00a0", "1"), ("１２", "12"), ("1,234", "1234"), ("1，234", "1234"), ("1 6", "16"), ("1 234", "1234")),
        *(("+19", "19"), ("−18", "-18"), ("－18", "-18"), ("-3", "-3"), ("0.04", "0.04"), ("75.9260", "75.926"), ("零", "0"), ("〇", "0")),
        *(("5\u200b", "5"), ("1\u3000", "1"), ("0.0400000", "0.04")),
    ],
)
def test_numbers_in_every_spelling_are_read(raw: str, value: str) -> None:
    """Full width, separators, blanks inside, signs of every kind."""
    assert parse(raw) == (Decimal(value), "number", None, None)


@pytest.mark.parametrize("raw", ["", " ", "\u00a0", "\u3000\n", "\u200b", "\ufeff", "\t"])
def test_what_prints_nothing_is_blank(raw: str) -> None:
    """Blank is not zero."""
    assert parse(raw).state == "blank"


@pytest.mark.parametrize("raw", ["-", "–", "—", "——", "－", "/", "／", "无", " — ", "\\", "－－"])
def test_a_dash_is_no_number(raw: str) -> None:
    """A dash says that there is nothing to say."""
    assert parse(raw)[:2] == (None, "dash")


@pytest.mark.parametrize(
    ("raw", "value", "unit", "note"),
    [
        ("251000元", "251000", "元", None),
        ("73802895.90元", "73802895.90", "元", None),
        ("24252.311082万元", "24252.311082", "万元", None),
        ("5件", "5", "件", None),
        ("12（件）", "12", "件", None),
        ("22（其中修订16件）", "22", None, "其中修订16件"),
        ("1件（含1件）", "1", "件", "含1件"),
        ("5①", "5", None, "①"),
        ("1²", "1", None, "²"),
    ],
)
def test_units_and_notes_in_the_cell_are_kept_apart(raw: str, value: str, unit: str | None, note: str | None) -> None:
    """The number is the number; what else the cell says is not lost, and a note mark is no digit."""
    assert parse(raw) == (Decimal(value), "number", unit, note)


@pytest.mark.parametrize(
    "raw",
    ["O", "l", "1\n6", "1.2.3", "12,34", "1,23", "95%", "(5)", "1e5", "1-2", "见附件", "1.1234567", "9" * 19, "٣", "3.", "万", "3万", "一"],
)
def test_what_is_not_surely_one_number_is_unreadable(raw: str) -> None:
    """Two lines of digits, odd grouping, more digits than the type holds, other scripts: never guessed, never rounded."""
    assert parse(raw)[:2] == (None, "unreadable")


@given(st.integers(0, 10**18 - 1))
def test_every_count_that_fits_is_read_back(n: int) -> None:
    """Plain, grouped and full-width digits say the same number."""
    wide = "".join(chr(ord(ch) + 0xFEE0) for ch in str(n))
    assert {parse(text).value for text in (str(n), f"{n:,}", wide, f" {n} ")} == {Decimal(n)}


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**17), max_value=10**17, places=6))
def test_every_amount_that_fits_is_read_exactly(amount: Decimal) -> None:
    """Six decimals are kept, none rounded."""
    assert fits(amount)
    assert parse(format(amount, "f")).value == amount


@given(st.text(max_size=12))
def test_no_text_makes_the_parser_fail_or_invent(text: str) -> None:
    """A value stands only where the state is number, and then there was a digit or 零."""
    number = parse(text)
    assert (number.value is not None) == (number.state == "number")
    if number.value is not None:
        assert any(ch.isdecimal() for ch in text) or text.strip() in ("零", "〇")
