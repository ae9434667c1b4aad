"""Sheets of the assessment: beginning, keeping a draft, handing in, going on alone, deciding from two.

Whoever decides about a person waits for the person's row; a draft is kept under the lock of its own row, so that what
comes from two devices is laid together field by field. With one assessor handing in is the decision.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates import mails, rubric
from certificates.appeals import last_day
from certificates.eligibility import NotYet, Standing
from certificates.evidence import Outcome
from certificates.gathering import Dossier, dossier_of
from certificates.models.assessments import Assessment, AssessmentRound, AssessmentSheet
from certificates.models.issued import Certificate
from certificates.programme import Criterion, Programme
from certificates.queries import assessments as queries
from certificates.queries.programmes import stored
from certificates.rubric import Filled
from certificates.services.decisions import Verdict, add_assessment, refuse_partial, timely_assessment
from certificates.services.issuing import issue_if_due, lock_person
from certificates.services.programmes import in_force
from lms import audit
from lms.clock import local_date
from lms.errors import Refused
from lms.people import Person
from lms.verdict import No, because

SHEETS_MAX = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of handing in or deciding: the decision, with what it led to; or None while the other one's sheet is
    waited for. `was_there` when it had been made before this."""

    assessment: Assessment | None
    answer: Certificate | NotYet | None = None
    was_there: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A round with its sheets, locked together with the person, and the sheet of who is acting."""

    person: Person
    dossier: Dossier
    round: AssessmentRound
    own: AssessmentSheet
    active: Sequence[AssessmentSheet]

    @property
    def others(self) -> list[AssessmentSheet]:
        """The sheets beside the own that count."""
        return [each for each in self.active if each.id != self.own.id]


def begin(
    session: Session, programme: Programme, person_id: int, *, assessor_id: int, now: datetime
) -> AssessmentSheet:
    """The assessor's sheet about a person: the one there is, else a new one, in the round going on or in a new one.

    Raises `Refused` for oneself, for one's own mentee, when no assessment would count now, and for a third assessor.
    """
    lock_person(session, person_id)
    dossier = dossier_of(session, programme, person_id, on=local_date(now))
    refuse_partial(dossier, person_id, assessor_id)
    finding, requirement = timely_assessment(dossier)
    if finding.state is Standing.MET:
        raise Refused(because("assess-already-approved", on=finding.met_on))
    going_on = queries.open_round(session, programme.id, person_id)
    if going_on is not None and going_on.requirement != requirement.id:
        going_on.ended_at = now  # it was begun for what is asked for no longer
        session.flush()
        going_on = None
    if going_on is None:
        going_on = AssessmentRound(
            person_id=person_id,
            programme=programme.id,
            requirement=requirement.id,
            programme_version_id=in_force(session, programme.id, now=now).id,
            begun_at=now,
            next_steps="",
        )
        session.add(going_on)
        session.flush()
    return _sheet(session, going_on, assessor_id, now)


def _sheet(session: Session, of: AssessmentRound, assessor_id: int, now: datetime) -> AssessmentSheet:
    there = queries.sheets_of(session, of.id)
    own = next((each.row for each in there if each.row.assessor_id == assessor_id), None)
    taken = {each.row.place: each for each in there if each.is_active}
    if own is not None and own.set_aside_at is None:
        return own
    if len(taken) >= SHEETS_MAX:
        raise Refused(because("sheets-two-already", names=tuple(each.name for each in taken.values())))
    place = min({1, 2} - set(taken))
    if own is not None:
        own.place, own.set_aside_at, own.set_aside_by = place, None, None
        session.flush()
        return own
    own = AssessmentSheet(
        round_id=of.id,
        person_id=of.person_id,
        assessor_id=assessor_id,
        place=place,
        levels={},
        notes={},
        feedback="",
        next_steps="",
        begun_at=now,
        saved_at=now,
    )
    session.add(own)
    session.flush()
    return own


def save_draft(session: Session, sheet_id: int, fields: Mapping[str, str], *, now: datetime) -> Filled:
    """Keep some fields of a sheet that is not handed in; all others stay as they are.

    Raises `Refused` when it is handed in, set aside or its round over, and for what does not fit.
    """
    row = session.scalars(
        select(AssessmentSheet)
        .where(AssessmentSheet.id == sheet_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    of = session.get_one(AssessmentRound, row.round_id)
    _refuse_closed(row, of)
    return _fill(session, row, of, fields, now)


def _refuse_closed(row: AssessmentSheet, of: AssessmentRound) -> None:
    if row.handed_in_at is not None:
        raise Refused(because("sheet-handed-in", at=row.handed_in_at))
    if row.set_aside_at is not None or of.ended_at is not None:
        raise Refused(because("sheet-set-aside"))


def _fill(
    session: Session, row: AssessmentSheet, of: AssessmentRound, fields: Mapping[str, str], now: datetime
) -> Filled:
    changed = rubric.changed(queries.filled(row), queries.rubric_of(session, of), fields)
    if isinstance(changed, No):
        raise Refused.by(changed)
    long = rubric.overlong(changed)
    if long:
        raise Refused(*long.values())
    row.levels, row.notes = dict(changed.levels), dict(changed.notes)
    row.feedback, row.next_steps = changed.feedback, changed.next_steps
    row.outcome, row.saved_at = changed.outcome, now
    session.flush()
    return changed


def hand_in(
    session: Session, programme: Programme, sheet: AssessmentSheet, fields: Mapping[str, str], *, now: datetime
) -> Settled:
    """Hand a sheet in as it stands with these fields. Alone it is the decision; beside another it waits for it.

    Handed in again, it changes nothing. Raises `Refused` for a sheet that is unfinished, set aside or comes too early.
    """
    case = _locked(session, programme, sheet, now)
    if case.own.handed_in_at is not None:
        return Settled(assessment=_decision(session, case.round), was_there=True)
    _refuse_closed(case.own, case.round)
    filled = _fill(session, case.own, case.round, fields, now)
    missing = rubric.unfinished(queries.rubric_of(session, case.round), filled)
    if missing:
        raise Refused(*dict.fromkeys(missing.values()))
    _refuse_untimely(case)
    case.own.handed_in_at = now
    session.flush()
    details = {"sheet": case.own.id, "round": case.round.id, "sha256": digest(case.own)}
    _record(session, "sheet-handed-in", case, details, now)
    if case.others:
        return Settled(assessment=None)
    return _decide(session, programme, case, filled, now)


def decide(session: Session, programme: Programme, sheet: AssessmentSheet, words: Filled, *, now: datetime) -> Settled:
    """The decision of a round whose sheets are all handed in, recorded by one of those who filled one in.

    Made already, by whomever, it stays as it is. Raises `Refused` while a sheet is missing, and without what to say.
    """
    case = _locked(session, programme, sheet, now)
    made = _decision(session, case.round)
    if made is not None:
        return Settled(assessment=made, was_there=True)
    if case.own.set_aside_at is not None or case.round.ended_at is not None:
        raise Refused(because("sheet-set-aside"))
    if any(each.handed_in_at is None for each in case.active):
        raise Refused(because("sheets-not-all-in"))
    lacking = {**rubric.overlong(words), **rubric.wordless(words.outcome, words.feedback, words.next_steps)}
    if lacking:
        raise Refused(*lacking.values())
    _refuse_untimely(case)
    if any(_is_partial(case, each) for each in case.others):
        raise Refused(because("sheet-by-mentor"))
    return _decide(session, programme, case, words, now)


def step_down(session: Session, programme: Programme, sheet: AssessmentSheet, *, now: datetime) -> None:
    """Set one's own draft aside; it is kept. With nobody left the round is over."""
    case = _locked(session, programme, sheet, now)
    if case.own.set_aside_at is not None:
        return
    _refuse_closed(case.own, case.round)
    _set_aside(session, case, case.own, now)
    if not case.others:
        case.round.ended_at = now
        session.flush()


