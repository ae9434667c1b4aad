"""Companies as they are told of: the organisation number with its check digit, and when two names are one company."""

from __future__ import annotations

import re

from lms.ids import search_key
from lms.verdict import No, because

DIGITS = 9
WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2)
"""Brønnøysundregistrene: the ninth digit is a check digit, modulus 11 with these weights on the first eight."""

# What stands in a company's name for its form, and says nothing about which company it is.
_FORMS = frozenset({"as", "asa", "sa", "ans", "da", "enk", "ba", "kf", "iks", "sf", "hf"})
_NO_LETTER = re.compile(r"[^\w]+")


def organisation_number(text: str) -> str | No:
    """The nine digits of a number as typed, with blanks anywhere; or what is wrong with it."""
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdigit()):
        return No((because("organisation-number-letters"),))
    if len(digits) != DIGITS:
        return No((because("organisation-number-length", given=len(digits), needed=DIGITS),))
    if check_digit(digits[:-1]) != int(digits[-1]):
        return No((because("organisation-number-check"),))
    return digits


def check_digit(first_eight: str) -> int | None:
    """The ninth digit that belongs to eight; None where there is none (the remainder is one)."""
    rest = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, first_eight, strict=True)) % 11
    return None if rest == 1 else (11 - rest) % 11


def spaced(number: str) -> str:
    """974 760 673, as the registers write it."""
    return f"{number[:3]} {number[3:6]} {number[6:]}"


def name_key(name: str) -> str:
    """A company's name as it is compared: without case, signs and the word for its form."""
    words = _NO_LETTER.sub(" ", search_key(name)).split()
    telling = [word for word in words if word not in _FORMS]
    return " ".join(telling or words)


def same_company(name: str, number: str | None, other_name: str, other_number: str | None) -> bool:
    """Whether two companies are one: by their numbers where both have one, else by their names."""
    if number and other_number:
        return number == other_number
    return name_key(name) == name_key(other_name)
