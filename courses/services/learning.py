"""What a learner changes: begins a course, marks a lesson as done, opens a test. Nothing here commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import parallel, steps
from courses.catalogue import Kind
from courses.compiling import CompiledCourse
from courses.models.learning import CourseVersion, Enrolment, LessonDone, ReflectionAnswer
from courses.progress import Progress
from courses.queries import learning as queries
from courses.shelf import Volume
from lms.errors import Refused
from lms.ids import new_token
from lms.verdict import No, because
from quizzes import services as quizzes
from quizzes import timekeeping
from quizzes.attempts import Purpose
from quizzes.models import Attempt
from quizzes.questions import content_digest

ANSWER_MAX_CHARS = 10_000


def enrol(session: Session, *, person_id: int, course_id: str, now: datetime, cycle: int = 1) -> Enrolment:
    """The person's enrolment in a cycle of a course, made now or before: a second click gives the same one.

    It keeps the version that is current when it is made, and which of its two forms the pre-test is.
    Raises `Refused`: `course-unknown`, `course-only-read`.
    """
    offer = queries.offer(session, course_id)
    if offer is None:
        raise Refused(because("course-unknown"))
    existing = _enrolment(session, person_id, course_id, cycle)
    if existing is not None:
        return existing
    verdict = steps.may_begin(offer.kind)
    if isinstance(verdict, No):
        raise Refused.by(verdict)
    enrolment = Enrolment(
        person_id=person_id,
        course_id=course_id,
        version_id=offer.version_id,
        cycle=cycle,
        seed=new_token(),
        first_form=_first_form(session, offer.version_id),
        enrolled_at=now,
    )
    try:
        with session.begin_nested():
            session.add(enrolment)
    except IntegrityError:  # the other click was first
        existing = _enrolment(session, person_id, course_id, cycle)
        if existing is None:
            raise
        return existing
    return enrolment


def begin_again(session: Session, *, person_id: int, course_id: str, now: datetime) -> Enrolment:
    """A new cycle of a course whose last one is passed, on the version that is current: the old one stays as it is.

    A second click gives the one just made: a cycle begun anew is the one to go on with until it is passed.
    Raises `Refused`: `course-unknown`, `course-not-begun`, `course-taken-once`, `course-not-passed`.
    """
    offer = queries.offer(session, course_id)
    if offer is None:
        raise Refused(because("course-unknown"))
    standing = queries.standing_of(session, person_id, course_id)
    if standing is None:
        raise Refused(because("course-not-begun"))
    if steps.may_begin_again(offer.kind, queries.studies(session, standing).way):
        return enrol(session, person_id=person_id, course_id=course_id, now=now, cycle=standing.cycle + 1)
    if offer.kind is not Kind.RECERTIFICATION:
        raise Refused(because("course-taken-once"))
    if standing.cycle == 1:
        raise Refused(because("course-not-passed"))
    return session.get_one(Enrolment, standing.enrolment_id)


def mark_done(session: Session, enrolment: Enrolment, lesson_id: str, now: datetime) -> None:
    """Keep that a lesson is done; the first time counts, again changes nothing.

    Raises `Refused`: `pretest-first`, `pretest-unfinished`, or `lesson-unknown` for one the version doesn't have.
    """
    mark_all_done(session, enrolment, {lesson_id: now})


def mark_all_done(session: Session, enrolment: Enrolment, done: Mapping[str, datetime]) -> None:
    """Keep of each of these lessons when it was done, as `mark_done` does for one; all or nothing."""
    if not done.keys() <= _hold(session, enrolment).pages.keys():
        raise Refused(because("lesson-unknown"))
    known = session.scalars(
        select(LessonDone.lesson_id).where(LessonDone.enrolment_id == enrolment.id, LessonDone.lesson_id.in_(done))
    ).all()
    new = done.keys() - set(known)
    if not new:
        return
    verdict = steps.may_read(queries.pre_test(session, enrolment.id))
    if isinstance(verdict, No):
        raise Refused.by(verdict)
    session.add_all(
        LessonDone(enrolment_id=enrolment.id, lesson_id=one, done_at=at) for one, at in done.items() if one in new
    )
    session.flush()


def keep_answers(
    session: Session, *, person_id: int, course_id: str, answers: Mapping[str, str], now: datetime
) -> None:
    """Keep what a reader has written, by prompt; an empty answer takes the old one away.

    The prompts are ones the caller has found in the lesson. Raises `Refused`: `answer-too-long`; nothing is kept then.
    """
    if any(len(text) > ANSWER_MAX_CHARS for text in answers.values()):
        raise Refused(because("answer-too-long", most=ANSWER_MAX_CHARS))
    for prompt_id, text in answers.items():
        row = session.get(ReflectionAnswer, (person_id, course_id, prompt_id), with_for_update=True)
        if row is not None and not text.strip():
            session.delete(row)
        elif row is not None and row.text != text:
            row.text, row.saved_at = text, now
        elif row is None and text.strip():
            _insert_answer(session, (person_id, course_id, prompt_id), text, now)
    session.flush()


def _insert_answer(session: Session, key: tuple[int, str, str], text: str, now: datetime) -> None:
    person_id, course_id, prompt_id = key
    answer = ReflectionAnswer(person_id=person_id, course_id=course_id, prompt_id=prompt_id, text=text, saved_at=now)
    try:
        with session.begin_nested():
            session.add(answer)
    except IntegrityError:  # the other tab was first: the later text stands
        row = session.get_one(ReflectionAnswer, key, with_for_update=True)
        row.text, row.saved_at = text, now


def start_test(
    session: Session, enrolment: Enrolment, form: Purpose, now: datetime, *, go_back_to: str, language: str = "nb"
) -> Attempt:
    """The attempt to answer now: the one in progress, or a new one when the way is open (`courses.steps`).

    A new one is in `language` where the course is translated. `go_back_to` is the path of the course's page. Raises
    `Refused` with the rule's reasons; nothing is changed then.
    """
    volume = _hold(session, enrolment)
    course = volume.in_language(language).course
    done = session.scalars(select(LessonDone.lesson_id).where(LessonDone.enrolment_id == enrolment.id))
    way = steps.Way(progress=Progress(course=course, done=frozenset(done)), pre=queries.pre_test(session, enrolment.id))
    verdict = steps.may_sit(way, form)
    if isinstance(verdict, No):
        raise Refused.by(verdict)
    return quizzes.start(
        session,
        person_id=enrolment.person_id,
        owner=queries.owner_of(enrolment.id),
        form=form,
        title=course.title,
        bank=queries.bank_of(volume.course, course.language),
        digests={question.id: content_digest(question) for question in course.bank()},
        blueprint=dict(course.blueprint),
        pass_mark=course.pass_mark,
        seed=enrolment.seed,
        objective_titles={objective.id: objective.text for objective in course.objectives},
        limits=volume.course.limits,
        read_again=_read_again(course, go_back_to),
        first=parallel.first_for(_forms(session, enrolment.version_id), enrolment.first_form, form),
        go_back_to=go_back_to,
        now=now,
    )


def close_overdue(session: Session, enrolment: Enrolment, now: datetime) -> None:
    """Close the tests of an enrolment whose time is out: what was saved counts."""
    for attempt_id in timekeeping.overdue(session, now, owner=queries.owner_of(enrolment.id)):
        quizzes.submit(session, session.get_one(Attempt, attempt_id), now=now)


def _enrolment(session: Session, person_id: int, course_id: str, cycle: int) -> Enrolment | None:
    return session.scalar(
        select(Enrolment).where(
            Enrolment.person_id == person_id, Enrolment.course_id == course_id, Enrolment.cycle == cycle
        )
    )


def _read_again(course: CompiledCourse, course_page: str) -> dict[str, list[dict[str, str]]]:
    """By objective, the lessons of the modules that teach it: what the result of a test points to."""
    return {
        objective.id: [
            {"title": lesson.title, "path": f"{course_page}/{lesson.id}"}
            for module in course.modules
            if objective.id in module.objectives
            for lesson in module.lessons
        ]
        for objective in course.objectives
    }


def _first_form(session: Session, version_id: int) -> str | None:
    """A or B, counted so that half of a version's enrolments get each; None for a version without stored forms."""
    if _forms(session, version_id) is None:
        return None
    session.execute(
        select(CourseVersion.id).where(CourseVersion.id == version_id).with_for_update(key_share=True)
    ).one()  # whoever enrols at this moment counts after this one
    rows = session.execute(
        select(Enrolment.first_form, func.count())
        .where(Enrolment.version_id == version_id, Enrolment.first_form.is_not(None))
        .group_by(Enrolment.first_form)
    )
    return parallel.next_letter({str(letter): count for letter, count in rows})


def _forms(session: Session, version_id: int) -> parallel.StoredForms | None:
    forms: parallel.StoredForms | None = session.scalars(
        select(CourseVersion.forms).where(CourseVersion.id == version_id)
    ).one()
    return forms


def _hold(session: Session, enrolment: Enrolment) -> Volume:
    """Let nobody else decide on this enrolment until the transaction ends; gives the version it follows."""
    digest = session.scalars(
        select(CourseVersion.digest)
        .join(Enrolment, Enrolment.version_id == CourseVersion.id)
        .where(Enrolment.id == enrolment.id)
        .with_for_update(of=Enrolment)
    ).one()
    return queries.volume(session, digest)
