"""People on their way and holders of certificates, made by the real services of courses and certificates."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from functools import cache

from flask import Flask
from sqlalchemy.orm import Session

from certificates import programmes_on_file
from certificates.eligibility import NotYet
from certificates.evidence import Outcome
from certificates.models.issued import Certificate, CertificateEdition
from certificates.numbering import PRINT_CODES, number_of, print_code
from certificates.services.decisions import Verdict, record_assessment
from certificates.services.programmes import in_force
from certificates.services.recording import add_event, record_event
from certificates.validity import first_period, grace_ends
from courses.publishing import publish
from courses.seminars import GatheringKind, days_of
from courses.services import deliveries as deliveries_services
from courses.services import gatherings, learning, visits
from courses.visits import ModuleKind
from lms import ids
from lms.clock import at_local
from lms.db import EXTENSION, Database
from lms.people import Locale, Person, add_person
from lms.units import Sector, Unit, join_unit, membership_on, region_of
from quizzes.attempts import Purpose
from tests.cast import Cast
from tests.courses import factories as courses
from tests.courses import fieldwork

PROGRAMME = programmes_on_file.main_programme()
STARTED = date(2026, 9, 1)
POST_TESTED = date(2026, 9, 21)
PART_1 = (date(2026, 10, 5), date(2026, 10, 6), date(2026, 10, 7))
VISITS = (date(2026, 10, 20), date(2026, 10, 27))
PART_2 = (date(2026, 11, 9), date(2026, 11, 10))
TODAY = date(2026, 11, 23)
APPROVED = Verdict(outcome=Outcome.APPROVED, content_score=4, non_directive_score=5, feedback="")
NOT_YET = Verdict(outcome=Outcome.NOT_YET, content_score=2, non_directive_score=3, feedback="Øv på åpne spørsmål.")
PLAIN_APPROVAL = Verdict(outcome=Outcome.APPROVED, content_score=None, non_directive_score=None, feedback="")


@cache
def _compiled(course_id: str, title: str, kind: str) -> object:
    return courses.compiled(courses.files(id=course_id, title=title, kind=kind))


def publish_course(session: Session, course_id: str, *, title: str, kind: str, now: datetime) -> None:
    """A small course under the id a programme asks for."""
    course, assets = _compiled(course_id, title, kind)  # type: ignore[misc]
    publish(session, course, assets, published_by=None, now=now)


def study(database: Database, person_id: int, *, right: bool = True) -> None:
    """Pre-test, all lessons and post-test of the start course."""
    with database.transaction() as session:
        first = at_local(STARTED, 10)
        publish_course(session, "startopplaering", title="Startopplæring", kind="foundation", now=first)
        enrolment = courses.reading(session, person_id, first, course="startopplaering")
        for lesson in courses.LESSONS:
            learning.mark_done(session, enrolment, lesson, at_local(POST_TESTED, 9))
        courses.take(session, enrolment, Purpose.POST, at_local(POST_TESTED, 10), right=right)


def attend(
    database: Database,
    unit_id: int,
    person_ids: Collection[int],
    parts: dict[int, tuple[date, ...]],
    *,
    by: int,
    name: str = "Grunnopplæring 2026",
) -> None:
    """A seminar planned, filled on the day before, and every day of it attended."""
    seated_on = min(day for part in parts.values() for day in part) - timedelta(days=1)
    seminar = fieldwork.plan(
        database, unit_id, now=at_local(seated_on, 9), name=name, days=days_of(parts), seated=person_ids
    )
    days = sorted(day for part in parts.values() for day in part)
    for day_id, day in zip(fieldwork.day_ids(database, seminar.id), days, strict=True):
        fieldwork.attend(database, day_id, dict.fromkeys(person_ids, True), by=by, now=at_local(day, 16))


def visit(database: Database, person_id: int, *, mentor_id: int, by: int) -> None:
    """Two visits that cover both health modules, confirmed."""
    modules = (ModuleKind.MUSKEL_SKJELETT, ModuleKind.PSYKISK_HELSE)
    with database.transaction() as session:
        for day, module in zip(VISITS, modules, strict=True):
            report = fieldwork.a_visit(on=day, modules=[module], mentor_id=mentor_id)
            visits.record_visit(session, person_id=person_id, report=report, by=by, now=at_local(day, 15))


def trained(database: Database, people: Cast, person_id: int | None = None) -> int:
    """Kari (or somebody else in Nord) with everything met but the assessment."""
    person_id = person_id or people.kari
    study(database, person_id)
    attend(database, people.nord, [person_id], {1: PART_1, 2: PART_2}, by=people.tone, name=f"Høst {person_id}")
    visit(database, person_id, mentor_id=people.mons, by=people.tone)
    return person_id


def approve(app: Flask, person_id: int, *, by: int, now: datetime, verdict: Verdict = APPROVED) -> Certificate | NotYet:
    """A trainer's assessment through the service, in a request of its own."""
    database: Database = app.extensions[EXTENSION]
    with app.test_request_context(), database.transaction() as session:
        return record_assessment(session, PROGRAMME, person_id, verdict, assessor_id=by, now=now)


