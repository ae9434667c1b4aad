"""Every page of the site, opened as somebody who may see it, in a world where each has something to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import programmes_on_file
from certificates.demo import lives
from certificates.models import Certificate
from certificates.services import checking as checks
from certificates.services import decisions
from certificates.status import EventKind
from courses.compiling import load
from courses.models.learning import CourseVersion
from courses.models.seminars import Seminar
from courses.models.standards import AngoffJudge
from courses.planning import Substitution
from courses.queries import planning as planning_queries
from courses.queries.standards import Scope
from courses.seminars import Track
from courses.services import booking, learning, planning, standards
from lms import people as persons
from lms import units
from lms.clock import at_local
from lms.outbox import MailState, OutboxMail
from lms.people import LinkPurpose, Locale, Person
from lms.units import Sector, Unit
from quizzes import effective, withdrawing
from quizzes.angoff import Stage
from quizzes.attempts import Purpose
from quizzes.models import Attempt
from quizzes.withdrawal import Way
from tests import world
from tests.cast import Cast
from tests.certificates import checking, factories
from tests.courses import cohorts, rich
from tests.world import World

# Answers to a GET that are no pages; the test that uses this sees to it that they are none.
NOT_PAGES = frozenset(
    {"courses.asset", "gain.as_csv", "holder.pdf", "home.healthz", "home.readyz", "register.as_csv", "static"}
)  # fmt: skip
STRANGER = ""
MEASURED = "emnekurs"
"""A course that enough people have taken both tests of."""


@dataclass(frozen=True)
class Visit:
    """Who opens which page; `button` is then pressed, to see the page say no to an empty form, or to one signed out."""

    endpoint: str
    who: str
    values: Mapping[str, object] = field(default_factory=dict)
    button: str = ""
    status: int = 200
    signed_out: bool = False


@dataclass(frozen=True)
class Place:
    """The world of tests/world.py and what only the pages need besides."""

    world: World
    invited: int
    answered: int
    activation: str
    reset: str
    suspended: int
    bookable: int  # a seminar open for booking, with everything planned
    full: int  # another, with people who wait
    judged: int  # a round on the pass mark that is over, with a decision
    withdrawn: str  # a question, with a pass that waits for a decision
    codes: Mapping[int, str]
    attempts: Mapping[tuple[int, str], int]


def furnish(session: Session, people: Cast, today: date) -> Place:
    """Somebody in the middle of a course, somebody suspended, somebody invited, a mail that came back."""
    there = world.build(session, people, today)
    dice, guides = world.chance(), world.guides_of(session, people)
    lives.sit(session, people.stian, lives.FOUNDATION, Purpose.PRE, today - timedelta(days=9), right=0.4, chance=dice)
    lives.read(session, people.stian, lives.FOUNDATION, today - timedelta(days=8), today, share=0.4)
    lives.deliver(session, people.geir, today - timedelta(days=60), today - timedelta(days=5), 3, dice)
    for number, person in enumerate((people.kari, people.mons, people.tone, people.knut, people.stian, people.terje)):
        right = 0.4 + number / 20
        lives.sit(session, person, MEASURED, Purpose.PRE, today - timedelta(days=9), right=right, chance=dice)
        lives.read(session, person, MEASURED, today - timedelta(days=8), today - timedelta(days=3))
        lives.sit(session, person, MEASURED, Purpose.POST, today - timedelta(days=2), right=0.9, chance=dice)
    lives.gather(session, [people.geir], today - timedelta(days=20), guides)
    now = at_local(today, 12)
    suspended = world.certify(session, people, people.sonja, today - timedelta(days=80))
    decisions.decide_certificate(
        session,
        suspended,
        EventKind.SUSPENDED,
        effective_on=today,
        reason="Holdt bedriftstiltak alene tre ganger.\nSamtale er avtalt.",
        actor_id=people.siri,
        now=now,
    )
    rich.published(session, now, rich.files(kind="open"))
    written = {"min-rygg": "Jeg tåler mer enn jeg tror.\nOg sist løftet jeg en sofa."}
    learning.keep_answers(session, person_id=people.kari, course_id=rich.COURSE, answers=written, now=now)
    invited = persons.add_person(session, name="Inga Invitert", email="inga@cast.example", locale=Locale.NB, now=now)
    units.join_unit(session, invited, session.get_one(Unit, people.tromso), Sector.HELSE, on=today)
    links = [
        persons.mailed_link(session, person, purpose, now=now, valid_for=timedelta(hours=10))
        for person, purpose in (
            (invited, LinkPurpose.ACTIVATE),
            (session.get_one(Person, people.kari), LinkPurpose.RESET),
        )
    ]
    answered = checked(session, people, today)
    bookable, full = _cohorts(session, people, now)
    came_back = session.scalars(select(OutboxMail).where(OutboxMail.person_id == people.geir)).first()
    assert came_back is not None
    came_back.state, came_back.error = MailState.REFUSED, "550 5.1.1 <geir@cast.example>: user unknown"
    session.get_one(Person, people.geir).mail_refused_at = now
    return Place(
        world=there,
        invited=invited.id,
        answered=answered,
        bookable=bookable,
        full=full,
        activation=links[0],
        reset=links[1],
        suspended=suspended.id,
        judged=_judged(session, people, today),
        withdrawn=_withdrawn(session, people, now, other_than=there.question),
        codes={row.id: row.print_code for row in session.scalars(select(Certificate))},
        attempts={(row.person_id, row.form): row.id for row in session.scalars(select(Attempt).order_by(Attempt.id))},
    )


def _cohorts(session: Session, people: Cast, now: datetime) -> tuple[int, int]:
    """Two seminars open for booking: one with programme, tracks and trainers, one full, with a line and an offer."""
    bookable = cohorts.open_cohort(session, people.nord, by=people.tone, name="Åpen samling", sectors={"nav": 8})
    row = session.get_one(Seminar, bookable)
    plan = planning_queries.plan_of(session, row)
    tracks = (
        Track(sector="nav", place="NAV Tromsø", trainer_id=people.tone),
        Track(sector="helse", programme="Ryggen"),
    )
    days = tuple(
        replace(day, programme="- 09.00 Velkommen\n- 12.00 Lunsj", tracks=tracks if day.key == (1, 3) else ())
        for day in plan.days
    )
    who = {"by": people.knut, "now": now}
    planning.change_plan(session, seminar_id=bookable, plan=replace(plan, days=days), seen_revision=0, **who)
    planning.set_trainers(session, seminar_id=bookable, person_ids=[people.tone], lead_id=people.tone, **who)
    over = Substitution(absent_id=people.tone, substitute_id=people.knut, from_on=days[-1].on)
    planning.substitute(session, seminar_id=bookable, wanted=over, reason="Permisjon", **who)
    seats = [people.tone, people.knut]
    full = cohorts.open_cohort(
        session, people.nord, by=people.tone, name="Full samling", seats=2, later=True, seated=seats
    )
    for person_id in (people.kari, people.mons):
        booking.book(session, seminar_id=full, person_id=person_id, needed=cohorts.BOTH, now=now)
    booking.give_up(session, seminar_id=full, person_id=people.knut, now=now)
    return bookable, full


def checked(session: Session, people: Cast, today: date) -> int:
    """Five people who have been certified since the spring and have answered the first check; Terje's is returned."""
    programme, began, dice = programmes_on_file.main_programme(), today - timedelta(days=200), world.chance()
    others = [factories.holder(session, people.alta, f"Svarer {n}", valid_from=began).id for n in range(4)]
    factories.give_certificate(session, people.terje, valid_from=began)
    offered = []
    for person_id in (*others, people.terje):
        lives.learn(session, person_id, by=began - timedelta(days=1), chance=dice)
        certificate = session.scalars(select(Certificate).where(Certificate.person_id == person_id)).one()
        check = checks.offer_check(session, programme, certificate.id, now=at_local(today, 5))
        assert check is not None
        path = f"/kunnskapssjekk/{check.id}"
        attempt_id = checks.begin_check(
            session, programme, check, certificate, go_back_to=path, now=at_local(today, 9), language="nb"
        )
        assert attempt_id is not None
        checking.hand_in_now(session, attempt_id, wrong=(), on=today)
        offered.append(check.id)
    return offered[-1]


