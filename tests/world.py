"""The cast in the middle of things: Kari under training, Geir certified, a seminar, a visit, an attempt."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import programmes_on_file
from certificates.appeals import Ground
from certificates.demo import lives
from certificates.demo.lives import Chance, Guides
from certificates.models.assessments import Assessment, AssessmentRound, AssessmentSheet
from certificates.models.issued import Certificate
from certificates.queries import decisions
from certificates.queries.assessments import open_round, sheets_of
from certificates.services import appealing, checking, handling
from certificates.services.appealing import Sent
from certificates.services.programmes import in_force
from courses.compiling import load
from courses.deliveries import SheetRow
from courses.gatherings import GatheringPlan
from courses.guidance import GuidanceKind, Proposal, Said
from courses.models.deliveries import Delivery
from courses.models.guidance import GuidanceVisit
from courses.models.learning import CourseVersion
from courses.models.plans import PlanVersion
from courses.models.seminars import SeminarDay
from courses.models.standards import AngoffJudge, AngoffRound
from courses.models.visits import ObservationVisit
from courses.plans import Heading
from courses.queries.standards import Scope
from courses.seminars import GatheringKind, days_of
from courses.services import (
    attendance,
    deliveries,
    delivery_import,
    follow_up,
    gathering_plans,
    guidance,
    learning,
    making_up,
    materials,
    pairs,
    plans,
    seminars,
    standards,
)
from courses.visits import DeliveryModel, DeliveryReport, ModuleKind
from lms.clock import local_date
from lms.people import Person
from lms.units import Unit
from quizzes.attempts import Purpose
from quizzes.models import Attempt, AttemptItem, QuestionVersion
from tests.cast import Cast
from tests.certificates import policies


@dataclass(frozen=True)
class World:
    """Ids of what stands in it."""

    seminar: int  # in Nord, over; Geir and Kari have seats
    day: int
    visit: int  # Kari's, with Mons, waiting to be confirmed
    pair: int  # Kari and Geir
    plan: int  # Kari's, handed in, with a presentation
    presentation: int
    attempt: int  # Kari's pre-test, in progress
    certificate: int  # Geir's, valid
    check: int  # Geir's, to be begun
    question: str  # in Kari's pre-test
    make_up: int  # how Kari makes up that day, to be confirmed
    material: int  # a file of that day
    delivery: int  # Geir's, with Kari, who has not said whether she was there; with a page for the company; sealed
    rehearsed: int  # a spreadsheet Geir has tried
    agreement: int  # on guidance, Tone's with Kari, who has agreed
    guidance_visit: int
    gathering: int  # tomorrow, open to Nord
    round: int  # on the pass mark of the foundation course; Tone and Ari are judges
    assessment: int  # Kari's "not yet" by Tone, appealed against
    appeal: int  # that appeal, with a file; Terje handles it
    sheet: int  # Tone's draft about Kari
    programme_version: int  # the one in force
    proposal: int  # Siri's, for the next one
    certificate_import: int  # Siri's, tried


def guides_of(session: Session, people: Cast) -> Guides:
    """Those who lead in Nord."""
    mons = session.get_one(Person, people.mons)
    return Guides(coordinator=people.knut, trainer=people.tone, second_trainer=people.knut, mentors=(mons,))


def chance() -> Chance:
    """The same dice every time."""
    return Chance(dice=random.Random(7))


def plan_seminar(session: Session, unit_id: int, part_2_ends: date, members: list[int]) -> tuple[int, tuple[date, ...]]:
    """A seminar of five days whose part 2 ends on a day; returns its id and the days."""
    part_1 = [part_2_ends - timedelta(days=n) for n in (37, 36, 35)]
    part_2 = [part_2_ends - timedelta(days=1), part_2_ends]
    long_before = lives.noon(part_1[0] - timedelta(days=30))
    seminar = seminars.plan_seminar(
        session,
        unit=session.get_one(Unit, unit_id),
        name=f"Samling {part_2_ends:%d.%m.%Y}",
        place="Tromsø",
        seats=15,
        days=days_of({1: part_1, 2: part_2}),
        now=long_before,
    )
    seminars.seat_people(session, seminar_id=seminar.id, person_ids=members, now=long_before)
    return seminar.id, (*part_1, *part_2)


def certify(session: Session, people: Cast, person_id: int, on: date) -> Certificate:
    """The whole way through the real services, approved by Tone on a day."""
    guides, dice = guides_of(session, people), chance()
    seminar, days = plan_seminar(session, people.nord, on - timedelta(days=2), [person_id])
    lives.learn(session, person_id, by=days[0] - timedelta(days=2), chance=dice)
    lives.meet(session, seminar, 1, guides, absent=frozenset())
    lives.visits(session, person_id, days[2], days[3], guides, chance=dice)
    lives.meet(session, seminar, 2, guides, absent=frozenset())
    programme = programmes_on_file.main_programme()
    lives.assess(session, programme, person_id, guides, on, approved=True, chance=dice)
    return session.scalars(
        select(Certificate).where(Certificate.person_id == person_id).order_by(Certificate.id.desc()).limit(1)
    ).one()


def build(session: Session, people: Cast, today: date) -> World:
    """Needs the shipped courses published, and the application's context for the mails."""
    certificate = certify(session, people, people.geir, today - timedelta(days=100))
    seminar, days = plan_seminar(session, people.nord, today - timedelta(days=1), [people.kari])
    day = session.scalars(select(SeminarDay).where(SeminarDay.seminar_id == seminar).order_by(SeminarDay.on)).first()
    assert day is not None
    made = making_up.agree(
        session,
        day=day,
        person_id=people.kari,
        other=None,
        what="Leser og drøfter med Tone.",
        by=people.tone,
        now=lives.noon(today),
    )
    last = session.scalars(select(SeminarDay).where(SeminarDay.seminar_id == seminar, SeminarDay.on == days[-1])).one()
    attendance.record_attendance(
        session, day=last, given={people.kari: True}, seen_row=0, by=people.tone, now=lives.noon(today)
    )
    file = materials.add_file(
        session,
        day=day,
        title="Lysbilder",
        name="lysbilder.pdf",
        content=b"%PDF-1.7",
        by=people.tone,
        now=lives.noon(today),
    )
    guides, dice = guides_of(session, people), chance()
    lives.visit(
        session,
        people.kari,
        ModuleKind.PSYKISK_HELSE,
        days[2] + timedelta(days=3),
        guides,
        confirmed=False,
        chance=dice,
    )
    visit = session.scalars(select(ObservationVisit).where(ObservationVisit.person_id == people.kari)).one()
    attempt = _attempt_in_progress(session, people.kari, today)
    noon = lives.noon(today)
    pair = pairs.link(session, person_ids=(people.kari, people.geir), from_on=today, by=people.tone, now=noon)
    plan = _plan(session, people.kari, noon)
    programme = programmes_on_file.main_programme()
    check = checking.offer_check(session, programme, certificate.id, now=lives.noon(today))
    assert check is not None
    assessment, appeal = _assessed(session, people, today)
    return World(
        seminar=seminar,
        day=day.id,
        visit=visit.id,
        pair=pair.id,
        plan=plan.id,
        presentation=plan.upload_id or 0,
        attempt=attempt,
        certificate=certificate.id,
        check=check.id,
        question=_question_of(session, attempt),
        make_up=made.id,
        material=file.id,
        **out_in_the_field(session, people, today),
        round=_round(session, people, today).id,
        assessment=assessment,
        appeal=appeal,
        sheet=sheet(session, people.kari, people.tone, lives.noon(today)).id,
        **policies.put_up(session, people, lives.noon(today)),
    )


