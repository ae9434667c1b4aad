"""The country the benchmarks run on: a region with 2,000 certified instructors, and people under training."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from flask import Flask
from flask import session as cookies
from flask_wtf.csrf import generate_csrf
from sqlalchemy import insert
from sqlalchemy.orm import Session

from certificates import programmes_on_file
from certificates.models.issued import Certificate, CertificateEdition
from certificates.numbering import number_of, print_code
from certificates.programme import Policy
from certificates.services.programmes import in_force
from certificates.validity import first_period, grace_ends
from courses.compiling import compile_course
from courses.drafts import BUNDLED, read_draft
from courses.publishing import publish
from courses.queries import learning as shelf
from courses.services import learning
from lms import ids, people, units
from lms.clock import local_date
from lms.db import Database
from lms.markup import render
from lms.people import Locale, Person
from lms.roles import Role
from lms.units import Membership, Sector, UnitKind
from quizzes import services as quizzes
from quizzes.attempts import Purpose

INSTRUCTORS = 2_000
LOCAL_UNITS = 12
LEARNERS = 400
COURSE = "startopplaering"
QUESTIONS = 10
"""In a test: the attempt that is measured has ten, whatever the course's own tests have."""


@dataclass(frozen=True)
class Country:
    """Who the benchmarks act as: ids of a reader, a coordinator and people about to sit the pre-test."""

    reader: int
    coordinator: int
    learners: tuple[int, ...]
    lesson: str


def build(database: Database, now: datetime) -> Country:
    """Fill a migrated, empty database."""
    today = local_date(now)
    with database.transaction() as session:
        (draft,) = read_draft(BUNDLED / COURSE, render).items
        shorter = replace(draft.course, blueprint=draft.course.blueprint[:QUESTIONS])
        (compiled,) = compile_course(shorter, render).items
        publish(session, compiled, draft.assets, published_by=None, now=now)
        nord = units.add_unit(session, code="nord", name="Regional enhet Nord", kind=UnitKind.REGIONAL, parent=None)
        local = [
            units.add_unit(session, code=f"enhet-{n}", name=f"Enhet {n}", kind=UnitKind.LOCAL, parent=nord)
            for n in range(LOCAL_UNITS)
        ]
        coordinator = people.add_person(session, name="Knut", email="knut@x.example", locale=Locale.NB, now=now)
        units.join_unit(session, coordinator, nord, Sector.NAV, on=today)
        units.appoint(session, coordinator, Role.COORDINATOR, nord, on=today)
        unit_ids = [unit.id for unit in local]
        _add_people(session, unit_ids, now)
        _certify(session, now)
        learners = tuple(range(coordinator.id + INSTRUCTORS + 1, coordinator.id + INSTRUCTORS + 1 + LEARNERS))
        for person_id in learners:
            learning.enrol(session, person_id=person_id, course_id=COURSE, now=now)
        reader = learners[0]
        lesson = _has_begun(session, reader, now)
    return Country(reader=reader, coordinator=coordinator.id, learners=learners[1:], lesson=lesson)


def _add_people(session: Session, unit_ids: list[int], now: datetime) -> None:
    rows = []
    for n in range(INSTRUCTORS + LEARNERS):
        name = f"Fornavn{n} Etternavn{n * 7919 % 10_007}"
        rows.append(
            {
                "id": n + 2,
                "name": name,
                "sort_name": ids.sort_key(name),
                "search_name": ids.search_key(name),
                "email": f"p{n}@x.example",
                "locale": "nb",
                "created_at": now,
                "activated_at": now,
            }
        )
    session.execute(insert(Person), rows)
    session.execute(
        insert(Membership),
        [
            {
                "person_id": row["id"],
                "unit_id": unit_ids[n % len(unit_ids)],
                "sector": Sector.NAV if n % 2 else Sector.HELSE,
                "from_date": date(2020, 1, 1),
            }
            for n, row in enumerate(rows)
        ],
    )


def _certify(session: Session, now: datetime) -> None:
    policy, today = Policy(), local_date(now)
    programme = programmes_on_file.main_programme()
    version = in_force(session, programme.id, now=now)
    rows = []
    for n in range(INSTRUCTORS):
        period = first_period(today - timedelta(days=n * 1_400 // INSTRUCTORS), policy)
        rows.append(
            {
                "number": number_of(2026, n + 1),
                "person_id": n + 2,
                "programme": programme.id,
                "cycle": 1,
                "valid_from": period.valid_from,
                "valid_through": period.valid_through,
                "window_opens": period.window_opens,
                "grace_through": grace_ends(period, policy),
                "programme_version_id": version.id,
                "derivation": {},
                "evidence": [],
                "issued_at": now,
                "issued_on": period.valid_from,
                "verify_code": ids.new_token(),
                "print_code": print_code(n + 1),
            }
        )
    session.execute(insert(Certificate), rows)
    editions = [
        {
            "certificate_id": n + 1,
            "edition": 1,
            "holder_name": f"Fornavn{n}",
            "unit_id": 2,
            "unit_name": "Enhet",
            "region_name": "Nord",
            "sector": "nav",
            "issued_at": now,
            "issued_on": row["issued_on"],
        }
        for n, row in enumerate(rows)
    ]
    session.execute(insert(CertificateEdition), editions)


def _has_begun(session: Session, person_id: int, now: datetime) -> str:
    """The reader has taken the pre-test and read some lessons; returns the lesson to measure."""
    enrolment = learning.enrol(session, person_id=person_id, course_id=COURSE, now=now)
    attempt = learning.start_test(session, enrolment, Purpose.PRE, now, go_back_to=f"/kurs/{COURSE}")
    quizzes.submit(session, attempt, answers=None, now=now)
    offer = shelf.offer(session, COURSE)
    assert offer is not None
    lessons = list(shelf.volume(session, offer.digest).pages)
    for lesson in lessons[:3]:
        learning.mark_done(session, enrolment, lesson, now)
    return lessons[3]


def headers_for(app: Flask, database: Database, person_id: int, now: datetime) -> dict[str, str]:
    """The headers of a signed-in browser: its cookie, and the CSRF token that goes with it."""
    with database.transaction() as session:
        token = people.start_session(session, person_id, now=now, valid_for=timedelta(hours=12))
    with app.test_request_context():
        from_form = generate_csrf()
        cookie = {**cookies, "_user_id": token, "_fresh": True}
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return {
        "Cookie": f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(cookie)}",
        "X-CSRFToken": from_form,
    }
