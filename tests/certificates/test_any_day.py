"""The register, a person and a certificate on another day: as it is known today to have been, to read only, and never a
way round who may see what today."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from certificates.models.issued import Certificate, CertificateEvent
from certificates.queries.issued import issued_to
from certificates.queries.register import Wanted, register
from certificates.queries.verifying import behind
from certificates.status import State, is_certified
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.people import Person
from lms.units import Sector, Unit, join_unit
from lms.viewer import Reach
from tests.cast import Cast
from tests.certificates import editions, factories, policies
from tests.certificates.factories import PROGRAMME, TODAY
from tests.clients import Browser

EVERYWHERE = Reach(everywhere=True)
MOVED = date(2026, 6, 1)


@pytest.fixture
def moved(database: Database, people: Cast) -> int:
    """Geir's certificate of March 2025; he moved from Alta in Nord to Arendal in Sør in June 2026."""
    with database.transaction() as session:
        certificate = factories.give_certificate(session, people.geir, valid_from=date(2025, 3, 1))
        person, unit = session.get_one(Person, people.geir), session.get_one(Unit, people.arendal)
        join_unit(session, person, unit, Sector.HELSE, on=MOVED)
        return certificate.id


def decide(database: Database, certificate_id: int, kind: str, *, works: date, decided: date) -> None:
    with database.transaction() as session:
        session.add(
            CertificateEvent(
                certificate_id=certificate_id,
                kind=kind,
                effective_on=works,
                reason="Grunn",
                actor_id=None,
                at=at_local(decided, 9),
            )
        )


def test_the_former_region_sees_the_line_of_the_day_and_no_more(
    browser: Browser, database: Database, people: Cast, moved: int
) -> None:
    browser.sign_in_as(database, people.knut)
    assert "Geir" not in browser.get("/register").text
    page = browser.get("/register?dag=2026-05-31").text
    assert "Geir Ødegård" in page
    assert "Slik var det 31.05.2026." in page
    assert "hører ikke til enhetene dine nå" in page
    assert f"/deltakere/{people.geir}" not in page
    assert f"/sertifikat/{moved}" not in page
    for path in (f"/deltakere/{people.geir}", f"/sertifikat/{moved}", f"/sertifikat/{moved}.pdf"):
        for day in ("", "?dag=2026-05-31", "?dag=2025-03-01", "?dag=2030-01-01"):
            assert browser.get(f"{path}{day}").status_code == 404
    told = browser.get(f"/sertifikat/{moved}?dag=2026-05-31", headers={"Accept": "application/json"})
    assert told.status_code == 404
    assert "Geir" not in told.text
    line = browser.get("/register.csv?dag=2026-05-31")
    assert "Geir" in line.data.decode("utf-8-sig")
    assert "register-2026-05-31.csv" in line.headers["Content-Disposition"]


def test_the_present_region_sees_any_day_with_the_unit_of_that_day(
    browser: Browser, database: Database, people: Cast, moved: int
) -> None:
    browser.sign_in_as(database, people.sonja)
    assert "Geir" not in browser.get("/register?dag=2026-05-31").text
    then = browser.get(f"/deltakere/{people.geir}?dag=2026-05-31").text
    assert "Alta" in then
    assert "Arendal" not in then
    assert "Arendal" in browser.get(f"/deltakere/{people.geir}?dag=2026-06-01").text
    certificate = browser.get(f"/sertifikat/{moved}?dag=2026-05-31").text
    assert "hørte den dagen til Alta" in certificate
    told = browser.get(f"/sertifikat/{moved}?dag=2026-05-31", headers={"Accept": "application/json"}).json
    assert told is not None
    assert told["belonged_to"] == {"unit": "Alta", "sector": "helse"}
    assert (told["on"], told["state"], told["valid"]) == ("2026-05-31", "valid", True)


