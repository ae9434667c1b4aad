"""What a reader writes at the places to think: kept as they write, gathered on a page that can be printed."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.access import learning as access
from courses.compiling import CompiledLesson
from courses.queries import learning as queries
from courses.services import learning as services
from courses.views.pages import shown_as
from lms.db import reading, transaction
from lms.formatting import instant
from lms.web import request_now, see_other, viewer, wants_json
from lms.wording import language

blueprint = Blueprint("answers", __name__)


@blueprint.get("/kurs/<course_id>/svar")
def mine(course_id: str) -> ResponseReturnValue:
    """All one has written in a course, with what was asked; to read again and to print."""
    with reading() as db:
        volume = access.reading_for(db, viewer(), course_id).volume.in_language(language())
        answers = queries.answers_of(db, viewer().person_id, course_id)
    asked = {prompt.id for page in volume.pages.values() for prompt in page.lesson.prompts}
    earlier = [text for prompt_id, text in answers.items() if prompt_id not in asked]
    return render_template("courses/answers.html", course=volume.course, answers=answers, earlier=earlier)


@blueprint.post("/kurs/<course_id>/<lesson_id>/svar")
def keep(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """Keep what is written in a lesson; for the page's script a word on when, else back to where one was."""
    with transaction() as db:
        volume = access.reading_for(db, viewer(), course_id).volume
        lesson = access.page_for(volume, lesson_id).lesson
        answers = answers_in(request.form, lesson)
        services.keep_answers(db, person_id=viewer().person_id, course_id=course_id, answers=answers, now=request_now())
    if wants_json():
        return {"saved": instant(request_now())}
    flash(_("Svaret er lagret. Bare du kan se det."), "success")
    return see_other(
        "courses.lesson", course_id=course_id, lesson_id=lesson_id, _anchor=f"svar-{next(iter(answers), '')}"
    )


def answers_in(form: Mapping[str, str], lesson: CompiledLesson) -> dict[str, str]:
    """What a form holds of answers to a lesson's prompts, line endings made plain.

    One that is as its page showed it (`var-…`) is left out: another tab may have kept something newer.
    """
    found = {}
    for prompt in lesson.prompts:
        text = form.get(f"svar-{prompt.id}")
        if text is None:
            continue
        plain = text.replace("\r\n", "\n").replace("\0", "")  # PostgreSQL keeps no zeros
        if form.get(f"var-{prompt.id}") != shown_as(plain):
            found[prompt.id] = plain
    return found
