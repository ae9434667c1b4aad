"""What certificates put into one's own calendar: the deadline before part 1, and the days of one's certificate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from certificates.gathering import Dossier, dossier_of
from certificates.issued import Issued, speaking
from certificates.programme import Lessons, PostTest, PreTest, Route
from certificates.queries.programmes import main_programme
from certificates.validity import ONE_DAY
from lms.clock import local_date
from lms.features import Due
from lms.web import full_address
from lms.wording import say

BEFORE_PART_1 = (PreTest, Lessons, PostTest)


def dues(session: Session, person_id: int, now: datetime) -> Sequence[Due]:
    """Deadlines on the way to a certificate, and when the own certificate is to be renewed and ends."""
    dossier = dossier_of(session, main_programme(session), person_id, on=local_date(now))
    spoken = speaking(dossier.certificates, local_date(now))
    found = list(_before_part_1(dossier))
    if spoken is not None and spoken.cycle == dossier.certificates[-1].cycle and spoken.revoked_on is None:
        found += _of_certificate(spoken)
    return found


def _before_part_1(dossier: Dossier) -> Iterator[Due]:
    """What of the e-learning is left when part 1 begins, on the day before."""
    left = [each for each in dossier.answer.findings if isinstance(each.requirement, BEFORE_PART_1)]
    steps = [say(each.next_step) for each in left if each.next_step is not None]
    if dossier.answer.route is not Route.FIRST or not steps:
        return
    for plan in dossier.evidence.planned:
        if plan.part == 1 and plan.booked:
            yield Due(
                key=f"frist-{plan.ref.replace(':', '-')}",
                title=_("Frist: startopplæringen før %(seminar)s", seminar=plan.label),
                on=plan.first_day - ONE_DAY,
                text="\n".join(steps),
                link=full_address("holder.path"),
            )


def _of_certificate(spoken: Issued) -> Iterator[Due]:
    through = spoken.period.valid_through
    yield Due(
        key=f"sertifikat-{spoken.id}-resertifisering",
        title=_("Resertifiseringen åpner"),
        on=spoken.period.window_opens,
        text=_("Instruktørsertifikatet ditt gjelder til og med %(day)s.", day=f"{through:%d.%m.%Y}"),
        link=full_address("holder.path"),
    )
    yield Due(
        key=f"sertifikat-{spoken.id}-siste-dag",
        title=_("Siste dag instruktørsertifikatet ditt gjelder"),
        on=through,
        link=full_address("holder.path"),
    )
