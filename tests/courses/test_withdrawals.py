"""The pages about faulty questions: what an author sees, what the secretariat does, what a participant is told."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import func, select

from courses.services import learning
from lms.clock import FrozenClock
from lms.db import Database
from lms.outbox import OutboxMail
from lms.people import Person
from lms.web import CLOCK
from quizzes import effective, services, withdrawing
from quizzes.attempts import Purpose
from quizzes.models import Attempt, AttemptItem, ItemWithdrawal, QuestionVersion, ScoreAdjustment
from quizzes.withdrawal import Way
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories

INDEX = f"/kurs/{factories.COURSE}/trekk"


def held_by(database: Database, attempt_id: int) -> list[str]:
    """The questions of an attempt, in order."""
    with database.reading() as session:
        return list(
            session.scalars(
                select(QuestionVersion.question_id)
                .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
                .where(AttemptItem.attempt_id == attempt_id)
                .order_by(AttemptItem.position)
            )
        )


def mails(database: Database) -> list[OutboxMail]:
    """What has been written about results."""
    with database.reading() as session:
        written = select(OutboxMail).where(OutboxMail.name == "result_changed").order_by(OutboxMail.id)
        return list(session.scalars(written))


@pytest.fixture
def kari_passed(database: Database, people: Cast, clock: FrozenClock) -> int:
    """Kari's post-test: two of three right, which is enough here."""
    with database.transaction() as session:
        factories.published(session, clock.now())
        enrolment = factories.all_read(session, people.kari, clock.now())
        attempt = learning.start_test(session, enrolment, Purpose.POST, clock.now(), go_back_to="/kurs/rolig-start")
        attempt.pass_numerator, attempt.pass_denominator = 2, 3
    right = {"rygg": "b", "uro": "a"}
    held = held_by(database, attempt.id)
    answers = {place: [right[one.partition("-")[0]]] for place, one in enumerate(held, 1)}
    answers[3] = ["c"]
    with database.transaction() as session:
        attempt = session.get_one(Attempt, attempt.id)
        services.submit(session, attempt, answers=answers, now=clock.now())
    return attempt.id


def test_the_secretariat_rehearses_withdraws_and_decides_and_kari_reads_about_it(
    app: Flask, database: Database, people: Cast, kari_passed: int
) -> None:
    first, second, _wrong = held_by(database, kari_passed)
    siri = Browser(app).sign_in_as(database, people.siri)
    siri.get(f"/kurs/{factories.COURSE}/innhold")
    siri.click("Trekk et spørsmål med feil")
    siri.click(f"Spørsmål {first}")
    assert "Kari Åsen" in siri.page.text and "66,7 %" in siri.page.text and "50 %" in siri.page.text
    assert "bestått til det er avgjort" in siri.page.text
    siri.submit("Vis hva som skjer", maate="full")
    assert "Kari Åsen" not in siri.page.text
    siri.submit("Vis hva som skjer", maate="left_out")
    assert siri.submit("Trekk spørsmålet").status_code == 422
    siri.submit("Trekk spørsmålet", grunn="To svar er riktige.")
    assert "1 prøve er beregnet på nytt" in siri.page.text
    assert "1 venter på avgjørelse" in siri.page.text
    siri.get("/")
    assert "1 bestått prøve i Rolig start venter på avgjørelse" in siri.page.text

    kari = Browser(app).sign_in_as(database, people.kari)
    kari.get(f"/prove/{kari_passed}/resultat")
    for said in ("To svar er riktige.", "Da du leverte, var det 66,7 %", "Du har likevel bestått", "1 av 2 poeng"):
        assert said in kari.page.text, said

    siri.get(INDEX)
    siri.click("Avgjør: Kari Åsen")
    assert siri.submit("Ikke lenger bestått: Kari Åsen").status_code == 422
    siri.submit("Ikke lenger bestått: Kari Åsen", grunn="Prøven må tas på nytt.")
    assert "Prøven er ikke lenger bestått." in siri.page.text
    kari.get(f"/prove/{kari_passed}/resultat")
    assert "ikke lenger er bestått" in kari.page.text
    kari.get(f"/kurs/{factories.COURSE}")
    assert "Ta ettertesten på nytt" in kari.page.text
    kari.submit("Ta ettertesten på nytt")
    with database.reading() as session:
        again = session.scalars(select(Attempt).order_by(Attempt.id.desc()).limit(1)).one()
    assert (again.person_id, again.ordinal) == (people.kari, 2)
    assert first not in held_by(database, again.id)
    siri.get(f"/kurs/{factories.COURSE}/sporsmal/{second}/trekk")
    assert "1 prøve med spørsmålet pågår" in siri.page.text or second not in held_by(database, again.id)


