"""Appeals as cases: against which decision, where they stand, who was involved, who may handle them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.sql import ColumnElement

from certificates import appeals
from certificates.appeals import WAITING, About, AppealState, Outcome, Step, StepKind
from certificates.models.appeals import Appeal, AppealDraft, AppealEnding, AppealFile, AppealStep
from certificates.models.issued import Certificate, CertificateEvent
from certificates.programme import Programme
from certificates.queries import decisions
from certificates.queries.decisions import Decision, Grounds
from certificates.queries.issued import coordinators_of
from lms.people import Person
from lms.roles import Act, Role
from lms.units import Appointment, Unit, holds_on, membership_on, region_of
from lms.uploads import Upload
from lms.verdict import No, Reason, because
from lms.viewer import Viewer

HANDLERS: Mapping[About, frozenset[Role]] = {
    About.ASSESSMENT: frozenset({Role.TRAINER}),
    About.SUSPENDED: frozenset({Role.COORDINATOR, Role.SECRETARIAT}),
    About.REVOKED: frozenset({Role.COORDINATOR, Role.SECRETARIAT}),
    About.CORRECTED: frozenset({Role.COORDINATOR, Role.SECRETARIAT}),
    About.POST_TEST: frozenset({Role.SECRETARIAT}),
}
"""Who decides about such a thing, decides on appeals against it: in any region, but never who was involved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A step with the names of who did it and of whom it is about."""

    row: AppealStep
    actor: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An appeal with all that stands beside it. `ended_by` is the name of who ended it."""

    row: Appeal
    name: str
    decision: Decision
    state: AppealState
    told: tuple[Told, ...]
    handler_id: int | None
    handler: str
    ending: AppealEnding | None
    ended_by: str
    files: tuple[Upload, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """What happened, as the rules see it."""
        return tuple(Step(kind=StepKind(each.row.kind), person_id=each.row.person_id) for each in self.told)

    @property
    def waits(self) -> bool:
        """Whether somebody is still to do something about it."""
        return self.state in WAITING

    @property
    def standing(self) -> Reason:
        """Where it stands, in a few words."""
        return because(f"appeal-state-{self.state}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A decision that can be appealed against, or is; `late` after the last day."""

    decision: Decision
    case: Case | None
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Involved:
    """Who had a part in what was decided, who was the person's mentor, who can't be impartial as was said."""

    deciders: frozenset[int]
    mentors: frozenset[int]
    recused: frozenset[int]

    def __contains__(self, person_id: int) -> bool:
        return person_id in self.deciders | self.mentors | self.recused


def cases(session: Session, programme: Programme, whose: ColumnElement[bool]) -> list[Case]:
    """The cases for which a condition on `Appeal` holds, the oldest first."""
    rows = session.execute(
        select(Appeal, Person.name).join(Person, Person.id == Appeal.person_id).where(whose).order_by(Appeal.id)
    ).all()
    ids = [row.id for row, _name in rows]
    found = decisions.of(
        session,
        programme,
        Grounds(
            assessments=[row.assessment_id for row, _name in rows if row.assessment_id],
            events=[row.event_id for row, _name in rows if row.event_id],
            adjustments=[row.adjustment_id for row, _name in rows if row.adjustment_id],
        ),
    )
    told, endings, files = _told(session, ids), _endings(session, ids), _files(session, ids)
    return [
        _case(row, name, found[ground_of(row)], told[row.id], endings.get(row.id), tuple(files[row.id]))
        for row, name in rows
    ]


def ground_of(row: Appeal) -> tuple[appeals.Ground, int]:
    """Which decision an appeal is against."""
    if row.assessment_id is not None:
        return appeals.Ground.ASSESSMENT, row.assessment_id
    if row.event_id is not None:
        return appeals.Ground.EVENT, row.event_id
    assert row.adjustment_id is not None, "the table keeps no appeal against nothing"
    return appeals.Ground.ADJUSTMENT, row.adjustment_id


def case(session: Session, programme: Programme, appeal_id: int) -> Case:
    """One case. Raises ValueError for an unknown one."""
    (found,) = cases(session, programme, Appeal.id == appeal_id)
    return found


def against(session: Session, programme: Programme, decision: Decision) -> Case | None:
    """The appeal against a decision, if there is one."""
    column = {
        appeals.Ground.ASSESSMENT: Appeal.assessment_id,
        appeals.Ground.EVENT: Appeal.event_id,
        appeals.Ground.ADJUSTMENT: Appeal.adjustment_id,
    }[decision.ground]
    found = cases(session, programme, column == decision.ground_id)
    return found[0] if found else None


def draft_of(session: Session, appeal_id: int, handler_id: int) -> AppealDraft | None:
    """What a handler is about to decide; asked for by nobody but that handler."""
    return session.get(AppealDraft, (appeal_id, handler_id))


def involved(session: Session, decision: Decision, steps: Sequence[Step] = ()) -> Involved:
    """Who may not handle an appeal against a decision."""
    return Involved(
        deciders=decisions.deciders(session, decision),
        mentors=decisions.mentors(session, decision.person_id),
        recused=appeals.recused_from(steps),
    )


def holders_of(session: Session, roles: Collection[Role], *, on: date) -> Sequence[Row[int, str, str]]:
    """Everybody with one of these roles somewhere on a day: id, name and the unit, by unit and name."""
    return session.execute(
        select(Person.id, Person.name, Unit.name)
        .join(Appointment, Appointment.person_id == Person.id)
        .join(Unit, Unit.id == Appointment.unit_id)
        .where(Appointment.role.in_(roles), holds_on(Appointment, on), Person.deactivated_at.is_(None))
        .order_by(Unit.path, Person.sort_name, Person.id)
    ).all()


def candidates(session: Session, found: Case, *, on: date) -> list[tuple[int, str]]:
    """Who may handle an appeal, each with the unit they work in: nobody who is involved, from any region."""
    out = involved(session, found.decision, found.steps)
    return [
        (id_, f"{name}, {unit}")
        for id_, name, unit in holders_of(session, HANDLERS[found.decision.about], on=on)
        if refusal_to_handle(id_, found, out) is None
    ]


def refusal_to_handle(handler_id: int, found: Case, out: Involved) -> No | None:
    """Why somebody may not handle this appeal."""
    return appeals.refusal_to_handle(
        handler_id,
        person_id=found.row.person_id,
        involved=out.deciders,
        mentors=out.mentors,
        recused=out.recused,
    )


def those_who_assign(
    session: Session, person_id: int, out: Involved, *, late: bool = False, on: date
) -> Sequence[Person]:
    """Who finds a handler for a person's appeal: the coordinators of the region who are not involved, else the
    secretariat. A late one is the secretariat's to admit. Where all of them are involved, somebody must: they may say
    who handles it, and may not handle it."""
    belongs = membership_on(session, person_id, on)
    coordinators = coordinators_of(session, region_of(session, belongs[1]), on=on) if belongs and not late else ()
    secretariat = session.scalars(
        select(Person)
        .join(Appointment, Appointment.person_id == Person.id)
        .where(Appointment.role == Role.SECRETARIAT, holds_on(Appointment, on), Person.deactivated_at.is_(None))
        .distinct()
        .order_by(Person.id)
    ).all()
    for group in (coordinators, secretariat):
        impartial = [person for person in group if person.id != person_id and person.id not in out]
        if impartial:
            return impartial
    return [person for person in secretariat if person.id != person_id]


def may_assign(session: Session, viewer: Viewer, found: Case, out: Involved, *, on: date) -> bool:
    """Whether the viewer finds handlers for this appeal: has the person in reach, and is not involved unless everybody
    who could is."""
    reach, person_id = viewer.may(Act.ASSIGN_APPEALS), found.row.person_id
    within = reach and session.scalar(select(Person.id).where(Person.id == person_id, reach.people(Person.id, on)))
    if not within or viewer.person_id == person_id:
        return False
    late = found.state is AppealState.LATE
    return viewer.person_id not in out or viewer.person_id in {
        person.id for person in those_who_assign(session, person_id, out, late=late, on=on)
    }


def is_handler(appeal_id: InstrumentedAttribute[int], person_id: int) -> ColumnElement[bool]:
    """The condition that somebody was the last to be asked to handle an appeal, and was not found partial since."""
    newer = aliased(AppealStep)
    since = (
        select(newer.id)
        .where(
            newer.appeal_id == AppealStep.appeal_id,
            newer.id > AppealStep.id,
            (newer.kind == StepKind.ASSIGNED) | ((newer.kind == StepKind.RECUSED) & (newer.person_id == person_id)),
        )
        .exists()
    )
    return (
        select(AppealStep.id)
        .where(
            AppealStep.appeal_id == appeal_id,
            AppealStep.kind == StepKind.ASSIGNED,
            AppealStep.person_id == person_id,
            ~since,
        )
        .exists()
    )


def handles_against(assessment_id: InstrumentedAttribute[int], person_id: int) -> ColumnElement[bool]:
    """The condition that somebody handles the appeal against an assessment."""
    return select(Appeal.id).where(Appeal.assessment_id == assessment_id, is_handler(Appeal.id, person_id)).exists()


def not_ended() -> ColumnElement[bool]:
    """The condition that nobody has ended an appeal; it may have been overtaken."""
    return ~select(AppealEnding.appeal_id).where(AppealEnding.appeal_id == Appeal.id).exists()


def waiting(session: Session, programme: Programme, whose: ColumnElement[bool]) -> list[Case]:
    """The cases somebody is still to do something about, the oldest first."""
    return [each for each in cases(session, programme, not_ended() & whose) if each.waits]


def offers_about(session: Session, programme: Programme, certificate: Certificate, *, on: date) -> list[Offer]:
    """What was decided about a certificate and stands, and what was appealed against, the newest first."""
    events = session.scalars(
        select(CertificateEvent.id).where(
            CertificateEvent.certificate_id == certificate.id, CertificateEvent.kind.in_(decisions.APPEALABLE)
        )
    ).all()
    firsts = {decisions.first_of(session, id_) for id_ in events}
    made = {each.row.event_id: each for each in cases(session, programme, Appeal.event_id.in_(firsts))}
    known = decisions.of(session, programme, Grounds(events=sorted(firsts))).values()
    return [
        Offer(
            decision=each,
            case=made.get(each.ground_id),
            late=appeals.is_late(each.appeal_through, on),
        )
        for each in sorted(known, key=lambda each: each.decided_at, reverse=True)
        if each.is_newest or each.ground_id in made
    ]


def offer_against(session: Session, programme: Programme, assessment_id: int, *, on: date) -> Offer:
    """The same about an assessment."""
    decision = decisions.one(session, programme, appeals.Ground.ASSESSMENT, assessment_id)
    assert decision is not None, "an assessment is a decision"
    return Offer(
        decision=decision,
        case=against(session, programme, decision),
        late=appeals.is_late(decision.appeal_through, on),
    )


def certificate_of(session: Session, decision: Decision) -> Certificate | None:
    """The certificate a decision is about, where it is about one."""
    return session.get(Certificate, decision.certificate_id) if decision.certificate_id else None


def _case(
    row: Appeal,
    name: str,
    decision: Decision,
    told: Sequence[Told],
    ended: tuple[AppealEnding, str] | None,
    files: tuple[Upload, ...],
) -> Case:
    steps = [Step(kind=StepKind(each.row.kind), person_id=each.row.person_id) for each in told]
    handler_id = appeals.handler_of(steps)
    names = {each.row.person_id: each.person for each in told}
    return Case(
        row=row,
        name=name,
        decision=decision,
        state=appeals.state(
            Outcome(ended[0].outcome) if ended else None, steps, late=row.late, is_newest=decision.is_newest
        ),
        told=tuple(told),
        handler_id=handler_id,
        handler=names.get(handler_id, "") if handler_id else "",
        ending=ended[0] if ended else None,
        ended_by=ended[1] if ended else "",
        files=files,
    )


def _told(session: Session, appeal_ids: Collection[int]) -> defaultdict[int, list[Told]]:
    about = aliased(Person)
    found: defaultdict[int, list[Told]] = defaultdict(list)
    for row, actor, person in session.execute(
        select(AppealStep, Person.name, about.name)
        .join(Person, Person.id == AppealStep.actor_id)
        .outerjoin(about, about.id == AppealStep.person_id)
        .where(AppealStep.appeal_id.in_(appeal_ids))
        .order_by(AppealStep.id)
    ):
        found[row.appeal_id].append(Told(row=row, actor=actor, person=person or ""))
    return found


def _endings(session: Session, appeal_ids: Collection[int]) -> dict[int, tuple[AppealEnding, str]]:
    rows = session.execute(
        select(AppealEnding, Person.name)
        .join(Person, Person.id == AppealEnding.actor_id)
        .where(AppealEnding.appeal_id.in_(appeal_ids))
    )
    return {row.appeal_id: (row, name) for row, name in rows}


def _files(session: Session, appeal_ids: Collection[int]) -> defaultdict[int, list[Upload]]:
    found: defaultdict[int, list[Upload]] = defaultdict(list)
    for appeal_id, upload in session.execute(
        select(AppealFile.appeal_id, Upload)
        .join(Upload, Upload.id == AppealFile.upload_id)
        .where(AppealFile.appeal_id.in_(appeal_ids))
        .order_by(AppealFile.id)
    ):
        found[appeal_id].append(upload)
    return found


def files_kept(session: Session, appeal_id: int) -> int:
    """How many files an appeal has."""
    return session.scalar(select(func.count()).select_from(AppealFile).where(AppealFile.appeal_id == appeal_id)) or 0
