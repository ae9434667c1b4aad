"""Pages of the courses: what there is, the way through one, the lessons, the door to the tests, pictures."""

from __future__ import annotations

from io import BytesIO
from typing import Literal

from flask import Blueprint, Response, current_app, flash, make_response, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from courses import coverage as item_coverage
from courses import steps
from courses.access import learning as access
from courses.catalogue import Kind
from courses.media import ATTACHMENTS, ending
from courses.queries import learning as queries
from courses.queries import standards
from courses.services import learning as services
from courses.views import films, pages
from courses.views.answers import answers_in
from lms.db import one_statement, reading, transaction
from lms.features import Feature, Panel
from lms.roles import Act
from lms.verdict import No
from lms.viewer import Viewer
from lms.web import FEATURES, public, request_now, see_other, signed_in, viewer
from lms.wording import language, say
from quizzes import effective
from quizzes.attempts import Purpose

FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""For a picture or a file opened by itself: its own looks, and nothing else."""

FILE_CACHE = "private, max-age=31536000, immutable"
"""The address holds the digest, so what is there never changes; private, because one must be signed in."""

blueprint = Blueprint("courses", __name__)


@blueprint.get("/kurs")
@public
def index() -> ResponseReturnValue:
    """The courses one has begun, with what comes next, those one can begin, and those that everyone may read."""
    person = signed_in()
    with reading() as db:
        mine = [one.in_language(language()) for one in queries.studies_of(db, person.person_id)] if person else []
        begun = {studies.standing.course_id for studies in mine}
        only_open = person is not None and person.only_open_courses
        there = [offer for offer in queries.offers(db) if steps.is_for(offer.kind, only_open)]
        offers = [offer for offer in there if offer.course_id not in begun]
        shown = [queries.volume(db, one.digest).in_language(language()).course for one in offers]
    return render_template(
        "courses/index.html",
        mine=[(one, steps.run_out(one.way, request_now())) for one in mine],
        open_to_me=[one for one in shown if person and steps.may_begin(one.kind)],
        to_sign_up_for=[one for one in shown if person is None and one.kind is Kind.TOPIC],
        open_to_all=[one for one in shown if one.kind is Kind.OPEN],
    )


@blueprint.get("/emnekurs")
@public
def topics() -> ResponseReturnValue:
    """The topic course, at an address that can be said aloud; the list of courses when there is not just one."""
    with reading() as db:
        found = [offer for offer in queries.offers(db) if offer.kind is Kind.TOPIC]
    if len(found) == 1:
        return see_other("courses.course", course_id=found[0].course_id)
    return see_other("courses.index")


@blueprint.get("/kurs/<course_id>")
@public
def course(course_id: str) -> ResponseReturnValue:
    """What a course is; for those enrolled, the way through it."""
    person = signed_in()
    with reading() as db:
        found = access.reading_for(db, person, course_id)
        studies = queries.studies(db, found.standing).in_language(language()) if found.standing else None
        earlier = queries.earlier_cycles(db, viewer().person_id, found.standing) if found.standing else ()
        learnt = queries.learnt(db, studies) if studies else ()
        panels = _panels(db, person, course_id) if studies else []
    if studies and steps.run_out(studies.way, request_now()):
        return _closed(course_id)
    course = found.volume.in_language(language()).course
    return render_template(
        "courses/course.html",
        course=course,
        studies=studies,
        earlier=earlier,
        learnt=learnt,
        panels=panels,
        stranger=person is None,
        may_begin=steps.may_begin(course.kind),
        may_sit_again=steps.may_sit_again(studies.way, course.limits, request_now()) if studies else True,
        may_begin_again=studies is not None and steps.may_begin_again(course.kind, studies.way),
        may_open_lessons=found.may_open_lessons,
        may_see_coverage=person is not None and bool(person.may(Act.PREVIEW_CONTENT)),
        has_prompts=person is not None and any(one.prompts for module in course.modules for one in module.lessons),
    )


def _panels(db: Session, person: Viewer | None, course_id: str) -> list[Panel]:
    """What the features have to say on the page of a course one has begun."""
    if person is None:
        return []
    features: tuple[Feature, ...] = current_app.extensions.get(FEATURES, ())
    found = [panel(db, person, course_id, request_now()) for one in features for panel in one.course_panels]
    return sorted((panel for panel in found if panel is not None), key=lambda panel: panel.order)


def _closed(course_id: str) -> ResponseReturnValue:
    """Close the tests whose time is out, and look again."""
    with transaction() as db:
        services.close_overdue(db, access.enrolment_for(db, viewer(), course_id), request_now())
    return see_other("courses.course", course_id=course_id)


@blueprint.post("/kurs/<course_id>/start")
def start(course_id: str) -> ResponseReturnValue:
    """Enrol, or begin a passed recertification anew (`igjen`); a second click is the same enrolment."""
    begin = services.begin_again if "igjen" in request.form else services.enrol
    with transaction() as db:
        access.offer_for(db, viewer(), course_id)
        begin(db, person_id=viewer().person_id, course_id=course_id, now=request_now())
    return see_other("courses.course", course_id=course_id)


@blueprint.get("/kurs/<course_id>/<lesson_id>")
@public
def lesson(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """A lesson to read. Before it is open, the course's page, which says what comes first."""
    person = signed_in()
    with one_statement() as db:
        found = access.reading_for(db, person, course_id)
        volume = found.volume.in_language(language())
        place = access.page_for(volume, lesson_id)
        answers = queries.answers_of(db, person.person_id, course_id) if person and place.lesson.prompts else {}
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
    reader = pages.Reader(
        done=frozenset(standing.done) if standing else None,
        may_answer=person is not None,
        hosts=films.agreed_hosts(place.lesson),
    )
    text = pages.filled(pages.lesson_text(volume, place, reader), answers, place.lesson)
    response = make_response(render_template("courses/lesson.html", title=place.lesson.title, text=text))
    if reader.hosts:
        response.headers["Content-Security-Policy"] = films.policy(reader.hosts)
    return response


