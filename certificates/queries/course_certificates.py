"""Reads of course certificates: what is due, what was issued, which approvals there are, how many in a region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from certificates.course_certificates import QUARTER, Approval, Capacity, CreditKind, Taken
from certificates.models.course_certificates import (
    CourseApproval,
    CourseApprovalWithdrawn,
    CourseCertificate,
    CourseCertificateEdition,
)
from courses.catalogue import Kind
from courses.compiling import CompiledCourse
from courses.models.learning import CourseVersion, Enrolment
from courses.queries import learning
from courses.queries.learning import CourseResult, TestResult
from lms.people import Person
from lms.practitioners import Practitioner
from lms.units import Membership, Unit, UnitKind, holds_on
from lms.viewer import Reach
from quizzes.attempts import Purpose
from quizzes.models import Attempt


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A cycle of a course somebody has begun, on the version it keeps to."""

    enrolment_id: int
    person_id: int
    kind: Kind
    volume: CompiledCourse
    result: CourseResult

    @property
    def taken(self) -> Taken:
        """How far it has come, for the rule."""
        return Taken(
            begun_on=self.result.enrolled_on,
            pre_on=self.result.pre.on if self.result.pre else None,
            lessons_done=self.result.lessons_done,
            lessons_total=self.result.lessons_total,
            lessons_done_on=self.result.lessons_done_on,
            passed_on=self.passed_on,
        )

    @property
    def passed_on(self) -> date | None:
        """The first day on which a post-test that counts today was passed."""
        days = [_passed_on(post, self.volume.pass_mark) for post in self.result.posts if post.passed]
        return min(days, default=None)


def _passed_on(post: TestResult, pass_mark: Fraction) -> date:
    """The day it was handed in, or, where only a recomputed score reached the mark, the day of that."""
    reached = next((known for known in post.scores if known.share >= pass_mark), None)
    return (reached.recomputed_on if reached else None) or post.on


def topic_course(session: Session, enrolment_id: int) -> Course | None:
    """An enrolment in a topic course with what it has given, or None for any other."""
    row = session.execute(_BEGUN.where(Enrolment.id == enrolment_id, CourseVersion.kind == Kind.TOPIC)).first()
    return None if row is None else next(iter(_courses(session, [row])), None)


def courses_of(session: Session, person_id: int) -> list[Course]:
    """Every cycle of every course a person has begun, the first first."""
    rows = session.execute(
        _BEGUN.where(Enrolment.person_id == person_id).order_by(Enrolment.enrolled_at, Enrolment.id)
    ).all()
    return _courses(session, rows)


_BEGUN = select(
    Enrolment.id, Enrolment.person_id, Enrolment.course_id, Enrolment.cycle, CourseVersion.kind, CourseVersion.digest
).join(CourseVersion, CourseVersion.id == Enrolment.version_id)


def _courses(session: Session, rows: Sequence[Any]) -> list[Course]:
    results = learning.results_of_many(session, {row.person_id for row in rows})
    found = {(person, one.course_id, one.cycle): one for person, several in results.items() for one in several}
    return [
        Course(
            enrolment_id=row.id,
            person_id=row.person_id,
            kind=Kind(row.kind),
            volume=learning.volume(session, row.digest).course,
            result=found[row.person_id, row.course_id, row.cycle],
        )
        for row in rows
    ]


def waiting_enrolments(session: Session) -> Sequence[int]:
    """Enrolments in topic courses that may be due a certificate: a post-test is handed in, and none was issued."""
    handed_in = select(Attempt.id).where(
        Attempt.owner == literal(learning.owner_of(0)[:-1]) + cast(Enrolment.id, String),
        Attempt.form == Purpose.POST,
        Attempt.submitted_at.is_not(None),
    )
    return session.scalars(
        select(Enrolment.id)
        .join(CourseVersion, CourseVersion.id == Enrolment.version_id)
        .outerjoin(CourseCertificate, CourseCertificate.enrolment_id == Enrolment.id)
        .where(CourseVersion.kind == Kind.TOPIC, CourseCertificate.id.is_(None), handed_in.exists())
        .order_by(Enrolment.id)
    ).all()


