"""Holders whom no mail reaches: what their unit must know, on the page of mails that did not arrive and at home.

Decided: a reminder to an address that refuses is written and tried all the same, since the address may work again;
that it did not arrive, the unit sees at once here and each month in its digest, and then it is the unit that tells.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from certificates.issued import Issued
from certificates.models.issued import Certificate
from certificates.queries.digests import Unreached, unreached
from certificates.queries.issued import issued_to
from certificates.queries.programmes import main_programme
from certificates.status import State
from certificates.validity import grace_ends
from lms import formatting
from lms.clock import local_date
from lms.features import Panel
from lms.roles import Act, Role
from lms.viewer import Viewer

NAMES_SHOWN = 5


def notes(session: Session, person_ids: Collection[int], on: date) -> Mapping[int, str]:
    """What the certificate of each of these people asks of whoever must reach them."""
    numbers = _numbers(session, person_ids)
    return {person_id: _said(issued, numbers[issued.id], on) for person_id, issued in _latest(session, person_ids, on)}


def panel(session: Session, viewer: Viewer, now: datetime) -> Panel | None:
    """For coordinators and the secretariat: holders whose window is open or who are in grace, and whom no mail
    reaches."""
    reach, today = viewer.may(Act.SEE_MAIL_PROBLEMS), local_date(now)
    if not reach or not viewer.roles & {Role.COORDINATOR, Role.SECRETARIAT}:
        return None
    refusing = {each.person_id: each for each in unreached(session, reach, (), on=today)}
    urgent: list[tuple[date, Unreached]] = [
        (issued.period.valid_through, refusing[person_id])
        for person_id, issued in _latest(session, refusing, today)
        if issued.period.window_opens <= today <= grace_ends(issued.period, issued.policy)
    ]
    if not urgent:
        return None
    urgent.sort(key=lambda each: (each[0], each[1].name))
    context = {"urgent": urgent[:NAMES_SHOWN], "more": max(len(urgent) - NAMES_SHOWN, 0), "today": today}
    return Panel(template="certificates/_unreached.html", context=context, order=3)


def _latest(session: Session, person_ids: Collection[int], on: date) -> Iterator[tuple[int, Issued]]:
    """The latest certificate of each, while there is something to keep or win back."""
    kept = {State.VALID, State.EXPIRING, State.IN_GRACE, State.SUSPENDED}
    programme = main_programme(session)
    for person_id, held in issued_to(session, programme.id, person_ids).items():
        if held and held[-1].state(on) in kept and held[-1].revoked_on is None:
            yield person_id, held[-1]


def _numbers(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(Certificate.id, Certificate.number).where(Certificate.person_id.in_(person_ids)))
    return {row.id: row.number for row in rows}


def _said(issued: Issued, number: str, on: date) -> str:
    last, through = formatting.day(issued.period.valid_through), issued.period.valid_through
    if through < on:
        until = formatting.day(grace_ends(issued.period, issued.policy))
        return str(
            _(
                "Sertifikat %(number)s gjaldt til og med %(last)s og kan fornyes til og med %(until)s.",
                number=number,
                last=last,
                until=until,
            )
        )
    if issued.period.window_opens <= on:
        return str(
            _(
                "Sertifikat %(number)s gjelder til og med %(last)s, og resertifiseringen er åpen.",
                number=number,
                last=last,
            )
        )
    return str(_("Sertifikat %(number)s gjelder til og med %(last)s.", number=number, last=last))
