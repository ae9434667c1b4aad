"""A certificate imported with wrong dates is revoked from its first day, and imported anew: nothing is ever edited."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certificates.models.issued import Certificate
from certificates.queries.issued import issued_to
from certificates.services.decisions import decide_certificate
from certificates.status import EventKind, State
from lms import doctor
from lms.db import Database
from lms.errors import Refused
from tests.cast import Cast
from tests.certificates import factories, importing
from tests.certificates.importing import NOON, bring_in, line
from wsgi import FEATURES

WRONG_FIRST, WRONG_LAST = date(2024, 3, 15), date(2027, 3, 14)
FIRST, LAST = date(2025, 3, 15), date(2028, 3, 14)


def revoke(database: Database, certificate_id: int, *, by: int, on: date) -> None:
    with database.transaction() as session:
        decide_certificate(
            session,
            session.get_one(Certificate, certificate_id),
            EventKind.REVOKED,
            effective_on=on,
            reason="Importert med galt årstall",
            actor_id=by,
            now=NOON,
        )


def test_it_never_was_and_the_right_one_takes_its_place(in_app: Flask, database: Database, people: Cast) -> None:
    assert bring_in(database, line(), by=people.siri) == 1
    right = line(number="NORD-17/2", first=FIRST, last=LAST)
    assert importing.problems(importing.rehearse(database, importing.csv_of(right))), "they would overlap"
    with database.reading() as session:
        (wrong,) = session.scalars(select(Certificate)).all()
    revoke(database, wrong.id, by=people.siri, on=WRONG_FIRST)
    assert bring_in(database, right, by=people.siri) == 1
    with database.reading() as session:
        first, second = issued_to(session, "instruktor", [wrong.person_id])[wrong.person_id]
        assert (first.cycle, second.cycle) == (1, 2)
        assert {first.state(day) for day in (WRONG_FIRST, FIRST, NOON.date())} == {State.REVOKED}
        assert second.state(NOON.date()) is State.VALID
        assert [fault for fault in doctor.examine(session, FEATURES, NOON) if not fault.is_notice] == []


def test_not_before_its_first_day_and_one_issued_here_not_before_its_issue(
    in_app: Flask, database: Database, people: Cast
) -> None:
    bring_in(database, line(), by=people.siri)
    with database.transaction() as session:
        (imported,) = session.scalars(select(Certificate)).all()
        own = factories.give_certificate(session, people.geir, valid_from=date(2026, 1, 1), issued_on=date(2026, 2, 1))
    for certificate, day in ((imported, WRONG_FIRST - timedelta(days=1)), (own, date(2026, 1, 31))):
        with pytest.raises(Refused) as refused:
            revoke(database, certificate.id, by=people.siri, on=day)
        assert [reason.code for reason in refused.value.reasons] == ["decision-before-issue"]


def test_one_that_an_appeal_has_reinstated_is_in_the_way_again(in_app: Flask, database: Database, people: Cast) -> None:
    bring_in(database, line(), by=people.siri)
    with database.reading() as session:
        (wrong,) = session.scalars(select(Certificate)).all()
    revoke(database, wrong.id, by=people.siri, on=WRONG_FIRST)
    right = importing.csv_of(line(number="NORD-17/2", first=FIRST, last=LAST))
    assert importing.problems(importing.rehearse(database, right)) == []
    factories.decided(database, wrong.id, "reinstated", WRONG_FIRST)
    assert importing.problems(importing.rehearse(database, right)) == [(2, "Gyldig fra", "import-overlaps")]
