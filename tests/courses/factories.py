"""Small courses as files, published; people on their way through them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from courses.compiling import CompiledCourse, compile_course
from courses.models.learning import Enrolment
from courses.parsing.course import parse_course
from courses.publishing import Publication, publish
from courses.services import learning as services
from quizzes import services as quizzes
from quizzes.attempts import Purpose
from quizzes.models import Attempt, AttemptItem, QuestionVersion
from quizzes.questions import from_document
from tests import kept

COURSE = "rolig-start"
LESSONS = ("skiven", "smerten", "angsten")
"""The lessons of the small course, in order, in two modules."""

PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" role="img"><title>En skive</title>'
    '<rect width="9" height="9"/></svg>'
)

COURSE_MD = """---
id: {id}
title: "{title}"
kind: {kind}
language: nb
audience: Nye instruktører
hours: 7,5
pass_mark: 80 %
objectives:
  ryggen: Forklare at ryggen er sterk
  uroen: Forklare hva uro er
references:
  rapport: Direktoratet (2016). *Rapport.*
blueprint:
  ryggen: 2
  uroen: 1
---
{text}
"""


def files(
    *,
    id: str = COURSE,
    title: str = "Rolig start",
    kind: str = "foundation",
    text: str = "Velkommen.",
    right: str = "b",
) -> dict[str, bytes]:
    """A course's files. `right` is the right option of the question `rygg-1`."""
    texts = {
        "course.md": _course_md(id=id, title=title, kind=kind, text=text),
        "01-rygg/module.md": _front("rygg", "Ryggen", "objectives: [ryggen]\nminutes: 20") + "Om ryggen.\n",
        "01-rygg/01-skiven.md": _front("skiven", "Skiven er sterk")
        + '## Løft\n\nSkiven tåler mye. [rapport, kap. 10.5]\n\n![En skive som bærer](skive.svg "Skiven")\n\n'
        + '!!! tip "Si det slik"\n    Den er sterk.\n',
        "01-rygg/02-smerten.md": _front("smerten", "Smerten er ekte") + "Smerte er sjelden skade.\n",
        "01-rygg/questions.md": "".join(
            _question(f"rygg-{n}", "ryggen", right if n == 1 else "b") for n in range(1, 5)
        ),
        "01-rygg/skive.svg": PICTURE,
        "02-uro/module.md": _front("uro", "Uroen", "objectives: [uroen]\nminutes: 10") + "Om uro.\n",
        "02-uro/01-angsten.md": _front("angsten", "Angsten går over") + "Uroen synker.\n",
        "02-uro/questions.md": "".join(_question(f"uro-{n}", "uroen", "a") for n in range(1, 3)),
    }
    return {name: content.encode() for name, content in texts.items()}


def _course_md(**values: str) -> str:
    """The course's own file; an open one has no tests and so no figures for them."""
    whole = COURSE_MD.format(**values)
    if values["kind"] == "open":
        whole = re.sub(r"(hours|pass_mark): .*\n|blueprint:\n(  .*\n)+", "", whole)
    return whole


def _front(id: str, title: str, more: str = "") -> str:
    return "\n".join(line for line in ("---", f"id: {id}", f"title: {title}", more, "---") if line) + "\n"


def _question(id: str, objective: str, right: str) -> str:
    options = "".join(f"- [{'x' if key == right else ' '}] Svar {key}\n" for key in "abc")
    return (
        f"## Spørsmål {id} {{#{id} objective={objective} kind=single}}\n\nHva er {id}?\n\n{options}\n> Slik er det.\n\n"
    )


def write(folder: Path, course: Mapping[str, bytes]) -> Path:
    """The files on disk."""
    for name, content in course.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def compiled(course: Mapping[str, bytes]) -> tuple[CompiledCourse, dict[str, bytes]]:
    """The files as a version, and its pictures' bytes by digest."""
    parsed = parse_course(course, "kurs")
    assert parsed, parsed.problems
    report = compile_course(parsed.items[0], kept.render)
    assert report, report.problems
    figures = [figure for module in parsed.items[0].modules for figure in module.figures]
    return report.items[0], {figure.digest: figure.content for figure in figures}


def published(session: Session, now: datetime, **changes: str) -> Publication:
    """The small course, published with changes."""
    course, assets = compiled(files(**changes))
    return publish(session, course, assets, published_by=None, now=now)


def enrolled(session: Session, person_id: int, now: datetime, *, course: str = COURSE) -> Enrolment:
    """A person at the very beginning of a course."""
    return services.enrol(session, person_id=person_id, course_id=course, now=now)


def take(session: Session, enrolment: Enrolment, form: Purpose, now: datetime, *, right: bool = True) -> Attempt:
    """A test taken and handed in, everything right or nothing answered."""
    attempt = services.start_test(session, enrolment, form, now, go_back_to=f"/kurs/{enrolment.course_id}")
    answers = right_answers(session, attempt)
    given = answers if right else dict.fromkeys(answers, ())
    return quizzes.submit(session, attempt, answers=given, now=now)


def right_answers(session: Session, attempt: Attempt) -> dict[int, Any]:
    """What gives full points, by position."""
    rows = session.execute(
        select(AttemptItem, QuestionVersion.document)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id == attempt.id)
    )
    return {item.position: from_document(document).right_response for item, document in rows}


def reading(session: Session, person_id: int, now: datetime, *, course: str = COURSE) -> Enrolment:
    """A person whose lessons are open: enrolled, the pre-test taken."""
    enrolment = enrolled(session, person_id, now, course=course)
    take(session, enrolment, Purpose.PRE, now, right=False)
    return enrolment


def all_read(session: Session, person_id: int, now: datetime, *, course: str = COURSE) -> Enrolment:
    """A person who has read everything, and may take the post-test."""
    enrolment = reading(session, person_id, now, course=course)
    for lesson in LESSONS:
        services.mark_done(session, enrolment, lesson, now)
    return enrolment


def passed(session: Session, person_id: int, now: datetime, *, course: str = COURSE) -> Enrolment:
    """A person who has read everything and passed the post-test."""
    enrolment = all_read(session, person_id, now, course=course)
    take(session, enrolment, Purpose.POST, now)
    return enrolment
