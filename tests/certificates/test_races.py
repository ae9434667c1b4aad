"""Approvals and the night at the same time: nobody waits for the other in a circle, and nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from certificates.models.assessments import Assessment
from certificates.models.issued import Certificate
from certificates.services.issuing import issue_if_due, lock_person
from lms import audit
from lms.app import build_app
from lms.clock import FrozenClock, at_local
from lms.config import Settings
from lms.db import Database
from lms.people import Locale, add_person
from lms.units import Sector, Unit, join_unit
from tests import cast
from tests.certificates import factories
from tests.certificates.factories import PROGRAMME, STARTED, TODAY
from tests.transports import KeptMail
from wsgi import FEATURES

NOW = at_local(TODAY, 12)
EACH = 9


@pytest.mark.slow
def test_trainers_approve_while_the_night_issues_and_every_certificate_is_made(
    shared_database: Database, settings: Settings
) -> None:
    database = shared_database
    app = build_app(settings, FEATURES, clock=FrozenClock(NOW), transport=KeptMail(), database=database)
    with database.transaction() as session:
        people = cast.assemble(session)
        crowd = [_newcomer(session, people.nord, number) for number in range(2 * EACH)]
        crowd.append(people.tone)  # who approves is herself being issued to
    for start in range(0, len(crowd), 10):
        some = crowd[start : start + 10]
        parts = {1: factories.PART_1, 2: factories.PART_2}
        factories.attend(database, people.nord, some, parts, by=people.knut, name=f"Kull {start}")
    for person_id in crowd:
        factories.study(database, person_id)
        factories.visit(database, person_id, mentor_id=people.mons, by=people.knut)
    to_approve, to_issue = crowd[:EACH], crowd[EACH:]
    with database.transaction() as session:
        session.add_all(_approval(person_id, people.siri) for person_id in to_issue)
    together = Barrier(6)

    def approve(person_id: int) -> None:
        factories.approve(app, person_id, by=people.tone, now=NOW)

    def issue(person_id: int) -> None:
        by = None if person_id == people.tone else people.tone  # her own by the night, the others' by her button
        with app.test_request_context(), database.transaction() as session:
            issue_if_due(session, PROGRAMME, lock_person(session, person_id), actor_id=by, now=NOW)

    def all_of(act: Callable[[int], None], person_ids: list[int]) -> None:
        together.wait()
        for person_id in person_ids:
            act(person_id)

    with ThreadPoolExecutor(6) as threads:
        shares = [(approve, to_approve[n::3]) for n in range(3)] + [(issue, to_issue[n::3][::-1]) for n in range(3)]
        for done in [threads.submit(all_of, act, share) for act, share in shares]:
            done.result(timeout=60)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Certificate)) == len(crowd)
        assert session.scalar(select(func.count(Certificate.number.distinct()))) == len(crowd)
        assert audit.verify(session) == []


def _newcomer(session: Session, unit_id: int, number: int) -> int:
    person = add_person(
        session, name=f"Nr {number}", email=f"{number}@cast.example", locale=Locale.NB, now=at_local(STARTED, 8)
    )
    join_unit(session, person, session.get_one(Unit, unit_id), Sector.NAV, on=STARTED)
    return person.id


def _approval(person_id: int, assessor_id: int) -> Assessment:
    """An approval that the night finds."""
    return Assessment(
        person_id=person_id,
        programme=PROGRAMME.id,
        assessor_id=assessor_id,
        outcome="approved",
        content_score=4,
        non_directive_score=4,
        feedback="",
        decided_at=NOW,
        decided_on=TODAY,
    )
