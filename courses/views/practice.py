"""Questions of an open course to try oneself on: as often as one likes, signed in or not, and nothing is kept."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from courses.access import learning as access
from courses.compiling import CompiledModule
from lms.db import one_statement
from lms.errors import NotFound
from lms.web import public, signed_in
from lms.wording import language
from quizzes.paper import asked, told_once
from quizzes.questions import Question, from_document
from quizzes.responses import contradicts_itself, is_too_long, unknown
from quizzes.review import reviewed
from quizzes.scoring import Response, score, total
from quizzes.selection import draw

NOTHING: Response = frozenset()

blueprint = Blueprint("practice", __name__)


@blueprint.route("/kurs/<course_id>/test-deg-selv/<module_id>", methods=["GET", "POST"])
@public
def show(course_id: str, module_id: str) -> ResponseReturnValue:
    """A module's questions; when they are sent in, what was right and why."""
    with one_statement() as db:
        course = access.open_course_for(db, signed_in(), course_id).in_language(language()).course
    module = next((one for one in course.modules if one.id == module_id), None)
    if module is None or not module.questions:
        raise NotFound
    documents = {document["id"]: document for document in module.questions}
    sheet = _sheet(module, course.digest)
    if request.method == "GET":
        questions = told_once(
            asked(documents[question.id], position, order, NOTHING) for position, question, order in sheet
        )
        return render_template("courses/practice.html", course=course, module=module, questions=questions)
    answered = [(position, question, order, _response(question, position)) for position, question, order in sheet]
    scores = [score(question, response) for _, question, _, response in answered]
    reviews = [
        reviewed(documents[question.id], position, order, response, one)
        for (position, question, order, response), one in zip(answered, scores, strict=True)
    ]
    return render_template(
        "courses/practice.html", course=course, module=module, reviews=reviews, reached=total(scores)
    )


def _sheet(module: CompiledModule, seed: str) -> list[tuple[int, Question, tuple[str, ...]]]:
    """All questions with the order of their options, the same every time for the same version."""
    questions = {question.id: question for question in map(from_document, module.questions)}
    everything = Counter(question.objective for question in questions.values())
    drawn = draw(questions.values(), everything, seed=f"{seed}/{module.id}")
    return [(n, questions[item.question_id], item.option_order) for n, item in enumerate(drawn.items, 1)]


def _response(question: Question, position: int) -> Response:
    """What was answered; what no page of ours can have sent counts as nothing."""
    response = frozenset(token for token in request.form.getlist(f"svar-{position}") if token)
    if unknown(question, response) or contradicts_itself(question, response) or is_too_long(question, response):
        return NOTHING
    return response