def _plan(session: Session, person_id: int, now: datetime) -> PlanVersion:
    written = {Heading.PRACTISE: "Spørre mer.", Heading.TOPIC: "Psykisk helse.", Heading.LINK: "https://plan.example"}
    plans.keep(session, person_id=person_id, written=written, now=now)
    plans.keep_file(session, person_id=person_id, name="Presentasjon.pdf", content=b"%PDF-1.7", now=now)
    return plans.hand_in(session, person_id=person_id, now=now)


def sheet(session: Session, person_id: int, assessor_id: int, now: datetime) -> AssessmentSheet:
    """An assessor's draft about somebody, in the round going on or a new one; nobody asks whether it is time."""
    programme = programmes_on_file.main_programme()
    going_on = open_round(session, programme.id, person_id)
    if going_on is None:
        going_on = AssessmentRound(
            person_id=person_id,
            programme=programme.id,
            requirement="vurdering",
            programme_version_id=in_force(session, programme.id, now=now).id,
            begun_at=now,
            next_steps="",
        )
        session.add(going_on)
        session.flush()
    row = AssessmentSheet(
        round_id=going_on.id,
        person_id=person_id,
        assessor_id=assessor_id,
        place=len(sheets_of(session, going_on.id)) + 1,
        levels={"rollen": 2},
        notes={"rollen": "Glemte makkeren i spørsmålsrunden."},
        feedback="",
        next_steps="",
        begun_at=now,
        saved_at=now,
    )
    session.add(row)
    session.flush()
    return row


def filled_in(row: AssessmentSheet, level: int, now: datetime) -> None:
    """The sheet is handed in with this level throughout."""
    rubric = programmes_on_file.main_programme().rubric
    assert rubric is not None
    row.levels = {each.id: level for each in rubric.criteria}
    row.outcome, row.feedback, row.next_steps = "not_yet", "Du forklarer mye, og spør lite.", "Øv på åpne spørsmål."
    row.handed_in_at = now


def not_yet(session: Session, person_id: int, assessor_id: int, now: datetime) -> Assessment:
    """A whole assessment that ended with "not yet"."""
    row = sheet(session, person_id, assessor_id, now)
    filled_in(row, 2, now)
    decision = Assessment(
        person_id=person_id,
        programme=programmes_on_file.main_programme().id,
        assessor_id=assessor_id,
        outcome="not_yet",
        content_score=2,
        non_directive_score=2,
        feedback=row.feedback,
        decided_at=now,
        decided_on=local_date(now),
    )
    session.add(decision)
    session.flush()
    of = session.get_one(AssessmentRound, row.round_id)
    of.assessment_id, of.outcome, of.next_steps, of.ended_at = decision.id, "not_yet", row.next_steps, now
    session.flush()
    return decision