def _judged(session: Session, people: Cast, today: date) -> int:
    """A round on the pass mark of the recertification course, from opening to decision."""
    version = session.scalars(select(CourseVersion).where(CourseVersion.course_id == lives.RECERTIFICATION)).one()
    items, now = [question.id for question in load(version.document).bank()][:5], lives.noon(today)
    row = standards.open_round(
        session,
        course_id=version.course_id,
        version_id=version.id,
        scope=Scope.BANK,
        items=items,
        actor_id=people.siri,
        now=now,
    )
    judges = (people.ari, people.tone, people.terje)
    session.add_all(
        AngoffJudge(round_id=row.id, person_id=one, invited_by=people.siri, invited_at=now) for one in judges
    )
    for stage in (Stage.FIRST, Stage.SECOND):
        for percent, judge in zip((60, 75, 90), judges, strict=True):
            standards.rate(session, row, person_id=judge, ratings=dict.fromkeys(items, percent), now=now)
        standards.close_stage(session, row, stage=stage, title=version.title, actor_id=people.siri, now=now)
    standards.decide(session, row, pass_mark=Fraction(4, 5), reason="Litt over panelet.", actor_id=people.siri, now=now)
    return row.id


def _withdrawn(session: Session, people: Cast, now: datetime, *, other_than: str) -> str:
    """A question of Geir's post-test, whose mark is set so high that the test is not passed without it."""
    attempt = session.scalars(
        select(Attempt).where(
            Attempt.person_id == people.geir, Attempt.form == Purpose.POST, Attempt.bank == lives.FOUNDATION
        )
    ).first()
    assert attempt is not None
    marks = effective.marks_of(session, [attempt.id])[attempt.id]
    right = next(mark.question_id for mark in marks if mark.score == 1 and mark.question_id != other_than)
    assert attempt.points is not None
    share = attempt.points / attempt.out_of
    attempt.pass_numerator, attempt.pass_denominator = share.numerator, share.denominator
    session.flush()
    withdrawing.withdraw(
        session,
        bank=attempt.bank,
        question_id=right,
        way=Way.LEFT_OUT,
        reason="To av svarene er riktige.",
        actor_id=people.siri,
        now=now,
    )
    return right