def certify(app: Flask, database: Database, people: Cast, person_id: int | None = None) -> Certificate:
    """Kari trained, and approved by Tone at noon on 23 November 2026: valid through 22 November 2029."""
    person_id = trained(database, people, person_id)
    certificate = approve(app, person_id, by=people.tone, now=at_local(TODAY, 12))
    assert isinstance(certificate, Certificate)
    return certificate


def give_certificate(
    session: Session,
    person_id: int,
    *,
    valid_from: date,
    cycle: int = 1,
    place: int | None = None,
    issued_on: date | None = None,
) -> Certificate:
    """A certificate as if issued on its first day or another, without the way to it: for registers and reminders."""
    issued_on = issued_on or valid_from
    now = at_local(issued_on, 12)
    version = in_force(session, PROGRAMME.id, now=now)
    period = first_period(valid_from, PROGRAMME.policy)
    person = session.get_one(Person, person_id)
    belongs = membership_on(session, person_id, valid_from) or membership_on(session, person_id, TODAY)
    assert belongs is not None
    membership, unit = belongs
    serial = place if place is not None else 900_000 + person_id * 10 + cycle
    certificate = Certificate(
        number=number_of(valid_from.year, serial),
        person_id=person_id,
        programme=PROGRAMME.id,
        cycle=cycle,
        valid_from=period.valid_from,
        valid_through=period.valid_through,
        window_opens=period.window_opens,
        grace_through=grace_ends(period, PROGRAMME.policy),
        programme_version_id=version.id,
        derivation={
            "why": {"reason": "period-first", "values": {"approved_on": {"day": str(valid_from)}, "months": 36}},
            "route": "first",
            "met_on": {"day": valid_from.isoformat()},
            "edition": PROGRAMME.edition,
            "version": version.number,
        },
        evidence=[],
        issued_at=now,
        issued_on=issued_on,
        issued_by=None,
        verify_code=ids.new_token(),
        print_code=print_code((serial * 7_919_777_777 + cycle) % PRINT_CODES),
    )
    session.add(certificate)
    session.flush()
    edition = CertificateEdition(
        certificate_id=certificate.id,
        edition=1,
        holder_name=person.name,
        unit_id=unit.id,
        unit_name=unit.name,
        region_name=region_of(session, unit).name,
        sector=membership.sector,
        issued_at=now,
        issued_on=issued_on,
    )
    session.add(edition)
    event = add_event(session, certificate.id, "issued", effective_on=issued_on, reason="", actor_id=None, now=now)
    record_event(session, event, also=(certificate, edition))
    return certificate


def decided(database: Database, certificate_id: int, kind: str, on: date) -> None:
    """A certificate suspended, lifted or revoked."""
    with database.transaction() as session:
        now = at_local(on, 9)
        event = add_event(session, certificate_id, kind, effective_on=on, reason="Klage", actor_id=None, now=now)
        record_event(session, event)


def holder(session: Session, unit_id: int, name: str, *, valid_from: date, locale: Locale = Locale.NB) -> Person:
    """A new person in a unit who holds a certificate."""
    joined = valid_from - timedelta(days=30)
    person = add_person(
        session, name=name, email=f"{ids.new_token()}@cast.example", locale=locale, now=at_local(joined, 12)
    )
    join_unit(session, person, session.get_one(Unit, unit_id), Sector.HELSE, on=joined)
    give_certificate(session, person.id, valid_from=valid_from)
    return person


def recertify_evidence(
    database: Database, person_id: int, *, on: date, by: int, deliveries: int = 6, course_on: date | None = None
) -> None:
    """What a renewal asks for but the approval: the course passed on a day, deliveries, one gathering."""
    pass_recertification(database, person_id, on=course_on or on)
    log_deliveries(database, person_id, on=on, recorded_on=on, count=deliveries)
    with database.transaction() as session:
        gatherings.record_gathering(
            session,
            person_ids=[person_id],
            title="Nettverkssamling",
            on=on - timedelta(days=1),
            kind=GatheringKind.NETWORK,
            by=by,
            now=at_local(on, 12),
        )


def pass_recertification(database: Database, person_id: int, *, on: date) -> None:
    """The recertification course, read and passed on a day."""
    now = at_local(on, 12)
    with database.transaction() as session:
        publish_course(session, "resertifisering", title="Resertifisering", kind="recertification", now=now)
        enrolment = learning.enrol(session, person_id=person_id, course_id="resertifisering", now=now)
        courses.take(session, enrolment, Purpose.PRE, now, right=False)
        for lesson in courses.LESSONS:
            learning.mark_done(session, enrolment, lesson, now)
        courses.take(session, enrolment, Purpose.POST, now)


def log_deliveries(database: Database, person_id: int, *, on: date, recorded_on: date, count: int = 6) -> None:
    """Deliveries held on a day and on those before it, all logged on one day."""
    with database.transaction() as session:
        for number in range(count):
            deliveries_services.log_delivery(
                session,
                person_id=person_id,
                report=fieldwork.a_delivery(on=on - timedelta(days=number)),
                entry=ids.new_token(),
                now=at_local(recorded_on, 12),
            )
