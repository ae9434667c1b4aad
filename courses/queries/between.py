"""What lies between part 1 and part 2 for one person, gathered for the path and the home page. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from courses import visits as rules
from courses.queries import pairs, plans, visits
from courses.queries.pairs import Partner, Proposal
from courses.queries.plans import PlanStanding
from courses.queries.visits import VisitLine
from courses.visits import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A person's partner, proposals, plan and visits."""

    partner: Partner | None
    proposals: tuple[Proposal, ...]
    plan: PlanStanding | None
    visits: tuple[VisitLine, ...]
    to_report: tuple[int, ...]  # ids of planned visits whose day has come

    def standing(self, standing: Standing) -> tuple[VisitLine, ...]:
        """The visits that stand so."""
        return tuple(visit for visit in self.visits if visit.standing is standing)


def between_of(session: Session, person_id: int, *, on: date) -> Between:
    """Everything between the parts for one person, in a handful of queries."""
    own = tuple(visits.own_visits(session, person_id))
    return Between(
        partner=pairs.partner_of(session, person_id, on),
        proposals=tuple(pairs.proposals_of(session, person_id)),
        plan=plans.standing_of(session, person_id),
        visits=own,
        to_report=tuple(one.id for one in own if rules.asks_for_report(one.standing, on=one.on, today=on)),
    )
