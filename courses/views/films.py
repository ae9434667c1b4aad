"""Films of other hosts: nothing is fetched from them before the reader has said yes, once for each visit."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, request, session
from flask.typing import ResponseReturnValue

from courses.access import learning as access
from courses.compiling import CompiledLesson
from courses.media import VIDEO_HOSTS
from courses.services import learning as services
from courses.views.answers import answers_in
from lms.db import transaction
from lms.errors import NotFound
from lms.web import CONTENT_SECURITY_POLICY, public, request_now, see_other, signed_in

AGREED = "film-hosts"

blueprint = Blueprint("films", __name__)


@blueprint.post("/kurs/<course_id>/<lesson_id>/film")
@public
def agree(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """Say yes to films from a host, kept in the own session cookie; back to the lesson."""
    person = signed_in()
    with transaction() as db:
        volume = access.lessons_for(db, person, course_id)
        lesson = access.page_for(volume, lesson_id).lesson
        host = request.form.get("vert", "")
        if host not in VIDEO_HOSTS:
            raise NotFound
        if person is not None:  # the same form holds what was written, and the page is made anew
            answers = answers_in(request.form, lesson)
            services.keep_answers(
                db, person_id=person.person_id, course_id=course_id, answers=answers, now=request_now()
            )
    number = next((number for number, video in enumerate(lesson.videos, 1) if video.host == host), 1)
    session[AGREED] = sorted({*session.get(AGREED, ()), host})
    return see_other("courses.lesson", course_id=course_id, lesson_id=lesson_id, _anchor=f"film-{number}")


def agreed_hosts(lesson: CompiledLesson) -> frozenset[str]:
    """The hosts of a lesson's films that this reader has said yes to."""
    wanted = {video.host for video in lesson.videos if video.host}
    return frozenset(wanted & set(session.get(AGREED, ()))) if wanted else frozenset()


def policy(hosts: Collection[str]) -> str:
    """The page's policy for content, with frames from these hosts."""
    return f"{CONTENT_SECURITY_POLICY}; frame-src {' '.join(f'https://{host}' for host in sorted(hosts))}"
