"""How the questions of a course have worked, for authors: figures with the number of answers beside, flags in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses.access import learning as access
from courses.catalogue import Language
from courses.compiling import CompiledCourse
from courses.queries.learning import bank_of
from lms.db import reading
from lms.formatting import number
from lms.spreadsheets import csv_file
from lms.web import viewer
from lms.wording import say, shown
from quizzes import item_flags, item_review, statistics
from quizzes.disclosure import LEAST_PERSONS
from quizzes.item_flags import OptionUse
from quizzes.item_review import FormLine, ItemLine, ItemReview

blueprint = Blueprint("items", __name__)


@dataclass(frozen=True, slots=True)
class Sight:
    """What the pages show: the course, each question of its bank with its figures, and how each form has measured."""

    course: CompiledCourse
    reviews: Sequence[ItemReview]
    forms: Sequence[FormLine]

    @property
    def current(self) -> set[str]:
        """The questions of the newest version."""
        return {question.id for question in self.course.bank()}

    @property
    def objectives(self) -> list[tuple[str, list[ItemReview]]]:
        """The questions by what they are about; last those of older versions."""
        titles = {objective.id: objective.text for objective in self.course.objectives}
        known = [(text, [one for one in self.reviews if one.question.objective == id]) for id, text in titles.items()]
        older = [one for one in self.reviews if one.question.objective not in titles]
        return [*known, (_("Fra eldre utgaver av kurset"), older)]


@blueprint.get("/kurs/<course_id>/innhold/statistikk")
def show(course_id: str) -> ResponseReturnValue:
    """Every question of the bank with its figures, those to look at first; and how each form has measured."""
    sight = _sight(course_id)
    return render_template(
        "courses/measuring/items.html",
        course=sight.course,
        to_look_at=[one for one in sight.reviews if one.flags and not one.withdrawn],
        objectives=sight.objectives,
        forms=sight.forms,
        least=item_flags.LEAST_ANSWERS,
        least_shown=LEAST_PERSONS,
        current=sight.current,
    )


@blueprint.get("/kurs/<course_id>/innhold/statistikk.csv")
def as_csv(course_id: str) -> ResponseReturnValue:
    """The same figures for a spreadsheet, a row for each question and form: shares in per cent, time in seconds."""
    sight = _sight(course_id)
    heading = [
        _("Læringsmål"), _("Id"), _("Spørsmål"), _("Type"), _("Tilstand"), _("Utgaver av teksten"), _("Prøve"),
        _("Antall svar"), _("Løsningsgrad"), _("Diskriminering"), _("Ikke besvart"), _("Tid, median"),
        _("Svar med målt tid"), _("Fordeling av svarene"), _("Se på dette"),
    ]  # fmt: skip
    rows = [
        [text, *_question(one, is_current=one.question.id in sight.current), *_figures(line)]
        for text, reviews in sight.objectives
        for one in reviews
        for line in one.lines or (None,)
    ]
    answer = Response(csv_file(heading, rows), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="sporsmal-{sight.course.id}.csv"'
    return answer


def _sight(course_id: str) -> Sight:
    with reading() as db:
        course = access.coverage_for(db, viewer(), course_id).course
        banks = [course.id, *(bank_of(course, one) for one in Language if one is not course.language)]
        found = statistics.answers_in(db, banks)
    return Sight(
        course,
        item_review.review(found.sittings, found.questions, found.texts, found.withdrawn),
        item_review.forms(found.sittings, found.withdrawn),
    )


def _question(one: ItemReview, *, is_current: bool) -> list[object]:
    state = _("trukket") if one.withdrawn else "" if is_current else _("ikke i den nyeste utgaven")
    return [one.question.id, one.question.title, shown(one.question.kind), state, one.texts]


def _figures(line: ItemLine | None) -> list[object]:
    """The cells of one form; empty where nobody has had the question, or too few for figures."""
    if line is None:
        return ["", 0, *[""] * 7]
    if line.figures is None:
        return [shown(line.form), line.answers, *[""] * 7]
    of = line.figures
    return [
        shown(line.form),
        line.answers,
        number(of.facility * 100),
        "" if of.discrimination is None else number(of.discrimination, 2),
        number((line.omitted or Fraction(0)) * 100),
        "" if of.median_seconds is None else number(of.median_seconds, 0),
        of.timed,
        " | ".join(map(_use, of.options)),
        " ".join(say(flag) for flag in line.flags),
    ]


def _use(use: OptionUse) -> str:
    """«A (riktig): 60 %; tredelene 80, 60 og 40 %», the best third first."""
    label = _("%(answer)s (riktig)", answer=use.label) if use.right else use.label
    if use.upper is None or use.middle is None or use.lower is None:
        return f"{label}: {number(use.share * 100, 0)} %"
    thirds = [number(share * 100, 0) for share in (use.upper, use.middle, use.lower)]
    return str(
        _(
            "%(answer)s: %(all)s %%; tredelene %(best)s, %(middle)s og %(weakest)s %%",
            answer=label,
            all=number(use.share * 100, 0),
            best=thirds[0],
            middle=thirds[1],
            weakest=thirds[2],
        )
    )
