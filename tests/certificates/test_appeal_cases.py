"""Appeals against decisions about certificates: who handles them, and what granting one does, at once and once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from certificates.appeals import AppealState, Ground, Nudge, Outcome
from certificates.jobs import remind_of_appeals
from certificates.models.appeals import AppealEnding, AppealNudge, AppealStep
from certificates.models.issued import Certificate, CertificateEvent
from certificates.models.seals import SEALED
from certificates.queries import appeals, decisions
from certificates.services import appealing as services
from certificates.services import handling
from certificates.services.appealing import Sent
from certificates.status import EventKind, State
from lms import audit, units
from lms.clock import at_local
from lms.db import Database
from lms.errors import Refused
from lms.features import Work
from lms.people import Person
from lms.roles import Role
from lms.units import Unit
from tests.cast import LONG_AGO, Cast
from tests.certificates import factories
from tests.certificates.appealing import NOON, answer, appeal, assign, days_after, decide, mails, seen, state, tell
from tests.certificates.factories import PROGRAMME, TODAY

BEGUN = date(2026, 3, 2)


@pytest.fixture
def certificate(database: Database, people: Cast) -> int:
    """Geir's, valid since March."""
    with database.transaction() as session:
        return factories.give_certificate(session, people.geir, valid_from=BEGUN).id


@pytest.fixture
def suspended(app: Flask, people: Cast, certificate: int) -> int:
    """Knut, who coordinates Nord, has suspended it a week ago."""
    ago = days_after(-7)
    return decide(app, certificate, EventKind.SUSPENDED, by=people.knut, on=TODAY - timedelta(days=7), now=ago)


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refusal.value.reasons]


def handled(app: Flask, people: Cast, event: int) -> int:
    """The appeal against it, with Sonja of Sør."""
    case = appeal(app, Ground.EVENT, event)
    assign(app, case, people.sonja, by=people.siri)
    return case


def whole(database: Database) -> bool:
    with database.reading() as session:
        return audit.verify(session) == [] and audit.verify_rows(session, SEALED) == []


def test_who_decided_is_not_asked_to_find_a_handler_and_is_not_offered(
    app: Flask, database: Database, people: Cast, suspended: int
) -> None:
    case = appeal(app, Ground.EVENT, suspended)
    assert mails(database, "appeal_made") == [people.siri], "Knut has decided it himself"
    with database.reading() as session:
        offered = appeals.candidates(session, appeals.case(session, PROGRAMME, case), on=TODAY)
    assert [id_ for id_, _name in offered] == [people.siri, people.sonja]
    for handler, code in (
        (people.knut, "review-not-involved"),
        (people.geir, "review-not-oneself"),
        (people.terje, "review-not-decider"),
    ):
        with pytest.raises(Refused) as refusal:
            assign(app, case, handler, by=people.siri)
        assert codes(refusal) == [code]
    with pytest.raises(Refused) as refusal:
        assign(app, case, people.sonja, by=people.knut)
    assert codes(refusal) == ["appeal-assign-involved"]


def test_where_all_who_could_find_a_handler_are_involved_the_secretariat_says_who_and_may_not_handle_it(
    app: Flask, database: Database, people: Cast, certificate: int
) -> None:
    decide(app, certificate, EventKind.SUSPENDED, by=people.knut)
    decide(app, certificate, EventKind.LIFTED, by=people.siri)
    event = decide(app, certificate, EventKind.SUSPENDED, by=people.siri, reason="På nytt.")
    case = appeal(app, Ground.EVENT, event)
    with pytest.raises(Refused) as refusal:
        assign(app, case, people.siri, by=people.siri)
    assert codes(refusal) == ["review-not-involved"]
    assign(app, case, people.sonja, by=people.siri)
    assert seen(database, case).handler_id == people.sonja


def test_a_suspension_stands_while_it_is_appealed_against_and_also_when_the_appeal_is_not_granted(
    app: Flask, database: Database, people: Cast, certificate: int, suspended: int
) -> None:
    case = handled(app, people, suspended)
    assert state(database, certificate) is State.SUSPENDED
    answer(app, case, Outcome.UPHELD, by=people.sonja)
    assert state(database, certificate) is State.SUSPENDED
    ending = seen(database, case).ending
    assert ending is not None
    assert (ending.effect_id, ending.effective_on) == (None, None)
    assert sorted(mails(database, "appeal_decided")) == sorted([people.geir, people.knut])


