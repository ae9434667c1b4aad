"""May a certificate be issued? One pure answer from recorded evidence, requirement by requirement (DOMAIN.md 4–5).

The page that shows what is missing, the service that issues or refuses and the nightly report all call `decide`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from graphlib import TopologicalSorter
from typing import TypeVar

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
    SeminarDay,
    TestTaken,
    Visit,
    counted,
    is_revoked,
    route,
)
from certificates.programme import (
    Criterion,
    Deliveries,
    Gatherings,
    Lessons,
    ModuleKind,
    ObservationVisits,
    Policy,
    PostTest,
    PreTest,
    Programme,
    Requirement,
    Route,
    SeminarPart,
    TrainerAssessment,
)
from certificates.validity import ONE_DAY, Period, first_period, grace_ends, renewal, subtract_months
from lms.verdict import No, Reason, because

F = TypeVar("F", bound=Fact)

CLOSED = frozenset({"renewal-not-open", "revocation-decided"})


class Standing(StrEnum):
    """Where a person is with one requirement."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_YET_DUE = "not_yet_due"
    EXEMPTED = "exempted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One requirement: how it stands, the facts that count, how far (`done` of `needed`), and what to do next.

    `met_on` is the day it was met and recorded, or exempted; `next_step` is there exactly when it is neither.
    `done_on` is the day of the deed itself, from which what comes after it counts.
    """

    requirement: Requirement
    state: Standing
    evidence: tuple[Fact, ...]
    progress: tuple[int, int]
    met_on: date | None
    done_on: date | None
    next_step: Reason | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ok:
    """Everything is met: since when, by which route, and the period a certificate issued on that gets."""

    findings: tuple[Finding, ...]
    route: Route
    met_on: date
    period: Period


@dataclass(frozen=True, slots=True)
class NotYet(No):
    """The `No` of `decide`: the reasons, and every requirement's state and next step; false in a condition."""

    findings: tuple[Finding, ...]
    route: Route


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """A person's present cycle on a day, with the facts that belong to it, oldest first."""

    evidence: Evidence
    route: Route
    facts: tuple[Fact, ...]
    today: date

    def known(self, kind: type[F]) -> tuple[F, ...]:
        """The facts of one kind."""
        return tuple(fact for fact in self.facts if isinstance(fact, kind))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """What the facts say of one requirement, and the next step if that isn't enough."""

    evidence: tuple[Fact, ...]
    done: int
    needed: int
    met_on: date | None
    next_step: Reason
    done_on: date | None = None  # where that may be before `met_on`


def decide(programme: Programme, evidence: Evidence, today: date) -> Ok | NotYet:
    """Whether all that the person's route asks for is met today. Findings come in the programme's order."""
    way = route(evidence, programme.policy, today)
    case = _Case(evidence=evidence, route=way, facts=counted(evidence, way, today), today=today)
    findings = _findings(programme.requirements(way), case)
    about_previous = _about_previous(evidence, programme.policy, today)
    missing = tuple(finding.next_step for finding in findings if finding.next_step is not None)
    if missing or is_closed(about_previous) or (about_previous and way is Route.RENEWAL):
        return NotYet(reasons=about_previous + missing, findings=findings, route=way)
    return _ok(programme, case, findings)


def _about_previous(evidence: Evidence, policy: Policy, today: date) -> tuple[Reason, ...]:
    """What the previous certificate has to say: not open yet, lapsed, revoked or to be; else nothing."""
    if evidence.previous is None:
        return ()
    if evidence.revoked_on is not None:
        code = "certificate-revoked" if is_revoked(evidence, today) else "revocation-decided"
        return (because(code, on=evidence.revoked_on),)
    answer = renewal(evidence.previous, today, policy)
    return answer.reasons if isinstance(answer, No) else ()


def is_closed(reasons: Iterable[Reason]) -> bool:
    """Whether it is too early for anything to be issued, whatever is met: before the window, or a revocation is to come
    and only what is done after it will count."""
    return any(reason.code in CLOSED for reason in reasons)


