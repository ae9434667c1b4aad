"""Organisation numbers against their rule by brute force, and when two names are one company."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.companies import check_digit, name_key, organisation_number, same_company, spaced
from lms.verdict import No

KNOWN = ("974760673", "889640782", "983971636", "971032081")  # Brønnøysundregistrene, NAV (two), Statens vegvesen


def is_valid(digits: str) -> bool:
    """The rule the other way round: with the check digit weighing one, the sum is a multiple of eleven."""
    weighted = sum(int(digit) * weight for digit, weight in zip(digits, (3, 2, 7, 6, 5, 4, 3, 2, 1), strict=True))
    return weighted % 11 == 0


@pytest.mark.parametrize("number", KNOWN)
def test_numbers_of_public_bodies_are_right_however_they_are_spaced(number: str) -> None:
    assert organisation_number(number) == number
    assert organisation_number(f" {spaced(number)}\N{NO-BREAK SPACE}") == number


@given(st.text("0123456789", min_size=9, max_size=9))
def test_any_nine_digits_are_right_exactly_when_the_weighted_sum_is_a_multiple_of_eleven(digits: str) -> None:
    assert (organisation_number(digits) == digits) is is_valid(digits)


def test_every_eight_digits_have_one_ninth_or_none() -> None:
    for number in range(80_000_000, 100_000_000, 997):
        eight = str(number)
        right = [digit for digit in "0123456789" if is_valid(eight + digit)]
        expected = check_digit(eight)
        assert right == ([] if expected is None else [str(expected)])


@pytest.mark.parametrize("number", KNOWN)
def test_one_wrong_digit_or_two_that_changed_places_are_always_seen(number: str) -> None:
    for place in range(9):
        for digit in "0123456789":
            if digit != number[place]:
                assert isinstance(organisation_number(number[:place] + digit + number[place + 1 :]), No)
        if place < 8 and number[place] != number[place + 1]:
            swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
            assert isinstance(organisation_number(swapped), No)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("NO974760673MVA", "organisation-number-letters"),
        ("974-760-673", "organisation-number-letters"),
        ("٩٧٤٧٦٠٦٧٣", "organisation-number-letters"),  # digits, and not ours
        ("97476067", "organisation-number-length"),
        ("9747606730", "organisation-number-length"),
        ("974760674", "organisation-number-check"),
    ],
)
def test_a_wrong_number_is_told_what_is_wrong_with_it(typed: str, code: str) -> None:
    problem = organisation_number(typed)
    assert isinstance(problem, No)
    assert [reason.code for reason in problem.reasons] == [code]


def test_a_company_is_known_again_without_its_form_case_and_signs_unless_the_numbers_differ() -> None:
    assert name_key("Verftet AS") == name_key(" VERFTET, as") == name_key("verftet")
    assert name_key("AS") == "as"
    assert same_company("Verftet AS", None, "Verftet", "974760673")
    assert same_company("Verftet", "974760673", "Noe helt annet", "974760673")
    assert not same_company("Verftet", "974760673", "Verftet", "889640782")
    assert not same_company("Verftet", None, "Værftet", None)
