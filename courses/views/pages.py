"""Lessons made into pages once and kept: the same for everyone who has come as far, in the same language."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

from flask import render_template
from markupsafe import Markup

from courses.shelf import Page, Volume
from lms.wording import language

TEXTS_MAX = 512
"""How many are held at once, of about 20 kilobytes each."""

Key = tuple[str, str, str, frozenset[str], int, bool]

_texts: OrderedDict[Key, Markup] = OrderedDict()
_lock = Lock()


def lesson_text(volume: Volume, place: Page, *, done: frozenset[str], is_preview: bool) -> Markup:
    """A lesson with the way through its module and the links on from it. Holds nothing of a person, and no token."""
    here = frozenset(lesson.id for lesson in place.module.lessons) & done
    key = (volume.course.digest, place.lesson.id, language(), here, len(done), is_preview)
    with _lock:
        text = _texts.get(key)
        if text is not None:
            _texts.move_to_end(key)
            return text
    text = make_lesson_text(volume, place, done=here, done_count=len(done), is_preview=is_preview)
    with _lock:
        _texts[key] = text
        while len(_texts) > TEXTS_MAX:
            _texts.popitem(last=False)
    return text


def make_lesson_text(volume: Volume, place: Page, *, done: frozenset[str], done_count: int, is_preview: bool) -> Markup:
    """The same, made anew: for drafts, which change."""
    return Markup(  # noqa: S704 - a template made it, which escapes
        render_template(
            "courses/_lesson.html",
            course=volume.course,
            place=place,
            done=done,
            done_count=done_count,
            lesson_count=volume.lesson_count,
            is_preview=is_preview,
        )
    )