def _ok(programme: Programme, case: _Case, findings: tuple[Finding, ...]) -> Ok:
    """The day of the last requirement, but none on which the route was not open or the rules were not in force yet."""
    met_on = max([programme.in_force_from or date.min, *(each.met_on for each in findings if each.met_on)])
    previous = case.evidence.previous
    if previous is not None and case.route is Route.RENEWAL:
        met_on = max(met_on, previous.window_opens)
        period = renewal(previous, met_on, programme.policy)
        assert isinstance(period, Period), "the window is open and today is within grace, so that day is too"
        return Ok(findings=findings, route=case.route, met_on=met_on, period=period)
    if previous is not None and not is_revoked(case.evidence, case.today):
        met_on = max(met_on, grace_ends(previous, programme.policy) + ONE_DAY)
    return Ok(findings=findings, route=case.route, met_on=met_on, period=first_period(met_on, programme.policy))


def _findings(requirements: tuple[Requirement, ...], case: _Case) -> tuple[Finding, ...]:
    """The findings, worked out so that what comes `after` something is judged after it."""
    by_id = {requirement.id: requirement for requirement in requirements}
    found: dict[str, Finding] = {}
    for id_ in TopologicalSorter({asked.id: asked.after for asked in requirements}).static_order():
        found[id_] = _finding(by_id[id_], case, tuple(found[earlier] for earlier in by_id[id_].after))
    return tuple(found[requirement.id] for requirement in requirements)


def _finding(requirement: Requirement, case: _Case, earlier: Sequence[Finding]) -> Finding:
    """Judge one requirement: whichever came first, meeting it or being exempted, stands."""
    waiting = tuple(finding.requirement.title for finding in earlier if finding.met_on is None)
    checked = _check(requirement, replace(case, facts=() if waiting else _since(earlier, case.facts)))
    exemption = next((fact for fact in case.known(Exemption) if fact.requirement == requirement.id), None)

    def finding(state: Standing, met_on: date | None, next_step: Reason | None, *facts: Fact) -> Finding:
        return Finding(
            requirement=requirement,
            state=state,
            evidence=facts + checked.evidence,
            progress=(checked.done, checked.needed),
            met_on=met_on,
            done_on=checked.done_on or met_on,
            next_step=next_step,
        )

    if exemption and not (checked.met_on and checked.met_on <= exemption.on):
        return finding(Standing.EXEMPTED, exemption.on, None, exemption)
    if checked.met_on:
        return finding(Standing.MET, checked.met_on, None)
    wait = because("after-others", others=waiting) if waiting else _not_due(requirement, case)
    if wait:
        return finding(Standing.NOT_YET_DUE, None, wait)
    return finding(Standing.NOT_MET, None, checked.next_step)


