"""A version's two parallel forms: drawn when it is published, kept with it, and dealt to its enrolments in turn."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from courses.catalogue import Kind
from courses.compiling import CompiledCourse
from quizzes.attempts import Purpose
from quizzes.selection import ParallelForm, parallel_forms

LETTERS = ("A", "B")

StoredForms = Mapping[str, Any]
"""`{"seed": …, "A": [question ids], "B": [question ids]}`."""


def drawn(course: CompiledCourse, seed: str, facility: Mapping[str, Fraction]) -> dict[str, Any] | None:
    """The two forms of a version, balanced by what is known of its questions; None for a course without tests."""
    if course.kind is Kind.OPEN:
        return None
    pair = parallel_forms(course.bank(), dict(course.blueprint), seed=seed, facility=facility)
    ids = {letter: [item.question_id for item in form.items] for letter, form in zip(LETTERS, pair, strict=True)}
    return {"seed": seed, **ids}


def form_of(stored: StoredForms, letter: str) -> ParallelForm:
    """One of the stored forms."""
    return ParallelForm(version=letter, question_ids=tuple(stored[letter]), seed=stored["seed"])


def other(letter: str) -> str:
    """B for A, A for B."""
    return LETTERS[1 - LETTERS.index(letter)]


def first_for(stored: StoredForms | None, first_form: str | None, purpose: Purpose) -> ParallelForm | None:
    """The form of somebody's pre-test or first post-test, whose pre-test is `first_form`; None: drawn on demand."""
    if stored is None or first_form is None:
        return None
    return form_of(stored, first_form if purpose is Purpose.PRE else other(first_form))


def next_letter(given: Mapping[str, int]) -> str:
    """The letter the next enrolment's pre-test gets: the one fewer have got, A of equals."""
    return min(LETTERS, key=lambda letter: given.get(letter, 0))
