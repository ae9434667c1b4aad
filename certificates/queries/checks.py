"""Knowledge checks after certificates: what was offered, what came of it, and what a group may be told.

Asks `courses` for what was answered. None of it is evidence: `gathering` never asks here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.checks import Answered, GroupMean, Trace, due, group_means, is_asked, overall, traces
from certificates.models.checks import KnowledgeCheck, KnowledgeCheckChoice
from certificates.models.issued import Certificate
from certificates.programme import Programme
from certificates.queries.issued import issued_to
from courses.queries import checks as courses
from courses.queries.checks import Check, PostTest
from lms.clock import local_date

BATCH = 500  # checks a query asks about at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A check somebody was offered, and what came of it. `is_open` when it can be begun today."""

    id: int
    months: int
    offered_on: date
    certificate_id: int
    attempt_id: int | None
    submitted_on: date | None
    is_open: bool

    @property
    def is_under_way(self) -> bool:
        """Whether it was begun and is not handed in."""
        return self.attempt_id is not None and self.submitted_on is None

    @property
    def waits(self) -> bool:
        """Whether there is something to do with it today, for who wants to."""
        return self.is_under_way or self.is_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What stayed after one certificate: columns by months, each with the day of its check, a row for each objective.

    `titles` and `lessons` (id and title of where to read about it) are by objective; `points` are the means, the
    post-test first.
    """

    certificate_id: int
    number: str
    valid_from: date
    course_id: str
    tested_on: date | None
    columns: tuple[tuple[int, date | None], ...]
    rows: tuple[Trace, ...]
    points: tuple[Fraction | None, ...]
    titles: Mapping[str, str]
    lessons: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What fades, for the secretariat: objectives by id and title, and the means that may be shown."""

    months: tuple[int, ...]
    objectives: tuple[tuple[str, str], ...]
    means: Mapping[tuple[int, str], GroupMean]
    checks: int


def to_offer(session: Session, programme: Programme, *, on: date) -> Sequence[int]:
    """Certificates that are due a check by the calendar, are not over, and after which one can be drawn; whether to
    offer it is decided for each. Whoever was certified elsewhere has no test here, and is not decided about each
    night."""
    if programme.checks is None:
        return ()
    rows = session.execute(
        select(Certificate.id, Certificate.valid_from, func.max(KnowledgeCheck.months))
        .outerjoin(KnowledgeCheck, KnowledgeCheck.certificate_id == Certificate.id)
        .where(Certificate.programme == programme.id, Certificate.valid_through >= on)
        .group_by(Certificate.id)
        .order_by(Certificate.id)
    )
    by_date = [
        id_ for id_, valid_from, newest in rows if due(valid_from, [newest] if newest else (), on, programme.checks)
    ]
    return [
        id_
        for start in range(0, len(by_date), BATCH)
        for id_ in sorted(drawable(session, programme, by_date[start : start + BATCH]))
    ]


def offered_months(session: Session, certificate_id: int) -> frozenset[int]:
    """The checks a certificate's holder has been offered, by their months."""
    return frozenset(
        session.scalars(select(KnowledgeCheck.months).where(KnowledgeCheck.certificate_id == certificate_id))
    )


def is_wanted(session: Session, person_id: int, programme_id: str) -> bool:
    """Whether a person wants checks: yes, until they say no thanks; what they said last counts."""
    said = session.scalar(
        select(KnowledgeCheckChoice.wanted)
        .where(KnowledgeCheckChoice.person_id == person_id, KnowledgeCheckChoice.programme == programme_id)
        .order_by(KnowledgeCheckChoice.id.desc())
        .limit(1)
    )
    return said is not False


def tested_before(session: Session, programme: Programme, certificate: Certificate) -> PostTest | None:
    """The last post-test the holder submitted before a certificate was issued, in any course of the programme."""
    tests = courses.post_tests_of_many(session, [certificate.person_id], programme.tested_courses)
    return _last(tests.get(certificate.person_id, ()), certificate.issued_at)


def drawable(session: Session, programme: Programme, certificate_ids: Collection[int]) -> frozenset[int]:
    """Of these certificates, those after which a check can be drawn: there is a post-test before, and there are
    questions on what it asked about. A constant number of queries."""
    certificates = session.scalars(select(Certificate).where(Certificate.id.in_(certificate_ids))).all()
    tests = courses.post_tests_of_many(session, {each.person_id for each in certificates}, programme.tested_courses)
    before = {each.id: _last(tests.get(each.person_id, ()), each.issued_at) for each in certificates}
    results = courses.results(session, {test.attempt_id for test in before.values() if test is not None})
    asked = {
        id_: (test.course_id, frozenset(one.objective for one in results[test.attempt_id]))
        for id_, test in before.items()
        if test is not None
    }
    there = {each: courses.has_questions(session, *each) for each in set(asked.values())}
    return frozenset(id_ for id_, each in asked.items() if there[each])


def offers_of(session: Session, programme: Programme, person_id: int, *, on: date) -> tuple[Offered, ...]:
    """The checks a person was offered, the newest first; the newest of a certificate in force can be begun."""
    rows = session.execute(
        select(KnowledgeCheck)
        .join(Certificate, Certificate.id == KnowledgeCheck.certificate_id)
        .where(Certificate.person_id == person_id, Certificate.programme == programme.id)
        .order_by(Certificate.cycle.desc(), KnowledgeCheck.months.desc())
    )
    offered = [row[0] for row in rows]
    if not offered:
        return ()
    begun = courses.checks_of(session, [str(one.id) for one in offered])
    held = {each.id: each for each in issued_to(session, programme.id, [person_id])[person_id]}
    return tuple(
        _offered(
            one,
            begun.get(str(one.id)),
            may_begin=place == 0 and is_asked(held[one.certificate_id].state(on), wanted=True),
        )
        for place, one in enumerate(offered)
    )


