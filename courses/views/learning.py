"""Pages of the courses: what there is, the way through one, the lessons, the door to the tests, pictures."""

from __future__ import annotations

from typing import Literal

from flask import Blueprint, Response, flash, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from courses import coverage as item_coverage
from courses import steps
from courses.access import learning as access
from courses.queries import learning as queries
from courses.services import learning as services
from courses.views import pages
from lms.db import one_statement, reading, transaction
from lms.roles import Act
from lms.verdict import No
from lms.web import request_now, see_other, viewer
from lms.wording import say
from quizzes.attempts import Purpose

PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For a picture opened by itself: its own looks, and nothing else."""

PICTURE_CACHE = "private, max-age=31536000, immutable"
"""The address holds the digest, so what is there never changes; private, because one must be signed in."""

blueprint = Blueprint("courses", __name__)


@blueprint.get("/kurs")
def index() -> ResponseReturnValue:
    """The courses one has begun, with what comes next, and those one can begin."""
    with reading() as db:
        mine = queries.studies_of(db, viewer().person_id)
        begun = {studies.standing.course_id for studies in mine}
        offers = [offer for offer in queries.offers(db) if offer.course_id not in begun]
        open_to_me = [queries.volume(db, one.digest).course for one in offers if steps.may_begin(one.kind)]
    return render_template("courses/index.html", mine=mine, open_to_me=open_to_me)


@blueprint.get("/kurs/<course_id>")
def course(course_id: str) -> ResponseReturnValue:
    """What a course is; for those enrolled, the way through it."""
    with reading() as db:
        found = access.reading_for(db, viewer(), course_id)
        studies = queries.studies(db, found.standing) if found.standing else None
        earlier = queries.earlier_cycles(db, viewer().person_id, found.standing) if found.standing else ()
    kind = found.volume.course.kind
    return render_template(
        "courses/course.html",
        course=found.volume.course,
        studies=studies,
        earlier=earlier,
        may_begin=steps.may_begin(kind),
        may_begin_again=studies is not None and steps.may_begin_again(kind, studies.way),
        is_preview=found.is_preview,
        may_see_coverage=bool(viewer().may(Act.PREVIEW_CONTENT)),
    )


@blueprint.post("/kurs/<course_id>/start")
def start(course_id: str) -> ResponseReturnValue:
    """Enrol, or begin a passed recertification anew (`igjen`); a second click is the same enrolment."""
    begin = services.begin_again if "igjen" in request.form else services.enrol
    with transaction() as db:
        access.offer_for(db, viewer(), course_id)
        begin(db, person_id=viewer().person_id, course_id=course_id, now=request_now())
    return see_other("courses.course", course_id=course_id)


@blueprint.get("/kurs/<course_id>/<lesson_id>")
def lesson(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """A lesson to read. Before it is open, the course's page, which says what comes first."""
    with one_statement() as db:
        found = access.reading_for(db, viewer(), course_id)
    place = access.page_for(found.volume, lesson_id)
    standing = found.standing
    verdict: Literal[True] | No = True
    if standing is not None and not standing.done:  # whoever has done a lesson has taken the pre-test
        with reading() as session:
            verdict = steps.may_read(queries.pre_test(session, standing.enrolment_id))
    if not found.may_open_lessons:
        flash(_("Begynn på kurset for å lese leksjonene."), "info")
        return see_other("courses.course", course_id=course_id)
    if isinstance(verdict, No):
        flash(" ".join(say(reason) for reason in verdict.reasons), "info")
        return see_other("courses.course", course_id=course_id)
    done = frozenset(standing.done) if standing else frozenset()
    text = pages.lesson_text(found.volume, place, done=done, is_preview=found.is_preview)
    return render_template("courses/lesson.html", title=place.lesson.title, text=text)


@blueprint.post("/kurs/<course_id>/<lesson_id>/ferdig")
def done(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """Mark a lesson as done and go on to the next; after the last, to the course's page."""
    with transaction() as db:
        enrolment = access.enrolment_for(db, viewer(), course_id)
        volume = access.reading_for(db, viewer(), course_id).volume
        page = access.page_for(volume, lesson_id)
        services.mark_done(db, enrolment, lesson_id, request_now())
        standing = queries.standing_of(db, viewer().person_id, course_id)
    if page.next is not None:
        return see_other("courses.lesson", course_id=course_id, lesson_id=page.next.id)
    if standing is not None and len(standing.done) == volume.lesson_count:
        flash(_("Du har lest alle leksjonene. Nå kan du ta ettertesten."), "success")
    else:
        flash(_("Leksjonen er lest. Noen leksjoner gjenstår."), "success")
    return see_other("courses.course", course_id=course_id)


@blueprint.post("/kurs/<course_id>/prove/<any(pre, post):form>")
def start_test(course_id: str, form: str) -> ResponseReturnValue:
    """Open a test, or go on with the one begun. Having the attempt is the permission to answer it."""
    with transaction() as db:
        enrolment = access.enrolment_for(db, viewer(), course_id)
        attempt = services.start_test(
            db, enrolment, Purpose(form), request_now(), go_back_to=url_for("courses.course", course_id=course_id)
        )
    return see_other("quizzes.paper", attempt_id=attempt.id)


@blueprint.get("/kurs/<course_id>/innhold")
def coverage(course_id: str) -> ResponseReturnValue:
    """For authors: how many questions each objective has, and whether the two tests can do without common ones."""
    with reading() as db:
        course = access.coverage_for(db, viewer(), course_id).course
    return render_template("courses/coverage.html", course=course, coverage=item_coverage.cover(course))


@blueprint.get("/innhold/<digest>/<name>")
def asset(digest: str, name: str) -> ResponseReturnValue:
    """A picture of a published course; browsers may keep it for ever."""
    with reading() as db:
        media_type, body = access.asset_for(db, digest, name)
    return picture(media_type, body)


def picture(media_type: str, body: bytes) -> Response:
    """A picture as it is sent, with a policy of its own: an SVG opened by itself can do nothing."""
    response = make_response(body)
    response.headers["Content-Type"] = media_type
    response.headers["Content-Security-Policy"] = PICTURE_POLICY
    response.headers["Cache-Control"] = PICTURE_CACHE
    return response
