"""What the home page shows of certificates: to the participant, the holder, the trainer, the coordinator."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from certificates import pathway
from certificates.gathering import dossier_of
from certificates.issued import speaking
from certificates.models.appeals import Appeal
from certificates.programme import Route
from certificates.queries import appeals as queries
from certificates.queries.assessments import open_sheets
from certificates.queries.checks import is_wanted, offers_of
from certificates.queries.programmes import main_programme
from certificates.queries.register import Wanted, count_states, register
from certificates.queries.training import Group, trainees
from certificates.status import State, is_certified
from certificates.validity import grace_ends
from courses.queries import booking
from lms.clock import local_date
from lms.features import Panel
from lms.roles import Act, Role
from lms.viewer import Viewer

NAMES_SHOWN = 5
AHEAD_DAYS = 14  # so far ahead is told how many will be assessed
STAFF = frozenset({Role.TRAINER, Role.COORDINATOR, Role.AUTHOR, Role.SECRETARIAT})


def own(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """The own next step, and the own certificate once there is one; not for staff who are on no such way."""
    today = local_date(now)
    dossier = dossier_of(session, main_programme(session), viewer.person_id, on=today)
    steps = pathway.steps(dossier.answer.findings)
    has_seat = any(plan.booked for plan in dossier.evidence.planned)
    begun = bool(dossier.certificates) or has_seat or any(step.evidence for step in steps)
    if not begun and viewer.roles & STAFF:
        return None
    spoken = speaking(dossier.certificates, today)
    latest = dossier.certificates[-1] if dossier.certificates else None
    is_renewed = latest is not None and spoken is not None and latest.cycle > spoken.cycle
    shows_steps = latest is None or (latest.period.window_opens <= today or dossier.answer.route is Route.REENTRY)
    following = next((step for step in steps if step.mark is pathway.Mark.NEXT), None)
    open_ = [step for step in steps if step.next_step is not None and step.next_step.code == "seminar-sign-up"]
    waits = bool(open_) and bool(booking.waiting_for(session, viewer.person_id, now=now))  # a panel of its own
    context = {
        "steps": steps if shows_steps and not is_renewed else (),
        "next": following,
        "open_seminar": next((step for step in open_ if step is not following and not waits), None),
        "done": sum(step.met_on is not None for step in steps),
        "spoken": spoken,
        "state": spoken.state(today) if spoken else None,
        "certified": spoken is not None and is_certified(spoken.state(today)),
        "renewed": latest if is_renewed else None,
        "renew_by": grace_ends(spoken.period, spoken.policy) if spoken else None,
    }
    return Panel(template="certificates/_own.html", context=context, order=20)


def check(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """The voluntary check that is open, unless the viewer has said no thanks."""
    programme = main_programme(session)
    offers = offers_of(session, programme, viewer.person_id, on=local_date(now))
    waits = next((each for each in offers if each.waits), None)
    if waits is None or not is_wanted(session, viewer.person_id, programme.id):
        return None
    return Panel(template="certificates/_check.html", context={"check": waits}, order=25)


def seats(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """A seat that is offered until an instant, and the lines one waits in."""
    found = booking.waiting_for(session, viewer.person_id, now=now)
    if not found:
        return None
    return Panel(template="certificates/_seats.html", context={"entries": found}, order=5)


def waiting(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """For those who assess: who waits for it, and how many will when part 2 ends."""
    reach = viewer.may(Act.ASSESS)
    if not reach:
        return None
    found = trainees(session, reach, main_programme(session), on=local_date(now))
    ready = [each for each in found if each.group in {Group.READY, Group.WAITING}]
    soon = local_date(now) + timedelta(days=AHEAD_DAYS)
    coming = Counter(each.presents_by for each in found if each.presents_by and each.presents_by <= soon)
    return Panel(
        template="certificates/_waiting.html",
        context={
            "ready": ready[:NAMES_SHOWN],
            "more": max(len(ready) - NAMES_SHOWN, 0),
            "coming": sorted(coming.items()),
        },
        order=30,
    )


def assessing(session: Session, viewer: Viewer, _now: datetime) -> Panel | None:
    """For those who assess: their own sheets in rounds that are not over."""
    if not viewer.may(Act.ASSESS):
        return None
    sheets = open_sheets(session, viewer.person_id)
    if not sheets:
        return None
    return Panel(template="certificates/_assessing.html", context={"sheets": sheets}, order=28)


def appeals(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """The appeals the viewer handles, and for those who find handlers the ones that wait, unhandled ones first."""
    programme, today, me = main_programme(session), local_date(now), viewer.person_id
    handled = queries.waiting(session, programme, queries.is_handler(Appeal.id, me))
    reach = viewer.may(Act.ASSIGN_APPEALS)
    waits = []
    if reach:
        whose = reach.people(Appeal.person_id, today) & (Appeal.person_id != me)
        for each in queries.waiting(session, programme, whose):
            out = queries.involved(session, each.decision, each.steps)
            if each.handler_id != me and queries.may_assign(session, viewer, each, out, on=today):
                waits.append(each)
    if not handled and not waits:
        return None
    waits.sort(key=lambda each: each.handler_id is not None)
    context = {"handled": handled, "waiting": waits, "today": today}
    return Panel(template="certificates/_appeals.html", context=context, order=27)


def appealed(session: Session, viewer: Viewer, _now: datetime) -> Panel | None:
    """The own appeals, while they wait."""
    found = queries.waiting(session, main_programme(session), Appeal.person_id == viewer.person_id)
    return Panel(template="certificates/_appealed.html", context={"cases": found}, order=22) if found else None


def numbers(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """For coordinators and the secretariat: how many are certified, and how many soon aren't."""
    reach = viewer.may(Act.SEE_REGISTER)
    if not reach or not viewer.roles & {Role.COORDINATOR, Role.SECRETARIAT}:
        return None
    programme = main_programme(session)
    counts = count_states(register(session, reach, programme.id, Wanted(), on=local_date(now)))
    context = {
        "certified": counts[State.VALID] + counts[State.EXPIRING],
        "expiring": counts[State.EXPIRING],
        "in_grace": counts[State.IN_GRACE],
        "suspended": counts[State.SUSPENDED],
    }
    return Panel(template="certificates/_numbers.html", context=context, order=40)
