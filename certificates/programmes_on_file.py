"""The programmes as they ship with the platform, in `programmes/*.md`. Reads files.

What is in force is for `queries.programmes` to say: a changed file takes no effect by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from certificates.parsing import parse_programme
from certificates.programme import Programme
from lms.content import Problem

FOLDER = Path(__file__).parent / "programmes"


class UnreadableProgramme(Exception):
    """A programme file that cannot be used; `problems` says where and what to do."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeOnFile:
    """A programme with the text it was read from, and that text's SHA-256."""

    programme: Programme
    source: str
    digest: str


@cache
def all_on_file() -> tuple[ProgrammeOnFile, ...]:
    """Every programme that ships with the platform, by id. Raises `UnreadableProgramme`."""
    found = [read(path.read_text("utf-8"), path.name) for path in sorted(FOLDER.glob("*.md"))]
    return tuple(sorted(found, key=lambda each: each.programme.id))


def programmes() -> tuple[Programme, ...]:
    """Every programme that ships with the platform."""
    return tuple(each.programme for each in all_on_file())


def on_file(programme_id: str) -> ProgrammeOnFile:
    """One of them, with its source. Raises KeyError for an unknown one."""
    for each in all_on_file():
        if each.programme.id == programme_id:
            return each
    raise KeyError(programme_id)


def main_programme() -> Programme:
    """The programme that trains instructors, as it ships: for tests and measurements, where nothing is stored."""
    return on_file("instruktor").programme


def read(text: str, name: str) -> ProgrammeOnFile:
    """The programme a text describes; `name` stands before its problems. Raises `UnreadableProgramme`.

    Line ends and what stands after the last line are made alike: the same file is the same from every editor.
    """
    text = text.removeprefix("\ufeff").replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").rstrip() + "\n"
    report = parse_programme(text, name)
    if not report:
        raise UnreadableProgramme(report.problems)
    return ProgrammeOnFile(programme=report.items[0], source=text, digest=hashlib.sha256(text.encode()).hexdigest())
