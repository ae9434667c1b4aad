"""Knowledge checks are offered exactly once, to those who are certified and want them, and never count for anything."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from certificates import jobs as nightly
from certificates.models.checks import KnowledgeCheck, KnowledgeCheckChoice
from certificates.models.issued import Certificate
from certificates.programme import KnowledgeChecks
from certificates.queries.checks import is_wanted, to_offer
from certificates.services import checking as service
from certificates.services.decisions import decide_certificate
from certificates.status import EventKind
from lms import jobs as ground
from lms.clock import FrozenClock, at_local
from lms.db import Database
from lms.errors import Refused
from lms.outbox import OutboxMail
from lms.people import Locale, Person
from quizzes.models import Attempt
from tests import cast
from tests.cast import Cast
from tests.certificates import checking, factories
from tests.certificates.checking import BEGAN, STAGES, night, offers
from tests.certificates.factories import PROGRAMME
from tests.transports import KeptMail

ONE_DAY = timedelta(days=1)
THREE, TWELVE, TWENTY_FOUR = (day for _months, day in STAGES)
TWO_ITEMS = replace(PROGRAMME, checks=KnowledgeChecks(months=(3, 12, 24), items=2))


@pytest.fixture
def held(database: Database, people: Cast) -> Certificate:
    """Geir's certificate from 23.11.2026, after a post-test with everything wrong about the unrest."""
    return checking.holder(database, people.geir, wrong=["uroen"])


