"""Lessons made into pages once and kept: the same for everyone who has come as far, in the same language."""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import ClassVar

from flask import render_template
from markupsafe import Markup, escape

from courses.compiling import CompiledLesson
from courses.services.learning import ANSWER_MAX_CHARS
from courses.shelf import Page, Volume
from lms.dialect import split_slots
from lms.wording import language

PLACE = re.compile("\ue000(svar|var) ([a-z0-9-]+)\ue001")
TEXTS_MAX = 512
"""How many are held at once, of about 20 kilobytes each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """What a lesson's page depends on: the lessons done (None: no progress is kept for this reader), whether answers
    can be kept, and the hosts whose films may be shown."""

    done: frozenset[str] | None
    may_answer: bool = False
    hosts: frozenset[str] = frozenset()

    answer_max_chars: ClassVar[int] = ANSWER_MAX_CHARS

    @staticmethod
    def place_of(what: str, prompt_id: str) -> str:
        """What stands in a ready-made page where an answer ("svar"), or `shown_as` of it ("var"), is to be put."""
        return f"\ue000{what} {prompt_id}\ue001"


Key = tuple[str, str, str, frozenset[str], int, bool, bool, frozenset[str]]

_texts: OrderedDict[Key, Markup] = OrderedDict()
_lock = Lock()


def lesson_text(volume: Volume, place: Page, reader: Reader) -> Markup:
    """A lesson with the way through its module and the links on from it. Holds nothing of a person, and no token."""
    done = reader.done or frozenset()
    here = frozenset(lesson.id for lesson in place.module.lessons) & done
    keeps = reader.done is not None
    key = (
        volume.course.digest, place.lesson.id, language(), here, len(done), keeps, reader.may_answer, reader.hosts
    )  # fmt: skip
    with _lock:
        text = _texts.get(key)
        if text is not None:
            _texts.move_to_end(key)
            return text
    text = make_lesson_text(volume, place, reader)
    with _lock:
        _texts[key] = text
        while len(_texts) > TEXTS_MAX:
            _texts.popitem(last=False)
    return text


def make_lesson_text(volume: Volume, place: Page, reader: Reader) -> Markup:
    """The same, made anew: for drafts, which change."""
    return Markup(  # noqa: S704 - a template made it, which escapes
        render_template(
            "courses/_lesson.html",
            course=volume.course,
            place=place,
            pieces=tuple(split_slots(place.lesson.html)),
            reader=reader,
            lesson_count=volume.lesson_count,
        )
    )


def filled(text: Markup, answers: Mapping[str, str], lesson: CompiledLesson) -> Markup:
    """A page with a reader's own answers in their places, and what tells whether they are changed there."""
    if not lesson.prompts:
        return text
    return Markup(PLACE.sub(lambda found: escape(_put(found[1], answers.get(found[2], ""))), text))  # noqa: S704


def _put(what: str, answer: str) -> str:
    return shown_as(answer) if what == "var" else answer


def shown_as(answer: str) -> str:
    """Short for an answer as a page showed it: a form that sends both says whether the reader has changed it."""
    return hashlib.sha256(answer.encode()).hexdigest()[:16]