def _assessed(session: Session, people: Cast, today: date) -> tuple[int, int]:
    programme, now = programmes_on_file.main_programme(), lives.noon(today)
    decision = not_yet(session, people.kari, people.tone, now)
    appealing.comment(session, decision, "Salen var stille den dagen.", now=now)
    against = decisions.one(session, programme, Ground.ASSESSMENT, decision.id)
    assert against is not None
    file = Sent(name="notater.pdf", content=b"%PDF-1.7")
    appeal = appealing.appeal(session, programme, against, "Jeg stilte tolv åpne spørsmål.", file=file, now=now)
    handling.assign(session, programme, appeal.id, handler_id=people.terje, actor_id=people.knut, now=now)
    return decision.id, appeal.id


FEEDBACK_TOKEN = "company-s-way-back"


def out_in_the_field(session: Session, people: Cast, today: date) -> dict[str, int]:
    """A delivery with its follow-up, a spreadsheet, an agreement on guidance, a gathering to come."""
    now, yesterday = lives.noon(today), today - timedelta(days=1)
    report = DeliveryReport(
        on=yesterday,
        company="Fiskeforedling AS",
        module=ModuleKind.PARTSMODUL,
        model=DeliveryModel.TWO,
        employees=14,
        leaders=2,
        org_number="974760673",
        partner_id=people.kari,
    )
    deliveries.log_delivery(session, person_id=people.geir, report=report, entry="world", now=now)
    row = session.scalars(select(Delivery).where(Delivery.entry == "world")).one()
    deliveries.seal(session, [row.id], now=now)  # whatever is tried, it stays
    page = follow_up.open_follow_up(session, delivery_id=row.id, by=people.geir, now=now)
    page.token = FEEDBACK_TOKEN
    for number in range(5):
        marks, comment = [5, 4, 3, number + 1], "Fint at dere spurte." if number else ""
        follow_up.give_feedback(session, follow_up=page, entry=str(number), marks=marks, comment=comment, now=now)
    rows = [SheetRow(number=2, report=report)]
    kept = delivery_import.rehearse(
        session, person_id=people.geir, content=b"x", file_name="ark.csv", rows=rows, now=now
    )
    proposal = Proposal(
        kind=GuidanceKind.METHOD,
        person_id=people.kari,
        guide_id=people.tone,
        first=today - timedelta(days=20),
        last=today + timedelta(days=90),
        goals="Spørre mer, forklare mindre.",
        visits=(yesterday, today + timedelta(days=30)),
    )
    agreement = guidance.propose(session, proposal, unit_id=people.nord, entry="world", by=people.tone, now=now)
    guidance.say(session, agreement_id=agreement.id, word=Said.AGREED, by=people.kari, now=now)
    plan = GatheringPlan(
        title="Nettverk for instruktører",
        kind=GatheringKind.NETWORK,
        on=today + timedelta(days=1),
        starts="09:00",
        ends="15:00",
        webinar_link="https://webinar.example/rom",
    )
    gathering = gathering_plans.plan_gathering(
        session, plan, unit_ids=[people.nord], entry="world", by=people.tone, now=now
    )
    gathering_plans.sign_up(session, gathering_id=gathering.id, person_id=people.geir, now=now)
    visit = session.scalars(select(GuidanceVisit).order_by(GuidanceVisit.planned_on)).first()
    assert visit is not None
    return {
        "delivery": row.id,
        "rehearsed": kept.id,
        "agreement": agreement.id,
        "guidance_visit": visit.id,
        "gathering": gathering.id,
    }


def _round(session: Session, people: Cast, today: date) -> AngoffRound:
    version = session.scalars(select(CourseVersion).where(CourseVersion.course_id == lives.FOUNDATION)).one()
    course = load(version.document)
    row = standards.open_round(
        session,
        course_id=course.id,
        version_id=version.id,
        scope=Scope.BANK,
        items=[question.id for question in course.bank()][:12],
        actor_id=people.siri,
        now=lives.noon(today - timedelta(days=3)),
    )
    session.add_all(
        AngoffJudge(round_id=row.id, person_id=judge, invited_by=people.siri, invited_at=lives.noon(today))
        for judge in (people.tone, people.ari)
    )
    session.flush()
    return row


def _question_of(session: Session, attempt_id: int) -> str:
    return session.scalars(
        select(QuestionVersion.question_id)
        .join(AttemptItem, AttemptItem.question_version_id == QuestionVersion.id)
        .where(AttemptItem.attempt_id == attempt_id, AttemptItem.position == 1)
    ).one()


def _attempt_in_progress(session: Session, person_id: int, today: date) -> int:
    enrolment = learning.enrol(session, person_id=person_id, course_id=lives.FOUNDATION, now=lives.noon(today))
    attempt: Attempt = learning.start_test(
        session, enrolment, Purpose.PRE, lives.noon(today), go_back_to=f"/kurs/{lives.FOUNDATION}"
    )
    return attempt.id
