"""Answers that are typed: numbers and short texts as people write them."""

from __future__ import annotations

import re
from decimal import Decimal
from unicodedata import category, normalize

TEXT_MAX_CHARS = 200
"""A typed answer is no longer than this."""

MINUS = "\N{MINUS SIGN}"
HARD_SPACE = "\N{NO-BREAK SPACE}"

NUMBER = re.compile(r"-?(?:[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:[.,][0-9]+)?(?: ?%)?")
PLAIN = str.maketrans(
    {MINUS: "-", HARD_SPACE: " ", "\N{NARROW NO-BREAK SPACE}": " ", "\N{THIN SPACE}": " ", "\N{FIGURE SPACE}": " "}
)


def read_number(text: str) -> Decimal | None:
    """The number somebody has typed, exactly, or None for what is no number.

    «1 000,5», «1000.5», «−3», «36 %»: a comma or a point before decimals, spaces between groups of three digits, a
    minus, white space around, a per cent sign after (36 % is 36: the question asks for per cent).
    """
    plain = text.translate(PLAIN).strip()
    if len(text) > TEXT_MAX_CHARS or not NUMBER.fullmatch(plain):
        return None
    return Decimal(plain.rstrip(" %").replace(" ", "").replace(",", "."))


def shown_number(value: Decimal) -> str:
    """A number as one writes it in Norway: −12 500,5, with hard spaces; all its decimals."""
    text = f"{value:,f}"
    return text.replace(",", HARD_SPACE).replace(".", ",").replace("-", MINUS)


def folded(text: str) -> str:
    """A short text without what does not matter: two are the same answer when they fold to the same.

    Compatibility forms (NFKC), upper and lower case, amounts of white space and one full stop at the end.
    """
    plain = normalize("NFKC", normalize("NFKC", text).casefold())
    return " ".join(plain.split()).removesuffix(".").rstrip()


def visible(text: str) -> str:
    """A text with a space for each character that nobody sees and no page can show (control, half a surrogate)."""
    return "".join(" " if category(sign) in ("Cc", "Cs") else sign for sign in text)
