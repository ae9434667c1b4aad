"""Identifiers: random tokens and their stored form, and Norwegian sort and search keys."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata

TOKEN_BYTES = 24  # 192 bits
ROW_ID_MAX = 2**31 - 1  # what the databases keep; a larger number in an address names nothing

# The alphabet's end in Norwegian: æ, ø, å; "aa" in a name is an old å. The placeholders sort after z.
_ORDER = str.maketrans({"æ": "{a", "ä": "{a", "ø": "{b", "ö": "{b", "å": "{c"})


def new_token() -> str:
    """A fresh secret for a link or a cookie: URL-safe, at least 128 bits."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is stored of a token: its SHA-256 in hex. The token itself is never kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def sort_key(name: str) -> str:
    """A key that sorts names as a Norwegian list does, by family name first: Åsen after Østby, Aasen with Åsen."""
    folded = unicodedata.normalize("NFC", name).casefold().split()
    ordered = " ".join(folded[-1:] + folded[:-1]).replace("aa", "å").translate(_ORDER)
    return _without_accents(ordered)


def text_key(text: str) -> str:
    """A key that sorts words as a Norwegian dictionary does: æ, ø, å last, aa with å."""
    folded = " ".join(unicodedata.normalize("NFC", text).casefold().split())
    return _without_accents(folded.replace("aa", "å").translate(_ORDER))


def search_key(text: str) -> str:
    """A key for finding text as people type it: case and accents ignored, æ, ø and å kept apart."""
    folded = " ".join(unicodedata.normalize("NFC", text.replace("\0", "")).casefold().split()).replace("aa", "å")
    return _without_accents(folded)


def _without_accents(text: str) -> str:
    kept = {"å": "å", "æ": "æ", "ø": "ø"}
    return "".join(kept.get(letter) or unicodedata.normalize("NFD", letter)[0] for letter in text)
