"""People on their way to a certificate and holders of one, as plain facts: the shared dossiers of these tests."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

from certificates.eligibility import Finding, NotYet, Ok
from certificates.evidence import (
    Assessment,
    Delivery,
    Evidence,
    Exemption,
    Fact,
    Form,
    Gathering,
    LessonsDone,
    Outcome,
    PlannedSeminar,
    SeminarDay,
    TestTaken,
    Visit,
)
from certificates.parsing import parse_programme
from certificates.programme import ModuleKind
from certificates.validity import Period, first_period
from lms.verdict import Reason

ROOM = Path(__file__).parents[2] / "certificates"
PROGRAMME = parse_programme((ROOM / "programmes" / "instruktor.md").read_text("utf-8"), "instruktor.md").items[0]
ONE_DAY = timedelta(days=1)

PARTICIPANT, MENTOR, TRAINER = "participant", "mentor", "trainer-nord"
MUSCLE, MIND = frozenset({ModuleKind.MUSKEL_SKJELETT}), frozenset({ModuleKind.PSYKISK_HELSE})
APPROVED_ON = date(2026, 11, 22)


def tried(on: date, score: Fraction, form: Form = Form.POST, course: str = "startopplaering") -> TestTaken:
    return TestTaken(on=on, score=score, form=form, course=course)


def attended(part: int, first_day: date, of_days: int, seminar: str = "Bodø") -> tuple[SeminarDay, ...]:
    return tuple(
        SeminarDay(on=first_day + n * ONE_DAY, seminar=seminar, part=part, day_number=n + 1, of_days=of_days)
        for n in range(of_days)
    )


def visit(on: date, modules: frozenset[ModuleKind], confirmed_on: date | None = None) -> Visit:
    return Visit(on=on, modules=modules, mentor="Mari", company="Fiskebruket", confirmed_on=confirmed_on or on)


def assessed(on: date, outcome: Outcome = Outcome.APPROVED, by: str = TRAINER, feedback: str = "") -> Assessment:
    return Assessment(on=on, assessor_id=by, outcome=outcome, content_knowledge=4, non_directive=5, feedback=feedback)


def waived(requirement: str, on: date) -> Exemption:
    return Exemption(requirement=requirement, on=on, reason="Tilsvarende opplæring i 2019", by="Sekretariatet")


FIRST_FACTS: tuple[Fact, ...] = (
    tried(date(2026, 9, 1), Fraction(2, 5), Form.PRE),
    LessonsDone(on=date(2026, 9, 20), course="startopplaering", done=30, total=30),
    tried(date(2026, 9, 21), Fraction(4, 5)),
    *attended(1, date(2026, 10, 5), 3),
    visit(date(2026, 10, 20), MUSCLE),
    visit(date(2026, 10, 27), MIND),
    *attended(2, date(2026, 11, 9), 2),
    assessed(APPROVED_ON),
)


def first_time(*facts: Fact, planned: tuple[PlannedSeminar, ...] = ()) -> Evidence:
    return Evidence(person_id=PARTICIPANT, mentor_ids=frozenset({MENTOR}), facts=facts, planned=planned)


def without(kind: type[Fact], *instead: Fact) -> Evidence:
    return first_time(*(fact for fact in FIRST_FACTS if not isinstance(fact, kind)), *instead)


def finding(answer: Ok | NotYet, id_: str) -> Finding:
    return next(each for each in answer.findings if each.requirement.id == id_)


def next_step(answer: Ok | NotYet, id_: str) -> Reason:
    step = finding(answer, id_).next_step
    assert step is not None
    return step


PREVIOUS = first_period(APPROVED_ON, PROGRAMME.policy)  # through 21.11.2029, opens 22.05.2029, grace to 21.05.2030
RENEWAL_FACTS: tuple[Fact, ...] = (
    *(Delivery(on=date(2027, month, 1)) for month in range(1, 7)),
    Gathering(on=date(2028, 4, 3)),
    tried(date(2029, 4, 1), Fraction(9, 10), course="resertifisering"),
    assessed(date(2029, 6, 1)),
)


def holder(*facts: Fact, previous: Period = PREVIOUS, revoked_on: date | None = None) -> Evidence:
    return Evidence(
        person_id=PARTICIPANT,
        mentor_ids=frozenset({MENTOR}),
        previous=previous,
        revoked_on=revoked_on,
        facts=FIRST_FACTS + facts,
    )


def holder_but(kind: type[Fact], *instead: Fact) -> Evidence:
    return holder(*(fact for fact in RENEWAL_FACTS if not isinstance(fact, kind)), *instead)


BACK_AGAIN: tuple[Fact, ...] = (*attended(2, date(2031, 1, 13), 2), assessed(date(2031, 1, 20)))