def certificate_of(session: Session, enrolment_id: int) -> CourseCertificate | None:
    """The certificate of an enrolment, or None."""
    return session.scalar(select(CourseCertificate).where(CourseCertificate.enrolment_id == enrolment_id))


def newest_edition(session: Session, certificate_id: int) -> CourseCertificateEdition:
    """The holder as the certificate stands today."""
    return session.scalars(
        select(CourseCertificateEdition)
        .where(CourseCertificateEdition.certificate_id == certificate_id)
        .order_by(CourseCertificateEdition.edition.desc())
        .limit(1)
    ).one()


def editions_of(session: Session, certificate_id: int) -> Sequence[CourseCertificateEdition]:
    """Every edition, the first first."""
    return session.scalars(
        select(CourseCertificateEdition)
        .where(CourseCertificateEdition.certificate_id == certificate_id)
        .order_by(CourseCertificateEdition.edition)
    ).all()


def certificates_by_enrolment(session: Session, person_id: int) -> Mapping[int, CourseCertificate]:
    """A person's course certificates by what they are for."""
    rows = session.scalars(select(CourseCertificate).where(CourseCertificate.person_id == person_id))
    return {row.enrolment_id: row for row in rows}


def carries_hpr(session: Session, person_id: int) -> bool:
    """Whether a course certificate carries the person's HPR number."""
    found = (
        select(CourseCertificateEdition.id)
        .join(CourseCertificate, CourseCertificate.id == CourseCertificateEdition.certificate_id)
        .where(CourseCertificate.person_id == person_id, CourseCertificateEdition.hpr_number.is_not(None))
    )
    return session.scalar(found.limit(1)) is not None


