"""A place with something on every page: what the tours of all pages walk through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import programmes_on_file
from certificates.demo import lives
from certificates.models.issued import Certificate
from certificates.planned import digest_target, read_key
from certificates.queries.issued import edition_of
from certificates.services import checking as checks
from certificates.services import decisions, documents
from certificates.services.holding import hold_mail
from certificates.status import EventKind
from certificates.validity import add_months, subtract_months
from courses.compiling import load
from courses.models.learning import CourseVersion
from courses.models.seminars import Seminar
from courses.models.standards import AngoffJudge, AngoffRound
from courses.planning import Substitution
from courses.queries import planning as planning_queries
from courses.queries.standards import Scope
from courses.seminars import Track
from courses.services import booking, learning, mentor_links, planning, standards
from courses.services import visits as observation
from courses.visits import Word
from lms import people as persons
from lms import units
from lms.clock import at_local, local_date
from lms.outbox import MailState, OutboxMail
from lms.people import LinkPurpose, Locale, Person
from lms.units import Sector, Unit
from quizzes import effective, withdrawing
from quizzes.angoff import Stage
from quizzes.attempts import Purpose
from quizzes.limits import Limits
from quizzes.models import Attempt
from quizzes.withdrawal import Way
from tests import open_courses, world
from tests.cast import Cast
from tests.certificates import checking, factories
from tests.courses import cohorts, rich
from tests.courses.fieldwork import a_visit
from tests.courses.test_visit_states import WRITTEN
from tests.journeys import around, disputed
from tests.journeys.around import Around
from tests.journeys.disputed import Disputed
from tests.open_courses import Opened
from tests.world import World

# Answers to a GET that are no pages; the test that uses this sees to it that they are none.

MEASURED = "emnekurs"


@dataclass(frozen=True)
class Place:
    """The world of tests/world.py and what only the pages need besides."""

    world: World
    invited: int
    answered: int
    begun: int  # Knut's knowledge check, in progress
    timed: int  # Terje's test, with a time limit
    activation: str
    reset: str
    suspended: int
    disputed: Disputed
    planned: int  # a visit of Kari's whose day has come
    proposed: int  # the same, entered for Geir
    asking: str  # the token of a mentor's link
    answered_link: str
    bookable: int  # a seminar open for booking, with everything planned
    full: int  # another, with people who wait
    judged: int  # a round on the pass mark that is over, with a decision
    judged_again: int  # one in its second stage
    withdrawn: str  # a question, with a pass that waits for a decision
    around: Around
    compared: int  # Terje's sheet about Stian, beside another, both handed in
    assessed: int  # Stian's "not yet", which he may appeal against
    mails: tuple[str, ...]  # keys of planned mails: one held back, a digest, one that is not planned
    opened: Opened  # what there is around the open course
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
    lives.sit(session, people.sonja, MEASURED, Purpose.PRE, today - timedelta(days=9), right=0.2, chance=dice)
    lives.read(session, people.sonja, MEASURED, today - timedelta(days=8), today - timedelta(days=3))
    lives.sit(session, people.sonja, MEASURED, Purpose.POST, today - timedelta(days=2), right=0.1, chance=dice)
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
    quarrels = disputed.furnish(session, people, today, suspended=suspended.id)
    given_out = edition_of(session, there.certificate)
    documents.keep_document(session, given_out, Locale.NB, b"%PDF-1.7 given out", actor_id=people.geir, now=now)
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
    answered, begun = checked(session, people, today)
    assessed = world.not_yet(session, people.stian, people.terje, now)
    pair = [world.sheet(session, people.stian, who, now) for who in (people.terje, people.tone)]
    for level, sheet in enumerate(pair, 2):
        world.filled_in(sheet, level, now)
    bookable, full = _cohorts(session, people, now)
    came_back = session.scalars(select(OutboxMail).where(OutboxMail.person_id == people.geir)).first()
    assert came_back is not None
    came_back.state, came_back.error = MailState.REFUSED, "550 5.1.1 <geir@cast.example>: user unknown"
    came_back.failed_at = now
    session.get_one(Person, people.geir).mail_refused_at = now
    return Place(
        world=there,
        invited=invited.id,
        answered=answered,
        begun=begun,
        timed=_timed(session, people, now),
        bookable=bookable,
        full=full,
        activation=links[0],
        reset=links[1],
        suspended=suspended.id,
        disputed=quarrels,
        **_between_the_parts(session, people, now),
        judged=_judged(session, people, today),
        judged_again=_judged_again(session, people, today),
        withdrawn=_withdrawn(session, people, now, other_than=there.question),
        around=around.furnish(session, people, today, evaluated=there.seminar),
        compared=pair[0].id,
        assessed=assessed.id,
        mails=_planned(session, people, now),
        opened=open_courses.build(session, people, today),
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


def checked(session: Session, people: Cast, today: date) -> tuple[int, int]:
    """Six people who have been certified since the spring and have begun the first check; Terje's and Knut's are
    returned. All but Knut have answered theirs.
    """
    programme, began, dice = programmes_on_file.main_programme(), today - timedelta(days=200), world.chance()
    others = [factories.holder(session, people.alta, f"Svarer {n}", valid_from=began).id for n in range(4)]
    for own in (people.terje, people.knut):
        factories.give_certificate(session, own, valid_from=began)
    offered = []
    for person_id in (*others, people.terje, people.knut):
        lives.learn(session, person_id, by=began - timedelta(days=1), chance=dice)
        certificate = session.scalars(select(Certificate).where(Certificate.person_id == person_id)).one()
        check = checks.offer_check(session, programme, certificate.id, now=at_local(today, 5))
        assert check is not None
        path = f"/kunnskapssjekk/{check.id}"
        attempt_id = checks.begin_check(
            session, programme, check, certificate, go_back_to=path, now=at_local(today, 9), language="nb"
        )
        assert attempt_id is not None
        if person_id != people.knut:
            checking.hand_in_now(session, attempt_id, wrong=(), on=today)
        offered.append(check.id)
    return offered[-2], offered[-1]


def _planned(session: Session, people: Cast, now: datetime) -> tuple[str, ...]:
    """Three holders whose certificate ends soon; one's address refuses mail, one's next reminder is held back."""
    today, keys = local_date(now), []
    for number, days in enumerate((35, 92, 5)):
        began = subtract_months(today + timedelta(days=days), 36)
        person = factories.holder(session, people.alta, f"Snart Utløpt {number}", valid_from=began)
        person.mail_refused_at = now if number == 1 else None
        certificate = session.scalars(select(Certificate.id).where(Certificate.person_id == person.id)).one()
        keys.append(f"reminder-{certificate}-days_30")
    held = read_key(keys[0])
    assert held is not None
    hold_mail(session, held, reason="Ny dato er avtalt\nmed enheten.", actor_id=people.knut, now=now)
    month = add_months(today.replace(day=1), 1)
    return keys[1], keys[0], digest_target(people.nord, month).key, keys[2]


def _timed(session: Session, people: Cast, now: datetime) -> int:
    """Terje's pre-test of the recertification course, begun now, with half an hour to take it in."""
    enrolment = learning.enrol(session, person_id=people.terje, course_id=lives.RECERTIFICATION, now=now)
    attempt = learning.start_test(session, enrolment, Purpose.PRE, now, go_back_to=f"/kurs/{lives.RECERTIFICATION}")
    attempt.limits, attempt.deadline_at = Limits(time_limit=30).document(), now + timedelta(minutes=30)
    session.flush()
    return attempt.id


