"""Verbs of observation visits: plan, report, confirm, send back, strike out, reject. Each appends a word, audited.

Whoever decides on a visit locks its row first: of two words at once, the second finds where the first has left it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from courses import visits
from courses.models.visits import ObservationVisit, VisitWord
from courses.visits import STANDING, FieldNotes, Standing, VisitReport, Word
from lms import audit
from lms.clock import local_date
from lms.errors import Refused, hold
from lms.verdict import because

NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who says a word: a person here, or somebody who came by a link (name and address), or both."""

    by_id: int | None
    name: str = NOBODY
    address: str = NOBODY


def record_visit(session: Session, *, person_id: int, report: VisitReport, by: int, now: datetime) -> ObservationVisit:
    """Record a visit that has been made: confirmed at once by a trainer for another, waiting for oneself."""
    hold(visits.visit_problems(report, person_id=person_id, today=local_date(now)))
    visit = _entered(session, person_id=person_id, report=report, by=by, now=now)
    _say(session, visit, Word.REPORTED, Said(by_id=by), now=now)
    if visits.confirmed_at_once(person_id=person_id, recorded_by=by):
        _confirmed(session, visit, Said(by_id=by), now=now)
    return visit


def plan_visit(session: Session, *, person_id: int, report: VisitReport, now: datetime) -> ObservationVisit:
    """Enter a visit of one's own, to come or just made; it waits for its report."""
    hold(visits.plan_problems(report, person_id=person_id, today=local_date(now)))
    visit = _entered(session, person_id=person_id, report=report, by=person_id, now=now)
    _say(session, visit, Word.PLANNED, Said(by_id=person_id), now=now)
    return visit


def propose_to(session: Session, visit: ObservationVisit, *, partner_id: int, now: datetime) -> ObservationVisit | None:
    """Enter the same visit for the partner, who has to say yes to it; None where the partner has it already, or is
    its mentor."""
    if visit.mentor_id == partner_id:
        return None
    try:
        with session.begin_nested():
            copy = ObservationVisit(
                person_id=partner_id,
                entered_with=visit.id,
                recorded_by=visit.person_id,
                recorded_at=now,
                note="",
                **_facts(visit),
            )
            session.add(copy)
    except IntegrityError:
        return None
    _say(session, copy, Word.PROPOSED, Said(by_id=visit.person_id), now=now)
    return copy


def accept_visit(session: Session, *, visit_id: int, by: int, now: datetime) -> ObservationVisit:
    """Say yes to what the partner has entered: it is planned, and waits for one's own report."""
    visit, standing = locked(session, visit_id)
    hold(visits.word_problem(Word.ACCEPTED, standing))
    _say(session, visit, Word.ACCEPTED, Said(by_id=by), now=now)
    return visit


def correct_visit(
    session: Session, *, visit_id: int, report: VisitReport, by: int, now: datetime
) -> tuple[ObservationVisit, bool]:
    """Set the facts of a planned visit, or of one that was sent back, right; whether anything changed."""
    visit, standing = locked(session, visit_id)
    if standing not in visits.CHANGEABLE:
        raise Refused(because("visit-not-now", standing=str(standing)))
    hold(visits.plan_problems(report, person_id=visit.person_id, today=local_date(now)))
    before = _told(visit)
    fresh = {**_columns(report), "note": report.note.strip()}
    if all(getattr(visit, name) == value for name, value in fresh.items()):
        return visit, False
    try:
        with session.begin_nested():
            for name, value in fresh.items():
                setattr(visit, name, value)
    except IntegrityError as error:
        raise Refused(because("visit-recorded", company=report.company.strip(), day=report.on)) from error
    _audit(session, visit, "visit-corrected", by=by, details={"before": before}, now=now)
    return visit, True


def report_visit(session: Session, *, visit_id: int, notes: FieldNotes, by: int, now: datetime) -> VisitWord:
    """Hand in what was observed, the first time or again after it was sent back."""
    visit, standing = locked(session, visit_id)
    hold(visits.word_problem(Word.REPORTED, standing))
    hold(visits.notes_problems(notes, on=visit.on, today=local_date(now)))
    observed = {str(prompt): text.strip() for prompt, text in notes.observed.items() if text.strip()}
    reflection = notes.reflection.strip()
    return _say(session, visit, Word.REPORTED, Said(by_id=by), observed=observed, reflection=reflection, now=now)


def confirm_visit(session: Session, *, visit_id: int, by: int, now: datetime) -> bool:
    """Vouch for a visit; refused for one's own. False when somebody already has (a second click)."""
    return confirm_as(session, visit_id=visit_id, said=Said(by_id=by), now=now)


def confirm_as(session: Session, *, visit_id: int, said: Said, now: datetime) -> bool:
    """Vouch for a visit, with an account or by a link. False when somebody already has."""
    visit, standing = locked(session, visit_id)
    if said.by_id is not None:
        hold(visits.confirming_problem(person_id=visit.person_id, confirmer_id=said.by_id))
    if standing is Standing.CONFIRMED:
        return False
    hold(visits.word_problem(Word.CONFIRMED, standing))
    _confirmed(session, visit, said, now=now)
    return True