@blueprint.post("/kurs/<course_id>/<lesson_id>/ferdig")
def done(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """Mark a lesson as done, with what was written in it, and go on to the next; after the last, to the course."""
    with transaction() as db:
        enrolment = access.enrolment_for(db, viewer(), course_id)
        volume = access.reading_for(db, viewer(), course_id).volume
        page = access.page_for(volume, lesson_id)
        services.mark_done(db, enrolment, lesson_id, request_now())
        answers = answers_in(request.form, page.lesson)
        services.keep_answers(db, person_id=viewer().person_id, course_id=course_id, answers=answers, now=request_now())
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
            db,
            enrolment,
            Purpose(form),
            request_now(),
            go_back_to=url_for("courses.course", course_id=course_id),
            language=language(),
        )
    return see_other("quizzes.paper", attempt_id=attempt.id)


@blueprint.get("/kurs/<course_id>/innhold")
def coverage(course_id: str) -> ResponseReturnValue:
    """For authors: how many questions each objective has, and whether the two tests can do without common ones."""
    with reading() as db:
        course = access.coverage_for(db, viewer(), course_id).course
        rounds = standards.rounds_of(db, course_id)
        withdrawn = effective.withdrawn_from(db, course.id)
        stored, facility = queries.forms_of(db, course.digest), queries.facilities_of(db, course)
    return render_template(
        "courses/coverage.html",
        course=course,
        coverage=item_coverage.cover(course, withdrawn=withdrawn),
        forms=item_coverage.cover_forms(course, stored, facility),
        rounds=rounds,
    )


@blueprint.get("/kurs/<course_id>/innhold/sett/<any(A, B):letter>")
def sheet(course_id: str, letter: str) -> ResponseReturnValue:
    """For authors: one of the two stored forms, to print; with the key when asked for (`fasit`)."""
    with reading() as db:
        volume, stored = access.forms_for(db, viewer(), course_id)
    course = volume.in_language(language()).course
    return render_template(
        "courses/sheet.html",
        course=course,
        letter=letter,
        questions=item_coverage.sheet(course, stored, letter),
        with_key="fasit" in request.args,
    )


@blueprint.get("/innhold/<digest>/<name>")
@public
def asset(digest: str, name: str) -> ResponseReturnValue:
    """A file of a published course; browsers may keep it for ever."""
    with reading() as db:
        media_type, body = access.asset_for(db, signed_in(), digest, name)
    return as_it_is(media_type, body, name)


def as_it_is(media_type: str, body: bytes, name: str) -> Response:
    """A file as it is sent, with a policy of its own: opened by itself it can do nothing. Players may ask for parts."""
    response = send_file(
        BytesIO(body),
        mimetype=media_type,
        download_name=name,
        as_attachment=ending(name) in ATTACHMENTS,
        conditional=True,
    )
    response.headers["Content-Security-Policy"] = FILE_POLICY
    response.headers["Cache-Control"] = FILE_CACHE
    return response
