"""The front matter of one file, read key by key into the types the catalogue wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

from lms.content import Entry, Problem

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
SLUG_MAX_CHARS = 80
FINGERPRINT = re.compile(r"[0-9a-f]{8}")
INVISIBLE = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")

E = TypeVar("E", bound=StrEnum)
V = TypeVar("V")


@dataclass(slots=True)
class Fields:
    """The front matter of one file, read key by key; what is wrong is told, and something harmless returned."""

    path: str
    entries: Mapping[str, Entry]
    problems: list[Problem]

    def tell(self, key: str, message: str) -> None:
        self.problems.append(Problem(self.path, self.line(key), message))

    def line(self, key: str) -> int:
        return self.entries[key].line if key in self.entries else 1

    def check_keys(self, expected: Collection[str], optional: Collection[str] = ()) -> None:
        """Tell of keys that are missing and of keys nobody knows."""
        for key in expected:
            if key not in self.entries:
                self.tell(key, f"mangler «{key}»: skriv «{key}: …» mellom --- og ---")
        for key in self.entries:
            if key not in expected and key not in optional:
                self.tell(key, f"ukjent nøkkel «{key}»: bruk bare {', '.join((*expected, *optional))}")

    def text(self, key: str) -> str:
        return self._converted(key, "en tekst uten usynlige tegn", _text) or ""

    def slug(self, key: str) -> str:
        return self._converted(key, "små bokstaver a–z, tall og bindestreker", _slug) or ""

    def fingerprint(self, key: str) -> str:
        """What a translation was made of (`courses.catalogue.fingerprint`)."""
        return self._converted(key, "åtte tegn 0–9 a–f, som `lms content stamp` skriver", _fingerprint) or ""

    def number(self, key: str, least: int, most: int) -> int:
        wanted = f"et helt tall fra {least} til {most}"
        return self._converted(key, wanted, lambda value: whole_number(value, least, most)) or 0

    def hours(self, key: str) -> Decimal:
        return self._converted(key, "timer over null, for eksempel 7,5", _hours) or Decimal(0)

    def share(self, key: str) -> Fraction:
        return self._converted(key, "en prosent fra 1 til 100, for eksempel 80 %", _share) or Fraction(0)

    def choice(self, key: str, choices: type[E]) -> E:
        known = {member.value: member for member in choices}
        return self._converted(key, f"en av {', '.join(known)}", known.get) or next(iter(choices))

    def slugs(self, key: str) -> dict[str, int]:
        """A list of slugs with the line of each."""
        entry = self.entries.get(key)
        if entry is None:
            return {}
        found: dict[str, int] = {}
        for one in entry.value if isinstance(entry.value, list) else ():
            if not isinstance(one.value, str) or _slug(one.value) is None or one.value in found:
                self.problems.append(Problem(self.path, one.line, f"«{key}» skal være ulike id-er: [en-id, en-annen]"))
            else:
                found[one.value] = one.line
        if not isinstance(entry.value, list) or not entry.value:
            self.tell(key, f"«{key}» skal være en liste med minst én id: [en-id, en-annen]")
        return found

    def mapping(self, key: str, *, least: int = 1) -> dict[str, Located]:
        """Slugs with a text each, and the line of each."""
        entry = self.entries.get(key)
        if entry is None:
            return {}
        found: dict[str, Located] = {}
        for name, one in entry.value.items() if isinstance(entry.value, dict) else ():
            if _slug(name) is None or not isinstance(one.value, str) or _text(one.value) is None:
                self.problems.append(Problem(self.path, one.line, f"under «{key}»: skriv en id, kolon og en tekst"))
            else:
                found[name] = Located(one.value.strip(), one.line)
        if not isinstance(entry.value, dict) or len(entry.value) < least:
            self.tell(key, f"«{key}» skal ha linjer under seg, rykket inn: en-id: tekst")
        return found

    def _converted(self, key: str, wanted: str, convert: Callable[[str], V | None]) -> V | None:
        entry = self.entries.get(key)
        if entry is None:
            return None
        result = convert(entry.value) if isinstance(entry.value, str) else None
        if result is None:
            self.tell(key, f"«{key}» skal være {wanted}")
        return result


@dataclass(frozen=True, slots=True)
class Located:
    """A text and the line it stands on."""

    value: str
    line: int


def _text(value: str) -> str | None:
    return value.strip() or None if INVISIBLE.search(value) is None else None


def _slug(value: str) -> str | None:
    return value if SLUG.fullmatch(value) and len(value) <= SLUG_MAX_CHARS else None


def _fingerprint(value: str) -> str | None:
    return value if FINGERPRINT.fullmatch(value) else None


def whole_number(value: str, least: int, most: int) -> int | None:
    plain = re.fullmatch(r"[0-9]{1,6}", value)
    return int(value) if plain and least <= int(value) <= most else None


def _hours(value: str) -> Decimal | None:
    plain = re.fullmatch(r"[0-9]{1,3}(?:[.,][0-9]{1,2})?", value)
    return (Decimal(value.replace(",", ".")) or None) if plain else None


def _share(value: str) -> Fraction | None:
    plain = re.fullmatch(r"([0-9]{1,3}(?:[.,][0-9]{1,2})?)\s*%", value)
    share = Fraction(plain[1].replace(",", ".")) / 100 if plain else Fraction(0)
    return share if 0 < share <= 1 else None