def test_granting_lifts_a_suspension_from_its_first_day_and_the_record_keeps_it(
    app: Flask, database: Database, people: Cast, certificate: int, suspended: int
) -> None:
    case = handled(app, people, suspended)
    answer(app, case, Outcome.GRANTED, by=people.sonja)
    for days in range(-8, 2):
        assert state(database, certificate, TODAY + timedelta(days=days)) is State.VALID
    with database.reading() as session:
        events = session.scalars(select(CertificateEvent).order_by(CertificateEvent.id)).all()
        assert [each.kind for each in events] == ["issued", "suspended", "lifted"]
        ending = session.get_one(AppealEnding, case)
        assert (ending.effect_id, ending.effective_on) == (events[-1].id, TODAY - timedelta(days=7))
        assert events[-1].actor_id == people.sonja, "who decided, not who suspended"
    assert whole(database)


def test_granting_in_part_lifts_it_from_a_later_day_and_asks_for_that_day(
    app: Flask, database: Database, people: Cast, certificate: int, suspended: int
) -> None:
    case = handled(app, people, suspended)
    for day in (None, TODAY - timedelta(days=7), TODAY - timedelta(days=8)):
        with pytest.raises(Refused) as refusal:
            answer(app, case, Outcome.PARTLY, by=people.sonja, on=day)
        assert codes(refusal) == ["appeal-day-later"]
    answer(app, case, Outcome.PARTLY, by=people.sonja, on=TODAY + timedelta(days=10))
    assert state(database, certificate, TODAY + timedelta(days=9)) is State.SUSPENDED
    assert state(database, certificate, TODAY + timedelta(days=10)) is State.VALID


def test_granting_against_a_revocation_reinstates_and_the_certificate_speaks_again(
    app: Flask, database: Database, people: Cast, certificate: int
) -> None:
    event = decide(app, certificate, EventKind.REVOKED, by=people.knut, on=TODAY)
    assert state(database, certificate) is State.REVOKED
    case = handled(app, people, event)
    answer(app, case, Outcome.GRANTED, by=people.sonja)
    assert state(database, certificate) is State.VALID
    with database.reading() as session:
        kinds = session.scalars(select(CertificateEvent.kind).order_by(CertificateEvent.id)).all()
        assert kinds == ["issued", "revoked", "reinstated"]
    assert whole(database)
    again = decide(app, certificate, EventKind.REVOKED, by=people.knut, reason="Noe annet.")
    assert state(database, certificate) is State.REVOKED
    assert appeal(app, Ground.EVENT, again) != case, "a new decision, a new appeal"


def test_a_revocation_is_not_undone_from_a_day_to_come(
    app: Flask, database: Database, people: Cast, certificate: int
) -> None:
    case = handled(app, people, decide(app, certificate, EventKind.REVOKED, by=people.knut, on=BEGUN))
    with pytest.raises(Refused) as refusal:
        answer(app, case, Outcome.PARTLY, by=people.sonja, on=TODAY + timedelta(days=1))
    assert codes(refusal) == ["reversal-ahead"]
    assert seen(database, case).state is AppealState.ASSIGNED, "nothing is half done"
    answer(app, case, Outcome.PARTLY, by=people.sonja, on=TODAY)
    assert state(database, certificate, TODAY - timedelta(days=1)) is State.REVOKED
    assert state(database, certificate) is State.VALID


def test_a_later_certificate_goes_on_speaking_when_the_one_before_it_is_reinstated(
    app: Flask, database: Database, people: Cast, certificate: int
) -> None:
    event = decide(app, certificate, EventKind.REVOKED, by=people.knut, on=BEGUN + timedelta(days=30))
    with database.transaction() as session:
        again = factories.give_certificate(session, people.geir, valid_from=TODAY - timedelta(days=10), cycle=2).id
    answer(app, handled(app, people, event), Outcome.GRANTED, by=people.sonja)
    assert state(database, certificate) is State.REPLACED
    assert state(database, again) is State.VALID
    assert state(database, certificate, TODAY - timedelta(days=11)) is State.VALID


def test_one_decision_about_two_certificates_is_one_appeal_with_one_effect_on_both(
    app: Flask, database: Database, people: Cast
) -> None:
    with database.transaction() as session:
        old = factories.give_certificate(session, people.geir, valid_from=date(2023, 12, 1)).id
        new = factories.give_certificate(
            session, people.geir, valid_from=date(2026, 12, 1), cycle=2, issued_on=date(2026, 10, 1)
        ).id
    decide(app, old, EventKind.SUSPENDED, by=people.knut)
    with database.reading() as session:
        events = session.scalars(
            select(CertificateEvent.id).where(CertificateEvent.kind == "suspended").order_by(CertificateEvent.id)
        ).all()
        assert len(events) == 2
        assert len(decisions.about_person(session, PROGRAMME, people.geir)) == 1
    case = appeal(app, Ground.EVENT, events[1])
    assert appeal(app, Ground.EVENT, events[0]) == case
    assign(app, case, people.sonja, by=people.siri)
    answer(app, case, Outcome.GRANTED, by=people.sonja)
    assert (state(database, old), state(database, new, date(2026, 12, 2))) == (State.EXPIRING, State.VALID)


