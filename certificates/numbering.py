"""Codes to check a certificate by: printed ones a person can type, long ones a camera reads; and certificate numbers.

A printed code is eleven random symbols and a check symbol, `K7PM-4XQT-9RWD`. Of letters and digits that look alike only
one is used, and what is typed is folded onto it, so that no reading of the paper is wrong. The alphabet has 29 symbols,
a prime, so that a weighted sum finds every single wrong symbol and every two that changed places.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from urllib.parse import unquote

ALPHABET = "0123456789ACDEFGHJKMNPQRTVWXY"
LENGTH = 12  # eleven random symbols (53 bits, behind a throttle) and the check symbol
PRINT_CODES = len(ALPHABET) ** (LENGTH - 1)
GROUP = 4
LOOK_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "B": "8", "U": "V", "Ø": "0"})
NUMBER_PREFIX = "HIA"
A_NUMBER = re.compile(rf"{NUMBER_PREFIX}\W*\d{{4}}\W*\d{{6}}", re.IGNORECASE)
TYPED_LENGTH_MAX = 300


class Slip(StrEnum):
    """What can be seen to be wrong with what somebody typed, without asking whether there is such a certificate."""

    SYMBOL = "symbol"
    NUMBER = "number"


def print_code(number: int) -> str:
    """The code for paper that stands for a (secret, random) number below `PRINT_CODES`, in groups of four."""
    symbols = ""
    for _ in range(LENGTH - 1):
        number, place = divmod(number, len(ALPHABET))
        symbols += ALPHABET[place]
    return grouped(symbols + check_symbol(symbols))


def check_symbol(symbols: str) -> str:
    """The last symbol: the sum of the others, each weighted by its place, modulo 29."""
    return ALPHABET[sum(place * ALPHABET.index(symbol) for place, symbol in enumerate(symbols, 1)) % len(ALPHABET)]


def read_print_code(typed: str) -> str | None:
    """What somebody typed, as it is kept; None when it cannot be one of ours. Forgives spaces, case, look-alikes."""
    symbols = _symbols(typed)
    if len(symbols) != LENGTH or any(symbol not in ALPHABET for symbol in symbols):
        return None
    return grouped(symbols) if check_symbol(symbols[:-1]) == symbols[-1] else None


def slip(typed: str) -> Slip | None:
    """What is wrong with what was typed: one symbol of a printed code at least, or it is a certificate's number."""
    if A_NUMBER.fullmatch(typed):
        return Slip.NUMBER
    return Slip.SYMBOL if len(_symbols(typed)) == LENGTH and read_print_code(typed) is None else None


def _symbols(typed: str) -> str:
    """The letters and digits of what was typed, each folded onto the one of its look-alikes that is used."""
    plain = unicodedata.normalize("NFKC", typed)
    return re.sub(r"[\W_]", "", plain).upper().translate(LOOK_ALIKE)


def grouped(symbols: str) -> str:
    """Symbols in groups of four."""
    return "-".join(symbols[start : start + GROUP] for start in range(0, len(symbols), GROUP))


def typed_code(raw: str) -> str:
    """What somebody pasted, without blanks around it and, where it is the whole address, the code at its end."""
    text = raw.replace("\0", "").strip()[:TYPED_LENGTH_MAX]  # PostgreSQL keeps no NUL
    if "/verify/" in text:
        text = unquote(text.rpartition("/verify/")[2].partition("?")[0].partition("#")[0])
    return text.replace("\0", "").strip().strip("/")


def number_of(year: int, place: int) -> str:
    """The certificate number: HIA-2026-000123."""
    return f"{NUMBER_PREFIX}-{year}-{place:06d}"
