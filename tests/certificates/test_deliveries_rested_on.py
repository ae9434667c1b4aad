"""What a certificate rests on stays: its deliveries are sealed when it is issued, also for whoever was the partner."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certificates.models.issued import Certificate
from courses.models.deliveries import Delivery, DeliverySeal
from courses.services import deliveries
from lms.clock import at_local
from lms.db import Database
from lms.errors import Refused
from lms.web import instructors_among
from tests.cast import Cast
from tests.certificates import factories
from tests.courses import fieldwork

APPROVED = at_local(date(2029, 6, 2), 12)


def held_with(database: Database, people: Cast, *, confirmed: bool) -> int:
    """A delivery Geir logged, with Kari as the partner, in her period."""
    report = replace(fieldwork.a_delivery(on=date(2029, 5, 2)), partner_id=people.kari)
    now = at_local(date(2029, 5, 3), 12)
    with database.transaction() as session:
        deliveries.log_delivery(session, person_id=people.geir, report=report, entry="sammen", now=now)
        row = session.scalars(select(Delivery).where(Delivery.entry == "sammen")).one()
        if confirmed:
            deliveries.confirm_delivery(session, delivery_id=row.id, now=now + timedelta(days=1))
    return row.id


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_delivery_the_partner_confirmed_makes_up_the_sixth_and_is_sealed_for_both(
    app: Flask, database: Database, people: Cast, confirmed: bool
) -> None:
    factories.certify(app, database, people)
    factories.recertify_evidence(database, people.kari, on=date(2029, 6, 1), by=people.tone, deliveries=5)
    together = held_with(database, people, confirmed=confirmed)
    factories.approve(app, people.kari, by=people.tone, now=APPROVED, verdict=factories.PLAIN_APPROVAL)
    with database.reading() as session:
        issued = session.scalars(select(Certificate).where(Certificate.person_id == people.kari)).all()
        sealed = set(session.scalars(select(DeliverySeal.delivery_id)))
    assert len(issued) == (2 if confirmed else 1)
    assert len(sealed) == (6 if confirmed else 0)
    if confirmed:
        assert together in sealed
        with pytest.raises(Refused), database.transaction() as session:
            deliveries.strike_delivery(session, delivery_id=together, now=APPROVED)


def test_who_holds_a_certificate_is_told_to_the_floors_below(app: Flask, database: Database, people: Cast) -> None:
    factories.certify(app, database, people)
    with app.test_request_context(), database.reading() as session:
        asked = [people.kari, people.geir]
        for on, holds in ((date(2020, 1, 1), False), (date(2027, 1, 1), True), (date(2032, 1, 1), False)):
            assert (people.kari in instructors_among(session, asked, on=on)) is holds
            assert people.geir not in instructors_among(session, asked, on=on)
