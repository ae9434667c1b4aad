"""The open course in the demo: a doctor in the middle of it, one with a course certificate, an approval entered."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.course_certificates import CreditKind
from certificates.demo import lives
from certificates.demo.lives import Chance
from certificates.services.course_certificates import Entry, enter_approval
from lms import practitioners
from lms.people import Locale, Person
from lms.practitioners import Application, Occupation
from lms.units import Unit, UnitKind
from quizzes.attempts import Purpose

COURSE = "emnekurs"
SIGNS_IN = "fastlege@demo.example"


def tell(session: Session, *, secretariat: int, password: str, today: date) -> None:
    """An approval of this year and the next; Grete in the middle of the course, Odd with his certificate, and Nina,
    who counsels at a NAV office, with hers."""
    approval = Entry(
        course_id=COURSE,
        body="Den norske legeforening",
        reference="Eksempel 1182",
        valid_from=date(today.year - 1, 1, 1),
        valid_through=date(today.year + 1, 12, 31),
        hours={CreditKind.ONLINE: Decimal(4), CreditKind.TOPIC: Decimal(1)},
    )
    enter_approval(session, approval, actor_id=secretariat, now=lives.noon(today - timedelta(days=90)))
    regions = list(session.scalars(select(Unit.id).where(Unit.kind == UnitKind.REGIONAL).order_by(Unit.path)))
    chance = Chance(dice=random.Random(len(COURSE)))  # noqa: S311  (the same people every time; nothing secret)
    signed_up = today - timedelta(days=40)
    grete = _sign_up(session, "Grete Lie", SIGNS_IN, "1234567", regions[0], password, signed_up)
    odd = _sign_up(session, "Odd Fjell", "odd.fjell@demo.example", "7654321", regions[0], password, signed_up)
    nina = _sign_up(session, "Nina Vik", "nina.vik@demo.example", None, regions[-1], password, signed_up)
    for person, share in ((grete, 0.4), (odd, 1.0), (nina, 1.0)):
        lives.sit(session, person.id, COURSE, Purpose.PRE, signed_up, right=0.5, chance=chance)
        lives.read(session, person.id, COURSE, signed_up + timedelta(days=1), today - timedelta(days=10), share=share)
    for person in (odd, nina):
        lives.sit(session, person.id, COURSE, Purpose.POST, today - timedelta(days=8), right=1.0, chance=chance)


def _sign_up(
    session: Session, name: str, email: str, hpr_number: str | None, region_id: int, password: str, on: date
) -> Person:
    said = Application(
        name=name,
        email=email,
        occupation=Occupation.GP if hpr_number else Occupation.COUNSELLOR,
        hpr_number=hpr_number,
        office="" if hpr_number else "NAV Lillevik",
        region_id=region_id,
        locale=Locale.NB,
        go_on_to="",
    )
    now = lives.noon(on)
    return practitioners.complete(session, practitioners.keep_sign_up(session, said, now=now), password, now=now)
