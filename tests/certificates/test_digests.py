"""The unit's digest: right numbers at ends of months, after an outage, and for a coordinator who comes meanwhile."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from certificates import jobs as nightly
from certificates.models.issued import Certificate
from certificates.models.reminders import DigestSent
from certificates.planned import reminder_target
from certificates.programme import Stage
from certificates.queries.digests import digest_of, ending_soon, in_grace
from certificates.queries.register import Entry
from certificates.services.holding import hold_mail
from certificates.status import State
from lms import jobs as ground
from lms import units
from lms.clock import at_local
from lms.db import Database
from lms.outbox import OutboxMail
from lms.people import Person
from lms.roles import Role
from lms.units import Appointment, Unit
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import PROGRAMME, TODAY

DIGEST = next(job for job in nightly.JOBS if job.name == "digest")
ANY_DAY = st.dates(date(2024, 1, 1), date(2040, 12, 31))


def night(app: Flask, on: date) -> int:
    counts = ground.run_job(app, DIGEST, now=at_local(on, 5))
    assert counts["failed"] == 0
    return counts["units"]


def digests(database: Database) -> list[OutboxMail]:
    with database.reading() as session:
        return list(
            session.scalars(select(OutboxMail).where(OutboxMail.name == "reminder_digest").order_by(OutboxMail.id))
        )


def entry(valid_through: date, state: State = State.EXPIRING) -> Entry:
    return Entry(
        person_id=1,
        name="Geir",
        unit_path="/norge/nord/",
        unit_name="Nord",
        sector="helse",
        certificate_id=1,
        number="HIA-2024-00001",
        valid_from=valid_through - timedelta(days=1095),
        valid_through=valid_through,
        state=state,
        renewed_through=None,
    )


@pytest.mark.parametrize(
    ("today", "last_inside"),
    [
        (date(2026, 12, 1), date(2027, 5, 31)),
        (date(2026, 8, 31), date(2027, 2, 28)),  # no 31 February: through the whole of February
        (date(2027, 8, 30), date(2028, 2, 29)),
        (date(2027, 8, 29), date(2028, 2, 28)),
        (date(2027, 2, 28), date(2027, 8, 27)),
        (date(2026, 10, 31), date(2027, 4, 30)),
        (date(2026, 11, 30), date(2027, 5, 29)),
    ],
)
def test_six_months_ahead_end_where_the_calendar_ends_them(today: date, last_inside: date) -> None:
    entries = [entry(last_inside), entry(last_inside + timedelta(days=1)), entry(today), entry(today - timedelta(1))]
    assert [each.valid_through for each in ending_soon(entries, today)] == [today, last_inside]


@given(valid_through=ANY_DAY)
def test_whoever_expires_stands_in_six_digests_before_it_and_in_the_first_after_it(valid_through: date) -> None:
    """Digests of the first of each month; nobody falls between two of them."""
    firsts = [date(valid_through.year + (valid_through.month + n - 1) // 12, (valid_through.month + n - 1) % 12 + 1, 1)
              for n in range(-12, 13)]  # fmt: skip
    ahead = [first for first in firsts if ending_soon([entry(valid_through)], first)]
    assert len(ahead) == 6
    assert ahead[-1] == valid_through.replace(day=1)
    ended = [first for first in firsts if in_grace([entry(valid_through, State.IN_GRACE)], first)]
    assert ended[0] == next(first for first in firsts if first > valid_through)
    assert set(ahead).isdisjoint(ended)


def test_the_first_night_after_an_outage_tells_of_this_month_once_and_not_of_the_months_it_missed(
    app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2024, 3, 1))  # through 28.02.2027
    assert night(app, date(2026, 11, 1)) == 2
    assert night(app, date(2027, 1, 17)) == 2  # down since the first of November
    assert night(app, date(2027, 1, 18)) == 0
    assert night(app, date(2027, 1, 31)) == 0
    assert night(app, date(2027, 2, 1)) == 2
    with database.reading() as session:
        months = session.scalars(select(DigestSent.month).where(DigestSent.unit_id == people.nord)).all()
    assert months == [date(2026, 11, 1), date(2027, 1, 1), date(2027, 2, 1)]
    assert len(digests(database)) == 3


def test_who_becomes_coordinator_in_the_middle_of_a_month_gets_it_where_nobody_had_and_else_the_next_one(
    app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2024, 3, 1))
        knuts = session.scalars(select(Appointment).where(Appointment.person_id == people.knut)).one()
        knuts.through_date = date(2026, 11, 30)
    assert night(app, date(2026, 12, 1)) == 1  # Sør's, who has nothing to tell
    assert digests(database) == []
    appoint(database, people, people.tone, on=date(2026, 12, 14))
    assert night(app, date(2026, 12, 14)) == 1
    assert [mail.person_id for mail in digests(database)] == [people.tone]
    appoint(database, people, people.mons, on=date(2026, 12, 20))
    assert night(app, date(2026, 12, 20)) == 0
    assert night(app, date(2027, 1, 1)) == 2
    assert [mail.person_id for mail in digests(database)][1:] == sorted([people.tone, people.mons])


def appoint(database: Database, people: Cast, person_id: int, *, on: date) -> None:
    with database.transaction() as session:
        unit, person = session.get_one(Unit, people.nord), session.get_one(Person, person_id)
        units.appoint(session, person, Role.COORDINATOR, unit, on=on)


def test_it_tells_of_held_mails_and_of_addresses_that_refuse_the_first_to_end_first(
    app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        soon = factories.holder(session, people.alta, "Ender Først", valid_from=date(2024, 3, 1))
        later = factories.holder(session, people.alta, "Ender Sist", valid_from=date(2024, 9, 1))
        for person in (soon, later, session.get_one(Person, people.kari), session.get_one(Person, people.stian)):
            person.mail_refused_at = at_local(TODAY, 9)
        gone = factories.holder(session, people.alta, "Har Sluttet", valid_from=date(2024, 3, 1))
        gone.mail_refused_at = gone.deactivated_at = at_local(TODAY, 9)
        certificate = session.scalars(select(Certificate.id).where(Certificate.person_id == soon.id)).one()
        held = reminder_target(certificate, Stage.DAYS_30)
        hold_mail(session, held, reason="Avtalt", actor_id=people.knut, now=at_local(TODAY, 12))
        told = digest_of(session, PROGRAMME, session.get_one(Unit, people.nord), on=TODAY)
    assert [(each.name, each.valid_through) for each in told.unreached] == [
        ("Ender Først", date(2027, 2, 28)),
        ("Ender Sist", date(2027, 8, 31)),
        ("Kari Åsen", None),
    ]
    assert [(each.name, each.hold.by) for each in told.held] == [("Ender Først", "Knut Nordli")]
    night(app, TODAY)
    (mail,) = (each for each in digests(database) if each.person_id == people.knut)
    assert "E-post kommer ikke fram: 3" in mail.text
    assert "- Ender Først, Alta: sertifikat til og med 28.02.2027" in mail.text
    assert "30 dager før sertifikatet ikke lenger gjelder. Holdt av Knut Nordli: Avtalt" in mail.text
    assert "Stian" not in mail.text and "Har Sluttet" not in mail.text.partition("E-post kommer ikke fram")[2]


def test_a_month_in_which_only_an_address_refuses_is_told(app: Flask, database: Database, people: Cast) -> None:
    with database.transaction() as session:
        session.get_one(Person, people.kari).mail_refused_at = at_local(TODAY, 9)
    night(app, TODAY)
    assert [mail.person_id for mail in digests(database)] == [people.knut]
