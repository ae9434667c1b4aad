"""The open course in the middle of things: a doctor's certificate, an approval, somebody who signed up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from certificates.course_certificates import CreditKind
from certificates.demo import lives
from certificates.models.course_certificates import CourseApproval, CourseCertificate
from certificates.queries.course_certificates import certificates_by_enrolment
from certificates.services import course_certificates as services
from certificates.services.course_certificates import Entry
from lms import practitioners
from lms.people import Locale
from lms.practitioners import Application, Occupation
from quizzes.attempts import Purpose
from tests import world
from tests.cast import Cast
from tests.clients import PASSWORD

COURSE = "emnekurs"


@dataclass(frozen=True)
class Opened:
    """Ids of what there is, and the token of a link that waits."""

    certificate: CourseCertificate  # Geir's, with his HPR number and the approval
    approval: int
    practitioner: int  # Grete Lie, who signed up
    waiting: str


def signs_up(session: Session, name: str, *, hpr: str | None, region_id: int | None, today: date) -> str:
    """Somebody who says who they are; the token of the link."""
    said = Application(
        name=name,
        email=f"{name.split()[0].lower()}@lege.example",
        occupation=Occupation.GP if hpr else Occupation.COUNSELLOR,
        hpr_number=hpr,
        office="" if hpr else "NAV Alta",
        region_id=region_id,
        locale=Locale.NB,
        go_on_to=f"/kurs/{COURSE}",
    )
    return practitioners.keep_sign_up(session, said, now=lives.noon(today))


def enter_approval(session: Session, people: Cast, today: date) -> CourseApproval:
    """The secretariat has entered, long ago, that the course is approved these two years."""
    entry = Entry(
        course_id=COURSE,
        body="Den norske legeforening",
        reference="2026/1182",
        valid_from=today - timedelta(days=200),
        valid_through=today + timedelta(days=400),
        hours={CreditKind.ONLINE: Decimal(4), CreditKind.TOPIC: Decimal(1)},
    )
    return services.enter_approval(session, entry, actor_id=people.siri, now=lives.noon(today - timedelta(days=150)))


def build(session: Session, people: Cast, today: date) -> Opened:
    """Needs the shipped courses published, and the application's context for the mails."""
    now = lives.noon(today)
    approval = enter_approval(session, people, today)
    practitioners.correct_hpr(session, people.geir, "9144889", actor_id=people.geir, now=now)
    take(session, people.geir, today)
    (certificate,) = certificates_by_enrolment(session, people.geir).values()
    token = signs_up(session, "Grete Lie", hpr="1234567", region_id=people.nord, today=today)
    grete = practitioners.complete(session, token, PASSWORD, now=now)
    waiting = signs_up(session, "Nils Vik", hpr=None, region_id=people.sor, today=today)
    return Opened(certificate=certificate, approval=approval.id, practitioner=grete.id, waiting=waiting)


def take(session: Session, person_id: int, today: date) -> None:
    """The whole course in a week, everything right at the end."""
    dice = world.chance()
    lives.sit(session, person_id, COURSE, Purpose.PRE, today - timedelta(days=9), right=0.5, chance=dice)
    lives.read(session, person_id, COURSE, today - timedelta(days=8), today - timedelta(days=3))
    lives.sit(session, person_id, COURSE, Purpose.POST, today - timedelta(days=2), right=1.0, chance=dice)