def _between_the_parts(session: Session, people: Cast, now: datetime) -> dict[str, Any]:
    """Kari's visits: one to tell of, one that a mentor without an account is asked about, one she has answered."""
    yesterday = local_date(now) - timedelta(days=1)
    facts = a_visit(on=yesterday, company="Tromsø Bygg", mentor_id=people.mons)
    planned = observation.plan_visit(session, person_id=people.kari, report=facts, now=now)
    copy = observation.propose_to(session, planned, partner_id=people.geir, now=now)
    assert copy is not None
    tokens = []
    for company in ("Kommunen", "Hurtigruta"):
        facts = replace(a_visit(on=yesterday, company=company), mentor_address="ase@vest.example")
        visit = observation.plan_visit(session, person_id=people.kari, report=facts, now=now)
        mentor_links.hand_in(session, visit_id=visit.id, notes=WRITTEN, by=people.kari, now=now)
        text = session.scalars(select(OutboxMail.text).order_by(OutboxMail.id.desc()).limit(1)).one()
        tokens.append(text.partition("/hospitering/lenke/")[2].split()[0])
    mentor_links.answer(session, tokens[1], word=Word.CONFIRMED, comment="", answerer_id=None, now=now)
    return {"planned": planned.id, "proposed": copy.id, "asking": tokens[0], "answered_link": tokens[1]}


def _judged(session: Session, people: Cast, today: date) -> int:
    """A round on the pass mark of the recertification course, from opening to decision."""
    row, now = _first_stage(session, people, today, Scope.BANK), lives.noon(today)
    for percent, judge in zip((60, 75, 90), _panel(people), strict=True):
        standards.rate(session, row, person_id=judge, ratings=dict.fromkeys(row.items, percent), now=now)
    standards.close_stage(session, row, stage=Stage.SECOND, title="Kurs", actor_id=people.siri, now=now)
    standards.decide(session, row, pass_mark=Fraction(4, 5), reason="Litt over panelet.", actor_id=people.siri, now=now)
    return row.id


def _judged_again(session: Session, people: Cast, today: date) -> int:
    """A round on one of its forms, where Ari has begun to judge for the second time."""
    row = _first_stage(session, people, today, Scope.FORM_A)
    standards.rate(session, row, person_id=people.ari, ratings={row.items[0]: 70}, now=lives.noon(today))
    return row.id


def _first_stage(session: Session, people: Cast, today: date, scope: Scope) -> AngoffRound:
    """A round on five questions whose first stage is closed."""
    version = session.scalars(select(CourseVersion).where(CourseVersion.course_id == lives.RECERTIFICATION)).one()
    items, now = [question.id for question in load(version.document).bank()][:5], lives.noon(today)
    row = standards.open_round(
        session,
        course_id=version.course_id,
        version_id=version.id,
        scope=scope,
        items=items,
        actor_id=people.siri,
        now=now,
    )
    session.add_all(
        AngoffJudge(round_id=row.id, person_id=one, invited_by=people.siri, invited_at=now) for one in _panel(people)
    )
    for percent, judge in zip((60, 75, 90), _panel(people), strict=True):
        standards.rate(session, row, person_id=judge, ratings=dict.fromkeys(items, percent), now=now)
    return standards.close_stage(session, row, stage=Stage.FIRST, title=version.title, actor_id=people.siri, now=now)


def _panel(people: Cast) -> tuple[int, ...]:
    return people.ari, people.tone, people.terje


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
