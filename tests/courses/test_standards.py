"""Rounds on the pass mark: who sees what when, what is kept, and what comes of it."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import func, select

from courses.models.learning import CourseVersion
from courses.models.standards import AngoffDecision, AngoffJudge, AngoffRating, AngoffRound
from courses.queries import standards as queries
from courses.queries.standards import Scope
from courses.services import standards as services
from lms.audit import AuditEntry
from lms.clock import FrozenClock
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from quizzes import services as quizzes
from quizzes import withdrawing
from quizzes.angoff import Stage
from quizzes.withdrawal import Way
from tests import cast
from tests.cast import Cast
from tests.clients import Browser
from tests.courses import factories
from tests.quizzes.factories import NOW, begin, publish, question
from tests.quizzes.test_races import at_once

PAGE = f"/kurs/{factories.COURSE}/bestattgrense"
JUDGES = ("ari", "tone", "terje")


def signed_in(app: Flask, database: Database, people: Cast, name: str) -> Browser:
    return Browser(app).sign_in_as(database, getattr(people, name))


def opened(app: Flask, database: Database, people: Cast, clock: FrozenClock) -> int:
    """A round on the whole bank, opened by Siri, with three judges."""
    with database.transaction() as session:
        factories.published(session, clock.now())
    siri = signed_in(app, database, people, "siri")
    siri.get(f"/kurs/{factories.COURSE}/innhold")
    siri.click("La et panel vurdere grensen")
    assert "Sett A (3)" in siri.page.text
    siri.submit("Åpne runden")
    siri.submit("Inviter de avkryssede", person=[str(getattr(people, name)) for name in JUDGES])
    assert "3 er invitert." in siri.page.text
    with database.reading() as session:
        return session.scalars(select(AngoffRound.id)).one()


def rate_all(browser: Browser, round_id: int, percent: int, *, but: int = 0) -> None:
    browser.get(f"/bestattgrense/{round_id}")
    form = browser.page.form_with("Lagre vurderingene")
    fields = [name for name in form.offered if name.startswith("svar-")]
    browser.submit("Lagre vurderingene", **{name: str(percent) for name in fields[: len(fields) - but]})


def test_a_round_from_invitation_to_decision(app: Flask, database: Database, people: Cast, clock: FrozenClock) -> None:
    round_id = opened(app, database, people, clock)
    page = f"/bestattgrense/{round_id}"
    siri, *judges = (signed_in(app, database, people, name) for name in ("siri", *JUDGES))
    judges[1].get("/")
    assert "Hvor bør grensen for bestått ligge i Rolig start?" in judges[1].page.text
    for browser, percent in zip(judges, (50, 70, 90), strict=True):
        rate_all(browser, round_id, percent)
        assert "6 av 6 vurdert" in browser.page.text
    for browser in (siri, *judges):
        browser.get(page)
        assert "median" not in browser.page.text, "nobody sees the others before the first stage is closed"
    siri.submit("Lukk første del")
    judges[0].get(page)
    assert "fra 50 til 90, halvparten mellom 60 og 80, median 70, snitt 70. Du sa 50." in judges[0].page.text
    assert "0 av 6 vurdert" in judges[0].page.text
    for browser, percent in zip(judges, (60, 70, 80), strict=True):
        rate_all(browser, round_id, percent)
        assert browser.page.text.count("median 70") == 6, "the second stage is not shown while it is open"
    siri.get(page)
    siri.submit("Avslutt runden")
    assert "70 % (4,2 av 6 poeng), standardfeil 5,8 prosentpoeng, 3 dommere fra 60 % til 80 %" in siri.page.text
    assert siri.submit("Lagre beslutningen", grense="101", grunn="For strengt.").status_code == 422
    siri.submit("Lagre beslutningen", grense="75", grunn="Litt over panelet: jobben krever det.")
    ari = judges[0]
    ari.get(f"/kurs/{factories.COURSE}/innhold")
    for said in ("Besluttet grense", "75 %, Siri Dahl", "Litt over panelet", "Tone Bjørnevik, Terje Moen, Ari Vik"):
        assert said in ari.page.text, said
    with database.reading() as session:
        mails = session.scalars(select(OutboxMail.name).order_by(OutboxMail.id)).all()
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.number)).all()
    assert list(mails) == ["angoff"] * 6
    assert [one for one in actions if one.startswith(("angoff", "pass"))] == [
        "angoff-opened",
        "angoff-closed",
        "angoff-closed",
        "pass-mark-decided",
    ]


def test_two_judges_give_no_result_and_no_decision(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    round_id = opened(app, database, people, clock)
    siri, *judges = (signed_in(app, database, people, name) for name in ("siri", *JUDGES))
    for stage in ("Lukk første del", "Avslutt runden"):
        for browser in judges[:2]:
            rate_all(browser, round_id, 80)
        rate_all(judges[2], round_id, 10, but=1)
        siri.get(f"/bestattgrense/{round_id}")
        siri.submit(stage)
    assert "2 har vurdert alle spørsmålene. Det trengs minst 3" in siri.page.text
    assert "Bestem grensen" not in siri.page.text
    refused = siri.post(f"/bestattgrense/{round_id}/grense", {"grense": "80", "grunn": "Vi synes det."})
    assert refused.status_code == 409


def test_strangers_to_the_round_learn_nothing_of_it_and_judges_do_not_run_it(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    round_id = opened(app, database, people, clock)
    page = f"/bestattgrense/{round_id}"
    kari, tone, siri = (signed_in(app, database, people, name) for name in ("kari", "tone", "siri"))
    assert kari.get(page).status_code == 404
    assert kari.post(page, {}).status_code == 404
    assert siri.get(f"/bestattgrense/{2**40}").status_code == 404
    assert siri.post(page, {}).status_code == 403, "who runs it without being a judge does not rate"
    for path in ("panel", "lukk", "grense"):
        assert kari.post(f"{page}/{path}", {}).status_code == 404
        assert tone.post(f"{page}/{path}", {"del": "first"}).status_code == 403
    assert tone.get(PAGE).status_code == 403


def test_what_is_no_rating_is_not_kept_and_none_of_the_page_is(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    round_id = opened(app, database, people, clock)
    ari = signed_in(app, database, people, "ari")
    with database.reading() as session:
        first, second, *_rest = session.get_one(AngoffRound, round_id).items
    for wrong in ("101", "-5", "52", "syv", "٥٠", "1" * 4000):
        answer = ari.post(f"/bestattgrense/{round_id}", {f"svar-{first}": "50", f"svar-{second}": wrong})
        assert answer.status_code == 409, wrong
    ari.post(f"/bestattgrense/{round_id}", {"svar-ukjent": "50"})
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AngoffRating)) == 0


def test_the_script_keeps_one_rating_at_a_time_and_is_told_in_words_what_is_not_kept(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    round_id = opened(app, database, people, clock)
    page = f"/bestattgrense/{round_id}"
    ari, kari = (signed_in(app, database, people, name) for name in ("ari", "kari"))
    with database.reading() as session:
        first, second, *_rest = session.get_one(AngoffRound, round_id).items
    asks = {"headers": {"Accept": "application/json"}}
    assert ari.post(page, {"del": "first", f"svar-{first}": "50"}, **asks).status_code == 204
    assert ari.post(page, {"del": "first", f"svar-{second}": "70"}, **asks).status_code == 204
    refused = ari.post(page, {"del": "first", f"svar-{first}": "51"}, **asks)
    assert refused.status_code == 409
    assert refused.json is not None and len(refused.json["reasons"]) == 1
    assert kari.post(page, {f"svar-{first}": "50"}, **asks).status_code == 404
    ari.get(page)
    assert "2 av 6 vurdert" in ari.page.text
    signed_in(app, database, people, "siri").post(f"{page}/lukk", {"del": "first"})
    late = ari.post(page, {"del": "first", f"svar-{first}": "90"})
    assert late.status_code == 409, "what was said on the page of the first stage is not said of the second"
    with database.reading() as session:
        ratings = {(one.stage, one.question_id): one.percent for one in session.scalars(select(AngoffRating))}
    assert ratings == {("first", first): 50, ("first", second): 70}


def test_only_those_with_a_role_are_invited_each_once_and_none_after_the_first_stage(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    round_id = opened(app, database, people, clock)
    siri = signed_in(app, database, people, "siri")
    invite = f"/bestattgrense/{round_id}/panel"
    assert siri.post(invite, {"person": str(people.kari)}).status_code == 422
    assert siri.post(invite, {}).status_code == 422
    siri.post(invite, {"person": str(people.ari)})
    siri.post(f"/bestattgrense/{round_id}/lukk", {"del": "first"})
    assert siri.post(f"/bestattgrense/{round_id}/lukk", {"del": "first"}).status_code == 409
    assert siri.post(f"/bestattgrense/{round_id}/lukk", {"del": "tull"}).status_code == 409
    assert siri.post(invite, {"person": str(people.siri)}).status_code == 409
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AngoffJudge)) == 3


def test_a_round_is_opened_once_and_without_withdrawn_questions(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    with database.transaction() as session:
        factories.published(session, clock.now())
        withdrawing.withdraw(
            session,
            bank=factories.COURSE,
            question_id="rygg-2",
            way=Way.LEFT_OUT,
            reason="Fasiten er gal.",
            actor_id=people.siri,
            now=clock.now(),
        )
    ari = signed_in(app, database, people, "ari")
    assert ari.post(PAGE, {"omfang": "bank"}).status_code == 303
    assert ari.post(PAGE, {"omfang": "bank"}).status_code == 409
    assert ari.post(PAGE, {"omfang": "C"}).status_code == 422
    with database.reading() as session:
        (row,) = session.scalars(select(AngoffRound)).all()
    assert row.items == ["rygg-1", "rygg-3", "rygg-4", "uro-1", "uro-2"]


def test_a_decision_said_twice_is_kept_once_and_a_later_one_stands_beside_it(
    app: Flask, database: Database, people: Cast, clock: FrozenClock
) -> None:
    round_id = opened(app, database, people, clock)
    siri, *judges = (signed_in(app, database, people, name) for name in ("siri", *JUDGES))
    for stage in Stage.FIRST, Stage.SECOND:
        for browser in judges:
            rate_all(browser, round_id, 80)
        siri.post(f"/bestattgrense/{round_id}/lukk", {"del": stage})
    said = {"grense": "80", "grunn": "Som panelet."}
    for form in (said, said, {**said, "grense": "85"}):
        siri.post(f"/bestattgrense/{round_id}/grense", form)
    assert signed_in(app, database, people, "ari").post(f"/bestattgrense/{round_id}/grense", said).status_code == 403
    with database.reading() as session:
        assert [one.pass_mark for one in session.scalars(select(AngoffDecision).order_by(AngoffDecision.id))] == [
            Fraction(4, 5),
            Fraction(17, 20),
        ]


def test_how_hard_a_question_is_shows_from_thirty_post_tests(database: Database, people: Cast) -> None:
    bank = [question("q-1")]
    with database.transaction() as session:
        publish(session, bank, name="kurs")
        for number in range(30):
            assert queries.facilities(session, "kurs") == {}
            for form in ("pre", "post"):
                attempt = begin(
                    session, people.kari, bank, owner=f"e:{number}", form=form, bank="kurs", blueprint={"rygg": 1}
                )
                right = form == "post" and number % 3 > 0
                quizzes.submit(session, attempt, answers={1: ["a" if right else "b"]}, now=NOW)
        assert queries.facilities(session, "kurs") == {"q-1": pytest.approx(2 / 3)}


@pytest.mark.parametrize("round_", range(3))
def test_no_rating_slips_in_behind_a_closed_stage(shared_database: Database, app: Flask, round_: int) -> None:
    with shared_database.transaction() as session:
        people = cast.assemble(session)
        factories.published(session, NOW)
        version_id = session.scalars(select(CourseVersion.id)).one()
        row = services.open_round(
            session,
            course_id=factories.COURSE,
            version_id=version_id,
            scope=Scope.BANK,
            items=["rygg-1"],
            actor_id=people.siri,
            now=NOW,
        )
        session.add(AngoffJudge(round_id=row.id, person_id=people.ari, invited_by=people.siri, invited_at=NOW))
        row.first_closed_at, row.first_closed_by = NOW, people.siri

    def act(number: int) -> str:
        with shared_database.transaction() as session:
            mine = session.get_one(AngoffRound, row.id)
            later = NOW + timedelta(seconds=number)
            if number == round_:
                services.close_stage(session, mine, stage=Stage.SECOND, title="Kurs", actor_id=people.siri, now=later)
                return "closed"
            services.rate(session, mine, person_id=people.ari, ratings={"rygg-1": 5 * number}, now=later)
            return str(5 * number)

    answers = at_once(act, 4)
    kept = [answer for answer in answers if not isinstance(answer, Refused) and answer != "closed"]
    with shared_database.reading() as session:
        ratings = session.scalars(select(AngoffRating)).all()
    assert len(ratings) == (1 if kept else 0)
    assert {str(one.percent) for one in ratings} <= set(kept)
    assert all(isinstance(answer, Refused) or answer == "closed" or answer in kept for answer in answers)