def test_on_another_day_there_is_nothing_to_do_and_the_links_stay_on_the_day(
    app: Flask, browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    certificate = factories.certify(app, database, people)
    clock.instant = at_local(date(2029, 6, 1), 12)
    for who in (people.knut, people.tone):
        browser.sign_in_as(database, who)
        for path in (f"/deltakere/{people.kari}", f"/sertifikat/{certificate.id}", "/register"):
            page = browser.get(f"{path}?dag=2027-01-15")
            assert "Slik var det 15.01.2027." in page.text
            main = page.text.partition("<main")[2].partition("</main>")[0]
            assert 'method="post"' not in main
            assert "/beslutning" not in main
            assert 'value="2027-01-15"' in main
        assert "dag=2027-01-15" in browser.click("Kari Åsen").request.url
        assert browser.last.status_code == 200
        assert "dag=2027-01-15" in browser.click(certificate.number).request.url
        assert 'href="/register?dag=2027-01-15"' in browser.last.text
        assert "dag=" not in browser.click("Vis i dag").request.url


def test_a_day_that_cannot_be_shown_is_told_and_today_is_shown(
    app: Flask, browser: Browser, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    browser.sign_in_as(database, people.knut)
    for path in ("/register", f"/deltakere/{people.kari}", f"/sertifikat/{certificate.id}"):
        for odd in ("igår", "2026-02-30", "1999-12-31", "9999-12-31", "0001-01-01", "%00", "2036-11-24"):
            page = browser.get(f"{path}?dag={odd}")
            assert page.status_code == 200
            assert "Vi kan ikke vise den dagen. Velg en dag fra 01.01.2000 til 23.11.2036." in page.text
        assert "Vi kan ikke vise" not in browser.get(f"{path}?dag=2036-11-23").text


def test_a_day_to_come_is_what_will_be_if_nothing_happens(
    app: Flask, browser: Browser, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    browser.sign_in_as(database, people.knut)
    page = browser.get("/register?dag=2029-11-23").text
    assert "Slik blir det 23.11.2029 hvis ingenting skjer før den tid." in page
    assert "utløpt, kan fortsatt fornyes" in page
    told = browser.get(f"/sertifikat/{certificate.id}?dag=2029-11-22", headers={"Accept": "application/json"}).json
    assert told is not None and told["state"] == "expiring"
    assert "bortfalt" in browser.get(f"/deltakere/{people.kari}?dag=2030-05-23").text
    assert "Veien tilbake" in browser.get(f"/deltakere/{people.kari}?dag=2030-05-23").text


def test_before_it_was_issued_there_was_no_certificate(
    app: Flask, browser: Browser, database: Database, people: Cast
) -> None:
    certificate = factories.certify(app, database, people)
    browser.sign_in_as(database, people.kari)
    page = browser.get(f"/sertifikat/{certificate.id}?dag=2026-11-22")
    assert "Sertifikatet fantes ikke 22.11.2026. Det ble utstedt 23.11.2026." in page.text
    asked = {"headers": {"Accept": "application/json"}}
    assert browser.get(f"/sertifikat/{certificate.id}?dag=2026-11-22", **asked).status_code == 404
    browser.sign_in_as(database, people.tone)
    path = browser.get(f"/deltakere/{people.kari}?dag=2026-11-22").text
    assert certificate.number not in path
    assert "Ingen sertifikater den dagen." in path
    assert "Veien til sertifikatet" in path
    assert path.count('data-mark="done"') == 6  # all but the assessment of the 23rd
    assert browser.get(f"/deltakere/{people.kari}?dag=2026-09-20").text.count('data-mark="done"') < 3


def test_what_was_decided_later_counts_from_the_day_it_works(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        certificate = factories.give_certificate(session, people.geir, valid_from=date(2026, 1, 1)).id
    decide(database, certificate, "suspended", works=date(2026, 3, 1), decided=date(2026, 3, 20))
    decide(database, certificate, "lifted", works=date(2026, 3, 10), decided=date(2026, 4, 1))
    decide(database, certificate, "revoked", works=date(2026, 12, 1), decided=date(2026, 6, 1))
    browser.sign_in_as(database, people.knut)

    def on(day: str) -> str:
        told = browser.get(f"/sertifikat/{certificate}?dag={day}", headers={"Accept": "application/json"}).json
        assert told is not None
        return str(told["state"])

    days = ["2026-02-28", "2026-03-01", "2026-03-09", "2026-03-10", "2026-11-30", "2026-12-01"]
    assert [on(day) for day in days] == ["valid", "suspended", "suspended", "valid", "valid", "revoked"]
    early = browser.get(f"/sertifikat/{certificate}?dag=2026-02-28").text
    assert "Midlertidig stanset" not in early and "Trukket tilbake" not in early.partition("Historikk")[2]
    known = browser.get(f"/sertifikat/{certificate}?dag=2026-06-01").text.partition("Historikk")[2]
    assert "gjelder fra 01.12.2026" in known  # decided by then, and still to come


def test_the_certificate_of_a_day_has_the_name_of_that_day(
    app: Flask, browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    certificate = factories.certify(app, database, people)
    editions.another(database, certificate.id, on=TODAY + timedelta(days=30), holder_name="Kari Berg")
    clock.advance(days=60)
    browser.sign_in_as(database, people.kari)
    path = f"/sertifikat/{certificate.id}"
    assert "Kari Berg" in browser.get(path).text
    assert "Kari Berg" not in browser.get(f"{path}?dag=2026-12-22").text
    assert "Kari Berg" in browser.get(f"{path}?dag=2026-12-23").text


def history_of(session: object, person_id: int, dice: random.Random) -> None:
    """Two to four certificates with what may happen to them, decided on the day it works or before or after."""
    began = date(2025, 2, 1) + timedelta(days=dice.randrange(400))
    for cycle in range(1, dice.randint(2, 4) + 1):
        issued = began - timedelta(days=dice.choice((0, 0, 30, 150, -2)))
        row = factories.give_certificate(session, person_id, valid_from=began, cycle=cycle, issued_on=issued)  # type: ignore[arg-type]
        for _ in range(dice.randrange(4)):
            works = max(issued, began) + timedelta(days=dice.choice((0, 1, 40, 900, 1094, 1095, 1290)))
            kind = dice.choice(("suspended", "lifted", "suspended", "lifted", "revoked"))
            session.add(  # type: ignore[attr-defined]
                CertificateEvent(
                    certificate_id=row.id,
                    kind=kind,
                    effective_on=works,
                    reason="Grunn",
                    actor_id=None,
                    at=at_local(works + timedelta(days=dice.choice((0, -20, 15))), 9),
                )
            )
        began = row.valid_through + timedelta(days=dice.choice((1, 1, 20, 183, 200)))


@pytest.mark.parametrize("seed", range(3))
def test_register_certificate_and_verification_agree_on_every_day_whatever_happened(
    stranger: FlaskClient, database: Database, people: Cast, clock: FrozenClock, seed: int
) -> None:
    dice = random.Random(seed)
    holders = (people.kari, people.mons, people.geir, people.stian)
    with database.transaction() as session:
        for person_id in holders:
            history_of(session, person_id, dice)
    edges = [date(2025, 2, 1) + timedelta(days=dice.randrange(4600)) for _ in range(6)]
    with database.reading() as session:
        rows = session.query(Certificate).all()
        edges += [
            day for row in dice.sample(rows, 4) for day in (row.valid_from, row.valid_through + timedelta(days=1))
        ]
    for place, day in enumerate(edges):
        clock.instant = at_local(day, 12)
        with database.reading() as session:
            entries = register(session, EVERYWHERE, PROGRAMME.id, Wanted(), on=day)
            held = issued_to(session, PROGRAMME.id, holders)
            for row in rows:
                found = behind(session, row, on=day)
                if found.issued is not None:  # as known on the day, and as known today to have been: one state
                    whole = next(each for each in held[row.person_id] if each.id == row.id)
                    assert found.issued.state(day) is whole.state(day)
                else:
                    assert row.issued_on > day and row.valid_from > day
        certified = {each.certificate_id for each in entries if is_certified(each.state)}
        there = [row for row in rows if row.issued_on <= day or row.valid_from <= day]
        for row in there:
            headers, source = {"Accept": "application/json"}, {"REMOTE_ADDR": f"203.0.113.{place}"}
            told = stranger.get(f"/verify/{row.print_code}", headers=headers, environ_base=source).json
            assert told is not None
            assert told["valid"] == (row.id in certified), (day, row.number, told)
            entry = next((each for each in entries if each.certificate_id == row.id), None)
            if entry is not None and entry.renewed_through is None:
                assert told["state"] == entry.state
            elif entry is not None:  # renewed: counts as valid in the register, and its own document runs out
                assert (entry.state, told["state"]) in {(State.VALID, "expiring"), (entry.state, entry.state)}
        for person_id in holders:  # never two at once
            assert sum(row.id in certified for row in rows if row.person_id == person_id) <= 1


def test_a_past_day_is_judged_by_the_programme_of_that_day(
    browser: Browser, database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        factories.give_certificate(session, people.geir, valid_from=date(2026, 1, 1))
    policies.put_in_force(database, policies.FEWER_DELIVERIES, now=at_local(date(2026, 12, 1), 12))
    factories.log_deliveries(database, people.geir, on=date(2026, 5, 4), recorded_on=date(2026, 5, 5), count=3)
    clock.instant = at_local(date(2027, 1, 10), 12)
    browser.sign_in_as(database, people.knut)
    assert "3 av 6" in browser.get(f"/deltakere/{people.geir}?dag=2026-11-30").text
    assert "3 av 4" in browser.get(f"/deltakere/{people.geir}?dag=2026-12-01").text
    assert "3 av 4" in browser.get(f"/deltakere/{people.geir}").text