def test_a_new_suspension_overtakes_the_appeal_and_a_lifting_that_leaves_a_gap_does_not(
    app: Flask, database: Database, people: Cast, certificate: int, suspended: int
) -> None:
    case = handled(app, people, suspended)
    decide(app, certificate, EventKind.LIFTED, by=people.siri)
    assert seen(database, case).state is AppealState.ASSIGNED, "the days until then still stand as suspended"
    second = decide(app, certificate, EventKind.SUSPENDED, by=people.knut, reason="Ny sak.")
    assert seen(database, case).state is AppealState.OVERTAKEN
    with pytest.raises(Refused) as refusal:
        answer(app, case, Outcome.GRANTED, by=people.sonja)
    assert codes(refusal) == ["appeal-over"]
    assert state(database, certificate) is State.SUSPENDED
    handled(app, people, second)


def test_after_a_lifting_granting_closes_the_gap(
    app: Flask, database: Database, people: Cast, certificate: int, suspended: int
) -> None:
    case = handled(app, people, suspended)
    decide(app, certificate, EventKind.LIFTED, by=people.knut)
    assert state(database, certificate, TODAY - timedelta(days=1)) is State.SUSPENDED
    answer(app, case, Outcome.GRANTED, by=people.sonja)
    assert state(database, certificate, TODAY - timedelta(days=1)) is State.VALID


def test_what_nobody_decided_and_what_is_in_the_persons_favour_is_not_appealed_against(
    database: Database, app: Flask, people: Cast, certificate: int, suspended: int
) -> None:
    lifted = decide(app, certificate, EventKind.LIFTED, by=people.knut)
    with database.reading() as session:
        issued = session.scalars(select(CertificateEvent.id).where(CertificateEvent.kind == "issued")).one()
        for event in (issued, lifted, 10**6):
            assert decisions.one(session, PROGRAMME, Ground.EVENT, event) is None


def test_a_late_appeal_is_received_and_the_secretariat_admits_it_or_says_why_not(
    app: Flask, database: Database, people: Cast, suspended: int
) -> None:
    late = days_after(15)
    with pytest.raises(Refused) as refusal:
        appeal(app, Ground.EVENT, suspended, now=late)
    assert codes(refusal) == ["appeal-too-late"]
    case = appeal(app, Ground.EVENT, suspended, now=late, late_why="Jeg lå syk.")
    assert seen(database, case).state is AppealState.LATE
    with pytest.raises(Refused) as refusal:
        assign(app, case, people.sonja, by=people.siri, now=late)
    assert codes(refusal) == ["appeal-not-admitted"]
    tell(app, handling.admit, case, admitted=True, words="Sykdom.", actor_id=people.siri, now=late)
    tell(app, handling.admit, case, admitted=True, words="Sykdom.", actor_id=people.siri, now=late)
    assert seen(database, case).state is AppealState.UNASSIGNED
    with database.reading() as session:
        assert len(session.scalars(select(AppealStep).where(AppealStep.kind == "admitted")).all()) == 1
    assert mails(database, "appeal_progress") == [people.geir]


def test_a_late_appeal_that_is_not_admitted_is_over(
    app: Flask, database: Database, people: Cast, suspended: int
) -> None:
    late = days_after(15)
    case = appeal(app, Ground.EVENT, suspended, now=late, late_why="Glemte det.")
    tell(app, handling.admit, case, admitted=False, words="Ingen grunn.", actor_id=people.siri, now=late)
    assert seen(database, case).state is AppealState.INADMISSIBLE
    with pytest.raises(Refused) as refusal:
        tell(app, handling.admit, case, admitted=True, words="Likevel.", actor_id=people.siri, now=late)
    assert codes(refusal) == ["appeal-over"]


def test_question_and_answer_are_kept_and_told_and_files_go_with_them(
    app: Flask, database: Database, people: Cast, suspended: int
) -> None:
    case = handled(app, people, suspended)
    with pytest.raises(Refused) as refusal:
        tell(app, handling.ask, case, "Hva skjedde?", actor_id=people.siri)
    assert codes(refusal) == ["review-not-asked"]
    tell(app, handling.ask, case, "Hva skjedde?", actor_id=people.sonja)
    tell(app, handling.ask, case, "Hva skjedde?", actor_id=people.sonja)
    assert seen(database, case).state is AppealState.ASKED
    file = Sent(name="brev.pdf", content=b"%PDF-1.7")
    tell(app, services.answer, case, "Jeg var der.", file=file)
    found = seen(database, case)
    assert found.state is AppealState.ASSIGNED
    assert [each.row.kind for each in found.told] == ["assigned", "question", "answer"]
    assert [each.name for each in found.files] == ["brev.pdf"]
    assert mails(database, "appeal_told") == [people.sonja]
    with pytest.raises(Refused) as refusal:
        tell(app, services.answer, case, "Mer.", file=Sent(name="x.exe", content=b"MZ"))
    assert codes(refusal) == ["upload-kind"]