def test_an_author_sees_no_names_and_no_figures_of_few_and_proposes(
    app: Flask, database: Database, people: Cast, kari_passed: int
) -> None:
    question_id = held_by(database, kari_passed)[0]
    ari = Browser(app).sign_in_as(database, people.ari)
    page = f"/kurs/{factories.COURSE}/sporsmal/{question_id}/trekk"
    ari.get(page)
    assert "Kari" not in ari.page.text
    assert "Færre enn fem" in ari.page.text
    assert ari.submit("Foreslå å trekke spørsmålet").status_code == 422
    ari.submit("Foreslå å trekke spørsmålet", grunn="<b>Fasiten</b> er gal.")
    ari.get(INDEX)
    assert "Ari Vik" in ari.page.text and "<b>Fasiten</b> er gal." in ari.page.text
    assert ari.post(page, {"maate": "left_out", "grunn": "Fasiten er gal."}).status_code == 403
    assert ari.post(page.replace("/trekk", f"/bestatt/{kari_passed}"), {"valg": "trekk"}).status_code == 403
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ItemWithdrawal)) == 0
    siri = Browser(app).sign_in_as(database, people.siri)
    siri.get("/")
    siri.click("1 spørsmål i Rolig start er foreslått trukket")
    assert "Foreslått trukket" in siri.page.text
    ari.get("/")
    assert "foreslått trukket" not in ari.page.text, "an author does not decide"


def test_an_old_rehearsal_and_a_second_press_do_nothing(
    app: Flask, database: Database, people: Cast, kari_passed: int
) -> None:
    question_id = held_by(database, kari_passed)[0]
    page = f"/kurs/{factories.COURSE}/sporsmal/{question_id}/trekk"
    siri, second = (Browser(app).sign_in_as(database, people.siri) for _ in range(2))
    old = siri.post(page, {"maate": "left_out", "grunn": "Fasiten er gal.", "sett": "0" * 16})
    assert old.status_code == 409
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ScoreAdjustment)) == 0
    assert "Noen har levert en prøve" in siri.page.text
    assert siri.page.form_with("Trekk spørsmålet").offered["grunn"] is not None
    second.get(page)
    assert mails(database) == []  # what is not done is not told
    siri.submit("Trekk spørsmålet", grunn="Fasiten er gal.")
    told = mails(database)
    answer = second.submit("Trekk spørsmålet", grunn="Fasiten er gal.")
    assert answer.status_code == 409
    assert "allerede trukket" in second.page.text
    assert len(told) == 1
    assert [one.id for one in mails(database)] == [one.id for one in told]
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ScoreAdjustment)) == 1


def test_everybody_whose_result_changes_is_told_in_one_mail_and_nobody_else(
    app: Flask, database: Database, people: Cast, clock: FrozenClock, kari_passed: int
) -> None:
    """Stian failed three times on the same questions; Mons had everything right; Geir failed and has left since."""
    with database.transaction() as session:
        for person_id, tries in ((people.mons, 1), (people.geir, 3), (people.stian, 3)):
            enrolment = factories.enrolled(session, person_id, clock.now())
            factories.take(session, enrolment, Purpose.PRE, clock.now(), right=person_id == people.mons)
            for lesson in factories.LESSONS:
                learning.mark_done(session, enrolment, lesson, clock.now())
            for _ in range(tries):
                last = factories.take(session, enrolment, Purpose.POST, clock.now(), right=person_id == people.mons)
        session.get_one(Person, people.geir).deactivated_at = clock.now()
    question_id = held_by(database, last.id)[0]
    with database.reading() as session:
        said = effective.rehearsal(
            session, bank=factories.COURSE, question_id=question_id, way=Way.FULL, at=clock.now()
        )
    felt = {one.attempt_id for one in said if one.is_felt and one.person_id != people.geir}
    assert len(felt) >= 3
    siri = Browser(app).sign_in_as(database, people.siri)
    siri.get(f"/kurs/{factories.COURSE}/sporsmal/{question_id}/trekk?maate=full")
    assert mails(database) == []  # a rehearsal tells nobody
    siri.submit("Trekk spørsmålet", grunn="To svar er riktige.")
    told = mails(database)
    assert [mail.person_id for mail in told] == sorted({one.person_id for one in said if one.attempt_id in felt})
    assert {int(one) for mail in told for one in re.findall(r"/prove/(\d+)/resultat", mail.text)} == felt
    assert all(mail.daytime_only for mail in told)
    assert "To svar er riktige." not in told[0].text  # it might tell the key of a pre-test


