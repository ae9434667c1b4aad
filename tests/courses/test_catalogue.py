"""Finding one's way in a course, and how long it takes to read."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.catalogue import (
    WORDS_PER_MINUTE,
    count_words,
    lessons,
    locate,
    next_lesson,
    previous_lesson,
    reading_minutes,
)


@dataclass(frozen=True)
class Page:
    id: str
    title: str = ""
    words: int = 100
    minutes: int = 1


@dataclass(frozen=True)
class Part:
    id: str
    lessons: tuple[Page, ...]


@dataclass(frozen=True)
class Book:
    modules: tuple[Part, ...]


BOOK = Book((Part("rygg", (Page("skive"), Page("smerte"))), Part("tom", ()), Part("psyke", (Page("angst"),))))


def test_lessons_follow_each_other_across_modules_and_empty_ones() -> None:
    assert next_lesson(BOOK, "smerte") == Page("angst")
    assert previous_lesson(BOOK, "angst") == Page("smerte")


def test_there_is_nothing_before_the_first_or_after_the_last_or_beside_the_unknown() -> None:
    assert previous_lesson(BOOK, "skive") is None
    assert next_lesson(BOOK, "angst") is None
    assert next_lesson(BOOK, "finnes-ikke") is None
    assert previous_lesson(BOOK, "finnes-ikke") is None


def test_a_place_knows_its_module_and_its_number_there() -> None:
    place = locate(BOOK, "smerte")
    assert place is not None
    assert (place.module.id, place.lesson.id, place.number, place.of) == ("rygg", "smerte", 2, 2)
    assert locate(BOOK, "finnes-ikke") is None


@given(st.lists(st.integers(0, 4), max_size=6))
def test_walking_forward_and_back_meets_every_lesson_once(sizes: list[int]) -> None:
    book = Book(tuple(Part(f"m{m}", tuple(Page(f"m{m}-{n}") for n in range(size))) for m, size in enumerate(sizes)))
    ordered = lessons(book)
    assert len(ordered) == sum(sizes)
    for before, after in zip(ordered, ordered[1:], strict=False):
        assert next_lesson(book, before.id) is after
        assert previous_lesson(book, after.id) is before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("- - * # |---|", 0),
        ("Ikke-skademodellen er én ting.", 4),
        ("3,5 prosent, kl. 12:30, 5–10 år", 6),
        ("[to ord](https://nav.no/med/mange/ord)", 2),
        ('![Alt tekst](fil-navn.svg "Kort bildetekst")', 4),
        ("## Tittel {#et-langt-anker}", 1),
        ("<https://nav.no/a> e-post", 1),
    ],
)
def test_words_are_what_is_read_and_not_addresses_or_marks(text: str, words: int) -> None:
    assert count_words(text) == words


@given(st.integers(0, 10**6))
def test_reading_time_is_rounded_up_and_never_nothing(words: int) -> None:
    minutes = reading_minutes(words)
    assert minutes >= 1
    assert minutes * WORDS_PER_MINUTE >= words
    assert minutes == 1 or (minutes - 1) * WORDS_PER_MINUTE < words
