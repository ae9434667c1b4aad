"""The way to a certificate as a person reads it: steps with a mark, their evidence in words, what a pass would give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from certificates.eligibility import Finding, NotYet, Ok, Standing, is_closed
from certificates.evidence import Evidence, Fact
from certificates.programme import Policy, Requirement, Route, SeminarPart, TrainerAssessment
from certificates.validity import Period, first_period, renewal
from lms.verdict import Reason, because

NAMES = ("label", "mentor", "company", "by")
NO_NAME = "–"


class Mark(StrEnum):
    """What stands beside a step. Exactly one step is next: the first that can be done now."""

    DONE = "done"
    NEXT = "next"
    OPEN = "open"
    LATER = "later"
    EXEMPT = "exempt"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """One requirement on the page: its mark, what counts so far in words, and what to do."""

    requirement: Requirement
    mark: Mark
    met_on: date | None
    progress: tuple[int, int]
    evidence: tuple[Reason, ...]
    next_step: Reason | None


def steps(findings: Sequence[Finding]) -> tuple[PathStep, ...]:
    """The findings as steps, in the programme's order."""
    first_open = next((each for each in findings if each.state is Standing.NOT_MET), None)
    return tuple(
        PathStep(
            requirement=each.requirement,
            mark=Mark.NEXT if each is first_open else _MARKS[each.state],
            met_on=each.met_on,
            progress=each.progress,
            evidence=tuple(told(as_values(fact)) for fact in each.evidence),
            next_step=each.next_step,
        )
        for each in findings
    )


_MARKS = {
    Standing.MET: Mark.DONE,
    Standing.EXEMPTED: Mark.EXEMPT,
    Standing.NOT_YET_DUE: Mark.LATER,
    Standing.NOT_MET: Mark.OPEN,
}


def parts_needed(answer: Ok | NotYet) -> frozenset[int]:
    """The parts of a seminar still to be taken on the person's way; none for one who holds a certificate, whose way is
    recertification."""
    return frozenset(
        each.requirement.part
        for each in answer.findings
        if isinstance(each.requirement, SeminarPart) and each.met_on is None
    )


def is_waiting_for_assessment(answer: Ok | NotYet) -> bool:
    """Whether the trainer's assessment is all that is left, and can be made now."""
    left = [each for each in answer.findings if each.met_on is None]
    return (
        len(left) == 1
        and isinstance(left[0].requirement, TrainerAssessment)
        and left[0].state is Standing.NOT_MET
        and not (isinstance(answer, NotYet) and is_closed(answer.reasons))
    )


def pass_today(evidence: Evidence, way: Route, policy: Policy, today: date) -> Period | Reason:
    """What a pass today would give: the period, or why it is too early."""
    if evidence.revoked_on is not None and evidence.revoked_on > today:
        return because("revocation-decided", on=evidence.revoked_on)
    if way is Route.RENEWAL and evidence.previous is not None:
        answer = renewal(evidence.previous, today, policy)
        return answer if isinstance(answer, Period) else answer.reasons[0]
    return first_period(today, policy)


def as_values(fact: Fact) -> Mapping[str, object]:
    """A fact as values with its kind, the form in which certificates keep it."""
    return {"fact": type(fact).__name__} | {field.name: getattr(fact, field.name) for field in fields(fact)}


def told(fact: Mapping[str, object]) -> Reason:
    """A fact, fresh or kept with a certificate, as a code and values for the wording; a name not kept is a dash."""
    fact = {**fact, **{key: NO_NAME for key in NAMES if fact.get(key) == ""}}
    on, label = fact["on"], fact.get("label", "")
    match fact["fact"]:
        case "TestTaken":
            if fact.get("recorded_on"):
                code = f"fact-{fact['form']}-test-recomputed"
                return because(code, on=on, recorded_on=fact["recorded_on"], score=fact["score"])
            return because(f"fact-{fact['form']}-test", on=on, score=fact["score"])
        case "LessonsDone":
            return because("fact-lessons", on=on, done=fact["done"], total=fact["total"])
        case "SeminarDay":
            return _seminar_day(fact)
        case "Visit":
            code = "fact-visit" if fact["confirmed_on"] else "fact-visit-waiting"
            modules = sorted(str(module) for module in _many(fact["modules"]))
            values = {"company": fact["company"], "mentor": fact["mentor"], "modules": tuple(modules)}
            return because(code, on=on, confirmed_on=fact["confirmed_on"], **values)
        case "Assessment":
            return _assessment(fact)
        case "Exemption":
            return because("fact-exemption", on=on, by=fact["by"], reason=fact["reason"])
        case kind:
            return because(f"fact-{str(kind).lower()}", on=on, what=label)


def _seminar_day(fact: Mapping[str, object]) -> Reason:
    """A day attended; one made up says for which, and what was done instead. Older certificates know none such."""
    values = {"on": fact["on"], "day": fact["day_number"], "days": fact["of_days"], "seminar": fact.get("label", "")}
    if fact.get("made_up"):
        return because("fact-seminar-day-made-up", **values, what=fact["made_up"], by=fact["confirmed_by"])
    if fact.get("missed_at"):
        return because("fact-seminar-day-elsewhere", **values, missed=fact["missed_at"])
    return because("fact-seminar-day", **values)


def _assessment(fact: Mapping[str, object]) -> Reason:
    on, by = fact["on"], fact["label"]
    if fact["outcome"] == "not_yet":
        return because("fact-not-yet", on=on, by=by, feedback=fact["feedback"])
    if fact["content_knowledge"] is None or fact["non_directive"] is None:
        return because("fact-approved", on=on, by=by)
    scores = {"content": fact["content_knowledge"], "non_directive": fact["non_directive"]}
    return because("fact-approved-scored", on=on, by=by, **scores)


def _many(value: object) -> Sequence[object]:
    assert isinstance(value, tuple | list | frozenset)
    return tuple(value)
