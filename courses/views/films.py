"""Films of other hosts: nothing is fetched from them before the reader has said yes, once for each visit."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, request, session
from flask.typing import ResponseReturnValue

from courses.access import learning as access
from courses.compiling import CompiledLesson
from courses.media import VIDEO_HOSTS
from lms.db import one_statement
from lms.errors import NotFound
from lms.web import CONTENT_SECURITY_POLICY, public, see_other, signed_in

AGREED = "film-hosts"

blueprint = Blueprint("films", __name__)


@blueprint.post("/kurs/<course_id>/<lesson_id>/film")
@public
def agree(course_id: str, lesson_id: str) -> ResponseReturnValue:
    """Say yes to films from a host, kept in the own session cookie; back to the lesson."""
    with one_statement() as db:
        volume = access.reading_for(db, signed_in(), course_id).volume
        access.page_for(volume, lesson_id)
    host = request.form.get("vert", "")
    if host not in VIDEO_HOSTS:
        raise NotFound
    session[AGREED] = sorted({*session.get(AGREED, ()), host})
    return see_other("courses.lesson", course_id=course_id, lesson_id=lesson_id, _anchor="film-1")


def agreed_hosts(lesson: CompiledLesson) -> frozenset[str]:
    """The hosts of a lesson's films that this reader has said yes to."""
    wanted = {video.host for video in lesson.videos if video.host}
    return frozenset(wanted & set(session.get(AGREED, ()))) if wanted else frozenset()


def policy(hosts: Collection[str]) -> str:
    """The page's policy for content, with frames from these hosts."""
    return f"{CONTENT_SECURITY_POLICY}; frame-src {' '.join(f'https://{host}' for host in sorted(hosts))}"