def test_a_pass_that_waits_is_told_calmly(app: Flask, database: Database, people: Cast, kari_passed: int) -> None:
    right, _right, wrong = held_by(database, kari_passed)
    siri = Browser(app).sign_in_as(database, people.siri)
    for question_id in (right, wrong):
        siri.get(f"/kurs/{factories.COURSE}/sporsmal/{question_id}/trekk?maate=left_out")
        siri.submit("Trekk spørsmålet", grunn="To svar er riktige.")
    waits, decided = (" ".join(mail.text.split()) for mail in mails(database) if f"/prove/{kari_passed}/" in mail.text)
    assert "Før: 66,7 %. Nå: 50 %." in waits
    assert "Prøven er likevel bestått" in waits
    assert "Før: 50 %. Nå: 100 %. Prøven er bestått som før." in decided
    for text in (waits, decided):
        assert "aldri tatt fra noen uten at et menneske har bestemt det" in text


def test_unknown_questions_tests_and_open_courses_lead_nowhere(
    app: Flask, database: Database, people: Cast, clock: FrozenClock, kari_passed: int
) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now(), id="apent", kind="open")
        factories.published(session, clock.now(), id="annet", title="Annet")
    question_id = held_by(database, kari_passed)[0]
    siri = Browser(app).sign_in_as(database, people.siri)
    for path in ("/kurs/apent/trekk", "/kurs/ukjent/trekk", f"{INDEX[:-6]}/sporsmal/finnes-ikke/trekk"):
        assert siri.get(path).status_code == 404, path
    said = {"valg": "trekk", "grunn": "Slik er det nå."}
    own = f"/kurs/{factories.COURSE}/sporsmal/{question_id}/bestatt"
    assert siri.post(f"{own}/{2**40}", said).status_code == 404
    assert siri.post(f"/kurs/annet/sporsmal/{question_id}/bestatt/{kari_passed}", said).status_code == 404
    assert siri.post(f"{own}/{kari_passed}", said).status_code == 409
    assert siri.post(f"{own}/{kari_passed}", {"valg": "annet", "grunn": "Slik er det nå."}).status_code == 422


def test_the_table_of_questions_counts_only_those_that_are_still_asked(
    app: Flask, database: Database, people: Cast, kari_passed: int
) -> None:
    with database.transaction() as session:
        withdrawing.withdraw(
            session,
            bank=factories.COURSE,
            question_id="uro-1",
            way=Way.FULL,
            reason="Fasiten er gal.",
            actor_id=people.siri,
            now=app.extensions[CLOCK].now(),
        )
    ari = Browser(app).sign_in_as(database, people.ari)
    ari.get(f"/kurs/{factories.COURSE}/innhold")
    assert "Testene må dele 1 spørsmål" in ari.page.text


@pytest.fixture
def kari_began(database: Database, people: Cast, clock: FrozenClock) -> int:
    """Kari's pre-test: two of three right."""
    with database.transaction() as session:
        factories.published(session, clock.now())
        enrolment = factories.enrolled(session, people.kari, clock.now())
        attempt = learning.start_test(session, enrolment, Purpose.PRE, clock.now(), go_back_to="/kurs/rolig-start")
    right = {"rygg": "b", "uro": "a"}
    answers = {place: [right[one.partition("-")[0]]] for place, one in enumerate(held_by(database, attempt.id), 1)}
    with database.transaction() as session:
        services.submit(session, session.get_one(Attempt, attempt.id), answers=answers | {3: ["c"]}, now=clock.now())
    return attempt.id


def test_a_pre_test_says_the_same_wherever_it_is_shown(
    app: Flask, database: Database, people: Cast, kari_began: int
) -> None:
    """Nobody passes it, so there is no mark it could be rounded up to."""
    kari = Browser(app).sign_in_as(database, people.kari)
    for path in (f"/prove/{kari_began}/resultat", f"/kurs/{factories.COURSE}"):
        kari.get(path)
        assert "66,7 %" in kari.page.text, path


def test_a_withdrawn_question_in_a_pre_test_is_said_without_its_reason(
    app: Flask, database: Database, people: Cast, clock: FrozenClock, kari_began: int
) -> None:
    _first, _second, wrong = held_by(database, kari_began)
    with database.transaction() as session:
        withdrawing.withdraw(
            session,
            bank=factories.COURSE,
            question_id=wrong,
            way=Way.LEFT_OUT,
            reason="To svar er riktige.",
            actor_id=people.siri,
            now=clock.now(),
        )
    kari = Browser(app).sign_in_as(database, people.kari)
    assert kari.get(f"/prove/{kari_began}/resultat").status_code == 200
    assert "Da du leverte, var det 66,7 %" in kari.page.text
    assert "To svar er riktige." not in kari.page.text
    siri = Browser(app).sign_in_as(database, people.siri)
    siri.get(f"/kurs/{factories.COURSE}/sporsmal/{wrong}/trekk")
    assert "Ingen som hadde bestått, fikk færre poeng enn grensen" in siri.page.text
