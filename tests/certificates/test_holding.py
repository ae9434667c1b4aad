"""Holding a planned mail back: against the night and against each other; and the pages that say so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from certificates import jobs as nightly
from certificates.models.issued import Certificate
from certificates.models.reminders import Reminder, ReminderHold, ReminderRelease
from certificates.planned import Target, reminder_target
from certificates.programme import Stage
from certificates.queries.holds import open_holds
from certificates.services.holding import hold_mail, release_mail
from lms import audit
from lms import jobs as ground
from lms.app import build_app
from lms.clock import FrozenClock, at_local
from lms.config import Settings
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from tests import cast
from tests.cast import Cast
from tests.certificates import factories
from tests.certificates.factories import TODAY
from tests.clients import Browser
from tests.transports import KeptMail
from wsgi import FEATURES

BEGAN = date(2024, 3, 1)  # through 28.02.2027: the window opened on 01.09.2026
REMIND = next(job for job in nightly.JOBS if job.name == "remind")
HOLDERS = 24


@pytest.mark.slow
def test_a_hold_and_the_night_at_once_either_held_and_not_sent_or_sent_and_refused(
    shared_database: Database, settings: Settings
) -> None:
    database = shared_database
    app = build_app(settings, FEATURES, clock=FrozenClock(at_local(TODAY, 5)), transport=KeptMail(), database=database)
    with database.transaction() as session:
        people = cast.assemble(session)
        for number in range(HOLDERS):
            factories.holder(session, people.alta, f"Nr {number}", valid_from=BEGAN)
        certificates = session.scalars(select(Certificate.id).order_by(Certificate.id.desc())).all()
    together = Barrier(3)

    def by_night() -> None:
        together.wait()
        assert ground.run_job(app, REMIND, now=at_local(TODAY, 5))["failed"] == 0

    def by_hand(ids: list[int]) -> set[int]:
        refused = set()
        together.wait()
        for id_ in ids:
            try:
                with database.transaction() as session:
                    target = reminder_target(id_, Stage.OPENED)
                    hold_mail(session, target, reason="Avtalt", actor_id=people.knut, now=at_local(TODAY, 5))
            except Refused as no:
                assert [reason.code for reason in no.reasons] == ["mail-written"]
                refused.add(id_)
        return refused

    with ThreadPoolExecutor(3) as threads:
        night = threads.submit(by_night)
        halves = [threads.submit(by_hand, list(certificates[n::2])) for n in range(2)]
        refused = set().union(*(half.result(timeout=120) for half in halves))
        night.result(timeout=120)
    with database.reading() as session:
        sent = set(session.scalars(select(Reminder.certificate_id)))
        held = {each.certificate_id for each in open_holds(session).values()}
        assert audit.verify(session) == []
    assert sent == refused
    assert held.isdisjoint(sent) and held | sent == set(certificates)


def test_two_who_hold_or_release_one_mail_at_once_do_it_once(shared_database: Database) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
        target = reminder_target(factories.give_certificate(session, people.geir, valid_from=BEGAN).id, Stage.DAYS_7)

    def both(act: object) -> list[str]:
        together = Barrier(2)

        def one(actor_id: int) -> str:
            together.wait()
            try:
                with shared_database.transaction() as session:
                    act(session, target, actor_id=actor_id, now=at_local(TODAY, 12))  # type: ignore[operator]
            except Refused as no:
                return no.reasons[0].code
            return "done"

        with ThreadPoolExecutor(2) as threads:
            return sorted(threads.map(one, (people.knut, people.siri)))

    def hold(session: object, target: Target, **who: object) -> None:
        hold_mail(session, target, reason="Avtalt", **who)  # type: ignore[arg-type]

    for _ in range(2):
        assert both(hold) == ["done", "mail-held-already"]
        assert both(release_mail) == ["done", "mail-not-held"]
    with shared_database.reading() as session:
        assert session.scalars(select(ReminderHold.number).order_by(ReminderHold.id)).all() == [1, 2]
        assert session.scalar(select(func.count()).select_from(ReminderRelease)) == 2


@pytest.fixture
def target(database: Database, people: Cast) -> Target:
    """Geir's reminder thirty days before, on 30 January."""
    with database.transaction() as session:
        return reminder_target(factories.give_certificate(session, people.geir, valid_from=BEGAN).id, Stage.DAYS_30)


@pytest.fixture
def knut(browser: Browser, database: Database, people: Cast) -> Browser:
    browser.sign_in_as(database, people.knut)
    return browser


