"""Sheets filled in by the real services, and two more assessors: Trine beside Tone in Nord, Terje in Sør."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from flask import Flask
from sqlalchemy.orm import Session

from certificates.models.assessments import AssessmentSheet, Exemption
from certificates.rubric import LEVEL, Filled
from certificates.services import sheets
from certificates.services.sheets import Settled
from courses.services import visits
from lms.clock import at_local
from lms.db import EXTENSION, Database
from lms.people import Locale, add_person
from lms.roles import Role
from lms.units import Sector, Unit, appoint, join_unit
from tests.cast import LONG_AGO, Cast
from tests.certificates.factories import PART_2, PROGRAMME, TODAY, VISITS
from tests.courses import fieldwork

T = TypeVar("T")
NOON = at_local(TODAY, 12)
assert PROGRAMME.rubric is not None
CRITERIA = tuple(each.id for each in PROGRAMME.rubric.criteria)
WHY = "Du forklarer mye, og spør lite."
TO_DO = "Øv på åpne spørsmål, og vis meg åpningen på nytt 8. desember."


def page(level: int = 3, outcome: str = "approved", **others: str) -> dict[str, str]:
    """The fields of a whole sheet with one level throughout."""
    said = {"feedback": WHY, "next_steps": TO_DO} if outcome == "not_yet" else {}
    return {f"{LEVEL}{id_}": str(level) for id_ in CRITERIA} | {"outcome": outcome} | said | others


def ready(database: Database, people: Cast) -> int:
    """Kari, exempted from all but the assessment, with Mons as mentor on one confirmed visit."""
    with database.transaction() as session:
        session.add_all(
            Exemption(
                person_id=people.kari,
                programme=PROGRAMME.id,
                requirement=asked.id,
                reason="Ti år i faget",
                decided_by=people.knut,
                decided_at=at_local(PART_2[-1], 12),
                decided_on=PART_2[-1],
            )
            for asked in PROGRAMME.first
            if asked.id != "vurdering"
        )
    mentored(database, people, people.kari, people.mons)
    return people.kari


def mentored(database: Database, people: Cast, person_id: int, mentor_id: int) -> None:
    """A confirmed visit with somebody as mentor."""
    with database.transaction() as session:
        report = fieldwork.a_visit(on=VISITS[0], company=f"Bedrift {mentor_id}", mentor_id=mentor_id)
        visits.record_visit(session, person_id=person_id, report=report, by=people.knut, now=NOON)


def another_trainer(database: Database, people: Cast, name: str = "Trine Trygg") -> int:
    """A second assessor in Nord."""
    with database.transaction() as session:
        unit = session.get_one(Unit, people.nord)
        email = f"{name.partition(' ')[0].lower()}@cast.example"
        person = add_person(session, name=name, email=email, locale=Locale.NB, now=at_local(LONG_AGO, 12))
        person.activated_at = at_local(LONG_AGO, 12)
        join_unit(session, person, unit, Sector.NAV, on=LONG_AGO)
        appoint(session, person, Role.TRAINER, unit, on=LONG_AGO)
        return person.id


def act(app: Flask, verb: Callable[[Session], T]) -> T:
    """Something done in a transaction and a request of its own."""
    database: Database = app.extensions[EXTENSION]
    with app.test_request_context(), database.transaction() as session:
        return verb(session)


def begin(app: Flask, person_id: int, *, by: int, now: datetime = NOON) -> int:
    """The id of somebody's sheet."""
    return act(app, lambda session: sheets.begin(session, PROGRAMME, person_id, assessor_id=by, now=now).id)


def hand_in(app: Flask, sheet_id: int, fields: dict[str, str] | None = None, *, now: datetime = NOON) -> Settled:
    """A sheet handed in with these fields."""
    given = page() if fields is None else fields
    return act(
        app,
        lambda session: sheets.hand_in(session, PROGRAMME, session.get_one(AssessmentSheet, sheet_id), given, now=now),
    )


def decide(app: Flask, sheet_id: int, words: Filled, *, now: datetime = NOON) -> Settled:
    """The decision of two."""
    return act(
        app,
        lambda session: sheets.decide(session, PROGRAMME, session.get_one(AssessmentSheet, sheet_id), words, now=now),
    )


def not_yet(app: Flask, person_id: int, *, by: int, now: datetime = NOON) -> int:
    """A whole assessment that ends with "not yet"; the id of the decision."""
    settled = hand_in(app, begin(app, person_id, by=by, now=now), page(2, "not_yet"), now=now)
    assert settled.assessment is not None
    return settled.assessment.id