def behind_code(session: Session, *, long_code: str, print_code: str | None) -> CourseCertificate | None:
    """The certificate behind a code from the QR code or from paper, or None."""
    return session.scalar(
        select(CourseCertificate).where(
            or_(CourseCertificate.verify_code == long_code, CourseCertificate.print_code == (print_code or long_code))
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """An approval as the secretariat looks at it: of which course, entered by whom, and why it was withdrawn, if so."""

    course_id: str
    approval: Approval
    entered_by: str
    withdrawn_because: str | None


def approvals_of(session: Session, course_id: str) -> tuple[Approval, ...]:
    """Every approval of a course, withdrawn ones too, in the order they were entered."""
    return tuple(each.approval for each in approvals(session) if each.course_id == course_id)


def approvals(session: Session) -> list[Entered]:
    """Every approval of every course, in the order they were entered."""
    rows = session.execute(
        select(CourseApproval, CourseApprovalWithdrawn.withdrawn_at, CourseApprovalWithdrawn.reason, Person.name)
        .outerjoin(CourseApprovalWithdrawn, CourseApprovalWithdrawn.approval_id == CourseApproval.id)
        .join(Person, Person.id == CourseApproval.entered_by)
        .order_by(CourseApproval.id)
    )
    return [
        Entered(course_id=row.course_id, approval=_approval(row, at), entered_by=name, withdrawn_because=reason)
        for row, at, reason, name in rows
    ]


def _approval(row: CourseApproval, withdrawn_at: datetime | None) -> Approval:
    quarters = (
        (CreditKind.ONLINE, row.online_quarters),
        (CreditKind.TOPIC, row.topic_quarters),
        (CreditKind.ELECTIVE, row.elective_quarters),
    )
    return Approval(
        id=row.id,
        body=row.body,
        reference=row.reference,
        valid_from=row.valid_from,
        valid_through=row.valid_through,
        hours=tuple((kind, Decimal(count) * QUARTER) for kind, count in quarters if count),
        entered_at=row.entered_at,
        withdrawn_at=withdrawn_at,
    )


def attendance(
    session: Session, *, wanted: str, limit: int | None
) -> list[tuple[CourseCertificate, CourseCertificateEdition]]:
    """For the secretariat: who has taken topic courses, the latest first, each with the newest edition's words.

    `wanted` is a search key found in the name or the number, or the beginning of an HPR number."""
    other = aliased(CourseCertificateEdition)
    newest = select(func.max(other.edition)).where(other.certificate_id == CourseCertificate.id).scalar_subquery()
    on_it = and_(
        CourseCertificateEdition.certificate_id == CourseCertificate.id, CourseCertificateEdition.edition == newest
    )
    query = (
        select(CourseCertificate, CourseCertificateEdition)
        .join(CourseCertificateEdition, on_it)
        .join(Person, Person.id == CourseCertificate.person_id)
        .order_by(CourseCertificate.last_on.desc(), CourseCertificate.id.desc())
        .limit(limit)
    )
    if wanted:
        query = query.where(
            Person.search_name.contains(wanted, autoescape=True)
            | func.lower(CourseCertificate.number).contains(wanted, autoescape=True)
            | CourseCertificateEdition.hpr_number.startswith(wanted, autoescape=True)
        )
    return [(certificate, edition) for certificate, edition in session.execute(query)]


def counted(session: Session, reach: Reach) -> Counter[tuple[str, int, Capacity]]:
    """How many people have taken a topic course, by the name of the region, year and what they took it as.

    The region is the one somebody belonged to on the last day, or said they work in when they signed up.
    """
    found: Counter[tuple[str, int, Capacity]] = Counter()
    regions = session.scalars(select(Unit).where(Unit.kind == UnitKind.REGIONAL))
    names = {unit.path: unit.name for unit in regions}
    for _person_id, last_on, taken_as, path in _placed(session, reach):
        region = next((name for start, name in names.items() if path.startswith(start)), "")
        found[region, last_on.year, Capacity(taken_as)] += 1
    return found


def _placed(session: Session, reach: Reach) -> list[tuple[int, date, str, str]]:
    """Person, last day, capacity and path of the unit or the region, for each certificate within reach."""
    own = CourseCertificate
    belonged = (
        select(own.person_id, own.last_on, own.capacity, Unit.path)
        .join(
            Membership,
            and_(
                Membership.person_id == own.person_id,
                Membership.from_date <= own.last_on,
                or_(Membership.through_date.is_(None), Membership.through_date >= own.last_on),
            ),
        )
        .join(Unit, Unit.id == Membership.unit_id)
    )
    said = (
        select(own.person_id, own.last_on, own.capacity, Unit.path)
        .join(Practitioner, Practitioner.person_id == own.person_id)
        .join(Unit, Unit.id == Practitioner.region_id)
    )
    anybody = select(own.person_id, own.last_on, own.capacity, literal(""))
    places: dict[tuple[int, date, str], str] = {}
    for query in (anybody, said, belonged):
        places |= {(row[0], row[1], row[2]): row[3] for row in session.execute(query)}
    return [(*key, path) for key, path in places.items() if reach.includes(path)]


def sector_of(session: Session, person_id: int, on: date) -> str | None:
    """The sector a person belongs to on a day, or None."""
    return session.scalar(
        select(Membership.sector).where(Membership.person_id == person_id, holds_on(Membership, on)).limit(1)
    )


def national_unit(session: Session) -> str:
    """The name of the national unit, which organises the courses; empty where there is none."""
    return session.scalar(select(Unit.name).where(Unit.kind == UnitKind.NATIONAL).order_by(Unit.id).limit(1)) or ""


def topic_courses(session: Session) -> Sequence[tuple[str, str]]:
    """Id and title of every topic course as it is published now."""
    return [(offer.course_id, offer.title) for offer in learning.offers(session) if offer.kind is Kind.TOPIC]
