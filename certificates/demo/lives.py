"""The chapters of an instructor's life, told with the real services: learn, meet, visit, be assessed, teach, renew."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.checks import day_of
from certificates.demo import answers
from certificates.demo.norway import COMPANIES
from certificates.evidence import Outcome
from certificates.models.checks import KnowledgeCheck
from certificates.models.issued import Certificate
from certificates.programme import Programme
from certificates.services import checking, decisions
from courses.models.seminars import SeminarDay
from courses.queries import learning as shelf
from courses.queries.learning import Offer
from courses.seminars import GatheringKind
from courses.services import attendance, deliveries, gatherings, learning
from courses.services import visits as visits_services
from courses.visits import DeliveryModel, DeliveryReport, FieldNotes, ModuleKind, Prompt, VisitReport
from lms.clock import at_local
from lms.people import Person
from quizzes import services as quizzes
from quizzes.attempts import Purpose
from quizzes.models import Attempt, AttemptItem, QuestionVersion
from quizzes.questions import from_document

OBSERVED = FieldNotes(
    observed={
        Prompt.QUESTIONS: "Mentoren stilte et spørsmål og ventet. Etter en stund svarte den som hadde sagt minst.",
        Prompt.SECTORS: "NAV tok over da noen spurte om tilrettelegging, uten at timen stoppet opp.",
    },
    reflection="Jeg fyller stillheten for fort. Det vil jeg øve på.",
)
FOUNDATION, RECERTIFICATION = "startopplaering", "resertifisering"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guides:
    """Those who lead a region's newcomers, by id; the mentors whole."""

    coordinator: int
    trainer: int
    second_trainer: int
    mentors: tuple[Person, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """The demo's own dice: the same people and answers at every run."""

    dice: random.Random

    def day(self, first: date, last: date) -> date:
        """Some day between two, both included."""
        return first + timedelta(days=self.dice.randint(0, max((last - first).days, 0)))


def noon(day: date) -> datetime:
    """The instant at which the demo's people do things on a day."""
    return at_local(day, 12)


def workday(day: date) -> date:
    """The day, or the Monday after it."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() > 4 else day


def begin(session: Session, person_id: int, course: str, on: date) -> int:
    """Enrol in a course; returns the enrolment's id."""
    return learning.enrol(session, person_id=person_id, course_id=course, now=noon(on)).id


def sit(
    session: Session, person_id: int, course: str, form: Purpose, on: date, *, right: float, chance: Chance
) -> None:
    """Take a test, answering so large a share right."""
    enrolment = learning.enrol(session, person_id=person_id, course_id=course, now=noon(on))
    attempt = learning.start_test(session, enrolment, form, noon(on), go_back_to=f"/kurs/{course}")
    _answer(session, attempt, right=right, chance=chance)


def _answer(session: Session, attempt: Attempt, *, right: float, chance: Chance) -> None:
    """Answer a test that has just begun, and hand it in."""
    rows = session.execute(
        select(AttemptItem.position, QuestionVersion.document)
        .join(QuestionVersion, QuestionVersion.id == AttemptItem.question_version_id)
        .where(AttemptItem.attempt_id == attempt.id)
        .order_by(AttemptItem.position)
    ).all()
    positions = [position for position, _document in rows]
    questions = [from_document(document) for _position, document in rows]
    own = random.Random(chance.dice.random())  # noqa: S311  (however many questions: the others' dice fall as before)
    given = answers.answers(questions, right=right, dice=own)
    spent = {place: answers.seconds(question, own) for place, question in zip(positions, questions, strict=True)}
    done = attempt.started_at + timedelta(minutes=40)
    quizzes.save_answer(session, attempt, position=positions[0], keys=None, seconds=spent, now=done)
    quizzes.submit(session, attempt, answers=dict(zip(positions, map(sorted, given), strict=True)), now=done)


def check(session: Session, programme: Programme, certificate: Certificate, months: int, *, chance: Chance) -> None:
    """A voluntary check so many months after the certificate, offered by mail and answered some days later."""
    known = {3: 0.9, 12: 0.8}.get(months, 0.7) + chance.dice.uniform(-0.25, 0.1)
    offered = offer_check(session, programme, certificate, months)
    if offered is None:
        return
    attempt_id = checking.begin_check(
        session,
        programme,
        offered,
        certificate,
        go_back_to=f"/kunnskapssjekk/{offered.id}",
        now=offered.offered_at + timedelta(days=chance.dice.randint(1, 6)),
        language="nb",
    )
    _answer(session, session.get_one(Attempt, attempt_id), right=known, chance=chance)


def offer_check(session: Session, programme: Programme, certificate: Certificate, months: int) -> KnowledgeCheck | None:
    """The offer of a check, on its day."""
    on = day_of(months, certificate.valid_from)
    return checking.offer_check(session, programme, certificate.id, now=noon(on))


def read(session: Session, person_id: int, course: str, first: date, last: date, *, share: float = 1.0) -> None:
    """Go through so large a share of a course's lessons, spread over some days."""
    enrolment = learning.enrol(session, person_id=person_id, course_id=course, now=noon(first))
    lessons = lessons_of(session, course)
    todo = lessons[: round(len(lessons) * share)]
    days = [first + (last - first) * place // max(len(todo) - 1, 1) for place in range(len(todo))]
    done = {todo[place]: noon(on) + timedelta(minutes=place) for place, on in enumerate(days)}
    learning.mark_all_done(session, enrolment, done)


def lessons_of(session: Session, course: str) -> list[str]:
    """The lesson ids of the current version of a course, in order."""
    return list(shelf.volume(session, offered(session, course).digest).pages)


def offered(session: Session, course: str) -> Offer:
    """A course as it is published now."""
    offer = shelf.offer(session, course)
    if offer is None:
        raise LookupError(f"publish the content first: there is no course {course}")
    return offer


def learn(session: Session, person_id: int, *, by: date, chance: Chance) -> None:
    """The whole foundation course, the post-test passed at the latest on a day."""
    first = by - timedelta(days=35)
    begin(session, person_id, FOUNDATION, first)
    sit(
        session,
        person_id,
        FOUNDATION,
        Purpose.PRE,
        first,
        right=chance.dice.uniform(0.2, 0.7),
        chance=chance,
    )
    read(session, person_id, FOUNDATION, first, by - timedelta(days=3))
    if chance.dice.random() < 0.25:
        sit(session, person_id, FOUNDATION, Purpose.POST, by - timedelta(days=2), right=0.78, chance=chance)
    sit(session, person_id, FOUNDATION, Purpose.POST, by, right=chance.dice.uniform(0.82, 1.0), chance=chance)


def meet(session: Session, seminar_id: int, part: int, guides: Guides, *, absent: frozenset[tuple[int, int]]) -> None:
    """Record attendance on every day of a part; `absent` names person and day number."""
    days = session.scalars(
        select(SeminarDay).where(SeminarDay.seminar_id == seminar_id, SeminarDay.part == part).order_by(SeminarDay.on)
    ).all()
    for day in days:
        roll = attendance.roll_of(session, day.id)
        given = {person_id: (person_id, day.day_number) not in absent for person_id in roll.listed}
        if given:
            attendance.record_attendance(
                session, day=day, given=given, seen_row=roll.last_row, by=guides.trainer, now=at_local(day.on, 16)
            )


def visit(
    session: Session, person_id: int, module: ModuleKind, on: date, guides: Guides, *, confirmed: bool, chance: Chance
) -> None:
    """An observation visit with a mentor: recorded by the trainer, or reported and waiting for the mentor."""
    mentor = chance.dice.choice([mentor for mentor in guides.mentors if mentor.id != person_id])
    # the modules at companies of their own: one person is not twice at the same place on a day
    companies = COMPANIES[::2] if module is ModuleKind.MUSKEL_SKJELETT else COMPANIES[1::2]
    report = VisitReport(
        on=on,
        company=chance.dice.choice(companies),
        modules=frozenset({module}),
        mentor_id=mentor.id,
        mentor_name=mentor.name,
        model=DeliveryModel.TWO,
    )
    after = noon(on) + timedelta(hours=4)
    if confirmed:
        visits_services.record_visit(session, person_id=person_id, report=report, by=guides.trainer, now=after)
        return
    planned = visits_services.plan_visit(session, person_id=person_id, report=report, now=noon(on - timedelta(days=7)))
    visits_services.report_visit(session, visit_id=planned.id, notes=OBSERVED, by=person_id, now=after)


def visits(session: Session, person_id: int, after: date, before: date, guides: Guides, *, chance: Chance) -> None:
    """The two visits the programme asks for."""
    for module in (ModuleKind.MUSKEL_SKJELETT, ModuleKind.PSYKISK_HELSE):
        on = chance.day(after + timedelta(days=2), before - timedelta(days=2))
        visit(session, person_id, module, on, guides, confirmed=True, chance=chance)


def assess(
    session: Session, programme: Programme, person_id: int, guides: Guides, on: date, *, approved: bool, chance: Chance
) -> None:
    """A trainer's assessment; when it is the last requirement, the certificate is issued with it."""
    verdict = decisions.Verdict(
        outcome=Outcome.APPROVED if approved else Outcome.NOT_YET,
        content_score=chance.dice.choice((4, 5)) if approved else 3,
        non_directive_score=chance.dice.choice((4, 5)) if approved else 2,
        feedback="Trygg formidling med gode spørsmål til salen."
        if approved
        else "Faglig godt. Prøv å spørre mer og forklare mindre, og vis presentasjonen på nytt for mentoren din.",
    )
    decisions.record_assessment(session, programme, person_id, verdict, assessor_id=guides.trainer, now=noon(on))


def deliver(session: Session, person_id: int, first: date, last: date, count: int, chance: Chance) -> None:
    """So many presentations at workplaces."""
    for number in range(count):
        report = DeliveryReport(
            on=chance.day(first, last),
            company=chance.dice.choice(COMPANIES),
            module=chance.dice.choice(tuple(ModuleKind)),
            model=chance.dice.choice(tuple(DeliveryModel)),
            employees=chance.dice.randint(6, 60),
            leaders=chance.dice.randint(1, 5),
        )
        entry = f"demo-{person_id}-{first:%Y%m%d}-{number}"
        deliveries.log_delivery(session, person_id=person_id, report=report, entry=entry, now=noon(report.on))


def gather(session: Session, person_ids: list[int], on: date, guides: Guides) -> None:
    """A network gathering of certified instructors."""
    gatherings.record_gathering(
        session,
        person_ids=person_ids,
        title="Nettverkssamling for instruktører",
        on=on,
        kind=GatheringKind.NETWORK,
        by=guides.trainer,
        now=at_local(on, 16),
    )


def renew(
    session: Session,
    programme: Programme,
    person_id: int,
    guides: Guides,
    *,
    valid_from: date,
    on: date,
    chance: Chance,
) -> None:
    """Everything a recertification asks for, approved on a day in the window."""
    deliver(session, person_id, valid_from + timedelta(days=30), on - timedelta(days=40), 6, chance)
    gather(session, [person_id], on - timedelta(days=60), guides)
    first = on - timedelta(days=20)
    begin(session, person_id, RECERTIFICATION, first)
    sit(session, person_id, RECERTIFICATION, Purpose.PRE, first, right=0.5, chance=chance)
    read(session, person_id, RECERTIFICATION, first, first + timedelta(days=4))
    sit(session, person_id, RECERTIFICATION, Purpose.POST, first + timedelta(days=5), right=1.0, chance=chance)
    assess(session, programme, person_id, guides, on, approved=True, chance=chance)
