"""Appeals against what is not about days: a correction, a pass that was taken away; the doctor; anonymising."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from certificates.appeals import AppealState, Ground, Outcome
from certificates.editions import EditionKind, Holder
from certificates.eligibility import Standing
from certificates.gathering import dossier_of
from certificates.models.appeals import AppealEnding
from certificates.models.issued import Certificate, CertificateEvent
from certificates.models.seals import SEALED
from certificates.queries import appeals, decisions
from certificates.queries.issued import edition_of
from certificates.services import appealing as services
from certificates.services.appealing import Sent
from certificates.services.reissuing import reissue
from certificates.status import EventKind
from lms import audit, doctor
from lms.clock import at_local
from lms.db import Database
from lms.people import Locale, add_person
from lms.roles import Role
from lms.units import Sector, Unit, appoint, join_unit
from lms.uploads import Upload
from quizzes import withdrawing
from quizzes.models import Attempt, AttemptItem, ScoreAdjustment
from quizzes.withdrawal import Way
from tests.cast import LONG_AGO, Cast
from tests.certificates import factories
from tests.certificates.appealing import NOON, answer, appeal, assign, decide, mails, seen, tell
from tests.certificates.assessing import act
from tests.certificates.factories import POST_TESTED, PROGRAMME, TODAY
from tests.certificates.test_withdrawn_items import attempt_of, post_test, questions_of, withdraw
from tests.tampering import unguard
from wsgi import FEATURES


@pytest.fixture
def second(database: Database, people: Cast) -> int:
    """Somebody else in the secretariat."""
    with database.transaction() as session:
        unit = session.get_one(Unit, people.norge)
        person = add_person(
            session, name="Sara Sand", email="sara@cast.example", locale=Locale.NB, now=at_local(LONG_AGO, 12)
        )
        join_unit(session, person, unit, Sector.NAV, on=LONG_AGO)
        appoint(session, person, Role.SECRETARIAT, unit, on=LONG_AGO)
        return person.id


@pytest.fixture
def certificate(database: Database, people: Cast) -> int:
    with database.transaction() as session:
        return factories.give_certificate(session, people.geir, valid_from=TODAY - timedelta(days=200)).id


def corrected(app: Flask, certificate: int, wanted: Holder, *, by: int, hour: int) -> int:
    """The event of a correction made today at an hour."""

    def verb(session: object) -> int:
        row = session.get_one(Certificate, certificate)  # type: ignore[attr-defined]
        newest = edition_of(session, certificate)  # type: ignore[arg-type]
        reissue(
            session,  # type: ignore[arg-type]
            row,
            wanted,
            EditionKind.CORRECTED,
            based_on=newest.edition,
            reason="Feil.",
            actor_id=by,
            now=at_local(TODAY, hour),
        )
        events = select(CertificateEvent.id).order_by(CertificateEvent.id.desc())
        return int(session.scalars(events).first() or 0)  # type: ignore[attr-defined]

    return act(app, verb)


def test_a_granted_appeal_against_a_correction_is_the_next_edition_and_keeps_what_was_changed_since(
    app: Flask, database: Database, people: Cast, certificate: int
) -> None:
    event = corrected(
        app, certificate, Holder(name="Geir Ødegård", unit_id=people.nord, sector="nav"), by=people.knut, hour=9
    )
    case = appeal(app, Ground.EVENT, event)
    assign(app, case, people.sonja, by=people.siri)
    with app.test_request_context(), database.transaction() as session:
        row = session.get_one(Certificate, certificate)
        renamed = Holder(name="Geir Ødegaard", unit_id=people.nord, sector="nav")
        reissue(
            session, row, renamed, EditionKind.REISSUED, based_on=2, reason="Giftet.", actor_id=people.knut, now=NOON
        )
    answer(app, case, Outcome.GRANTED, by=people.sonja)
    with database.reading() as session:
        newest = edition_of(session, certificate)
        assert (newest.edition, newest.holder_name) == (4, "Geir Ødegaard")
        assert (newest.unit_id, newest.sector) == (people.alta, "helse"), "as before the correction"
        assert session.get_one(AppealEnding, case).effect_id is not None
        assert audit.verify_rows(session, SEALED) == []
        assert [each for each in doctor.examine(session, FEATURES, NOON) if each.check == "klager"] == []


def test_a_lost_pass_is_appealed_against_by_somebody_else_of_the_secretariat_and_given_back_from_its_first_day(
    app: Flask, database: Database, people: Cast, second: int
) -> None:
    factories.study(database, people.kari)
    attempt = attempt_of(database, people.kari)
    with database.transaction() as session:  # 5 of 6 by hand: enough, and not without the first question
        half = {"score_numerator": 1, "score_denominator": 2}
        third = (AttemptItem.attempt_id == attempt.id, AttemptItem.position == 3)
        session.execute(update(AttemptItem).where(*third).values(half))
        points = {"points_numerator": 5, "points_denominator": 2}
        session.execute(update(Attempt).where(Attempt.id == attempt.id).values(points))
    withdraw(database, people, questions_of(database, attempt)[:1], Way.LEFT_OUT)
    with database.transaction() as session:
        withdrawing.decide_pass(
            session,
            session.get_one(Attempt, attempt.id),
            keep=False,
            reason="Må tas på nytt.",
            actor_id=people.siri,
            now=at_local(TODAY, 9),
        )
        lost = session.scalars(select(ScoreAdjustment.id).order_by(ScoreAdjustment.id.desc())).first()
    assert lost is not None
    with database.reading() as session:
        (open_,) = decisions.about_person(session, PROGRAMME, people.kari)
        assert (open_.ground, open_.ground_id) == (Ground.ADJUSTMENT, lost)
    case = appeal(app, Ground.ADJUSTMENT, lost)
    with database.reading() as session:
        offered = appeals.candidates(session, appeals.case(session, PROGRAMME, case), on=TODAY)
    assert [id_ for id_, _name in offered] == [second], "who withdrew the question is involved"
    assign(app, case, second, by=people.knut)
    answer(app, case, Outcome.GRANTED, by=second)
    with database.reading() as session:
        finding = post_test(dossier_of(session, PROGRAMME, people.kari, on=TODAY))
    assert (finding.state, finding.met_on) == (Standing.MET, POST_TESTED)
    assert sorted(mails(database, "appeal_decided")) == sorted([people.kari, people.siri])
    assert answer(app, case, Outcome.UPHELD, by=second) == "granted"


def test_the_doctor_finds_an_effect_that_is_missing_and_a_reinstatement_without_an_appeal(
    app: Flask, database: Database, people: Cast, certificate: int
) -> None:
    case = appeal(app, Ground.EVENT, decide(app, certificate, EventKind.REVOKED, by=people.knut))
    assign(app, case, people.sonja, by=people.siri)
    answer(app, case, Outcome.GRANTED, by=people.sonja)
    assert seen(database, case).ending is not None

    def found() -> set[str]:
        with database.reading() as session:
            return {each.row for each in doctor.examine(session, FEATURES, NOON) if each.check == "klager"}

    assert found() == set()
    with database.transaction() as session:
        unguard(session)
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text("ALTER TABLE appeal_ending DISABLE TRIGGER USER"))
        session.execute(text("UPDATE appeal_ending SET effect_id = NULL"))
    assert found() == {f"appeal {case}", "certificate_event 3"}


def test_the_words_of_an_appeal_go_when_the_record_is_anonymised_and_what_was_decided_stays(
    app: Flask, database: Database, people: Cast, certificate: int
) -> None:
    file = Sent(name="brev.pdf", content=b"%PDF-1.7")
    event = decide(app, certificate, EventKind.SUSPENDED, by=people.knut)
    case = appeal(app, Ground.EVENT, event, "Geir var der.", file=file)
    assign(app, case, people.sonja, by=people.siri)
    tell(app, services.answer, case, "Kari så det.")
    answer(app, case, Outcome.UPHELD, by=people.sonja)
    with database.transaction() as session:
        services.take_words_out(session, people.geir)
    found = seen(database, case)
    assert found.ending is not None
    assert {found.row.words, found.ending.words, *(each.row.words for each in found.told if each.row.words)} == {"–"}
    assert (found.files, found.state) == ((), AppealState.UPHELD)
    with database.reading() as session:
        assert session.scalars(select(Upload.id)).all() == []
