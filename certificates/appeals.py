"""Appeals as cases: against what, until when, who may handle one, where it stands, what becomes of it; pure.

After ISO/IEC 17024, 9.8: receipt is acknowledged at once, the appellant is told how it goes, those who decide were not
involved, nobody fares worse for having appealed, and everything is kept. **Decided**:

* Appealed against is what somebody decided and what stands as a row: a "not yet", a suspension, a revocation, a
  correction, and a pass of a post-test that was taken away. A certificate that is not issued, or a suspension that is
  not lifted, is no decision of anybody's: it follows from the assessment or the suspension, and so does the appeal.
  An exemption is given or not applied for; refusing one leaves no row.
* A decision stands while an appeal against it is open: who is suspended does not teach meanwhile.
* What is granted wholly works from the decision's own first day, as if it had never been made; partly, from a later day
  that the handler names. Events are kept, so the record shows the days in between for ever.
* A decision of the same kind made since takes its place, and the appeal falls away: the new one can be appealed
  against.
* Late appeals are received too: the secretariat admits them, or says why not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lms.verdict import No, because

SOON_DAYS = 7  # before the last day to answer
DAY = timedelta(days=1)


class About(StrEnum):
    """What is appealed against."""

    ASSESSMENT = "assessment"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CORRECTED = "corrected"
    POST_TEST = "post_test"


class Ground(StrEnum):
    """Where a decision stands, in the words of an address."""

    ASSESSMENT = "vurdering"
    EVENT = "sertifikat"
    ADJUSTMENT = "ettertest"


OF_CERTIFICATES = frozenset({About.SUSPENDED, About.REVOKED, About.CORRECTED})


class Outcome(StrEnum):
    """How an appeal ends: the decision stands; it is undone, wholly or partly; taken back by the appellant; or a late
    one is not admitted. Against an assessment, `granted` means a new assessment."""

    UPHELD = "upheld"
    GRANTED = "granted"
    PARTLY = "partly"
    WITHDRAWN = "withdrawn"
    INADMISSIBLE = "inadmissible"


DECIDED = (Outcome.UPHELD, Outcome.GRANTED, Outcome.PARTLY)


class StepKind(StrEnum):
    """What happens to an appeal before it ends. `person` of a step: who is to handle it, or who can't."""

    ADMITTED = "admitted"
    ASSIGNED = "assigned"
    RECUSED = "recused"
    QUESTION = "question"
    ANSWER = "answer"


class AppealState(StrEnum):
    """Where an appeal stands."""

    LATE = "late"
    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"
    ASKED = "asked"
    UPHELD = "upheld"
    GRANTED = "granted"
    PARTLY = "partly"
    WITHDRAWN = "withdrawn"
    INADMISSIBLE = "inadmissible"
    OVERTAKEN = "overtaken"


OPEN = frozenset({AppealState.UNASSIGNED, AppealState.ASSIGNED, AppealState.ASKED})
WAITING = OPEN | {AppealState.LATE}


class Nudge(StrEnum):
    """What is told about the last day to answer, each once."""

    SOON = "soon"
    OVER = "over"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that happened, in the order of happening."""

    kind: StepKind
    person_id: int | None = None


def outcomes(about: About) -> tuple[Outcome, ...]:
    """What a handler can decide: only what has days can be undone in part."""
    return DECIDED if about in {About.SUSPENDED, About.REVOKED} else (Outcome.UPHELD, Outcome.GRANTED)


def last_day(decided_on: date, weeks: int) -> date:
    """The last day on which a decision can be appealed against, or an appeal is to be answered; that day included."""
    return decided_on + timedelta(weeks=weeks)


def refusal(*, approved: bool, is_newest: bool) -> No | None:
    """Why a decision can't be appealed against at all, or None when it can."""
    if approved:
        return No((because("appeal-approved"),))
    if not is_newest:
        return No((because("appeal-overtaken"),))
    return None


def is_late(through: date, today: date) -> bool:
    """Whether an appeal made today needs to be admitted."""
    return today > through


def refusal_to_handle(
    handler: int, *, person_id: int, involved: Collection[int], mentors: Collection[int], recused: Collection[int] = ()
) -> No | None:
    """Why somebody may not handle an appeal: it is their own, they had a part in what was decided, they were the
    person's mentor, or they can't be impartial, as they or another have said (for instance who told of the ground)."""
    if handler == person_id:
        return No((because("review-not-oneself"),))
    if handler in involved:
        return No((because("review-not-involved"),))
    if handler in mentors:
        return No((because("review-not-mentor"),))
    if handler in recused:
        return No((because("review-recused"),))
    return None


def handler_of(steps: Iterable[Step]) -> int | None:
    """Who handles an appeal: whoever was asked last, unless they have been found partial since."""
    handler: int | None = None
    for step in steps:
        if step.kind is StepKind.ASSIGNED:
            handler = step.person_id
        elif step.kind is StepKind.RECUSED and step.person_id == handler:
            handler = None
    return handler


def recused_from(steps: Iterable[Step]) -> frozenset[int]:
    """Those who can't handle an appeal, as was said of them."""
    return frozenset(step.person_id for step in steps if step.kind is StepKind.RECUSED and step.person_id is not None)


def state(outcome: Outcome | None, steps: Sequence[Step], *, late: bool, is_newest: bool) -> AppealState:
    """Where an appeal stands; what has been decided stays, whatever happens later."""
    if outcome is not None:
        return AppealState(outcome)
    if not is_newest:
        return AppealState.OVERTAKEN
    kinds = [step.kind for step in steps]
    if late and StepKind.ADMITTED not in kinds:
        return AppealState.LATE
    if handler_of(steps) is None:
        return AppealState.UNASSIGNED
    said = [kind for kind in kinds if kind in {StepKind.QUESTION, StepKind.ANSWER}]
    return AppealState.ASKED if said and said[-1] is StepKind.QUESTION else AppealState.ASSIGNED


def nudge(answer_by: date, told: Collection[Nudge], today: date) -> Nudge | None:
    """What is to be told today about the last day to answer, or None; after an outage only the newest."""
    due = Nudge.OVER if today > answer_by else Nudge.SOON if today >= answer_by - SOON_DAYS * DAY else None
    return None if due is None or due in told or Nudge.OVER in told else due
