"""A pasted list of names or addresses, and whom it names: each line is matched, or told why not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

_SEPARATORS = re.compile(r"[\n;]+")
_ADDRESS = re.compile(r"[^\s<>(),;:\"]+@[^\s<>(),;:\"]+")
_BEFORE_A_NAME = re.compile(r"^[\s\d.)•*–-]+")


class Unmatched(StrEnum):
    """Why a line names nobody."""

    UNKNOWN = "unknown"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A person a list could mean; `key` is the name as `ids.search_key` has it."""

    id: int
    key: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """Whom a list names, each once, and the lines that name nobody for certain, as they were pasted."""

    people: tuple[int, ...]
    unmatched: tuple[tuple[str, Unmatched], ...]


def lines_of(pasted: str) -> tuple[str, ...]:
    """The entries of a pasted list: one a line, or parted by semicolons as mail programs do."""
    entries = (entry.strip(" \t,") for entry in _SEPARATORS.split(pasted))
    return tuple(entry for entry in entries if entry)


def match(lines: Sequence[str], known: Sequence[Known], key_of: Callable[[str], str]) -> Matched:
    """Whom the lines name, by address where there is one, else by the whole name, also as "Åsen, Kari"; numbers and
    bullets before a name are no part of it.

    A name that several people have names nobody: they must be ticked by hand. An address that is unknown isn't
    guessed at by the name beside it.
    """
    found: dict[int, None] = {}
    left: list[tuple[str, Unmatched]] = []
    for line in lines:
        address = _ADDRESS.search(line)
        if address is not None:
            those = [person for person in known if person.email == address.group().lower().rstrip(".")]
        else:
            name = _BEFORE_A_NAME.sub("", line)
            keys = {key_of(name), key_of(" ".join(reversed([part.strip() for part in name.split(",", 1)])))}
            those = [person for person in known if person.key in keys]
        if len(those) == 1:
            found[those[0].id] = None
        else:
            left.append((line, Unmatched.SEVERAL if those else Unmatched.UNKNOWN))
    return Matched(people=tuple(found), unmatched=tuple(left))
