"""How far one has come: shares, what is left and where to go on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courses.progress import Progress


@dataclass(frozen=True)
class Page:
    id: str
    words: int
    minutes: int
    title: str = ""


@dataclass(frozen=True)
class Part:
    id: str
    lessons: tuple[Page, ...]


@dataclass(frozen=True)
class Book:
    modules: tuple[Part, ...]


SKIVE, SMERTE, ANGST = Page("skive", 700, 4), Page("smerte", 500, 3), Page("angst", 900, 5)
RYGG, PSYKE = Part("rygg", (SKIVE, SMERTE)), Part("psyke", (ANGST,))
BOOK = Book((RYGG, PSYKE))


def having_done(*ids: str) -> Progress[Page]:
    return Progress(course=BOOK, done=frozenset(ids))


def test_a_beginner_has_everything_left_and_begins_at_the_beginning() -> None:
    progress = having_done()
    assert progress.left == (SKIVE, SMERTE, ANGST)
    assert (progress.words_left, progress.minutes_left) == (2100, 12)
    assert progress.share == 0
    assert progress.next_lesson == progress.resume(None) == SKIVE
    assert not progress.complete


def test_shares_are_exact_and_per_module() -> None:
    progress = having_done("smerte")
    assert progress.share == Fraction(1, 3)
    assert progress.share_of(RYGG) == Fraction(1, 2)
    assert progress.share_of(PSYKE) == 0
    assert not progress.is_done(RYGG)


def test_what_is_left_counts_only_what_is_not_done() -> None:
    progress = having_done("skive", "angst")
    assert progress.left == (SMERTE,)
    assert (progress.words_left, progress.minutes_left) == (500, 3)
    assert progress.is_done(PSYKE)


@pytest.mark.parametrize(
    ("done", "last", "where"),
    [
        ((), "smerte", SMERTE),  # opened, not finished: go on there
        (("smerte",), "smerte", ANGST),  # finished: the next that is not done
        (("smerte", "angst"), "angst", SKIVE),  # nothing left after it: back to what was skipped
        (("smerte", "angst"), "smerte", SKIVE),
        (("skive",), "smerte", SMERTE),
        (("skive",), "slettet-i-ny-versjon", SMERTE),
        (("skive", "smerte", "angst"), "skive", None),
    ],
)
def test_one_goes_on_where_one_was(done: tuple[str, ...], last: str, where: Page | None) -> None:
    assert having_done(*done).resume(last) == where


def test_lessons_of_an_older_version_count_nothing() -> None:
    progress = having_done("skive", "slettet", "omdøpt")
    assert progress.share == Fraction(1, 3)
    assert not progress.complete


def test_an_empty_course_or_module_is_done_and_divides_by_nothing() -> None:
    empty = Part("tom", ())
    progress: Progress[Page] = Progress(course=Book((empty,)), done=frozenset())
    assert progress.share == progress.share_of(empty) == 1
    assert progress.complete
    assert progress.resume("skive") is None


@given(
    st.sets(st.sampled_from(["skive", "smerte", "angst", "annen"])), st.sampled_from(["skive", "smerte", "angst", None])
)
def test_progress_is_complete_exactly_when_there_is_nowhere_to_go(done: set[str], last: str | None) -> None:
    progress = having_done(*done)
    where = progress.resume(last)
    assert progress.complete == (where is None) == (progress.share == 1) == (progress.minutes_left == 0)
    assert where is None or where.id not in done


@given(st.permutations(["skive", "smerte", "angst"]), st.data())
def test_finishing_where_one_is_sent_ends_the_course_in_as_many_steps_as_lessons(
    order: list[str], data: st.DataObject
) -> None:
    done = set(order[: data.draw(st.integers(0, 3))])
    last = data.draw(st.sampled_from(order))
    steps = 0
    while (lesson := having_done(*done).resume(last)) is not None:
        done.add(lesson.id)
        last = lesson.id
        steps += 1
    assert len(done) == 3
    assert steps <= 3