def test_the_calendar_shows_day_by_day_what_goes_to_whom_and_filters(knut: Browser, target: Target) -> None:
    page = knut.get("/planlagt-epost").text
    assert "Geir Ødegård" in page
    assert "Tirsdag 1. desember 2026" in page
    assert "90 dager før sertifikatet ikke lenger gjelder" in page
    assert "Koordinatorene i Regional enhet Nord" in page
    only = knut.get("/planlagt-epost?slag=digest").text
    assert "90 dager før" not in only and "Månedens oversikt" in only
    assert "Ingen passer" in knut.get("/planlagt-epost?enhet=/norge/nord/tromso/").text
    csv = knut.get("/planlagt-epost.csv?slag=reminder").text
    assert csv.splitlines()[1].startswith("2026-11-24;Geir Ødegård;Alta;Påminnelse om sertifikatet;")
    assert target.key not in csv


def test_a_mail_is_previewed_held_with_a_reason_shown_everywhere_and_released(
    app: Flask, knut: Browser, database: Database, people: Cast, target: Target, clock: FrozenClock
) -> None:
    page = knut.get(f"/planlagt-epost/{target.key}").text
    assert "Sertifikatet ditt gjelder til og med 28.02.2027" in page
    assert "Du mangler" in page or "Avtal faglig vurdering" in page
    empty = knut.post(f"/planlagt-epost/{target.key}/hold", {"reason": "  "})
    assert empty.status_code == 422
    knut.follow(knut.post(f"/planlagt-epost/{target.key}/hold", {"reason": "Ny dato <avtalt>"}))
    for where in (f"/planlagt-epost/{target.key}", "/planlagt-epost?holdt=ja", f"/sertifikat/{target.subject_id}"):
        page = knut.get(where).text
        assert "Ny dato &lt;avtalt&gt;" in page, where
        assert "Knut Nordli" in page, where
    again = knut.post(f"/planlagt-epost/{target.key}/hold", {"reason": "En gang til"})
    assert again.status_code == 409
    assert "Knut Nordli holdt den tilbake" in again.text
    ground.run_job(app, next(job for job in nightly.JOBS if job.name == "digest"), now=at_local(TODAY, 5))
    with database.reading() as session:
        told = session.scalars(select(OutboxMail.text).where(OutboxMail.name == "reminder_digest")).one()
    assert "Holdt av Knut Nordli: Ny dato <avtalt>" in told
    knut.follow(knut.post(f"/planlagt-epost/{target.key}/slipp", {}))
    assert knut.post(f"/planlagt-epost/{target.key}/slipp", {}).status_code == 409
    assert "Hold e-posten tilbake" in knut.get(f"/planlagt-epost/{target.key}").text
    clock.instant = at_local(date(2027, 1, 30), 12)
    ground.run_job(app, REMIND, now=at_local(date(2027, 1, 30), 5))
    knut.sign_in_as(database, people.knut)
    late = knut.post(f"/planlagt-epost/{target.key}/hold", {"reason": "For sent"})
    assert late.status_code == 409
    assert "E-posten ble skrevet 30.01.2027" in late.text


def test_what_is_not_planned_cannot_be_held(knut: Browser, database: Database, people: Cast, target: Target) -> None:
    nobodys = reminder_target(target.subject_id, Stage.before(45)).key
    answer = knut.post(f"/planlagt-epost/{nobodys}/hold", {"reason": "Hvorfor ikke"})
    assert answer.status_code == 409
    assert "ikke planlagt lenger" in answer.text
    for unknown in ("reminder-999999-opened", "digest-1-2026-12-01", "digest-2-2026-13-01", "x", "visits-1-1-14x"):
        assert knut.get(f"/planlagt-epost/{unknown}").status_code == 404, unknown
    assert knut.get(f"/planlagt-epost/visits-{people.kari}-1-14").status_code == 200  # nothing planned, says so
    with database.reading() as session:
        assert session.scalars(select(ReminderHold.id)).all() == []


def test_the_holder_sees_on_the_own_certificate_what_comes_and_what_is_held(
    knut: Browser, browser: Browser, database: Database, people: Cast, target: Target
) -> None:
    knut.follow(knut.post(f"/planlagt-epost/{target.key}/hold", {"reason": "Avtalt med Geir"}))
    browser.sign_in_as(database, people.geir)
    page = browser.get(f"/sertifikat/{target.subject_id}").text
    assert "Påminnelser på e-post" in page
    assert "Avtalt med Geir" in page
    assert "planlagt-epost" not in page
