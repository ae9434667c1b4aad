"""How the questions of a course have worked, for authors: figures with the number of answers beside, flags in words."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.access import learning as access
from courses.catalogue import Language
from courses.queries.learning import bank_of
from lms.db import reading
from lms.web import viewer
from quizzes import item_flags, item_review, statistics
from quizzes.disclosure import LEAST_PERSONS

blueprint = Blueprint("items", __name__)


@blueprint.get("/kurs/<course_id>/innhold/statistikk")
def show(course_id: str) -> ResponseReturnValue:
    """Every question of the bank with its figures, those to look at first; and how each form has measured."""
    with reading() as db:
        course = access.coverage_for(db, viewer(), course_id).course
        banks = [course.id, *(bank_of(course, one) for one in Language if one is not course.language)]
        found = statistics.answers_in(db, banks)
    reviews = item_review.review(found.sittings, found.questions, found.texts, found.withdrawn)
    titles = {objective.id: objective.text for objective in course.objectives}
    return render_template(
        "courses/measuring/items.html",
        course=course,
        reviews=reviews,
        to_look_at=[one for one in reviews if one.flags and not one.withdrawn],
        objectives=[
            *((text, [one for one in reviews if one.question.objective == id]) for id, text in titles.items()),
            (_("Fra eldre utgaver av kurset"), [one for one in reviews if one.question.objective not in titles]),
        ],
        forms=item_review.forms(found.sittings, found.withdrawn),
        least=item_flags.LEAST_ANSWERS,
        least_shown=LEAST_PERSONS,
        current={question.id for question in course.bank()},
    )