def test_the_person_takes_an_appeal_back_and_it_cannot_be_decided_after(
    app: Flask, database: Database, people: Cast, certificate: int, suspended: int
) -> None:
    case = handled(app, people, suspended)
    tell(app, services.withdraw, case, "")
    tell(app, services.withdraw, case, "Igjen")
    assert seen(database, case).state is AppealState.WITHDRAWN
    with pytest.raises(Refused) as refusal:
        answer(app, case, Outcome.GRANTED, by=people.sonja)
    assert codes(refusal) == ["appeal-over"]
    assert state(database, certificate) is State.SUSPENDED
    assert mails(database, "appeal_told") == [people.sonja]
    assert appeal(app, Ground.EVENT, suspended) == case, "one appeal against one decision"


def test_whoever_told_of_the_ground_is_named_and_left_out_and_a_handler_can_step_back(
    app: Flask, database: Database, people: Cast, suspended: int
) -> None:
    case = handled(app, people, suspended)
    tell(app, handling.save_draft, case, outcome="granted", words="Kladd", effective_on=None, actor_id=people.sonja)
    tell(app, handling.recuse, case, people.sonja, "Det var jeg som meldte fra.", actor_id=people.sonja)
    assert seen(database, case).state is AppealState.UNASSIGNED
    assert mails(database, "appeal_told") == [people.siri]
    for verb in (
        lambda: assign(app, case, people.sonja, by=people.siri),
        lambda: answer(app, case, Outcome.GRANTED, by=people.sonja),
    ):
        with pytest.raises(Refused) as refusal:
            verb()
        assert codes(refusal)[0] in {"review-recused", "review-not-asked"}
    assign(app, case, people.siri, by=people.siri)
    with database.reading() as session:
        assert appeals.draft_of(session, case, people.siri) is None, "another's draft stays the other's"


def test_who_has_lost_the_role_decides_nothing(app: Flask, database: Database, people: Cast, suspended: int) -> None:
    case = handled(app, people, suspended)
    with database.transaction() as session:
        ((sonjas, _unit),) = units.roles_of(session, people.sonja, on=TODAY)
        units.end_appointment(session, sonjas, on=TODAY)
    with pytest.raises(Refused) as refusal:
        answer(app, case, Outcome.GRANTED, by=people.sonja, now=days_after(1))
    assert codes(refusal) == ["review-not-decider"]


def test_the_night_tells_a_week_before_and_the_day_after_each_once_and_nothing_of_what_is_over(
    app: Flask, database: Database, people: Cast, suspended: int
) -> None:
    case = handled(app, people, suspended)
    by = seen(database, case).row.answer_by
    told: list[tuple[int, int]] = []
    with app.test_request_context():
        for days in (-8, -7, -6, 0, 1, 2):
            work = Work(database=database, now=at_local(by + timedelta(days=days), 5))
            told.append((days, remind_of_appeals(work)["told"]))
    assert told == [(-8, 0), (-7, 1), (-6, 0), (0, 0), (1, 1), (2, 0)]
    assert sorted(mails(database, "appeal_told")) == sorted([people.siri, people.sonja] * 2)
    assert mails(database, "appeal_progress") == [people.geir, people.geir], "who handles it, and that it is late"
    with database.reading() as session:
        assert set(session.scalars(select(AppealNudge.stage))) == {Nudge.SOON, Nudge.OVER}
    answer(app, case, Outcome.UPHELD, by=people.sonja)
    with database.reading() as session:
        assert handling.to_remind(session, on=by + timedelta(days=30)) == []


def test_the_coordinator_of_the_region_finds_the_handler_where_another_has_decided(
    app: Flask, database: Database, people: Cast, certificate: int
) -> None:
    event = decide(app, certificate, EventKind.SUSPENDED, by=people.siri)
    with database.transaction() as session:
        other = session.get_one(Person, people.tone)
        units.appoint(session, other, Role.COORDINATOR, session.get_one(Unit, people.nord), on=LONG_AGO)
    case = appeal(app, Ground.EVENT, event)
    assert mails(database, "appeal_made") == sorted([people.tone, people.knut])
    assign(app, case, people.knut, by=people.tone)
    answer(app, case, Outcome.GRANTED, by=people.knut, now=NOON)
    assert state(database, certificate) is State.VALID
    with database.reading() as session:
        assert session.scalars(select(Certificate.id)).one() == certificate
