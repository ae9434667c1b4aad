"""`lms demo`: a small Norway in an empty database, told by the real services; never in one that has people."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from certificates import programmes_on_file
from certificates.appeals import About, AppealState
from certificates.demo.story import PASSWORD, SIGN_INS
from certificates.queries import appeals, checks
from certificates.queries.assessments import open_sheets
from certificates.queries.programmes import main_programme
from certificates.queries.register import Wanted, count_states, register
from certificates.status import State
from courses import guidance as agreements
from courses.companies import organisation_number
from courses.deliveries import Word
from courses.drafts import Draft
from courses.models.deliveries import Delivery, DeliveryFeedback, DeliveryWord
from courses.models.materials import DayMaterial
from courses.models.seminars import Seminar, SeminarDay, SeminarSeat, SeminarTrack
from courses.outcomes import Step, report
from courses.publishing import publish
from courses.queries import between, booking, evaluation, gatherings, guidance, items, plans, standards
from courses.queries import outcomes as gains
from courses.services import seats
from courses.visits import Standing
from lms import doctor
from lms.app import GROUND
from lms.cli import make_cli
from lms.clock import FrozenClock, local_date
from lms.db import Database
from lms.outbox import FAILED, OutboxMail
from lms.people import Person
from lms.units import Unit, UnitKind
from lms.viewer import Reach
from quizzes.angoff import Recommendation, Stage
from quizzes.models import ExtraTime
from tests.cast import Cast
from tests.clients import Browser
from wsgi import FEATURES


def demo(app: Flask, *arguments: str):  # type: ignore[no-untyped-def]
    return app.test_cli_runner().invoke(make_cli(lambda: app, (*FEATURES, GROUND)), ["demo", *arguments])


@pytest.mark.parametrize("days_later", [0, 101])
@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_small_norway_in_every_state(
    app: Flask, database: Database, clock: FrozenClock, shipped: tuple[Draft, ...], days_later: int
) -> None:
    clock.instant += timedelta(days=days_later)
    with database.transaction() as session:
        for draft in shipped:
            publish(session, draft.compiled, draft.assets, published_by=None, now=clock.now())
    done = demo(app)
    assert done.exit_code == 0, done.output
    with database.reading() as session:
        assert 180 <= (session.scalar(select(func.count()).select_from(Person)) or 0) <= 270
        kinds = session.execute(select(Unit.kind, func.count()).group_by(Unit.kind)).all()
        entries = register(
            session,
            Reach(everywhere=True),
            programmes_on_file.main_programme().id,
            Wanted(),
            on=local_date(clock.now()),
        )
        assert [fault for fault in doctor.examine(session, FEATURES, clock.now()) if not fault.is_notice] == []
        _the_tests_have_been_measured(session, local_date(clock.now()))
        failed = session.scalars(select(OutboxMail).where(OutboxMail.state.in_(FAILED))).all()
        assert len(failed) == 2 and all(mail.failed_at for mail in failed), "the page of them says when"
    assert {row[0]: row[1] for row in kinds} == {UnitKind.NATIONAL: 1, UnitKind.REGIONAL: 5, UnitKind.LOCAL: 13}
    wanted = {State.VALID, State.EXPIRING, State.IN_GRACE, State.LAPSED, State.SUSPENDED, State.REVOKED}
    assert wanted <= set(count_states(entries))
    for who, address in SIGN_INS.items():
        assert address in done.output
        browser = Browser(app).sign_in(address, PASSWORD)
        assert browser.get("/").status_code == 200, who
    _a_check_shows_what_stayed(
        database, Browser(app).sign_in(SIGN_INS["instruktør"], PASSWORD), local_date(clock.now())
    )
    _a_judge_has_something_left(Browser(app).sign_in(SIGN_INS["opplæringsansvarlig"], PASSWORD))
    _people_meet(database, clock)
    _what_waits_is_on_the_page(app)
    again = demo(app)
    assert again.exit_code == 1
    assert demo(app, "--if-empty").exit_code == 0


def _the_tests_have_been_measured(session: Session, today: date) -> None:
    """What the pages about the tests need to have something to show: enough people, and some groups too small."""
    course = "startopplaering"
    group = checks.group_of(session, programmes_on_file.main_programme(), language="nb")
    assert {months for months, _objective in group.means} == {3, 12, 24}
    assert len(standards.facilities(session, course)) >= 20, "questions that more than thirty have answered"

    (finished,) = standards.rounds_of(session, course)
    assert finished.stage is Stage.CLOSED
    assert isinstance(finished.result, Recommendation)
    assert finished.result.standard_error < finished.first.standard_error  # type: ignore[union-attr]
    assert len(finished.decisions) == 1
    (running,) = standards.rounds_of(session, "resertifisering")
    assert running.stage is Stage.SECOND

    (withdrawn,) = items.withdrawn_lines(session, bank=course)
    assert withdrawn.recomputed > 100
    assert withdrawn.gained > 0
    (proposal,) = items.proposal_lines(session, bank=course)
    assert proposal.question_id != withdrawn.withdrawn.question_id

    outcomes = gains.outcomes_in(session, Reach(everywhere=True), course).outcomes
    partings = {parting.step: parting for parting in report(outcomes, ()).partings}
    assert len(partings[Step.REGION].parts) == 5
    assert partings[Step.SEMINAR].parts
    assert not partings[Step.SEMINAR].is_whole

    given = session.scalars(select(ExtraTime)).all()
    assert [(one.percent, local_date(one.given_at) < today) for one in given] == [(50, True)]


def _a_check_shows_what_stayed(database: Database, browser: Browser, today: date) -> None:
    """Two checks are answered and drawn over time, the third waits."""
    page = browser.get("/kunnskapssjekk").get_data(as_text=True)
    assert "<svg" in page
    with database.reading() as session:
        person = session.scalars(select(Person).where(Person.email == SIGN_INS["instruktør"])).one()
        offers = checks.offers_of(session, programmes_on_file.main_programme(), person.id, on=today)
    assert [(one.months, one.submitted_on is not None) for one in offers] == [(24, False), (12, True), (3, True)]


def _people_meet(database: Database, clock: FrozenClock) -> None:
    """Seats and lines, the way between the parts, what instructors do together, and the rubric: there to be tried."""
    now, today = clock.now(), local_date(clock.now())
    with database.reading() as session:
        by_address = {person.email: person.id for person in session.scalars(select(Person))}
        who = {name: by_address[address] for name, address in SIGN_INS.items()}
        trainer = who["opplæringsansvarlig"]
        _seminars_can_be_booked(session, now)

        (first, *others) = planning_days = session.scalars(
            select(SeminarDay)
            .join(SeminarSeat, SeminarSeat.seminar_id == SeminarDay.seminar_id)
            .where(SeminarSeat.person_id == who["deltaker"])
            .order_by(SeminarDay.on)
        ).all()
        assert all(day.programme and day.ends > day.starts for day in planning_days)
        assert first.on < today < others[-2].on, "in the middle of the training"
        tracks = session.scalars(select(SeminarTrack).where(SeminarTrack.seminar_day_id == others[1].id)).all()
        assert {track.sector for track in tracks} == {"nav", "helse"}
        assert trainer in {track.trainer_id for track in tracks}
        assert session.scalars(select(DayMaterial).where(DayMaterial.seminar_day_id == first.id)).one().link

        there = between.between_of(session, who["deltaker"], on=today)
        assert there.partner is not None
        assert there.plan is not None
        for standing in (Standing.PLANNED, Standing.WAITING, Standing.CONFIRMED):
            assert len(there.standing(standing)) == 1, standing
        (planned,) = there.standing(Standing.PLANNED)
        assert today < planned.on < others[-2].on
        assert planned.on.weekday() < 5
        (version,) = plans.versions_of(session, who["deltaker"])
        assert version.link.startswith("https://")

        last_day = evaluation.last_day_of(session, first.seminar_id, 1)
        assert last_day is not None
        said = evaluation.answers_of(session, first.seminar_id, 1, last_day=last_day, today=today)
        assert len(said.shown) >= 5

        stages = Counter(each.stage for each in guidance.of_person(session, trainer, today=today))
        assert stages == {agreements.Stage.AGREED: 1, agreements.Stage.WAITING: 1}
        (gathering,) = [
            line for line in gatherings.coming_for(session, who["instruktør"], today=today) if line.signed_up
        ]
        assert gathering.gathering.webinar_link.startswith("https://")

        held = session.scalars(select(Delivery).where(Delivery.org_number.is_not(None))).all()
        assert {each.person_id for each in held if each.partner_id} >= {who["instruktør"]}
        assert all(organisation_number(each.org_number or "") == each.org_number for each in held)
        waiting = [each for each in held if each.partner_id and not _confirmed(session, each.id)]
        assert {each.person_id == who["instruktør"] for each in waiting} == {True, False}
        answers = session.scalar(select(func.count()).select_from(DeliveryFeedback)) or 0
        assert answers >= 5

        (draft,) = open_sheets(session, trainer)
        assert draft[0].levels
        assert draft[0].handed_in_at is None
        waits = appeals.waiting(session, main_programme(session), true())
        unhandled = {each.decision.about for each in waits if each.handler_id is None}
        assert unhandled == {About.ASSESSMENT, About.SUSPENDED}
        over = [each for each in appeals.cases(session, main_programme(session), true()) if not each.waits]
        assert [(each.decision.about, each.state) for each in over] == [(About.REVOKED, AppealState.UPHELD)]
        assert {each.row.kind for each in over[0].told} == {"assigned", "question", "answer"}


def _seminars_can_be_booked(session: Session, now: datetime) -> None:
    """One has seats left, of one all are taken or promised, and people stand in line for it."""
    coming = session.scalars(select(Seminar).where(Seminar.bookable_from.is_not(None)).order_by(Seminar.seats)).all()
    full, roomy = coming
    assert seats.taken(session, full.id, now=now) == full.seats
    assert seats.taken(session, roomy.id, now=now) < roomy.seats
    line = booking.line_of(session, full.id, now=now)
    assert [each.offer_ends_at is not None for each in line] == [True, False, False, False]
    assert booking.invited_to(session, roomy.id)


def _confirmed(session: Session, delivery_id: int) -> bool:
    said = select(DeliveryWord).where(DeliveryWord.delivery_id == delivery_id, DeliveryWord.kind == Word.CONFIRMED)
    return session.scalar(said) is not None


def _what_waits_is_on_the_page(app: Flask) -> None:
    """The trainer and the coordinator see on their first page what waits for them."""
    home = Browser(app).sign_in(SIGN_INS["opplæringsansvarlig"], PASSWORD).get("/").get_data(as_text=True)
    assert "besøk å notere" in home
    assert home.count("Venter på deg</h2>") == 1
    home = Browser(app).sign_in(SIGN_INS["koordinator"], PASSWORD).get("/").get_data(as_text=True)
    assert "trenger noen som kan behandle den" in home
    post = Browser(app).sign_in(SIGN_INS["sekretariat"], PASSWORD).get("/folk/epost")
    assert "550 5.1.1 ukjent mottaker" in post.get_data(as_text=True)


def _a_judge_has_something_left(browser: Browser) -> None:
    assert "Resertifisering" in browser.get("/").get_data(as_text=True)


def test_a_database_that_has_people_is_left_alone(app: Flask, database: Database, people: Cast) -> None:
    assert demo(app).exit_code == 1
    quiet = demo(app, "--if-empty")
    assert quiet.exit_code == 0
    assert "deltaker@demo.example" not in quiet.output
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 10
