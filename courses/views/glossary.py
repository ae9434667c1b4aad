"""The words of a course with their explanations, on one page."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from courses.access import learning as access
from lms.db import one_statement
from lms.ids import text_key
from lms.web import public, signed_in
from lms.wording import language

blueprint = Blueprint("glossary", __name__)


@blueprint.get("/kurs/<course_id>/ordliste")
@public
def show(course_id: str) -> ResponseReturnValue:
    """Every word, in the order of the alphabet."""
    with one_statement() as db:
        course = access.reading_for(db, signed_in(), course_id).volume.in_language(language()).course
    terms = sorted(course.glossary, key=lambda term: text_key(term.term))
    return render_template("courses/glossary.html", course=course, terms=terms)