def go_on_alone(session: Session, programme: Programme, sheet: AssessmentSheet, *, now: datetime) -> None:
    """Having handed in, set the other one's sheet aside, unless it is handed in too and may count; it is kept.

    Raises `Refused` when the own sheet is not handed in, or the other one's is.
    """
    case = _locked(session, programme, sheet, now)
    if case.own.handed_in_at is None or case.own.set_aside_at is not None or case.round.ended_at is not None:
        raise Refused(because("sheet-hand-in-first"))
    for other in case.others:
        if other.handed_in_at is not None and not _is_partial(case, other):
            raise Refused(because("sheets-both-in"))
        _set_aside(session, case, other, now)


def digest(row: AssessmentSheet) -> str:
    """A fingerprint of what stands on a sheet, for the chain of decisions."""
    said = [row.levels, row.notes, row.feedback, row.next_steps, row.outcome]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _locked(session: Session, programme: Programme, sheet: AssessmentSheet, now: datetime) -> _Case:
    person = lock_person(session, sheet.person_id)
    round_ = session.scalars(
        select(AssessmentRound)
        .where(AssessmentRound.id == sheet.round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    rows = session.scalars(
        select(AssessmentSheet)
        .where(AssessmentSheet.round_id == sheet.round_id)
        .order_by(AssessmentSheet.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    return _Case(
        person=person,
        dossier=dossier_of(session, programme, person.id, on=local_date(now)),
        round=round_,
        own=next(each for each in rows if each.id == sheet.id),
        active=[each for each in rows if each.set_aside_at is None],
    )


def _refuse_untimely(case: _Case) -> None:
    refuse_partial(case.dossier, case.person.id, case.own.assessor_id)
    _finding, requirement = timely_assessment(case.dossier)
    if requirement.id != case.round.requirement:
        raise Refused(because("sheet-other-requirement"))


def _is_partial(case: _Case, sheet: AssessmentSheet) -> bool:
    try:
        refuse_partial(case.dossier, case.person.id, sheet.assessor_id)
    except Refused:
        return True
    return False


def _decide(session: Session, programme: Programme, case: _Case, words: Filled, now: datetime) -> Settled:
    """Append the decision, end the round, issue what is due, write to the participant."""
    assert words.outcome is not None
    asked, sheets = queries.rubric_of(session, case.round), [each.levels for each in case.active]
    verdict = Verdict(
        outcome=words.outcome,
        content_score=rubric.area_score(asked, Criterion.CONTENT_KNOWLEDGE, sheets),
        non_directive_score=rubric.area_score(asked, Criterion.NON_DIRECTIVE, sheets),
        feedback=words.feedback,
    )
    actor = case.own.assessor_id
    basis = {
        "round": case.round.id,
        "sheets": {str(each.id): digest(each) for each in case.active},
        "next_steps": words.next_steps,
    }
    row = add_assessment(session, case.dossier, case.person.id, verdict, assessor_id=actor, now=now, basis=basis)
    case.round.assessment_id, case.round.outcome, case.round.next_steps = row.id, words.outcome, words.next_steps
    case.round.ended_at = now
    session.flush()
    answer = issue_if_due(session, programme, case.person, actor_id=actor, now=now)
    if isinstance(answer, NotYet):  # who is issued a certificate is written to about that
        weeks = stored(session, case.round.programme_version_id).appeal_weeks
        through = last_day(row.decided_on, weeks) if words.outcome is Outcome.NOT_YET else None
        mails.assessment_decided(session, row, case.person, next_steps=words.next_steps, through=through, now=now)
    return Settled(assessment=row, answer=answer)


def _set_aside(session: Session, case: _Case, sheet: AssessmentSheet, now: datetime) -> None:
    sheet.set_aside_at, sheet.set_aside_by = now, case.own.assessor_id
    session.flush()
    _record(session, "sheet-set-aside", case, {"sheet": sheet.id, "round": case.round.id}, now)


def _decision(session: Session, of: AssessmentRound) -> Assessment | None:
    return session.get(Assessment, of.assessment_id) if of.assessment_id is not None else None


def _record(session: Session, action: str, case: _Case, details: Mapping[str, object], now: datetime) -> None:
    audit.record(
        session,
        actor_id=case.own.assessor_id,
        action=action,
        subject=("person", case.person.id),
        details=details,
        now=now,
    )
