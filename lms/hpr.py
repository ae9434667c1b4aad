"""HPR numbers, by which the register of health personnel knows a doctor: digits, at most nine, compared without leading
zeros (DOMAIN.md 9). Pure."""

from __future__ import annotations

from lms.verdict import No, because

DIGITS_MAX = 9
DIGITS = frozenset("0123456789")  # those of ASCII: no register writes its numbers in another alphabet's


def read_hpr(typed: str) -> str | No:
    """The number as it is kept, without leading zeros; blanks between the digits are forgiven.

    **Decided**: the nine digits are those that were typed, zeros among them. `No`: `hpr-missing`, `hpr-not-digits`,
    `hpr-too-long`, `hpr-zero`.
    """
    digits = "".join(typed.split())
    if not digits:
        return No((because("hpr-missing"),))
    if not DIGITS.issuperset(digits):
        return No((because("hpr-not-digits"),))
    if len(digits) > DIGITS_MAX:
        return No((because("hpr-too-long", most=DIGITS_MAX),))
    return digits.lstrip("0") or No((because("hpr-zero"),))