class TestOffering:
    def test_each_check_is_offered_on_its_day_and_once_however_often_the_night_is_run(
        self, app: Flask, database: Database, held: Certificate
    ) -> None:
        for place, (_months, day) in enumerate(STAGES):
            night(app, day - ONE_DAY)
            assert len(checking.mails(database)) == place
            for _ in range(3):
                night(app, day)
            assert offers(database) == STAGES[: place + 1]
        assert night(app, date(2029, 11, 22)) == {"offered": 0, "failed": 0}
        assert len(checking.mails(database)) == 3

    def test_after_an_outage_only_the_newest_is_offered(
        self, app: Flask, database: Database, held: Certificate
    ) -> None:
        night(app, TWELVE + timedelta(days=40))
        night(app, TWELVE + timedelta(days=41))
        assert offers(database) == [(12, TWELVE + timedelta(days=40))]

    def test_a_rehearsal_counts_and_offers_nothing(self, app: Flask, database: Database, held: Certificate) -> None:
        assert night(app, THREE, rehearse=True) == {"offered": 1, "failed": 0}
        assert offers(database) == []
        assert checking.mails(database) == []

    def test_the_mail_waits_for_the_morning_and_leads_to_the_check(
        self, app: Flask, database: Database, held: Certificate, clock: FrozenClock, outbox_transport: KeptMail
    ) -> None:
        night(app, THREE)
        for hour, sent in ((5, 0), (6, 1), (7, 1)):
            clock.instant = at_local(THREE, hour)
            ground.send_mail(app)
            assert len(outbox_transport.sent) == sent
        (mail,) = checking.mails(database)
        assert f"http://127.0.0.1:8000/kunnskapssjekk/{checking.newest(database).id}\n" in mail.text
        for words in ("frivillig", "fem minutter", "teller ikke for noe", "nei takk", "23.11.2026"):
            assert words in mail.text and words in mail.html
        assert checking.newest(database).mail_id == mail.id

    @pytest.mark.parametrize("locale", Locale)
    def test_it_is_written_in_the_language_of_the_holder(
        self, app: Flask, database: Database, people: Cast, held: Certificate, locale: Locale
    ) -> None:
        with database.transaction() as session:
            session.get_one(Person, people.geir).locale = locale
        night(app, THREE)
        (mail,) = checking.mails(database)
        assert mail.locale == locale
        assert mail.subject and "%(" not in mail.text + mail.html + mail.subject

    def test_whoever_took_no_post_test_before_the_certificate_is_offered_none(
        self, app: Flask, database: Database, people: Cast
    ) -> None:
        with database.transaction() as session:  # imported: no test here at all
            factories.give_certificate(session, people.mons, valid_from=BEGAN)
        checking.holder(database, people.stian, valid_from=date(2026, 9, 1))  # the test came three weeks after it
        assert night(app, TWELVE) == {"offered": 0, "failed": 0}

    @pytest.mark.parametrize("kind", ["suspended", "revoked"])
    def test_the_suspended_and_the_revoked_are_left_in_peace_from_that_very_day(
        self, app: Flask, database: Database, held: Certificate, kind: str
    ) -> None:
        factories.decided(database, held.id, kind, THREE)
        assert night(app, THREE) == {"offered": 0, "failed": 0}
        if kind == "suspended":
            factories.decided(database, held.id, "lifted", THREE + timedelta(days=9))
            assert night(app, THREE + timedelta(days=8))["offered"] == 0
            assert night(app, THREE + timedelta(days=9))["offered"] == 1

    def test_nobody_is_asked_after_the_last_day_or_by_a_certificate_that_another_has_replaced(
        self, app: Flask, database: Database, people: Cast, held: Certificate
    ) -> None:
        assert night(app, held.valid_through + ONE_DAY)["offered"] == 0
        with database.transaction() as session:
            factories.give_certificate(session, people.geir, valid_from=date(2029, 11, 1), cycle=2)
        assert night(app, date(2029, 11, 2))["offered"] == 0
        assert night(app, date(2030, 2, 1))["offered"] == 1
        assert offers(database) == [(3, date(2030, 2, 1))]

    def test_the_last_day_is_still_a_day(self, app: Flask, database: Database, held: Certificate) -> None:
        assert night(app, held.valid_through)["offered"] == 1

    def test_those_who_left_get_none(self, app: Flask, database: Database, people: Cast, held: Certificate) -> None:
        with database.transaction() as session:
            session.get_one(Person, people.geir).deactivated_at = at_local(THREE, 1)
        assert night(app, THREE)["offered"] == 0

    def test_a_programme_without_checks_offers_none(self, in_app: Flask, database: Database, held: Certificate) -> None:
        without = replace(PROGRAMME, checks=None)
        with database.transaction() as session:
            assert to_offer(session, without, on=TWELVE) == ()
            assert service.offer_check(session, without, held.id, now=at_local(TWELVE, 5)) is None

    def test_a_mail_that_cannot_be_written_leaves_no_claim(
        self, app: Flask, database: Database, held: Certificate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(*_given: object, **_more: object) -> None:
            raise RuntimeError("no mail")

        with monkeypatch.context() as patched:
            patched.setattr(service.mails, "knowledge_check", fails)
            assert night(app, THREE) == {"offered": 0, "failed": 1}
        assert offers(database) == []
        assert night(app, THREE) == {"offered": 1, "failed": 0}

    def test_one_that_fails_stops_nobody_else(
        self, app: Flask, database: Database, people: Cast, held: Certificate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = checking.holder(database, people.stian)
        real = nightly.offer_check

        def stumbling(session: object, programme: object, id_: int, **rest: object) -> object:
            if id_ == held.id:
                raise RuntimeError("stumbled")
            return real(session, programme, id_, **rest)  # type: ignore[arg-type]

        monkeypatch.setattr(nightly, "offer_check", stumbling)
        assert night(app, THREE) == {"offered": 1, "failed": 1}
        assert checking.newest(database).certificate_id == other.id

    def test_the_database_itself_refuses_a_second_claim(
        self, app: Flask, database: Database, held: Certificate
    ) -> None:
        night(app, THREE)
        with pytest.raises(IntegrityError, match=r"(?i)unique"), database.transaction() as session:
            session.add(
                KnowledgeCheck(certificate_id=held.id, months=3, offered_at=at_local(THREE, 6), offered_on=THREE)
            )
        assert len(checking.mails(database)) == 1

    def test_two_machines_at_the_same_moment_offer_one(self, shared_database: Database, app: Flask) -> None:
        with shared_database.transaction() as session:
            people = cast.assemble(session)
        held = checking.holder(shared_database, people.geir)
        together = Barrier(4)

        def offer() -> bool:
            together.wait()
            with app.test_request_context(), shared_database.transaction() as session:
                return service.offer_check(session, PROGRAMME, held.id, now=at_local(THREE, 5)) is not None

        with ThreadPoolExecutor(4) as threads:
            done = [threads.submit(offer) for _ in range(4)]
            assert sorted(one.result(timeout=60) for one in done) == [False, False, False, True]
        assert len(checking.mails(shared_database)) == 1


class TestNoThanks:
    def test_no_thanks_is_for_good_and_kept_until_it_is_undone(
        self, app: Flask, database: Database, people: Cast, held: Certificate
    ) -> None:
        checking.say(database, people.geir, wanted=False, on=THREE - ONE_DAY)
        for day in (THREE, TWELVE, TWELVE + timedelta(days=3)):
            assert night(app, day) == {"offered": 0, "failed": 0}
        checking.say(database, people.geir, wanted=True, on=TWELVE + timedelta(days=3))
        night(app, TWELVE + timedelta(days=4))
        assert offers(database) == [(12, TWELVE + timedelta(days=4))], "the newest alone"

    def test_it_also_holds_for_the_next_certificate(
        self, app: Flask, database: Database, people: Cast, held: Certificate
    ) -> None:
        checking.say(database, people.geir, wanted=False, on=THREE)
        with database.transaction() as session:
            factories.give_certificate(session, people.geir, valid_from=date(2029, 11, 23), cycle=2)
        assert night(app, date(2030, 11, 23))["offered"] == 0

    def test_said_in_the_early_morning_it_takes_back_the_mail_that_waits(
        self,
        app: Flask,
        database: Database,
        people: Cast,
        held: Certificate,
        clock: FrozenClock,
        outbox_transport: KeptMail,
    ) -> None:
        night(app, THREE)
        checking.say(database, people.geir, wanted=False, on=THREE)
        clock.instant = at_local(THREE, 8)
        ground.send_mail(app)
        assert [mail.state for mail in checking.mails(database)] == ["cancelled"]
        assert outbox_transport.sent == []

    def test_said_twice_it_is_kept_once_and_nobody_else_is_meant(
        self, database: Database, people: Cast, held: Certificate
    ) -> None:
        for wanted in (True, False, False, True, True, False):
            checking.say(database, people.geir, wanted=wanted, on=THREE)
        with database.reading() as session:
            assert session.scalars(
                select(KnowledgeCheckChoice.wanted).order_by(KnowledgeCheckChoice.id)
            ).all() == [False, True, False]  # fmt: skip
            assert not is_wanted(session, people.geir, PROGRAMME.id)
            assert is_wanted(session, people.stian, PROGRAMME.id)
            assert is_wanted(session, people.geir, "another-programme")

    @pytest.mark.parametrize("kind", [EventKind.SUSPENDED, EventKind.REVOKED])
    def test_a_decision_in_the_early_morning_takes_back_the_mail_too(
        self, app: Flask, database: Database, people: Cast, held: Certificate, kind: EventKind
    ) -> None:
        night(app, THREE)
        with app.test_request_context(), database.transaction() as session:
            decide_certificate(
                session,
                session.get_one(Certificate, held.id),
                kind,
                effective_on=THREE,
                reason="Klage",
                actor_id=people.knut,
                now=at_local(THREE, 5, 30),
            )
        assert [mail.state for mail in checking.mails(database)] == ["cancelled"]


class TestBeginning:
    def test_it_asks_about_the_weakest_first(self, app: Flask, database: Database, held: Certificate) -> None:
        night(app, THREE)
        attempt = checking.begin(database, checking.newest(database).id, on=THREE, programme=TWO_ITEMS)
        assert attempt is not None
        assert [objective for objective, _question in checking.asked(database, attempt)] == ["ryggen", "uroen"]

    def test_it_asks_six_and_as_few_as_there_are(self, app: Flask, database: Database, held: Certificate) -> None:
        night(app, THREE)
        attempt = checking.begin(database, checking.newest(database).id, on=THREE)
        assert attempt is not None
        assert len(checking.asked(database, attempt)) == 6
        with database.reading() as session:
            row = session.get_one(Attempt, attempt)
        assert (row.form, row.pass_numerator, row.owner) == ("check", 0, f"check:{checking.newest(database).id}")

    def test_questions_of_an_earlier_check_come_last(self, app: Flask, database: Database, held: Certificate) -> None:
        met: set[str] = set()
        for months, day in STAGES[:2]:
            night(app, day)
            check = checking.newest(database)
            assert check.months == months
            attempt = checking.begin(database, check.id, on=day, programme=TWO_ITEMS)
            assert attempt is not None
            ids = {question for _objective, question in checking.asked(database, attempt)}
            assert not ids & met
            met |= ids
            checking.hand_in(database, attempt, on=day)

    def test_begun_twice_it_is_the_same_and_handed_in_it_is_over(
        self, app: Flask, database: Database, held: Certificate
    ) -> None:
        night(app, THREE)
        check = checking.newest(database).id
        first, second = (checking.begin(database, check, on=THREE, language=each) for each in ("nb", "en"))
        assert first is not None and first == second
        checking.hand_in(database, first, on=THREE)
        assert checking.begin(database, check, on=THREE) is None

    def test_a_double_click_on_two_machines_begins_one(self, shared_database: Database, app: Flask) -> None:
        with shared_database.transaction() as session:
            people = cast.assemble(session)
        held = checking.holder(shared_database, people.geir)
        with app.test_request_context(), shared_database.transaction() as session:
            offered = service.offer_check(session, PROGRAMME, held.id, now=at_local(THREE, 5))
            assert offered is not None
        together = Barrier(4)

        def click() -> int | None:
            together.wait()
            return checking.begin(shared_database, offered.id, on=THREE)

        with ThreadPoolExecutor(4) as threads:
            begun = {done.result(timeout=60) for done in [threads.submit(click) for _ in range(4)]}
        assert len(begun) == 1
        with shared_database.reading() as session:
            assert session.scalar(select(func.count()).where(Attempt.form == "check")) == 1

    def test_a_newer_one_closes_it_but_what_is_under_way_can_be_finished(
        self, app: Flask, database: Database, people: Cast, held: Certificate
    ) -> None:
        other = checking.holder(database, people.stian)
        night(app, THREE)
        with database.reading() as session:
            checks = {row.certificate_id: row.id for row in session.scalars(select(KnowledgeCheck))}
        under_way = checking.begin(database, checks[held.id], on=THREE)
        night(app, TWELVE)
        assert checking.begin(database, checks[held.id], on=TWELVE) == under_way
        with pytest.raises(Refused) as refusal:
            checking.begin(database, checks[other.id], on=TWELVE)
        assert [reason.code for reason in refusal.value.reasons] == ["check-not-open"]

    def test_who_is_suspended_since_cannot_begin_it(self, app: Flask, database: Database, held: Certificate) -> None:
        night(app, THREE)
        factories.decided(database, held.id, "suspended", THREE + ONE_DAY)
        with pytest.raises(Refused):
            checking.begin(database, checking.newest(database).id, on=THREE + ONE_DAY)

    def test_who_said_no_thanks_may_still_take_the_one_that_is_open(
        self, app: Flask, database: Database, people: Cast, held: Certificate
    ) -> None:
        night(app, THREE)
        checking.say(database, people.geir, wanted=False, on=THREE)
        assert checking.begin(database, checking.newest(database).id, on=THREE) is not None


def test_no_other_mail_is_written_by_a_check(app: Flask, database: Database, held: Certificate) -> None:
    with database.reading() as session:
        before = session.scalar(select(func.count()).select_from(OutboxMail))
    night(app, THREE)
    checking.answer(database, checking.newest(database).id, on=THREE)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMail)) == (before or 0) + 1
