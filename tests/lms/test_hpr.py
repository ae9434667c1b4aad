"""HPR numbers: digits, at most nine, compared without leading zeros."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.hpr import DIGITS_MAX, read_hpr
from lms.verdict import No


def code(typed: str) -> str:
    said = read_hpr(typed)
    assert isinstance(said, No)
    return said.reasons[0].code


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1234567", "1234567"),
        ("0001234", "1234"),
        ("123 45 67", "1234567"),
        (" 9144\N{NO-BREAK SPACE}889 ", "9144889"),
        ("999999999", "999999999"),
        ("000000001", "1"),
    ],
)
def test_a_number_has_one_way_to_be_kept(typed: str, kept: str) -> None:
    assert read_hpr(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "hpr-missing"),
        ("   ", "hpr-missing"),
        ("0", "hpr-zero"),
        ("000000000", "hpr-zero"),
        ("1234567890", "hpr-too-long"),
        ("0123456789", "hpr-too-long"),  # ten digits are ten digits
        ("12a4567", "hpr-not-digits"),
        ("-1234567", "hpr-not-digits"),
        ("1234567.0", "hpr-not-digits"),
        ("1e7", "hpr-not-digits"),
        ("１２３４５６７", "hpr-not-digits"),  # other alphabets' digits are no number of a register
        ("١٢٣٤٥", "hpr-not-digits"),
        ("12²", "hpr-not-digits"),
        ("1' OR '1'='1", "hpr-not-digits"),
        ("123\x0045", "hpr-not-digits"),
        ("1234\u200b567", "hpr-not-digits"),
        ("HPR 1234567", "hpr-not-digits"),
    ],
)
def test_what_is_no_number_is_told_why(typed: str, why: str) -> None:
    assert code(typed) == why


@given(st.text(max_size=40))
def test_whatever_is_typed_is_refused_or_kept_in_its_one_form(typed: str) -> None:
    kept = read_hpr(typed)
    if isinstance(kept, No):
        return
    assert kept.isascii()
    assert kept.isdigit()
    assert 1 <= len(kept) <= DIGITS_MAX
    assert not kept.startswith("0")
    assert read_hpr(kept) == kept


@given(st.integers(1, 999_999_999), st.integers(0, 8))
def test_leading_zeros_change_nothing(number: int, zeros: int) -> None:
    typed = str(number).rjust(min(DIGITS_MAX, len(str(number)) + zeros), "0")
    assert read_hpr(typed) == str(number)