def visits(people: Cast, place: Place) -> list[Visit]:
    """Who opens what. A page that nobody opens fails the tests that use this."""
    there, course = place.world, {"course_id": lives.FOUNDATION}
    lesson = {**course, "lesson_id": "rygg-fra-skjor-til-sterk"}
    everyones = {"course_id": rich.COURSE}
    kari, valid, suspended = {"person_id": people.kari}, {"certificate_id": there.certificate}, place.suspended
    return [
        *(Visit("home.home", who) for who in (STRANGER, "kari", "mons", "tone", "knut", "geir", "sonja", "ari")),
        Visit("home.me", "knut"),
        Visit("auth.sign_in", STRANGER),
        Visit("auth.sign_in", STRANGER, button="Logg inn", status=422),
        Visit("auth.forgotten", STRANGER),
        Visit("auth.forgotten", STRANGER, button="Send lenken", status=422),
        Visit("auth.activate", STRANGER, {"token": place.activation}),
        Visit("auth.activate", STRANGER, {"token": "used-up"}, status=410),
        Visit("auth.reset", STRANGER, {"token": place.reset}, button="Lagre passordet", status=422),
        Visit("administration.index", "knut"),
        Visit("administration.invitation", "knut"),
        Visit("administration.invitation", "knut", button="Send invitasjonen", status=422),
        Visit("administration.invitation", "knut", button="Send invitasjonen", status=400, signed_out=True),
        Visit("administration.mail_problems", "knut"),
        Visit("administration.person", "knut", {"person_id": people.mons}),
        Visit("administration.person", "knut", {"person_id": place.invited}),
        Visit("administration.correction", "knut", kari),
        Visit("quizzes_people.extra_time", "knut", kari),
        Visit("administration.index", "kari", status=403),
        *(Visit("courses.index", who) for who in (STRANGER, "stian", "ari")),
        *(Visit("courses.course", who, everyones) for who in (STRANGER, "kari")),
        *(Visit("courses.lesson", who, {**everyones, "lesson_id": "skiven"}) for who in (STRANGER, "kari")),
        Visit("courses.lesson", STRANGER, {**everyones, "lesson_id": "smerten"}),
        *(Visit("answers.mine", who, everyones) for who in ("kari", "mons")),
        Visit("glossary.show", STRANGER, everyones),
        Visit("practice.show", STRANGER, {**everyones, "module_id": "rygg"}),
        Visit("practice.show", STRANGER, {**everyones, "module_id": "rygg"}, button="Se hvordan det gikk"),
        *(Visit("courses.course", who, course) for who in ("kari", "mons", "stian", "geir", "ari")),
        Visit("courses.course", "kari", {"course_id": "no-such-course"}, status=404),
        Visit("courses.coverage", "ari", course),
        *(Visit("withdrawals.index", who, course) for who in ("ari", "siri")),
        Visit("standards.index", "ari", course),
        *(Visit("standards.round_", who, {"round_id": there.round}) for who in ("ari", "tone")),
        Visit("standards.round_", "siri", {"round_id": there.round}),
        *(Visit("standards.round_", who, {"round_id": place.judged}) for who in ("ari", "siri")),
        Visit("withdrawals.item", "siri", {**course, "question_id": place.withdrawn}),
        Visit("withdrawals.item", "ari", {**course, "question_id": there.question}),
        Visit("withdrawals.item", "siri", {**course, "question_id": there.question}, "Trekk spørsmålet", 422),
        Visit("courses.sheet", "ari", {**course, "letter": "A", "fasit": "ja"}),
        *(Visit("courses.lesson", who, lesson) for who in ("stian", "geir")),
        Visit("courses.lesson", "stian", {**course, "lesson_id": "rygg-i-salen"}),
        Visit("deliveries.index", "geir"),
        Visit("deliveries.index", "mons", button="Registrer leveransen", status=422),
        Visit("gain.index", "siri"),
        Visit("gain.index", "siri", {"kurs": MEASURED}),
        Visit("gain.index", "siri", {"kurs": MEASURED, "enhet": "/norge/nord/", "sektor": "nav"}),
        Visit("items.show", "ari", course),
        Visit("items.show", "ari", {"course_id": MEASURED}),
        Visit("gatherings.new", "tone"),
        Visit("gatherings.new", "tone", button="Registrer for de avkryssede", status=422),
        Visit("seminars.index", "tone"),
        Visit("seminars.new", "tone"),
        Visit("seminars.new", "tone", button="Planlegg samlingen", status=422),
        Visit("seminars.seminar", "tone", {"seminar_id": there.seminar}),
        Visit("booking.index", "kari"),
        Visit("booking.index", "geir"),
        *(Visit("booking.cohort", who, {"seminar_id": place.full}) for who in ("kari", "mons", "tone")),
        Visit("booking.cohort", "kari", {"seminar_id": place.bookable}),
        Visit("booking.invite", "tone", {"seminar_id": place.bookable}),
        Visit("booking.invite", "tone", {"seminar_id": place.bookable}, button="Send invitasjonene", status=422),
        Visit("planning.plan", "tone", {"seminar_id": place.bookable}),
        Visit("planning.trainers", "tone", {"seminar_id": place.bookable}),
        Visit("planning.window", "tone", {"seminar_id": place.bookable}),
        Visit("planning.cancel", "tone", {"seminar_id": place.bookable}),
        Visit("planning.cancel", "tone", {"seminar_id": place.bookable}, button="Avlys samlingen", status=422),
        Visit("seminars.seminar", "tone", {"seminar_id": place.bookable}),
        Visit("seminars.seminar", "tone", {"seminar_id": place.full}),
        Visit("seminars.remove", "tone", {"seminar_id": place.full, "person_id": people.tone}),
        Visit("seminars.day", "tone", {"seminar_id": there.seminar, "day_id": there.day}),
        *(Visit("visits.index", who) for who in ("kari", "mons", "tone")),
        Visit("visits.new", "kari"),
        Visit("visits.new", "kari", button="Registrer hospiteringen", status=422),
        Visit("quizzes.paper", "kari", {"attempt_id": there.attempt}),
        Visit("quizzes.confirm", "kari", {"attempt_id": there.attempt}),
        Visit("quizzes.sheet", "kari", {"attempt_id": there.attempt}),
        Visit("quizzes.sheet", "geir", {"attempt_id": place.attempts[people.geir, "post"]}),
        Visit("quizzes.result", "stian", {"attempt_id": place.attempts[people.stian, "pre"]}),
        Visit("quizzes.result", "geir", {"attempt_id": place.attempts[people.geir, "post"]}),
        *(Visit("holder.path", who) for who in ("kari", "geir", "sonja")),
        Visit("holder.certificate", "geir", valid),
        Visit("holder.certificate", "sonja", {"certificate_id": suspended}),
        *(Visit("checks.index", who) for who in ("geir", "terje", "stian")),
        Visit("checks.show", "geir", {"check_id": there.check}),
        Visit("checks.show", "terje", {"check_id": place.answered}),
        Visit("checks.overview", "siri"),
        Visit("participants.index", "knut"),
        Visit("participants.index", "knut", {"vis": "not_begun"}),
        Visit("participants.person", "tone", kari),
        Visit("participants.person", "knut", kari),
        Visit("participants.person", "tone", {"person_id": people.geir}),
        Visit("register.index", "siri"),
        Visit("register.index", "siri", {"q": "ingen som heter det"}),
        Visit("register.decision", "siri", valid),
        Visit("register.decision", "siri", valid, button="Lagre beslutningen", status=422),
        Visit("verification.programme", STRANGER),
        Visit("verification.index", STRANGER),
        Visit("verification.programme", STRANGER),
        Visit("verification.show", STRANGER, {"code": place.codes[there.certificate]}),
        Visit("verification.show", STRANGER, {"code": place.codes[suspended]}),
        Visit("verification.show", STRANGER, {"code": "AAAA-AAAA-AAAA"}, status=404),
    ]


def pages(app: Flask) -> set[str]:
    """The endpoints of all pages there are."""
    return {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in NOT_PAGES
    }


def address(app: Flask, visit: Visit) -> str:
    """The path of a visit."""
    with app.test_request_context():
        return app.url_map.bind("127.0.0.1").build(visit.endpoint, dict(visit.values))