def _since(earlier: Sequence[Finding], facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The facts from when the earlier requirements were done, whenever recorded; an exempted one holds nobody back."""
    met = [finding.done_on for finding in earlier if finding.done_on and finding.state is Standing.MET]
    return tuple(fact for fact in facts if fact.on >= max(met, default=date.min))


def _not_due(requirement: Requirement, case: _Case) -> Reason | None:
    """Why it is too early for this in a renewal, if it is: what is done now would not count when the window opens."""
    previous = case.evidence.previous
    if previous is None or case.route is not Route.RENEWAL:
        return None
    if isinstance(requirement, TrainerAssessment) and case.today < previous.window_opens:
        return because("assessment-not-open", opens=previous.window_opens)
    months = requirement.within_months if isinstance(requirement, PostTest) else None
    if months is not None and case.today < (useful_from := subtract_months(previous.window_opens, months)):
        return because("post-test-not-useful", useful_from=useful_from, months=months)
    if isinstance(requirement, Deliveries | Gatherings) and case.today < previous.valid_from:
        return because(f"{requirement.kind}-not-begun", first=previous.valid_from)
    return None


def _check(requirement: Requirement, case: _Case) -> _Checked:
    """What the facts of the cycle say of one requirement."""
    match requirement:
        case PreTest():
            return _pre_test(requirement, case)
        case Lessons():
            return _lessons(requirement, case)
        case PostTest():
            return _post_test(requirement, case)
        case SeminarPart():
            return _seminar(requirement, case)
        case ObservationVisits():
            return _visits(requirement, case)
        case TrainerAssessment():
            return _assessment(requirement, case)
        case Deliveries():
            return _in_period(requirement.at_least, case.known(Delivery), case, "deliveries")
        case Gatherings():
            return _in_period(requirement.at_least, case.known(Gathering), case, "gatherings")


def _once(facts: Sequence[Fact], met_on: date | None, next_step: Reason) -> _Checked:
    """A requirement that is met or not, with nothing in between."""
    return _Checked(evidence=tuple(facts), done=int(met_on is not None), needed=1, met_on=met_on, next_step=next_step)


def _first_day(facts: Sequence[Fact]) -> date | None:
    return facts[0].on if facts else None


def _pre_test(asked: PreTest, case: _Case) -> _Checked:
    taken = [test for test in case.known(TestTaken) if test.course == asked.course and test.form is Form.PRE]
    return _once(taken, _first_day(taken), because("take-pre-test", course=asked.course))


def _lessons(asked: Lessons, case: _Case) -> _Checked:
    known = [lessons for lessons in case.known(LessonsDone) if lessons.course == asked.course]
    complete = [lessons for lessons in known if lessons.done >= lessons.total > 0]
    if not known:
        return _once(known, None, because("begin-lessons", course=asked.course))
    latest = known[-1]
    return _Checked(
        evidence=tuple(complete[:1]) or (latest,),
        done=latest.done,
        needed=latest.total,
        met_on=_first_day(complete),
        next_step=because("finish-lessons", course=asked.course, left=latest.total - latest.done),
    )


def _post_test(asked: PostTest, case: _Case) -> _Checked:
    """Passed inside the last months as seen from today or, before the window opens, from the day it does.
    A test passed because a question was withdrawn, is passed from the day that was applied, never before the decision.
    It is as old as when it was taken."""
    taken = [test for test in case.known(TestTaken) if test.course == asked.course and test.form is Form.POST]
    passed = [test for test in taken if test.score >= asked.pass_mark]
    previous = case.evidence.previous
    seen_from = max(case.today, previous.window_opens) if previous and case.route is Route.RENEWAL else case.today
    recent_from = date.min if asked.within_months is None else subtract_months(seen_from, asked.within_months)
    recent = [test for test in passed if test.on >= recent_from]
    values = {"course": asked.course, "pass_mark": asked.pass_mark}
    if passed:
        next_step = because("post-test-too-old", passed_on=passed[-1].on, months=asked.within_months, **values)
    elif taken:
        next_step = because("retake-post-test", score=taken[-1].score, **values)
    else:
        next_step = because("take-post-test", **values)
    return _once(recent or taken, min((test.counts_from for test in recent), default=None), next_step)


def _seminar(asked: SeminarPart, case: _Case) -> _Checked:
    """Every day attended; a day may be made up at another seminar of the same part."""
    attended: dict[int, SeminarDay] = {}
    for day in sorted(case.known(SeminarDay), key=lambda day: day.counts_from):
        if day.part == asked.part and day.day_number <= asked.days:
            attended.setdefault(day.day_number, day)
    missing = [number for number in range(1, asked.days + 1) if number not in attended]
    return _Checked(
        evidence=tuple(attended.values()),
        done=len(attended),
        needed=asked.days,
        met_on=None if missing else max(day.counts_from for day in attended.values()),
        done_on=None if missing else max(day.held_on for day in attended.values()),
        next_step=_next_seminar(asked, case, missing=missing if attended else []),
    )


def _next_seminar(asked: SeminarPart, case: _Case, *, missing: Sequence[int]) -> Reason:
    """The seat they have, else the days to make up, else the next seminar to sign up for."""
    to_come = [plan for plan in case.evidence.planned if plan.part == asked.part and plan.last_day >= case.today]
    booked = [plan for plan in to_come if plan.booked]
    if missing and not booked:
        return because("seminar-make-up", part=asked.part, days=tuple(missing))
    if not (candidates := booked or [plan for plan in to_come if plan.first_day >= case.today]):
        return because("seminar-not-planned", part=asked.part)
    plan = min(candidates, key=lambda plan: plan.first_day)
    code = "seminar-booked" if plan.booked else "seminar-sign-up"
    return because(code, part=asked.part, first_day=plan.first_day, last_day=plan.last_day, seminar=plan.label)


def _visits(asked: ObservationVisits, case: _Case) -> _Checked:
    """Enough confirmed visits, which together cover the modules; met on the day the last one needed counts from."""
    visits = case.known(Visit)
    confirmed = sorted((visit for visit in visits if visit.counts_from <= case.today), key=lambda v: v.counts_from)
    enough = (n for n in range(asked.at_least, len(confirmed) + 1) if not _uncovered(asked, confirmed[:n]))
    last = next(enough, None)
    left = max(asked.at_least - len(confirmed), 1 if _uncovered(asked, confirmed) else 0)
    if uncovered := _uncovered(asked, visits):
        next_step = because("visits-missing-modules", left=left, modules=uncovered)
    elif len(visits) >= asked.at_least:
        next_step = because("visits-await-confirmation", waiting=len(visits) - len(confirmed))
    else:
        next_step = because("visits-missing", left=left)
    return _Checked(
        evidence=visits,
        done=asked.at_least - left,
        needed=asked.at_least,
        met_on=None if last is None else confirmed[last - 1].counts_from,
        next_step=next_step,
    )


def _uncovered(asked: ObservationVisits, visits: Sequence[Visit]) -> tuple[ModuleKind, ...]:
    """The modules that none of the visits covered."""
    return tuple(module for module in asked.covering if not any(module in visit.modules for visit in visits))


def _assessment(asked: TrainerAssessment, case: _Case) -> _Checked:
    """Approved since the first full approval after the last "not yet". Nobody's mentor or self may decide."""
    known = case.known(Assessment)
    partial = {case.evidence.person_id, *(() if asked.mentor_may_assess else case.evidence.mentor_ids)}
    counting = [seen for seen in known if seen.assessor_id not in partial]
    approval: Assessment | None = None
    for seen in counting:
        if seen.outcome is Outcome.NOT_YET:
            approval = None
        elif _is_scored(asked, seen):
            approval = approval or seen
    next_step = _next_assessment(counting, known, case)
    return _once([approval], approval.on, next_step) if approval else _once(known, None, next_step)


def _next_assessment(counting: Sequence[Assessment], known: Sequence[Assessment], case: _Case) -> Reason:
    """What became of the latest assessment that counts, else why the latest one doesn't, else that one is needed."""
    if not known:
        return because("await-assessment")
    latest = (counting or known)[-1]
    if not counting:
        is_own = latest.assessor_id == case.evidence.person_id
        return because("assessment-by-oneself" if is_own else "assessment-by-mentor", on=latest.on)
    if latest.outcome is Outcome.NOT_YET:
        return because("assessment-not-yet", on=latest.on, feedback=latest.feedback)
    return because("assessment-not-scored", on=latest.on)


def _is_scored(asked: TrainerAssessment, seen: Assessment) -> bool:
    """Whether there is a score for each criterion."""
    scores = {Criterion.CONTENT_KNOWLEDGE: seen.content_knowledge, Criterion.NON_DIRECTIVE: seen.non_directive}
    return all(scores[criterion] is not None for criterion in asked.criteria)


def _in_period(at_least: int, facts: Sequence[Fact], case: _Case, what: str) -> _Checked:
    """So many deliveries or gatherings in the period that is ending; when it has ended, none can be added. One that is
    recorded later counts from then: what was written down in grace takes the gap away from nobody."""
    ends = case.evidence.previous.valid_through if case.evidence.previous else date.max
    left = max(at_least - len(facts), 0)
    code = f"{what}-missing" if case.today <= ends else f"{what}-period-over"
    return _Checked(
        evidence=tuple(facts),
        done=len(facts),
        needed=at_least,
        met_on=None if left else sorted(fact.counts_from for fact in facts)[at_least - 1],
        next_step=because(code, left=left, needed=at_least, by=ends),
    )