def send_back(session: Session, *, visit_id: int, said: Said, comment: str, now: datetime) -> bool:
    """Ask for the report to be set right, saying what. False when that has been done already."""
    visit, standing = locked(session, visit_id)
    if said.by_id is not None:
        hold(visits.confirming_problem(person_id=visit.person_id, confirmer_id=said.by_id))
    if standing is Standing.SENT_BACK:
        return False
    hold(visits.word_problem(Word.SENT_BACK, standing))
    _say(session, visit, Word.SENT_BACK, said, comment=comment.strip(), now=now)
    return True


def strike_out(session: Session, *, visit_id: int, by: int, now: datetime) -> bool:
    """Take back a visit of one's own that nobody has confirmed, or say no to the partner's. False when it is gone."""
    visit, standing = locked(session, visit_id)
    if standing is Standing.STRUCK_OUT:
        return False
    hold(visits.word_problem(Word.STRUCK_OUT, standing))
    visit.withdrawn_at = now
    _say(session, visit, Word.STRUCK_OUT, Said(by_id=by), now=now)
    return True


def reject(session: Session, *, visit_id: int, by: int, comment: str, now: datetime) -> bool:
    """A trainer says that a visit does not count, confirmed or not, and why. False when that has been done."""
    visit, standing = locked(session, visit_id)
    hold(visits.confirming_problem(person_id=visit.person_id, confirmer_id=by))
    if standing is Standing.REJECTED:
        return False
    hold(visits.word_problem(Word.REJECTED, standing))
    visit.withdrawn_at = now
    _say(session, visit, Word.REJECTED, Said(by_id=by), comment=comment.strip(), now=now)
    return True


def change_mentor(session: Session, visit: ObservationVisit, mentor: VisitReport, *, by: int, now: datetime) -> None:
    """Name another mentor, or another address, of a visit that the caller has locked."""
    before = visit.mentor_id
    columns = _columns(mentor)
    for name in ("mentor_id", "mentor_name", "mentor_address"):
        setattr(visit, name, columns[name])
    _audit(session, visit, "visit-mentor-changed", by=by, details={"before": before}, now=now)


def locked(session: Session, visit_id: int) -> tuple[ObservationVisit, Standing]:
    """A visit that nobody else decides on meanwhile, and where it stands."""
    visit = session.scalars(
        select(ObservationVisit)
        .where(ObservationVisit.id == visit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    newest = select(func.max(VisitWord.id)).where(VisitWord.visit_id == visit_id).scalar_subquery()
    word = session.scalars(select(VisitWord.word).where(VisitWord.id == newest)).one()
    return visit, STANDING[Word(word)]


def _entered(session: Session, *, person_id: int, report: VisitReport, by: int, now: datetime) -> ObservationVisit:
    visit = ObservationVisit(
        person_id=person_id, note=report.note.strip(), recorded_by=by, recorded_at=now, **_columns(report)
    )
    try:
        with session.begin_nested():
            session.add(visit)
    except IntegrityError as error:
        raise Refused(because("visit-recorded", company=visit.company, day=report.on)) from error
    return visit


def _columns(report: VisitReport) -> dict[str, Any]:
    """The facts as the table keeps them."""
    return {
        "on": report.on,
        "company": report.company.strip(),
        "modules": [kind.value for kind in visits.in_order(report.modules)],
        "model": report.model.value if report.model else None,
        "mentor_id": report.mentor_id,
        "mentor_name": report.mentor_name.strip(),
        "mentor_address": report.mentor_address.strip().lower(),
    }


def _facts(visit: ObservationVisit) -> dict[str, Any]:
    """What a visit shares with the partner's."""
    shared = ("on", "company", "modules", "model", "mentor_id", "mentor_name", "mentor_address")
    return {name: getattr(visit, name) for name in shared}


def _confirmed(session: Session, visit: ObservationVisit, said: Said, *, now: datetime) -> None:
    visit.confirmed_by, visit.confirmed_at = said.by_id, now
    if said.address:
        visit.confirmed_name, visit.confirmed_address = said.name, said.address
    _say(session, visit, Word.CONFIRMED, said, now=now)


def _say(
    session: Session,
    visit: ObservationVisit,
    word: Word,
    said: Said,
    *,
    comment: str = "",
    observed: Mapping[str, str] | None = None,
    reflection: str = "",
    now: datetime,
) -> VisitWord:
    row = VisitWord(
        visit_id=visit.id,
        word=word,
        by_id=said.by_id,
        by_name=said.name,
        by_address=said.address,
        comment=comment,
        observed=dict(observed or {}),
        reflection=reflection,
        at=now,
    )
    session.add(row)
    session.flush()
    action = f"visit-{word.value.replace('_', '-')}"
    _audit(session, visit, action, by=said.by_id, details={"via": "link"} if said.address else {}, now=now)
    return row


def _told(visit: ObservationVisit) -> dict[str, Any]:
    return {"person": visit.person_id, "on": visit.on, "modules": visit.modules, "mentor": visit.mentor_id}


def _audit(
    session: Session, visit: ObservationVisit, action: str, *, by: int | None, details: Mapping[str, Any], now: datetime
) -> None:
    audit.record(
        session,
        actor_id=by,
        action=action,
        subject=("observation-visit", visit.id),
        details={**_told(visit), **details},
        now=now,
    )