def series_of(session: Session, programme: Programme, person_id: int, *, language: str) -> tuple[Series, ...]:
    """What stayed after each certificate a person has answered a check for, the newest first."""
    rows = session.execute(
        select(KnowledgeCheck, Certificate)
        .join(Certificate, Certificate.id == KnowledgeCheck.certificate_id)
        .where(Certificate.person_id == person_id, Certificate.programme == programme.id)
        .order_by(Certificate.cycle.desc(), KnowledgeCheck.months)
    ).all()
    begun = courses.checks_of(session, [str(row[0].id) for row in rows])
    answered: defaultdict[int, list[tuple[int, Check]]] = defaultdict(list)
    certificates: dict[int, Certificate] = {}
    for check, certificate in rows:
        found = begun.get(str(check.id))
        if found is not None and found.submitted_at is not None:
            answered[certificate.id].append((check.months, found))
            certificates[certificate.id] = certificate
    return tuple(
        _series(session, programme, certificate, answered[certificate.id], language)
        for certificate in certificates.values()
    )


def group_of(session: Session, programme: Programme, *, language: str) -> Group:
    """The means of everybody's checks by months and objective, where five persons or more have answered."""
    answered = list(_everybodys(session, programme))
    means = group_means(answered)
    titles = {
        objective: text
        for course_id in programme.tested_courses
        for objective, text in courses.texts_of(session, course_id, language).items()
    }
    shown = {objective for _months, objective in means}
    ordered = [*(one for one in titles if one in shown), *sorted(shown - titles.keys())]
    stages = {months for months, _objective in means} | set(programme.checks.months if programme.checks else ())
    return Group(
        months=tuple(sorted(stages)),
        objectives=tuple((one, titles.get(one, one)) for one in ordered),
        means=means,
        checks=len(answered),
    )


def _last(tests: Sequence[PostTest], before: datetime) -> PostTest | None:
    earlier = [one for one in tests if one.submitted_at <= before]
    return earlier[-1] if earlier else None


def _offered(row: KnowledgeCheck, begun: Check | None, *, may_begin: bool) -> Offered:
    submitted = begun.submitted_at if begun else None
    return Offered(
        id=row.id,
        months=row.months,
        offered_on=row.offered_on,
        certificate_id=row.certificate_id,
        attempt_id=begun.attempt_id if begun else None,
        submitted_on=local_date(submitted) if submitted else None,
        is_open=begun is None and may_begin,
    )


def _series(
    session: Session, programme: Programme, certificate: Certificate, taken: list[tuple[int, Check]], language: str
) -> Series:
    test = tested_before(session, programme, certificate)
    course_id = test.course_id if test else programme.tested_courses[0]
    attempts = [check.attempt_id for _months, check in taken]
    results = courses.results(session, [*attempts, *([test.attempt_id] if test else [])])
    shares = {id_: {one.objective: one.share for one in found} for id_, found in results.items()}
    days = {months: local_date(check.submitted_at) for months, check in taken if check.submitted_at}
    months = sorted({*days, *(programme.checks.months if programme.checks else ())})
    rows = traces(
        shares[test.attempt_id] if test else {}, {at: shares[check.attempt_id] for at, check in taken}, months
    )
    titles = {one.objective: one.title for found in results.values() for one in found}
    lessons = courses.lessons_on(session, certificate.person_id, course_id, language)
    return Series(
        certificate_id=certificate.id,
        number=certificate.number,
        valid_from=certificate.valid_from,
        course_id=course_id,
        tested_on=local_date(test.submitted_at) if test else None,
        columns=tuple((at, days.get(at)) for at in months),
        rows=rows,
        points=overall(rows),
        titles=titles | courses.texts_of(session, course_id, language),
        lessons={objective: (lesson.id, lesson.title) for objective, lesson in lessons.items()},
    )


def _everybodys(session: Session, programme: Programme) -> Iterator[Answered]:
    """Every check that was handed in, the earlier cycles first."""
    last = session.scalar(select(func.max(KnowledgeCheck.id))) or 0
    for first in range(0, last, BATCH):
        rows = session.execute(
            select(KnowledgeCheck, Certificate)
            .join(Certificate, Certificate.id == KnowledgeCheck.certificate_id)
            .where(Certificate.programme == programme.id, KnowledgeCheck.id > first, KnowledgeCheck.id <= first + BATCH)
            .order_by(KnowledgeCheck.id)
        ).all()
        begun = courses.checks_of(session, [str(row[0].id) for row in rows])
        yield from _answered(session, programme, [(row[0], row[1]) for row in rows], begun)


def _answered(
    session: Session,
    programme: Programme,
    rows: Collection[tuple[KnowledgeCheck, Certificate]],
    begun: Mapping[str, Check],
) -> Iterator[Answered]:
    tests = courses.post_tests_of_many(session, [row[1].person_id for row in rows], programme.tested_courses)
    pairs = [
        (check, certificate, found, test)
        for check, certificate in rows
        if (found := begun.get(str(check.id))) and found.submitted_at is not None
        if (test := _last(tests.get(certificate.person_id, ()), certificate.issued_at))
    ]
    results = courses.results(
        session, [id_ for _c, _h, found, test in pairs for id_ in (found.attempt_id, test.attempt_id)]
    )
    for check, certificate, found, test in pairs:
        before, after = (
            {one.objective: one.share for one in results[id_]} for id_ in (test.attempt_id, found.attempt_id)
        )
        yield Answered(person_id=certificate.person_id, months=check.months, before=before, after=after)
