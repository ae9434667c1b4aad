"""What instructors and those who assess do in the demo: guidance, a gathering, deliveries held by two, sheets.

It happens in one region, around the people the demo shows, and throws no dice.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.appeals import Ground
from certificates.demo.lives import noon, workday
from certificates.demo.nord import Nord
from certificates.demo.norway import COMPANIES
from certificates.evidence import Outcome
from certificates.models.assessments import AssessmentRound
from certificates.programme import Criterion, Programme
from certificates.queries import assessments as rounds
from certificates.queries import decisions
from certificates.services import appealing, sheets
from courses.companies import check_digit
from courses.gatherings import GatheringPlan
from courses.guidance import GuidanceKind, Proposal, Said
from courses.models.deliveries import Delivery
from courses.models.guidance import GuidanceVisit
from courses.seminars import GatheringKind
from courses.services import deliveries, follow_up, gathering_plans, guidance
from courses.visits import DeliveryModel, DeliveryReport, ModuleKind

REMARKS = ("Greit å vite at det er lov å være i bevegelse med vondt i ryggen.", "", "Nyttig for lederne våre.", "", "")


def guide(session: Session, nord: Nord, today: date) -> None:
    """The trainer guides a new instructor, one visit held and one not noted; another agreement waits for its yes."""
    trainer, begun = nord.guides.trainer, today - timedelta(days=40)
    held, unnoted = workday(today - timedelta(days=30)), workday(today - timedelta(days=7))
    agreed = guidance.propose(
        session,
        Proposal(
            kind=GuidanceKind.METHOD,
            person_id=nord.new[0],
            guide_id=trainer,
            first=begun,
            last=today + timedelta(days=120),
            goals="Bli tryggere på å la salen svare. Jeg er med på tre presentasjoner, og vi snakker sammen etterpå.",
            visits=(held, unnoted, workday(today + timedelta(days=21))),
        ),
        unit_id=nord.unit_id,
        entry="demo-1",
        by=trainer,
        now=noon(begun),
    )
    guidance.say(
        session,
        agreement_id=agreed.id,
        word=Said.AGREED,
        by=nord.new[0],
        now=noon(begun + timedelta(days=2)),
    )
    visit_id = session.scalars(
        select(GuidanceVisit.id).where(GuidanceVisit.agreement_id == agreed.id, GuidanceVisit.planned_on == held)
    ).one()
    note = "Gode pauser etter spørsmålene. Neste gang: en påstand salen kan ta stilling til."
    guidance.note_visit(
        session, visit_id=visit_id, held_on=held, note=note, by=trainer, now=noon(held) + timedelta(hours=5)
    )
    guidance.propose(
        session,
        Proposal(
            kind=GuidanceKind.OPERATION,
            person_id=nord.new[1],
            guide_id=trainer,
            first=today,
            last=today + timedelta(days=180),
            goals="Komme i gang med avtaler om presentasjoner i kommunen.",
            visits=(workday(today + timedelta(days=14)),),
        ),
        unit_id=nord.unit_id,
        entry="demo-2",
        by=trainer,
        now=noon(today - timedelta(days=2)),
    )


def gather(session: Session, nord: Nord, today: date) -> None:
    """A network gathering on the web in some weeks, with those who have signed up."""
    planned = gathering_plans.plan_gathering(
        session,
        GatheringPlan(
            title="Nettverkstreff: vanskelige spørsmål fra salen",
            kind=GatheringKind.NETWORK,
            on=workday(today + timedelta(days=24)),
            starts="13:00",
            ends="15:00",
            webinar_link="https://webinar.example/nettverk-nord",
            about="Ta med et spørsmål du ikke visste hva du skulle svare på.",
        ),
        unit_ids=[nord.unit_id],
        entry="demo",
        by=nord.guides.trainer,
        now=noon(today - timedelta(days=10)),
    )
    for place, person_id in enumerate((nord.instructor, *nord.new, *nord.experienced)):
        gathering_plans.sign_up(
            session, gathering_id=planned.id, person_id=person_id, now=noon(today - timedelta(days=9 - place % 8))
        )


def deliver(session: Session, nord: Nord, today: date) -> None:
    """Presentations held by two: confirmed, or waiting for the one or the other; one was followed up."""
    held = (
        (nord.instructor, nord.partner, 120, True, ModuleKind.MUSKEL_SKJELETT),
        (nord.instructor, nord.partner, 60, True, ModuleKind.PSYKISK_HELSE),
        (nord.instructor, None, 21, False, ModuleKind.MUSKEL_SKJELETT),
        (nord.partner, nord.instructor, 12, False, ModuleKind.PARTSMODUL),
        (nord.instructor, nord.partner, 6, False, ModuleKind.PSYKISK_HELSE),
    )
    for place, (person_id, partner_id, days_ago, confirmed, module) in enumerate(held):
        on, entry = workday(today - timedelta(days=days_ago)), f"demo-held-by-two-{place}"
        report = DeliveryReport(
            on=on,
            company=COMPANIES[place],
            module=module,
            model=DeliveryModel.ONE if partner_id is None else DeliveryModel.TWO,
            employees=14 + 3 * place,
            leaders=2,
            org_number=organisation_number(place),
            partner_id=partner_id,
        )
        deliveries.log_delivery(session, person_id=person_id, report=report, entry=entry, now=noon(on))
        logged = select(Delivery.id).where(Delivery.person_id == person_id, Delivery.entry == entry)
        delivery_id = session.scalars(logged).one()
        if confirmed:
            deliveries.confirm_delivery(session, delivery_id=delivery_id, now=noon(on + timedelta(days=1)))
        if partner_id is None:
            _answered(session, delivery_id, person_id, on)


def _answered(session: Session, delivery_id: int, person_id: int, on: date) -> None:
    page = follow_up.open_follow_up(session, delivery_id=delivery_id, by=person_id, now=noon(on))
    for place, comment in enumerate((*REMARKS, *REMARKS[3:])):
        marks = [4 + (place + question) % 2 - (place == 1) for question in range(4)]
        later = noon(on) + timedelta(hours=1 + place)
        follow_up.give_feedback(session, follow_up=page, entry=f"demo-{place}", marks=marks, comment=comment, now=later)


def assess(session: Session, programme: Programme, nord: Nord, today: date) -> None:
    """By the rubric: one has been told «not yet» and appeals, about another the trainer has begun a sheet."""
    judged, begun = nord.assessed.members[2], nord.assessed.members[0]
    trainer, on = nord.guides.trainer, today - timedelta(days=3)
    sheet = sheets.begin(session, programme, judged, assessor_id=trainer, now=noon(on))
    criteria = rounds.rubric_of(session, session.get_one(AssessmentRound, sheet.round_id)).criteria
    fields = {
        f"level-{each.id}": str(3 - (each.area is Criterion.NON_DIRECTIVE and place % 2))
        for place, each in enumerate(criteria)
    }
    fields |= {
        "outcome": Outcome.NOT_YET.value,
        "feedback": "Faglig godt. I spørsmålsrunden forklarte du mye, og salen fikk lite tid til å svare selv.",
        "next_steps": "Hold presentasjonen for mentoren din, med tre åpne spørsmål, og ta kontakt for ny vurdering.",
    }
    decided = sheets.hand_in(session, programme, sheet, fields, now=noon(on)).assessment
    if decided is None:
        raise LookupError("a sheet handed in alone is the decision")
    words = (
        "Salen var stille den dagen, og jeg mener vurderingen bygger på for lite. Jeg ber om at en annen ser på den."
    )
    against = decisions.one(session, programme, Ground.ASSESSMENT, decided.id)
    if against is None:
        raise LookupError("an assessment is a decision")
    appealing.appeal(session, programme, against, words, now=noon(today - timedelta(days=1)))
    yesterday = noon(today - timedelta(days=1))
    draft = sheets.begin(session, programme, begun, assessor_id=trainer, now=yesterday)
    half = {f"level-{each.id}": "3" for each in criteria[: len(criteria) // 2]}
    half[f"note-{criteria[0].id}"] = "Sa fra da svaret ikke var klart, og fant det til etter pausen."
    sheets.save_draft(session, draft.id, half, now=yesterday)


def organisation_number(place: int) -> str:
    """Nine digits whose check digit is right. They begin with 1, which no company's number does."""
    valid = (
        f"{first}{digit}"
        for first in (f"1000{place}{rest:03}" for rest in range(100, 999))
        if (digit := check_digit(first)) is not None
    )
    return next(valid)
